//! Rules about parameters, and members of payloads.

super::rules! {
    /// A parameter of a request does not say where it is sent.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Parameter Object", `in`: it MUST be specified unless the step calls a
    /// workflow.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// parameters:
    /// - { name: id, value: emma }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// parameters:
    /// - { name: id, in: path, value: emma }
    /// ```
    Error PARAMETER_IN_MISSING "parameter-in-missing" "a parameter says where it is sent"

    /// The path of the operation has a parameter that the step does not give. Nothing can be sent in its place, so that
    /// no option lowers the code.
    ///
    /// Rule: OpenAPI 3.1.1, "Parameter Object": a path parameter is required.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: readBook
    ///   operationId: getBook
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: readBook
    ///   operationId: getBook
    ///   parameters:
    ///   - { name: id, in: path, value: $inputs.id }
    /// ```
    Error PATH_PARAMETER_REQUIRED "path-parameter-required" "every parameter of a path has a value"

    /// The operation requires a query parameter, header or cookie that the step does not give. One that a security
    /// scheme of the
    /// operation carries is set by the client and is not demanded. With the code lowered, the request is sent without
    /// it. For the
    /// parameters of the path see `path-parameter-required`.
    ///
    /// Rule: OpenAPI Specification 3.1.1, "Parameter Object", `required`, and "Path Templating".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: readBook
    ///   operationId: getBook
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: readBook
    ///   operationId: getBook
    ///   parameters:
    ///   - { name: id, in: path, value: emma }
    /// ```
    Description PARAMETER_REQUIRED "parameter-required" "a required parameter is given"

    /// A step gives the whole query and a part of it.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Parameter Object", `querystring`; OpenAPI Specification 3.2.0, "Parameter
    /// Object".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// parameters:
    /// - { name: filter, in: querystring, value: 'title=Emma' }
    /// - { name: page, in: query, value: 2 }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// parameters:
    /// - { name: filter, in: querystring, value: 'title=Emma&page=2' }
    /// ```
    Error QUERYSTRING_WITH_QUERY "querystring-with-query" "the whole query or its parameters are given"

    /// A parameter has no `value`.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Parameter Object", `value`, **REQUIRED**.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// parameters:
    /// - { name: page, in: query }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// parameters:
    /// - { name: page, in: query, value: 2 }
    /// ```
    Error PARAMETER_VALUE_MISSING "parameter-value-missing" "a parameter has a value"

    /// The operation declares no such query, header or cookie parameter. It is sent all the same. `Authorization`,
    /// `Accept` and `Content-Type` need no declaration.
    ///
    /// Rule: a choice; descriptions are often incomplete. OpenAPI Specification 3.1.1, "Parameter Object", `name`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: readBook
    ///   operationId: getBook
    ///   parameters:
    ///   - { name: id, in: path, value: emma }
    ///   - { name: page, in: query, value: 2 }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: readBook
    ///   operationId: getBook
    ///   parameters:
    ///   - { name: id, in: path, value: emma }
    /// ```
    Warning UNKNOWN_PARAMETER "unknown-parameter" "the operation declares the parameter"

    /// The path of the operation has no place for this path parameter, so it cannot be sent. With the code lowered, it
    /// is sent as the one parameter of the path that has a similar name and no value, and left out if there is none.
    ///
    /// Rule: OpenAPI Specification 3.1.1, "Path Templating".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: addBook            # POST /books
    ///   operationId: addBook
    ///   parameters:
    ///   - { name: id, in: path, value: emma }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: addBook
    ///   operationId: addBook
    /// ```
    Description UNKNOWN_PATH_PARAMETER "unknown-path-parameter" "the path has a place for a path parameter"

    /// The schema of the operation rules out a value of the payload: a literal, or an expression whose type is known.
    ///
    /// Rule: OpenAPI Specification 3.1.1, "Media Type Object", `schema`; JSON Schema Validation 2020-12, section 6.1.1.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// payload:
    ///   title: Emma
    ///   copies: three
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// payload:
    ///   title: Emma
    ///   copies: 3
    /// ```
    Description PAYLOAD_TYPE_MISMATCH "payload-type-mismatch" "a value in a payload has the type of its schema"

    /// The schema of the operation requires a member that the payload does not have.
    ///
    /// Rule: OpenAPI Specification 3.1.1, "Media Type Object", `schema`; JSON Schema Validation 2020-12, section 6.5.3.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// payload:
    ///   copies: 3
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// payload:
    ///   title: Emma
    ///   copies: 3
    /// ```
    Description PAYLOAD_MEMBER_REQUIRED "payload-member-required" "a required member is in the payload"

    /// The schema of the operation does not mention a member of the payload. Most of these are misspelt. It is sent all
    /// the same.
    ///
    /// Rule: a choice; JSON Schema allows members that it does not mention.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// payload:
    ///   title: Emma
    ///   copys: 3
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// payload:
    ///   title: Emma
    ///   copies: 3
    /// ```
    Warning UNKNOWN_PAYLOAD_MEMBER "unknown-payload-member" "the operation declares the member"

    /// A `timeout` is below zero. It is a number of milliseconds.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `timeout`; that zero is the least is a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// timeout: -5
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// timeout: 5000
    /// ```
    Error TIMEOUT_NEGATIVE "timeout-negative" "a timeout is not negative"
}
