//! Pages over HTTP: health and metrics for those who run the service, in which nothing of a message is shown, and the
//! console on an address of its own. Whatever clients do, they hold a bounded number of connections for a bounded time,
//! and keep the service from nothing.

use super::Health;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use metrics_exporter_prometheus::PrometheusHandle;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Connections at once; the next one waits.
const CONNECTIONS: usize = 64;
/// How long a client may take for the head of a request, and be silent between two.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// Most bytes of the head of a request.
const HEAD_BYTES: usize = 64 * 1024;
/// How long an answer may take us.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection may be there in all; a client that reads slowly is gone then.
const CONNECTION_TIMEOUT: Duration = Duration::from_mins(1);
/// How long an answer under way may take when the connection is to end.
const GOODBYE_TIMEOUT: Duration = Duration::from_secs(1);
/// Until the next attempt when no connection can be taken, as when there are no file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// The pages for those who run the service.
pub(super) fn health(handle: PrometheusHandle, health: Arc<Health>) -> Router {
    let metrics = move || {
        let handle = handle.clone();
        async move { handle.render() }
    };
    Router::new()
        .route("/health/live", get(|| async { "leeft\n" }))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(health)
}

/// Answers until `end`, and a moment longer. Who asks is told to the pages as a [`SocketAddr`].
pub async fn serve(listener: TcpListener, pages: Router, end: CancellationToken) {
    let pages = pages.layer(from_fn(in_time));
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let connections = TaskTracker::new();
    while let Some(accepted) = end.run_until_cancelled(accept(&listener, &places)).await {
        let Some((stream, peer, place)) = accepted else { continue };
        let (pages, end) = (pages.clone().layer(Extension(peer)), end.clone());
        connections.spawn(async move {
            answer(stream, pages, end).await;
            drop(place);
        });
    }
    connections.close();
    let _ = tokio::time::timeout(GOODBYE_TIMEOUT * 2, connections.wait()).await;
}

/// The next connection, once there is a place for it; none when none could be taken.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, place)),
        Err(error) => {
            let reason = crate::io_text::io_text(&error);
            tracing::warn!(reason, "geen verbinding aan te nemen voor pagina's");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

/// Answers the requests of one connection, within its time.
async fn answer(stream: TcpStream, pages: Router, end: CancellationToken) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(pages));
    let mut connection = pin!(connection);
    // What goes wrong on a connection is a matter of its client.
    tokio::select! {
        _ = &mut connection => return,
        () = end.cancelled() => {}
        () = tokio::time::sleep(CONNECTION_TIMEOUT) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(GOODBYE_TIMEOUT, connection).await;
}

async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(ANSWER_TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "het antwoord duurde te lang\n").into_response(),
    }
}

/// Ready: messages are taken in, decided and sent.
async fn ready(State(health): State<Arc<Health>>) -> (StatusCode, String) {
    let missing = health.missing();
    if missing.is_empty() {
        return (StatusCode::OK, "gereed\n".to_owned());
    }
    (StatusCode::SERVICE_UNAVAILABLE, missing.join("\n") + "\n")
}
