//! What is sent: payloads, embeddings, pointers, numbers, parameters, and what a step can say about its own request.
//!
//! "Spec" is the Arazzo Specification 1.1.0, "semantics" the page that decides where it is silent.

mod script;

use script::{Script, book, book_with, json_of};
use serde_json::{Value, json};

// Literals that look like expressions are worth a warning; here they are the point.
#[allow(deprecated)]
mod payloads {
    arazzo::arazzo_workflow!("../language/payloads.yml");
}
mod input_pointers {
    arazzo::arazzo_workflow!("../language/input-pointers.yml");
}
// An input that may be missing for a parameter that must be there is worth a warning; here it is the point.
#[allow(deprecated)]
mod requests {
    arazzo::arazzo_workflow!("../language/requests.yml");
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

// ---------------------------------------------------------------------------------------------------------------------
// Payloads
// ---------------------------------------------------------------------------------------------------------------------

// Spec, Request Body Object: the payload "can contain Runtime Expressions"; Runtime Expressions: they "preserve the type
// of the referenced value". Semantics, Values: an absent member of an object is left out, an absent element of an array
// is null, "JSON `null` is a value, not an absence".
#[tokio::test]
async fn a_payload_keeps_types_and_literals_and_leaves_out_what_is_not_there() {
    let script = Script::new()
        .on("POST /echo")
        .json(json!({
            "title": "Dune",
            "copies": 3,
            "price": 9.5,
            "gift": true,
            "author": { "born": 1920, "name": "Frank" },
            "tags": [null, null, "sf", 1984],
            "nested": {
                "deeper": [{ "title": "Dune" }],
                "fixed": 12,
                "share": 0.5,
                "sold": false,
                "nothing": null,
            },
            "label": r#"Dune: 3 for 9.5, gift: true, by {"born":1920,"name":"Frank"}!"#,
            "only": "3",
        }))
        .reply(200, json!({}));
    send_inputs(&script.client(), dune()).await.unwrap();
    script.assert_trace(&["POST /echo 200"]);
}

// The same lines, with everything there.
#[tokio::test]
async fn a_payload_holds_what_is_there() {
    let script = Script::new()
        .on("POST /echo")
        .json(json!({
            "title": "Dune",
            "copies": 3,
            "price": 9.5,
            "gift": true,
            "author": { "born": 1920, "name": "Frank" },
            "tags": ["classic", "long", "sf", 1984],
            "nested": {
                "note": "a \"note\"",
                "deeper": [{ "note": "a \"note\"", "title": "Dune" }],
                "fixed": 12,
                "share": 0.5,
                "sold": false,
                "nothing": null,
            },
            "label": r#"Dune: 3 for 9.5, gift: true, by {"born":1920,"name":"Frank"}!"#,
            "only": "3",
        }))
        .reply(200, json!({}));
    let inputs = dune().first_tag("classic").last_tag("long").note("a \"note\"");
    send_inputs(&script.client(), inputs).await.unwrap();
    script.assert_trace(&["POST /echo 200"]);
}

// Semantics, Values: an absent value "inside an embedding the step fails with an error that names it".
#[tokio::test]
async fn an_embedding_of_something_that_is_not_there_is_an_error_that_names_it() {
    let script = Script::new();
    let error = embed_note(&script.client(), embed_note::Inputs::new())
        .await
        .unwrap_err();
    script.assert_trace(&[]);
    assert!(error.to_string().contains("note"), "{error}");
    assert!(format!("{:?}", error.step()).contains("send"), "{:?}", error.step());
    assert_eq!(error.status(), None);

    let script = Script::new()
        .on("POST /echo")
        .json(json!({ "text": "Note: " }))
        .reply(200, json!({}));
    embed_note(&script.client(), embed_note::Inputs::new().note(""))
        .await
        .unwrap();
    script.assert_trace(&["POST /echo 200"]);
}

// Semantics, Values: null and absence stay apart; spec, Runtime Expressions: null, arrays and objects in embeddings.
#[tokio::test]
async fn a_null_travels_on_and_what_is_not_there_does_not() {
    let script = Script::new()
        .on("GET /facts")
        .reply(200, json!({ "nothing": null, "list": [1, "b", null, { "c": true }] }))
        .on("POST /echo")
        .json(json!({
            "nothing": null,
            "both": [null, null],
            "list": [1, "b", null, { "c": true }],
            "text": r#"null|[1,"b",null,{"c":true}]"#,
        }))
        .reply(200, json!({}));
    pass_values(&script.client(), pass_values::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /facts 200", "POST /echo 200"]);
}

// Spec, Runtime Expressions: "If the value is already a string […], it is embedded as-is"; "Scalar values (string,
// number, boolean, null) are converted to their string representation".
#[tokio::test]
async fn strings_and_booleans_are_embedded_as_they_are() {
    let script = Script::new()
        .on("GET /facts")
        .reply(200, json!({ "nothing": "a \"b\" \\ c", "missing": 1, "list": false }))
        .on("POST /echo")
        .json(json!({
            "nothing": "a \"b\" \\ c",
            "missing": 1,
            "both": ["a \"b\" \\ c", 1],
            "list": false,
            "text": "a \"b\" \\ c|false",
        }))
        .reply(200, json!({}));
    pass_values(&script.client(), pass_values::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /facts 200", "POST /echo 200"]);
}

// Semantics, Values: "A string that starts with `$` but is not an expression by the grammar […] is a literal";
// "`$sourceDescriptions.x.url` is the text of the document".
#[tokio::test]
async fn strings_that_only_look_like_expressions_are_sent_as_they_are() {
    let script = Script::new()
        .on("POST /echo")
        .json(json!({
            "price": "$5",
            "query": "$.items",
            "filter": "$.items[*]",
            "dollar": "$",
            "change": "5 $",
            "empty": "",
            "source": "./api.yml",
            "link": "see ./api.yml",
        }))
        .reply(200, json!({}));
    send_literals(&script.client(), send_literals::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /echo 200"]);
}

// Semantics, Requests: "A string with a JSON content type is sent […] as a JSON string otherwise".
#[tokio::test]
async fn a_text_as_the_whole_payload_is_a_json_string() {
    let script = Script::new()
        .on("POST /echo")
        .json(json!("Hello \"Ada\""))
        .reply(200, json!({}));
    send_text(&script.client(), send_text::Inputs::new(String::from("\"Ada\"")))
        .await
        .unwrap();
    script.assert_trace(&["POST /echo 200"]);
}

// Semantics, Requests: "a payload that is one expression keeps its type, so a string is sent quoted".
#[tokio::test]
async fn one_expression_as_the_whole_payload_keeps_its_type() {
    for value in [
        json!({ "b": [1, null], "a": {} }),
        json!([]),
        json!(12),
        json!(true),
        json!(null),
        json!("plain"),
        json!("{\"a\":1}"),
        json!("[1]"),
        json!("12"),
    ] {
        let script = Script::new().on("POST /echo").json(value.clone()).reply(200, json!({}));
        send_one_value(&script.client(), send_one_value::Inputs::new(value))
            .await
            .unwrap();
        script.assert_trace(&["POST /echo 200"]);
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Pointers
// ---------------------------------------------------------------------------------------------------------------------

// Spec, Runtime Expressions: `json-pointer`, with `~0` for `~` and `~1` for `/`; Examples: array elements by their index.
#[tokio::test]
async fn a_pointer_leads_into_an_output() {
    let script = Script::new()
        .on("GET /facts")
        .reply(
            200,
            json!({
                "a/b": "slash",
                "m~n": "tilde",
                "~1": "escaped",
                "list": ["zero", { "name": "one", "tags": ["x", "y"] }],
                "map": { "0": "key" },
            }),
        )
        .on("POST /echo")
        .json(json!({
            "slash": "slash",
            "tilde": "tilde",
            "escaped": "escaped",
            "name": "one",
            "deeper": "x",
            "number-as-key": "key",
            "embedded": "<one>",
        }))
        .reply(200, json!({}));
    follow_pointers(&script.client(), follow_pointers::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /facts 200", "POST /echo 200"]);
}

// Spec, Runtime Expressions: `inputs-reference = input-name [ "#" json-pointer ]`.
#[tokio::test]
async fn a_pointer_leads_into_an_input() {
    let order = json!({
        "lines": [{ "title": "Dune" }, { "copies": 2 }],
        "a/b": 1.5,
        "m~n": [true],
    });
    let script = Script::new()
        .on("POST /echo")
        .json(json!({ "first": "Dune", "slash": 1.5, "tilde": [true], "text": "<Dune>" }))
        .reply(200, json!({}));
    send_parts(&script.client(), send_parts::Inputs::new(order))
        .await
        .unwrap();
    script.assert_trace(&["POST /echo 200"]);
}

// ---------------------------------------------------------------------------------------------------------------------
// What travels on
// ---------------------------------------------------------------------------------------------------------------------

// Semantics, Values: "Numbers embedded or compared keep the spelling they came with (`2.0` stays `2.0`, integers keep
// every digit)".
#[tokio::test]
async fn numbers_keep_their_spelling_on_the_way() {
    let facts = r#"{"numbers":{"float":2.0,"large":123456789012345678901234567890,"money":1.50}}"#;
    let dune = book().to_string().replace("9.5", "2.50");
    let script = Script::new()
        .on("GET /facts")
        .reply_json_text(200, facts)
        .on("GET /books/7")
        .reply_json_text(200, &dune)
        .on("POST /echo")
        .reply(200, json!({}));
    keep_numbers(&script.client(), keep_numbers::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /facts 200", "GET /books/7 200", "POST /echo 200"]);

    let body = dense(&script.body(2));
    assert_eq!(body.matches(r#""float":2.0"#).count(), 2, "{body}");
    assert_eq!(
        body.matches(r#""large":123456789012345678901234567890"#).count(),
        2,
        "{body}"
    );
    assert!(body.contains(r#""money":1.50"#), "{body}");
    assert!(body.contains(r#""price":2.50"#), "{body}");
    assert!(body.contains(r#""id":7"#), "{body}");
    assert!(
        body.contains(r#""text":"2.0/123456789012345678901234567890/2.50""#),
        "{body}"
    );
}

// Semantics, Types of generated values: "Objects that travel on […] are never narrowed by their type: what came from the
// API goes out again […], unknown members included."
#[tokio::test]
async fn objects_travel_on_with_members_that_nobody_has_declared() {
    let came = book_with(json!({
        "shelfMark": { "row": [1, null, { "side": "left" }] },
        "author": { "name": "Frank Herbert", "aliases": ["F. H."], "homeTown": null },
    }));
    let author = came["author"].clone();
    let script = Script::new()
        .on("GET /books/7")
        .reply(200, came.clone())
        .on("PUT /books/8")
        .json(came)
        .reply(200, book())
        .on("POST /echo")
        .json(json!({ "author": author }))
        .reply(200, json!({}));
    put_back(&script.client(), put_back::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /books/7 200", "PUT /books/8 200", "POST /echo 200"]);
}

// ---------------------------------------------------------------------------------------------------------------------
// Parameters
// ---------------------------------------------------------------------------------------------------------------------

// Spec, Parameter Object, path; semantics, Requests: "Path parameters are percent-encoded whole".
#[tokio::test]
async fn path_parameters_are_encoded_whole() {
    let script = Script::new()
        .on("GET /shelves/a%2Fb%20c%3Fd%23e%25%26%C3%A9/slots/2.5/true")
        .reply(200, json!({}))
        .on("GET /shelves/plain-1_2.3~4/slots/-3.25/false")
        .reply(200, json!({}));
    let client = script.client();
    read_slot(&client, read_slot::Inputs::new(String::from("a/b c?d#e%&é"), 2.5, true))
        .await
        .unwrap();
    read_slot(
        &client,
        read_slot::Inputs::new(String::from("plain-1_2.3~4"), -3.25, false),
    )
    .await
    .unwrap();
    script.assert_requests(&[
        "GET /shelves/a%2Fb%20c%3Fd%23e%25%26%C3%A9/slots/2.5/true 200",
        "GET /shelves/plain-1_2.3~4/slots/-3.25/false 200",
    ]);
}

// Spec, Parameter Object, query; semantics, Requests: `allowReserved` follows OpenAPI, by which reserved characters are
// encoded; Values: an absent optional parameter is left out.
#[tokio::test]
async fn query_parameters_are_encoded_and_left_out_where_they_are_not_there() {
    let script = Script::new()
        .on("GET /books")
        .without_header("X-Branch")
        .reply(200, json!({ "items": [], "total": 0 }))
        .on("GET /books?genre=a%26b%3Dc%20d%2Be%2Ff%3Fg%23h%25%C3%A9&limit=5")
        .reply(200, json!({ "items": [], "total": 0 }))
        .on("GET /books?inPrint=false&minPrice=2.5&tag=sf&tag=long%2C%20slow")
        .header("X-Branch", "main")
        .reply(200, json!({ "items": [], "total": 0 }));
    let client = script.client();
    filter_books(&client, filter_books::Inputs::new()).await.unwrap();
    let inputs = filter_books::Inputs::new().genre("a&b=c d+e/f?g#h%é").limit(5);
    filter_books(&client, inputs).await.unwrap();
    let inputs = filter_books::Inputs::new()
        .min_price(2.5)
        .in_print(false)
        .tags(vec![String::from("sf"), String::from("long, slow")])
        .branch("main");
    filter_books(&client, inputs).await.unwrap();
    script.assert_requests(&[
        "GET /books 200",
        "GET /books?genre=a%26b%3Dc%20d%2Be%2Ff%3Fg%23h%25%C3%A9&limit=5 200",
        "GET /books?inPrint=false&minPrice=2.5&tag=sf&tag=long%2C%20slow 200",
    ]);
}

// Spec, Parameter Object, value: "The value can be a constant".
#[tokio::test]
async fn parameters_may_be_literals() {
    let script = Script::new()
        .on("GET /books?genre=space%20opera&limit=5&minPrice=2.5&inPrint=true")
        .header("X-Branch", "main")
        .reply(200, json!({ "items": [], "total": 0 }));
    fixed_filter(&script.client(), fixed_filter::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /books?genre=space%20opera&limit=5&minPrice=2.5&inPrint=true 200"]);
}

// Spec, Runtime Expressions: "Expressions can be embedded into string values".
#[tokio::test]
async fn parameters_may_hold_embeddings() {
    let script = Script::new()
        .on("GET /books?genre=sf%2C%201965")
        .reply(200, json!({ "items": [], "total": 0 }));
    let inputs = composed_filter::Inputs::new(String::from("sf"), 1965);
    composed_filter(&script.client(), inputs).await.unwrap();
    script.assert_trace(&["GET /books?genre=sf%2C%201965 200"]);
}

// Semantics, Values: an absent value "as a path parameter, a required parameter […] the step fails with an error that
// names it".
#[tokio::test]
async fn a_required_parameter_that_is_not_there_is_an_error_that_names_it() {
    let script = Script::new();
    let error = find_phrase(&script.client(), find_phrase::Inputs::new())
        .await
        .unwrap_err();
    let message = error.to_string();
    assert!(message.contains("phrase") || message.contains("wanted"), "{message}");
    assert!(format!("{:?}", error.step()).contains("find"), "{:?}", error.step());
    assert_eq!(error.status(), None);
    script.assert_trace(&[]);

    let script = Script::new()
        .on("GET /search?phrase=dune")
        .reply(200, json!({ "items": [], "total": 0 }));
    find_phrase(&script.client(), find_phrase::Inputs::new().wanted("dune"))
        .await
        .unwrap();
    script.assert_trace(&["GET /search?phrase=dune 200"]);
}

// The same line, for a path parameter.
#[tokio::test]
async fn a_path_parameter_that_is_not_there_is_an_error_that_names_it() {
    let script = Script::new();
    let error = find_reader(&script.client(), find_reader::Inputs::new())
        .await
        .unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains("readerName") || message.contains("wanted"),
        "{message}"
    );
    script.assert_trace(&[]);

    let script = Script::new().on("GET /readers/ada").reply(200, json!({}));
    find_reader(&script.client(), find_reader::Inputs::new().wanted("ada"))
        .await
        .unwrap();
    script.assert_trace(&["GET /readers/ada 200"]);
}

// Semantics, Requests: "Header values with CR, LF or NUL are an error before anything is sent."
#[tokio::test]
async fn a_header_cannot_smuggle_in_another_one() {
    for reader in ["ada\r\nX-Admin: yes", "ada\nX-Admin: yes", "ada\0"] {
        let script = Script::new();
        let inputs = describe_read::Inputs::new(7, String::from(reader));
        let error = describe_read(&script.client(), inputs).await.unwrap_err();
        assert!(error.to_string().to_lowercase().contains("x-reader"), "{error}");
        script.assert_trace(&[]);
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// What a step can say about its own request
// ---------------------------------------------------------------------------------------------------------------------

// Spec, Runtime Expressions: `$url`, `$method`, `$statusCode`, `$request.path`, `$request.query`, `$request.header`,
// `$response.header`; semantics, Values: "`$url` is the request's final URL, query included; `$method` is upper case;
// `$request.*` are the values as given; […] a header has the type its schema declares".
#[tokio::test]
async fn outputs_may_hold_the_request_and_the_headers_of_the_response() {
    let script = Script::new()
        .on("GET /books/7?edition=2")
        .header("X-Reader", "ada")
        .reply_with(200, &[("ETag", "\"v1\""), ("X-Copies", "12")], book());
    let inputs = describe_read::Inputs::new(7, String::from("ada")).edition(2);
    let outputs = describe_read(&script.client(), inputs).await.unwrap();
    script.assert_trace(&["GET /books/7?edition=2 200"]);
    assert_eq!(json_of(&outputs.url), "http://shelf.test/books/7?edition=2");
    assert_eq!(json_of(&outputs.method), "GET");
    assert_eq!(json_of(&outputs.status), 200);
    assert_eq!(json_of(&outputs.sent_id), 7);
    assert_eq!(json_of(&outputs.sent_edition), 2);
    assert_eq!(json_of(&outputs.sent_reader), "ada");
    assert_eq!(json_of(&outputs.tag), "\"v1\"");
    assert_eq!(json_of(&outputs.copies), 12);
}

// Semantics, Values: "as an output it is `None`": a parameter that was left out and headers that were not sent.
#[tokio::test]
async fn outputs_are_none_where_the_request_or_the_response_has_nothing_to_say() {
    let script = Script::new().on("GET /books/7").reply(200, book());
    let inputs = describe_read::Inputs::new(7, String::from("ada"));
    let outputs = describe_read(&script.client(), inputs).await.unwrap();
    script.assert_trace(&["GET /books/7 200"]);
    assert_eq!(json_of(&outputs.url), "http://shelf.test/books/7");
    assert_eq!(json_of(&outputs.sent_edition), Value::Null);
    assert_eq!(json_of(&outputs.tag), Value::Null);
    assert_eq!(json_of(&outputs.copies), Value::Null);
}

// Spec, Runtime Expressions, Examples: `$request.body#/user/uuid`. An output may be called like a keyword of Rust:
// semantics, Names.
#[tokio::test]
async fn outputs_may_hold_the_body_that_was_sent() {
    let script = Script::new()
        .on("POST /books")
        .json(json!({ "title": "Dune", "price": 9.5 }))
        .reply_with(201, &[("Location", "/books/7")], book());
    let outputs = describe_write(&script.client(), describe_write::Inputs::new(String::from("Dune")))
        .await
        .unwrap();
    script.assert_trace(&["POST /books 201"]);
    assert_eq!(json_of(&outputs.method), "POST");
    assert_eq!(json_of(&outputs.sent), json!({ "title": "Dune", "price": 9.5 }));
    assert_eq!(json_of(&outputs.sent_title), "Dune");
    assert_eq!(json_of(&outputs.r#where), "/books/7");
}
