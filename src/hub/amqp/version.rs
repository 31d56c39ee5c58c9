//! The version of the broker: it says so in its first frame, before a client is let in. The library keeps that to
//! itself.

use super::BrokerAddress;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a client of AMQP 0-9-1 says first.
const HELLO: &[u8] = b"AMQP\x00\x00\x09\x01";
/// The key and the type of the value: a text with its length in four bytes before it.
const KEY: &[u8] = b"\x07versionS";
/// More is no first frame.
const MOST: u64 = 16 * 1024;
/// How long it may take.
const WITHIN: Duration = Duration::from_secs(5);

/// The version; none behind TLS, or when it says something else.
pub async fn version(address: &BrokerAddress) -> Option<String> {
    let (host, port) = address.plain()?;
    let frame = async {
        let mut stream = TcpStream::connect((host, port)).await.ok()?;
        stream.write_all(HELLO).await.ok()?;
        // Type, channel and length of the frame, then the frame.
        let mut head = [0; 7];
        stream.read_exact(&mut head).await.ok()?;
        let length = u32::from_be_bytes([head[3], head[4], head[5], head[6]]);
        let mut frame = Vec::new();
        stream.take(u64::from(length).min(MOST)).read_to_end(&mut frame).await.ok()?;
        Some(frame)
    };
    read(&tokio::time::timeout(WITHIN, frame).await.ok()??)
}

fn read(frame: &[u8]) -> Option<String> {
    let at = memchr::memmem::find(frame, KEY)? + KEY.len();
    let length = u32::from_be_bytes(frame.get(at..at + 4)?.try_into().ok()?);
    let text = frame.get(at + 4..at + 4 + usize::try_from(length).ok()?)?;
    String::from_utf8(text.to_vec()).ok().filter(|text| text.len() < 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_found_and_nothing_else_is() {
        let frame = [
            b"\x00\x0a\x00\x0a\x00\x09...\x07productS\x00\x00\x00\x08RabbitMQ",
            KEY,
            b"\x00\x00\x00\x063.10.8...",
        ]
        .concat();
        assert_eq!(read(&frame).as_deref(), Some("3.10.8"));
        for cut in 0..frame.len() - 3 {
            assert_eq!(read(&frame[..cut]), None, "{cut}");
        }
        assert_eq!(read(&[KEY, b"\xff\xff\xff\xff3"].concat()), None);
    }
}
