//! TIFF as scanners, cameras and microscopes write it.

pub mod chunks;
pub mod directory;
pub mod file;
pub mod pixels;
#[cfg(test)]
mod tests;
