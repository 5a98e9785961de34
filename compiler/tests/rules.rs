//! Every rule has a document in `ui-tests/ui/fail` that breaks it, alone. A comment in the document says where the
//! caret must be, `CODE.stderr` what the whole message is:
//!
//! - `#~ ^^^^ CODE` on a line of its own: below the text of the line before it.
//! - `#~ LINE:COLUMN ^^^^ CODE` at the end of a document: where no comment can stand below that text.
//!
//! `UPDATE_STDERR=1 cargo test -p arazzo-compiler --features regex,jsonpath,xpath --test rules`, and the same without
//! features, write the messages anew; read them before they are committed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use arazzo_compiler::bundle::Options;
use arazzo_compiler::diagnostic::rule::{self, Class, Rule};
use arazzo_compiler::diagnostic::{Diagnostic, Header, Level, Levels, Severity};
use arazzo_compiler::source::{Disk, Library, Memory};
use arazzo_compiler::{Compilation, compile};

/// Codes without a document, each with the reason.
const ELSEWHERE: [(&str, &str); 5] = [
    ("source-not-found", "no document, a `.rs` alone: `ui-tests`"),
    ("unused-option", "an option of the macro: `ui-tests`"),
    ("unknown-option", "an option of the macro: `ui-tests`"),
    (
        "source-leaves-package",
        "a place outside of a package: `a_source_outside_of_the_package`",
    ),
    ("internal", "never seen; there would be a defect to repair"),
];

/// Documents about a feature that is off, or that is needed to see the mistake.
fn visible(code: &str) -> bool {
    match code {
        "regex-feature" => !cfg!(feature = "regex"),
        "jsonpath-feature" => !cfg!(feature = "jsonpath"),
        "xpath-feature" => !cfg!(feature = "xpath"),
        "xpath31-feature" => cfg!(feature = "xpath") && !cfg!(feature = "xpath31"),
        "regex-syntax" => cfg!(feature = "regex"),
        "jsonpath-filter-on-object" | "jsonpath-unbraced-expression" => cfg!(feature = "jsonpath"),
        "xpath-syntax" => cfg!(feature = "xpath"),
        _ => true,
    }
}

fn ui() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui-tests/ui")
}

fn check(directory: &str, document: &str, code: &str, library: &dyn Library, root: PathBuf) -> Compilation {
    let class = rule::all().find(|rule| rule.code == code).unwrap().class;
    let denied = (class != Class::Error).then(|| (Level::Deny, code.to_owned()));
    let options = Options {
        package: root,
        document: format!("{directory}/{document}"),
        levels: Levels {
            codes: denied.into_iter().collect(),
            lenient: false,
        },
        ..Options::default()
    };
    compile(&options, library)
}

fn compile_case(code: &str) -> Compilation {
    check("fail", &format!("{code}.yml"), code, &Disk, ui())
}

/// A text that a document says the caret is below.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Mark {
    code: String,
    /// `FILE:LINE:COLUMN`
    place: String,
    carets: usize,
}

/// The marks of the documents and descriptions of a directory, by the name of the document.
fn marks() -> BTreeMap<String, Vec<Mark>> {
    let mut all: BTreeMap<String, Vec<Mark>> = BTreeMap::new();
    for entry in std::fs::read_dir(ui().join("fail")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "yml") {
            let name = path.file_name().unwrap().to_str().unwrap();
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            for (number, line) in text.lines().enumerate() {
                if let Some(mark) = mark(name, number, line) {
                    all.entry(mark.code.clone()).or_default().push(mark);
                }
            }
        }
    }
    all
}

/// The mark on a line, whose number counts from 0.
fn mark(file: &str, number: usize, line: &str) -> Option<Mark> {
    let rest = line.trim_start().strip_prefix("#~")?;
    let (before, code) = rest.rsplit_once(' ')?;
    let carets = before.matches('^').count();
    let place = match before.trim().split_once(' ') {
        Some((place, _)) => place.to_owned(),
        None => format!("{number}:{}", line.chars().position(|letter| letter == '^')? + 1),
    };
    let (code, place) = (code.to_owned(), format!("{file}:{place}"));
    Some(Mark { code, place, carets })
}

/// `FILE:LINE:COLUMN` of a diagnostic, and the text it underlines up to the end of its line.
fn place(compilation: &Compilation, diagnostic: &Diagnostic) -> (String, String) {
    let Some(span) = diagnostic.span else {
        return ("nowhere".to_owned(), String::new());
    };
    let source = compilation.bundle.sources.get(span.file).unwrap();
    let text = &*source.file.text;
    let (start, end) = (span.range.start as usize, span.range.end as usize);
    let line = text[..start].matches('\n').count() + 1;
    let begins = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let column = text[begins..start].chars().count() + 1;
    let name = source.label.rsplit('/').next().unwrap();
    (format!("{name}:{line}:{column}"), text[start..end].to_owned())
}

#[test]
fn every_rule_is_broken_by_a_document() {
    let known: BTreeSet<&str> = rule::all().map(|rule| rule.code).collect();
    let marks = marks();
    let elsewhere = ELSEWHERE.iter().map(|row| row.0);
    let shown: BTreeSet<&str> = marks.keys().map(String::as_str).chain(elsewhere).collect();
    let missing: Vec<_> = known.difference(&shown).collect();
    let unknown: Vec<_> = shown.difference(&known).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "no document for {missing:?}; no rule for {unknown:?}"
    );
}

#[test]
fn every_document_breaks_its_rule_alone_and_where_its_mark_says() {
    let mut wrong = Vec::new();
    for (code, expected) in marks().into_iter().filter(|(code, _)| visible(code)) {
        let compilation = compile_case(&code);
        let errors = compilation
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error);
        let mut found: Vec<Mark> = errors
            .map(|diagnostic| {
                let (place, text) = place(&compilation, diagnostic);
                let carets = text.lines().next().map_or(0, |line| line.trim_end().chars().count());
                let (code, carets) = (diagnostic.rule.code.to_owned(), carets.max(1));
                Mark { code, place, carets }
            })
            .collect();
        found.sort();
        if found != expected {
            wrong.push(format!("{code}: expected {expected:?}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} documents:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_message_is_the_one_that_was_read() {
    let mut wrong = Vec::new();
    for code in marks().into_keys().filter(|code| visible(code)) {
        let said = format!("{}\n", compile_case(&code).render(Header::Full).join("\n\n"));
        let path = ui().join("fail").join(format!("{code}.stderr"));
        if std::env::var_os("UPDATE_STDERR").is_some() {
            std::fs::write(&path, &said).unwrap();
        } else if std::fs::read_to_string(&path).ok().as_deref() != Some(&said) {
            wrong.push(format!("{code}.stderr, now:\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "{} messages:\n{}", wrong.len(), wrong.join("\n"));
}

/// Every declaration says what its rule means, where it comes from, and what is wrong and right.
#[test]
fn every_rule_is_documented() {
    let parts = ["\n Rule: ", "\n **Wrong**\n", "\n **Right**\n"];
    let incomplete = |rule: &&Rule| !parts.iter().all(|part| rule.docs.contains(part));
    let incomplete: Vec<&str> = rule::all().filter(incomplete).map(|rule| rule.code).collect();
    assert_eq!(incomplete, Vec::<&str>::new());
}

/// What a help says to put in the place of the underlined text, where it says so literally:
/// "write `X`" and "a … with a similar name exists: `X`".
fn replacement(help: &str) -> Option<&str> {
    let text = help.strip_prefix("write `").or_else(|| {
        help.contains(" exists: `")
            .then(|| &help[help.find(" exists: `").unwrap() + 10..])
    })?;
    let text = text.strip_suffix('`')?;
    (!text.contains('`')).then_some(text)
}

/// Applied literally, a help repairs its document.
#[test]
fn helps_that_name_a_replacement_repair_the_document() {
    let mut applied = Vec::new();
    let mut failures = Vec::new();
    for code in marks().into_keys().filter(|code| visible(code)) {
        let compilation = compile_case(&code);
        let Some(diagnostic) = compilation
            .diagnostics
            .iter()
            .find(|diagnostic| diagnostic.rule.code == code)
        else {
            continue;
        };
        let (Some(new), Some(span)) = (
            diagnostic.help.iter().find_map(|help| replacement(help)),
            diagnostic.span,
        ) else {
            continue;
        };
        let source = compilation.bundle.sources.get(span.file).unwrap();
        let text = &*source.file.text;
        let (start, end) = (span.range.start as usize, span.range.end as usize);
        let mut corrected = text.to_owned();
        // A help that names the field replaces the field, not only its value.
        let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let key = text[line..start].rfind([' ', '{', ',']).and_then(|_| {
            let key = text[line..start].strip_suffix(": ")?;
            Some(line + key.rfind([' ', '{']).map_or(0, |at| at + 1))
        });
        let start = match key {
            Some(key) if new.contains(": ") => key,
            _ => start,
        };
        let (start, end) = whole(text, start, end, new);
        // Behind ` #` YAML has a comment: such a text keeps its quotes.
        let quote = text[start..].chars().next().filter(|quote| matches!(quote, '\'' | '"'));
        let quoted = quote.filter(|_| new.starts_with('#'));
        let new = &quoted.map_or_else(|| new.to_owned(), |quote| format!("{quote}{new}{quote}"));
        corrected.replace_range(start..end, new);
        let repaired = recompile(&code, &source.label, &corrected);
        applied.push(code.clone());
        let left = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
        if repaired.diagnostics.iter().any(left) {
            failures.push(format!(
                "{code}, `{new}`:\n{}",
                repaired.render(Header::Full).join("\n")
            ));
        }
    }
    println!("{} helps applied: {}", applied.len(), applied.join(", "));
    assert!(
        failures.is_empty(),
        "{} helps do not help:\n{}",
        failures.len(),
        failures.join("\n")
    );
    assert!(applied.len() >= 30, "only {applied:?}");
}

/// A help that begins with `$` names the whole expression that something is wrong in.
fn whole(text: &str, start: usize, end: usize, new: &str) -> (usize, usize) {
    if !new.starts_with('$') {
        return (start, end);
    }
    let before = |letter: char| letter.is_alphanumeric() || "$._-#/[]\\".contains(letter);
    let Some(dollar) = text[..start]
        .rfind('$')
        .filter(|at| text[*at..start].chars().all(before))
    else {
        return (start, end);
    };
    let rest = text[end..].find(|letter| !before(letter)).unwrap_or(0);
    (dollar, end + rest)
}

/// Compiles the document of a code with another text in one file.
fn recompile(code: &str, label: &str, text: &str) -> Compilation {
    let mut library = Memory::default();
    for directory in ["", "fail"] {
        for entry in std::fs::read_dir(ui().join(directory)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "yml") {
                let name = path.file_name().unwrap().to_str().unwrap();
                let name = if directory.is_empty() {
                    name.to_owned()
                } else {
                    format!("{directory}/{name}")
                };
                let content = std::fs::read_to_string(&path).unwrap();
                library = library.with(name, content);
            }
        }
    }
    let library = library.with(label, text);
    check("fail", &format!("{code}.yml"), code, &library, PathBuf::new())
}

const WORKFLOWS: &str = "arazzo: 1.0.1
info: { title: A description that lies outside of the package, version: 1.0.0 }
sourceDescriptions:
- name: shelf
  url: ../api.yml
  type: openapi
workflows:
- workflowId: look
  steps:
  - stepId: listBooks
    operationId: listBooks
";

#[test]
fn a_source_outside_of_the_package() {
    let api = "openapi: 3.1.0\ninfo: { title: Shelf, version: '1' }\nservers: [{ url: https://shelf.example.com }]\n\
               paths: { /books: { get: { operationId: listBooks, responses: { '200': { description: Books } } } } }\n";
    let library = Memory::default()
        .with("package/flow.yml", WORKFLOWS)
        .with("package/../api.yml", api);
    let options = Options {
        package: "package".into(),
        document: "flow.yml".into(),
        ..Options::default()
    };
    let compilation = compile(&options, &library);
    let found: Vec<_> = compilation
        .diagnostics
        .iter()
        .map(|diagnostic| {
            (
                diagnostic.rule.code,
                diagnostic.severity,
                place(&compilation, diagnostic),
            )
        })
        .collect();
    let expected = ("flow.yml:5:8".to_owned(), "../api.yml".to_owned());
    assert_eq!(found, [("source-leaves-package", Severity::Warning, expected)]);
}

/// The rest of a document with a key that stands twice is checked too; the first of the two counts.
#[test]
fn a_key_that_stands_twice_hides_nothing() {
    let document = "arazzo: 1.0.1\ninfo: { title: Shelf, version: '1' }\nsourceDescriptions:\n- name: shelf\n  url: api.yml\n  \
                    type: openapi\nworkflows:\n- workflowId: look\n  steps:\n  - stepId: listBooks\n    stepId: other\n    \
                    operationId: listBooks\n  outputs:\n    books: $steps.listBook.outputs.books\n";
    let api = "openapi: 3.1.0\ninfo: { title: Shelf, version: '1' }\nservers: [{ url: https://shelf.example.com }]\n\
               paths: { /books: { get: { operationId: listBooks, responses: { '200': { description: Books } } } } }\n";
    let library = Memory::default().with("flow.yml", document).with("api.yml", api);
    let options = Options {
        document: "flow.yml".into(),
        ..Options::default()
    };
    let compilation = compile(&options, &library);
    let found: Vec<_> = compilation
        .diagnostics
        .iter()
        .map(|diagnostic| (diagnostic.rule.code, place(&compilation, diagnostic).0))
        .collect();
    assert_eq!(
        found,
        [
            ("duplicate-key", "flow.yml:11:5".to_owned()),
            ("unknown-step", "flow.yml:14:19".to_owned()),
        ]
    );
    assert!(
        compilation.render(Header::Full)[1].contains("`listBooks`"),
        "the first id counts"
    );
}

/// What `docs/diagnostics.md` says before the rules is written by hand; the rules come from their declarations.
#[test]
fn the_documentation_is_that_of_the_declarations() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/diagnostics.md");
    let written = std::fs::read_to_string(&path).unwrap();
    let mark = "<!-- From here on generated ";
    let (head, rest) = written.split_once(mark).unwrap();
    let mut expected = format!("{head}{mark}{}\n", rest.lines().next().unwrap());
    for rule in rule::all() {
        let docs: String = rule
            .docs
            .lines()
            .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
            .collect();
        expected += &format!("\n## {}\n\nKind: {}.\n\n{docs}", rule.code, rule.class.title());
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let command = "UPDATE_DOCS=1 cargo test -p arazzo-compiler --test rules";
    assert!(
        written == expected || std::env::var_os("UPDATE_DOCS").is_some(),
        "docs/diagnostics.md is stale: {command}"
    );
}
