//! Which credentials are sent, and what a client lacks.

use arazzo::{Client, ClientCredentials, Credential, ErrorKind, Transport};

use super::meanings::{Sent, header, service};

mod keys {
    #![allow(deprecated)]
    arazzo::arazzo_workflow!("language/meanings/keys.yml");
}

fn keyed(credential: Option<Credential>) -> (Client<impl Transport>, Sent) {
    let (transport, sent) = service("", b"");
    let mut builder = Client::builder().transport(transport);
    if let Some(credential) = credential {
        builder = builder.source(keys::bearer::sources::KEYS, |api| api.credential(credential));
    }
    (builder.build().unwrap(), sent)
}

/// A credential that cannot be used for the scheme is an error, never dropped.
#[tokio::test]
async fn a_credential_fits_or_is_an_error() {
    macro_rules! sent {
        ($workflow:ident, $credential:expr) => {{
            let (client, sent) = keyed($credential);
            match keys::$workflow(&client, keys::$workflow::Inputs::new()).await {
                Ok(_) => {
                    let sent = sent.lock().unwrap();
                    let all = ["authorization", "x-key"].map(|name| header(&sent[0], name).join(","));
                    Ok(all.join("|"))
                }
                Err(error) => {
                    assert!(sent.lock().unwrap().is_empty(), "nothing was sent");
                    Err(error.kind())
                }
            }
        }};
    }
    let missing = Err(ErrorKind::MissingCredential);
    let key = || Some(Credential::api_key("k"));
    let bearer = || Some(Credential::bearer("t"));
    let basic = || Some(Credential::basic("Aladdin", "open sesame"));
    assert_eq!(sent!(bearer, key()), missing);
    assert_eq!(sent!(bearer, bearer()), Ok("Bearer t|".to_owned()));
    assert_eq!(sent!(bearer, basic()), missing);
    assert_eq!(sent!(basic, key()), missing);
    assert_eq!(sent!(basic, bearer()), missing);
    assert_eq!(
        sent!(basic, basic()),
        Ok("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==|".to_owned())
    );
    assert_eq!(sent!(key, key()), Ok("|k".to_owned()));
    assert_eq!(sent!(key, bearer()), missing);
    assert_eq!(sent!(key, basic()), missing);
    assert_eq!(sent!(header, key()), Ok("k|".to_owned()));
    assert_eq!(sent!(header, bearer()), Ok("Bearer t|".to_owned()));
    // One credential is for one scheme.
    assert_eq!(sent!(both, key()), missing);
    assert_eq!(sent!(optional, None), Ok("|".to_owned()));
    assert_eq!(sent!(optional, bearer()), Ok("Bearer t|".to_owned()));
    assert_eq!(sent!(optional, key()), missing);
    assert_eq!(sent!(public, bearer()), Ok("|".to_owned()));
    assert_eq!(sent!(silent, bearer()), Ok("Bearer t|".to_owned()));
    assert_eq!(sent!(silent, key()), Ok("|".to_owned()));
    // What the workflow writes satisfies the scheme.
    assert_eq!(sent!(written, None), Ok("|mine".to_owned()));
}

/// Before its first request a run says everything that the client lacks.
#[tokio::test]
async fn what_the_client_lacks_is_said_at_once() {
    let (transport, sent) = service("", b"");
    let client = Client::builder().transport(transport).build().unwrap();
    let error = keys::long(&client, keys::long::Inputs::new()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.step()),
        (ErrorKind::MissingCredential, Some("pay"))
    );
    let text = error.to_string();
    assert!(text.contains("`bearerAuth`") && text.contains("`keyAuth`"), "{text}");
    assert!(sent.lock().unwrap().is_empty(), "no login, no order");
    // The same client with both goes on from there.
    let (transport, sent) = service("", b"");
    let client = Client::builder()
        .transport(transport)
        .source("keys", |api| {
            api.scheme("bearerAuth", Credential::bearer("t"))
                .scheme("keyAuth", Credential::api_key("k"))
        })
        .build()
        .unwrap();
    let mut run = error.into_run();
    run.finish(&client).await.unwrap();
    assert_eq!(sent.lock().unwrap().len(), 4);
}

/// A credential that cannot be sent is reported before the first request, and everything else with it.
#[tokio::test]
async fn a_credential_that_cannot_be_used_is_reported_before_the_first_request() {
    let token = || Credential::bearer("t");
    let key = || Credential::api_key("k");
    for (bearer, other, kind, said) in [
        (
            key(),
            key(),
            ErrorKind::MissingCredential,
            "API key credential for `bearerAuth`",
        ),
        (
            Credential::from(ClientCredentials::new("id", "secret")),
            key(),
            ErrorKind::Configuration,
            "no token URL for the security scheme `bearerAuth`",
        ),
        (
            Credential::bearer("a\nb"),
            key(),
            ErrorKind::Configuration,
            "credential for `bearerAuth`",
        ),
        (
            token(),
            Credential::api_key("a\nb"),
            ErrorKind::Configuration,
            "credential for `keyAuth`",
        ),
    ] {
        let (transport, sent) = service("", b"");
        let client = Client::builder()
            .transport(transport)
            .source("keys", |api| api.scheme("bearerAuth", bearer).scheme("keyAuth", other))
            .build()
            .unwrap();
        let error = keys::long(&client, keys::long::Inputs::new()).await.unwrap_err();
        let text = error.to_string();
        assert_eq!(error.kind(), kind, "{text}");
        assert!(text.contains(said), "{said}: {text}");
        assert!(sent.lock().unwrap().is_empty(), "no login, no order");
    }
    // Nor is it left out where the description says that none is required.
    let (transport, sent) = service("", b"");
    let client = Client::builder()
        .transport(transport)
        .source("keys", |api| api.scheme("bearerAuth", key()))
        .build()
        .unwrap();
    let error = keys::optional(&client, keys::optional::Inputs::new())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingCredential);
    assert!(sent.lock().unwrap().is_empty());
    // The client may know better than the description which credential a scheme needs.
    let (transport, sent) = service("", b"");
    let client = Client::builder()
        .transport(transport)
        .source("keys", |api| api.scheme("bearerAuth", Credential::basic("a", "b")))
        .build()
        .unwrap();
    keys::bearer(&client, keys::bearer::Inputs::new()).await.unwrap();
    assert_eq!(header(&sent.lock().unwrap()[0], "authorization"), ["Basic YTpi"]);
}

/// A name that no workflow called with this client knows.
#[tokio::test]
async fn an_unknown_source_is_an_error_at_the_first_call() {
    let with = |name: &'static str| {
        let (transport, _) = service("", b"");
        Client::builder()
            .transport(transport)
            .source(name, |api| api.base_url("http://127.0.0.1:1"))
            .build()
            .unwrap()
    };
    for name in ["key", "kyes", "shop"] {
        let error = keys::silent(&with(name), keys::silent::Inputs::new())
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let text = error.to_string();
        assert!(text.contains(&format!("unknown source `{name}`")), "{text}");
        assert!(text.contains("`keys`, `odd`"), "the known names: {text}");
    }
    keys::silent(&with(keys::silent::sources::KEYS), keys::silent::Inputs::new())
        .await
        .unwrap();
    // A client of several documents may know names that this one has not.
    let (transport, _) = service("", b"");
    let client = Client::builder()
        .transport(transport)
        .source("keys", |api| api)
        .source("another-shop", |api| api)
        .build()
        .unwrap();
    keys::silent(&client, keys::silent::Inputs::new()).await.unwrap();
}
