//! The face thread: finds the faces in the newest frame and passes the chosen ones to the inference thread.

use std::time::{Duration, Instant};

use super::detector::FaceDetector;
use super::pace::typical;
use super::settings::DetectorFactory;
use super::shared::{FaceJob, Shared, SourceFrame};
use super::statistics::Stage;
use super::view::{FaceReport, Fault};
use super::wanted::Wanted;
use agemirror_faces::crop::FaceChooser;
use agemirror_faces::face::{FaceObservation, FaceProblem};

/// Longest wait for a frame, and so the longest delay of a command.
const POLL_TIMEOUT: Duration = Duration::from_millis(200);
/// Time between two frames that are searched while the inference thread is busy.
const BUSY_INTERVAL: Duration = Duration::from_millis(60);
/// How long before the inference thread needs them the faces should be found.
const MARGIN: Duration = Duration::from_millis(2);
/// Shortest wait for a newer frame.
const MIN_WAIT: Duration = Duration::from_millis(1);
/// Pause before another attempt to create a face detector.
const RETRY_PAUSE: Duration = Duration::from_secs(2);

/// Runs until the pipeline stops.
pub(super) fn run(shared: &Shared, factory: &DetectorFactory) {
    let mut restarts = 0;
    while !shared.stopped() {
        match factory() {
            Ok(detector) => process_source(shared, detector),
            Err(error) => {
                shared.raise(Fault { thread: super::FACE, message: error.to_string(), restarts });
                restarts += 1;
                shared.pause(RETRY_PAUSE);
            }
        }
    }
}

/// The faces found in a frame, kept so that another of them can be chosen.
struct Detection {
    started: Instant,
    frame: SourceFrame,
    observation: FaceObservation,
    /// Whether the frame is a still that has not been searched for small and turned faces yet.
    search_pending: bool,
}

impl Detection {
    /// Whether the detector has not decided yet.
    fn is_undecided(&self) -> bool {
        self.observation.faces.is_empty() && self.observation.problem.is_none() && !self.search_pending
    }
}

/// Processes the frames of one source. A new source gets a new detector, without the old one's tracks.
fn process_source(shared: &Shared, mut detector: Box<dyn FaceDetector>) {
    let source_revision = shared.wanted().source_revision;
    let mut chooser = FaceChooser::default();
    let mut detection: Option<Detection> = None;
    let mut chosen_revision = 0;
    // Typical time that the faces of a frame take.
    let mut face_time: Option<Duration> = None;
    // After a restart or a change of source, the only frame of a still picture may already have been taken
    // out of the mailbox.
    let mut waiting = shared.newest_frame();
    while !shared.stopped() {
        let wanted = shared.wanted();
        if wanted.source_revision != source_revision {
            return;
        }
        let last_order = detection.as_ref().map_or(0, |detection| detection.frame.order);
        waiting =
            waiting.filter(|frame| frame.source_revision == source_revision && frame.order > last_order);
        let due = take_due(shared, detection.as_ref(), &mut waiting, face_time);
        let has_changed = due.is_some() || chosen_revision != wanted.faces_revision;
        if let Some(frame) = due {
            let found = detect(shared, detector.as_mut(), frame);
            face_time = Some(typical(face_time, found.started.elapsed()));
            detection = Some(found);
        }
        if let Some(detection) = detection.as_ref().filter(|_| has_changed) {
            chosen_revision = wanted.faces_revision;
            submit_faces(shared, detection, &wanted, &mut chooser);
        }
        if let Some(detection) = detection.as_mut().filter(|it| it.search_pending && waiting.is_none()) {
            detect_more(shared, detector.as_mut(), detection, &wanted);
            submit_faces(shared, detection, &wanted, &mut chooser);
        }
        let soon = waiting.is_some() || detection.as_ref().is_some_and(Detection::is_undecided);
        let timeout = match time_to_search(shared, face_time) {
            Some(time) if waiting.is_some() => time.clamp(MIN_WAIT, BUSY_INTERVAL),
            _ if soon => BUSY_INTERVAL,
            _ => POLL_TIMEOUT,
        };
        waiting = shared.frames.wait(timeout).or(waiting);
    }
}

/// Time until the next frame should be searched, so that its faces are found just before the inference thread needs
/// them; `None` while that thread has faces waiting.
fn time_to_search(shared: &Shared, face_time: Option<Duration>) -> Option<Duration> {
    let start = shared.ready_at().and_then(|at| at.checked_sub(face_time.unwrap_or_default() + MARGIN));
    let time = start.map_or(Duration::ZERO, |start| start.saturating_duration_since(Instant::now()));
    shared.jobs.is_empty().then_some(time)
}

/// Takes the frame to process now. While the inference thread is busy, the newest frame waits until just before that
/// thread is ready, up to [`BUSY_INTERVAL`]: faces found earlier would be older when they are aged, and faces that it
/// never sees would only take processor time from it.
fn take_due(
    shared: &Shared,
    detection: Option<&Detection>,
    waiting: &mut Option<SourceFrame>,
    face_time: Option<Duration>,
) -> Option<SourceFrame> {
    let rested = detection.is_none_or(|detection| detection.started.elapsed() >= BUSY_INTERVAL);
    if waiting.is_some() {
        let is_needed = time_to_search(shared, face_time) == Some(Duration::ZERO);
        return waiting.take_if(|_| rested || is_needed);
    }
    // A frozen frame on which the detector is still undecided is passed to it again.
    detection.filter(|it| rested && it.is_undecided()).map(|it| it.frame.clone())
}

/// Searches a still thoroughly. Stops for another source or another choice of faces; after the latter the
/// search starts again.
fn detect_more(shared: &Shared, detector: &mut dyn FaceDetector, detection: &mut Detection, wanted: &Wanted) {
    let started = Instant::now();
    let same_source = || !shared.stopped() && shared.wanted().source_revision == wanted.source_revision;
    let same_choice = || shared.wanted().faces_revision == wanted.faces_revision;
    detection.search_pending = false;
    match detector.detect_more(&detection.frame.frame, &|| same_source() && same_choice()) {
        Ok(Some(observation)) => {
            shared.record(Stage::Face, started.elapsed());
            detection.observation = observation;
        }
        Ok(None) => detection.search_pending = !same_choice(),
        Err(error) => {
            shared.raise(Fault { thread: super::FACE, message: error.to_string(), restarts: 0 });
            let found_none = detection.observation.faces.is_empty();
            detection.observation.problem = found_none.then_some(FaceProblem::NoFace);
        }
    }
}

fn detect(shared: &Shared, detector: &mut dyn FaceDetector, frame: SourceFrame) -> Detection {
    let started = Instant::now();
    let detected = if frame.live { Ok(detector.track(&frame.frame)) } else { detector.detect(&frame.frame) };
    shared.record(Stage::Face, started.elapsed());
    let search_pending = !frame.live && detected.is_ok();
    let observation = detected.unwrap_or_else(|error| {
        shared.raise(Fault { thread: super::FACE, message: error.to_string(), restarts: 0 });
        FaceObservation { faces: Vec::new(), problem: Some(FaceProblem::NoFace) }
    });
    Detection { started, frame, observation, search_pending }
}

fn submit_faces(shared: &Shared, detection: &Detection, wanted: &Wanted, chooser: &mut FaceChooser) {
    let FaceObservation { faces, problem } = &detection.observation;
    let chosen = if problem.is_some() { Vec::new() } else { chooser.choose(wanted.faces, faces) };
    let report = FaceReport {
        faces: faces.clone(),
        chosen: chosen.iter().map(|face| face.id).collect(),
        problem: *problem,
    };
    shared.show_faces(report, detection.frame.source_revision);
    let frame = detection.frame.clone();
    shared.submit_faces(FaceJob { frame, faces: chosen, faces_revision: wanted.faces_revision });
}
