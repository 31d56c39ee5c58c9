//! The console beside the service, and a second opinion: a public provider for tests, of others.

use super::Browser;
use super::op::{ACCESS, Op, SECRET, key_file};
use crate::cli::run;
use crate::second_opinion::python;
use crate::serve::{Service, folder, wait_for};
use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

/// An address on which nobody listens yet.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn browser(address: SocketAddr) -> Browser {
    Browser { address, cookie: None }
}

fn cookie(answer: &super::Answer) -> Option<String> {
    Some(answer.header("set-cookie")?.split(';').next().unwrap().to_owned())
}

#[test]
fn the_service_opens_the_console_beside_its_own_pages() {
    let (folder, address) = (folder(), free());
    let console = format!("data = 'd'\n[console]\nlisten = '{address}'\nlogin = 'ontwikkeling'\n");
    let mut service = Service::start(folder.path(), &console, &[]);
    service.ready();
    let mut browser = browser(address);
    assert_eq!(browser.get("/werk").status, 303);
    assert_eq!(browser.login("Test Persoon", "operator", "").status, 303);
    assert_eq!(browser.get("/werk").status, 200);
    // Neither has the pages of the other.
    assert_eq!(browser.get("/metrics").status, 404);
    assert_eq!(service.page("/inloggen").unwrap().0, 404);
    assert_eq!(service.stop(), Some(0));
    assert!(TcpStream::connect(address).is_err(), "it stops with the service");
}

#[test]
fn a_console_that_cannot_be_opened_keeps_the_service_from_starting() {
    let folder = folder();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    for (console, said) in [
        (
            "listen = '0.0.0.0:9470'\nlogin = 'ontwikkeling'\n".to_owned(),
            "alleen op een adres van deze machine",
        ),
        (format!("listen = '{address}'\nlogin = 'ontwikkeling'\n"), "foutcode: service.console"),
        ("listen = '127.0.0.1:9470'\nlogin = 'oidc'\n".to_owned(), "console.url ontbreekt"),
        (
            format!(
                "listen = '127.0.0.1:9470'\nlogin = 'oidc'\nurl = 'http://localhost:9470'\n{}",
                "[console.inlogdiensten.a]\nnaam = 'A'\nissuer = 'http://localhost:1'\nclient_id = 'x'\nrol_claim = 'g'\n\
                 rollen = [{ waarde = 'x', rol = 'operator' }]\n"
            ),
            "zet HAPPYFLOW_CONSOLE_SECRET_A in de omgeving",
        ),
    ] {
        fs::write(folder.path().join("h.toml"), format!("data = 'd'\n[console]\n{console}")).unwrap();
        let served = run(folder.path(), &["serve", "--config", "h.toml"]);
        assert!(served.code == Some(2) && served.stderr.contains(said), "{said}: {}", served.stderr);
    }
}

/// A whole login at the service: with a key at one provider, with a secret from the environment at another.
#[test]
fn people_log_in_at_the_service_and_its_log_says_nothing_of_what_was_said() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (op, by_key) = (Op::start(runtime.handle()), Op::start(runtime.handle()));
    by_key.inner().by_key = true;
    let (folder, address) = (folder(), free());
    let key = format!("key_file = '{}'\nkey_id = 'ons-1'", key_file("console").display());
    let settings = format!(
        "data = 'd'\n[console]\nlisten = '{address}'\nlogin = 'oidc'\nurl = 'http://{address}'\n{}{}",
        op.settings("een-geheim", ""),
        by_key.settings("sleutel", &key)
    );
    let environment = [("HAPPYFLOW_CONSOLE_SECRET_EEN_GEHEIM", SECRET), ("HAPPYFLOW_LOG", "trace")];
    let mut service = Service::start(folder.path(), &settings, &environment);
    service.ready();
    for (name, op) in [("een-geheim", &op), ("sleutel", &by_key)] {
        let mut browser = browser(address);
        let sent = browser.get(&format!("/inloggen/{name}"));
        browser.cookie = cookie(&sent);
        let (to, pairs) = op.logs_in(sent.header("location").unwrap());
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let back = format!("{}?{query}", to.replace(&format!("http://{address}"), ""));
        let answer = browser.get(&back);
        assert_eq!(answer.status, 303, "{name}: {}", answer.body);
        browser.cookie = cookie(&answer);
        assert_eq!(browser.get("/werk").status, 200, "{name}");
        // A second time: refused, and told in the log.
        assert_eq!(browser.get(&back).status, 400);
    }
    op.inner().fault = super::op::Fault::Nonce;
    let mut browser = browser(address);
    let sent = browser.get("/inloggen/een-geheim");
    browser.cookie = cookie(&sent);
    let (_, pairs) = op.logs_in(sent.header("location").unwrap());
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
    assert_eq!(browser.get(&format!("/terug/een-geheim?{query}")).status, 400);
    assert_eq!(service.stop(), Some(0));
    let log = service.log(folder.path());
    assert!(log.contains("console.login-token") && log.contains("nonce"), "{log}");
    let given: Vec<String> = [&op, &by_key].iter().flat_map(|op| op.inner().given.clone()).collect();
    assert_eq!(given.len(), 6, "three codes and three tokens");
    let state = pairs[1].1.clone();
    for secret in given.iter().map(String::as_str).chain([SECRET, ACCESS, "Jo de Vries", "u-17", &state]) {
        assert!(!log.contains(secret), "the log has {secret}");
    }
}

/// The provider of others; it ends with the test.
struct Mock(Child);

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What one who did not read our code says of our login: `oidc-provider-mock`, with the library of Authlib.
#[test]
fn a_provider_of_others_lets_people_in() {
    let Some(python) = python() else { return };
    let (folder, address, theirs) = (folder(), free(), free());
    let log = fs::File::create(folder.path().join("mock.log")).unwrap();
    let user = r#"{"sub": "u-99", "name": "Sam Bakker", "groups": ["HF-Operator"]}"#;
    let mut command = Command::new(python);
    let arguments = ["-m", "oidc_provider_mock", "--require-nonce", "true", "--user-claims", user, "--port"];
    command.args(arguments).arg(theirs.port().to_string());
    let _mock = Mock(command.stdout(Stdio::null()).stderr(log).spawn().unwrap());
    let at = browser(theirs);
    wait_for("the provider of others", || TcpStream::connect(theirs).is_ok());
    let settings = format!(
        "data = 'd'\n[console]\nlisten = '{address}'\nlogin = 'oidc'\nurl = 'http://{address}'\n\
         [console.inlogdiensten.mock]\nnaam = 'Mock'\nissuer = 'http://{theirs}'\nclient_id = 'happyflow'\n\
         rol_claim = 'groups'\nrollen = [{{ waarde = 'HF-Operator', rol = 'operator' }}]\n"
    );
    let mut service = Service::start(folder.path(), &settings, &[("HAPPYFLOW_CONSOLE_SECRET_MOCK", SECRET)]);
    service.ready();
    let mut browser = browser(address);
    let sent = browser.get("/inloggen/mock?naar=/werk");
    browser.cookie = cookie(&sent);
    let authorize = sent.header("location").expect(&sent.body).replace(&format!("http://{theirs}"), "");
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let logged_in = at.ask("POST", &authorize, &form, "sub=u-99");
    let back = logged_in.header("location").expect(&logged_in.body).replace(&format!("http://{address}"), "");
    let answer = browser.get(&back);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/werk")), "{}", answer.body);
    browser.cookie = cookie(&answer);
    let page = browser.get("/werk").body;
    assert!(page.contains("Sam Bakker (mock/u-99)"), "{page}");
    // Somebody whom the settings do not know, and somebody who says no.
    // This one forgets the state when it says no.
    for (person, code) in [("sub=vreemde", "console.login-no-role"), ("action=deny", "console.login-attempt")]
    {
        let sent = browser.get("/inloggen/mock");
        browser.cookie = cookie(&sent);
        let authorize = sent.header("location").unwrap().replace(&format!("http://{theirs}"), "");
        let logged_in = at.ask("POST", &authorize, &form, person);
        let back = logged_in.header("location").unwrap().replace(&format!("http://{address}"), "");
        let answer = browser.get(&back);
        assert!(
            answer.status >= 400 && answer.body.contains(code),
            "{person}: {} {}",
            answer.status,
            answer.body
        );
    }
    assert_eq!(service.stop(), Some(0));
}
