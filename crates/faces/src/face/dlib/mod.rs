//! dlib's residual networks for faces (Davis King, CC0), after He et al., "Deep Residual Learning for Image
//! Recognition", 2015: one estimates ages, one distinguishes people. They are never trained here: gradients
//! pass through them to the picture, and their weights are plain tensors.

mod age;
mod identity;
mod layers;
mod window;

#[cfg(test)]
mod tests;

pub use age::AgeNetwork;
pub use identity::IdentityNetwork;
pub use window::CropWindow;
