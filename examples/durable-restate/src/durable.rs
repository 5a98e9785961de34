use arazzo::{Client, Progress};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::attempt::Next;

/// What the driver needs of a workflow's `Run`; [`durable!`] writes it down.
pub trait Durable: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The inputs that are known so far.
    type Inputs: Default + Serialize + DeserializeOwned + Send + 'static;
    /// What the workflow ends with.
    type Outputs: Serialize + DeserializeOwned + Send + 'static;

    /// A run that stands before its first step.
    fn new(inputs: Self::Inputs) -> Self;

    /// The inputs, to be set or corrected.
    fn inputs_mut(&mut self) -> &mut Self::Inputs;

    /// The step that is next.
    fn step(&self) -> Option<&'static str>;

    /// One attempt of the next step.
    fn advance(&mut self, client: &Client) -> impl Future<Output = Result<Next<Self::Outputs>, arazzo::Error>> + Send;
}

/// What comes next, as it goes into the journal; `name` names an input.
pub fn next<I, O>(progress: Progress<I, O>, name: impl Fn(I) -> &'static str) -> Next<O> {
    match progress {
        Progress::Wait(duration) => Next::Wait(duration),
        Progress::Awaiting(inputs) => Next::ask(inputs.into_iter().map(name), None),
        Progress::Done(outputs) => Next::Done(outputs),
        // `Advanced`, and whatever else is only a reason to advance again.
        _ => Next::Advance,
    }
}

/// Makes the run of the workflow in this module [`Durable`].
macro_rules! durable {
    ($module:ident) => {
        impl $crate::durable::Durable for $module::Run {
            type Inputs = $module::PartialInputs;
            type Outputs = $module::Outputs;

            fn new(inputs: Self::Inputs) -> Self {
                $module::Run::new(inputs)
            }

            fn inputs_mut(&mut self) -> &mut Self::Inputs {
                self.inputs_mut()
            }

            fn step(&self) -> Option<&'static str> {
                self.step().map($module::Step::name)
            }

            async fn advance(
                &mut self,
                client: &::arazzo::Client,
            ) -> Result<$crate::attempt::Next<Self::Outputs>, ::arazzo::Error> {
                self.advance(client)
                    .await
                    .map(|progress| $crate::durable::next(progress, $module::Input::name))
            }
        }
    };
}
pub(crate) use durable;
