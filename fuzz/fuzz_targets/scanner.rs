//! The scanner of JSON accepts what `serde_json` accepts, surrogates included.
//!
//! `cargo fuzz run scanner --sanitizer none`
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;

#[path = "../../runtime/src/json/scan.rs"]
#[allow(dead_code)]
mod scan;

/// `serde_json` reads 128 levels.
const DEPTH: usize = 120;

fuzz_target!(|text: &str| {
    if text.matches(['[', '{']).count() > DEPTH {
        return;
    }
    let json = text.as_bytes();
    let ours = scan::skip(json, scan::blank(json, 0)).is_some_and(|end| scan::blank(json, end) == json.len());
    match serde_json::from_str::<Value>(text) {
        Ok(value) => {
            assert!(ours, "refused: {text}");
            let plain = value.as_array().is_some_and(|items| items.iter().all(Value::is_string)) && !text.contains('\\');
            if plain {
                assert!(scan::is_of_plain_strings(text.trim()), "plain: {text}");
            }
        }
        // A number that no `f64` holds is one all the same.
        Err(error) if error.to_string().starts_with("number out of range") => {}
        Err(error) => assert!(!ours, "accepted: {text}: {error}"),
    }
});
