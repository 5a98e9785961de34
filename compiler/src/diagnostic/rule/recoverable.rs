//! Rules about mistakes with one obvious meaning.

super::rules! {
    /// A member of a body is accessed with a dot or a bracket outside conditions and contexts. There, the grammar
    /// allows only `#` and a JSON Pointer.
    ///
    /// Meaning: the member with that name, `$response.body#/id`.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Runtime Expressions", `body-reference`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// outputs:
    ///   id: $response.body.id
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// outputs:
    ///   id: $response.body#/id
    /// ```
    Recoverable BODY_NEEDS_POINTER "body-needs-pointer" "members of a body are accessed with a JSON Pointer"

    /// An item of an input or an output is accessed with an index in brackets. The grammar allows only `#` and a
    /// JSON Pointer.
    ///
    /// Meaning: the item at that index, `tags#/0`. If an input has brackets in its name, such as `page[size]`, the
    /// expression refers to that input.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Runtime Expressions", `identifier` and `json-pointer`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// first: $steps.readBook.outputs.tags[0]
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// first: $steps.readBook.outputs.tags#/0
    /// ```
    Recoverable BRACKET_INDEX "bracket-index" "items are accessed with a JSON Pointer"

    /// A runtime expression is used in a JSONPath condition without braces.
    ///
    /// Meaning: the value as a JSONPath literal: a string in quotes, a number as it is.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Runtime Expressions in Conditions": they MUST be embedded by `{}`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - context: $response.body
    ///   condition: $.tags[?@ == $inputs.tag]
    ///   type: jsonpath
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - context: $response.body
    ///   condition: "$.tags[?@ == '{$inputs.tag}']"
    ///   type: jsonpath
    /// ```
    Recoverable JSONPATH_UNBRACED_EXPRESSION "jsonpath-unbraced-expression" "expressions in JSONPath conditions are in braces"

    /// An `operationId` starts with the name of its source description and a dot, but is not an expression.
    ///
    /// Meaning: the operation with that id in that source description. If there is an operation with the id
    /// `shelf.addBook`, it takes precedence.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `operationId`: a Runtime Expression.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// operationId: shelf.addBook
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// operationId: $sourceDescriptions.shelf.addBook
    /// ```
    Recoverable OPERATION_ID_PREFIX "operation-id-prefix" "an `operationId` names its source description with an expression"

    /// A comparison is used where a JSONPath query is expected. A query selects values and cannot compare them.
    ///
    /// Meaning: the comparison, as a simple condition about the values that the query selects from the context.
    /// `.length` of an array is the number of its items.
    ///
    /// Rule: Arazzo Specification 1.1.0, "JSONPath Conditions"; RFC 9535, section 2.1.1.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - context: $response.body
    ///   condition: $.shelf == 'top'
    ///   type: jsonpath
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - condition: $response.body#/shelf == 'top'
    /// ```
    Recoverable JSONPATH_COMPARISON "jsonpath-comparison" "every JSONPath condition is a query"

    /// A member of an output of a step is accessed with a dot. Names may contain dots, so the grammar reads
    /// `book.title` as the name of one output.
    ///
    /// Meaning: the member of the output, `book#/title`, if no output has the whole name.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Runtime Expressions", `output-name`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// title: $steps.readBook.outputs.book.title      # only `book` is an output
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// title: $steps.readBook.outputs.book#/title
    /// ```
    Recoverable OUTPUT_PATH_DOTTED "output-path-dotted" "members of an output are accessed with a JSON Pointer"

    /// An expression is used inside other text without braces. According to the grammar, it is text.
    ///
    /// Meaning: the expression as if it were in braces.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Runtime Expressions", `embedded-expression`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// value: Bearer $inputs.token
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// value: Bearer {$inputs.token}
    /// ```
    Recoverable UNBRACED_EXPRESSION "unbraced-expression" "expressions inside other text are in braces"

    /// There are several source descriptions, and an `operationId` does not name the one that defines it. Only one
    /// of them has an operation with this id.
    ///
    /// Meaning: the one operation that has this id.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `operationId`: it MUST be a Runtime Expression then.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// operationId: addBook
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// operationId: $sourceDescriptions.shelf.addBook
    /// ```
    Recoverable UNQUALIFIED_OPERATION "unqualified-operation" "an `operationId` names its source description if there are several"

    /// An `operationPath` contains only the name of its source description, not an expression for its URL.
    ///
    /// Meaning: the operation at that pointer in the source description with that name.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `operationPath`: Runtime Expression syntax MUST be used.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// operationPath: shelf#/paths/~1books/post
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// operationPath: '{$sourceDescriptions.shelf.url}#/paths/~1books/post'
    /// ```
    Recoverable OPERATION_PATH_SOURCE "operation-path-source" "an `operationPath` names its source description with an expression"

    /// No operation has this id, but the id of one operation differs from it only in case.
    ///
    /// Meaning: the operation that differs only in case.
    ///
    /// Rule: OpenAPI Specification 3.1.1, "Operation Object", `operationId` is case-sensitive.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// operationId: addbook
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// operationId: addBook
    /// ```
    Recoverable OPERATION_ID_CASE "operation-id-case" "an `operationId` is spelled as it is declared"

    /// A step that calls a workflow requires a success status code, such as `$statusCode == 200`. The step itself
    /// does not send a request, so it has no status code.
    ///
    /// Meaning: the criterion is met if the called workflow succeeds.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Runtime Expressions"; the lenient reading is a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: signIn
    ///   workflowId: sign-in
    ///   successCriteria:
    ///   - condition: $statusCode == 200
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: signIn
    ///   workflowId: sign-in
    /// ```
    Recoverable CALLED_WORKFLOW_STATUS "called-workflow-status" "a step that calls a workflow does not test a status code"

    /// A number or a boolean is used where the specification requires a string, such as `version: 1.0`. It is read
    /// as the text in the document.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Schema": every field has a type.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// version: 1.0
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// version: "1.0"
    /// ```
    Recoverable UNQUOTED_STRING "unquoted-string" "a string that looks like a number or a boolean is in quotes"

    /// A header is accessed with `headers`. The keyword in the grammar is `header`.
    ///
    /// Meaning: the header with that name.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Runtime Expressions", `header-reference`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// place: $response.headers.Location
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// place: $response.header.Location
    /// ```
    Recoverable HEADERS_PLURAL "headers-plural" "headers are accessed with `header`"

    /// A string in a simple condition is in double quotes.
    ///
    /// Meaning: the string between the quotes.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Criterion Object", "Literals": single quotes MUST be used.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - condition: $response.body#/title == "Emma"
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - condition: $response.body#/title == 'Emma'
    /// ```
    Recoverable DOUBLE_QUOTED_STRING "double-quoted-string" "strings in simple conditions are in single quotes"
}
