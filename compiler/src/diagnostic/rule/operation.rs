//! Rules about the operations that steps call, and the steps that they refer to.

super::rules! {
    /// A step does not call anything, or calls two things. A step must have exactly one of `operationId`,
    /// `operationPath`, `channelPath` and `workflowId`.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object": the fields are mutually exclusive.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: addBook
    ///   operationId: addBook
    ///   workflowId: restock
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: addBook
    ///   operationId: addBook
    /// ```
    Error STEP_TARGET "step-target" "every step calls exactly one thing"

    /// Two operations of one description have the `operationId` that a step names. If the code is lowered, the
    /// first one is called.
    ///
    /// Rule: OpenAPI 3.1.1, "Operation Object", `operationId`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// operationId: readBooks
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// operationPath: "{$sourceDescriptions.shelf.url}#/paths/~1books/get"
    /// ```
    Description DUPLICATE_OPERATION_ID "duplicate-operation-id" "every `operationId` is unique within its description"

    /// No description has an operation with this id.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `operationId`: an existing, resolvable operation.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: readBook
    ///   operationId: getBok
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: readBook
    ///   operationId: getBook
    /// ```
    Error UNKNOWN_OPERATION "unknown-operation" "every referenced operation exists"

    /// Operations of several descriptions have this id. Name the source description to select one of them. If an
    /// id appears twice in one description, see `duplicate-operation-id`.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `operationId`; OpenAPI Specification 3.1.1, "Operation
    /// Object" (the id MUST be unique).
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: addBook
    ///   operationId: addBook
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: addBook
    ///   operationId: $sourceDescriptions.shelf.addBook
    /// ```
    Error AMBIGUOUS_OPERATION "ambiguous-operation" "every `operationId` of a step refers to one operation"

    /// An `operationPath` does not have the required form: the URL of a source description as an expression in
    /// braces, `#`, and a JSON Pointer. In the pointer, each `/` of the path is written `~1`.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `operationPath`; RFC 6901, section 3.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// operationPath: POST /books
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// operationPath: '{$sourceDescriptions.shelf.url}#/paths/~1books/post'
    /// ```
    Error OPERATION_PATH_SYNTAX "operation-path-syntax" "every `operationPath` has the required form"

    /// The pointer of an `operationPath` does not refer to an operation of the description.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `operationPath`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// operationPath: '{$sourceDescriptions.shelf.url}#/paths/~1book/post'
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// operationPath: '{$sourceDescriptions.shelf.url}#/paths/~1books/post'
    /// ```
    Error OPERATION_PATH_UNRESOLVED "operation-path-unresolved" "every `operationPath` refers to an operation"

    /// An expression, an action or a `dependsOn` names a step that the workflow does not have.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Runtime Expressions", `$steps`, and the Action Objects, `stepId`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// value: $steps.addBok.outputs.id
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// value: $steps.addBook.outputs.id
    /// ```
    Error UNKNOWN_STEP "unknown-step" "every referenced step exists"

    /// An output is read where its step cannot have run yet. Steps run in the order of the list, unless `goto` or
    /// `dependsOn` changes the order.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Validation Recommendations".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// steps:
    /// - stepId: readBook
    ///   operationId: getBook
    ///   parameters:
    ///   - { name: id, in: path, value: $steps.addBook.outputs.id }
    /// - stepId: addBook
    ///   operationId: addBook
    ///   outputs:
    ///     id: $response.body#/id
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// steps:
    /// - stepId: addBook
    ///   operationId: addBook
    ///   outputs:
    ///     id: $response.body#/id
    /// - stepId: readBook
    ///   operationId: getBook
    ///   parameters:
    ///   - { name: id, in: path, value: $steps.addBook.outputs.id }
    /// ```
    Error STEP_AFTER_USE "step-after-use" "an output is read only after its step"
}
