//! Trains the network that segments a head into regions.
//!
//! Heads are read once with their masks and landmarks ([`read_heads`]). Every step gets random crops of
//! them: shifted, zoomed, relit, with hair and beards of other colours, and with added glasses, hats and occluders.

mod batch;
mod beard;
mod canvas;
mod dye;
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

pub(crate) use encoder::read_encoder;
pub(crate) use pack::{Facts, Head, PACK_SIDE, read_heads, read_pack, write_pack};
pub(crate) use trainer::{RegionSettings, RegionTrainer};

#[cfg(test)]
mod tests;
