//! Looks at a session and ends it.

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
