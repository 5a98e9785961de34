//! The readers against each other: files read whole, files read in parts, and a reader that is not
//! ours.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arazzo_compiler::bundle::Options;
use arazzo_compiler::compile;
use arazzo_compiler::diagnostic::Header;
use arazzo_compiler::emit::{emit, text};
use arazzo_compiler::source::{Data, Disk, File, Library, Memory, Node};
use serde_yaml::Value;

use support::Dice;

/// Every published file, where the corpus is at hand.
fn published() -> Vec<PathBuf> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    if !corpus.is_dir() {
        println!("SKIPPED: ../shared/corpus is not here; no published file was read");
        return Vec::new();
    }
    files_below(&corpus)
}

fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut stack = vec![directory.to_owned()];
    while let Some(directory) = stack.pop() {
        for entry in std::fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            let known = path
                .extension()
                .is_some_and(|extension| ["yml", "yaml", "json"].iter().any(|known| extension == *known));
            if path.is_dir() {
                stack.push(path);
            } else if known {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Where two trees differ, places and styles included.
fn difference(whole: &Node, parts: &Node, at: &str) -> Option<String> {
    let (whole, parts) = (whole.target(), parts.target());
    let same = match (&whole.data, &parts.data) {
        (Data::Null, Data::Null) => true,
        (Data::Bool(one), Data::Bool(other)) => one == other,
        (Data::Number(one), Data::Number(other)) | (Data::String(one), Data::String(other)) => one == other,
        (Data::Array(one), Data::Array(other)) => {
            let mut pairs = one.iter().zip(other).enumerate();
            let inner = pairs.find_map(|(index, (one, other))| difference(one, other, &format!("{at}/{index}")));
            if inner.is_some() {
                return inner;
            }
            one.len() == other.len()
        }
        (Data::Object(one), Data::Object(other)) => {
            for (one, other) in one.iter().zip(other) {
                let at = format!("{at}/{}", one.key);
                if one.key != other.key || one.key_range != other.key_range {
                    return Some(format!(
                        "{at}: {:?} and {:?} {:?}",
                        one.key_range, other.key, other.key_range
                    ));
                }
                let inner = difference(&one.value, &other.value, &at);
                if inner.is_some() {
                    return inner;
                }
            }
            one.len() == other.len()
        }
        _ => false,
    };
    let placed = whole.range == parts.range && whole.style == parts.style;
    (!same || !placed).then(|| {
        format!(
            "{at}: {:?} {:?} and {:?} {:?}",
            whole.range, whole.style, parts.range, parts.style
        )
    })
}

/// What came of reading a text in parts.
#[derive(Debug, PartialEq)]
enum Parts {
    /// It is the same tree.
    Same,
    /// It is read whole from the start, or once something was looked at.
    Whole,
}

/// Reads a text both ways and looks at everything. What cannot be read whole says nothing about
/// what its parts are.
fn compare(name: &str, text: &[u8], large: usize) -> Option<Parts> {
    let path = Path::new(name);
    let whole = File::parse(path, text.to_vec());
    let parts = Arc::new(File::parse_parts(path, text.to_vec(), large));
    let root = parts.root.as_ref().ok();
    // Everything is looked at, even where there is nothing to compare it with.
    let found = root.and_then(|root| difference(whole.root.as_ref().unwrap_or(root), root, ""));
    let (Ok(tree), true) = (&whole.root, whole.duplicates.is_empty()) else {
        return None;
    };
    let again = parts.whole();
    assert_eq!(
        difference(tree, again.root.as_ref().unwrap(), ""),
        None,
        "{name}: read whole"
    );
    if !parts.is_in_parts() || parts.has_trouble() {
        return Some(Parts::Whole);
    }
    assert_eq!(found, None, "{name}:\n{}", String::from_utf8_lossy(text));
    Some(Parts::Same)
}

#[test]
fn a_file_read_in_parts_is_the_file_read_whole() {
    for large in [64 * 1024, 0] {
        let (mut same, mut whole) = (0, Vec::new());
        for path in published() {
            let text = std::fs::read_to_string(&path).unwrap();
            // Documents are never read in parts; as something else they are one more case.
            let text = text.replace("arazzo:", "x-arazzo:").into_bytes();
            if text.len() < large {
                continue;
            }
            let is_yaml = path.extension().is_some_and(|extension| extension != "json");
            match compare(path.to_str().unwrap(), &text, large) {
                Some(Parts::Same) => same += 1,
                Some(Parts::Whole) if is_yaml => whole.push(path),
                _ => {}
            }
        }
        println!("from {large} bytes on: {same} in parts; whole: {whole:#?}");
    }
}

/// YAML that is valid, or that the parser accepts, and where a line is not what it looks like.
/// True where the outline has to understand it.
const TRAPS: &[(bool, &str)] = &[
    (true, "a: 1\nb:\n  c: x\n  d: y\ne: [1, 2]\n"),
    (true, "---\na: 1\nb: 2\n"),
    (true, "a:\r\n  b: 1\r\n\r\n  c: 2\r\nd: 3\r\n"),
    (true, "'200':\n  \"a b\": 1\n404: x\n$x: 1\n/a/{b}: 2\n"),
    (true, "a:\n- x: 1\n  y: 2\n- z\nb:\n- - 1\n  - 2\n"),
    (
        true,
        "a: |\n  b: 1\n\n    c: 2\n  # no comment\nb: >-\n  x\n  y\nc: |+\n  z\n\n\nd: 1\n",
    ),
    (true, "a: |\n  x\n# a comment ends it\nb: 1\n"),
    (
        true,
        "a:\n  - b: |\n      c: 1\n    d: |2\n        e\n  - f: >+1 # comment\n      g\nh: 1\n",
    ),
    (true, "a: \"x\n  b: y\"\nc: 'it''s\n\n  d: z'\ne: 1\n"),
    (true, "a: {b: [1, \"]\", '}'], # ] }\n  c: it's}\nd: 1\n"),
    (true, "a: x\n  y\n  z # comment\nb: 1 # comment\nc: # comment\n  d: 1\n"),
    (true, "a: http://x.test:80/#y\nb: a:b\nc:d: 1\n"),
    (true, "a:\n\nb:\n  # only a comment\nc:\n  d:\n"),
    (true, "a: 1\n\n# c\n"),
    (true, "a: \"b\" # c: \"\nd: 'e' # 'f\n"),
    (true, "a: text\n  | with | bars |\n  > and more\nb: 1\n"),
    // The parser accepts these, though their lines stand too far left.
    (false, "a: \"x\nb: y\"\nc: 1\n"),
    (false, "a:\n  b: 'x\n  c: y'\n  d: 1\n"),
    (false, "a: [1,\nb: 2, c]\nd: 1\n"),
    (false, "a: {\nb: 1\n}\nc: 2\n"),
    // What is not looked for.
    (false, "? a\n: 1\n"),
    (false, "a: &x 1\nb: *x\n"),
    (false, "a: !!str \"x\nb: y\"\nc: 1\n"),
    (false, "a: [!!str \"]\nb: y\"]\nc: 1\n"),
    (false, "%YAML 1.2\n---\na: 1\n"),
    (false, "\u{feff}a: 1\n"),
    (false, "a:\n  |\n x\nb: 1\n"),
    (false, "a\t: 1\nb:\t2\n"),
    (false, "é: 1\n"),
    (false, "\"a\\u0062\": 1\n'it''s': 2\n"),
    (false, "a: 1\rb: 2\n"),
    (false, "[a]: 1\n"),
    (false, "- a\n- b\n"),
    (false, "a\n"),
    (false, ""),
    (false, "a:\n  b: {$ref: 'other.yaml#/x'}\n"),
    (false, "a: 1\n...\n"),
];

#[test]
fn lines_that_are_not_what_they_look_like() {
    for (understood, text) in TRAPS {
        let parts = compare("trap.yaml", text.as_bytes(), 0);
        if *understood {
            assert_eq!(parts, Some(Parts::Same), "{text}");
        } else {
            assert_ne!(parts, Some(Parts::Same), "{text}");
        }
    }
}

/// Pieces that lines are made of.
const PIECES: [&str; 30] = [
    "a: ", "b:", "- ", "  ", "    ", "\"", "'", "[", "]", "{", "}", "|", ">-", "|+", "# ", " #", "x", "y z", ", ", ":",
    "1", "\\", "\t", "&a ", "*a", "!t ", "? ", "---", "é", "''",
];

/// Whatever the parser accepts, its parts are the same; by lines of random pieces, and by random
/// damage to real descriptions.
#[test]
fn random_lines_are_the_same_in_parts() {
    let (mut same, mut whole, mut refused) = (0, 0, 0);
    let mut count = |parts| match parts {
        Some(Parts::Same) => same += 1,
        Some(Parts::Whole) => whole += 1,
        None => refused += 1,
    };
    for seed in 0..60_000_u64 {
        let mut dice = Dice(seed.wrapping_mul(7919));
        let mut text = String::new();
        for line in 0..=dice.below(7) {
            text.push_str(["", "", "  ", "  ", "   ", "    "][dice.below(6)]);
            if dice.below(3) > 0 {
                text.push_str(&format!("k{line}: "));
            }
            for _ in 0..dice.below(5) {
                text.push_str(PIECES[dice.below(PIECES.len())]);
            }
            text.push('\n');
        }
        count(compare(&format!("seed-{seed}.yaml"), text.as_bytes(), 0));
    }
    let language = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/language");
    for path in files_below(&language) {
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("arazzo:")).collect();
        for seed in 0..40_u64 {
            let mut dice = Dice(seed.wrapping_mul(104_729).wrapping_add(text.len() as u64));
            let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            for _ in 0..dice.below(3) {
                let at = dice.below(lines.len());
                match dice.below(4) {
                    0 => lines[at].insert_str(0, "  "),
                    1 => lines[at] = lines[at].strip_prefix("  ").unwrap_or("").to_owned(),
                    2 => lines[at].push_str(PIECES[dice.below(PIECES.len())]),
                    _ => lines.swap(at, 0),
                }
            }
            count(compare(path.to_str().unwrap(), lines.join("\n").as_bytes(), 0));
        }
    }
    println!("{same} the same in parts, {whole} read whole, {refused} not YAML");
    assert!(same > 5_000, "{same} in parts");
}

/// Where our tree and one of serde_yaml differ.
fn disagreement(node: &Node, value: &Value, at: &str) -> Option<String> {
    let node = node.target();
    let same = match (&node.data, value) {
        (Data::Null, Value::Null) => true,
        (Data::Bool(one), Value::Bool(other)) => one == other,
        (Data::String(one), Value::String(other)) => **one == **other,
        // The digits are ours to keep; as a number they are the same.
        (Data::Number(one), Value::Number(other)) => one.parse::<f64>().ok() == other.as_f64(),
        (Data::Array(one), Value::Sequence(other)) => {
            let inner = one.iter().zip(other).enumerate();
            let mut inner =
                inner.filter_map(|(index, (one, other))| disagreement(one, other, &format!("{at}/{index}")));
            return inner
                .next()
                .or_else(|| (one.len() != other.len()).then(|| at.to_owned()));
        }
        (Data::Object(one), Value::Mapping(other)) => {
            let mut inner = one.iter().zip(other).filter_map(|(member, (key, value))| {
                let at = format!("{at}/{}", member.key);
                // A key is its text for us, whatever type it would have as a value.
                let key = match key {
                    Value::String(text) => text.clone(),
                    Value::Number(number) => number.to_string(),
                    Value::Bool(value) => value.to_string(),
                    Value::Null => String::new(),
                    _ => return Some(format!("{at}: a key that is a collection")),
                };
                if *member.key != *key {
                    return Some(format!("{at}: {key}"));
                }
                disagreement(&member.value, value, &at)
            });
            return inner
                .next()
                .or_else(|| (one.len() != other.len()).then(|| at.to_owned()));
        }
        _ => false,
    };
    (!same).then(|| format!("{at}: {:?} and {value:?}", node.data))
}

#[test]
fn another_reader_reads_the_same() {
    let files = published();
    let mut read = 0;
    for path in &files {
        let text = std::fs::read_to_string(path).unwrap();
        let ours = File::parse(path, text.clone().into_bytes());
        // YAML has no surrogate pairs, which JSON does.
        let other = if path.extension().is_some_and(|extension| extension == "json") {
            serde_json::from_str::<Value>(&text).map_err(|error| error.to_string())
        } else {
            serde_yaml::from_str::<Value>(&text).map_err(|error| error.to_string())
        };
        match (&ours.root, other) {
            (Ok(root), Ok(value)) => {
                assert_eq!(disagreement(root, &value, ""), None, "{}", path.display());
                read += 1;
            }
            (Err(error), Ok(_)) => panic!("{}: only the other reader can read it: {error:?}", path.display()),
            (Ok(_), Err(error)) if ours.duplicates.is_empty() => {
                panic!("{}: only we can read it: {error}", path.display())
            }
            _ => {}
        }
    }
    println!("{read} files are the same to both readers");
    assert!(read * 10 >= files.len() * 9, "{read} of {}", files.len());
}

const DOCUMENT: &str = "\
arazzo: 1.0.1
info: {title: Items, version: 1.0.0}
sourceDescriptions:
- {name: shop, url: api.yaml, type: openapi}
workflows:
- workflowId: first-item
  steps:
  - stepId: list
    operationId: listItems
    outputs:
      name: $response.body#/name
  outputs:
    name: $steps.list.outputs.name
";

/// A description of 90 kB, most of it about nothing.
fn description(used: &str, unused: &str) -> String {
    let mut text = format!(
        "\
openapi: 3.1.0
info: {{title: Shop, version: 1.0.0}}
servers: [{{url: 'https://shop.example'}}]
paths:
  /items:
    get:
      operationId: listItems
      responses:
        '200':
          description: One.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Item'
components:
  schemas:
    Item:
      type: object
      required: [name]
      properties:
        name: {used}
    Broken: {unused}
"
    );
    for number in 0..1000 {
        text.push_str(&format!(
            "    Unused{number}:\n      type: object\n      properties:\n        part:\n          type: string\n"
        ));
    }
    text
}

/// The diagnostics and the tokens.
fn expand(options: &Options, library: &dyn Library) -> (Vec<String>, String) {
    let compilation = compile(options, library);
    let tokens = compilation
        .plan
        .as_ref()
        .map(|plan| text(&emit(plan, compilation.has_errors()), "::arazzo"));
    (compilation.render(Header::Full), tokens.unwrap_or_default())
}

/// What a workflow needs is the same, whether the rest is read or not; what it does not need may be
/// broken without anybody noticing.
#[test]
fn a_large_description_means_what_it_says() {
    let directory = tempfile::tempdir().unwrap();
    for (used, unused, unnoticed) in [
        ("{type: string}", "{type: string}", false),
        ("{type: integer}", "{type: string, type: string}", true),
        ("{type: string}", "*nothing", true),
        ("{type: string}", "&item {type: string}", false),
        ("*item", "&item {type: string}", false),
        ("*nothing", "{}", false),
        ("{type: string, type: integer}", "{}", false),
        ("{type: [string", "{}", false),
        ("{$ref: '#/components/schemas/Nothing'}", "{type: string}", false),
        ("{$ref: '#/components/schemas/Unused999/properties/part'}", "{}", false),
        ("{$ref: '#/components/schemas/Unused999/properties/port'}", "{}", false),
    ] {
        let name = format!("{}.yaml", Path::new(directory.path()).read_dir().unwrap().count());
        let text = description(used, unused);
        assert!(text.len() > 64 * 1024);
        std::fs::write(directory.path().join("document.yaml"), DOCUMENT).unwrap();
        std::fs::write(directory.path().join(&name), &text).unwrap();
        let options = Options {
            package: directory.path().to_owned(),
            document: "document.yaml".to_owned(),
            sources: vec![("shop".to_owned(), name.clone())],
            ..Options::default()
        };
        let library = Memory::default()
            .with(directory.path().join("document.yaml"), DOCUMENT)
            .with(directory.path().join(&name), text);
        let (whole, parts) = (expand(&options, &library), expand(&options, &Disk));
        if unnoticed {
            assert!(
                !whole.0.is_empty() && parts.0.is_empty(),
                "{unused}: {whole:?} {parts:?}"
            );
        } else {
            assert!(whole == parts, "{used} {unused}: {:?} {:?}", whole.0, parts.0);
        }
    }
}
