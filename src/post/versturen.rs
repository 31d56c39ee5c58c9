//! Sending mail by SMTP, one receiver at a time, so that one address that is refused keeps no other from its mail.

use crate::config::{Config, ConfigError, Environment, PostInstelling, PostTls};
use crate::labels::labels;
use chrono::TimeDelta;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, AsyncTransport, Tokio1Executor};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::error::Error;
use std::io;
use std::time::Duration;

/// Why no mail left. Nothing of what the server said is repeated: it may have the address in it.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The settings.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The certificates, or a name that cannot be one.
    #[error(
        "de mailserver is met deze instellingen niet te bereiken: controleer server, tls en ca_file onder [post]"
    )]
    Settings,
    /// Nobody answered, or not in time, or broke off.
    #[error("de mailserver antwoordt niet, of brak af")]
    Silent,
    /// The connection cannot be secured.
    #[error("de verbinding met de mailserver is niet te beveiligen: controleer tls en ca_file onder [post]")]
    Tls,
    /// It does not want it for now.
    #[error("de mailserver neemt dit nu niet aan (code {0}); het wordt opnieuw geprobeerd")]
    Later(u16),
    /// It does not want it.
    #[error(
        "de mailserver weigert dit (code {0}): controleer gebruiker, wachtwoord, afzender en ontvanger onder [post]"
    )]
    Refused(u16),
}

labels!(PostError {
    Self::Settings => "post.settings",
    Self::Silent => "post.silent",
    Self::Tls => "post.tls",
    Self::Later(_) => "post.later",
    Self::Refused(_) => "post.refused",
} passes {
    Self::Config(error) => error,
});

impl From<lettre::transport::smtp::Error> for PostError {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        let code = error.status().map(u16::from);
        match code {
            Some(code) if error.is_permanent() => Self::Refused(code),
            Some(code) => Self::Later(code),
            None if error.is_tls() || is_unreadable(&error) => Self::Tls,
            // It has no way to secure or to log in that we know.
            None if error.is_client() => Self::Settings,
            None => Self::Silent,
        }
    }
}

/// Whether what came was nothing to rely on: so a certificate is refused that nobody vouches for.
fn is_unreadable(error: &lettre::transport::smtp::Error) -> bool {
    std::iter::successors(error.source(), |&error| error.source())
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .any(|io| io.kind() == io::ErrorKind::InvalidData)
}

/// Where mail is handed in.
pub struct Brievenbus {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    timeout: Duration,
    /// The settings that it was made of.
    pub instelling: PostInstelling,
    /// What this process is called.
    pub name: String,
    /// The address that people open the console at.
    pub console: Option<String>,
}

/// What a process is called that the settings give no name: where it listens, and on which machine, for two machines listen on the
/// same address.
fn of_machine(listen: &str) -> String {
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    match machine.trim() {
        "" => listen.to_owned(),
        machine => format!("{listen} op {machine}"),
    }
}

impl Brievenbus {
    /// That of the settings; none when they have none.
    pub fn of(config: &Config, environment: &Environment) -> Result<Option<Self>, PostError> {
        let post = &config.post;
        let Some(server) = &post.server else { return Ok(None) };
        let timeout = Duration::from_secs(post.timeout_seconds.into());
        let secured = || -> Result<TlsParameters, PostError> {
            let mut parameters = TlsParameters::builder(server.clone());
            if let Some(path) = &post.ca_file {
                let text = crate::config::Secret::whole(path)?;
                let pem = text.reveal().as_bytes();
                // A file without any is no error to who reads it.
                CertificateDer::from_pem_slice(pem).map_err(|_| PostError::Settings)?;
                let known = Certificate::from_pem(pem).map_err(|_| PostError::Settings)?;
                parameters = parameters.add_root_certificate(known);
            }
            parameters.build_rustls().map_err(|_| PostError::Settings)
        };
        let tls = match post.tls {
            PostTls::Starttls => Tls::Required(secured()?),
            PostTls::Tls => Tls::Wrapper(secured()?),
            PostTls::None => Tls::None,
        };
        // A connection is made for each mail: there are few.
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server)
            .port(post.port())
            .tls(tls)
            .timeout(Some(timeout));
        if let (Some(user), Some(password)) = (&post.user, post.password(environment)?) {
            builder = builder.credentials(Credentials::new(user.clone(), password.reveal().to_owned()));
        }
        let from: Address = post.from.parse().map_err(|_| PostError::Settings)?;
        Ok(Some(Self {
            transport: builder.build(),
            from: Mailbox::new(Some("happyflow".to_owned()), from),
            timeout,
            instelling: post.clone(),
            name: post.name.clone().unwrap_or_else(|| of_machine(&config.http.listen.to_string())),
            console: config.console.url.clone(),
        }))
    }

    /// Hands a mail in. One with the same `id` is the same mail to who receives it.
    pub async fn send(
        &self,
        aan: &str,
        (subject, text): (String, String),
        id: &str,
    ) -> Result<(), PostError> {
        let to: Address = aan.parse().map_err(|_| PostError::Settings)?;
        let mail = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .message_id(Some(format!("<{id}@happyflow>")))
            .header(ContentType::TEXT_PLAIN)
            .body(text)
            .map_err(|_| PostError::Settings)?;
        // A server may send a sign of life for every step and never end ([`Self::longest`]).
        let sent = tokio::time::timeout(self.timeout * 2, self.transport.send(mail)).await;
        sent.map_err(|_| PostError::Silent)?.map(|_| ()).map_err(PostError::from)
    }

    /// How long handing in one mail may take in all.
    #[must_use]
    pub fn longest(&self) -> TimeDelta {
        TimeDelta::seconds(i64::from(self.instelling.timeout_seconds) * 2)
    }

    /// Whether the server answers, lets us in, and would take something.
    pub async fn answers(&self) -> Result<(), PostError> {
        let asked = tokio::time::timeout(self.timeout, self.transport.test_connection()).await;
        if asked.map_err(|_| PostError::Silent)?? { Ok(()) } else { Err(PostError::Silent) }
    }
}
