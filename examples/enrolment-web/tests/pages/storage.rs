//! What is stored, for how long, and how it is protected.

use super::*;

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

    // With another key there is a readable error, and a way to continue.
    scene
        .setup
        .set("ENROLMENT_KEY", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
    scene.program = scene.setup.restart(scene.program);
    let page = scene.visitor.open("/code").await;
    assert_eq!(page.status, 500);
    assert!(page.shows("Something went wrong") && !page.text.contains("sealed"));
    let complaints = scene.setup.complaints();
    assert!(
        complaints.contains("sealed with another key, or its row in the database was changed"),
        "{complaints}"
    );
    let page = scene.visitor.go("/restart", &[]).await;
    assert!(page.status == 200 && page.shows("E-mail address"));
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
        assert!(page.shows("This code was not accepted."));
    }
    assert_eq!(scene.paths().len(), 3, "the wrong code was tried once");
    assert!(one.counter() > scene.visitor.counter());
    assert_eq!(one.cookie, two.cookie, "both have the counter of the same state");

    // Another code at the same time is not a copy: it is attempted after the first.
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

    // Ctrl-C in the middle of a submission: the submission is completed and stored.
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
    // The program has exclusive access to the database, so it is read while the program is not running.
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
    assert_eq!(rows(), [0; 0], "the start removes it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_killed_between_two_steps_has_stored_the_first() {
    let mut scene = Scene::new().await;
    scene.detour.slow_down(Duration::from_millis(500));
    let seen = || scene.server.log().len() == 2;
    scene.visitor.submit_and_leave("/email", &[("email", ADA)], seen).await;
    // The service has completed the second step, but the program has not received its response.
    scene.program = scene.setup.restart(scene.program);
    let page = scene.visitor.open("/").await;
    assert!(page.shows("Almost there") && page.shows(ADA), "{}", page.text);
    let page = scene.visitor.go("/continue", &[]).await;
    assert!(page.shows("Add the account to your app"));
    assert_eq!(scene.paths(), ["/v1/users", "/v1/totps", "/v1/totps"]);
}
