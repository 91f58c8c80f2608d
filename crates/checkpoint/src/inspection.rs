//! Everything that can be said of a weight file: format, tensors, system, and what is wrong with it.

use std::fmt::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::catalogue::{Genuine, compare_with_published_caae};
use super::values::element_count;
use super::{
    Checkpoint, CheckpointError, Format, Missing, Recognition, System, TensorEntry, Unread, count_not_finite,
    recognise,
};

/// Names that are printed of a long list.
const MOST_PRINTED: usize = 20;
/// The width of CAAE's published model.
const PUBLISHED_CAAE: System = System::Caae { base: 64 };

/// A tensor with values that are no numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotFinite {
    /// Its name.
    pub name: String,
    /// How many of its values are infinite or no number.
    pub values: usize,
}

/// What there is to say of a weight file. Printed, it is a page for a reader; as JSON it is for programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// The file.
    pub file: String,
    /// Its format.
    pub format: Format,
    /// What it was recognised as.
    pub recognition: Option<Recognition>,
    /// How far it agrees with CAAE's published model, if it is of that size.
    pub published: Option<Genuine>,
    /// The tensors with values that are no numbers.
    pub not_finite: Vec<NotFinite>,
    /// Every tensor that is read, in the file's order.
    pub tensors: Vec<TensorEntry>,
    /// The tensors that are not read, and what they hold.
    pub unread: Vec<Unread>,
}

/// Opens a weight file and reads all its values.
///
/// # Errors
/// When it cannot be read, has no known format, or is damaged anywhere.
pub fn inspect(path: &Path) -> Result<Inspection, CheckpointError> {
    let checkpoint = Checkpoint::open(path)?;
    let recognition = recognise(&checkpoint);
    let published = match &recognition {
        Some(found) if found.system == PUBLISHED_CAAE && found.prefix.is_empty() => {
            Some(compare_with_published_caae(&checkpoint)?)
        }
        _ => None,
    };
    let mut not_finite = Vec::new();
    for TensorEntry { name, .. } in checkpoint.entries() {
        let values = count_not_finite(&checkpoint.tensor(name)?);
        let values = values.map_err(|error| checkpoint.values_error(name, error))?;
        if values > 0 {
            not_finite.push(NotFinite { name: name.clone(), values });
        }
    }
    Ok(Inspection {
        file: path.display().to_string(),
        format: checkpoint.format(),
        recognition,
        published,
        not_finite,
        tensors: checkpoint.entries().to_vec(),
        unread: checkpoint.unread().to_vec(),
    })
}

impl fmt::Display for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values: u64 = self.tensors.iter().filter_map(|tensor| element_count(&tensor.shape)).sum();
        writeln!(f, "{}", self.file)?;
        writeln!(f, "  format: {}; {} tensors of {values} values", self.format, self.tensors.len())?;
        match &self.recognition {
            None => writeln!(f, "  system: none that is known here")?,
            Some(recognition) => write_recognition(recognition, f)?,
        }
        match &self.published {
            Some(published) if published.different.is_empty() => {
                writeln!(f, "  values: those of CAAE's published initial model")?;
            }
            Some(published) => {
                writeln!(
                    f,
                    "  values: {} tensors are those of CAAE's published initial model",
                    published.same
                )?;
            }
            None => {}
        }
        for NotFinite { name, values } in &self.not_finite {
            writeln!(f, "  no numbers: {values} values of {name}")?;
        }
        write_unread(&self.unread, f)?;
        for TensorEntry { name, shape, elements } in &self.tensors {
            write!(f, "\n{name}\t{}\t{elements:?}", sides(shape))?;
        }
        Ok(())
    }
}

/// What the file holds besides; a list of many is cut.
fn write_unread(unread: &[Unread], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for Unread { name, what } in unread.iter().take(MOST_PRINTED) {
        writeln!(f, "  not read: {name}, {what}")?;
    }
    if unread.len() > MOST_PRINTED {
        writeln!(f, "  not read: {} more", unread.len() - MOST_PRINTED)?;
    }
    Ok(())
}

fn write_recognition(recognition: &Recognition, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Recognition { system, prefix, missing, left_over } = recognition;
    write!(f, "  system: {system}")?;
    if !prefix.is_empty() {
        write!(f, ", under {prefix}")?;
    }
    writeln!(f, ", {}", if missing.is_empty() { "complete" } else { "not all of it" })?;
    for Missing { name, shape, found, nearest } in missing.iter().take(MOST_PRINTED) {
        write!(f, "  missing: {name} {}", sides(shape))?;
        match (found, nearest) {
            (Some(found), _) => writeln!(f, "; here it is {}", sides(found))?,
            (None, Some(nearest)) => writeln!(f, "; {nearest} is the nearest name")?,
            (None, None) => writeln!(f)?,
        }
    }
    for name in left_over.iter().take(MOST_PRINTED) {
        writeln!(f, "  left over: {name}")?;
    }
    for (what, count) in [("missing", missing.len()), ("left over", left_over.len())] {
        if count > MOST_PRINTED {
            writeln!(f, "  {what}: {} more", count - MOST_PRINTED)?;
        }
    }
    Ok(())
}

/// `32x13x1x1`, or `scalar`.
fn sides(shape: &[usize]) -> String {
    if shape.is_empty() {
        return "scalar".to_owned();
    }
    let mut text = String::new();
    for (axis, side) in shape.iter().enumerate() {
        // Writing to a text cannot fail.
        let _ = write!(text, "{}{side}", if axis > 0 { "x" } else { "" });
    }
    text
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Tensor};

    use super::super::recognise::testing::tensors_of;
    use super::*;

    #[test]
    fn a_file_is_described_with_all_that_is_wrong_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.safetensors");
        let named = tensors_of(System::Pagan { base: 2 }).into_iter().map(|(name, shape)| {
            let value = if name == "encoder.1.bias" { f32::NAN } else { 0.5 };
            (format!("module.{name}"), Tensor::full(value, shape, &Device::Cpu).unwrap())
        });
        let mut tensors: std::collections::HashMap<_, _> = named.collect();
        let moved = tensors.remove("module.decoder.2.weight").unwrap();
        tensors.insert("module.decoder.2.wait".to_owned(), moved);
        candle_core::safetensors::save(&tensors, &path).unwrap();
        let inspection = inspect(&path).unwrap();
        let text = inspection.to_string();
        for line in [
            "format: safetensors; 54 tensors",
            "system: PAGAN, generator of 2 channels, under module., not all of it",
            "missing: decoder.2.weight 2x3x9x9; decoder.2.wait is the nearest name",
            "left over: decoder.2.wait",
            "no numbers: 2 values of module.encoder.1.bias",
            "module.encoder.0.weight\t2x3x9x9\tF32",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        let json = serde_json::to_value(&inspection).unwrap();
        assert_eq!(json["recognition"]["system"], "pagan");
        assert_eq!(json["format"], "safetensors");
    }
}
