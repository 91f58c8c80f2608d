//! Saves a sweep.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use image::RgbImage;

use super::backend::Report;
use crate::app::state::sweep::PLAYBACK_RATE;
use crate::text::errors;
use agemirror_faces::aging::ModelInfo;
use agemirror_faces::compose;
use agemirror_faces::compose::{About, CaptionedFrames, SweepError};
use agemirror_faces::face::FrameEdge;

/// What to save.
pub(crate) struct SweepJob {
    /// The folder in which a new one is created.
    pub folder: PathBuf,
    /// Each picture with its caption and its age in years, in playback order.
    pub pictures: Vec<(String, f32, Arc<RgbImage>)>,
    /// The picture that they were made from.
    pub input: Arc<RgbImage>,
    /// The part of all these pictures that is beyond the frame.
    pub edge: Option<Arc<FrameEdge>>,
    /// The model that made them.
    pub model: ModelInfo,
    /// The name of the source.
    pub source: String,
}

/// Saves the input, every picture, two animations and a description.
pub(crate) fn save_sweep(job: &SweepJob) -> Report {
    let about = About {
        program: About::PROGRAM.to_owned(),
        model: job.model.name.to_owned(),
        weights_hash: job.model.weights_hash.clone(),
        ages: job.pictures.iter().map(|(_, age, _)| *age).collect(),
        current_age: None,
        source: job.source.clone(),
        saved_at: SystemTime::now(),
    };
    let finished: Vec<(&str, Cow<RgbImage>)> = job
        .pictures
        .iter()
        .map(|(label, _, picture)| (label.as_str(), compose::finished(picture, job.edge.as_deref())))
        .collect();
    let pictures: Vec<(&str, &RgbImage)> =
        finished.iter().map(|(label, picture)| (*label, picture.as_ref())).collect();
    let input = compose::finished(&job.input, job.edge.as_deref());
    let frames = CaptionedFrames { input: &input, pictures: &pictures, rate: PLAYBACK_RATE, about: &about };
    match compose::save_frames(&job.folder, &frames) {
        // Besides the pictures there are the input, two animations and the description.
        Ok(saved) => Report::Saved { folder: saved.folder, files: saved.pictures.len() + 4 },
        Err(SweepError::Save(error)) => Report::NotSaved(errors::of_saving(&error)),
        Err(error) => Report::NotSaved(error.to_string().into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use agemirror_faces::aging::AgeChoice;

    #[test]
    fn every_picture_and_both_animations_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let picture = |value: u8| Arc::new(RgbImage::from_pixel(32, 32, image::Rgb([value; 3])));
        let model = ModelInfo {
            name: "test",
            title: "Test",
            ages: AgeChoice::Groups(vec![(1, 9)]),
            knows_gender: false,
            templates: Vec::new(),
            view: agemirror_faces::face::dlib::CropWindow::WHOLE,
            side: 32,
            weights_hash: "0".repeat(64),
        };
        let pictures = vec![("1–9".to_owned(), 5.0, picture(10)), ("50+".to_owned(), 55.0, picture(99))];
        let job = SweepJob {
            folder: folder.path().to_owned(),
            pictures,
            input: picture(50),
            edge: None,
            model,
            source: "Test".to_owned(),
        };
        let Report::Saved { folder: made, files } = save_sweep(&job) else { panic!("not saved") };
        assert_eq!(std::fs::read_dir(&made).unwrap().count(), files);
        for name in ["input.png", "sweep_0001.png", "sweep_0002.png", "sweep.gif", "sweep.apng", "about.json"]
        {
            assert!(made.join(name).is_file(), "{name}");
        }
    }
}
