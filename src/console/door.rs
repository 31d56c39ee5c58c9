//! The door: every request comes in here, and leaves as a page, a file or a sentence that says what to do.

use super::answer::Webantwoord;
use super::blad::Blad;
use super::error::ConsoleError;
use super::filter::Adresfilter;
use super::forms::Ingevuld;
use super::oidc::{self, LoginError};
use super::pages::{self, Gemaakt, Paginavraag};
use super::roles::Wie;
use super::routes::{Gevonden, Pagina, Voor, find};
use super::{Console, Login, guard, hervat, login, path, session, view};
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// Most bytes of a form.
const FORM_BYTES: usize = 8 * 1024;
/// Most bytes of a form with files in it.
const UPLOAD_BYTES: usize = 4 * 1024 * 1024;
/// How long a form may take to come in.
const FORM_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a page may take; what asks for more is told how to ask for less.
const PAGE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an identity provider may take us in all.
const LOGIN_TIMEOUT: Duration = Duration::from_secs(8);

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
    guard::check(&console.login, request.method(), headers, peer)?;
    let from = guard::from(&console.login, headers, peer);
    let herkomst = from.map(|address| address.to_string()).unwrap_or_default();
    let path = request.uri().path().to_owned();
    let found = find(&path);
    if let Some(Gevonden { route, .. }) = &found
        && matches!(route.pagina, Pagina::Stijl | Pagina::Script)
    {
        return Webantwoord::asset(&path).ok_or(ConsoleError::Missing);
    }
    if let Some(found) = found.as_ref().filter(|found| found.route.pagina.logs_in()) {
        if !console.login_allows(from) {
            return Err(ConsoleError::Often);
        }
        if found.route.pagina != Pagina::Inloggen {
            let query = request.uri().query().unwrap_or_default().to_owned();
            let method = request.method().clone();
            return with_provider(console, found, (&method, &query), (headers, &herkomst)).await;
        }
    }
    *wie = session::who(&*console.store, console.login.koekjes(), headers, herkomst.clone()).await?;
    let rol = wie.as_ref().map(|wie| wie.rol.soort());
    let query = request.uri().query().unwrap_or_default().to_owned();
    let asked = if query.is_empty() { path.clone() } else { format!("{path}?{query}") };
    // Whoever is not logged in is not told which pages there are.
    if wie.is_none() && !found.as_ref().is_some_and(|found| found.route.voor == Voor::Iedereen) {
        let back = if *request.method() == Method::GET { path::own(&asked) } else { "/" };
        if *request.method() == Method::POST {
            // What was typed on a page of ours is given back; guard let no other page this far.
            let typed = body(found.as_ref().map(|found| found.route.pagina), request).await.ok();
            if let Some(mut blad) = typed.and_then(|typed| hervat::ended(&typed, &asked)) {
                return given_back(&mut blad, None, &path);
            }
        }
        return Ok(Webantwoord::to(&path::with("/inloggen", &[("naar", back)])));
    }
    let found = found.ok_or(ConsoleError::Missing)?;
    if !found.route.voor.includes(rol) {
        return Err(ConsoleError::Role);
    }
    let form = match *request.method() {
        Method::GET | Method::HEAD => None,
        Method::POST if found.route.formulier => Some(body(Some(found.route.pagina), request).await?),
        _ => return Err(ConsoleError::Method),
    };
    let made = tokio::time::timeout(
        PAGE_TIMEOUT,
        show(console, found, &query, form.as_ref(), (headers, &herkomst), (wie.as_ref(), &path)),
    );
    let made = made.await.map_err(|_| ConsoleError::Slow)?;
    match (&made, wie.as_ref(), form.and_then(|form| hervat::refused(&form, &asked))) {
        (Err(ConsoleError::Form), Some(wie), Some(mut blad)) => given_back(&mut blad, Some(wie), &path),
        _ => made,
    }
}

/// A page with what was typed.
fn given_back(blad: &mut Blad, wie: Option<&Wie>, path: &str) -> Result<Webantwoord, ConsoleError> {
    let status = if wie.is_some() { StatusCode::CONFLICT } else { StatusCode::UNAUTHORIZED };
    let mut answer = Webantwoord::page(status, view::page(blad, wie, path)?);
    answer.compress = false;
    Ok(answer)
}

/// To an identity provider, and back from it.
async fn with_provider(
    console: &Console,
    found: &Gevonden,
    (method, query): (&Method, &str),
    (headers, herkomst): (&HeaderMap, &str),
) -> Result<Webantwoord, ConsoleError> {
    let Login::Oidc(diensten) = &console.login else { return Err(ConsoleError::Missing) };
    if *method != Method::GET {
        return Err(ConsoleError::Method);
    }
    let (own, key) = ((diensten, console.login.koekjes()), found.delen[0].as_str());
    let made = async {
        match found.route.pagina {
            Pagina::Inlogdienst => oidc::begin(console, own, key, &login::verder(query)).await,
            _ => oidc::back(console, own, (key, query), headers, herkomst).await,
        }
    };
    tokio::time::timeout(LOGIN_TIMEOUT, made).await.unwrap_or(Err(LoginError::Silent.into()))
}

async fn body(pagina: Option<Pagina>, request: Request) -> Result<Ingevuld, ConsoleError> {
    let most = if pagina.is_some_and(Pagina::takes_files) { UPLOAD_BYTES } else { FORM_BYTES };
    let soort = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let soort = soort.unwrap_or_default().to_owned();
    let read = tokio::time::timeout(FORM_TIMEOUT, to_bytes(request.into_body(), most));
    let bytes = read.await.map_err(|_| ConsoleError::Slow)?.map_err(|_| ConsoleError::Much)?;
    Ingevuld::read(&soort, &bytes).ok_or(ConsoleError::Method)
}

async fn show(
    console: &Console,
    found: Gevonden,
    query: &str,
    form: Option<&Ingevuld>,
    (headers, herkomst): (&HeaderMap, &str),
    (wie, path): (Option<&Wie>, &str),
) -> Result<Webantwoord, ConsoleError> {
    let pagina = found.route.pagina;
    let (form, typed) = match form {
        Some(form) if form.has(hervat::FIELD) => (None, Some(form)),
        form => (form, None),
    };
    let mut blad = match (pagina, wie) {
        (Pagina::Toegankelijkheid, _) => pages::toegankelijkheid(),
        (Pagina::Inloggen, _) => {
            let naar = login::verder(query);
            let wrong = match (&console.login, form) {
                (Login::Oidc(_), Some(_)) => return Err(ConsoleError::Method),
                (Login::Ontwikkeling, Some(form)) => {
                    match login::ontwikkeling::begin(console, (headers, herkomst), form, &naar).await? {
                        Ok(answer) => return Ok(answer),
                        Err(wrong) => Some(wrong),
                    }
                }
                (_, None) => None,
            };
            match &console.login {
                Login::Oidc(diensten) => login::choice(diensten, &naar),
                Login::Ontwikkeling => login::ontwikkeling::page(console, &naar, wrong).await?,
            }
        }
        (Pagina::Uitloggen, Some(wie)) => match form {
            Some(form) => return login::leave(console, wie, form).await,
            None => login::leave_page(console, wie).await?,
        },
        (_, Some(wie)) => {
            let filter = Adresfilter::read(query)?;
            let asked = Paginavraag {
                wie,
                pagina,
                delen: found.delen,
                filter,
                vorm: found.vorm,
                form: form.cloned(),
            };
            match pages::make(console, asked, path).await? {
                Gemaakt::Blad(blad) => blad,
                Gemaakt::Bestand(answer) => return Ok(answer),
            }
        }
        (_, None) => return Err(ConsoleError::Role),
    };
    if let Some(typed) = typed {
        hervat::fill(&mut blad, typed);
    }
    let html = view::page(&mut blad, wie, path)?;
    let status = if blad.botst { StatusCode::CONFLICT } else { StatusCode::OK };
    let mut answer = Webantwoord::page(status, html);
    answer.compress = !blad.has_key();
    Ok(answer)
}
