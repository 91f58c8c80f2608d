//! Adds glasses and hats to heads without: cut from other pictures, or drawn.

use image::RgbImage;
use rand::Rng;
use rand::rngs::StdRng;

use super::canvas::{Canvas, any_colour, between, happens, to_segment};
use super::loss::IGNORED;
use super::pack::PACK_SIDE;
use super::view::TrainingHead;
use agemirror_faces::face::regions::Region;
use agemirror_faces::face::{AlignmentTemplate, FivePoints, Similarity};

/// Maps pixels of a donor's picture to the canvas, whose landmarks are `points`.
fn onto(donor: &TrainingHead, points: &FivePoints, side: usize, random: &mut StdRng) -> Similarity {
    let template = AlignmentTemplate { points: points.map(|point| point.map(|value| value / side as f32)) };
    let mut moved = Similarity::from_points(&donor.points, &template, side as u32);
    moved.tx += between(random, -0.01, 0.01) * side as f32;
    moved.ty += between(random, -0.01, 0.01) * side as f32;
    moved
}

/// Bilinearly interpolated colour of a picture.
fn sample(picture: &RgbImage, [x, y]: [f32; 2]) -> [f32; 3] {
    let last = PACK_SIDE as f32 - 1.0;
    let (x, y) = ((x - 0.5).clamp(0.0, last), (y - 0.5).clamp(0.0, last));
    let (left, top) = (x as u32, y as u32);
    let (right, bottom) = ((left + 1).min(last as u32), (top + 1).min(last as u32));
    let (fx, fy) = (x - left as f32, y - top as f32);
    let at = |x: u32, y: u32| picture.get_pixel(x, y).0.map(|value| f32::from(value) / 255.0);
    let (a, b, c, d) = (at(left, top), at(right, top), at(left, bottom), at(right, bottom));
    std::array::from_fn(|i| {
        (a[i] * (1.0 - fx) + b[i] * fx) * (1.0 - fy) + (c[i] * (1.0 - fx) + d[i] * fx) * fy
    })
}

/// The index and position of the donor's pixel under a pixel of the canvas; `None` outside its picture.
fn under(back: &Similarity, index: usize, side: usize) -> Option<(usize, [f32; 2])> {
    let at = back.apply([(index % side) as f32 + 0.5, (index / side) as f32 + 0.5]);
    let inside = at.iter().all(|value| *value >= 0.0 && *value < PACK_SIDE as f32);
    inside.then(|| (at[1] as usize * PACK_SIDE + at[0] as usize, at))
}

/// Copies the glasses of `donor`, with the eyes behind them, to the head with the landmarks `points` (pixels of the
/// canvas). Colours are scaled so that the donor's skin matches the head's; otherwise the network would recognise the
/// patch by its colour.
pub(super) fn paste_glasses(
    canvas: &mut Canvas,
    donor: &TrainingHead,
    points: &FivePoints,
    random: &mut StdRng,
) {
    let back = onto(donor, points, canvas.side, random).inverse();
    let own = canvas.mean_colour(Region::Skin);
    let given = Canvas::from_picture(&donor.picture, donor.given.clone()).mean_colour(Region::Skin);
    let gains: [f32; 3] = match (own, given) {
        (Some(own), Some(given)) => std::array::from_fn(|c| (own[c] / given[c].max(0.02)).clamp(0.4, 2.5)),
        _ => [1.0; 3],
    };
    let worn = [Region::Glasses, Region::Eyes].map(|region| region.index() as u8);
    for index in 0..canvas.pixels.len() {
        let Some((pixel, at)) = under(&back, index, canvas.side) else { continue };
        if worn.contains(&donor.given[pixel]) {
            let colour = sample(&donor.picture, at);
            canvas.cover(index, std::array::from_fn(|c| colour[c] * gains[c]), 1.0);
            canvas.labels[index] = donor.given[pixel];
        }
    }
}

/// Copies the hat of `donor` to the head with the landmarks `points`. Hair above the hat's lower edge is replaced with
/// the donor's pixels.
pub(super) fn paste_hat(canvas: &mut Canvas, donor: &TrainingHead, points: &FivePoints, random: &mut StdRng) {
    let back = onto(donor, points, canvas.side, random).inverse();
    let [hat, hair, background] = [Region::Hat, Region::Hair, Region::Background].map(|r| r.index() as u8);
    // The lowest row of the hat in each column of the donor; 0 without a hat.
    let mut lowest = vec![0usize; PACK_SIDE];
    for (index, _) in donor.given.iter().enumerate().filter(|(_, label)| **label == hat) {
        lowest[index % PACK_SIDE] = index / PACK_SIDE;
    }
    for index in 0..canvas.pixels.len() {
        let at = back.apply([(index % canvas.side) as f32 + 0.5, (index / canvas.side) as f32 + 0.5]);
        let above = at[0] >= 0.0
            && lowest.get(at[0] as usize).is_some_and(|lowest| *lowest > 0 && at[1] < *lowest as f32);
        match under(&back, index, canvas.side) {
            Some((pixel, at)) if donor.given[pixel] == hat => {
                canvas.cover(index, sample(&donor.picture, at), 1.0);
                canvas.labels[index] = hat;
            }
            Some((pixel, at))
                if above && donor.given[pixel] == background && canvas.labels[index] == hair =>
            {
                canvas.cover(index, sample(&donor.picture, at), 1.0);
                canvas.labels[index] = background;
            }
            _ if above && canvas.labels[index] == hair => canvas.labels[index] = IGNORED,
            _ => {}
        }
    }
}

/// How a lens changes what is behind it.
#[derive(Clone, Copy, PartialEq)]
enum Lens {
    Clear(f32),
    Dark(f32),
    Mirroring(f32),
}

impl Lens {
    fn any(random: &mut StdRng) -> Self {
        match random.random_range(0..10) {
            0..=6 => Self::Clear(between(random, 0.0, 0.1)),
            7 | 8 => Self::Dark(between(random, 0.4, 0.95)),
            _ => Self::Mirroring(between(random, 0.4, 0.9)),
        }
    }

    /// Opacity of the lens.
    fn strength(self) -> f32 {
        match self {
            Self::Clear(strength) | Self::Dark(strength) | Self::Mirroring(strength) => strength,
        }
    }
}

/// The rims, bridge and temples.
struct Frame {
    /// Thickness in eye distances.
    thick: f32,
    colour: [f32; 3],
    /// Fraction of a lens's height with a rim, from the top: all, the upper part, or nothing.
    rimmed: f32,
}

impl Frame {
    /// Thin metal or thick plastic.
    fn any(random: &mut StdRng) -> Self {
        let rimmed = match random.random_range(0..12) {
            0 => 0.0,
            1 => 0.5,
            _ => 1.1,
        };
        let (thick, colour) = if happens(random, 0.5) {
            let metal = match random.random_range(0..4) {
                0 => [0.72, 0.58, 0.32],
                1 => [0.62, 0.62, 0.64],
                2 => [0.3, 0.28, 0.27],
                _ => [0.08; 3],
            };
            let level = between(random, 0.6, 1.3);
            (between(random, 0.014, 0.035), metal.map(|value: f32| (value * level).min(1.0)))
        } else {
            let plastic = match random.random_range(0..6) {
                0..=3 => [between(random, 0.0, 0.15); 3],
                4 => [0.25, 0.13, 0.07].map(|value: f32| value * between(random, 0.6, 1.8)),
                _ => any_colour(random),
            };
            (between(random, 0.035, 0.1), plastic)
        };
        Self { thick, colour, rimmed }
    }
}

/// The point that is `right` and `down` of `from` on a head whose direction from the left to the right eye is `along`.
fn offset(along: [f32; 2], from: [f32; 2], right: f32, down: f32) -> [f32; 2] {
    let [x, y] = along;
    [from[0] + x * right - y * down, from[1] + y * right + x * down]
}

/// Glasses on a head. Positions and lengths are in fractions of the canvas's side.
struct Glasses {
    /// Side of the canvas in pixels.
    side: f32,
    /// Direction from the left to the right eye, of length 1, and the distance between them.
    along: [f32; 2],
    apart: f32,
    /// Centres of the lenses.
    centres: [[f32; 2]; 2],
    /// Half width and half height of a lens.
    wide: f32,
    high: f32,
    /// Exponent of a lens's outline, a superellipse: 2 is an ellipse, 5 nearly a rectangle.
    power: f32,
    frame: Frame,
    lens: Lens,
    /// Colours of a lens and of what it mirrors.
    tint: [f32; 3],
    sky: [f32; 3],
}

impl Glasses {
    /// Random glasses for the landmarks `points`, in pixels of a canvas of `side` pixels.
    fn any(points: &FivePoints, side: f32, random: &mut StdRng) -> Self {
        let [left, right] = [points[0], points[1]].map(|point| point.map(|value| value / side));
        let across = [right[0] - left[0], right[1] - left[1]];
        let apart = across[0].hypot(across[1]).max(1e-3);
        let wide = between(random, 0.33, 0.47) * apart;
        let high = (wide * between(random, 0.5, 1.0)).min(0.42 * apart);
        let power = between(random, 2.0, 5.0);
        let lower = between(random, -0.02, 0.14) * apart;
        let outer = between(random, -0.02, 0.06) * apart;
        let (frame, lens) = (Frame::any(random), Lens::any(random));
        let tint = if happens(random, 0.7) { [between(random, 0.0, 0.2); 3] } else { any_colour(random) };
        let sky = any_colour(random);
        let along = across.map(|value| value / apart);
        let centres =
            [(left, -1.0), (right, 1.0)].map(|(eye, outwards)| offset(along, eye, outwards * outer, lower));
        Self { side, along, apart, centres, wide, high, power, frame, lens, tint, sky }
    }

    /// Signed distance of a point from the rim around `centre` in pixels, negative inside, and its height in the lens
    /// from -1 (top) to 1.
    fn rim_distance(&self, centre: [f32; 2], point: [f32; 2]) -> (f32, f32) {
        let (dx, dy) = (point[0] - centre[0], point[1] - centre[1]);
        let [along_x, along_y] = self.along;
        let (x, y) = ((along_x * dx + along_y * dy) / self.wide, (along_x * dy - along_y * dx) / self.high);
        let reach = (x.abs().powf(self.power) + y.abs().powf(self.power)).powf(1.0 / self.power);
        ((reach - 1.0) * self.wide.min(self.high) * self.side, y)
    }

    /// Half the thickness of the frame in pixels.
    fn half_thickness(&self) -> f32 {
        0.5 * (self.frame.thick * self.apart).max(0.5 / self.side) * self.side
    }

    /// Paints the lens around `centre`, sometimes with a reflection.
    fn paint_lens(&self, canvas: &mut Canvas, centre: [f32; 2], random: &mut StdRng) {
        let (high, tint, sky) = (self.high, self.tint, self.sky);
        let surface = |p: [f32; 2]| {
            let height = ((p[1] - centre[1]) / high * 0.5 + 0.5).clamp(0.0, 1.0);
            match self.lens {
                Lens::Mirroring(_) => std::array::from_fn(|c| sky[c] * (1.0 - height) + tint[c] * height),
                Lens::Clear(_) | Lens::Dark(_) => tint,
            }
        };
        let label = Some(Region::Glasses);
        canvas.paint(|p| self.rim_distance(centre, p).0, &surface, self.lens.strength(), label);
        if happens(random, 0.35) {
            let at = [between(random, -0.5, 0.5) * self.wide, between(random, -0.5, 0.5) * high];
            let (size, bright) = (between(random, 0.1, 0.4) * self.wide, between(random, 0.2, 0.8));
            let spot = |p: [f32; 2]| {
                let near = ((p[0] - centre[0] - at[0] + (p[1] - centre[1] - at[1])).abs() - size) * self.side;
                near.max(self.rim_distance(centre, p).0)
            };
            canvas.paint(spot, &|_| [0.95, 0.97, 1.0], bright, None);
        }
    }

    /// Paints the rim around `centre`.
    fn paint_rim(&self, canvas: &mut Canvas, centre: [f32; 2]) {
        let half = self.half_thickness();
        let rim = |p: [f32; 2]| {
            let (distance, height) = self.rim_distance(centre, p);
            if height * 0.5 + 0.5 > self.frame.rimmed { 1.0 } else { distance.abs() - half }
        };
        canvas.paint(rim, &|_| self.frame.colour, 1.0, Some(Region::Glasses));
    }

    /// Paints the bridge and the temples.
    fn paint_bars(&self, canvas: &mut Canvas, random: &mut StdRng) {
        let (centres, wide) = (self.centres, self.wide);
        let raised = -self.high * between(random, 0.1, 0.5);
        let temple = between(random, 0.15, 0.4) * self.apart;
        let at = |centre, right, down| offset(self.along, centre, right, down);
        let bars = [
            (at(centres[0], wide, raised), at(centres[1], -wide, raised)),
            (at(centres[0], -wide, raised), at(centres[0], -wide - temple, raised * 0.8)),
            (at(centres[1], wide, raised), at(centres[1], wide + temple, raised * 0.8)),
        ];
        let half = self.half_thickness().min(0.03 * self.apart * self.side);
        for (from, to) in bars {
            let distance = |p: [f32; 2]| to_segment(p, from, to).0 * self.side - half;
            canvas.paint(distance, &|_| self.frame.colour, 1.0, Some(Region::Glasses));
        }
    }
}

/// Draws glasses on the head with the landmarks `points` (pixels of the canvas). Eyes and brows behind clear lenses keep
/// their labels, as in hand-made masks.
pub(super) fn draw_glasses(canvas: &mut Canvas, points: &FivePoints, random: &mut StdRng) {
    let glasses = Glasses::any(points, canvas.side as f32, random);
    let before = canvas.labels.clone();
    for centre in glasses.centres {
        glasses.paint_lens(canvas, centre, random);
    }
    if matches!(glasses.lens, Lens::Clear(_)) {
        let seen = [Region::Eyes, Region::Brows].map(|region| region.index() as u8);
        for (label, before) in canvas.labels.iter_mut().zip(before) {
            if seen.contains(&before) {
                *label = before;
            }
        }
    }
    for centre in glasses.centres {
        glasses.paint_rim(canvas, centre);
    }
    glasses.paint_bars(canvas, random);
}
