//! Networks that judge faces and never learn: the gradient passes through them to the picture, their own
//! weights are plain tensors. Both come from dlib's collection (Davis King, CC0) and follow its residual
//! network: He et al., "Deep Residual Learning for Image Recognition", 2015.

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
