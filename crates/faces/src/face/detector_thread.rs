//! Runs the detector in its own thread, because one detection takes longer than a frame.

use std::sync::Arc;
use std::time::Duration;

use image::RgbImage;

use super::{DetectorSettings, FaceBox, FaceDetector, FaceError};
use crate::mailbox::Mailbox;
use crate::priority::lower_priority;

/// Nice value of the thread: a detection must not delay the tiles of tracked faces.
const NICENESS: i32 = 5;
/// Longest wait between shutdown checks.
const POLL_TIMEOUT: Duration = Duration::from_secs(5);

struct Request {
    picture: Arc<RgbImage>,
    settings: DetectorSettings,
    id: u64,
}

struct Response {
    found: Result<Vec<FaceBox>, FaceError>,
    id: u64,
}

/// Handle of the detector thread. Dropping it stops the thread without waiting for it.
pub(super) struct DetectorThread {
    requests: Mailbox<Request>,
    responses: Mailbox<Response>,
    last_id: u64,
    pending: bool,
}

impl DetectorThread {
    /// Starts the thread `face-detector`.
    ///
    /// # Errors
    /// When the system cannot start a thread.
    pub(super) fn start(detector: FaceDetector) -> Result<Self, FaceError> {
        let (requests, responses) = (Mailbox::default(), Mailbox::default());
        let (inbox, outbox) = (requests.clone(), responses.clone());
        std::thread::Builder::new()
            .name("face-detector".into())
            .spawn(move || serve(&detector, &inbox, &outbox))
            .map_err(FaceError::Thread)?;
        Ok(Self { requests, responses, last_id: 0, pending: false })
    }

    /// Whether a response is pending.
    pub(super) fn is_busy(&self) -> bool {
        self.pending
    }

    /// Requests a detection; replaces the previous request.
    pub(super) fn request(&mut self, picture: Arc<RgbImage>, settings: DetectorSettings) {
        self.last_id += 1;
        self.pending = true;
        self.requests.put(Request { picture, settings, id: self.last_id });
    }

    /// Returns the response to the last request, once, when it is available.
    pub(super) fn poll(&mut self) -> Option<Result<Vec<FaceBox>, FaceError>> {
        let response =
            self.responses.take().filter(|response| self.pending && response.id == self.last_id)?;
        self.pending = false;
        Some(response.found)
    }

    /// Cancels the request, so that its response is dropped.
    pub(super) fn cancel(&mut self) {
        self.pending = false;
    }
}

impl Drop for DetectorThread {
    fn drop(&mut self) {
        self.requests.close();
    }
}

fn serve(detector: &FaceDetector, requests: &Mailbox<Request>, responses: &Mailbox<Response>) {
    lower_priority(NICENESS);
    while !requests.is_closed() {
        let Some(request) = requests.wait(POLL_TIMEOUT) else { continue };
        let found = detector.detect(&request.picture, request.settings);
        responses.put(Response { found, id: request.id });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::testing::astronaut;

    fn wait(thread: &mut DetectorThread) -> Vec<FaceBox> {
        for _ in 0..2000 {
            if let Some(found) = thread.poll() {
                return found.unwrap();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Vec::new()
    }

    #[test]
    fn the_last_request_is_answered_once() {
        let mut thread = DetectorThread::start(FaceDetector::bundled().unwrap()).unwrap();
        assert!(!thread.is_busy() && thread.poll().is_none());
        thread.request(Arc::new(RgbImage::new(64, 64)), DetectorSettings::LIVE);
        thread.request(Arc::new(astronaut()), DetectorSettings::LIVE);
        assert!(thread.is_busy());
        assert_eq!(wait(&mut thread).len(), 1);
        assert!(!thread.is_busy() && thread.poll().is_none());
    }

    #[test]
    fn a_cancelled_request_has_no_response() {
        let mut thread = DetectorThread::start(FaceDetector::bundled().unwrap()).unwrap();
        thread.request(Arc::new(astronaut()), DetectorSettings::LIVE);
        thread.cancel();
        std::thread::sleep(Duration::from_millis(100));
        assert!(thread.poll().is_none());
        thread.request(Arc::new(RgbImage::new(64, 64)), DetectorSettings::LIVE);
        assert!(wait(&mut thread).is_empty());
    }

    #[test]
    fn dropping_stops_the_thread() {
        let thread = DetectorThread::start(FaceDetector::bundled().unwrap()).unwrap();
        let requests = thread.requests.clone();
        drop(thread);
        assert!(requests.is_closed());
    }
}
