//! Pictures for batches: decoded and prepared in parallel, and cached in memory up to a limit.

use std::path::{Path, PathBuf};

use image::RgbImage;
use rayon::prelude::*;

use super::DatasetError;
use agemirror_pictures::load_picture;

/// Skipped pictures with the reason.
pub(crate) type Skipped = Vec<(PathBuf, String)>;

/// Prepares a picture before it is cached, such as by scaling it; may return several pictures.
type Prepare<T> = Box<dyn Fn(&RgbImage, &T) -> Result<Vec<RgbImage>, String> + Send + Sync>;

/// Pictures prepared between two progress reports.
const CHUNK: usize = 256;

/// Pictures, each with a label `T`.
pub(crate) struct PictureStore<T> {
    items: Vec<(PathBuf, T)>,
    /// The prepared pictures, or `None` if the cache was full.
    cache: Vec<Option<Vec<RgbImage>>>,
    prepare: Prepare<T>,
}

impl<T: Send + Sync> PictureStore<T> {
    /// Reads and prepares every picture once; those that fail are skipped and listed. Prepared pictures are
    /// cached up to `max_bytes`; the others are read again on each use. `progress` receives the number of
    /// processed pictures and the total.
    pub(crate) fn read(
        items: Vec<(PathBuf, T)>,
        max_bytes: usize,
        prepare: impl Fn(&RgbImage, &T) -> Result<Vec<RgbImage>, String> + Send + Sync + 'static,
        mut progress: impl FnMut(usize, usize),
    ) -> (Self, Skipped) {
        let (all, mut used) = (items.len(), 0_usize);
        let mut store =
            Self { items: Vec::with_capacity(all), cache: Vec::new(), prepare: Box::new(prepare) };
        let mut skipped = Skipped::new();
        let mut rest = items.into_iter();
        loop {
            let chunk: Vec<(PathBuf, T)> = rest.by_ref().take(CHUNK).collect();
            if chunk.is_empty() {
                return (store, skipped);
            }
            let prepared: Vec<_> =
                chunk.par_iter().map(|(file, label)| store.prepared(file, label)).collect();
            for (item, prepared) in chunk.into_iter().zip(prepared) {
                match prepared {
                    Ok(pictures) => {
                        let bytes: usize = pictures.iter().map(|picture| picture.as_raw().len()).sum();
                        let fits = used + bytes <= max_bytes;
                        used += if fits { bytes } else { 0 };
                        store.items.push(item);
                        store.cache.push(fits.then_some(pictures));
                    }
                    Err(reason) => skipped.push((item.0, reason)),
                }
            }
            progress(store.items.len() + skipped.len(), all);
        }
    }

    fn prepared(&self, file: &Path, label: &T) -> Result<Vec<RgbImage>, String> {
        let picture = load_picture(file).map_err(|error| error.to_string())?.picture;
        (self.prepare)(&picture, label)
    }

    /// Number of usable pictures.
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are no usable pictures.
    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The labels in the order of the pictures.
    pub(crate) fn labels(&self) -> impl ExactSizeIterator<Item = &T> {
        self.items.iter().map(|(_, label)| label)
    }

    /// The label of picture `index`, which must be below [`PictureStore::len`].
    pub(crate) fn label(&self, index: usize) -> &T {
        &self.items[index].1
    }

    /// The prepared pictures of `indices` in their order; those that are not cached are read on all cores.
    /// Every index must be below [`PictureStore::len`].
    ///
    /// # Errors
    /// When a picture can no longer be read.
    pub(crate) fn get(&self, indices: &[usize]) -> Result<Vec<Vec<RgbImage>>, DatasetError> {
        let one = |index: &usize| match &self.cache[*index] {
            Some(pictures) => Ok(pictures.clone()),
            None => {
                let (file, label) = &self.items[*index];
                let gone = |reason| DatasetError::Picture { file: file.clone(), reason };
                self.prepared(file, label).map_err(gone)
            }
        };
        indices.par_iter().map(one).collect()
    }

    /// Like [`PictureStore::get`], for stores with one prepared picture per item.
    ///
    /// # Errors
    /// As for [`PictureStore::get`].
    pub(crate) fn get_first(&self, indices: &[usize]) -> Result<Vec<RgbImage>, DatasetError> {
        Ok(self
            .get(indices)?
            .into_iter()
            .map(|pictures| pictures.into_iter().next().unwrap_or_default())
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_come_prepared_whether_cached_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut items = Vec::new();
        for value in 0..4_u8 {
            let file = folder.path().join(format!("{value}.png"));
            RgbImage::from_pixel(6, 4, image::Rgb([10 * value; 3])).save(&file).unwrap();
            items.push((file, value));
        }
        std::fs::write(folder.path().join("broken.jpg"), "no picture").unwrap();
        items.insert(2, (folder.path().join("broken.jpg"), 9));
        let halves = |picture: &RgbImage, _: &u8| {
            let half = |left| image::imageops::crop_imm(picture, left, 0, 3, 4).to_image();
            Ok(vec![half(0), half(3)])
        };
        // Each takes 2 * 3 * 4 * 3 = 72 bytes, so two fit.
        let (store, skipped) = PictureStore::read(items, 150, halves, |_, _| {});
        assert_eq!((store.len(), skipped.len()), (4, 1));
        assert!(skipped[0].0.ends_with("broken.jpg"));
        assert_eq!(store.labels().copied().collect::<Vec<_>>(), [0, 1, 2, 3]);
        assert_eq!(store.cache.iter().filter(|cache| cache.is_some()).count(), 2);
        let got = store.get(&[3, 0, 3]).unwrap();
        let values: Vec<u8> = got.iter().map(|halves| halves[1].get_pixel(2, 3).0[0]).collect();
        assert_eq!(values, [30, 0, 30]);
        assert_eq!(store.get_first(&[1]).unwrap()[0].dimensions(), (3, 4));
        std::fs::remove_file(folder.path().join("3.png")).unwrap();
        let message = store.get(&[3]).unwrap_err().to_string();
        assert!(message.contains("3.png"), "{message}");
        assert!(store.get(&[0]).is_ok());
    }
}
