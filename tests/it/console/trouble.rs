//! A database that is away, and clients that are slow.

use super::Region;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

#[test]
fn a_database_that_is_away_is_told_in_a_sentence() {
    let region = Region::played();
    let open = region.open();
    let browser = open.login("operator", "");
    assert_eq!(browser.get("/berichten").status, 200);
    open.wait(open.store.close());
    for path in ["/", "/berichten", "/afkeur", "/rapporten/geld"] {
        let answer = browser.get(path);
        assert_eq!(answer.status, 503, "{path}");
        assert!(answer.body.contains("niet te lezen") && answer.body.contains("Foutcode"), "{}", answer.body);
        assert!(
            !answer.body.contains("sqlx") && !answer.body.contains("pool") && !answer.body.contains(".db"),
            "{path}"
        );
    }
    // What needs no data is there all the same.
    assert_eq!(browser.get("/toegankelijkheid").status, 503, "who asks is not known");
}

/// Who sends nothing, or a form that never ends, is let go, and keeps nobody else waiting.
#[test]
fn a_slow_client_keeps_nobody_waiting() {
    let region = Region::played();
    let open = region.open();
    let browser = open.login("operator", "");
    let mut slow: Vec<TcpStream> = Vec::new();
    for _ in 0..20 {
        let mut stream = TcpStream::connect(open.address).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: 127").unwrap();
        slow.push(stream);
    }
    let mut body = TcpStream::connect(open.address).unwrap();
    let head = format!(
        "POST /inloggen HTTP/1.1\r\nHost: {}\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 500\r\n\r\nnaam=",
        open.address
    );
    body.write_all(head.as_bytes()).unwrap();
    let begun = Instant::now();
    assert_eq!(browser.get("/berichten").status, 200);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    for stream in &mut slow {
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut rest = Vec::new();
        // Closed, with or without an answer.
        let _ = stream.read_to_end(&mut rest);
    }
    body.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut rest = String::new();
    let _ = body.read_to_string(&mut rest);
    assert!(rest.is_empty() || rest.starts_with("HTTP/1.1 503"), "{rest}");
}
