//! TIFF as scanners, cameras and microscopes write it.

mod chunks;
mod directory;
pub(crate) mod file;
mod layout;
mod pixels;
mod raster;
#[cfg(test)]
mod tests;
