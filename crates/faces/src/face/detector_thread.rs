//! The detector in a thread of its own, since one look takes longer than a frame.

use std::sync::Arc;
use std::time::Duration;

use image::RgbImage;

use super::{DetectorSettings, FaceBox, FaceDetector, FaceError};
use crate::mailbox::Mailbox;

/// How long the thread sleeps at most before it looks whether it shall end.
const PATIENCE: Duration = Duration::from_secs(5);

struct Question {
    picture: Arc<RgbImage>,
    settings: DetectorSettings,
    asked: u64,
}

struct Answer {
    found: Result<Vec<FaceBox>, FaceError>,
    asked: u64,
}

/// The owner's side of the thread. Dropping it ends the thread, without waiting for it.
pub struct DetectorThread {
    questions: Mailbox<Question>,
    answers: Mailbox<Answer>,
    asked: u64,
    pending: bool,
}

impl DetectorThread {
    /// Starts the thread `face-detector`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(detector: FaceDetector) -> Result<Self, FaceError> {
        let (questions, answers) = (Mailbox::default(), Mailbox::default());
        let (inbox, outbox) = (questions.clone(), answers.clone());
        std::thread::Builder::new()
            .name("face-detector".into())
            .spawn(move || answer(&detector, &inbox, &outbox))
            .map_err(FaceError::Thread)?;
        Ok(Self { questions, answers, asked: 0, pending: false })
    }

    /// Whether an answer is still awaited.
    pub fn is_busy(&self) -> bool {
        self.pending
    }

    /// Asks about a picture.
    pub fn ask(&mut self, picture: Arc<RgbImage>, settings: DetectorSettings) {
        self.asked += 1;
        self.pending = true;
        self.questions.put(Question { picture, settings, asked: self.asked });
    }

    /// The answer to the last question, once, when it is there.
    pub fn poll(&mut self) -> Option<Result<Vec<FaceBox>, FaceError>> {
        let answer = self.answers.take().filter(|answer| self.pending && answer.asked == self.asked)?;
        self.pending = false;
        Some(answer.found)
    }

    /// Forgets the question, so that its answer is never given.
    pub fn forget(&mut self) {
        self.pending = false;
    }
}

impl Drop for DetectorThread {
    fn drop(&mut self) {
        self.questions.close();
    }
}

fn answer(detector: &FaceDetector, questions: &Mailbox<Question>, answers: &Mailbox<Answer>) {
    while !questions.is_closed() {
        let Some(question) = questions.wait(PATIENCE) else { continue };
        let found = detector.detect(&question.picture, question.settings);
        answers.put(Answer { found, asked: question.asked });
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
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
    fn answers_the_last_question_once() {
        let mut thread = DetectorThread::start(FaceDetector::bundled().unwrap()).unwrap();
        assert!(!thread.is_busy() && thread.poll().is_none());
        thread.ask(Arc::new(RgbImage::new(64, 64)), DetectorSettings::LIVE);
        thread.ask(Arc::new(astronaut()), DetectorSettings::LIVE);
        assert!(thread.is_busy());
        assert_eq!(wait(&mut thread).len(), 1);
        assert!(!thread.is_busy() && thread.poll().is_none());
    }

    #[test]
    fn a_forgotten_question_has_no_answer() {
        let mut thread = DetectorThread::start(FaceDetector::bundled().unwrap()).unwrap();
        thread.ask(Arc::new(astronaut()), DetectorSettings::LIVE);
        thread.forget();
        std::thread::sleep(Duration::from_millis(100));
        assert!(thread.poll().is_none());
        thread.ask(Arc::new(RgbImage::new(64, 64)), DetectorSettings::LIVE);
        assert!(wait(&mut thread).is_empty());
    }

    #[test]
    fn dropping_ends_the_thread() {
        let thread = DetectorThread::start(FaceDetector::bundled().unwrap()).unwrap();
        let questions = thread.questions.clone();
        drop(thread);
        assert!(questions.is_closed());
    }
}
