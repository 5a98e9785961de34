//! Whatever bytes a document and its description have, the compiler answers.
//!
//! `cargo fuzz run compile --sanitizer none` in this directory's parent; what stands behind a line
//! `%%%` is the description.
#![no_main]

use arazzo_compiler::bundle::Options;
use arazzo_compiler::compile;
use arazzo_compiler::diagnostic::Header;
use arazzo_compiler::emit::emit;
use arazzo_compiler::source::Memory;
use libfuzzer_sys::fuzz_target;

const API: &[u8] = br#"{"openapi":"3.1.0","info":{"title":"x","version":"1"},"servers":[{"url":"http://x.test"}],"paths":{"/a/{id}":{"post":{"operationId":"a","parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],"requestBody":{"content":{"application/json":{"schema":{"type":"object"}}}},"responses":{"200":{"description":"x","content":{"application/json":{"schema":{"type":"object","properties":{"b":{"type":"array","items":{"type":"integer"}}}}}}}}}}}}"#;

fuzz_target!(|bytes: &[u8]| {
    let mark = b"\n%%%\n";
    let split = bytes.windows(mark.len()).position(|window| window == mark);
    let (document, api) = match split {
        Some(at) => (&bytes[..at], &bytes[at + mark.len()..]),
        None => (bytes, API),
    };
    let library = Memory::default().with("flow.yaml", document).with("api.yaml", api);
    let options = Options {
        document: "flow.yaml".into(),
        ..Options::default()
    };
    let compilation = compile(&options, &library);
    let _ = compilation.render(Header::Full);
    if let Some(plan) = &compilation.plan {
        let _ = emit(plan, compilation.has_errors());
    }
});
