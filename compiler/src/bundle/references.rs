//! Files that descriptions refer to.

use std::collections::HashSet;
use std::sync::Arc;

use super::sources::leaves_package;
use super::{Bundle, Options};
use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::source::{Data, Library, Node, Range, Span, is_absolute, is_remote, join, percent_decode};

/// Maximum number of files that one compilation reads.
pub(super) const FILES: usize = 2000;

/// Opens the files that other files refer to by `$ref`. A missing file is reported only where a reference to it is
/// used.
pub(super) fn open_references(
    options: &Options,
    library: &dyn Library,
    bundle: &mut Bundle,
    diagnostics: &mut Diagnostics,
) {
    let mut next = 0;
    while next < bundle.sources.files().len() && next < FILES {
        let source = &bundle.sources.files()[next];
        let (file, path) = (source.file.clone(), source.path.clone());
        let Some(id) = bundle.sources.id(next) else { break };
        next += 1;
        let Ok(root) = &file.root else { continue };
        let references = file.referenced(|| {
            let mut found = Vec::new();
            if file.is_in_parts() {
                written_references(&file.text, &mut found);
            } else {
                collect_references(root, &mut found);
            }
            found.into_iter().map(str::to_owned).collect()
        });
        for reference in references {
            let candidate = join(&path, &percent_decode(reference));
            if bundle.sources.files().iter().any(|known| known.path == candidate) {
                continue;
            }
            if let Ok(opened) = library.open(&options.on_disk(&candidate)) {
                bundle.sources.add(&options.label(&candidate), &candidate, opened);
                if leaves_package(options, &candidate) && !leaves_package(options, &path) {
                    let label = options.label(&candidate);
                    let message =
                        format!("the file `{label}` is outside the package; `cargo publish` does not include it");
                    let span = written(&file.text, reference).map(|range| Span { file: id, range });
                    let help = "copy the file into the package, and refer to the copy";
                    diagnostics.push(Diagnostic::new(&rule::SOURCE_LEAVES_PACKAGE, span, message).help(help));
                }
            }
        }
    }
}

/// Collects the files that a tree refers to, each once.
pub(super) fn collect_references<'n>(node: &'n Node, found: &mut Vec<&'n str>) {
    let mut stack = vec![node];
    let mut seen = HashSet::new();
    while let Some(node) = stack.pop() {
        match &node.data {
            Data::Link(target) if seen.insert(Arc::as_ptr(target)) => stack.push(target),
            Data::Array(items) => stack.extend(items),
            Data::Object(members) => {
                for member in members {
                    if let (true, Data::String(reference)) = (&*member.key == "$ref", &member.value.target().data) {
                        other_file(reference, found);
                    }
                    stack.push(&member.value);
                }
            }
            _ => {}
        }
    }
}

/// Finds the first reference to another file in the text of a file.
pub(super) fn written(text: &str, reference: &str) -> Option<Range> {
    text.match_indices("$ref").find_map(|(at, key)| {
        let from = at + key.len();
        let line = text[from..].split(['\n', '\r']).next()?;
        let start = from + line.find(reference)?;
        Some(Range::new(start, start + reference.len()))
    })
}

pub(super) fn other_file<'n>(reference: &'n str, found: &mut Vec<&'n str>) {
    let file = reference.split('#').next().unwrap_or("");
    if !file.is_empty() && !is_remote(file) && !is_absolute(file) && !found.contains(&file) {
        found.push(file);
    }
}

/// Collects the references from the text of a file that is read in parts: everything that looks like a `$ref`.
pub(super) fn written_references<'n>(text: &'n str, found: &mut Vec<&'n str>) {
    let bytes = text.as_bytes();
    for (at, _) in text.match_indices("$ref") {
        // Nearly all references are into the same file; this loop skips them quickly.
        let mut next = at + "$ref".len();
        while let Some(b'"' | b'\'' | b':' | b' ') = bytes.get(next) {
            next += 1;
        }
        if bytes.get(next) == Some(&b'#') {
            continue;
        }
        let rest = &text[at + "$ref".len()..];
        let rest = rest.trim_start_matches(['"', '\'', ' ']);
        let Some(rest) = rest.strip_prefix(':') else { continue };
        let line = rest.split(['\n', '\r']).next().unwrap_or("").trim_start();
        let reference = match line.chars().next() {
            Some(quote @ ('"' | '\'')) => line[1..].split(quote).next(),
            _ => line.split([' ', ',', '}']).next(),
        };
        other_file(reference.unwrap_or(""), found);
    }
}
