//! Extracts the lines of one face, aligned with the average face: how much darker or lighter a point is than
//! the skin around it.

use image::RgbImage;

use super::area::ramp;
use super::candidate::Candidate;
use agemirror_faces::aging::mirror::{ATLAS_SIDE, LOGARITHM_STEP, NO_LINE, Plane};
use agemirror_faces::face::field::{Bilinear, Grid, centres, displacement};
use agemirror_faces::pixels::luma;

/// Mask classes of skin: the face; the neck with the ears.
const SKIN_CLASSES: [u8; 2] = [1, 2];
/// Mask classes of brows, eyes and lips.
const FEATURE_CLASSES: [u8; 3] = [4, 5, 6];
/// Standard deviations in pixels of the atlas over which lines fade out towards hair and other things that frame the
/// face, and towards brows, eyes and lips.
const FRAME_FADE: f32 = 4.0;
const FEATURE_FADE: f32 = 1.2;
/// Mask class of glasses.
const GLASSES_CLASS: u8 = 7;
/// Maximum share of the face covered by glasses.
const MAX_GLASSES_SHARE: f32 = 0.002;
/// Added to a luma of 0..=255 before the logarithm.
const LUMA_OFFSET: f32 = 6.0;
/// Standard deviations in pixels of the atlas: the larger blurs folds, the smaller blurs pores.
const COARSE_SIGMA: f32 = 6.5;
const FINE_SIGMA: f32 = 1.1;
/// Standard deviation in pixels of the area over which line strength is normalised.
const NORMALISATION_SIGMA: f32 = 13.0;
/// Normalised strength of lines and of pores, and the strength below which they stay weak; log units.
const TARGET_STRENGTH: [f32; 2] = [0.11, 0.055];
const WEAK_STRENGTH: [f32; 2] = [0.05, 0.035];
/// Minimum and maximum of lines and of pores, in log units; lighter spots are often only shine.
const LIMITS: [[f32; 2]; 2] = [[-0.55, 0.3], [-0.28, 0.18]];
/// Mesh points on both cheeks, which show the direction of the light.
const CHEEK_POINTS: [usize; 2] = [50, 280];
/// Maximum difference in brightness between the cheeks, in log units.
const MAX_CHEEK_DIFFERENCE: f32 = 0.45;

/// The lines of one face.
pub(super) struct ExtractedLines {
    /// Lines and pores in the format of [`agemirror_faces::aging::mirror::LinedFace`].
    pub planes: Vec<u8>,
    /// Log of red over green and of green over blue of its skin.
    pub tone: [f32; 2],
    /// Mean luma of its skin.
    pub luma: f32,
    /// Strength of its lines before normalisation.
    pub line_strength: f32,
    uneven: f32,
    glasses: f32,
}

impl ExtractedLines {
    /// Whether its skin is lit evenly and free of glasses.
    pub(super) fn is_usable(&self) -> bool {
        self.uneven < MAX_CHEEK_DIFFERENCE && self.glasses < MAX_GLASSES_SHARE
    }
}

/// Extracts the lines of `candidate`, aligned with the mesh `reference`, from where lines of that mesh have the weight
/// `area`.
pub(super) fn extract_lines(candidate: &Candidate, reference: &[[f32; 2]], area: &Plane) -> ExtractedLines {
    let aligned = AlignedPicture::of(candidate, reference);
    let skin = skin(&aligned, area);
    let logarithms = aligned.luma.map(|value| ((value + LUMA_OFFSET) / (255.0 + LUMA_OFFSET)).ln());
    let around = logarithms.blurred_within(&skin, COARSE_SIGMA);
    let pores = logarithms.zip(&logarithms.blurred_within(&skin, FINE_SIGMA), |value, smooth| value - smooth);
    let lines = logarithms.zip(&around, |value, smooth| value - smooth).zip(&pores, |all, pores| all - pores);
    let strength = lines.map(|value| value * value).mean_within(&skin).unwrap_or(0.0).sqrt();
    let mut planes = Vec::new();
    for (kind, plane) in [lines, pores].into_iter().enumerate() {
        let local = plane
            .map(|value| value * value)
            .blurred_within(&skin, NORMALISATION_SIGMA)
            .map(|square| square.max(0.0).sqrt());
        let even =
            plane.zip(&local, |value, local| value * TARGET_STRENGTH[kind] / (WEAK_STRENGTH[kind] + local));
        let [darkest, lightest] = LIMITS[kind];
        let limited = even.zip(&skin, |value, skin| value.clamp(darkest, lightest) * skin);
        let byte =
            |value: &f32| (f32::from(NO_LINE) + value / LOGARITHM_STEP).round().clamp(0.0, 255.0) as u8;
        planes.extend(limited.values.iter().map(byte));
    }
    let [red, green, blue] =
        aligned.colours.each_ref().map(|plane| plane.mean_within(&skin).unwrap_or(128.0).max(8.0));
    let cheek =
        |point: usize| aligned.luma.blurred_within(&skin, COARSE_SIGMA).at(reference[point]).max(8.0).ln();
    ExtractedLines {
        planes,
        tone: [(red / green).ln(), (green / blue).ln()],
        luma: luma([red, green, blue]),
        line_strength: strength,
        uneven: (cheek(CHEEK_POINTS[0]) - cheek(CHEEK_POINTS[1])).abs(),
        glasses: aligned.glasses,
    }
}

/// Samples a picture bilinearly, clamping to its edges: 0..=255. Integer coordinates are pixel centres.
fn sample(crop: &RgbImage, x: f32, y: f32) -> [f32; 3] {
    let (width, height) = (crop.width() as usize, crop.height() as usize);
    let (x, y) = (x.clamp(0.0, (width - 1) as f32), y.clamp(0.0, (height - 1) as f32));
    let (x0, y0) = (x as usize, y as usize);
    let (fx, fy) = (x - x0 as f32, y - y0 as f32);
    let (right, below) = (3 * usize::from(x0 + 1 < width), 3 * width * usize::from(y0 + 1 < height));
    let at = 3 * (y0 * width + x0);
    std::array::from_fn(|c| {
        let value = |offset: usize| f32::from(crop.as_raw()[at + offset + c]);
        let (top, bottom) = (
            value(0) + (value(right) - value(0)) * fx,
            value(below) + (value(below + right) - value(below)) * fx,
        );
        top + (bottom - top) * fy
    })
}

/// A picture and its mask, aligned with the reference mesh.
struct AlignedPicture {
    colours: [Plane; 3],
    luma: Plane,
    /// Coverage by skin, and by skin with brows, eyes and lips.
    skin: Plane,
    face: Plane,
    glasses: f32,
}

impl AlignedPicture {
    fn of(candidate: &Candidate, reference: &[[f32; 2]]) -> Self {
        let moves: Vec<[f32; 2]> = reference
            .iter()
            .zip(&candidate.mesh)
            .map(|(from, to)| [to[0] - from[0], to[1] - from[1]])
            .collect();
        let displacements = displacement(reference, &moves);
        let to_picture = candidate.to_atlas.inverse();
        let points: Vec<[f32; 2]> =
            centres(ATLAS_SIDE).map(|at| to_picture.apply(moved(&displacements, at))).collect();
        let mut colours = [(); 3].map(|()| Vec::with_capacity(points.len()));
        for point in &points {
            for (plane, value) in
                colours.iter_mut().zip(sample(&candidate.picture, point[0] - 0.5, point[1] - 0.5))
            {
                plane.push(value);
            }
        }
        let [mask_width, mask_height] = [candidate.mask.width(), candidate.mask.height()];
        let scale = mask_width as f32 / candidate.picture.width() as f32;
        let class = |point: &[f32; 2]| {
            let [x, y] = point.map(|v| (v * scale).floor());
            let inside = x >= 0.0 && y >= 0.0 && x < mask_width as f32 && y < mask_height as f32;
            if inside { candidate.mask.get_pixel(x as u32, y as u32).0[0] } else { 0 }
        };
        let classes: Vec<u8> = points.iter().map(class).collect();
        let share =
            |is: &dyn Fn(u8) -> bool| classes.iter().map(|class| f32::from(u8::from(is(*class)))).collect();
        let glasses: Vec<f32> = share(&|class| class == GLASSES_CLASS);
        let [red, green, blue] = &colours;
        let lumas = red.iter().zip(green).zip(blue).map(|((r, g), b)| luma([*r, *g, *b])).collect();
        Self {
            luma: Plane::new(ATLAS_SIDE, lumas),
            colours: colours.map(|values| Plane::new(ATLAS_SIDE, values)),
            skin: Plane::new(ATLAS_SIDE, share(&|class| SKIN_CLASSES.contains(&class))),
            face: Plane::new(
                ATLAS_SIDE,
                share(&|class| SKIN_CLASSES.contains(&class) || FEATURE_CLASSES.contains(&class)),
            ),
            glasses: glasses.iter().sum::<f32>() / glasses.len() as f32,
        }
    }
}

fn moved(displacements: &Grid, at: [f32; 2]) -> [f32; 2] {
    let bilinear = Bilinear::of(at, displacements.side);
    [0, 1].map(|axis: usize| at[axis] + bilinear.value(&displacements.planes[axis]))
}

/// Weight of lines: that of `area` on skin, at some distance from everything else, and 0 elsewhere.
fn skin(aligned: &AlignedPicture, area: &Plane) -> Plane {
    let eroded = |mask: &Plane, fade: f32| mask.blurred(fade).map(|share| ramp(share, [0.72, 0.98]));
    let [face, skin] = [eroded(&aligned.face, FRAME_FADE), eroded(&aligned.skin, FEATURE_FADE)];
    area.zip(&face, |area, face| area * face).zip(&skin, |area, skin| area * skin)
}
