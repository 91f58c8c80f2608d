//! JPEG beyond the usual decoders: reduced sizes, damaged files, and scans that are not interleaved.

pub(crate) mod blocks;
pub(crate) mod entropy;
pub(crate) mod file;
pub(crate) mod patch;
pub(crate) mod plan;
pub(crate) mod repair;
pub(crate) mod scan;
pub(crate) mod survey;
#[cfg(test)]
mod tests;
