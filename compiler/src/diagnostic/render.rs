//! Renders a diagnostic as text: message, location, snippet, carets, help.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar as _;

use super::{Diagnostic, Severity};
use crate::source::{SourceFile, Sources, Span};

/// Format of the first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// `error[code]: message`, for a terminal.
    Full,
    /// `message [code]`, for tools such as rustc that already print "error".
    Bare,
}

/// Renders one problem, without a line break at the end.
#[must_use]
pub fn render(diagnostic: &Diagnostic, sources: &Sources, header: Header) -> String {
    let code = diagnostic.rule.code;
    let word = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut out = match header {
        Header::Full => format!("{word}[{code}]: {}", visible(&diagnostic.message)),
        Header::Bare => format!("{} [{code}]", visible(&diagnostic.message)),
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
        let help = visible(help);
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
                " ".repeat(shown_width(c))
            }
        })
        .collect();
    let marks: usize = text
        .get(start..end)
        .unwrap_or("")
        .chars()
        .map(shown_width)
        .sum::<usize>()
        .max(1);
    let _ = write!(out, "\n{:gutter$}{arrow} {path}:{line}:{column}", "");
    let _ = write!(out, "\n{:gutter$} |", "");
    let _ = write!(out, "\n{line:gutter$} | {}", visible(text.trim_end()));
    let _ = write!(out, "\n{:gutter$} | {lead}{}", "", mark.to_string().repeat(marks));
    if !label.is_empty() {
        let _ = write!(out, " {}", visible(label));
    }
}

/// Returns the part of a very long line (minified JSON) that contains the location.
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

/// Makes every character visible: hidden characters, and those that would control a terminal, are escaped.
fn visible(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains(is_hidden) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_hidden(letter) {
            shown.extend(letter.escape_unicode());
        } else {
            shown.push(letter);
        }
    }
    shown.into()
}

/// Control characters except tabs and line breaks, line separators, and format characters, such as those that change
/// the direction of the text.
pub(crate) fn is_hidden(letter: char) -> bool {
    (letter.is_control() && !matches!(letter, '\t' | '\n'))
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0001}'..='\u{e007f}')
}

/// Number of columns of a character on a terminal.
fn shown_width(character: char) -> usize {
    if is_hidden(character) {
        return character.escape_unicode().count();
    }
    character.width().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_escaped() {
        assert_eq!(visible("a\u{202e}b\u{1b}[2J"), "a\\u{202e}b\\u{1b}[2J");
        assert_eq!(visible("é\t名\n"), "é\t名\n");
        assert_eq!(
            (shown_width('\u{202e}'), shown_width('名'), shown_width('a')),
            (8, 2, 1)
        );
    }
}
