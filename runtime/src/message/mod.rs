//! Messages on the channels of AsyncAPI descriptions: what steps send and receive, and the brokers that carry it.

pub(crate) mod broker;
pub(crate) mod channel;
pub(crate) mod draft;
pub(crate) mod envelope;
pub(crate) mod mailbox;
pub(crate) mod mailboxes;
