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
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::Semaphore;

/// How long a condition on a page may take to come true before a journey fails.
const PATIENCE: Duration = Duration::from_secs(40);

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
        // Where a worker installs itself the driver sometimes waits for it for ever instead of for the page.
        tab.beforehand("if (navigator.serviceWorker) navigator.serviceWorker.register = () => new Promise(() => {})").await;
        tab.goto(url).await;
        tab
    }

    /// Installs the worker that keeps the shell, which journeys else go without.
    pub(crate) async fn install(&self) {
        // The driver halts what it attaches itself to, and does not always let a worker go on.
        let apart = json!({"autoAttach": false, "waitForDebuggerOnStart": false, "flatten": true});
        self.command("Target.setAutoAttach", apart).await;
        self.ask::<bool>(
            "(() => { ServiceWorkerContainer.prototype.register.call(navigator.serviceWorker, '/sw.js'); return true; })()",
        )
        .await;
    }

    /// Makes the device this size.
    pub(crate) async fn size(&self, width: u32, height: u32, touch: bool) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": touch});
        self.command("Emulation.setDeviceMetricsOverride", metrics).await;
        self.command("Emulation.setTouchEmulationEnabled", json!({"enabled": touch, "maxTouchPoints": 5})).await;
    }

    /// Makes its processor this many times slower.
    pub(crate) async fn slow_down(&self, times: u32) {
        self.command("Emulation.setCPUThrottlingRate", json!({"rate": times})).await;
    }

    /// Loads an address and waits for it.
    pub(crate) async fn goto(&self, url: &str) {
        self.page.goto(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// What the page says when a script is evaluated in it; promises are awaited.
    pub(crate) async fn ask<T: serde::de::DeserializeOwned>(&self, script: &str) -> T {
        let end = Instant::now() + PATIENCE;
        loop {
            match self.page.evaluate_expression(script).await {
                Ok(value) => return value.into_value().unwrap(),
                // The page was just being left: nothing of the script was run.
                Err(e) if e.to_string().contains("Cannot find context") && Instant::now() < end => {
                    tokio::time::sleep(Duration::from_millis(25)).await;
                }
                Err(e) => panic!("{script}: {e}"),
            }
        }
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
        // A card that has just come ignores taps, as it should. Found, brought into view and measured in one go: nothing
        // that arrives meanwhile can put another in its place.
        let place = format!(
            "(() => {{ const el = document.querySelector({}); \
             if (document.readyState !== 'complete' || !el || el.closest('[data-nueva]')) return null; \
             const rect = () => el.getClientRects()[0], here = rect(); \
             if (!here) return null; \
             if (here.top < 0 || here.bottom > innerHeight || !el.contains(document.elementFromPoint(here.x + here.width / 2, here.y + here.height / 2))) \
             el.scrollIntoView({{ block: 'center', inline: 'center', behavior: 'instant' }}); \
             const box = rect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()",
            json!(selector)
        );
        // What gave way a moment ago lets the list ignore taps from the next frame on.
        let frame = "new Promise((on) => { requestAnimationFrame(() => requestAnimationFrame(() => on(true))); setTimeout(on, 200, true); })";
        let _ = self.page.evaluate_expression(frame).await;
        let end = Instant::now() + PATIENCE;
        loop {
            let found = self.page.evaluate_expression(&place).await.map(|value| value.into_value::<(f64, f64)>());
            if let Ok(Ok((x, y))) = found {
                return self.touch(x, y).await;
            }
            if Instant::now() > end {
                let text: String = self.ask("document.body.innerText").await;
                panic!("nothing to tap: {selector}\ncomplaints: {:?}\npage:\n{text}", self.complaints());
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Touches a place of the screen.
    pub(crate) async fn touch(&self, x: f64, y: f64) {
        let touch = json!([{"x": x, "y": y}]);
        self.command("Input.dispatchTouchEvent", json!({"type": "touchStart", "touchPoints": touch})).await;
        self.command("Input.dispatchTouchEvent", json!({"type": "touchEnd", "touchPoints": []})).await;
    }

    /// Writes into the field that has the focus.
    pub(crate) async fn text(&self, text: &str) {
        self.command("Input.insertText", json!({"text": text})).await;
    }

    /// Presses a key of the keyboard.
    pub(crate) async fn press(&self, key: &str) {
        let (code, text) = match key {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            "Escape" => (27, ""),
            "Backspace" => (8, ""),
            "ArrowUp" => (38, ""),
            "ArrowDown" => (40, ""),
            " " => (32, " "),
            _ => panic!("no key {key}"),
        };
        let down = json!({"type": "keyDown", "key": key, "code": if key == " " { "Space" } else { key }, "windowsVirtualKeyCode": code, "text": text});
        self.command("Input.dispatchKeyEvent", down).await;
        let up =
            json!({"type": "keyUp", "key": key, "code": if key == " " { "Space" } else { key }, "windowsVirtualKeyCode": code});
        self.command("Input.dispatchKeyEvent", up).await;
    }

    /// Holds a key down until it has come so many times, as a keyboard repeats it.
    pub(crate) async fn holds(&self, key: &str, times: u32) {
        for number in 0..times {
            let event = json!({"type": "keyDown", "key": key, "text": key, "autoRepeat": number > 0});
            self.command("Input.dispatchKeyEvent", event).await;
        }
        self.command("Input.dispatchKeyEvent", json!({"type": "keyUp", "key": key})).await;
        // A scanner without a suffix ends with a silence.
        self.ask::<bool>("new Promise((go) => setTimeout(() => go(true), 200))").await;
    }

    /// Presses an arrow together with Alt.
    pub(crate) async fn alt(&self, arrow: &str) {
        let code = if arrow == "ArrowLeft" { 37 } else { 39 };
        for kind in ["rawKeyDown", "keyUp"] {
            let event = json!({"type": kind, "modifiers": 1, "key": arrow, "code": arrow, "windowsVirtualKeyCode": code});
            self.command("Input.dispatchKeyEvent", event).await;
        }
    }

    /// Goes on with Tab until an element has the focus, as somebody without a finger does.
    pub(crate) async fn tab_to(&self, selector: &str) {
        self.until(&format!("!!document.querySelector({})", json!(selector))).await;
        for _ in 0..400 {
            self.press("Tab").await;
            if self.ask(&format!("document.activeElement.matches({})", json!(selector))).await {
                return;
            }
        }
        panic!("{selector} is not reached by Tab");
    }

    /// What a scanner types: one key after the other, `gap` milliseconds apart by their own time. They are sent
    /// together, so that a slow machine does not take a scanner for a person.
    pub(crate) async fn types(&self, text: &str, gap: u32, suffix: Option<&str>) {
        // A page that is still coming does not listen yet.
        self.until("document.readyState === 'complete'").await;
        let typed = text.chars().map(|c| (c.to_string(), c.to_string(), 0));
        let ends =
            suffix.map(|key| if key == "Enter" { ("Enter".into(), "\r".into(), 13) } else { (key.into(), String::new(), 9) });
        let keys: Vec<(String, String, u32)> = typed.chain(ends).collect();
        assert!(keys.len() <= 30, "so many are sent in their order");
        let last = keys.len() as u32;
        // No key is older than the page: the browser would take its time for the page's beginning.
        self.until(&format!("document.timeline.currentTime > {}", last * gap)).await;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
        let events = keys.into_iter().zip(1u32..).map(|((key, text, code), number)| {
            let at = now - f64::from((last - number) * gap) / 1_000.0;
            let event = json!({"type": "keyDown", "key": key, "text": text, "timestamp": at, "windowsVirtualKeyCode": code});
            self.command("Input.dispatchKeyEvent", event)
        });
        futures_util::future::join_all(events).await;
    }

    /// Cuts this tablet off from the network, or lets it back.
    pub(crate) async fn offline(&self, cut: bool) {
        self.command("Network.enable", json!({})).await;
        let conditions = json!({"offline": cut, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
        self.command("Network.emulateNetworkConditions", conditions).await;
    }

    /// Lets no request through whose address matches.
    pub(crate) async fn block(&self, addresses: &[&str]) {
        self.command("Network.enable", json!({})).await;
        self.command("Network.setBlockedURLs", json!({"urls": addresses})).await;
    }

    /// Makes a script run before those of every page from now on.
    pub(crate) async fn beforehand(&self, script: &str) {
        self.command("Page.addScriptToEvaluateOnNewDocument", json!({"source": script})).await;
    }

    /// Asks the system for less motion.
    pub(crate) async fn less_motion(&self) {
        let features = json!({"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]});
        self.command("Emulation.setEmulatedMedia", features).await;
    }

    /// Makes letters this large by the browser's own setting, which is 16 as it comes.
    pub(crate) async fn letters(&self, pixels: u32) {
        let sizes = json!({"fontSizes": {"standard": pixels, "fixed": pixels * 13 / 16}});
        self.command("Page.setFontSizes", sizes).await;
    }

    /// Puts what is downloaded into this folder.
    pub(crate) async fn downloads_to(&self, folder: &std::path::Path) {
        let there = json!({"behavior": "allow", "downloadPath": folder});
        self.command("Page.setDownloadBehavior", there).await;
    }

    /// Waits until a file was downloaded into this folder, and reads it.
    pub(crate) async fn downloaded(&self, folder: &std::path::Path) -> String {
        let whole = |path: &std::path::PathBuf| path.extension().is_some_and(|it| it == "csv");
        let end = Instant::now() + PATIENCE;
        loop {
            let found = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).find(whole);
            if let Some(text) = found.map(|path| std::fs::read_to_string(path).unwrap()).filter(|text| !text.is_empty()) {
                return text;
            }
            assert!(Instant::now() < end, "nothing was downloaded\ncomplaints: {:?}", self.complaints());
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Puts the tablet's own clock and zone wrong, from the next page on.
    pub(crate) async fn clock_off_by_hours(&self, hours: i32) {
        self.command("Emulation.setTimezoneOverride", json!({"timezoneId": "UTC"})).await;
        self.beforehand(&format!("{{ const now = Date.now.bind(Date); Date.now = () => now() + {hours} * 3600000; }}")).await;
    }

    /// Clicks the first element of a selector, as a mouse does, once the page is there and has it.
    pub(crate) async fn click(&self, selector: &str) {
        self.until(&format!("document.readyState === 'complete' && !!document.querySelector({})", json!(selector))).await;
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
        std::fs::create_dir_all(&folder).unwrap();
        // What comes into view is looked at once it has come.
        self.until("document.getAnimations().every((it) => it.playState !== 'running')").await;
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.png")), self.picture().await).unwrap();
    }

    /// A picture of the screen, as a PNG.
    pub(crate) async fn picture(&self) -> Vec<u8> {
        self.page.screenshot(ScreenshotParams::builder().build()).await.unwrap()
    }

    /// Shows this document instead of the page.
    pub(crate) async fn write(&self, document: &str) {
        self.page.set_content(document).await.unwrap();
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

/// Whether somebody asked for pictures.
pub(crate) fn pictured() -> bool {
    std::env::var_os("SPOOLBOARD_SHOTS").is_some()
}

/// Two browsers at a time: a journey mostly waits, and more on two cores make each other's patience run out.
static TURN: Semaphore = Semaphore::const_new(2);

/// Runs a journey in a fresh browser and closes it whatever happens, a panic included.
pub(crate) async fn in_browser(journey: impl AsyncFnOnce(&Browser)) {
    let _turn = TURN.acquire().await.unwrap();
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
