//! Random graphs of schemas that refer to each other in every way, in any order: what is expanded of them compiles.
//!
//! `SCHEMA_GRAPHS=7` picks another batch, `SCHEMA_GRAPHS_COUNT=500` a larger one.

use std::fmt::Write as _;

use arazzo_compiler::bundle::Options;
use arazzo_compiler::diagnostic::Header;
use arazzo_compiler::emit::{emit, text};
use arazzo_compiler::source::Memory;

/// A small generator, the same on every machine (Knuth, The Art of Computer Programming, 3.3.4).
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % count
    }
}

/// One way from a schema to another: everything that JSON Schema and OpenAPI have for it.
fn way(dice: &mut Dice, to: &str, depth: usize) -> String {
    let inner = if depth > 0 && dice.below(3) == 0 {
        way(dice, to, depth - 1)
    } else {
        format!("{{ $ref: '{to}' }}")
    };
    match dice.below(12) {
        0 => format!("{{ type: array, items: {inner} }}"),
        1 => format!("{{ type: object, additionalProperties: {inner} }}"),
        2 => format!("{{ allOf: [{inner}] }}"),
        3 => format!("{{ allOf: [{inner}, {{ description: more }}] }}"),
        4 => format!("{{ oneOf: [{inner}, {{ type: 'null' }}] }}"),
        5 => format!("{{ anyOf: [{inner}] }}"),
        6 => format!("{{ oneOf: [{inner}, {{ type: string }}] }}"),
        7 => format!("{{ $ref: '{to}', nullable: true }}"),
        8 => format!("{{ type: object, required: [x], properties: {{ x: {inner}, y: {{ type: integer }} }} }}"),
        9 => format!("{{ type: array, items: {{ type: object, properties: {{ x: {inner} }} }} }}"),
        _ => inner,
    }
}

/// Schemas that refer to each other, as the members of a mapping.
fn graph(dice: &mut Dice, prefix: &str) -> (usize, String) {
    let count = 1 + dice.below(6);
    let mut schemas = Vec::new();
    for index in 0..count {
        let mut properties = vec!["own: { type: string }".to_owned()];
        for edge in 0..dice.below(4) {
            let to = format!("{prefix}S{}", dice.below(count));
            let property = format!("p{edge}: {}", way(dice, &to, 2));
            properties.insert(dice.below(properties.len() + 1), property);
        }
        let required = if dice.below(2) == 0 { "required: [p0], " } else { "" };
        let body = format!("type: object, {required}properties: {{ {} }}", properties.join(", "));
        let schema = match dice.below(4) {
            0 => {
                let to = format!("{prefix}S{}", dice.below(count));
                format!("{{ allOf: [{{ {body} }}, {}] }}", way(dice, &to, 0))
            }
            _ => format!("{{ {body} }}"),
        };
        schemas.push(format!("S{index}: {schema}"));
    }
    (count, schemas.join(", "))
}

/// The expansion of a document whose inputs and outputs are of such schemas.
fn expansion(dice: &mut Dice) -> String {
    let (count, schemas) = graph(dice, "#/components/schemas/");
    let outputs: Vec<String> = (0..count)
        .map(|index| format!("o{index}: $response.body#/r{index}"))
        .collect();
    let responses: Vec<String> = (0..count)
        .map(|index| format!("r{index}: {{ $ref: '#/components/schemas/S{index}' }}"))
        .collect();
    let api = format!(
        "openapi: 3.0.3\ninfo: {{ title: t, version: '1' }}\nservers: [{{ url: 'https://graph.test' }}]\n\
         paths: {{ /a: {{ post: {{ operationId: a, requestBody: {{ content: {{ application/json: {{ schema: {{}} }} }} }}, \
         responses: {{ '200': {{ description: ok, content: {{ application/json: {{ schema: \
         {{ type: object, properties: {{ {} }} }} }} }} }} }} }} }} }}\ncomponents: {{ schemas: {{ {schemas} }} }}\n",
        responses.join(", ")
    );
    let (inputs, definitions) = graph(dice, "#/components/inputs/");
    let given: Vec<String> = (0..inputs)
        .map(|index| format!("i{index}: {{ $ref: '#/components/inputs/S{index}' }}"))
        .collect();
    let sent: Vec<String> = (0..inputs).map(|index| format!("i{index}: $inputs.i{index}")).collect();
    let document = format!(
        "arazzo: 1.1.0\ninfo: {{ title: t, version: '1' }}\nsourceDescriptions: [{{ name: api, url: api.yaml, type: openapi }}]\n\
         workflows: [{{ workflowId: w, inputs: {{ type: object, properties: {{ {} }} }}, \
         steps: [{{ stepId: s, operationId: a, requestBody: {{ payload: {{ {} }} }}, outputs: {{ {} }} }}] }}]\n\
         components: {{ inputs: {{ {definitions} }} }}\n",
        given.join(", "),
        sent.join(", "),
        outputs.join(", ")
    );
    let library = Memory::default()
        .with("flow.yaml", document.clone())
        .with("api.yaml", api.clone());
    let options = Options {
        document: "flow.yaml".to_owned(),
        ..Options::default()
    };
    let compilation = arazzo_compiler::compile(&options, &library);
    assert!(
        !compilation.has_errors(),
        "{}\n{document}\n{api}",
        compilation.render(Header::Full).join("\n")
    );
    let code = text(&emit(&compilation.plan.unwrap(), false), "::arazzo");
    prettyplease::unparse(&syn::parse_file(&code).unwrap())
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

#[test]
fn random_graphs_of_schemas_compile() {
    let mut dice = Dice(setting("SCHEMA_GRAPHS", 1));
    let mut modules = String::from("//! Expansions of random schemas.\n#![deny(warnings, missing_docs)]\n");
    for index in 0..setting("SCHEMA_GRAPHS_COUNT", 40) {
        let _ = writeln!(
            modules,
            "/// {index}\npub mod graph{index} {{\n{}}}",
            expansion(&mut dice)
        );
    }
    assert!(modules.contains("__rt::Box<"), "some contain themselves");
    crate::check_library(&modules);
}
