//! Examples of the Arazzo Specification, versions 1.0.1 and 1.1.0, that name a version of XPath which needs the engine
//! of 3.1; the others are in `tests/tests/language/spec_examples`.

use std::time::Duration;

use arazzo::Client;
use arazzo_tests::script::{Script, json_of, passed};
use serde_json::json;

/// Documents of version 1.0.1.
mod v1_0 {
    pub mod expression_types {
        arazzo::arazzo_workflow!("../../../language/spec/1.0/expression-types.yml");
    }
}

/// The same documents, of version 1.1.0.
mod v1_1 {
    pub mod expression_types {
        arazzo::arazzo_workflow!("../../../language/spec/1.1/expression-types.yml");
    }
}

mod selectors {
    arazzo::arazzo_workflow!("../../../language/spec/selector-versions.yml");
}

macro_rules! in_both_versions {
    ($body:block) => {{
        {
            use v1_0::*;
            $body
        }
        {
            use v1_1::*;
            $body
        }
    }};
}

macro_rules! passes {
    ($document:ident :: $workflow:ident, $script:expr) => {{
        let script: Script = $script;
        let result = $document::$workflow(&client(&script), $document::$workflow::Inputs::new()).await;
        assert_eq!(script.trace().len(), 1);
        passed(&result)
    }};
}

/// A client for the servers that the descriptions name.
fn client(script: &Script) -> Client<Script> {
    Client::builder()
        .transport(script.clone())
        .max_steps(50)
        .max_retry_after(Duration::from_secs(86_400))
        .timeout(None)
        .build()
        .expect("the client is complete")
}

fn xml(request: &str, body: &str) -> Script {
    Script::new().on(request).reply_text(200, "application/xml", body)
}

const FULL_MILL: &str = "<mill><owner>Eva</owner><sacks><sack/><sack/></sacks></mill>";
const EMPTY_MILL: &str = "<mill><owner/><sacks/></mill>";

fn mill(body: &str) -> Script {
    xml("GET /mill", body)
}

const SLIP: &str = "<Slip><Head><Number>S-17</Number></Head><Line>rye</Line><Line>oat</Line></Slip>";

// 1.0.1, Criterion Expression Type Object, "XPath Example", and 1.1.0, Expression Type Object, "An XPath example":
// `xpath-30`; the other versions of the field `version`.
#[tokio::test]
async fn a_criterion_may_name_a_version_of_xpath() {
    in_both_versions!({
        assert!(passes!(expression_types::has_sacks30, mill(FULL_MILL)));
        assert!(!passes!(expression_types::has_sacks30, mill(EMPTY_MILL)));
        assert!(passes!(expression_types::has_sacks20, mill(FULL_MILL)));
        assert!(!passes!(expression_types::has_sacks20, mill(EMPTY_MILL)));
        assert!(passes!(expression_types::has_sacks10, mill(FULL_MILL)));
        assert!(!passes!(expression_types::has_sacks10, mill(EMPTY_MILL)));
    });
}

// 1.1.0, Selector Object, "A Step RequestBody example": a path of version 3.0 into XML that an earlier step has kept.
// Semantics, Values: "one node its string value".
#[tokio::test]
async fn a_member_of_a_payload_may_be_selected_from_xml() {
    use selectors::send_bill_of_slip;

    let script = xml("GET /slips/s-1", SLIP)
        .on("POST /bills")
        .json(json!({ "billId": "S-17" }))
        .reply_empty(204);
    send_bill_of_slip(&client(&script), send_bill_of_slip::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /slips/s-1 200", "POST /bills 204"]);
}

// 1.1.0, Expression Type Object: the rows of the table of types and versions, but for the draft of JSONPath; "An XPath
// example".
#[tokio::test]
async fn selectors_may_name_their_version() {
    use selectors::read_by_versions;

    let script = Script::new()
        .on("GET /counter")
        .reply(200, json!({ "items": [{ "id": "i-1" }] }))
        .on("GET /slips/s-1")
        .reply_text(200, "application/xml", SLIP);
    let outputs = read_by_versions(&client(&script), read_by_versions::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /counter 200", "GET /slips/s-1 200"]);
    assert_eq!(json_of(&outputs.rfc9535), "i-1");
    assert_eq!(json_of(&outputs.rfc6901), "i-1");
    assert_eq!(json_of(&outputs.xpath31), "S-17");
    assert_eq!(json_of(&outputs.xpath30), "S-17");
    assert_eq!(json_of(&outputs.xpath20), "S-17");
    assert_eq!(json_of(&outputs.xpath10), "S-17");

    let script = Script::new()
        .on("GET /counter")
        .reply(200, json!({ "items": [{ "id": "i-2" }] }));
    read_by_versions(&client(&script), read_by_versions::Inputs::new())
        .await
        .unwrap_err();
    script.assert_trace(&["GET /counter 200"]);

    let script = Script::new()
        .on("GET /counter")
        .reply(200, json!({ "items": [{ "id": "i-1" }] }))
        .on("GET /slips/s-1")
        .reply_text(200, "application/xml", "<Slip/>");
    read_by_versions(&client(&script), read_by_versions::Inputs::new())
        .await
        .unwrap_err();
    script.assert_trace(&["GET /counter 200", "GET /slips/s-1 200"]);
}
