use std::error::Error;
use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use totp_rs::{Builder, Secret};

/// The code that an authenticator app holding this secret shows at this time:
/// six digits, by RFC 6238 with SHA-1 and steps of thirty seconds.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use stytch_stand_in::totp_code;
///
/// let code = totp_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", UNIX_EPOCH + Duration::from_secs(59));
/// assert_eq!(code.as_deref(), Ok("287082"));
/// ```
///
/// # Errors
///
/// Fails when the secret is not base32 without padding, when it has fewer than
/// 128 bits, and for a time before the Unix epoch.
pub fn totp_code(secret_base32: &str, at: SystemTime) -> Result<String, CodeError> {
    let secret = Secret::try_from_base32(secret_base32).map_err(|_| CodeError::NotBase32)?;
    // Digits and step are the defaults, so only the secret can be at fault.
    let totp = Builder::new()
        .with_secret(secret)
        .build()
        .map_err(|_| CodeError::SecretTooShort)?;
    let age = at.duration_since(UNIX_EPOCH).map_err(|_| CodeError::BeforeEpoch)?;
    Ok(totp.generate(age.as_secs()).to_string())
}

/// Why there is no code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CodeError {
    /// The time is before the Unix epoch.
    BeforeEpoch,
    /// The secret is not base32 without padding.
    NotBase32,
    /// The secret has fewer than 128 bits.
    SecretTooShort,
}

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BeforeEpoch => "the time is before the Unix epoch",
            Self::NotBase32 => "the secret is not base32 without padding",
            Self::SecretTooShort => "the secret has fewer than 128 bits",
        })
    }
}

impl Error for CodeError {}
