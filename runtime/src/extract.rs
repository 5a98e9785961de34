//! One pass over a JSON text that keeps only what pointers lead to.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Finds what each pointer leads to; what is found borrows from `json`. Where a key stands twice
/// in an object, the last one counts.
///
/// # Errors
/// The bytes are no JSON. Those of strings that nothing leads to are not looked at, so they need not be
/// UTF-8.
pub(crate) fn extract<'a>(
    json: &'a [u8],
    pointers: &[&[&str]],
    found: &mut [Option<&'a str>],
) -> Result<(), serde_json::Error> {
    let wanted: Vec<usize> = (0..pointers.len()).collect();
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    Node {
        pointers,
        wanted: &wanted,
        depth: 0,
        found,
    }
    .deserialize(&mut deserializer)?;
    deserializer.end()
}

/// A value to which the first `depth` tokens of the wanted pointers have led.
struct Node<'p, 'f, 'a> {
    pointers: &'p [&'p [&'p str]],
    wanted: &'p [usize],
    depth: usize,
    found: &'f mut [Option<&'a str>],
}

impl<'a> DeserializeSeed<'a> for Node<'_, '_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        let ends = |index: &usize| {
            self.pointers
                .get(*index)
                .is_some_and(|pointer| pointer.len() == self.depth)
        };
        if !self.wanted.iter().any(ends) {
            return deserializer.deserialize_any(self);
        }
        let raw: &'a RawValue = serde::Deserialize::deserialize(deserializer)?;
        let mut deeper = Vec::new();
        for index in self.wanted {
            if ends(index) {
                self.found[*index] = Some(raw.get());
            } else {
                deeper.push(*index);
            }
        }
        if !deeper.is_empty() {
            let inner = Node {
                pointers: self.pointers,
                wanted: &deeper,
                depth: self.depth,
                found: self.found,
            };
            let mut deserializer = serde_json::Deserializer::from_str(raw.get());
            deserializer.deserialize_any(inner).map_err(serde::de::Error::custom)?;
        }
        Ok(())
    }
}

/// The text with a value in the place that a pointer leads to; `None` where it leads nowhere.
pub(crate) fn replace(text: &str, pointer: &[&str], value: &crate::datum::Datum<'_>) -> Option<String> {
    let mut found = [None];
    extract(text.as_bytes(), &[pointer], &mut found).ok()?;
    let old = found[0]?;
    // What was found is a part of the text.
    let start = old.as_ptr() as usize - text.as_ptr() as usize;
    let mut new = text.get(..start)?.to_owned();
    new.push_str(&value.to_json());
    new.push_str(text.get(start + old.len()..)?);
    Some(new)
}

/// Marks a token that is an index of an array and no name; `-1` is the last.
const INDEX: char = '\0';

impl<'a> Node<'_, '_, 'a> {
    /// An index from the end is known once the end is.
    fn visit_seq_from_end<A: SeqAccess<'a>>(self, mut sequence: A) -> Result<(), A::Error> {
        let mut items: Vec<&'a str> = Vec::new();
        while let Some(item) = sequence.next_element::<&'a RawValue>()? {
            items.push(item.get());
        }
        for &wanted in self.wanted {
            let Some(token) = self.pointers.get(wanted).and_then(|pointer| pointer.get(self.depth)) else {
                continue;
            };
            let index = match token.strip_prefix(INDEX) {
                Some(index) if !index.starts_with('-') => index.parse().ok(),
                Some(back) => back
                    .parse::<isize>()
                    .ok()
                    .and_then(|back| items.len().checked_add_signed(back)),
                None => token
                    .parse()
                    .ok()
                    .filter(|_| *token == "0" || !token.starts_with(['0', '+'])),
            };
            let Some(item) = index.and_then(|index: usize| items.get(index)) else {
                continue;
            };
            let only = [wanted];
            let node = Node {
                pointers: self.pointers,
                wanted: &only,
                depth: self.depth + 1,
                found: &mut *self.found,
            };
            let mut deserializer = serde_json::Deserializer::from_str(item);
            node.deserialize(&mut deserializer).map_err(serde::de::Error::custom)?;
        }
        Ok(())
    }

    fn forget(&mut self, wanted: &[usize]) {
        for index in wanted {
            self.found[*index] = None;
        }
    }
}

impl<'a> Visitor<'a> for Node<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut next = Vec::new();
        loop {
            next.clear();
            let key = Key {
                pointers: self.pointers,
                wanted: self.wanted,
                depth: self.depth,
                matching: &mut next,
            };
            if map.next_key_seed(key)?.is_none() {
                return Ok(());
            }
            if next.is_empty() {
                map.next_value::<IgnoredAny>()?;
            } else {
                self.forget(&next);
                map.next_value_seed(Node {
                    pointers: self.pointers,
                    wanted: &next,
                    depth: self.depth + 1,
                    found: self.found,
                })?;
            }
        }
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut sequence: A) -> Result<(), A::Error> {
        let from_end = |wanted: &usize| {
            self.pointers
                .get(*wanted)
                .and_then(|pointer| pointer.get(self.depth))
                .and_then(|token| token.strip_prefix(INDEX))
                .is_some_and(|index| index.starts_with('-'))
        };
        if self.wanted.iter().any(from_end) {
            return self.visit_seq_from_end(sequence);
        }
        let indices: Vec<(usize, usize)> = self
            .wanted
            .iter()
            .filter_map(|&wanted| {
                let token = self.pointers.get(wanted)?.get(self.depth)?;
                let token = token.strip_prefix(INDEX).unwrap_or(token);
                let plain =
                    token.bytes().all(|byte| byte.is_ascii_digit()) && (token == "0" || !token.starts_with('0'));
                Some((token.parse().ok().filter(|_| plain)?, wanted))
            })
            .collect();
        let mut position = 0;
        loop {
            let next: Vec<usize> = indices
                .iter()
                .filter(|(index, _)| *index == position)
                .map(|&(_, wanted)| wanted)
                .collect();
            let more = if next.is_empty() {
                sequence.next_element::<IgnoredAny>()?.is_some()
            } else {
                let node = Node {
                    pointers: self.pointers,
                    wanted: &next,
                    depth: self.depth + 1,
                    found: &mut *self.found,
                };
                sequence.next_element_seed(node)?.is_some()
            };
            if !more {
                return Ok(());
            }
            position += 1;
        }
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// A key of an object; collects the wanted pointers that go on with it.
struct Key<'p, 'm> {
    pointers: &'p [&'p [&'p str]],
    wanted: &'p [usize],
    depth: usize,
    matching: &'m mut Vec<usize>,
}

impl<'a> DeserializeSeed<'a> for Key<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<(), E> {
        let (pointers, depth) = (self.pointers, self.depth);
        let goes_on = |index: &&usize| pointers.get(**index).and_then(|pointer| pointer.get(depth)) == Some(&key);
        self.matching.extend(self.wanted.iter().filter(goes_on));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find<'a>(text: &'a str, pointers: &[&[&str]]) -> Vec<Option<&'a str>> {
        let mut found = vec![None; pointers.len()];
        extract(text.as_bytes(), pointers, &mut found).unwrap();
        found
    }

    /// The document and the pointers of RFC 6901, section 5.
    #[test]
    fn pointers_of_the_rfc() {
        let text = r#"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"#;
        let pointers: &[&[&str]] = &[
            &[],
            &["foo"],
            &["foo", "0"],
            &[""],
            &["a/b"],
            &["c%d"],
            &["e^f"],
            &["g|h"],
            &["i\\j"],
            &["k\"l"],
            &[" "],
            &["m~n"],
        ];
        let found = find(text, pointers);
        assert_eq!(found[0], Some(text));
        assert_eq!(found[1], Some("[\"bar\",\"baz\"]"));
        assert_eq!(found[2], Some("\"bar\""));
        let rest: Vec<&str> = found[3..].iter().map(|value| value.unwrap()).collect();
        assert_eq!(rest, ["0", "1", "2", "3", "4", "5", "6", "7", "8"]);
    }

    #[test]
    fn what_is_not_there_is_absent() {
        assert_eq!(
            find(
                r#"{"a":1,"b":[1]}"#,
                &[&["a", "x"], &["b", "1"], &["b", "-"], &["b", "x"], &["c"]]
            ),
            [None; 5]
        );
    }

    /// RFC 9535, section 2.3.3: a negative index counts from the end.
    #[test]
    fn an_index_can_count_from_the_end() {
        let pointers: &[&[&str]] = &[
            &["a", "\0-1"],
            &["a", "\0-3", "b"],
            &["a", "\0-4"],
            &["a", "1"],
            &["a", "\u{0}1"],
            &["\u{0}0"],
        ];
        assert_eq!(
            find(r#"{"a":[{"b":1},2,3]}"#, pointers),
            [Some("3"), Some("1"), None, Some("2"), Some("2"), None]
        );
    }

    #[test]
    fn the_last_of_two_equal_keys_counts() {
        assert_eq!(
            find(r#"{"a":{"b":1},"a":{"c":2}}"#, &[&["a", "b"], &["a", "c"]]),
            [None, Some("2")]
        );
        assert_eq!(find(r#"{"a":1,"a":2}"#, &[&["a"]]), [Some("2")]);
    }

    #[test]
    fn text_that_is_no_json_is_an_error() {
        for text in ["", "{", "{\"a\":1,}", "[1] 2", "{'a':1}", "nul"] {
            assert!(extract(text.as_bytes(), &[&["a"]], &mut [None]).is_err(), "{text}");
        }
    }

    #[test]
    fn depth_does_not_matter_where_nothing_is_wanted() {
        let deep = format!("{{\"x\":{}{},\"a\":1}}", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(find(&deep, &[&["a"]]), [Some("1")]);
    }
}
