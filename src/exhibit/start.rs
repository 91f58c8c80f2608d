//! Opens the window of an exhibit.

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::Context as _;
use eframe::egui::ViewportBuilder;
use image::ImageError;

use super::counts::DailyCounts;
use super::file::{Exhibit, given};
use super::window::ExhibitWindow;
use crate::app::backend_for_exhibit;
use crate::pipeline::{PipelineSettings, SourceChoice};
use agemirror_faces::crop::FaceChoice;
use agemirror_pictures::load_picture;

/// Shows the exhibit in `file` until Escape is held for five seconds.
///
/// # Errors
/// When the file is not valid, one of its pictures cannot be read, or there is no display.
pub fn run(file: &Path) -> anyhow::Result<()> {
    let exhibit = Exhibit::load(file)?;
    let name = file.display();
    let invitation = given(&exhibit.picture)
        .map(|path| load_picture(path).with_context(|| name.to_string()))
        .transpose()?
        .map(|picture| Arc::new(picture.picture));
    let logo = given(&exhibit.logo)
        .map(|path| {
            let read = std::fs::read(path).map_err(ImageError::IoError);
            read.and_then(|bytes| image::load_from_memory(&bytes)).with_context(|| {
                format!("{name}: logo {} cannot be read; correct it or remove the line", path.display())
            })
        })
        .transpose()?
        .map(image::DynamicImage::into_rgba8);
    let counts = DailyCounts::open(log_file(&exhibit)?, SystemTime::now());
    let viewport = ViewportBuilder::default()
        .with_title("agemirror")
        .with_app_id("agemirror")
        .with_fullscreen(true)
        .with_decorations(false)
        .with_drag_and_drop(false);
    crate::app::open_viewport(viewport, move |ctx| {
        let backend = backend_for_exhibit(pipeline_settings(&exhibit), ctx)?;
        Ok(ExhibitWindow::new(ctx, exhibit, backend, counts, invitation, logo.as_ref()))
    })
}

/// The table of counts.
fn log_file(exhibit: &Exhibit) -> anyhow::Result<std::path::PathBuf> {
    if let Some(log) = given(&exhibit.log) {
        return Ok(log.to_owned());
    }
    let folder = agemirror_storage::data_folder()
        .context("there is no data folder for this user; set `log` in the exhibit file")?;
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be created", folder.display()))?;
    Ok(folder.join("exhibit.csv"))
}

fn pipeline_settings(exhibit: &Exhibit) -> PipelineSettings {
    PipelineSettings {
        source: SourceChoice::Camera(exhibit.camera_settings()),
        ages: Vec::new(),
        model: exhibit.model.clone(),
        faces: if exhibit.everybody { FaceChoice::All } else { FaceChoice::Largest },
        ..PipelineSettings::default()
    }
}
