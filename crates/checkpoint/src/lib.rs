//! Reads checkpoints of PyTorch (zip and legacy), TensorFlow (V1 and V2), HDF5 and safetensors as named
//! [candle](candle_core) tensors, converts them to safetensors, and recognises the networks that they belong
//! to.
//!
//! Files from strangers are not trusted: no code in them is executed, and no length that they claim is used
//! before it is checked against the size of the file.
//!
//! # Example
//! ```
//! use std::path::Path;
//!
//! use agemirror_checkpoint::{Checkpoint, Format};
//!
//! let checkpoint = Checkpoint::open(Path::new("../../tests/reference/torch/network_zip.pth"))?;
//! assert_eq!(checkpoint.format(), Format::TorchZip);
//! for entry in checkpoint.entries() {
//!     println!("{} {:?} {:?}", entry.name, entry.shape, entry.elements);
//! }
//! let weight = checkpoint.tensor("conv.weight")?;
//! assert_eq!(weight.dims(), [3, 2, 3, 3]);
//! # Ok::<(), agemirror_checkpoint::CheckpointError>(())
//! ```

mod backend;
pub mod catalogue;
mod convert;
mod detect;
mod entry;
mod error;
mod finite;
mod hdf5;
mod inspection;
mod recognise;
mod safetensors;
mod source;
mod store;
mod tensorflow;
mod torch;
mod unsupported;
mod values;

use std::path::{Path, PathBuf};

use candle_core::Tensor;

pub use backend::var_builder;
pub use convert::{ConvertError, Converted, convert};
pub use entry::{ElementType, Format, TensorEntry, Unread};
pub use error::{CheckpointError, Defect};
pub use finite::count_not_finite;
pub use inspection::{Inspection, NotFinite, inspect};
pub use recognise::inception_layers;
pub use recognise::{Missing, Recognition, System, recognise};
pub use store::{Installed, Presence, Record, Store, StoreError};

use detect::{Kind, detect, detect_content};
use hdf5::Hdf5Reader;
use safetensors::SafetensorsReader;
use source::Source;
use torch::TorchReader;

/// A reader of one format, which lists the tensors and reads each on request.
pub(crate) trait TensorReader: Send + Sync {
    /// All supported tensors, in the file's order.
    fn entries(&self) -> &[TensorEntry];

    /// The tensors of unsupported types.
    fn unread(&self) -> &[Unread] {
        &[]
    }

    /// The files that contain the tensors, if they are not just the opened one.
    fn files(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    /// Reads the tensor at `index` of [`TensorReader::entries`] onto the CPU, in its own element type.
    ///
    /// # Errors
    /// If its bytes are incomplete, damaged, or cannot be read.
    fn read(&self, index: usize) -> Result<Tensor, CheckpointError>;
}

/// An open checkpoint: names and shapes of the tensors are known, their values are read on request.
pub struct Checkpoint {
    path: PathBuf,
    format: Format,
    reader: Box<dyn TensorReader>,
    /// Indices of the tensors in the order of their names.
    by_name: Vec<usize>,
}

impl Checkpoint {
    /// Opens the checkpoint at `path`, detecting its format from its content. For a TensorFlow checkpoint,
    /// `path` may be any of its files, its folder, or the prefix that its files share.
    ///
    /// # Errors
    /// If it cannot be read, has an unknown format, or is damaged.
    pub fn open(path: &Path) -> Result<Self, CheckpointError> {
        Ok(Self::new(path, reader(detect(path)?)?))
    }

    /// Like [`Checkpoint::open`], for a single file in memory; `path` is its name in errors.
    ///
    /// # Errors
    /// Like [`Checkpoint::open`].
    pub fn from_bytes(path: &Path, bytes: Vec<u8>) -> Result<Self, CheckpointError> {
        Ok(Self::new(path, reader(detect_content(Source::from_bytes(path, bytes))?)?))
    }

    fn new(path: &Path, (format, reader): (Format, Box<dyn TensorReader>)) -> Self {
        let entries = reader.entries();
        let mut by_name: Vec<usize> = (0..entries.len()).collect();
        by_name.sort_by(|a, b| entries[*a].name.cmp(&entries[*b].name));
        Self { path: path.to_owned(), format, reader, by_name }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All files of the checkpoint, in a fixed order.
    pub fn files(&self) -> Vec<PathBuf> {
        let files = self.reader.files();
        if files.is_empty() { vec![self.path.clone()] } else { files }
    }

    /// The format.
    pub fn format(&self) -> Format {
        self.format
    }

    /// All supported tensors, in the file's order.
    pub fn entries(&self) -> &[TensorEntry] {
        self.reader.entries()
    }

    /// The tensors of unsupported types, in the file's order.
    pub fn unread(&self) -> &[Unread] {
        self.reader.unread()
    }

    /// The metadata of the tensor `name`.
    pub fn entry(&self, name: &str) -> Option<&TensorEntry> {
        self.index(name).and_then(|index| self.entries().get(index))
    }

    /// Reads the tensor `name` onto the CPU, in its own element type.
    ///
    /// # Errors
    /// If there is no such tensor, or its values are damaged or cannot be read.
    pub fn tensor(&self, name: &str) -> Result<Tensor, CheckpointError> {
        let index = self.index(name).ok_or_else(|| self.missing(name))?;
        self.reader.read(index)
    }

    fn index(&self, name: &str) -> Option<usize> {
        let entries = self.entries();
        let found = self.by_name.binary_search_by(|index| entries[*index].name.as_str().cmp(name));
        found.ok().map(|rank| self.by_name[rank])
    }

    fn values_error(&self, name: &str, error: candle_core::Error) -> CheckpointError {
        CheckpointError::new(&self.path, error).tensor(name)
    }

    fn missing(&self, name: &str) -> CheckpointError {
        CheckpointError::new(&self.path, Defect::NoSuchTensor).tensor(name)
    }
}

fn reader(kind: Kind) -> Result<(Format, Box<dyn TensorReader>), CheckpointError> {
    Ok(match kind {
        Kind::Safetensors(source) => (Format::Safetensors, Box::new(SafetensorsReader::new(source)?)),
        Kind::Hdf5(source) => (Format::Hdf5, Box::new(Hdf5Reader::new(source)?)),
        Kind::TorchZip(source) => (Format::TorchZip, Box::new(TorchReader::zip(source)?)),
        Kind::TorchLegacy(source, signature) => {
            (Format::TorchLegacy, Box::new(TorchReader::legacy(source, signature)?))
        }
        Kind::Tensorflow(path) => return tensorflow::open(&path),
        Kind::TensorflowTable(source) => return tensorflow::open_table(source),
    })
}
