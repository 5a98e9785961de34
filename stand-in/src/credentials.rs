use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::identifier::{identifier, token};

/// The project id and the secret that every operation asks for.
pub(crate) struct Credentials {
    project_id: String,
    secret: String,
}

impl Credentials {
    pub(crate) fn new(project_id: String, secret: String) -> Self {
        Self { project_id, secret }
    }

    pub(crate) fn random() -> Self {
        Self::new(identifier("project"), format!("secret-test-{}", token()))
    }

    pub(crate) fn project_id(&self) -> &str {
        &self.project_id
    }

    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }

    /// Whether the value of an `Authorization` header carries these credentials
    /// by the Basic scheme of RFC 7617.
    pub(crate) fn match_header(&self, value: &str) -> bool {
        let Some((scheme, encoded)) = value.split_once(' ') else {
            return false;
        };
        if !scheme.eq_ignore_ascii_case("basic") {
            return false;
        }
        let Ok(decoded) = STANDARD.decode(encoded.trim()) else {
            return false;
        };
        decoded == format!("{}:{}", self.project_id, self.secret).into_bytes()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("project_id", &self.project_id)
            .field("secret", &"[redacted]")
            .finish()
    }
}
