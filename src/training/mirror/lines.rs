//! Lines that age draws into a face. Averages have none, for they lie a little elsewhere in every face; so they
//! are taken from one old face for each gender, laid over the reference mesh, and drawn into the face that is
//! taught, where its own mesh puts them (after the ratio images of Liu, Shan and Zhang, "Expressive expression
//! mapping with ratio images", 2001: what is carried over is how much darker or lighter than its surroundings a
//! point of skin is).

use super::emphasis::smooth;
use super::field::{Grid, Place, centres, inside};
use super::prototypes::lay_over;
use crate::dataset::{FacePack, Gender};
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
/// The darkest and the lightest that is drawn, as logarithms.
const DEEPEST: [f32; 2] = [-0.45, 0.35];
/// Lines are a little redder than the skin around them.
const TINT: [f32; 3] = [0.85, 1.0, 1.05];

/// How deep the lines of a face are by an age: years and shares of the old face's.
const DEEP_BY: [(f32, f32); 7] =
    [(25.0, 0.0), (35.0, 0.08), (45.0, 0.25), (55.0, 0.48), (65.0, 0.75), (75.0, 1.0), (85.0, 1.15)];

/// The share at `age` in a table of ages and shares, linear between them.
pub(super) fn share_by(age: f32, table: &[(f32, f32)]) -> f32 {
    let mut last = table[0];
    for next in table {
        if age < next.0 {
            let far = ((age - last.0) / (next.0 - last.0).max(1e-3)).clamp(0.0, 1.0);
            return last.1 + (next.1 - last.1) * far;
        }
        last = *next;
    }
    last.1
}

/// How much deeper lines are at age `to` than at age `from` (years).
pub fn deepening(from: f32, to: f32) -> f32 {
    (share_by(to, &DEEP_BY) - share_by(from, &DEEP_BY)).max(0.0)
}

/// The lines for women and for men over the reference mesh: logarithms of how much lighter than its surroundings
/// a point is.
#[derive(Clone, Default)]
pub struct Lines([Option<Grid>; 2]);

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
        let lines = |name: &Option<String>| -> Result<Option<Grid>, TrainingError> {
            let Some(name) = name else { return Ok(None) };
            let unknown = || TrainingError::NoLineModel { file: name.clone() };
            let index = pack.faces().iter().position(|face| face.file == *name).ok_or_else(unknown)?;
            let mesh = mesh(index).ok_or_else(unknown)?;
            Ok(Some(draw(&lay_over(pack, index, &mesh, reference, SIDE), reference)))
        };
        Ok(Self([lines(&models.female)?, lines(&models.male)?]))
    }

    /// The lines for a gender.
    pub fn for_gender(&self, gender: Gender) -> Option<&Grid> {
        self.0[usize::from(gender == Gender::Male)].as_ref()
    }
}

/// The side of the planes that lines are kept in.
const SIDE: usize = 128;

/// The lines of a face whose colours are laid over the reference mesh.
fn draw(laid: &[Vec<f32>], reference: &[[f32; 2]]) -> Grid {
    let grey = |i: usize| 0.299 * laid[0][i] + 0.587 * laid[1][i] + 0.114 * laid[2][i];
    let mut fine: Vec<f32> = (0..SIDE * SIDE).map(|i| ((grey(i) + 1.0) / 2.0 + FLOOR).ln()).collect();
    let mut around = fine.clone();
    (0..PASSES).for_each(|_| smooth(&mut around, SIDE));
    smooth(&mut fine, SIDE);
    let mut skin = skin(reference);
    (0..2).for_each(|_| smooth(&mut skin, SIDE));
    let lines = fine.iter().zip(&around).zip(&skin);
    let lines = lines.map(|((v, around), skin)| (v - around).clamp(DEEPEST[0], DEEPEST[1]) * skin).collect();
    Grid { planes: vec![lines], side: SIDE }
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

/// Adds `lines` (one plane, as the picture shows the face) to the first three `planes` of a lesson: what makes the
/// `picture` (planes of -1..1), fetched from where the planes 3 and 4 say, darker or lighter by them.
pub fn teach(lines: &[f32], picture: &[f32], planes: &mut [f32]) {
    let (pixels, side) = (lines.len(), lines.len().isqrt());
    for (i, centre) in centres(side).enumerate().filter(|(i, _)| lines[*i] != 0.0) {
        let from = [0, 1].map(|axis| centre[axis] + planes[(3 + axis) * pixels + i]);
        let place = Place::of(from, side);
        for (c, tint) in TINT.iter().enumerate() {
            let bright = place.value(&picture[c * pixels..(c + 1) * pixels]) + 1.0;
            planes[c * pixels + i] += bright * ((lines[i] * tint).exp() - 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_deepen_with_age_and_never_fade() {
        assert_eq!(deepening(60.0, 30.0), 0.0);
        assert_eq!(deepening(20.0, 25.0), 0.0);
        assert!((deepening(20.0, 75.0) - 1.0).abs() < 1e-6);
        assert!(deepening(20.0, 75.0) > deepening(50.0, 75.0));
    }

    #[test]
    fn a_line_darkens_what_lies_there_after_the_warp() {
        let side = 4;
        let pixels = side * side;
        // Bright at the left, dark at the right.
        let picture: Vec<f32> = (0..3 * pixels).map(|i| if i % side < 2 { 0.8 } else { -0.8 }).collect();
        let mut planes = vec![0.0; 5 * pixels];
        // The pixel at the far right is fetched from the far left.
        planes[3 * pixels + 3] = -0.75;
        let mut lines = vec![0.0; pixels];
        lines[3] = -0.2;
        teach(&lines, &picture, &mut planes);
        let wanted = 1.8 * ((-0.2f32).exp() - 1.0);
        assert!((planes[pixels + 3] - wanted).abs() < 1e-5, "{}", planes[pixels + 3]);
        assert_eq!(planes[pixels + 2], 0.0);
    }
}
