//! What an exhibit shows, and when: a state machine without pictures, so that a test can play a whole day.

use std::collections::BTreeSet;

use super::file::{Exhibit, ExhibitLayout};

/// Minimum time that a face must be visible to count as a visitor, in seconds; shorter ones are false detections.
const VISITOR_SECONDS: f64 = 1.0;
/// Longest wait for the tiles of a photograph after the countdown, in seconds.
const MAX_WAIT_SECONDS: f64 = 5.0;
/// Step between ages of the slow play, in years; smaller changes are not visible.
const AGE_STEP: f32 = 0.5;

/// What is on the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stage {
    /// Nobody is there.
    Invitation,
    /// The visitors at other ages.
    Mirror,
    /// A photograph is about to be taken; the time when it is, in seconds of the window's clock.
    Countdown(f64),
    /// The strip of the photograph, until this time in seconds.
    Photo(f64),
}

/// What is seen and asked for in one frame of the window.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen<'a> {
    /// Seconds of the window's clock.
    pub time: f64,
    /// The identities of the faces in the input.
    pub faces: &'a [u64],
    /// Whether a visitor asks for a photograph.
    pub photo: bool,
    /// Whether all tiles of a photograph are there.
    pub tiles_ready: bool,
}

/// What happened in one frame of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// New visitors.
    pub visitors: u64,
    /// Whether the photograph is taken now.
    pub photograph: bool,
}

/// Decides what is shown.
pub struct Director {
    stage: Stage,
    /// When a face was last seen, in seconds.
    last_face: f64,
    /// When the current play began, in seconds.
    play_start: f64,
    /// Faces in view with the time of their first frame, and whether they were counted.
    present: Vec<(u64, f64, bool)>,
}

impl Default for Director {
    fn default() -> Self {
        Self { stage: Stage::Invitation, last_face: f64::NEG_INFINITY, play_start: 0.0, present: Vec::new() }
    }
}

impl Director {
    /// What is on the screen.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Continues to the time of `seen`.
    pub fn advance(&mut self, exhibit: &Exhibit, seen: &Seen) -> Events {
        let mut events = Events { visitors: self.count(seen), photograph: false };
        if !seen.faces.is_empty() {
            self.last_face = seen.time;
        }
        let is_idle = seen.time - self.last_face > f64::from(exhibit.idle);
        self.stage = match self.stage {
            Stage::Invitation if !seen.faces.is_empty() => {
                self.play_start = seen.time;
                Stage::Mirror
            }
            Stage::Mirror if is_idle => Stage::Invitation,
            Stage::Mirror if seen.photo && exhibit.photo.enabled && !seen.faces.is_empty() => {
                Stage::Countdown(seen.time + f64::from(exhibit.photo.countdown))
            }
            Stage::Countdown(until) if seen.time >= until && seen.tiles_ready => {
                events.photograph = true;
                Stage::Photo(seen.time + f64::from(exhibit.photo.shown))
            }
            Stage::Countdown(until) if seen.time > until + MAX_WAIT_SECONDS => Stage::Mirror,
            Stage::Photo(until) if seen.time >= until || seen.photo => {
                self.play_start = seen.time;
                if is_idle { Stage::Invitation } else { Stage::Mirror }
            }
            stage => stage,
        };
        events
    }

    /// Counts faces that have stayed for [`VISITOR_SECONDS`].
    fn count(&mut self, seen: &Seen) -> u64 {
        let now: BTreeSet<u64> = seen.faces.iter().copied().collect();
        self.present.retain(|(face, ..)| now.contains(face));
        for face in now {
            if !self.present.iter().any(|(known, ..)| *known == face) {
                self.present.push((face, seen.time, false));
            }
        }
        let is_new =
            |(_, since, counted): &&mut (u64, f64, bool)| !*counted && seen.time - *since >= VISITOR_SECONDS;
        self.present.iter_mut().filter(is_new).map(|visitor| visitor.2 = true).count() as u64
    }

    /// The ages to make now, in years.
    pub fn ages(&self, exhibit: &Exhibit, time: f64) -> Vec<f32> {
        match (self.stage, exhibit.layout) {
            // While the photograph is shown, no new pictures are needed.
            (Stage::Invitation | Stage::Photo(_), _) => Vec::new(),
            (Stage::Mirror, ExhibitLayout::Large) => vec![self.age(exhibit, time)],
            _ => exhibit.ages.clone(),
        }
    }

    /// The age of the slow play, in years: back and forth between the youngest and the oldest.
    fn age(&self, exhibit: &Exhibit, time: f64) -> f32 {
        let play = exhibit.play;
        let turns = ((time - self.play_start).max(0.0) as f32 / play.seconds).rem_euclid(2.0);
        let share = 1.0 - (1.0 - turns).abs();
        let age = play.youngest + (play.oldest - play.youngest) * share;
        (age / AGE_STEP).round() * AGE_STEP
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: f64, faces: &[u64]) -> Seen<'_> {
        Seen { time, faces, ..Seen::default() }
    }

    #[test]
    fn a_visitor_starts_the_mirror_and_the_invitation_returns_when_everybody_is_gone() {
        let (exhibit, mut director) = (Exhibit::default(), Director::default());
        assert_eq!(director.advance(&exhibit, &at(0.0, &[])), Events::default());
        assert_eq!(director.stage(), Stage::Invitation);
        director.advance(&exhibit, &at(1.0, &[7]));
        assert_eq!(director.stage(), Stage::Mirror);
        director.advance(&exhibit, &at(8.0, &[]));
        assert_eq!(director.stage(), Stage::Mirror, "a face that turns away for a moment changes nothing");
        director.advance(&exhibit, &at(9.5, &[]));
        assert_eq!(director.stage(), Stage::Invitation);
    }

    #[test]
    fn a_visitor_is_counted_once_and_a_false_detection_never() {
        let (exhibit, mut director) = (Exhibit::default(), Director::default());
        let mut visitors = 0;
        for step in 0..100 {
            let time = f64::from(step) * 0.1;
            let faces: &[u64] = if step == 50 { &[1, 2] } else { &[1] };
            visitors += director.advance(&exhibit, &at(time, faces)).visitors;
        }
        assert_eq!(visitors, 1);
    }

    #[test]
    fn a_photograph_counts_down_waits_for_its_tiles_and_is_shown() {
        let (exhibit, mut director) = (Exhibit::default(), Director::default());
        director.advance(&exhibit, &at(0.0, &[1]));
        director.advance(&exhibit, &Seen { photo: true, ..at(1.0, &[1]) });
        assert_eq!(director.stage(), Stage::Countdown(4.0));
        assert_eq!(director.ages(&exhibit, 2.0), exhibit.ages);
        assert!(!director.advance(&exhibit, &at(4.1, &[1])).photograph);
        let taken = director.advance(&exhibit, &Seen { tiles_ready: true, ..at(4.2, &[1]) });
        assert!(taken.photograph && director.stage() == Stage::Photo(16.2));
        director.advance(&exhibit, &at(16.3, &[1]));
        assert_eq!(director.stage(), Stage::Mirror);
    }

    #[test]
    fn a_photograph_whose_tiles_never_come_is_given_up() {
        let (exhibit, mut director) = (Exhibit::default(), Director::default());
        director.advance(&exhibit, &at(0.0, &[1]));
        director.advance(&exhibit, &Seen { photo: true, ..at(1.0, &[1]) });
        director.advance(&exhibit, &at(9.5, &[1]));
        assert_eq!(director.stage(), Stage::Mirror);
    }

    #[test]
    fn without_photographs_a_touch_does_nothing() {
        let mut exhibit = Exhibit::default();
        exhibit.photo.enabled = false;
        let mut director = Director::default();
        director.advance(&exhibit, &at(0.0, &[1]));
        director.advance(&exhibit, &Seen { photo: true, ..at(1.0, &[1]) });
        assert_eq!(director.stage(), Stage::Mirror);
    }

    #[test]
    fn the_play_goes_back_and_forth_within_its_ages() {
        let (exhibit, mut director) = (Exhibit::default(), Director::default());
        director.advance(&exhibit, &at(10.0, &[1]));
        let age = |seconds: f64| director.ages(&exhibit, 10.0 + seconds)[0];
        assert_eq!((age(0.0), age(14.0), age(28.0)), (4.0, 82.0, 4.0));
        assert!(age(7.0) > 40.0 && age(7.0) < 46.0);
    }
}
