//! How much of a prototype's change the network should reproduce. An average shows less of everything than a
//! single face: lines whose positions differ between faces blur away, and prototypes look younger than the
//! faces in them (Burt and Perrett, 1995). Detail finer than a cheek is therefore amplified where it fades;
//! where it deepens, lines of other faces are drawn besides the network's change. The mouth and the eyes
//! count less, because they differ more by expression and person than by age.

use super::texture::{COLOUR_PLANES, TEXTURE_PLANES};
use agemirror_faces::face::field::{Bilinear, Grid, inside};

/// Contour of the mouth opening, as indices of the face mesh.
const MOUTH: [usize; 20] =
    [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95];
/// Contours of the eyes, as indices of the face mesh.
const EYES: [usize; 32] = [
    33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246, 263, 249, 390, 373, 374,
    380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466,
];
/// Factors for the parts of a prototype's change; 1 means as measured. Pairs hold the factors towards an
/// older and towards a younger age.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub(crate) struct TargetScale {
    /// Displacement of features.
    pub shape: [f32; 2],
    /// Uniform change of brightness over the face. It counts less, because photographs of children are lit
    /// differently.
    #[serde(alias = "even")]
    pub brightness: f32,
    /// Colour changes coarser than a cheek.
    pub coarse: [f32; 2],
    /// Finer colour changes.
    #[serde(alias = "finer")]
    pub fine: [f32; 2],
    /// Detail that deepens with age or fades towards youth.
    pub detail: [f32; 2],
    /// Largest absolute logarithm of the detail gain.
    #[serde(alias = "steepest")]
    pub max_log_gain: f32,
    /// Factor for all of these inside the eyes.
    pub eyes: f32,
    /// Factor for all of these inside the mouth.
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

/// The scaling for one face.
pub(super) struct TargetScaling {
    head: Grid,
    eyes: Grid,
    mouth: Grid,
    older: bool,
    scale: TargetScale,
}

impl TargetScaling {
    /// The scaling for a face with this mesh (fractions of the side).
    pub(super) fn new(mesh: &[[f32; 2]], older: bool, scale: TargetScale) -> Self {
        let some = |points: &[usize]| -> Vec<[f32; 2]> {
            points.iter().filter_map(|i| mesh.get(*i)).copied().collect()
        };
        Self { head: inside(mesh), eyes: inside(&some(&EYES)), mouth: inside(&some(&MOUTH)), older, scale }
    }

    /// Weight of the change at a point: 1 inside the mesh, 0 outside.
    pub(super) fn weight_at(&self, at: [f32; 2]) -> f32 {
        let bilinear = Bilinear::of(at, self.head.side);
        let ramp = |grid: &Grid, from: f32, to: f32| {
            ((bilinear.value(&grid.planes[0]) - from) / (to - from)).clamp(0.0, 1.0)
        };
        let eyes = 1.0 - (1.0 - self.scale.eyes) * ramp(&self.eyes, 0.6, 0.85);
        let mouth = 1.0 - (1.0 - self.scale.mouth) * ramp(&self.mouth, 0.5, 0.8);
        ramp(&self.head, 0.55, 0.88) * eyes * mouth
    }

    /// Scales the change of a texture: colours, then the log gain of detail. In `change`, the low-pass part
    /// of the colours follows these planes.
    pub(super) fn texture(&self, mut change: Grid) -> Grid {
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

/// Mean over the middle half of each axis, which the face fills.
fn mean_of_middle(plane: &[f32], side: usize) -> f32 {
    let middle = side / 4..side - side / 4;
    let rows = plane.chunks_exact(side).skip(middle.start).take(middle.len());
    let sum: f32 = rows.map(|row| row[middle.clone()].iter().sum::<f32>()).sum();
    sum / (middle.len() * middle.len()) as f32
}
