//! Access control: who may see and change an enrolment.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn forms_from_elsewhere_are_refused() {
    let mut scene = Scene::new().await;
    let elsewhere = ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1"];
    for origin in elsewhere {
        let request = scene.visitor.form("/email", &[("email", ADA)]).header("origin", origin);
        let page = scene.visitor.send(request).await;
        assert_eq!(page.status, 403, "{origin}");
        assert!(page.shows("This form was sent from another site"));
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
            assert!(page.shows("Enrolment not found") && !page.text.contains(&secret));
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
    assert!(page.shows("This form could not be read"));
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
async fn the_cookie_carries_the_counter_of_the_newest_state() {
    let mut scene = Scene::new().await;
    assert_eq!(scene.visitor.counter(), 1);
    let first = scene.visitor.clone();

    // A response without a change does not set the cookie.
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

    // The redirect after an accepted submission has the counter. So does a response in another tab, or after a response
    // that did not arrive.
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
        assert!(page.shows("Something went wrong") && !page.text.contains(&secret));
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
        "not the origin that browsers see"
    );
    let request = visitor
        .form("/email", &[("email", ADA)])
        .header("origin", "https://enrol.example.com");
    assert_eq!(visitor.send(request).await.status, 303);
}
