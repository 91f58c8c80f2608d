//! Trains the network that segments a head into regions.
//!
//! Heads are read once with their masks and landmarks ([`read_heads`]). Every step gets random crops of
//! them: shifted, zoomed, relit, and with added glasses, hats and occluders.

mod batch;
mod beard;
mod canvas;
mod encoder;
mod error;
mod front;
mod light;
mod loss;
mod male;
mod measure;
mod network;
mod pack;
mod sheet;
mod table;
mod trainer;
mod view;
mod worn;

pub use encoder::read_encoder;
pub use error::RegionDataError;
pub use measure::Agreement;
pub use pack::{Facts, Head, PACK_SIDE, PACK_SIZE, read_heads, read_pack, write_pack};
pub use trainer::{RegionSettings, RegionTrainer};

#[cfg(test)]
mod tests;
