//! One suite on each real broker.

macro_rules! brokers {
    ($($module:ident $server:ident)*) => {
        $(mod $module {
            arazzo_broker_tests::suite!($server);
        })*
    };
}

brokers! {
    amqp AmqpServer
    jetstream JetStreamServer
    kafka KafkaServer
    mqtt MqttServer
    mqtt5 Mqtt5Server
    nats NatsServer
    redis_pub_sub RedisPubSubServer
    redis_streams RedisStreamsServer
    websocket WebSocketServer
}
