//! Finds a book and lends it.

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
