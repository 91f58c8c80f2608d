//! Chooses the faces of a frame to age.

use crate::face::{FaceBox, MAX_FACES, TrackedFace};

/// Which faces to age.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum FaceChoice {
    /// The largest one.
    #[default]
    Largest,
    /// The one at this point of the frame (pixels), then tracked.
    At([f32; 2]),
    /// All faces, up to four.
    All,
}

/// Area ratio from which another face becomes the largest, so that two faces of similar size do not
/// alternate.
const TAKES_OVER: f32 = 1.25;

/// Remembers the chosen face, so that it stays chosen while it moves.
#[derive(Default)]
pub struct FaceChooser {
    choice: FaceChoice,
    /// The face that the user pointed at, once found.
    pointed: Option<u64>,
    /// The face that came first last time.
    first: Option<u64>,
}

impl FaceChooser {
    /// The faces to age, most important first.
    pub fn choose(&mut self, choice: FaceChoice, faces: &[TrackedFace]) -> Vec<TrackedFace> {
        if choice != self.choice {
            *self = Self { choice, ..Self::default() };
        }
        let mut chosen = by_size(faces);
        if let FaceChoice::At(point) = choice {
            if self.pointed.is_none() {
                self.pointed = at(point, faces).map(|face| face.id);
            }
            self.put_first(&mut chosen, self.pointed);
        }
        let pointed_first = self.pointed.is_some() && chosen.first().map(|face| face.id) == self.pointed;
        if !pointed_first && let Some(first) = self.first {
            keep_first(&mut chosen, first);
        }
        chosen.truncate(if choice == FaceChoice::All { MAX_FACES } else { 1 });
        self.first = chosen.first().map(|face| face.id);
        chosen
    }

    fn put_first(&self, faces: &mut [TrackedFace], id: Option<u64>) {
        if let Some(index) = faces.iter().position(|face| Some(face.id) == id) {
            faces[..=index].rotate_right(1);
        }
    }
}

fn area(bounds: &FaceBox) -> f32 {
    bounds.width * bounds.height
}

fn by_size(faces: &[TrackedFace]) -> Vec<TrackedFace> {
    let mut sorted = faces.to_vec();
    sorted.sort_by(|left, right| area(&right.bounds).total_cmp(&area(&left.bounds)));
    sorted
}

/// Moves the previously first face back to the front, unless another is now clearly larger.
fn keep_first(faces: &mut [TrackedFace], first: u64) {
    let Some(index) = faces.iter().position(|face| face.id == first) else { return };
    if area(&faces[index].bounds) * TAKES_OVER >= area(&faces[0].bounds) {
        faces[..=index].rotate_right(1);
    }
}

/// The face at a point; a face whose box contains the point takes precedence over one nearby.
fn at(point: [f32; 2], faces: &[TrackedFace]) -> Option<&TrackedFace> {
    let distance = |face: &TrackedFace| {
        let bounds = &face.bounds;
        let x = point[0] - (bounds.x + bounds.width / 2.0);
        let y = point[1] - (bounds.y + bounds.height / 2.0);
        let inside = x.abs() <= bounds.width / 2.0 && y.abs() <= bounds.height / 2.0;
        (!inside, x.hypot(y))
    };
    faces.iter().min_by(|left, right| {
        let (left, right) = (distance(left), distance(right));
        left.0.cmp(&right.0).then(left.1.total_cmp(&right.1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(id: u64, x: f32, side: f32) -> TrackedFace {
        let bounds = FaceBox { x, y: 0.0, width: side, height: side, score: 1.0 };
        TrackedFace { id, bounds, points: [[0.0; 2]; 5], mesh: Vec::new(), yaw: 0.0 }
    }

    fn ids(faces: &[TrackedFace]) -> Vec<u64> {
        faces.iter().map(|face| face.id).collect()
    }

    #[test]
    fn the_largest_stays_until_another_is_clearly_larger() {
        let mut chooser = FaceChooser::default();
        let choose = |chooser: &mut FaceChooser, a, b| {
            ids(&chooser.choose(FaceChoice::Largest, &[face(1, 0.0, a), face(2, 200.0, b)]))
        };
        assert_eq!(choose(&mut chooser, 100.0, 90.0), [1]);
        assert_eq!(choose(&mut chooser, 100.0, 105.0), [1]);
        assert_eq!(choose(&mut chooser, 100.0, 130.0), [2]);
        assert_eq!(choose(&mut chooser, 105.0, 100.0), [2]);
    }

    #[test]
    fn the_face_pointed_at_is_kept_while_it_moves() {
        let mut chooser = FaceChooser::default();
        let choice = FaceChoice::At([230.0, 20.0]);
        assert_eq!(ids(&chooser.choose(choice, &[face(1, 0.0, 150.0), face(2, 200.0, 50.0)])), [2]);
        assert_eq!(ids(&chooser.choose(choice, &[face(1, 200.0, 150.0), face(2, 0.0, 50.0)])), [2]);
        assert_eq!(ids(&chooser.choose(choice, &[face(1, 200.0, 150.0)])), [1]);
        assert_eq!(ids(&chooser.choose(choice, &[face(1, 200.0, 150.0), face(2, 0.0, 50.0)])), [2]);
    }

    #[test]
    fn all_means_at_most_four_faces_with_the_largest_first() {
        let faces: Vec<_> = (0..6).map(|id| face(id, 0.0, 50.0 + 10.0 * id as f32)).collect();
        assert_eq!(ids(&FaceChooser::default().choose(FaceChoice::All, &faces)), [5, 4, 3, 2]);
        assert!(FaceChooser::default().choose(FaceChoice::All, &[]).is_empty());
    }
}
