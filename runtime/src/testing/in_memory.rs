//! A broker in memory.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::message::broker::{Broker, Delivery, Subscription};
use crate::message::envelope::Message;
use crate::transport::BoxError;

/// A broker in memory: for tests of several workflows that send each other messages, and for programs that should also
/// run without a server.
///
/// Each group of consumers receives every message that is sent after its first subscription to the address; the
/// subscriptions of one group share them. Messages that were not acknowledged go to another subscription of the group
/// when theirs is dropped. A clone is another handle to the same broker and group.
///
/// ```
/// use arazzo::testing::InMemoryBroker;
/// use arazzo::{Client, Error};
///
/// # fn main() -> Result<(), Error> {
/// let broker = InMemoryBroker::new("shop");
/// let shop = Client::builder().source("orders", |api| api.broker(broker.clone())).build()?;
/// let warehouse = Client::builder().source("orders", |api| api.broker(broker.group("warehouse"))).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct InMemoryBroker {
    group: String,
    queues: Arc<Mutex<BTreeMap<(String, String), Queue>>>,
}

/// The messages of one address for one group.
#[derive(Default)]
struct Queue {
    ready: VecDeque<Message>,
    arrived: Arc<Notify>,
}

/// A subscription to an [`InMemoryBroker`].
pub struct InMemorySubscription {
    broker: InMemoryBroker,
    address: String,
    arrived: Arc<Notify>,
    unacknowledged: Arc<Mutex<BTreeMap<u64, Message>>>,
    next: u64,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl InMemoryBroker {
    /// Creates a broker. `group` names the consumers that share messages.
    pub fn new(group: impl Into<String>) -> Self {
        Self {
            group: group.into(),
            queues: Arc::default(),
        }
    }

    /// Returns a handle to the same broker for another group of consumers.
    #[must_use]
    pub fn group(&self, group: impl Into<String>) -> Self {
        Self {
            group: group.into(),
            queues: Arc::clone(&self.queues),
        }
    }

    fn key(&self, address: &str) -> (String, String) {
        (self.group.clone(), address.to_owned())
    }
}

impl Broker for InMemoryBroker {
    type Subscription = InMemorySubscription;

    async fn publish(&self, message: Message) -> Result<(), BoxError> {
        let mut queues = locked(&self.queues);
        for ((_, address), queue) in queues.iter_mut() {
            if *address == message.address {
                queue.ready.push_back(message.clone());
                queue.arrived.notify_one();
            }
        }
        Ok(())
    }

    async fn subscribe(&self, address: &str) -> Result<InMemorySubscription, BoxError> {
        let mut queues = locked(&self.queues);
        let queue = queues.entry(self.key(address)).or_default();
        Ok(InMemorySubscription {
            broker: self.clone(),
            address: address.to_owned(),
            arrived: Arc::clone(&queue.arrived),
            unacknowledged: Arc::default(),
            next: 0,
        })
    }

    fn system(&self) -> &'static str {
        "in_memory"
    }
}

impl Subscription for InMemorySubscription {
    async fn next(&mut self) -> Result<Delivery, BoxError> {
        loop {
            let message = {
                let mut queues = locked(&self.broker.queues);
                let queue = queues.entry(self.broker.key(&self.address)).or_default();
                let message = queue.ready.pop_front();
                if !queue.ready.is_empty() {
                    queue.arrived.notify_one();
                }
                message
            };
            if let Some(message) = message {
                let number = self.next;
                self.next += 1;
                locked(&self.unacknowledged).insert(number, message.clone());
                let unacknowledged = Arc::clone(&self.unacknowledged);
                return Ok(Delivery::new(message).with_acknowledgement(async move {
                    locked(&unacknowledged).remove(&number);
                    Ok(())
                }));
            }
            self.arrived.notified().await;
        }
    }
}

impl Drop for InMemorySubscription {
    fn drop(&mut self) {
        let left = std::mem::take(&mut *locked(&self.unacknowledged));
        let mut queues = locked(&self.broker.queues);
        let queue = queues.entry(self.broker.key(&self.address)).or_default();
        for message in left.into_values().rev() {
            queue.ready.push_front(message);
            queue.arrived.notify_one();
        }
    }
}

impl fmt::Debug for InMemoryBroker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("InMemoryBroker")
            .field("group", &self.group)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for InMemorySubscription {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("InMemorySubscription")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
