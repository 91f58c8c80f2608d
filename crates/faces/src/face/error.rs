//! What can go wrong in this room.

/// Finding a face failed; not that there is none.
#[derive(Debug, thiserror::Error)]
pub enum FaceError {
    /// The bundled model of the detector cannot be read.
    #[error("The face detector's model inside the program is damaged; build or install the program again.")]
    DetectorModel(#[source] std::io::Error),
    /// The detector's thread could not be started.
    #[error("The face detector's thread could not be started; close other programs and try again.")]
    Thread(#[source] std::io::Error),
    /// The face mesh network failed.
    #[error("The face mesh network failed: {0}.")]
    Network(#[from] candle_core::Error),
    /// Whoever watched a search ended it.
    #[error("The search for faces was stopped before its end.")]
    Stopped,
    /// The detector gave up on a picture.
    #[error("The face detector failed on this picture; try another size or another picture.")]
    DetectorFailed,
}
