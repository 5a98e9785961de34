//! Parameters.

use super::*;

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
