//! Phase 1: reads files into trees with the position of every key and every value.
//!
//! Input: paths. Output: [`Sources`]. Later phases use its [`Cursor`]s.

mod audit;
mod error;
mod file;
mod json;
pub mod library;
pub mod limit;
mod merge;
mod node;
mod outline;
mod path;
mod scalar;
mod scan;
mod subset;
mod word;
mod yaml;

use std::sync::Arc;

pub use error::{Problem, SyntaxError};
pub use file::File;
pub use library::{Disk, Library, Memory, Replaced, Whole};
pub use node::{Data, Member, Node, Range, Style};
pub use path::{Lookup, beside, is_absolute, is_remote, join, lookup, normalise, percent_decode, relative};

/// One of the files of a compilation, in the order in which they were opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(u32);

/// A range in one of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The range of bytes in the file.
    pub range: Range,
}

/// A file of a compilation, with its names in messages and for change tracking.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its name in messages.
    pub label: String,
    /// The path relative to the package, with `/` between its parts on every machine.
    pub path: String,
    /// The content.
    pub file: Arc<File>,
}

/// The files that one compilation has read.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Adds a file, or returns the file that was added under the same path.
    pub fn add(&mut self, label: &str, path: &str, file: Arc<File>) -> FileId {
        let index = self
            .files
            .iter()
            .position(|known| known.path == path)
            .unwrap_or_else(|| {
                self.files.push(SourceFile {
                    label: label.to_owned(),
                    path: path.to_owned(),
                    file,
                });
                self.files.len() - 1
            });
        FileId(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// Returns the file with an id.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// Returns the id of a file by its index.
    #[must_use]
    pub fn id(&self, index: usize) -> Option<FileId> {
        self.files.get(index)?;
        u32::try_from(index).ok().map(FileId)
    }

    /// Returns all files in the order in which they were opened.
    #[must_use]
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// Returns the root of a file, if it could be read.
    #[must_use]
    pub fn root(&self, id: FileId) -> Option<Cursor<'_>> {
        let root = Cursor::root(id, &self.get(id)?.file)?;
        Some(Cursor {
            sources: Some(self),
            ..root
        })
    }

    /// Gives all files other names in messages, by their paths.
    pub fn relabel(&mut self, label: impl Fn(&str) -> String) {
        for file in &mut self.files {
            file.label = label(&file.path);
        }
    }

    /// Returns the label of a file.
    #[must_use]
    pub fn label(&self, id: FileId) -> &str {
        self.get(id).map_or("", |file| &file.label)
    }

    /// Returns the file label, line and column of the start of a span. Lines and columns start at 1.
    #[must_use]
    pub fn position(&self, span: Span) -> (&str, usize, usize) {
        match self.get(span.file) {
            Some(source) => {
                let (line, column) = source.file.position(span.range.start);
                (&source.label, line, column)
            }
            None => ("", 0, 0),
        }
    }
}

/// A node in a file. All phases use it to read files.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'a> {
    /// The file that contains the node.
    pub file: FileId,
    node: &'a Node,
    source: &'a File,
    /// The other files, if they are known.
    sources: Option<&'a Sources>,
}

impl<'a> Cursor<'a> {
    /// Returns the root of a file, if it could be read.
    #[must_use]
    pub fn root(id: FileId, source: &'a File) -> Option<Self> {
        let node = source.root.as_ref().ok()?;
        Some(Self {
            file: id,
            node,
            source,
            sources: None,
        })
    }

    /// Returns the root of its file.
    #[must_use]
    pub fn document(self) -> Self {
        match &self.source.root {
            Ok(root) => self.at(root),
            Err(_) => self,
        }
    }

    /// Returns the root of another file, by its path relative to this one.
    #[must_use]
    pub fn other_file(self, path: &str) -> Option<Self> {
        let sources = self.sources?;
        let path = join(&sources.get(self.file)?.path, &percent_decode(path));
        let index = sources.files.iter().position(|file| file.path == path)?;
        let id = FileId(u32::try_from(index).ok()?);
        // A file that is only the target of a reference is reported at the reference.
        if id != self.file && !sources.files[index].file.duplicates.is_empty() {
            return None;
        }
        sources.root(id)
    }

    /// Returns the node itself: the target of a link, and a deferred part after reading it.
    #[must_use]
    pub fn node(self) -> &'a Node {
        self.node.target()
    }

    fn at(self, node: &'a Node) -> Self {
        Self { node, ..self }
    }

    /// Returns the location of the value.
    #[must_use]
    pub fn span(self) -> Span {
        Span {
            file: self.file,
            range: self.node().range,
        }
    }

    /// Returns the location of a part of a string value; `start..end` are bytes of the value.
    #[must_use]
    pub fn part(self, start: usize, end: usize) -> Span {
        Span {
            file: self.file,
            range: scalar::locate(self.source, self.node(), start, end),
        }
    }

    /// Returns the value as a string.
    #[must_use]
    pub fn as_str(self) -> Option<&'a str> {
        match &self.node().data {
            Data::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the text of a scalar: a string unchanged; numbers, booleans and null in JSON spelling.
    #[must_use]
    pub fn scalar_text(self) -> Option<&'a str> {
        match &self.node().data {
            Data::String(text) | Data::Number(text) => Some(text),
            Data::Bool(true) => Some("true"),
            Data::Bool(false) => Some("false"),
            Data::Null => Some("null"),
            _ => None,
        }
    }

    /// Returns the value as a boolean.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self.node().data {
            Data::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// Returns whether the node is an array.
    #[must_use]
    pub fn is_array(self) -> bool {
        matches!(self.node().data, Data::Array(_))
    }

    /// Returns whether the value is an object.
    #[must_use]
    pub fn is_object(self) -> bool {
        matches!(self.node().data, Data::Object(_))
    }

    /// Returns the members of an object; empty for any other value.
    #[must_use]
    pub fn members(self) -> impl ExactSizeIterator<Item = Entry<'a>> + Clone {
        self.object().iter().map(move |member| self.member(member))
    }

    fn object(self) -> &'a [Member] {
        match &self.node().data {
            Data::Object(members) => members,
            _ => &[],
        }
    }

    fn member(self, member: &'a Member) -> Entry<'a> {
        Entry {
            key: &member.key,
            key_span: Span {
                file: self.file,
                range: member.key_range,
            },
            value: self.at(&member.value),
        }
    }

    /// Returns the items of an array; empty for any other value.
    #[must_use]
    pub fn items(self) -> impl ExactSizeIterator<Item = Self> + Clone {
        let items: &'a [Node] = match &self.node().data {
            Data::Array(items) => items,
            _ => &[],
        };
        items.iter().map(move |item| self.at(item))
    }

    /// Returns a member of an object.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Self> {
        self.entry(key).map(|entry| entry.value)
    }

    /// Returns a member of an object with its key.
    #[must_use]
    pub fn entry(self, key: &str) -> Option<Entry<'a>> {
        // A loop, because macros look here most often and are built without optimisation.
        for member in self.object() {
            if member.key.len() == key.len() && *member.key == *key {
                return Some(self.member(member));
            }
        }
        None
    }

    /// Returns the node at the unescaped tokens of a JSON Pointer (RFC 6901).
    pub fn pointer<'p>(self, tokens: impl IntoIterator<Item = &'p str>) -> Option<Self> {
        tokens
            .into_iter()
            .try_fold(self, |cursor, token| match &cursor.node().data {
                Data::Object(_) => cursor.get(token),
                Data::Array(items) => array_index(token)
                    .and_then(|index| items.get(index))
                    .map(|item| cursor.at(item)),
                _ => None,
            })
    }

    /// Returns the kind of the value, for messages.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self.node().data {
            Data::Null => "null",
            Data::Bool(_) => "a boolean",
            Data::Number(_) => "a number",
            Data::String(_) => "a string",
            Data::Array(_) => "an array",
            Data::Object(_) => "an object",
            Data::Link(_) => "an alias",
            Data::Deferred(_) => "a value",
        }
    }
}

/// A member of an object, as returned by a [`Cursor`].
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The key.
    pub key: &'a str,
    /// The location of the key.
    pub key_span: Span,
    /// The value.
    pub value: Cursor<'a>,
}

/// Returns the index of an array for a reference token (RFC 6901, section 4).
#[must_use]
pub fn array_index(token: &str) -> Option<usize> {
    let digits = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit());
    if digits && (token == "0" || !token.starts_with('0')) {
        token.parse().ok()
    } else {
        None
    }
}

/// Visits the text of every `$ref` in a tree, in a node with several aliases once.
pub fn references(node: &Node, see: &mut impl FnMut(&str)) {
    references_once(node, &mut std::collections::BTreeSet::new(), see);
}

fn references_once(node: &Node, linked: &mut std::collections::BTreeSet<usize>, see: &mut impl FnMut(&str)) {
    match &node.data {
        Data::Object(members) => {
            for member in members {
                if let (true, Data::String(text)) = (&*member.key == "$ref", &member.value.data) {
                    see(text);
                }
                references_once(&member.value, linked, see);
            }
        }
        Data::Array(items) => items.iter().for_each(|item| references_once(item, linked, see)),
        Data::Link(target) if linked.insert(Arc::as_ptr(target) as usize) => references_once(target, linked, see),
        _ => {}
    }
}
