//! Twelve workflows of a library, by hand.
use serde::{Deserialize, Serialize};

mod borrow;
mod change_reader;
mod end_session;
mod join_by_link;
mod leave;
mod move_copy;
mod renew;
mod return_and_pay;
mod review;
mod sign_in_by_code;
mod types;
mod visit_event;
mod wait_for_book;

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

/// Workflows about readers.
async fn readers(which: &str, library: &Library, argument: &mut impl FnMut() -> String) -> Result<bool, Box<dyn std::error::Error>> {
    match which {
        "join-by-link" => {
            let inputs = join_by_link::Inputs {
                    email: argument(),
                    target: argument(),
                    token: argument(),
                    minutes: None,
                };
            println!("{:?}", join_by_link::run(library, &inputs).await?);
        }
        "sign-in-by-code" => {
            let inputs = sign_in_by_code::Inputs {
                    number: argument(),
                    code: argument(),
                    minutes: None,
                };
            println!("{:?}", sign_in_by_code::run(library, &inputs).await?);
        }
        "end-session" => {
            let inputs = end_session::Inputs {
                    session_id: argument(),
                    reason: None,
                };
            println!("{:?}", end_session::run(library, &inputs).await?);
        }
        "change-reader" => {
            let inputs = change_reader::Inputs {
                    reader_id: argument(),
                    language: argument(),
                };
            println!("{:?}", change_reader::run(library, &inputs).await?);
        }
        "leave" => {
            let inputs = leave::Inputs { reader_id: argument() };
            println!("{:?}", leave::run(library, &inputs).await?);
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Workflows about books and events.
async fn books(which: &str, library: &Library, argument: &mut impl FnMut() -> String) -> Result<bool, Box<dyn std::error::Error>> {
    match which {
        "borrow" => {
            let inputs = borrow::Inputs {
                    phrase: argument(),
                    reader_id: argument(),
                    days: None,
                };
            println!("{:?}", borrow::run(library, &inputs).await?);
        }
        "renew" => {
            let inputs = renew::Inputs {
                    loan_id: argument(),
                    reader_id: argument(),
                    days: None,
                };
            println!("{:?}", renew::run(library, &inputs).await?);
        }
        "return-and-pay" => {
            let inputs = return_and_pay::Inputs {
                    loan_id: argument(),
                    shelf_id: argument(),
                    method: argument(),
                };
            println!("{:?}", return_and_pay::run(library, &inputs).await?);
        }
        "wait-for-book" => {
            let inputs = wait_for_book::Inputs {
                    phrase: argument(),
                    reader_id: argument(),
                };
            println!("{:?}", wait_for_book::run(library, &inputs).await?);
        }
        "visit-event" => {
            let inputs = visit_event::Inputs {
                    title: argument(),
                    branch_id: argument(),
                    starts_at: argument(),
                    reader_id: argument(),
                };
            println!("{:?}", visit_event::run(library, &inputs).await?);
        }
        "review" => {
            let inputs = review::Inputs {
                    book_id: argument(),
                    stars: argument().parse()?,
                    text: None,
                };
            println!("{:?}", review::run(library, &inputs).await?);
        }
        "move-copy" => {
            let inputs = move_copy::Inputs {
                    copy_id: argument(),
                    shelf_id: argument(),
                };
            println!("{:?}", move_copy::run(library, &inputs).await?);
        }
        _ => return Ok(false),
    }
    Ok(true)
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
    if !readers(&which, &library, &mut argument).await? && !books(&which, &library, &mut argument).await? {
        eprintln!("unknown workflow");
    }
    Ok(())
}
