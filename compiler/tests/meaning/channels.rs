//! Steps on AsyncAPI channels: what they refer to, and what is refused in them.

use crate::Case;

/// AsyncAPI 3.0: an operation describes the application, so that a workflow sends what the application receives.
const THREE: &str = "asyncapi: 3.0.0
info: {title: t, version: '1'}
channels:
  orders:
    address: 'shops.{shop}.orders'
    messages: {order: {$ref: '#/components/messages/order'}}
  confirmations:
    address: confirmations
    messages: {confirmed: {$ref: '#/components/messages/confirmed'}}
operations:
  takeOrder: {action: receive, channel: {$ref: '#/channels/orders'}}
  confirm: {action: send, channel: {$ref: '#/channels/confirmations'}}
components:
  messageTraits:
    traced: {headers: {type: object, required: [trace], properties: {trace: {type: string}}}}
  messages:
    order:
      traits: [{$ref: '#/components/messageTraits/traced'}]
      headers: {type: object, properties: {region: {type: string}}}
      payload: {type: object, required: [item], additionalProperties: false, properties: {item: {type: string}, count: {type: integer}}}
    confirmed:
      correlationId: {location: '$message.header#/orderId'}
      headers: {type: object, properties: {orderId: {type: string}}}
      payload: {type: object, required: [state], additionalProperties: false, properties: {state: {type: string}}}
";

/// AsyncAPI 2.6: `publish` is what a workflow sends, `subscribe` what it receives.
const TWO: &str = "asyncapi: 2.6.0
info: {title: t, version: '1'}
defaultContentType: application/json
channels:
  'shops/{shop}/orders':
    parameters: {shop: {schema: {type: string}}}
    publish: {operationId: takeOrder, message: {payload: {type: object, required: [item], properties: {item: {type: string}}}}}
  confirmations:
    subscribe:
      operationId: confirm
      message:
        oneOf:
        - {name: accepted, payload: {type: object, additionalProperties: false, properties: {state: {type: string}}}}
        - {name: refused, payload: {type: object, additionalProperties: false, properties: {state: {type: string}, reason: {type: string}}}}
";

fn case(steps: &str, api: &str) -> Case {
    let head = "arazzo: 1.1.0\ninfo: {title: t, version: '1'}\n\
                sourceDescriptions: [{name: shop, url: api.yaml, type: asyncapi}]\n";
    Case::whole(
        &format!(
            "{head}workflows: [{{workflowId: w, inputs: {{type: object, properties: {{id: {{type: string}}}}}}, steps: [{steps}]}}]\n"
        ),
        api,
    )
}

const SENT: &str = "{stepId: s, operationId: takeOrder, parameters: [{name: shop, value: a}, {name: region, in: header, value: eu}, {name: trace, in: header, value: t}], requestBody: {payload: {item: pen}}}";

#[test]
fn what_is_right_compiles() {
    let received = "{stepId: r, operationId: confirm, correlationId: $inputs.id, timeout: 5, successCriteria: [{condition: \"$message.payload#/state == 'done'\"}, {condition: $message.header.orderId == $inputs.id}], outputs: {state: $message.payload#/state, id: $message.header.orderId}}";
    assert_eq!(case(&format!("{SENT}, {received}"), THREE).errors(), [""; 0]);
    // The step says the same word as the operation: the description is of the workflow's own side.
    for step in [
        "{stepId: s, operationId: $sourceDescriptions.shop.takeOrder, action: receive, parameters: [{name: shop, value: a}]}",
        "{stepId: s, operationId: confirm, action: send, requestBody: {payload: {state: x}}}",
        "{stepId: s, channelPath: '{$sourceDescriptions.shop.url}#/channels/confirmations', action: receive}",
    ] {
        let errors = case(step, THREE).errors();
        assert_eq!(errors, [""; 0], "{step}");
    }
    for step in [
        "{stepId: s, operationId: takeOrder, parameters: [{name: shop, in: path, value: a}], requestBody: {payload: {item: pen}}}",
        "{stepId: s, operationId: confirm, outputs: {state: $message.payload#/state}}",
        // One of the two messages has it.
        "{stepId: s, operationId: confirm, outputs: {reason: $message.payload#/reason}}",
        "{stepId: s, channelPath: '{$sourceDescriptions.shop.url}#/channels/shops~1{shop}~1orders', action: send, parameters: [{name: shop, value: a}], requestBody: {payload: {item: pen}}}",
    ] {
        let errors = case(step, TWO).errors();
        assert_eq!(errors, [""; 0], "{step}");
    }
}

#[test]
fn messages_are_checked_as_requests_are() {
    for (from, to, expected) in [
        ("{name: shop, value: a}, ", "", "path-parameter-required takeOrder"),
        (
            "{name: shop, value: a}",
            "{name: shop, value: a}, {name: shops, in: path, value: a}",
            "unknown-path-parameter shops",
        ),
        // From a trait.
        (
            ", {name: trace, in: header, value: t}",
            "",
            "parameter-required takeOrder",
        ),
        (", requestBody: {payload: {item: pen}}", "", "body-required takeOrder"),
        ("{item: pen}", "{count: 1}", "payload-member-required {count: 1}"),
        ("{item: pen}", "{item: pen, count: many}", "payload-type-mismatch many"),
        (
            "in: header, value: eu",
            "in: cookie, value: eu",
            "channel-parameter region",
        ),
    ] {
        let errors = case(&SENT.replace(from, to), THREE).errors();
        assert!(errors.contains(&expected.to_owned()), "{to}: {errors:?}");
    }
}

#[test]
fn unknown_members_and_headers_of_messages_are_warned_about() {
    for (from, to, expected) in [
        (
            "{item: pen}",
            "{item: pen, colour: red}",
            "unknown-payload-member colour",
        ),
        (
            "value: eu}",
            "value: eu}, {name: x, in: header, value: y}",
            "unknown-parameter x",
        ),
    ] {
        let warnings = case(&SENT.replace(from, to), THREE).warnings();
        assert_eq!(warnings, ["unused-input id", expected], "{to}");
    }
    // Most descriptions of messages do not mention headers.
    let sent = "{stepId: s, operationId: takeOrder, parameters: [{name: shop, value: a}, {name: x, in: header, value: y}], requestBody: {payload: {item: pen}}}";
    assert_eq!(case(sent, TWO).warnings(), ["unused-input id"]);
}

#[test]
fn what_a_step_on_a_channel_cannot_read_is_refused() {
    let receive = |more: &str| case(&format!("{{stepId: s, operationId: confirm, {more}}}"), THREE).errors();
    for (more, expected) in [
        (
            "successCriteria: [{condition: $statusCode == 200}]",
            "expression-context $statusCode",
        ),
        (
            "outputs: {a: $response.body#/state}",
            "expression-context $response.body#/state",
        ),
        (
            "outputs: {a: $message.payload#/stat}",
            "impossible-response-pointer stat",
        ),
        (
            "outputs: {a: $message.payload#/state/x}",
            "impossible-response-pointer x",
        ),
        (
            "correlationId: $message.payload#/state",
            "expression-context $message.payload#/state",
        ),
        (
            "parameters: [{name: orderId, in: header, value: a}]",
            "channel-parameter orderId",
        ),
        ("action: reciev", "invalid-enum-value reciev"),
    ] {
        assert_eq!(receive(more), [expected], "{more}");
    }
    // Every message must have what is read, or nothing that is.
    let two = case(
        "{stepId: s, operationId: confirm, outputs: {a: $message.payload#/cause}}",
        TWO,
    )
    .errors();
    assert_eq!(two, ["impossible-response-pointer cause"]);
    // A step on HTTP has no message.
    let http = "arazzo: 1.1.0\ninfo: {title: t, version: '1'}\nsourceDescriptions: [{name: api, url: api.yaml, type: openapi}]\nworkflows: [{workflowId: w, steps: [{stepId: s, operationId: x, outputs: {a: $message.payload}}]}]\n";
    let api = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {/x: {get: {operationId: x, responses: {'200': {description: ok}}}}}\n";
    assert_eq!(Case::whole(http, api).errors(), ["expression-context $message.payload"]);
}

#[test]
fn names_that_are_not_in_the_description_are_refused() {
    for (step, expected) in [
        ("{stepId: s, operationId: confirms}", "unknown-operation confirms"),
        (
            "{stepId: s, operationId: $sourceDescriptions.shop.takeNothing}",
            "unknown-operation takeNothing",
        ),
        (
            "{stepId: s, channelPath: '{$sourceDescriptions.shop.url}#/channels/x', action: send}",
            "channel-path-unresolved /channels/x",
        ),
        (
            "{stepId: s, channelPath: '{$sourceDescriptions.shops.url}#/channels/orders', action: send}",
            "unknown-source shops",
        ),
        (
            "{stepId: s, operationPath: '{$sourceDescriptions.shop.url}#/operations/takeOrder'}",
            "operation-path-unresolved shop",
        ),
    ] {
        assert_eq!(case(step, THREE).errors(), [expected], "{step}");
    }
    let errors = case("{stepId: s, operationId: confirm}", &THREE.replace("3.0.0", "4.0.0")).errors();
    assert_eq!(errors, ["source-version-unsupported 4.0.0"]);
}

#[test]
fn references_are_followed_or_reported() {
    // A channel and its operation in two files: the message is found through the channel.
    let split = "asyncapi: 3.0.0
info: {title: t, version: '1'}
channels: {orders: {$ref: '#/components/channels/orders'}, odd: {address: odd, messages: {m: {$ref: '#/components/messages/none'}}}}
operations:
  takeOrder: {action: receive, channel: {$ref: '#/channels/orders'}, messages: [{$ref: '#/channels/orders/messages/order'}]}
  lost: {action: receive, channel: {$ref: '#/channels/none'}}
  idle: {channel: {$ref: '#/channels/orders'}}
components:
  schemas: {avro: {schemaFormat: 'application/vnd.apache.avro;version=1.9.0', schema: {type: record}}}
  channels: {orders: {address: orders, messages: {order: {payload: {type: object, required: [item], properties: {item: {type: string}}}}, raw: {payload: {$ref: '#/components/schemas/avro'}}}}}
";
    for (step, expected) in [
        (
            "{stepId: s, operationId: takeOrder, requestBody: {payload: {count: 1}}}",
            "payload-member-required {count: 1}",
        ),
        (
            "{stepId: s, operationId: takeOrder, requestBody: {payload: {item: pen}}}",
            "",
        ),
        // One of its two messages has another payload.
        (
            "{stepId: s, channelPath: '{$sourceDescriptions.shop.url}#/channels/orders', action: receive, outputs: {a: $message.payload#/x}}",
            "",
        ),
        (
            "{stepId: s, operationId: lost}",
            "source-ref-unresolved #/channels/none",
        ),
        ("{stepId: s, operationId: idle}", "malformed-description idle"),
        (
            "{stepId: s, channelPath: '{$sourceDescriptions.shop.url}#/channels/odd', action: send}",
            "source-ref-unresolved #/components/messages/none",
        ),
    ] {
        let errors = case(step, split).errors().join("; ");
        assert_eq!(errors.replace('\'', ""), expected, "{step}");
    }
}

#[test]
fn a_step_agrees_with_all_messages_or_with_one() {
    let api = "asyncapi: 3.0.0
info: {title: t, version: '1'}
channels:
  beats:
    address: beats
    messages:
      ping: {headers: {type: object, required: [id], properties: {id: {type: string}}}}
      pong: {payload: {type: object}, correlationId: {location: '$message.header#/id'}}
";
    let on = |rest: &str| {
        case(
            &format!("{{stepId: s, channelPath: '{{$sourceDescriptions.shop.url}}#/channels/beats', {rest}}}"),
            api,
        )
        .errors()
    };
    // Neither the payload nor the header is required by both messages; one of them can be correlated.
    for rest in ["action: send", "action: receive, correlationId: '1'"] {
        let errors = on(rest);
        assert_eq!(errors, [""; 0], "{rest}");
    }
    assert_eq!(on("action: receive, correlationId: {a: 1}"), ["wrong-type {a: 1}"]);
    // In 2.x, a channel says what can be done with it. The pointer is percent-encoded.
    let path = "{stepId: s, channelPath: '{$sourceDescriptions.shop.url}#/channels/shops~1%7Bshop%7D~1orders', action: receive}";
    assert_eq!(case(path, TWO).errors(), ["action-mismatch receive"]);
}

#[test]
fn operations_of_several_descriptions_are_told_apart() {
    let head = "arazzo: 1.1.0\ninfo: {title: t, version: '1'}\nsourceDescriptions: [{name: shop, url: api.yaml, type: asyncapi}, {name: other, url: other.yaml, type: asyncapi}]\n";
    let one = |id: &str, other: &str| {
        let document = format!("{head}workflows: [{{workflowId: w, steps: [{{stepId: s, operationId: {id}}}]}}]\n");
        Case::whole(&document, THREE).with("other.yaml", other).errors()
    };
    assert_eq!(one("confirm", THREE), ["ambiguous-operation confirm"]);
    let other = "asyncapi: 3.0.0\ninfo: {title: t, version: '1'}\n";
    assert_eq!(one("confirm", other), ["unqualified-operation confirm"]);
    assert_eq!(one("$sourceDescriptions.shop.confirm", THREE), [""; 0]);
    let twice = TWO.replace("operationId: confirm", "operationId: takeOrder");
    assert_eq!(
        case("{stepId: s, operationId: takeOrder, action: send, parameters: [{name: shop, value: a}], requestBody: {payload: {item: a}}}", &twice).errors(),
        ["duplicate-operation-id takeOrder"]
    );
}

/// As for OpenAPI, builds do not access the network.
#[test]
fn a_remote_description_is_refused() {
    let document = "arazzo: 1.1.0\ninfo: {title: t, version: '1'}\nsourceDescriptions: [{name: shop, url: 'https://shop.test/events.yaml', type: asyncapi}]\nworkflows:\n- {workflowId: one, steps: [{stepId: s, operationId: confirm}]}\n";
    let mut case = Case::whole(document, "").with("shop.yaml", THREE);
    assert_eq!(case.errors(), ["source-not-local 'https://shop.test/events.yaml'"]);
    case.options.sources = vec![("shop".to_owned(), "shop.yaml".to_owned())];
    assert_eq!(case.errors(), [""; 0]);
}

#[test]
fn the_value_of_a_channel_parameter_can_be_a_default_or_a_part_of_the_message() {
    let api = "asyncapi: 3.0.0
info: {title: t, version: '1'}
channels:
  orders:
    address: '{region}.orders.{shop}'
    parameters: {region: {default: eu}, shop: {location: '$message.payload#/shop'}}
    messages: {order: {payload: {type: object}}}
  odd: {address: null, messages: {order: {payload: {type: object}}}}
";
    let on = |channel: &str, rest: &str| {
        let step =
            format!("{{stepId: s, channelPath: '{{$sourceDescriptions.shop.url}}#/channels/{channel}', {rest}}}");
        case(&step, api).errors()
    };
    assert_eq!(on("orders", "action: send, requestBody: {payload: {shop: a}}"), [""; 0]);
    // What is received is not known before.
    assert_eq!(
        on("orders", "action: receive"),
        ["path-parameter-required '{$sourceDescriptions.shop.url}#/channels/orders'"]
    );
    assert_eq!(
        on("orders", "action: receive, parameters: [{name: shop, value: a}]"),
        [""; 0]
    );
    assert_eq!(
        on("odd", "action: receive"),
        ["channel-address-unknown '{$sourceDescriptions.shop.url}#/channels/odd'"]
    );
}

/// What is not a location must not send the message to the address of the default.
#[test]
fn a_channel_parameter_that_is_not_described_is_refused() {
    let api = "asyncapi: 3.0.0
info: {title: t, version: '1'}
channels:
  orders:
    address: 'orders.{shop}'
    parameters: {shop: PARAMETER}
    messages: {order: {payload: {type: object}}}
";
    let path = "{stepId: s, channelPath: '{$sourceDescriptions.shop.url}#/channels/orders', ";
    let sent = format!("{path}action: send, requestBody: {{payload: {{shop: a}}}}}}");
    let set =
        format!("{path}action: send, parameters: [{{name: shop, value: a}}], requestBody: {{payload: {{shop: a}}}}}}");
    for (parameter, expected) in [
        (
            "{location: $message.body#/shop, default: eu}",
            "malformed-description $message.body#/shop",
        ),
        ("{location: 7, default: eu}", "malformed-description 7"),
        ("{default: [eu]}", "malformed-description [eu]"),
        (
            "{$ref: '#/components/parameters/none'}",
            "source-ref-unresolved '#/components/parameters/none'",
        ),
    ] {
        let api = api.replace("PARAMETER", parameter);
        assert!(case(&sent, &api).errors().contains(&expected.to_owned()), "{parameter}");
        // A step that sets the parameter needs no description of it.
        assert_eq!(case(&set, &api).errors(), [""; 0], "{parameter}");
    }
    let dotted = case(&sent, &api.replace("PARAMETER", "{location: $message.payload.shop}"));
    assert_eq!(dotted.errors(), [""; 0]);
    let warnings = dotted.warnings();
    assert!(
        warnings.contains(&"correlation-location-dotted {location: $message.payload.shop}".to_owned()),
        "{warnings:?}"
    );
}

#[test]
fn a_correlation_id_that_the_run_sets_is_not_demanded_of_the_step() {
    let api = "asyncapi: 3.0.0
info: {title: t, version: '1'}
channels:
  orders: {address: orders, messages: {order: {$ref: '#/components/messages/order'}}}
  replies: {address: replies, messages: {reply: {$ref: '#/components/messages/order'}}}
operations:
  order.placed: {action: receive, channel: {$ref: '#/channels/orders'}}
  order.confirmed: {action: send, channel: {$ref: '#/channels/replies'}}
components:
  messages:
    order:
      correlationId: {location: '$message.payload#/meta/id'}
      payload: {type: object, properties: {meta: {type: object, required: [id, at], properties: {id: {type: string}, at: {type: string}}}}}
";
    let send =
        |meta: &str| format!("{{stepId: s, operationId: order.placed, requestBody: {{payload: {{meta: {meta}}}}}}}");
    let wait = ", {stepId: r, operationId: order.confirmed, correlationId: $inputs.id}";
    assert_eq!(case(&(send("{at: now}") + wait), api).errors(), [""; 0]);
    // The other member is still demanded, and so is the ID if nobody waits for it.
    assert_eq!(case(&(send("{}") + wait), api).errors(), ["payload-member-required {}"]);
    assert_eq!(
        case(&send("{at: now}"), api).errors(),
        ["payload-member-required {at: now}"]
    );
}

#[test]
fn payloads_in_other_formats_are_warned_about() {
    let api = THREE.replace(
        "payload: {type: object, required: [state]",
        "schemaFormat: 'application/vnd.apache.avro;version=1.9.0'\n      payload: {type: record, required: [state]",
    );
    let warnings = case(
        "{stepId: s, operationId: confirm, outputs: {a: $message.payload}}",
        &api,
    )
    .warnings();
    assert_eq!(
        warnings,
        [
            "unused-input id",
            "payload-format 'application/vnd.apache.avro;version=1.9.0'"
        ]
    );
}

/// What the schema of the specification accepts and refuses (1.1.0, its tests of steps on channels).
#[test]
fn documents_that_the_schema_accepts_compile() {
    let api = "asyncapi: 3.0.0
info: {title: t, version: '1'}
channels:
  users:
    address: users
    messages:
      user:
        headers: {type: object, properties: {correlationId: {type: string}}}
        correlationId: {location: '$message.header#/correlationId'}
        payload: {type: object, properties: {status: {type: string}}}
operations:
  createUser: {action: receive, channel: {$ref: '#/channels/users'}}
  userCreated: {action: send, channel: {$ref: '#/channels/users'}}
";
    let payload = "requestBody: {payload: {status: new}}";
    let header = "{name: correlationId, in: header, value: a}";
    for steps in [
        // A receive action with and without a correlation ID.
        "{stepId: s, operationId: userCreated, action: receive, correlationId: a}".to_owned(),
        "{stepId: s, operationId: userCreated, action: receive}".to_owned(),
        // A channel path, and an operation without an action.
        format!("{{stepId: s, channelPath: '{{$sourceDescriptions.shop.url}}#/channels/users', action: send, parameters: [{header}], {payload}}}"),
        format!("{{stepId: s, operationId: createUser, parameters: [{header}], {payload}}}"),
        // A step that depends on one that receives.
        format!("{{stepId: r, operationId: userCreated, action: receive, correlationId: a, timeout: 6000}}, {{stepId: s, operationId: createUser, action: send, dependsOn: [r], {payload}}}"),
        // Criteria read the message.
        "{stepId: s, operationId: $sourceDescriptions.shop.userCreated, action: receive, correlationId: a, successCriteria: [{condition: $message.payload#/status == 'accepted'}]}".to_owned(),
    ] {
        assert_eq!(case(&steps, api).errors(), [""; 0], "{steps}");
    }
    for (steps, expected) in [
        (
            format!("{{stepId: s, operationId: createUser, action: send, correlationId: a, {payload}}}"),
            "correlation-id-unexpected a",
        ),
        (
            format!("{{stepId: s, operationId: createUser, action: invalid, {payload}}}"),
            "invalid-enum-value invalid",
        ),
        (
            format!("{{stepId: s, operationId: createUser, action: send, parameters: [{{name: correlationId, value: a}}], {payload}}}"),
            "parameter-in-missing correlationId",
        ),
        (
            "{stepId: s, channelPath: '{$sourceDescriptions.shop.url}#/channels/users'}".to_owned(),
            "action-required '{$sourceDescriptions.shop.url}#/channels/users'",
        ),
        (
            "{stepId: s, operationId: userCreated, channelPath: '{$sourceDescriptions.shop.url}#/channels/users', action: receive}".to_owned(),
            "step-target '{$sourceDescriptions.shop.url}#/channels/users'",
        ),
        (
            "{stepId: s, operationId: userCreated, action: receive, dependsOn: [t]}".to_owned(),
            "unknown-step t",
        ),
    ] {
        let errors = case(&steps, api).errors();
        assert_eq!(errors, [expected], "{steps}");
    }
}

/// A reply (AsyncAPI 3.x) is received by a step that names its channel, by itself or by an operation, also in another
/// workflow; without one, it is reported.
#[test]
fn a_reply_is_received_by_a_step_of_its_own() {
    const SEND: &str = "{stepId: s, operationId: ask, requestBody: {payload: {}}}";
    const KNOWN: &str = "{channel: {$ref: '#/channels/answers'}}";
    let replied = |reply: &str, steps: &str| {
        let api = format!(
            "asyncapi: 3.0.0\ninfo: {{title: t, version: '1'}}\nchannels:\n  questions: {{address: q, messages: {{m: {{payload: {{type: object}}}}}}}}\n  \
             answers: {{address: a, messages: {{m: {{payload: {{type: object}}}}}}}}\n  private: {{address: null}}\noperations:\n  \
             ask: {{action: receive, channel: {{$ref: '#/channels/questions'}}, reply: {reply}}}\n  \
             answer: {{action: send, channel: {{$ref: '#/channels/answers'}}}}\n\
             components: {{replies: {{given: {{channel: {{$ref: '#/channels/answers'}}}}}}}}\n"
        );
        let case = case(steps, &api);
        assert_eq!(case.errors(), [] as [&str; 0], "{reply}, {steps}");
        case.warnings().iter().any(|warning| warning == "channel-reply s")
    };
    let receive = |channel: &str| {
        format!("{{stepId: r, channelPath: '{{$sourceDescriptions.shop.url}}#/channels/{channel}', action: receive}}")
    };
    let answers = receive("answers");
    let by_operation = format!("{SEND}, {{stepId: r, operationId: answer}}");
    for reply in [KNOWN, "{$ref: '#/components/replies/given'}"] {
        assert!(replied(reply, SEND), "{reply}");
        assert!(replied(reply, &format!("{SEND}, {}", receive("questions"))), "{reply}");
        assert!(!replied(reply, &format!("{SEND}, {answers}")), "{reply}");
        assert!(!replied(reply, &by_operation), "{reply}");
    }
    let called = format!("{SEND}, {{stepId: c, workflowId: v}}]}}, {{workflowId: v, steps: [{answers}");
    assert!(!replied(KNOWN, &called));
    // Its address is known only at run time, so any channel can be meant.
    for reply in [
        "{address: {location: '$message.header#/replyTo'}}",
        "{channel: {$ref: '#/channels/private'}}",
    ] {
        assert!(replied(reply, SEND), "{reply}");
        assert!(!replied(reply, &by_operation), "{reply}");
    }
}

#[test]
fn a_reply_that_cannot_be_found_is_an_error() {
    for reply in [
        "{$ref: '#/components/replies/typo'}",
        "{channel: {$ref: '#/channels/typo'}}",
    ] {
        let api = format!(
            "asyncapi: 3.0.0\ninfo: {{title: t, version: '1'}}\nchannels: {{questions: {{address: q, messages: {{m: {{}}}}}}}}\n\
             operations: {{ask: {{action: receive, channel: {{$ref: '#/channels/questions'}}, reply: {reply}}}}}\n"
        );
        let errors = case("{stepId: s, operationId: ask, requestBody: {payload: {}}}", &api).errors();
        assert!(errors[0].starts_with("source-ref-unresolved"), "{errors:?}");
    }
}
