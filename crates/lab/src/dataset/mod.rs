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

pub use augment::{Augmentation, Augmented, Placement};
pub(crate) use augment::{picture_of, planes, through_jpeg};
pub use batch::{Batch, BatchSpec};
pub use error::DatasetError;
pub use labels::{Face, Gender, POINT_COLUMNS, Split, read_labels};
pub use order::{EpochOrder, GroupOrder, shuffled};
pub use pack::{FacePack, PackedFace};
pub use pack_build::{PackReport, PackSpec};
pub use published::{
    AgeLabel, Choice, Convention, Labelled, Reading, listed_files, pictures_in, read_published,
};
pub use sampler::{BatchSampler, Pair, seeded};
pub use store::{PictureStore, Skipped};
pub use text::{decode_text, read_text};
pub use text_table::{TableRow, TextTable};
pub use window::ValidWindow;
