//! The cluster that librdkafka has for tests, with the topics that the arguments name. Prints its address, and reads what
//! happens to its broker: `down` or `up`.

use arazzo_brokers::rdkafka::mocking::MockCluster;

fn main() {
    let cluster = MockCluster::new(1).expect("a cluster");
    for topic in std::env::args().skip(1) {
        cluster.create_topic(&topic, 1, 1).expect("a topic");
    }
    println!("{}", cluster.bootstrap_servers());
    for line in std::io::stdin().lines().map_while(Result::ok) {
        let done = if line == "down" {
            cluster.broker_down(1)
        } else {
            cluster.broker_up(1)
        };
        done.expect("a broker");
    }
}
