//! Waiting.

use super::*;

// Spec, Failure Action Object, retryAfter: "A non-negative decimal indicating the seconds to delay after the step
// failure before another attempt".
#[tokio::test]
async fn retry_after_is_waited_for_before_each_retry() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(200, book());
    patient(&script.client(), patient::Inputs::new()).await.unwrap();
    script.assert_trace(&[
        "GET /books/7 503",
        "wait 1.5s",
        "GET /books/7 503",
        "wait 1.5s",
        "GET /books/7 200",
    ]);
}

// Spec, Failure Action Object, retryAfter: a `Retry-After` response header "SHOULD overrule this particular field value".
#[tokio::test]
async fn the_retry_after_header_overrules_the_document() {
    let script = Script::new()
        .on("GET /books/7")
        .reply_with(503, &[("Retry-After", "7")], problem("busy"))
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply_with(503, &[("retry-after", "0")], problem("busy"))
        .on("GET /books/7")
        .reply(200, book());
    patient(&script.client(), patient::Inputs::new()).await.unwrap();
    script.assert_trace(&[
        "GET /books/7 503",
        "wait 7s",
        "GET /books/7 503",
        "wait 1.5s",
        "GET /books/7 503",
        "GET /books/7 200",
    ]);
}

// Semantics, Steps and control flow: "The wait of a retry is the header's if there is one, else `retryAfter`, else none."
#[tokio::test]
async fn the_retry_after_header_holds_where_the_document_names_no_delay() {
    let script = Script::new()
        .on("GET /books/7")
        .reply_with(503, &[("Retry-After", "3")], problem("busy"))
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(200, book());
    hasty(&script.client(), hasty::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /books/7 503", "wait 3s", "GET /books/7 503", "GET /books/7 200"]);
}

/// A time as the HTTP headers spell it.
fn http_date(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs();
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let leap = |year: u64| (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    let (mut year, mut day) = (1970, days);
    while day >= if leap(year) { 366 } else { 365 } {
        day -= if leap(year) { 366 } else { 365 };
        year += 1;
    }
    let lengths = [
        31,
        if leap(year) { 29 } else { 28 },
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let mut month = 0;
    while day >= lengths[month] {
        day -= lengths[month];
        month += 1;
    }
    let names = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    format!(
        "{}, {:02} {} {year} {:02}:{:02}:{:02} GMT",
        weekdays[usize::try_from(days % 7).expect("a small number")],
        day + 1,
        names[month],
        second / 3600,
        second / 60 % 60,
        second % 60,
    )
}

#[test]
fn the_dates_of_these_tests_are_spelled_as_http_demands() {
    let time = UNIX_EPOCH + Duration::from_secs(784_111_777);
    assert_eq!(http_date(time), "Sun, 06 Nov 1994 08:49:37 GMT");
    let time = UNIX_EPOCH + Duration::from_secs(1_709_210_096);
    assert_eq!(http_date(time), "Thu, 29 Feb 2024 12:34:56 GMT");
}

// Semantics, Steps and control flow: "`Retry-After` (seconds or HTTP date) overrules `retryAfter`".
#[tokio::test]
async fn the_retry_after_header_may_be_a_date() {
    let date = http_date(SystemTime::now() + Duration::from_secs(40));
    let script = Script::new()
        .on("GET /books/7")
        .reply_with(503, &[("Retry-After", date.as_str())], problem("busy"))
        .on("GET /books/7")
        .reply(200, book());
    patient(&script.client(), patient::Inputs::new()).await.unwrap();
    script.assert_requests(&["GET /books/7 503", "GET /books/7 200"]);
    let waits = script.waits();
    assert_eq!(waits.len(), 1, "{waits:?}");
    assert!(
        (Duration::from_secs(30)..=Duration::from_secs(40)).contains(&waits[0]),
        "{waits:?}"
    );
}

// The same line: a date that has passed leaves nothing to wait for.
#[tokio::test]
async fn a_retry_after_date_that_has_passed_means_now() {
    let date = http_date(SystemTime::now() - Duration::from_secs(600));
    let script = Script::new()
        .on("GET /books/7")
        .reply_with(503, &[("Retry-After", date.as_str())], problem("busy"))
        .on("GET /books/7")
        .reply(200, book());
    patient(&script.client(), patient::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /books/7 503", "GET /books/7 200"]);
}

// Semantics, Steps and control flow: `Retry-After` is "bounded by the client's `max_retry_after`".
#[tokio::test]
async fn a_client_bounds_what_the_retry_after_header_may_ask_for() {
    let far = http_date(SystemTime::now() + Duration::from_secs(86_400));
    let script = Script::new()
        .on("GET /books/7")
        .reply_with(503, &[("Retry-After", "3600")], problem("busy"))
        .on("GET /books/7")
        .reply_with(503, &[("Retry-After", far.as_str())], problem("busy"))
        .on("GET /books/7")
        .reply_with(503, &[("Retry-After", "9")], problem("busy"))
        .on("GET /books/7")
        .reply(200, book());
    let client = Client::builder()
        .transport(script.clone())
        .source("shelf", |api| api.base_url("http://shelf.test"))
        .max_retry_after(Duration::from_secs(10))
        .timeout(None)
        .build()
        .unwrap();
    patient(&client, patient::Inputs::new()).await.unwrap();
    script.assert_trace(&[
        "GET /books/7 503",
        "wait 10s",
        "GET /books/7 503",
        "wait 10s",
        "GET /books/7 503",
        "wait 9s",
        "GET /books/7 200",
    ]);
}
