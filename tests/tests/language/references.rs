//! A description whose path items, parameters, bodies, responses, headers and schemas stand in other files, which refer
//! to each other in circles: by pointer, by `$anchor` and as a whole (OpenAPI 3.1.1, "Reference Object"; JSON Schema
//! 2020-12, "Schema References").

use arazzo_tests::script::{Script, json_of};
use serde_json::json;

mod flows {
    arazzo::arazzo_workflow!("language/references/flows.yml");
}
use flows::{list, rename};

#[tokio::test]
async fn references_lead_into_other_files() {
    let script = Script::new()
        .on("GET /books/b1?lang=en")
        .reply(
            200,
            json!({
                "id": "b1",
                "title": "Emma",
                "shelf": {
                    "name": "E",
                    "books": [{ "id": "b2", "title": "Evelina", "pages": 544 }],
                    "parent": { "name": "D", "parent": { "name": "C" } },
                },
            }),
        )
        .on("PUT /books/b1")
        .json(json!({ "id": "b1", "title": "Persuasion" }))
        .reply_with(
            200,
            &[("x-version", "7")],
            json!({ "book": { "id": "b1", "title": "Persuasion" } }),
        );
    // The inputs have the types of their schemas, which stand in another file too.
    let inputs = rename::Inputs {
        id: String::from("b1"),
        title: String::from("Persuasion"),
    };
    let outputs = rename(&script.client(), inputs).await.unwrap();
    script.assert_trace(&["GET /books/b1?lang=en 200", "PUT /books/b1 200"]);
    // So have the outputs: `title` and `name` are required, the way to them is not; the header is an integer.
    let title: String = outputs.title;
    let version: Option<i64> = outputs.version;
    let shelf_name: Option<String> = outputs.shelf_name;
    assert_eq!(
        (title.as_str(), version, shelf_name.as_deref()),
        ("Persuasion", Some(7), Some("E"))
    );
    // A schema that contains itself is a type that does; what no schema names is kept.
    let neighbour = outputs.neighbour.expect("there is one");
    assert_eq!(neighbour.title, "Evelina");
    assert_eq!(
        json_of(&neighbour),
        json!({ "id": "b2", "title": "Evelina", "pages": 544 })
    );
    assert_eq!(outputs.grandparent.expect("there is one").name, "C");
}

#[tokio::test]
async fn a_whole_path_item_may_stand_in_another_file() {
    let script = Script::new().on("GET /shelves").reply(200, json!({ "name": "A" }));
    let outputs = list(&script.client(), list::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /shelves 200"]);
    assert_eq!(outputs.name, "A");
}
