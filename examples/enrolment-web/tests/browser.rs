//! The pages in headless Chromium: desktop and phone, light and dark.
//!
//! The test runs if `CHROMEDRIVER` is the path of a ChromeDriver. `CHROMIUM` is the path of the browser, and
//! `SCREENSHOTS` a directory for a screenshot of every page; both are optional.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that panics has failed, its helpers too"
)]

mod support {
    pub mod browser;
    pub mod detour;
    pub mod program;
}

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use stytch_stand_in::Server;
use support::browser::{Driver, Window};
use support::detour::Detour;
use support::program::{Setup, enrolment_with_a_wrong_code, requests, right, wrong};

#[tokio::test(flavor = "multi_thread")]
async fn enrols_in_a_browser_without_scripts() {
    let Some(driver) = Driver::start() else {
        println!("SKIPPED: CHROMEDRIVER is not set to a ChromeDriver; the pages were not tested in a browser");
        return;
    };
    for (name, width, scheme) in [
        ("desk-light", 1280, "light"),
        ("desk-dark", 1280, "dark"),
        ("phone-light", 390, "light"),
        ("phone-dark", 390, "dark"),
    ] {
        let mut window = Window::open(&driver, name, width, scheme).await;
        window
            .go("data:text/html,<title>off</title><script>document.title='on'</script>")
            .await;
        assert_eq!(window.title().await, "off", "scripts do not run");
        let card = enrol(&mut window).await;
        let ground = if scheme == "light" {
            "255, 255, 255"
        } else {
            "25, 30, 42"
        };
        assert!(card.contains(ground), "{name}: {card}");
        get_stuck(&mut window).await;
        window.close().await;
    }
}

/// A complete enrolment, with a wrong code and restarts. Returns the colour of the last page.
async fn enrol(window: &mut Window) -> String {
    let server = Server::start().await.unwrap();
    let mut setup = Setup::new(&server, server.url());
    let program = setup.start();

    window.go(&program.url).await;
    assert_eq!(window.title().await, "Protect your account · Enrolment");
    assert_eq!(window.text("[aria-current=step]").await, "Address");
    window.look("address").await;

    // The browser accepts this as an address; the service does not.
    window.type_into("#email", "ada@localhost").await;
    window.press("form button").await;
    assert_eq!(
        window.text("#email-error strong").await,
        "This e-mail address was not accepted."
    );
    assert!(window.description("#email").await.contains("typing mistake"));
    let kept = window.find("#email").await.prop("value").await.unwrap();
    assert_eq!(kept.as_deref(), Some("ada@localhost"));
    window.look("address-refused").await;

    window.type_into("#email", "ada@example.com").await;
    window.press("form button").await;
    assert_eq!(window.path().await, "/code");
    assert_eq!(window.text("h1").await, "Add the account to your app");
    assert_eq!(window.text("h1 + .lead").await, "For ada@example.com");
    let field = window.find("#code").await;
    let attribute = async |name| field.attr(name).await.unwrap().unwrap();
    assert_eq!(attribute("autocomplete").await, "one-time-code");
    assert_eq!(attribute("inputmode").await, "numeric");
    window.look("code").await;
    let secret = scan(&window.find("img.qr").await.screenshot().await.unwrap());
    assert_eq!(window.text("#secret").await.replace(char::is_whitespace, ""), secret);

    // The form that is already on the page is sent to the restarted program.
    let program = setup.restart(program);
    let before = window.cookie("enrolment").await;
    window.type_into("#code", &wrong(&secret)).await;
    window.press("form[action='/code'] button").await;
    let after = window.cookie("enrolment").await;
    let ((id, before), (same, after)) = (before.split_once('.').unwrap(), after.split_once('.').unwrap());
    let (before, after): (u64, u64) = (before.parse().unwrap(), after.parse().unwrap());
    assert!(id == same && before < after, "{before} {after}");
    assert_eq!(window.text("#code-error strong").await, "This code was not accepted.");
    assert!(
        window
            .description("#code")
            .await
            .starts_with("This code was not accepted.")
    );
    assert_eq!(window.title().await, "This code was not accepted. · Enrolment");
    let again = scan(&window.find("img.qr").await.screenshot().await.unwrap());
    assert_eq!(again, secret, "nothing is lost");
    window.look("code-refused").await;

    let program = setup.restart(program);
    window.type_into("#code", &right(&secret)).await;
    window.press("form[action='/code'] button").await;
    assert_eq!(window.path().await, "/done");
    assert_eq!(window.text("h1").await, "You are enrolled");
    let log = server.log();
    let user = log[log.len() - 1].body.as_ref().unwrap()["user_id"].clone();
    assert_eq!(user, window.text("#user-id").await);
    assert!(window.text("#totp-id").await.starts_with("totp-test-"));
    let token = window.text("#session-token").await;
    assert!(token.ends_with('…') && token.chars().count() == 9, "{token}");
    window.look("done").await;
    let mut expected = enrolment_with_a_wrong_code();
    expected.insert(0, ("/v1/users".to_owned(), 400, Some("invalid_email")));
    assert_eq!(requests(&server), expected);

    let card = window.find("main").await.css_value("background-color").await.unwrap();
    // The browser's connections are still open: they must not keep the program running.
    assert!(program.interrupt().success());
    card
}

/// The pages for problems.
async fn get_stuck(window: &mut Window) {
    let ahead = Arc::new(AtomicU64::new(0));
    let clock = Arc::clone(&ahead);
    let server = Server::builder()
        .clock(move || SystemTime::now() + Duration::from_secs(clock.load(Ordering::Relaxed)))
        .start()
        .await
        .unwrap();
    let detour = Detour::to(server.url()).await;
    let setup = Setup::new(&server, &detour.url);
    let program = setup.start();

    window.go(&format!("{}/code", program.url)).await;
    assert_eq!(window.text("h1").await, "Enrolment not found");
    window.look("unknown").await;
    window.press("a.button").await;

    detour.block("/v1/users");
    window.type_into("#email", "ada@example.com").await;
    window.press("form button").await;
    assert_eq!(
        window.text(".banner strong").await,
        "The sign-in service cannot be reached"
    );
    window.look("service-down").await;

    detour.block("/v1/totps");
    window.press("form button").await;
    assert_eq!(window.text("h1").await, "Almost there");
    window.look("unfinished").await;

    detour.block(None);
    window.press("form[action='/continue'] button").await;
    assert_eq!(window.path().await, "/code");
    ahead.store(24 * 60 * 60, Ordering::Relaxed);
    window.type_into("#code", "123456").await;
    window.press("form[action='/code'] button").await;
    assert_eq!(window.text("h1").await, "This QR code has expired");
    window.look("expired").await;
    window.press("form[action='/restart'] button").await;
    assert_eq!(window.path().await, "/");
    assert_eq!(window.text("h1").await, "Protect your account");
}

/// Returns the secret in the QR code of a screenshot.
fn scan(picture: &[u8]) -> String {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(picture));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let (width, height) = (info.width as usize, info.height as usize);
    let samples = info.color_type.samples();
    // The picture is black and white, so any channel can serve as grey.
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * info.line_size + x * samples]);
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "one QR code");
    let (_, content) = grids[0].decode().unwrap();
    let (_, rest) = content.split_once("secret=").unwrap();
    rest.split('&').next().unwrap().to_owned()
}
