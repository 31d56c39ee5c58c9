//! A TCP proxy on this machine that cuts connections when it is told to, or after so many bytes.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// Passes everything on to one address.
pub struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    cut: Notify,
    /// Bytes until the next cut; none is due below zero.
    budget: AtomicI64,
}

impl Proxy {
    /// Listens, within the runtime of the caller.
    pub async fn to(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared { budget: AtomicI64::new(i64::MAX), ..Shared::default() });
        let passing = shared.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (target, shared) = (target.clone(), passing.clone());
                tokio::spawn(async move {
                    if let Ok(server) = TcpStream::connect(target).await {
                        pass(client, server, &shared).await;
                    }
                });
            }
        });
        Self { port, shared }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Cuts every connection now; new ones are made as usual.
    pub fn cut(&self) {
        self.shared.cut.notify_waiters();
    }

    /// Cuts every connection after so many more bytes, in whatever direction, once.
    pub fn cut_after(&self, bytes: i64) {
        self.shared.budget.store(bytes, Ordering::SeqCst);
    }
}

async fn pass(client: TcpStream, server: TcpStream, shared: &Shared) {
    // Small pieces, each awaited by the other side.
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        () = shared.cut.notified() => {}
        () = copy(from_client, to_server, shared) => {}
        () = copy(from_server, to_client, shared) => {}
    }
}

async fn copy(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    shared: &Shared,
) {
    let mut buffer = vec![0; 4096];
    loop {
        let Ok(read @ 1..) = from.read(&mut buffer).await else { return };
        let left = shared.budget.fetch_sub(i64::try_from(read).unwrap(), Ordering::SeqCst);
        if left < i64::try_from(read).unwrap() {
            // A part of it arrives: that is what a cut looks like.
            let part = usize::try_from(left.max(0)).unwrap();
            let _ = to.write_all(&buffer[..part]).await;
            shared.budget.store(i64::MAX, Ordering::SeqCst);
            shared.cut.notify_waiters();
            return;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
