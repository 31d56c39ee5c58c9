//! Clients of the pages for monitoring that send half a request, or read half an answer, or nothing at all.

use crate::messages::jw301;
use crate::serve::{Service, answers, drop_file, folder, wait_for};
use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// More than there are places, and more than the service may have files open.
const HALF: usize = 200;
const STOP_SECONDS: u64 = 3;
/// Starting to stop, saying goodbye and ending the process, on a machine that has other work.
const SPARE: Duration = Duration::from_secs(5);

/// Clients that begin with this and stay.
fn clients(service: &Service, count: usize, begin: &str) -> Vec<TcpStream> {
    let client = |_| {
        let mut stream = TcpStream::connect(("127.0.0.1", service.port())).unwrap();
        stream.write_all(begin.as_bytes()).unwrap();
        stream
    };
    (0..count).map(client).collect()
}

#[test]
fn half_requests_keep_no_message_from_being_answered_and_the_service_from_nothing() {
    let folder = folder();
    let import = crate::cli::run(folder.path(), &["contract", "import", "c.json", "--data", "d"]);
    assert_eq!(import.code, Some(0), "{}", import.stderr);
    let settings = format!("data = 'd'\n[worker]\nstop_seconds = {STOP_SECONDS}\n");
    let mut service = Service::start_within("-n 128", folder.path(), &settings);
    service.ready();
    let half = "GET /metrics HTTP/1.1\r\nHost: x\r\nX-Rest: ";
    let held = [clients(&service, HALF, half), clients(&service, 20, ""), clients(&service, 20, "GET")];
    for number in 1..=5 {
        drop_file(folder.path(), number, &jw301(&number.to_string(), 300_400 + number));
    }
    wait_for("five answers", || answers(folder.path()) == 5);
    // Who says nothing more loses its place to who does.
    service.ready();
    drop(held);
    // A client that asks and does not read, ones that wait, and ones that send a header without end.
    let whole = format!("{half}0\r\n\r\n");
    let deaf = clients(&service, 30, &whole.repeat(20));
    let mut waiting = clients(&service, HALF, half);
    for client in &mut waiting {
        client.write_all(b"rest ").unwrap();
    }
    let begun = Instant::now();
    assert_eq!(service.stop(), Some(0));
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(STOP_SECONDS) + SPARE, "{took:?}");
    drop((deaf, waiting));
}
