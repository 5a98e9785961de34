//! The messages of one address that have arrived, and the runs that wait for them.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use tokio::sync::{Mutex as AsyncMutex, Notify};

use super::broker::{Delivery, DynSubscription};
use super::channel::Wanted;
use crate::transport::BoxError;

/// The messages of one address.
///
/// Whoever waits also receives: one waiter at a time reads from the subscription, and hands each message to the first
/// waiter that it is for. A message that is for none is kept for those that begin to wait later.
pub(crate) struct Mailbox {
    subscription: AsyncMutex<Box<dyn DynSubscription>>,
    inside: Mutex<Inside>,
    limit: usize,
}

#[derive(Default)]
struct Inside {
    kept: VecDeque<Delivery>,
    waiting: Vec<Waiter>,
    /// The number of the next waiter.
    next: u64,
    /// Messages that were dropped because too many were kept, and not reported yet.
    dropped: usize,
}

struct Waiter {
    number: u64,
    wanted: Wanted,
    notify: Arc<Notify>,
    arrived: Option<Delivery>,
}

impl Mailbox {
    pub(crate) fn new(subscription: Box<dyn DynSubscription>, limit: usize) -> Self {
        Self {
            subscription: AsyncMutex::new(subscription),
            inside: Mutex::default(),
            limit,
        }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether a run waits.
    pub(crate) fn is_waited_for(&self) -> bool {
        !self.inside().waiting.is_empty()
    }

    /// Returns how many messages were dropped since the last call.
    pub(crate) fn dropped(&self) -> usize {
        std::mem::take(&mut self.inside().dropped)
    }

    /// Waits for a message that is wanted. It can be dropped at any time: a message that had arrived for it goes to
    /// another waiter, or is kept.
    pub(crate) async fn receive(&self, wanted: Wanted) -> Result<Delivery, BoxError> {
        let place = self.enter(wanted);
        loop {
            if let Some(delivery) = place.take() {
                return Ok(delivery);
            }
            let arrival = async {
                let mut subscription = self.subscription.lock().await;
                // It may have arrived while another waiter was reading.
                if place.has() {
                    None
                } else {
                    Some(subscription.next_dyn().await)
                }
            };
            match either(pin!(arrival), pin!(place.notify.notified())).await {
                Some(Some(delivery)) => {
                    for forgotten in self.arrive(delivery?) {
                        // If the broker cannot be told, it delivers the message once more.
                        let _ = forgotten.acknowledge().await;
                    }
                }
                Some(None) | None => {}
            }
        }
    }

    /// Returns a message that is wanted and has arrived.
    pub(crate) async fn poll(&self, wanted: Wanted) -> Result<Option<Delivery>, BoxError> {
        let mut receive = pin!(self.receive(wanted));
        std::future::poll_fn(|context| {
            Poll::Ready(match receive.as_mut().poll(context) {
                Poll::Ready(result) => result.map(Some),
                Poll::Pending => Ok(None),
            })
        })
        .await
    }

    fn enter(&self, wanted: Wanted) -> Place<'_> {
        let mut inside = self.inside();
        let number = inside.next;
        inside.next += 1;
        let kept = inside.kept.iter().position(|kept| wanted.matches(kept.message()));
        let arrived = kept.and_then(|index| inside.kept.remove(index));
        let notify = Arc::new(Notify::new());
        inside.waiting.push(Waiter {
            number,
            wanted,
            notify: Arc::clone(&notify),
            arrived,
        });
        Place {
            mailbox: self,
            number,
            notify,
        }
    }

    /// Hands a message to the first waiter that it is for, or keeps it. Returns the messages for which there is no room.
    fn arrive(&self, delivery: Delivery) -> Vec<Delivery> {
        let mut inside = self.inside();
        let free = |waiter: &&mut Waiter| waiter.arrived.is_none() && waiter.wanted.matches(delivery.message());
        if let Some(waiter) = inside.waiting.iter_mut().find(free) {
            waiter.arrived = Some(delivery);
            waiter.notify.notify_one();
            return Vec::new();
        }
        inside.kept.push_back(delivery);
        let excess = inside.kept.len().saturating_sub(self.limit);
        inside.dropped += excess;
        inside.kept.drain(..excess).collect()
    }
}

/// The place of a waiter. When it is dropped, its message goes to another one.
struct Place<'m> {
    mailbox: &'m Mailbox,
    number: u64,
    notify: Arc<Notify>,
}

impl Place<'_> {
    fn has(&self) -> bool {
        let inside = self.mailbox.inside();
        let mut waiting = inside.waiting.iter();
        waiting.any(|waiter| waiter.number == self.number && waiter.arrived.is_some())
    }

    fn take(&self) -> Option<Delivery> {
        let mut inside = self.mailbox.inside();
        let mut waiting = inside.waiting.iter_mut();
        waiting.find(|waiter| waiter.number == self.number)?.arrived.take()
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let left = {
            let mut inside = self.mailbox.inside();
            let at = inside.waiting.iter().position(|waiter| waiter.number == self.number);
            at.and_then(|at| inside.waiting.remove(at).arrived)
        };
        if let Some(delivery) = left {
            // What there is no room for is not acknowledged, and the broker delivers it again.
            drop(self.mailbox.arrive(delivery));
        }
    }
}

/// Returns the output of `first`, or `None` if `second` is ready earlier.
async fn either<T>(
    mut first: Pin<&mut impl Future<Output = T>>,
    mut second: Pin<&mut impl Future<Output = ()>>,
) -> Option<T> {
    std::future::poll_fn(|context| {
        if let Poll::Ready(output) = first.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        second.as_mut().poll(context).map(|()| None)
    })
    .await
}
