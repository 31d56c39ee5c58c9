//! Sessions, forms, and where requests come from.

use super::{Open, Region};
use chrono::TimeDelta;
use happyflow::clock::{Clock, Moment};
use happyflow::store::console::{Bewaren, Sessie, Toegang};
use happyflow::store::read::console::sessie;
use sha2::{Digest, Sha256};

/// A session that somebody has, as it stands in the store.
fn put(
    open: &Open,
    secret: &str,
    rol: &str,
    partij: Option<&str>,
    made: Moment,
    used: Moment,
) -> super::Browser {
    let key = Sha256::digest(secret.as_bytes()).into();
    let sessie = Sessie {
        wie: "Test Persoon".to_owned(),
        rol: rol.to_owned(),
        partij: partij.map(str::to_owned),
        account: "ontwikkeling/test persoon".to_owned(),
        gemaakt: made,
        gebruikt: used,
    };
    open.wait(open.store.keep(Bewaren::Begin(key, sessie))).unwrap();
    super::Browser { cookie: Some(format!("happyflow-sessie={secret}")), ..open.nobody() }
}

#[test]
fn a_session_ends_by_itself_by_its_owner_and_from_outside() {
    let region = Region::played();
    let open = region.open();
    let now = Clock::System.now();
    let (hours, minutes) = (TimeDelta::hours, TimeDelta::minutes);
    for (number, (rol, partij, made, used, status)) in [
        ("operator", None, now, now, 200),
        ("operator", None, now - hours(9), now - minutes(29), 200),
        ("operator", None, now - hours(1), now - minutes(30), 303),
        ("operator", None, now - hours(10), now, 303),
        // A role that was taken away, or that never was one.
        ("opzichter", None, now, now, 303),
        ("gemeente", None, now, now, 303),
        ("operator", Some("0193"), now, now, 303),
        ("", None, now, now, 303),
    ]
    .into_iter()
    .enumerate()
    {
        let browser = put(&open, &format!("geheim-{number}"), rol, partij, made, used);
        assert_eq!(browser.get("/berichten").status, status, "{number} {rol}");
    }
    // One of a program that did not keep whose it is.
    let nobodys = Sessie {
        wie: "Test Persoon".to_owned(),
        rol: "operator".to_owned(),
        partij: None,
        account: String::new(),
        gemaakt: now,
        gebruikt: now,
    };
    open.wait(open.store.keep(Bewaren::Begin(Sha256::digest("oud").into(), nobodys))).unwrap();
    let old = super::Browser { cookie: Some("happyflow-sessie=oud".to_owned()), ..open.nobody() };
    assert_eq!(old.get("/berichten").status, 303);
    // That it was used is written at most once a minute.
    let used = |secret: &str| {
        open.wait(sessie(&*open.store, Sha256::digest(secret.as_bytes()).into()))
            .unwrap()
            .map(|it| it.gebruikt)
    };
    assert!(used("geheim-1").unwrap() >= now && used("geheim-0") == Some(now));
    assert_eq!(used("geheim-2"), None, "it is gone once it has ended");

    let mut browser = open.login("operator", "");
    let before = browser.cookie.clone();
    assert_eq!(browser.login("Ander", "auditor", "").status, 303);
    assert_ne!(before, browser.cookie, "a new one at every login");
    assert_eq!(
        super::Browser { cookie: before, ..browser.clone() }.get("/").status,
        303,
        "the old one ended"
    );
    let key = browser.get("/uitloggen").key();
    assert_eq!(browser.post("/uitloggen", &[("sleutel", &key)]).status, 303);
    assert_eq!(browser.get("/").status, 303);

    let browser = open.login("operator", "");
    let later: Moment = "2999-01-01T00:00:00".parse().unwrap();
    let all = Bewaren::Opruimen { gemaakt: later, gebruikt: later, formulier: later };
    open.wait(open.store.keep(all)).unwrap();
    assert_eq!(browser.get("/").status, 303, "its row went, whoever took it away");
}

#[test]
fn a_form_is_good_once_and_only_for_whom_it_was_given_to() {
    let region = Region::played();
    let open = region.open();
    let (one, other) = (open.login("operator", ""), open.login("operator", ""));
    let key = one.get("/zoek/bsn").key();
    let fields = [("sleutel", key.as_str()), ("bsn", "999900006"), ("reden", "vraag van een ouder")];
    assert_eq!(other.post("/zoek/bsn", &fields).status, 409, "given to another");
    assert_eq!(one.post("/zoek/bsn", &fields).status, 200);
    assert_eq!(one.post("/zoek/bsn", &fields).status, 409, "handed in before");
    assert_eq!(one.post("/zoek/bsn", &fields[1..]).status, 409, "without a key");
    let nobody = open.nobody();
    assert_eq!(nobody.post("/inloggen", &[("naam", "x"), ("rol", "operator")]).status, 409);
    let key = nobody.get("/inloggen").key();
    let wrong =
        nobody.post("/inloggen", &[("sleutel", &key), ("naam", "x"), ("rol", "gemeente"), ("partij", "1")]);
    assert!(wrong.status == 200 && wrong.header("set-cookie").is_none(), "{}", wrong.status);
}

/// Somebody who has no session yet gets no form either when it is asked for all the time.
#[test]
fn a_form_for_nobody_is_given_a_number_of_times() {
    let region = Region::played();
    let open = region.open();
    // More than two minutes allow.
    let statuses: Vec<u16> = (0..130).map(|_| open.nobody().get("/inloggen").status).collect();
    assert!(statuses[0] == 200 && statuses.contains(&429), "{statuses:?}");
    assert_eq!(open.nobody().get("/berichten").status, 303, "pages are not counted");
}

#[test]
fn another_site_or_machine_gets_nothing() {
    let region = Region::played();
    let open = region.open();
    let browser = open.login("operator", "");
    let body = "naam=x&rol=operator";
    for headers in [
        &[("Sec-Fetch-Site", "cross-site")][..],
        &[("Sec-Fetch-Site", "same-site")],
        &[("Sec-Fetch-Site", "none")],
        &[("Origin", "http://kwaad.example")],
        &[],
    ] {
        assert_eq!(browser.ask("POST", "/inloggen", headers, body).status, 403, "{headers:?}");
    }
    for headers in [
        [("Host", "console.example")],
        [("X-Forwarded-For", "203.0.113.7")],
        [("Forwarded", "for=203.0.113.7")],
    ] {
        let answer = browser.ask("GET", "/", &headers, "");
        assert_eq!(answer.status, 403, "{headers:?}");
        assert!(!answer.body.contains("Overzicht,"), "{headers:?}");
    }
    let cookie = open.nobody().login("x", "operator", "");
    let cookie = cookie.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    assert_eq!(open.nobody().get("/inloggen?naar=//kwaad.example").status, 200);
}

/// Rows are added and never changed.
#[test]
fn what_was_looked_at_stays_as_it_was_written() {
    let region = Region::played();
    let open = region.open();
    let look = Toegang {
        moment: Clock::System.now(),
        wie: "A".to_owned(),
        rol: "operator".to_owned(),
        actie: "getoond".to_owned(),
        onderwerp: "bericht 1".to_owned(),
        reden: "proef".to_owned(),
        herkomst: "127.0.0.1".to_owned(),
    };
    open.wait(open.store.keep(Bewaren::Toegang(look))).unwrap();
    let file = region.data().join("happyflow.db");
    open.wait(async {
        use sqlx::Connection;
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
        let mut connection = sqlx::sqlite::SqliteConnection::connect_with(&options).await.unwrap();
        for sql in ["UPDATE toegang SET wie = 'B'", "DELETE FROM toegang"] {
            let error = sqlx::query(sql).execute(&mut connection).await.unwrap_err().to_string();
            assert!(error.contains("onveranderlijk"), "{error}");
        }
    });
}
