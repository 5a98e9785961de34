//! Whether a run that is stored, dropped and taken up again at every step does what one does that is never stored.
//!
//! Random workflows are written and compiled in one batch; the program in `crashes/main.rs` runs each of them with many
//! random answers of the API, in one go and in pieces, with processes that end before or after the API has seen a
//! request. Requests, their idempotency keys, waits and ends must be the same.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use rand::{Rng, RngExt as _, SeedableRng as _};

/// Workflows of a batch.
const WORKFLOWS: usize = 48;

/// Runs of each, with other answers.
const RUNS: usize = 100;

const API: &str = "\
openapi: 3.1.0
info: {title: Anything, version: 1.0.0}
servers: [{url: https://api.example}]
paths:
  /read/{key}:
    get:
      operationId: read
      parameters:
        - {name: key, in: path, required: true, schema: {type: string}}
        - {name: q, in: query, schema: {}}
      responses: {'200': {description: Anything., content: {application/json: {schema: {}}}}}
  /write:
    post:
      operationId: write
      requestBody: {required: true, content: {application/json: {schema: {}}}}
      responses: {'200': {description: Anything., content: {application/json: {schema: {}}}}}
";

const EVENTS: &str = "\
asyncapi: 3.0.0
info: {title: Anything, version: 1.0.0}
channels:
  sent: {address: events.sent, messages: {any: {headers: {type: object, properties: {x: {type: string}}}, payload: {}}}}
  came: {address: events.came, messages: {any: {payload: {type: object, properties: {v: {}, flag: {type: boolean}, jump: {type: integer}}}}}}
operations:
  post: {action: receive, channel: {$ref: '#/channels/sent'}}
  tell: {action: send, channel: {$ref: '#/channels/came'}}
";

/// The inputs that an action passes to a workflow.
const PASSED: &str = "parameters: [{name: a, value: $inputs.a}, {name: c, value: fixed}]";

/// What a step does.
#[derive(Clone, Copy, PartialEq)]
enum Act {
    Request,
    Call,
    Send,
    Receive,
}

struct Writer<R> {
    random: R,
    text: String,
    /// Whether each workflow so far can be left for another one.
    leaving: Vec<bool>,
}

impl<R: Rng> Writer<R> {
    fn one_in(&mut self, chances: u32) -> bool {
        self.random.random_range(0..chances) == 0
    }

    fn below(&mut self, limit: usize) -> usize {
        self.random.random_range(0..limit)
    }

    fn line(&mut self, indent: usize, text: &str) {
        let _ = writeln!(self.text, "{:indent$}{text}", "");
    }

    /// An expression that may stand in step `step`.
    fn expression(&mut self, step: usize) -> String {
        match self.below(if step == 0 { 3 } else { 7 }) {
            0 => "$inputs.a".to_owned(),
            1 => "$inputs.b".to_owned(),
            2 => "$inputs.c".to_owned(),
            _ => format!("$steps.s{}.outputs.o", self.below(step)),
        }
    }

    fn criterion(&mut self, act: Act) -> &'static str {
        if act == Act::Receive {
            return [
                "$message.payload#/flag == true",
                "$message.payload#/jump == 1",
                "$message.header.number != '3'",
                "$inputs.a == 'ada'",
            ][self.below(4)];
        }
        if act != Act::Request {
            return [
                "$inputs.a == 'ada'",
                "$inputs.a == 'bob'",
                "$inputs.b == 7 || $inputs.c == 'late &/?'",
            ][self.below(3)];
        }
        [
            "$statusCode == 200",
            "$statusCode == 503",
            "$statusCode >= 400",
            "$response.body#/flag == true",
            "$response.body#/jump == 1",
            "$response.body#/jump > 1 && $statusCode < 500",
            "$response.header.retry-after == 3",
        ][self.below(7)]
    }

    fn criteria(&mut self, indent: usize, act: Act) {
        let criterion = self.criterion(act);
        self.line(indent, "criteria:");
        self.line(indent + 2, &format!("- condition: {criterion}"));
    }

    /// What a step sends or receives on a channel.
    fn message(&mut self, step: usize, act: Act) {
        if act == Act::Send {
            let (one, other) = (self.expression(step), self.expression(step));
            self.line(8, "operationId: $sourceDescriptions.events.post");
            self.line(8, "parameters: [{name: x, in: header, value: $inputs.a}]");
            self.line(8, "requestBody:");
            self.line(10, &format!("payload: {{one: {one}, other: ['{{{other}}}']}}"));
            self.line(8, "outputs: {o: $message.payload#/one}");
        } else {
            self.line(8, "operationId: $sourceDescriptions.events.tell");
            self.line(8, "timeout: 5000");
            self.line(8, "outputs: {o: $message.payload#/v}");
            if self.one_in(2) {
                self.line(8, "successCriteria:");
                self.line(10, "- condition: $message.payload#/flag == true");
            }
        }
    }

    fn workflow(&mut self, index: usize) {
        self.line(2, &format!("- workflowId: w{index}"));
        self.line(4, "inputs:");
        self.line(6, "type: object");
        self.line(6, "required: [a, c]");
        self.line(
            6,
            "properties: {a: {type: string}, b: {type: integer}, c: {type: string}}",
        );
        self.line(4, "steps:");
        let steps = 1 + self.below(5);
        let mut leaves = false;
        for step in 0..steps {
            self.line(6, &format!("- stepId: s{step}"));
            // Calls stay shallow, so that the number of attempts that one run may make is not all it meets.
            let act = match self.below(8) {
                0 | 1 if index > 0 => Act::Call,
                2 => Act::Send,
                3 => Act::Receive,
                _ => Act::Request,
            };
            if matches!(act, Act::Send | Act::Receive) {
                self.message(step, act);
            } else if act == Act::Call {
                let target = self.plain_target(index);
                self.line(8, &format!("workflowId: w{target}"));
                self.line(8, "parameters:");
                for input in ["a", "c"] {
                    let value = if self.one_in(2) {
                        format!("$inputs.{input}")
                    } else {
                        "fixed".to_owned()
                    };
                    self.line(10, &format!("- {{name: {input}, value: {value}}}"));
                }
                self.line(8, "outputs: {o: $outputs.out}");
            } else if self.one_in(2) {
                let (key, query) = (
                    ["$inputs.a", "$inputs.c", "fixed"][self.below(3)],
                    self.expression(step),
                );
                self.line(8, "operationId: $sourceDescriptions.api.read");
                self.line(8, "parameters:");
                self.line(10, &format!("- {{name: key, in: path, value: {key}}}"));
                self.line(10, &format!("- {{name: q, in: query, value: {query}}}"));
            } else {
                let (one, other) = (self.expression(step), self.expression(step));
                self.line(8, "operationId: $sourceDescriptions.api.write");
                self.line(8, "requestBody:");
                self.line(
                    10,
                    &format!("payload: {{one: {one}, other: ['{{{other}}}', {one}], n: 1.10}}"),
                );
            }
            if act == Act::Request {
                self.line(8, "outputs: {o: $response.body#/v}");
                if self.one_in(2) {
                    let criterion = [
                        "$statusCode < 300",
                        "$statusCode < 500 && $response.body#/flag",
                        "$statusCode == 200",
                    ][self.below(3)];
                    self.line(8, "successCriteria:");
                    self.line(10, &format!("- condition: {criterion}"));
                }
            }
            leaves |= self.actions(index, steps, act);
        }
        let last = self.below(steps);
        self.line(4, &format!("outputs: {{out: $steps.s{last}.outputs.o}}"));
        self.leaving.push(leaves);
    }

    /// The actions of a step; whether one leaves the workflow.
    fn actions(&mut self, index: usize, steps: usize, act: Act) -> bool {
        let mut leaves = false;
        for (list, success) in [("onSuccess", true), ("onFailure", false)] {
            let actions = if self.one_in(2) { 1 + self.below(2) } else { 0 };
            if actions > 0 {
                self.line(8, &format!("{list}:"));
            }
            for action in 0..actions {
                self.line(10, &format!("- name: a{action}"));
                let kind = self.below(if success { 3 } else { 6 });
                match kind {
                    0 => self.line(12, "type: end"),
                    1 if index > 0 && self.one_in(3) => {
                        let target = self.plain_target(index);
                        leaves = true;
                        self.line(12, "type: goto");
                        self.line(12, &format!("workflowId: w{target}"));
                        self.line(12, PASSED);
                    }
                    1 | 2 => {
                        let target = self.below(steps);
                        self.line(12, "type: goto");
                        self.line(12, &format!("stepId: s{target}"));
                    }
                    _ => {
                        let (limit, after) = (self.below(4), ["0", "0.5", "2"][self.below(3)]);
                        self.line(12, "type: retry");
                        self.line(12, &format!("retryLimit: {limit}"));
                        self.line(12, &format!("retryAfter: {after}"));
                        if self.one_in(3) {
                            if index > 0 && self.one_in(2) {
                                let target = self.plain_target(index);
                                self.line(12, &format!("workflowId: w{target}"));
                                self.line(12, PASSED);
                            } else {
                                let target = self.below(steps);
                                self.line(12, &format!("stepId: s{target}"));
                            }
                        }
                    }
                }
                self.criteria(12, act);
            }
        }
        leaves
    }

    /// A workflow before this one that nobody leaves: what such a one returns has no single type.
    fn plain_target(&mut self, index: usize) -> usize {
        let plain: Vec<usize> = (0..index).filter(|other| !self.leaving[*other]).collect();
        plain[self.below(plain.len())]
    }
}

#[test]
fn runs_in_pieces_do_what_whole_ones_do() {
    let seed: u64 = std::env::var("CRASHES_SEED").map_or(20_261_123, |seed| seed.parse().unwrap());
    let mut writer = Writer {
        random: rand::rngs::SmallRng::seed_from_u64(seed),
        text: "arazzo: 1.1.0\ninfo: {title: Random, version: 1.0.0}\nsourceDescriptions:\n  - {name: api, url: ./api.yml, \
               type: openapi}\n  - {name: events, url: ./events.yml, type: asyncapi}\nworkflows:\n"
            .to_owned(),
        leaving: Vec::new(),
    };
    for index in 0..WORKFLOWS {
        writer.workflow(index);
    }
    let mut list = "runs! {\n".to_owned();
    for (index, leaves) in writer.leaving.iter().enumerate() {
        let _ = writeln!(list, "    w{index} {}", if *leaves { "Outcome" } else { "Outputs" });
    }
    list.push_str("}\n");

    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap();
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
    write(
        "Cargo.toml",
        &format!(
            "[package]\nname = \"crashes\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[profile.dev]\ndebug = 0\n\n\
             [dependencies]\narazzo = {{ path = {:?} }}\nserde = \"1\"\nserde_json = \"1\"\n",
            root.join("runtime").to_str().unwrap()
        ),
    );
    std::fs::copy(root.join("Cargo.lock"), directory.path().join("Cargo.lock")).unwrap();
    std::fs::create_dir(directory.path().join("src")).unwrap();
    std::fs::copy(
        root.join("tests/builds/crashes/main.rs"),
        directory.path().join("src/main.rs"),
    )
    .unwrap();
    write("src/workflows.rs", &list);
    write("random.yml", &writer.text);
    write("api.yml", API);
    write("events.yml", EVENTS);
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--"])
        .args([&seed.to_string(), &RUNS.to_string()])
        .current_dir(directory.path())
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("newcomer"),
        )
        .output()
        .unwrap();
    let (said, complained) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    if !output.status.success() {
        let kept = directory.keep();
        panic!("seed {seed}, in {}:\n{said}\n{complained}", kept.display());
    }
    println!("{}", said.trim());
    // What this proves depends on what happens in the runs.
    let numbers: Vec<usize> = said
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|n| n.parse().ok())
        .collect();
    let [workflows, runs, requests, messages, lost, waits, ends, failures] = numbers[..] else {
        panic!("{said}");
    };
    assert_eq!((workflows, runs), (WORKFLOWS, WORKFLOWS * RUNS));
    assert!(
        requests > runs && messages > 500 && lost > 100 && waits > 100 && ends > runs / 4 && failures > runs / 4,
        "{said}"
    );
}
