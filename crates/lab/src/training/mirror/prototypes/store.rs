//! Stores prototypes in a file, because building them takes minutes and a run may be resumed often.

use std::collections::HashMap;
use std::path::Path;

use candle_core::{Device, Result, Tensor, bail};

use super::{AGES, Effect, POPULATIONS, Prototypes};
use crate::dataset::FacePack;
use crate::training::error::TrainingError;
use crate::training::mirror::meshes::Mesh;
use crate::training::mirror::texture::TEXTURE_PLANES;
use crate::training::output::write_tensors;
use agemirror_faces::face::MESH_POINTS;
use agemirror_faces::face::field::Grid;

impl Prototypes {
    /// Loads the prototypes of `pack` from `path`, or builds them with [`Prototypes::build`] and saves them
    /// there.
    ///
    /// # Errors
    /// When the file belongs to another pack or cannot be written, or the mesh network fails.
    pub(crate) fn open_or_build(
        pack: &FacePack,
        packed: u32,
        path: &Path,
        progress: impl FnMut(usize),
    ) -> std::result::Result<Self, TrainingError> {
        if path.exists() {
            let wrong = |reason| TrainingError::Checkpoint { file: path.into(), reason };
            let tensors = candle_core::safetensors::load(path, &Device::Cpu).map_err(wrong)?;
            return Self::from_tensors(&tensors, pack.len()).map_err(wrong);
        }
        let built = Self::build(pack, packed, progress)?;
        write_tensors(&built.tensors()?, path)?;
        Ok(built)
    }

    fn tensors(&self) -> Result<HashMap<String, Tensor>> {
        let device = &Device::Cpu;
        let points = |mesh: &[[f32; 2]]| Tensor::from_slice(mesh.as_flattened(), (mesh.len(), 2), device);
        let nothing = vec![[f32::NAN; 2]; MESH_POINTS];
        let meshes: Vec<f32> = self
            .meshes
            .iter()
            .flat_map(|mesh| mesh.as_deref().unwrap_or(&nothing).as_flattened())
            .copied()
            .collect();
        let mut tensors = HashMap::from([
            ("reference".to_owned(), points(&self.reference)?),
            ("meshes".to_owned(), Tensor::from_vec(meshes, (self.meshes.len(), MESH_POINTS, 2), device)?),
        ]);
        for (pool, effect) in self.effects.iter().enumerate() {
            let shapes = effect.shapes.iter().map(|mesh| points(mesh)).collect::<Result<Vec<_>>>()?;
            tensors.insert(format!("shapes.{pool}"), Tensor::stack(&shapes, 0)?);
            let side = effect.textures.first().map_or(0, |texture| texture.side);
            let planes =
                effect.textures.iter().flat_map(|texture| texture.planes.iter().take(TEXTURE_PLANES));
            let planes: Vec<f32> = planes.flatten().copied().collect();
            let texture = Tensor::from_vec(planes, (AGES.len(), TEXTURE_PLANES, side, side), device)?;
            tensors.insert(format!("textures.{pool}"), texture);
        }
        Ok(tensors)
    }

    fn from_tensors(tensors: &HashMap<String, Tensor>, faces: usize) -> Result<Self> {
        let get = |name: &str| match tensors.get(name) {
            Some(tensor) => Ok(tensor),
            None => bail!("{name} is missing"),
        };
        let all = get("meshes")?;
        if all.dims() != [faces, MESH_POINTS, 2] {
            bail!("the meshes belong to other faces; delete the file");
        }
        let mesh = |values: &[f32]| -> Mesh { values.chunks_exact(2).map(|p| [p[0], p[1]]).collect() };
        let all = all.flatten_all()?.to_vec1::<f32>()?;
        let meshes = all.chunks_exact(2 * MESH_POINTS);
        let meshes = meshes.map(|values| (!values[0].is_nan()).then(|| mesh(values))).collect();
        let reference = mesh(&get("reference")?.flatten_all()?.to_vec1::<f32>()?);
        let effect = |pool: usize| {
            let shapes = get(&format!("shapes.{pool}"))?.flatten_from(1)?.to_vec2::<f32>()?;
            let texture = get(&format!("textures.{pool}"))?;
            let (ages, planes, side, _) = texture.dims4()?;
            if (shapes.len(), ages, planes) != (AGES.len(), AGES.len(), TEXTURE_PLANES) {
                bail!("the prototypes have other ages; delete the file");
            }
            let grid = |values: &Vec<f32>| Grid {
                planes: values.chunks_exact(side * side).map(<[f32]>::to_vec).collect(),
                side,
            };
            let shapes = shapes.iter().map(|values| mesh(values)).collect();
            Ok(Effect::new(shapes, texture.flatten_from(1)?.to_vec2::<f32>()?.iter().map(grid).collect()))
        };
        let effects = (0..POPULATIONS).map(effect).collect::<Result<_>>()?;
        Ok(Self { reference, effects, meshes })
    }
}
