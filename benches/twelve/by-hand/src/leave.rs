//! Reads a reader and removes them.

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
