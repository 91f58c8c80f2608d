//! The sweep: one captured picture is aged in many small steps, which are then played back and forth.

use std::sync::Arc;

use image::RgbImage;

use crate::pipeline::{LiveView, Tile};
use agemirror_faces::face::FrameEdge;

/// So many pictures are played a second.
pub const RATE: u32 = 10;
/// How many pictures a sweep over years may have.
pub const COUNTS: [usize; 3] = [25, 49, 91];

/// A picture that was captured for a sweep, and how it is played.
#[derive(Clone, Debug, PartialEq)]
pub struct Shot {
    /// The number of the capture, by which its pictures are told from older ones.
    pub capture: u64,
    /// The ages, in years, in the order of play.
    pub ages: Vec<f32>,
    /// The picture that is shown, by its place among those that are made.
    pub place: usize,
    /// Whether it plays by itself once everything is made.
    pub playing: bool,
    /// Towards old age, or back.
    forward: bool,
    /// When the last step was made, in seconds of the window's clock.
    stepped_at: Option<f64>,
}

impl Shot {
    /// A new one over `ages`.
    pub fn new(capture: u64, ages: Vec<f32>) -> Self {
        Self { capture, ages, place: 0, playing: true, forward: true, stepped_at: None }
    }

    /// Plays on at `now` (seconds of the window's clock) among `made` pictures; returns the seconds until
    /// the next step.
    pub fn play(&mut self, now: f64, made: usize) -> f64 {
        let step = 1.0 / f64::from(RATE);
        let last = *self.stepped_at.get_or_insert(now);
        let steps = ((now - last) / step + 1e-6).floor().max(0.0);
        // After a pause of the whole window it goes on where it was.
        for _ in 0..(steps as usize).min(2 * made) {
            self.step_on(made);
        }
        let last = last + steps * step;
        self.stepped_at = Some(last);
        last + step - now
    }

    fn step_on(&mut self, made: usize) {
        let last = made.saturating_sub(1);
        if self.place >= last {
            self.forward = false;
        } else if self.place == 0 {
            self.forward = true;
        }
        self.place = if self.forward { self.place + 1 } else { self.place.saturating_sub(1) }.min(last);
    }

    /// Moves by hand, which stops the play.
    pub fn step(&mut self, steps: isize, made: usize) {
        self.pause();
        self.place = self.place.saturating_add_signed(steps).min(made.saturating_sub(1));
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

/// What is made of a shot.
pub struct Made {
    /// The pictures in the order of play: crops, or whole frames.
    pub pictures: Vec<Tile>,
    /// The picture that was captured, cut out in the same way.
    pub input: Arc<RgbImage>,
    /// What of all these pictures lies beyond the frame.
    pub edge: Option<Arc<FrameEdge>>,
    /// Whether no more is to come.
    pub complete: bool,
}

/// What is made of `shot`; `None` while nothing of it has come.
pub fn made(shot: &Shot, view: &LiveView, whole_frame: bool) -> Option<Made> {
    let set = view.tiles.as_ref()?;
    let progress = set.progress.filter(|progress| progress.capture == shot.capture)?;
    if set.ages != shot.ages {
        return None;
    }
    let face = set.faces.first()?;
    let (pictures, input, edge) = match whole_frame {
        true => (set.whole.clone(), Arc::clone(&set.frame.picture), None),
        false => (face.tiles.clone(), Arc::clone(&face.crop), face.edge.clone()),
    };
    let complete = !progress.is_working() && (progress.cancelled || pictures.len() >= shot.ages.len());
    Some(Made { pictures, input, edge, complete })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(shot: &mut Shot, made: usize, seconds: f64) -> Vec<usize> {
        let passes = (seconds * 30.0) as u32;
        let mut places = vec![shot.place];
        for pass in 1..=passes {
            shot.play(f64::from(pass) / 30.0, made);
            if places.last() != Some(&shot.place) {
                places.push(shot.place);
            }
        }
        places
    }

    #[test]
    fn it_plays_back_and_forth_ten_pictures_a_second() {
        let mut shot = Shot::new(1, vec![1.0, 2.0, 3.0, 4.0]);
        shot.play(0.0, 4);
        assert_eq!(places(&mut shot, 4, 1.0), [0, 1, 2, 3, 2, 1, 0, 1, 2, 3, 2]);
    }

    #[test]
    fn a_step_by_hand_stops_the_play_and_stays_within_what_is_made() {
        let mut shot = Shot::new(1, vec![1.0; 9]);
        shot.step(3, 9);
        assert_eq!((shot.place, shot.playing), (3, false));
        shot.step(-9, 9);
        assert_eq!(shot.place, 0);
        shot.step(100, 5);
        assert_eq!(shot.place, 4);
    }

    #[test]
    fn one_picture_or_none_does_no_harm() {
        for made in [0, 1] {
            let mut shot = Shot::new(1, vec![1.0]);
            shot.play(0.0, made);
            shot.play(5.0, made);
            shot.step(1, made);
            assert_eq!(shot.place, 0);
        }
    }
}
