//! Reads a reader, changes the language, and reads again.

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
