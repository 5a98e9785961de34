//! Base URIs.

use super::*;

// 1.1.0, Appendix B, Base URI Within Content: the `url` is resolved against `$self`. Semantics, Values: it "is read
// from the file that lies in the same place beside the document". Relative References in API URLs: where requests go is
// "determined by the OpenAPI description's Server Object, not by the Arazzo Description's base URI".
#[tokio::test]
async fn a_source_is_found_where_the_name_of_the_document_leads() {
    use with_self::count_jars;

    let script = Script::new().on("GET /pantry").reply(200, json!({ "jars": 9 }));
    let outputs = count_jars(&client(&script), count_jars::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /pantry 200"]);
    assert_eq!(json_of(&outputs.jars), 9);
    assert_eq!(json_of(&outputs.url), "http://pantry.test/pantry");
}

// 1.1.0, Appendix B, Base URI From the Retrieval URI: the same document without a name; the `url` is resolved against
// where it lies.
#[tokio::test]
async fn a_source_is_found_from_where_a_document_without_a_name_lies() {
    use without_self::count_jars;

    let script = Script::new().on("GET /pantry").reply(200, json!({ "jars": 9 }));
    let outputs = count_jars(&client(&script), count_jars::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /pantry 200"]);
    assert_eq!(json_of(&outputs.jars), 9);
}

// 1.1.0, Appendix B, Resolving Relative `$self`: `$self` is resolved first, and then the `url` against that. From where
// the document lies, the same `url` would lead to another description of the same name, which has another path.
#[tokio::test]
async fn a_relative_name_is_resolved_before_the_sources_are() {
    use relative_self::count_jars;

    let script = Script::new().on("GET /cellar").reply(200, json!({ "jars": 9 }));
    let outputs = count_jars(&client(&script), count_jars::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /cellar 200"]);
    assert_eq!(json_of(&outputs.jars), 9);
}

// 1.1.0, Appendix B, Identity vs Location: a document is referred to by its `$self`, wherever the copy lies that is
// read; and `$self` in it is its own.
#[tokio::test]
async fn a_document_is_referred_to_by_its_name() {
    use identity::end_of_day;

    let script = Script::new().on("GET /pantry").reply(200, json!({ "jars": 9 }));
    let outputs = end_of_day(&client(&script), end_of_day::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /pantry 200"]);
    assert_eq!(json_of(&outputs.jars), 9);
    assert_eq!(
        json_of(&outputs.counter),
        "https://workflows.pantry.example/canonical/stock.yml"
    );
}
