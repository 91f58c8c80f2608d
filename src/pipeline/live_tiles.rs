//! All tiles of one frame in one go, for models that run live.

use std::sync::Arc;
use std::time::Instant;

use super::encoding::PreparedFaces;
use super::held_frame::aged_face;
use super::pace::Pace;
use super::shared::{FaceJob, Shared};
use super::statistics::Stage;
use super::view::{Tile, TileSet};
use super::wanted::Wanted;
use agemirror_faces::aging::{AgedCrop, AgingError, AgingModel};
use agemirror_faces::compose::paste_faces;
use agemirror_faces::crop::{SideLimits, shown};

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
    let Some(aged) = decode(shared, model, wanted, prepared, pace)? else { return Ok(None) };
    let started = Instant::now();
    let frame = &job.frame.frame;
    let tile = |age: f32, picture| Tile {
        age,
        picture: Arc::new(picture),
        captured: frame.captured,
        finished: Instant::now(),
    };
    let mut whole = Vec::new();
    if wanted.whole_frames {
        for (age_index, &age) in wanted.ages.iter().enumerate() {
            if shared.is_outdated(wanted.revision) {
                return Ok(None);
            }
            let faces = prepared.faces.iter().zip(&aged);
            let patches = faces.filter_map(|(face, aged)| Some(face.crop.patch(aged.get(age_index)?)));
            whole.push(tile(age, paste_faces(&frame.picture, patches)));
        }
    }
    shared.record(Stage::Compose, crop_time + started.elapsed());
    let faces = prepared.faces.iter().zip(aged).map(|(face, aged)| {
        let tile = |(&age, aged): (&f32, AgedCrop)| tile(age, shown(aged.picture, model.info().view));
        let tiles = wanted.ages.iter().zip(aged).map(tile).collect();
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

/// Decodes every age of every face, in the order of the faces; `None` if something else is wanted by now.
fn decode(
    shared: &Shared,
    model: &dyn AgingModel,
    wanted: &Wanted,
    prepared: &PreparedFaces,
    pace: &mut Pace,
) -> Result<Option<Vec<Vec<AgedCrop>>>, AgingError> {
    let started = Instant::now();
    let mut all = Vec::with_capacity(prepared.faces.len());
    for face in &prepared.faces {
        let mut aged = Vec::with_capacity(wanted.ages.len());
        for ages in wanted.ages.chunks(AGES_PER_BATCH) {
            if shared.is_outdated(wanted.revision) {
                return Ok(None);
            }
            aged.extend(model.decode(&face.crop.picture, &face.code, ages, wanted.gender)?);
        }
        all.push(aged);
    }
    let decode_time = started.elapsed();
    shared.record(Stage::Decode, decode_time);
    let tiles = all.iter().map(Vec::len).sum::<usize>().max(1);
    pace.record(prepared.encoder_time + decode_time / tiles as u32);
    Ok(Some(all))
}
