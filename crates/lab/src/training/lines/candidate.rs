//! A face that may enter an atlas: its picture, region mask and mesh.

use std::path::Path;

use image::RgbImage;

use crate::dataset::{DatasetError, Face};
use crate::training::error::TrainingError;
use agemirror_faces::aging::mirror::ATLAS_IN_HEAD;
use agemirror_faces::face::regions::{HEAD_TEMPLATE, face_region};
use agemirror_faces::face::{FaceMesh, Similarity, align, eye_distance};
use agemirror_pictures::load_picture;

/// Minimum distance of the eyes in pixels.
const MIN_EYE_DISTANCE_PX: f32 = 56.0;
/// Minimum score of the mesh network.
const MIN_MESH_SCORE: f32 = 0.8;
/// Side in pixels of the head crop in which the mesh is fitted.
const HEAD_SIDE: u32 = 512;

/// An old face with its mesh.
pub(super) struct Candidate {
    pub face: Face,
    pub picture: RgbImage,
    /// The mask of the picture's regions, whose size may differ from the picture's.
    pub mask: image::GrayImage,
    /// From pixels of the picture to fractions of the atlas's side.
    pub to_atlas: Similarity,
    /// In fractions of the atlas's side.
    pub mesh: Vec<[f32; 2]>,
}

impl Candidate {
    /// Reads a face and fits its mesh; an inner error says why the face cannot be used.
    pub(super) fn read(
        network: &FaceMesh,
        data: &Path,
        face: Face,
    ) -> Result<Result<Self, String>, TrainingError> {
        if eye_distance(&face.points) < MIN_EYE_DISTANCE_PX {
            return Ok(Err(format!("its eyes are less than {MIN_EYE_DISTANCE_PX} pixels apart")));
        }
        let file = data.join(&face.file);
        let unreadable = |reason: String| DatasetError::Picture { file: file.clone(), reason };
        let picture = load_picture(&file).map_err(|error| unreadable(error.to_string()))?.picture;
        let stem = file.file_stem().unwrap_or_default();
        let mask = data.join("masks").join(stem).with_extension("png");
        let Ok(mask) = read_mask(&mask) else { return Ok(Err("it has no region mask".to_owned())) };
        let to_head = Similarity::from_points(&face.points, &HEAD_TEMPLATE, HEAD_SIDE);
        let head = align(&picture, &to_head, HEAD_SIDE);
        let fit = network.fit_refined(&head, face_region(HEAD_SIDE as f32), 2)?;
        if fit.score < MIN_MESH_SCORE {
            return Ok(Err("no clear face found".to_owned()));
        }
        let [left, top, side] = ATLAS_IN_HEAD;
        let scale = 1.0 / (HEAD_SIDE as f32 * side);
        let to_atlas = Similarity { a: scale, b: 0.0, tx: -left / side, ty: -top / side };
        let mesh = fit.mesh.iter().map(|point| to_atlas.apply(*point)).collect();
        Ok(Ok(Self { face, picture, mask, to_atlas: to_atlas.after(&to_head), mesh }))
    }
}

/// The palette indices of an indexed PNG.
fn read_mask(path: &Path) -> Result<image::GrayImage, String> {
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let mut decoder = png::Decoder::new(std::io::BufReader::new(file));
    decoder.set_transformations(png::Transformations::IDENTITY);
    let mut reader = decoder.read_info().map_err(|error| error.to_string())?;
    let size = reader.output_buffer_size().ok_or("it is too large")?;
    let mut bytes = vec![0; size];
    let info = reader.next_frame(&mut bytes).map_err(|error| error.to_string())?;
    let bits = info.bit_depth as usize;
    if info.color_type != png::ColorType::Indexed || bits > 8 {
        return Err("it is not an indexed PNG".to_owned());
    }
    let index =
        |row: &[u8], x: usize| (row[x * bits / 8] >> (8 - bits - x * bits % 8)) & (0xff >> (8 - bits));
    let rows = bytes.chunks_exact(info.line_size).take(info.height as usize);
    let indices = rows.flat_map(|row| (0..info.width as usize).map(move |x| index(row, x))).collect();
    image::GrayImage::from_raw(info.width, info.height, indices).ok_or_else(|| "it is truncated".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_of_any_depth_are_read_as_indices() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mask.png");
        for (depth, bytes) in [
            (png::BitDepth::Four, vec![0x12, 0x30, 0x45, 0x60]),
            (png::BitDepth::Eight, vec![1, 2, 3, 4, 5, 6]),
        ] {
            let file = std::fs::File::create(&path).unwrap();
            let mut encoder = png::Encoder::new(file, 3, 2);
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_depth(depth);
            encoder.set_palette(vec![0u8; 3 * 8]);
            encoder.write_header().unwrap().write_image_data(&bytes).unwrap();
            assert_eq!(read_mask(&path).unwrap().into_raw(), [1, 2, 3, 4, 5, 6]);
        }
        std::fs::write(&path, b"no picture").unwrap();
        assert!(read_mask(&path).is_err());
    }
}
