//! Crops a packed head: shifts, rotates and zooms it, and fills the area outside its picture.

use image::RgbImage;
use rand::Rng;
use rand::rngs::StdRng;

use super::canvas::{Canvas, Texture, any_colour, between, happens};
use super::loss::IGNORED;
use super::pack::{Head, PACK_SIDE};
use agemirror_faces::face::regions::{HEAD_TEMPLATE, Region};
use agemirror_faces::face::{FivePoints, Similarity, align};

/// Smallest and largest zoom.
const ZOOM: [f32; 2] = [0.84, 1.2];
/// Largest rotation, in radians.
const ROTATION: f32 = 0.25;
/// Largest shift, in fractions of the side.
const SHIFT: f32 = 0.05;

/// A head with regions instead of classes.
pub(super) struct TrainingHead {
    /// The picture.
    pub picture: RgbImage,
    /// The region of every pixel, or [`IGNORED`]; beards are marked.
    pub labels: Vec<u8>,
    /// The landmarks, in pixels of the picture.
    pub points: FivePoints,
    /// The region of every pixel as in the data, without beards.
    pub given: Vec<u8>,
    /// Whether the mask is hand-made.
    pub hand_made: bool,
}

/// The region of a class in the data.
pub(super) fn region_of(class: u8) -> Region {
    match class {
        1 => Region::Skin,
        2 => Region::Neck,
        3 => Region::Hair,
        4 => Region::Brows,
        5 => Region::Eyes,
        6 => Region::Lips,
        7 => Region::Glasses,
        8 => Region::Hat,
        _ => Region::Background,
    }
}

impl TrainingHead {
    /// A head with its regions; `beard` is `Some(true)` for pixels of a beard and `Some(false)` for doubtful ones.
    pub(super) fn new(head: &Head, beard: &[Option<bool>]) -> Self {
        let given: Vec<u8> = head.labels.iter().map(|class| region_of(*class).index() as u8).collect();
        let mut labels = given.clone();
        for (label, beard) in labels.iter_mut().zip(beard) {
            match beard {
                Some(true) => *label = Region::Beard.index() as u8,
                Some(false) => *label = IGNORED,
                None => {}
            }
        }
        let points = head.facts.points;
        Self { picture: head.picture(), labels, points, given, hand_made: head.facts.hand_made }
    }
}

/// Maps the head to a crop of `side` pixels, as the program cuts it.
pub(super) fn upright(head: &TrainingHead, side: usize) -> Similarity {
    Similarity::from_points(&head.points, &HEAD_TEMPLATE, side as u32)
}

/// A random view: zoomed, rotated and shifted.
pub(super) fn any_view(head: &TrainingHead, side: usize, random: &mut StdRng) -> Similarity {
    let zoom = (between(random, ZOOM[0].ln(), ZOOM[1].ln())).exp();
    let turn = between(random, -ROTATION, ROTATION) * random.random::<f32>();
    let (a, b) = (zoom * turn.cos(), zoom * turn.sin());
    let centre = [0.5 * side as f32, 0.45 * side as f32];
    let shift = [0; 2].map(|_: i32| between(random, -SHIFT, SHIFT) * side as f32);
    let move_to = Similarity {
        a,
        b,
        tx: centre[0] + shift[0] - (a * centre[0] - b * centre[1]),
        ty: centre[1] + shift[1] - (b * centre[0] + a * centre[1]),
    };
    move_to.after(&upright(head, side))
}

/// The head under a view, with the `labels` of its pixels. Outside its picture, the edge is repeated, with the label
/// of the edge if that is background and otherwise [`IGNORED`]. Also returns which pixels are outside.
pub(super) fn draw(
    head: &TrainingHead,
    labels: &[u8],
    view: &Similarity,
    side: usize,
) -> (Canvas, Vec<bool>) {
    let picture = align(&head.picture, view, side as u32);
    let back = view.inverse();
    let last = PACK_SIDE as f32 - 1.0;
    let background = Region::Background.index() as u8;
    let mut outside = vec![false; side * side];
    let drawn = (0..side * side).map(|index| {
        let at = back.apply([(index % side) as f32 + 0.5, (index / side) as f32 + 0.5]);
        let [x, y] = at.map(|value| value.floor().clamp(0.0, last));
        let label = labels[y as usize * PACK_SIDE + x as usize];
        let beyond = at.iter().any(|value| *value < 0.0 || *value >= PACK_SIDE as f32);
        outside[index] = beyond;
        if beyond && label != background { IGNORED } else { label }
    });
    let labels = drawn.collect();
    (Canvas::from_picture(&picture, labels), outside)
}

/// Fills the area outside the picture with a random surface; in some cases the repeated edge stays.
pub(super) fn fill(canvas: &mut Canvas, outside: &[bool], other: &RgbImage, random: &mut StdRng) {
    if happens(random, 0.35) {
        return;
    }
    let texture = Texture::any(random, other);
    let plain = any_colour(random);
    let black = happens(random, 0.3);
    let (noisy, textured) = (happens(random, 0.2), happens(random, 0.6));
    for (index, (pixel, _)) in canvas.pixels.iter_mut().zip(outside).enumerate().filter(|(_, (_, out))| **out)
    {
        let at = [index % canvas.side, index / canvas.side].map(|i| i as f32 / canvas.side as f32);
        *pixel = match (textured, noisy, black) {
            (true, ..) => texture.at(at),
            (_, true, _) => [0; 3].map(|_: i32| random.random()),
            (_, _, true) => [0.0; 3],
            _ => plain,
        };
    }
}

/// Mirrors a crop, left to right.
pub(super) fn mirror(canvas: &mut Canvas) {
    canvas.pixels.chunks_exact_mut(canvas.side).for_each(<[_]>::reverse);
    canvas.labels.chunks_exact_mut(canvas.side).for_each(<[_]>::reverse);
}
