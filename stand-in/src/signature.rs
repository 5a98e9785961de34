use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

/// The key that signs the session tokens of one server.
pub(crate) struct SigningKey([u8; 64]);

impl SigningKey {
    pub(crate) fn random() -> Self {
        Self(rand::random())
    }

    /// The claims as a JSON Web Token, signed with HMAC-SHA-256.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let header = json!({ "alg": "HS256", "typ": "JWT" });
        let signed = format!("{}.{}", encode(&header), encode(claims));
        let mut mac = Hmac::<Sha256>::new(&self.0.into());
        mac.update(signed.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        format!("{signed}.{signature}")
    }
}
