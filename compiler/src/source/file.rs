//! Reads files once per process, and finds lines and columns in them.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::audit::{audit, with_first_keys};
use super::error::{Problem, SyntaxError};
use super::node::{Data, Node, Range};
use super::outline::Outline;
use super::scalar::Alignment;
use super::{json, yaml};

/// A file that was read: its text, its tree, and the offsets of its lines.
#[derive(Debug)]
pub struct File {
    /// The whole text.
    pub text: Arc<str>,
    /// The root value, or the errors that prevent reading it.
    pub root: Result<Node, Vec<SyntaxError>>,
    /// Duplicate keys in objects. The tree contains only the first member with each key, so that the rest of the
    /// document can be checked; the document is refused nevertheless.
    pub duplicates: Vec<SyntaxError>,
    lines: OnceLock<Vec<u32>>,
    /// Set for a file that is read in parts.
    outline: Option<Arc<Outline>>,
    whole: OnceLock<Arc<File>>,
    /// The files that it refers to, computed on first use.
    referenced: OnceLock<Vec<String>>,
    /// The alignment of the scalar that was used last. A long scalar may be used for thousands of locations.
    aligned: Mutex<Option<(Range, Option<Arc<Alignment>>)>>,
}

impl File {
    /// Returns the files that this one refers to; `find` is called only once.
    pub(crate) fn referenced(&self, find: impl FnOnce() -> Vec<String>) -> &[String] {
        self.referenced.get_or_init(find)
    }

    /// Returns the alignment of the scalar at `range`. Calls `align` unless this scalar was used last.
    pub(super) fn alignment(&self, range: Range, align: impl FnOnce() -> Option<Alignment>) -> Option<Arc<Alignment>> {
        let mut last = self.aligned.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((known, alignment)) if *known == range => alignment.clone(),
            _ => {
                let alignment = align().map(Arc::new);
                *last = Some((range, alignment.clone()));
                alignment
            }
        }
    }

    /// Reads `bytes` as JSON if they look like JSON or `path` says so, and otherwise as YAML.
    #[must_use]
    pub fn parse(path: &Path, bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => {
                let root = parse(path, &text);
                Self::new(text.into(), root)
            }
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let error_at = SyntaxError {
                    problem: Problem::Syntax,
                    message: "the file is not valid UTF-8".to_owned(),
                    range: Range::new(valid, valid + 1),
                    related: None,
                };
                Self::new(String::from_utf8_lossy(error.as_bytes()).into(), Err(vec![error_at]))
            }
        }
    }

    /// The same, but reads a YAML file of at least `large` bytes in parts, unless it is an Arazzo document. Values
    /// smaller than `large / 32` bytes are read at once.
    #[must_use]
    pub fn parse_parts(path: &Path, bytes: Vec<u8>, large: usize) -> Self {
        if bytes.len() < large || is_json(path) {
            return Self::parse(path, bytes);
        }
        let text: Arc<str> = match String::from_utf8(bytes) {
            Ok(text) if !is_braced(&text) => text.into(),
            Ok(text) => return Self::parse(path, text.into_bytes()),
            Err(error) => return Self::parse(path, error.into_bytes()),
        };
        match Outline::read(&text, large / 32) {
            Some((outline, root)) if !is_document(&root) => Self {
                outline: Some(outline),
                ..Self::new(text, Ok((root, Vec::new())))
            },
            _ => {
                let root = parse(path, &text);
                Self::new(text, root)
            }
        }
    }

    fn new(text: Arc<str>, root: Result<(Node, Vec<SyntaxError>), Vec<SyntaxError>>) -> Self {
        let (root, duplicates) = match root {
            Ok((root, duplicates)) => (Ok(root), duplicates),
            Err(errors) => (Err(errors), Vec::new()),
        };
        Self {
            text,
            root,
            duplicates,
            lines: OnceLock::new(),
            outline: None,
            whole: OnceLock::new(),
            referenced: OnceLock::new(),
            aligned: Mutex::default(),
        }
    }

    /// Returns whether the file is read in parts.
    #[must_use]
    pub fn is_in_parts(&self) -> bool {
        self.outline.is_some()
    }

    /// Returns whether a part was used that can only be read together with the whole file.
    #[must_use]
    pub fn has_trouble(&self) -> bool {
        self.outline.as_ref().is_some_and(|outline| outline.has_trouble())
    }

    /// Returns the file, read completely.
    #[must_use]
    pub fn whole(self: &Arc<Self>) -> Arc<Self> {
        if !self.is_in_parts() {
            return Arc::clone(self);
        }
        let read = || Arc::new(Self::new(Arc::clone(&self.text), parse(Path::new(""), &self.text)));
        Arc::clone(self.whole.get_or_init(read))
    }

    /// Returns line and column of a byte offset. Both start at 1, and the column counts characters.
    #[must_use]
    pub fn position(&self, offset: u32) -> (usize, usize) {
        let line = self.line_of(offset);
        let start = self.line_start(line);
        let end = (offset as usize).min(self.text.len());
        let column = self.text.get(start..end).map_or(0, |before| before.chars().count());
        (line + 1, column + 1)
    }

    /// Returns the text of a line without its line break. Lines start at 0.
    #[must_use]
    pub fn line(&self, line: usize) -> &str {
        let text = self.text.get(self.line_start(line)..self.line_start(line + 1));
        text.unwrap_or("").trim_end_matches(['\n', '\r'])
    }

    /// Returns the line of a byte offset, starting at 0.
    #[must_use]
    pub fn line_of(&self, offset: u32) -> usize {
        self.lines().partition_point(|&start| start <= offset).saturating_sub(1)
    }

    /// Returns the offset of the first byte of a line. Lines start at 0.
    #[must_use]
    pub fn line_start(&self, line: usize) -> usize {
        self.lines().get(line).map_or(self.text.len(), |&start| start as usize)
    }

    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let bytes = self.text.as_bytes();
            let mut starts = vec![0];
            for (offset, &byte) in bytes.iter().enumerate() {
                let ends = byte == b'\n' || (byte == b'\r' && bytes.get(offset + 1) != Some(&b'\n'));
                if ends {
                    starts.push(u32::try_from(offset + 1).unwrap_or(u32::MAX));
                }
            }
            starts
        })
    }
}

fn is_json(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

fn is_braced(text: &str) -> bool {
    text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n'])
        .starts_with(['{', '['])
}

fn is_document(root: &Node) -> bool {
    matches!(&root.data, Data::Object(members) if members.iter().any(|member| &*member.key == "arazzo"))
}

fn parse(path: &Path, text: &str) -> Result<(Node, Vec<SyntaxError>), Vec<SyntaxError>> {
    let named_json = is_json(path);
    let root = if is_braced(text) || named_json {
        match (json::read(text), named_json) {
            (Ok(node), _) => Ok(node),
            (Err(error), true) => Err(error),
            (Err(_), false) => yaml::read(text),
        }
    } else {
        yaml::read(text)
    };
    let root = root.map_err(|error| vec![error])?;
    let mut errors = Vec::new();
    audit(&root, &mut HashMap::new(), &mut errors);
    if errors.is_empty() {
        return Ok((root, errors));
    }
    if errors.iter().any(|error| error.problem != Problem::DuplicateKey) {
        return Err(errors);
    }
    Ok((with_first_keys(&root, &mut HashMap::new()), errors))
}
