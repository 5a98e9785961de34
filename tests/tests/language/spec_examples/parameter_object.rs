//! Parameters.

use super::*;

// 1.0.1, Parameter Object, "Query Example" and "Header Example", an input whose name has dashes; 1.1.0, Parameter
// Object, examples, "Query Example" and "Header Example". Both, Parameter Object: `/items/{itemId}` for `path`,
// `/items?id=###` for `query`, and `cookie`.
#[tokio::test]
async fn parameters_go_where_they_belong() {
    in_both_versions!({
        use parameters::ask_for_loaf;

        let script = Script::new()
            .on("GET /loaves/rye?baker=ada")
            .header("x-oven-key", "k-1")
            .header("cookie", "tray=7b")
            .reply(200, rye());
        let inputs = ask_for_loaf::Inputs::new(String::from("rye"))
            .baker("ada")
            .x_oven_key("k-1")
            .tray("7b");
        let outputs = ask_for_loaf(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["GET /loaves/rye?baker=ada 200"]);
        assert_eq!(json_of(&outputs.kind), "sourdough");
    });
}

// 1.0.1 and 1.1.0, Parameter Object, value: "The value can be a constant". Step Object, operationId:
// `$sourceDescriptions.<name>.<operationId>`.
#[tokio::test]
async fn parameters_may_be_constants() {
    in_both_versions!({
        use parameters::ask_for_rye;

        let script = Script::new().on("GET /loaves/rye?baker=12").reply(200, rye());
        ask_for_rye(&client(&script), ask_for_rye::Inputs::new()).await.unwrap();
        script.assert_trace(&["GET /loaves/rye?baker=12 200"]);
    });
}

// 1.1.0, Parameter Object, examples, "Querystring Example (application/x-www-form-urlencoded)"; value:
// `"key1=value1&key2=value2"`.
#[tokio::test]
async fn a_whole_query_may_be_written_down() {
    use querystring::search_fixed;

    let script = Script::new()
        .on("GET /search?state=fresh&order=down&limit=50")
        .reply(200, json!([]));
    search_fixed(&client(&script), search_fixed::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /search?state=fresh&order=down&limit=50 200"]);
}

// 1.1.0, Parameter Object, examples, "Querystring with Runtime Expressions".
#[tokio::test]
async fn a_whole_query_may_have_values_in_it() {
    use querystring::search_composed;

    let script = Script::new()
        .on("GET /search?kind=rye&minPrice=2.5&inStock=true")
        .reply(200, json!([]));
    let inputs = search_composed::Inputs::new(String::from("rye"), 2.5);
    search_composed(&client(&script), inputs).await.unwrap();
    script.assert_trace(&["GET /search?kind=rye&minPrice=2.5&inStock=true 200"]);
}

/// A client whose requests are all answered with an empty list; the paths and queries are kept.
fn recorded() -> (Client<impl Transport>, Arc<Mutex<Vec<String>>>) {
    let paths: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = Arc::clone(&paths);
    let client = Client::builder()
        .transport(move |request: Request<Bytes>| {
            let path = request.uri().path_and_query().map_or("", |path| path.as_str());
            kept.lock().unwrap().push(path.to_owned());
            async {
                Response::builder()
                    .header("content-type", "application/json")
                    .body(Bytes::from_static(b"[]"))
            }
        })
        .build()
        .expect("the client is complete");
    (client, paths)
}

/// A text without its percent-encoding.
fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first == b'%' {
            let digits = std::str::from_utf8(&rest[..2]).expect("two digits");
            bytes.push(u8::from_str_radix(digits, 16).expect("two digits"));
            rest = &rest[2..];
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

// 1.1.0, Parameter Object, examples, "Querystring Example (application/json)": the text is the whole query, and what
// may not stand in a URL is percent-encoded.
#[tokio::test]
async fn a_whole_query_may_be_json() {
    use querystring::filter_by_json;

    let (client, paths) = recorded();
    filter_by_json(&client, filter_by_json::Inputs::new()).await.unwrap();
    let paths = paths.lock().unwrap();
    assert_eq!(paths.len(), 1);
    let (path, query) = paths[0].split_once('?').expect("there is a query");
    assert_eq!(path, "/filter");
    assert!(!query.contains(['{', '}', '"', ' ']), "{query}");
    assert_eq!(decoded(query), r#"{"state":"fresh","order":"down","limit":50}"#);
}
