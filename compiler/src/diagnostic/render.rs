//! A diagnostic as text: message, place, snippet, carets, help.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar as _;

use super::{Diagnostic, Severity};
use crate::source::{SourceFile, Sources, Span};

/// How the first line starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// `error[code]: message`, for a terminal.
    Full,
    /// `message [code]`, for where something else already says "error", as rustc does.
    Bare,
}

/// Renders one problem; the text has no line break at its end.
#[must_use]
pub fn render(diagnostic: &Diagnostic, sources: &Sources, header: Header) -> String {
    let code = diagnostic.rule.code;
    let word = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut out = match header {
        Header::Full => format!("{word}[{code}]: {}", diagnostic.message),
        Header::Bare => format!("{} [{code}]", diagnostic.message),
    };
    let gutter = std::iter::once(diagnostic.span)
        .flatten()
        .chain(diagnostic.related.iter().map(|related| related.span))
        .filter_map(|span| {
            sources
                .get(span.file)
                .map(|source| source.file.position(span.range.start).0)
        })
        .max()
        .map_or(1, |line| line.to_string().len());
    if let Some(span) = diagnostic.span {
        snippet(&mut out, sources, span, gutter, "-->", '^', "");
    }
    for related in &diagnostic.related {
        snippet(&mut out, sources, related.span, gutter, ":::", '-', &related.message);
    }
    for help in &diagnostic.help {
        let mut lines = help.lines();
        let _ = write!(out, "\n{:gutter$} = help: {}", "", lines.next().unwrap_or(""));
        for line in lines {
            let _ = write!(out, "\n{:gutter$}         {line}", "");
        }
    }
    out
}

fn snippet(out: &mut String, sources: &Sources, span: Span, gutter: usize, arrow: &str, mark: char, label: &str) {
    let Some(SourceFile { label: path, file, .. }) = sources.get(span.file) else {
        return;
    };
    let (line, column) = file.position(span.range.start);
    let text = file.line(line - 1);
    let start = (span.range.start as usize)
        .saturating_sub(file.line_start(line - 1))
        .min(text.len());
    let end = (span.range.end as usize)
        .saturating_sub(file.line_start(line - 1))
        .clamp(start, text.len());
    let (text, start, end) = excerpt(text, start, end);
    let lead: String = text
        .get(..start)
        .unwrap_or("")
        .chars()
        .map(|c| {
            if c == '\t' {
                "\t".to_owned()
            } else {
                " ".repeat(width(c))
            }
        })
        .collect();
    let marks: usize = text
        .get(start..end)
        .unwrap_or("")
        .chars()
        .map(width)
        .sum::<usize>()
        .max(1);
    let _ = write!(out, "\n{:gutter$}{arrow} {path}:{line}:{column}", "");
    let _ = write!(out, "\n{:gutter$} |", "");
    let _ = write!(out, "\n{line:gutter$} | {}", text.trim_end());
    let _ = write!(out, "\n{:gutter$} | {lead}{}", "", mark.to_string().repeat(marks));
    if !label.is_empty() {
        let _ = write!(out, " {label}");
    }
}

/// The part of a very long line (minified JSON) that shows the place.
fn excerpt(text: &str, start: usize, end: usize) -> (String, usize, usize) {
    const WIDEST: usize = 240;
    const AROUND: usize = 80;
    if text.len() <= WIDEST {
        return (text.to_owned(), start, end);
    }
    let floor = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let from = floor(start.saturating_sub(AROUND));
    let to = floor(end.min(start + AROUND).saturating_add(AROUND).min(text.len()));
    let head = if from > 0 { "…" } else { "" };
    let tail = if to < text.len() { "…" } else { "" };
    (
        format!("{head}{}{tail}", &text[from..to]),
        start - from + head.len(),
        end.min(to) - from + head.len(),
    )
}

fn width(character: char) -> usize {
    character.width().unwrap_or(0)
}
