//! A face's box, landmarks and transform, and the problems it can have.

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
    /// The detector's score; higher is more confident.
    pub score: f32,
}

/// Five landmarks in pixels: the eye on the left of the picture, the eye on the right, the tip of the nose,
/// the left mouth corner, the right mouth corner.
pub type FivePoints = [[f32; 2]; 5];

/// A similarity transform `(x, y) -> (a x - b y + tx, b x + a y + ty)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Similarity {
    /// Scale times the cosine of the angle.
    pub a: f32,
    /// Scale times the sine of the angle.
    pub b: f32,
    /// Translation in x.
    pub tx: f32,
    /// Translation in y.
    pub ty: f32,
}

/// Target positions of the five landmarks, as fractions of the side of a square crop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AlignmentTemplate {
    /// The landmarks; 0 is the left or top edge, 1 the right or bottom.
    pub points: FivePoints,
}

/// A face that is tracked from frame to frame.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackedFace {
    /// Constant while the face is tracked.
    pub id: u64,
    /// Bounding box.
    pub bounds: FaceBox,
    /// The five landmarks for alignment, smoothed, in pixels of the frame.
    pub points: FivePoints,
    /// The 468 points of the face mesh in pixels of the frame; empty if no mesh was fitted.
    pub mesh: Vec<[f32; 2]>,
    /// Offset of the nose from the middle of the eyes in eye distances; 0 for a frontal face.
    pub yaw: f32,
}

/// Why no face can be aged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaceProblem {
    /// No face was found.
    NoFace,
    /// The face has too few pixels.
    TooSmall,
    /// More than a sixth of the face is outside the frame.
    CutByEdge,
    /// The face is turned away too far.
    TurnedAway,
    /// The picture is too dark.
    TooDark,
}

/// Origin of a picture, which determines what the user can do about a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// A camera: the person can move.
    Camera,
    /// A picture file: it can only be replaced.
    Still,
}
