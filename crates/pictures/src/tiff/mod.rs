//! TIFF as scanners, cameras and microscopes write it.

mod chunks;
pub(crate) mod file;
mod layout;
mod pixels;
mod raster;
#[cfg(test)]
mod tests;
