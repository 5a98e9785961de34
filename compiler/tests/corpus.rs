//! Published documents with the descriptions that they name.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::path::{Path, PathBuf};

use arazzo_compiler::bundle::Options;
use arazzo_compiler::diagnostic::{Header, Severity};
use arazzo_compiler::source::Disk;
use arazzo_compiler::{Compilation, compile};

/// The corpus; says loudly where it is absent.
fn corpus() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    if path.is_dir() {
        return Some(path);
    }
    println!("SKIPPED: ../shared/corpus is not here; no published document was compiled");
    None
}

fn documents(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut stack = vec![directory.to_owned()];
    while let Some(directory) = stack.pop() {
        for entry in std::fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                stack.push(path);
                continue;
            }
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            let is_document = text
                .lines()
                .take(3)
                .any(|line| line.trim_start().trim_start_matches('"').starts_with("arazzo"));
            if is_document {
                found.push(path.to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

fn compiled(path: &str) -> Compilation {
    compile(
        &Options {
            document: path.to_owned(),
            ..Options::default()
        },
        &Disk,
    )
}

/// Code, line and column of each error.
fn errors(compilation: &Compilation) -> Vec<(&'static str, usize, usize)> {
    let errors = compilation
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error);
    errors
        .map(|diagnostic| {
            let (_, line, column) = compilation.bundle.sources.position(diagnostic.span.unwrap());
            (diagnostic.rule.code, line, column)
        })
        .collect()
}

/// All 24 workflows of Stytch against the real descriptions. Two ask `$.x.length > 0` of a
/// JSONPath: RFC 9535 has no comparison outside a filter, and arrays have no member `length`.
#[test]
fn stytch_documents_compile_or_are_refused_for_what_they_say() {
    let Some(corpus) = corpus() else { return };
    let documents = documents(&corpus.join("stytch/arazzo"));
    assert_eq!(documents.len(), 24);
    let mut refused = 0;
    for path in &documents {
        let compilation = compiled(path);
        let expected: &[(&str, &str)] = match Path::new(path).file_name().unwrap().to_str().unwrap() {
            "stytch-user-create-search-delete-workflow.yml" => &[
                ("jsonpath-comparison", "$.results.length > 0"),
                ("jsonpath-comparison", "$.results.length == 0"),
            ],
            "stytch-revoke-connected-app-workflow.yml" => &[
                ("jsonpath-comparison", "$.connected_apps.length > 0"),
                ("jsonpath-comparison", "$.connected_apps.length == 0"),
            ],
            _ => &[],
        };
        refused += usize::from(!expected.is_empty());
        let text = std::fs::read_to_string(path).unwrap();
        let found = errors(&compilation);
        assert_eq!(
            found.len(),
            expected.len(),
            "{path}\n{}",
            compilation.render(Header::Full).join("\n\n")
        );
        for ((code, line, column), (expected_code, condition)) in found.into_iter().zip(expected) {
            // The place is where a reader of the file finds the condition.
            let at = text.lines().nth(line - 1).unwrap();
            assert_eq!((code, &at[column - 1..]), (*expected_code, *condition), "{path}:{line}");
        }
    }
    println!(
        "{} documents of Stytch: {} compile, {refused} are refused",
        documents.len(),
        documents.len() - refused
    );
}

/// Published examples, and what is wrong with each.
const EXAMPLES: &[(&str, &[(&str, &str)])] = &[
    // No `animals.yaml` was published with it.
    (
        "oai/examples/1.0.0/ExtendedParametersExample.arazzo.yaml",
        &[("source-not-found", "./animals.yaml")],
    ),
    // The description calls the operation `Par`.
    (
        "oai/examples/1.0.0/FAPI-PAR.arazzo.yaml",
        &[("operation-id-case", "PAR")],
    ),
    // The description is on the network only.
    (
        "oai/examples/1.0.0/LoginAndRetrievePets.arazzo.yaml",
        &[("source-not-local", "https://raw.")],
    ),
    // Three steps read outputs that no step declares, and an output leaves out `.outputs`.
    (
        "oai/examples/1.0.0/bnpl-arazzo.yaml",
        &[
            ("source-not-local", "https://raw."),
            ("unknown-step-output", "redirectAuthToken"),
            ("unknown-step-output", "loanTransactionId"),
            ("unknown-step-output", "loanTransactionId"),
            ("expression-syntax", ".finalizedPaymentPlan"),
        ],
    ),
    // The description requires `client_id` for every grant.
    (
        "oai/examples/1.0.0/oauth.arazzo.yaml",
        &[("payload-member-required", "grant_type")],
    ),
    // The description calls the parameter `petId`.
    (
        "oai/examples/1.0.0/pet-coupons.arazzo.yaml",
        &[
            ("path-parameter-required", "getPetCoupons"),
            ("unknown-path-parameter", "pet_id"),
            ("called-workflow-status", "$statusCode == 200"),
            ("called-workflow-status", "$statusCode == 200"),
        ],
    ),
    // Names that have no such form in the specification, and comparisons as JSONPath.
    (
        "museum/arazzo/museum-api.arazzo.yaml",
        &[
            ("operation-id-prefix", "museum-api.getMuseumHours"),
            ("unknown-workflow", "workflows.get-museum-tickets"),
            ("operation-path-source", "$sourceDescriptions.museum-api#"),
            ("operation-path-source", "$sourceDescriptions.museum-api#"),
            ("jsonpath-comparison", "$.name =="),
            ("operation-path-source", "$sourceDescriptions.museum-api#"),
            ("operation-path-source", "$sourceDescriptions.museum-api#"),
            ("jsonpath-comparison", "$."),
            ("operation-path-source", "$sourceDescriptions.museum-api#"),
        ],
    ),
    ("museum/arazzo/museum-tickets.arazzo.yaml", &[]),
];

/// The examples of the OpenAPI Initiative and the Museum: they compile, or are refused for what a
/// reader of the file finds at the place. Each expectation is the code and the text at its place.
#[test]
fn examples_compile_or_are_refused_for_what_they_say() {
    let Some(corpus) = corpus() else { return };
    let without_engines = cfg!(not(all(feature = "jsonpath", feature = "regex")));
    for (name, expected) in EXAMPLES {
        let path = corpus.join(name).to_str().unwrap().to_owned();
        let compilation = compiled(&path);
        let text = std::fs::read_to_string(&path).unwrap();
        let found: Vec<(&str, String)> = errors(&compilation)
            .into_iter()
            .filter(|(code, ..)| !(without_engines && code.ends_with("-feature")))
            .map(|(code, line, column)| {
                let at = text.lines().nth(line - 1).unwrap();
                (code, at.chars().skip(column - 1).collect())
            })
            .collect();
        let fits = found.len() == expected.len()
            && found
                .iter()
                .zip(*expected)
                .all(|((code, at), (expected, start))| code == expected && at.starts_with(start));
        assert!(
            fits,
            "{name}: {found:#?}\n{}",
            compilation.render(Header::Full).join("\n\n")
        );
    }
}

/// The examples for AsyncAPI are all refused, for what they write in another way than the specification, and not for their
/// steps on channels.
#[test]
fn examples_for_asyncapi_are_refused_for_their_own_reasons() {
    let Some(corpus) = corpus() else { return };
    let documents = documents(&corpus.join("examples"));
    assert_eq!(documents.len(), 13);
    for path in &documents {
        let found = errors(&compiled(path));
        let codes: std::collections::BTreeSet<&str> = found.iter().map(|(code, ..)| *code).collect();
        assert!(!codes.is_empty(), "{path}");
        // Every one but this reads a payload without a pointer, as `$message.payload.status`.
        let pointer = codes.contains("body-needs-pointer");
        assert_eq!(pointer, !path.contains("sns/order-workflow"), "{path}: {codes:?}");
    }
}

/// No document brings the compiler down, and every error has a place.
#[test]
fn every_document_compiles_or_is_refused_with_a_place() {
    let Some(corpus) = corpus() else { return };
    let documents = documents(&corpus);
    let mut codes: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    let mut clean = 0;
    for path in &documents {
        let compilation = compiled(path);
        let found = errors(&compilation);
        clean += usize::from(found.is_empty());
        for (code, line, _) in found {
            assert!(line > 0, "{path}");
            *codes.entry(code).or_default() += 1;
        }
    }
    println!("{} documents, {clean} compile; errors by code:", documents.len());
    for (code, count) in codes {
        println!("{count:6} {code}");
    }
    assert!(documents.len() >= 130, "the corpus has {} documents", documents.len());
}
