//! Rules about runtime expressions and pointers.

super::rules! {
    /// A runtime expression has a syntax error, or an output is not an expression at all.
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
    Error EXPRESSION_SYNTAX "expression-syntax" "every runtime expression is syntactically valid"

    /// The first word of an expression is not a known root, but is similar to one. If the first word is not
    /// similar to any root, the expression is treated as text; see `lookalike-literal`.
    ///
    /// In a payload or a parameter, such text can be intended, for example a GraphQL variable `$input`. In this
    /// case, `lints = { allow(unknown_root) }` sends it as text. Outputs and conditions always require an
    /// expression.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Runtime Expressions"; reporting an error for a similar word is a choice.
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
    Literal UNKNOWN_ROOT "unknown-root" "every expression starts with a root that the grammar defines"

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
    Error UNKNOWN_INPUT "unknown-input" "every referenced input exists"

    /// An expression reads an output that the step does not have. A step that calls a workflow and declares no
    /// outputs has the outputs of that workflow.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Runtime Expressions", `$steps`; the outputs of called workflows are a
    /// choice.
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
    Error UNKNOWN_STEP_OUTPUT "unknown-step-output" "every referenced output of a step exists"

    /// An expression names a source description that the document does not define.
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
    Error UNKNOWN_SOURCE "unknown-source" "every referenced source description exists"

    /// An expression is used where it has no value: `$response` before the request is sent, `$outputs` in a step
    /// that does not call a workflow, `$message` in a step that does not use a channel, `$response`, `$request`,
    /// `$statusCode`, `$url` and `$method` in a step that calls a workflow (except in its `onFailure`), `$self` in
    /// a document that does not define it, or `$workflows` for a workflow that may not have run.
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
    Error EXPRESSION_CONTEXT "expression-context" "every expression has a value where it is used"

    /// The text after `#`, or in a selector of type `jsonpointer`, is not a valid JSON Pointer. A JSON Pointer
    /// starts with `/`. In a name, `~` is written `~0` and `/` is written `~1`.
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
    Error POINTER_SYNTAX "pointer-syntax" "every JSON Pointer is syntactically valid"

    /// A pointer refers to a part of a response where the schema does not allow a value: inside a string, or at a
    /// member that `additionalProperties: false` rules out.
    ///
    /// Rule: JSON Schema 2020-12; OpenAPI Specification 3.1.1, "Media Type Object"; reporting an error at compile
    /// time is a choice.
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
    Description IMPOSSIBLE_RESPONSE_POINTER "impossible-response-pointer" "every pointer into a response refers to a possible value"

    /// A pointer refers to a part of an input that the schema does not have. The schema belongs to the document
    /// itself, so it cannot be assumed to be incomplete.
    ///
    /// Rule: JSON Schema 2020-12; reporting an error at compile time is a choice.
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
    Error IMPOSSIBLE_INPUT_POINTER "impossible-input-pointer" "every pointer into an input refers to a possible value"

    /// A pointer refers to a member of a response that the schema does not mention. The member may exist anyway,
    /// but nothing is known about its type.
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
    Warning UNKNOWN_RESPONSE_POINTER "unknown-response-pointer" "every pointer into a response refers to a part that the schema defines"

    /// A member of an input is accessed with a dot. Names may contain dots, so the grammar reads `book.title` as
    /// one name. It is interpreted as a member, because examples in the specification use this form.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Runtime Expressions", `input-name`; the interpretation is a choice.
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
    Warning NESTED_NAME "nested-name" "members of an input are accessed with a JSON Pointer"

    /// An expression in braces is used where the schema requires a type other than string. Braces always make a
    /// string. Without them, the value keeps its type.
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
    Warning BRACES_MAKE_A_STRING "braces-make-a-string" "an expression is not in braces where the schema requires a type other than string"

    /// A value that may be missing is passed to a required parameter. Without the value, the step fails.
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
    Warning OPTIONAL_INTO_REQUIRED "optional-into-required" "the value of a required parameter is always present"

    /// The schema of a parameter rules out its value: the value is an object or an array and the schema requires a
    /// scalar, or the reverse. Scalars of other types are accepted, because they become text in a URL or a header.
    /// A literal must be valid for its schema. The values that a step or an action passes to a called workflow
    /// must have the types of its inputs.
    ///
    /// Rule: OpenAPI Specification 3.1.1, "Parameter Object", `schema`; reporting an error at compile time is a
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
    Description TYPE_MISMATCH "type-mismatch" "every value has the type that its parameter or input requires"

    /// An output reads the body of a response that has none: the step succeeds with status code 204.
    ///
    /// Rule: RFC 9110, section 15.3.5.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: deleteBook         # returns 204
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
    Description OUTPUT_WITHOUT_BODY "output-without-body" "an output reads a response body only if there can be one"

    /// The compiler panicked, or could not compile a part of the document that no other error explains. Either is a
    /// bug in the compiler. No document should cause this. Please report the bug together with the document.
    ///
    /// Rule: a choice; a bug in the compiler must not look like an error in the document.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// # a document that triggers the bug
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// # the same document, with a fixed compiler
    /// ```
    Error INTERNAL "internal" "the compiler does not panic"
}
