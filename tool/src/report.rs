//! Problems as text, as JSON lines and as SARIF 2.1.0.

use std::collections::BTreeSet;

use arazzo_compiler::Compilation;
use arazzo_compiler::diagnostic::{Diagnostic, Header, Severity, render};
use arazzo_compiler::source::{Sources, Span};
use serde_json::{Value, json};

use crate::project::Refused;

/// Every problem with its snippet, and a summary line.
pub(crate) fn human(compilations: &[Compilation], refused: &[Refused], colour: bool) -> String {
    let mut text = String::new();
    let (mut errors, mut warnings) = (refused.len(), 0);
    for call in refused {
        let rendered = format!(
            "error: {}\n --> {}:{}:{}",
            call.message, call.file, call.line, call.column
        );
        text.push_str(&if colour {
            coloured(&rendered, Severity::Error)
        } else {
            rendered
        });
        text.push_str("\n\n");
    }
    for compilation in compilations {
        for diagnostic in &compilation.diagnostics {
            match diagnostic.severity {
                Severity::Error => errors += 1,
                Severity::Warning => warnings += 1,
            }
            let rendered = render(diagnostic, &compilation.bundle.sources, Header::Full);
            text.push_str(&if colour {
                coloured(&rendered, diagnostic.severity)
            } else {
                rendered
            });
            text.push_str("\n\n");
        }
    }
    let count = |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    text.push_str(&format!(
        "{}: {}, {}\n",
        count(compilations.len(), "document"),
        count(errors, "error"),
        count(warnings, "warning")
    ));
    text
}

/// Uses the same colours as rustc.
fn coloured(text: &str, severity: Severity) -> String {
    const BLUE: &str = "\x1b[1;34m";
    const RESET: &str = "\x1b[0m";
    let main = match severity {
        Severity::Error => "\x1b[1;31m",
        Severity::Warning => "\x1b[1;33m",
    };
    let mut lines = text.lines();
    let first = lines.next().unwrap_or("");
    let (word, rest) = first.split_once(':').unwrap_or((first, ""));
    let mut out = format!("{main}{word}{RESET}\x1b[1m:{rest}{RESET}");
    for line in lines {
        let trimmed = line.trim_start();
        let coloured = if trimmed.starts_with("-->") || trimmed.starts_with(":::") {
            format!("{BLUE}{line}{RESET}")
        } else if let Some((gutter, rest)) = line
            .split_once('|')
            .filter(|(gutter, _)| gutter.trim().chars().all(|letter| letter.is_ascii_digit()))
        {
            let marks = rest.trim_start().starts_with(['^', '-']) && gutter.trim().is_empty();
            let rest = if marks {
                format!("{main}{rest}{RESET}")
            } else {
                rest.to_owned()
            };
            format!("{BLUE}{gutter}|{RESET}{rest}")
        } else {
            line.to_owned()
        };
        out.push('\n');
        out.push_str(&coloured);
    }
    out
}

/// A range from its first character to after its last character. Lines and columns start at 1.
struct Region {
    file: String,
    start: (usize, usize),
    end: (usize, usize),
}

fn region(span: Span, sources: &Sources) -> Option<Region> {
    let source = sources.get(span.file)?;
    Some(Region {
        file: source.label.clone(),
        start: source.file.position(span.range.start),
        end: source.file.position(span.range.end),
    })
}

fn severity(diagnostic: &Diagnostic) -> &'static str {
    match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// One JSON object per problem, each on its own line.
pub(crate) fn json_lines(compilations: &[Compilation], refused: &[Refused]) -> String {
    let mut text = String::new();
    for call in refused {
        let line = json!({
            "code": null,
            "severity": "error",
            "message": call.message,
            "place": {
                "file": call.file, "line": call.line, "column": call.column,
                "endLine": call.line, "endColumn": call.column,
            },
            "help": [],
            "related": [],
        });
        text.push_str(&line.to_string());
        text.push('\n');
    }
    for compilation in compilations {
        let sources = &compilation.bundle.sources;
        let place = |span: Option<Span>| match span.and_then(|span| region(span, sources)) {
            Some(Region { file, start, end }) => json!({
                "file": file, "line": start.0, "column": start.1, "endLine": end.0, "endColumn": end.1,
            }),
            None => Value::Null,
        };
        for diagnostic in &compilation.diagnostics {
            let related: Vec<Value> = diagnostic
                .related
                .iter()
                .map(|related| json!({ "place": place(Some(related.span)), "message": related.message }))
                .collect();
            let line = json!({
                "code": diagnostic.rule.code,
                "severity": severity(diagnostic),
                "message": diagnostic.message,
                "place": place(diagnostic.span),
                "help": diagnostic.help,
                "related": related,
            });
            text.push_str(&line.to_string());
            text.push('\n');
        }
    }
    text
}

/// A path as a relative reference (RFC 3986): what is not allowed in one is percent-encoded.
pub(crate) fn uri(path: &str) -> String {
    let mut text = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// SARIF 2.1.0, which code hosts show next to the lines.
pub(crate) fn sarif(compilations: &[Compilation], refused: &[Refused]) -> String {
    let mut results: Vec<Value> = refused
        .iter()
        .map(|call| {
            json!({
                "level": "error",
                "message": { "text": call.message },
                "locations": [{
                    "physicalLocation": {
                        "artifactLocation": { "uri": uri(&call.file) },
                        "region": { "startLine": call.line, "startColumn": call.column },
                    },
                }],
            })
        })
        .collect();
    let mut rules = BTreeSet::new();
    for compilation in compilations {
        let sources = &compilation.bundle.sources;
        let location = |span: Span, message: Option<&str>| {
            let Region { file, start, end } = region(span, sources)?;
            let mut location = json!({
                "physicalLocation": {
                    "artifactLocation": { "uri": uri(&file) },
                    "region": {
                        "startLine": start.0, "startColumn": start.1, "endLine": end.0, "endColumn": end.1,
                    },
                },
            });
            if let Some(message) = message {
                location["message"] = json!({ "text": message });
            }
            Some(location)
        };
        for diagnostic in &compilation.diagnostics {
            rules.insert((diagnostic.rule.code, diagnostic.rule.summary));
            let help: String = diagnostic.help.iter().map(|help| format!("\nhelp: {help}")).collect();
            let places: Vec<Value> = diagnostic
                .span
                .and_then(|span| location(span, None))
                .into_iter()
                .collect();
            let related: Vec<Value> = diagnostic
                .related
                .iter()
                .filter_map(|related| location(related.span, Some(&related.message)))
                .collect();
            results.push(json!({
                "ruleId": diagnostic.rule.code,
                "level": severity(diagnostic),
                "message": { "text": format!("{}{help}", diagnostic.message) },
                "locations": places,
                "relatedLocations": related,
            }));
        }
    }
    let rules: Vec<Value> = rules
        .into_iter()
        .map(|(code, summary)| json!({ "id": code, "shortDescription": { "text": summary } }))
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "cargo-arazzo", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}
