//! Servers that demand TLS and a password.

use arazzo_broker_tests::process::own;
use arazzo_broker_tests::secured::{PASSWORD, Secured};
use tokio::process::Command;

/// A message is received by who knows the password and trusts the authority, and by nobody else.
async fn only_a_trusting_client_with_the_password(kind: &str) {
    let Some(server) = Secured::start(kind).await else {
        return;
    };
    let attempt = |password: &str, trusts: bool, seconds: &str| {
        let mut command = Command::new(own("secured"));
        command.args([kind, &server.port().to_string(), password, seconds]);
        if trusts {
            command.env("SSL_CERT_FILE", server.authority());
        }
        async move {
            let output = command.output().await.expect("a program");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8_lossy(&output.stdout).into_owned()
        }
    };
    // Clients go on trying, so that what is refused ends with its time.
    let (right, wrong, distrusting) = tokio::join!(
        attempt(PASSWORD, true, "60"),
        attempt("guess", true, "5"),
        attempt(PASSWORD, false, "5"),
    );
    assert_eq!(right, "received hello\n");
    for refused in [wrong, distrusting] {
        assert!(refused.starts_with("failed: "), "{refused}");
    }
}

macro_rules! kinds {
    ($($kind:ident)*) => {
        $(
            #[tokio::test]
            async fn $kind() {
                only_a_trusting_client_with_the_password(stringify!($kind)).await;
            }
        )*
    };
}

kinds! { amqp mqtt mqtt5 nats redis websocket }
