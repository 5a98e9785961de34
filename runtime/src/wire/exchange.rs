//! A request and its response, as criteria and outputs of a step read them.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use http::{Response, header};

use super::kept::{Output, keep};
use super::received::{Content, Pointer, Received};
use crate::error::{ErrorKind, Place};
use crate::json::datum::Datum;
use crate::json::pointer::extract;
use crate::json::slot::Slot;
use crate::observer::{EventKind, Watch};
use crate::wire::failure::Failure;
use crate::wire::sent::Sent;

/// The request of a step and, if one was received, its response.
#[derive(Debug)]
pub struct Exchange<'a> {
    sent: Option<&'a Sent>,
    received: Option<&'a Received>,
    watch: Watch<'a>,
    action: Cell<Option<&'static str>>,
    /// The retries that were used, by step and action; `None` if there were none.
    pub(crate) retries: RefCell<Option<BTreeMap<(usize, usize), u64>>>,
}

impl<'a> Exchange<'a> {
    pub(crate) fn new(sent: Option<&'a Sent>, received: Option<&'a Received>, watch: Watch<'a>) -> Self {
        Self {
            sent,
            received,
            watch,
            action: Cell::new(None),
            retries: RefCell::default(),
        }
    }

    /// Uses one retry of an action, and returns whether one was left.
    #[must_use]
    pub fn retry(&self, step: usize, action: usize, limit: u64) -> bool {
        let mut retries = self.retries.borrow_mut();
        let used = retries.get_or_insert_default().entry((step, action)).or_default();
        let left = *used < limit;
        if left {
            *used += 1;
        }
        left
    }

    /// Records the name of the action that is taken.
    pub fn take(&self, action: &'static str) {
        self.action.set(Some(action));
    }

    pub(crate) fn action(&self) -> Option<&'static str> {
        self.action.get()
    }

    /// Notifies the observer of whether a criterion is met, and returns it.
    #[must_use]
    pub fn met(&self, met: bool, criterion: &str, line: u32, column: u32) -> bool {
        self.watch.tell(EventKind::Criterion {
            condition: criterion,
            place: Place { line, column },
            met,
        });
        met
    }

    /// Does the same as [`met`](Self::met) for a criterion that reads the body. It is not met if the body cannot be
    /// read.
    #[must_use]
    pub fn met_of(&self, problem: Option<(bool, &str)>, met: bool, criterion: &str, line: u32, column: u32) -> bool {
        let unreadable = problem.is_some_and(|(unreadable, _)| unreadable);
        self.met(met && !unreadable, criterion, line, column)
    }

    /// Returns whether `$statusCode` is `status`.
    #[must_use]
    pub fn is(&self, status: u16) -> bool {
        self.status() == Some(status)
    }

    /// Returns `$statusCode`.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.response().map(|response| response.status().as_u16())
    }

    /// Returns `$statusCode` as a value.
    #[must_use]
    pub fn status_datum(&self) -> Option<Datum<'static>> {
        self.status()
            .map(|status| Datum::Number(Cow::Owned(status.to_string())))
    }

    /// Returns `$url`.
    #[must_use]
    pub fn url(&self) -> Option<Datum<'a>> {
        self.sent.map(|sent| Datum::Text(Cow::Borrowed(&sent.url)))
    }

    /// Returns `$method`.
    #[must_use]
    pub fn method(&self) -> Option<Datum<'a>> {
        self.sent.map(|sent| Datum::Text(Cow::Borrowed(&*sent.method)))
    }

    /// Returns `$request.header.NAME`.
    #[must_use]
    pub fn request_header(&self, name: &str) -> Option<Datum<'a>> {
        // Expressions cannot read credentials of the client.
        let value = self.sent?.headers.get(name).filter(|value| !value.is_sensitive())?;
        Some(Datum::Text(Cow::Borrowed(value.to_str().ok()?)))
    }

    /// Returns `$request.query.NAME`.
    #[must_use]
    pub fn request_query(&self, name: &str) -> Option<Datum<'a>> {
        self.given(false, name)
    }

    /// Returns `$request.path.NAME`.
    #[must_use]
    pub fn request_path(&self, name: &str) -> Option<Datum<'a>> {
        self.given(true, name)
    }

    fn given(&self, in_path: bool, name: &str) -> Option<Datum<'a>> {
        self.sent?
            .given
            .iter()
            .find(|given| given.in_path == in_path && given.name == name)
            .map(|given| given.value.clone())
    }

    /// Returns the value of `$request.body` at a pointer.
    #[must_use]
    pub fn request_body(&self, pointer: &[&str]) -> Option<Datum<'a>> {
        let text = std::str::from_utf8(&self.sent?.body)
            .ok()
            .filter(|text| !text.is_empty())?;
        let media = self.sent?.headers.get(header::CONTENT_TYPE);
        if media.is_some_and(|media| !media.to_str().is_ok_and(is_json)) {
            return pointer.is_empty().then(|| Datum::borrowed(text));
        }
        let mut found = [None];
        extract(text.as_bytes(), &[pointer], &mut found).ok()?;
        found[0].map(Datum::from_json)
    }

    /// Returns `$response.header.NAME`; `None` also if the value is not UTF-8.
    #[must_use]
    pub fn response_header(&self, name: &str) -> Option<Datum<'a>> {
        let value = self.response()?.headers().get(name)?;
        std::str::from_utf8(value.as_bytes()).ok().map(Datum::borrowed)
    }

    /// Returns `$message.header.NAME`; `None` also if the value is not UTF-8.
    #[must_use]
    pub fn message_header(&self, name: &str) -> Option<Datum<'a>> {
        self.received?.message()?.header(name).map(Datum::borrowed)
    }

    /// Returns `$message.header.NAME` as the number or boolean that its schema declares.
    #[must_use]
    pub fn typed_message_header(&self, name: &str) -> Option<Datum<'a>> {
        self.message_header(name).map(scalar)
    }

    fn response(&self) -> Option<&'a Response<bytes::Bytes>> {
        self.received.and_then(Received::response)
    }

    /// Returns `$response.header.NAME` as the number or boolean that its schema declares.
    #[must_use]
    pub fn typed_response_header(&self, name: &str) -> Option<Datum<'a>> {
        self.response_header(name).map(scalar)
    }

    /// Reads the values at the pointers from the response body, in one pass.
    #[must_use]
    pub fn read<const N: usize>(&self, pointers: [Pointer; N]) -> Reads<'a, N> {
        let mut places = [None; N];
        let body = self.find(&pointers, &mut places);
        Reads::of(&pointers, &places, body)
    }

    /// Does the same as [`read`](Self::read) for the first pointers. The values at the others are kept for actions, which
    /// read them after this step has been settled.
    #[must_use]
    pub fn read_ahead<const N: usize, const ALL: usize>(&self, pointers: [Pointer; ALL]) -> Reads<'a, N> {
        let mut places = [None; ALL];
        let body = self.find_ahead(&pointers, N, &mut places);
        Reads::of(&pointers, &places, body)
    }

    /// Finds the values at the pointers, as far as they are JSON in the body.
    fn find(&self, pointers: &[Pointer], places: &mut [Option<&'a str>]) -> BodyRead {
        let Some(received) = self.received else {
            return BodyRead::default();
        };
        let remembered = received
            .answered()
            .map(|answered| answered.remembered(pointers, places));
        if remembered.flatten().is_some() {
            return BodyRead::json();
        }
        places.fill(None);
        let content = received.content();
        let body: &[u8] = content.body;
        let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
        if body.is_empty() {
            return BodyRead::default();
        }
        let media = content.media;
        let labelled = media.is_some_and(is_json);
        // The declared type counts if `Content-Type` is not JSON itself.
        let declared = !labelled && content.status.is_some_and(|status| self.watch.declares_json(status));
        if labelled || declared || media.is_none() {
            match extract(body, pointers, places) {
                Ok(()) if places.iter().flatten().any(|place| crate::blob::is_imitated(place)) => {
                    places.fill(None);
                    let problem = "the body has a member named `$base64` or `$serde_json::private::RawValue`, which are reserved; select other members";
                    return BodyRead::unreadable(problem.to_owned());
                }
                Ok(()) => return BodyRead::json(),
                Err(error) => {
                    places.fill(None);
                    if labelled || declared {
                        let problem = format!("the body is not JSON ({error}): {}", arrived(&content));
                        return BodyRead::unreadable(problem);
                    }
                }
            }
        }
        not_json(&content, body)
    }

    /// Does the same as [`find`](Self::find) for the first `own` pointers, and keeps the values at the others.
    fn find_ahead(&self, pointers: &[Pointer], own: usize, places: &mut [Option<&'a str>]) -> BodyRead {
        let (first, _) = pointers.split_at(own);
        let Some(answered) = self.received.and_then(Received::answered) else {
            return self.find(first, &mut places[..own]);
        };
        let content = answered.response.body();
        let labelled = answered.response.headers().get(header::CONTENT_TYPE);
        // What needs a message, or only concerns the values for actions, is left to reading them by themselves.
        if !labelled.is_some_and(|media| media.to_str().is_ok_and(is_json))
            || extract(content, pointers, places).is_err()
            || places.iter().flatten().any(|found| crate::blob::is_imitated(found))
        {
            places.fill(None);
            return self.find(first, &mut places[..own]);
        }
        answered.remember(&pointers[own..], &places[own..]);
        BodyRead::json()
    }

    /// Checks that the status is 2xx, for steps without success criteria.
    ///
    /// # Errors
    /// The status is not 2xx.
    pub fn require_success(&self, line: u32, column: u32) -> Result<(), Failure> {
        if self.response().is_some_and(|response| response.status().is_success()) {
            return Ok(());
        }
        let failure = Failure::new(
            ErrorKind::Criterion,
            "the step has no criteria, and the status is not 2xx",
        );
        Err(Failure {
            place: Some(Place { line, column }),
            ..failure
        })
    }

    /// Checks that a criterion is met.
    ///
    /// # Errors
    /// The criterion is not met.
    pub fn require(&self, met: bool, criterion: &str, line: u32, column: u32) -> Result<(), Failure> {
        self.require_of(None, met, criterion, line, column)
    }

    /// Checks that a criterion that reads the body is met. It is not met if the body cannot be read, which `problem`
    /// says ([`Reads::problem`]).
    ///
    /// # Errors
    /// The criterion is not met.
    pub fn require_of(
        &self,
        problem: Option<(bool, &str)>,
        met: bool,
        criterion: &str,
        line: u32,
        column: u32,
    ) -> Result<(), Failure> {
        if self.met_of(problem, met, criterion, line, column) {
            return Ok(());
        }
        let why = problem.map_or_else(String::new, |(_, problem)| format!(": {problem}"));
        let failure = Failure::new(ErrorKind::Criterion, format!("`{criterion}` is not met{why}"));
        Err(Failure {
            place: Some(Place { line, column }),
            criterion: Some(criterion.into()),
            ..failure
        })
    }
}

/// Returns whether a content type is `*/json` or `*+json`.
pub(crate) fn is_json(media: &str) -> bool {
    if media == "application/json" {
        return true;
    }
    let essence = media.split(';').next().unwrap_or("").trim().as_bytes();
    let suffix = essence.len().checked_sub(5).and_then(|start| essence.get(start..));
    suffix.is_some_and(|suffix| matches!(suffix[0], b'/' | b'+') && suffix[1..].eq_ignore_ascii_case(b"json"))
}

/// The byte order mark that some servers put before JSON. Parsers may ignore it (RFC 8259, section 8.1).
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Returns a text as the number or boolean that it spells.
fn scalar(text: Datum<'_>) -> Datum<'_> {
    match text.text().trim() {
        "true" => Datum::Bool(true),
        "false" => Datum::Bool(false),
        number if serde_json::from_str::<serde_json::Number>(number).is_ok() => {
            Datum::Number(Cow::Owned(number.to_owned()))
        }
        _ => text,
    }
}

/// Describes a body for messages: its content type, its encoding, and its beginning. The body is not shown if it looks
/// like JSON, since its values may be secrets.
fn arrived(content: &Content<'_>) -> String {
    const SHOWN: usize = 40;
    let media = content
        .media
        .map_or("no content type".into(), |media| format!("`{media}`"));
    let encoding = content
        .encoding()
        .map_or(String::new(), |name| format!(", encoded as `{name}`"));
    let body = content.body;
    if body.trim_ascii_start().starts_with(b"{") || body.trim_ascii_start().starts_with(b"[") {
        return format!("{media}{encoding}");
    }
    let start = body.get(..SHOWN).unwrap_or(body);
    let start: String = String::from_utf8_lossy(start)
        .chars()
        .flat_map(char::escape_debug)
        .collect();
    let more = if body.len() > SHOWN { "…" } else { "" };
    format!("{media}{encoding}, starting with `{start}{more}`")
}

/// What reading a body has shown about it.
#[derive(Debug, Default)]
struct BodyRead {
    /// Whether the body is JSON.
    json: bool,
    /// Whether the body should be JSON and is not, or cannot be read at all.
    unreadable: bool,
    problem: Option<String>,
    /// The JSON of a body that is a value as a whole, without being JSON.
    whole: Option<String>,
}

impl BodyRead {
    fn json() -> Self {
        Self {
            json: true,
            ..Self::default()
        }
    }

    fn unreadable(problem: String) -> Self {
        Self {
            unreadable: true,
            problem: Some(problem),
            ..Self::default()
        }
    }
}

/// Reads a body that is not JSON.
fn not_json(content: &Content<'_>, body: &[u8]) -> BodyRead {
    let encoded = content
        .encoding()
        .is_some_and(|name| !name.eq_ignore_ascii_case("identity"));
    let text = std::str::from_utf8(body);
    if encoded && text.is_err() {
        return BodyRead::unreadable(format!("the body is encoded: {}", arrived(content)));
    }
    let whole = if let Ok(text) = text {
        // Any other text is a string as a whole, and has no members.
        serde_json::to_string(text)
    } else {
        // Other bytes are a blob as a whole.
        let mut blob = crate::blob::Blob::new(content.body.clone());
        if let Some(media) = content.media {
            blob = blob.of_type(media);
        }
        serde_json::to_string(&blob)
    };
    BodyRead {
        problem: Some(format!("the body is not JSON: {}", arrived(content))),
        whole: whole.ok(),
        ..BodyRead::default()
    }
}

/// The values that pointers selected from a body.
#[derive(Debug)]
pub struct Reads<'a, const N: usize> {
    found: [Option<Cow<'a, str>>; N],
    body: BodyRead,
}

impl<'a, const N: usize> Reads<'a, N> {
    fn of(pointers: &[Pointer], places: &[Option<&'a str>], body: BodyRead) -> Self {
        let mut found = [const { None }; N];
        fill(&mut found, pointers, places, &body);
        Self { found, body }
    }
}

fn fill<'a>(found: &mut [Option<Cow<'a, str>>], pointers: &[Pointer], places: &[Option<&'a str>], body: &BodyRead) {
    for (found, (pointer, place)) in found.iter_mut().zip(pointers.iter().zip(places)) {
        *found = match &body.whole {
            Some(whole) if pointer.is_empty() => Some(Cow::Owned(whole.clone())),
            _ => place.map(Cow::Borrowed),
        };
    }
}

impl<const N: usize> Reads<'_, N> {
    /// Returns whether the body is JSON.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.body.json
    }

    /// Returns the problem of the body, and whether nothing can be read from it.
    #[must_use]
    pub fn problem(&self) -> Option<(bool, &str)> {
        self.body
            .problem
            .as_deref()
            .map(|problem| (self.body.unreadable, problem))
    }

    /// Returns the value at a pointer.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Datum<'_>> {
        self.found.get(index)?.as_deref().map(Datum::from_json)
    }

    /// Returns the value at a pointer as an output, and checks its type.
    ///
    /// # Errors
    /// The value violates its schema, or is required and absent.
    pub fn keep(&self, index: usize, output: &Output) -> Result<Option<Slot>, Failure> {
        let text = self.found.get(index).and_then(|found| found.as_deref());
        keep(
            text,
            output.required || self.body.unreadable,
            output,
            self.body.problem.as_deref(),
        )
    }

    /// Returns the values at some of the pointers as outputs.
    ///
    /// # Errors
    /// A value violates its schema, or is required and absent.
    pub fn keep_all(&self, indices: &[usize], outputs: &[Output]) -> Result<Vec<Option<Slot>>, Failure> {
        let mut kept = Vec::with_capacity(outputs.len());
        for (index, output) in indices.iter().zip(outputs) {
            kept.push(self.keep(*index, output)?);
        }
        Ok(kept)
    }
}
