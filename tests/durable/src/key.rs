//! The key that seals journals.

use arazzo::{BoxError, Seal};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

const NONCE: usize = 24;

/// Encrypts with XChaCha20-Poly1305 and a key that everybody knows.
pub struct Key(XChaCha20Poly1305);

impl Default for Key {
    fn default() -> Self {
        Self(XChaCha20Poly1305::new(&[7; 32].into()))
    }
}

impl Seal for Key {
    fn seal(&self, plain: Vec<u8>, associated: &[u8]) -> Result<Vec<u8>, BoxError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce)?;
        let payload = Payload {
            msg: &plain,
            aad: associated,
        };
        let sealed = self
            .0
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|error| error.to_string())?;
        Ok([&nonce[..], &sealed].concat())
    }

    fn open(&self, sealed: &[u8], associated: &[u8]) -> Result<Vec<u8>, BoxError> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or("too short")?;
        let payload = Payload {
            msg: sealed,
            aad: associated,
        };
        Ok(self
            .0
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|error| error.to_string())?)
    }
}
