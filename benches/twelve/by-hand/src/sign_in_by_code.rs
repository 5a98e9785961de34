//! Sends a code to a telephone and signs the reader in.

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
