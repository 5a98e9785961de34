//! The mailboxes of a client.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::broker::{Acknowledgement, DynBroker};
use super::channel::Channel;
use super::mailbox::Mailbox;
use crate::run_id::RunId;
use crate::transport::BoxError;

/// How long a mailbox stays whose address has parameters, if no run uses it: a run that failed may be continued.
const IDLE: Duration = Duration::from_secs(60 * 60);

/// The mailboxes of a client, by source description and address, and the messages that runs have taken and not
/// acknowledged.
#[derive(Default)]
pub(crate) struct Mailboxes {
    open: Mutex<BTreeMap<(&'static str, String), Open>>,
    taken: Mutex<BTreeMap<RunId, Vec<Acknowledgement>>>,
}

struct Open {
    mailbox: Arc<Mailbox>,
    /// Whether the address has parameters, so that it is not used by all runs.
    own: bool,
    used: Instant,
    runs: Vec<RunId>,
}

impl Mailboxes {
    fn open(&self) -> MutexGuard<'_, BTreeMap<(&'static str, String), Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn taken(&self) -> MutexGuard<'_, BTreeMap<RunId, Vec<Acknowledgement>>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the mailbox of an address for a run, and subscribes if there is none.
    pub(crate) async fn of(
        &self,
        broker: &dyn DynBroker,
        channel: &'static Channel,
        address: &str,
        (run, now): (RunId, Instant),
        limit: usize,
    ) -> Result<Arc<Mailbox>, BoxError> {
        let own = channel.address != address;
        let key = (channel.source, address.to_owned());
        if let Some(known) = self.open().get_mut(&key) {
            known.used = now;
            if own && !known.runs.contains(&run) {
                known.runs.push(run);
            }
            return Ok(Arc::clone(&known.mailbox));
        }
        let subscription = broker.subscribe_dyn(address).await?;
        let mailbox = Arc::new(Mailbox::new(subscription, limit));
        let mut open = self.open();
        if own {
            let idle = |known: &Open| known.own && now.saturating_duration_since(known.used) > IDLE;
            open.retain(|_, known| !idle(known) || known.mailbox.is_waited_for());
        }
        // Another run may have been faster; its subscription is older.
        let known = open.entry(key).or_insert(Open {
            mailbox,
            own,
            used: now,
            runs: Vec::new(),
        });
        if own && !known.runs.contains(&run) {
            known.runs.push(run);
        }
        Ok(Arc::clone(&known.mailbox))
    }

    /// Forgets a mailbox whose subscription has ended.
    pub(crate) fn close(&self, channel: &Channel, address: &str, mailbox: &Arc<Mailbox>) {
        let key = (channel.source, address.to_owned());
        let mut open = self.open();
        if open.get(&key).is_some_and(|known| Arc::ptr_eq(&known.mailbox, mailbox)) {
            open.remove(&key);
        }
    }

    /// Forgets the addresses that only a run which has ended used.
    pub(crate) fn leave(&self, run: RunId) {
        self.open().retain(|_, known| {
            known.runs.retain(|user| *user != run);
            !known.own || !known.runs.is_empty()
        });
    }

    /// Keeps the acknowledgement of a message that a run has taken.
    pub(crate) fn take(&self, run: RunId, acknowledgement: Option<Acknowledgement>) {
        if let Some(acknowledgement) = acknowledgement {
            self.taken().entry(run).or_default().push(acknowledgement);
        }
    }

    /// Acknowledges the messages that a run has taken.
    ///
    /// # Errors
    /// The broker could not be told; it may deliver the message again.
    pub(crate) async fn acknowledge(&self, run: RunId) -> Result<(), BoxError> {
        let taken = self.taken().remove(&run).unwrap_or_default();
        let mut result = Ok(());
        for acknowledgement in taken {
            let acknowledged = acknowledgement.await;
            result = result.and(acknowledged);
        }
        result
    }
}
