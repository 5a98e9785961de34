//! Writes a review and publishes it.

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
