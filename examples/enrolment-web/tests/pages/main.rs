//! The pages without a browser: the program is a child process, and the stand-in for the service runs here.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that panics has failed, its helpers too"
)]

#[path = "../support"]
mod support {
    pub mod detour;
    pub mod program;
    pub mod visitor;
}

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use stytch_stand_in::Server;
use support::detour::Detour;
use support::program::{Program, Setup, enrolment_with_a_wrong_code, requests, right, wrong};
use support::visitor::{Page, Visitor};

const ADA: &str = "ada@example.com";

/// The service, a proxy for it, the program, and a visitor with the first page open.
struct Scene {
    server: Server,
    detour: Detour,
    setup: Setup,
    program: Program,
    visitor: Visitor,
}

impl Scene {
    async fn new() -> Self {
        Self::with(Server::start().await.unwrap()).await
    }

    async fn with(server: Server) -> Self {
        let detour = Detour::to(server.url()).await;
        let setup = Setup::new(&server, &detour.url);
        let program = setup.start();
        let mut visitor = Visitor::new(&program.url);
        assert_eq!(visitor.open("/").await.status, 200);
        Self {
            server,
            detour,
            setup,
            program,
            visitor,
        }
    }

    /// Sends the address; returns the page with the form for the code, and the secret.
    async fn up_to_the_code(&mut self) -> (Page, String) {
        let page = self.visitor.go("/email", &[("email", ADA)]).await;
        assert_eq!(page.status, 200);
        let secret = page.element("secret");
        (page, secret)
    }

    fn paths(&self) -> Vec<String> {
        self.server.log().into_iter().map(|exchange| exchange.path).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn enrols_over_a_wrong_code_and_two_restarts() {
    let Scene {
        server,
        mut setup,
        program,
        mut visitor,
        ..
    } = Scene::new().await;
    let first = visitor.open("/").await;
    assert!(first.shows("Protect your account") && first.shows("E-mail address"));

    let page = visitor.go("/email", &[("email", " ada@example.com ")]).await;
    assert!(page.shows("Add the account to your app") && page.shows(ADA));
    assert!(
        page.text.contains("src=\"data:image/png;base64,iVBORw0KGgo"),
        "a PNG in base64"
    );
    let secret = page.element("secret");
    assert_eq!(secret.len(), 32, "160 bits in base32");

    let program = setup.restart(program);
    let page = visitor.open("/code").await;
    assert_eq!((page.status, page.element("secret")), (200, secret.clone()));

    let page = visitor.submit("/code", &[("code", &wrong(&secret))]).await;
    assert_eq!(page.status, 422);
    assert!(page.shows("This code was not accepted."), "{}", page.text);
    assert!(page.text.contains("aria-describedby=\"code-error code-hint\""));
    assert_eq!(page.element("secret"), secret, "nothing is lost");

    let program = setup.restart(program);
    let code = right(&secret);
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    let page = visitor.go("/code", &[("code", &spaced)]).await;
    assert_eq!(page.status, 200);
    assert!(page.shows("You are enrolled") && page.shows(ADA));
    assert_eq!(requests(&server), enrolment_with_a_wrong_code());

    let log = server.log();
    assert_eq!(log[0].body.as_ref().unwrap()["email"], ADA);
    assert_eq!(log[1].body.as_ref().unwrap()["user_id"], page.element("user-id"));
    assert!(
        page.element("totp-id").starts_with("totp-test-"),
        "{}",
        page.element("totp-id")
    );
    let token = page.element("session-token");
    assert_eq!(token.chars().count(), 9, "eight characters and an ellipsis");
    assert!(!page.text.contains(&secret), "the secret is no longer shown");
    assert_eq!(page.text.matches("<li><code>").count(), 10, "the recovery codes");

    // The last page remains, the others redirect to it, and it is impossible to enrol twice.
    let program = setup.restart(program);
    for path in ["/", "/code"] {
        let page = visitor.open(path).await;
        assert_eq!((page.status, page.location.as_deref()), (303, Some("/done")));
    }
    for (path, field) in [("/email", "email"), ("/code", "code"), ("/continue", "x")] {
        let page = visitor.submit(path, &[(field, "123456")]).await;
        assert_eq!((page.status, page.location.as_deref()), (303, Some("/done")));
    }
    assert_eq!(visitor.open("/done").await.element("session-token"), token);
    assert_eq!(server.log().len(), 4);
    assert_eq!(setup.complaints(), "");
    drop(program);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_refused_is_asked_for_again() {
    let mut scene = Scene::new().await;
    let page = scene.visitor.submit("/email", &[("email", "  ")]).await;
    assert_eq!(page.status, 422);
    assert!(page.shows("The e-mail address is missing."));
    assert!(scene.server.log().is_empty(), "no request was sent");

    let typed = "\"><script>alert(1)</script>@localhost";
    let page = scene.visitor.submit("/email", &[("email", typed)]).await;
    assert_eq!(page.status, 422);
    assert!(page.shows("This e-mail address was not accepted."));
    assert!(page.text.contains("aria-describedby=\"email-error email-hint\""));
    let value = "value=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;@localhost\"";
    assert!(page.text.contains(value), "{}", page.text);
    assert!(
        scene.visitor.open("/").await.text.contains(value),
        "the entered text is kept"
    );

    let mut other = Visitor::new(&scene.program.url);
    other.open("/").await;
    other.go("/email", &[("email", ADA)]).await;
    let page = scene.visitor.submit("/email", &[("email", "ADA@example.com")]).await;
    assert_eq!(page.status, 409);
    assert!(page.shows("This e-mail address is already in use."));

    let page = scene.visitor.go("/email", &[("email", "bob@example.com")]).await;
    assert!(page.shows("bob@example.com"));
    assert_eq!(scene.server.users(), 2);
    assert_eq!(scene.setup.complaints(), "", "visitors' mistakes are not logged");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_none_is_not_sent() {
    let mut scene = Scene::new().await;
    let (_, secret) = scene.up_to_the_code().await;
    for typed in ["", "12345", "1234567", "12345a", "１２３４５６"] {
        let page = scene.visitor.submit("/code", &[("code", typed)]).await;
        assert_eq!(page.status, 422, "{typed}");
        assert!(page.shows("This is not a valid code."), "{typed}");
    }
    assert_eq!(scene.paths(), ["/v1/users", "/v1/totps"]);
    let page = scene.visitor.go("/code", &[("code", &right(&secret))]).await;
    assert!(page.shows("You are enrolled"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enrolment_can_be_given_up() {
    let mut scene = Scene::new().await;
    scene.up_to_the_code().await;
    let old = scene.visitor.clone();
    let page = scene.visitor.go("/restart", &[]).await;
    assert!(page.status == 200 && page.shows("E-mail address"));
    assert_ne!(scene.visitor.cookie, old.cookie);
    assert_eq!(old.clone().open("/code").await.status, 404);
    let page = scene.visitor.go("/email", &[("email", "bob@example.com")]).await;
    assert!(page.shows("bob@example.com") && !page.shows(ADA));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_cannot_be_is_explained() {
    let server = Server::start().await.unwrap();
    let refused = |name: &'static str, value: &str| {
        let mut setup = Setup::new(&server, server.url());
        setup.set(name, value);
        let output = setup.command().output().unwrap();
        assert!(!output.status.success() && output.stdout.is_empty());
        setup.complaints()
    };
    let text = refused("ENROLMENT_KEY", "BwcHBw==");
    assert_eq!(
        text,
        "enrolment-web: ENROLMENT_KEY: expected a key of 32 bytes, found 4\n"
    );
    let text = refused("ENROLMENT_DATABASE", "nowhere/enrolment.sqlite");
    assert!(
        text.contains("cannot use the key file `nowhere/enrolment.key`"),
        "{text}"
    );
    let text = refused("ENROLMENT_ADDRESS", "nowhere");
    assert!(text.contains("cannot listen on `nowhere`"), "{text}");
    let text = refused("ENROLMENT_ORIGIN", "enrol.example.com");
    assert!(
        text.contains("expected a URL like `https://enrol.example.com`"),
        "{text}"
    );

    let setup = Setup::new(&server, server.url());
    let _program = setup.start();
    let output = setup.command().output().unwrap();
    assert!(!output.status.success());
    let text = setup.complaints();
    assert!(
        text.contains("cannot open the database `enrolment.sqlite`: database is locked"),
        "{text}"
    );
}

/// Without credentials, the program starts its own stand-in.
#[tokio::test(flavor = "multi_thread")]
async fn the_stand_in_is_built_in() {
    let server = Server::start().await.unwrap();
    let mut setup = Setup::new(&server, server.url());
    setup.set("STYTCH_SECRET", "");
    let program = setup.start();
    let mut visitor = Visitor::new(&program.url);
    visitor.open("/").await;
    let page = visitor.go("/email", &[("email", ADA)]).await;
    let page = visitor.go("/code", &[("code", &right(&page.element("secret")))]).await;
    assert!(page.shows("You are enrolled"));
    assert!(server.log().is_empty());
}

fn holds(file: &Path, part: &[u8]) -> bool {
    fs::read(file).unwrap().windows(part.len()).any(|bytes| bytes == part)
}

mod guards;
mod service;
mod storage;
