//! Documents and descriptions that want to stop the compiler, or to make it read what it should not: it answers, soon,
//! with a diagnostic.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by it"
)]

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use arazzo_compiler::bundle::Options;
use arazzo_compiler::diagnostic::Header;
use arazzo_compiler::emit::emit;
use arazzo_compiler::source::{Disk, Memory};
use arazzo_compiler::{Compilation, compile};

const API: &str = "openapi: 3.1.0\ninfo: { title: t, version: '1' }\nservers: [{ url: 'https://api.test' }]\n\
                   paths: { /a: { post: { operationId: a, requestBody: { content: { application/json: { schema: {} } } }, \
                   responses: { '200': { description: ok } } } } }\n";

fn document(source: &str, step: &str) -> String {
    format!(
        "arazzo: 1.1.0\ninfo: {{ title: t, version: '1' }}\n\
         sourceDescriptions: [{{ name: api, url: {source}, type: openapi }}]\n\
         workflows: [{{ workflowId: w, inputs: {{ type: object, properties: {{ i: {{ type: string }} }} }}, \
         steps: [{{ stepId: s, operationId: a, {step} }}] }}]\n"
    )
}

/// What the compiler says of a step, on the stack that a thread usually has.
fn step(step: &str) -> String {
    let library = Memory::default()
        .with("flow.yaml", document("api.yaml", step))
        .with("api.yaml", API);
    let options = Options {
        document: "flow.yaml".to_owned(),
        ..Options::default()
    };
    let compile = move || said(&compile(&options, &library));
    std::thread::Builder::new()
        .stack_size(2 * 1024 * 1024)
        .spawn(compile)
        .unwrap()
        .join()
        .expect("a diagnostic")
}

fn said(compilation: &Compilation) -> String {
    compilation.render(Header::Full).join("\n")
}

/// What the compiler says of files on the disk; a compiler that waits for a file that never ends fails the test.
fn on_disk(directory: &Path, document: &str) -> String {
    let options = Options {
        package: directory.to_owned(),
        document: document.to_owned(),
        ..Options::default()
    };
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(said(&compile(&options, &Disk))));
    receiver.recv_timeout(Duration::from_secs(60)).expect("an answer")
}

#[cfg(unix)]
#[test]
fn only_regular_files_are_read() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let pipe = std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap();
    assert!(pipe.success());
    std::fs::create_dir(at("folder")).unwrap();
    for (link, target) in [
        ("zero", "/dev/zero"),
        ("link-to-pipe", "pipe"),
        ("link-to-folder", "folder"),
    ] {
        std::os::unix::fs::symlink(target, at(link)).unwrap();
    }
    for (name, reason) in [
        ("pipe", "it is not a regular file"),
        ("zero", "it is not a regular file"),
        ("link-to-pipe", "it is not a regular file"),
        ("folder", "it is a directory"),
        ("link-to-folder", "it is a directory"),
    ] {
        std::fs::write(at("flow.yaml"), document(name, "")).unwrap();
        let said = on_disk(directory.path(), "flow.yaml");
        assert!(
            said.contains("[source-not-found]") && said.contains(reason),
            "{name}: {said}"
        );
        let said = on_disk(directory.path(), name);
        assert!(
            said.contains("[source-not-found]") && said.contains(reason),
            "{name}: {said}"
        );
        std::fs::write(
            at("api.yaml"),
            API.replace("schema: {}", &format!("schema: {{ $ref: './{name}#/x' }}")),
        )
        .unwrap();
        std::fs::write(
            at("flow.yaml"),
            document("api.yaml", "requestBody: { payload: { a: 1 } }"),
        )
        .unwrap();
        let said = on_disk(directory.path(), "flow.yaml");
        assert!(said.contains("cannot read the file"), "{name}: {said}");
    }
}

#[test]
fn absolute_paths_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let there = directory.path().join("api.yaml");
    std::fs::write(&there, API).unwrap();
    let path = there.to_str().unwrap().replace('\\', "/");
    let flow = directory.path().join("flow.yaml");
    for url in [
        path.clone(),
        format!("file://{path}"),
        format!("file:{path}"),
        path.replacen('/', "%2F", 1),
        format!("//localhost{path}"),
    ] {
        std::fs::write(&flow, document(&format!("'{url}'"), "")).unwrap();
        let said = on_disk(directory.path(), "flow.yaml");
        assert!(
            said.contains("[source-not-local]") && !said.contains("[unknown-operation]"),
            "{url}: {said}"
        );
        std::fs::write(
            directory.path().join("other.yaml"),
            API.replace("schema: {}", &format!("schema: {{ $ref: '{url}#/info' }}")),
        )
        .unwrap();
        std::fs::write(&flow, document("other.yaml", "requestBody: { payload: { a: 1 } }")).unwrap();
        let said = on_disk(directory.path(), "flow.yaml");
        let refused = said.contains("an absolute path differs between machines")
            || said.contains("builds do not access the network");
        assert!(refused, "{url}: {said}");
    }
}

#[test]
fn a_reference_that_leaves_the_package_is_reported() {
    let directory = tempfile::tempdir().unwrap();
    let package = directory.path().join("package");
    std::fs::create_dir(&package).unwrap();
    std::fs::write(directory.path().join("shared.yaml"), "x: { type: object }\n").unwrap();
    std::fs::write(
        package.join("api.yaml"),
        API.replace("schema: {}", "schema: { $ref: '../shared.yaml#/x' }"),
    )
    .unwrap();
    std::fs::write(
        package.join("flow.yaml"),
        document("api.yaml", "requestBody: { payload: { a: 1 } }"),
    )
    .unwrap();
    let said = on_disk(&package, "flow.yaml");
    assert!(
        said.contains("[source-leaves-package]") && said.contains("--> api.yaml:4:") && said.contains("^^^^^^^^^^^^^^"),
        "{said}"
    );
}

#[test]
fn numbers_beyond_every_range_are_refused() {
    for number in ["1e400", "1e300", "9007199254740994", "123456789012345678901234567890"] {
        let said = step(&format!(
            "onFailure: [{{ name: f, type: retry, retryAfter: {number}, retryLimit: 1 }}]"
        ));
        assert!(
            said.contains("[wrong-type]") && said.contains("must be at most"),
            "{number}: {said}"
        );
    }
}

/// Deeper than the stack of any parser.
#[test]
fn nesting_ends_in_a_diagnostic() {
    for levels in [200, 20_000] {
        let nested =
            |open: &str, inner: &str, close: &str| format!("{}{inner}{}", open.repeat(levels), close.repeat(levels));
        let criterion = |kind: &str, condition: &str| {
            step(&format!(
                "successCriteria: [{{ type: {kind}, context: $response.body, condition: \"{condition}\" }}]"
            ))
        };
        for (kind, condition) in [
            ("jsonpath", format!("$[?{}]", nested("(", "@.a", ")"))),
            ("jsonpath", format!("${}", nested("[?@", "", "]"))),
            ("jsonpath", format!("$[?{}@.a]", "@.a||".repeat(levels * 2))),
            ("xpath", nested("(", "1", ")")),
            ("xpath", nested("a[", "1", "]")),
            ("xpath", nested("string(", "1", ")")),
            ("xpath", format!("1{}", "-1".repeat(levels * 2))),
            ("xpath", format!("{}1", "-".repeat(levels * 2))),
            ("xpath", format!("a{}", " or a".repeat(levels * 2))),
            ("xpath", format!("a{}", "/a".repeat(levels * 2))),
        ] {
            let said = criterion(kind, &condition);
            assert!(
                said.contains("-syntax]") || said.contains("-feature]"),
                "{kind} {levels}: {}",
                &said[..said.len().min(300)]
            );
        }
        for (kind, condition) in [
            ("regex", nested("(", "a", ")")),
            ("regex", nested("(?=", "a", ")")),
            ("regex", nested("[", "a", "]")),
            ("regex", format!("a{}", "|a".repeat(levels))),
            ("simple", nested("(", "$statusCode == 200", ")")),
            ("simple", format!("{}($statusCode == 200)", "!".repeat(levels))),
            (
                "simple",
                format!("$statusCode == 200{}", " && $statusCode == 200".repeat(levels)),
            ),
        ] {
            criterion(kind, &condition);
        }
        step(&format!("requestBody: {{ payload: {} }}", nested("[", "1", "]")));
        step(&format!(
            "parameters: [{{ name: x, in: query, value: \"{}\" }}]",
            nested("{$inputs.", "i", "}")
        ));
        step(&format!("outputs: {{ o: \"$response.body#{}\" }}", "/a".repeat(levels)));
    }
}

/// What took time by the square of its length: seconds then, milliseconds now.
#[test]
fn long_values_and_lists_are_read() {
    let list = |count: usize, item: fn(usize) -> String| (0..count).map(item).collect::<Vec<_>>().join(", ");
    for (what, expected) in [
        (
            format!(
                "parameters: [{{ name: x, in: query, value: \"{}\" }}]",
                "{$inputs.i}".repeat(20_000)
            ),
            None,
        ),
        (
            format!(
                "requestBody: {{ payload: {{ a: \"{}\" }} }}",
                "{$inputs.i}".repeat(20_000)
            ),
            None,
        ),
        (
            format!(
                "parameters: [{{ name: x, in: query, value: \"{}\" }}]",
                "{$inputs.unknown}".repeat(5_000)
            ),
            Some("[unknown-input]"),
        ),
        (
            format!(
                "parameters: [{{ name: x, in: query, value: \"{}{}\" }}]",
                "a".repeat(100_000),
                "{$inputs.i}".repeat(20_000)
            ),
            None,
        ),
        (
            format!(
                "parameters: [{{ name: x, in: query, value: \"{} }}\" }}]",
                "{inputs.i".repeat(20_000)
            ),
            None,
        ),
        (
            format!(
                "parameters: [{{ name: x, in: query, value: \"x {}\" }}]",
                "$inputs.i".repeat(20_000)
            ),
            Some("[unbraced-expression]"),
        ),
        (
            format!("outputs: {{ o: \"$response.body#{}\" }}", "/a".repeat(50_000)),
            None,
        ),
        (
            format!(
                "parameters: [{}]",
                list(5_000, |index| format!(
                    "{{ name: k{index}, in: query, value: $inputs.i }}"
                ))
            ),
            None,
        ),
    ] {
        let said = step(&what);
        match expected {
            Some(code) => assert!(said.contains(code), "{}", &said[..said.len().min(500)]),
            None => assert!(!said.contains("error["), "{}", &said[..said.len().min(500)]),
        }
    }
}

/// A message repeats a short text, and not a long one for each of its mistakes.
#[test]
fn what_is_said_of_a_long_text_is_short() {
    let value = format!("x {}", "$inputs.i ".repeat(2_000));
    let said = step(&format!("parameters: [{{ name: x, in: query, value: \"{value}\" }}]"));
    assert!(said.contains("[unbraced-expression]"));
    assert!(said.len() < 2_000_000, "{} bytes", said.len());
}

/// Schemas that share others are written out once for every way to them, twice as often with every level, and each name
/// of a component was searched for in the whole document: minutes then, seconds now.
#[test]
fn schemas_that_share_others_are_read() {
    let schemas = |count: usize, next: fn(usize, usize) -> [usize; 2]| {
        let schema = |index: usize| {
            let [x, y] = next(index, count).map(|other| format!("{{ $ref: '#/components/inputs/S{other}' }}"));
            format!("S{index}: {{ type: object, properties: {{ x: {x}, y: {y} }} }}")
        };
        (0..count).map(schema).collect::<Vec<_>>().join(", ")
    };
    let circle: fn(usize, usize) -> [usize; 2] = |index, count| [(index + 1) % count, (index * 7 + 3) % count];
    let ladder: fn(usize, usize) -> [usize; 2] = |index, count| [(index + 1).min(count - 1); 2];
    for schemas in [schemas(2_000, circle), schemas(60, ladder)] {
        let document = format!(
            "arazzo: 1.1.0\ninfo: {{ title: t, version: '1' }}\n\
             sourceDescriptions: [{{ name: api, url: api.yaml, type: openapi }}]\n\
             workflows: [{{ workflowId: w, inputs: {{ type: object, properties: {{ a: {{ $ref: '#/components/inputs/S0' }} }} }}, \
             steps: [{{ stepId: s, operationId: a, requestBody: {{ payload: {{ a: $inputs.a }} }} }}] }}]\n\
             components: {{ inputs: {{ {schemas} }} }}\n"
        );
        let library = Memory::default().with("flow.yaml", document).with("api.yaml", API);
        let options = Options {
            document: "flow.yaml".to_owned(),
            ..Options::default()
        };
        let expand = move || {
            let compilation = compile(&options, &library);
            assert!(!compilation.has_errors(), "{}", said(&compilation));
            let plan = compilation.plan.as_ref().expect("a plan");
            assert!(!emit(plan, false).is_empty());
        };
        let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(expand);
        thread.unwrap().join().expect("an expansion");
    }
}
