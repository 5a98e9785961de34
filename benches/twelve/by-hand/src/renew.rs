//! Renews a loan and looks at the reader.

use super::*;

#[derive(Clone, Debug)]
pub struct Inputs {
    /// The loan.
    pub loan_id: String,
    /// The reader.
    pub reader_id: String,
    /// For how long.
    pub days: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
pub struct Renew {
    pub loan: types::Loan,
}

#[derive(Serialize)]
struct RenewRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
pub struct Look {
    pub reader: types::Reader,
}

#[derive(Debug)]
#[allow(dead_code)]
pub struct Outputs {
    pub loan: types::Loan,
    pub reader: types::Reader,
}

pub async fn run(library: &Library, inputs: &Inputs) -> Result<Outputs, Error> {
    let renew: Renew = library
        .post(
            &format!("/v1/loans/{}/renew", encoded(&inputs.loan_id)),
            &RenewRequest { days: inputs.days },
        )
        .await?;
    let look: Look = library
        .get(&format!("/v1/readers/{}", encoded(&inputs.reader_id)))
        .await?;
    Ok(Outputs {
        loan: renew.loan,
        reader: look.reader,
    })
}
