//! JPEG beyond the usual decoders: reduced sizes, damaged files, and scans that are not interleaved.

pub mod blocks;
pub mod entropy;
pub mod file;
pub mod patch;
pub mod plan;
pub mod repair;
pub mod scan;
pub mod survey;
#[cfg(test)]
mod tests;
