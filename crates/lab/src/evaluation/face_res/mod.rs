//! FaceRes: a MobileNet (Howard et al., 2017) that was trained to tell people apart and then to read ages
//! (Savchenko, "Efficient facial representations for age, gender and identity recognition", PeerJ CS, 2019).
//!
//! Two sets of weights are bundled. One was trained on for ages and is an age judge, [`FaceResAge`]. The other
//! still sees faces as it learned to for telling people apart, and is the judge of realism, [`FaceRes`]. No aging
//! model is trained against either.

mod age;
mod features;
mod trunk;

pub use age::FaceResAge;
pub use features::FaceRes;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
