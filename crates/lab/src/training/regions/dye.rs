//! Dyes hair and beards, because few heads in the data have white ones, and puts hair in front of walls of its colour.

use rand::rngs::StdRng;

use super::canvas::{Canvas, SmoothNoise, any_colour, between, happens};
use agemirror_faces::face::regions::{Region, box_mean};
use agemirror_faces::pixels::luma;

/// Probability that a beard turns grey or white, and that the hair does too.
const GREY_BEARD: f32 = 0.4;
const GREY_HAIR_WITH_BEARD: f32 = 0.7;
/// Probability that hair gets any other colour.
const DYED_HAIR: f32 = 0.12;
/// Probability that the background gets the colour of the hair.
const SIMILAR_WALL: f32 = 0.06;
/// Minimum fraction of a crop that counts as a beard or as hair.
const MIN_FRACTION: f32 = 0.004;
/// Luma of skin, 0..=1, where none is visible.
const USUAL_SKIN: f32 = 0.55;
/// Radius in pixels over which a label's edge is softened, so that it does not show as an edge of the colour.
const SOFT_EDGE: usize = 1;

/// Applies random changes of hair and beard, and of the wall behind them. Labels stay.
pub(super) fn dye(canvas: &mut Canvas, random: &mut StdRng) {
    let has_hair = canvas.share(Region::Hair) > MIN_FRACTION;
    if canvas.share(Region::Beard) > MIN_FRACTION && happens(random, GREY_BEARD) {
        let skin = canvas.mean_colour(Region::Skin).map_or(USUAL_SKIN, luma);
        let level = skin * between(random, 0.7, 1.4);
        let warmth = between(random, -0.04, 0.08);
        let colour = [1.0 + warmth, 1.0, 1.0 - warmth].map(|value| (level * value).min(1.0));
        recolour(canvas, &[Region::Beard], colour, random);
        if has_hair && happens(random, GREY_HAIR_WITH_BEARD) {
            let factor = between(random, 0.8, 1.2);
            recolour(canvas, &[Region::Hair, Region::Brows], colour.map(|value| value * factor), random);
        }
    } else if has_hair && happens(random, DYED_HAIR) {
        let colour = any_colour(random);
        recolour(canvas, &[Region::Hair], colour, random);
    }
    if has_hair && happens(random, SIMILAR_WALL) {
        repaint_wall(canvas, random);
    }
}

/// How much each pixel belongs to `regions`, 0..=1, soft at the edges.
fn soft_share(canvas: &Canvas, regions: &[Region]) -> Vec<f32> {
    let is_inside = |label: &u8| regions.iter().any(|region| region.index() == usize::from(*label));
    let inside: Vec<f32> = canvas.labels.iter().map(|label| f32::from(u8::from(is_inside(label)))).collect();
    box_mean(&inside, canvas.side, SOFT_EDGE)
}

/// Gives `regions` the mean `colour`, each in 0..=1; their strands keep their shape.
fn recolour(canvas: &mut Canvas, regions: &[Region], colour: [f32; 3], random: &mut StdRng) {
    let shares = soft_share(canvas, regions);
    let total: f32 = shares.iter().sum();
    let lumas = canvas.pixels.iter().map(|pixel| luma(*pixel));
    let mean = lumas.zip(&shares).map(|(luma, share)| luma * share).sum::<f32>() / total.max(1e-3);
    let level = luma(colour).max(0.02);
    // Light hair has more contrast than dark hair, but less than in proportion to its light.
    let contrast = between(random, 0.6, 1.3) * ((level + 0.05) / (mean + 0.05)).sqrt();
    for (index, share) in shares.into_iter().enumerate().filter(|(_, share)| *share > 0.0) {
        let new = (level + contrast * (luma(canvas.pixels[index]) - mean)).clamp(0.01, 1.0);
        canvas.cover(index, colour.map(|value| value * new / level), share);
    }
}

/// Paints the background in about the colour of the hair.
fn repaint_wall(canvas: &mut Canvas, random: &mut StdRng) {
    let Some(hair) = canvas.mean_colour(Region::Hair) else { return };
    let factor = between(random, 0.6, 1.5);
    let frequency = between(random, 1.0, 8.0);
    let noise = SmoothNoise::new(random, frequency);
    let grain = between(random, 0.0, 0.3);
    for (index, share) in soft_share(canvas, &[Region::Background]).into_iter().enumerate() {
        let at = [index % canvas.side, index / canvas.side].map(|i| i as f32 / canvas.side as f32);
        let shade = factor * (1.0 + grain * noise.at(at));
        canvas.cover(index, hair.map(|value| value * shade), share);
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    /// Hair, skin and a beard in bands, with stripes of two lumas in hair and beard.
    fn canvas() -> Canvas {
        let side = 40;
        let region = |y: usize| match y {
            0..6 => Region::Background,
            6..16 => Region::Hair,
            16..26 => Region::Skin,
            _ => Region::Beard,
        };
        let labels = (0..side * side).map(|i| region(i / side).index() as u8).collect();
        let pixel = |i: usize| match region(i / side) {
            Region::Skin => [0.8, 0.6, 0.5],
            Region::Background => [0.2, 0.5, 0.9],
            _ => [if i.is_multiple_of(2) { 0.1 } else { 0.16 }; 3],
        };
        Canvas { side, pixels: (0..side * side).map(pixel).collect(), labels }
    }

    fn mean(canvas: &Canvas, region: Region) -> [f32; 3] {
        canvas.mean_colour(region).unwrap()
    }

    #[test]
    fn a_recoloured_beard_has_the_colour_and_keeps_its_strands_and_skin_stays() {
        let (before, mut canvas) = (canvas(), canvas());
        recolour(&mut canvas, &[Region::Beard], [0.7, 0.7, 0.68], &mut StdRng::seed_from_u64(1));
        assert!(mean(&canvas, Region::Beard).iter().all(|value| (value - 0.7).abs() < 0.08));
        let row = 32 * canvas.side;
        assert!(canvas.pixels[row + 11][0] > canvas.pixels[row + 10][0] + 0.05, "strands");
        assert_eq!(canvas.pixels[20 * canvas.side], before.pixels[20 * canvas.side]);
        assert!(canvas.labels == before.labels);
    }

    #[test]
    fn a_wall_takes_the_colour_of_the_hair() {
        let mut canvas = canvas();
        repaint_wall(&mut canvas, &mut StdRng::seed_from_u64(3));
        let [hair, wall] = [Region::Hair, Region::Background].map(|region| luma(mean(&canvas, region)));
        assert!((0.4..2.0).contains(&(wall / hair)), "{wall} {hair}");
    }

    #[test]
    fn among_many_crops_some_beards_are_light_and_some_stay_dark() {
        let lumas: Vec<f32> = (0..60)
            .map(|seed| {
                let mut canvas = canvas();
                dye(&mut canvas, &mut StdRng::seed_from_u64(seed));
                luma(mean(&canvas, Region::Beard))
            })
            .collect();
        let light = lumas.iter().filter(|luma| **luma > 0.4).count();
        assert!((10..40).contains(&light), "{light}");
        assert!(lumas.iter().filter(|luma| **luma < 0.2).count() > 15);
    }
}
