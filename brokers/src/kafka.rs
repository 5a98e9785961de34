//! Apache Kafka.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arazzo::{BoxError, Broker, ConnectError, Delivery, Message};
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{CommitMode, Consumer as _, StreamConsumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, Headers as _, Message as _, OwnedHeaders, OwnedMessage};
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use crate::backoff::Backoff;
use crate::error::Error;
use crate::messages::{Messages, Sender, has_header};

const CONTENT_TYPE: &str = "content-type";

/// How long a question to the broker may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Apache Kafka, and brokers that speak its protocol.
///
/// An address is a topic. Headers are those of the record; the media type is the header `content-type`. The offset of a
/// partition is committed up to the first message that was not acknowledged.
#[derive(Clone)]
pub struct Kafka {
    config: ClientConfig,
    producer: FutureProducer,
}

impl Kafka {
    /// Names the brokers, such as `localhost:9092`. `group` is the consumer group.
    ///
    /// # Errors
    /// The client cannot be created.
    pub fn connect(servers: &str, group: &str) -> Result<Self, Error> {
        Self::new(ClientConfig::new().set("bootstrap.servers", servers), group)
    }

    /// Uses the options of librdkafka, for example for TLS and credentials. `group` is the consumer group.
    ///
    /// # Errors
    /// The options are not valid.
    pub fn new(config: &ClientConfig, group: &str) -> Result<Self, Error> {
        let mut config = config.clone();
        let producer = config.create().map_err(Error::new)?;
        config
            .set("group.id", group)
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("auto.offset.reset", "earliest")
            .set("allow.auto.create.topics", "true");
        Ok(Self { config, producer })
    }
}

impl Broker for Kafka {
    type Subscription = Messages;

    async fn publish(&self, message: Message) -> Result<(), BoxError> {
        let mut headers = OwnedHeaders::new();
        for (name, value) in &message.headers {
            headers = headers.insert(Header {
                key: name,
                value: Some(&value[..]),
            });
        }
        if let Some(media) = &message.content_type
            && !has_header(&message, CONTENT_TYPE)
        {
            headers = headers.insert(Header {
                key: CONTENT_TYPE,
                value: Some(media.as_bytes()),
            });
        }
        let mut record = FutureRecord::<[u8], [u8]>::to(&message.address)
            .payload(&message.payload)
            .headers(headers);
        if let Some(key) = &message.key {
            record = record.key(&key[..]);
        }
        let sent = self.producer.send(record, Duration::ZERO).await;
        sent.map(|_| ()).map_err(|(error, _)| match error.rdkafka_error_code() {
            Some(RDKafkaErrorCode::AllBrokersDown | RDKafkaErrorCode::BrokerTransportFailure) => {
                ConnectError::new(error).into()
            }
            _ => error.into(),
        })
    }

    async fn subscribe(&self, address: &str) -> Result<Messages, BoxError> {
        let consumer: StreamConsumer = self.config.create()?;
        consumer.subscribe(&[address])?;
        let reader = Reader {
            consumer: Arc::new(Closing(Arc::new(consumer))),
            topic: address.to_owned(),
            partitions: Arc::default(),
        };
        let early = reader.assigned().await?;
        Ok(Messages::start(|sender| reader.run(early, sender)))
    }

    fn system(&self) -> &'static str {
        "kafka"
    }
}

/// A consumer. Leaving its group takes a while, and must not block the thread of a runtime.
struct Closing(Arc<StreamConsumer>);

impl Drop for Closing {
    fn drop(&mut self) {
        let last = Arc::clone(&self.0);
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(move || drop(last))),
            Err(_) => drop(std::thread::spawn(move || drop(last))),
        }
    }
}

/// What reads a topic.
struct Reader {
    consumer: Arc<Closing>,
    topic: String,
    partitions: Arc<Mutex<BTreeMap<i32, Partition>>>,
}

/// The messages of a partition that were delivered.
#[derive(Default)]
struct Partition {
    /// The offset after the last message that was delivered.
    end: i64,
    held: BTreeSet<i64>,
}

impl Partition {
    /// Returns whether a message is delivered for the first time.
    fn deliver(&mut self, offset: i64) -> bool {
        if offset < self.end {
            return false;
        }
        self.end = offset + 1;
        self.held.insert(offset)
    }

    /// Returns the offset up to which everything was acknowledged.
    fn acknowledge(&mut self, offset: i64) -> i64 {
        self.held.remove(&offset);
        self.held.first().copied().unwrap_or(self.end)
    }
}

impl Reader {
    /// Waits until the group has assigned partitions, and fixes where a new group begins: a message that is sent after this
    /// must not be before the beginning. Returns the messages that have come meanwhile.
    async fn assigned(&self) -> Result<Vec<OwnedMessage>, BoxError> {
        let mut early = Vec::new();
        loop {
            if self.consumer.0.assignment()?.count() > 0 {
                break;
            }
            let waited = tokio::time::timeout(Duration::from_millis(50), self.consumer.0.recv()).await;
            match waited {
                Ok(Ok(message)) => early.push(message.detach()),
                Ok(Err(error)) if !is_passing(&error) => return Err(error.into()),
                Ok(Err(_)) => tokio::time::sleep(Duration::from_millis(50)).await,
                Err(_) => {}
            }
        }
        loop {
            let consumer = Arc::clone(&self.consumer);
            match tokio::task::spawn_blocking(move || fix(&consumer.0)).await? {
                Ok(begins) => {
                    // What is before the beginning of a new group is not for it.
                    early.retain(|message| {
                        begins
                            .get(&message.partition())
                            .is_none_or(|begin| message.offset() >= *begin)
                    });
                    let mut partitions = self.partitions.lock().unwrap_or_else(PoisonError::into_inner);
                    for (partition, end) in begins {
                        partitions.entry(partition).or_default().end = end;
                    }
                    return Ok(early);
                }
                // The group is being assigned again.
                Err(error) if is_passing(&error) => tokio::time::sleep(Duration::from_millis(100)).await,
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn run(self, early: Vec<OwnedMessage>, sender: Sender) {
        for message in early {
            if !self.arrive(&message, &sender).await {
                return;
            }
        }
        let mut backoff = Backoff::new();
        loop {
            match self.consumer.0.recv().await {
                Ok(message) => {
                    backoff.reset();
                    if !self.arrive(&message.detach(), &sender).await {
                        return;
                    }
                }
                Err(error) if is_passing(&error) => backoff.wait().await,
                Err(error) => {
                    let _ = sender.send(Err(error.into())).await;
                    return;
                }
            }
        }
    }

    /// Returns whether someone still listens.
    async fn arrive(&self, record: &OwnedMessage, sender: &Sender) -> bool {
        let (partition, offset) = (record.partition(), record.offset());
        let is_new = {
            let mut partitions = self.partitions.lock().unwrap_or_else(PoisonError::into_inner);
            partitions.entry(partition).or_default().deliver(offset)
        };
        if !is_new {
            return true;
        }
        let (consumer, topic, partitions) = (
            Arc::clone(&self.consumer),
            self.topic.clone(),
            Arc::clone(&self.partitions),
        );
        let delivery = Delivery::new(content(&self.topic, record)).with_acknowledgement(async move {
            let end = {
                let mut partitions = partitions.lock().unwrap_or_else(PoisonError::into_inner);
                partitions.entry(partition).or_default().acknowledge(offset)
            };
            let mut list = TopicPartitionList::new();
            list.add_partition_offset(&topic, partition, Offset::Offset(end))?;
            // Sent by the client's own thread, and again with the next one if it is lost.
            Ok(consumer.0.commit(&list, CommitMode::Async)?)
        });
        sender.send(Ok(delivery)).await.is_ok()
    }
}

/// Commits the ends of the partitions for which the group has no offset, and begins there. Returns where each of them
/// begins.
fn fix(consumer: &StreamConsumer) -> Result<BTreeMap<i32, i64>, KafkaError> {
    let committed = consumer.committed_offsets(consumer.assignment()?, PATIENCE)?;
    let mut fresh = TopicPartitionList::new();
    let mut begins = BTreeMap::new();
    for partition in committed.elements() {
        if !matches!(partition.offset(), Offset::Offset(_)) {
            let (_, end) = consumer.fetch_watermarks(partition.topic(), partition.partition(), PATIENCE)?;
            fresh.add_partition_offset(partition.topic(), partition.partition(), Offset::Offset(end))?;
            begins.insert(partition.partition(), end);
        }
    }
    if fresh.count() > 0 {
        consumer.commit(&fresh, CommitMode::Sync)?;
        for partition in consumer.seek_partitions(fresh, PATIENCE)?.elements() {
            partition.error()?;
        }
    }
    Ok(begins)
}

/// Returns whether the client goes on by itself after an error.
fn is_passing(error: &KafkaError) -> bool {
    !matches!(
        error.rdkafka_error_code(),
        Some(
            RDKafkaErrorCode::Fatal
                | RDKafkaErrorCode::TopicAuthorizationFailed
                | RDKafkaErrorCode::GroupAuthorizationFailed
                | RDKafkaErrorCode::SaslAuthenticationFailed
        )
    )
}

fn content(topic: &str, record: &OwnedMessage) -> Message {
    let payload = record.payload().unwrap_or_default().to_vec();
    let mut message = Message::new(topic, payload);
    message.key = record.key().map(arazzo::Bytes::copy_from_slice);
    for header in record.headers().into_iter().flat_map(|headers| headers.iter()) {
        let value = header.value.unwrap_or_default();
        if header.key.eq_ignore_ascii_case(CONTENT_TYPE) {
            message.content_type = String::from_utf8(value.to_vec()).ok();
        }
        message = message.with_header(header.key, value);
    }
    message
}

impl fmt::Debug for Kafka {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Kafka")
            .field("group", &self.config.get("group.id"))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Partition;

    /// The committed offset is that of the first message that was not acknowledged.
    #[test]
    fn a_partition_is_committed_up_to_the_first_gap() {
        let mut partition = Partition::default();
        for offset in [5, 6, 7] {
            assert!(partition.deliver(offset));
        }
        assert_eq!(partition.acknowledge(6), 5);
        assert!(
            !partition.deliver(5),
            "it is delivered again after the broker was restarted"
        );
        assert_eq!(partition.acknowledge(5), 7);
        assert_eq!(partition.acknowledge(7), 8);
    }
}
