//! JSON that is deep.

use super::*;

/// Arrays or objects in each other. RFC 8259, section 9: "An implementation may set limits on the maximum depth of
/// nesting", but a stack that overflows ends the whole process.
fn deep(open: &str, close: &str) -> String {
    format!("{}1{}", open.repeat(10_000), close.repeat(10_000))
}

const NESTS: [(&str, &str); 2] = [("[", "]"), ("{\"a\":", "}")];

#[tokio::test]
async fn what_is_deep_and_not_read() {
    for (open, close) in NESTS {
        let deep = deep(open, close);
        for body in [
            format!("{{\"extra\":{deep},\"name\":\"flat\"}}"),
            format!("{{\"name\":\"flat\",\"extra\":{deep}}}"),
        ] {
            let server = Server::with_json(body);
            let outputs = faults::read(&server.client(), faults::read::Inputs::new()).await;
            assert_eq!(outputs.unwrap().name, "flat");
        }
        let server = Server::with_json(deep);
        let outputs = faults::look(&server.client(), faults::look::Inputs::new()).await;
        assert_eq!(outputs.unwrap().code, 200);
    }
}

/// Where something else was expected, and in what never ends.
#[tokio::test]
async fn what_is_deep_and_wrong() {
    for (open, close) in NESTS {
        for body in [
            deep(open, close),
            format!("{{\"name\":{}}}", deep(open, close)),
            open.repeat(100_000),
            format!("{{\"name\":\"flat\",\"extra\":{}", open.repeat(100_000)),
        ] {
            let server = Server::with_json(body);
            let error = failed!(read, server.client(), "fetch");
            assert_eq!(error.kind(), ErrorKind::Response, "{error:#}");
            assert_eq!(carried_on!(read, error).name, "well");
        }
    }
}

/// How deep a value is, without a stack.
fn depth(mut value: &Value) -> usize {
    let mut depth = 0;
    while let Some(inner) = value.get(0).or_else(|| value.get("a")) {
        (value, depth) = (inner, depth + 1);
    }
    depth
}

/// Takes a value apart from the outside: who drops it as it is needs a stack for it.
fn dismantle(mut value: Value) {
    loop {
        value = match value {
            Value::Array(mut items) if !items.is_empty() => items.swap_remove(0),
            Value::Object(mut members) => match members.remove("a") {
                Some(inner) => inner,
                None => return,
            },
            _ => return,
        };
    }
}

/// A value that is too deep for a type in Rust is an error of the response, or it is there; never the end of the process.
#[tokio::test]
async fn what_is_deep_and_read() {
    for (open, close) in NESTS {
        let deep = deep(open, close);
        let server = Server::with_json(deep.clone());
        match faults::read_whole(&server.client(), faults::read_whole::Inputs::new()).await {
            Ok(outputs) => {
                assert_eq!(depth(&outputs.whole), 10_000);
                dismantle(outputs.whole);
            }
            Err(error) => assert_eq!(
                (error.kind(), error.step()),
                (ErrorKind::Response, Some("fetch")),
                "{error:#}"
            ),
        }
        let server = Server::with_json(format!("{{\"name\":\"flat\",\"extra\":{deep}}}"));
        match faults::read_extra(&server.client(), faults::read_extra::Inputs::new()).await {
            Ok(outputs) => {
                let extra = outputs.extra.expect("it is there");
                assert_eq!((outputs.name.as_str(), depth(&extra)), ("flat", 10_000));
                dismantle(extra);
            }
            Err(error) => assert_eq!(
                (error.kind(), error.step()),
                (ErrorKind::Response, Some("fetch")),
                "{error:#}"
            ),
        }
    }
}

// Semantics, Types of generated values: what travels on "goes out again byte-equal in meaning"; docs, the stored form:
// "What JSON in Rust […] could not read back (more than 32 levels) is stored as its text".
#[tokio::test]
async fn what_is_deep_and_travels_on() {
    for (open, close) in NESTS {
        let deep = deep(open, close);
        let server = Server::with_json(deep.clone());
        let mut run = faults::pass_on::Run::new(faults::pass_on::Inputs::new());
        match run.advance(&server.client()).await {
            Ok(progress) => assert_eq!(progress, Progress::Advanced),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Response, "{error:#}");
                continue;
            }
        }
        let stored = serde_json::to_string(&run).unwrap();
        let mut run: faults::pass_on::Run = serde_json::from_str(&stored).unwrap();
        let server = Server::healthy();
        run.finish(&server.client()).await.unwrap();
        assert_eq!(server.heard()[0].body, format!("{{\"data\":{deep}}}").into_bytes());
    }
}

/// A value of this depth, which no parser of JSON in Rust gives by default.
fn tower(depth: usize) -> Value {
    (0..depth).fold(json!(1), |value, _| Value::Array(vec![value]))
}

#[tokio::test]
async fn inputs_that_are_deep() {
    // Whoever reads inputs from a text gets what serde_json says about it.
    let text = format!("{{\"data\":{}}}", deep("[", "]"));
    assert!(serde_json::from_str::<faults::give_body::Inputs>(&text).is_err());

    // What may be read goes as it is, and a run that holds it can be stored. Two levels are around it.
    let server = Server::healthy();
    let mut run = faults::give_body::Run::new(faults::give_body::Inputs::new(tower(120)));
    let stored = serde_json::to_string(&run).unwrap();
    run.finish(&server.client()).await.unwrap();
    let mut run: faults::give_body::Run = serde_json::from_str(&stored).unwrap();
    run.finish(&server.client()).await.unwrap();
    for heard in server.heard() {
        let expected = format!("{{\"data\":{}1{}}}", "[".repeat(120), "]".repeat(120));
        assert_eq!(heard.body, expected.into_bytes());
    }
}

/// Whoever takes inputs from a request and stores the run must find it again, however deep they are. Docs, the stored
/// form: what "could not [be] read back (more than 32 levels) is stored as its text".
#[tokio::test]
async fn inputs_that_could_be_read_can_be_read_again_with_their_run() {
    for depth in (30..130).rev() {
        let text = format!("{{\"data\":{}1{}}}", "[".repeat(depth), "]".repeat(depth));
        let Ok(inputs) = serde_json::from_str::<faults::give_body::Inputs>(&text) else {
            continue;
        };
        let run = faults::give_body::Run::new(inputs);
        let stored = serde_json::to_string(&run).unwrap();
        let mut run: faults::give_body::Run =
            serde_json::from_str(&stored).unwrap_or_else(|error| panic!("{depth} levels: {error}"));
        let server = Server::healthy();
        run.finish(&server.client()).await.unwrap();
        assert_eq!(server.heard()[0].body, text.into_bytes());
    }
}

/// A value that a program has made has no limit but the stack on which it can be dropped. It is sent, or refused with an
/// error of the step; and a run that can be stored can be read again.
#[test]
fn inputs_that_are_deeper_than_can_be_read() {
    let on_a_large_stack = thread::Builder::new().stack_size(512 << 20).spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let server = Server::healthy();
            let expected = format!("{{\"data\":{}}}", deep("[", "]")).into_bytes();
            let mut run = faults::give_body::Run::new(faults::give_body::Inputs::new(tower(10_000)));
            match run.finish(&server.client()).await {
                Ok(_) => assert_eq!(server.heard()[0].body, expected),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Request, "{error:#}"),
            }
            let run = faults::give_body::Run::new(faults::give_body::Inputs::new(tower(10_000)));
            if let Ok(stored) = serde_json::to_string(&run) {
                let mut run: faults::give_body::Run = serde_json::from_str(&stored).expect("a stored run can be read");
                let server = Server::healthy();
                run.finish(&server.client()).await.unwrap();
                assert_eq!(server.heard()[0].body, expected);
            }
        });
    });
    on_a_large_stack.unwrap().join().unwrap();
}
