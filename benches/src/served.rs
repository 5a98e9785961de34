//! The service of the enrolment behind a socket, as a process of its own.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::enrolment::SERVICE;

/// Answers requests until the other side closes.
async fn serve(mut stream: TcpStream) -> std::io::Result<()> {
    let (mut received, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let head = received.windows(4).position(|window| window == b"\r\n\r\n");
        let Some(head) = head else {
            match stream.read(&mut chunk).await? {
                0 => return Ok(()),
                length => received.extend_from_slice(&chunk[..length]),
            }
            continue;
        };
        let text = String::from_utf8_lossy(&received[..head]).to_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
        let end = head + 4 + length.map_or(0, |length| length.trim().parse().expect("a length"));
        while received.len() < end {
            let length = stream.read(&mut chunk).await?;
            received.extend_from_slice(&chunk[..length]);
        }
        let path = text.split(' ').nth(1).unwrap_or_default();
        let body = SERVICE.body(path);
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(&[head.as_bytes(), body].concat()).await?;
        received.drain(..end);
    }
}

/// Prints its URL, and answers until the process is killed.
pub fn server(connections: u32) {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket.bind(([127, 0, 0, 1], 0).into()).expect("a port");
        let listener: TcpListener = socket.listen(connections).expect("a listener");
        println!("http://{}", listener.local_addr().expect("an address"));
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            tokio::spawn(serve(stream));
        }
    });
}
