//! Debian's Chromium, asked over WebDriver by its own driver. Requests go as those of the browser without script do.

use crate::console::{Answer, Browser};
use crate::standard::missing;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longest that a page lets wait.
const PATIENCE: Duration = Duration::from_secs(20);

const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=nl",
];

/// A key that moves on to what can be used next.
pub const TAB: char = '\u{E004}';
/// A key that uses it.
pub const ENTER: char = '\u{E007}';

/// A browser with one window.
pub struct Chromium {
    driver: Child,
    http: Browser,
    session: String,
    profile: TempDir,
}

impl Chromium {
    /// None where there is none, which is said.
    pub fn start() -> Option<Self> {
        let started = Command::new("chromedriver")
            .args(["--port=0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut driver) = started else {
            missing("pages in a browser (run tests/browser/setup.sh)");
            return None;
        };
        let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines
            .map_while(Result::ok)
            .find_map(|line| {
                line.strip_prefix("ChromeDriver was started successfully on port ")?
                    .trim_end_matches('.')
                    .parse()
                    .ok()
            })
            .expect("the port of the driver");
        let http = Browser { address: ([127, 0, 0, 1], port).into(), cookie: None };
        let profile = tempfile::tempdir().unwrap();
        let mut browser = Self { driver, http, session: String::new(), profile };
        let folder = format!("--user-data-dir={}", browser.profile.path().display());
        let flags: Vec<&str> = FLAGS.into_iter().chain([folder.as_str()]).collect();
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {"args": flags, "binary": "/usr/bin/chromium"},
            "goog:loggingPrefs": {"browser": "ALL"},
            "timeouts": {"script": 60_000, "pageLoad": 60_000, "implicit": 20_000},
        }}});
        let begun = browser.call("POST", "/session", &wanted);
        begun["sessionId"].as_str().unwrap().clone_into(&mut browser.session);
        Some(browser)
    }

    /// What the driver answers; else its error.
    fn tried(&self, method: &str, path: &str, body: &Value) -> Result<Value, Value> {
        let body = if method == "POST" { body.to_string() } else { String::new() };
        let Answer { status, body, .. } =
            self.http.ask(method, path, &[("Content-Type", "application/json")], &body);
        let mut answer: Value = serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"));
        let value = answer["value"].take();
        if status == 200 { Ok(value) } else { Err(value) }
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        self.tried(method, path, body).unwrap_or_else(|error| panic!("{method} {path}: {}", error["message"]))
    }

    fn at(&self, method: &str, path: &str, body: &Value) -> Value {
        self.call(method, &format!("/session/{}{path}", self.session), body)
    }

    /// Opens a page.
    pub fn go(&self, url: &str) {
        self.at("POST", "/url", &json!({ "url": url }));
    }

    /// Where it is.
    pub fn url(&self) -> String {
        self.at("GET", "/url", &Value::Null).as_str().unwrap().to_owned()
    }

    /// What a script of ours finds on the page.
    pub fn script(&self, text: &str) -> Value {
        self.at("POST", "/execute/sync", &json!({"script": text, "args": []}))
    }

    /// What a script of ours promises.
    pub fn promised(&self, text: &str) -> Value {
        let script = format!("const done = arguments[0]; ({text}).then(done, error => done(String(error)))");
        self.at("POST", "/execute/async", &json!({"script": script, "args": []}))
    }

    /// Asks something of an element. A page that comes may take one away that was just found: then it is looked for again.
    fn of(&self, (using, value): (&str, &str), method: &str, what: &str, body: &Value) -> Value {
        let begun = Instant::now();
        loop {
            let found = self.at("POST", "/element", &json!({"using": using, "value": value}));
            let id = found.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned();
            let path = format!("/session/{}/element/{id}/{what}", self.session);
            match self.tried(method, &path, body) {
                Ok(answer) => return answer,
                Err(error) if error["error"] == "stale element reference" && begun.elapsed() < PATIENCE => {}
                Err(error) => panic!("{value} {what}: {}", error["message"]),
            }
        }
    }

    /// The text of an element as it is seen.
    pub fn text(&self, css: &str) -> String {
        let text = self.of(("css selector", css), "GET", "text", &Value::Null);
        text.as_str().unwrap().to_owned()
    }

    /// Waits until its address has this in it.
    pub fn arrives(&self, part: &str) {
        let begun = Instant::now();
        while !self.url().contains(part) {
            assert!(begun.elapsed() < PATIENCE, "{part} was not come to, but {}", self.url());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Clicks on an element.
    pub fn click(&self, css: &str) {
        self.of(("css selector", css), "POST", "click", &json!({}));
    }

    /// Clicks on the first link with this text.
    pub fn follow(&self, text: &str) {
        self.of(("link text", text), "POST", "click", &json!({}));
    }

    /// Goes so many pages back.
    pub fn back(&self, pages: usize) {
        for _ in 0..pages {
            self.at("POST", "/back", &json!({}));
        }
    }

    /// Fills a field in.
    pub fn fill(&self, css: &str, text: &str) {
        self.of(("css selector", css), "POST", "value", &json!({ "text": text }));
    }

    /// Presses keys, one behind the other.
    pub fn press(&self, keys: &str) {
        let steps: Vec<Value> = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|what| json!({"type": what, "value": key.to_string()})))
            .collect();
        let keys = json!({"actions": [{"type": "key", "id": "keys", "actions": steps}]});
        self.at("POST", "/actions", &keys);
    }

    /// Asks the browser itself.
    pub fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.at("POST", "/goog/cdp/execute", &json!({"cmd": command, "params": parameters}))
    }

    /// Makes the window so wide.
    pub fn width(&self, width: u32) {
        let size = json!({"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Shows pages as on another medium, and as somebody prefers them.
    pub fn media(&self, medium: &str, preferences: &[(&str, &str)]) {
        let features: Vec<Value> =
            preferences.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        self.devtools("Emulation.setEmulatedMedia", &json!({"media": medium, "features": features}));
    }

    /// Keeps what somebody logged in with.
    pub fn take_cookie(&self, from: &Browser) {
        let (name, value) = from.cookie.as_deref().unwrap().split_once('=').unwrap();
        self.at("POST", "/cookie", &json!({"cookie": {"name": name, "value": value, "path": "/"}}));
    }

    /// What the browser complained of since this was asked last.
    pub fn complaints(&self) -> Vec<String> {
        let entries = self.at("POST", "/se/log", &json!({"type": "browser"}));
        let entries = entries.as_array().unwrap().iter();
        entries.map(|entry| entry["message"].as_str().unwrap().to_owned()).collect()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let path = format!("/session/{}", self.session);
            // What failed is told by the test.
            let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                self.call("DELETE", &path, &Value::Null)
            }));
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// The text of axe-core; none where it is not, which is said.
pub fn axe() -> Option<String> {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?.join("browser/axe.min.js");
    let text = std::fs::read_to_string(file).ok();
    if text.is_none() {
        missing("axe-core (run tests/browser/setup.sh)");
    }
    text
}
