//! Logging in with an identity provider, a good one and bad ones.

use super::op::{ACCESS, Fault, Op, SECRET, key_file};
use super::{Answer, Browser, Open};
use chrono::TimeDelta;
use happyflow::clock::{Clock, Moment};
use happyflow::config::{Config, Environment};
use happyflow::console::{Inlogdiensten, Login};
use happyflow::store::Store;
use happyflow::store::console::{Bewaren, Inlogpoging};
use happyflow::store::read::console::inlogpoging;
use happyflow::store::sqlite::SqliteStore;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// A console with identity providers, over an empty store.
pub struct Scene {
    pub op: Op,
    pub open: Open,
    folder: TempDir,
}

impl Scene {
    /// One provider, `a`, with a secret.
    pub fn new(more: &str) -> Self {
        Self::with(|op, folder| {
            let secret = folder.join("geheim");
            fs::write(&secret, format!("{SECRET}\n")).unwrap();
            op.settings("a", &format!("secret_file = '{}'\n{more}", secret.display()))
        })
    }

    pub fn with(settings: impl Fn(&Op, &Path) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let store: Arc<dyn Store> = Arc::new(runtime.block_on(SqliteStore::open(folder.path())).unwrap());
        let op = Op::start(runtime.handle());
        let diensten = settings(&op, folder.path());
        let login = |address: std::net::SocketAddr| {
            let file = folder.path().join("h.toml");
            let console = format!(
                "[console]\nlisten = '{address}'\nlogin = 'oidc'\nurl = 'http://{address}'\nproxies = ['127.0.0.1']\n{diensten}"
            );
            fs::write(&file, console).unwrap();
            let config = Config::read(Some(&file)).unwrap();
            Login::Oidc(Inlogdiensten::new(&config.console, &Environment::default()).unwrap())
        };
        let open = Open::listening(runtime, store, None, login);
        Self { op, open, folder }
    }

    /// Somebody is sent to a provider; their browser, and where it is sent.
    pub fn sent(&self, path: &str) -> (Browser, String) {
        let mut browser = self.open.nobody();
        let answer = browser.get(path);
        assert_eq!(answer.status, 303, "{path}: {}", answer.body);
        let cookie = answer.header("set-cookie").unwrap();
        assert!(cookie.contains("HttpOnly; SameSite=Lax") && cookie.ends_with("Max-Age=600"), "{cookie}");
        browser.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        (browser, answer.header("location").unwrap().to_owned())
    }

    /// Somebody logs in there and comes back.
    pub fn comes_back(&self, path: &str) -> (Browser, Answer) {
        let (mut browser, address) = self.sent(path);
        let (to, pairs) = self.op.logs_in(&address);
        let answer = browser.get(&back(&to, &pairs));
        browser.keep(&answer);
        (browser, answer)
    }

    /// As [`Scene::comes_back`], to somebody who is in.
    pub fn login(&self, groups: &[&str]) -> Browser {
        self.op.inner().claims["groups"] = json!(groups);
        let (browser, answer) = self.comes_back("/inloggen/a");
        assert_eq!((answer.status, answer.header("location")), (303, Some("/")), "{}", answer.body);
        browser
    }

    /// What was written of who looked.
    fn log(&self) -> String {
        let browser = self.login(&["HF-Beheer"]);
        browser.get("/toegang").body
    }
}

impl Browser {
    /// Keeps the session that an answer gives.
    fn keep(&mut self, answer: &Answer) {
        let lines = answer.head.lines().filter(|line| line.to_ascii_lowercase().starts_with("set-cookie:"));
        for cookie in lines.map(|line| line.split_once(':').unwrap().1.trim()) {
            if cookie.starts_with("happyflow-sessie=") {
                assert!(cookie.contains("HttpOnly; SameSite=Lax"), "{cookie}");
                self.cookie = Some(cookie.split(';').next().unwrap().to_owned());
            }
        }
    }
}

/// The path that somebody is sent back to.
fn back(to: &str, pairs: &[(String, String)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let path = to.split('/').skip(3).collect::<Vec<_>>().join("/");
    format!("/{path}?{query}")
}

/// Nobody is in, a sentence says so with its foutcode, and nothing of what was said is shown.
fn refused(scene: &Scene, answer: &Answer, code: &str) {
    assert!(answer.body.contains(&format!("Foutcode: {code}<")), "{code}: {} {}", answer.status, answer.body);
    assert!(answer.status >= 400 && answer.body.contains("<html lang=\"nl\">"), "{}", answer.status);
    assert!(!answer.head.contains("happyflow-sessie"), "{}", answer.head);
    let inner = scene.op.inner();
    let secret = inner.given.iter().map(String::as_str).chain([ACCESS, SECRET, "invalid_", "kwaad.example"]);
    for text in secret {
        assert!(!answer.body.contains(text) && !answer.head.contains(text), "{code} shows {text}");
    }
}

#[test]
fn somebody_logs_in_with_a_secret_or_with_a_key_at_either_of_two_providers() {
    let scene = Scene::with(|op, folder| {
        let secret = folder.join("geheim");
        fs::write(&secret, SECRET).unwrap();
        let by_key = format!("key_file = '{}'\nkey_id = 'ons-1'", key_file("console").display());
        op.settings("a", &format!("secret_file = '{}'", secret.display()))
            + &op.settings("met-sleutel", &by_key)
    });
    let page = scene.open.nobody().get("/inloggen?naar=/toegang%3Fwie%3Dx");
    for name in ["a", "met-sleutel"] {
        assert!(page.body.contains(&format!("Inloggen met Dienst {name}")), "{}", page.body);
        assert!(
            page.doors().contains(&format!("/inloggen/{name}?naar=%2Ftoegang%3Fwie%3Dx")),
            "{:?}",
            page.doors()
        );
    }
    scene.op.inner().claims["groups"] = json!(["iets", "HF-Beheer"]);
    let (browser, answer) = scene.comes_back("/inloggen/a?naar=/toegang%3Fwie%3Dx");
    assert_eq!((answer.status, answer.header("location")), (303, Some("/toegang?wie=x")), "{}", answer.body);
    let home = browser.get("/");
    assert!(home.body.contains("Jo de Vries (a/u-17)") && home.body.contains("beheerder"), "{}", home.body);
    for (by_key, by_body, pss) in [(false, true, false), (true, false, false), (true, false, true)] {
        // Each provider anew: what one tells of itself is kept.
        let scene = Scene::with(|op, folder| {
            let secret = folder.join("geheim");
            fs::write(&secret, SECRET).unwrap();
            let (mut inner, key) = (op.inner(), key_file("console"));
            (inner.by_key, inner.by_body, inner.pss) = (by_key, by_body, pss);
            drop(inner);
            let secret = format!("secret_file = '{}'\nkey_id = 'ons-1'", secret.display());
            let key = if by_key { format!("\nkey_file = '{}'", key.display()) } else { String::new() };
            op.settings("a", &(secret + &key))
        });
        assert_eq!(scene.login(&["HF-Operator"]).get("/werk").status, 200, "{by_key} {by_body} {pss}");
    }
    // Nobody is sent elsewhere afterwards.
    let (_, answer) = scene.comes_back("/inloggen/a?naar=//kwaad.example");
    assert_eq!(answer.header("location"), Some("/"));
    assert!(scene.log().contains("ingelogd"));
}

#[test]
fn what_a_provider_says_wrongly_lets_nobody_in() {
    let scene = Scene::new("acr = ['hoog', 'hoger']");
    let (token, silent) = ("console.login-token", "console.login-silent");
    for (fault, code) in [
        (Fault::Nonce, token),
        (Fault::NoNonce, token),
        (Fault::Audience, token),
        (Fault::OtherAudience, token),
        (Fault::Azp, token),
        (Fault::Issuer, token),
        (Fault::IssuerList, token),
        (Fault::Expired, token),
        (Fault::NotYet, token),
        (Fault::Old, token),
        (Fault::Future, token),
        (Fault::NoSubject, token),
        (Fault::Acr, token),
        (Fault::AlgNone, token),
        (Fault::PublicKeyAsSecret, token),
        (Fault::OtherKey, token),
        (Fault::Changed, token),
        (Fault::UnknownKid, token),
        (Fault::Garbage, token),
        (Fault::Refuses, token),
        (Fault::NoToken, silent),
        (Fault::Huge, silent),
        (Fault::Redirect, silent),
        (Fault::Broken, silent),
        (Fault::Slow, silent),
    ] {
        scene.op.inner().fault = fault;
        let (browser, answer) = scene.comes_back("/inloggen/a");
        refused(&scene, &answer, code);
        assert_eq!(browser.get("/werk").status, 303, "{fault:?}");
    }
    assert_eq!(scene.op.asked("/token2"), 0, "nobody follows it to another address");
    scene.op.inner().fault = Fault::None;
    let log = scene.log();
    assert_eq!(log.matches("ingelogd").count(), 1, "only who looks now: {log}");
}

#[test]
fn a_provider_that_tells_of_another_or_of_an_open_line_is_not_asked_further() {
    for fault in [Fault::OtherIssuer, Fault::Unsafe] {
        let scene = Scene::new("");
        scene.op.inner().fault = fault;
        for _ in 0..3 {
            refused(&scene, &scene.open.nobody().get("/inloggen/a"), "console.login-silent");
        }
        // After a failure it is left alone for a moment.
        assert_eq!(scene.op.inner().asked, ["/.well-known/openid-configuration"], "{fault:?}");
    }
}

#[test]
fn an_attempt_is_good_once_and_only_where_it_began() {
    let scene = Scene::with(|op, folder| {
        let secret = folder.join("geheim");
        fs::write(&secret, SECRET).unwrap();
        let more = format!("secret_file = '{}'", secret.display());
        op.settings("a", &more) + &op.settings("b", &more)
    });
    let code = "console.login-attempt";
    let begun = || {
        let (browser, address) = scene.sent("/inloggen/a");
        let (to, pairs) = scene.op.logs_in(&address);
        (browser, to, pairs)
    };
    // The state of another attempt, that of nobody, and none.
    let ((one, to, pairs), (other, _, others)) = (begun(), begun());
    let swapped = [pairs[0].clone(), others[1].clone()];
    refused(&scene, &one.get(&back(&to, &swapped)), code);
    // It is over then for who began it, too.
    assert_eq!(other.get(&back(&to, &others)).status, 303, "who has the right browser is let in");
    let invented = [pairs[0].clone(), ("state".to_owned(), "0".repeat(64))];
    refused(&scene, &one.get(&back(&to, &invented)), code);
    refused(&scene, &one.get(&back(&to, &pairs[..1])), code);
    // Twice, and without or with another cookie.
    let (one, to, pairs) = begun();
    let nobody = scene.open.nobody();
    refused(&scene, &nobody.get(&back(&to, &pairs)), code);
    let wrong = Browser { cookie: Some(format!("happyflow-inloggen={}", "0".repeat(64))), ..one.clone() };
    refused(&scene, &wrong.get(&back(&to, &pairs)), code);
    assert_eq!(one.get(&back(&to, &pairs)).status, 303);
    refused(&scene, &one.get(&back(&to, &pairs)), code);
    // Back at another provider than it was sent to.
    let (one, to, pairs) = begun();
    refused(&scene, &one.get(&back(&to.replace("/terug/a", "/terug/b"), &pairs)), code);
    // A part that stands there twice, and more than a provider has to say.
    let twice = [&pairs[..], &pairs[..1]].concat();
    refused(&scene, &one.get(&back(&to, &twice)), code);
    let long = [pairs[1].clone(), ("code".to_owned(), "x".repeat(9_000))];
    refused(&scene, &one.get(&back(&to, &long)), code);
    // Another tells that it is who answers; the provider says no; there is no code.
    for (name, value, code) in [
        ("iss", "https://kwaad.example", "console.login-token"),
        ("error", "access_denied", "console.login-refused"),
        ("error_description", "<script>", code),
    ] {
        let (one, to, pairs) = begun();
        let mut told = pairs[1..].to_vec();
        if name == "iss" {
            told.push(pairs[0].clone());
        }
        told.push((name.to_owned(), value.to_owned()));
        let answer = one.get(&back(&to, &told));
        refused(&scene, &answer, code);
        assert!(!answer.body.contains("<script>"));
    }
    // Nothing but a GET begins or ends one, and no other provider is there.
    let (one, to, pairs) = begun();
    assert_eq!(one.ask("HEAD", &back(&to, &pairs), &[], "").status, 405);
    assert_eq!(one.post("/inloggen/a", &[]).status, 405);
    assert_eq!(one.post("/inloggen", &[("naam", "x"), ("rol", "operator")]).status, 405);
    assert_eq!((one.get("/inloggen/c").status, one.get("/terug/c").status), (404, 404));
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

fn attempt(state: &str, begun: Moment) -> Inlogpoging {
    Inlogpoging {
        sleutel: digest(state),
        browser: digest("browser"),
        dienst: "a".to_owned(),
        nonce: "n".to_owned(),
        verifier: "v".to_owned(),
        naar: "/".to_owned(),
        gemaakt: begun,
    }
}

/// As a store keeps them, whatever the engine.
pub fn attempts_are_kept(open: &Open) {
    let now = Clock::System.now();
    let keep = |what: Bewaren| open.wait(open.store.keep(what)).unwrap();
    let known = |state: &str| open.wait(inlogpoging(&*open.store, digest(state))).unwrap();
    let done = |browser: &str, dienst: &str, since| {
        let (sleutel, browser, dienst) = (digest("one"), digest(browser), dienst.to_owned());
        keep(Bewaren::PogingGedaan { sleutel, browser, dienst, since })
    };
    let (minute, old) = (TimeDelta::minutes(1), attempt("old", now - TimeDelta::minutes(11)));
    keep(Bewaren::Poging(old.clone(), now - TimeDelta::hours(1)));
    assert_eq!(known("old"), Some(old));
    keep(Bewaren::Poging(attempt("one", now), now - TimeDelta::minutes(10)));
    assert_eq!((known("old"), known("one")), (None, Some(attempt("one", now))), "what is over goes");
    let wrong = [
        done("other", "a", now - minute),
        done("browser", "b", now - minute),
        done("browser", "a", now + minute),
    ];
    assert_eq!(wrong, [0, 0, 0], "another browser, another provider, too late");
    assert_eq!([done("browser", "a", now - minute), done("browser", "a", now - minute)], [1, 0]);
    assert_eq!(known("one"), None);
}

#[test]
fn an_attempt_is_over_after_ten_minutes() {
    let scene = Scene::new("");
    attempts_are_kept(&scene.open);
    for (minutes, code) in [(11, "console.login-attempt"), (9, "console.login-token")] {
        let begun = Clock::System.now() - TimeDelta::minutes(minutes);
        let poging = attempt("state", begun);
        let before = begun - TimeDelta::hours(1);
        scene.open.wait(scene.open.store.keep(Bewaren::Poging(poging, before))).unwrap();
        let cookie = Some("happyflow-inloggen=browser".to_owned());
        let browser = Browser { cookie, ..scene.open.nobody() };
        let answer = browser.get("/terug/a?state=state&code=x");
        refused(&scene, &answer, code);
        // What is over goes with the next attempt.
        scene.sent("/inloggen/a");
    }
}

#[test]
fn keys_are_fetched_again_when_a_token_names_another_but_not_all_the_time() {
    let scene = Scene::new("");
    scene.login(&["HF-Operator"]);
    scene.login(&["HF-Operator"]);
    assert_eq!((scene.op.asked("/jwks"), scene.op.asked("/.well-known/openid-configuration")), (1, 1));
    scene.op.inner().kid = "k2";
    for _ in 0..3 {
        let (_, answer) = scene.comes_back("/inloggen/a");
        refused(&scene, &answer, "console.login-token");
    }
    assert_eq!(scene.op.asked("/jwks"), 1, "the keys are less than a minute old");
}

#[test]
fn who_tries_too_often_waits() {
    let scene = Scene::new("");
    let tries = |address: &str| {
        let headers = [("X-Forwarded-For", address)];
        scene.open.nobody().ask("GET", "/inloggen/a", &headers, "").status
    };
    // More than two minutes allow.
    let statuses: Vec<u16> = (0..130).map(|_| tries("203.0.113.7")).collect();
    assert!(statuses[0] == 303 && statuses.contains(&429), "{statuses:?}");
    assert_eq!(tries("203.0.113.8"), 303, "another address");
    assert!(scene.folder.path().exists());
}
