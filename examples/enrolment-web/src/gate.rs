//! One submission of an enrolment at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use crate::id::Id;
use crate::problem::Problem;
use crate::submission::Submission;

/// A submission that was refused, and why.
pub struct Refusal {
    /// What was submitted.
    pub submission: Submission,
    /// What was wrong.
    pub problem: Problem,
}

/// Allows one submission of an enrolment at a time.
#[derive(Default)]
pub struct Gate {
    rooms: Mutex<HashMap<Id, Weak<Room>>>,
}

type Room = AsyncMutex<Option<Refusal>>;

impl Gate {
    /// Waits until no other submission of this enrolment is in progress.
    ///
    /// A caller that had to wait gets the refusal of the submission before it, if any. A caller that did not have to
    /// wait gets nothing. So a refusal is only repeated for a form that was sent twice at the same time.
    pub async fn enter(&self, id: &Id) -> OwnedMutexGuard<Option<Refusal>> {
        let room = {
            let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
            rooms.retain(|_, room| room.strong_count() > 0);
            let room = rooms.get(id).and_then(Weak::upgrade).unwrap_or_default();
            rooms.insert(id.clone(), Arc::downgrade(&room));
            room
        };
        room.lock_owned().await
    }
}
