//! The pages without a browser: the program as a child process, the stand-in of the service here.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that panics has failed, its helpers too"
)]

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

/// The service, a detour to it, the program and somebody with the first page open.
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

    /// Sends the address; gives the page with the code's form and the secret.
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
    assert!(page.shows("That code was not accepted."), "{}", page.text);
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
    assert!(!page.text.contains(&secret), "the secret has done its work");
    assert_eq!(page.text.matches("<li><code>").count(), 10, "the recovery codes");

    // The last page stays, the others lead to it, and there is no way to be enrolled twice.
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
    assert!(scene.server.log().is_empty(), "nobody was asked");

    let typed = "\"><script>alert(1)</script>@localhost";
    let page = scene.visitor.submit("/email", &[("email", typed)]).await;
    assert_eq!(page.status, 422);
    assert!(page.shows("This e-mail address was not accepted."));
    assert!(page.text.contains("aria-describedby=\"email-error email-hint\""));
    let value = "value=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;@localhost\"";
    assert!(page.text.contains(value), "{}", page.text);
    assert!(
        scene.visitor.open("/").await.text.contains(value),
        "what was typed is kept"
    );

    let mut other = Visitor::new(&scene.program.url);
    other.open("/").await;
    other.go("/email", &[("email", ADA)]).await;
    let page = scene.visitor.submit("/email", &[("email", "ADA@example.com")]).await;
    assert_eq!(page.status, 409);
    assert!(page.shows("This e-mail address is taken."));

    let page = scene.visitor.go("/email", &[("email", "bob@example.com")]).await;
    assert!(page.shows("bob@example.com"));
    assert_eq!(scene.server.users(), 2);
    assert_eq!(scene.setup.complaints(), "", "people's mistakes are not the program's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_none_is_not_sent() {
    let mut scene = Scene::new().await;
    let (_, secret) = scene.up_to_the_code().await;
    for typed in ["", "12345", "1234567", "12345a", "１２３４５６"] {
        let page = scene.visitor.submit("/code", &[("code", typed)]).await;
        assert_eq!(page.status, 422, "{typed}");
        assert!(page.shows("That is not a code."), "{typed}");
    }
    assert_eq!(scene.paths(), ["/v1/users", "/v1/totps"]);
    let page = scene.visitor.go("/code", &[("code", &right(&secret))]).await;
    assert!(page.shows("You are enrolled"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_down_loses_nothing() {
    let server = Server::start().await.unwrap();
    let (project_id, secret) = (server.project_id().to_owned(), server.secret().to_owned());
    let url = server.url().to_owned();
    let setup = Setup::new(&server, &url);
    server.stop().await.unwrap();
    let program = setup.start();
    let mut visitor = Visitor::new(&program.url);
    visitor.open("/").await;

    let page = visitor.submit("/email", &[("email", ADA)]).await;
    assert_eq!(
        (page.status, &page.headers["retry-after"]),
        (503, &"60".parse().unwrap())
    );
    assert!(page.shows("The sign-in service cannot be reached"));
    assert!(
        page.text.contains("value=\"ada@example.com\""),
        "what was typed is kept"
    );
    let complaint = setup.complaints();
    assert!(
        complaint.contains("step `createUser` failed") && complaint.contains("onnect"),
        "{complaint}"
    );

    let port = url.rsplit(':').next().unwrap().parse().unwrap();
    let server = Server::builder()
        .port(port)
        .credentials(project_id, secret)
        .start()
        .await
        .unwrap();
    let page = visitor.go("/email", &[("email", ADA)]).await;
    let page = visitor.go("/code", &[("code", &right(&page.element("secret")))]).await;
    assert!(page.shows("You are enrolled"));
    assert_eq!(server.log().len(), 3);
    drop(program);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_fails_in_between_is_asked_again_only_for_what_is_missing() {
    let mut scene = Scene::new().await;
    scene.detour.block("/v1/totps");
    let page = scene.visitor.submit("/email", &[("email", ADA)]).await;
    assert_eq!(page.status, 503);
    assert!(page.shows("Almost there") && page.shows(ADA), "{}", page.text);
    scene.program = scene.setup.restart(scene.program);
    let page = scene.visitor.open("/").await;
    assert_eq!(page.status, 200);
    assert!(page.shows("Almost there") && page.text.contains("action=\"/continue\""));
    assert_eq!(scene.visitor.submit("/continue", &[]).await.status, 503);
    scene.detour.block(None);
    let page = scene.visitor.go("/continue", &[]).await;
    let secret = page.element("secret");

    scene.detour.block("/v1/totps/authenticate");
    let page = scene.visitor.submit("/code", &[("code", &right(&secret))]).await;
    assert_eq!(page.status, 503);
    assert!(page.shows("Nothing is lost."));
    scene.detour.block(None);
    let page = scene.visitor.go("/code", &[("code", &right(&secret))]).await;
    assert!(page.shows("You are enrolled"));
    assert_eq!(scene.paths(), ["/v1/users", "/v1/totps", "/v1/totps/authenticate"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_killed_between_two_steps_has_stored_the_first() {
    let mut scene = Scene::new().await;
    scene.detour.slow_down(Duration::from_millis(500));
    let seen = || scene.server.log().len() == 2;
    scene.visitor.submit_and_leave("/email", &[("email", ADA)], seen).await;
    // The service has answered the second step, the program does not know it yet.
    scene.program = scene.setup.restart(scene.program);
    let page = scene.visitor.open("/").await;
    assert!(page.shows("Almost there") && page.shows(ADA), "{}", page.text);
    let page = scene.visitor.go("/continue", &[]).await;
    assert!(page.shows("Add the account to your app"));
    assert_eq!(scene.paths(), ["/v1/users", "/v1/totps", "/v1/totps"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_are_the_sites_fault() {
    let server = Server::start().await.unwrap();
    let mut setup = Setup::new(&server, server.url());
    setup.set("STYTCH_SECRET", "hush-hush");
    let program = setup.start();
    let mut visitor = Visitor::new(&program.url);
    visitor.open("/").await;
    let page = visitor.submit("/email", &[("email", ADA)]).await;
    assert_eq!(page.status, 500);
    assert!(page.shows("This site is not set up properly"));
    let complaints = setup.complaints();
    assert!(complaints.contains("unauthorized_credentials"), "{complaints}");
    assert!(!complaints.contains("hush-hush"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_has_expired_is_said_to_be() {
    let ahead = Arc::new(AtomicU64::new(0));
    let clock = Arc::clone(&ahead);
    let server = Server::builder()
        .clock(move || SystemTime::now() + Duration::from_secs(clock.load(Ordering::Relaxed)))
        .start()
        .await
        .unwrap();
    let mut scene = Scene::with(server).await;
    let (_, secret) = scene.up_to_the_code().await;
    ahead.store(24 * 60 * 60, Ordering::Relaxed);
    let page = scene.visitor.submit("/code", &[("code", &right(&secret))]).await;
    assert_eq!(page.status, 410);
    assert!(page.shows("This QR code has expired") && page.text.contains("action=\"/restart\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_from_elsewhere_are_refused() {
    let mut scene = Scene::new().await;
    let elsewhere = ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1"];
    for origin in elsewhere {
        let request = scene.visitor.form("/email", &[("email", ADA)]).header("origin", origin);
        let page = scene.visitor.send(request).await;
        assert_eq!(page.status, 403, "{origin}");
        assert!(page.shows("This form came from elsewhere"));
    }
    let request = scene.visitor.form("/email", &[("email", ADA)]);
    assert_eq!(scene.visitor.send(request).await.status, 403, "no origin");
    let request = scene.visitor.form("/restart", &[]).header("origin", "null");
    assert_eq!(scene.visitor.send(request).await.status, 403);
    assert!(scene.server.log().is_empty());
    scene.up_to_the_code().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_that_is_not_known_leads_nowhere() {
    let mut scene = Scene::new().await;
    let (_, secret) = scene.up_to_the_code().await;
    let cookie = scene.visitor.cookie.clone().unwrap();
    let (named, counter) = cookie.split_once('.').unwrap();
    let (head, last) = named.split_at(named.len() - 1);
    let tampered = format!("{head}{}.{counter}", if last == "A" { "E" } else { "A" });
    for cookie in [
        None,
        Some(tampered),
        Some("enrolment=".to_owned()),
        Some("enrolment=../../x".to_owned()),
        Some(format!("enrolment={}.1", "A".repeat(43))),
        Some(named.to_owned()),
        Some(format!("{named}.")),
        Some(format!("{named}.x")),
        Some(format!("{named}.-{counter}")),
        Some(format!("{named}.{counter}x")),
    ] {
        let mut stranger = Visitor::new(&scene.program.url);
        for path in ["/code", "/done"] {
            stranger.cookie.clone_from(&cookie);
            let page = stranger.open(path).await;
            assert_eq!(page.status, 404, "{cookie:?}");
            assert!(page.shows("This enrolment is not known") && !page.text.contains(&secret));
        }
        for (path, field) in [("/email", "email"), ("/code", "code"), ("/continue", "x")] {
            let page = stranger.submit(path, &[(field, "123456")]).await;
            assert_eq!(page.status, 404, "{cookie:?}");
        }
        let page = stranger.open("/").await;
        assert!(page.status == 200 && page.shows("E-mail address"));
        assert_ne!(stranger.cookie, cookie, "a new enrolment begins");
    }
    assert_eq!(scene.paths(), ["/v1/users", "/v1/totps"]);
    assert_eq!(scene.visitor.open("/code").await.element("secret"), secret);
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
async fn every_page_is_guarded() {
    let mut scene = Scene::new().await;
    let mut stranger = Visitor::new(&scene.program.url);
    let page = stranger.open("/").await;
    let cookie = page.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("enrolment="), "{cookie}");
    let attributes = "; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax";
    assert!(cookie.ends_with(attributes), "{cookie}");

    let (code, _) = scene.up_to_the_code().await;
    let mut pages = vec![page, code];
    for (path, status) in [("/nowhere", 404), ("/email", 405), ("/done", 303)] {
        let page = scene.visitor.open(path).await;
        assert_eq!(page.status, status, "{path}");
        pages.push(page);
    }
    let long = "a".repeat(5000);
    let page = scene.visitor.submit("/email", &[("email", &long)]).await;
    assert_eq!(page.status, 413);
    pages.push(page);
    let page = scene.visitor.submit("/code", &[("other", "x")]).await;
    assert_eq!(page.status, 422);
    assert!(page.shows("This form cannot be read"));
    pages.push(page);
    for page in pages {
        assert_eq!(page.headers["cache-control"], "no-store");
        assert_eq!(page.headers["x-content-type-options"], "nosniff");
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'self'; img-src data:; form-action 'self'"));
        assert!(!page.text.contains("<script") && !page.text.contains(" style="));
    }
    assert_eq!(
        scene.visitor.open("/style.css").await.headers["content-type"],
        "text/css; charset=utf-8"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_tells_nothing() {
    let mut scene = Scene::new().await;
    let (_, secret) = scene.up_to_the_code().await;
    let database = scene.setup.file("enrolment.sqlite");
    assert!(holds(&database, b"SQLite format 3") && holds(&database, b"CREATE TABLE runs"));
    let cookie = scene.visitor.cookie.clone().unwrap();
    let (cookie, _) = cookie["enrolment=".len()..].split_once('.').unwrap();
    let id = URL_SAFE_NO_PAD.decode(cookie).unwrap();
    let log = scene.server.log();
    let user = log[1].body.as_ref().unwrap()["user_id"].as_str().unwrap().to_owned();
    for entry in fs::read_dir(database.parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        for text in [&secret, cookie, &user, ADA, "totp-enrollment", "iVBORw0KGgo"] {
            assert!(!holds(&path, text.as_bytes()), "{text} is in {}", path.display());
        }
        assert!(!holds(&path, &id), "the cookie is in {}", path.display());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(scene.setup.file("enrolment.key"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    // Under another key it is an error that can be read, and a way on.
    scene
        .setup
        .set("ENROLMENT_KEY", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
    scene.program = scene.setup.restart(scene.program);
    let page = scene.visitor.open("/code").await;
    assert_eq!(page.status, 500);
    assert!(page.shows("Something went wrong here") && !page.text.contains("sealed"));
    let complaints = scene.setup.complaints();
    assert!(
        complaints.contains("sealed under another key, or its row in the database was changed"),
        "{complaints}"
    );
    let page = scene.visitor.go("/restart", &[]).await;
    assert!(page.status == 200 && page.shows("E-mail address"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_carries_the_counter_of_the_newest_state() {
    let mut scene = Scene::new().await;
    assert_eq!(scene.visitor.counter(), 1);
    let first = scene.visitor.clone();

    // An answer without a change does not set the cookie.
    let page = scene.visitor.submit("/email", &[("email", "  ")]).await;
    assert!(page.status == 422 && !page.headers.contains_key("set-cookie"));
    let page = scene.visitor.open("/").await;
    assert!(page.status == 200 && !page.headers.contains_key("set-cookie"));

    // A refused submission is saved with its input and after the attempt.
    let page = scene.visitor.submit("/email", &[("email", "ada@localhost")]).await;
    assert_eq!((page.status, scene.visitor.counter()), (422, 3));
    let cookie = page.headers["set-cookie"].to_str().unwrap();
    let attributes = "; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax";
    assert!(cookie.ends_with(attributes), "{cookie}");
    let (name, named) = (cookie.split_once('.').unwrap().0, first.cookie.clone().unwrap());
    assert_eq!(named, format!("{name}.1"), "the id stays");

    // The redirect after an accepted one has the counter, and so has the answer in another tab or
    // after an answer that did not arrive.
    let page = scene.visitor.submit("/email", &[("email", ADA)]).await;
    assert_eq!(page.status, 303);
    let counter = scene.visitor.counter();
    assert!(counter > 3, "{counter}");
    for (path, status) in [("/code", 200), ("/", 303)] {
        let mut late = first.clone();
        let page = late.open(path).await;
        assert_eq!((page.status, late.counter()), (status, counter), "{path}");
        assert_eq!(late.cookie, scene.visitor.cookie);
    }
    let mut late = first.clone();
    let page = late.submit("/email", &[("email", ADA)]).await;
    assert_eq!((page.status, page.location.as_deref()), (303, Some("/code")));
    assert_eq!(late.counter(), counter);
    assert_eq!(scene.server.log().len(), 3);

    // A submission with an older counter is accepted too.
    let mut late = first.clone();
    let secret = scene.visitor.open("/code").await.element("secret");
    assert_eq!(late.submit("/code", &[("code", &wrong(&secret))]).await.status, 422);
    assert!(late.counter() > counter);
    assert_eq!(scene.server.log().len(), 4);
    assert_eq!(scene.setup.complaints(), "");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_put_back_is_noticed() {
    let mut scene = Scene::new().await;
    let (_, secret) = scene.up_to_the_code().await;
    let before = scene.visitor.clone();
    let (database, older) = (scene.setup.file("enrolment.sqlite"), scene.setup.file("older"));
    assert!(scene.program.interrupt().success());
    fs::copy(&database, &older).unwrap();

    scene.program = scene.setup.start();
    scene.visitor.url.clone_from(&scene.program.url);
    let page = scene.visitor.submit("/code", &[("code", &wrong(&secret))]).await;
    assert_eq!(page.status, 422);
    let (old, new) = (before.counter(), scene.visitor.counter());
    assert!(new > old, "{old} {new}");
    assert_eq!(scene.server.log().len(), 3);
    assert!(scene.program.interrupt().success());
    assert_eq!(scene.setup.complaints(), "");
    fs::copy(&older, &database).unwrap();

    scene.program = scene.setup.start();
    scene.visitor.url.clone_from(&scene.program.url);
    let code = right(&secret);
    let answers = [
        scene.visitor.open("/").await,
        scene.visitor.open("/code").await,
        scene.visitor.submit("/code", &[("code", &code)]).await,
        scene.visitor.submit("/email", &[("email", ADA)]).await,
    ];
    for page in &answers {
        assert_eq!(page.status, 500);
        assert!(page.shows("Something went wrong here") && !page.text.contains(&secret));
        assert!(!page.headers.contains_key("set-cookie"), "the cookie stays as it is");
    }
    let line = format!(
        "enrolment-web: a stored run was rolled back: its counter is {old}, and the visitor's cookie has {new}\n"
    );
    assert_eq!(scene.setup.complaints(), line.repeat(answers.len()));
    assert_eq!(scene.server.log().len(), 3, "nothing was sent to the service");

    // The copy itself is intact: a browser that has seen no more than it is not refused.
    let mut unaware = before;
    unaware.url.clone_from(&scene.program.url);
    assert_eq!(unaware.open("/code").await.element("secret"), secret);

    let page = scene.visitor.go("/restart", &[]).await;
    assert!(page.status == 200 && page.shows("E-mail address"));
    assert_eq!(scene.visitor.counter(), 1);
    assert_eq!(unaware.open("/code").await.status, 404, "the run is removed");
    assert_eq!(scene.server.log().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_sent_twice_at_once_counts_once() {
    let mut scene = Scene::new().await;
    scene.detour.slow_down(Duration::from_millis(500));
    let (mut one, mut two) = (scene.visitor.clone(), scene.visitor.clone());
    let form = [("email", ADA)];
    let (first, second) = tokio::join!(one.submit("/email", &form), two.submit("/email", &form));
    for page in [first, second] {
        assert_eq!((page.status, page.location.as_deref()), (303, Some("/code")));
    }
    assert_eq!(scene.paths(), ["/v1/users", "/v1/totps"]);

    let secret = scene.visitor.open("/code").await.element("secret");
    let code = wrong(&secret);
    let form = [("code", code.as_str())];
    let (first, second) = tokio::join!(one.submit("/code", &form), two.submit("/code", &form));
    for page in [first, second] {
        assert_eq!(page.status, 422);
        assert!(page.shows("That code was not accepted."));
    }
    assert_eq!(scene.paths().len(), 3, "the wrong code was tried once");
    assert!(one.counter() > scene.visitor.counter());
    assert_eq!(one.cookie, two.cookie, "both have the counter of the same state");

    // Another code at the same time is no copy: it is tried, after the first.
    let (wrong, right) = (wrong(&secret), right(&secret));
    let (wrong, right) = ([("code", wrong.as_str())], [("code", right.as_str())]);
    let (first, second) = tokio::join!(one.submit("/code", &wrong), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        two.submit("/code", &right).await
    });
    assert_eq!((first.status, second.status), (422, 303));
    assert_eq!(scene.paths().len(), 5);
    let (first, second) = tokio::join!(one.submit("/code", &right), two.submit("/code", &right));
    assert_eq!(
        (first.location.as_deref(), second.location.as_deref()),
        (Some("/done"), Some("/done"))
    );
    assert_eq!(scene.paths().len(), 5, "the enrolment had ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_goes_away_loses_nothing() {
    let mut scene = Scene::new().await;
    scene.detour.slow_down(Duration::from_millis(500));
    scene
        .visitor
        .submit_and_leave("/email", &[("email", ADA)], || scene.server.log().len() == 1)
        .await;
    let started = Instant::now();
    let page = loop {
        let page = scene.visitor.open("/code").await;
        if page.status == 200 {
            break page;
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{}", page.status);
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(scene.paths(), ["/v1/users", "/v1/totps"]);
    let code = right(&page.element("secret"));
    scene
        .visitor
        .submit_and_leave("/code", &[("code", &code)], || scene.server.log().len() == 3)
        .await;

    // Ctrl-C in the middle of it: what is under way is brought to its end and stored.
    #[cfg(unix)]
    {
        assert!(scene.program.interrupt().success());
        scene.program = scene.setup.start();
        scene.visitor.url.clone_from(&scene.program.url);
        assert!(scene.visitor.open("/done").await.shows("You are enrolled"));
        assert_eq!(scene.paths().len(), 3);
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_enrolment_is_kept_for_a_day_and_a_finished_one_for_an_hour() {
    let mut scene = Scene::new().await;
    let (_, secret) = scene.up_to_the_code().await;
    let file = scene.setup.file("enrolment.sqlite");
    // The program has the database to itself: one looks into it while there is none.
    let rows = || {
        let database = rusqlite::Connection::open(&file).unwrap();
        let mut rows = database.prepare("SELECT expires FROM runs").unwrap();
        let expires = rows.query_map((), |row| row.get::<_, i64>(0)).unwrap();
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        expires
            .map(|expires| expires.unwrap() - i64::try_from(now.as_secs()).unwrap())
            .collect::<Vec<i64>>()
    };
    assert!(scene.program.interrupt().success());
    assert!(matches!(rows()[..], [86_370..=86_400]), "{:?}", rows());

    scene.program = scene.setup.start();
    scene.visitor.url.clone_from(&scene.program.url);
    scene.visitor.go("/code", &[("code", &right(&secret))]).await;
    assert!(scene.program.interrupt().success());
    assert!(matches!(rows()[..], [3_570..=3_600]), "{:?}", rows());

    let database = rusqlite::Connection::open(&file).unwrap();
    database
        .execute("UPDATE runs SET expires = expires - 3600", ())
        .unwrap();
    drop(database);
    scene.program = scene.setup.start();
    scene.visitor.url.clone_from(&scene.program.url);
    assert_eq!(scene.visitor.open("/done").await.status, 404);
    assert!(scene.program.interrupt().success());
    assert_eq!(rows(), [0; 0], "the start has removed it");
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_with_tls_the_cookie_is_secure() {
    let server = Server::start().await.unwrap();
    let mut setup = Setup::new(&server, server.url());
    setup.set("ENROLMENT_ORIGIN", "https://enrol.example.com");
    let program = setup.start();
    let mut visitor = Visitor::new(&program.url);
    let page = visitor.open("/").await;
    let cookie = page.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.starts_with("__Host-enrolment=") && cookie.ends_with("; Secure"),
        "{cookie}"
    );
    assert_eq!(
        visitor.submit("/email", &[("email", ADA)]).await.status,
        403,
        "not from where it is seen"
    );
    let request = visitor
        .form("/email", &[("email", ADA)])
        .header("origin", "https://enrol.example.com");
    assert_eq!(visitor.send(request).await.status, 303);
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
    assert_eq!(text, "enrolment-web: ENROLMENT_KEY: a key has 32 bytes, this one 4\n");
    let text = refused("ENROLMENT_DATABASE", "nowhere/enrolment.sqlite");
    assert!(
        text.contains("the key file `nowhere/enrolment.key` cannot be used"),
        "{text}"
    );
    let text = refused("ENROLMENT_ADDRESS", "nowhere");
    assert!(text.contains("`nowhere` cannot be listened on"), "{text}");
    let text = refused("ENROLMENT_ORIGIN", "enrol.example.com");
    assert!(text.contains("should be such as `https://enrol.example.com`"), "{text}");

    let setup = Setup::new(&server, server.url());
    let _program = setup.start();
    let output = setup.command().output().unwrap();
    assert!(!output.status.success());
    let text = setup.complaints();
    assert!(
        text.contains("`enrolment.sqlite` cannot be opened: database is locked"),
        "{text}"
    );
}

/// Without credentials the program brings its own service.
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
