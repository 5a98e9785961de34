//! What the task of a connection shares with its users: subscribers, and the answers that are awaited.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use arazzo::{BoxError, Delivery};
use rumqttc::Outgoing;
use tokio::sync::{oneshot, watch};

use crate::messages::Feed;

/// The answer to a packet.
type Answer = oneshot::Sender<Result<(), BoxError>>;

/// The answers that are awaited: of requests in their order until they have a packet identifier, and by identifier.
#[derive(Default)]
struct Answers {
    requested: VecDeque<(u64, Answer)>,
    sent: BTreeMap<u16, Answer>,
}

impl Answers {
    fn sent(&mut self, id: u16) {
        if let Some((_, answer)) = self.requested.pop_front() {
            self.sent.insert(id, answer);
        }
    }

    fn fail(&mut self) {
        let requested = std::mem::take(&mut self.requested)
            .into_iter()
            .map(|(_, answer)| answer);
        for answer in requested.chain(std::mem::take(&mut self.sent).into_values()) {
            let _ = answer.send(Err("the connection to the MQTT broker was lost".into()));
        }
    }
}

/// What the task of a connection shares with its users.
#[derive(Default)]
pub(super) struct Shared {
    inside: Mutex<Inside>,
    pub(super) connected: watch::Sender<bool>,
}

#[derive(Default)]
pub(super) struct Inside {
    /// The number of connections that were lost. An acknowledgement only counts on the connection that has brought its
    /// message.
    pub(super) epoch: u64,
    /// The number of the next request.
    number: u64,
    publishing: Answers,
    subscribing: Answers,
    subscribers: BTreeMap<String, Feed>,
    /// What has arrived from an earlier session and has no subscriber yet.
    unclaimed: Vec<(String, Delivery)>,
    /// The topics that were subscribed to and are not any more.
    left: BTreeSet<String>,
}

impl Shared {
    pub(super) fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn outgoing(&self, outgoing: &Outgoing) {
        let mut inside = self.inside();
        match outgoing {
            Outgoing::Publish(id) => inside.publishing.sent(*id),
            Outgoing::Subscribe(id) => inside.subscribing.sent(*id),
            _ => {}
        }
    }

    pub(super) fn answered(&self, subscription: bool, id: u16, result: Result<(), BoxError>) {
        let mut inside = self.inside();
        let answers = if subscription {
            &mut inside.subscribing
        } else {
            &mut inside.publishing
        };
        if let Some(answer) = answers.sent.remove(&id) {
            let _ = answer.send(result);
        }
    }

    /// Returns the topics to subscribe to again, if the broker has forgotten the session.
    pub(super) fn forgotten(&self, session_present: bool) -> Vec<String> {
        let mut inside = self.inside();
        if session_present || inside.subscribers.is_empty() {
            return Vec::new();
        }
        // Nobody waits for this answer.
        let number = inside.number;
        inside.number += 1;
        inside.subscribing.requested.push_back((number, oneshot::channel().0));
        inside.subscribers.keys().cloned().collect()
    }

    /// Fails everything that was not answered. The client does not send it again.
    pub(super) fn lost(&self) {
        self.connected.send_replace(false);
        let mut inside = self.inside();
        inside.epoch += 1;
        inside.publishing.fail();
        inside.subscribing.fail();
    }

    /// Passes a message on; returns it if nobody subscribes to its topic any more.
    pub(super) fn arrive(&self, topic: &str, delivery: Delivery) -> Option<Delivery> {
        let mut inside = self.inside();
        match inside.subscribers.get(topic) {
            Some(sender) => match sender.send(Ok(delivery)) {
                Ok(()) => None,
                Err(unsent) => unsent.0.ok(),
            },
            None if inside.left.contains(topic) => Some(delivery),
            None => {
                inside.unclaimed.push((topic.to_owned(), delivery));
                None
            }
        }
    }

    /// Adds a subscriber, which gets what has arrived for it.
    pub(super) fn claim(&self, topic: &str, sender: Feed) {
        let mut inside = self.inside();
        for (of, delivery) in std::mem::take(&mut inside.unclaimed) {
            if of == topic {
                let _ = sender.send(Ok(delivery));
            } else {
                inside.unclaimed.push((of, delivery));
            }
        }
        inside.left.remove(topic);
        inside.subscribers.insert(topic.to_owned(), sender);
    }

    /// Removes a subscriber.
    pub(super) fn leave(&self, topic: &str) {
        let mut inside = self.inside();
        inside.subscribers.remove(topic);
        inside.left.insert(topic.to_owned());
    }
}

/// A request whose answer is awaited. Without an answer, it is forgotten.
pub(super) struct Request<'s> {
    shared: &'s Shared,
    subscription: bool,
    number: u64,
    pub(super) answer: oneshot::Receiver<Result<(), BoxError>>,
}

impl<'s> Request<'s> {
    pub(super) fn new(shared: &'s Shared, subscription: bool) -> Self {
        let (sender, answer) = oneshot::channel();
        let mut inside = shared.inside();
        let number = inside.number;
        inside.number += 1;
        let answers = if subscription {
            &mut inside.subscribing
        } else {
            &mut inside.publishing
        };
        answers.requested.push_back((number, sender));
        Self {
            shared,
            subscription,
            number,
            answer,
        }
    }

    /// The client has not taken the request.
    fn withdraw(&self) {
        let mut inside = self.shared.inside();
        let answers = if self.subscription {
            &mut inside.subscribing
        } else {
            &mut inside.publishing
        };
        answers.requested.retain(|(number, _)| *number != self.number);
    }
}

/// Withdraws a request that the client has not taken, also if its future is dropped.
pub(super) struct Untaken<'r, 's>(pub(super) Option<&'r Request<'s>>);

impl Drop for Untaken<'_, '_> {
    fn drop(&mut self) {
        if let Some(request) = self.0 {
            request.withdraw();
        }
    }
}

/// Acknowledges messages whose subscription was dropped.
pub(super) fn forget(left: Vec<Delivery>) {
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(async move {
            for delivery in left {
                let _ = delivery.acknowledge().await;
            }
        });
    }
}
