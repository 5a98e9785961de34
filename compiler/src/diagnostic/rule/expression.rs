//! Rules about runtime expressions and pointers.

super::rules! {
    /// Text that is meant as a runtime expression does not have its grammar. Or an output is no expression at all.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Runtime Expressions", the ABNF.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// value: $steps.addBook.output.id
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// value: $steps.addBook.outputs.id
    /// ```
    Error EXPRESSION_SYNTAX "expression-syntax" "an expression has its grammar"

    /// The first word of an expression is none of the roots, but near to one. Text whose first word is far from all of
    /// them is text, see `lookalike-literal`.
    ///
    /// In a payload or a parameter such text can be meant as it is, for example a GraphQL variable `$input`. Then
    /// `lints = { allow(unknown_root) }` sends it as text. Outputs and conditions need an expression in any case.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Runtime Expressions"; that a near word is an error is a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// title: $input.title
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// title: $inputs.title
    /// ```
    Literal UNKNOWN_ROOT "unknown-root" "an expression starts with a root of the grammar"

    /// An expression reads an input that the workflow does not declare.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Runtime Expressions", `$inputs`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// title: $inputs.titel
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// title: $inputs.title
    /// ```
    Error UNKNOWN_INPUT "unknown-input" "an input exists"

    /// An expression reads an output that the step does not have. A step that calls a workflow and declares no outputs
    /// has those of the workflow.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Runtime Expressions", `$steps`; the outputs of called workflows are a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// value: $steps.addBook.outputs.idd
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// value: $steps.addBook.outputs.id
    /// ```
    Error UNKNOWN_STEP_OUTPUT "unknown-step-output" "an output exists"

    /// An expression names a source description that the document does not have.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Runtime Expressions", `$sourceDescriptions`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// operationId: $sourceDescriptions.shelve.addBook
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// operationId: $sourceDescriptions.shelf.addBook
    /// ```
    Error UNKNOWN_SOURCE "unknown-source" "a source description exists"

    /// An expression stands where it has no value: `$response` while the request is still being made, `$outputs` in a
    /// step that calls no workflow, `$message` in a step on no channel, `$response`, `$request`, `$statusCode`, `$url`
    /// and `$method` in a step that calls a workflow (except in its `onFailure`), `$self` in a document without it,
    /// `$workflows` of a workflow that need not have run.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Runtime Expressions".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: addBook
    ///   operationId: addBook
    ///   requestBody:
    ///     payload:
    ///       title: $response.body#/title
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: addBook
    ///   operationId: addBook
    ///   requestBody:
    ///     payload:
    ///       title: $steps.readBook.outputs.title
    /// ```
    Error EXPRESSION_CONTEXT "expression-context" "an expression stands where it has a value"

    /// What stands behind `#`, or in a selector of type `jsonpointer`, is no JSON Pointer: it starts with `/`, and `~`
    /// is written `~0`, `/` in a name `~1`.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Runtime Expressions", `json-pointer`; RFC 6901, section 3.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// id: $response.body#id
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// id: $response.body#/id
    /// ```
    Error POINTER_SYNTAX "pointer-syntax" "a JSON Pointer has its grammar"

    /// A pointer leads into a response where the schema allows no value: into a string, or to a member that
    /// `additionalProperties: false` rules out.
    ///
    /// Rule: JSON Schema 2020-12; OpenAPI Specification 3.1.1, "Media Type Object"; that it is an error at compile time
    /// is a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// id: $response.body#/id/value        # `id` is a string
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// id: $response.body#/id
    /// ```
    Description IMPOSSIBLE_RESPONSE_POINTER "impossible-response-pointer" "a pointer leads where a value can be"

    /// A pointer leads into an input where the schema has nothing. The schema is the document's own, so it cannot be
    /// excused as incomplete.
    ///
    /// Rule: JSON Schema 2020-12; that it is an error at compile time is a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// title: $inputs.title#/text          # `title` is a string
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// title: $inputs.title
    /// ```
    Error IMPOSSIBLE_INPUT_POINTER "impossible-input-pointer" "a pointer leads where an input can have a value"

    /// A pointer leads to a member of a response that its schema does not mention. There may be one all the same;
    /// nothing is known about its type.
    ///
    /// Rule: a choice; JSON Schema allows members that it does not mention.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// title: $response.body#/titel
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// title: $response.body#/title
    /// ```
    Warning UNKNOWN_RESPONSE_POINTER "unknown-response-pointer" "a pointer leads where the schema has something"

    /// A member of an input is reached by a dot. A name may contain dots, so the grammar reads `book.title` as one
    /// name. It is read as a member, because examples in the specification write it so.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Runtime Expressions", `input-name`; the reading is a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// title: $inputs.book.title
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// title: $inputs.book#/title
    /// ```
    Warning NESTED_NAME "nested-name" "a nested member is reached by a JSON Pointer"

    /// An expression in braces stands where the schema wants something else than a string. Braces always make a string;
    /// without them the value keeps its type.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Runtime Expressions": embedded values are converted to strings.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// copies: "{$inputs.copies}"
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// copies: $inputs.copies
    /// ```
    Warning BRACES_MAKE_A_STRING "braces-make-a-string" "an expression keeps its type where it must"

    /// A value that may be missing goes into a parameter that is required. Without it the step fails.
    ///
    /// Rule: a choice; OpenAPI Specification 3.1.1, "Parameter Object", `required`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// inputs:
    ///   type: object
    ///   properties:
    ///     id: { type: string }
    /// # …
    /// parameters:
    /// - { name: id, in: path, value: $inputs.id }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// inputs:
    ///   type: object
    ///   required: [id]
    ///   properties:
    ///     id: { type: string }
    /// # …
    /// parameters:
    /// - { name: id, in: path, value: $inputs.id }
    /// ```
    Warning OPTIONAL_INTO_REQUIRED "optional-into-required" "a value that must be there is there"

    /// The schema of a parameter rules out its value: an object or an array where the schema requires a scalar, or the
    /// other way round. Scalars of other types become text in a URL or a header and are not refused; a literal must be
    /// valid for its schema. The values that a step or an action passes to a called workflow must have the types of its
    /// inputs.
    ///
    /// Rule: OpenAPI Specification 3.1.1, "Parameter Object", `schema`; that it is an error at compile time is a
    /// choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// parameters:
    /// - { name: page, in: query, value: $inputs.book }      # `book` is an object, `page` an integer
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// parameters:
    /// - { name: page, in: query, value: $inputs.page }
    /// ```
    Description TYPE_MISMATCH "type-mismatch" "a value has the type of what it goes into"

    /// An output is taken from the body of a response that has none: the step succeeds with 204.
    ///
    /// Rule: RFC 9110, section 15.3.5.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: deleteBook         # answers 204
    ///   operationId: deleteBook
    ///   outputs:
    ///     id: $response.body#/id
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: deleteBook
    ///   operationId: deleteBook
    ///   outputs:
    ///     url: $url
    /// ```
    Description OUTPUT_WITHOUT_BODY "output-without-body" "an output is taken from a body that can be there"

    /// The compiler has a fault: it panicked. No document should make it do so. Please report it together with the
    /// document.
    ///
    /// Rule: a choice; a fault of the compiler must not look like one of the document.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// # any document that does this
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// # the same document, with a compiler that has been mended
    /// ```
    Error INTERNAL "internal" "the compiler has no fault"
}
