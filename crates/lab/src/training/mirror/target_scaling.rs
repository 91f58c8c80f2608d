//! What of a prototype's change counts, and how much. An average has less of everything than a face: lines that
//! lie a little elsewhere in every face blur away, and prototypes are seen younger than the faces in them (Burt
//! and Perrett, 1995). So what is finer than a cheek is taught more strongly than it was measured where it fades; where
//! it deepens, lines of other faces are drawn beside the network's change. Where
//! expressions and looks differ more than ages do, in the mouth and the eyes, it counts less.

use super::prototypes::{COLOUR_PLANES, TEXTURE_PLANES};
use agemirror_faces::face::field::{Bilinear, Grid, inside};

/// The contour of the mouth's opening, in the numbering of the face mesh.
const MOUTH: [usize; 20] =
    [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95];
/// The contours of the eyes.
const EYES: [usize; 32] = [
    33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246, 263, 249, 390, 373, 374,
    380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466,
];
/// How strongly the parts of a prototype's change are taught. Pairs are for the way to an older and to a younger
/// age; 1 is as strong as measured.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct TargetScale {
    /// How far features move.
    pub shape: [f32; 2],
    /// The even brightening or darkening of a face: photographs of children are lit otherwise.
    #[serde(alias = "even")]
    pub brightness: f32,
    /// Colours as coarse as a cheek.
    pub coarse: [f32; 2],
    /// Colours finer than that.
    #[serde(alias = "finer")]
    pub fine: [f32; 2],
    /// Detail that deepens on the way up or fades on the way down.
    pub detail: [f32; 2],
    /// The largest logarithm of a gain of detail either way.
    #[serde(alias = "steepest")]
    pub max_log_gain: f32,
    /// What is left of all this inside the eyes.
    pub eyes: f32,
    /// What is left of all this inside the mouth.
    pub mouth: f32,
}

impl Default for TargetScale {
    fn default() -> Self {
        Self {
            shape: [1.0, 1.0],
            brightness: 0.6,
            coarse: [1.0, 1.0],
            fine: [1.0, 1.3],
            detail: [1.0, 2.2],
            max_log_gain: 0.9,
            eyes: 0.5,
            mouth: 0.15,
        }
    }
}

/// Passes of a small filter that blur a texture of 128 px to what is as coarse as a cheek.
const LOW_PASS_PASSES: usize = 24;

/// What counts for one face.
pub struct TargetScaling {
    head: Grid,
    eyes: Grid,
    mouth: Grid,
    older: bool,
    scale: TargetScale,
}

impl TargetScaling {
    /// For the face with this mesh (fractions of the side).
    pub fn new(mesh: &[[f32; 2]], older: bool, scale: TargetScale) -> Self {
        let some = |points: &[usize]| -> Vec<[f32; 2]> {
            points.iter().filter_map(|i| mesh.get(*i)).copied().collect()
        };
        Self { head: inside(mesh), eyes: inside(&some(&EYES)), mouth: inside(&some(&MOUTH)), older, scale }
    }

    /// How much of the change counts at a point: all inside the mesh, nothing outside.
    pub fn weight_at(&self, at: [f32; 2]) -> f32 {
        let place = Bilinear::of(at, self.head.side);
        let ramp = |grid: &Grid, from: f32, to: f32| {
            ((place.value(&grid.planes[0]) - from) / (to - from)).clamp(0.0, 1.0)
        };
        let eyes = 1.0 - (1.0 - self.scale.eyes) * ramp(&self.eyes, 0.6, 0.85);
        let mouth = 1.0 - (1.0 - self.scale.mouth) * ramp(&self.mouth, 0.5, 0.8);
        ramp(&self.head, 0.55, 0.88) * eyes * mouth
    }

    /// The change of a texture as it is taught: colours, then the logarithm of the scale of detail.
    /// `change` has the coarse part of the colours after them.
    pub fn texture(&self, mut change: Grid) -> Grid {
        let (way, scale) = (usize::from(!self.older), self.scale);
        let coarse = change.planes.split_off(TEXTURE_PLANES);
        for (plane, coarse) in change.planes.iter_mut().zip(&coarse) {
            let even = (1.0 - scale.brightness) * mean_of_middle(coarse, change.side);
            let scaled = |(v, coarse): (&mut f32, &f32)| {
                *v = scale.coarse[way] * (coarse - even) + scale.fine[way] * (*v - coarse);
            };
            plane.iter_mut().zip(coarse).for_each(scaled);
        }
        for value in change.planes.iter_mut().skip(COLOUR_PLANES).flatten() {
            let along = (*value > 0.0) == self.older;
            *value = (*value * if along { scale.detail[way] } else { 1.0 })
                .clamp(-scale.max_log_gain, scale.max_log_gain);
        }
        change
    }
}

/// The mean over the middle half of each axis, where there is face.
fn mean_of_middle(plane: &[f32], side: usize) -> f32 {
    let middle = side / 4..side - side / 4;
    let rows = plane.chunks_exact(side).skip(middle.start).take(middle.len());
    let sum: f32 = rows.map(|row| row[middle.clone()].iter().sum::<f32>()).sum();
    sum / (middle.len() * middle.len()) as f32
}

/// The part of a plane that is as coarse as a cheek.
pub fn coarse(plane: &[f32], side: usize) -> Vec<f32> {
    let mut coarse = plane.to_vec();
    for _ in 0..LOW_PASS_PASSES * side * side / (128 * 128) {
        smooth(&mut coarse, side);
    }
    coarse
}

/// (1, 2, 1)/4 along each axis; the edge is repeated.
pub fn smooth(plane: &mut [f32], side: usize) {
    for row in plane.chunks_exact_mut(side) {
        let mut before = row[0];
        for x in 0..side {
            let (now, after) = (row[x], row[(x + 1).min(side - 1)]);
            row[x] = (before + 2.0 * now + after) / 4.0;
            before = now;
        }
    }
    let mut above = plane[..side].to_vec();
    for y in 0..side {
        let (head, below) = plane.split_at_mut((y + 1) * side);
        let row = &mut head[y * side..];
        for x in 0..side {
            let now = row[x];
            let after = below.get(x).copied().unwrap_or(now);
            row[x] = (above[x] + 2.0 * now + after) / 4.0;
            above[x] = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smoothing_spreads_a_point_evenly_and_keeps_the_sum() {
        let mut plane = vec![0.0; 49];
        plane[24] = 16.0;
        smooth(&mut plane, 7);
        assert_eq!((plane[24], plane[23], plane[17], plane[16]), (4.0, 2.0, 2.0, 1.0));
        assert_eq!(plane.iter().sum::<f32>(), 16.0);
    }
}
