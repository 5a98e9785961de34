//! The stored form of the wait for a message.

use serde::{Deserialize, Serialize};

use crate::run::descriptor::Shape;
use crate::run::last_exchange::HeldMessage;
use crate::run::state::{Awaited, Stage};

/// The wait of a step for a message.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredWait {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deadline: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<HeldMessage>,
}

impl StoredWait {
    pub(super) fn new(awaited: &Awaited) -> Self {
        Self {
            since: awaited.since,
            deadline: awaited.deadline,
            message: awaited.message.as_ref().map(HeldMessage::new),
        }
    }

    /// Returns the wait, if the run is at a step that receives a message.
    pub(super) fn restored(self, shape: &Shape, stage: &Stage) -> Option<Awaited> {
        let (Stage::Step(step)
        | Stage::DetourStep {
            other: step,
            called: None,
            ..
        }) = stage
        else {
            return None;
        };
        let channel = shape.steps.get(*step)?.channel?;
        (!channel.sends).then(|| self.into_awaited())
    }

    fn into_awaited(self) -> Awaited {
        Awaited {
            entered: self.since.is_some(),
            since: self.since,
            deadline: self.deadline,
            message: self.message.map(HeldMessage::into_message),
        }
    }
}
