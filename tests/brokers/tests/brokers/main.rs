//! One suite on each real broker.

mod secured;
mod specification;

macro_rules! brokers {
    ($($module:ident $server:ident $kind:ident)*) => {
        $(mod $module {
            arazzo_broker_tests::suite!($server $kind);
        })*
    };
}

brokers! {
    amqp AmqpServer durable
    jetstream JetStreamServer durable
    kafka KafkaServer durable
    mqtt MqttServer durable
    mqtt5 Mqtt5Server durable
    nats NatsServer transient
    redis_pub_sub RedisPubSubServer transient
    redis_streams RedisStreamsServer durable
    websocket WebSocketServer transient
}
