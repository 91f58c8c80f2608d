//! FaceRes: a MobileNet (Howard et al., 2017) trained to recognise people, then to read ages (Savchenko,
//! "Efficient facial representations for age, gender and identity recognition", PeerJ CS, 2019).
//!
//! Two sets of weights belong to the program. One was fine-tuned for ages and is an age judge, [`FaceResAge`]. The
//! other keeps the features of the recognition training and is the judge of realism, [`FaceRes`]. No aging
//! model is trained against either.

mod age;
mod features;
mod trunk;

pub(crate) use age::FaceResAge;
pub(crate) use features::FaceRes;

#[cfg(test)]
mod tests;
