//! The stored form of a run.
//!
//! Human-readable formats, such as JSON, contain it as an object. Binary formats contain the JSON text of that object,
//! since they cannot leave out members.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::ser::{Error as _, SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::engine::program::{Child, Program};
use crate::json::data::{self, Data};
use crate::json::slot::Slot;
use crate::json::view::View;
use crate::run::descriptor::{Fingerprint, Shape};
use crate::run::last_exchange::Held;
use crate::run::state::{Asked, Called as CalledRun, Stage, State};
use crate::run::stored_steps::Steps;
use crate::run::stored_wait::StoredWait;
use crate::run_id::RunId;
use crate::workflow::{Run, Workflow};

/// The nesting depth up to which `serde_json` reads a text.
const READABLE: usize = 127;

/// The version of the stored form.
const VERSION: u32 = 1;

/// The stored form for writing.
#[derive(Serialize)]
struct Stored<'a> {
    version: u32,
    workflow: &'a str,
    id: RunId,
    shape: Fingerprint,
    inputs: Slot,
    next: Option<&'a str>,
    steps: Steps<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dependencies: Option<View<'a>>,
    #[serde(skip_serializing_if = "Doing::is_step")]
    doing: Doing,
    #[serde(skip_serializing_if = "Option::is_none")]
    called: Option<Called<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<&'a Held>,
    attempts: u32,
    visit: u64,
    #[serde(skip_serializing_if = "is_zero")]
    detours: u64,
    #[serde(skip_serializing_if = "Asked::is_nothing")]
    asked: Asked,
    #[serde(skip_serializing_if = "Option::is_none")]
    awaited: Option<StoredWait>,
    #[serde(skip_serializing_if = "is_zero")]
    spent: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    paused: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owed: Option<Duration>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    retries: BTreeMap<&'a str, BTreeMap<usize, u64>>,
    total: u32,
}

/// The stored form for reading.
#[derive(Deserialize)]
struct Restored {
    id: RunId,
    inputs: Slot,
    next: Option<String>,
    steps: BTreeMap<String, BTreeMap<String, Slot>>,
    #[serde(default)]
    dependencies: Option<Box<RawValue>>,
    #[serde(default)]
    doing: Doing,
    #[serde(default)]
    called: Option<BTreeMap<String, Box<RawValue>>>,
    #[serde(default)]
    held: Option<Held>,
    attempts: u32,
    visit: u64,
    #[serde(default)]
    detours: u64,
    #[serde(default)]
    asked: Asked,
    #[serde(default)]
    awaited: Option<StoredWait>,
    #[serde(default)]
    spent: u64,
    #[serde(default)]
    paused: Option<u64>,
    #[serde(default)]
    owed: Option<Duration>,
    #[serde(default)]
    retries: BTreeMap<String, BTreeMap<usize, u64>>,
    total: u32,
}

/// The members that are read first, since they determine the meaning of the others.
#[derive(Deserialize)]
struct Envelope {
    workflow: String,
    shape: Fingerprint,
    next: Option<String>,
}

/// [`Stage`] without its data, and with names instead of indices.
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
    fn of(stage: &Stage, shape: &Shape) -> Self {
        match stage {
            Stage::Step(_) | Stage::Ended(None) => Self::Step,
            Stage::Call { .. } => Self::Call,
            Stage::DetourStep { other, .. } => {
                Self::DetourStep(shape.steps.get(*other).map_or("", |step| step.id).to_owned())
            }
            Stage::DetourCall { .. } => Self::DetourCall,
            Stage::Left { .. } | Stage::Ended(Some(_)) => Self::Left,
        }
    }

    fn is_step(&self) -> bool {
        *self == Self::Step
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// The run of a called workflow inside the run of its caller, by the name of its workflow.
struct Called<'a> {
    name: &'a str,
    program: &'a dyn Program,
}

impl Serialize for Called<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Within<'a>(&'a dyn Program);
        impl Serialize for Within<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serialize(self.0, serializer)
            }
        }
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.name, &Within(self.program))?;
        map.end()
    }
}

/// Writes a run.
///
/// # Errors
/// The error of the serializer, or inputs that are nested too deep to be read back.
pub(crate) fn serialize<S: Serializer>(program: &dyn Program, serializer: S) -> Result<S::Ok, S::Error> {
    let stored = stored(program).map_err(S::Error::custom)?;
    if serializer.is_human_readable() {
        return stored.serialize(serializer);
    }
    let text = serde_json::to_string(&stored).map_err(S::Error::custom)?;
    serializer.serialize_str(&text)
}

fn stored(program: &dyn Program) -> Result<Stored<'_>, String> {
    let (shape, state) = (program.shape(), program.state());
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
    let inputs = Slot::of(&View::Record(program.inputs())).filter(|inputs| inputs.depth() <= READABLE);
    let inputs = inputs
        .ok_or_else(|| format!("the inputs are nested more than {READABLE} levels deep and could not be read back"))?;
    let dependencies = program.dependencies();
    let called = state.child().map(|Child(child)| Called {
        name: called_name(shape, child.shape()),
        program: &**child,
    });
    let called_run = match &state.stage {
        Stage::Call { called, .. }
        | Stage::DetourStep {
            called: Some(called), ..
        } => Some(called),
        _ => None,
    };
    Ok(Stored {
        version: VERSION,
        workflow: shape.workflow,
        id: state.id,
        shape: Fingerprint::of(shape),
        inputs,
        next,
        steps: Steps { shape, state },
        dependencies: (!dependencies.table().members.is_empty()).then_some(View::Record(dependencies)),
        doing: Doing::of(&state.stage, shape),
        called,
        held: match &state.stage {
            Stage::DetourStep { held, .. } | Stage::DetourCall { held, .. } => Some(held),
            _ => None,
        },
        attempts: state.attempts,
        visit: state.visit,
        detours: state.detours,
        asked: state.asked,
        awaited: state.awaited.as_ref().map(StoredWait::new),
        spent: called_run.map_or(0, |called| called.spent),
        paused: called_run.and_then(|called| called.paused),
        owed: state.owed,
        retries,
        total: state.total,
    })
}

/// Returns the name of a called workflow in the stored run of its caller.
fn called_name(shape: &Shape, called: &'static Shape) -> &'static str {
    let mut targets = shape.targets.iter();
    let target = targets.find(|target| std::ptr::eq((target.shape)(), called));
    target.map_or(called.workflow, |target| target.name)
}

/// Creates a run that is before its first step. `inputs` is JSON.
///
/// # Errors
/// An input has a different type.
pub(crate) fn start_program<W: Workflow<Dependencies = ()>>(inputs: &str) -> Result<Box<dyn Program>, String> {
    let inputs: W::PartialInputs = data::read(inputs).map_err(|fault| fault.to_string())?;
    Ok(Box::new(Run::<W>::new(inputs)))
}

/// Reads a run and erases its type.
///
/// # Errors
/// See [`read`].
pub(crate) fn read_program<W: Workflow>(text: &str) -> Result<Box<dyn Program>, String> {
    Ok(Box::new(read::<W>(text)?))
}

/// Reads a run from its JSON text.
///
/// # Errors
/// The text is not a stored run, or is a run of another workflow or of an incompatible version of this one.
pub(crate) fn read<W: Workflow>(text: &str) -> Result<Run<W>, String> {
    let Parts {
        inputs,
        dependencies,
        state,
    } = parse(W::SHAPE, text)?;
    let inputs = part("cannot read the stored inputs", &inputs)?;
    let dependencies = part("cannot read the stored dependencies", &dependencies)?;
    Ok(Run::from_parts(inputs, dependencies, state))
}

fn part<T: Data>(what: &str, json: &str) -> Result<T, String> {
    data::read(json).map_err(|mut fault| {
        // The names of Rust types do not help the user here.
        if let Some((kind, _)) = fault.expected.split_once(" (`") {
            fault.expected = kind.to_owned().into();
        }
        format!("{what}: {fault}")
    })
}

/// A stored run before its inputs and dependencies are read as their types.
struct Parts {
    inputs: String,
    dependencies: String,
    state: State,
}

fn parse(shape: &'static Shape, text: &str) -> Result<Parts, String> {
    check(shape, text)?;
    let reserved = || "the stored run has a member with a reserved name".to_owned();
    if crate::blob::is_private(text) {
        return Err(reserved());
    }
    let stored: Restored =
        serde_json::from_str(text).map_err(|error| unreadable("cannot read the stored run", text, &error))?;
    let inputs = stored.inputs.json().to_owned();
    if crate::blob::is_private(&inputs) {
        return Err(reserved());
    }
    let dependencies = match &stored.dependencies {
        Some(text) => text.get().to_owned(),
        None => "{}".to_owned(),
    };
    let state = restore(shape, stored)?;
    let kept = shape.steps.iter().zip(&state.steps);
    let misfit = kept
        .filter_map(|(step, kept)| Some((step, kept.as_ref()?)))
        .find(|(step, kept)| !step.fits(kept));
    if let Some((step, _)) = misfit {
        return Err(format!(
            "the stored outputs of step `{}` do not have the types of workflow `{}`",
            step.id, shape.workflow
        ));
    }
    Ok(Parts {
        inputs,
        dependencies,
        state,
    })
}

/// Reads the run of a called workflow.
fn restored_child(shape: &Shape, called: BTreeMap<String, Box<RawValue>>) -> Result<Child, String> {
    let mut called = called.into_iter();
    let (Some((name, text)), None) = (called.next(), called.next()) else {
        return Err("cannot read the stored run: expected one called run, found another number".to_owned());
    };
    let Some(target) = shape.targets.iter().find(|target| target.name == name) else {
        return Err(format!(
            "workflow `{}` does not call a workflow `{}`",
            shape.workflow,
            shown(&name)
        ));
    };
    (target.read)(text.get()).map(Child)
}

/// Describes the error in a stored text, without its values, which may be secrets.
fn unreadable(what: &str, text: &str, error: &serde_json::Error) -> String {
    let fault = crate::json::reading::fault(text, error);
    // The names of Rust types do not help the user here.
    let expected = fault.expected.split(" (`").next().unwrap_or_default();
    let place = match fault.pointer.as_str() {
        "" => String::new(),
        pointer => format!(" at `{}`", shown(pointer)),
    };
    format!("{what}: expected {expected}{place}, found {}", fault.found)
}

/// Escapes and shortens a name from a stored run for a message.
pub(crate) fn shown(name: &str) -> String {
    name.chars().take(80).flat_map(char::escape_debug).collect()
}

/// Checks that a stored run fits the current version of the workflow.
fn check(shape: &Shape, text: &str) -> Result<(), String> {
    #[derive(Deserialize)]
    struct Version {
        version: u32,
    }
    let Version { version } =
        serde_json::from_str(text).map_err(|error| unreadable("not a stored run", text, &error))?;
    if version != VERSION {
        return Err(format!(
            "the run has format version {version}; only version {VERSION} is supported"
        ));
    }
    let envelope: Envelope =
        serde_json::from_str(text).map_err(|error| unreadable("not a stored run", text, &error))?;
    if envelope.workflow != shape.workflow {
        return Err(format!(
            "the run belongs to workflow `{}`, not to `{}`",
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

fn restore(shape: &Shape, stored: Restored) -> Result<State, String> {
    let index = |id: &str| {
        let found = shape.steps.iter().position(|step| step.id == id);
        found.ok_or_else(|| format!("the workflow `{}` has no step `{}`", shape.workflow, shown(id)))
    };
    let mut state = State::with_id(shape, stored.id);
    state.attempts = stored.attempts;
    state.total = stored.total;
    state.visit = stored.visit;
    state.detours = stored.detours;
    state.asked = stored.asked;
    let next = stored.next.as_deref().map(index).transpose()?;
    let child = stored.called.map(|called| restored_child(shape, called)).transpose()?;
    let held = stored.held.unwrap_or_else(|| Held::new(None, None));
    let (spent, paused) = (stored.spent, stored.paused);
    let called = |child| CalledRun { child, spent, paused };
    let calls = |step: usize| shape.steps.get(step).is_some_and(|step| step.call.is_some());
    state.stage = match (stored.doing, next, child) {
        (Doing::Step, None, None) => Stage::Ended(None),
        (Doing::Left, None, Some(child)) => Stage::Ended(Some(child)),
        (Doing::Step, Some(step), None) => Stage::Step(step),
        (Doing::Call, Some(step), Some(child)) if calls(step) => Stage::Call {
            step,
            called: called(child),
        },
        (Doing::DetourStep(other), Some(step), child) => Stage::DetourStep {
            step,
            other: index(&other)?,
            called: child.map(called),
            held,
        },
        (Doing::DetourCall, Some(step), Some(child)) => Stage::DetourCall { step, child, held },
        (Doing::Left, Some(step), Some(child)) => Stage::Left { step, child },
        (Doing::Step, _, Some(_)) => {
            return Err(format!(
                "the run of workflow `{}` contains a called run that it is not in",
                shape.workflow
            ));
        }
        (_, None, _) => {
            return Err(format!(
                "the run of workflow `{}` has ended but is marked as being in another workflow",
                shape.workflow
            ));
        }
        (_, Some(_), _) => {
            return Err(format!(
                "the run of workflow `{}` is marked as being in another workflow, which it does not contain",
                shape.workflow
            ));
        }
    };
    state.awaited = stored.awaited.and_then(|wait| wait.restored(shape, &state.stage));
    state.owed = stored.owed;
    for (id, outputs) in stored.steps {
        let step = index(&id)?;
        let names = shape.steps[step].outputs;
        let mut slots = vec![None; names.len()];
        for (name, slot) in outputs {
            let Some(output) = names.iter().position(|known| known.name == name) else {
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
    Ok(state)
}
