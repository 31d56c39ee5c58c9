//! Checkup of `serve`, besides its store: the address of its pages, and who may speak for others.

use super::Checkup;
use crate::config::Broker;
use crate::io_text::io_text;
use crate::messages::Partij;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How long what listens there may take to answer.
const WITHIN: Duration = Duration::from_secs(2);

/// Whether `serve` can listen where `[http]` says, or does so already.
pub async fn http_check(listen: SocketAddr) -> Checkup {
    const WHAT: &str = "http";
    match TcpListener::bind(listen).await {
        Ok(_) => Checkup::good(WHAT, format!("{listen} is vrij")),
        Err(_) if answers_as_we_do(listen).await => {
            Checkup::good(WHAT, format!("de dienst draait op {listen}"))
        }
        Err(error) => {
            let text = format!(
                "op {listen} kan de dienst niet luisteren: {}. Kies onder [http] listen een ander adres",
                io_text(&error)
            );
            Checkup::wrong(WHAT, text)
        }
    }
}

async fn answers_as_we_do(address: SocketAddr) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(address).await.ok()?;
        stream
            .write_all(b"GET /health/live HTTP/1.1\r\nHost: happyflow\r\nConnection: close\r\n\r\n")
            .await
            .ok()?;
        let mut answer = Vec::new();
        stream.take(4096).read_to_end(&mut answer).await.ok()?;
        Some(answer)
    };
    let answer = tokio::time::timeout(WITHIN, ask).await.ok().flatten();
    answer.is_some_and(|answer| answer.ends_with(b"leeft\n"))
}

/// Whether only hubs may speak for others: the code of a party is the user of that party itself.
#[must_use]
pub fn hub_checks(broker: &Broker) -> Vec<Checkup> {
    let party = |name: &&String| Partij::parse(name).is_some();
    let told = |name: &String| {
        Checkup::wrong(
            "hubs",
            format!(
                "[broker] trusted_hubs noemt {name}: dat is een gemeente of aanbieder, en die mag dan namens iedereen \
                 sturen. Noem er alleen gebruikers die de berichten van anderen doorgeven"
            ),
        )
    };
    broker.trusted_hubs.iter().filter(party).map(told).collect()
}
