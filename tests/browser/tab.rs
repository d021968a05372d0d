//! A tab of a real Chromium, driven over its own protocol.

use chromiumoxide::cdp::browser_protocol::log::EventEntryAdded;
use chromiumoxide::cdp::browser_protocol::target::{CreateBrowserContextParams, CreateTargetParams};
use chromiumoxide::cdp::js_protocol::runtime::{ConsoleApiCalledType, EventConsoleApiCalled, EventExceptionThrown};
use chromiumoxide::page::ScreenshotParams;
use chromiumoxide::types::MethodId;
use chromiumoxide::{Browser, BrowserConfig, Command, Method, Page};
use futures_util::{FutureExt, StreamExt};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How long a condition on a page may take to come true before a journey fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// Any command of the protocol as plain JSON, independent of generated types.
#[derive(Debug)]
struct Raw(&'static str, Value);

impl serde::Serialize for Raw {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.1.serialize(serializer)
    }
}

impl Method for Raw {
    fn identifier(&self) -> MethodId {
        self.0.into()
    }
}

impl Command for Raw {
    type Response = Value;
}

/// One tab with cookies and storage of its own: one tablet.
pub(crate) struct Tab {
    page: Page,
    complaints: Arc<std::sync::Mutex<Vec<String>>>,
}

impl Tab {
    /// Opens a page on a device of this size.
    pub(crate) async fn open(browser: &Browser, url: &str, (width, height): (u32, u32), touch: bool) -> Tab {
        let context = browser.create_browser_context(CreateBrowserContextParams::default()).await.unwrap();
        let target = CreateTargetParams::builder().url("about:blank").browser_context_id(context).build().unwrap();
        let page = browser.new_page(target).await.unwrap();
        let tab = Tab { page, complaints: Arc::default() };
        tab.size(width, height, touch).await;
        tab.listen().await;
        tab.goto(url).await;
        tab
    }

    /// Makes the device this size.
    pub(crate) async fn size(&self, width: u32, height: u32, touch: bool) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": touch});
        self.command("Emulation.setDeviceMetricsOverride", metrics).await;
        self.command("Emulation.setTouchEmulationEnabled", json!({"enabled": touch, "maxTouchPoints": 5})).await;
    }

    /// Loads an address and waits for it.
    pub(crate) async fn goto(&self, url: &str) {
        self.page.goto(url).await.unwrap();
    }

    /// What the page says when a script is evaluated in it; promises are awaited.
    pub(crate) async fn ask<T: serde::de::DeserializeOwned>(&self, script: &str) -> T {
        self.page.evaluate_expression(script).await.unwrap_or_else(|e| panic!("{script}: {e}")).into_value().unwrap()
    }

    /// Waits until a script is true.
    pub(crate) async fn until(&self, script: &str) {
        let end = Instant::now() + PATIENCE;
        // A navigation in between takes the script's context away: that is "not yet".
        while !matches!(self.page.evaluate_expression(script).await.map(|value| value.into_value::<bool>()), Ok(Ok(true))) {
            if Instant::now() > end {
                let text: String = self.ask("document.body.innerText").await;
                panic!("never true: {script}\ncomplaints: {:?}\npage:\n{text}", self.complaints());
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Waits until the page shows a text.
    pub(crate) async fn sees(&self, text: &str) {
        // Blanks apart: a tag may break where its tail begins.
        let text: String = text.split_whitespace().collect();
        self.until(&format!("document.body.innerText.replace(/\\s+/g, '').includes({})", json!(text))).await;
    }

    /// Taps the first element of a selector with a finger, once it is there.
    pub(crate) async fn tap(&self, selector: &str) {
        // A card that has just come ignores taps, as it should.
        let there =
            format!("!!document.querySelector({0}) && !document.querySelector({0}).closest('[data-nueva]')", json!(selector));
        self.until(&there).await;
        let element = self.page.find_element(selector).await.unwrap();
        let point = element.scroll_into_view().await.unwrap().clickable_point().await.unwrap();
        let touch = json!([{"x": point.x, "y": point.y}]);
        self.command("Input.dispatchTouchEvent", json!({"type": "touchStart", "touchPoints": touch})).await;
        self.command("Input.dispatchTouchEvent", json!({"type": "touchEnd", "touchPoints": []})).await;
    }

    /// Puts the tablet's own clock and zone wrong, from the next page on.
    pub(crate) async fn clock_off_by_hours(&self, hours: i32) {
        self.command("Emulation.setTimezoneOverride", json!({"timezoneId": "UTC"})).await;
        self.before(&format!("{{ const now = Date.now.bind(Date); Date.now = () => now() + {hours} * 3600000; }}")).await;
    }

    /// Runs a script in each page from the next one on, before the page's own.
    pub(crate) async fn before(&self, script: &str) {
        self.command("Page.addScriptToEvaluateOnNewDocument", json!({"source": script})).await;
    }

    /// Clicks the first element of a selector, as a mouse does.
    pub(crate) async fn press(&self, selector: &str) {
        self.page.find_element(selector).await.unwrap().click().await.unwrap();
    }

    /// Shows the page as a printer gets it.
    pub(crate) async fn on_paper(&self) {
        self.command("Emulation.setEmulatedMedia", json!({"media": "print"})).await;
    }

    /// Prints the page, keeps the file if somebody asked for pictures, and says how many sheets it took.
    pub(crate) async fn sheets(&self, name: &str) -> usize {
        let options = json!({"preferCSSPageSize": true, "printBackground": true});
        let printed = self.command("Page.printToPDF", options).await;
        let file = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, printed["data"].as_str().unwrap()).unwrap();
        if let Some(folder) = std::env::var_os("SPOOLBOARD_SHOTS") {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(std::path::Path::new(&folder).join(format!("{name}.pdf")), &file).unwrap();
        }
        String::from_utf8_lossy(&file).matches("/Type /Page\n").count()
    }

    /// Keeps a picture of the screen, if somebody asked for pictures.
    pub(crate) async fn shoot(&self, name: &str) {
        let Some(folder) = std::env::var_os("SPOOLBOARD_SHOTS") else { return };
        let picture = self.page.screenshot(ScreenshotParams::builder().build()).await.unwrap();
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.png")), picture).unwrap();
    }

    /// Console errors, uncaught exceptions and violations of the content security policy so far.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.complaints.lock().unwrap().clone()
    }

    async fn command(&self, method: &'static str, parameters: Value) -> Value {
        self.page.execute(Raw(method, parameters)).await.unwrap_or_else(|e| panic!("{method}: {e}")).result
    }

    async fn listen(&self) {
        let mut console = self.page.event_listener::<EventConsoleApiCalled>().await.unwrap();
        let mut exceptions = self.page.event_listener::<EventExceptionThrown>().await.unwrap();
        let mut log = self.page.event_listener::<EventEntryAdded>().await.unwrap();
        self.page.enable_log().await.unwrap();
        let complaints = Arc::clone(&self.complaints);
        tokio::spawn(async move {
            loop {
                let complaint = tokio::select! {
                    Some(call) = console.next() => match call.r#type {
                        ConsoleApiCalledType::Error => format!("console: {:?}", call.args.iter().map(|arg| &arg.value).collect::<Vec<_>>()),
                        _ => continue,
                    },
                    Some(thrown) = exceptions.next() => format!("exception: {:?}", thrown.exception_details),
                    Some(entry) = log.next() => format!("{:?}: {}", entry.entry.source, entry.entry.text),
                    else => break,
                };
                complaints.lock().unwrap().push(complaint);
            }
        });
    }
}

/// One browser at a time: two on two cores make each other's patience run out.
static TURN: Mutex<()> = Mutex::const_new(());

/// Runs a journey in a fresh browser and closes it whatever happens, a panic included.
pub(crate) async fn in_browser(journey: impl AsyncFnOnce(&Browser)) {
    let _turn = TURN.lock().await;
    let profile = tempfile::tempdir().unwrap();
    let executable = std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".into());
    let mut config = BrowserConfig::builder()
        .chrome_executable(executable)
        .no_sandbox()
        .viewport(None)
        .user_data_dir(profile.path())
        .launch_timeout(Duration::from_secs(60))
        .request_timeout(Duration::from_secs(60));
    for argument in ["disable-gpu", "disable-quic", "disable-component-update", "disable-dev-shm-usage"] {
        config = config.arg(argument);
    }
    let launched = Browser::launch(config.build().unwrap()).await;
    let (mut browser, mut handler) = launched.expect("chromium did not start; `tests/run` installs it");
    // Messages of a newer browser that the crate does not know are no errors of a journey.
    let pump = tokio::spawn(async move { while handler.next().await.is_some() {} });
    let result = std::panic::AssertUnwindSafe(journey(&browser)).catch_unwind().await;
    let _ = browser.close().await;
    if tokio::time::timeout(Duration::from_secs(5), browser.wait()).await.is_err() {
        browser.kill().await;
    }
    pump.abort();
    if let Err(panic) = result {
        std::panic::resume_unwind(panic);
    }
}
