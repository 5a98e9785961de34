//! No free text of a document becomes code: an expansion is Rust, and the same Rust whatever the texts say.
//!
//! `cargo fuzz run expansion --sanitizer none`; the bytes are one text, which stands wherever a document or description
//! can have one.
#![no_main]

use arazzo_compiler::bundle::Options;
use arazzo_compiler::compile;
use arazzo_compiler::emit::{self, emit};
use arazzo_compiler::source::Memory;
use libfuzzer_sys::fuzz_target;
use proc_macro2::{TokenStream, TokenTree};
use serde_json::{Value, json};

/// A document and its description with a text in every place for one.
fn texts(text: &str) -> (Value, Value) {
    let schema = json!({ "type": "object", "title": text, "description": text, "properties": {
        "p": { "type": "string", "description": text, "examples": [text] },
        "q": { "type": "string", "enum": ["a", "b"], "description": text },
    } });
    let document = json!({
        "arazzo": "1.1.0", "info": { "title": text, "version": text, "summary": text, "description": text },
        "sourceDescriptions": [{ "name": "api", "url": "api.json", "type": "openapi" }],
        "workflows": [{
            "workflowId": "w", "summary": text, "description": text,
            "inputs": { "type": "object", "properties": { "i": { "type": "string", "description": text, "default": text } } },
            "steps": [{
                "stepId": "s", "operationId": "a", "description": text,
                "requestBody": { "payload": { "plain": "x" } },
                "outputs": { "o": "$response.body" },
            }],
            "outputs": { "o": "$steps.s.outputs.o" },
        }],
    });
    let responses = json!({ "200": { "description": text, "content": { "application/json": { "schema": schema } } } });
    let body = json!({ "content": { "application/json": { "schema": {} } } });
    let api = json!({
        "openapi": "3.1.0", "info": { "title": text, "version": text, "description": text },
        "servers": [{ "url": "https://x.test", "description": text }],
        "paths": { "/a": { "summary": text, "post": {
            "operationId": "a", "summary": text, "description": text, "requestBody": body, "responses": responses,
        } } },
    });
    (document, api)
}

fn expansion(text: &str) -> TokenStream {
    let (document, api) = texts(text);
    let library = Memory::default()
        .with("flow.json", document.to_string())
        .with("api.json", api.to_string());
    let options = Options {
        document: "flow.json".into(),
        ..Options::default()
    };
    let compilation = compile(&options, &library);
    assert!(!compilation.has_errors(), "{text:?}");
    let expansion = emit(&compilation.plan.expect("a plan"), false);
    emit::text(&expansion, "::arazzo").parse().expect("tokens")
}

/// The tokens but for literals, and for `#[doc = …]`, of which there is one for each line.
fn code(tokens: TokenStream, out: &mut String) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '#' => match tokens.peek() {
                Some(TokenTree::Group(group)) if group.stream().to_string().starts_with("doc =") => {
                    tokens.next();
                }
                _ => out.push('#'),
            },
            TokenTree::Group(group) => {
                out.push_str(&format!(" {:?}( ", group.delimiter()));
                code(group.stream(), out);
                out.push_str(" ) ");
            }
            TokenTree::Literal(_) => out.push_str(" _ "),
            other => out.push_str(&format!(" {other} ")),
        }
    }
}

fuzz_target!(|text: &str| {
    let tokens = expansion(text);
    syn::parse2::<syn::File>(tokens.clone()).expect("Rust");
    let (mut own, mut plain) = (String::new(), String::new());
    code(tokens, &mut own);
    code(expansion("text"), &mut plain);
    assert_eq!(own, plain, "{text:?}");
});
