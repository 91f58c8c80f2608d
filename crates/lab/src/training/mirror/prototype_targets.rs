//! The targets that prototypes define: the change that ages a face as faces of its kind age on average. It is
//! computed for each picture from its mesh; the network learns to do the same from pixels alone.

use candle_core::{Device, Result, Tensor};
use rayon::prelude::*;

use super::prototypes::{Prototypes, TypicalChange};
use super::target_scaling::{TargetScale, TargetScaling};
use super::texture::sample_plane;
use crate::dataset::{FacePack, Placement};
use agemirror_faces::aging::mirror::{Change, head_to_input, input_to_head};
use agemirror_faces::face::field::{Bilinear, centres, displacement};

/// Channels of the targets: R, G, B, flow x, flow y, gain, mask.
const CHANNELS: usize = 7;

/// The targets of a batch.
pub(crate) struct PrototypeTargets {
    /// The change, unmasked.
    pub change: Change,
    /// Where targets exist: (N, 1, S, S), 0..1.
    pub valid: Tensor,
    /// 1 for men, 0 for women: (N, 1).
    pub male: Tensor,
}

impl PrototypeTargets {
    /// The targets, `side` pixels wide, for the heads `indices` of `pack` towards `ages` (years);
    /// `placements` are the placements of the heads.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn new(
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
            let typical = prototypes.change(pack.face(*index), *age);
            let placed = FacePlacement::new(*placement, pack.side());
            fill_targets(prototypes, &typical, scale, &placed.mesh(mesh), &placed, planes);
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

/// Fills the channels for one picture with the mesh `mesh`, before the picture is flipped.
fn fill_targets(
    prototypes: &Prototypes,
    typical: &TypicalChange<'_>,
    scale: TargetScale,
    mesh: &[[f32; 2]],
    placement: &FacePlacement,
    planes: &mut [f32],
) {
    let side = (planes.len() / CHANNELS).isqrt();
    let far = scale.shape[usize::from(!typical.grows_older())];
    let moves: Vec<[f32; 2]> =
        typical.moves().iter().map(|step| placement.rotate(step.map(|v| far * v))).collect();
    let aged: Vec<[f32; 2]> = mesh.iter().zip(&moves).map(|(p, m)| [p[0] + m[0], p[1] + m[1]]).collect();
    let back: Vec<[f32; 2]> = moves.iter().map(|step| step.map(|v| -v)).collect();
    let flow = displacement(&aged, &back);
    let to_reference: Vec<[f32; 2]> =
        aged.iter().zip(prototypes.reference()).map(|(p, r)| [r[0] - p[0], r[1] - p[1]]).collect();
    let lookup = displacement(&aged, &to_reference);
    let scaling = TargetScaling::new(&aged, typical.grows_older(), scale);
    let texture = scaling.texture(typical.texture());
    let pixels = side * side;
    for (i, centre) in centres(side).enumerate() {
        let bilinear = Bilinear::of(centre, flow.side);
        let at = [0, 1].map(|axis| centre[axis] + bilinear.value(&lookup.planes[axis]));
        let share = scaling.weight_at(centre);
        for c in 0..3 {
            planes[c * pixels + i] = share * sample_plane(&texture, c, at);
        }
        for axis in 0..2 {
            planes[(3 + axis) * pixels + i] = bilinear.value(&flow.planes[axis]);
        }
        planes[5 * pixels + i] = (share * sample_plane(&texture, 3, at)).exp();
    }
}

/// Flips every channel, and negates the flow along x.
fn flip(planes: &mut [f32], side: usize) {
    planes.chunks_exact_mut(side).for_each(<[f32]>::reverse);
    let pixels = side * side;
    planes[3 * pixels..4 * pixels].iter_mut().for_each(|v| *v = -*v);
}

/// The placement of a head in the coordinates of the network's input (fractions of its side).
struct FacePlacement {
    /// A complex factor and a shift.
    a: f32,
    b: f32,
    shift: [f32; 2],
}

impl FacePlacement {
    /// For a head crop of `packed_side` pixels, placed in a crop of the same side.
    fn new(placement: Placement, packed_side: u32) -> Self {
        let to = placement.to_picture;
        let shift = [to.tx, to.ty].map(|shift| shift / packed_side as f32);
        let placed = Self { a: to.a, b: to.b, shift: [0.0; 2] };
        let [x, y] = placed.rotate(input_to_head([0.0, 0.0]));
        Self { shift: head_to_input([x + shift[0], y + shift[1]]), ..placed }
    }

    fn rotate(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        [self.a * x - self.b * y, self.b * x + self.a * y]
    }

    /// Transforms a mesh; the crop is flipped later.
    fn mesh(&self, mesh: &[[f32; 2]]) -> Vec<[f32; 2]> {
        let move_point = |point: &[f32; 2]| {
            let [x, y] = self.rotate(*point);
            [x + self.shift[0], y + self.shift[1]]
        };
        mesh.iter().map(move_point).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use agemirror_faces::face::Similarity;

    #[test]
    fn a_mesh_moves_with_its_head() {
        let to_picture = Similarity { a: 0.9, b: 0.2, tx: 12.0, ty: -5.0 };
        let placed = FacePlacement::new(Placement { to_picture, flipped: false }, 200);
        let point = [0.3, 0.8];
        let moved = to_picture.apply(input_to_head(point).map(|v| v * 200.0)).map(|v| v / 200.0);
        let found = placed.mesh(&[point])[0];
        assert!(
            found.iter().zip(head_to_input(moved)).all(|(a, b)| (a - b).abs() < 1e-5),
            "{found:?} {moved:?}"
        );
    }
}
