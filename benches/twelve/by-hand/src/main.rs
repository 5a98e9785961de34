//! Twelve workflows of a library, by hand.
use serde::{Deserialize, Serialize};

mod types;

pub struct Library {
    http: reqwest::Client,
    base: String,
    name: String,
    secret: String,
}

#[derive(Debug)]
pub enum Error {
    Http(reqwest::Error),
    Status(u16, String),
    Body(serde_json::Error),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Http(error) => error.fmt(f),
            Self::Status(status, text) => write!(f, "status {status}: {text}"),
            Self::Body(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error)
    }
}

impl Library {
    async fn send<T: serde::de::DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> Result<T, Error> {
        let response = request.basic_auth(&self.name, Some(&self.secret)).send().await?;
        let status = response.status();
        let body = response.bytes().await?;
        if status != 200 {
            return Err(Error::Status(
                status.as_u16(),
                String::from_utf8_lossy(&body).into_owned(),
            ));
        }
        serde_json::from_slice(&body).map_err(Error::Body)
    }

    async fn post<B: Serialize, T: serde::de::DeserializeOwned>(&self, path: &str, body: &B) -> Result<T, Error> {
        self.send(self.http.post(format!("{}{path}", self.base)).json(body))
            .await
    }

    async fn put<B: Serialize, T: serde::de::DeserializeOwned>(&self, path: &str, body: &B) -> Result<T, Error> {
        self.send(self.http.put(format!("{}{path}", self.base)).json(body))
            .await
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        self.send(self.http.get(format!("{}{path}", self.base))).await
    }

    async fn delete<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        self.send(self.http.delete(format!("{}{path}", self.base))).await
    }
}

/// Creates a reader, sends a link, and signs the reader in.
pub mod join_by_link {
    use super::*;

    #[derive(Clone, Debug)]
    pub struct Inputs {
        /// Where the link is sent.
        pub email: String,
        /// Where the link leads.
        pub target: String,
        /// What the link carries.
        pub token: String,
        /// How long the session lasts.
        pub minutes: Option<i64>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Create {
        pub reader_id: String,
    }

    #[derive(Serialize)]
    struct CreateRequest<'a> {
        email: &'a str,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Send {
        pub email_id: String,
    }

    #[derive(Serialize)]
    struct SendRequest<'a> {
        email: &'a str,
        reader_id: &'a str,
        target: &'a str,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Authenticate {
        pub reader_id: String,
        pub session: types::Session,
        pub reader: types::Reader,
    }

    #[derive(Serialize)]
    struct AuthenticateRequest<'a> {
        token: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        minutes: Option<i64>,
    }

    #[derive(Debug)]
    #[allow(dead_code)]
    pub struct Outputs {
        pub reader_id: String,
        pub session: types::Session,
        pub reader: types::Reader,
    }

    pub async fn run(library: &Library, inputs: &Inputs) -> Result<Outputs, Error> {
        let create: Create = library
            .post("/v1/readers", &CreateRequest { email: &inputs.email })
            .await?;
        let _send: Send = library
            .post(
                "/v1/links/send",
                &SendRequest {
                    email: &inputs.email,
                    reader_id: &create.reader_id,
                    target: &inputs.target,
                },
            )
            .await?;
        let authenticate: Authenticate = library
            .post(
                "/v1/links/authenticate",
                &AuthenticateRequest {
                    token: &inputs.token,
                    minutes: inputs.minutes,
                },
            )
            .await?;
        Ok(Outputs {
            reader_id: authenticate.reader_id,
            session: authenticate.session,
            reader: authenticate.reader,
        })
    }
}

/// Sends a code to a telephone and signs the reader in.
pub mod sign_in_by_code {
    use super::*;

    #[derive(Clone, Debug)]
    pub struct Inputs {
        /// The telephone.
        pub number: String,
        /// The code.
        pub code: String,
        /// How long the session lasts.
        pub minutes: Option<i64>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Send {
        pub phone_id: String,
    }

    #[derive(Serialize)]
    struct SendRequest<'a> {
        number: &'a str,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Authenticate {
        pub reader_id: String,
        pub session: types::Session,
        pub reader: types::Reader,
    }

    #[derive(Serialize)]
    struct AuthenticateRequest<'a> {
        phone_id: &'a str,
        code: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        minutes: Option<i64>,
    }

    #[derive(Debug)]
    #[allow(dead_code)]
    pub struct Outputs {
        pub session: types::Session,
        pub reader: types::Reader,
    }

    pub async fn run(library: &Library, inputs: &Inputs) -> Result<Outputs, Error> {
        let send: Send = library
            .post("/v1/codes/send", &SendRequest { number: &inputs.number })
            .await?;
        let authenticate: Authenticate = library
            .post(
                "/v1/codes/authenticate",
                &AuthenticateRequest {
                    phone_id: &send.phone_id,
                    code: &inputs.code,
                    minutes: inputs.minutes,
                },
            )
            .await?;
        Ok(Outputs {
            session: authenticate.session,
            reader: authenticate.reader,
        })
    }
}

/// Looks at a session and ends it.
pub mod end_session {
    use super::*;

    #[derive(Clone, Debug)]
    pub struct Inputs {
        /// The session.
        pub session_id: String,
        /// Why.
        pub reason: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Look {
        pub session: types::Session,
        pub reader: types::Reader,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Revoke {
        pub session_id: String,
    }

    #[derive(Serialize)]
    struct RevokeRequest<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'a str>,
    }

    #[derive(Debug)]
    #[allow(dead_code)]
    pub struct Outputs {
        pub reader: types::Reader,
        pub session_id: String,
    }

    pub async fn run(library: &Library, inputs: &Inputs) -> Result<Outputs, Error> {
        let look: Look = library
            .get(&format!("/v1/sessions/{}", encoded(&inputs.session_id)))
            .await?;
        let revoke: Revoke = library
            .post(
                &format!("/v1/sessions/{}/revoke", encoded(&inputs.session_id)),
                &RevokeRequest {
                    reason: inputs.reason.as_deref(),
                },
            )
            .await?;
        Ok(Outputs {
            reader: look.reader,
            session_id: revoke.session_id,
        })
    }
}

/// Reads a reader, changes the language, and reads again.
pub mod change_reader {
    use super::*;

    #[derive(Clone, Debug)]
    pub struct Inputs {
        /// The reader.
        pub reader_id: String,
        /// The language.
        pub language: String,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Before {
        pub reader: types::Reader,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Change {
        pub reader: types::Reader,
    }

    #[derive(Serialize)]
    struct ChangeRequest<'a> {
        language: &'a str,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct After {
        pub reader: types::Reader,
    }

    #[derive(Debug)]
    #[allow(dead_code)]
    pub struct Outputs {
        pub before_reader: types::Reader,
        pub after_reader: types::Reader,
    }

    pub async fn run(library: &Library, inputs: &Inputs) -> Result<Outputs, Error> {
        let before: Before = library
            .get(&format!("/v1/readers/{}", encoded(&inputs.reader_id)))
            .await?;
        let _change: Change = library
            .put(
                &format!("/v1/readers/{}", encoded(&inputs.reader_id)),
                &ChangeRequest {
                    language: &inputs.language,
                },
            )
            .await?;
        let after: After = library
            .get(&format!("/v1/readers/{}", encoded(&inputs.reader_id)))
            .await?;
        Ok(Outputs {
            before_reader: before.reader,
            after_reader: after.reader,
        })
    }
}

/// Reads a reader and removes them.
pub mod leave {
    use super::*;

    #[derive(Clone, Debug)]
    pub struct Inputs {
        /// The reader.
        pub reader_id: String,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Look {
        pub reader: types::Reader,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Remove {
        pub reader_id: String,
    }

    #[derive(Debug)]
    #[allow(dead_code)]
    pub struct Outputs {
        pub reader: types::Reader,
        pub reader_id: String,
    }

    pub async fn run(library: &Library, inputs: &Inputs) -> Result<Outputs, Error> {
        let look: Look = library
            .get(&format!("/v1/readers/{}", encoded(&inputs.reader_id)))
            .await?;
        let remove: Remove = library
            .delete(&format!("/v1/readers/{}", encoded(&inputs.reader_id)))
            .await?;
        Ok(Outputs {
            reader: look.reader,
            reader_id: remove.reader_id,
        })
    }
}

/// Finds a book and lends it.
pub mod borrow {
    use super::*;

    #[derive(Clone, Debug)]
    pub struct Inputs {
        /// What to look for.
        pub phrase: String,
        /// The reader.
        pub reader_id: String,
        /// For how long.
        pub days: Option<i64>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Find {
        pub book_id: String,
        pub books: Vec<types::Book>,
    }

    #[derive(Serialize)]
    struct FindRequest<'a> {
        phrase: &'a str,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Look {
        pub book: types::Book,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Lend {
        pub loan_id: String,
        pub loan: types::Loan,
    }

    #[derive(Serialize)]
    struct LendRequest<'a> {
        book_id: &'a str,
        reader_id: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        days: Option<i64>,
    }

    #[derive(Debug)]
    #[allow(dead_code)]
    pub struct Outputs {
        pub book: types::Book,
        pub loan: types::Loan,
    }

    pub async fn run(library: &Library, inputs: &Inputs) -> Result<Outputs, Error> {
        let find: Find = library
            .post("/v1/books/search", &FindRequest { phrase: &inputs.phrase })
            .await?;
        let look: Look = library.get(&format!("/v1/books/{}", encoded(&find.book_id))).await?;
        let lend: Lend = library
            .post(
                "/v1/loans",
                &LendRequest {
                    book_id: &find.book_id,
                    reader_id: &inputs.reader_id,
                    days: inputs.days,
                },
            )
            .await?;
        Ok(Outputs {
            book: look.book,
            loan: lend.loan,
        })
    }
}

/// Renews a loan and looks at the reader.
pub mod renew {
    use super::*;

    #[derive(Clone, Debug)]
    pub struct Inputs {
        /// The loan.
        pub loan_id: String,
        /// The reader.
        pub reader_id: String,
        /// For how long.
        pub days: Option<i64>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Renew {
        pub loan: types::Loan,
    }

    #[derive(Serialize)]
    struct RenewRequest {
        #[serde(skip_serializing_if = "Option::is_none")]
        days: Option<i64>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Look {
        pub reader: types::Reader,
    }

    #[derive(Debug)]
    #[allow(dead_code)]
    pub struct Outputs {
        pub loan: types::Loan,
        pub reader: types::Reader,
    }

    pub async fn run(library: &Library, inputs: &Inputs) -> Result<Outputs, Error> {
        let renew: Renew = library
            .post(
                &format!("/v1/loans/{}/renew", encoded(&inputs.loan_id)),
                &RenewRequest { days: inputs.days },
            )
            .await?;
        let look: Look = library
            .get(&format!("/v1/readers/{}", encoded(&inputs.reader_id)))
            .await?;
        Ok(Outputs {
            loan: renew.loan,
            reader: look.reader,
        })
    }
}

/// Returns a book and pays what is due.
pub mod return_and_pay {
    use super::*;

    #[derive(Clone, Debug)]
    pub struct Inputs {
        /// The loan.
        pub loan_id: String,
        /// Where the book goes.
        pub shelf_id: String,
        /// How to pay.
        pub method: String,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Return {
        pub loan: types::Loan,
        pub invoice_id: String,
    }

    #[derive(Serialize)]
    struct ReturnRequest<'a> {
        shelf_id: &'a str,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Look {
        pub invoice: types::Invoice,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Pay {
        pub invoice: types::Invoice,
        pub reader: types::Reader,
    }

    #[derive(Serialize)]
    struct PayRequest<'a> {
        method: &'a str,
    }

    #[derive(Debug)]
    #[allow(dead_code)]
    pub struct Outputs {
        pub loan: types::Loan,
        pub invoice: types::Invoice,
        pub reader: types::Reader,
    }

    pub async fn run(library: &Library, inputs: &Inputs) -> Result<Outputs, Error> {
        let r#return: Return = library
            .post(
                &format!("/v1/loans/{}/return", encoded(&inputs.loan_id)),
                &ReturnRequest {
                    shelf_id: &inputs.shelf_id,
                },
            )
            .await?;
        let _look: Look = library
            .get(&format!("/v1/invoices/{}", encoded(&r#return.invoice_id)))
            .await?;
        let pay: Pay = library
            .post(
                &format!("/v1/invoices/{}/pay", encoded(&r#return.invoice_id)),
                &PayRequest { method: &inputs.method },
            )
            .await?;
        Ok(Outputs {
            loan: r#return.loan,
            invoice: pay.invoice,
            reader: pay.reader,
        })
    }
}

/// Finds a book and joins its queue.
pub mod wait_for_book {
    use super::*;

    #[derive(Clone, Debug)]
    pub struct Inputs {
        /// What to look for.
        pub phrase: String,
        /// The reader.
        pub reader_id: String,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Find {
        pub book_id: String,
    }

    #[derive(Serialize)]
    struct FindRequest<'a> {
        phrase: &'a str,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Hold {
        pub hold_id: String,
        pub hold: types::Hold,
    }

    #[derive(Serialize)]
    struct HoldRequest<'a> {
        book_id: &'a str,
        reader_id: &'a str,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Look {
        pub hold: types::Hold,
    }

    #[derive(Debug)]
    #[allow(dead_code)]
    pub struct Outputs {
        pub hold: types::Hold,
    }

    pub async fn run(library: &Library, inputs: &Inputs) -> Result<Outputs, Error> {
        let find: Find = library
            .post("/v1/books/search", &FindRequest { phrase: &inputs.phrase })
            .await?;
        let hold: Hold = library
            .post(
                "/v1/holds",
                &HoldRequest {
                    book_id: &find.book_id,
                    reader_id: &inputs.reader_id,
                },
            )
            .await?;
        let look: Look = library.get(&format!("/v1/holds/{}", encoded(&hold.hold_id))).await?;
        Ok(Outputs { hold: look.hold })
    }
}

/// Organises an event, books a seat and gives it back.
pub mod visit_event {
    use super::*;

    #[derive(Clone, Debug)]
    pub struct Inputs {
        /// The title.
        pub title: String,
        /// Where.
        pub branch_id: String,
        /// When.
        pub starts_at: String,
        /// The reader.
        pub reader_id: String,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Create {
        pub event_id: String,
        pub event: types::Event,
    }

    #[derive(Serialize)]
    struct CreateRequest<'a> {
        title: &'a str,
        branch_id: &'a str,
        starts_at: &'a str,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Book {
        pub ticket_id: String,
        pub ticket: types::Ticket,
    }

    #[derive(Serialize)]
    struct BookRequest<'a> {
        event_id: &'a str,
        reader_id: &'a str,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Cancel {
        pub ticket: types::Ticket,
    }

    #[derive(Serialize)]
    struct CancelRequest {}

    #[derive(Debug)]
    #[allow(dead_code)]
    pub struct Outputs {
        pub event: types::Event,
        pub ticket: types::Ticket,
    }

    pub async fn run(library: &Library, inputs: &Inputs) -> Result<Outputs, Error> {
        let create: Create = library
            .post(
                "/v1/events",
                &CreateRequest {
                    title: &inputs.title,
                    branch_id: &inputs.branch_id,
                    starts_at: &inputs.starts_at,
                },
            )
            .await?;
        let book: Book = library
            .post(
                "/v1/tickets",
                &BookRequest {
                    event_id: &create.event_id,
                    reader_id: &inputs.reader_id,
                },
            )
            .await?;
        let cancel: Cancel = library
            .post(
                &format!("/v1/tickets/{}/cancel", encoded(&book.ticket_id)),
                &CancelRequest {},
            )
            .await?;
        Ok(Outputs {
            event: create.event,
            ticket: cancel.ticket,
        })
    }
}

/// Writes a review and publishes it.
pub mod review {
    use super::*;

    #[derive(Clone, Debug)]
    pub struct Inputs {
        /// The book.
        pub book_id: String,
        /// From 1 to 5.
        pub stars: i64,
        /// What the reader thinks.
        pub text: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Write {
        pub review_id: String,
        pub review: types::Review,
    }

    #[derive(Serialize)]
    struct WriteRequest<'a> {
        book_id: &'a str,
        stars: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<&'a str>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Publish {
        pub review: types::Review,
        pub reader: types::Reader,
    }

    #[derive(Serialize)]
    struct PublishRequest {}

    #[derive(Debug)]
    #[allow(dead_code)]
    pub struct Outputs {
        pub review: types::Review,
        pub reader: types::Reader,
    }

    pub async fn run(library: &Library, inputs: &Inputs) -> Result<Outputs, Error> {
        let write: Write = library
            .post(
                "/v1/reviews",
                &WriteRequest {
                    book_id: &inputs.book_id,
                    stars: inputs.stars,
                    text: inputs.text.as_deref(),
                },
            )
            .await?;
        let publish: Publish = library
            .post(
                &format!("/v1/reviews/{}/publish", encoded(&write.review_id)),
                &PublishRequest {},
            )
            .await?;
        Ok(Outputs {
            review: publish.review,
            reader: publish.reader,
        })
    }
}

/// Lists the branches and moves a copy.
pub mod move_copy {
    use super::*;

    #[derive(Clone, Debug)]
    pub struct Inputs {
        /// The copy.
        pub copy_id: String,
        /// Where it goes.
        pub shelf_id: String,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct List {
        pub branches: Vec<types::Branch>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct Move {
        pub copy: types::Copy,
    }

    #[derive(Serialize)]
    struct MoveRequest<'a> {
        shelf_id: &'a str,
    }

    #[derive(Debug)]
    #[allow(dead_code)]
    pub struct Outputs {
        pub branches: Vec<types::Branch>,
        pub copy: types::Copy,
    }

    pub async fn run(library: &Library, inputs: &Inputs) -> Result<Outputs, Error> {
        let list: List = library.get("/v1/branches").await?;
        let r#move: Move = library
            .post(
                &format!("/v1/copies/{}/move", encoded(&inputs.copy_id)),
                &MoveRequest {
                    shelf_id: &inputs.shelf_id,
                },
            )
            .await?;
        Ok(Outputs {
            branches: list.branches,
            copy: r#move.copy,
        })
    }
}

/// A segment of a path, percent-encoded.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(byte as char),
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let library = Library {
        http: reqwest::Client::new(),
        base: "https://library.example".to_owned(),
        name: "name".to_owned(),
        secret: "secret".to_owned(),
    };
    let mut arguments = std::env::args().skip(1);
    let which = arguments.next().unwrap_or_default();
    let mut argument = || arguments.next().unwrap_or_default();
    match which.as_str() {
        "join-by-link" => {
            let outputs = join_by_link::run(
                &library,
                &join_by_link::Inputs {
                    email: argument(),
                    target: argument(),
                    token: argument(),
                    minutes: None,
                },
            )
            .await?;
            println!("{outputs:?}");
        }
        "sign-in-by-code" => {
            let outputs = sign_in_by_code::run(
                &library,
                &sign_in_by_code::Inputs {
                    number: argument(),
                    code: argument(),
                    minutes: None,
                },
            )
            .await?;
            println!("{outputs:?}");
        }
        "end-session" => {
            let outputs = end_session::run(
                &library,
                &end_session::Inputs {
                    session_id: argument(),
                    reason: None,
                },
            )
            .await?;
            println!("{outputs:?}");
        }
        "change-reader" => {
            let outputs = change_reader::run(
                &library,
                &change_reader::Inputs {
                    reader_id: argument(),
                    language: argument(),
                },
            )
            .await?;
            println!("{outputs:?}");
        }
        "leave" => {
            let outputs = leave::run(&library, &leave::Inputs { reader_id: argument() }).await?;
            println!("{outputs:?}");
        }
        "borrow" => {
            let outputs = borrow::run(
                &library,
                &borrow::Inputs {
                    phrase: argument(),
                    reader_id: argument(),
                    days: None,
                },
            )
            .await?;
            println!("{outputs:?}");
        }
        "renew" => {
            let outputs = renew::run(
                &library,
                &renew::Inputs {
                    loan_id: argument(),
                    reader_id: argument(),
                    days: None,
                },
            )
            .await?;
            println!("{outputs:?}");
        }
        "return-and-pay" => {
            let outputs = return_and_pay::run(
                &library,
                &return_and_pay::Inputs {
                    loan_id: argument(),
                    shelf_id: argument(),
                    method: argument(),
                },
            )
            .await?;
            println!("{outputs:?}");
        }
        "wait-for-book" => {
            let outputs = wait_for_book::run(
                &library,
                &wait_for_book::Inputs {
                    phrase: argument(),
                    reader_id: argument(),
                },
            )
            .await?;
            println!("{outputs:?}");
        }
        "visit-event" => {
            let outputs = visit_event::run(
                &library,
                &visit_event::Inputs {
                    title: argument(),
                    branch_id: argument(),
                    starts_at: argument(),
                    reader_id: argument(),
                },
            )
            .await?;
            println!("{outputs:?}");
        }
        "review" => {
            let outputs = review::run(
                &library,
                &review::Inputs {
                    book_id: argument(),
                    stars: argument().parse()?,
                    text: None,
                },
            )
            .await?;
            println!("{outputs:?}");
        }
        "move-copy" => {
            let outputs = move_copy::run(
                &library,
                &move_copy::Inputs {
                    copy_id: argument(),
                    shelf_id: argument(),
                },
            )
            .await?;
            println!("{outputs:?}");
        }
        _ => eprintln!("unknown workflow"),
    }
    Ok(())
}
