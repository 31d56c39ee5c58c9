//! An identity provider of our own, as good or as bad as a test asks. It makes its tokens by hand, with nothing of the
//! library that reads them.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use happyflow::service::http;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair, RsaPublicKeyComponents,
};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

pub const CLIENT: &str = "happyflow";
pub const SECRET: &str = "een geheim: 100% + meer";
/// What stands in answers that nobody may see.
pub const ACCESS: &str = "TOEGANGSTEKEN";

/// What it does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    None,
    Nonce,
    NoNonce,
    Audience,
    OtherAudience,
    Azp,
    Issuer,
    IssuerList,
    Expired,
    NotYet,
    Old,
    Future,
    NoSubject,
    Acr,
    AlgNone,
    PublicKeyAsSecret,
    OtherKey,
    Changed,
    UnknownKid,
    Garbage,
    NoToken,
    Slow,
    Huge,
    Redirect,
    Refuses,
    Broken,
    /// What it tells of itself is of another.
    OtherIssuer,
    /// It sends us on to an address without TLS elsewhere.
    Unsafe,
}

/// A code that it gave.
struct Given {
    nonce: String,
    challenge: String,
    redirect_uri: String,
}

pub struct Inner {
    pub issuer: String,
    pub fault: Fault,
    /// What it says of the person.
    pub claims: Value,
    /// Under which name it has its key.
    pub kid: &'static str,
    /// Whether it signs with PS256.
    pub pss: bool,
    /// Whether it takes a signed statement instead of a secret, and only in the body.
    pub by_key: bool,
    pub by_body: bool,
    codes: BTreeMap<String, Given>,
    /// What was asked of it.
    pub asked: Vec<String>,
    /// Every token and code that it gave.
    pub given: Vec<String>,
}

pub struct Op {
    inner: Arc<Mutex<Inner>>,
    stop: CancellationToken,
}

/// A key of the tests.
pub fn key_file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/console").join(format!("{name}.pem"))
}

fn key(name: &str) -> RsaKeyPair {
    let der = PrivatePkcs8KeyDer::from_pem_file(key_file(name)).unwrap();
    RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).unwrap()
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn now() -> i64 {
    let since = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

impl Op {
    pub fn start(runtime: &Handle) -> Self {
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let inner = Arc::new(Mutex::new(Inner {
            issuer: format!("http://{}", listener.local_addr().unwrap()),
            fault: Fault::None,
            claims: json!({"sub": "u-17", "name": "Jo de Vries", "groups": ["HF-Operator"]}),
            kid: "k1",
            pss: false,
            by_key: false,
            by_body: false,
            codes: BTreeMap::new(),
            asked: Vec::new(),
            given: Vec::new(),
        }));
        let stop = CancellationToken::new();
        let pages = Router::new().fallback(answer).with_state(inner.clone());
        runtime.spawn(http::serve(listener, pages, stop.clone()));
        Self { inner, stop }
    }

    pub fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    /// How often something was asked of it.
    pub fn asked(&self, path: &str) -> usize {
        self.inner().asked.iter().filter(|asked| *asked == path).count()
    }

    /// The settings of somebody who trusts it.
    pub fn settings(&self, name: &str, more: &str) -> String {
        format!(
            "[console.inlogdiensten.{name}]\nnaam = 'Dienst {name}'\nissuer = '{}'\nclient_id = '{CLIENT}'\n\
             rol_claim = 'groups'\n{more}\n[[console.inlogdiensten.{name}.rollen]]\nwaarde = 'HF-Operator'\nrol = 'operator'\n\
             [[console.inlogdiensten.{name}.rollen]]\nwaarde = 'HF-Beheer'\nrol = 'beheerder'\n\
             [[console.inlogdiensten.{name}.rollen]]\nwaarde = 'HF-Zwolle'\nrol = 'gemeente 0193'\n",
            self.inner().issuer
        )
    }

    /// A person logs in at the address that somebody was sent to; where they are sent back to.
    pub fn logs_in(&self, address: &str) -> (String, Vec<(String, String)>) {
        let url = reqwest::Url::parse(address).unwrap();
        let pairs: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        let of = |name: &str| pairs.get(name).cloned().unwrap_or_default();
        let mut inner = self.inner();
        assert_eq!(url.as_str().split('?').next().unwrap(), format!("{}/authorize", inner.issuer));
        assert_eq!((of("response_type"), of("client_id")), ("code".to_owned(), CLIENT.to_owned()));
        assert!(of("scope").split(' ').any(|scope| scope == "openid"));
        assert_eq!((of("code_challenge_method"), of("code_challenge").len()), ("S256".to_owned(), 43));
        assert!(of("state").len() >= 43 && of("nonce").len() >= 43 && of("state") != of("nonce"));
        let code = format!("code-{}-{}", inner.given.len(), "x".repeat(1_200));
        let redirect_uri = of("redirect_uri");
        let given =
            Given { nonce: of("nonce"), challenge: of("code_challenge"), redirect_uri: redirect_uri.clone() };
        inner.codes.insert(code.clone(), given);
        inner.given.push(code.clone());
        let back = vec![("code".to_owned(), code), ("state".to_owned(), of("state"))];
        (redirect_uri, back)
    }
}

impl Drop for Op {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn answer(State(inner): State<Arc<Mutex<Inner>>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let headers = request.headers().clone();
    let body = axum::body::to_bytes(request.into_body(), 64 * 1024).await.unwrap();
    let fault = {
        let mut inner = inner.lock().unwrap();
        inner.asked.push(path.clone());
        inner.fault
    };
    match (fault, path.as_str()) {
        (Fault::Slow, "/token") => tokio::time::sleep(Duration::from_mins(1)).await,
        (Fault::Huge, "/token") => {
            return ([(header::CONTENT_TYPE, "application/json")], vec![b' '; 8 * 1024 * 1024])
                .into_response();
        }
        (Fault::Redirect, "/token") => {
            let to = [(header::LOCATION, "/token2")];
            return (StatusCode::TEMPORARY_REDIRECT, to).into_response();
        }
        (Fault::Broken, "/token") => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        _ => {}
    }
    let mut inner = inner.lock().unwrap();
    let (status, told) = match path.as_str() {
        "/.well-known/openid-configuration" => (StatusCode::OK, inner.itself()),
        "/jwks" => (StatusCode::OK, inner.keys()),
        "/token" | "/token2" => inner.token(&headers, &body),
        _ => (StatusCode::NOT_FOUND, Value::Null),
    };
    (status, [(header::CONTENT_TYPE, "application/json")], told.to_string()).into_response()
}

impl Inner {
    fn itself(&self) -> Value {
        let methods = if self.by_key { "private_key_jwt" } else { "client_secret_post" };
        let mut itself = json!({
            "issuer": self.issuer,
            "authorization_endpoint": format!("{}/authorize", self.issuer),
            "token_endpoint": format!("{}/token", self.issuer),
            "jwks_uri": format!("{}/jwks", self.issuer),
            "response_types_supported": ["code"],
        });
        if self.by_key || self.by_body {
            itself["token_endpoint_auth_methods_supported"] = json!([methods]);
        }
        if self.pss {
            itself["token_endpoint_auth_signing_alg_values_supported"] = json!(["RS256", "PS256"]);
        }
        match self.fault {
            Fault::OtherIssuer => itself["issuer"] = json!("https://kwaad.example"),
            Fault::Unsafe => itself["token_endpoint"] = json!("http://kwaad.example/token"),
            _ => {}
        }
        itself
    }

    fn keys(&self) -> Value {
        let pair = key("inlogdienst");
        let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public());
        json!({"keys": [
            {"kty": "raar", "use": "sig", "kid": self.kid},
            {"kty": "RSA", "use": "enc", "kid": self.kid, "n": "AQAB", "e": "AQAB"},
            {"kty": "RSA", "use": "sig", "kid": self.kid, "n": encoded(&public.n), "e": encoded(&public.e)},
        ]})
    }

    fn token(&mut self, headers: &HeaderMap, body: &Bytes) -> (StatusCode, Value) {
        let form: BTreeMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
        let of = |name: &str| form.get(name).map_or("", String::as_str);
        let refused =
            |why: &str| (StatusCode::BAD_REQUEST, json!({"error": why, "error_description": ACCESS}));
        if !self.knows_us(headers, &form) {
            return refused("invalid_client");
        }
        let Some(given) = self.codes.remove(of("code")) else { return refused("invalid_grant") };
        let challenge = encoded(Sha256::digest(of("code_verifier").as_bytes()));
        if of("grant_type") != "authorization_code"
            || of("redirect_uri") != given.redirect_uri
            || challenge != given.challenge
            || self.fault == Fault::Refuses
        {
            return refused("invalid_grant");
        }
        let token = self.signed(&given.nonce);
        self.given.push(token.clone());
        let mut told = json!({"access_token": ACCESS, "token_type": "Bearer", "expires_in": 300});
        if self.fault != Fault::NoToken {
            told["id_token"] = json!(token);
        }
        (StatusCode::OK, told)
    }

    /// Whether it is us who ask, as this one wants it shown.
    fn knows_us(&self, headers: &HeaderMap, form: &BTreeMap<String, String>) -> bool {
        let of = |name: &str| form.get(name).map_or("", String::as_str);
        if self.by_key {
            return of("client_id") == CLIENT && self.is_ours(of("client_assertion"));
        }
        if self.by_body {
            return of("client_id") == CLIENT && of("client_secret") == SECRET;
        }
        let basic = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let basic = basic.and_then(|text| text.strip_prefix("Basic ")).unwrap_or_default();
        let pair = String::from_utf8(STANDARD.decode(basic).unwrap()).unwrap();
        let (id, secret) = pair.split_once(':').unwrap();
        let plain = |text: &str| {
            let parsed = form_urlencoded::parse(text.as_bytes()).next();
            parsed.map(|(name, _)| name.into_owned()).unwrap_or_default()
        };
        (plain(id).as_str(), plain(secret).as_str()) == (CLIENT, SECRET)
    }

    fn is_ours(&self, statement: &str) -> bool {
        let parts: Vec<&str> = statement.split('.').collect();
        let [head, claims, signature] = parts[..] else { return false };
        let read =
            |part: &str| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        let (head, said) = (read(head), read(claims));
        let public = RsaPublicKeyComponents::<Vec<u8>>::from(key("console").public());
        let (alg, padding) = if self.pss {
            ("PS256", &ring::signature::RSA_PSS_2048_8192_SHA256)
        } else {
            ("RS256", &RSA_PKCS1_2048_8192_SHA256)
        };
        let message = statement.rsplit_once('.').unwrap().0;
        let good = public.verify(padding, message.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap());
        let exp = said["exp"].as_i64().unwrap();
        good.is_ok()
            && head["alg"] == alg
            && head["kid"] == "ons-1"
            && said["iss"] == CLIENT
            && said["sub"] == CLIENT
            && said["aud"] == format!("{}/token", self.issuer)
            && said["jti"].as_str().unwrap().len() > 20
            && (now()..now() + 120).contains(&exp)
    }

    fn signed(&self, nonce: &str) -> String {
        let mut said = json!({
            "iss": self.issuer, "aud": CLIENT, "nonce": nonce, "acr": "hoog",
            "iat": now(), "exp": now() + 300, "sub": "u-17",
        });
        for (name, value) in self.claims.as_object().unwrap() {
            said[name] = value.clone();
        }
        match self.fault {
            Fault::Nonce => said["nonce"] = json!("0".repeat(64)),
            Fault::NoNonce => said["nonce"] = Value::Null,
            Fault::Audience => said["aud"] = json!("een-ander"),
            Fault::OtherAudience => said["aud"] = json!([CLIENT, "een-ander"]),
            Fault::Azp => said["azp"] = json!("een-ander"),
            Fault::Issuer => said["iss"] = json!("https://kwaad.example"),
            Fault::IssuerList => said["iss"] = json!([self.issuer, "https://kwaad.example"]),
            Fault::Expired => said["exp"] = json!(now() - 120),
            Fault::NotYet => said["nbf"] = json!(now() + 3_600),
            Fault::Old => said["iat"] = json!(now() - 3_600),
            Fault::Future => said["iat"] = json!(now() + 3_600),
            Fault::NoSubject => said["sub"] = Value::Null,
            Fault::Acr => said["acr"] = json!("laag"),
            _ => {}
        }
        let (alg, kid) = match self.fault {
            Fault::AlgNone => ("none", self.kid),
            Fault::PublicKeyAsSecret => ("HS256", self.kid),
            Fault::UnknownKid => ("RS256", "bestaat-niet"),
            _ => (if self.pss { "PS256" } else { "RS256" }, self.kid),
        };
        let head = json!({"alg": alg, "kid": kid, "typ": "JWT"});
        let message = format!("{}.{}", encoded(head.to_string()), encoded(said.to_string()));
        let signature = self.signature(&message);
        match self.fault {
            Fault::Garbage => "geen.token".to_owned(),
            Fault::Changed => {
                said["groups"] = json!(["HF-Beheer"]);
                format!("{}.{}.{signature}", encoded(head.to_string()), encoded(said.to_string()))
            }
            _ => format!("{message}.{signature}"),
        }
    }

    fn signature(&self, message: &str) -> String {
        match self.fault {
            Fault::AlgNone => String::new(),
            // As whoever takes the kind of signature from the token itself would verify it.
            Fault::PublicKeyAsSecret => {
                let pair = key("inlogdienst");
                let secret = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, pair.public().as_ref());
                encoded(ring::hmac::sign(&secret, message.as_bytes()))
            }
            _ => {
                let pair = key(if self.fault == Fault::OtherKey { "console" } else { "inlogdienst" });
                let mut signed = vec![0; pair.public().modulus_len()];
                let padding: &dyn ring::signature::RsaEncoding =
                    if self.pss { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                let random = ring::rand::SystemRandom::new();
                pair.sign(padding, &random, message.as_bytes(), &mut signed).unwrap();
                encoded(signed)
            }
        }
    }
}
