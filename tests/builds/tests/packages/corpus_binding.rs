//! Published documents against the descriptions that they name: those in which an independent check found no mistake
//! compile or are refused for a stated reason, the others are refused for what was found in them; and what comes out of
//! forty of them is Rust that type-checks.
#![cfg(corpus)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use arazzo_compiler::bundle::Options;
use arazzo_compiler::diagnostic::{Header, Severity};
use arazzo_compiler::emit::{emit, text};
use arazzo_compiler::source::Disk;
use arazzo_compiler::{Compilation, compile};
use serde_json::Value;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus")
}

/// What the independent check found in a document.
struct Checked {
    path: String,
    errors: Vec<String>,
    complete: bool,
}

fn index() -> Vec<Checked> {
    let text = std::fs::read_to_string(corpus().join("index.jsonl")).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.map(|row| Checked {
        path: row["path"].as_str().unwrap().to_owned(),
        errors: row["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error.as_str().unwrap().to_owned())
            .collect(),
        complete: row["sources_present"] == true,
    })
    .collect()
}

fn compiled(path: &str) -> Compilation {
    let options = Options {
        document: corpus().join(path).to_str().unwrap().to_owned(),
        ..Options::default()
    };
    compile(&options, &Disk)
}

fn codes(compilation: &Compilation) -> BTreeSet<&'static str> {
    let errors = compilation
        .diagnostics
        .iter()
        .filter(|problem| problem.severity == Severity::Error);
    errors.map(|problem| problem.rule.code).collect()
}

/// Documents without a mistake by the independent check that are refused all the same, and why. The check does not
/// compare types, does not look for required members, and does not follow references of descriptions.
const REFUSED: &[(&str, &[&str])] = &[
    // Inputs of another type than the request schema demands, and payloads without required members.
    (
        "billingo.hu",
        &["payload-member-required", "payload-type-mismatch", "type-mismatch"],
    ),
    ("gsmtasks.com", &["payload-member-required"]),
    ("ote-godaddy.com~certificates", &["payload-type-mismatch"]),
    ("ote-godaddy.com~shoppers", &["payload-type-mismatch"]),
    ("payments.service.gov.uk~payments", &["payload-type-mismatch"]),
    ("symanto.net", &["payload-type-mismatch"]),
    ("xero.com~xero-payroll-au", &["payload-type-mismatch"]),
    // An object where an integer goes into a path, and a string where an object goes into a query.
    ("slideroom.com", &["type-mismatch"]),
    // An object is sent as `application/octet-stream`.
    ("sakari.io", &["payload-content-type"]),
    // The response is declared as text, which has no members.
    ("webscraping.ai", &["impossible-response-pointer", "type-mismatch"]),
    // The description refers to files that were not published with it.
    ("exlibrisgroup.com~tasklists", &["source-ref-unresolved"]),
    // A required member is missing, a parameter has another name.
    ("oauth.arazzo.yaml", &["payload-member-required"]),
    (
        "pet-coupons.arazzo.yaml",
        &[
            "path-parameter-required",
            "unknown-path-parameter",
            "called-workflow-status",
        ],
    ),
    // `$.x.length > 0` is no JSONPath query, and arrays have no member `length`.
    ("stytch-revoke-connected-app-workflow.yml", &["jsonpath-comparison"]),
    (
        "stytch-user-create-search-delete-workflow.yml",
        &["jsonpath-comparison"],
    ),
];

#[test]
fn clean_documents_compile_or_are_refused_for_a_reason() {
    let (mut compiling, mut refused) = (0, 0);
    for document in index()
        .iter()
        .filter(|document| document.errors.is_empty() && document.complete)
    {
        let compilation = compiled(&document.path);
        let expected = REFUSED.iter().find(|(name, _)| document.path.contains(name));
        let expected: BTreeSet<&str> = expected
            .map(|(_, codes)| codes.iter().copied().collect())
            .unwrap_or_default();
        assert_eq!(
            codes(&compilation),
            expected,
            "{}\n{}",
            document.path,
            compilation.render(Header::Full).join("\n\n")
        );
        compiling += usize::from(expected.is_empty());
        refused += usize::from(!expected.is_empty());
    }
    println!("{compiling} clean documents compile, {refused} are refused");
    assert!(compiling >= 40 && refused == REFUSED.len());
}

/// What the independent check calls a mistake, and what the compiler may call it.
const CLASSES: &[(&str, &[&str])] = &[
    ("bad-output-key", &["invalid-output-key"]),
    ("cond-double-quoted-string", &["double-quoted-string"]),
    ("criterion-not-object", &["not-an-object"]),
    ("duplicate-stepId", &["duplicate-step-id"]),
    ("expr-bad-inputs", &["expression-syntax"]),
    (
        "expr-bad-message",
        &["expression-syntax", "body-needs-pointer", "expression-context"],
    ),
    ("expr-bad-steps", &["expression-syntax"]),
    ("expr-bracket-index", &["expression-syntax", "bracket-index"]),
    ("expr-has-operators", &["expression-syntax"]),
    (
        "expr-headers-plural-or-bracket",
        &["headers-plural", "expression-syntax"],
    ),
    (
        "expr-pointer-looks-like-jsonpath",
        &["pointer-syntax", "expression-syntax"],
    ),
    ("expr-steps-without-outputs", &["expression-syntax"]),
    ("goto-without-target", &["action-target", "missing-field"]),
    ("missing-required", &["missing-field"]),
    (
        "operationId-prefixed-without-$sourceDescriptions",
        &["operation-id-prefix", "unknown-operation"],
    ),
    ("operationId-unknown-source", &["unknown-source"]),
    ("operationId-unresolved", &["unknown-operation", "operation-id-case"]),
    ("operationPath-bare-source-name", &["operation-path-source"]),
    ("operationPath-missing-.url", &["operation-path-source"]),
    ("source-file-missing", &["source-not-found"]),
    ("step-output-undefined", &["unknown-step-output"]),
    ("step-ref-self", &["unknown-step-output", "step-after-use"]),
    ("step-ref-undefined", &["unknown-step"]),
    ("steps-output-dotted-path", &["output-path-dotted"]),
    ("unknown-field", &["unknown-field"]),
    ("workflowId-unresolved", &["unknown-workflow"]),
    ("wrong-type", &["wrong-type", "not-an-object"]),
];

#[test]
fn documents_with_mistakes_are_refused_for_them() {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    let mut missed = String::new();
    for document in index().iter().filter(|document| !document.errors.is_empty()) {
        let compilation = compiled(&document.path);
        let codes = codes(&compilation);
        for class in &document.errors {
            let (_, names) = CLASSES
                .iter()
                .find(|(name, _)| name == class)
                .unwrap_or_else(|| panic!("{class} is a new class"));
            if names.iter().any(|name| codes.contains(name)) {
                *found.entry(class.clone()).or_default() += 1;
            } else {
                let _ = writeln!(missed, "{}: {class}, found {codes:?}", document.path);
            }
        }
    }
    for (class, count) in &found {
        println!("{count:4} {class}");
    }
    assert!(missed.is_empty(), "{missed}");
}

/// All that compile, one module each, in one crate that rustc checks with every lint that a user may have on.
#[test]
fn expansions_type_check() {
    let mut modules = String::from("//! Expansions of published documents.\n#![deny(warnings, missing_docs)]\n\n");
    let (mut count, mut workflows) = (0, 0);
    let mut providers = BTreeSet::new();
    for document in index() {
        let compilation = compiled(&document.path);
        let Some(plan) = compilation.plan.as_ref().filter(|_| !compilation.has_errors()) else {
            continue;
        };
        let file = syn::parse_file(&text(&emit(plan, false), "::arazzo")).unwrap();
        let _ = writeln!(
            modules,
            "/// {}\npub mod document{count} {{\n{}}}\n",
            document.path,
            prettyplease::unparse(&file)
        );
        count += 1;
        workflows += plan.workflows.len();
        providers.insert(document.path.split('/').nth(1).unwrap().to_owned());
    }
    println!(
        "{count} documents of {} providers, {workflows} workflows",
        providers.len()
    );
    assert!(count >= 40 && providers.len() >= 20);
    crate::check_library(&modules);
}

/// Mistakes with one obvious meaning, as the independent check calls them.
const RECOVERABLE: &[&str] = &[
    "cond-double-quoted-string",
    "expr-bracket-index",
    "expr-headers-plural-or-bracket",
    "operationId-prefixed-without-$sourceDescriptions",
    "operationPath-bare-source-name",
    "operationPath-missing-.url",
    "steps-output-dotted-path",
];

/// What a lenient reading of such documents still refuses: mistakes that the independent check does not look for.
const REFUSED_LENIENTLY: &[(&str, &[&str])] = &[
    // `revisions_list[n].revisionId` has no obvious meaning.
    ("apigee.local~registry", &["expression-syntax"]),
    // Parameters of the path have no values; the operations themselves are in files that were not published.
    ("digitalocean.com", &["path-parameter-required"]),
];

#[test]
fn a_lenient_reading_takes_documents_with_obvious_meanings() {
    let recoverable = |document: &Checked| {
        let own = document
            .errors
            .iter()
            .all(|error| RECOVERABLE.contains(&error.as_str()));
        own && !document.errors.is_empty() && document.complete
    };
    let (mut count, mut compiling) = (0, 0);
    let mut refused = String::new();
    for document in index().iter().filter(|document| recoverable(document)) {
        count += 1;
        let mut options = Options {
            document: corpus().join(&document.path).to_str().unwrap().to_owned(),
            ..Options::default()
        };
        options.levels.lenient = true;
        let compilation = compile(&options, &Disk);
        let codes = codes(&compilation);
        let expected = REFUSED_LENIENTLY.iter().find(|(name, _)| document.path.contains(name));
        let expected: BTreeSet<&str> = expected
            .map(|(_, codes)| codes.iter().copied().collect())
            .unwrap_or_default();
        if codes == expected {
            compiling += usize::from(expected.is_empty());
        } else {
            let _ = writeln!(refused, "{}: {codes:?} for {:?}", document.path, document.errors);
        }
    }
    let other = REFUSED_LENIENTLY.len();
    println!("{compiling} of {count} documents with recoverable mistakes compile, {other} have other mistakes too");
    assert!(refused.is_empty(), "{refused}");
    assert!(20 * compiling >= 19 * count, "at least 95 %: {compiling} of {count}");
}

/// Whatever only a description rules out can be lowered, so that no document without a mistake of its own is out of
/// reach.
#[test]
fn a_lenient_reading_takes_every_clean_document() {
    let clean = |document: &Checked| document.errors.is_empty() && document.complete;
    let mut refused = String::new();
    for document in index().into_iter().filter(clean) {
        let mut options = Options {
            document: corpus().join(&document.path).to_str().unwrap().to_owned(),
            ..Options::default()
        };
        options.levels.lenient = true;
        let compilation = compile(&options, &Disk);
        let found = codes(&compilation);
        if !found.is_empty() {
            let _ = writeln!(refused, "{}: {found:?}", document.path);
        }
    }
    assert!(refused.is_empty(), "{refused}");
}
