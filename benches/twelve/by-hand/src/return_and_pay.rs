//! Returns a book and pays what is due.

use super::*;

#[derive(Clone, Debug)]
pub struct Inputs {
    /// The loan.
    pub loan_id: String,
    /// Where the book goes.
    pub shelf_id: String,
    /// How to pay.
    pub method: String,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
pub struct Return {
    pub loan: types::Loan,
    pub invoice_id: String,
}

#[derive(Serialize)]
struct ReturnRequest<'a> {
    shelf_id: &'a str,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
pub struct Look {
    pub invoice: types::Invoice,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
pub struct Pay {
    pub invoice: types::Invoice,
    pub reader: types::Reader,
}

#[derive(Serialize)]
struct PayRequest<'a> {
    method: &'a str,
}

#[derive(Debug)]
#[allow(dead_code)]
pub struct Outputs {
    pub loan: types::Loan,
    pub invoice: types::Invoice,
    pub reader: types::Reader,
}

pub async fn run(library: &Library, inputs: &Inputs) -> Result<Outputs, Error> {
    let r#return: Return = library
        .post(
            &format!("/v1/loans/{}/return", encoded(&inputs.loan_id)),
            &ReturnRequest {
                shelf_id: &inputs.shelf_id,
            },
        )
        .await?;
    let _look: Look = library
        .get(&format!("/v1/invoices/{}", encoded(&r#return.invoice_id)))
        .await?;
    let pay: Pay = library
        .post(
            &format!("/v1/invoices/{}/pay", encoded(&r#return.invoice_id)),
            &PayRequest { method: &inputs.method },
        )
        .await?;
    Ok(Outputs {
        loan: r#return.loan,
        invoice: pay.invoice,
        reader: pay.reader,
    })
}
