//! A run as a value that can be stored.

use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use crate::held::Held;
use crate::slot::Slot;
use crate::state::{END, Mode, Shape, State};

/// The version of the stored form.
const VERSION: u32 = 1;

/// A run while it is written.
#[derive(Serialize)]
struct Stored<'a, I, D, C> {
    version: u32,
    workflow: &'a str,
    inputs: &'a I,
    next: Option<&'a str>,
    steps: Steps<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dependencies: Option<&'a D>,
    #[serde(skip_serializing_if = "Mode::is_step")]
    doing: Mode,
    #[serde(skip_serializing_if = "Option::is_none")]
    called: Option<&'a C>,
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<&'a Held>,
    attempts: u32,
    #[serde(skip_serializing_if = "is_zero")]
    spent: u64,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    retries: BTreeMap<&'a str, BTreeMap<usize, u64>>,
    total: u32,
}

/// A run while it is read.
#[derive(Deserialize)]
struct Restored<I, D, C> {
    version: u32,
    workflow: String,
    inputs: I,
    next: Option<String>,
    steps: BTreeMap<String, BTreeMap<String, Slot>>,
    #[serde(default = "Option::default")]
    dependencies: Option<D>,
    #[serde(default)]
    doing: Mode,
    #[serde(default = "Option::default")]
    called: Option<C>,
    #[serde(default)]
    held: Option<Held>,
    attempts: u32,
    #[serde(default)]
    spent: u64,
    #[serde(default)]
    retries: BTreeMap<String, BTreeMap<usize, u64>>,
    total: u32,
}

/// Outputs of finished steps by the names of the document, in its order.
struct Steps<'a> {
    shape: &'a Shape,
    state: &'a State,
}

impl Serialize for Steps<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.state.steps.iter().flatten().count()))?;
        for (shape, slots) in self.shape.steps.iter().zip(&self.state.steps) {
            if let Some(slots) = slots {
                map.serialize_entry(
                    shape.id,
                    &Outputs {
                        names: shape.outputs,
                        slots,
                    },
                )?;
            }
        }
        map.end()
    }
}

struct Outputs<'a> {
    names: &'a [&'a str],
    slots: &'a [Option<Slot>],
}

impl Serialize for Outputs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.slots.iter().flatten().count()))?;
        for (name, slot) in self.names.iter().zip(self.slots) {
            if let Some(slot) = slot {
                map.serialize_entry(name, slot)?;
            }
        }
        map.end()
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Mode {
    fn is_step(&self) -> bool {
        *self == Self::Step
    }
}

/// What a run holds besides its state.
#[derive(Clone, Copy, Debug)]
pub struct Parts<I, D, C> {
    /// The inputs that are known so far.
    pub inputs: I,
    /// What the workflows that have run before have returned.
    pub dependencies: Option<D>,
    /// The run that was called.
    pub called: Option<C>,
}

/// The run of a workflow that calls no other.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Nobody {}

/// Writes a run.
///
/// # Errors
/// What the serializer says.
pub fn serialize<S: Serializer, I: Serialize, D: Serialize, C: Serialize>(
    shape: &Shape,
    state: &State,
    parts: Parts<&I, &D, &C>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut retries: BTreeMap<&str, BTreeMap<usize, u64>> = BTreeMap::new();
    for ((step, action), used) in &state.retries {
        if let Some(step) = shape.steps.get(*step) {
            retries.entry(step.id).or_default().insert(*action, *used);
        }
    }
    let next = state
        .position()
        .and_then(|position| shape.steps.get(position))
        .map(|step| step.id);
    let steps = Steps { shape, state };
    Stored {
        version: VERSION,
        workflow: shape.workflow,
        inputs: parts.inputs,
        next,
        steps,
        dependencies: parts.dependencies,
        doing: state.mode,
        called: parts.called,
        held: state.held.as_ref(),
        attempts: state.attempts,
        spent: state.spent,
        retries,
        total: state.total,
    }
    .serialize(serializer)
}

/// A run that was read.
pub type Read<I, D, C> = (State, Parts<I, D, C>);

/// Reads a run.
///
/// # Errors
/// It is none, or one of another workflow or of another version of this one.
pub fn deserialize<'de, S, I, D, C>(shape: &Shape, deserializer: S) -> Result<Read<I, D, C>, S::Error>
where
    S: Deserializer<'de>,
    I: DeserializeOwned,
    D: DeserializeOwned,
    C: DeserializeOwned,
{
    let stored: Restored<I, D, C> = Restored::deserialize(deserializer)?;
    if stored.version != VERSION {
        return Err(S::Error::custom(format!(
            "the run is stored in version {} of its form; this is version {VERSION}",
            stored.version
        )));
    }
    if stored.workflow != shape.workflow {
        return Err(S::Error::custom(format!(
            "this is a run of workflow `{}`, not of `{}`",
            stored.workflow, shape.workflow
        )));
    }
    let index = |id: &str| {
        let found = shape.steps.iter().position(|step| step.id == id);
        found.ok_or_else(|| S::Error::custom(format!("the workflow `{}` has no step `{id}` any more", shape.workflow)))
    };
    let mut state = State::new(shape);
    state.position = stored.next.as_deref().map(index).transpose()?.unwrap_or(END);
    state.attempts = stored.attempts;
    state.total = stored.total;
    state.mode = stored.doing;
    state.held = stored.held;
    state.spent = stored.spent;
    for (id, outputs) in stored.steps {
        let step = index(&id)?;
        let names = shape.steps[step].outputs;
        let mut slots = vec![None; names.len()];
        for (name, slot) in outputs {
            let Some(output) = names.iter().position(|known| *known == name) else {
                return Err(S::Error::custom(format!(
                    "step `{id}` of workflow `{}` has no output `{name}` any more",
                    shape.workflow
                )));
            };
            slots[output] = Some(slot);
        }
        state.steps[step] = Some(slots);
    }
    for (id, actions) in stored.retries {
        let step = index(&id)?;
        state
            .retries
            .extend(actions.into_iter().map(|(action, used)| ((step, action), used)));
    }
    Ok((
        state,
        Parts {
            inputs: stored.inputs,
            dependencies: stored.dependencies,
            called: stored.called,
        },
    ))
}

/// Checks that a stored run holds outputs of the types that the workflow has.
///
/// # Errors
/// It does not.
pub fn fits<E: serde::de::Error>(shape: &Shape, state: &State, step: usize, typed: bool) -> Result<(), E> {
    if typed || !state.has(step) {
        return Ok(());
    }
    let id = shape.steps.get(step).map_or("", |step| step.id);
    Err(E::custom(format!(
        "the stored outputs of step `{id}` are not of the types that workflow `{}` has",
        shape.workflow
    )))
}

/// Tells null from absence: `Some(None)` is null, `None` is not there.
///
/// # Errors
/// What the deserializer says.
pub fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}
