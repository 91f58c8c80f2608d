//! The lines that mirror draws. Averages of faces have none, for they lie a little elsewhere in every face; so they are
//! taken from one old face for each gender, laid over the reference mesh: how much darker or lighter than its
//! surroundings a point of skin is.

use super::emphasis::smooth;
use crate::face::field::{Place, centres, inside};
use super::prototypes::lay_over;
use crate::aging::mirror::{LINES_SIDE as SIDE, luma};
use crate::dataset::FacePack;
use crate::training::error::TrainingError;

/// The old faces whose lines are taught, as the table of labels names their pictures.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct LineModels {
    /// For women; none draws no lines.
    pub female: Option<String>,
    /// For men; none draws no lines.
    pub male: Option<String>,
}

/// The contours of the eyes, the lips, the brows and the nostrils, in the numbering of the face mesh.
const FEATURES: [&[usize]; 6] = [
    &[33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246],
    &[263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466],
    &[61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185, 13, 14],
    &[70, 63, 105, 66, 107, 55, 65, 52, 53, 46],
    &[300, 293, 334, 296, 336, 285, 295, 282, 283, 276],
    &[129, 98, 97, 2, 326, 327, 358, 4, 1],
];
/// Within which values of [`inside`] a feature stops lines.
const IN_FEATURE: [f32; 2] = [0.3, 0.62];
/// Within which values of [`inside`] the face begins.
const IN_FACE: [f32; 2] = [0.6, 0.9];
/// What is added to a brightness of 0..1 before its logarithm is taken.
const FLOOR: f32 = 0.06;
/// Passes of a small filter on a texture of 128 px that leave what is coarser than a line.
const PASSES: usize = 40;
/// The darkest and the lightest that is drawn, as logarithms. What is lighter than its surroundings is often but
/// shine.
const DEEPEST: [f32; 2] = [-0.45, 0.03];
/// The lines for women and for men over the reference mesh: logarithms of how much lighter than its surroundings
/// a point is.
#[derive(Clone, Default)]
pub struct Lines([Option<Vec<f32>>; 2]);

impl Lines {
    /// Takes the lines from the faces that `models` names, in `pack`, whose faces have `meshes`.
    ///
    /// # Errors
    /// When a face is not in the pack or has no mesh.
    pub fn of(
        models: &LineModels,
        pack: &FacePack,
        reference: &[[f32; 2]],
        mesh: impl Fn(usize) -> Option<Vec<[f32; 2]>>,
    ) -> Result<Self, TrainingError> {
        let lines = |name: &Option<String>| -> Result<Option<Vec<f32>>, TrainingError> {
            let Some(name) = name else { return Ok(None) };
            let unknown = || TrainingError::NoLineModel { file: name.clone() };
            let index = pack.faces().iter().position(|face| face.file == *name).ok_or_else(unknown)?;
            let mesh = mesh(index).ok_or_else(unknown)?;
            Ok(Some(draw(&lay_over(pack, index, &mesh, reference, SIDE), reference)))
        };
        Ok(Self([lines(&models.female)?, lines(&models.male)?]))
    }

    /// Both planes one after the other, of `LINES_SIDE` squared values; zeros where no face was named. Nothing where
    /// none was named at all.
    pub fn planes(&self) -> Option<Vec<f32>> {
        self.0.iter().any(Option::is_some).then(|| {
            let plane = |lines: &Option<Vec<f32>>| lines.clone().unwrap_or_else(|| vec![0.0; SIDE * SIDE]);
            self.0.iter().flat_map(plane).collect()
        })
    }
}

/// The lines of a face whose colours are laid over the reference mesh.
fn draw(laid: &[Vec<f32>], reference: &[[f32; 2]]) -> Vec<f32> {
    let grey = |i: usize| luma([0, 1, 2].map(|c| laid[c][i]));
    let mut fine: Vec<f32> = (0..SIDE * SIDE).map(|i| ((grey(i) + 1.0) / 2.0 + FLOOR).ln()).collect();
    let mut around = fine.clone();
    (0..PASSES).for_each(|_| smooth(&mut around, SIDE));
    smooth(&mut fine, SIDE);
    let mut skin = skin(reference);
    (0..2).for_each(|_| smooth(&mut skin, SIDE));
    let lines = fine.iter().zip(&around).zip(&skin);
    lines.map(|((v, around), skin)| ((v - around) * skin).clamp(DEEPEST[0], DEEPEST[1])).collect()
}

/// Where lines may be: in the face, outside its features.
fn skin(reference: &[[f32; 2]]) -> Vec<f32> {
    let ramp = |v: f32, [from, to]: [f32; 2]| ((v - from) / (to - from)).clamp(0.0, 1.0);
    let face = inside(reference);
    let features = FEATURES.map(|points| {
        let points: Vec<[f32; 2]> = points.iter().filter_map(|i| reference.get(*i)).copied().collect();
        inside(&points)
    });
    let share = |at: [f32; 2]| {
        let place = Place::of(at, face.side);
        let free = features.iter().map(|grid| 1.0 - ramp(place.value(&grid.planes[0]), IN_FEATURE));
        ramp(place.value(&face.planes[0]), IN_FACE) * free.product::<f32>()
    };
    centres(SIDE).map(share).collect()
}
