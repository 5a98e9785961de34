//! Every rule has a document that breaks it, alone, and is reported where `rules.txt` says.
//!
//! The documents are those of `ui-tests`, where the whole message is read; here the places are
//! compared with a table: code, place, underlined text. Most of its rows were computed from marks in
//! the documents; those of the eleven oldest codes were read off their `.stderr` and compared with
//! the documents by eye, which is the weaker check.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use arazzo_compiler::bundle::Options;
use arazzo_compiler::diagnostic::{Class, Diagnostic, Header, Level, Levels, Severity, rule};
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
    let class = rule::ALL.iter().find(|rule| rule.code == code).unwrap().class;
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
    let document = format!("{code}.yml");
    let directory = if ui().join("fail").join(&document).exists() {
        "fail"
    } else {
        "engines"
    };
    check(directory, &document, code, &Disk, ui())
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

fn table() -> Vec<(&'static str, &'static str, &'static str)> {
    include_str!("rules.txt")
        .lines()
        .map(|line| {
            let (code, rest) = line.split_once(' ').unwrap();
            let (place, text) = rest.split_once(' ').unwrap();
            (code, place, text)
        })
        .collect()
}

#[test]
fn every_rule_is_broken_by_a_document() {
    let known: BTreeSet<&str> = rule::ALL.iter().map(|rule| rule.code).collect();
    let shown: BTreeSet<&str> = table()
        .iter()
        .map(|row| row.0)
        .chain(ELSEWHERE.iter().map(|row| row.0))
        .collect();
    let missing: Vec<_> = known.difference(&shown).collect();
    let unknown: Vec<_> = shown.difference(&known).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "no document for {missing:?}; no rule for {unknown:?}"
    );
}

#[test]
fn every_document_breaks_its_rule_alone_and_where_the_table_says() {
    let mut wrong = Vec::new();
    for (code, expected, text) in table() {
        if !visible(code) {
            continue;
        }
        let compilation = compile_case(code);
        let found: Vec<(&str, (String, String))> = compilation
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
            .map(|diagnostic| (diagnostic.rule.code, place(&compilation, diagnostic)))
            .collect();
        if found != [(code, (expected.to_owned(), text.to_owned()))] {
            wrong.push(format!("{code}: expected {expected} `{text}`, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} documents:\n{}", wrong.len(), wrong.join("\n"));
}

/// `docs/diagnostics.md` has a section for every rule.
#[test]
fn every_rule_is_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/diagnostics.md");
    let text = std::fs::read_to_string(path).unwrap();
    let mut sections: BTreeMap<&str, usize> = BTreeMap::new();
    for line in text.lines() {
        if let Some(code) = line
            .strip_prefix("## ")
            .filter(|title| !title.contains(char::is_uppercase))
        {
            *sections.entry(code).or_default() += 1;
        }
    }
    let expected: BTreeMap<&str, usize> = rule::ALL.iter().map(|rule| (rule.code, 1)).collect();
    let difference: Vec<_> = expected
        .iter()
        .filter(|(code, _)| sections.get(*code) != Some(&1))
        .map(|(code, _)| *code)
        .chain(sections.keys().filter(|code| !expected.contains_key(*code)).copied())
        .collect();
    assert!(
        difference.is_empty(),
        "sections missing, double or without a rule: {difference:?}"
    );
    for rule in rule::ALL {
        let kind = match rule.class {
            Class::Error => "error",
            Class::Warning => "warning",
            Class::Quiet => "warning, allowed by default",
            Class::Description => "error by the description",
            Class::Recoverable => "recoverable error",
            Class::Literal => "error, unless text is meant",
        };
        let section = format!("\n## {}\n\nKind: {kind}.\n", rule.code);
        assert!(
            text.contains(&section),
            "the section of `{}` has another kind than {kind}",
            rule.code
        );
    }
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
    for (code, ..) in table().into_iter().filter(|(code, ..)| visible(code)) {
        let compilation = compile_case(code);
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
        let mut mended = text.to_owned();
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
        mended.replace_range(start..end, new);
        let repaired = recompile(code, &source.label, &mended);
        applied.push(code);
        if repaired.has_errors() {
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
    for directory in ["", "fail", "engines"] {
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
    let directory = if ui().join("fail").join(format!("{code}.yml")).exists() {
        "fail"
    } else {
        "engines"
    };
    check(directory, &format!("{code}.yml"), code, &library, PathBuf::new())
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
