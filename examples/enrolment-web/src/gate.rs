//! One submission of an enrolment at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use crate::id::Id;
use crate::problem::Problem;
use crate::submission::Submission;

/// A submission that did not get on, and why.
pub struct Refusal {
    /// What was submitted.
    pub submission: Submission,
    /// What was wrong.
    pub problem: Problem,
}

/// Lets through one submission of an enrolment at a time.
#[derive(Default)]
pub struct Gate {
    rooms: Mutex<HashMap<Id, Weak<Room>>>,
}

type Room = AsyncMutex<Option<Refusal>>;

impl Gate {
    /// Waits until no other submission of this enrolment is under way.
    ///
    /// Whoever had to wait finds what the one before has left behind. Whoever finds nobody, finds
    /// nothing: only a form that was sent twice at once is answered by the same refusal.
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
