//! The drivers.

use super::*;

/// How a run has ended: its outputs, or the kind of error and the step.
pub type End<O> = Result<O, (ErrorKind, Option<String>)>;

/// A run of some workflow.
pub trait Flow: Clone + Debug + Serialize + DeserializeOwned {
    type Outputs: Debug + PartialEq;
    fn fresh() -> Self;
    async fn finish(&mut self, client: &Client<Api>) -> End<Self::Outputs>;
    /// The outputs where it has ended; nothing where there is more to do.
    async fn advance(&mut self, client: &Client<Api>) -> End<Option<Self::Outputs>>;
    async fn until_blocked(&mut self, client: &Client<Api>) -> End<Option<Self::Outputs>>;
}

macro_rules! flow {
    ($($workflow:ident),*) => {$(
        impl Flow for flows::$workflow::Run {
            type Outputs = flows::$workflow::Outputs;

            fn fresh() -> Self {
                Self::new(flows::$workflow::Inputs::new("a \"word\" &c."))
            }

            async fn finish(&mut self, client: &Client<Api>) -> End<Self::Outputs> {
                flows::$workflow::Run::finish(self, client).await.map_err(|error| ended(&error))
            }

            async fn advance(&mut self, client: &Client<Api>) -> End<Option<Self::Outputs>> {
                let progress = flows::$workflow::Run::advance(self, client).await;
                progress.map(done).map_err(|error| ended(&error))
            }

            async fn until_blocked(&mut self, client: &Client<Api>) -> End<Option<Self::Outputs>> {
                let progress = flows::$workflow::Run::advance_until_blocked(self, client).await;
                progress.map(done).map_err(|error| ended(&error))
            }
        }
    )*};
}

flow!(plain, patient, looping, nested, roundabout, guarded);

pub fn ended(error: &arazzo::Error) -> (ErrorKind, Option<String>) {
    (error.kind(), error.step().map(str::to_owned))
}

pub fn done<I: Debug, O>(progress: Progress<I, O>) -> Option<O> {
    match progress {
        Progress::Advanced | Progress::Wait(_) => None,
        Progress::Done(outputs) => Some(outputs),
        Progress::Awaiting(inputs) => panic!("nothing is missing: {inputs:?}"),
        _ => panic!("there is nothing else"),
    }
}

/// How a run is carried on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    Finish,
    UntilBlocked,
    Advance,
}

pub const WAYS: [Way; 3] = [Way::Finish, Way::UntilBlocked, Way::Advance];

/// Polls a future as often as it may be, and counts down: what it says, or nothing where it is dropped.
pub fn poll<F: Future>(future: F, polls: &mut usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    while *polls > 0 {
        *polls -= 1;
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
    }
    None
}

/// Carries a run on, in one go or attempt by attempt; nothing where a future was dropped on the way.
pub fn carry_on<F: Flow>(run: &mut F, client: &Client<Api>, way: Way, mut polls: usize) -> Option<End<F::Outputs>> {
    loop {
        let progress = match way {
            Way::Finish => return poll(run.finish(client), &mut polls),
            Way::UntilBlocked => poll(run.until_blocked(client), &mut polls),
            Way::Advance => poll(run.advance(client), &mut polls),
        };
        match progress {
            Some(Ok(None)) => {}
            Some(Ok(Some(outputs))) => return Some(Ok(outputs)),
            Some(Err(error)) => return Some(Err(error)),
            None => return None,
        }
    }
}

/// Stores a run and reads it again.
pub fn again<F: Flow>(run: &F) -> F {
    let stored = serde_json::to_string(run).expect("a run can be stored");
    let again: F = serde_json::from_str(&stored).expect("a stored run can be read");
    assert_eq!(serde_json::to_string(&again).expect("a run can be stored"), stored);
    again
}

pub const WITHOUT_END: usize = 100_000;

/// Carries a run to its end with these cuts, after each of which it goes on from its stored form or as it is: how it ends,
/// and what has happened. Nothing where a cut came too late to cut anything.
pub fn cut<F: Flow>(
    run: &F,
    script: Script,
    seed: u64,
    way: Way,
    cuts: &[usize],
) -> (Option<End<F::Outputs>>, Vec<Happened>, usize) {
    let api = Api::new(script, seed);
    let client = api.client(seed);
    let mut run = run.clone();
    let mut made = 0;
    for (number, polls) in cuts.iter().chain([&WITHOUT_END]).enumerate() {
        let end = carry_on(&mut run, &client, way, *polls);
        if end.is_some() {
            return (end, api.happened(), made);
        }
        made += 1;
        if number % 2 == 0 {
            run = again(&run);
        }
    }
    (None, api.happened(), made)
}

/// What was asked and heard.
pub fn heard(happened: &[Happened]) -> Vec<&Said> {
    let heard = happened.iter().filter_map(|what| match what {
        Happened::Asked(said, true) => Some(said),
        _ => None,
    });
    heard.collect()
}

/// What was heard is what is heard without cuts, and what was cut off is asked again next, in the same words.
pub fn same_words(whole: &[Happened], happened: &[Happened]) -> Result<(), String> {
    if heard(whole) != heard(happened) {
        return Err("something else was asked".to_owned());
    }
    let mut asked = happened.iter().filter_map(|what| match what {
        Happened::Asked(said, heard) => Some((said, *heard)),
        Happened::Waited(..) => None,
    });
    let mut cut_off = None;
    for (said, heard) in asked.by_ref() {
        if cut_off.is_some_and(|cut_off| cut_off != said) {
            return Err(format!("{said:?} is not what was cut off: {cut_off:?}"));
        }
        cut_off = (!heard).then_some(said);
    }
    match cut_off {
        Some(said) => Err(format!("{said:?} was never asked again")),
        None => Ok(()),
    }
}

/// An attempt that needs a token may take several requests, and all of them may be made again when it is cut off; what it
/// is not about is asked once, and nothing is left out.
pub fn whole_attempts(whole: &[Happened], happened: &[Happened]) -> Result<(), String> {
    let expected = ["peek", "make", "peek-again"];
    let heard = heard(happened);
    let made: Vec<_> = heard
        .iter()
        .filter(|said| said.line == "POST https://counter.test/things")
        .collect();
    if made.len() != 1 || !self::heard(whole).contains(made[0]) {
        return Err(format!("{made:?}"));
    }
    // The steps, each as often as it likes.
    let mut steps: Vec<&str> = Vec::new();
    for step in heard.iter().filter_map(|said| said.step.as_ref()) {
        let known = expected.iter().find(|known| step.contains(&format!("\"{known}\"")));
        let step = known.ok_or_else(|| format!("no step {step}"))?;
        if steps.last() != Some(step) {
            steps.push(step);
        }
    }
    if steps != expected {
        return Err(format!("{steps:?}"));
    }
    Ok(())
}

/// Runs a workflow with a cut at every poll, and with random ones.
pub fn cut_everywhere<F: Flow>(script: Script, check: fn(&[Happened], &[Happened]) -> Result<(), String>) {
    let mut cuts_made = 0;
    for seed in seeds() {
        let run = F::fresh();
        let (expected, whole, _) = cut(&run, script, seed, Way::Finish, &[]);
        let expected = expected.expect("nothing is cut off");
        let mut attempt = |way: Way, cuts: &[usize]| {
            let (end, happened, made) = cut(&run, script, seed, way, cuts);
            let context = || format!("CANCELLATION_SEED={seed}, {way:?}, cut after {cuts:?} polls\n{happened:#?}");
            assert_eq!(end.as_ref(), Some(&expected), "{}", context());
            if let Err(problem) = check(&whole, &happened) {
                panic!("{problem}\n{}\nwithout cuts: {whole:#?}", context());
            }
            cuts_made += made;
            made
        };
        for way in WAYS {
            let mut polls = 0;
            while attempt(way, &[polls]) > 0 {
                polls += 1;
            }
            let mut random = SmallRng::seed_from_u64(seed ^ 0x5eed);
            for _ in 0..RUNS {
                let cuts: Vec<usize> = (0..12).map(|_| random.random_range(0..9)).collect();
                attempt(way, &cuts);
            }
        }
    }
    // What this proves depends on how often something was cut off.
    assert!(cuts_made > 10 * seeds().len(), "{cuts_made}");
}
