//! Seals what is stored.

use arazzo::BoxError;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

const NONCE: usize = 24;

/// Seals and opens one row: encrypted, protected against changes, and of no use in another row.
pub struct Seal<'a> {
    cipher: XChaCha20Poly1305,
    row: &'a [u8],
}

impl<'a> Seal<'a> {
    /// The seal of a row under a key.
    pub fn new(key: &[u8; 32], row: &'a [u8]) -> Self {
        Self {
            cipher: XChaCha20Poly1305::new(key.into()),
            row,
        }
    }
}

impl arazzo::Seal for Seal<'_> {
    /// A random nonce, then the ciphertext.
    fn seal(&self, plain: Vec<u8>) -> Result<Vec<u8>, BoxError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce)?;
        let payload = Payload {
            msg: &plain,
            aad: self.row,
        };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| "it cannot be sealed")?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// What `seal` was given.
    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, BoxError> {
        let (nonce, sealed) = sealed
            .split_first_chunk::<NONCE>()
            .ok_or("what is stored is too short to be sealed")?;
        let payload = Payload {
            msg: sealed,
            aad: self.row,
        };
        let plain = self
            .cipher
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| "what is stored was sealed under another key, or changed since")?;
        Ok(plain)
    }
}

#[cfg(test)]
mod tests {
    use arazzo::Seal as _;

    use super::*;

    #[test]
    fn opens_what_it_sealed_and_nothing_else() {
        let seal = Seal::new(&[7; 32], b"row");
        let sealed = seal.seal(b"secret".to_vec()).unwrap();
        assert_eq!(seal.open(&sealed).unwrap(), b"secret");
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        assert_ne!(seal.seal(b"secret".to_vec()).unwrap(), sealed, "no nonce is used twice");

        assert!(Seal::new(&[8; 32], b"row").open(&sealed).is_err(), "another key");
        assert!(Seal::new(&[7; 32], b"other").open(&sealed).is_err(), "another row");
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(seal.open(&changed).is_err(), "byte {index} changed");
            assert!(seal.open(&sealed[..index]).is_err(), "cut at {index}");
        }
    }
}
