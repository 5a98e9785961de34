//! The mailboxes of a client.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::broker::{Delivery, DynBroker};
use super::channel::Channel;
use super::mailbox::Mailbox;
use crate::run_id::RunId;
use crate::transport::BoxError;

/// How long a mailbox stays whose address has parameters, if its run does nothing: a run that failed may be continued.
const IDLE: Duration = Duration::from_secs(60 * 60);

/// A source description and an address.
type Key = (&'static str, String);

/// The mailboxes of a client, by source description and address, and the messages that runs have taken and not
/// acknowledged.
#[derive(Default)]
pub(crate) struct Mailboxes {
    open: Mutex<Open>,
    taken: Mutex<BTreeMap<RunId, Vec<Taken>>>,
}

#[derive(Default)]
struct Open {
    mailboxes: BTreeMap<Key, Arc<Mailbox>>,
    /// The addresses with parameters that each run uses, and when it last did. All other mailboxes stay.
    used: BTreeMap<RunId, (Instant, Vec<Key>)>,
    /// The number of runs that use each of these addresses.
    users: BTreeMap<Key, usize>,
}

/// The position of a run: the visits and attempts of the run and of those that it is in, and whether it waits for a message.
#[derive(Clone, Debug, Default)]
pub(crate) struct Position {
    pub(crate) runs: Vec<(u64, u32)>,
    pub(crate) waits: bool,
}

impl Position {
    /// Returns whether the run has gone on from an earlier position of it.
    fn is_after(&self, earlier: &Self) -> bool {
        let both = self.runs.iter().zip(&earlier.runs);
        match both.map(|(now, before)| now.cmp(before)).find(|order| order.is_ne()) {
            Some(order) => order.is_gt(),
            // Starting to call a workflow is an attempt: one that is not called any more has ended.
            None if self.runs.len() != earlier.runs.len() => true,
            None => earlier.waits && !self.waits,
        }
    }
}

/// A message that a run has taken.
struct Taken {
    /// The position of the run before it had the message.
    position: Position,
    /// Keeps the subscription, without which a message cannot be acknowledged.
    mailbox: Arc<Mailbox>,
    delivery: Delivery,
}

impl Open {
    /// Returns the mailboxes that no run uses any more; they are dropped after the lock.
    fn release(&mut self, run: RunId) -> Vec<Arc<Mailbox>> {
        let mut released = Vec::new();
        for key in self.used.remove(&run).map(|(_, keys)| keys).unwrap_or_default() {
            if let Some(users) = self.users.get_mut(&key) {
                *users -= 1;
                if *users == 0 {
                    self.users.remove(&key);
                    released.extend(self.mailboxes.remove(&key));
                }
            }
        }
        released
    }

    fn release_idle(&mut self, now: Instant) -> Vec<Arc<Mailbox>> {
        let used = self.used.iter();
        let idle = used.filter(|(_, (last, _))| now.saturating_duration_since(*last) > IDLE);
        let idle: Vec<RunId> = idle.map(|(run, _)| *run).collect();
        idle.into_iter().flat_map(|run| self.release(run)).collect()
    }
}

impl Mailboxes {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn taken(&self) -> MutexGuard<'_, BTreeMap<RunId, Vec<Taken>>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the mailbox of an address for a run, and subscribes if it has no subscription.
    pub(crate) async fn of(
        &self,
        broker: &dyn DynBroker,
        channel: &'static Channel,
        address: &str,
        (run, now): (RunId, Instant),
        limit: usize,
    ) -> Result<Arc<Mailbox>, BoxError> {
        let key: Key = (channel.source, address.to_owned());
        let (mailbox, released) = {
            let mut open = self.open();
            let mut released = Vec::new();
            if channel.address != address {
                let (last, keys) = open.used.entry(run).or_insert((now, Vec::new()));
                *last = now;
                if !keys.contains(&key) {
                    keys.push(key.clone());
                    *open.users.entry(key.clone()).or_default() += 1;
                    released = open.release_idle(now);
                }
            }
            let mailbox = open
                .mailboxes
                .entry(key)
                .or_insert_with(|| Arc::new(Mailbox::new(limit)));
            (Arc::clone(mailbox), released)
        };
        drop(released);
        if !mailbox.is_open() {
            let _opening = mailbox.opening.lock().await;
            if !mailbox.is_open() {
                mailbox.open(broker.subscribe_dyn(address).await?);
            }
        }
        Ok(mailbox)
    }

    /// Forgets the addresses that only a run which has ended used.
    pub(crate) fn leave(&self, run: RunId) {
        let released = self.open().release(run);
        drop(released);
    }

    /// Keeps a message that a run has taken at this position until it is acknowledged.
    pub(crate) fn take(&self, run: RunId, position: Position, mailbox: Arc<Mailbox>, delivery: Delivery) {
        self.taken().entry(run).or_default().push(Taken {
            position,
            mailbox,
            delivery,
        });
    }

    /// Acknowledges the messages that a run has taken before this position. With `resumed`, the caller continues the run
    /// from this position: a message that it has taken later was not stored with it, and waits for it again.
    ///
    /// # Errors
    /// The broker could not be told; it may deliver the message again.
    pub(crate) async fn acknowledge(&self, run: RunId, position: &Position, resumed: bool) -> Result<(), BoxError> {
        let (done, later): (Vec<Taken>, Vec<Taken>) = {
            let taken = self.taken().remove(&run).unwrap_or_default();
            taken.into_iter().partition(|taken| position.is_after(&taken.position))
        };
        if resumed {
            for taken in later {
                taken.mailbox.put_back(taken.delivery);
            }
        } else if !later.is_empty() {
            self.taken().entry(run).or_default().extend(later);
        }
        let mut result = Ok(());
        for taken in done {
            let acknowledged = taken.delivery.acknowledge().await;
            result = result.and(acknowledged.map(|_| ()));
        }
        result
    }
}
