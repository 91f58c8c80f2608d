//! What is known of a face: its box, its landmarks, and the way from the frame to the crop.

/// An axis-parallel box in pixels of the frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FaceBox {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
    /// The detector's score; larger is surer.
    pub score: f32,
}

/// Five landmarks in pixels: the eye at the left of the picture, the eye at the right, the tip of
/// the nose, the mouth corner at the left, the mouth corner at the right.
pub type FivePoints = [[f32; 2]; 5];

/// A similarity transform `(x, y) -> (a x - b y + tx, b x + a y + ty)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Similarity {
    /// Scale times the cosine of the angle.
    pub a: f32,
    /// Scale times the sine of the angle.
    pub b: f32,
    /// Shift in x.
    pub tx: f32,
    /// Shift in y.
    pub ty: f32,
}

/// Where a model wants the five landmarks, in fractions of the side of its square crop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AlignmentTemplate {
    /// The landmarks, 0 at the left or top edge, 1 at the right or bottom.
    pub points: FivePoints,
}

/// One face that is followed from frame to frame.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackedFace {
    /// Stays the same while the face is followed.
    pub id: u64,
    /// Where it is.
    pub bounds: FaceBox,
    /// The five landmarks that alignment uses, smoothed, in pixels of the frame.
    pub points: FivePoints,
    /// The 468 points of the face mesh in pixels of the frame; empty where no mesh was fitted.
    pub mesh: Vec<[f32; 2]>,
    /// Offset of the nose from the middle of the eyes in eye distances; 0 for a frontal face.
    pub yaw: f32,
}

/// Why there is nothing to age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaceProblem {
    /// No face was found.
    NoFace,
    /// The face has too few pixels.
    TooSmall,
    /// More than a sixth of the face lies outside the frame.
    CutByEdge,
    /// The face is turned away too far.
    TurnedAway,
    /// The picture is too dark.
    TooDark,
}

/// Where a picture comes from, which decides what a person can do about a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// A camera, before which the person can move.
    Camera,
    /// A picture that is as it is.
    Still,
}
