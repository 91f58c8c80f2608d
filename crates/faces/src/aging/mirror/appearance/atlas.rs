//! Lines of many old faces, mapped onto one average face.
//!
//! A line is stored as the logarithm of its darkness or lightness relative to the skin around it (Liu, Shan
//! and Zhang, "Expressive expression mapping with ratio images", 2001), so that it can be drawn on skin of
//! any colour.

use std::borrow::Cow;
use std::collections::HashMap;

use candle_core::safetensors::Load;
use candle_core::{DType, Device, Result, Tensor, bail};
use safetensors::SafeTensors;

use crate::bundled::lines;
use crate::face::MESH_POINTS;

/// Side of the planes, in pixels.
pub const ATLAS_SIDE: usize = 320;
/// The part of a head crop that an atlas covers, in fractions of the crop's side: left, top, side.
pub const ATLAS_IN_HEAD: [f32; 3] = [0.1875, 0.1575, 0.625];
/// Planes per face: lines with folds, and pores with spots.
pub const ATLAS_PLANES: usize = 2;
/// Logarithm per byte step.
pub const LOGARITHM_STEP: f32 = 1.0 / 160.0;
/// Byte value for no line.
pub const NO_LINE: u8 = 128;

/// Bytes per face.
const FACE_SIZE: usize = ATLAS_PLANES * ATLAS_SIDE * ATLAS_SIDE;
/// Name of the tensor with the planes.
const PLANES: &str = "planes";

/// An old face with its lines.
pub struct LinedFace {
    /// Logarithms in steps of [`LOGARITHM_STEP`] around [`NO_LINE`]: [`ATLAS_PLANES`] planes of
    /// [`ATLAS_SIDE`] squared.
    pub planes: Cow<'static, [u8]>,
    /// 1 for a man, 0 for a woman.
    pub male: f32,
    /// Skin colour: the logarithms of red over green and of green over blue.
    pub tone: [f32; 2],
    /// Mesh in fractions of the atlas's side.
    pub mesh: Vec<[f32; 2]>,
}

/// Lines of many old faces.
pub struct LineAtlas {
    /// Mesh of the average face, in fractions of the atlas's side.
    pub reference: Vec<[f32; 2]>,
    /// The faces.
    pub faces: Vec<LinedFace>,
}

impl LineAtlas {
    /// Loads the bundled atlas. Its planes are borrowed from the decompressed file.
    ///
    /// # Errors
    /// When the file is damaged, which a test rules out.
    pub fn bundled() -> Result<Self> {
        let file = SafeTensors::deserialize(lines()?).map_err(candle_core::Error::wrap)?;
        let mut planes: &'static [u8] = &[];
        let mut others = HashMap::new();
        for (name, view) in file.iter() {
            match name {
                PLANES => planes = view.data(),
                _ => drop(others.insert(name.to_owned(), view.load(&Device::Cpu)?)),
            }
        }
        Self::from_parts(planes.chunks(FACE_SIZE).map(Cow::Borrowed).collect(), &others)
    }

    /// Reads an atlas from tensors: `reference` (468, 2), `planes` (N, 2, side, side) of bytes, `male` (N),
    /// `tone` (N, 2) and `meshes` (N, 468, 2).
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub fn from_tensors(tensors: &HashMap<String, Tensor>) -> Result<Self> {
        let planes = tensor(tensors, PLANES)?.flatten_all()?.to_vec1::<u8>()?;
        Self::from_parts(planes.chunks(FACE_SIZE).map(|face| Cow::Owned(face.to_vec())).collect(), tensors)
    }

    /// An atlas of faces with `planes`, and with the rest in `tensors`.
    fn from_parts(planes: Vec<Cow<'static, [u8]>>, tensors: &HashMap<String, Tensor>) -> Result<Self> {
        let count = planes.len();
        if planes.last().is_none_or(|last| last.len() != FACE_SIZE) {
            bail!("the planes of the line atlas are empty or incomplete");
        }
        let floats = |name: &str, length: usize| -> Result<Vec<f32>> {
            let values = tensor(tensors, name)?.flatten_all()?.to_dtype(DType::F32)?.to_vec1::<f32>()?;
            if values.len() != length {
                bail!("{name} has {} values, not {length}", values.len())
            } else {
                Ok(values)
            }
        };
        let points = |values: &[f32]| values.chunks_exact(2).map(|p| [p[0], p[1]]).collect::<Vec<_>>();
        let (male, tone) = (floats("male", count)?, floats("tone", 2 * count)?);
        let meshes = floats("meshes", count * 2 * MESH_POINTS)?;
        let face = |(i, planes): (usize, Cow<'static, [u8]>)| LinedFace {
            planes,
            male: male[i],
            tone: [tone[2 * i], tone[2 * i + 1]],
            mesh: points(&meshes[i * 2 * MESH_POINTS..(i + 1) * 2 * MESH_POINTS]),
        };
        Ok(Self {
            reference: points(&floats("reference", 2 * MESH_POINTS)?),
            faces: planes.into_iter().enumerate().map(face).collect(),
        })
    }

    /// The inverse of [`LineAtlas::from_tensors`].
    ///
    /// # Errors
    /// When the device fails.
    pub fn tensors(&self) -> Result<HashMap<String, Tensor>> {
        let device = &Device::Cpu;
        let count = self.faces.len();
        let planes: Vec<u8> = self.faces.iter().flat_map(|face| face.planes.iter().copied()).collect();
        let tone: Vec<f32> = self.faces.iter().flat_map(|face| face.tone).collect();
        let male: Vec<f32> = self.faces.iter().map(|face| face.male).collect();
        let meshes: Vec<f32> = self.faces.iter().flat_map(|face| face.mesh.as_flattened().to_vec()).collect();
        let reference = self.reference.as_flattened();
        Ok(HashMap::from([
            (
                PLANES.to_owned(),
                Tensor::from_vec(planes, (count, ATLAS_PLANES, ATLAS_SIDE, ATLAS_SIDE), device)?,
            ),
            ("male".to_owned(), Tensor::from_vec(male, count, device)?),
            ("tone".to_owned(), Tensor::from_vec(tone, (count, 2), device)?),
            ("meshes".to_owned(), Tensor::from_vec(meshes, (count, MESH_POINTS, 2), device)?),
            ("reference".to_owned(), Tensor::from_slice(reference, (MESH_POINTS, 2), device)?),
        ]))
    }
}

/// The tensor called `name`.
fn tensor<'a>(tensors: &'a HashMap<String, Tensor>, name: &str) -> Result<&'a Tensor> {
    match tensors.get(name) {
        Some(tensor) => Ok(tensor),
        None => bail!("the line atlas has no tensor {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_atlas_covers_many_women_and_men_and_survives_its_file() {
        let atlas = LineAtlas::bundled().unwrap();
        let men = atlas.faces.iter().filter(|face| face.male > 0.5).count();
        assert!(atlas.faces.len() >= 24 && men >= 8 && atlas.faces.len() - men >= 8, "{men}");
        for face in &atlas.faces {
            let drawn = face.planes.iter().filter(|line| line.abs_diff(NO_LINE) > 4).count();
            assert!(drawn > 2000, "a face has hardly any lines");
            assert!(face.mesh.iter().flatten().all(|v| (-0.3..1.3).contains(v)));
            assert_eq!(face.planes.len(), FACE_SIZE);
            assert!(matches!(face.planes, Cow::Borrowed(_)), "the bundled planes were copied");
        }
        let again = LineAtlas::from_tensors(&atlas.tensors().unwrap()).unwrap();
        assert!(again.faces.iter().zip(&atlas.faces).all(|(a, b)| a.planes == b.planes && a.mesh == b.mesh));
        assert_eq!(again.reference, atlas.reference);
    }

    #[test]
    fn an_incomplete_atlas_is_refused() {
        let mut tensors = LineAtlas::bundled().unwrap().tensors().unwrap();
        tensors.remove("male");
        let error = LineAtlas::from_tensors(&tensors).err().unwrap().to_string();
        assert!(error.contains("male"), "{error}");
        let planes = Tensor::zeros((1, ATLAS_PLANES, ATLAS_SIDE, 7), DType::U8, &Device::Cpu).unwrap();
        tensors.insert(PLANES.to_owned(), planes);
        let error = LineAtlas::from_tensors(&tensors).err().unwrap().to_string();
        assert!(error.contains("incomplete"), "{error}");
    }
}
