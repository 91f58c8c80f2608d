//! The sweep: one captured picture, aged in many small steps that are played back and forth.

use std::sync::Arc;

use image::RgbImage;

use crate::pipeline::{LiveView, Tile};
use agemirror_faces::face::FrameEdge;

/// Playback rate, in pictures per second.
pub const PLAYBACK_RATE: u32 = 10;
/// Choices for the number of pictures in a sweep over years.
pub const PICTURE_COUNTS: [usize; 3] = [25, 49, 91];

/// A sweep: its capture, its ages, and the state of its playback.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepRun {
    /// The number of the capture, which tells its pictures from older ones.
    pub capture: u64,
    /// The ages, in years, in playback order.
    pub ages: Vec<f32>,
    /// The index of the shown picture, among those that are made.
    pub index: usize,
    /// Whether it plays once all pictures are made.
    pub playing: bool,
    /// Whether it plays towards old age.
    forward: bool,
    /// When the last step was played, in seconds of the window's clock.
    stepped_at: Option<f64>,
}

impl SweepRun {
    /// A new sweep over `ages`.
    pub fn new(capture: u64, ages: Vec<f32>) -> Self {
        Self { capture, ages, index: 0, playing: true, forward: true, stepped_at: None }
    }

    /// Advances the playback to `now` (seconds of the window's clock) among `count` pictures. Returns the
    /// seconds until the next step.
    pub fn play(&mut self, now: f64, count: usize) -> f64 {
        let step = 1.0 / f64::from(PLAYBACK_RATE);
        let last = *self.stepped_at.get_or_insert(now);
        let steps = ((now - last) / step + 1e-6).floor().max(0.0);
        // After the whole window was paused, it continues where it was.
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

    /// Moves by hand, which pauses the playback.
    pub fn step(&mut self, steps: isize, count: usize) {
        self.pause();
        self.index = self.index.saturating_add_signed(steps).min(count.saturating_sub(1));
    }

    /// Continues the playback.
    pub fn resume(&mut self) {
        self.playing = true;
        self.stepped_at = None;
    }

    /// Pauses the playback.
    pub fn pause(&mut self) {
        self.playing = false;
        self.stepped_at = None;
    }
}

/// The pictures of a sweep that are made so far.
pub struct SweepResult {
    /// The pictures in playback order: crops, or whole frames.
    pub pictures: Vec<Tile>,
    /// The captured picture, cropped in the same way.
    pub input: Arc<RgbImage>,
    /// The part of all these pictures that is beyond the frame.
    pub edge: Option<Arc<FrameEdge>>,
    /// Whether no more pictures will be made.
    pub complete: bool,
}

impl SweepResult {
    /// The picture of `run` to show: while pictures are being made, the newest one.
    pub fn shown(&self, run: &SweepRun) -> Option<&Tile> {
        let last = self.pictures.len().checked_sub(1)?;
        self.pictures.get(if self.complete { run.index.min(last) } else { last })
    }
}

/// The pictures of `run` that are made so far; `None` before the first.
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
    use std::time::Instant;

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
    fn the_newest_picture_is_shown_until_all_are_made() {
        let (captured, finished) = (Instant::now(), Instant::now());
        let input = Arc::new(RgbImage::new(1, 1));
        let tile = |age| Tile { age, picture: Arc::clone(&input), captured, finished };
        let run = SweepRun::new(1, vec![1.0, 2.0, 3.0]);
        let mut result = SweepResult {
            pictures: [1.0, 2.0].map(tile).to_vec(),
            input: Arc::clone(&input),
            edge: None,
            complete: false,
        };
        assert_eq!(result.shown(&run).map(|tile| tile.age), Some(2.0));
        result.complete = true;
        assert_eq!(result.shown(&run).map(|tile| tile.age), Some(1.0));
        result.pictures.clear();
        assert!(result.shown(&run).is_none());
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
