//! The two sheets that follow every epoch, and the inputs.

use std::path::Path;

use candle_core::Tensor;
use image::RgbImage;

use crate::training::{TrainingError, write_sheet};
use agemirror_faces::age::Gender;
use agemirror_faces::aging::caae::{GROUPS, Network};
use agemirror_faces::aging::picture::{Mapping, pictures};
use agemirror_faces::compose::mosaic;

/// Age class and gender.
type Label = (usize, Gender);

/// People on the sheet of all ages, at most.
const PEOPLE: usize = 10;

/// Writes `samples/NAME`, the reconstructions of `faces` (N, 3, 128, 128) with their own labels, and
/// `test/NAME`, the first of them (columns) at all ages (rows, the youngest first), beside `test/input.png`.
pub(super) fn write(
    folder: &Path,
    name: &str,
    network: &Network,
    faces: &Tensor,
    labels: &[Label],
) -> Result<(), TrainingError> {
    let codes = network.encode(faces)?;
    let made = |codes: &Tensor, labels: &[Label]| {
        network.decode(codes, &network.tiles().labels_of(labels, codes.device())?)
    };
    let (people, test) = (labels.len().min(PEOPLE), folder.join("test"));
    // The inputs first: whoever looks for the newest sheet wants one of what was made.
    let inputs = vec![faces.narrow(0, 0, people)?; GROUPS.len()];
    write_grid(&test.join("input.png"), &Tensor::cat(&inputs, 0)?, people)?;
    let columns = (labels.len() as f64).sqrt().ceil() as usize;
    write_grid(&folder.join("samples").join(name), &made(&codes, labels)?, columns)?;
    let row = |group: usize| -> candle_core::Result<Tensor> {
        let at_age: Vec<Label> = labels[..people].iter().map(|(_, gender)| (group, *gender)).collect();
        made(&codes.narrow(0, 0, people)?, &at_age)
    };
    let rows = (0..GROUPS.len()).map(row).collect::<candle_core::Result<Vec<_>>>()?;
    write_grid(&test.join(name), &Tensor::cat(&rows, 0)?, people)
}

/// As the authors' program writes it: the whole grid is stretched to the range of bytes.
fn write_grid(path: &Path, faces: &Tensor, columns: usize) -> Result<(), TrainingError> {
    let faces: Vec<RgbImage> = pictures(faces, Mapping::Stretched)?;
    write_sheet(path, &mosaic(&faces, columns))
}
