//! Readers that turn weight files of any origin into named tensors.
//!
//! A file from a stranger is read with suspicion: nothing in it is executed, and no length it claims is
//! believed before it was compared with the file's own size.

mod backend;
pub mod catalogue;
mod convert;
mod entry;
mod error;
mod finite;
mod hdf5;
mod inspection;
mod mistaken;
mod recognise;
mod safetensors;
mod sniff;
mod source;
mod store;
mod tensorflow;
mod torch;
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

use hdf5::Hdf5Reader;
use safetensors::SafetensorsReader;
use sniff::{Kind, sniff, sniff_content};
use source::Source;
use torch::TorchReader;

/// What a reader of one format offers: which tensors there are, and each one when it is asked for.
pub(crate) trait TensorReader: Send + Sync {
    /// Every tensor in the file, in the file's order.
    fn entries(&self) -> &[TensorEntry];

    /// The tensors in the file that are not read, and why.
    fn unread(&self) -> &[Unread] {
        &[]
    }

    /// The files that the tensors are read from, where they are others than the one that was opened.
    fn files(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    /// Reads the tensor at `index` of [`TensorReader::entries`] onto the CPU, in its own element type.
    ///
    /// # Errors
    /// When its bytes are not all there, are damaged, or cannot be read.
    fn read(&self, index: usize) -> Result<Tensor, CheckpointError>;
}

/// An open weight file: its tensors' names and shapes are known, their values are read when asked for.
pub struct Checkpoint {
    path: PathBuf,
    format: Format,
    reader: Box<dyn TensorReader>,
    /// The places of the tensors in the order of their names.
    by_name: Vec<usize>,
}

impl Checkpoint {
    /// Opens the file at `path`; its format is told from its content. Of a TensorFlow checkpoint, `path` may be
    /// any file, the folder, or the prefix that its files share.
    ///
    /// # Errors
    /// When it cannot be read, has no known format, or is damaged.
    pub fn open(path: &Path) -> Result<Self, CheckpointError> {
        Ok(Self::new(path, reader(sniff(path)?)?))
    }

    /// As [`Checkpoint::open`], for a file that is in memory and no part of a set; `path` is what errors
    /// call it.
    ///
    /// # Errors
    /// As [`Checkpoint::open`].
    pub fn from_bytes(path: &Path, bytes: Vec<u8>) -> Result<Self, CheckpointError> {
        Ok(Self::new(path, reader(sniff_content(Source::of_bytes(path, bytes))?)?))
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

    /// The files that it consists of, in a fixed order.
    pub fn files(&self) -> Vec<PathBuf> {
        let files = self.reader.files();
        if files.is_empty() { vec![self.path.clone()] } else { files }
    }

    /// The format it is in.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Every tensor in the file, in the file's order.
    pub fn entries(&self) -> &[TensorEntry] {
        self.reader.entries()
    }

    /// The tensors that the file holds and that are not read, in the file's order.
    pub fn unread(&self) -> &[Unread] {
        self.reader.unread()
    }

    /// The tensor called `name`, without its values.
    pub fn entry(&self, name: &str) -> Option<&TensorEntry> {
        self.index(name).and_then(|index| self.entries().get(index))
    }

    /// Reads the tensor called `name` onto the CPU, in its own element type.
    ///
    /// # Errors
    /// When there is none of that name, or its values are damaged or cannot be read.
    pub fn tensor(&self, name: &str) -> Result<Tensor, CheckpointError> {
        let index = self.index(name).ok_or_else(|| self.missing(name))?;
        self.reader.read(index)
    }

    fn index(&self, name: &str) -> Option<usize> {
        let entries = self.entries();
        let place = self.by_name.binary_search_by(|index| entries[*index].name.as_str().cmp(name));
        place.ok().map(|place| self.by_name[place])
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
