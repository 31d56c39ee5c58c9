//! `[post]`: mail to people, when something waits too long or does not work.

use super::secret::{Secret, password};
use super::{ConfigError, Environment};
use crate::store::post::Meldsoort;
use lettre::Address;
use serde::Deserialize;
use std::net::IpAddr;
use std::path::PathBuf;

/// `[post]`: without a server there is no mail.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PostInstelling {
    /// Name of the server that takes our mail.
    pub server: Option<String>,
    /// Its port; absent: the usual one of `tls`.
    pub port: Option<u16>,
    /// How the connection is secured.
    pub tls: PostTls,
    /// With which name we log in; absent: we do not.
    pub user: Option<String>,
    /// Has it on the first line; absent: the environment has it.
    pub password_file: Option<PathBuf>,
    /// Certificates that the server's own is checked with (PEM); absent: those of the system.
    pub ca_file: Option<PathBuf>,
    /// From which address.
    pub from: String,
    /// What this process is called in mail, and no other; absent: its address of `[http]` on this machine.
    pub name: Option<String>,
    /// Seconds that something of the service may last before it is told.
    pub after_seconds: u32,
    /// Minutes after which it is told again, while nobody took it and it lasts.
    pub repeat_minutes: u32,
    /// Seconds that the server may take.
    pub timeout_seconds: u32,
    /// Who is told of what.
    pub aan: PostLijsten,
}

impl Default for PostInstelling {
    fn default() -> Self {
        Self {
            server: None,
            port: None,
            tls: PostTls::Starttls,
            user: None,
            password_file: None,
            ca_file: None,
            from: String::new(),
            name: None,
            after_seconds: 120,
            repeat_minutes: 240,
            timeout_seconds: 30,
            aan: PostLijsten::default(),
        }
    }
}

/// `post.tls`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PostTls {
    /// It begins without, and is secured before anything is said.
    Starttls,
    /// From the first byte.
    Tls,
    /// Not: to a server on this machine alone.
    None,
}

/// `[post.aan]`: addresses by what they are told of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PostLijsten {
    /// Of JW301s that wait after their term.
    pub wachtend: Vec<String>,
    /// Of parts of the service that do not do their work.
    pub dienst: Vec<String>,
    /// Of a disk that takes nothing.
    pub schijf: Vec<String>,
}

impl PostLijsten {
    /// Who is told of this.
    #[must_use]
    pub fn of(&self, soort: Meldsoort) -> &[String] {
        match soort {
            Meldsoort::Wachtend => &self.wachtend,
            Meldsoort::Dienst => &self.dienst,
            Meldsoort::Schijf => &self.schijf,
        }
    }
}

impl PostInstelling {
    /// The password, when there is one.
    pub fn password(&self, environment: &Environment) -> Result<Option<Secret>, ConfigError> {
        password(self.password_file.as_deref(), environment.post_password.as_ref())
    }

    /// The port that is connected with.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            PostTls::Starttls => 587,
            PostTls::Tls => 465,
            PostTls::None => 25,
        })
    }
}

/// What makes the settings of mail unusable.
pub(super) fn post_fault(post: &PostInstelling) -> Option<String> {
    let lists = [Meldsoort::Wachtend, Meldsoort::Dienst, Meldsoort::Schijf].map(|soort| post.aan.of(soort));
    let Some(server) = &post.server else {
        let given = lists.iter().any(|list| !list.is_empty());
        return given.then(|| "post.server ontbreekt: vul in welke mailserver onze post aanneemt".to_owned());
    };
    let said = if server.is_empty() || server.contains(|c: char| c.is_whitespace() || c == '/') {
        "post.server is de naam van een mailserver, zoals smtp.voorbeeld.nl"
    } else if post.from.parse::<Address>().is_err() {
        "post.from is het adres waarvan post komt, zoals happyflow@voorbeeld.nl"
    } else if lists.iter().all(|list| list.is_empty()) {
        "vul bij [post.aan] in wie post krijgt: zonder krijgt niemand iets"
    } else if lists.iter().copied().flatten().any(|address| address.parse::<Address>().is_err()) {
        "in [post.aan] staan mailadressen, zoals wacht@voorbeeld.nl"
    } else if post.tls == PostTls::None && !is_here(server) {
        "post.tls is none: dat kan alleen met een mailserver op deze machine, zoals 127.0.0.1"
    } else if [post.repeat_minutes, post.timeout_seconds].contains(&0) {
        "post.repeat_minutes en post.timeout_seconds zijn groter dan 0"
    } else {
        return None;
    };
    Some(said.to_owned())
}

fn is_here(server: &str) -> bool {
    server == "localhost" || server.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    const POST: &str = "[post]\nserver = 'smtp.nl'\nfrom = 'hf@a.nl'\n[post.aan]\ndienst = ['w@a.nl']\n";

    fn fault(text: &str) -> String {
        Config::parse(text).map_or_else(|(_, reason)| reason, |_| String::new())
    }

    #[test]
    fn what_mail_could_not_leave_with_is_refused() {
        assert_eq!(fault(POST), "");
        assert_eq!(fault(&POST.replace("'smtp.nl'", "'127.0.0.1'\ntls = 'none'")), "");
        for (from, to, said) in [
            ("server = 'smtp.nl'\n", "", "post.server ontbreekt"),
            ("smtp.nl", "smtp://x", "naam van een mailserver"),
            ("hf@a.nl", "hf", "post.from"),
            ("['w@a.nl']", "[]", "zonder krijgt niemand iets"),
            ("w@a.nl", "A. Wacht", "staan mailadressen"),
            ("[post.aan]", "tls = 'none'\n[post.aan]", "op deze machine"),
            ("[post.aan]", "repeat_minutes = 0\n[post.aan]", "groter dan 0"),
            ("[post.aan]", "tls = 'ssl'\n[post.aan]", "ssl"),
            ("[post.aan]", "password = 'x'\n[post.aan]", "de sleutel password bestaat niet hier"),
        ] {
            let told = fault(&POST.replace(from, to));
            assert!(told.contains(said), "{to}: {told}");
        }
    }
}
