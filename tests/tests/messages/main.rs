//! Steps that send and receive messages.

mod brokers;
mod delivered;
mod scripted;
mod stored;

pub(crate) mod orders {
    arazzo::arazzo_workflow!("language/messages/orders.yml");
}
