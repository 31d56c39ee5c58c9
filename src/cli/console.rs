//! The console of `serve` and of `demo --serve`: where it listens, and over what.

use super::CliError;
use crate::clock::Clock;
use crate::codes::Datum;
use crate::config::{Config, Environment, HubSoort, LoginSoort};
use crate::console::{Console, Inlogdiensten, Ligt, Login};
use crate::doctor::{Checkup, CheckupVerdict};
use crate::hub::spool;
use crate::messages::{BerichtSoort, Partij};
use crate::office::Office;
use crate::service::ServiceError;
use crate::service::http;
use axum::Router;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Listens for the console of the settings; none when they have none.
pub(super) async fn of(
    (config, environment): (&Config, &Environment),
    office: Office,
    folder: PathBuf,
) -> Result<Option<(TcpListener, Router)>, CliError> {
    let Some((listen, soort)) = config.console.listen.zip(config.console.login) else {
        return Ok(None);
    };
    let login = match soort {
        LoginSoort::Ontwikkeling => Login::Ontwikkeling,
        LoginSoort::Oidc => Login::Oidc(Inlogdiensten::new(&config.console, environment)?),
    };
    let in_folders = config.hub() == HubSoort::Mappen;
    let lies: Box<Ligt> = Box::new(move |receiver: Partij, send: i64, soort: BerichtSoort| {
        in_folders.then(|| folder.join(spool::address(receiver, send, soort)).exists())
    });
    let console = Console::new(office.shared_store(), Clock::System, lies, login).deciding(office);
    let listener = listen_on(listen).await?;
    tracing::info!(listen = %listen, "de console is open");
    Ok(Some((listener, console.router())))
}

/// Opens the console over a played region, until `stop`; `told` is given its address.
pub(super) async fn over(
    (office, folder): (Office, PathBuf),
    (today, port): (Datum, u16),
    told: impl FnOnce(&str) -> Result<(), CliError>,
    stop: CancellationToken,
) -> Result<(), CliError> {
    let lies: Box<Ligt> = Box::new(move |receiver: Partij, send: i64, soort: BerichtSoort| {
        Some(folder.join(spool::address(receiver, send, soort)).exists())
    });
    let listener = listen_on(SocketAddr::from(([127, 0, 0, 1], port))).await?;
    told(&format!("http://{}/", listener.local_addr()?))?;
    let console =
        Console::new(office.shared_store(), Clock::Fixed(today), lies, Login::Ontwikkeling).deciding(office);
    http::serve(listener, console.router(), stop).await;
    Ok(())
}

/// Whether people can log in: what shows who we are is there, and identity providers answer.
pub(super) async fn login_checks(config: &Config, environment: &Environment) -> Vec<Checkup> {
    const WHAT: &str = "inloggen";
    if config.console.listen.is_none() || config.console.login != Some(LoginSoort::Oidc) {
        return Vec::new();
    }
    let told = |verdict, text| Checkup { what: WHAT, verdict, text };
    let diensten = match Inlogdiensten::new(&config.console, environment) {
        Ok(diensten) => diensten,
        Err(error) => return vec![told(CheckupVerdict::Wrong, error.to_string())],
    };
    let answers = diensten.answer().await.into_iter();
    let checks = answers.map(|(name, answers)| {
        if answers {
            return Checkup::good(WHAT, format!("inlogdienst {name} antwoordt"));
        }
        let text = format!(
            "inlogdienst {name} antwoordt niet, of niet zoals het hoort. Controleer issuer en certificaten; het log zegt meer"
        );
        told(CheckupVerdict::Attention, text)
    });
    checks.collect()
}

async fn listen_on(address: SocketAddr) -> Result<TcpListener, CliError> {
    let listener = TcpListener::bind(address).await.map_err(|error| ServiceError::Console {
        address: address.to_string(),
        reason: crate::io_text::io_text(&error),
    })?;
    Ok(listener)
}
