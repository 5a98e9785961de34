//! The stored form of the outputs of steps.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::json::slot::Slot;
use crate::run::descriptor::Shape;
use crate::run::state::State;
use crate::wire::kept::Output;

/// The outputs of the completed steps, by their names in the document and in its order.
pub(super) struct Steps<'a> {
    pub(super) shape: &'a Shape,
    pub(super) state: &'a State,
}

impl Serialize for Steps<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.state.steps.iter().flatten().count()))?;
        for (shape, slots) in self.shape.steps.iter().zip(&self.state.steps) {
            if let Some(slots) = slots {
                map.serialize_entry(
                    shape.id,
                    &Outputs {
                        known: shape.outputs,
                        slots,
                    },
                )?;
            }
        }
        map.end()
    }
}

struct Outputs<'a> {
    known: &'a [Output],
    slots: &'a [Option<Slot>],
}

impl Serialize for Outputs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.slots.iter().flatten().count()))?;
        for (output, slot) in self.known.iter().zip(self.slots) {
            if let Some(slot) = slot {
                map.serialize_entry(output.name, slot)?;
            }
        }
        map.end()
    }
}
