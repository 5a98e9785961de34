//! Rules about parameters and members of payloads.

super::rules! {
    /// A parameter of a request does not specify where it is sent.
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
    Error PARAMETER_IN_MISSING "parameter-in-missing" "every parameter of a request specifies where it is sent"

    /// The path of the operation has a parameter that the step does not set. Nothing can be sent in its place, so
    /// the level of this code cannot be changed.
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

    /// The operation requires a query parameter, header or cookie that the step does not set. A parameter that
    /// carries a credential of a security scheme of the operation is set by the client, so the step does not have
    /// to set it. If the code is lowered, the request is sent without the parameter. For the parameters of the
    /// path, see `path-parameter-required`.
    ///
    /// Rule: OpenAPI Specification 3.1.1, "Parameter Object", `required`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// # `listBooks` requires the query parameter `shelf`
    /// - stepId: listBooks
    ///   operationId: listBooks
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: listBooks
    ///   operationId: listBooks
    ///   parameters:
    ///   - { name: shelf, in: query, value: novels }
    /// ```
    Description PARAMETER_REQUIRED "parameter-required" "every required parameter is set"

    /// A step sets both the whole query string and a single query parameter.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Parameter Object", `querystring`; OpenAPI Specification 3.2.0,
    /// "Parameter Object".
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
    Error QUERYSTRING_WITH_QUERY "querystring-with-query" "a step sets either the whole query string or single query parameters"

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
    Error PARAMETER_VALUE_MISSING "parameter-value-missing" "every parameter has a `value`"

    /// The operation does not declare this query, header or cookie parameter. The parameter is sent anyway.
    /// `Authorization`, `Accept` and `Content-Type` do not have to be declared.
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
    Warning UNKNOWN_PARAMETER "unknown-parameter" "the operation declares every parameter"

    /// The path of the operation has no placeholder for this path parameter, so it cannot be sent. If the code is
    /// lowered, it is sent as the one parameter of the path that has a similar name and no value. If there is
    /// none, it is left out.
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
    Description UNKNOWN_PATH_PARAMETER "unknown-path-parameter" "the path has a placeholder for every path parameter"

    /// The schema of the operation rules out a value in the payload: a literal, or an expression with a known
    /// type.
    ///
    /// Rule: OpenAPI Specification 3.1.1, "Media Type Object", `schema`; JSON Schema Validation 2020-12, section
    /// 6.1.1.
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
    Description PAYLOAD_TYPE_MISMATCH "payload-type-mismatch" "every value in a payload has the type that its schema requires"

    /// The schema of the operation requires a member that the payload does not have.
    ///
    /// Rule: OpenAPI Specification 3.1.1, "Media Type Object", `schema`; JSON Schema Validation 2020-12, section
    /// 6.5.3.
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
    Description PAYLOAD_MEMBER_REQUIRED "payload-member-required" "every required member of a payload is present"

    /// The payload has a member that the schema of the operation does not mention. Most unknown members are
    /// misspelled. The member is sent anyway.
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
    Warning UNKNOWN_PAYLOAD_MEMBER "unknown-payload-member" "the operation declares every member of a payload"

    /// A `timeout` is negative. Its unit is milliseconds.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `timeout`; the minimum of zero is a choice.
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
    Error TIMEOUT_NEGATIVE "timeout-negative" "`timeout` is not negative"
}
