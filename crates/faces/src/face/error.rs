//! Errors of face detection and tracking.

/// Face detection failed; finding no face is not an error.
#[derive(Debug, thiserror::Error)]
pub enum FaceError {
    /// The detector's bundled model cannot be read.
    #[error("The bundled face detection model is damaged; rebuild or reinstall the program.")]
    DetectorModel(#[source] std::io::Error),
    /// The detector's thread could not be started.
    #[error("The face detector's thread could not be started; close other programs and try again.")]
    Thread(#[source] std::io::Error),
    /// The face mesh network failed.
    #[error("The face mesh network failed: {0}.")]
    Network(#[from] candle_core::Error),
    /// The search was cancelled.
    #[error("The search for faces was cancelled.")]
    Stopped,
    /// The detector panicked on a picture.
    #[error("The face detector failed on this picture; try another size or another picture.")]
    DetectorFailed,
}
