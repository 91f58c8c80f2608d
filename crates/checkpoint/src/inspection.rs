//! A report on a checkpoint: format, tensors, system and defects.

use std::fmt::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::catalogue::{PublishedMatch, compare_with_published_caae};
use super::values::element_count;
use super::{
    Checkpoint, CheckpointError, Format, Missing, Recognition, System, TensorEntry, Unread, count_not_finite,
    recognise,
};

/// Number of names that are printed of a long list.
const MAX_PRINTED: usize = 20;
/// The size of CAAE's published model.
const PUBLISHED_CAAE: System = System::Caae { base: 64 };

/// A tensor with infinite or NaN values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotFinite {
    /// Its name.
    pub name: String,
    /// Number of infinite and NaN values.
    pub values: usize,
}

/// A report on a checkpoint. `Display` prints it for people; as JSON it is for programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// The file.
    pub file: String,
    /// Its format.
    pub format: Format,
    /// The system that it was recognised as.
    pub recognition: Option<Recognition>,
    /// Comparison with CAAE's published model, if it has that size.
    pub published: Option<PublishedMatch>,
    /// The tensors with infinite or NaN values.
    pub not_finite: Vec<NotFinite>,
    /// Every supported tensor, in the file's order.
    pub tensors: Vec<TensorEntry>,
    /// The tensors of unsupported types, and what they contain.
    pub unread: Vec<Unread>,
}

/// Opens a checkpoint and reads all its values.
///
/// # Errors
/// If it cannot be read, has an unknown format, or is damaged anywhere.
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
            None => writeln!(f, "  system: unknown")?,
            Some(recognition) => write_recognition(recognition, f)?,
        }
        match &self.published {
            Some(published) if published.different.is_empty() => {
                writeln!(f, "  values: identical to CAAE's published initial model")?;
            }
            Some(published) => {
                writeln!(
                    f,
                    "  values: {} tensors are identical to CAAE's published initial model",
                    published.same
                )?;
            }
            None => {}
        }
        for NotFinite { name, values } in &self.not_finite {
            writeln!(f, "  infinite or NaN: {values} values of {name}")?;
        }
        write_unread(&self.unread, f)?;
        for TensorEntry { name, shape, elements } in &self.tensors {
            write!(f, "\n{name}\t{}\t{elements:?}", format_shape(shape))?;
        }
        Ok(())
    }
}

/// Lists the unsupported tensors; a long list is truncated.
fn write_unread(unread: &[Unread], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for Unread { name, what } in unread.iter().take(MAX_PRINTED) {
        writeln!(f, "  not read: {name}, {what}")?;
    }
    if unread.len() > MAX_PRINTED {
        writeln!(f, "  not read: {} more", unread.len() - MAX_PRINTED)?;
    }
    Ok(())
}

fn write_recognition(recognition: &Recognition, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Recognition { system, prefix, missing, left_over } = recognition;
    write!(f, "  system: {system}")?;
    if !prefix.is_empty() {
        write!(f, ", under {prefix}")?;
    }
    writeln!(f, ", {}", if missing.is_empty() { "complete" } else { "incomplete" })?;
    for Missing { name, shape, found, nearest } in missing.iter().take(MAX_PRINTED) {
        write!(f, "  missing: {name} {}", format_shape(shape))?;
        match (found, nearest) {
            (Some(found), _) => writeln!(f, "; the file has {}", format_shape(found))?,
            (None, Some(nearest)) => writeln!(f, "; the most similar name is {nearest}")?,
            (None, None) => writeln!(f)?,
        }
    }
    for name in left_over.iter().take(MAX_PRINTED) {
        writeln!(f, "  unexpected: {name}")?;
    }
    for (what, count) in [("missing", missing.len()), ("unexpected", left_over.len())] {
        if count > MAX_PRINTED {
            writeln!(f, "  {what}: {} more", count - MAX_PRINTED)?;
        }
    }
    Ok(())
}

/// Formats a shape as `32x13x1x1` or `scalar`.
fn format_shape(shape: &[usize]) -> String {
    if shape.is_empty() {
        return "scalar".to_owned();
    }
    let mut text = String::new();
    for (axis, side) in shape.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{}{side}", if axis > 0 { "x" } else { "" });
    }
    text
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Tensor};

    use super::*;
    use crate::recognise::testing::tensors_of;

    #[test]
    fn a_file_is_described_with_its_defects() {
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
            "system: PAGAN generator, 2 channels, under module., incomplete",
            "missing: decoder.2.weight 2x3x9x9; the most similar name is decoder.2.wait",
            "unexpected: decoder.2.wait",
            "infinite or NaN: 2 values of module.encoder.1.bias",
            "module.encoder.0.weight\t2x3x9x9\tF32",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        let json = serde_json::to_value(&inspection).unwrap();
        assert_eq!(json["recognition"]["system"], "pagan");
        assert_eq!(json["format"], "safetensors");
    }
}
