//! Names and texts of documents in generated code: whatever they hold, the expansion compiles without warnings, and
//! none of it runs as a doctest.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use arazzo_compiler::bundle::Options;
use arazzo_compiler::diagnostic::{Header, Levels};
use arazzo_compiler::emit::{emit, text};
use arazzo_compiler::source::Memory;
use serde_json::{Value, json};

/// Keywords, primitive types, crates, methods of the prelude's traits, and names that the expansion has itself.
const WORDS: &str = "as async await become box crate do dyn else extern false fn gen \
    let macro match mod move mut pub self Self struct super trait true try \
    type unsafe use yield union auto default raw \
    bool char str u8 u128 usize i32 f64 \
    alloc arazzo core std proc_macro test serde serde_json reqwest tokio main __rt __serde __private \
    into tryInto from tryFrom clone cloneFrom drop eq cmp hash fmt toString toOwned asRef borrow next iter intoIter \
    intoFuture fromIter len call typeId deserialize serialize deref \
    new seal open id step steps stepId inputs inputsMut input outputs output outcome advance advanceUntilBlocked finish \
    state called dependencies additional name all ALL types sources run Run Inputs PartialInputs Outputs Step Steps Input \
    Outcome Completed Error Dependencies Called State SHAPE OPERATIONS Other Workflow Transport Client client Result Option \
    Some None Ok Err String Vec Box BTreeMap HashMap Value Debug Clone PartialEq Serialize Deserialize Default From Into \
    Send Sync Sized Copy Drop Fn FnMut FnOnce Iterator Future T S D E formatter serializer deserializer parts";

/// Those of them that can mean something else next to the macro call, where a workflow has its function and module.
const AROUND: &str = "async crate gen match self Self super type true \
    bool char str u8 u128 usize i32 f64 alloc arazzo core std proc_macro test serde tokio main \
    into tryInto clone drop new run inputs outputs client types sources steps Run Inputs Outputs Error Result Option Some";

/// Names that no id of a decent document has.
const HOSTILE: [&str; 33] = [
    "_",
    "__",
    "1",
    "2fa",
    "\u{24d0}",
    "\u{1f130}",
    "\u{301}",
    "e\u{301}",
    "\u{e9}",
    "名前",
    "\u{bd}",
    "\u{2168}",
    "\u{663}",
    "ß",
    "ﬁ",
    "İ",
    "🦀",
    "a b",
    "a`b",
    "```",
    "a\n```\npanic!(\"ran\")\n```",
    "a\n\n    panic!(\"ran\")",
    "a\r~~~\rb",
    "*/ fn main() {} /*",
    "a\"#b",
    "a\\",
    "{{}}",
    "[link]",
    "<b>",
    "a|b",
    "a\u{202e}b",
    "#",
    "%s{}",
];

/// Texts that open a block of code in every way that CommonMark knows (sections 4.4, 4.5 and 5.2).
const TEXTS: [&str; 18] = [
    "```\npanic!(\"ran\")\n```",
    "````\npanic!(\"ran\")\n````",
    "````text\n```\npanic!(\"ran\")\n```\n````\npanic!(\"ran\")",
    "~~~\npanic!(\"ran\")\n~~~",
    "~~~ ` `\npanic!(\"ran\")\n~~~",
    "``` a ` b\npanic!(\"ran\")\n```\npanic!(\"ran\")\n```",
    "```\npanic!(\"ran\")",
    "Text\n\n    panic!(\"ran\")",
    "Text\n\n\tpanic!(\"ran\")",
    "- item\n\n      panic!(\"ran\")",
    "-     panic!(\"ran\")",
    "1.     panic!(\"ran\")",
    "- ```\n  panic!(\"ran\")\n  ```",
    "> ```\n> panic!(\"ran\")\n> ```",
    ">     panic!(\"ran\")",
    "Text\r\r```\rpanic!(\"ran\")\r```",
    "   ```rust,should_panic\n   Ok(())\n   ```",
    "# Example\n\n``` rust\nassert_eq!(1, 2);\n```\n\nSee <b>it</b> at https://x.test/a_b [here] `x[0]`.",
];

const OK: &str = r#"{ "200": { "description": "ok" } }"#;

/// A document with one name or text at one kind of place.
struct Case {
    document: Value,
    apis: Vec<Value>,
}

fn api(path: &str, operation: &str, responses: Value) -> Value {
    json!({
        "openapi": "3.1.0", "info": { "title": "t", "version": "1" }, "servers": [{ "url": "https://names.test" }],
        "paths": { path: { "post": { "operationId": operation, "responses": responses } } },
    })
}

fn document(sources: usize, workflows: Value) -> Value {
    let sources: Vec<Value> = (0..sources)
        .map(|index| json!({ "name": format!("api{index}"), "url": format!("api{index}.json"), "type": "openapi" }))
        .collect();
    json!({
        "arazzo": "1.1.0", "info": { "title": "t", "version": "1" }, "sourceDescriptions": sources, "workflows": workflows,
    })
}

fn object(entries: impl Iterator<Item = (String, Value)>) -> Value {
    Value::Object(entries.collect())
}

/// Makes a document that has all of the names at one kind of place.
type Place = fn(&[&str]) -> Case;

/// The places, each with a document that has all of the names there.
const PLACES: [(&str, Place); 9] = [
    ("workflow", |names| {
        let workflows = names
            .iter()
            .map(|name| json!({ "workflowId": name, "steps": [{ "stepId": "s", "operationId": "a" }] }));
        one(document(1, workflows.collect()), json_of(OK))
    }),
    ("step", |names| {
        let steps = names.iter().map(|name| {
            json!({ "stepId": name, "operationId": "a", "outputs": { "code": "$statusCode" },
                    "onFailure": [{ "name": name, "type": "end" }] })
        });
        one(
            document(1, json!([{ "workflowId": "w", "steps": steps.collect::<Vec<_>>() }])),
            json_of(OK),
        )
    }),
    ("required input", |names| inputs(names, true)),
    ("optional input", |names| inputs(names, false)),
    ("output", |names| {
        let outputs = object(names.iter().map(|name| ((*name).to_owned(), json!("$statusCode"))));
        let step = json!({ "stepId": "s", "operationId": "a", "outputs": outputs });
        one(
            document(
                1,
                json!([{ "workflowId": "w", "steps": [step], "outputs": outputs_of_step(names) }]),
            ),
            json_of(OK),
        )
    }),
    ("source", |names| {
        let mut document = document(
            names.len(),
            json!([{ "workflowId": "w", "steps": (0..names.len())
                .map(|index| match names {
                    [_] => json!({ "stepId": "s", "operationId": "a0" }),
                    _ => json!({ "stepId": format!("s{index}"),
                        "operationId": format!("$sourceDescriptions.{}.a{index}", names[index]) }),
                })
                .collect::<Vec<_>>() }]),
        );
        for (index, name) in names.iter().enumerate() {
            document["sourceDescriptions"][index]["name"] = json!(name);
        }
        let apis = (0..names.len()).map(|index| api("/a", &format!("a{index}"), json_of(OK)));
        Case {
            document,
            apis: apis.collect(),
        }
    }),
    ("member and schema", |names| {
        let refs = object(names.iter().map(|name| {
            let pointer = name.replace('~', "~0").replace('/', "~1").replace('%', "%25");
            (
                (*name).to_owned(),
                json!({ "$ref": format!("#/components/schemas/{pointer}") }),
            )
        }));
        let schemas = object(names.iter().map(|name| {
            (
                (*name).to_owned(),
                json!({ "type": "object", "properties": { *name: { "type": "string" } } }),
            )
        }));
        let mut case = typed(&json!({ "type": "object", "properties": refs }));
        case.apis[0]["components"] = json!({ "schemas": schemas });
        case
    }),
    ("value", |names| typed(&json!({ "type": "string", "enum": names }))),
    ("path", |names| {
        let mut case = one(
            document(
                1,
                json!([{ "workflowId": "w", "steps": (0..names.len())
                .map(|index| json!({ "stepId": format!("s{index}"), "operationId": format!("a{index}") }))
                .collect::<Vec<_>>() }]),
            ),
            json_of(OK),
        );
        case.apis[0]["paths"] = object(names.iter().enumerate().map(|(index, name)| {
            (
                format!("/{name}"),
                json!({ "get": { "operationId": format!("a{index}"), "responses": json_of(OK) } }),
            )
        }));
        case
    }),
];

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn one(document: Value, responses: Value) -> Case {
    Case {
        document,
        apis: vec![api("/a", "a", responses)],
    }
}

fn outputs_of_step(names: &[&str]) -> Value {
    object(
        names
            .iter()
            .map(|name| ((*name).to_owned(), json!(format!("$steps.s.outputs.{name}")))),
    )
}

fn inputs(names: &[&str], required: bool) -> Case {
    let properties = object(
        names
            .iter()
            .map(|name| ((*name).to_owned(), json!({ "type": "string" }))),
    );
    let payload = object(
        names
            .iter()
            .map(|name| ((*name).to_owned(), json!(format!("$inputs.{name}")))),
    );
    let mut inputs = json!({ "type": "object", "properties": properties });
    if required {
        inputs["required"] = json!(names);
    }
    let step = json!({ "stepId": "s", "operationId": "a", "requestBody": { "payload": payload } });
    let mut case = one(
        document(1, json!([{ "workflowId": "w", "inputs": inputs, "steps": [step] }])),
        json_of(OK),
    );
    case.apis[0]["paths"]["/a"]["post"]["requestBody"] = json!({ "content": { "application/json": { "schema": {} } } });
    case
}

/// A workflow that returns a body of a schema.
fn typed(schema: &Value) -> Case {
    let step = json!({ "stepId": "s", "operationId": "a", "outputs": { "o": "$response.body" } });
    let workflow = json!({ "workflowId": "w", "steps": [step], "outputs": { "o": "$steps.s.outputs.o" } });
    let content = json!({ "application/json": { "schema": schema } });
    one(
        document(1, json!([workflow])),
        json!({ "200": { "description": "ok", "content": content } }),
    )
}

/// The expansion, or the errors of the compiler.
fn expansion(case: &Case) -> Result<String, String> {
    let mut library = Memory::default().with("flow.json", case.document.to_string());
    for (index, api) in case.apis.iter().enumerate() {
        library = library.with(format!("api{index}.json"), api.to_string());
    }
    let options = Options {
        document: "flow.json".to_owned(),
        // Ids that become the same name are numbered.
        levels: Levels {
            lenient: true,
            ..Levels::default()
        },
        ..Options::default()
    };
    let compilation = arazzo_compiler::compile(&options, &library);
    if compilation.has_errors() {
        return Err(compilation.render(Header::Full).join("\n"));
    }
    Ok(text(&emit(&compilation.plan.unwrap(), false), "::arazzo"))
}

/// As many documents as it takes to have every accepted name at a place, and the accepted names.
fn batches(place: Place, names: &[&'static str]) -> (Vec<String>, Vec<&'static str>) {
    let accepted: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| expansion(&place(&[*name])).is_ok())
        .collect();
    if let Ok(all) = expansion(&place(&accepted)) {
        return (vec![all], accepted);
    }
    let mut batches: Vec<Vec<&str>> = Vec::new();
    for name in &accepted {
        let fits = batches.iter_mut().find(|batch| {
            let mut with = (*batch).clone();
            with.push(name);
            expansion(&place(&with)).is_ok()
        });
        match fits {
            Some(batch) => batch.push(name),
            None => batches.push(vec![name]),
        }
    }
    (
        batches.iter().map(|batch| expansion(&place(batch)).unwrap()).collect(),
        accepted,
    )
}

/// A text wherever one can be.
fn documented(text: &str) -> Case {
    let schema = json!({ "type": "object", "description": text, "properties": {
        "p": { "type": "string", "description": text },
        "q": { "type": "string", "enum": ["a", "b"], "description": text },
    } });
    let mut case = typed(&schema);
    let workflow = &mut case.document["workflows"][0];
    workflow["summary"] = json!(text);
    workflow["description"] = json!(text);
    workflow["steps"][0]["description"] = json!(text);
    workflow["inputs"] = json!({ "type": "object", "properties": { "i": { "type": "string", "description": text } } });
    case
}

struct Library(tempfile::TempDir);

impl Library {
    fn new(text: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .canonicalize()
            .unwrap();
        let directory = tempfile::tempdir().unwrap();
        let manifest = format!(
            "[package]\nname = \"names\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
             arazzo = {{ path = {:?}, features = [\"jsonpath\", \"regex\", \"xpath\"] }}\n",
            root.join("runtime").to_str().unwrap()
        );
        std::fs::write(directory.path().join("Cargo.toml"), manifest).unwrap();
        std::fs::copy(root.join("Cargo.lock"), directory.path().join("Cargo.lock")).unwrap();
        std::fs::create_dir(directory.path().join("src")).unwrap();
        std::fs::write(directory.path().join("src/lib.rs"), text).unwrap();
        Self(directory)
    }

    fn cargo(&self, arguments: &[&str]) -> Output {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("expansions");
        Command::new(env!("CARGO"))
            .args(arguments)
            .current_dir(self.0.path())
            .env("CARGO_TARGET_DIR", target)
            .output()
            .unwrap()
    }
}

#[test]
fn whatever_a_name_or_text_holds_the_expansion_compiles_and_nothing_of_it_runs() {
    let mut library = String::from(
        "//! Expansions of odd names and texts.\n#![deny(warnings, missing_docs)]\n#![allow(dead_code, uncommon_codepoints)]\n",
    );
    let mut add = |title: &str, code: String| {
        let text = prettyplease::unparse(&syn::parse_file(&code).unwrap());
        let _ = writeln!(library, "/// {title}\npub mod {} {{\n{text}}}", title.replace(' ', "_"));
    };
    for (title, place) in PLACES {
        let words = if title == "workflow" { AROUND } else { WORDS };
        let names: Vec<&'static str> = words.split_whitespace().chain(HOSTILE).collect();
        let (batches, accepted) = batches(place, &names);
        // No rule of a document forbids an ordinary word anywhere.
        for word in words.split_whitespace() {
            let errors = || expansion(&place(&[word])).unwrap_err();
            assert!(accepted.contains(&word), "{title} {word}: {}", errors());
        }
        println!(
            "{title}: {} of {} names accepted, in {} documents",
            accepted.len(),
            names.len(),
            batches.len()
        );
        for (index, code) in batches.into_iter().enumerate() {
            add(&format!("{title} {index}"), code);
        }
    }
    for (index, text) in TEXTS.iter().enumerate() {
        let code = expansion(&documented(text)).unwrap_or_else(|errors| panic!("{text}: {errors}"));
        add(&format!("text {index}"), code);
    }
    // What a user writes compiles whatever the steps, inputs and workflows are called.
    library.push_str(
        "\n/// The program of a user.\npub fn used() {\n    let run = step_0::w::Run::new(step_0::w::Inputs::default());\n    \
         let _ = (run.steps().into_(), run.steps().try_into_(), run.steps().clone(), run.steps().drop());\n    \
         let inputs: required_input_0::w::PartialInputs = Default::default();\n    \
         let _: required_input_0::w::Run = required_input_0::w::Run::new(inputs);\n}\n",
    );
    let library = Library::new(&library);
    let output = library.cargo(&["test", "--doc"]);
    let printed = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        output.status.success() && printed.contains("running 0 tests"),
        "{printed}"
    );
}
