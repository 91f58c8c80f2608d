//! The two pictures of the large view: before and after.

use std::sync::Arc;

use image::RgbImage;

use super::UiState;
use crate::pipeline::{LiveView, Tile};
use agemirror_faces::face::FrameEdge;

/// A face, or the whole frame, before and after.
pub(crate) struct Comparison {
    /// The picture before.
    pub before: Arc<RgbImage>,
    /// The aged picture.
    pub after: Arc<RgbImage>,
    /// The part of both that is beyond the frame.
    pub edge: Option<Arc<FrameEdge>>,
    /// The age that `after` shows, in years: the nearest one that is made.
    pub age: f32,
}

impl Comparison {
    /// The pictures of the chosen face or of the whole frame; `None` before the first is made.
    pub(crate) fn of(view: &LiveView, state: &UiState) -> Option<Self> {
        let set = view.tiles.as_ref()?;
        let shown_age = state.shown_age();
        let nearest = |tiles: &[Tile]| {
            let distance = |tile: &Tile| (tile.age - shown_age).abs();
            tiles.iter().min_by(|one, other| distance(one).total_cmp(&distance(other))).cloned()
        };
        let (before, edge, tile) = match nearest(&set.whole).filter(|_| state.settings.whole_frame) {
            Some(tile) => (Arc::clone(&set.frame.picture), None, tile),
            None => {
                let face = set.faces.first()?;
                (Arc::clone(&face.crop), face.edge.clone(), nearest(&face.tiles)?)
            }
        };
        Some(Self { before, after: tile.picture, edge, age: tile.age })
    }
}
