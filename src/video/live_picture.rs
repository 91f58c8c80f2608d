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
    /// Size of the pictures; the first one determines it unless it was requested.
    size: Option<[u32; 2]>,
    /// Whether large pictures of mirrored frames are flipped back.
    unmirrors: bool,
    canvas: RgbImage,
    /// The ages and the frame's size for which tiles are arranged on the canvas.
    arranged: Option<(Vec<f32>, (u32, u32))>,
    /// The tiles on the canvas.
    drawn: Option<Arc<TileSet>>,
    /// The input frame on the canvas.
    input: Option<Arc<RgbImage>>,
}

impl LivePicture {
    /// Draws `layout`; `labels` are the captions of each age (in years). Without a `size`, the first picture determines
    /// it.
    #[must_use]
    pub fn new(layout: LiveLayout, labels: Vec<(f32, String)>, size: Option<[u32; 2]>) -> Self {
        Self {
            layout,
            labels,
            age: None,
            size,
            unmirrors: false,
            canvas: RgbImage::new(0, 0),
            arranged: None,
            drawn: None,
            input: None,
        }
    }

    /// Sets the age that the large layout shows, in years, or the nearest one that has a tile.
    pub fn show_age(&mut self, age: Option<f32>) {
        if self.age != age {
            (self.age, self.drawn) = (age, None);
        }
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
        if changed { self.last() } else { None }
    }

    /// The last picture again.
    #[must_use]
    pub fn last(&self) -> Option<Arc<RgbImage>> {
        let (width, height) = self.canvas.dimensions();
        match self.size {
            _ if width == 0 => None,
            // Tiles for another source or other ages have another size.
            Some([wide, high]) if (wide, high) != (width, height) => {
                let mut fitted = RgbImage::from_pixel(wide, high, BACKGROUND);
                put(&mut fitted, &self.canvas, Area { x: 0, y: 0, width: wide, height: high });
                Some(Arc::new(fitted))
            }
            _ => Some(Arc::new(self.canvas.clone())),
        }
    }

    fn draw_large(&mut self, view: &LiveView) -> bool {
        let set = current_set(view);
        let shown = match (set, &view.input) {
            (Some(set), _) if self.is_drawn(set) && self.input.is_none() => return false,
            (Some(set), _) => large_of(set, self.age).map(|picture| (picture, set.frame.mirrored)),
            (None, Some(frame)) if self.shows_input(&frame.picture) => return false,
            (None, Some(frame)) => Some((Arc::clone(&frame.picture), frame.mirrored)),
            (None, None) => None,
        };
        let Some((picture, mirrored)) = shown else { return false };
        self.drawn = set.cloned();
        self.input = if set.is_some() { None } else { Some(Arc::clone(&picture)) };
        if self.canvas.width() == 0 {
            let size = *self.size.get_or_insert_with(|| large_size(&picture));
            self.canvas = RgbImage::from_pixel(size[0], size[1], BACKGROUND);
        }
        let (width, height) = self.canvas.dimensions();
        put(&mut self.canvas, &picture, Area { x: 0, y: 0, width, height });
        if mirrored && self.unmirrors {
            imageops::flip_horizontal_in_place(&mut self.canvas);
        }
        true
    }

    fn draw_tiles(&mut self, view: &LiveView) -> bool {
        let Some(frame) = &view.input else { return false };
        let set = current_set(view);
        // Without tiles, their places stay empty.
        let ages: Vec<f32> = match (set, &self.arranged) {
            (Some(set), _) => set.ages.clone(),
            (None, Some((ages, _))) => ages.clone(),
            (None, None) => self.labels.iter().map(|(age, _)| *age).collect(),
        };
        let plan = Plan::of(self.layout, ages.len(), frame.picture.dimensions());
        let arranged = Some((ages, frame.picture.dimensions()));
        let is_new = self.arranged != arranged;
        if is_new {
            let ages = arranged.as_ref().map_or(&[][..], |(ages, _)| ages);
            self.begin(&plan, ages);
        }
        let count = arranged.as_ref().map_or(0, |(ages, _)| ages.len());
        self.arranged = arranged;
        let new_tiles = is_new || !set.map_or(self.drawn.is_none(), |set| self.is_drawn(set));
        if !new_tiles && self.shows_input(&frame.picture) {
            return false;
        }
        put(&mut self.canvas, &frame.picture, plan.input);
        self.input = Some(Arc::clone(&frame.picture));
        if new_tiles {
            let mut pictures = set.into_iter().flat_map(|set| pictures_of(set));
            for index in 0..count as u32 {
                match pictures.next() {
                    Some(picture) => put(&mut self.canvas, picture, plan.tile(index)),
                    None => clear(&mut self.canvas, plan.tile(index)),
                }
            }
            self.drawn = set.cloned();
        }
        true
    }

    fn is_drawn(&self, set: &Arc<TileSet>) -> bool {
        self.drawn.as_ref().is_some_and(|drawn| Arc::ptr_eq(drawn, set))
    }

    fn shows_input(&self, picture: &Arc<RgbImage>) -> bool {
        self.input.as_ref().is_some_and(|input| Arc::ptr_eq(input, picture))
    }

    /// Clears the canvas and draws the captions.
    fn begin(&mut self, plan: &Plan, ages: &[f32]) {
        self.size.get_or_insert(plan.size);
        self.canvas = RgbImage::from_pixel(plan.size[0], plan.size[1], BACKGROUND);
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
}

/// The tiles of a view, unless its input has no face to age and they are not made from a held frame.
fn current_set(view: &LiveView) -> Option<&Arc<TileSet>> {
    let is_current = |set: &TileSet| set.progress.is_some() || view.faces.problem.is_none();
    view.tiles.as_ref().filter(|set| set.has_tiles() && is_current(set))
}

/// The pictures of a set, one for each finished age: whole frames where there are any.
fn pictures_of(set: &TileSet) -> impl Iterator<Item = &RgbImage> {
    let crops = || set.faces.first().map_or(&[][..], |face| &face.tiles);
    let tiles = if set.whole.is_empty() { crops() } else { &set.whole };
    tiles.iter().map(|tile| tile.picture.as_ref())
}

fn clear(canvas: &mut RgbImage, area: Area) {
    let background = RgbImage::from_pixel(area.width, area.height, BACKGROUND);
    imageops::replace(canvas, &background, i64::from(area.x), i64::from(area.y));
}

/// Draws a picture into an area, scaled to fit and centred on the background.
fn put(canvas: &mut RgbImage, picture: &RgbImage, area: Area) {
    let (width, height) = (f64::from(picture.width().max(1)), f64::from(picture.height().max(1)));
    let scale = (f64::from(area.width) / width).min(f64::from(area.height) / height);
    let fitted = [width, height].map(|side| ((side * scale).round() as u32).max(1));
    let [width, height] = [fitted[0].min(area.width), fitted[1].min(area.height)];
    let (x, y) = (area.x + (area.width - width) / 2, area.y + (area.height - height) / 2);
    if (width, height) != (area.width, area.height) {
        clear(canvas, area);
    }
    if picture.dimensions() == (width, height) {
        imageops::replace(canvas, picture, i64::from(x), i64::from(y));
        return;
    }
    if let Ok(scaled) = resized(picture, width, height, Resampling::Antialiased) {
        imageops::replace(canvas, &scaled, i64::from(x), i64::from(y));
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

    /// A colour, of which `level` is the red part.
    fn colour(level: u8) -> image::Rgb<u8> {
        image::Rgb([level, 20, 90])
    }

    /// A view whose frame and tiles have the same colour; there is a tile for each age.
    fn view(size: [u32; 2], level: u8, ages: &[f32]) -> LiveView {
        let picture = |size: [u32; 2]| Arc::new(RgbImage::from_pixel(size[0], size[1], colour(level)));
        let mut view = crate::video::testing::live_view(level);
        if let Some(frame) = &mut view.input {
            (frame.picture, frame.number) = (picture(size), 1);
        }
        view.tiles = (!ages.is_empty()).then(|| {
            let tiles = ages.iter().map(|age| (*age, picture([64, 64]))).collect();
            Arc::new(crate::video::testing::tile_set(view.input.clone(), tiles))
        });
        view
    }

    /// The number of pixels of the picture with about this colour.
    fn count(picture: &RgbImage, level: u8) -> usize {
        let is_near = |pixel: &image::Rgb<u8>| {
            pixel.0.iter().zip(colour(level).0).all(|(value, wanted)| value.abs_diff(wanted) < 4)
        };
        picture.pixels().filter(|pixel| is_near(pixel)).count()
    }

    /// Another source with frames of another shape leaves nothing of the previous one, and the size stays.
    #[test]
    fn another_source_replaces_input_and_tiles() {
        let labels = vec![(10.0, "10".to_owned()), (70.0, "70".to_owned())];
        let mut drawn = LivePicture::new(LiveLayout::Tiles, labels, None);
        let first = drawn.draw(&view([64, 48], 120, &[10.0, 70.0])).unwrap();
        assert!(count(&first, 120) > 2 * 150 * 150);
        let portrait = drawn.draw(&view([48, 64], 200, &[])).unwrap();
        assert_eq!(portrait.dimensions(), first.dimensions());
        assert_eq!(count(&portrait, 120), 0, "nothing of the camera is left");
        assert!(count(&portrait, 200) > 100 * 100);
        assert!(drawn.draw(&view([48, 64], 200, &[])).is_some(), "another picture with the same number");
        let more = drawn.draw(&view([64, 48], 90, &[10.0, 30.0, 50.0, 70.0])).unwrap();
        assert_eq!(more.dimensions(), first.dimensions());
        assert!(count(&more, 90) > 4 * 50 * 50, "every tile is visible");
    }

    #[test]
    fn tiles_vanish_with_the_face_unless_the_frame_is_held() {
        for is_held in [false, true] {
            let mut drawn = LivePicture::new(LiveLayout::Tiles, vec![(70.0, "70".to_owned())], None);
            let mut seen = view([64, 48], 120, &[70.0]);
            drawn.draw(&seen);
            if is_held {
                let held = seen.tiles.as_ref().map(|set| {
                    let mut set = TileSet::clone(set);
                    set.progress = Some(Default::default());
                    Arc::new(set)
                });
                seen.tiles = held;
            }
            let report = crate::pipeline::FaceReport {
                problem: Some(agemirror_faces::face::FaceProblem::NoFace),
                ..Default::default()
            };
            seen.faces = Arc::new(report);
            seen.input = view([64, 48], 200, &[]).input;
            let picture = drawn.draw(&seen).unwrap();
            assert_eq!(count(&picture, 120) > 0, is_held);
        }
    }

    #[test]
    fn a_large_picture_follows_the_requested_age() {
        let mut drawn = LivePicture::new(LiveLayout::Large, Vec::new(), Some([64, 64]));
        let mut seen = view([64, 48], 120, &[10.0, 70.0]);
        if let Some(set) = seen.tiles.as_mut().map(Arc::make_mut) {
            set.faces[0].tiles[1].picture = Arc::new(RgbImage::from_pixel(64, 64, colour(200)));
        }
        drawn.show_age(Some(12.0));
        assert!(count(&drawn.draw(&seen).unwrap(), 120) > 0);
        assert!(drawn.draw(&seen).is_none());
        drawn.show_age(Some(66.0));
        assert!(count(&drawn.draw(&seen).unwrap(), 200) > 0);
    }

    #[test]
    fn large_pictures_are_even_and_not_too_small() {
        assert_eq!(large_size(&RgbImage::new(192, 192)), [512, 512]);
        assert_eq!(large_size(&RgbImage::new(641, 480)), [642, 480]);
    }
}
