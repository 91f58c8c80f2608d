//! Questions to the service, no faster than allowed, and again where it is busy.

use std::time::{Duration, Instant};

use anyhow::bail;
use serde_json::Value;

use super::upload::Upload;
use agemirror_console::interrupt::Interrupt;

/// The variables that hold the keys.
const KEY: &str = "FACEPP_API_KEY";
const SECRET: &str = "FACEPP_API_SECRET";
/// A question is asked so often before its picture counts as failed.
const ATTEMPTS: u32 = 6;
/// A longer answer is none.
const LONGEST_ANSWER: u64 = 1 << 20;
/// What stands between the parts of a question; no picture holds it.
const BOUNDARY: &str = "agemirror-7f1c0d5e2b9a4c638d";
/// The oldest age that is believed.
const OLDEST: f64 = 150.0;
/// How often a wait looks whether it shall end.
const PATIENCE: Duration = Duration::from_millis(50);

/// The user's keys. There is no way to print them.
pub(super) struct Keys {
    key: String,
    secret: String,
}

impl Keys {
    /// The keys in the environment.
    ///
    /// # Errors
    /// When one is missing.
    pub(super) fn of_environment() -> anyhow::Result<Self> {
        let get = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        match (get(KEY), get(SECRET)) {
            (Some(key), Some(secret)) => Ok(Self::new(key, secret)),
            _ => bail!("Face++ wants a key: put yours into the environment as {KEY} and {SECRET}"),
        }
    }

    pub(super) fn new(key: String, secret: String) -> Self {
        Self { key, secret }
    }

    /// What a stranger said, without the keys.
    fn hidden_in(&self, text: &str) -> String {
        let hidden =
            [&self.key, &self.secret].iter().fold(text.to_owned(), |text, key| text.replace(*key, "***"));
        hidden.chars().filter(|c| !c.is_control()).take(200).collect()
    }
}

/// Where the service is, and how it is asked.
pub(super) struct Settings {
    endpoint: String,
    /// Whether that is this machine.
    at_home: bool,
    /// The least time between two questions.
    pause: Duration,
    /// How long the first wait for a busy service is; each further one is twice as long.
    pub first_wait: Duration,
    /// How long an answer may take.
    pub timeout: Duration,
}

impl Settings {
    /// # Errors
    /// When the keys would go over the network unencrypted.
    pub(super) fn new(endpoint: &str, per_second: f64) -> anyhow::Result<Self> {
        let host = endpoint.strip_prefix("http://").map(|rest| rest.split(['/', ':']).next().unwrap_or(""));
        let at_home = host.is_some_and(|host| ["127.0.0.1", "localhost"].contains(&host));
        if endpoint.contains('@') {
            bail!(
                "an address with a name and a password in it is not asked; leave out what stands before the @"
            );
        }
        if !endpoint.starts_with("https://") && !at_home {
            bail!(
                "{endpoint} would be told your keys unencrypted; name an address that begins with https://"
            );
        }
        Ok(Self {
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            at_home,
            pause: Duration::from_secs_f64(1.0 / per_second),
            first_wait: Duration::from_secs(1),
            timeout: Duration::from_secs(60),
        })
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum FaceppError {
    /// The service takes no question of these keys: nothing further is asked.
    #[error("Face++ refuses the keys ({0}); check FACEPP_API_KEY and FACEPP_API_SECRET")]
    Refused(String),
    /// This question was not answered.
    #[error("{0}")]
    Failed(String),
    /// Ctrl-C came while the service was waited for.
    #[error("stopped")]
    Stopped,
}

/// What came back.
enum Reply {
    Answer(Value),
    /// It may be answered later.
    Busy(String),
}

/// The service.
pub(super) struct Client {
    agent: ureq::Agent,
    settings: Settings,
    keys: Keys,
    interrupt: Interrupt,
    asked: Option<Instant>,
}

impl Client {
    pub(super) fn new(settings: Settings, keys: Keys, interrupt: Interrupt) -> Self {
        let proxy = if settings.at_home { None } else { ureq::Proxy::try_from_env() };
        let agent = ureq::Agent::config_builder()
            .proxy(proxy)
            .timeout_global(Some(settings.timeout))
            .http_status_as_error(false)
            // Nobody else is told the keys.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .into();
        Self { agent, settings, keys, interrupt, asked: None }
    }

    /// The age of the first face; none where there is no face.
    ///
    /// # Errors
    /// When the service does not answer or answers nonsense.
    pub(super) fn detect(&mut self, picture: &Upload) -> Result<Option<f64>, FaceppError> {
        let answer = self.ask("detect", &[("return_attributes", "age")], &[("image_file", picture)])?;
        let Some(faces) = answer["faces"].as_array() else { return Err(self.nonsense(&answer)) };
        let Some(face) = faces.first() else { return Ok(None) };
        let age = face["attributes"]["age"]["value"].as_f64().filter(|age| (0.0..=OLDEST).contains(age));
        age.map(Some).ok_or_else(|| self.nonsense(&answer))
    }

    /// The confidence, 0 to 100, that two pictures show one person; none where one shows no face.
    ///
    /// # Errors
    /// When the service does not answer or answers nonsense.
    pub(super) fn compare(&mut self, one: &Upload, other: &Upload) -> Result<Option<f64>, FaceppError> {
        let answer = self.ask("compare", &[], &[("image_file1", one), ("image_file2", other)])?;
        let empty = |name: &str| answer[name].as_array().is_some_and(Vec::is_empty);
        if answer["confidence"].is_null() && (empty("faces1") || empty("faces2")) {
            return Ok(None);
        }
        let confidence = answer["confidence"].as_f64().filter(|sure| (0.0..=100.0).contains(sure));
        confidence.map(Some).ok_or_else(|| self.nonsense(&answer))
    }

    /// Asks until there is an answer or the patience ends.
    fn ask(
        &mut self,
        what: &str,
        fields: &[(&str, &str)],
        pictures: &[(&str, &Upload)],
    ) -> Result<Value, FaceppError> {
        let body = self.body(fields, pictures);
        let mut wait = self.settings.first_wait;
        let mut why = String::new();
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                self.wait_until(Instant::now() + wait)?;
                wait *= 2;
            }
            if let Some(asked) = self.asked {
                self.wait_until(asked + self.settings.pause)?;
            }
            self.asked = Some(Instant::now());
            match self.once(what, &body)? {
                Reply::Answer(answer) => return Ok(answer),
                Reply::Busy(reason) => why = reason,
            }
        }
        Err(FaceppError::Failed(format!(
            "Face++ gave no answer to {ATTEMPTS} questions ({why}); try again later"
        )))
    }

    fn once(&self, what: &str, body: &[u8]) -> Result<Reply, FaceppError> {
        let sent = self
            .agent
            .post(format!("{}/{what}", self.settings.endpoint))
            .content_type(format!("multipart/form-data; boundary={BOUNDARY}"))
            .send(body);
        let mut response = match sent {
            Ok(response) => response,
            Err(error) => return Ok(Reply::Busy(self.keys.hidden_in(&error.to_string()))),
        };
        let status = response.status().as_u16();
        let text = response.body_mut().with_config().limit(LONGEST_ANSWER).read_to_string();
        let answer = text.ok().and_then(|text| serde_json::from_str::<Value>(&text).ok());
        let Some(answer) = answer.filter(Value::is_object) else {
            return Ok(Reply::Busy(format!("status {status}, and no answer that can be read")));
        };
        let message = self.keys.hidden_in(answer["error_message"].as_str().unwrap_or_default());
        match status {
            200 if message.is_empty() => Ok(Reply::Answer(answer)),
            401 => Err(FaceppError::Refused(message)),
            403 if message.starts_with("AUTHORIZATION_ERROR") => Err(FaceppError::Refused(message)),
            _ if message.contains("LIMIT_EXCEEDED") || status == 429 || status >= 500 => {
                Ok(Reply::Busy(format!("status {status}, {message}")))
            }
            _ => Err(FaceppError::Failed(format!("Face++ answers with status {status}: {message}"))),
        }
    }

    /// The question as `multipart/form-data` (RFC 7578).
    fn body(&self, fields: &[(&str, &str)], pictures: &[(&str, &Upload)]) -> Vec<u8> {
        let mut body = Vec::new();
        let keys = [("api_key", self.keys.key.as_str()), ("api_secret", self.keys.secret.as_str())];
        for (name, value) in keys.iter().chain(fields) {
            let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
            body.extend([head.as_bytes(), value.as_bytes(), b"\r\n"].concat());
        }
        for (name, Upload { bytes, name: file }) in pictures {
            let head = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            );
            body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
        }
        body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
        body
    }

    fn wait_until(&self, time: Instant) -> Result<(), FaceppError> {
        loop {
            if self.interrupt.is_set() {
                return Err(FaceppError::Stopped);
            }
            let left = time.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(PATIENCE));
        }
    }

    fn nonsense(&self, answer: &Value) -> FaceppError {
        FaceppError::Failed(format!(
            "Face++ answers what cannot be: {}",
            self.keys.hidden_in(&answer.to_string())
        ))
    }
}
