use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

// Thirty-two characters, so that five bits of a random byte choose one evenly;
// without `l` and `o`, which are easily misread.
const RECOVERY_ALPHABET: [u8; 32] = *b"abcdefghijkmnpqrstuvwxyz23456789";

/// A new identifier of the form the test environment gives out.
pub(crate) fn identifier(kind: &str) -> String {
    let uuid = uuid::Builder::from_random_bytes(rand::random()).into_uuid();
    format!("{kind}-test-{uuid}")
}

/// 256 random bits as text.
pub(crate) fn token() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// A new recovery code: three groups of four characters.
pub(crate) fn recovery_code() -> String {
    let mut code = String::with_capacity(14);
    for (position, byte) in rand::random::<[u8; 12]>().into_iter().enumerate() {
        if position > 0 && position % 4 == 0 {
            code.push('-');
        }
        code.push(char::from(RECOVERY_ALPHABET[usize::from(byte % 32)]));
    }
    code
}
