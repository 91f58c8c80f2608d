//! Faces to check with: the bundled portrait in a few variants, labelled with many ages.

use std::path::{Path, PathBuf};

use anyhow::Context;
use image::{RgbImage, imageops};

use super::weights::{Shape, random_weights};
use crate::dataset::{FacePack, PackSpec, Split};
use crate::training::regions::{Facts, Head, PACK_SIDE};
use crate::training::write_tensors;
use agemirror_faces::face::regions::HEAD_TEMPLATE;
use agemirror_faces::face::{AlignmentTemplate, FaceFinder, FivePoints, Similarity, align};
use agemirror_pictures::decode_picture;

static PORTRAIT: &[u8] = include_bytes!("../../../../assets/astronaut.jpg");
/// Number of variants of the portrait.
const VARIANTS: usize = 8;
/// Side of the head crops in pixels.
const HEAD_SIDE: u32 = 256;

/// The portrait, and a folder with its variants and files of random weights.
pub(super) struct Samples {
    folder: PathBuf,
    portrait: RgbImage,
    points: FivePoints,
}

impl Samples {
    /// Writes the variants and their labels into `folder`.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub(super) fn write(folder: &Path) -> anyhow::Result<Self> {
        let portrait = decode_picture(PORTRAIT, "the bundled portrait")?.picture;
        let face =
            FaceFinder::new()?.find_largest(&portrait)?.context("the bundled portrait shows no face")?;
        let samples = Self { folder: folder.to_owned(), portrait, points: face.points };
        let columns = "right_eye_x,right_eye_y,left_eye_x,left_eye_y,nose_x,nose_y,right_mouth_x,right_mouth_y,\
                       left_mouth_x,left_mouth_y";
        let mut table =
            format!("file,dataset,age_low,age_high,gender,ethnicity,{columns},yaw,sharpness,split");
        let points: Vec<String> = samples.points.as_flattened().iter().map(f32::to_string).collect();
        for index in 0..VARIANTS {
            let brightness = 8 * (index as i32 - 4);
            imageops::brighten(&samples.portrait, brightness).save(folder.join(format!("{index}.png")))?;
            imageops::brighten(&samples.head(), brightness).save(samples.file(index))?;
            let age = 5 + 10 * index;
            for split in ["train", "validation"] {
                table += &format!(
                    "\n{index}.png,samples,{age},{age},female,white,{},0,50,{split}",
                    points.join(",")
                );
            }
        }
        std::fs::write(folder.join("labels.csv"), table)?;
        Ok(samples)
    }

    /// The head crop.
    pub(super) fn head(&self) -> RgbImage {
        self.crop(&HEAD_TEMPLATE, HEAD_SIDE)
    }

    /// The face aligned to `template`.
    pub(super) fn crop(&self, template: &AlignmentTemplate, side: u32) -> RgbImage {
        align(&self.portrait, &Similarity::from_points(&self.points, template, side), side)
    }

    /// The file of a head crop; the variants repeat.
    pub(super) fn file(&self, index: usize) -> PathBuf {
        self.folder.join(format!("head-{}.png", index % VARIANTS))
    }

    /// The faces packed for training, aligned to `template`.
    ///
    /// # Errors
    /// When the pack cannot be written.
    pub(super) fn pack(&self, template: AlignmentTemplate, side: u32) -> anyhow::Result<FacePack> {
        let points: String =
            template.points.as_flattened().iter().map(|value| format!("{:x}", value.to_bits())).collect();
        let path = self.folder.join(format!("{side}-{points}.pack"));
        if !path.exists() {
            let spec = PackSpec { split: Split::Train, template, side, stride: 1, limit: None };
            FacePack::build(&self.folder, &spec, &path, |_, _| {})?;
        }
        Ok(FacePack::open(&path)?)
    }

    /// The file with random weights of the network `name`, written when it is first requested.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn weights(&self, name: &str, shapes: Vec<Shape>) -> anyhow::Result<PathBuf> {
        let file = self.folder.join(name).with_extension("safetensors");
        if !file.exists() {
            write_tensors(&random_weights(shapes)?, &file)?;
        }
        Ok(file)
    }

    /// Heads with masks for the region network: discs of hair around skin.
    pub(super) fn masked_heads(&self) -> Vec<Head> {
        let side = PACK_SIDE as f32;
        let picture = self.crop(&HEAD_TEMPLATE, PACK_SIDE as u32);
        let class = |index: usize| {
            let (x, y) = ((index % PACK_SIDE) as f32, (index / PACK_SIDE) as f32);
            match (x - side / 2.0).hypot(y - side / 2.0) {
                radius if radius < 0.25 * side => 1,
                radius if radius < 0.4 * side => 3,
                _ => 0,
            }
        };
        let labels: Vec<u8> = (0..PACK_SIDE * PACK_SIDE).map(class).collect();
        let head = |index: usize| Head {
            facts: Facts {
                file: format!("{index}.png"),
                split: if index < 4 { Split::Train } else { Split::Validation },
                hand_made: true,
                male: -1.0,
                points: HEAD_TEMPLATE.points.map(|point| point.map(|value| value * side)),
                mesh: Vec::new(),
            },
            pixels: picture.as_raw().clone(),
            labels: labels.clone(),
        };
        (0..6).map(head).collect()
    }
}
