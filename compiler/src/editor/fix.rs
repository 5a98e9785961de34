//! Corrections of a problem that an editor can apply. Each was tried: with it, the problem is gone and no other has come.

use std::sync::Arc;

use crate::bundle::Options;
use crate::diagnostic::Diagnostic;
use crate::source::{File, Library, Range, Replaced, Span};
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
        let changed = Replaced {
            library,
            path: &path,
            file: Arc::new(File::parse(&path, format!("{before}{}{after}", fix.text).into_bytes())),
        };
        if changed.file.root.is_err() || !changed.file.duplicates.is_empty() {
            continue;
        }
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

/// Returns whether a compilation has one problem less of this rule, and none that was not there before.
fn helps(before: &Compilation, after: &Compilation, problem: &Diagnostic) -> bool {
    let of_rule = |compilation: &Compilation| {
        let all = compilation.diagnostics.iter();
        all.filter(|known| known.rule.code == problem.rule.code).count()
    };
    let was_there = |new: &Diagnostic| {
        let mut all = before.diagnostics.iter();
        all.any(|known| {
            known.rule.code == new.rule.code && known.message == new.message && known.severity == new.severity
        })
    };
    let count = |compilation: &Compilation| compilation.diagnostics.len();
    of_rule(after) < of_rule(before) && count(after) < count(before) && after.diagnostics.iter().all(was_there)
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
        for range in places(text, span.range, word) {
            all.push(Fix {
                title: format!("Write `{word}`"),
                span: Span { file: span.file, range },
                text: word.to_owned(),
            });
        }
    }
    all
}

/// The location itself without its quotes, or with them; the word around it; on a line without braces also the value from
/// its key on, and the whole line. If what is to be written contains what is there, it replaces more than the location.
fn places(text: &str, range: Range, word: &str) -> Vec<Range> {
    let (start, end) = (range.start as usize, range.end as usize);
    let Some(own) = text.get(start..end) else {
        return Vec::new();
    };
    let mut places = Vec::new();
    let quoted = own.len() >= 2 && own.starts_with(['"', '\'']) && own.ends_with(['"', '\'']);
    let bare = own.trim_matches(['"', '\'']);
    let is_part = word.len() > bare.len() && !bare.is_empty() && word.split([' ', '{', '}']).any(|part| part == bare);
    if !is_part {
        if quoted {
            places.push(Range::new(start + 1, end - 1));
        }
        places.push(Range::new(start, end));
    }
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let rest = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let stops = |letter: char| letter.is_whitespace() || "'\"{}[],".contains(letter);
    if !is_part {
        let before = text[line..start].rfind(stops).map_or(line, |at| line + at + 1);
        let tail = text[end..rest].find(stops).map_or(rest, |at| end + at);
        places.push(Range::new(before, tail));
        places.push(Range::new(before, end));
    }
    let content = text[line..rest].trim_end();
    // An expression in braces is not a flow mapping.
    if content.replace("{$", "").contains(['{', '[', '#']) && !content.contains("#/") {
        return places;
    }
    let rest = line + content.len();
    if let Some(at) = text[line..start].rfind(": ") {
        let value = line + at + 2;
        let written = &text[value..rest];
        if written.len() >= 2 && written.starts_with(['"', '\'']) && written.ends_with(['"', '\'']) {
            places.push(Range::new(value + 1, rest - 1));
        } else if !content.contains(['}', ']']) || content.contains("{$") {
            places.push(Range::new(value, rest));
        }
    }
    let key = line + (content.len() - content.trim_start_matches([' ', '-']).len());
    if key < rest && !quoted {
        places.push(Range::new(key, rest));
    }
    places
}
