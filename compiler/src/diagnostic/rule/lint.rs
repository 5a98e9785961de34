//! Rules about documents that compile, but probably not as intended.

super::rules! {
    /// A comparison is always true or always false: it compares two literals, `$statusCode` with a number that is
    /// not a status code, or values of types that are never equal.
    ///
    /// Rule: a choice; RFC 9110, section 15 (status codes have three digits), Arazzo Specification 1.1.0, "Simple
    /// Conditions".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - condition: $statusCode == 2000
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - condition: $statusCode == 200
    /// ```
    Warning CONDITION_CONSTANT "condition-constant" "every condition can be both true and false"

    /// A condition consists only of a string, a number, an array or an object. It passes only if the value is
    /// `true`, so it never passes.
    ///
    /// Rule: a choice; Arazzo Specification 1.1.0, "Simple Conditions", leaves it open.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - condition: $response.body#/id
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - condition: $response.body#/id != null
    /// ```
    Warning CONDITION_NOT_BOOLEAN "condition-not-boolean" "a condition that consists of a single value is a boolean"

    /// A filter is applied to an object. A filter tests the children of its context, and the children of an object
    /// are its members. The filter is probably intended for an array. The specification's own example
    /// `$[?count(@.pets) > 0]` has this problem if the body is an object.
    ///
    /// Rule: RFC 9535, section 2.3.5; reporting a warning is a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - context: $response.body    # { "tags": […] }
    ///   condition: $[?count(@.tags) > 0]
    ///   type: jsonpath
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - context: $response.body
    ///   condition: $.tags[*]
    ///   type: jsonpath
    /// ```
    Warning JSONPATH_FILTER_ON_OBJECT "jsonpath-filter-on-object" "filters are applied to arrays"

    /// An expression is used where expressions are not evaluated: in the key of a payload, in a string of a simple
    /// condition, in the name of a parameter, or in the target of a replacement. It is treated as text.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Runtime Expressions": expressions are values.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// condition: $response.body#/shelf == '{$inputs.shelf}'
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// condition: $response.body#/shelf == $inputs.shelf
    /// ```
    Warning LITERAL_BRACES "literal-braces" "expressions in braces appear only where they are evaluated"

    /// Text looks like an expression but is not evaluated. It is used as it is. There are four cases:
    ///
    /// - The text starts with `$` and a letter, but its root is unknown. `$5` and `$.items` do not look like
    ///   expressions and are not reported.
    /// - The text contains a template of another language: `${inputs.x}`, `{inputs.x}`, `{{inputs.x}}`,
    ///   `{{$inputs.x}}` or `$(inputs.x)`.
    /// - A quoted string in a simple condition is an expression: `'$inputs.x'`.
    /// - A pattern or an XPath expression contains an expression without braces.
    ///
    /// Rule: a choice; the grammar of "Runtime Expressions" has no such root.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// title: $env.TITLE
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// title: $inputs.title
    /// ```
    Warning LOOKALIKE_LITERAL "lookalike-literal" "text that looks like an expression is one"

    /// The file of a source description, or a file that a `$ref` names, is outside the package. `cargo publish`
    /// does not include it, so nobody else can build the package.
    ///
    /// Rule: a choice; this concerns Cargo, not Arazzo.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// sourceDescriptions:
    /// - { name: shelf, url: ../../shared/api.yml, type: openapi }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// sourceDescriptions:
    /// - { name: shelf, url: ./api.yml, type: openapi }
    /// ```
    Warning SOURCE_LEAVES_PACKAGE "source-leaves-package" "the files of a document are inside its package"

    /// A workflow has no `summary`. The summary becomes the documentation of the function.
    ///
    /// Rule: a choice; the specification makes it optional ("Workflow Object").
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - workflowId: shelve
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - workflowId: shelve
    ///   summary: Puts a book on the shelf.
    /// ```
    Quiet MISSING_SUMMARY "missing-summary" "every workflow has a `summary`"

    /// A step calls an operation by its path, although the operation has an `operationId`.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `operationPath`: the `operationId` SHOULD be preferred.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: addBook
    ///   operationPath: '{$sourceDescriptions.shelf.url}#/paths/~1books/post'
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: addBook
    ///   operationId: addBook
    /// ```
    Quiet PREFER_OPERATION_ID "prefer-operation-id" "an operation that has an `operationId` is called by it"

    /// A failure action retries a POST or PATCH request. The server may process the request twice. A parameter
    /// with `idempotency` in its name indicates that the API can detect a repeated request, so such a step is not
    /// reported.
    ///
    /// Rule: a choice; RFC 9110, section 9.2.2.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: addBook
    ///   operationId: addBook
    ///   onFailure:
    ///   - { name: again, type: retry }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: addBook
    ///   operationId: addBook
    ///   parameters:
    ///   - { name: Idempotency-Key, in: header, value: $inputs.key }
    ///   onFailure:
    ///   - { name: again, type: retry }
    /// ```
    Quiet RETRY_NOT_IDEMPOTENT "retry-not-idempotent" "only requests that can be repeated are retried"

    /// Nothing in the document reads an output of a step. The program may still read it from a run, so this
    /// warning is allowed by default.
    ///
    /// Rule: a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: addBook
    ///   operationId: addBook
    ///   outputs:
    ///     id: $response.body#/id
    ///     shelf: $response.body#/shelf
    /// # … only $steps.addBook.outputs.id is read
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: addBook
    ///   operationId: addBook
    ///   outputs:
    ///     id: $response.body#/id
    /// ```
    Quiet UNUSED_STEP_OUTPUT "unused-step-output" "every output of a step is read"

    /// A step that calls an HTTP operation has the field `correlationId`. The field is only valid in steps that
    /// receive from AsyncAPI channels.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `correlationId`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: addBook
    ///   operationId: addBook
    ///   correlationId: $inputs.order
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: addBook
    ///   operationId: addBook
    /// ```
    Error CORRELATION_ID_UNEXPECTED "correlation-id-unexpected" "`correlationId` appears only in AsyncAPI steps"

    /// A `$ref` refers back to itself, so it cannot be resolved. A schema that contains itself at a deeper level,
    /// such as a tree, is not a cycle in this sense.
    ///
    /// Rule: JSON Schema Core 2020-12, section 9.4.1; OpenAPI Specification 3.1.1, "Reference Object".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// components:
    ///   schemas:
    ///     Book:
    ///       $ref: '#/components/schemas/Book'
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// components:
    ///   schemas:
    ///     Book:
    ///       type: object
    /// ```
    Description SOURCE_CYCLE "source-cycle" "no reference refers back to itself"

    /// The operation sends a credential, and the server in the description accepts it unencrypted: its URL starts
    /// with `http://`. Anyone on the network path can read the credential. Servers on the same machine
    /// (`localhost`, `127.0.0.1`, `[::1]`) and names that are reserved for tests and documentation (`.test`,
    /// `.example`, `.invalid`, `.localhost`) are not reported.
    ///
    /// Rule: RFC 6750, section 5.3 ("Always use TLS"); RFC 7617, section 4; RFC 6761 for the reserved names.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// # in the description
    /// servers:
    /// - url: http://shelf.example.com
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// servers:
    /// - url: https://shelf.example.com
    /// ```
    Warning INSECURE_SERVER "insecure-server" "credentials are sent encrypted"

    /// The macro does not have an option with this name. Its options are `sources`, `workflows`, `rename`, `derives`,
    /// `lints` and `dialect`.
    ///
    /// Rule: a choice.
    ///
    /// **Wrong**
    ///
    /// ```rust
    /// arazzo_workflow!("shelve.arazzo.yml", workflow = ["shelve"]);
    /// ```
    ///
    /// **Right**
    ///
    /// ```rust
    /// arazzo_workflow!("shelve.arazzo.yml", workflows = ["shelve"]);
    /// ```
    Error UNKNOWN_OPTION "unknown-option" "every option of the macro exists"
}
