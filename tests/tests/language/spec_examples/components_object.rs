//! Components.

use super::*;

// 1.0.1 and 1.1.0, Components Object, the list of field names: words, digits, underscores, dashes and dots, as keys of
// parameters and of inputs.
#[tokio::test]
async fn components_may_have_names_of_every_form() {
    in_both_versions!({
        use components::sort_loaves;

        let request = "GET /loaves?kind=rye&page=2&pageSize=5&season=winter&sort=name";
        let script = Script::new().on(request).reply(200, json!([]));
        let inputs = sort_loaves::Inputs::new(String::from("name"), 5);
        exactly::<i32>(&inputs.count);
        sort_loaves(&client(&script), inputs).await.unwrap();
        assert_eq!(script.trace().len(), 1);
    });
}

// 1.0.1 and 1.1.0, Components Object, YAML example: inputs.
#[tokio::test]
async fn components_may_hold_inputs() {
    in_both_versions!({
        use components::list_page;

        let script = Script::new().on("GET /loaves?page=3&pageSize=20").reply(200, json!([]));
        let inputs = list_page::Inputs::new().page(3).page_size(20);
        exactly::<Option<i32>>(&inputs.page);
        exactly::<Option<i32>>(&inputs.page_size);
        list_page(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["GET /loaves?page=3&pageSize=20 200"]);

        let script = Script::new().on("GET /loaves").reply(200, json!([]));
        list_page(&client(&script), list_page::Inputs::new()).await.unwrap();
        script.assert_trace(&["GET /loaves 200"]);
    });
}

fn renewing() -> Script {
    Script::new()
        .on("GET /loaves")
        .header("x-branch", "b-2")
        .reply(401, problem())
        .on("POST /badges")
        .reply(201, json!({ "badge": "new" }))
        .on("GET /loaves")
        .header("x-branch", "b-2")
        .reply(200, json!([]))
}

const RENEWING: [&str; 4] = ["GET /loaves 401", "wait 1s", "POST /badges 201", "GET /loaves 200"];

// 1.0.1 and 1.1.0, Components Object, YAML example: a parameter, and a failure action that runs a workflow before it
// tries again, five times.
#[tokio::test]
async fn components_may_hold_parameters_and_failure_actions() {
    in_both_versions!({
        use components::list_of_branch;

        let script = renewing();
        list_of_branch(&client(&script), list_of_branch::Inputs::new(String::from("b-2")))
            .await
            .unwrap();
        script.assert_trace(&RENEWING);

        let mut script = Script::new().on("GET /loaves").reply(401, problem());
        let mut trace = vec!["GET /loaves 401"];
        for _ in 0..5 {
            script = script.on("POST /badges").reply(201, json!({ "badge": "new" }));
            script = script.on("GET /loaves").reply(401, problem());
            trace.extend(["wait 1s", "POST /badges 201", "GET /loaves 401"]);
        }
        list_of_branch(&client(&script), list_of_branch::Inputs::new(String::from("b-2")))
            .await
            .unwrap_err();
        script.assert_trace(&trace);

        let script = Script::new().on("GET /loaves").reply(503, problem());
        list_of_branch(&client(&script), list_of_branch::Inputs::new(String::from("b-2")))
            .await
            .unwrap_err();
        script.assert_trace(&["GET /loaves 503"]);
    });
}

// 1.0.1 and 1.1.0, Components Object, JSON example: the same in a document that is JSON. (The condition of 1.0.1's
// example is in braces, which 1.1.0 has corrected.)
#[tokio::test]
async fn components_may_be_written_in_json() {
    in_both_versions!({
        use components_in_json::{list_of_branch, list_page};

        let script = renewing();
        list_of_branch(&client(&script), list_of_branch::Inputs::new(String::from("b-2")))
            .await
            .unwrap();
        script.assert_trace(&RENEWING);

        let script = Script::new().on("GET /loaves?page=3&pageSize=20").reply(200, json!([]));
        let inputs = list_page::Inputs::new().page(3).page_size(20);
        exactly::<Option<i32>>(&inputs.page);
        list_page(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["GET /loaves?page=3&pageSize=20 200"]);
    });
}

fn ringing() -> Script {
    Script::new()
        .on("GET /loaves")
        .reply(200, json!([rye()]))
        .on("POST /notes")
        .json(json!({ "task": "ring" }))
        .reply_empty(204)
}

// 1.0.1 and 1.1.0, Reusable Object, first example (YAML): a reference to a success action.
#[tokio::test]
async fn a_success_action_may_be_a_reference() {
    in_both_versions!({
        use components::ring_when_listed;

        let script = ringing();
        ring_when_listed(&client(&script), ring_when_listed::Inputs::new())
            .await
            .unwrap();
        script.assert_trace(&["GET /loaves 200", "POST /notes 204"]);
    });
}

// 1.0.1 and 1.1.0, Reusable Object, second example: the same in JSON.
#[tokio::test]
async fn a_success_action_may_be_a_reference_in_json() {
    in_both_versions!({
        use components_in_json::ring_when_listed;

        let script = ringing();
        ring_when_listed(&client(&script), ring_when_listed::Inputs::new())
            .await
            .unwrap();
        script.assert_trace(&["GET /loaves 200", "POST /notes 204"]);
    });
}

fn paging() -> Script {
    Script::new()
        .on("GET /loaves?page=4")
        .reply(200, json!([]))
        .on("GET /loaves?page=1")
        .reply(200, json!([]))
}

// 1.0.1 and 1.1.0, Reusable Object, third example (YAML): a reference to a parameter, with a value; and one without.
#[tokio::test]
async fn a_parameter_may_be_a_reference_with_another_value() {
    in_both_versions!({
        use components::turn_pages;

        let script = paging();
        turn_pages(&client(&script), turn_pages::Inputs::new()).await.unwrap();
        script.assert_trace(&["GET /loaves?page=4 200", "GET /loaves?page=1 200"]);
    });
}

// 1.0.1 and 1.1.0, Reusable Object, fourth example: the same in JSON.
#[tokio::test]
async fn a_parameter_may_be_a_reference_with_another_value_in_json() {
    in_both_versions!({
        use components_in_json::turn_pages;

        let script = paging();
        turn_pages(&client(&script), turn_pages::Inputs::new()).await.unwrap();
        script.assert_trace(&["GET /loaves?page=4 200", "GET /loaves?page=1 200"]);
    });
}
