//! Chromium, controlled by ChromeDriver.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

/// Time limit for a page.
const PATIENCE: Duration = Duration::from_secs(20);

/// ChromeDriver and its files. Dropping it ends it.
pub struct Driver {
    child: Child,
    url: String,
    home: tempfile::TempDir,
    _stdout: BufReader<ChildStdout>,
}

impl Driver {
    /// Starts the driver that `CHROMEDRIVER` names. Returns `None` if it is not set.
    pub fn start() -> Option<Self> {
        let path = env::var_os("CHROMEDRIVER").filter(|path| !path.is_empty())?;
        let home = tempfile::tempdir().unwrap();
        let mut child = Command::new(path)
            .arg("--port=0")
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("HOME", home.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        let port = loop {
            let start = said.len();
            assert_ne!(stdout.read_line(&mut said).unwrap(), 0, "it has ended: {said}");
            if let Some((_, port)) = said[start..].split_once("started successfully on port ") {
                break port.trim().trim_end_matches('.').to_owned();
            }
        };
        Some(Self {
            child,
            url: format!("http://127.0.0.1:{port}"),
            home,
            _stdout: stdout,
        })
    }
}

impl Drop for Driver {
    /// Asks the driver to shut down, so that its browsers end too. If it were killed, they would keep running.
    fn drop(&mut self) {
        let address = self.url.strip_prefix("http://").unwrap_or_default();
        let asked = TcpStream::connect(address)
            .and_then(|mut driver| write!(driver, "GET /shutdown HTTP/1.1\r\nHost: {address}\r\n\r\n"));
        let started = Instant::now();
        while asked.is_ok() && started.elapsed() < PATIENCE && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A window of a browser in which scripts are disabled.
pub struct Window {
    client: Client,
    commands: String,
    http: reqwest::Client,
    name: String,
    shots: usize,
}

impl Window {
    /// Opens a window of this width, in a browser with its own profile.
    pub async fn open(driver: &Driver, name: &str, width: u32, scheme: &str) -> Self {
        let profile = driver.home.path().join(name);
        fs::create_dir(&profile).unwrap();
        let binary = env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-proxy-server",
            &format!("--user-data-dir={}", profile.display()),
        ];
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": {
                "binary": binary,
                "args": arguments,
                "prefs": { "profile.managed_default_content_settings.javascript": 2 },
            },
        });
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities.as_object().unwrap().clone())
            .connect(&driver.url)
            .await
            .unwrap();
        let session = client.session_id().await.unwrap().unwrap();
        let window = Self {
            client,
            commands: format!("{}/session/{session}/goog/cdp/execute", driver.url),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            name: name.to_owned(),
            shots: 0,
        };
        let size = json!({ "width": width, "height": 844, "deviceScaleFactor": 1, "mobile": false });
        window.command("Emulation.setDeviceMetricsOverride", &size).await;
        let hidden = json!({ "hidden": true });
        window.command("Emulation.setScrollbarsHidden", &hidden).await;
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        window.command("Emulation.setEmulatedMedia", &media).await;
        window
    }

    /// Sends a command of the DevTools protocol, for what WebDriver cannot do.
    async fn command(&self, name: &str, parameters: &Value) -> Value {
        let body = json!({ "cmd": name, "params": parameters }).to_string();
        let answer = self.http.post(&self.commands).body(body).send().await.unwrap();
        let text = answer.text().await.unwrap();
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert!(answer["value"]["error"].is_null(), "{name}: {text}");
        answer["value"].clone()
    }

    /// Opens a page.
    pub async fn go(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// The path of the page.
    pub async fn path(&self) -> String {
        self.client.current_url().await.unwrap().path().to_owned()
    }

    /// The title of the page.
    pub async fn title(&self) -> String {
        self.client.title().await.unwrap()
    }

    /// The value of a cookie.
    pub async fn cookie(&self, name: &str) -> String {
        let cookie = self.client.get_named_cookie(name).await.unwrap();
        cookie.value().to_owned()
    }

    /// Returns the element that a CSS selector finds, as soon as it is on the page.
    pub async fn find(&self, selector: &str) -> Element {
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(selector));
        match found.await {
            Ok(element) => element,
            Err(error) => panic!("{selector}: {error}\n{}", self.client.source().await.unwrap()),
        }
    }

    /// The text that an element shows.
    pub async fn text(&self, selector: &str) -> String {
        self.find(selector).await.text().await.unwrap()
    }

    /// Replaces the content of a field with this text.
    pub async fn type_into(&self, selector: &str, text: &str) {
        let field = self.find(selector).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Presses a button, and waits until the page of the button is gone: the next page may look the same.
    pub async fn press(&self, selector: &str) {
        let old = self.find("html").await;
        self.find(selector).await.click().await.unwrap();
        let started = Instant::now();
        while old.tag_name().await.is_ok() {
            assert!(started.elapsed() < PATIENCE, "{selector}: no new page was loaded");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The description of a field, as a screen reader reads it.
    pub async fn description(&self, selector: &str) -> String {
        let ids = self
            .find(selector)
            .await
            .attr("aria-describedby")
            .await
            .unwrap()
            .unwrap();
        let mut texts = Vec::new();
        for id in ids.split(' ') {
            texts.push(self.text(&format!("#{id}")).await);
        }
        texts.join(" ")
    }

    /// Checks that the page does not scroll horizontally, and saves a screenshot into the directory that `SCREENSHOTS`
    /// names.
    pub async fn look(&mut self, page: &str) {
        let layout = self.command("Page.getLayoutMetrics", &json!({})).await;
        let (content, view) = (&layout["cssContentSize"], &layout["cssLayoutViewport"]);
        assert!(
            content["width"].as_f64().unwrap() <= view["clientWidth"].as_f64().unwrap(),
            "{page} is wider than its window: {layout}"
        );
        self.shots += 1;
        let Some(directory) = env::var_os("SCREENSHOTS").filter(|path| !path.is_empty()) else {
            return;
        };
        let parameters = json!({ "captureBeyondViewport": true });
        let shot = self.command("Page.captureScreenshot", &parameters).await;
        let bytes = STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
        let directory = Path::new(&directory);
        fs::create_dir_all(directory).unwrap();
        let file = directory.join(format!("{}-{}-{page}.png", self.name, self.shots));
        fs::write(file, bytes).unwrap();
    }

    /// Closes the browser.
    pub async fn close(self) {
        self.client.close().await.unwrap();
    }
}
