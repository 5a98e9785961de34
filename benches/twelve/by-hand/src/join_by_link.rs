//! Creates a reader, sends a link, and signs the reader in.

use super::*;

#[derive(Clone, Debug)]
pub struct Inputs {
    /// Where the link is sent.
    pub email: String,
    /// Where the link leads.
    pub target: String,
    /// What the link carries.
    pub token: String,
    /// How long the session lasts.
    pub minutes: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
pub struct Create {
    pub reader_id: String,
}

#[derive(Serialize)]
struct CreateRequest<'a> {
    email: &'a str,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
pub struct Send {
    pub email_id: String,
}

#[derive(Serialize)]
struct SendRequest<'a> {
    email: &'a str,
    reader_id: &'a str,
    target: &'a str,
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
    token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    minutes: Option<i64>,
}

#[derive(Debug)]
#[allow(dead_code)]
pub struct Outputs {
    pub reader_id: String,
    pub session: types::Session,
    pub reader: types::Reader,
}

pub async fn run(library: &Library, inputs: &Inputs) -> Result<Outputs, Error> {
    let create: Create = library
        .post("/v1/readers", &CreateRequest { email: &inputs.email })
        .await?;
    let _send: Send = library
        .post(
            "/v1/links/send",
            &SendRequest {
                email: &inputs.email,
                reader_id: &create.reader_id,
                target: &inputs.target,
            },
        )
        .await?;
    let authenticate: Authenticate = library
        .post(
            "/v1/links/authenticate",
            &AuthenticateRequest {
                token: &inputs.token,
                minutes: inputs.minutes,
            },
        )
        .await?;
    Ok(Outputs {
        reader_id: authenticate.reader_id,
        session: authenticate.session,
        reader: authenticate.reader,
    })
}
