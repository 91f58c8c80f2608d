//! All tiles of one frame in one go, for models that run live.

use std::sync::Arc;
use std::time::{Duration, Instant};

use image::RgbImage;

use super::encoding::{PreparedFace, PreparedFaces};
use super::held_frame::aged_face;
use super::pace::Pace;
use super::shared::{FaceJob, Shared};
use super::statistics::Stage;
use super::view::{Tile, TileSet};
use super::wanted::Wanted;
use agemirror_faces::aging::{AgedCrop, AgingError, AgingModel};
use agemirror_faces::compose::paste_faces;
use agemirror_faces::crop::SideLimits;
use agemirror_pictures::Frame;

/// Ages decoded in one call; after each call the thread checks whether they are still wanted.
pub(crate) const AGES_PER_BATCH: usize = 6;

/// Makes every tile of a job; `None` if something else is wanted by now.
pub(super) fn make_tiles(
    shared: &Shared,
    model: &dyn AgingModel,
    job: &FaceJob,
    wanted: &Wanted,
    prepared: &mut PreparedFaces,
    pace: &mut Pace,
) -> Result<Option<TileSet>, AgingError> {
    let limits = if job.frame.live { SideLimits::LIVE } else { SideLimits::STILL };
    let crop_time = prepared.update(shared, model, job, limits)?;
    let frame = &job.frame.frame;
    let gender = wanted.gender;
    let (views, whole, compose_time) = if wanted.whole_frames {
        let decode_face =
            |face: &PreparedFace, ages: &[f32]| model.decode(&face.crop.picture, &face.code, ages, gender);
        let Some(aged) = decode(shared, wanted, prepared, pace, decode_face)? else { return Ok(None) };
        let started = Instant::now();
        let Some(whole) = whole_frames(shared, frame, wanted, prepared, &aged) else { return Ok(None) };
        let view = |aged: &AgedCrop| model.info().view.part_of(&aged.picture);
        let views: Vec<Vec<_>> = aged.iter().map(|aged| aged.iter().map(view).collect()).collect();
        (views, whole, started.elapsed())
    } else {
        let decode_face = |face: &PreparedFace, ages: &[f32]| {
            model.decode_view(&face.crop.picture, &face.code, ages, gender)
        };
        let Some(views) = decode(shared, wanted, prepared, pace, decode_face)? else { return Ok(None) };
        (views, Vec::new(), Duration::ZERO)
    };
    shared.record(Stage::Compose, crop_time + compose_time);
    let faces = prepared.faces.iter().zip(views).map(|(face, views)| {
        let tiles = wanted.ages.iter().zip(views).map(|(&age, view)| tile(frame, age, view)).collect();
        aged_face(face, model.current_age(&face.code), tiles)
    });
    let faces = faces.collect();
    Ok(Some(TileSet {
        frame: frame.clone(),
        ages: wanted.ages.to_vec(),
        faces,
        whole,
        model: model.info().clone(),
        progress: None,
    }))
}

/// A finished tile of `frame`.
fn tile(frame: &Frame, age: f32, picture: RgbImage) -> Tile {
    Tile { age, picture: Arc::new(picture), captured: frame.captured, finished: Instant::now() }
}

/// Pastes the aged faces into the whole frame, for each age; `None` if something else is wanted by now.
fn whole_frames(
    shared: &Shared,
    frame: &Frame,
    wanted: &Wanted,
    prepared: &PreparedFaces,
    aged: &[Vec<AgedCrop>],
) -> Option<Vec<Tile>> {
    let whole = wanted.ages.iter().enumerate().map(|(age_index, &age)| {
        let faces = prepared.faces.iter().zip(aged);
        let patches = faces.filter_map(|(face, aged)| Some(face.crop.patch(aged.get(age_index)?)));
        let is_wanted = !shared.is_outdated(wanted.revision);
        is_wanted.then(|| tile(frame, age, paste_faces(&frame.picture, patches)))
    });
    whole.collect()
}

/// Decodes every age of every face by `decode_face`, in the order of the faces; `None` if something else is wanted by
/// now.
fn decode<T>(
    shared: &Shared,
    wanted: &Wanted,
    prepared: &PreparedFaces,
    pace: &mut Pace,
    decode_face: impl Fn(&PreparedFace, &[f32]) -> Result<Vec<T>, AgingError>,
) -> Result<Option<Vec<Vec<T>>>, AgingError> {
    let started = Instant::now();
    let mut all = Vec::with_capacity(prepared.faces.len());
    for face in &prepared.faces {
        let mut aged = Vec::with_capacity(wanted.ages.len());
        for ages in wanted.ages.chunks(AGES_PER_BATCH) {
            if shared.is_outdated(wanted.revision) {
                return Ok(None);
            }
            aged.extend(decode_face(face, ages)?);
        }
        all.push(aged);
    }
    let decode_time = started.elapsed();
    shared.record(Stage::Decode, decode_time);
    let tiles = all.iter().map(Vec::len).sum::<usize>().max(1);
    pace.record(prepared.encoder_time + decode_time / tiles as u32);
    Ok(Some(all))
}
