//! Encrypts stored runs.

use arazzo::BoxError;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use crate::key::Key;

const NONCE: usize = 24;

/// Encrypts and authenticates with XChaCha20-Poly1305. The binding of a run is the associated data.
pub struct Seal(XChaCha20Poly1305);

impl Seal {
    /// Seals and opens with this key.
    pub fn new(key: &Key) -> Self {
        Self(XChaCha20Poly1305::new(key.into()))
    }
}

impl arazzo::Seal for Seal {
    /// Returns a random nonce, followed by the ciphertext.
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
            .map_err(|_| "encryption failed")?;
        Ok([&nonce[..], &sealed].concat())
    }

    fn open(&self, sealed: &[u8], associated: &[u8]) -> Result<Vec<u8>, BoxError> {
        let (nonce, sealed) = sealed
            .split_first_chunk::<NONCE>()
            .ok_or("the stored bytes are too short")?;
        let payload = Payload {
            msg: sealed,
            aad: associated,
        };
        let plain = self
            .0
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| "it was sealed with another key, or its row in the database was changed")?;
        Ok(plain)
    }
}

#[cfg(test)]
mod tests {
    use arazzo::Seal as _;

    use super::*;

    #[test]
    fn opens_what_it_sealed_and_nothing_else() {
        let seal = Seal::new(&[7; 32]);
        let sealed = seal.seal(b"secret".to_vec(), b"row").unwrap();
        assert_eq!(seal.open(&sealed, b"row").unwrap(), b"secret");
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        let again = seal.seal(b"secret".to_vec(), b"row").unwrap();
        assert_ne!(again, sealed, "no nonce is used twice");

        assert!(Seal::new(&[8; 32]).open(&sealed, b"row").is_err(), "another key");
        assert!(seal.open(&sealed, b"other").is_err(), "other associated data");
        assert!(seal.open(&sealed, b"").is_err(), "no associated data");
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(seal.open(&changed, b"row").is_err(), "byte {index} changed");
            assert!(seal.open(&sealed[..index], b"row").is_err(), "cut at {index}");
        }
    }
}
