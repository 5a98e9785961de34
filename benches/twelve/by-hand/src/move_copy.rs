//! Lists the branches and moves a copy.

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
