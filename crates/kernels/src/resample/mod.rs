//! Operations that change the size or geometry of a map.

pub mod fir;
pub mod max_pool;
pub mod pixel_shuffle;
pub mod upfirdn;
pub mod upsample;
pub mod warp;
