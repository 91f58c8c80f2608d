//! Results published by the authors of other systems, with their judges and faces.

/// One of AgeTransGAN's tables, for the groups of [`AGETRANSGAN_LABELS`].
pub(super) struct AgeTransGan {
    pub face_plus_plus: [f64; 9],
    pub estimator: [f64; 9],
    pub verified: [f64; 9],
}

/// Target groups of AgeTransGAN's people of 20 to 29.
pub(super) const AGETRANSGAN_LABELS: [&str; 9] =
    ["0–2", "3–6", "7–9", "10–14", "15–19", "30–39", "40–49", "50–69", "70+"];

/// README of 2022: mean ages by Face++ and by the authors' estimator, verification rates in per cent.
pub(super) const AGETRANSGAN_OLD: AgeTransGan = AgeTransGan {
    face_plus_plus: [13.7, 20.8, 22.1, 24.1, 21.6, 39.0, 52.5, 64.0, 74.3],
    estimator: [1.8, 4.0, 8.3, 13.5, 18.1, 32.1, 42.4, 55.0, 68.4],
    verified: [80.73, 97.90, 99.69, 100.0, 100.0, 100.0, 99.24, 100.0, 99.37],
};

/// README of 2025, checkpoint 910k.
pub(super) const AGETRANSGAN_NEW: AgeTransGan = AgeTransGan {
    face_plus_plus: [8.3, 17.7, 21.7, 24.6, 21.1, 37.8, 50.3, 65.8, 75.7],
    estimator: [1.1, 4.5, 8.8, 13.5, 18.7, 32.3, 41.7, 55.5, 68.4],
    verified: [80.26, 96.46, 95.91, 95.76, 100.0, 100.0, 100.0, 97.60, 96.78],
};

/// Mean ages of AgeTransGAN's raw training data by its authors' estimator for the same groups: how real faces
/// of the group are read.
pub(super) const AGETRANSGAN_RAW_ESTIMATOR: [f64; 9] = [1.5, 4.9, 8.6, 12.8, 18.9, 31.9, 43.9, 57.2, 68.9];

/// Face++ thresholds of AgeTransGAN's newer protocol; the older one uses 76.5 throughout.
pub(super) const AGETRANSGAN_THRESHOLDS: [f64; 9] = [61.8, 68.9, 72.7, 74.2, 76.6, 76.3, 71.7, 65.2, 65.2];

/// Data, cluster, mean age, share inside the cluster, confidence, verified share.
type PaganRow = (&'static str, &'static str, f64, f64, Option<f64>, Option<f64>);

/// PAGAN's table (Face++).
pub(super) const PAGAN: [PaganRow; 6] = [
    ("CACD, validation", "31–40", 42.1, 33.1, None, None),
    ("CACD, validation", "41–50", 50.7, 33.0, Some(86.6), Some(97.8)),
    ("CACD, validation", "51+", 61.7, 90.2, Some(79.9), Some(84.0)),
    ("FG-NET, test", "31–40", 37.6, 44.3, Some(92.3), Some(99.7)),
    ("FG-NET, test", "41–50", 48.4, 42.7, Some(87.7), Some(98.1)),
    ("FG-NET, test", "51+", 51.1, 56.9, Some(87.7), Some(97.2)),
];

/// Face_Aging_cGAN's README: FID on 30 pictures, its own "Inception Score" and the deviation.
pub(super) const CGAN: (f64, f64, f64) = (63.14, 1.035, 0.01);
