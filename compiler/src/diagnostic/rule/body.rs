//! Rules about bodies of requests and their content types.

super::rules! {
    /// A GET, HEAD, DELETE, OPTIONS or TRACE request has a body, and the operation declares none.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `requestBody` (SHOULD be avoided); RFC 9110, section 9.3; that
    /// it is an error is a choice.
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
    Error BODY_NOT_ACCEPTED "body-not-accepted" "a body is sent where there can be one"

    /// The operation requires a body, and the step sends none.
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
    Description BODY_REQUIRED "body-required" "a required body is sent"

    /// A `contentType` is not a media type.
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
    Error CONTENT_TYPE_INVALID "content-type-invalid" "a content type is a media type"

    /// The operation does not list the content type of the body. It is sent all the same.
    ///
    /// Rule: OpenAPI Specification 3.1.1, "Request Body Object", `content`; that it is a warning is a choice.
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
    Warning CONTENT_TYPE_UNSUPPORTED "content-type-unsupported" "the operation accepts the content type"

    /// A request body has a `contentType` and no `payload`. No body is sent.
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
    Warning CONTENT_TYPE_UNUSED "content-type-unused" "a content type has a payload"

    /// The operation accepts XML, text or a form, and the payload is something else, such as an object. With the code
    /// lowered, the payload is sent as `application/json`. Where the document itself writes such a `contentType`, the
    /// error is `wrong-type`.
    ///
    /// Rule: a choice; OpenAPI 3.1.1, "Media Type Object".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// # the operation accepts application/xml alone
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
    Description PAYLOAD_CONTENT_TYPE "payload-content-type" "a payload can be sent with the content type that the operation accepts"

    /// A parameter sets a header that the HTTP client writes itself (`Content-Length`, `Transfer-Encoding`, `Host`,
    /// `Connection` and their like), or a `Content-Type` that contradicts the `contentType` of the request body.
    ///
    /// Rule: RFC 9110, sections 7.2, 7.6.1 and 8.6; a choice for `Content-Type`.
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
    /// # the address of an API is set in the client: source("shelf", |api| api.base_url("https://other.example.com"))
    /// parameters: []
    /// ```
    Error HEADER_RESERVED "header-reserved" "a header that the request itself decides is not a parameter"

    /// The operation accepts several media types, none of them JSON, and the body does not say which it is. Where JSON
    /// is among them, JSON is sent.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Request Body Object", `contentType`; the preference for JSON is a choice.
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
    Error CONTENT_TYPE_AMBIGUOUS "content-type-ambiguous" "it is clear which content type is sent"
}
