//! Extracts the values at several pointers in one pass over a JSON text.
//!
//! All other values are checked and skipped in place.

use serde::de::{Error as _, IgnoredAny};

use crate::json::datum::Datum;
use crate::json::scan::{blank, member, skip};

#[cfg(feature = "jsonpath")]
use crate::json::scan::{key, string};

/// Finds the value at each pointer; it borrows from `json`. If an object has a duplicate key, the last one counts.
///
/// # Errors
/// The bytes are not JSON. Strings that no pointer selects are not checked for UTF-8.
pub(crate) fn extract<'a>(
    json: &'a [u8],
    pointers: &[&[&str]],
    found: &mut [Option<&'a str>],
) -> Result<(), serde_json::Error> {
    let mut passes = pointers.chunks(MOST).zip(found.chunks_mut(MOST));
    if passes.all(|(pointers, found)| {
        Walk {
            json,
            at: 0,
            pointers,
            found,
        }
        .document()
        .is_some()
    }) && (!pointers.is_empty() || skip(json, blank(json, 0)).is_some_and(|end| blank(json, end) == json.len()))
    {
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

/// The number of pointers of one pass: one bit each.
const MOST: usize = u64::BITS as usize;

/// Indices of pointers, one bit each.
#[derive(Clone, Copy)]
struct Wanted(u64);

impl Wanted {
    fn all(count: usize) -> Self {
        (0..count).fold(Self(0), Self::with)
    }

    fn with(self, index: usize) -> Self {
        Self(self.0 | 1 << index)
    }

    fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn retain(self, keep: impl Fn(usize) -> bool) -> Self {
        self.indices().filter(|index| keep(*index)).fold(Self(0), Self::with)
    }

    fn indices(self) -> impl Iterator<Item = usize> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let index = left.trailing_zeros() as usize;
            left &= left.wrapping_sub(1);
            (index < MOST).then_some(index)
        })
    }
}

/// A pass over a text. Its methods return `None` if the text is not JSON.
struct Walk<'w, 'a> {
    json: &'a [u8],
    at: usize,
    pointers: &'w [&'w [&'w str]],
    found: &'w mut [Option<&'a str>],
}

impl Walk<'_, '_> {
    fn document(&mut self) -> Option<()> {
        self.value(Wanted::all(self.pointers.len()), 0)?;
        self.blank();
        (self.at == self.json.len()).then_some(())
    }

    fn peek(&self) -> Option<u8> {
        self.json.get(self.at).copied()
    }

    fn blank(&mut self) {
        self.at = blank(self.json, self.at);
    }

    /// Reads a value that matches the first `depth` tokens of the wanted pointers.
    fn value(&mut self, wanted: Wanted, depth: usize) -> Option<()> {
        self.blank();
        let start = self.at;
        let deeper = wanted.retain(|index| self.pointers[index].len() > depth);
        match self.peek()? {
            b'{' if !deeper.is_empty() => self.object(deeper, depth)?,
            b'[' if !deeper.is_empty() => self.array(deeper, depth)?,
            _ => self.skip()?,
        }
        let ending = Wanted(wanted.0 & !deeper.0);
        if !ending.is_empty() {
            let text = std::str::from_utf8(&self.json[start..self.at]).ok()?;
            for index in ending.indices() {
                self.found[index] = Some(text);
            }
        }
        Some(())
    }

    fn object(&mut self, wanted: Wanted, depth: usize) -> Option<()> {
        self.at += 1;
        self.blank();
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            self.blank();
            let (written, value) = member(self.json, self.at)?;
            self.at = value;
            let decoded = if written.contains(&b'\\') {
                let quoted = &self.json[..value];
                let end = quoted.iter().rposition(|byte| *byte == b'"')?;
                serde_json::from_slice::<String>(&quoted[end.checked_sub(written.len() + 1)?..=end]).ok()
            } else {
                None
            };
            let key = decoded.as_ref().map_or(written, String::as_bytes);
            let leading = wanted.retain(|index| self.pointers[index][depth].as_bytes() == key);
            if leading.is_empty() {
                self.skip()?;
            } else {
                for index in leading.indices() {
                    self.found[index] = None;
                }
                self.value(leading, depth + 1)?;
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

    fn array(&mut self, wanted: Wanted, depth: usize) -> Option<()> {
        let start = self.at;
        let place = |walk: &Self, index: usize| Place::of(walk.pointers[index][depth]);
        // An index from the end requires the length of the array.
        let from_end = wanted
            .indices()
            .filter(|index| place(self, *index).is_some_and(|place| place.from_end));
        let length = if from_end.count() > 0 {
            let length = self.items(|_, _| Some(false))?;
            self.at = start;
            length
        } else {
            usize::MAX
        };
        let position = |walk: &Self, index: usize| place(walk, index)?.position(length);
        let mut next = wanted.indices().filter_map(|index| position(self, index)).min();
        self.items(|walk, at| {
            if next != Some(at) {
                return Some(false);
            }
            let leading = wanted.retain(|index| position(walk, index) == Some(at));
            let later = wanted
                .indices()
                .filter_map(|index| position(walk, index).filter(|later| *later > at));
            next = later.min();
            walk.value(leading, depth + 1)?;
            Some(true)
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
