//! The pictures on the graphics card: one texture per slot of the screen, reused, and uploaded only when its
//! picture has changed.

use std::collections::HashMap;
use std::sync::Arc;

use eframe::egui::{
    Color32, ColorImage, Context, CornerRadius, Painter, Rect, TextureHandle, TextureId, TextureOptions,
    Vec2, epaint::RectShape, pos2, vec2,
};
use image::RgbImage;

use agemirror_faces::face::FrameEdge;

/// Textures not drawn for this many frames are freed.
const FRAMES_KEPT: u64 = 240;

/// A slot of the screen that shows a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Slot {
    /// The input.
    Input,
    /// The left half of the large view.
    Before,
    /// The right half of the large view.
    After,
    /// The captured face from which tiles are made one by one.
    Captured,
    /// The picture of a sweep.
    Sweep,
    /// The sheet of samples of a training run.
    TrainingSheet,
    /// The tile of a face (index) at an age (in tenths of years).
    Tile(usize, u32),
    /// The unchanged face with this index.
    Original(usize),
    /// A thumbnail of the gallery, by its id.
    Thumbnail(u64),
}

impl Slot {
    /// The tile of the face with the index `face` at `age` years.
    pub(crate) fn tile(face: usize, age: f32) -> Self {
        Self::Tile(face, (age * 10.0).round() as u32)
    }
}

/// A picture on the graphics card.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Shown {
    /// The texture.
    pub id: TextureId,
    /// The size of its picture before it was shrunk, in pixels.
    pub size: Vec2,
}

struct Held {
    handle: TextureHandle,
    /// Kept so that another picture cannot get the same address.
    picture: Arc<RgbImage>,
    factor: u32,
    last_frame: u64,
}

/// The pictures on the graphics card.
#[derive(Default)]
pub(crate) struct Textures {
    held: HashMap<Slot, Held>,
    pass: u64,
    uploads: u64,
}

impl Textures {
    /// Starts a frame and frees textures that have not been drawn for a while.
    pub(crate) fn begin_frame(&mut self) {
        self.pass += 1;
        let pass = self.pass;
        self.held.retain(|_, held| held.last_frame + FRAMES_KEPT > pass);
    }

    /// The number of uploads to the graphics card so far.
    pub(crate) fn uploads(&self) -> u64 {
        self.uploads
    }

    /// Returns the texture of a picture, which is uploaded if it changed. A picture with far more pixels than
    /// the `side` at which it is drawn (in pixels of the screen) is shrunk by a whole factor.
    pub(crate) fn show(&mut self, ctx: &Context, slot: Slot, picture: &Arc<RgbImage>, side: f32) -> Shown {
        self.show_faded(ctx, slot, picture, None, side)
    }

    /// Like [`Textures::show`], but the part beyond the `edge` of the frame is transparent, so that the
    /// picture fades into the background.
    pub(crate) fn show_faded(
        &mut self,
        ctx: &Context,
        slot: Slot,
        picture: &Arc<RgbImage>,
        edge: Option<&FrameEdge>,
        side: f32,
    ) -> Shown {
        let factor = shrink_factor(picture.width().max(picture.height()), side);
        let size = vec2(picture.width() as f32, picture.height() as f32);
        let pass = self.pass;
        if let Some(held) = self.held.get_mut(&slot) {
            held.last_frame = pass;
            if !Arc::ptr_eq(&held.picture, picture) || held.factor != factor {
                held.handle.set(faded_image(picture, factor, edge), TextureOptions::LINEAR);
                held.picture = Arc::clone(picture);
                held.factor = factor;
                self.uploads += 1;
            }
            return Shown { id: held.handle.id(), size };
        }
        let handle =
            ctx.load_texture(format!("{slot:?}"), faded_image(picture, factor, edge), TextureOptions::LINEAR);
        let id = handle.id();
        self.held.insert(slot, Held { handle, picture: Arc::clone(picture), factor, last_frame: pass });
        self.uploads += 1;
        Shown { id, size }
    }

    /// The texture that a slot showed last, if it still exists.
    pub(crate) fn last(&mut self, slot: Slot) -> Option<Shown> {
        let held = self.held.get_mut(&slot)?;
        held.last_frame = self.pass;
        Some(Shown {
            id: held.handle.id(),
            size: vec2(held.picture.width() as f32, held.picture.height() as f32),
        })
    }

    /// Frees the textures of the previous source, so that tiles of one person are never shown beside another.
    pub(crate) fn drop_source_textures(&mut self) {
        self.held.retain(|slot, _| matches!(slot, Slot::Thumbnail(_) | Slot::TrainingSheet));
    }
}

/// The whole factor by which a picture can shrink and still have a pixel for each pixel of the screen.
fn shrink_factor(longest: u32, side: f32) -> u32 {
    (longest / (side.max(64.0) as u32)).max(1)
}

/// [`color_image`], transparent beyond the edge of the frame.
fn faded_image(picture: &RgbImage, factor: u32, edge: Option<&FrameEdge>) -> ColorImage {
    let mut image = color_image(picture, factor);
    let edge = edge.map(FrameEdge::opacity).filter(|opacity| opacity.dimensions() == picture.dimensions());
    let Some(opacity) = edge else { return image };
    let [width, _] = image.size;
    for (index, pixel) in image.pixels.iter_mut().enumerate() {
        let (x, y) = ((index % width) as u32 * factor, (index / width) as u32 * factor);
        match opacity.get_pixel(x + factor / 2, y + factor / 2).0[0] {
            255 => {}
            0 => *pixel = Color32::TRANSPARENT,
            shown => *pixel = Color32::from_rgba_unmultiplied(pixel.r(), pixel.g(), pixel.b(), shown),
        }
    }
    image
}

/// The picture for the graphics card: each block of `factor` x `factor` pixels becomes one. Only sixteen
/// pixels of a large block are averaged, so that the cost depends on the screen and not on the camera.
fn color_image(picture: &RgbImage, factor: u32) -> ColorImage {
    if factor <= 1 {
        return ColorImage::from_rgb([picture.width() as usize, picture.height() as usize], picture.as_raw());
    }
    let (width, height) = (picture.width() / factor, picture.height() / factor);
    let taps = factor.min(4);
    let bytes = picture.as_raw();
    let row = picture.width() as usize * 3;
    let offsets: Vec<usize> = (0..taps).map(|tap| ((tap * 2 + 1) * factor / (2 * taps)) as usize).collect();
    let count = taps * taps;
    let mut pixels = Vec::with_capacity(width as usize * height as usize);
    for y in 0..height as usize {
        for x in 0..width as usize {
            let mut sum = [0_u32; 3];
            for dy in &offsets {
                let line = (y * factor as usize + dy) * row;
                for dx in &offsets {
                    let at = line + (x * factor as usize + dx) * 3;
                    for (total, value) in sum.iter_mut().zip(&bytes[at..at + 3]) {
                        *total += u32::from(*value);
                    }
                }
            }
            let [red, green, blue] = sum.map(|total| (total / count) as u8);
            pixels.push(Color32::from_rgb(red, green, blue));
        }
    }
    ColorImage::new([width as usize, height as usize], pixels)
}

/// The largest rectangle with the aspect ratio of `size` in the middle of `area`.
pub(crate) fn fit(size: Vec2, area: Rect) -> Rect {
    if size.x <= 0.0 || size.y <= 0.0 {
        return area;
    }
    let scale = (area.width() / size.x).min(area.height() / size.y);
    Rect::from_center_size(area.center(), size * scale)
}

/// Draws a texture with rounded corners.
pub(crate) fn paint(painter: &Painter, id: TextureId, rect: Rect, corners: CornerRadius, tint: Color32) {
    paint_part(painter, id, rect, (0.0, 1.0), corners, tint);
}

/// Draws the part of a texture from `left` to `right` (fractions of `rect`) with rounded corners.
pub(crate) fn paint_part(
    painter: &Painter,
    id: TextureId,
    rect: Rect,
    (left, right): (f32, f32),
    corners: CornerRadius,
    tint: Color32,
) {
    let part = Rect::from_min_max(
        pos2(rect.left() + left * rect.width(), rect.top()),
        pos2(rect.left() + right * rect.width(), rect.bottom()),
    );
    let uv = Rect::from_min_max(pos2(left, 0.0), pos2(right, 1.0));
    painter.add(RectShape::filled(part, corners, tint).with_texture(id, uv));
}

#[cfg(test)]
mod tests {
    use super::*;
    use agemirror_faces::face::Similarity;

    fn picture(value: u8) -> Arc<RgbImage> {
        Arc::new(RgbImage::from_pixel(64, 48, image::Rgb([value; 3])))
    }

    #[test]
    fn a_picture_is_sent_once_and_a_texture_used_again() {
        let ctx = Context::default();
        let mut textures = Textures::default();
        textures.begin_frame();
        let (first, second) = (picture(1), picture(1));
        let id = textures.show(&ctx, Slot::Input, &first, 640.0).id;
        assert_eq!(textures.show(&ctx, Slot::Input, &first, 640.0).id, id);
        assert_eq!(textures.uploads(), 1);
        assert_eq!(textures.show(&ctx, Slot::Input, &second, 640.0).id, id, "the texture is used again");
        assert_eq!(textures.uploads(), 2);
    }

    #[test]
    fn a_texture_that_is_not_drawn_is_given_back() {
        let ctx = Context::default();
        let mut textures = Textures::default();
        textures.begin_frame();
        textures.show(&ctx, Slot::tile(0, 1.5), &picture(1), 640.0);
        assert!(textures.last(Slot::tile(0, 1.5)).is_some());
        for _ in 0..=FRAMES_KEPT {
            textures.begin_frame();
        }
        assert!(textures.last(Slot::tile(0, 1.5)).is_none());
    }

    #[test]
    fn a_huge_picture_is_made_smaller_by_whole_blocks() {
        let mut huge = RgbImage::new(4000, 3000);
        for (x, y, pixel) in huge.enumerate_pixels_mut() {
            *pixel = image::Rgb([(x / 10 % 2) as u8 * 200, (y / 10 % 2) as u8 * 100, 50]);
        }
        let factor = shrink_factor(4000, 390.0);
        assert_eq!(factor, 10);
        let small = color_image(&huge, factor);
        assert_eq!(small.size, [400, 300]);
        assert_eq!(small.pixels[0], Color32::from_rgb(0, 0, 50));
        assert_eq!(small.pixels[401], Color32::from_rgb(200, 100, 50));
    }

    #[test]
    fn beyond_the_frame_a_picture_is_transparent() {
        let picture = RgbImage::from_pixel(80, 80, image::Rgb([200, 100, 50]));
        let to_crop = Similarity { tx: 40.0, ..Similarity::IDENTITY };
        let edge = FrameEdge::of(&to_crop, 80, (300, 300));
        for factor in [1, 4] {
            let image = faded_image(&picture, factor, edge.as_ref());
            let row = &image.pixels[..80 / factor as usize];
            assert_eq!(row[0], Color32::TRANSPARENT);
            assert_eq!(row[row.len() / 2 - 1], Color32::TRANSPARENT);
            assert_eq!(row[row.len() - 1], Color32::from_rgb(200, 100, 50));
            let faded = row.iter().filter(|pixel| (1..255).contains(&pixel.a())).count();
            assert_eq!(faded, 4 / factor as usize, "the fade is four pixels wide");
        }
        let other_size = RgbImage::new(64, 48);
        assert_eq!(faded_image(&other_size, 1, edge.as_ref()).pixels[0], Color32::BLACK);
    }

    #[test]
    fn a_picture_keeps_its_shape_in_the_middle() {
        let area = Rect::from_min_size(pos2(10.0, 10.0), vec2(200.0, 100.0));
        assert_eq!(fit(vec2(50.0, 50.0), area), Rect::from_min_size(pos2(60.0, 10.0), vec2(100.0, 100.0)));
    }
}
