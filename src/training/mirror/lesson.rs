//! What prototypes teach: the change that takes a face to an age the way faces of its kind change on average.
//! It is worked out for each picture from its mesh; the network learns to do the same from pixels alone.

use candle_core::{Device, Result, Tensor};
use rayon::prelude::*;

use super::emphasis::{Emphasis, Strength};
use super::hair::Greying;
use super::prototypes::{Prototypes, UsualChange, read};
use crate::aging::mirror::Change;
use crate::dataset::{Batch, FacePack, Gender, Placement};
use crate::face::field::{Place, centres, displacement};

/// Planes of a lesson: red, green, blue, flow in x, flow in y, gain, and where all this is known.
const PLANES: usize = 7;

/// What is taught of a batch.
pub struct Lesson {
    /// The change, masked nowhere.
    pub change: Change,
    /// Where something is taught: (N, 1, H, W), 0..1.
    pub known: Tensor,
    /// Which of the faces are men's: (N, 1), 1 or 0.
    pub male: Tensor,
}

impl Lesson {
    /// The lesson for each of `indices` on the way to `ages` (years), of pictures cut as `batch` was.
    ///
    /// # Errors
    /// When the device fails.
    pub fn of(
        prototypes: &Prototypes,
        strength: Strength,
        pack: &FacePack,
        indices: &[usize],
        ages: &[f32],
        batch: &Batch,
        device: &Device,
    ) -> Result<Self> {
        let side = batch.side as usize;
        let pixels = side * side;
        let mut planes = vec![0f32; indices.len() * PLANES * pixels];
        let jobs = planes.par_chunks_exact_mut(PLANES * pixels).zip(indices).zip(ages).enumerate();
        jobs.for_each(|(i, ((planes, index), age))| {
            let Some(mesh) = prototypes.mesh(*index) else {
                planes[5 * pixels..6 * pixels].fill(1.0);
                return;
            };
            let face = pack.face(*index);
            let usual = prototypes.change(face, *age);
            let placement = InPicture::new(batch.placements[i], pack.side(), batch.side);
            teach(prototypes, &usual, strength, &placement.mesh(mesh), &placement, planes);
            if placement.flipped() {
                flip(planes, side);
            }
            let picture = &batch.pixels[3 * i * pixels..3 * (i + 1) * pixels];
            let seen = &batch.masks[i * pixels..(i + 1) * pixels];
            let (planes, rest) = planes.split_at_mut(6 * pixels);
            let known = &mut rest[..pixels];
            known.fill(1.0);
            let greying = Greying::between(face.age(), *age);
            greying.teach(picture, seen, &placement.shown(mesh), planes, known);
        });
        let n = indices.len();
        let all = Tensor::from_vec(planes, (n, PLANES, side, side), device)?;
        let part = |from: usize, count: usize| all.narrow(1, from, count)?.contiguous();
        let change = Change {
            residual: part(0, 3)?,
            mask: Tensor::ones((n, 1, side, side), all.dtype(), device)?,
            flow: part(3, 2)?,
            gain: part(5, 1)?,
        };
        let male = indices.iter().map(|index| f32::from(u8::from(pack.face(*index).gender == Gender::Male)));
        let male = Tensor::from_vec(male.collect::<Vec<_>>(), (n, 1), device)?;
        Ok(Self { change, known: part(6, 1)?, male })
    }
}

/// Fills the planes for one picture whose mesh is `mesh`, both not flipped.
fn teach(
    prototypes: &Prototypes,
    usual: &UsualChange<'_>,
    strength: Strength,
    mesh: &[[f32; 2]],
    placement: &InPicture,
    planes: &mut [f32],
) {
    let side = (planes.len() / PLANES).isqrt();
    let far = strength.shape[usize::from(!usual.grows_older())];
    let moves: Vec<[f32; 2]> =
        usual.moves().iter().map(|step| placement.turn(step.map(|v| far * v))).collect();
    let aged: Vec<[f32; 2]> = mesh.iter().zip(&moves).map(|(p, m)| [p[0] + m[0], p[1] + m[1]]).collect();
    let back: Vec<[f32; 2]> = moves.iter().map(|step| step.map(|v| -v)).collect();
    let flow = displacement(&aged, &back);
    let to_reference: Vec<[f32; 2]> =
        aged.iter().zip(prototypes.reference()).map(|(p, r)| [r[0] - p[0], r[1] - p[1]]).collect();
    let lookup = displacement(&aged, &to_reference);
    let emphasis = Emphasis::of(&aged, usual.grows_older(), strength);
    let texture = emphasis.texture(usual.texture());
    let pixels = side * side;
    for (i, centre) in centres(side).enumerate() {
        let place = Place::of(centre, flow.side);
        let at = [0, 1].map(|axis| centre[axis] + place.value(&lookup.planes[axis]));
        let share = emphasis.share(centre);
        for c in 0..3 {
            planes[c * pixels + i] = share * read(&texture, c, at);
        }
        for axis in 0..2 {
            planes[(3 + axis) * pixels + i] = place.value(&flow.planes[axis]);
        }
        planes[5 * pixels + i] = (share * read(&texture, 3, at)).exp();
    }
}

/// Mirrors every plane, and what points along x with it.
fn flip(planes: &mut [f32], side: usize) {
    planes.chunks_exact_mut(side).for_each(<[f32]>::reverse);
    let pixels = side * side;
    planes[3 * pixels..4 * pixels].iter_mut().for_each(|v| *v = -*v);
}

/// Where a packed crop lies in a picture, in fractions of the side of each.
pub struct InPicture {
    /// As a complex number and a shift.
    a: f32,
    b: f32,
    shift: [f32; 2],
    flipped: bool,
}

impl InPicture {
    fn new(placement: Placement, packed_side: u32, side: u32) -> Self {
        let ratio = packed_side as f32 / side as f32;
        let to = placement.to_picture;
        let shift = [to.tx / side as f32, to.ty / side as f32];
        Self { a: to.a * ratio, b: to.b * ratio, shift, flipped: placement.flipped }
    }

    fn flipped(&self) -> bool {
        self.flipped
    }

    fn turn(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        [self.a * x - self.b * y, self.b * x + self.a * y]
    }

    /// The mesh before the picture was flipped.
    fn mesh(&self, mesh: &[[f32; 2]]) -> Vec<[f32; 2]> {
        let place = |point: &[f32; 2]| {
            let [x, y] = self.turn(*point);
            [x + self.shift[0], y + self.shift[1]]
        };
        mesh.iter().map(place).collect()
    }

    /// The mesh as the picture shows it; where it is flipped, left and right points have changed places.
    fn shown(&self, mesh: &[[f32; 2]]) -> Vec<[f32; 2]> {
        let mut mesh = self.mesh(mesh);
        if self.flipped {
            mesh.iter_mut().for_each(|point| point[0] = 1.0 - point[0]);
        }
        mesh
    }
}
