//! Targets from another model: its pictures of each face at each of its ages are stored, and mirror learns to
//! make the same. A large network that takes seconds per age thus trains a small, live one (Hinton et al.,
//! "Distilling the Knowledge in a Neural Network", 2015).

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Tensor};
use image::codecs::png::PngEncoder;
use image::{Rgb, RgbImage, Rgba, RgbaImage};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::heads::WEBCAM;
use super::losses::{HeadViews, pixel_losses};
use crate::dataset::{
    DatasetError, FacePack, PackedFace, Placement, picture_of, planes, read_labels, seeded,
};
use crate::training::TrainingError;
use agemirror_faces::age::TEN_GROUPS;
use agemirror_faces::aging::mirror::face_of;
use agemirror_faces::aging::{AgeChoice, AgedCrop, AgingError, AgingModel};
use agemirror_faces::face::{FivePoints, Similarity, align};
use agemirror_pictures::load_picture;
use agemirror_storage::{SaveError, write_atomically};

/// The pictures that a model made of the faces of a pack, aligned with the pack's crops. They are stored as
/// `FACE-AGE.png` in a folder, opaque where they count.
pub(crate) struct Teacher {
    folder: PathBuf,
    ages: Vec<f32>,
}

/// What the pictures in a folder were made from; stored as `teacher.json`.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Manifest {
    model: String,
    weights: String,
    ages: Vec<f32>,
    side: u32,
    /// SHA-256 of the names of the faces.
    faces: String,
}

/// The teacher's targets for a batch.
pub(crate) struct TeacherTargets {
    /// The teacher's heads as the network sees them: (N, 3, S, S) in -1..1.
    pictures: Tensor,
    /// (N, 1, S, S): 0 where the teacher has no picture.
    shown: Tensor,
}

impl TeacherTargets {
    /// Distances of generated pictures from the teacher's where both count: mean absolute difference, and
    /// that of fine detail. The terms for displacement and gain are zero.
    pub(crate) fn losses(
        &self,
        input: &HeadViews,
        generated: &HeadViews,
    ) -> candle_core::Result<[Tensor; 4]> {
        let weight = (&self.shown * &input.masks)?;
        let [off, fine] = pixel_losses(&(&generated.pictures - &self.pictures)?, &weight)?;
        let nothing = Tensor::zeros((), DType::F32, off.device())?;
        Ok([off, fine, nothing.clone(), nothing])
    }
}

/// The ages at which a model renders.
fn ages_of(model: &dyn AgingModel) -> Vec<f32> {
    match &model.info().ages {
        AgeChoice::Years { .. } => TEN_GROUPS.map(|group| group.age).to_vec(),
        groups => groups.groups().into_iter().map(|(_, age)| age).collect(),
    }
}

impl Teacher {
    /// Renders all faces of `pack` that are not in `folder` yet with `model`, from the original pictures in
    /// the folders `data`. `should_continue` receives the number of finished faces; if it returns false, the
    /// result is `None`, and the next call continues from there.
    ///
    /// # Errors
    /// When a picture cannot be read, the model fails, or `folder` cannot be written or belongs to another
    /// model.
    pub(crate) fn prepare(
        model: &dyn AgingModel,
        pack: &FacePack,
        data: &[PathBuf],
        folder: &Path,
        mut should_continue: impl FnMut(usize) -> bool,
    ) -> Result<Option<Self>, TrainingError> {
        let ages = ages_of(model);
        open_folder(model, pack, &ages, folder)?;
        let labelled = labelled_pictures(data)?;
        let teacher = Self { folder: folder.to_owned(), ages };
        for (index, face) in pack.faces().iter().enumerate() {
            if !should_continue(index) {
                return Ok(None);
            }
            if (0..teacher.ages.len()).all(|age| teacher.file(index, age).exists()) {
                continue;
            }
            let key = (face.dataset.clone(), face.file.clone());
            let Some((file, points)) = labelled.get(&key) else {
                let reason = "no labels.csv lists it any more".to_owned();
                return Err(DatasetError::Picture { file: face.file.clone().into(), reason }.into());
            };
            teacher.render(model, file, (face, points), (index, pack.side()))?;
        }
        Ok(Some(teacher))
    }

    fn file(&self, face: usize, age: usize) -> PathBuf {
        self.folder.join(format!("{face:06}-{age}.png"))
    }

    /// Renders and writes the pictures of one face.
    fn render(
        &self,
        model: &dyn AgingModel,
        file: &Path,
        (face, points): (&PackedFace, &FivePoints),
        (index, side): (usize, u32),
    ) -> Result<(), TrainingError> {
        let info = model.info();
        let unreadable = |reason: String| DatasetError::Picture { file: file.to_owned(), reason };
        let picture = load_picture(file).map_err(|error| unreadable(error.to_string()))?.picture;
        let to_crop = Similarity::from_points_to_nearest(points, &info.templates, info.side);
        let crop = align(&picture, &to_crop, info.side);
        let failed = |error: AgingError| TrainingError::Network(candle_core::Error::wrap(error));
        let encoded = model.encode(&crop).map_err(failed)?;
        let aged = model.decode(&crop, &encoded, &self.ages, face.gender).map_err(failed)?;
        let to_packed = face.window.similarity().after(&to_crop.inverse());
        for (age, aged) in aged.iter().enumerate() {
            write_png(&self.file(index, age), &in_pack(aged, &to_packed, side))?;
        }
        Ok(())
    }

    /// For each of `ages` (years), the nearest age that has pictures.
    pub(crate) fn nearest(&self, ages: &[f32]) -> Vec<f32> {
        ages.iter().map(|age| self.ages[self.nearest_index(*age)]).collect()
    }

    fn nearest_index(&self, age: f32) -> usize {
        let off = |index: &usize| (self.ages[*index] - age).abs();
        (0..self.ages.len()).min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(0)
    }

    /// The pictures of the faces `indices` at `ages`, `side` pixels of the network's view, augmented exactly
    /// like the heads that `seed` and `draw` placed at `placements`.
    ///
    /// # Errors
    /// When a picture cannot be read.
    pub(crate) fn targets(
        &self,
        (pack, indices): (&FacePack, &[usize]),
        ages: &[f32],
        ((seed, draw), placements): ((u64, u64), &[Placement]),
        side: u32,
        device: &Device,
    ) -> Result<TeacherTargets, TrainingError> {
        let head = pack.side();
        let jobs = indices.par_iter().zip(ages).zip(placements).enumerate();
        let targets = jobs.map(|(position, ((index, age), placement))| {
            let (picture, shown) = read_png(&self.file(*index, self.nearest_index(*age)), head)?;
            let mut random = seeded(seed, draw, position as u64 + 1);
            let changed = WEBCAM.apply(&picture, pack.face(*index), head, 1.0, &mut random);
            let mut shown = align(&shown, &placement.to_picture, head);
            if placement.flipped {
                image::imageops::flip_horizontal_in_place(&mut shown);
            }
            let mask = face_of(&shown, side).pixels().map(|pixel| f32::from(pixel.0[0]) / 255.0).collect();
            Ok((planes(&face_of(&picture_of(&changed.pixels, head), side)), mask))
        });
        let (pixels, masks): (Vec<Vec<f32>>, Vec<Vec<f32>>) =
            targets.collect::<Result<Vec<_>, DatasetError>>()?.into_iter().unzip();
        let (n, side) = (indices.len(), side as usize);
        Ok(TeacherTargets {
            pictures: Tensor::from_vec(pixels.concat(), (n, 3, side, side), device)?,
            shown: Tensor::from_vec(masks.concat(), (n, 1, side, side), device)?,
        })
    }
}

/// Pictures and their landmarks, by collection and name.
type LabelledPictures = HashMap<(String, String), (PathBuf, FivePoints)>;

/// All labelled pictures in some folders.
fn labelled_pictures(data: &[PathBuf]) -> Result<LabelledPictures, DatasetError> {
    let mut labelled = LabelledPictures::new();
    for folder in data {
        let faces = read_labels(&folder.join("labels.csv"))?;
        labelled.extend(faces.into_iter().map(|face| {
            let file = folder.join(&face.file);
            ((face.dataset, face.file), (file, face.points))
        }));
    }
    Ok(labelled)
}

/// Creates the folder, or checks that it holds pictures of the same model and faces.
fn open_folder(
    model: &dyn AgingModel,
    pack: &FacePack,
    ages: &[f32],
    folder: &Path,
) -> Result<(), TrainingError> {
    let mut names = Sha256::new();
    pack.faces().iter().for_each(|face| names.update(format!("{}\n", face.file)));
    let info = model.info();
    let about = Manifest {
        model: info.name.to_owned(),
        weights: info.weights_hash.clone(),
        ages: ages.to_vec(),
        side: pack.side(),
        faces: format!("{:x}", names.finalize()),
    };
    std::fs::create_dir_all(folder).map_err(|source| SaveError::at(folder, source))?;
    let path = folder.join("teacher.json");
    if let Ok(text) = std::fs::read_to_string(&path) {
        if serde_json::from_str::<Manifest>(&text).is_ok_and(|there| there == about) {
            return Ok(());
        }
        let what =
            format!("{} holds pictures of another teacher or of other faces; delete it", folder.display());
        return Err(TrainingError::Settings(what));
    }
    let text = serde_json::to_vec_pretty(&about).map_err(candle_core::Error::wrap)?;
    Ok(write_atomically(&path, |out| out.write_all(&text))?)
}

/// An aged crop aligned with a packed crop of `side` pixels; transparent where it must not differ from the
/// face, and towards its own edge.
fn in_pack(aged: &AgedCrop, to_packed: &Similarity, side: u32) -> RgbaImage {
    let (width, height) = aged.mask.dimensions();
    let rim = (width as f32 / 16.0).max(1.0);
    let shown = RgbImage::from_fn(width, height, |x, y| {
        let inside = x.min(y).min(width - 1 - x).min(height - 1 - y) as f32 / rim;
        Rgb([(f32::from(aged.mask.get_pixel(x, y).0[0]) * inside.min(1.0)) as u8; 3])
    });
    let (picture, shown) = (align(&aged.picture, to_packed, side), align(&shown, to_packed, side));
    RgbaImage::from_fn(side, side, |x, y| {
        let [red, green, blue] = picture.get_pixel(x, y).0;
        Rgba([red, green, blue, shown.get_pixel(x, y).0[0]])
    })
}

fn write_png(path: &Path, picture: &RgbaImage) -> Result<(), TrainingError> {
    let mut bytes = Vec::new();
    let encoded = picture.write_with_encoder(PngEncoder::new(&mut bytes));
    encoded.map_err(|error| SaveError::Encoding { path: path.to_owned(), reason: error.to_string() })?;
    Ok(write_atomically(path, |out| out.write_all(&bytes))?)
}

/// The picture, and its alpha channel as shades of grey.
fn read_png(path: &Path, side: u32) -> Result<(RgbImage, RgbImage), DatasetError> {
    let unusable = |reason: String| DatasetError::Picture { file: path.to_owned(), reason };
    let bytes = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    let read = image::load_from_memory(&bytes);
    let picture = read.map_err(|error| unusable(error.to_string()))?.into_rgba8();
    if picture.dimensions() != (side, side) {
        return Err(unusable(format!("it is not {side} x {side} pixels")));
    }
    let colours = RgbImage::from_fn(side, side, |x, y| {
        let [red, green, blue, _] = picture.get_pixel(x, y).0;
        Rgb([red, green, blue])
    });
    let shown = RgbImage::from_fn(side, side, |x, y| Rgb([picture.get_pixel(x, y).0[3]; 3]));
    Ok((colours, shown))
}
