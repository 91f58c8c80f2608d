//! Layers that change the size of a map.

pub mod fir;
pub mod max_pool;
pub mod pixel_shuffle;
pub mod upfirdn;
pub mod upsample;
pub mod warp;
