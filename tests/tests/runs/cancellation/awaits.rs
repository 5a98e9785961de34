//! Every await.

use super::*;

#[test]
fn plain_steps() {
    cut_everywhere::<flows::plain::Run>(willing, same_words);
}

#[test]
fn retries() {
    cut_everywhere::<flows::patient::Run>(moody, same_words);
}

#[test]
fn retries_that_do_not_help() {
    cut_everywhere::<flows::patient::Run>(busy, same_words);
}

#[test]
fn a_loop() {
    cut_everywhere::<flows::looping::Run>(plentiful, same_words);
}

#[test]
fn workflows_that_are_called() {
    cut_everywhere::<flows::nested::Run>(stubborn, same_words);
}

#[test]
fn detours() {
    cut_everywhere::<flows::roundabout::Run>(elusive, same_words);
}

#[test]
fn tokens() {
    cut_everywhere::<flows::guarded::Run>(forgetful, whole_attempts);
}

/// The runs above go the ways that they are meant to go.
/// What happens in a run without cuts.
fn lines<F: Flow>(script: Script) -> Vec<String> {
    let (end, happened, made) = cut(&F::fresh(), script, 1, Way::Finish, &[]);
    assert!(end.is_some_and(|end| end.is_ok()) && made == 0);
    let lines = happened.into_iter().map(|what| match what {
        Happened::Asked(said, heard) => {
            assert!(heard);
            said.line.replace(" https://counter.test", " ")
        }
        Happened::Waited(time, passed) => {
            assert!(passed);
            format!("wait {}", time.as_secs())
        }
    });
    lines.collect()
}

#[test]
fn what_happens_without_cuts() {
    assert_eq!(
        lines::<flows::plain::Run>(willing),
        ["POST /things", "GET /things/POST-0", "PUT /things/GET-0"]
    );
    assert_eq!(
        lines::<flows::patient::Run>(moody),
        [
            "POST /things",
            "wait 2",
            "POST /things",
            "wait 2",
            "POST /things",
            "GET /things/POST-2",
            "GET /things/POST-2",
            "wait 5",
            "GET /things/POST-2",
            "wait 1",
            "GET /things/POST-2",
        ]
    );
    assert_eq!(
        lines::<flows::looping::Run>(plentiful),
        [
            "POST /things",
            "GET /things/POST-0",
            "POST /things",
            "GET /things/POST-1",
            "POST /things",
            "GET /things/POST-2",
            "POST /things",
            "GET /things/POST-3",
        ]
    );
}

#[test]
fn what_happens_without_cuts_in_other_workflows() {
    assert_eq!(
        lines::<flows::nested::Run>(stubborn),
        [
            "POST /things",
            "GET /things/POST-0",
            "PUT /things/GET-0",
            "POST /things",
            "wait 2",
            "POST /things",
            "wait 2",
            "POST /things",
            "wait 3",
            "POST /things",
            "wait 2",
            "POST /things",
            "GET /things/POST-5",
            "GET /things/GET-1",
        ]
    );
    assert_eq!(
        lines::<flows::roundabout::Run>(elusive),
        [
            "POST /things",
            "GET /things/POST-0",
            "wait 1",
            "POST /things",
            "GET /things/POST-1",
            "POST /things",
            "GET /things/POST-2",
            "PUT /things/GET-2",
            "GET /things/POST-1",
        ]
    );
    assert_eq!(
        lines::<flows::guarded::Run>(forgetful),
        [
            "POST /token",
            "GET /guarded",
            "POST /things",
            "GET /guarded",
            "POST /token",
            "GET /guarded",
        ]
    );
}

// Docs: "a future that is dropped in between has perhaps called the API and left no trace of it". That something was tried
// may be counted, and what was asked has to be known for the key; but where the run stands, what it has kept and how often
// it may try again are as before.
#[test]
fn an_attempt_that_is_cut_off_leaves_the_run_where_it_was() {
    fn standing<F: Flow>(run: &F) -> Value {
        let mut stored = serde_json::to_value(run).expect("a run can be stored");
        for counter in ["attempts", "total", "asked"] {
            stored.as_object_mut().expect("an object").remove(counter);
        }
        stored
    }
    let api = Api::new(moody, 0);
    let client = api.client(1);
    let mut run = flows::patient::Run::fresh();
    let mut cuts = 0;
    loop {
        let (before, step, asked) = (standing(&run), run.step(), api.happened().len());
        if let Some(progress) = poll(run.advance(&client), &mut 1) {
            if matches!(progress.expect("it goes on"), Progress::Done(_)) {
                break;
            }
        } else {
            assert_eq!(api.happened().len(), asked + 1);
            assert_eq!((standing(&run), run.step()), (before, step));
            cuts += 1;
        }
    }
    assert!(cuts > 3, "{cuts}");
}

// Docs, Runs that are kept: a request that says something else than the one before "has a new one if every attempt before
// it was refused […]. After anything else (no answer, […]) the first request may have had its effect: the key stays".
#[test]
fn the_key_of_a_request_that_was_cut_off_stays() {
    for stored in [false, true] {
        let api = Api::new(willing, 0);
        let client = api.client(1);
        let mut run = flows::plain::Run::fresh();
        let happened = loop {
            let cut_off = poll(run.advance(&client), &mut 1).is_none();
            let happened = api.happened();
            if cut_off {
                break happened;
            }
            assert!(happened.len() < 3, "nothing was cut off");
            run = flows::plain::Run::fresh();
        };
        let [.., Happened::Asked(before, false)] = &happened[..] else {
            panic!("{happened:?}");
        };
        if stored {
            run = again(&run);
        }
        run.inputs_mut().word = Some("another".to_owned());
        let end = poll(run.advance(&client), &mut WITHOUT_END.clone());
        assert!(matches!(end, Some(Ok(Progress::Advanced))));
        let Some(Happened::Asked(after, true)) = api.happened().pop() else {
            panic!("{:?}", api.happened());
        };
        assert_ne!(before.body, after.body);
        assert!(before.key.is_some() && before.key == after.key, "{before:?}, {after:?}");
    }
}

/// Docs are silent about a `finish` that is dropped while it waits. It is `finish` that waits, and who calls it again
/// cannot know that there was a wait: a server that has asked for time gets it, from the beginning where need be.
#[test]
fn a_wait_that_is_cut_off_is_not_skipped() {
    let run = flows::patient::Run::fresh();
    for polls in 0.. {
        let (end, happened, made) = cut(&run, moody, 1, Way::Finish, &[polls]);
        assert!(matches!(end, Some(Ok(_))));
        // The waits that were waited for to the end are those of an undisturbed run, whatever was cut off.
        let waited: Vec<u64> = happened
            .iter()
            .filter_map(|what| match what {
                Happened::Waited(time, true) => Some(time.as_secs()),
                _ => None,
            })
            .collect();
        assert_eq!(waited, [2, 2, 5, 1], "cut after {polls} polls: {happened:#?}");
        if made == 0 {
            break;
        }
    }
}
