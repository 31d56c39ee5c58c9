//! `[console]`: pages for people, and how they log in.

use super::rol::Roltoekenning;
use super::secret::{Secret, password};
use super::{ConfigError, Environment};
use reqwest::Url;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// `[console]`: without an address there are no pages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConsoleInstelling {
    /// Address and port, apart from `[http]`.
    pub listen: Option<SocketAddr>,
    /// How people log in.
    pub login: Option<LoginSoort>,
    /// The address that people open, when they log in with an identity provider.
    pub url: Option<String>,
    /// Who passes requests on and tells truly from where.
    pub proxies: Vec<IpAddr>,
    /// Identity providers, by the name that stands in their addresses.
    pub inlogdiensten: BTreeMap<String, Inlogdienst>,
}

/// `console.login`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LoginSoort {
    /// By choosing a name and a role: from this machine alone.
    Ontwikkeling,
    /// With an identity provider.
    Oidc,
}

/// `[console.inlogdiensten.NAAM]`: an identity provider that speaks OpenID Connect.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inlogdienst {
    /// What people read where they choose it.
    pub naam: String,
    /// Its own name for itself; its settings are found below it.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// File with the secret that we show it.
    pub secret_file: Option<PathBuf>,
    /// File with our private key (PEM, PKCS #8), with which we sign instead (`private_key_jwt`); goes before a secret.
    pub key_file: Option<PathBuf>,
    /// What it calls that key.
    pub key_id: Option<String>,
    /// Certificates that its own is checked with (PEM); absent: those of the system.
    pub ca_file: Option<PathBuf>,
    /// What is asked of it, `openid` among it.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    /// Ways of logging in that are good enough; empty: any.
    #[serde(default)]
    pub acr: Vec<String>,
    /// Claim with the name of the person.
    #[serde(default = "naam_claim")]
    pub naam_claim: String,
    /// Claim with what says which role somebody has: a name, or a path as `/realm_access/roles`.
    pub rol_claim: String,
    /// Claim with the code of the gemeente or aanbieder of a role that has none of its own.
    pub partij_claim: Option<String>,
    /// Who gets which role; the first that fits counts.
    pub rollen: Vec<Rolregel>,
}

/// A value of the claim, and what it gives.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rolregel {
    /// What the claim says.
    pub waarde: String,
    /// The role of whoever has it.
    pub rol: Roltoekenning,
}

fn scopes() -> Vec<String> {
    ["openid", "profile"].map(str::to_owned).to_vec()
}

fn naam_claim() -> String {
    "name".to_owned()
}

impl Inlogdienst {
    /// The secret, when there is one: from its file, else from the environment.
    pub fn secret(&self, name: &str, environment: &Environment) -> Result<Option<Secret>, ConfigError> {
        password(self.secret_file.as_deref(), environment.console_secrets.get(&env_name(name)))
    }
}

/// What a variable of the environment with the secret of an identity provider begins with.
pub(super) const SECRET: &str = "HAPPYFLOW_CONSOLE_SECRET_";

/// The variable with the secret of an identity provider.
#[must_use]
pub fn env_name(name: &str) -> String {
    format!("{SECRET}{}", name.replace('-', "_").to_ascii_uppercase())
}

/// Whether an address can be trusted to lead where it says: by certificate, or because it does not leave this machine.
#[must_use]
pub fn is_safe(url: &Url) -> bool {
    let here = url.host_str().is_some_and(|host| {
        let host = host.trim_matches(['[', ']']);
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    });
    match url.scheme() {
        "https" => url.has_host(),
        "http" => here,
        _ => false,
    }
}

/// What makes the settings of the console unusable.
pub(super) fn console_fault(config: &super::Config) -> Option<String> {
    let console = &config.console;
    let listen = console.listen?;
    if listen == config.http.listen {
        return Some("console.listen en http.listen zijn hetzelfde adres: kies een ander".to_owned());
    }
    match console.login {
        None => Some("console.login ontbreekt: vul in hoe mensen inloggen".to_owned()),
        Some(LoginSoort::Ontwikkeling) => {
            let open = "console.login is ontwikkeling: dat kan alleen op een adres van deze machine, zoals 127.0.0.1";
            let both = "console.login is ontwikkeling en er staan inlogdiensten: kies login = \"oidc\", of haal ze weg";
            let fault = if listen.ip().is_loopback() { None } else { Some(open) };
            fault.or((!console.inlogdiensten.is_empty()).then_some(both)).map(str::to_owned)
        }
        Some(LoginSoort::Oidc) => {
            let url = own_address_fault(console.url.as_deref());
            let none = "console.login is oidc en er is geen inlogdienst: vul [console.inlogdiensten.NAAM] in";
            url.or_else(|| console.inlogdiensten.is_empty().then(|| none.to_owned())).or_else(|| {
                console.inlogdiensten.iter().find_map(|(name, dienst)| {
                    let fault = dienst_fault(name, dienst)?;
                    Some(format!("console.inlogdiensten.{name}: {fault}"))
                })
            })
        }
    }
}

fn own_address_fault(url: Option<&str>) -> Option<String> {
    let Some(url) = url else {
        return Some(
            "console.url ontbreekt: vul in op welk adres mensen de console openen, zoals https://console.voorbeeld.nl"
                .to_owned(),
        );
    };
    let good = Url::parse(url).is_ok_and(|parsed| {
        // Nothing behind the name and port: it is compared with what browsers send.
        is_safe(&parsed) && parsed.origin().ascii_serialization() == url
    });
    (!good).then(|| {
        "console.url is alleen https:// met de naam, zonder / erachter, zoals https://console.voorbeeld.nl; met http kan \
         het alleen op deze machine"
            .to_owned()
    })
}

fn dienst_fault(name: &str, dienst: &Inlogdienst) -> Option<&'static str> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.is_empty() || name.len() > 32 || !name.bytes().all(plain) {
        return Some("de naam van de tabel heeft kleine letters, cijfers en streepjes");
    }
    let issuer = Url::parse(&dienst.issuer);
    if !issuer.is_ok_and(|url| is_safe(&url) && url.query().is_none() && url.fragment().is_none()) {
        return Some(
            "issuer begint met https:// en heeft geen ? of #; met http kan het alleen op deze machine",
        );
    }
    let empty = |text: &String| text.trim().is_empty();
    if empty(&dienst.naam)
        || empty(&dienst.client_id)
        || empty(&dienst.rol_claim)
        || empty(&dienst.naam_claim)
    {
        return Some("naam, client_id, rol_claim en naam_claim mogen niet leeg zijn");
    }
    if !dienst.scopes.iter().any(|scope| scope == "openid") {
        return Some("scopes moet openid bevatten");
    }
    if dienst
        .scopes
        .iter()
        .chain(&dienst.acr)
        .any(|word| word.is_empty() || word.contains(char::is_whitespace))
    {
        return Some("scopes en acr zijn lijsten van woorden zonder spaties");
    }
    if dienst.rollen.is_empty() || dienst.rollen.iter().any(|regel| empty(&regel.waarde)) {
        return Some("vul bij rollen minstens een waarde en een rol in: zonder krijgt niemand toegang");
    }
    let by_claim = |regel: &Rolregel| matches!(regel.rol, Roltoekenning::VanPartij(_));
    if dienst.partij_claim.is_none() && dienst.rollen.iter().any(by_claim) {
        return Some(
            "een rol zonder code vraagt partij_claim: de claim met de code van de gemeente of aanbieder",
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    const CONSOLE: &str =
        "[console]\nlisten = '127.0.0.1:9470'\nlogin = 'oidc'\nurl = 'https://console.nl'\n";
    const DIENST: &str = "[console.inlogdiensten.a]\nnaam = 'A'\nissuer = 'https://a.nl/x'\nclient_id = 'hf'\n\
        rol_claim = 'groups'\n[[console.inlogdiensten.a.rollen]]\nwaarde = 'HF'\nrol = 'operator'\n";

    fn fault(text: &str) -> String {
        Config::parse(text).map_or_else(|(_, reason)| reason, |_| String::new())
    }

    #[test]
    fn an_identity_provider_is_read_with_what_it_does_not_say() {
        let config = Config::parse(&format!("{CONSOLE}{DIENST}")).unwrap();
        let dienst = &config.console.inlogdiensten["a"];
        assert_eq!(
            (dienst.naam_claim.as_str(), dienst.scopes.join(" ").as_str()),
            ("name", "openid profile")
        );
        assert_eq!(env_name("a-b"), "HAPPYFLOW_CONSOLE_SECRET_A_B");
        let mut environment = Environment::default();
        assert_eq!(dienst.secret("a", &environment).unwrap(), None);
        environment.console_secrets.insert(env_name("a"), Secret::new("geheim".to_owned()));
        assert_eq!(dienst.secret("a", &environment).unwrap().unwrap().reveal(), "geheim");
    }

    #[test]
    fn what_would_let_anybody_in_is_refused() {
        let whole = format!("{CONSOLE}{DIENST}");
        for (from, to, said) in [
            ("url = 'https://console.nl'\n", "", "console.url ontbreekt"),
            ("https://console.nl", "http://console.nl", "alleen https://"),
            ("https://console.nl", "https://console.nl/", "zonder / erachter"),
            ("https://console.nl", "https://a:b@console.nl", "alleen https://"),
            ("https://a.nl/x", "http://a.nl/x", "issuer begint met https://"),
            ("https://a.nl/x", "https://a.nl/x?y", "issuer begint met https://"),
            ("inlogdiensten.a", "inlogdiensten.A", "kleine letters"),
            ("client_id = 'hf'", "client_id = ' '", "mogen niet leeg zijn"),
            ("client_id = 'hf'", "client_id = 'hf'\nscopes = ['profile']", "moet openid bevatten"),
            ("client_id = 'hf'", "client_id = 'hf'\nacr = ['a b']", "zonder spaties"),
            ("rol = 'operator'", "rol = 'gemeente'", "vraagt partij_claim"),
            ("rol = 'operator'", "rol = 'baas'", "dit is geen rol; wel: operator"),
            ("rol = 'operator'", "rol = 'operator'\nextra = 1", "de sleutel extra bestaat niet hier"),
            ("rol_claim = 'groups'\n", "", "de sleutel rol_claim ontbreekt"),
            ("'oidc'", "'ontwikkeling'", "kies login = \"oidc\""),
        ] {
            let changed = whole.replace(from, to);
            assert!(changed != whole, "{from}");
            let told = fault(&changed);
            assert!(told.contains(said), "{to}: {told}");
        }
        assert!(fault(CONSOLE).contains("er is geen inlogdienst"));
        let without = DIENST.split("[[").next().unwrap();
        assert!(fault(&format!("{CONSOLE}{without}rollen = []\n")).contains("zonder krijgt niemand toegang"));
        assert_eq!(fault(&whole.replace("https://a.nl/x", "http://127.0.0.1:8080")), "");
        assert_eq!(fault(&whole.replace("https://console.nl", "http://localhost:9470")), "");
    }
}
