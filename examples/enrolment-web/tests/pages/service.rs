//! A service that is down, fails, or refuses a request.

use super::*;

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
        "the entered text is kept"
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
