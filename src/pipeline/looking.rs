//! The face thread: finds the faces in the newest frame and hands the chosen ones to the network.

use std::time::{Duration, Instant};

use super::settings::WatcherMaker;
use super::shared::{CropJob, Seen, Shared};
use super::statistics::Stage;
use super::view::{FaceReport, Fault};
use super::wanted::Wanted;
use super::watcher::FaceWatcher;
use agemirror_faces::crop::FaceChooser;
use agemirror_faces::face::{FaceObservation, FaceProblem};

const PATIENCE: Duration = Duration::from_millis(200);
/// Faces are looked for at least so often while frames come, however slow the network is.
const PACE: Duration = Duration::from_millis(60);
/// How long to wait before a face watcher that could not be made is tried again.
const PAUSE: Duration = Duration::from_secs(2);

/// Runs until the pipeline stops.
pub(super) fn work(shared: &Shared, maker: &WatcherMaker) {
    let mut restarts = 0;
    while !shared.stopped() {
        match maker() {
            Ok(watcher) => watch(shared, watcher),
            Err(error) => {
                shared.raise(Fault { thread: super::FACE, message: error.to_string(), restarts });
                restarts += 1;
                shared.pause(PAUSE);
            }
        }
    }
}

/// What was seen in a frame, kept so that another face can be chosen in it.
struct Look {
    began: Instant,
    seen: Seen,
    observation: FaceObservation,
    /// Whether the picture is a still that is yet to be searched for small and turned faces.
    more: bool,
}

impl Look {
    fn is_unsettled(&self) -> bool {
        self.observation.faces.is_empty() && self.observation.problem.is_none() && !self.more
    }
}

/// Looks at the frames of one source; a new source gets a watcher that knows nothing of the old one.
fn watch(shared: &Shared, mut watcher: Box<dyn FaceWatcher>) {
    let source_revision = shared.wanted().source_revision;
    let mut chooser = FaceChooser::default();
    let mut look: Option<Look> = None;
    let mut chosen_for = 0;
    // After a restart or a change of source the only frame of a still picture may have been taken
    // out of the mailbox already.
    let mut waiting = shared.newest_seen();
    while !shared.stopped() {
        let wanted = shared.wanted();
        if wanted.source_revision != source_revision {
            return;
        }
        let looked_at = look.as_ref().map_or(0, |look| look.seen.order);
        waiting = waiting.filter(|seen| seen.source_revision == source_revision && seen.order > looked_at);
        let due = due(shared, look.as_ref(), &mut waiting);
        let news = due.is_some() || chosen_for != wanted.faces_revision;
        if let Some(seen) = due {
            look = Some(observe(shared, watcher.as_mut(), seen));
        }
        if let Some(look) = look.as_ref().filter(|_| news) {
            chosen_for = wanted.faces_revision;
            hand_on(shared, look, &wanted, &mut chooser);
        }
        if let Some(look) = look.as_mut().filter(|look| look.more && waiting.is_none()) {
            find_more(shared, watcher.as_mut(), look, &wanted);
            hand_on(shared, look, &wanted, &mut chooser);
        }
        let again_soon = waiting.is_some() || look.as_ref().is_some_and(Look::is_unsettled);
        waiting = shared.frames.wait(if again_soon { PACE } else { PATIENCE }).or(waiting);
    }
}

/// The frame that is to be looked at now. While the network still has faces to take, the next frame
/// waits for a moment: faces that it will never see would only take the processor away from it.
fn due(shared: &Shared, look: Option<&Look>, waiting: &mut Option<Seen>) -> Option<Seen> {
    let rested = look.is_none_or(|look| look.began.elapsed() >= PACE);
    if waiting.is_some() {
        return waiting.take_if(|_| rested || shared.crops.is_empty());
    }
    // A frozen frame whose first look is still under way is shown to the watcher again.
    look.filter(|look| rested && look.is_unsettled()).map(|look| look.seen.clone())
}

/// Searches a still thoroughly. Another source ends the search; another choice of faces is answered first.
fn find_more(shared: &Shared, watcher: &mut dyn FaceWatcher, look: &mut Look, wanted: &Wanted) {
    let began = Instant::now();
    let same_source = || !shared.stopped() && shared.wanted().source_revision == wanted.source_revision;
    let same_choice = || shared.wanted().faces_revision == wanted.faces_revision;
    look.more = false;
    match watcher.find_more(&look.seen.frame, &|| same_source() && same_choice()) {
        Ok(Some(observation)) => {
            shared.note(Stage::Face, began.elapsed());
            look.observation = observation;
        }
        Ok(None) => look.more = !same_choice(),
        Err(error) => {
            shared.raise(Fault { thread: super::FACE, message: error.to_string(), restarts: 0 });
            look.observation.problem = look.observation.faces.is_empty().then_some(FaceProblem::NoFace);
        }
    }
}

fn observe(shared: &Shared, watcher: &mut dyn FaceWatcher, seen: Seen) -> Look {
    let began = Instant::now();
    let observed = if seen.live { Ok(watcher.follow(&seen.frame)) } else { watcher.find(&seen.frame) };
    shared.note(Stage::Face, began.elapsed());
    let more = !seen.live && observed.is_ok();
    let observation = observed.unwrap_or_else(|error| {
        shared.raise(Fault { thread: super::FACE, message: error.to_string(), restarts: 0 });
        FaceObservation { faces: Vec::new(), problem: Some(FaceProblem::NoFace) }
    });
    Look { began, seen, observation, more }
}

fn hand_on(shared: &Shared, look: &Look, wanted: &Wanted, chooser: &mut FaceChooser) {
    let FaceObservation { faces, problem } = &look.observation;
    let chosen = if problem.is_some() { Vec::new() } else { chooser.choose(wanted.faces, faces) };
    let report = FaceReport {
        faces: faces.clone(),
        chosen: chosen.iter().map(|face| face.id).collect(),
        problem: *problem,
    };
    shared.show_faces(report, look.seen.source_revision);
    shared.hand_on(CropJob { seen: look.seen.clone(), faces: chosen, faces_revision: wanted.faces_revision });
}
