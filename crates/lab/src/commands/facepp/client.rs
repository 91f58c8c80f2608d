//! Client of the service, with rate limiting and retries.

use std::time::{Duration, Instant};

use anyhow::bail;
use serde_json::Value;

use super::upload::Upload;
use agemirror_console::interrupt::Interrupt;

/// Environment variables with the keys.
const KEY: &str = "FACEPP_API_KEY";
const SECRET: &str = "FACEPP_API_SECRET";
/// Number of attempts per request before its picture counts as failed.
const ATTEMPTS: u32 = 6;
/// Maximum length of a response in bytes; a longer one counts as unreadable.
const MAX_RESPONSE_BYTES: u64 = 1 << 20;
/// Separates the parts of a request; no picture contains it.
const BOUNDARY: &str = "agemirror-7f1c0d5e2b9a4c638d";
/// Maximum plausible age in years.
const OLDEST_YEARS: f64 = 150.0;
/// How often a wait checks for Ctrl-C.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// The user's keys. They deliberately implement neither `Debug` nor `Display`.
pub(super) struct Keys {
    key: String,
    secret: String,
}

impl Keys {
    /// Reads the keys from the environment.
    ///
    /// # Errors
    /// When one is missing.
    pub(super) fn of_environment() -> anyhow::Result<Self> {
        let get = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        match (get(KEY), get(SECRET)) {
            (Some(key), Some(secret)) => Ok(Self::new(key, secret)),
            _ => bail!("Face++ requires keys; set the environment variables {KEY} and {SECRET}"),
        }
    }

    pub(super) fn new(key: String, secret: String) -> Self {
        Self { key, secret }
    }

    /// A message from the service with the keys masked.
    fn mask(&self, text: &str) -> String {
        let hidden =
            [&self.key, &self.secret].iter().fold(text.to_owned(), |text, key| text.replace(*key, "***"));
        hidden.chars().filter(|c| !c.is_control()).take(200).collect()
    }
}

/// Address of the service, rate limit and timeouts.
pub(super) struct Settings {
    endpoint: String,
    /// Whether the endpoint is this machine.
    is_local: bool,
    /// Minimum time between two requests.
    min_interval: Duration,
    /// Wait before the first retry; doubles with each further retry.
    pub first_wait: Duration,
    /// Timeout of a request.
    pub timeout: Duration,
}

impl Settings {
    /// # Errors
    /// When the keys would be sent unencrypted.
    pub(super) fn new(endpoint: &str, per_second: f64) -> anyhow::Result<Self> {
        let host = endpoint.strip_prefix("http://").map(|rest| rest.split(['/', ':']).next().unwrap_or(""));
        let is_local = host.is_some_and(|host| ["127.0.0.1", "localhost"].contains(&host));
        if endpoint.contains('@') {
            bail!("the address must not contain a name or password; remove the part before the @");
        }
        if !endpoint.starts_with("https://") && !is_local {
            bail!("{endpoint} would receive your keys unencrypted; use an address that starts with https://");
        }
        Ok(Self {
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            is_local,
            min_interval: Duration::from_secs_f64(1.0 / per_second),
            first_wait: Duration::from_secs(1),
            timeout: Duration::from_secs(60),
        })
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum FaceppError {
    /// The service rejects the keys; no further requests are sent.
    #[error("Face++ rejects the keys ({0}); check FACEPP_API_KEY and FACEPP_API_SECRET")]
    Rejected(String),
    /// This request failed.
    #[error("{0}")]
    Failed(String),
    /// Ctrl-C was pressed while waiting for the service.
    #[error("stopped")]
    Stopped,
}

/// Response to one attempt.
enum Reply {
    Answer(Value),
    /// A retry may succeed.
    Busy(String),
}

/// Client of the service.
pub(super) struct Client {
    agent: ureq::Agent,
    settings: Settings,
    keys: Keys,
    interrupt: Interrupt,
    last_request: Option<Instant>,
}

impl Client {
    pub(super) fn new(settings: Settings, keys: Keys, interrupt: Interrupt) -> Self {
        let proxy = if settings.is_local { None } else { ureq::Proxy::try_from_env() };
        let agent = ureq::Agent::config_builder()
            .proxy(proxy)
            .timeout_global(Some(settings.timeout))
            .http_status_as_error(false)
            // Never send the keys to another host.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .into();
        Self { agent, settings, keys, interrupt, last_request: None }
    }

    /// Age of the first face in years; `None` if there is no face.
    ///
    /// # Errors
    /// When the service does not answer, or answers with invalid data.
    pub(super) fn detect(&mut self, picture: &Upload) -> Result<Option<f64>, FaceppError> {
        let answer = self.request("detect", &[("return_attributes", "age")], &[("image_file", picture)])?;
        let Some(faces) = answer["faces"].as_array() else { return Err(self.invalid(&answer)) };
        let Some(face) = faces.first() else { return Ok(None) };
        let age =
            face["attributes"]["age"]["value"].as_f64().filter(|age| (0.0..=OLDEST_YEARS).contains(age));
        age.map(Some).ok_or_else(|| self.invalid(&answer))
    }

    /// Confidence, 0 to 100, that two pictures show one person; `None` if one shows no face.
    ///
    /// # Errors
    /// When the service does not answer, or answers with invalid data.
    pub(super) fn compare(&mut self, one: &Upload, other: &Upload) -> Result<Option<f64>, FaceppError> {
        let answer = self.request("compare", &[], &[("image_file1", one), ("image_file2", other)])?;
        let empty = |name: &str| answer[name].as_array().is_some_and(Vec::is_empty);
        if answer["confidence"].is_null() && (empty("faces1") || empty("faces2")) {
            return Ok(None);
        }
        let confidence = answer["confidence"].as_f64().filter(|sure| (0.0..=100.0).contains(sure));
        confidence.map(Some).ok_or_else(|| self.invalid(&answer))
    }

    /// Sends a request, with retries.
    fn request(
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
            if let Some(last) = self.last_request {
                self.wait_until(last + self.settings.min_interval)?;
            }
            self.last_request = Some(Instant::now());
            match self.attempt(what, &body)? {
                Reply::Answer(answer) => return Ok(answer),
                Reply::Busy(reason) => why = reason,
            }
        }
        Err(FaceppError::Failed(format!(
            "Face++ did not answer after {ATTEMPTS} attempts ({why}); try again later"
        )))
    }

    fn attempt(&self, what: &str, body: &[u8]) -> Result<Reply, FaceppError> {
        let sent = self
            .agent
            .post(format!("{}/{what}", self.settings.endpoint))
            .content_type(format!("multipart/form-data; boundary={BOUNDARY}"))
            .send(body);
        let mut response = match sent {
            Ok(response) => response,
            Err(error) => return Ok(Reply::Busy(self.keys.mask(&error.to_string()))),
        };
        let status = response.status().as_u16();
        let text = response.body_mut().with_config().limit(MAX_RESPONSE_BYTES).read_to_string();
        let answer = text.ok().and_then(|text| serde_json::from_str::<Value>(&text).ok());
        let Some(answer) = answer.filter(Value::is_object) else {
            return Ok(Reply::Busy(format!("status {status}, unreadable response")));
        };
        let message = self.keys.mask(answer["error_message"].as_str().unwrap_or_default());
        match status {
            200 if message.is_empty() => Ok(Reply::Answer(answer)),
            401 => Err(FaceppError::Rejected(message)),
            403 if message.starts_with("AUTHORIZATION_ERROR") => Err(FaceppError::Rejected(message)),
            _ if message.contains("LIMIT_EXCEEDED") || status == 429 || status >= 500 => {
                Ok(Reply::Busy(format!("status {status}, {message}")))
            }
            _ => Err(FaceppError::Failed(format!("Face++ answered with status {status}: {message}"))),
        }
    }

    /// Encodes the request as `multipart/form-data` (RFC 7578).
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
            std::thread::sleep(left.min(POLL_INTERVAL));
        }
    }

    fn invalid(&self, answer: &Value) -> FaceppError {
        FaceppError::Failed(format!("Face++ sent invalid data: {}", self.keys.mask(&answer.to_string())))
    }
}
