//! Ids of runs.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

/// Identifies a run: 128 bits, displayed and stored as a UUID (RFC 9562).
///
/// A run obtains its id when it is created, and keeps it when it is stored. The id is not a secret, and it is not hard
/// enough to guess to be used as one. The id of the run of a called workflow is derived from that of the caller.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(u128);

/// Parameters of FNV-1a with 128 bits (Fowler, Noll and Vo). Unlike std's hashes, it is the same on every platform and
/// in every version.
const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// Computes FNV-1a with 64 bits. The length of each part is hashed too, so that the boundaries between the parts
/// matter.
pub(crate) fn hash(parts: &[&[u8]]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut add = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    for part in parts {
        part.iter().copied().for_each(&mut add);
        (part.len() as u64).to_be_bytes().into_iter().for_each(&mut add);
    }
    hash
}

impl RunId {
    /// Creates an id from the 16 bytes of a UUID, such as those of a database column.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }

    /// Returns the 16 bytes of the UUID in network byte order (RFC 9562, section 4).
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// Creates an id from the randomness of the operating system.
    pub(crate) fn random() -> Self {
        let mut bytes = [0; 16];
        if getrandom::fill(&mut bytes).is_err() {
            // Every system that std supports has a source of randomness. If it fails, use the seed of std's hash maps.
            use std::hash::{BuildHasher as _, RandomState};
            let half = || RandomState::new().hash_one(0).to_be_bytes();
            bytes[..8].copy_from_slice(&half());
            bytes[8..].copy_from_slice(&half());
        }
        Self::uuid(u128::from_be_bytes(bytes), 4)
    }

    /// Derives an id from this one and `parts`.
    pub(crate) fn derive(self, parts: &[&str]) -> Self {
        let mut hash = BASIS;
        let mut add = |byte: u8| hash = (hash ^ u128::from(byte)).wrapping_mul(PRIME);
        self.0.to_be_bytes().into_iter().for_each(&mut add);
        for part in parts {
            // UTF-8 text never contains this byte, so two different lists of parts never have the same bytes.
            add(0xff);
            part.bytes().for_each(&mut add);
        }
        Self::uuid(hash, 8)
    }

    /// Sets the version and variant bits of the UUID (RFC 9562, sections 4.1 and 4.2).
    fn uuid(bits: u128, version: u128) -> Self {
        let bits = bits & !(0xf << 76) | version << 76;
        Self(bits & !(0b11 << 62) | 0b10 << 62)
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.0);
        let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
        formatter.write_str(&parts.join("-"))
    }
}

impl fmt::Debug for RunId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(feature = "uuid")]
impl From<uuid::Uuid> for RunId {
    fn from(uuid: uuid::Uuid) -> Self {
        Self(uuid.as_u128())
    }
}

#[cfg(feature = "uuid")]
impl From<RunId> for uuid::Uuid {
    fn from(id: RunId) -> Self {
        Self::from_u128(id.0)
    }
}

/// The error for a text that is not a [`RunId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseRunIdError(());

impl fmt::Display for ParseRunIdError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a run id must be a UUID, such as 6ba7b810-9dad-41d1-80b4-00c04fd430c8")
    }
}

impl std::error::Error for ParseRunIdError {}

impl FromStr for RunId {
    type Err = ParseRunIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let dashed = [8, 13, 18, 23].iter().all(|at| text.as_bytes().get(*at) == Some(&b'-'));
        let hex = text.replace('-', "");
        if text.len() != 36 || !dashed || hex.len() != 32 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ParseRunIdError(()));
        }
        u128::from_str_radix(&hex, 16)
            .map(Self)
            .map_err(|_| ParseRunIdError(()))
    }
}

impl Serialize for RunId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RunId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_and_come_back_from_their_text() {
        for id in [RunId::random(), RunId::random().derive(&["a"])] {
            let text = id.to_string();
            assert_eq!(text.len(), 36, "{text}");
            assert!(matches!(&text[14..15], "4" | "8"), "{text}");
            assert!(matches!(&text[19..20], "8" | "9" | "a" | "b"), "{text}");
            assert_eq!(text.parse(), Ok(id));
            assert_eq!(RunId::from_bytes(id.to_bytes()), id);
        }
        for bad in [
            "",
            "6ba7b810-9dad-41d1-80b4-00c04fd430c",
            "6ba7b8109-dad-41d1-80b4-00c04fd430c8",
            "é".repeat(18).as_str(),
        ] {
            assert!(bad.parse::<RunId>().is_err(), "{bad}");
        }
    }

    /// The example of RFC 9562, appendix A.3, in both notations.
    #[test]
    fn bytes_are_in_network_order() {
        let id: RunId = "919108f7-52d1-4320-9bac-f847db4148a8".parse().unwrap();
        assert_eq!(id.to_bytes()[..4], [0x91, 0x91, 0x08, 0xf7]);
        assert_eq!(id.to_bytes()[15], 0xa8);
    }

    #[test]
    fn no_two_are_the_same() {
        let mut ids: Vec<RunId> = (0..1000).map(|_| RunId::random()).collect();
        let one = ids[0];
        ids.extend([
            one.derive(&["a", "b"]),
            one.derive(&["ab"]),
            one.derive(&["a"]),
            one.derive(&["a", "b", ""]),
        ]);
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
        assert_eq!(one.derive(&["a", "b"]), one.derive(&["a", "b"]));
    }

    #[test]
    fn the_hash_is_the_published_one() {
        // The hash of no bytes is the basis; this is the hash of `a`.
        let hash = (BASIS ^ u128::from(b'a')).wrapping_mul(PRIME);
        assert_eq!(hash, 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964);
    }
}
