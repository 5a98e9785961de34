//! Reading files, once per process, and finding lines and columns in them.

use std::collections::{HashMap, HashSet};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

use super::node::{Data, Member, Node, Range, Style};
use super::outline::Outline;
use super::scalar::Alignment;
use super::{json, limit, yaml};
use crate::diagnostic::rule::{self, Rule};

/// A file that was read: its text, its tree, and where its lines start.
#[derive(Debug)]
pub struct File {
    /// The whole text.
    pub text: Arc<str>,
    /// The value it holds, or why it holds none.
    pub root: Result<Node, Vec<SyntaxError>>,
    /// The keys that stand twice in an object. Of each only the first is in the tree, so that the
    /// rest of the document can be understood; the document is refused all the same.
    pub duplicates: Vec<SyntaxError>,
    lines: OnceLock<Vec<u32>>,
    /// Of a file that is read where somebody looks.
    outline: Option<Arc<Outline>>,
    whole: OnceLock<Arc<File>>,
    /// The files that it refers to, computed on first use.
    referenced: OnceLock<Vec<String>>,
    /// Of the scalar that was looked into last: a long one may have thousands of places.
    aligned: Mutex<Option<(Range, Option<Arc<Alignment>>)>>,
}

/// From how many bytes on a file is read only where somebody looks. What is smaller is read whole,
/// and so checked whole.
const LARGE: usize = 64 * 1024;

/// Why a text is not YAML or JSON that can be read, and where.
#[derive(Clone, Debug)]
pub struct SyntaxError {
    /// The rule that is broken.
    pub rule: &'static Rule,
    /// What was found and what was expected.
    pub message: String,
    /// Where.
    pub range: Range,
    /// A second place that explains the first.
    pub related: Option<(Range, String)>,
}

impl File {
    /// The files that this one refers to; `find` is called once.
    pub(crate) fn referenced(&self, find: impl FnOnce() -> Vec<String>) -> &[String] {
        self.referenced.get_or_init(find)
    }

    /// How the scalar at `range` is written, which `align` finds out unless it was asked for last.
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

    /// Reads `bytes` as JSON when they look like it or `path` says so, else as YAML.
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
                    rule: &rule::YAML_SYNTAX,
                    message: "bytes that are not UTF-8".to_owned(),
                    range: Range::new(valid, valid + 1),
                    related: None,
                };
                Self::new(String::from_utf8_lossy(error.as_bytes()).into(), Err(vec![error_at]))
            }
        }
    }

    /// The same; but of a YAML file with at least `large` bytes that is no Arazzo document, only
    /// what is looked at is read, values of fewer than a 32nd of that at once.
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

    /// Whether only what is looked at is read.
    #[must_use]
    pub fn is_in_parts(&self) -> bool {
        self.outline.is_some()
    }

    /// Whether a part was looked at that cannot be read without the rest.
    #[must_use]
    pub fn has_trouble(&self) -> bool {
        self.outline.as_ref().is_some_and(|outline| outline.has_trouble())
    }

    /// The file, all of it read.
    #[must_use]
    pub fn whole(self: &Arc<Self>) -> Arc<Self> {
        if !self.is_in_parts() {
            return Arc::clone(self);
        }
        let read = || Arc::new(Self::new(Arc::clone(&self.text), parse(Path::new(""), &self.text)));
        Arc::clone(self.whole.get_or_init(read))
    }

    /// Line and column of a byte offset, both counted from 1, the column in characters.
    #[must_use]
    pub fn position(&self, offset: u32) -> (usize, usize) {
        let line = self.line_of(offset);
        let start = self.line_start(line);
        let end = (offset as usize).min(self.text.len());
        let column = self.text.get(start..end).map_or(0, |before| before.chars().count());
        (line + 1, column + 1)
    }

    /// The text of a line, counted from 0, without its line break.
    #[must_use]
    pub fn line(&self, line: usize) -> &str {
        let text = self.text.get(self.line_start(line)..self.line_start(line + 1));
        text.unwrap_or("").trim_end_matches(['\n', '\r'])
    }

    /// The line of a byte offset, counted from 0.
    #[must_use]
    pub fn line_of(&self, offset: u32) -> usize {
        self.lines().partition_point(|&start| start <= offset).saturating_sub(1)
    }

    /// The offset of the first byte of a line that is counted from 0.
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
    if errors.iter().any(|error| error.rule.code != rule::DUPLICATE_KEY.code) {
        return Err(errors);
    }
    Ok((with_first_keys(&root, &mut HashMap::new()), errors))
}

/// The tree with only the first of the members that have the same key.
fn with_first_keys(node: &Node, seen: &mut HashMap<*const Node, Arc<Node>>) -> Node {
    let data = match &node.data {
        Data::Link(target) => {
            let key = Arc::as_ptr(target);
            let known = seen.get(&key).cloned();
            Data::Link(known.unwrap_or_else(|| {
                let target = Arc::new(with_first_keys(target, seen));
                seen.insert(key, Arc::clone(&target));
                target
            }))
        }
        Data::Array(items) => Data::Array(items.iter().map(|item| with_first_keys(item, seen)).collect()),
        Data::Object(members) => {
            let mut keys = HashSet::with_capacity(members.len());
            let first = members.iter().filter(|member| keys.insert(&*member.key));
            let members = first.map(|member| Member {
                key: member.key.clone(),
                key_range: member.key_range,
                value: with_first_keys(&member.value, seen),
            });
            Data::Object(members.collect())
        }
        other => other.clone(),
    };
    Node { data, ..*node }
}

/// Refuses duplicate keys, and aliases that stand for more than a machine can hold.
/// Returns the number of nodes and the depth that `node` stands for once aliases are followed.
fn audit(node: &Node, seen: &mut HashMap<*const Node, (u64, u32)>, errors: &mut Vec<SyntaxError>) -> (u64, u32) {
    let (nodes, depth) = match &node.data {
        Data::Link(target) => {
            let key = Arc::as_ptr(target);
            match seen.get(&key) {
                Some(&known) => known,
                None => {
                    let size = audit(target, seen, errors);
                    seen.insert(key, size);
                    size
                }
            }
        }
        Data::Array(items) => items.iter().fold((1, 0), |(nodes, depth), item| {
            let (more, deeper) = audit(item, seen, errors);
            (more.saturating_add(nodes), depth.max(deeper))
        }),
        Data::Object(members) => {
            duplicate_key(members, errors);
            members.iter().fold((1, 0), |(nodes, depth), member| {
                let (more, deeper) = audit(&member.value, seen, errors);
                (more.saturating_add(nodes), depth.max(deeper))
            })
        }
        _ => (1, 0),
    };
    let size = (nodes, depth.saturating_add(1));
    if (size.0 > limit::EXPANDED_NODES || size.1 > limit::EXPANDED_DEPTH)
        && errors.iter().all(|error| error.rule.code != rule::LIMIT_EXCEEDED.code)
    {
        errors.push(SyntaxError {
            rule: &rule::LIMIT_EXCEEDED,
            message: format!(
                "aliases in this node stand for too much: at most {} nodes and {} levels are read",
                limit::EXPANDED_NODES,
                limit::EXPANDED_DEPTH
            ),
            range: node.range,
            related: None,
        });
    }
    size
}

/// Whether a tree has neither links nor duplicate keys, nor blank block scalars, whose place depends
/// on what follows.
pub(super) fn is_plain_tree(node: &Node) -> bool {
    match &node.data {
        Data::Link(_) => false,
        Data::String(text) => node.style != Style::Block || !text.trim().is_empty(),
        Data::Array(items) => items.iter().all(is_plain_tree),
        Data::Object(members) => {
            let mut errors = Vec::new();
            duplicate_key(members, &mut errors);
            errors.is_empty() && members.iter().all(|member| is_plain_tree(&member.value))
        }
        _ => true,
    }
}

pub(super) fn duplicate_key(members: &[Member], errors: &mut Vec<SyntaxError>) {
    let report = |first: Range, second: &Member, errors: &mut Vec<SyntaxError>| {
        errors.push(SyntaxError {
            rule: &rule::DUPLICATE_KEY,
            message: format!("the key `{}` stands twice in one object", second.key),
            range: second.key_range,
            related: Some((first, "it stands here first".to_owned())),
        });
    };
    if members.len() <= 8 {
        for (index, member) in members.iter().enumerate() {
            if let Some(first) = members[..index].iter().find(|first| first.key == member.key) {
                report(first.key_range, member, errors);
            }
        }
    } else {
        let mut seen: HashMap<&str, Range> = HashMap::with_capacity(members.len());
        for member in members {
            if let Some(&first) = seen.get(&*member.key) {
                report(first, member, errors);
            } else {
                seen.insert(&member.key, member.key_range);
            }
        }
    }
}

/// Where files come from: the disk in a build, memory in a test.
pub trait Library {
    /// Reads and parses the file at `path`.
    ///
    /// # Errors
    /// What the file system says; a file that is there but broken is `Ok` with an `Err` root.
    fn open(&self, path: &Path) -> io::Result<Arc<File>>;
}

/// The file system, with a cache that lives as long as the process: however many macro calls a
/// crate has, a file is read once, until its length or its time of modification changes.
#[derive(Debug, Default)]
pub struct Disk;

type Cache = HashMap<PathBuf, (u64, Option<SystemTime>, Arc<File>)>;

static CACHE: OnceLock<Mutex<Cache>> = OnceLock::new();

impl Library for Disk {
    fn open(&self, path: &Path) -> io::Result<Arc<File>> {
        let metadata = std::fs::metadata(path)?;
        regular(&metadata)?;
        let (length, modified) = (metadata.len(), metadata.modified().ok());
        let cache = CACHE.get_or_init(Mutex::default);
        if let Some((known_length, known_time, file)) = cache.lock().unwrap_or_else(PoisonError::into_inner).get(path)
            && *known_length == length
            && *known_time == modified
            && modified.is_some()
        {
            return Ok(Arc::clone(file));
        }
        let file = Arc::new(File::parse_parts(path, read(path)?, LARGE));
        let entry = (length, modified, Arc::clone(&file));
        cache
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(path.to_owned(), entry);
        Ok(file)
    }
}

/// Whether something can be read to its end: neither a directory, nor a pipe or device, which may never end.
fn regular(metadata: &std::fs::Metadata) -> io::Result<()> {
    if metadata.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory"));
    }
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "it is not a regular file"));
    }
    Ok(())
}

/// Reads a file whose path has been seen to be regular, and up to a limit, however long it says it is.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = std::fs::File::open(path)?;
    regular(&file.metadata()?)?;
    let mut bytes = Vec::new();
    file.take(limit::FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit::FILE_BYTES {
        let message = format!("it is longer than {} bytes, the most that are read", limit::FILE_BYTES);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

/// A library whose files are read whole.
#[derive(Clone, Copy)]
pub struct Whole<'a>(pub &'a dyn Library);

impl Library for Whole<'_> {
    fn open(&self, path: &Path) -> io::Result<Arc<File>> {
        self.0.open(path).map(|file| file.whole())
    }
}

/// Files that exist in memory only; paths are compared as they are written.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: HashMap<PathBuf, Arc<File>>,
}

impl Memory {
    /// Adds a file.
    #[must_use]
    pub fn with(mut self, path: impl Into<PathBuf>, text: impl Into<Vec<u8>>) -> Self {
        let path = path.into();
        let file = Arc::new(File::parse(&path, text.into()));
        self.files.insert(path, file);
        self
    }
}

impl Library for Memory {
    fn open(&self, path: &Path) -> io::Result<Arc<File>> {
        self.files
            .get(path)
            .cloned()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}
