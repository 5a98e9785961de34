//! Retry-After.

use super::*;

/// How long a run waits for a server that says so, of which no more than a minute is believed.
async fn wait(retry_after: &str) -> Duration {
    let server = Server::saying(answer("503 Busy", &format!("retry-after: {retry_after}\r\n"), ""));
    let mut run = faults::wait_and_see::Run::new(faults::wait_and_see::Inputs::new());
    let progress = run.advance(&server.client()).await.unwrap();
    // Whatever it was, the run goes on.
    let stored = serde_json::to_string(&run).unwrap();
    let mut run: faults::wait_and_see::Run = serde_json::from_str(&stored).unwrap();
    let server = Server::healthy();
    let again = run.advance(&server.client()).await.unwrap();
    assert!(
        matches!(again, Progress::Done(outputs) if outputs.name == "well"),
        "{retry_after}"
    );
    match progress {
        Progress::Wait(time) => time,
        Progress::Advanced => Duration::ZERO,
        other => panic!("{retry_after}: {other:?}"),
    }
}

/// Which of these headers do not lead to this wait.
async fn otherwise<'text>(headers: &[&'text str], expected: Duration) -> Vec<(&'text str, Duration)> {
    let mut wrong = Vec::new();
    for header in headers {
        let waited = wait(header).await;
        if waited != expected {
            wrong.push((*header, waited));
        }
    }
    wrong
}

// Docs, `max_retry_after`: "The longest wait that a `Retry-After` header of a server can cause; 60 seconds unless said
// otherwise."
#[tokio::test]
async fn a_server_cannot_ask_for_more_than_the_client_allows() {
    let in_a_year = http_date(SystemTime::now() + Duration::from_secs(366 * 86_400));
    let long = [
        "60",
        "61",
        "31536000",
        "4294967295",
        "4294967296",
        "18446744073709551615",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        &in_a_year,
    ];
    assert_eq!(otherwise(&long, Duration::from_secs(60)).await, []);
    assert_eq!(otherwise(&["59"], Duration::from_secs(59)).await, []);
    assert_eq!(otherwise(&["0", "00"], Duration::ZERO).await, []);
    let nine = "0000000000000000000000000000000000000009";
    assert_eq!(otherwise(&[nine], Duration::from_secs(9)).await, []);
}

// RFC 9110, section 10.2.3: "delay-seconds = 1*DIGIT", as many as one likes. Who asks for more time than a number can
// hold gets the most that there is, not the wait of the document, which may be none.
#[tokio::test]
async fn more_seconds_than_a_number_can_hold_are_many() {
    let many = [
        "18446744073709551616",
        "99999999999999999999999999999999999999999999999999",
    ];
    assert_eq!(otherwise(&many, Duration::from_secs(60)).await, []);
}

// RFC 9110, section 5.6.7: "A recipient that parses a timestamp value in an HTTP field MUST accept all three HTTP-date
// formats."
#[tokio::test]
async fn a_date_that_has_passed_is_no_wait() {
    let passed = [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Thu, 01 Jan 1970 00:00:00 GMT",
    ];
    assert_eq!(otherwise(&passed, Duration::ZERO).await, []);
}

// Semantics, Steps and control flow: "The wait of a retry is the header's if there is one, else `retryAfter`, else none."
// What is neither seconds nor a date is not one.
#[tokio::test]
async fn a_retry_after_that_says_nothing_is_none() {
    let nothing = [
        "",
        "-1",
        "-9223372036854775809",
        "1.5",
        "1e3",
        "0x10",
        "5 s",
        "5;",
        "five",
        "\u{665}",
        "Infinity",
        "NaN",
        ",",
        "Sun, 99 Nov 2094 08:49:37 GMT",
        "Sun, 06 Nov 2094 25:61:61 GMT",
        "Sun, 06 Nov -2094 08:49:37 GMT",
        "Sun, 06 Nov 99999999999999999999 08:49:37 GMT",
        "Sun, 06 Nov 2094 08:49:37 CET",
        "2094-11-06T08:49:37Z",
    ];
    assert_eq!(otherwise(&nothing, Duration::from_secs(7)).await, []);
}

// RFC 9110, section 10.2.3: "delay-seconds = 1*DIGIT" has no sign.
#[tokio::test]
async fn seconds_with_a_sign_are_none() {
    assert_eq!(otherwise(&["+5", "+0"], Duration::from_secs(7)).await, []);
}

// Semantics, Steps and control flow, of transport errors: "`$statusCode` and `$response` are absent there".
#[tokio::test]
async fn an_answer_that_is_cut_off_asks_for_no_wait() {
    let server = Server::saying("HTTP/1.1 503 Busy\r\nretry-after: 30\r\ncontent-length: 10\r\n\r\nbusy");
    let mut run = faults::wait_and_see::Run::new(faults::wait_and_see::Inputs::new());
    let progress = run.advance(&server.client()).await.unwrap();
    assert_eq!(progress, Progress::Wait(Duration::from_secs(7)));
}

/// A time as HTTP headers spell it; the name of the day does not matter to who reads it.
fn http_date(time: SystemTime) -> String {
    let text = humantime::format_rfc3339_seconds(time).to_string();
    let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month: usize = text[5..7].parse().expect("a month");
    let since = time.duration_since(SystemTime::UNIX_EPOCH).expect("a time after 1970");
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let day = days[usize::try_from(since.as_secs() / 86_400 % 7).expect("a small number")];
    format!(
        "{day}, {} {} {} {} GMT",
        &text[8..10],
        months[month - 1],
        &text[..4],
        &text[11..19]
    )
}
