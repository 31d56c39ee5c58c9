//! An identity provider as we know it: its settings are found at its address, and its keys are fetched, kept, and fetched
//! again when a token names one that is not among them. Whatever it answers is bounded in time and in bytes.

use super::error::LoginError;
use super::handtekening::own_key;
use super::token;
use crate::clock::unix_seconds;
use crate::config::{ConfigError, Environment, Inlogdienst, Secret, env_name, is_safe};
use crate::disk;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, EncodingKey, Header, encode};
use reqwest::{Certificate, Client, RequestBuilder, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How long one answer may take, to its last byte.
const FETCH_TIMEOUT: Duration = Duration::from_secs(3);
/// Most bytes of an answer.
const FETCH_BYTES: usize = 256 * 1024;
/// Most bytes of a file with certificates.
const CA_BYTES: u64 = 1024 * 1024;
/// What was fetched is kept so long.
const KEPT: Duration = Duration::from_hours(1);
/// Keys that lack the one that a token names are not older than this, or they are fetched again.
const KEYS_AT_LEAST: Duration = Duration::from_mins(1);
/// After a failure nothing is asked for so long.
const PAUSE: Duration = Duration::from_secs(5);
/// Seconds that what we sign to show who we are is good for.
const ASSERTION_SECONDS: i64 = 60;
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a provider tells of itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Bekendmaking {
    issuer: String,
    /// Where people log in.
    pub authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(default)]
    token_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// Whether it says who it is when it sends people back.
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

impl Bekendmaking {
    /// Whether it takes a secret in the body of a request and not, as most do, in its head.
    fn only_in_the_body(&self) -> bool {
        let takes = |method: &str| self.token_endpoint_auth_methods_supported.iter().any(|it| it == method);
        takes("client_secret_post") && !takes("client_secret_basic")
    }
}

#[derive(Deserialize)]
struct Sleutelbos {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Ingewisseld {
    id_token: String,
}

/// By what a provider knows that it is us.
enum Bewijs {
    Geheim(Secret),
    Sleutel(EncodingKey),
}

/// What was fetched, and when.
#[derive(Default)]
struct Opgehaald {
    bekend: Option<(Instant, Arc<Bekendmaking>)>,
    sleutels: Option<(Instant, Arc<Vec<Jwk>>)>,
    failed: Option<Instant>,
}

/// An identity provider.
pub struct Dienst {
    /// The name that stands in our addresses.
    pub key: String,
    /// As it is set.
    pub instelling: Inlogdienst,
    bewijs: Bewijs,
    client: Client,
    opgehaald: Mutex<Opgehaald>,
}

/// Why an answer is none, for the log.
type Misser = &'static str;

impl Dienst {
    /// A provider of the settings, with what it knows us by.
    pub fn new(key: &str, instelling: &Inlogdienst, environment: &Environment) -> Result<Self, ConfigError> {
        let wrong = |path: &str, reason: String| ConfigError::Unreadable { path: path.to_owned(), reason };
        let bewijs = if let Some(file) = &instelling.key_file {
            let pem = Secret::whole(file)?;
            let reason = "dit is geen sleutel in PEM (PKCS #8) van RSA of P-256. Zet hem om met openssl pkcs8 -topk8 -nocrypt";
            let own = own_key(pem.reveal());
            Bewijs::Sleutel(own.ok_or_else(|| wrong(&file.display().to_string(), reason.to_owned()))?)
        } else {
            let reason = format!(
                "er is geen geheim en geen sleutel. Vul secret_file of key_file in, of zet {} in de omgeving",
                env_name(key)
            );
            let secret = instelling.secret(key, environment)?;
            Bewijs::Geheim(secret.ok_or_else(|| wrong(&format!("console.inlogdiensten.{key}"), reason))?)
        };
        let client = client(instelling)?;
        let (instelling, opgehaald) = (instelling.clone(), Mutex::default());
        Ok(Self { key: key.to_owned(), instelling, bewijs, client, opgehaald })
    }

    /// Whether it is one that does not leave this machine.
    fn is_local(&self) -> bool {
        self.instelling.issuer.starts_with("http://")
    }

    /// What it tells of itself.
    pub async fn bekend(&self) -> Result<Arc<Bekendmaking>, LoginError> {
        let mut known = self.opgehaald.lock().await;
        if let Some((when, bekend)) = &known.bekend
            && when.elapsed() < KEPT
        {
            return Ok(bekend.clone());
        }
        let url =
            format!("{}/.well-known/openid-configuration", self.instelling.issuer.trim_end_matches('/'));
        let fetched: Bekendmaking = self.fetched(&mut known, self.client.get(url)).await?;
        let endpoints = [&fetched.authorization_endpoint, &fetched.token_endpoint, &fetched.jwks_uri];
        let safe = |url: &&String| {
            Url::parse(url).is_ok_and(|url| is_safe(&url) && (self.is_local() || url.scheme() == "https"))
        };
        if fetched.issuer != self.instelling.issuer || !endpoints.iter().all(safe) {
            known.failed = Some(Instant::now());
            return Err(self.silent("bekendmaking"));
        }
        let fetched = Arc::new(fetched);
        known.bekend = Some((Instant::now(), fetched.clone()));
        Ok(fetched)
    }

    /// Its keys, not older than this.
    async fn sleutels(&self, bekend: &Bekendmaking, age: Duration) -> Result<Arc<Vec<Jwk>>, LoginError> {
        let mut known = self.opgehaald.lock().await;
        if let Some((when, keys)) = &known.sleutels
            && when.elapsed() < age
        {
            return Ok(keys.clone());
        }
        let Sleutelbos { keys } = self.fetched(&mut known, self.client.get(&bekend.jwks_uri)).await?;
        // A key of a kind that nobody here knows is no reason to refuse the others.
        let keys: Vec<Jwk> = keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect();
        let keys = Arc::new(keys);
        known.sleutels = Some((Instant::now(), keys.clone()));
        Ok(keys)
    }

    /// Fetches something, unless it failed a moment ago.
    async fn fetched<T: DeserializeOwned>(
        &self,
        known: &mut Opgehaald,
        request: RequestBuilder,
    ) -> Result<T, LoginError> {
        if known.failed.is_some_and(|when| when.elapsed() < PAUSE) {
            return Err(LoginError::Silent);
        }
        let answer = answered(request).await.map_err(|(_, misser)| misser);
        let read = answer.and_then(|body| serde_json::from_slice(&body).map_err(|_| "onleesbaar"));
        known.failed = read.is_err().then(Instant::now);
        read.map_err(|misser| self.silent(misser))
    }

    /// The token for a code.
    pub async fn exchange(
        &self,
        bekend: &Bekendmaking,
        (code, redirect_uri, verifier): (&str, &str, &str),
    ) -> Result<String, LoginError> {
        let request = self.exchanging(bekend, (code, redirect_uri, verifier))?;
        let body = answered(request).await.map_err(|(status, misser)| {
            if status.is_some_and(|status| status.is_client_error()) {
                return self.untrusted("code");
            }
            self.silent(misser)
        })?;
        let answer: Ingewisseld = serde_json::from_slice(&body).map_err(|_| self.silent("onleesbaar"))?;
        Ok(answer.id_token)
    }

    /// What asks for the token, with what shows that it is us.
    fn exchanging(
        &self,
        bekend: &Bekendmaking,
        (code, redirect_uri, verifier): (&str, &str, &str),
    ) -> Result<RequestBuilder, LoginError> {
        let us = &self.instelling.client_id;
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code").append_pair("code", code);
        form.append_pair("redirect_uri", redirect_uri).append_pair("code_verifier", verifier);
        let mut request = self.client.post(&bekend.token_endpoint).header("accept", "application/json");
        match &self.bewijs {
            Bewijs::Sleutel(key) => {
                let signed = self.assertion(bekend, key).ok_or_else(|| self.silent("ondertekenen"))?;
                form.append_pair("client_assertion_type", ASSERTION_TYPE);
                form.append_pair("client_assertion", &signed).append_pair("client_id", us);
            }
            Bewijs::Geheim(secret) if bekend.only_in_the_body() => {
                form.append_pair("client_id", us).append_pair("client_secret", secret.reveal());
            }
            Bewijs::Geheim(secret) => {
                let part = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                let pair = STANDARD.encode(format!("{}:{}", part(us), part(secret.reveal())));
                request = request.header("authorization", format!("Basic {pair}"));
            }
        }
        Ok(request.header("content-type", "application/x-www-form-urlencoded").body(form.finish()))
    }

    /// What shows that it is us: signed with our own key, for this provider, for a moment.
    fn assertion(&self, bekend: &Bekendmaking, key: &EncodingKey) -> Option<String> {
        let prefers_pss =
            || bekend.token_endpoint_auth_signing_alg_values_supported.iter().any(|it| it == "PS256");
        let algorithm = match key.family() {
            AlgorithmFamily::Ec => Algorithm::ES256,
            _ if prefers_pss() => Algorithm::PS256,
            _ => Algorithm::RS256,
        };
        let header = Header { kid: self.instelling.key_id.clone(), ..Header::new(algorithm) };
        let (now, us) = (unix_seconds(), &self.instelling.client_id);
        let (number, _) = crate::console::session::secret().ok()?;
        let claims = json!({
            "iss": us, "sub": us, "aud": bekend.token_endpoint, "jti": number,
            "iat": now, "exp": now + ASSERTION_SECONDS,
        });
        encode(&header, &claims, key).ok()
    }

    /// What a token says, once it was verified.
    pub async fn claims(
        &self,
        bekend: &Bekendmaking,
        token: &str,
        nonce: &str,
    ) -> Result<token::Uitspraken, LoginError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| self.untrusted("kop"))?;
        let key = self.key(bekend, &header).await?;
        let said = token::verified(token, (&header, &key), &self.instelling, nonce, unix_seconds());
        said.map_err(|part| self.untrusted(part))
    }

    async fn key(&self, bekend: &Bekendmaking, header: &Header) -> Result<DecodingKey, LoginError> {
        for age in [KEPT, KEYS_AT_LEAST] {
            let keys = self.sleutels(bekend, age).await?;
            if let Some(key) = token::key_of(&keys, header) {
                return Ok(key);
            }
        }
        Err(self.untrusted("kid"))
    }

    fn silent(&self, reason: Misser) -> LoginError {
        self.told(LoginError::Silent, reason)
    }

    pub fn untrusted(&self, reason: Misser) -> LoginError {
        self.told(LoginError::Token, reason)
    }

    /// Writes down what went wrong; nothing of what was said.
    fn told(&self, error: LoginError, reason: Misser) -> LoginError {
        tracing::warn!(code = error.label(), dienst = self.key, reason, "inloggen bij de console lukte niet");
        error
    }
}

/// What asks a provider: nobody sends it on to another address.
fn client(instelling: &Inlogdienst) -> Result<Client, ConfigError> {
    let mut builder = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .timeout(FETCH_TIMEOUT)
        .connect_timeout(FETCH_TIMEOUT)
        .tls_version_min(reqwest::tls::Version::TLS_1_2);
    let local = instelling.issuer.starts_with("http://");
    if !local {
        builder = builder.https_only(true);
    }
    if let Some(file) = &instelling.ca_file {
        builder = builder.tls_certs_only(certificates(file)?);
    } else if local {
        builder = builder.tls_certs_only([]);
    }
    builder.build().map_err(|_| ConfigError::Unreadable {
        path: instelling.issuer.clone(),
        reason: "er zijn geen certificaten om de inlogdienst mee te controleren. Installeer ca-certificates, of vul ca_file in"
            .to_owned(),
    })
}

fn certificates(file: &Path) -> Result<Vec<Certificate>, ConfigError> {
    let refused = |reason: String| ConfigError::Unreadable { path: file.display().to_string(), reason };
    let text = disk::read_text(file, CA_BYTES).map_err(|refusal| refused(refusal.to_string()))?;
    let found = Certificate::from_pem_bundle(text.as_bytes()).unwrap_or_default();
    if found.is_empty() { Err(refused("hier staan geen certificaten in PEM".to_owned())) } else { Ok(found) }
}

/// The body of a good answer; else its status, when there was one, and why not.
async fn answered(request: RequestBuilder) -> Result<Vec<u8>, (Option<StatusCode>, Misser)> {
    let missed = |error: reqwest::Error| (None, if error.is_timeout() { "traag" } else { "verbinding" });
    let mut response = request.send().await.map_err(missed)?;
    let status = response.status();
    if status != StatusCode::OK {
        return Err((Some(status), if status.is_redirection() { "doorverwezen" } else { "status" }));
    }
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(missed)? {
        if body.len() + part.len() > FETCH_BYTES {
            return Err((Some(status), "te groot"));
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}
