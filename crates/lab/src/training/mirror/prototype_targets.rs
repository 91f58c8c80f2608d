//! What prototypes teach: the change that takes a face to an age the way faces of its kind change on average.
//! It is worked out for each picture from its mesh; the network learns to do the same from pixels alone.

use candle_core::{Device, Result, Tensor};
use rayon::prelude::*;

use super::prototypes::{Prototypes, TypicalChange, sample_plane};
use super::target_scaling::{TargetScale, TargetScaling};
use crate::dataset::{FacePack, Placement};
use agemirror_faces::aging::mirror::{Change, from_head, to_head};
use agemirror_faces::face::field::{Bilinear, centres, displacement};

/// Planes of a lesson: red, green, blue, flow in x, flow in y, gain, and where all this is valid.
const CHANNELS: usize = 7;

/// What is taught of a batch.
pub struct PrototypeTargets {
    /// The change, masked nowhere.
    pub change: Change,
    /// Where something is taught: (N, 1, S, S), 0..1.
    pub valid: Tensor,
    /// Which of the faces are men's: (N, 1), 1 or 0.
    pub male: Tensor,
}

impl PrototypeTargets {
    /// The lesson of `side` pixels for each of the heads `indices` of `pack` on the way to `ages` (years), the heads
    /// placed as `placements` say.
    ///
    /// # Errors
    /// When the device fails.
    pub fn new(
        prototypes: &Prototypes,
        scale: TargetScale,
        (pack, indices): (&FacePack, &[usize]),
        ages: &[f32],
        placements: &[Placement],
        side: u32,
        device: &Device,
    ) -> Result<Self> {
        let side = side as usize;
        let pixels = side * side;
        let mut planes = vec![0f32; indices.len() * CHANNELS * pixels];
        let jobs = planes.par_chunks_exact_mut(CHANNELS * pixels).zip(indices).zip(ages).zip(placements);
        jobs.for_each(|(((planes, index), age), placement)| {
            let Some(mesh) = prototypes.mesh(*index) else {
                planes[5 * pixels..6 * pixels].fill(1.0);
                return;
            };
            let usual = prototypes.change(pack.face(*index), *age);
            let placed = FacePlacement::new(*placement, pack.side());
            fill_targets(prototypes, &usual, scale, &placed.mesh(mesh), &placed, planes);
            if placement.flipped {
                flip(planes, side);
            }
            planes[6 * pixels..].fill(1.0);
        });
        let n = indices.len();
        let all = Tensor::from_vec(planes, (n, CHANNELS, side, side), device)?;
        let part = |from: usize, count: usize| all.narrow(1, from, count)?.contiguous();
        let change = Change {
            residual: part(0, 3)?,
            mask: Tensor::ones((n, 1, side, side), all.dtype(), device)?,
            flow: part(3, 2)?,
            gain: part(5, 1)?,
        };
        let male = indices.iter().map(|index| pack.face(*index).gender.male());
        let male = Tensor::from_vec(male.collect::<Vec<_>>(), (n, 1), device)?;
        Ok(Self { change, valid: part(6, 1)?, male })
    }
}

/// Fills the planes for one picture whose mesh is `mesh`, both not flipped.
fn fill_targets(
    prototypes: &Prototypes,
    usual: &TypicalChange<'_>,
    scale: TargetScale,
    mesh: &[[f32; 2]],
    placement: &FacePlacement,
    planes: &mut [f32],
) {
    let side = (planes.len() / CHANNELS).isqrt();
    let far = scale.shape[usize::from(!usual.grows_older())];
    let moves: Vec<[f32; 2]> =
        usual.moves().iter().map(|step| placement.rotate(step.map(|v| far * v))).collect();
    let aged: Vec<[f32; 2]> = mesh.iter().zip(&moves).map(|(p, m)| [p[0] + m[0], p[1] + m[1]]).collect();
    let back: Vec<[f32; 2]> = moves.iter().map(|step| step.map(|v| -v)).collect();
    let flow = displacement(&aged, &back);
    let to_reference: Vec<[f32; 2]> =
        aged.iter().zip(prototypes.reference()).map(|(p, r)| [r[0] - p[0], r[1] - p[1]]).collect();
    let lookup = displacement(&aged, &to_reference);
    let scaling = TargetScaling::new(&aged, usual.grows_older(), scale);
    let texture = scaling.texture(usual.texture());
    let pixels = side * side;
    for (i, centre) in centres(side).enumerate() {
        let place = Bilinear::of(centre, flow.side);
        let at = [0, 1].map(|axis| centre[axis] + place.value(&lookup.planes[axis]));
        let share = scaling.weight_at(centre);
        for c in 0..3 {
            planes[c * pixels + i] = share * sample_plane(&texture, c, at);
        }
        for axis in 0..2 {
            planes[(3 + axis) * pixels + i] = place.value(&flow.planes[axis]);
        }
        planes[5 * pixels + i] = (share * sample_plane(&texture, 3, at)).exp();
    }
}

/// Mirrors every plane, and what points along x with it.
fn flip(planes: &mut [f32], side: usize) {
    planes.chunks_exact_mut(side).for_each(<[f32]>::reverse);
    let pixels = side * side;
    planes[3 * pixels..4 * pixels].iter_mut().for_each(|v| *v = -*v);
}

/// How a head was placed, seen from the face: points in fractions of what the network sees.
struct FacePlacement {
    /// As a complex number and a shift.
    a: f32,
    b: f32,
    shift: [f32; 2],
}

impl FacePlacement {
    /// For a head crop of `packed_side` pixels that was placed in a crop of its own side.
    fn new(placement: Placement, packed_side: u32) -> Self {
        let to = placement.to_picture;
        let shift = [to.tx, to.ty].map(|shift| shift / packed_side as f32);
        let placed = Self { a: to.a, b: to.b, shift: [0.0; 2] };
        let [x, y] = placed.rotate(to_head([0.0, 0.0]));
        Self { shift: from_head([x + shift[0], y + shift[1]]), ..placed }
    }

    fn rotate(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        [self.a * x - self.b * y, self.b * x + self.a * y]
    }

    /// The mesh before the crop was flipped.
    fn mesh(&self, mesh: &[[f32; 2]]) -> Vec<[f32; 2]> {
        let place = |point: &[f32; 2]| {
            let [x, y] = self.rotate(*point);
            [x + self.shift[0], y + self.shift[1]]
        };
        mesh.iter().map(place).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use agemirror_faces::face::Similarity;

    #[test]
    fn a_mesh_moves_with_the_head_that_it_lies_on() {
        let to_picture = Similarity { a: 0.9, b: 0.2, tx: 12.0, ty: -5.0 };
        let placed = FacePlacement::new(Placement { to_picture, flipped: false }, 200);
        let point = [0.3, 0.8];
        let moved = to_picture.apply(to_head(point).map(|v| v * 200.0)).map(|v| v / 200.0);
        let found = placed.mesh(&[point])[0];
        assert!(found.iter().zip(from_head(moved)).all(|(a, b)| (a - b).abs() < 1e-5), "{found:?} {moved:?}");
    }
}
