//! Who gets which role by what an identity provider says, what the keeper of the console sees, and what a session ends.

use super::inloggen::Scene;
use serde_json::{Value, json};

/// Roles by a claim in a claim, with the party in another.
const NESTED: &str = "naam_claim = '/profiel/naam'\npartij_claim = 'organisatie'\n\
    [[console.inlogdiensten.a.rollen]]\nwaarde = 'gemeente'\nrol = 'gemeente'\n\
    [[console.inlogdiensten.a.rollen]]\nwaarde = 'aanbieder'\nrol = 'aanbieder'";

#[test]
fn a_role_comes_from_the_settings_and_without_one_nobody_is_in() {
    let scene = Scene::new(NESTED);
    for (groups, organisatie, rol) in [
        (json!(["HF-Operator"]), Value::Null, Some("operator")),
        (json!("HF-Operator"), Value::Null, Some("operator")),
        (json!(["HF-Zwolle", "x"]), json!("0307"), Some("gemeente 0193")),
        (json!(["gemeente"]), json!("0307"), Some("gemeente 0307")),
        (json!(["aanbieder"]), json!("12345678"), Some("aanbieder 12345678")),
        // More than one: the order of the settings decides.
        (json!(["HF-Zwolle", "HF-Operator"]), Value::Null, Some("operator")),
        // None, another, one that is like it, or a thing that is no text.
        (Value::Null, Value::Null, None),
        (json!([]), Value::Null, None),
        (json!(["hf-operator", "HF-Operator ", "operator"]), Value::Null, None),
        (json!({"HF-Operator": true}), Value::Null, None),
        (json!([["HF-Operator"], 1]), Value::Null, None),
        (json!("HF-Operator HF-Beheer"), Value::Null, None),
        // Of a party that the token does not have, or of the other kind.
        (json!(["gemeente"]), Value::Null, None),
        (json!(["gemeente"]), json!("12345678"), None),
        (json!(["aanbieder"]), json!(["12345678"]), None),
    ] {
        scene.op.inner().claims = json!({
            "sub": "u-1", "groups": groups, "organisatie": organisatie, "profiel": {"naam": "Bo\u{202e}<b>"}
        });
        let (browser, answer) = scene.comes_back("/inloggen/a");
        let Some(rol) = rol else {
            assert!(
                answer.status == 403 && answer.body.contains("console.login-no-role"),
                "{groups}: {}",
                answer.body
            );
            assert!(
                !answer.head.contains("happyflow-sessie") && browser.get("/help").status == 303,
                "{groups}"
            );
            continue;
        };
        let page = browser.get("/help").body;
        assert!(page.contains(&format!("</bdi>, {rol} <a href=\"/uitloggen\">")), "{groups}: {page}");
        assert!(page.contains("(a/u-1)") && !page.contains("<b>") && !page.contains('\u{202e}'), "{page}");
    }
    // Who was not let in stands in the log as well.
    let log = scene.login(&["HF-Beheer"]).get("/toegang").body;
    assert!(log.contains("niet binnengelaten") && log.contains("geen"), "{log}");
}

#[test]
fn the_keeper_sees_who_is_in_and_ends_a_session_and_who_gets_which_role() {
    let scene = Scene::new("");
    let operator = scene.login(&["HF-Operator"]);
    let keeper = scene.login(&["HF-Beheer"]);
    assert_eq!((operator.get("/werk").status, operator.get("/beheer/sessies").status), (200, 403));
    let list = keeper.get("/beheer/sessies");
    assert!(list.body.contains("u, nu") && list.body.contains("operator"), "{}", list.body);
    let sessions: Vec<String> =
        list.doors().into_iter().filter(|door| door.starts_with("/beheer/sessies/")).collect();
    assert_eq!(sessions.len(), 2, "{sessions:?}");
    let of = |rol: &str| {
        let page = |door: &&String| keeper.get(door).body.contains(&format!("<bdi>{rol}</bdi>"));
        sessions.iter().find(page).unwrap().clone()
    };
    let door = of("operator");
    // The address alone ends nothing, nor does whoever may not come here.
    assert_eq!(keeper.post(&door, &[("sleutel", "x")]).status, 409);
    assert_eq!(operator.post(&door, &[("sleutel", "x")]).status, 403);
    assert_eq!(operator.get("/werk").status, 200);
    let key = keeper.get(&door).key();
    assert_eq!(keeper.post(&door, &[("sleutel", &key)]).status, 303);
    assert_eq!(operator.get("/werk").status, 303, "it is over at once");
    assert_eq!(keeper.get(&door).status, 404);
    let log = keeper.get("/toegang").body;
    assert!(log.contains("sessie beëindigd") && log.contains("sessie van Jo de Vries (a/u-17)"), "{log}");
    let roles = keeper.get("/beheer/rollen").body;
    for part in ["Dienst a", "HF-Zwolle", "gemeente 0193", "groups"] {
        assert!(roles.contains(part), "{part}: {roles}");
    }
    for door in ["/berichten", "/zoek?q=1", "/werk", "/declaraties", "/aanbieders", "/rapporten"] {
        assert_eq!(keeper.get(door).status, 403, "{door}");
    }
    assert!(!keeper.get("/").body.contains("Zoek op nummer"));
}
