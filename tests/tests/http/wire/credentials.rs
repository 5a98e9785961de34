//! Credentials and headers of the client.

use super::*;

// RFC 7617, section 2: "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="; section 2.1, UTF-8: "test" and "123£" are
// "dGVzdDoxMjPCow==".
#[tokio::test]
async fn credential_basic() {
    for (user, password, expected) in [
        ("Aladdin", "open sesame", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
        ("test", "123£", "Basic dGVzdDoxMjPCow=="),
    ] {
        let by_scheme = sent!(security::document, {}, |api| api
            .scheme("basicAuth", Credential::basic(user, password)));
        assert_eq!(values(&by_scheme, "authorization"), [Some(expected)]);
        let by_source = sent!(security::document, {}, |api| api
            .credential(Credential::basic(user, password)));
        assert_eq!(values(&by_source, "authorization"), [Some(expected)]);
    }
}

// RFC 6750, section 2.1: "Authorization: Bearer mF_9.B5f-4.1JqM"; OpenAPI 3.1, Security Scheme Object: `http` with the
// scheme `bearer`, `oauth2` and `openIdConnect`.
#[tokio::test]
async fn credential_bearer() {
    let expected = [Some("Bearer mF_9.B5f-4.1JqM")];
    let token = || Credential::bearer("mF_9.B5f-4.1JqM");
    let sent = sent!(security::bearer, {}, |api| api.scheme("bearerAuth", token()));
    assert_eq!(values(&sent, "authorization"), expected);
    let sent = sent!(security::oauth, {}, |api| api.scheme("oauth", token()));
    assert_eq!(values(&sent, "authorization"), expected);
    let sent = sent!(security::open_id, {}, |api| api.scheme("openId", token()));
    assert_eq!(values(&sent, "authorization"), expected);
}

// OpenAPI 3.1, Security Scheme Object: "in: The location of the API key. Valid values are "query", "header", or
// "cookie"", "name: The name of the header, query or cookie parameter to be used".
#[tokio::test]
async fn credential_api_key() {
    let sent = sent!(security::header_key, {}, |api| api
        .scheme("headerKey", Credential::api_key("k&y 1")));
    assert_eq!(
        (targets(&sent), values(&sent, "x-key")),
        (vec!["/header"], vec![Some("k&y 1")])
    );

    let sent = sent!(security::query_key, {}, |api| api
        .scheme("queryKey", Credential::api_key("k&y 1")));
    assert_eq!(targets(&sent), ["/query?page=2&key=k%26y%201"]);

    let sent = sent!(security::lone_query_key, {}, |api| api
        .scheme("queryKey", Credential::api_key("k")));
    assert_eq!(targets(&sent), ["/query/lone?key=k"]);

    let sent = sent!(security::cookie_key, {}, |api| api
        .scheme("cookieKey", Credential::api_key("abc-123")));
    assert_eq!(
        (targets(&sent), values(&sent, "cookie")),
        (vec!["/cookie"], vec![Some("session=abc-123")])
    );
    assert_eq!(values(&sent, "authorization"), [None]);
}

// RFC 6265, section 5.4: "the user agent MUST NOT attach more than one Cookie header field"; section 4.2.1: "; "
// between the pairs.
#[tokio::test]
async fn credential_in_a_cookie_beside_another() {
    let sent = sent!(security::cookie_key_and_cookie, {}, |api| api
        .scheme("cookieKey", Credential::api_key("abc-123")));
    let cookie = sent[0].header("cookie").expect("a cookie");
    assert!(
        matches!(cookie, "color=blue; session=abc-123" | "session=abc-123; color=blue"),
        "{cookie}"
    );
}

// OpenAPI 3.1, Security Requirement Object: "Security Requirement Objects that contain multiple schemes require that
// all schemes MUST be satisfied for a request to be authorized"; Operation Object, security: "Only one of the Security
// Requirement Objects need to be satisfied".
#[tokio::test]
async fn credentials_that_are_alternatives() {
    let sent = sent!(security::either, {}, |api| api
        .scheme("headerKey", Credential::api_key("k")));
    assert_eq!(
        (sent[0].header("authorization"), sent[0].header("x-key")),
        (None, Some("k"))
    );

    let sent = sent!(security::either, {}, |api| api
        .scheme("bearerAuth", Credential::bearer("t")));
    assert_eq!(
        (sent[0].header("authorization"), sent[0].header("x-key")),
        (Some("Bearer t"), None)
    );

    // What is satisfied in part is not satisfied.
    let sent = sent!(security::either_of_two_and_one, {}, |api| api
        .scheme("headerKey", Credential::api_key("k"))
        .scheme("bearerAuth", Credential::bearer("t")));
    assert_eq!(
        (sent[0].header("authorization"), sent[0].header("x-key")),
        (Some("Bearer t"), None)
    );
    assert_eq!(targets(&sent), ["/two-or-one"]);
}

// The same line.
#[tokio::test]
async fn credentials_that_are_needed_together() {
    let sent = sent!(security::both, {}, |api| api
        .scheme("headerKey", Credential::api_key("h"))
        .scheme("queryKey", Credential::api_key("q")));
    assert_eq!(
        (targets(&sent), values(&sent, "x-key")),
        (vec!["/both?key=q"], vec![Some("h")])
    );

    let kind = refused!(security::both, {}, |api| api
        .scheme("headerKey", Credential::api_key("h")));
    assert_eq!(kind, ErrorKind::MissingCredential);
    assert_eq!(refused!(security::document, {}), ErrorKind::MissingCredential);
}

// OpenAPI 3.1, Operation Object, security: "This definition overrides any declared top-level `security`. To remove a
// top-level security declaration, an empty array can be used."
#[tokio::test]
async fn credentials_of_an_operation_are_instead_of_those_of_the_document() {
    let all = |api: SourceBuilder| {
        api.scheme("basicAuth", Credential::basic("user", "hush"))
            .scheme("headerKey", Credential::api_key("k"))
    };
    let sent = sent!(security::instead, {}, all);
    assert_eq!(
        (sent[0].header("authorization"), sent[0].header("x-key")),
        (None, Some("k"))
    );

    let sent = sent!(security::public, {}, all);
    assert_eq!((sent[0].header("authorization"), sent[0].header("x-key")), (None, None));
}

// OpenAPI 3.1, Operation Object, security: "To make security optional, an empty security requirement (`{}`) can be
// included in the array."
#[tokio::test]
async fn credentials_may_be_optional() {
    let sent = sent!(security::optional);
    assert_eq!(values(&sent, "authorization"), [None]);
    let sent = sent!(security::optional_first);
    assert_eq!(values(&sent, "authorization"), [None]);

    let sent = sent!(security::optional, {}, |api| api
        .scheme("bearerAuth", Credential::bearer("t")));
    assert_eq!(values(&sent, "authorization"), [Some("Bearer t")]);
}

// Semantics: "an `Authorization` parameter written in the workflow wins"; RFC 9110, section 5.1: names of headers are
// case-insensitive, and section 11.6.2: there is one.
#[tokio::test]
async fn a_written_authorization_wins() {
    let inputs = json!({ "token": "from-workflow" });
    let sent = sent!(security::written_authorization, inputs, |api| api
        .scheme("basicAuth", Credential::basic("user", "hush")));
    assert_eq!(values(&sent, "authorization"), [Some("Bearer from-workflow")]);

    let sent = sent!(security::written_authorization_otherwise, inputs, |api| api
        .credential(Credential::bearer("from-client")));
    assert_eq!(values(&sent, "authorization"), [Some("Bearer from-workflow")]);
}

// The documentation of `SourceBuilder::header`: "A header for every request to this API".
#[tokio::test]
async fn headers_of_the_client_are_in_every_request() {
    let sent = sent!(security::default_headers, {}, |api| api
        .header("X-Client", "wire tests")
        .header("Accept-Language", "de, en;q=0.5"));
    assert_eq!(targets(&sent), ["/first", "/second"]);
    assert_eq!(values(&sent, "x-client"), [Some("wire tests"), Some("wire tests")]);
    assert_eq!(
        values(&sent, "accept-language"),
        [Some("de, en;q=0.5"), Some("de, en;q=0.5")]
    );
    assert_eq!(
        (sent[1].content_type(), sent[1].text()),
        (Some("application/json"), r#"{"a":1}"#)
    );
}
