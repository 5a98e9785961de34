//! The language server, as an editor uses it, on the example's document.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod support;

use std::path::PathBuf;

use serde_json::{Value, json};
use support::{Editor, applied, example, position, uri};

struct Case {
    editor: Editor,
    directory: tempfile::TempDir,
    text: String,
}

impl Case {
    /// The example's document and description, in a directory without a Cargo.toml.
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let text = std::fs::read_to_string(example().join("stytch-totp-enrollment-workflow.yml")).unwrap();
        let api = std::fs::read(example().join("stytch-consumer-openapi.yml")).unwrap();
        std::fs::write(directory.path().join("stytch-consumer-openapi.yml"), api).unwrap();
        let mut case = Self {
            editor: Editor::start(directory.path()),
            directory,
            text,
        };
        let (path, text) = (case.path(), case.text.clone());
        case.editor.open(&path, &text);
        case
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("flow.yml")
    }

    /// The document with a part replaced; the part has to be there.
    fn with(&self, from: &str, to: &str) -> String {
        assert!(self.text.contains(from), "{from}");
        self.text.replacen(from, to, 1)
    }

    fn labels(&mut self, marked: &str) -> Vec<String> {
        let path = self.path();
        let found = self
            .editor
            .ask_at("textDocument/completion", &path, marked, json!({}))
            .unwrap();
        let label = |item: &Value| item["label"].as_str().unwrap().to_owned();
        found.as_array().unwrap().iter().map(label).collect()
    }
}

#[test]
fn problems_are_published_while_typing() {
    let mut case = Case::new();
    let path = case.path();
    assert_eq!(case.editor.codes(&path), [""; 0]);
    let broken = case.with("api_user_v1_Create", "api_user_v1_Creat");
    case.editor.write(&path, &broken);
    assert_eq!(case.editor.codes(&path), ["unknown-operation"]);
    let problem = &case.editor.problems[&uri(&path)][0];
    let start = broken.find("api_user_v1_Creat").unwrap();
    assert_eq!(problem["range"]["start"], position(&broken, start));
    assert_eq!(
        problem["range"]["end"],
        position(&broken, start + "api_user_v1_Creat".len())
    );
    assert_eq!(problem["severity"], 1);
    // One letter is added where it is missing.
    let end = position(&broken, start + "api_user_v1_Creat".len());
    case.editor
        .change(&path, &json!([{ "range": { "start": end, "end": end }, "text": "e" }]));
    assert_eq!(case.editor.codes(&path), [""; 0]);
    // What is not YAML has its problem, and the server goes on.
    case.editor.write(&path, "arazzo: [");
    assert_eq!(case.editor.codes(&path), ["yaml-syntax"]);
    case.editor.stop();
}

#[test]
fn a_change_of_a_description_is_seen_at_once() {
    let mut case = Case::new();
    let (path, api) = (case.path(), case.directory.path().join("stytch-consumer-openapi.yml"));
    let text = std::fs::read_to_string(&api).unwrap();
    case.editor
        .open(&api, &text.replace("api_totp_v1_Create\n", "api_totp_v1_Made\n"));
    assert_eq!(case.editor.codes(&path)[0], "unknown-operation");
    case.editor
        .tell("textDocument/didClose", json!({ "textDocument": { "uri": uri(&api) } }));
    case.editor.settle();
    assert_eq!(case.editor.codes(&path), [""; 0]);
}

#[test]
fn a_problem_is_corrected_by_a_fix_that_was_tried() {
    let mut case = Case::new();
    let path = case.path();
    for (right, wrong) in [
        ("api_user_v1_Create", "api_user_v1_Creat"),
        ("$steps.createTotp.outputs.totpId", "$steps.createTtp.outputs.totpId"),
        ("$steps.createTotp.outputs.totpId", "$steps.createTotp.outputs.totpid"),
        ("$response.body#/secret", "$response.body.secret"),
        ("$inputs.email", "$input.email"),
        (
            "successCriteria:\n    - condition: $statusCode == 200\n    outputs:\n      userId: $response.body#/user_id\n  - stepId: createTotp",
            "successCriteria:\n    - condition: $statusCode == 200\n    output:\n      userId: $response.body#/user_id\n  - stepId: createTotp",
        ),
    ] {
        let broken = case.with(right, wrong);
        case.editor.write(&path, &broken);
        let problems = case.editor.problems[&uri(&path)].clone();
        assert!(!problems.is_empty(), "{wrong}");
        let mut fixed = Vec::new();
        for problem in &problems {
            let params = json!({
                "textDocument": { "uri": uri(&path) }, "range": problem["range"], "context": { "diagnostics": [problem] },
            });
            let actions = case.editor.ask("textDocument/codeAction", params).unwrap();
            for action in actions.as_array().unwrap() {
                assert_eq!(action["kind"], "quickfix");
                fixed.push(applied(&broken, &action["edit"]["changes"][uri(&path)]));
            }
        }
        assert!(fixed.contains(&case.text), "{wrong}: {problems:#?}");
    }
}

#[test]
fn completion_knows_what_can_be_written() {
    let mut case = Case::new();
    let outputs = "    outputs:\n      totpId: $response.body#/totp_id\n";
    for (from, to, expected) in [
        (
            "$steps.createTotp.outputs.totpId",
            "$steps.createTotp.outputs.|",
            &["totpId", "secret", "qrCode", "recoveryCodes"][..],
        ),
        (
            "$steps.createTotp.outputs.totpId",
            "$steps.|",
            &["createUser", "createTotp", "authenticateTotp"],
        ),
        (
            "email: $inputs.email",
            "email: $inputs.|",
            &["email", "totp_code", "session_duration_minutes"],
        ),
        ("email: $inputs.email", "email: $in|", &["$inputs"]),
        (
            "operationId: api_totp_v1_Create",
            "operationId: api_totp|",
            &["api_totp_v1_Create", "api_totp_v1_Authenticate"],
        ),
        (
            outputs,
            "    outputs:\n      totpId: $response.body#/totp|\n",
            &["totp_id"],
        ),
        (
            outputs,
            "    outp|\n      totpId: $response.body#/totp_id\n",
            &["outputs"],
        ),
        ("        email: $inputs.email", "        ema|", &["email"]),
        ("contentType: application/json", "contentType: |", &["application/json"]),
    ] {
        let found = case.labels(&case.with(from, to));
        assert_eq!(found, expected, "{to}");
    }
    // After an error of syntax, what is left of the document still helps.
    let found = case.labels(&case.with("$steps.createTotp.outputs.totpId", "'$steps.createTotp.outputs.s|"));
    assert_eq!(found, ["secret"]);
    let steps = case.labels(&case.with("    outputs:\n      totpId:", "    |\n    outputs:\n      totpId:"));
    assert!(
        steps.contains(&"onFailure".to_owned()) && steps.contains(&"successCriteria".to_owned()),
        "{steps:?}"
    );
    let actions = case.with(
        outputs,
        &format!("    onFailure:\n    - name: again\n      type: |\n{outputs}"),
    );
    assert_eq!(case.labels(&actions), ["end", "goto", "retry"]);
    let goto = case.with(
        outputs,
        &format!("    onFailure:\n    - {{name: again, type: goto, stepId: c|}}\n{outputs}"),
    );
    assert_eq!(case.labels(&goto), ["createUser", "createTotp"]);
}

#[test]
fn hover_says_what_a_value_is() {
    let mut case = Case::new();
    let path = case.path();
    let mut hover = |from: &str, to: &str, expected: &[&str]| {
        let marked = case.with(from, to);
        let found = case
            .editor
            .ask_at("textDocument/hover", &path, &marked, json!({}))
            .unwrap();
        let text = found["contents"]["value"].as_str().unwrap_or_default().to_owned();
        for part in expected {
            assert!(text.contains(part), "{to}: {text}");
        }
    };
    hover(
        "$steps.createUser.outputs.userId",
        "$steps.create|User.outputs.userId",
        &["string", "Output of step `createUser`", "$response.body#/user_id"],
    );
    hover(
        "$inputs.session_duration",
        "$inputs.session|_duration",
        &["integer", "Optional session lifetime in minutes"],
    );
    hover("api_totp_v1_Create", "api_totp|_v1_Create", &["POST /v1/totps"]);
    // At a problem, its rule.
    hover(
        "api_user_v1_Create",
        "api_user|_v1_Creat",
        &["`unknown-operation`", "**Wrong**"],
    );
}

#[test]
fn definitions_lead_into_documents_and_descriptions() {
    let mut case = Case::new();
    let path = case.path();
    let api = case.directory.path().join("stytch-consumer-openapi.yml");
    let description = std::fs::read_to_string(&api).unwrap();
    let mut definition = |from: &str, to: &str| {
        let marked = case.with(from, to);
        case.editor
            .ask_at("textDocument/definition", &path, &marked, json!({}))
            .unwrap()
    };
    let found = definition("$steps.createTotp.outputs.totpId", "$steps.create|Totp.outputs.totpId");
    let step = case.text.find("stepId: createTotp").unwrap() + "stepId: ".len();
    assert_eq!(
        (&found["uri"], &found["range"]["start"]),
        (&json!(uri(&path)), &position(&case.text, step))
    );
    let mut definition = |from: &str, to: &str| {
        let marked = case.with(from, to);
        case.editor
            .ask_at("textDocument/definition", &path, &marked, json!({}))
            .unwrap()
    };
    let found = definition("operationId: api_totp_v1_Create", "operationId: api_|totp_v1_Create");
    assert_eq!(found["uri"], uri(&api));
    let line = usize::try_from(found["range"]["start"]["line"].as_u64().unwrap()).unwrap();
    let near: String = description.lines().skip(line.saturating_sub(1)).take(12).collect();
    assert!(near.contains("api_totp_v1_Create"), "{near}");
    // A pointer into a response leads to the schema of the member.
    let found = definition("$response.body#/qr_code", "$response.body#/qr|_code");
    assert_eq!(found["uri"], uri(&api));
    let line = usize::try_from(found["range"]["start"]["line"].as_u64().unwrap()).unwrap();
    let near: String = description.lines().skip(line.saturating_sub(1)).take(3).collect();
    assert!(near.contains("qr_code"), "{near}");
}

#[test]
fn a_name_is_changed_wherever_it_is_used() {
    let mut case = Case::new();
    let path = case.path();
    for (from, to, name, expected) in [
        (
            "stepId: createTotp",
            "stepId: create|Totp",
            "register",
            case.text.replace("createTotp", "register"),
        ),
        (
            "$inputs.email",
            "$inputs.em|ail",
            "mail",
            // The member of the payload has the same name, and is not the input.
            case.text
                .replace("    - email\n", "    - mail\n")
                .replace("      email:\n", "      mail:\n")
                .replace("$inputs.email", "$inputs.mail"),
        ),
        (
            "qrCode: $response",
            "qr|Code: $response",
            "qr",
            case.text
                .replace("      qrCode:", "      qr:")
                .replace("outputs.qrCode", "outputs.qr"),
        ),
    ] {
        let marked = case.with(from, to);
        let found = case
            .editor
            .ask_at("textDocument/rename", &path, &marked, json!({ "newName": name }));
        let edits = found.unwrap()["changes"][uri(&path)].clone();
        assert_eq!(applied(&case.text, &edits), expected, "{name}");
    }
    let marked = case.with("stepId: createTotp", "stepId: create|Totp");
    let taken = case.editor.ask_at(
        "textDocument/rename",
        &path,
        &marked,
        json!({ "newName": "createUser" }),
    );
    assert!(
        taken
            .unwrap_err()
            .starts_with("with this name, there would be an error")
    );
    let invalid = case
        .editor
        .ask_at("textDocument/rename", &path, &marked, json!({ "newName": "a b" }));
    assert!(invalid.unwrap_err().contains("is not a name"));
    let uses = case
        .editor
        .ask_at(
            "textDocument/references",
            &path,
            &marked,
            json!({ "context": { "includeDeclaration": true } }),
        )
        .unwrap();
    // Its definition, and one for each time that another expression names it.
    assert_eq!(uses.as_array().unwrap().len(), case.text.matches("createTotp").count());
}

#[test]
fn the_outline_the_folds_and_the_flow_are_those_of_the_document() {
    let mut case = Case::new();
    let params = json!({ "textDocument": { "uri": uri(&case.path()) } });
    let symbols = case.editor.ask("textDocument/documentSymbol", params.clone()).unwrap();
    let workflow = &symbols[0];
    assert_eq!(workflow["name"], "totp-enrollment");
    let children = workflow["children"].as_array().unwrap();
    let named: Vec<&str> = children.iter().map(|child| child["name"].as_str().unwrap()).collect();
    assert_eq!(
        named[..6],
        [
            "email",
            "totp_code",
            "session_duration_minutes",
            "createUser",
            "createTotp",
            "authenticateTotp"
        ]
    );
    assert_eq!(children[4]["children"].as_array().unwrap().len(), 4);
    let folds = case.editor.ask("textDocument/foldingRange", params.clone()).unwrap();
    let lines: Vec<&str> = case.text.lines().collect();
    let inputs = lines.iter().position(|line| *line == "  inputs:").unwrap();
    let steps = lines.iter().position(|line| *line == "  steps:").unwrap();
    let fold = json!({ "startLine": inputs, "endLine": steps - 1 });
    assert!(folds.as_array().unwrap().contains(&fold), "{folds}");
    let flow = case.editor.ask("arazzo/flow", params).unwrap();
    assert!(flow.as_str().unwrap().starts_with("flowchart TD\n"), "{flow}");
}

/// The options of a document are those of the macro call that compiles it.
#[test]
fn the_macro_call_decides_about_a_document() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
    std::fs::create_dir(directory.path().join("src")).unwrap();
    write(
        "Cargo.toml",
        "[package]\nname = \"p\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\narazzo = \"0.1\"\n",
    );
    write(
        "src/lib.rs",
        "arazzo::arazzo_workflow!(\"flow.yml\", sources = { stytchConsumerApi = \"api.yml\" }, lints = { deny(missing_summary) });\n",
    );
    write(
        "api.yml",
        &std::fs::read_to_string(example().join("stytch-consumer-openapi.yml")).unwrap(),
    );
    let text = std::fs::read_to_string(example().join("stytch-totp-enrollment-workflow.yml")).unwrap();
    let path = directory.path().join("flow.yml");
    let mut editor = Editor::start(directory.path());
    editor.open(&path, &text);
    assert_eq!(editor.codes(&path), [""; 0]);
    editor.write(
        &path,
        &text.replace(
            "  summary: Create a user, generate a TOTP secret, and authenticate the first code.\n",
            "",
        ),
    );
    assert_eq!(editor.codes(&path), ["missing-summary"]);
}

/// Two documents of one macro call: a correction belongs to the document of its problem.
#[test]
fn a_correction_is_of_its_own_document() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
    std::fs::create_dir(directory.path().join("src")).unwrap();
    write(
        "Cargo.toml",
        "[package]\nname = \"p\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\narazzo = \"0.1\"\n",
    );
    write(
        "src/lib.rs",
        "arazzo::arazzo_workflow!([\"a.yml\", \"b.yml\"], sources = { stytchConsumerApi = \"api.yml\" });\n",
    );
    write(
        "api.yml",
        &std::fs::read_to_string(example().join("stytch-consumer-openapi.yml")).unwrap(),
    );
    let text = std::fs::read_to_string(example().join("stytch-totp-enrollment-workflow.yml")).unwrap();
    let broken = text
        .replace("workflowId: totp-enrollment", "workflowId: other")
        .replace("api_user_v1_Create", "api_user_v1_Creat");
    write("a.yml", &text);
    write("b.yml", &broken);
    let (a, b) = (directory.path().join("a.yml"), directory.path().join("b.yml"));
    let mut editor = Editor::start(directory.path());
    editor.open(&a, &text);
    editor.open(&b, &broken);
    assert_eq!(
        (editor.codes(&a), editor.codes(&b)),
        (vec![], vec!["unknown-operation".to_owned()])
    );
    let range = editor.problems[&uri(&b)][0]["range"].clone();
    let mut actions = |path| {
        let params = json!({ "textDocument": { "uri": uri(path) }, "range": range, "context": { "diagnostics": [] } });
        editor
            .ask("textDocument/codeAction", params)
            .unwrap()
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((actions(&a), actions(&b) > 0), (0, true));
}

/// What is not an Arazzo document gets no answers, and no problems.
#[test]
fn other_files_are_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("compose.yml");
    let mut editor = Editor::start(directory.path());
    editor.open(&path, "services:\n  web: {image: x}\n");
    assert_eq!(editor.codes(&path), [""; 0]);
    let marked = "serv|ices:\n  web: {image: x}\n";
    assert_eq!(
        editor.ask_at("textDocument/hover", &path, marked, json!({})),
        Ok(Value::Null)
    );
    assert_eq!(
        editor.ask_at("textDocument/completion", &path, marked, json!({})),
        Ok(json!([]))
    );
}
