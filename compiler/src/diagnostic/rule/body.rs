//! Rules about request bodies and their content types.

super::rules! {
    /// A GET, HEAD, DELETE, OPTIONS or TRACE request has a body, but the operation does not define one.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `requestBody` (SHOULD be avoided); RFC 9110, section 9.3;
    /// reporting an error is a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: readBook
    ///   operationId: getBook
    ///   requestBody:
    ///     payload: { id: emma }
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
    Description BODY_NOT_ACCEPTED "body-not-accepted" "a request has a body only where one is allowed"

    /// The operation requires a request body, but the step does not have one.
    ///
    /// Rule: OpenAPI Specification 3.1.1, "Request Body Object", `required`.
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
    ///   operationId: addBook
    ///   requestBody:
    ///     payload: { title: Emma }
    /// ```
    Description BODY_REQUIRED "body-required" "a required request body is present"

    /// A `contentType` is not a valid media type.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Request Body Object", `contentType`; RFC 9110, section 8.3.1.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// requestBody:
    ///   contentType: json
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// requestBody:
    ///   contentType: application/json
    /// ```
    Error CONTENT_TYPE_INVALID "content-type-invalid" "every `contentType` is a valid media type"

    /// The operation does not list the content type of the request body. The body is sent anyway.
    ///
    /// Rule: OpenAPI Specification 3.1.1, "Request Body Object", `content`; reporting a warning is a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// requestBody:
    ///   contentType: text/plain
    ///   payload: Emma
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// requestBody:
    ///   contentType: application/json
    ///   payload: { title: Emma }
    /// ```
    Warning CONTENT_TYPE_UNSUPPORTED "content-type-unsupported" "the operation accepts the content type of the request body"

    /// A request body has a `contentType` but no `payload`. No body is sent.
    ///
    /// Rule: a choice; Arazzo Specification 1.1.0, "Request Body Object", makes both optional.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// requestBody:
    ///   contentType: application/json
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// requestBody:
    ///   contentType: application/json
    ///   payload: { title: $inputs.title }
    /// ```
    Warning CONTENT_TYPE_UNUSED "content-type-unused" "a request body with a `contentType` has a `payload`"

    /// The operation accepts XML, text or a form, but the payload is something else, such as an object. If the
    /// code is lowered, the payload is sent as `application/json`. If the document itself sets such a
    /// `contentType`, the error is `wrong-type`.
    ///
    /// Rule: a choice; OpenAPI 3.1.1, "Media Type Object".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// # the operation accepts only application/xml
    /// requestBody:
    ///   payload: { title: Emma }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// requestBody:
    ///   contentType: application/json
    ///   payload: { title: Emma }
    /// ```
    Description PAYLOAD_CONTENT_TYPE "payload-content-type" "the payload can be sent with a content type that the operation accepts"

    /// A parameter sets a header that the HTTP client sets itself (`Content-Length`, `Transfer-Encoding`, `Host`,
    /// `Connection` and similar headers), or a `Content-Type` that contradicts the `contentType` of the request
    /// body.
    ///
    /// Rule: RFC 9110, sections 7.2, 7.6.1 and 8.6; for `Content-Type`, a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// parameters:
    /// - { name: Host, in: header, value: other.example.com }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// # set the base URL in the client: source("shelf", |api| api.base_url("https://other.example.com"))
    /// parameters: []
    /// ```
    Error HEADER_RESERVED "header-reserved" "parameters do not set headers that the request itself determines"

    /// The operation accepts several media types, none of them JSON, and the request body does not specify one. If
    /// JSON is among them, JSON is sent.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Request Body Object", `contentType`; the preference for JSON is a
    /// choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// requestBody:
    ///   payload: title,author
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// requestBody:
    ///   contentType: text/csv
    ///   payload: title,author
    /// ```
    Error CONTENT_TYPE_AMBIGUOUS "content-type-ambiguous" "the content type of a request body is unambiguous"
}
