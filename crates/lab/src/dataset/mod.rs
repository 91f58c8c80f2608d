//! Labelled faces for training: reading, aligning, packing, sampling, augmenting.

mod augment;
mod batch;
mod error;
mod labels;
mod order;
mod pack;
mod pack_build;
mod published;
mod sampler;
mod store;
mod text;
mod text_table;
mod window;

#[cfg(test)]
mod pack_tests;

pub(crate) use augment::{Augmentation, Placement};
pub(crate) use augment::{picture_of, planes, through_jpeg};
pub(crate) use batch::{Batch, BatchSpec};
pub(crate) use error::DatasetError;
pub(crate) use labels::{Face, Gender, POINT_COLUMNS, Split, read_labels};
pub(crate) use order::{EpochOrder, GroupOrder, shuffled};
pub(crate) use pack::{FacePack, PackedFace};
pub(crate) use pack_build::PackSpec;
pub(crate) use published::{
    Choice, Convention, Labelled, Reading, listed_files, pictures_in, read_published,
};
pub(crate) use sampler::{BatchSampler, Pair, seeded};
pub(crate) use store::{PictureStore, Skipped};
pub use text_table::{TableRow, TextTable};
pub(crate) use window::ValidWindow;
