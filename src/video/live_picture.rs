//! Draws what the pipeline shows as one picture, for a recording or a virtual camera.

use std::sync::Arc;

use clap::ValueEnum;
use image::{RgbImage, imageops};

use crate::pipeline::{LiveView, Tile, TileSet};
use agemirror_faces::aging::picture::{Resampling, resized};
use agemirror_faces::compose::{BACKGROUND, caption_of, draw_caption};

mod plan;

use plan::{Area, Plan};

/// Smallest longer side of a large picture, in pixels.
const LARGE: u32 = 512;

/// What a recording shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LiveLayout {
    /// The aged picture alone
    Large,
    /// The input and the tiles in rows
    #[default]
    Tiles,
    /// The input and the tiles in one row
    Strip,
}

/// Draws what the pipeline shows, in pictures of one size.
pub struct LivePicture {
    layout: LiveLayout,
    labels: Vec<(f32, String)>,
    /// Age that a large picture shows, in years (the nearest one that has a tile); `None` shows the first tile.
    age: Option<f32>,
    size: Option<[u32; 2]>,
    /// Whether large pictures of mirrored frames are flipped back.
    unmirrors: bool,
    canvas: RgbImage,
    /// The tiles on the canvas.
    drawn: Option<Arc<TileSet>>,
    /// The number of the input frame on the canvas.
    input: Option<u64>,
}

impl LivePicture {
    /// Draws `layout`; `labels` are the captions of each age (in years). Without a `size`, the first picture determines
    /// it.
    #[must_use]
    pub fn new(layout: LiveLayout, labels: Vec<(f32, String)>, size: Option<[u32; 2]>) -> Self {
        let canvas = RgbImage::new(0, 0);
        Self { layout, labels, age: None, size, unmirrors: false, canvas, drawn: None, input: None }
    }

    /// Sets the age that the large layout shows, in years, or the nearest one that has a tile.
    #[must_use]
    pub fn at(self, age: Option<f32>) -> Self {
        Self { age, ..self }
    }

    /// Flips large pictures of mirrored frames back, for those on the other side.
    #[must_use]
    pub fn unmirrored(self) -> Self {
        Self { unmirrors: true, ..self }
    }

    /// The current picture; `None` if it has not changed, or there is none yet.
    pub fn draw(&mut self, view: &LiveView) -> Option<Arc<RgbImage>> {
        let changed = match self.layout {
            LiveLayout::Large => self.draw_large(view),
            LiveLayout::Tiles | LiveLayout::Strip => self.draw_tiles(view),
        };
        changed.then(|| Arc::new(self.canvas.clone()))
    }

    /// The last picture again.
    #[must_use]
    pub fn last(&self) -> Option<Arc<RgbImage>> {
        (self.canvas.width() > 0).then(|| Arc::new(self.canvas.clone()))
    }

    fn draw_large(&mut self, view: &LiveView) -> bool {
        let set = view.tiles.as_ref().filter(|set| set.has_tiles() && view.faces.problem.is_none());
        let shown = match (set, &view.input) {
            (Some(set), _) if self.is_drawn(set) && self.input.is_none() => return false,
            (Some(set), _) => large_of(set, self.age).map(|picture| (picture, set.frame.mirrored)),
            (None, Some(frame)) if self.input == Some(frame.number) => return false,
            (None, Some(frame)) => Some((Arc::clone(&frame.picture), frame.mirrored)),
            (None, None) => None,
        };
        let Some((picture, mirrored)) = shown else { return false };
        self.drawn = set.cloned();
        self.input = if set.is_some() { None } else { view.input.as_ref().map(|frame| frame.number) };
        if self.canvas.width() == 0 {
            let size = self.size.unwrap_or_else(|| large_size(&picture));
            self.canvas = RgbImage::from_pixel(size[0], size[1], BACKGROUND);
        }
        let (width, height) = self.canvas.dimensions();
        self.put(&picture, Area { x: 0, y: 0, width, height });
        if mirrored && self.unmirrors {
            imageops::flip_horizontal_in_place(&mut self.canvas);
        }
        true
    }

    fn draw_tiles(&mut self, view: &LiveView) -> bool {
        let Some(frame) = &view.input else { return false };
        let Some(set) = view.tiles.as_ref().filter(|set| set.has_tiles()) else { return false };
        let plan = Plan::of(self.layout, set.ages.len(), frame.picture.dimensions());
        // Other ages need another plan; the canvas keeps its size.
        let other = self.drawn.as_ref().is_none_or(|drawn| drawn.ages != set.ages);
        if other {
            self.begin(&plan, &set.ages);
        }
        let new_tiles = other || !self.is_drawn(set);
        if !new_tiles && self.input == Some(frame.number) {
            return false;
        }
        self.put(&frame.picture, plan.input);
        self.input = Some(frame.number);
        if new_tiles {
            let whole = set.whole.iter().map(|tile| &tile.picture);
            let crops = set.faces.first().into_iter().flat_map(|face| &face.tiles).map(|tile| &tile.picture);
            let pictures: Vec<_> = if set.whole.is_empty() { crops.collect() } else { whole.collect() };
            for (index, picture) in pictures.into_iter().enumerate().take(set.ages.len()) {
                self.put(picture, plan.tile(index as u32));
            }
            self.drawn = Some(Arc::clone(set));
        }
        true
    }

    fn is_drawn(&self, set: &Arc<TileSet>) -> bool {
        self.drawn.as_ref().is_some_and(|drawn| Arc::ptr_eq(drawn, set))
    }

    /// Clears the canvas and draws the captions.
    fn begin(&mut self, plan: &Plan, ages: &[f32]) {
        let size = *self.size.get_or_insert(plan.size);
        self.canvas = RgbImage::from_pixel(size[0], size[1], BACKGROUND);
        self.input = None;
        for (index, age) in ages.iter().enumerate() {
            let label = caption_of(&self.labels, *age);
            let tile = plan.tile(index as u32);
            let mut blank = RgbImage::from_pixel(tile.width, tile.height, BACKGROUND);
            draw_caption(&mut blank, &label);
            let height = plan.caption;
            let strip = imageops::crop_imm(&blank, 0, tile.height - height, tile.width, height).to_image();
            imageops::replace(&mut self.canvas, &strip, i64::from(tile.x), i64::from(tile.y + tile.height));
        }
    }

    /// Draws a picture into an area, scaled to fit and centred on the background.
    fn put(&mut self, picture: &RgbImage, area: Area) {
        let (width, height) = (f64::from(picture.width().max(1)), f64::from(picture.height().max(1)));
        let scale = (f64::from(area.width) / width).min(f64::from(area.height) / height);
        let fitted = [width, height].map(|side| ((side * scale).round() as u32).max(1));
        let [width, height] = [fitted[0].min(area.width), fitted[1].min(area.height)];
        let (x, y) = (area.x + (area.width - width) / 2, area.y + (area.height - height) / 2);
        if (width, height) != (area.width, area.height) {
            let background = RgbImage::from_pixel(area.width, area.height, BACKGROUND);
            imageops::replace(&mut self.canvas, &background, i64::from(area.x), i64::from(area.y));
        }
        if picture.dimensions() == (width, height) {
            imageops::replace(&mut self.canvas, picture, i64::from(x), i64::from(y));
            return;
        }
        if let Ok(scaled) = resized(picture, width, height, Resampling::Antialiased) {
            imageops::replace(&mut self.canvas, &scaled, i64::from(x), i64::from(y));
        }
    }
}

/// The aged picture of a set: the whole frame where there is one.
fn large_of(set: &TileSet, age: Option<f32>) -> Option<Arc<RgbImage>> {
    let crops = || set.faces.first().map_or(&[][..], |face| &face.tiles);
    let tiles = if set.whole.is_empty() { crops() } else { &set.whole };
    let distance = |tile: &Tile| age.map_or(0.0, |age| (tile.age - age).abs());
    let nearest = tiles.iter().min_by(|one, other| distance(one).total_cmp(&distance(other)));
    nearest.map(|tile| Arc::clone(&tile.picture))
}

/// The size of the canvas for large pictures like this one: even sides, at least [`LARGE`].
fn large_size(picture: &RgbImage) -> [u32; 2] {
    let (width, height) = picture.dimensions();
    let scale = (f64::from(LARGE) / f64::from(width.max(height).max(1))).max(1.0);
    [width, height].map(|side| ((f64::from(side) * scale / 2.0).round() as u32).max(1) * 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_mirrored_frames_are_flipped_back() {
        for (mirrored, unmirrors) in [(false, false), (false, true), (true, false), (true, true)] {
            let picture = RgbImage::from_fn(4, 2, |x, _| image::Rgb([x as u8 * 50; 3]));
            let mut view = crate::video::testing::live_view(1);
            view.tiles = None;
            if let Some(frame) = &mut view.input {
                (frame.picture, frame.mirrored) = (Arc::new(picture), mirrored);
            }
            let mut drawn = LivePicture::new(LiveLayout::Large, Vec::new(), Some([4, 2]));
            if unmirrors {
                drawn = drawn.unmirrored();
            }
            let left = drawn.draw(&view).map(|picture| picture.get_pixel(0, 0).0[0]);
            assert_eq!(left, Some(if mirrored && unmirrors { 150 } else { 0 }), "{mirrored} {unmirrors}");
        }
    }

    #[test]
    fn large_pictures_are_even_and_not_too_small() {
        assert_eq!(large_size(&RgbImage::new(192, 192)), [512, 512]);
        assert_eq!(large_size(&RgbImage::new(641, 480)), [642, 480]);
    }
}
