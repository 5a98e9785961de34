//! Maps a position inside a string value to the position in the file: through quotes, escapes, folded lines and
//! indentation.

use super::file::File;
use super::node::{Data, Node, Range, Style};

/// Pairs of byte offsets (in the value, in the raw text), one per character of the value and one for its end.
pub(super) type Alignment = Vec<(usize, usize)>;

/// Returns the range of file bytes for the bytes `start..end` of a string value. Returns the range of the whole scalar
/// if the two cannot be matched.
pub(super) fn locate(file: &File, node: &Node, start: usize, end: usize) -> Range {
    let raw = file.text.get(node.range.start as usize..node.range.end as usize);
    let (Data::String(value), Some(raw)) = (&node.data, raw) else {
        return node.range;
    };
    let base = node.range.start as usize;
    if node.style == Style::Plain && raw == &**value {
        return Range::new(base + start, base + end);
    }
    let Some(map) = file.alignment(node.range, || align(raw, value, node.style)) else {
        return node.range;
    };
    let index = |offset: usize| map.partition_point(|&(from, _)| from < offset);
    let at = |offset: usize| map.get(index(offset)).map(|&(_, to)| to);
    match (at(start), at(end)) {
        (Some(from), Some(to)) if end > start => {
            // The end is where the last character ends, not where the next one starts: there may be a fold or an escape
            // in between.
            let last = index(end)
                .checked_sub(1)
                .and_then(|last| map.get(last))
                .map(|&(_, to)| to);
            let stop = last.map_or(to, |last| last + token_width(&raw[last..], node.style));
            Range::new(base + from, base + stop.min(to.max(from + 1)))
        }
        (Some(from), _) => Range::new(base + from, base + from),
        _ => node.range,
    }
}

/// Aligns a value with its raw text. Each run of white space is matched with a run of white space, because YAML folds
/// white space.
fn align(raw: &str, value: &str, style: Style) -> Option<Alignment> {
    let quoted = matches!(style, Style::SingleQuoted | Style::DoubleQuoted);
    let mut map = Vec::with_capacity(value.len() + 1);
    let mut position = usize::from(quoted);
    let mut characters = value.char_indices().peekable();
    while let Some((offset, character)) = characters.next() {
        if character.is_whitespace() {
            map.push((offset, position));
            while let Some(&(offset, _)) = characters.peek().filter(|(_, next)| next.is_whitespace()) {
                map.push((offset, position));
                characters.next();
            }
            position += blank_width(&raw[position..], style);
        } else {
            // A line continuation (`\` before a line break) has no value.
            position += continuation_width(&raw[position..], style);
            if offset == 0 {
                position += raw[position..].len() - raw[position..].trim_start().len();
            }
            let (decoded, width) = token(&raw[position..], style)?;
            if decoded != character {
                return None;
            }
            map.push((offset, position));
            position += width;
        }
    }
    map.push((value.len(), position));
    Some(map)
}

fn continuation_width(raw: &str, style: Style) -> usize {
    if style != Style::DoubleQuoted {
        return 0;
    }
    let Some(rest) = raw.strip_prefix('\\') else { return 0 };
    if rest.starts_with(['\n', '\r']) {
        1 + rest.len() - rest.trim_start().len()
    } else {
        0
    }
}

/// Returns the number of bytes of raw text in one run of white space.
fn blank_width(raw: &str, style: Style) -> usize {
    let mut width = 0;
    while let Some((character, step)) = token(&raw[width..], style) {
        let continued = continuation_width(&raw[width..], style);
        if continued > 0 {
            width += continued;
        } else if character.is_whitespace() {
            width += step;
        } else {
            break;
        }
    }
    width
}

fn token_width(raw: &str, style: Style) -> usize {
    token(raw, style).map_or(0, |(_, width)| width)
}

/// Returns the first character of the raw text, and the number of bytes that represent it.
fn token(raw: &str, style: Style) -> Option<(char, usize)> {
    let first = raw.chars().next()?;
    match (style, first) {
        (Style::SingleQuoted, '\'') => raw.starts_with("''").then_some(('\'', 2)),
        (Style::DoubleQuoted, '"') => None,
        (Style::DoubleQuoted, '\\') => escape(raw),
        _ => Some((first, first.len_utf8())),
    }
}

/// Reads an escape of YAML 1.2.2, section 5.7. JSON's escapes are a subset.
fn escape(raw: &str) -> Option<(char, usize)> {
    let kind = raw[1..].chars().next()?;
    let hex = |digits: usize| u32::from_str_radix(raw.get(2..2 + digits)?, 16).ok();
    Some(match kind {
        '0' => ('\0', 2),
        'a' => ('\u{7}', 2),
        'b' => ('\u{8}', 2),
        't' | '\t' => ('\t', 2),
        'n' => ('\n', 2),
        'v' => ('\u{b}', 2),
        'f' => ('\u{c}', 2),
        'r' => ('\r', 2),
        'e' => ('\u{1b}', 2),
        'N' => ('\u{85}', 2),
        '_' => ('\u{a0}', 2),
        'L' => ('\u{2028}', 2),
        'P' => ('\u{2029}', 2),
        'x' => (char::from_u32(hex(2)?)?, 4),
        'u' => match hex(4)? {
            high @ 0xd800..=0xdbff => {
                let low = raw
                    .get(6..8)
                    .filter(|&mark| mark == "\\u")
                    .and_then(|_| u32::from_str_radix(raw.get(8..12)?, 16).ok())?;
                (
                    char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + low.checked_sub(0xdc00)?)?,
                    12,
                )
            }
            code => (char::from_u32(code)?, 6),
        },
        'U' => (char::from_u32(hex(8)?)?, 10),
        '\n' | '\r' => ('\n', 1 + kind.len_utf8()),
        other => (other, 1 + other.len_utf8()),
    })
}

#[cfg(test)]
mod tests {
    use super::super::Cursor;
    use super::super::file::File;
    use super::super::{Sources, Span};
    use std::path::Path;
    use std::sync::Arc;

    /// Returns the text in the file for `needle` in the value of key `k`.
    fn under(yaml: &str, needle: &str) -> String {
        let file = Arc::new(File::parse(Path::new("x.yaml"), yaml.into()));
        let id = Sources::default().add("x.yaml", "x.yaml", Arc::clone(&file));
        let root = Cursor::root(id, &file).unwrap();
        let value = root.get("k").unwrap();
        let start = value.as_str().unwrap().find(needle).unwrap();
        let Span { range, .. } = value.part(start, start + needle.len());
        yaml[range.start as usize..range.end as usize].to_owned()
    }

    #[test]
    fn a_part_of_a_value_is_found_in_every_style() {
        assert_eq!(under("k: $steps.a.outputs.b\n", "a.outputs"), "a.outputs");
        assert_eq!(under("k: 'it''s $steps.a'\n", "$steps.a"), "$steps.a");
        assert_eq!(under("k: 'it''s'\n", "t's"), "t''s");
        assert_eq!(under("k: \"\\u00e9\\t$steps.a\"\n", "$steps.a"), "$steps.a");
        assert_eq!(under("k: \"x\\u00e9y\"\n", "é"), "\\u00e9");
        assert_eq!(under("k: |\n    one\n      two $x\n    three\n", "three"), "three");
        assert_eq!(under("k: |\n    one\n      two $x\n    three\n", "$x"), "$x");
        assert_eq!(under("k: >-\n  one\n  two\n\n  three\n", "two"), "two");
        assert_eq!(under("k: >-\n  one\n  two\n\n  three\n", "three"), "three");
        assert_eq!(under("k: one\n  two\n  three\n", "three"), "three");
        assert_eq!(under("k: \"a \\\n   b $x\"\n", "$x"), "$x");
        assert_eq!(under("{\"k\": \"\\ud83d\\ude00 $x\"}", "$x"), "$x");
        assert_eq!(under("{\"k\": \"a\\/b\"}", "b"), "b");
    }
}
