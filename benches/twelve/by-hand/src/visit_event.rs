//! Organises an event, books a seat and gives it back.

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
