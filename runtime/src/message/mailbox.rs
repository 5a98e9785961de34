//! The messages of one address that have arrived, and the runs that wait for them.

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use super::broker::{Delivery, DynSubscription};
use super::channel::{Location, Wanted};
use crate::transport::BoxError;

/// The messages of one address.
///
/// The waiters receive the messages: each waiter that is polled polls the one future for the next message, which the
/// mailbox owns, and a message goes to the waiter that it is for. No waiter holds a lock while it waits, so that one that
/// is not polled any more does not stop the others. A message that is for none is kept for those that begin to wait
/// later.
pub(crate) struct Mailbox {
    inside: Mutex<Inside>,
    wakers: Arc<Wakers>,
    limit: usize,
    /// Lets one user at a time subscribe.
    pub(super) opening: tokio::sync::Mutex<()>,
}

/// The future of the next message, which owns the subscription.
type Next = Pin<Box<dyn Future<Output = (Box<dyn DynSubscription>, Result<Delivery, BoxError>)> + Send>>;

#[derive(Default)]
struct Inside {
    /// `None` before the subscription and after its end.
    next: Option<Next>,
    kept: VecDeque<Arrived>,
    waiting: Vec<Waiter>,
    /// The number of the next waiter.
    number: u64,
    /// Messages for which there was no room, to be acknowledged.
    forgotten: Vec<Delivery>,
    /// How many of them were not reported yet.
    unreported: usize,
}

struct Waiter {
    number: u64,
    wanted: Wanted,
    arrived: Option<Arrived>,
}

/// A message, with the values that it has at the locations of correlation IDs.
struct Arrived {
    delivery: Delivery,
    values: Vec<(&'static [Location], Vec<String>)>,
}

impl Arrived {
    fn new(delivery: Delivery) -> Self {
        Self {
            delivery,
            values: Vec::new(),
        }
    }

    fn is_for(&mut self, wanted: &Wanted) -> bool {
        let Some(id) = &wanted.id else { return true };
        let known = self
            .values
            .iter()
            .position(|(of, _)| std::ptr::eq(*of, wanted.locations));
        let index = known.unwrap_or_else(|| {
            self.values
                .push((wanted.locations, wanted.values(self.delivery.message())));
            self.values.len() - 1
        });
        self.values.get(index).is_some_and(|(_, values)| values.contains(id))
    }
}

/// Wakes all waiters.
#[derive(Default)]
struct Wakers(Mutex<BTreeMap<u64, Waker>>);

impl Wakers {
    fn all(&self) -> MutexGuard<'_, BTreeMap<u64, Waker>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Wakers {
    fn wake(self: Arc<Self>) {
        let all: Vec<Waker> = self.all().values().cloned().collect();
        all.into_iter().for_each(Waker::wake);
    }
}

fn next(mut subscription: Box<dyn DynSubscription>) -> Next {
    Box::pin(async move {
        let delivery = subscription.next_dyn().await;
        (subscription, delivery)
    })
}

impl Mailbox {
    /// Creates a mailbox without a subscription.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            inside: Mutex::default(),
            wakers: Arc::default(),
            limit,
            opening: tokio::sync::Mutex::default(),
        }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether there is a subscription.
    pub(super) fn is_open(&self) -> bool {
        self.inside().next.is_some()
    }

    pub(super) fn open(&self, subscription: Box<dyn DynSubscription>) {
        self.inside().next = Some(next(subscription));
    }

    /// Returns how many messages were dropped since the last call.
    pub(crate) fn dropped(&self) -> usize {
        std::mem::take(&mut self.inside().unreported)
    }

    /// Waits for a message that is wanted. It can be dropped at any time: a message that had arrived for it goes to another
    /// waiter, or is kept.
    pub(crate) async fn receive(&self, wanted: Wanted) -> Result<Delivery, BoxError> {
        self.acknowledge_forgotten().await;
        let place = self.enter(wanted);
        std::future::poll_fn(|context| place.poll(context)).await
    }

    /// Returns a message that is wanted and has arrived.
    pub(crate) async fn poll(&self, wanted: Wanted) -> Result<Option<Delivery>, BoxError> {
        self.acknowledge_forgotten().await;
        let place = self.enter(wanted);
        std::future::poll_fn(|context| {
            Poll::Ready(match place.poll(context) {
                Poll::Ready(result) => result.map(Some),
                Poll::Pending => Ok(None),
            })
        })
        .await
    }

    async fn acknowledge_forgotten(&self) {
        loop {
            let Some(delivery) = self.inside().forgotten.pop() else {
                return;
            };
            // If the broker cannot be told, it delivers the message once more.
            let _ = delivery.acknowledge().await;
        }
    }

    /// Takes back a message that a run has taken and not used, for the next one that it is for.
    pub(super) fn put_back(&self, delivery: Delivery) {
        self.inside().give(Arrived::new(delivery), true);
        Arc::clone(&self.wakers).wake();
    }

    fn enter(&self, wanted: Wanted) -> Place<'_> {
        let mut inside = self.inside();
        let number = inside.number;
        inside.number += 1;
        let kept = inside.kept.iter_mut().position(|kept| kept.is_for(&wanted));
        let arrived = kept.and_then(|index| inside.kept.remove(index));
        inside.waiting.push(Waiter {
            number,
            wanted,
            arrived,
        });
        Place { mailbox: self, number }
    }
}

impl Inside {
    /// Gives a message to a waiter that it is for: to one that waits for its correlation ID, before one that takes any.
    /// Otherwise it is kept.
    fn give(&mut self, mut arrived: Arrived, first: bool) {
        for correlated in [true, false] {
            let free = |waiter: &&mut Waiter| {
                waiter.arrived.is_none() && waiter.wanted.id.is_some() == correlated && arrived.is_for(&waiter.wanted)
            };
            let mut waiting = self.waiting.iter_mut();
            if let Some(waiter) = waiting.find(free) {
                waiter.arrived = Some(arrived);
                return;
            }
        }
        if first {
            self.kept.push_front(arrived);
        } else {
            self.kept.push_back(arrived);
        }
    }

    fn limit(&mut self, limit: usize) {
        let excess = self.kept.len().saturating_sub(limit);
        self.unreported += excess;
        let oldest = self.kept.drain(..excess);
        self.forgotten.extend(oldest.map(|arrived| arrived.delivery));
    }
}

/// The place of a waiter. When it is dropped, its message goes to another one.
struct Place<'m> {
    mailbox: &'m Mailbox,
    number: u64,
}

impl Place<'_> {
    fn poll(&self, context: &Context<'_>) -> Poll<Result<Delivery, BoxError>> {
        self.mailbox.wakers.all().insert(self.number, context.waker().clone());
        let waker = Waker::from(Arc::clone(&self.mailbox.wakers));
        let mut others = false;
        let mut inside = self.mailbox.inside();
        let result = loop {
            let mut waiting = inside.waiting.iter_mut();
            let own = waiting.find(|waiter| waiter.number == self.number);
            if let Some(arrived) = own.and_then(|waiter| waiter.arrived.take()) {
                break Poll::Ready(Ok(arrived.delivery));
            }
            let Some(coming) = &mut inside.next else {
                break Poll::Ready(Err("the subscription has ended".into()));
            };
            match coming.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Pending => break Poll::Pending,
                Poll::Ready((subscription, Ok(delivery))) => {
                    inside.next = Some(next(subscription));
                    inside.give(Arrived::new(delivery), false);
                    inside.limit(self.mailbox.limit);
                    others = true;
                }
                Poll::Ready((_, Err(error))) => {
                    inside.next = None;
                    others = true;
                    break Poll::Ready(Err(error));
                }
            }
        };
        drop(inside);
        if others {
            waker.wake();
        }
        result
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.mailbox.wakers.all().remove(&self.number);
        let left = {
            let mut inside = self.mailbox.inside();
            let at = inside.waiting.iter().position(|waiter| waiter.number == self.number);
            let left = at.and_then(|at| inside.waiting.remove(at).arrived);
            let is_left = left.is_some();
            if let Some(arrived) = left {
                inside.give(arrived, true);
            }
            is_left
        };
        // This one may have been the only one that was woken.
        if left || !self.mailbox.wakers.all().is_empty() {
            Arc::clone(&self.mailbox.wakers).wake();
        }
    }
}
