//! Sample sheets written after every epoch.

use std::path::Path;

use candle_core::Tensor;
use image::RgbImage;

use crate::training::{TrainingError, write_sheet};
use agemirror_faces::age::Gender;
use agemirror_faces::aging::caae::{GROUPS, Network};
use agemirror_faces::aging::picture::{Mapping, pictures};
use agemirror_faces::compose::mosaic;

/// Age group and gender.
type Label = (usize, Gender);

/// Maximum number of people on the sheet of all ages.
const PEOPLE: usize = 10;

/// Writes `samples/NAME`: the reconstructions of `faces` (N, 3, 128, 128) with their own labels. Also writes
/// `test/NAME`: the first of these faces (columns) at all ages (rows, youngest first), and `test/input.png`.
pub(super) fn write(
    folder: &Path,
    name: &str,
    network: &Network,
    faces: &Tensor,
    labels: &[Label],
) -> Result<(), TrainingError> {
    let codes = network.encode(faces)?;
    let generated = |codes: &Tensor, labels: &[Label]| {
        network.decode(codes, &network.tiles().labels_of(labels, codes.device())?)
    };
    let (people, test) = (labels.len().min(PEOPLE), folder.join("test"));
    // The inputs first, so that the newest sheet always shows generated faces.
    let inputs = vec![faces.narrow(0, 0, people)?; GROUPS.len()];
    write_grid(&test.join("input.png"), &Tensor::cat(&inputs, 0)?, people)?;
    let columns = (labels.len() as f64).sqrt().ceil() as usize;
    write_grid(&folder.join("samples").join(name), &generated(&codes, labels)?, columns)?;
    let row = |group: usize| -> candle_core::Result<Tensor> {
        let at_age: Vec<Label> = labels[..people].iter().map(|(_, gender)| (group, *gender)).collect();
        generated(&codes.narrow(0, 0, people)?, &at_age)
    };
    let rows = (0..GROUPS.len()).map(row).collect::<candle_core::Result<Vec<_>>>()?;
    write_grid(&test.join(name), &Tensor::cat(&rows, 0)?, people)
}

/// Writes a grid stretched to the range of bytes as a whole, like the authors' program.
fn write_grid(path: &Path, faces: &Tensor, columns: usize) -> Result<(), TrainingError> {
    let faces: Vec<RgbImage> = pictures(faces, Mapping::Stretched)?;
    write_sheet(path, &mosaic(&faces, columns))
}
