//! The door: every request comes in here, and leaves as a page, a file or a sentence that says what to do.

use super::answer::Webantwoord;
use super::error::ConsoleError;
use super::filter::Adresfilter;
use super::forms::Ingevuld;
use super::pages::{self, Gemaakt, Paginavraag};
use super::roles::Wie;
use super::routes::{Gevonden, Pagina, Voor, find};
use super::{Console, guard, login, path, session, view};
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// Most bytes of a form.
const FORM_BYTES: usize = 8 * 1024;
/// How long a page may take; what asks for more is told how to ask for less.
const PAGE_TIMEOUT: Duration = Duration::from_secs(5);

/// The pages, behind the one door.
pub fn router(console: Arc<Console>) -> Router {
    Router::new().fallback(enter).with_state(console)
}

async fn enter(State(console): State<Arc<Console>>, request: Request) -> Response {
    let headers = request.headers().clone();
    let path = request.uri().path().to_owned();
    let mut wie = None;
    let made = answer(&console, request, &headers, &mut wie).await;
    let answer = made.unwrap_or_else(|error| {
        let (status, page) = view::failed(&error, wie.as_ref(), &path);
        if status.is_server_error() {
            let pagina = find(&path).map(|found| found.route.pad).unwrap_or_default();
            tracing::warn!(code = error.label(), pagina, "een pagina van de console lukte niet");
        }
        Webantwoord::page(status, page)
    });
    answer.response(&headers)
}

async fn answer(
    console: &Console,
    request: Request,
    headers: &HeaderMap,
    wie: &mut Option<Wie>,
) -> Result<Webantwoord, ConsoleError> {
    let peer = request.extensions().get::<SocketAddr>().copied();
    guard::check(console.login, request.method(), headers, peer)?;
    let herkomst = peer.map(|peer| peer.ip().to_string()).unwrap_or_default();
    let path = request.uri().path().to_owned();
    let found = find(&path);
    if let Some(Gevonden { route, .. }) = &found
        && matches!(route.pagina, Pagina::Stijl | Pagina::Script)
    {
        return Webantwoord::asset(&path).ok_or(ConsoleError::Missing);
    }
    *wie = session::who(&*console.store, headers, herkomst).await?;
    let rol = wie.as_ref().map(|wie| wie.rol.soort());
    let query = request.uri().query().unwrap_or_default().to_owned();
    // Whoever is not logged in is not told which pages there are.
    if wie.is_none() && !found.as_ref().is_some_and(|found| found.route.voor == Voor::Iedereen) {
        let asked = if query.is_empty() { path } else { format!("{path}?{query}") };
        let back = if *request.method() == Method::GET { path::own(&asked) } else { "/" };
        return Ok(Webantwoord::to(&path::with("/inloggen", &[("naar", back)])));
    }
    let found = found.ok_or(ConsoleError::Missing)?;
    if !found.route.voor.includes(rol) {
        return Err(ConsoleError::Role);
    }
    let form = match *request.method() {
        Method::GET | Method::HEAD => None,
        Method::POST if found.route.formulier => Some(body(request).await?),
        _ => return Err(ConsoleError::Method),
    };
    let made = tokio::time::timeout(
        PAGE_TIMEOUT,
        show(console, found, &query, form, (headers, wie.as_ref(), &path)),
    );
    made.await.map_err(|_| ConsoleError::Slow)?
}

async fn body(request: Request) -> Result<Ingevuld, ConsoleError> {
    let bytes = to_bytes(request.into_body(), FORM_BYTES).await.map_err(|_| ConsoleError::Much)?;
    Ok(Ingevuld::read(&bytes))
}

async fn show(
    console: &Console,
    found: Gevonden,
    query: &str,
    form: Option<Ingevuld>,
    (headers, wie, path): (&HeaderMap, Option<&Wie>, &str),
) -> Result<Webantwoord, ConsoleError> {
    let filter = Adresfilter::read(query)?;
    let pagina = found.route.pagina;
    let mut blad = match (pagina, wie) {
        (Pagina::Toegankelijkheid, _) => pages::toegankelijkheid(),
        (Pagina::Inloggen, _) => {
            let naar = filter.text("naar").unwrap_or("/");
            let wrong = match &form {
                Some(form) => match login::begin(console, headers, form, naar).await? {
                    Ok(answer) => return Ok(answer),
                    Err(wrong) => Some(wrong),
                },
                None => None,
            };
            login::page(console, naar, wrong).await?
        }
        (Pagina::Uitloggen, Some(wie)) => match &form {
            Some(form) => return login::leave(console, wie, form).await,
            None => login::leave_page(console, wie).await?,
        },
        (_, Some(wie)) => {
            let asked = Paginavraag { wie, pagina, delen: found.delen, filter, vorm: found.vorm, form };
            match pages::make(console, asked, path).await? {
                Gemaakt::Blad(blad) => blad,
                Gemaakt::Bestand(answer) => return Ok(answer),
            }
        }
        (_, None) => return Err(ConsoleError::Role),
    };
    let html = view::page(&mut blad, wie, path)?;
    let mut answer = Webantwoord::page(StatusCode::OK, html);
    answer.compress = !blad.has_key();
    Ok(answer)
}
