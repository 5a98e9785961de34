//! Finds a book and joins its queue.

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
