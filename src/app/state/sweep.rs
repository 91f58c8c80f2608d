//! The sweep: one captured picture is aged in many small steps, which are then played back and forth.

use std::sync::Arc;

use image::RgbImage;

use crate::pipeline::{LiveView, Tile};
use agemirror_faces::face::FrameEdge;

/// So many pictures are played a second.
pub const PLAYBACK_RATE: u32 = 10;
/// How many pictures a sweep over years may have.
pub const PICTURE_COUNTS: [usize; 3] = [25, 49, 91];

/// A picture that was captured for a sweep, and how it is played.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepRun {
    /// The number of the capture, by which its pictures are told from older ones.
    pub capture: u64,
    /// The ages, in years, in the order of play.
    pub ages: Vec<f32>,
    /// The picture that is shown, by its place among those that are count.
    pub index: usize,
    /// Whether it plays by itself once everything is count.
    pub playing: bool,
    /// Towards old age, or back.
    forward: bool,
    /// When the last step was count, in seconds of the window's clock.
    stepped_at: Option<f64>,
}

impl SweepRun {
    /// A new one over `ages`.
    pub fn new(capture: u64, ages: Vec<f32>) -> Self {
        Self { capture, ages, index: 0, playing: true, forward: true, stepped_at: None }
    }

    /// Plays on at `now` (seconds of the window's clock) among `made` pictures; returns the seconds until
    /// the next step.
    pub fn play(&mut self, now: f64, count: usize) -> f64 {
        let step = 1.0 / f64::from(PLAYBACK_RATE);
        let last = *self.stepped_at.get_or_insert(now);
        let steps = ((now - last) / step + 1e-6).floor().max(0.0);
        // After a pause of the whole window it goes on where it was.
        for _ in 0..(steps as usize).min(2 * count) {
            self.play_step(count);
        }
        let last = last + steps * step;
        self.stepped_at = Some(last);
        last + step - now
    }

    fn play_step(&mut self, count: usize) {
        let last = count.saturating_sub(1);
        if self.index >= last {
            self.forward = false;
        } else if self.index == 0 {
            self.forward = true;
        }
        self.index = if self.forward { self.index + 1 } else { self.index.saturating_sub(1) }.min(last);
    }

    /// Moves by hand, which stops the play.
    pub fn step(&mut self, steps: isize, count: usize) {
        self.pause();
        self.index = self.index.saturating_add_signed(steps).min(count.saturating_sub(1));
    }

    /// Plays on from here.
    pub fn resume(&mut self) {
        self.playing = true;
        self.stepped_at = None;
    }

    /// Stays at this picture.
    pub fn pause(&mut self) {
        self.playing = false;
        self.stepped_at = None;
    }
}

/// What is made of a run.
pub struct SweepResult {
    /// The pictures in the order of play: crops, or whole frames.
    pub pictures: Vec<Tile>,
    /// The picture that was captured, cut out in the same way.
    pub input: Arc<RgbImage>,
    /// What of all these pictures lies beyond the frame.
    pub edge: Option<Arc<FrameEdge>>,
    /// Whether no more is to come.
    pub complete: bool,
}

/// What is made of `run`; `None` while nothing of it has come.
pub fn sweep_result(run: &SweepRun, view: &LiveView, whole_frame: bool) -> Option<SweepResult> {
    let set = view.tiles.as_ref()?;
    let progress = set.progress.filter(|progress| progress.capture == run.capture)?;
    if set.ages != run.ages {
        return None;
    }
    let face = set.faces.first()?;
    let (pictures, input, edge) = match whole_frame {
        true => (set.whole.clone(), Arc::clone(&set.frame.picture), None),
        false => (face.tiles.clone(), Arc::clone(&face.crop), face.edge.clone()),
    };
    let complete = !progress.is_working() && (progress.cancelled || pictures.len() >= run.ages.len());
    Some(SweepResult { pictures, input, edge, complete })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indices(run: &mut SweepRun, count: usize, seconds: f64) -> Vec<usize> {
        let passes = (seconds * 30.0) as u32;
        let mut indices = vec![run.index];
        for pass in 1..=passes {
            run.play(f64::from(pass) / 30.0, count);
            if indices.last() != Some(&run.index) {
                indices.push(run.index);
            }
        }
        indices
    }

    #[test]
    fn it_plays_back_and_forth_ten_pictures_a_second() {
        let mut run = SweepRun::new(1, vec![1.0, 2.0, 3.0, 4.0]);
        run.play(0.0, 4);
        assert_eq!(indices(&mut run, 4, 1.0), [0, 1, 2, 3, 2, 1, 0, 1, 2, 3, 2]);
    }

    #[test]
    fn a_step_by_hand_stops_the_play_and_stays_within_what_is_made() {
        let mut run = SweepRun::new(1, vec![1.0; 9]);
        run.step(3, 9);
        assert_eq!((run.index, run.playing), (3, false));
        run.step(-9, 9);
        assert_eq!(run.index, 0);
        run.step(100, 5);
        assert_eq!(run.index, 4);
    }

    #[test]
    fn one_picture_or_none_does_no_harm() {
        for count in [0, 1] {
            let mut run = SweepRun::new(1, vec![1.0]);
            run.play(0.0, count);
            run.play(5.0, count);
            run.step(1, count);
            assert_eq!(run.index, 0);
        }
    }
}
