//! A run as a value that can be stored.
//!
//! Formats for people, such as JSON, hold it as an object; binary formats hold the text of that
//! object, since they cannot leave out what is not there.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde::ser::{Error as _, SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use crate::held::Held;
use crate::run_id::RunId;
use crate::shape::{Fingerprint, Shape};
use crate::slot::Slot;
use crate::state::{Asked, END, Mode, State};

/// How deep a text may be nested that `serde_json` reads.
const READABLE: usize = 127;

/// The version of the stored form.
const VERSION: u32 = 1;

/// A run while it is written.
#[derive(Serialize)]
struct Stored<'a, D, C> {
    version: u32,
    workflow: &'a str,
    id: RunId,
    shape: Fingerprint,
    inputs: Slot,
    next: Option<&'a str>,
    steps: Steps<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dependencies: Option<&'a D>,
    #[serde(skip_serializing_if = "Doing::is_step")]
    doing: Doing,
    #[serde(skip_serializing_if = "Option::is_none")]
    called: Option<&'a C>,
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<&'a Held>,
    attempts: u32,
    visit: u64,
    #[serde(skip_serializing_if = "is_zero")]
    detours: u64,
    #[serde(skip_serializing_if = "Asked::is_nothing")]
    asked: Asked,
    #[serde(skip_serializing_if = "is_zero")]
    spent: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    owed: Option<Duration>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    retries: BTreeMap<&'a str, BTreeMap<usize, u64>>,
    total: u32,
}

/// A run while it is read.
#[derive(Deserialize)]
struct Restored<D, C> {
    id: RunId,
    inputs: Slot,
    next: Option<String>,
    steps: BTreeMap<String, BTreeMap<String, Slot>>,
    #[serde(default = "Option::default")]
    dependencies: Option<D>,
    #[serde(default)]
    doing: Doing,
    #[serde(default = "Option::default")]
    called: Option<C>,
    #[serde(default)]
    held: Option<Held>,
    attempts: u32,
    visit: u64,
    #[serde(default)]
    detours: u64,
    #[serde(default)]
    asked: Asked,
    #[serde(default)]
    spent: u64,
    #[serde(default)]
    owed: Option<Duration>,
    #[serde(default)]
    retries: BTreeMap<String, BTreeMap<usize, u64>>,
    total: u32,
}

/// What is read first, since the rest means something only if this is right.
#[derive(Deserialize)]
struct Envelope {
    workflow: String,
    shape: Fingerprint,
    next: Option<String>,
}

/// [`Mode`] with the names of the document.
#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Doing {
    #[default]
    Step,
    Call,
    DetourStep(String),
    DetourCall,
    Left,
}

impl Doing {
    fn of(mode: Mode, shape: &Shape) -> Self {
        match mode {
            Mode::Step => Self::Step,
            Mode::Call => Self::Call,
            Mode::DetourStep(step) => Self::DetourStep(shape.steps.get(step).map_or("", |step| step.id).to_owned()),
            Mode::DetourCall => Self::DetourCall,
            Mode::Left => Self::Left,
        }
    }

    fn is_step(&self) -> bool {
        *self == Self::Step
    }
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
    let inputs = Slot::of(parts.inputs).filter(|inputs| inputs.depth() <= READABLE);
    let inputs = inputs.ok_or_else(|| {
        let message = format!("the inputs are nested more than {READABLE} levels deep, and could not be read back");
        S::Error::custom(message)
    })?;
    let stored = Stored {
        version: VERSION,
        workflow: shape.workflow,
        id: state.id,
        shape: Fingerprint::of(shape),
        inputs,
        next,
        steps,
        dependencies: parts.dependencies,
        doing: Doing::of(state.mode, shape),
        called: parts.called,
        held: state.held.as_ref(),
        attempts: state.attempts,
        visit: state.visit,
        detours: state.detours,
        asked: state.asked,
        spent: state.spent,
        owed: state.owed,
        retries,
        total: state.total,
    };
    if serializer.is_human_readable() {
        return stored.serialize(serializer);
    }
    let text = serde_json::to_string(&stored).map_err(serde::ser::Error::custom)?;
    serializer.serialize_str(&text)
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
    // As text first, whatever the format: what it is a run of decides whether the rest can be read.
    let text = if deserializer.is_human_readable() {
        Slot::deserialize(deserializer)?.json().to_owned()
    } else {
        String::deserialize(deserializer)?
    };
    check(shape, &text).map_err(S::Error::custom)?;
    let reserved = || S::Error::custom("the stored run has a member whose name is reserved");
    if crate::blob::is_private(&text) {
        return Err(reserved());
    }
    let stored: Restored<D, C> = serde_json::from_str(&text)
        .map_err(|error| S::Error::custom(unreadable("the stored run cannot be read", &text, &error)))?;
    if crate::blob::is_private(stored.inputs.json()) {
        return Err(reserved());
    }
    let inputs = serde_json::from_str(stored.inputs.json()).map_err(|error| {
        S::Error::custom(unreadable(
            "the stored inputs cannot be read",
            stored.inputs.json(),
            &error,
        ))
    })?;
    restore(shape, stored, inputs).map_err(S::Error::custom)
}

/// What is wrong with a stored text, without the values in it, which may be secrets.
fn unreadable(what: &str, text: &str, error: &serde_json::Error) -> String {
    let fault = crate::reading::fault(text, error);
    // The names of types here tell a user nothing.
    let expected = fault.expected.split(" (`").next().unwrap_or_default();
    let place = match fault.pointer.as_str() {
        "" => String::new(),
        pointer => format!(" at `{}`", shown(pointer)),
    };
    format!("{what}: expected {expected}{place}, found {}", fault.found)
}

/// A name from a stored run in a message: what cannot be seen is escaped, and what is long is cut.
fn shown(name: &str) -> String {
    name.chars().take(80).flat_map(char::escape_debug).collect()
}

/// Makes sure that a stored run is one of the workflow as it is now.
fn check(shape: &Shape, text: &str) -> Result<(), String> {
    #[derive(Deserialize)]
    struct Version {
        version: u32,
    }
    let Version { version } =
        serde_json::from_str(text).map_err(|error| unreadable("this is not a stored run", text, &error))?;
    if version != VERSION {
        return Err(format!(
            "the run is stored in version {version} of its form; this is version {VERSION}"
        ));
    }
    let envelope: Envelope =
        serde_json::from_str(text).map_err(|error| unreadable("this is not a stored run", text, &error))?;
    if envelope.workflow != shape.workflow {
        return Err(format!(
            "this is a run of workflow `{}`, not of `{}`",
            shown(&envelope.workflow),
            shape.workflow
        ));
    }
    let changes = envelope
        .shape
        .changes(&Fingerprint::of(shape), envelope.next.as_deref());
    if changes.is_empty() {
        return Ok(());
    }
    Err(format!(
        "the workflow `{}` has changed since the run was stored: {}",
        shape.workflow,
        changes.join("; ")
    ))
}

fn restore<I, D, C>(shape: &Shape, stored: Restored<D, C>, inputs: I) -> Result<Read<I, D, C>, String> {
    let index = |id: &str| {
        let found = shape.steps.iter().position(|step| step.id == id);
        found.ok_or_else(|| format!("the workflow `{}` has no step `{}`", shape.workflow, shown(id)))
    };
    let mut state = State::with_id(shape, stored.id);
    state.position = stored.next.as_deref().map(index).transpose()?.unwrap_or(END);
    state.attempts = stored.attempts;
    state.total = stored.total;
    state.visit = stored.visit;
    state.detours = stored.detours;
    state.asked = stored.asked;
    state.mode = match stored.doing {
        Doing::Step => Mode::Step,
        Doing::Call => Mode::Call,
        Doing::DetourStep(id) => Mode::DetourStep(index(&id)?),
        Doing::DetourCall => Mode::DetourCall,
        Doing::Left => Mode::Left,
    };
    let calls = state.position().and_then(|step| shape.steps.get(step)?.call).is_some();
    let possible = match state.mode {
        Mode::Step | Mode::DetourStep(_) => true,
        Mode::Call => calls && stored.called.is_some(),
        Mode::DetourCall | Mode::Left => stored.called.is_some(),
    };
    if !possible {
        return Err(format!(
            "the run of workflow `{}` claims to be in another one that it does not hold",
            shape.workflow
        ));
    }
    state.held = stored.held;
    state.spent = stored.spent;
    state.owed = stored.owed;
    for (id, outputs) in stored.steps {
        let step = index(&id)?;
        let names = shape.steps[step].outputs;
        let mut slots = vec![None; names.len()];
        for (name, slot) in outputs {
            let Some(output) = names.iter().position(|known| *known == name) else {
                return Err(format!(
                    "step `{}` of workflow `{}` has no output `{}`",
                    shown(&id),
                    shape.workflow,
                    shown(&name)
                ));
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
            inputs,
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
