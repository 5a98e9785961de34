//! Corrections of a problem that an editor can apply. Each was tried: with it, the problem is gone and no other has come.

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::bundle::Options;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{File, Library, Range, Span};
use crate::{Compilation, compile};

/// A correction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does.
    pub title: String,
    /// What it replaces.
    pub span: Span,
    /// What it writes there.
    pub text: String,
}

/// A library in which one file has another text.
struct Changed<'l> {
    library: &'l dyn Library,
    path: &'l Path,
    file: Arc<File>,
}

impl Library for Changed<'_> {
    fn open(&self, path: &Path) -> io::Result<Arc<File>> {
        if path == self.path {
            Ok(Arc::clone(&self.file))
        } else {
            self.library.open(path)
        }
    }
}

/// Returns corrections of a problem in a compilation that came from these options and files. Only files of the document
/// itself are changed, not descriptions.
#[must_use]
pub fn fixes(options: &Options, library: &dyn Library, compilation: &Compilation, problem: &Diagnostic) -> Vec<Fix> {
    let Some(span) = problem.span else { return Vec::new() };
    let Some(source) = compilation.bundle.sources.get(span.file) else {
        return Vec::new();
    };
    if source.path != options.document && !options.further.contains(&source.path) {
        return Vec::new();
    }
    let text = &source.file.text;
    let path = options.package.join(&source.path);
    let mut found: Vec<Fix> = Vec::new();
    for fix in candidates(text, span, &problem.help) {
        let (start, end) = (fix.span.range.start as usize, fix.span.range.end as usize);
        let (Some(before), Some(after)) = (text.get(..start), text.get(end..)) else {
            continue;
        };
        let changed = Changed {
            library,
            path: &path,
            file: Arc::new(File::parse(&path, format!("{before}{}{after}", fix.text).into_bytes())),
        };
        let tried = compile(options, &changed);
        if helps(compilation, &tried, problem)
            && !found
                .iter()
                .any(|known| known.span == fix.span && known.text == fix.text)
        {
            found.push(fix);
        }
    }
    found
}

/// Returns whether a compilation has one problem less of this rule, and none more of another.
fn helps(before: &Compilation, after: &Compilation, problem: &Diagnostic) -> bool {
    let of_rule = |compilation: &Compilation| {
        let all = compilation.diagnostics.iter();
        all.filter(|known| known.rule.code == problem.rule.code).count()
    };
    let errors = |compilation: &Compilation| {
        let all = compilation.diagnostics.iter();
        all.filter(|known| known.severity == Severity::Error).count()
    };
    let others = |compilation: &Compilation| compilation.diagnostics.len() - of_rule(compilation);
    of_rule(after) < of_rule(before) && errors(after) <= errors(before) && others(after) <= others(before)
}

/// What the help of a problem says to write, at the places that it can mean.
fn candidates(text: &str, span: Span, help: &[String]) -> Vec<Fix> {
    let mut all = Vec::new();
    for line in help {
        let Some(word) = line.split('`').nth(1) else { continue };
        let lenient = line.contains("lenient") || line.contains("Cargo.toml");
        if lenient || word.contains('…') || word.is_empty() {
            continue;
        }
        let known = [
            "write ",
            "an operation with",
            "similar name",
            "similar path",
            "similar field",
            "use ",
            "add quotes",
        ];
        if !known.iter().any(|start| line.contains(start)) {
            continue;
        }
        for range in places(text, span.range) {
            all.push(Fix {
                title: format!("Write `{word}`"),
                span: Span { file: span.file, range },
                text: word.to_owned(),
            });
        }
    }
    all
}

/// The location itself without its quotes, the expression around it, the value around it, the line from its key on, and
/// the location with its quotes.
fn places(text: &str, range: Range) -> Vec<Range> {
    let (start, end) = (range.start as usize, range.end as usize);
    let Some(own) = text.get(start..end) else {
        return Vec::new();
    };
    let mut places = Vec::new();
    let quoted = own.len() >= 2 && own.starts_with(['"', '\'']) && own.ends_with(['"', '\'']);
    if quoted {
        places.push(Range::new(start + 1, end - 1));
    }
    places.push(Range::new(start, end));
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let rest = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let stops = |letter: char| letter.is_whitespace() || "'\"{}[],".contains(letter);
    let word = text[line..start].rfind(stops).map_or(line, |at| line + at + 1);
    let tail = text[end..rest].find(stops).map_or(rest, |at| end + at);
    places.push(Range::new(word, tail));
    places.push(Range::new(word, end));
    if let Some(at) = text[line..start].rfind(": ") {
        places.push(Range::new(line + at + 2, rest));
    }
    let key = line + (text[line..rest].len() - text[line..rest].trim_start_matches([' ', '-']).len());
    if key < rest {
        places.push(Range::new(key, rest));
    }
    places
}
