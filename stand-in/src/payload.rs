use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::Error;

/// The JSON object that a request carries.
pub(crate) struct Payload<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Payload<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| Error::BadRequest(rejection.body_text()))?;
        let value: Value = serde_json::from_slice(&bytes)
            .map_err(|error| Error::BadRequest(format!("The body is not valid JSON: {error}.")))?;
        // Otherwise an array would pass for the fields of a struct in order.
        if !value.is_object() {
            return Err(Error::BadRequest("The body is not a JSON object.".into()));
        }
        serde_json::from_value(value)
            .map(Self)
            .map_err(|error| Error::BadRequest(format!("The body is not as described: {error}.")))
    }
}
