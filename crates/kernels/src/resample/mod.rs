//! Operations that change the size or geometry of a map.

pub(crate) mod fir;
pub(crate) mod max_pool;
pub(crate) mod pixel_shuffle;
pub(crate) mod separable;
pub(crate) mod upfirdn;
pub(crate) mod upsample;
pub(crate) mod warp;
