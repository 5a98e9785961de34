//! Places in texts: byte offsets here, lines and UTF-16 code units in the protocol.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use arazzo_compiler::source::{File, Range as Bytes, percent_decode};
use lsp_types::{Position, Range, Uri};

use crate::report;

/// Returns the byte offset of a position. Positions after the end of a line or of the text are its end.
pub(super) fn offset(text: &str, position: Position) -> usize {
    let mut start = 0;
    for _ in 0..position.line {
        match text[start..].find('\n') {
            Some(end) => start += end + 1,
            None => return text.len(),
        }
    }
    let line = text[start..].split('\n').next().unwrap_or("");
    let line = line.strip_suffix('\r').unwrap_or(line);
    let mut units = 0;
    for (at, letter) in line.char_indices() {
        if units >= position.character {
            return start + at;
        }
        units += u32::from(letter.len_utf16() == 2) + 1;
    }
    start + line.len()
}

/// Returns the position of a byte offset.
pub(super) fn position(file: &File, offset: u32) -> Position {
    let line = file.line_of(offset);
    let before = file.text.get(file.line_start(line)..offset as usize).unwrap_or("");
    Position {
        line: u32::try_from(line).unwrap_or(u32::MAX),
        character: u32::try_from(units(before)).unwrap_or(u32::MAX),
    }
}

/// The UTF-16 code units of a text. Documents on one line are long, and mostly ASCII, for which this is a fast check.
fn units(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.encode_utf16().count()
    }
}

pub(super) fn range(file: &File, bytes: Bytes) -> Range {
    Range::new(position(file, bytes.start), position(file, bytes.end))
}

/// Returns the path that a `file` URI names.
pub(super) fn path(uri: &Uri) -> Option<PathBuf> {
    let path = uri.as_str().strip_prefix("file://")?;
    // Windows: `file:///c%3A/dir`
    let path = percent_decode(path.split(['?', '#']).next().unwrap_or(path));
    let windows = path.as_bytes().get(2) == Some(&b':');
    Some(PathBuf::from(if windows { &path[1..] } else { &path }))
}

pub(super) fn uri(path: &Path) -> Option<Uri> {
    let text = path.to_str()?.replace('\\', "/");
    let root = if text.starts_with('/') { "file://" } else { "file:///" };
    let encoded = format!("{root}{}", report::uri(&text));
    Uri::from_str(&encoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_utf_16_code_units() {
        // `é` has one code unit and two bytes, `😀` two and four.
        let text = "a: é😀b\r\nc";
        for (line, character, expected) in [
            (0, 0, 0),
            (0, 4, 5),
            (0, 6, 9),
            (0, 7, 10),
            // After the end of the line: before its line break.
            (0, 99, 10),
            (1, 0, 12),
            (1, 9, 13),
            (9, 0, 13),
        ] {
            assert_eq!(
                offset(text, Position { line, character }),
                expected,
                "{line}:{character}"
            );
        }
        let file = File::parse(Path::new("a.yaml"), text.as_bytes().to_vec());
        assert_eq!(position(&file, 9), Position { line: 0, character: 6 });
        assert_eq!(position(&file, 12), Position { line: 1, character: 0 });
    }

    #[test]
    fn paths_and_uris_name_the_same_file() {
        for name in ["/a b/c#d.yml", "/é/x.yml"] {
            assert_eq!(
                path(&uri(Path::new(name)).unwrap()),
                Some(PathBuf::from(name)),
                "{name}"
            );
        }
        let windows = Uri::from_str("file:///c%3A/dir/a.yml").unwrap();
        assert_eq!(path(&windows), Some(PathBuf::from("c:/dir/a.yml")));
    }
}
