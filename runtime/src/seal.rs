//! Keeping a stored run from whoever may read the place where it is kept.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind};
use crate::transport::BoxError;

/// Encrypts runs for where they are kept, and decrypts them.
///
/// A stored run holds its inputs and what the API has returned, secrets included. Where the place
/// that keeps it should not be able to read them, its `seal` method takes an implementation of this
/// trait, and its `open` the same one again. Use authenticated encryption with a new nonce for each
/// call: what comes out of `open` is then what went into `seal`.
///
/// ```
/// use arazzo::{BoxError, Seal};
///
/// /// A key for an AEAD of your choice.
/// struct Key([u8; 32]);
///
/// impl Seal for Key {
///     fn seal(&self, plain: Vec<u8>) -> Result<Vec<u8>, BoxError> {
///         # fn encrypt(_: &[u8; 32], plain: Vec<u8>) -> Result<Vec<u8>, BoxError> { Ok(plain) }
///         encrypt(&self.0, plain)
///     }
///
///     fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, BoxError> {
///         # fn decrypt(_: &[u8; 32], sealed: &[u8]) -> Result<Vec<u8>, BoxError> { Ok(sealed.to_vec()) }
///         decrypt(&self.0, sealed)
///     }
/// }
/// ```
pub trait Seal {
    /// Encrypts a stored run.
    ///
    /// # Errors
    /// What keeps it from doing so.
    fn seal(&self, plain: Vec<u8>) -> Result<Vec<u8>, BoxError>;

    /// Decrypts what [`seal`](Seal::seal) has returned.
    ///
    /// # Errors
    /// The bytes were not sealed by this key, or have been changed.
    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, BoxError>;
}

fn failed(message: &str, source: BoxError) -> Error {
    Error::new(ErrorKind::Stored, message).with(|inner| inner.source = Some(source))
}

/// Stores a run, sealed.
///
/// # Errors
/// [`ErrorKind::Stored`]: what `seal` says.
pub fn seal<R: Serialize, S: Seal + ?Sized>(run: &R, seal: &S) -> Result<Vec<u8>, Error> {
    let plain = serde_json::to_vec(run).map_err(|error| failed("the run cannot be stored", error.into()))?;
    seal.seal(plain)
        .map_err(|error| failed("the run cannot be sealed", error))
}

/// Brings a sealed run back.
///
/// # Errors
/// [`ErrorKind::Stored`]: it is not of this key or not of this workflow.
pub fn open<R: DeserializeOwned, S: Seal + ?Sized>(seal: &S, sealed: &[u8]) -> Result<R, Error> {
    let plain = seal
        .open(sealed)
        .map_err(|error| failed("the sealed run cannot be opened", error))?;
    serde_json::from_slice(&plain).map_err(|error| failed("the stored run cannot be read", error.into()))
}
