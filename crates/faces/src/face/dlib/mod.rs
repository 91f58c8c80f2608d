//! dlib's residual networks for faces (Davis King, CC0), after He et al., "Deep Residual Learning for Image
//! Recognition", 2015: one reads ages, one tells people apart. They never learn: the gradient passes through
//! them to the picture, their own weights are plain tensors.

mod age;
mod identity;
mod layers;
mod window;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;

pub use age::AgeNetwork;
pub use identity::IdentityNetwork;
pub use window::{CropWindow, crop_resize};
