//! The value of the cookie.

use std::fmt;

use crate::id::Id;

/// Names an enrolment and the newest state of it that the browser has seen: `ID.COUNTER`.
///
/// It does not implement `Debug`, so that the id is never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Cookie {
    /// The id of the enrolment.
    pub id: Id,
    /// The counter of the newest state that the browser has seen.
    pub seen: u64,
}

impl Cookie {
    /// Parses the output of `Display`.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, seen) = text.split_once('.')?;
        let cookie = Self {
            id: Id::parse(id)?,
            seen: seen.parse().ok()?,
        };
        // `u64::from_str` also accepts `+1` and `01`.
        (cookie.to_string() == text).then_some(cookie)
    }
}

impl fmt::Display for Cookie {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.id, self.seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_written_is_read() {
        let id = Id::random().unwrap();
        for seen in [0, 1, 10, u64::MAX] {
            let cookie = Cookie { id: id.clone(), seen };
            let text = cookie.to_string();
            assert_eq!(text, format!("{id}.{seen}"));
            assert!(Cookie::parse(&text) == Some(cookie), "{text}");
        }
        for counter in [
            "",
            "x",
            "-1",
            "+1",
            "01",
            " 1",
            "1 ",
            "1.1",
            "1e1",
            "１",
            "18446744073709551616",
        ] {
            let text = format!("{id}.{counter}");
            assert!(Cookie::parse(&text).is_none(), "{text}");
        }
        for text in [
            "",
            ".",
            ".1",
            "x.1",
            &id.to_string(),
            &format!("{id}A.1"),
            &format!(".{id}"),
        ] {
            assert!(Cookie::parse(text).is_none(), "{text}");
        }
    }
}
