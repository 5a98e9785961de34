//! What is sent: payloads, embeddings, pointers, numbers, parameters, and what a step can say about its own request.
//!
//! "Spec" is the Arazzo Specification 1.1.0, "semantics" the page that decides where it is silent.

use arazzo_tests::script::{Script, book, book_with, json_of};
use serde_json::{Value, json};

// Literals that look like expressions are worth a warning; here they are the point.
#[allow(deprecated)]
mod payloads {
    arazzo::arazzo_workflow!("language/payloads.yml");
}
mod input_pointers {
    arazzo::arazzo_workflow!("language/input-pointers.yml");
}
// An input that may be missing for a parameter that must be there is worth a warning; here it is the point.
#[allow(deprecated)]
mod requests {
    arazzo::arazzo_workflow!("language/requests.yml");
}

use input_pointers::send_parts;
use payloads::{
    embed_note, follow_pointers, keep_numbers, pass_values, put_back, send_inputs, send_literals, send_one_value,
    send_text,
};
use requests::{
    composed_filter, describe_read, describe_write, filter_books, find_phrase, find_reader, fixed_filter, read_slot,
};

/// A JSON text without the spaces between its tokens; only for texts without spaces in their strings.
fn dense(text: &str) -> String {
    text.split_whitespace().collect()
}

fn dune() -> send_inputs::Inputs {
    let author = json!({ "born": 1920, "name": "Frank" });
    send_inputs::Inputs::new(String::from("Dune"), 3, 9.5, true, author)
}

mod kept;
mod own_request;
mod parameters;
mod pointers;
mod written;
