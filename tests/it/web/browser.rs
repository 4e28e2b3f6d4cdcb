//! A headless Chromium, driven by the WebDriver protocol: JSON over HTTP, spoken directly.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

/// How long the driver may take to start.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a page may take to become what a test waits for, in milliseconds.
const PAGE_PATIENCE: u64 = 90_000;
/// The key of an element's id in the protocol.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// Tries a condition until it is true, within the page, and answers with its value.
const WAIT: &str = "const done = arguments[0];
    const look = () => {
        let value = null;
        try { value = (CONDITION); } catch { /* Not there yet. */ }
        if (value) done(value); else setTimeout(look, 20);
    };
    look();";

/// A browser with a session of its own.
pub struct Browser {
    _driver: Driver,
    http: reqwest::Client,
    session: String,
}

/// The `chromedriver` process, and the browsers it starts: a group, which is killed when dropped.
struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.0.wait();
    }
}

/// Whether `scripts/with-chromium`, which says so, found no browser and could not install one.
pub fn is_left_out() -> bool {
    std::env::var_os("TEST_WITHOUT_BROWSER").is_some()
}

impl Browser {
    /// Starts a driver on a free port, and a browser in it.
    pub async fn open() -> Self {
        let (driver, port) = spawn_blocking(launch)
            .await
            .expect("launching does not panic");
        let http = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("an HTTP client");
        let mut browser = Self {
            _driver: driver,
            http,
            session: format!("http://127.0.0.1:{port}/session"),
        };
        // Whoever runs the tests as root cannot have Chromium's sandbox; the pages are our own.
        let args = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage"];
        let capabilities = json!({ "alwaysMatch": {
            "goog:chromeOptions": { "args": args },
            "goog:loggingPrefs": { "browser": "ALL" },
            "timeouts": { "script": PAGE_PATIENCE },
        }});
        let opened = browser
            .post("", json!({ "capabilities": capabilities }))
            .await;
        let id = opened["sessionId"].as_str().expect("a session has an id");
        browser.session = format!("{}/{id}", browser.session);
        browser.resize(1280, 800).await;
        browser
    }

    /// Shows a page in the present tab.
    pub async fn go(&self, url: &str) {
        self.post("/url", json!({ "url": url })).await;
    }

    /// Gives the pages of the present tab a size: a narrow one is a phone.
    pub async fn resize(&self, width: u32, height: u32) {
        let params = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
        });
        let command = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": params });
        self.post("/goog/cdp/execute", command).await;
    }

    /// Runs a script in the page; what it returns.
    pub async fn run(&self, script: &str, arguments: Value) -> Value {
        let body = json!({ "script": script, "args": arguments });
        self.post("/execute/sync", body).await
    }

    /// Waits until an expression of the page is true; its value.
    pub async fn wait(&self, condition: &str) -> Value {
        let script = WAIT.replace("CONDITION", condition);
        let body = json!({ "script": script, "args": [] });
        match self.send(Method::POST, "/execute/async", body).await {
            Ok(value) => value,
            Err(error) => {
                let text = self.run("return document.body.innerText", json!([])).await;
                let text: String = text
                    .as_str()
                    .unwrap_or_default()
                    .chars()
                    .take(6_000)
                    .collect();
                let log = self.complaints().await;
                panic!("waited in vain for {condition}\n{error}\nThe page: {text}\nLog: {log:?}");
            }
        }
    }

    /// Clicks on the first element that a CSS selector finds.
    pub async fn click(&self, selector: &str) {
        let element = self.find(selector).await;
        self.post(&format!("/element/{element}/click"), json!({}))
            .await;
    }

    /// Types a text into the first element that a CSS selector finds.
    pub async fn write(&self, selector: &str, text: &str) {
        let element = self.find(selector).await;
        self.post(
            &format!("/element/{element}/value"),
            json!({ "text": text }),
        )
        .await;
    }

    /// The present tab.
    pub async fn tab(&self) -> Value {
        let tab = self.send(Method::GET, "/window", Value::Null).await;
        tab.expect("the present tab")
    }

    /// Opens a tab and goes there.
    pub async fn open_tab(&self) -> Value {
        let mut opened = self.post("/window/new", json!({ "type": "tab" })).await;
        let tab = opened["handle"].take();
        self.switch(&tab).await;
        self.resize(1280, 800).await;
        tab
    }

    /// Goes to a tab.
    pub async fn switch(&self, tab: &Value) {
        self.post("/window", json!({ "handle": tab })).await;
    }

    /// What the browser had to complain of in the present tab: errors, and what the content
    /// security policy forbids.
    pub async fn complaints(&self) -> Vec<Value> {
        let log = self.post("/se/log", json!({ "type": "browser" })).await;
        let entries = log.as_array().cloned().unwrap_or_default();
        entries
            .into_iter()
            .filter(|entry| entry["level"] == "SEVERE")
            .collect()
    }

    /// Ends the session in order.
    pub async fn close(self) {
        let closed = self.send(Method::DELETE, "", Value::Null).await;
        closed.expect("the session ends");
    }

    async fn find(&self, selector: &str) -> String {
        let body = json!({ "using": "css selector", "value": selector });
        let found = self.post("/element", body).await;
        found[ELEMENT]
            .as_str()
            .expect("an element has an id")
            .to_owned()
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let about = format!("{path} {body}");
        let answer = self.send(Method::POST, path, body).await;
        answer.unwrap_or_else(|error| panic!("{about}: {error}"))
    }

    async fn send(&self, method: Method, path: &str, body: Value) -> Result<Value, String> {
        let mut request = self.http.request(method, format!("{}{path}", self.session));
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await.expect("the driver answers");
        let is_success = response.status().is_success();
        let mut answer: Value = response.json().await.expect("the driver speaks JSON");
        let value = answer["value"].take();
        if is_success {
            Ok(value)
        } else {
            Err(format!("{}: {}", value["error"], value["message"]))
        }
    }
}

/// Starts the driver; it chooses a free port and says which.
fn launch() -> (Driver, u16) {
    let child = Command::new("chromedriver")
        .arg("--port=0")
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver can be started; scripts/with-chromium installs it, or says how");
    let mut driver = Driver(child);
    let stdout = driver.0.stdout.take().expect("its output is ours");
    let (found, port) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        // Read to the end: nobody shall wait for us.
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let port = line
                .strip_suffix('.')
                .and_then(|line| line.rsplit_once(" on port "));
            if let Some(Ok(port)) = port.map(|(_, port)| port.parse::<u16>()) {
                // The test may be gone already.
                let _ = found.send(port);
            }
        }
    });
    let port = port
        .recv_timeout(PATIENCE)
        .expect("chromedriver says its port");
    (driver, port)
}
