//! Extracts the values at several pointers in one pass over a JSON text.
//!
//! All other values are checked and skipped in place.

use serde::de::{Error as _, IgnoredAny};

use crate::json::datum::Datum;
use crate::json::scan::{blank, key, skip};

#[cfg(feature = "jsonpath")]
use crate::json::scan::string;

/// Finds the value at each pointer; it borrows from `json`. If an object has a duplicate key, the last one counts.
///
/// # Errors
/// The bytes are not JSON. Strings that no pointer selects are not checked for UTF-8.
pub(crate) fn extract<'a>(
    json: &'a [u8],
    pointers: &[&[&str]],
    found: &mut [Option<&'a str>],
) -> Result<(), serde_json::Error> {
    let mut wanted = Vec::with_capacity(2 * pointers.len());
    wanted.extend(0..pointers.len());
    let mut walk = Walk {
        json,
        at: 0,
        pointers,
        found,
        wanted,
    };
    if walk.document().is_some() {
        return Ok(());
    }
    // Let `serde_json` describe the error, as everywhere else.
    let error = serde_json::from_slice::<IgnoredAny>(json).err();
    // `IgnoredAny` does not check the contents of strings.
    let error = error.or_else(|| crate::blob::strict_error(json));
    Err(error.unwrap_or_else(|| serde_json::Error::custom("the file is not valid UTF-8")))
}

/// Returns the text with the value at a pointer replaced; `None` if the pointer does not exist.
pub(crate) fn replace(text: &str, pointer: &[&str], value: &Datum<'_>) -> Option<String> {
    let mut found = [None];
    extract(text.as_bytes(), &[pointer], &mut found).ok()?;
    let old = found[0]?;
    // The value is a slice of the text.
    let start = old.as_ptr() as usize - text.as_ptr() as usize;
    let mut new = text.get(..start)?.to_owned();
    new.push_str(&value.to_json());
    new.push_str(text.get(start + old.len()..)?);
    Some(new)
}

/// Returns a JSON text with a new member; `None` if the pointer does not lead to an object.
pub(crate) fn inserted(text: &str, pointer: &[&str], value: &Datum<'_>) -> Option<String> {
    let (name, parents) = pointer.split_last()?;
    let mut found = [None];
    extract(text.as_bytes(), &[parents], &mut found).ok()?;
    let parent = found[0].filter(|parent| parent.starts_with('{'))?;
    // The value is a slice of the text.
    let start = parent.as_ptr() as usize - text.as_ptr() as usize + 1;
    let more = !text.get(start..)?.trim_start().starts_with('}');
    let name = Datum::borrowed(name).to_json();
    let comma = if more { "," } else { "" };
    Some(format!(
        "{}{name}:{}{comma}{}",
        text.get(..start)?,
        value.to_json(),
        text.get(start..)?
    ))
}

/// Returns the place after a byte, if that byte is here.
#[cfg(feature = "jsonpath")]
fn after(json: &[u8], at: usize, mark: u8) -> Option<usize> {
    (*json.get(at)? == mark).then_some(at + 1)
}

/// Calls `tell` with the place of each value of `whole` in the text that it was read from. If an object has a duplicate
/// key, the last one counts, and is reported last.
#[cfg(feature = "jsonpath")]
pub(crate) fn spans(
    json: &[u8],
    whole: &serde_json::Value,
    tell: &mut impl FnMut(&serde_json::Value, std::ops::Range<usize>),
) {
    span(json, blank(json, 0), whole, tell);
}

/// Does the same for the value that starts at `start`, and returns its end.
#[cfg(feature = "jsonpath")]
fn span(
    json: &[u8],
    start: usize,
    value: &serde_json::Value,
    tell: &mut impl FnMut(&serde_json::Value, std::ops::Range<usize>),
) -> Option<usize> {
    use serde_json::Value;
    let mut at = blank(json, start + 1);
    let empty = matches!(json.get(at), Some(b']' | b'}'));
    let end = match (json.get(start)?, value) {
        (b'[', Value::Array(items)) if !empty => {
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    at = blank(json, after(json, at, b',')?);
                }
                at = blank(json, span(json, at, item, tell)?);
            }
            after(json, at, b']')?
        }
        (b'{', Value::Object(members)) if !empty => loop {
            let written = json.get(at..string(json, at + 1)?)?;
            let name: std::borrow::Cow<'_, str> = serde_json::from_slice(written).ok()?;
            at = key(json, at)?;
            // The first member of a duplicate key is paired with the value of the last one, which may have a different
            // shape.
            let told = members.get(&*name).and_then(|member| span(json, at, member, tell));
            at = told.or_else(|| skip(json, at))?;
            at = blank(json, at);
            if let Some(end) = after(json, at, b'}') {
                break end;
            }
            at = blank(json, after(json, at, b',')?);
        },
        _ => skip(json, start)?,
    };
    tell(value, start..end);
    Some(end)
}

/// Marks a token as an array index and not a name; `-1` is the last item.
const INDEX: char = '\0';

/// A pass over a text. Its methods return `None` if the text is not JSON.
struct Walk<'w, 'a> {
    json: &'a [u8],
    at: usize,
    pointers: &'w [&'w [&'w str]],
    found: &'w mut [Option<&'a str>],
    /// A stack of the pointers that select something in the enclosing objects and arrays, innermost last.
    wanted: Vec<usize>,
}

impl Walk<'_, '_> {
    fn document(&mut self) -> Option<()> {
        self.value(0, 0)?;
        self.blank();
        (self.at == self.json.len()).then_some(())
    }

    fn peek(&self) -> Option<u8> {
        self.json.get(self.at).copied()
    }

    fn blank(&mut self) {
        self.at = blank(self.json, self.at);
    }

    /// Reads a value that matches the first `depth` tokens of the pointers from index `first`.
    fn value(&mut self, first: usize, depth: usize) -> Option<()> {
        self.blank();
        let start = self.at;
        let ends = |index: &&usize| self.pointers[**index].len() == depth;
        let ending = self.wanted[first..].iter().filter(ends).count();
        match self.peek()? {
            b'{' if ending < self.wanted.len() - first => self.object(first, depth)?,
            b'[' if ending < self.wanted.len() - first => self.array(first, depth)?,
            _ => self.skip()?,
        }
        if ending > 0 {
            let text = std::str::from_utf8(&self.json[start..self.at]).ok()?;
            for index in &self.wanted[first..] {
                if self.pointers[*index].len() == depth {
                    self.found[*index] = Some(text);
                }
            }
        }
        Some(())
    }

    fn object(&mut self, first: usize, depth: usize) -> Option<()> {
        self.at += 1;
        self.blank();
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        let last = self.wanted.len();
        loop {
            self.blank();
            let start = self.at;
            self.at = key(self.json, start)?;
            let written = &self.json[start..self.at];
            let written = &written[..=written.iter().rposition(|byte| *byte == b'"')?];
            let decoded = if written.contains(&b'\\') {
                serde_json::from_slice::<String>(written).ok()
            } else {
                None
            };
            let key = decoded
                .as_ref()
                .map_or(&written[1..written.len() - 1], String::as_bytes);
            for at in first..last {
                let index = self.wanted[at];
                if self.pointers[index]
                    .get(depth)
                    .is_some_and(|token| token.as_bytes() == key)
                {
                    self.found[index] = None;
                    self.wanted.push(index);
                }
            }
            if self.wanted.len() > last {
                self.value(last, depth + 1)?;
                self.wanted.truncate(last);
            } else {
                self.skip()?;
            }
            self.blank();
            self.at += 1;
            match self.json.get(self.at - 1)? {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    fn array(&mut self, first: usize, depth: usize) -> Option<()> {
        let start = self.at;
        let last = self.wanted.len();
        let places: Vec<Option<Place>> = self.wanted[first..last]
            .iter()
            .map(|&index| Place::of(self.pointers[index].get(depth)?))
            .collect();
        // An index from the end requires the length of the array.
        let length = if places.iter().flatten().any(|place| place.from_end) {
            let length = self.items(|_, _| Some(false))?;
            self.at = start;
            length
        } else {
            usize::MAX
        };
        self.items(|walk, position| {
            for (at, place) in (first..last).zip(&places) {
                if place.is_some_and(|place| place.position(length) == Some(position)) {
                    walk.wanted.push(walk.wanted[at]);
                }
            }
            let leads = walk.wanted.len() > last;
            if leads {
                walk.value(last, depth + 1)?;
                walk.wanted.truncate(last);
            }
            Some(leads)
        })?;
        Some(())
    }

    /// Iterates over the items of an array, skips those that `each` has not read, and returns their number.
    fn items(&mut self, mut each: impl FnMut(&mut Self, usize) -> Option<bool>) -> Option<usize> {
        self.at += 1;
        self.blank();
        if self.peek()? == b']' {
            self.at += 1;
            return Some(0);
        }
        let mut position = 0;
        loop {
            self.blank();
            if !each(self, position)? {
                self.skip()?;
            }
            position += 1;
            self.blank();
            self.at += 1;
            match self.json.get(self.at - 1)? {
                b',' => {}
                b']' => return Some(position),
                _ => return None,
            }
        }
    }

    /// Skips a value.
    fn skip(&mut self) -> Option<()> {
        self.at = skip(self.json, self.at)?;
        Some(())
    }
}

/// An index of an array item.
#[derive(Clone, Copy)]
struct Place {
    from_end: bool,
    index: usize,
}

impl Place {
    /// RFC 6901, section 4: no leading zeros, and no sign except in a marked index.
    fn of(token: &str) -> Option<Self> {
        let (marked, digits) = match token.strip_prefix(INDEX) {
            Some(index) => (true, index),
            None => (false, token),
        };
        let (from_end, digits) = match digits.strip_prefix('-') {
            Some(digits) if marked => (true, digits),
            _ => (false, digits),
        };
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
        let index = digits.parse().ok().filter(|_| plain)?;
        Some(Self { from_end, index })
    }

    fn position(self, length: usize) -> Option<usize> {
        if self.from_end {
            length.checked_sub(self.index)
        } else {
            Some(self.index)
        }
    }
}

#[cfg(test)]
mod tests;
