//! The batch of one step: random, augmented crops of packed heads.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rayon::prelude::*;

use super::canvas::{Canvas, happens};
use super::dye::dye;
use super::front::put_in_front;
use super::light::relight;
use super::view::{TrainingHead, any_view, draw, fill, mirror};
use super::worn::{draw_glasses, paste_glasses, paste_hat};
use agemirror_faces::face::FivePoints;
use agemirror_faces::face::regions::Region;
use agemirror_faces::pixels::luma;

/// Sampling weight of heads with glasses, a hat or a light beard; 1 for others.
const RARE_WEIGHT: usize = 3;
/// Sampling weight of heads with hand-made masks; 1 for others.
const HAND_MADE_WEIGHT: usize = 2;
/// Minimum fraction of a head's pixels at which glasses or a hat count as worn.
const MIN_WORN_FRACTION: f32 = 0.004;
/// Minimum luma of a light beard, relative to the skin.
const LIGHT_BEARD: f32 = 0.8;
/// Minimum fraction of a head's pixels at which a hat is transferred to other heads.
const MIN_HAT_FRACTION: f32 = 0.06;

/// Draws crops from heads.
pub(super) struct Crops {
    heads: Vec<TrainingHead>,
    /// Indices of heads, repeated by their sampling weight.
    drawn: Vec<usize>,
    glasses: Vec<usize>,
    hats: Vec<usize>,
}

/// The fraction of a head's pixels in a region.
fn share(head: &TrainingHead, region: Region) -> f32 {
    let count = head.given.iter().filter(|label| usize::from(**label) == region.index()).count();
    count as f32 / head.given.len().max(1) as f32
}

/// Whether a head has a beard hardly darker than its skin.
fn has_light_beard(head: &TrainingHead) -> bool {
    let mean = |region: Region| {
        let pixels = head.picture.pixels().zip(&head.labels);
        let of_region = pixels.filter(|(_, label)| usize::from(**label) == region.index());
        let (sum, count) = of_region
            .fold((0f32, 0u32), |(sum, count), (pixel, _)| (sum + luma(pixel.0.map(f32::from)), count + 1));
        (sum / count.max(1) as f32, count)
    };
    let ((beard, count), (skin, _)) = (mean(Region::Beard), mean(Region::Skin));
    count as f32 > MIN_WORN_FRACTION * head.labels.len() as f32 && beard > LIGHT_BEARD * skin
}

impl Crops {
    /// A sampler of these heads.
    pub(super) fn of(heads: Vec<TrainingHead>) -> Self {
        let having = |region: Region, least: f32| -> Vec<usize> {
            (0..heads.len()).filter(|index| share(&heads[*index], region) > least).collect()
        };
        let (glasses, hats) =
            (having(Region::Glasses, MIN_WORN_FRACTION), having(Region::Hat, MIN_HAT_FRACTION));
        let times = |index: usize| {
            let is_rare = glasses.contains(&index) || hats.contains(&index) || has_light_beard(&heads[index]);
            let rare = if is_rare { RARE_WEIGHT } else { 1 };
            if heads[index].hand_made { HAND_MADE_WEIGHT * rare } else { rare }
        };
        let drawn = (0..heads.len()).flat_map(|index| std::iter::repeat_n(index, times(index))).collect();
        Self { heads, drawn, glasses, hats }
    }

    /// The crops of one step in -1..1 (count, 3, side, side) and their labels (count, side, side). They depend only on
    /// `seed` and `step`.
    pub(super) fn batch(&self, count: usize, side: usize, seed: u64, step: u64) -> (Vec<f32>, Vec<u8>) {
        let crops: Vec<Canvas> = (0..count as u64)
            .into_par_iter()
            .map(|index| {
                let mixed =
                    (step.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ index).wrapping_mul(0xD129_0291_7C3B_4B65);
                self.crop(side, &mut StdRng::seed_from_u64(seed ^ mixed))
            })
            .collect();
        let planes = crops.par_iter().map(Canvas::planes).flatten_iter().collect();
        (planes, crops.into_iter().flat_map(|crop| crop.labels).collect())
    }

    /// One random crop.
    pub(super) fn crop(&self, side: usize, random: &mut StdRng) -> Canvas {
        let any = |random: &mut StdRng, of: &[usize]| {
            let index = random.random_range(0..of.len().max(1));
            of.get(index).map(|index| &self.heads[*index])
        };
        let (Some(head), Some(other)) = (any(random, &self.drawn), any(random, &self.drawn)) else {
            return Canvas { side, pixels: vec![[0.0; 3]; side * side], labels: vec![0; side * side] };
        };
        let view = any_view(head, side, random);
        let (mut canvas, outside) = draw(head, &head.labels, &view, side);
        fill(&mut canvas, &outside, &other.picture, random);
        dye(&mut canvas, random);
        let points: FivePoints = head.points.map(|point| view.apply(point));
        self.dress(&mut canvas, &points, random);
        if happens(random, 0.5) {
            mirror(&mut canvas);
        }
        for chance in [0.12, 0.03] {
            if happens(random, chance) {
                put_in_front(&mut canvas, &other.picture, random);
            }
        }
        relight(&mut canvas, random);
        canvas
    }

    /// Puts a hat or glasses on a head that has none.
    fn dress(&self, canvas: &mut Canvas, points: &FivePoints, random: &mut StdRng) {
        if canvas.share(Region::Hat) < MIN_WORN_FRACTION && !self.hats.is_empty() && happens(random, 0.04) {
            let donor = &self.heads[self.hats[random.random_range(0..self.hats.len())]];
            paste_hat(canvas, donor, points, random);
        }
        if canvas.share(Region::Glasses) >= MIN_WORN_FRACTION / 2.0 {
            return;
        }
        if !self.glasses.is_empty() && happens(random, 0.05) {
            let donor = &self.heads[self.glasses[random.random_range(0..self.glasses.len())]];
            paste_glasses(canvas, donor, points, random);
        } else if happens(random, 0.05) {
            draw_glasses(canvas, points, random);
        }
    }
}
