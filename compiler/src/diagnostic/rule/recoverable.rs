//! Rules about mistakes with one obvious meaning.

super::rules! {
    /// A member of a body is reached by a dot or a bracket outside of conditions and contexts. The grammar has only `#`
    /// and a JSON Pointer there.
    ///
    /// Meaning: the member of that name, `$response.body#/id`.
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
    Recoverable BODY_NEEDS_POINTER "body-needs-pointer" "a member of a body is reached by a JSON Pointer"

    /// An item of an input or an output is reached by an index in brackets. The grammar has only `#` and a JSON
    /// Pointer.
    ///
    /// Meaning: the item at that index, `tags#/0`. An input whose name has brackets, such as `page[size]`, is that
    /// input.
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
    Recoverable BRACKET_INDEX "bracket-index" "an item is reached by a JSON Pointer"

    /// A runtime expression stands in a JSONPath condition without braces.
    ///
    /// Meaning: the value as a literal of JSONPath: a string in quotes, a number as it is.
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
    Recoverable JSONPATH_UNBRACED_EXPRESSION "jsonpath-unbraced-expression" "an expression in a JSONPath condition stands in braces"

    /// An `operationId` has the name of its source description and a dot in front, but not as an expression.
    ///
    /// Meaning: the operation of that id in that source description. An operation whose id really is `shelf.addBook`
    /// comes first.
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
    Recoverable OPERATION_ID_PREFIX "operation-id-prefix" "an operationId names its source description by an expression"

    /// A comparison stands where a JSONPath query is expected. A query selects values; it does not compare them.
    ///
    /// Meaning: the comparison, as a simple condition about what the query selects from the context. `.length` of an
    /// array is the number of its items.
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
    Recoverable JSONPATH_COMPARISON "jsonpath-comparison" "a JSONPath condition is a query"

    /// A member of an output of a step is reached by a dot. Names may contain dots, so the grammar reads `book.title`
    /// as the name of one output.
    ///
    /// Meaning: the member of the output, `book#/title`, where no output has the whole name.
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
    Recoverable OUTPUT_PATH_DOTTED "output-path-dotted" "a member of an output is reached by a JSON Pointer"

    /// An expression stands inside other text without braces. By the grammar it is text.
    ///
    /// Meaning: the expression as if it stood in braces.
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
    Recoverable UNBRACED_EXPRESSION "unbraced-expression" "an expression inside text stands in braces"

    /// There are several source descriptions, and an `operationId` does not say in which it is. Only one of them has
    /// it.
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
    Recoverable UNQUALIFIED_OPERATION "unqualified-operation" "an operationId says in which source description it is"

    /// An `operationPath` names its source description by a word, and not by an expression for its URL.
    ///
    /// Meaning: the operation at that pointer in the source description of that name.
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
    Recoverable OPERATION_PATH_SOURCE "operation-path-source" "an operation path names its source by an expression"

    /// No operation has this id, but one differs from it in nothing but upper and lower case.
    ///
    /// Meaning: the operation that differs in case only.
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
    Recoverable OPERATION_ID_CASE "operation-id-case" "an operationId is spelt as it is declared"

    /// A step that calls a workflow demands a status code of success, such as `$statusCode == 200`. The step itself
    /// sends no request, so it has no status code.
    ///
    /// Meaning: the criterion is met when the called workflow succeeds.
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
    Recoverable CALLED_WORKFLOW_STATUS "called-workflow-status" "a workflow that is called has no status code"

    /// A number or a boolean where the specification has a string, such as `version: 1.0`. It is read as the text that
    /// is written.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Schema": every field there has its type.
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
    Recoverable UNQUOTED_STRING "unquoted-string" "a string that looks like a number is in quotes"

    /// A header is reached by `headers`. The word of the grammar is `header`.
    ///
    /// Meaning: the header of that name.
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
    Recoverable HEADERS_PLURAL "headers-plural" "a header is reached by `header`"

    /// A string in a simple condition stands in double quotes.
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
    Recoverable DOUBLE_QUOTED_STRING "double-quoted-string" "a string in a condition stands in single quotes"
}
