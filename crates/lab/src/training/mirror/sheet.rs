//! A sheet of heads at many ages, rendered as in the program, to judge a run by eye.

use std::collections::BTreeMap;

use image::RgbImage;
use image::imageops::{crop_imm, replace};

use crate::dataset::FacePack;
use agemirror_faces::age::Gender;
use agemirror_faces::age::TEN_GROUPS;
use agemirror_faces::aging::{AgingError, AgingModel};

/// Draws one row per head crop `indices`: the input, then the ten ages, each cropped as in the program's
/// tiles.
///
/// # Errors
/// When the model fails.
pub(super) fn draw_sheet(
    model: &dyn AgingModel,
    pack: &FacePack,
    indices: &[usize],
) -> Result<RgbImage, AgingError> {
    let ages = TEN_GROUPS.map(|group| group.age);
    let view = model.info().view;
    let [left, top, side] =
        [view.left, view.top, view.width()].map(|part| (part * pack.side() as f32).round() as u32);
    let mut out = RgbImage::new((ages.len() as u32 + 1) * side, indices.len() as u32 * side);
    for (row, index) in indices.iter().enumerate() {
        let head = pack.picture(*index);
        let aged = model.decode(&head, &model.encode(&head)?, &ages, Gender::default())?;
        let pictures = std::iter::once(&head).chain(aged.iter().map(|aged| &aged.picture));
        for (column, picture) in pictures.enumerate() {
            let shown = crop_imm(picture, left, top, side, side).to_image();
            replace(&mut out, &shown, (column as u32 * side).into(), (row as u32 * side).into());
        }
    }
    Ok(out)
}

/// Indices of `count` heads of `pack`, spread evenly over its collections and within each of them.
pub(super) fn evenly_spread(pack: &FacePack, count: usize) -> Vec<usize> {
    let mut collections = BTreeMap::<&str, Vec<usize>>::new();
    for (index, face) in pack.faces().iter().enumerate() {
        collections.entry(&face.dataset).or_default().push(index);
    }
    let many = collections.len().max(1);
    let mut chosen = Vec::with_capacity(count);
    for (collection, faces) in collections.values().enumerate() {
        let share = ((count + many - 1 - collection) / many).min(faces.len());
        chosen.extend((0..share).map(|i| faces[(2 * i + 1) * faces.len() / (2 * share)]));
    }
    chosen.truncate(count);
    chosen
}
