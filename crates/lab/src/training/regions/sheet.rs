//! Sample sheets of a run: its input and its predictions.

use candle_core::Result;
use image::{Rgb, RgbImage, imageops};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::batch::Crops;
use super::canvas::Canvas;
use super::loss::IGNORED;
use super::view::{TrainingHead, upright};
use agemirror_faces::face::align;
use agemirror_faces::face::regions::{EdgeGuide, REGIONS, REGIONS_SIDE, Region, RegionNetwork};

/// Colour of each region, in the order of the planes.
const COLOURS: [[u8; 3]; REGIONS] = [
    [30, 30, 30],
    [240, 190, 150],
    [200, 130, 90],
    [150, 40, 200],
    [230, 60, 60],
    [250, 230, 60],
    [60, 220, 250],
    [250, 90, 180],
    [40, 90, 250],
    [70, 200, 70],
    [255, 140, 0],
];
/// Colour of pixels that are excluded from the loss.
const NONE: [u8; 3] = [128, 128, 128];

/// The crops of a batch, each beside its labels.
pub(super) fn crops_sheet(crops: &Crops, columns: u32, rows: u32, seed: u64) -> RgbImage {
    let side = REGIONS_SIDE as u32;
    let mut sheet = RgbImage::new(2 * side * columns, side * rows);
    let mut random = StdRng::seed_from_u64(seed);
    for index in 0..columns * rows {
        let crop = crops.crop(REGIONS_SIDE, &mut random);
        let (x, y) = (2 * side * (index % columns), side * (index / columns));
        imageops::replace(&mut sheet, &crop.picture(), i64::from(x), i64::from(y));
        imageops::replace(&mut sheet, &labels_picture(&crop), i64::from(x + side), i64::from(y));
    }
    sheet
}

fn labels_picture(crop: &Canvas) -> RgbImage {
    let side = crop.side as u32;
    RgbImage::from_fn(side, side, |x, y| {
        let label = crop.labels[y as usize * crop.side + x as usize];
        Rgb(if label == IGNORED { NONE } else { COLOURS[usize::from(label) % REGIONS] })
    })
}

/// Heads beside their predicted regions, refined to `side` pixels.
///
/// # Errors
/// When the device fails.
pub(super) fn masks_sheet(
    network: &RegionNetwork,
    heads: &[&TrainingHead],
    columns: u32,
    side: u32,
) -> Result<RgbImage> {
    let rows = (heads.len() as u32).div_ceil(columns.max(1));
    let mut sheet = RgbImage::new(2 * side * columns, side * rows);
    for (index, head) in (0..).zip(heads) {
        let crop = align(&head.picture, &upright(head, side as usize), side);
        let masks = network.masks(&crop)?;
        let guide = EdgeGuide::new(&crop);
        let mut colours = vec![[0f32; 3]; (side * side) as usize];
        for region in Region::ALL {
            for (sum, share) in colours.iter_mut().zip(guide.refine(masks.plane(region))?) {
                sum.iter_mut().zip(COLOURS[region.index()]).for_each(|(sum, c)| *sum += share * f32::from(c));
            }
        }
        let bytes = colours.iter().flatten().map(|value| value.clamp(0.0, 255.0) as u8).collect();
        let picture = RgbImage::from_raw(side, side, bytes).unwrap_or_else(|| RgbImage::new(side, side));
        let (x, y) = (2 * side * (index % columns.max(1)), side * (index / columns.max(1)));
        imageops::replace(&mut sheet, &crop, i64::from(x), i64::from(y));
        imageops::replace(&mut sheet, &picture, i64::from(x + side), i64::from(y));
    }
    Ok(sheet)
}
