//! What the library returns. In one file, as a person keeps the types of one API.
#![allow(dead_code)]
use std::collections::BTreeMap;

use serde::Deserialize;

/// An e-mail address of a reader.
#[derive(Clone, Debug, Deserialize)]
pub struct Email {
    /// Identifier of the address.
    pub email_id: String,
    /// The address.
    pub email: String,
    /// Whether the reader has confirmed it.
    pub verified: bool,
    /// When it was added (RFC 3339).
    pub added_at: Option<String>,
}

/// A telephone number of a reader.
#[derive(Clone, Debug, Deserialize)]
pub struct Phone {
    /// Identifier of the number.
    pub phone_id: String,
    /// The number, in E.164 format.
    pub number: String,
    /// Whether the reader has confirmed it.
    pub verified: bool,
    /// Whether it receives messages.
    pub mobile: Option<bool>,
}

/// A postal address.
#[derive(Clone, Debug, Deserialize)]
pub struct Address {
    /// Street and number.
    pub street: String,
    /// The town.
    pub city: String,
    /// The postcode.
    pub postcode: Option<String>,
    /// The country, by ISO 3166-1.
    pub country: Option<String>,
    /// The first day (RFC 3339).
    pub since: Option<String>,
}

/// The parts of a name.
#[derive(Clone, Debug, Deserialize)]
pub struct Name {
    /// Given name.
    pub first: Option<String>,
    /// Further names.
    pub middle: Option<String>,
    /// Family name.
    pub last: Option<String>,
}

/// Something that a reader signs in with.
#[derive(Clone, Debug, Deserialize)]
pub struct Device {
    /// Identifier of the device.
    pub device_id: String,
    /// What it is.
    pub kind: DeviceKind,
    /// What the reader calls it.
    pub label: Option<String>,
    /// When it was last used (RFC 3339).
    pub last_used_at: Option<String>,
    /// Whether it takes notifications.
    pub push: Option<bool>,
}

/// What it is.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub enum DeviceKind {
    #[serde(rename = "phone")]
    Phone,
    #[serde(rename = "card")]
    Card,
    #[serde(rename = "kiosk")]
    Kiosk,
    #[serde(untagged)]
    Other(String),
}

/// What a reader has agreed to.
#[derive(Clone, Debug, Deserialize)]
pub struct Consent {
    /// The topic.
    pub topic: String,
    /// Whether the reader agrees.
    pub granted: bool,
    /// The version of the text.
    pub version: Option<i32>,
    /// When (RFC 3339).
    pub at: Option<String>,
}

/// Money that a reader owes.
#[derive(Clone, Debug, Deserialize)]
pub struct Fine {
    /// Identifier of the fine.
    pub fine_id: String,
    /// The amount, in euros.
    pub amount: f64,
    /// Why.
    pub reason: FineReason,
    /// Whether it is paid.
    pub paid: bool,
    /// The loan that it is for.
    pub loan_id: Option<String>,
}

/// Why.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub enum FineReason {
    #[serde(rename = "late")]
    Late,
    #[serde(rename = "lost")]
    Lost,
    #[serde(rename = "damaged")]
    Damaged,
    #[serde(untagged)]
    Other(String),
}

/// What a reader prefers.
#[derive(Clone, Debug, Deserialize)]
pub struct Preferences {
    /// A language tag (BCP 47).
    pub language: Option<String>,
    /// Whether large print comes first.
    pub large_print: Option<bool>,
    /// Favourite topics.
    pub topics: Option<Vec<String>>,
    /// No longer books than this.
    pub max_pages: Option<i64>,
}

/// Somebody who borrows books.
#[derive(Clone, Debug, Deserialize)]
pub struct Reader {
    /// Identifier of the reader.
    pub reader_id: String,
    /// Whether the reader may borrow.
    pub state: ReaderState,
    /// The name.
    pub name: Option<Name>,
    /// E-mail addresses.
    pub emails: Vec<Email>,
    /// Telephone numbers.
    pub phones: Vec<Phone>,
    /// Postal addresses.
    pub addresses: Option<Vec<Address>>,
    /// Devices.
    pub devices: Vec<Device>,
    /// Consents.
    pub consents: Option<Vec<Consent>>,
    /// Fines.
    pub fines: Vec<Fine>,
    /// Preferences.
    pub preferences: Option<Preferences>,
    /// Where the reader usually goes.
    pub home_branch: Option<Branch>,
    /// When the reader joined (RFC 3339).
    pub created_at: Option<String>,
    /// Anything else.
    pub notes: Option<serde_json::Value>,
}

/// Whether the reader may borrow.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub enum ReaderState {
    #[serde(rename = "active")]
    Active,
    #[serde(rename = "pending")]
    Pending,
    #[serde(rename = "blocked")]
    Blocked,
    #[serde(untagged)]
    Other(String),
}

/// A place with shelves.
#[derive(Clone, Debug, Deserialize)]
pub struct Branch {
    /// Identifier of the branch.
    pub branch_id: String,
    /// What it is called.
    pub title: String,
    /// Where it is.
    pub address: Option<Address>,
    /// When it is open.
    pub hours: Vec<Hours>,
    /// Whether it has no steps.
    pub step_free: Option<bool>,
}

/// Hours of a weekday.
#[derive(Clone, Debug, Deserialize)]
pub struct Hours {
    /// The weekday.
    pub day: HoursDay,
    /// When it opens.
    pub from: String,
    /// When it closes.
    pub to: String,
}

/// The weekday.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub enum HoursDay {
    #[serde(rename = "mon")]
    Mon,
    #[serde(rename = "tue")]
    Tue,
    #[serde(rename = "wed")]
    Wed,
    #[serde(rename = "thu")]
    Thu,
    #[serde(rename = "fri")]
    Fri,
    #[serde(rename = "sat")]
    Sat,
    #[serde(rename = "sun")]
    Sun,
    #[serde(untagged)]
    Other(String),
}

/// Somebody who has written a book.
#[derive(Clone, Debug, Deserialize)]
pub struct Author {
    /// Identifier of the author.
    pub author_id: String,
    /// The name.
    pub name: Name,
    /// The year of birth.
    pub born: Option<i32>,
    /// The year of death.
    pub died: Option<i32>,
    /// The country, by ISO 3166-1.
    pub country: Option<String>,
    /// Prizes.
    pub prizes: Option<Vec<String>>,
}

/// An edition of a book.
#[derive(Clone, Debug, Deserialize)]
pub struct Edition {
    /// Identifier of the edition.
    pub edition_id: String,
    /// The year.
    pub year: i32,
    /// Who has published it.
    pub publisher: Option<String>,
    /// How many pages it has.
    pub pages: Option<i32>,
    /// The number (ISO 2108).
    pub isbn: Option<String>,
    /// What it is made of.
    pub format: EditionFormat,
}

/// What it is made of.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub enum EditionFormat {
    #[serde(rename = "hardcover")]
    Hardcover,
    #[serde(rename = "paperback")]
    Paperback,
    #[serde(rename = "audio")]
    Audio,
    #[serde(rename = "e-book")]
    EBook,
    #[serde(untagged)]
    Other(String),
}

/// A book, whatever its edition.
#[derive(Clone, Debug, Deserialize)]
pub struct Book {
    /// Identifier of the book.
    pub book_id: String,
    /// The title.
    pub title: String,
    /// The rest of the title.
    pub subtitle: Option<String>,
    /// Who has written it.
    pub authors: Vec<Author>,
    /// Its editions.
    pub editions: Vec<Edition>,
    /// Topics.
    pub topics: Option<Vec<String>>,
    /// Between 0 and 5.
    pub rating: Option<f64>,
    /// The series that it is part of.
    pub series: Option<Series>,
}

/// A series of books.
#[derive(Clone, Debug, Deserialize)]
pub struct Series {
    /// Identifier of the series.
    pub series_id: String,
    /// The title.
    pub title: String,
    /// Which volume.
    pub volume: Option<i32>,
}

/// A copy of an edition.
#[derive(Clone, Debug, Deserialize)]
pub struct Copy {
    /// Identifier of the copy.
    pub copy_id: String,
    /// The book.
    pub book: Book,
    /// How it looks.
    pub condition: CopyCondition,
    /// Where it is.
    pub shelf: Option<Shelf>,
    /// When it was bought (RFC 3339).
    pub acquired_at: Option<String>,
}

/// How it looks.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub enum CopyCondition {
    #[serde(rename = "new")]
    New,
    #[serde(rename = "good")]
    Good,
    #[serde(rename = "worn")]
    Worn,
    #[serde(rename = "lost")]
    Lost,
    #[serde(untagged)]
    Other(String),
}

/// A shelf of a branch.
#[derive(Clone, Debug, Deserialize)]
pub struct Shelf {
    /// Identifier of the shelf.
    pub shelf_id: String,
    /// The branch.
    pub branch_id: String,
    /// What is written on it.
    pub label: String,
    /// How many books it holds.
    pub slots: Option<i32>,
}

/// A copy that is lent.
#[derive(Clone, Debug, Deserialize)]
pub struct Loan {
    /// Identifier of the loan.
    pub loan_id: String,
    /// The copy.
    pub copy: Copy,
    /// The state.
    pub state: LoanState,
    /// The last day (RFC 3339).
    pub due: String,
    /// How often it was renewed.
    pub renewals: Option<i32>,
    /// Fines.
    pub fines: Option<Vec<Fine>>,
}

/// The state.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub enum LoanState {
    #[serde(rename = "open")]
    Open,
    #[serde(rename = "returned")]
    Returned,
    #[serde(rename = "overdue")]
    Overdue,
    #[serde(untagged)]
    Other(String),
}

/// A wish for a book that is lent.
#[derive(Clone, Debug, Deserialize)]
pub struct Hold {
    /// Identifier of the hold.
    pub hold_id: String,
    /// The book.
    pub book_id: String,
    /// The place in the queue.
    pub place: i32,
    /// When it ends (RFC 3339).
    pub expires_at: Option<String>,
}

/// A reader who is signed in.
#[derive(Clone, Debug, Deserialize)]
pub struct Session {
    /// Identifier of the session.
    pub session_id: String,
    /// The session token.
    pub token: String,
    /// How the reader has signed in.
    pub factors: Vec<Factor>,
    /// When it ends (RFC 3339).
    pub expires_at: String,
    /// Where it comes from.
    pub attributes: Option<BTreeMap<String, String>>,
}

/// A proof of who a reader is.
#[derive(Clone, Debug, Deserialize)]
pub struct Factor {
    /// What was shown.
    pub kind: FactorKind,
    /// When (RFC 3339).
    pub at: Option<String>,
    /// By which device.
    pub device: Option<Device>,
    /// By which address.
    pub email: Option<Email>,
    /// By which number.
    pub phone: Option<Phone>,
}

/// What was shown.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub enum FactorKind {
    #[serde(rename = "card")]
    Card,
    #[serde(rename = "code")]
    Code,
    #[serde(rename = "link")]
    Link,
    #[serde(rename = "password")]
    Password,
    #[serde(untagged)]
    Other(String),
}

/// What a reader has to pay.
#[derive(Clone, Debug, Deserialize)]
pub struct Invoice {
    /// Identifier of the invoice.
    pub invoice_id: String,
    /// What it is for.
    pub lines: Vec<Line>,
    /// The total, in euros.
    pub total: f64,
    /// The state.
    pub state: InvoiceState,
}

/// The state.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub enum InvoiceState {
    #[serde(rename = "open")]
    Open,
    #[serde(rename = "paid")]
    Paid,
    #[serde(rename = "void")]
    Void,
    #[serde(untagged)]
    Other(String),
}

/// A line of an invoice.
#[derive(Clone, Debug, Deserialize)]
pub struct Line {
    /// What it is.
    pub text: String,
    /// The amount, in euros.
    pub amount: f64,
    /// The fine that it is for.
    pub fine: Option<Fine>,
}

/// Something that a branch organises.
#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    /// Identifier of the event.
    pub event_id: String,
    /// The title.
    pub title: String,
    /// Where.
    pub branch: Branch,
    /// When (RFC 3339).
    pub starts_at: String,
    /// How many may come.
    pub seats: Option<i32>,
    /// Who speaks.
    pub speakers: Option<Vec<Name>>,
    /// Anything else.
    pub tags: Option<BTreeMap<String, String>>,
}

/// A seat at an event.
#[derive(Clone, Debug, Deserialize)]
pub struct Ticket {
    /// Identifier of the ticket.
    pub ticket_id: String,
    /// The event.
    pub event: Event,
    /// Which seat.
    pub seat: Option<String>,
    /// The state.
    pub state: TicketState,
}

/// The state.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub enum TicketState {
    #[serde(rename = "booked")]
    Booked,
    #[serde(rename = "cancelled")]
    Cancelled,
    #[serde(rename = "used")]
    Used,
    #[serde(untagged)]
    Other(String),
}

/// What a reader thinks of a book.
#[derive(Clone, Debug, Deserialize)]
pub struct Review {
    /// Identifier of the review.
    pub review_id: String,
    /// The book.
    pub book_id: String,
    /// From 1 to 5.
    pub stars: i32,
    /// What the reader writes.
    pub text: Option<String>,
    /// Who can read it.
    pub state: ReviewState,
}

/// Who can read it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub enum ReviewState {
    #[serde(rename = "draft")]
    Draft,
    #[serde(rename = "published")]
    Published,
    #[serde(untagged)]
    Other(String),
}

/// What went wrong.
#[derive(Clone, Debug, Deserialize)]
pub struct Problem {
    /// What kind of problem it is.
    pub error_type: String,
    /// What it is, for people.
    pub error_message: String,
    /// Identifier of the request.
    pub request_id: String,
}
