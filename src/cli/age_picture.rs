//! One picture from the file to the aged files.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use anyhow::Context;
use image::RgbImage;

use super::age::{Arguments, Layout};
use super::each_picture::read_picture;
use crate::aging::{AgedCrop, AgingError, AgingModel, EncodedFace, open_model};
use crate::compose::{
    AgeTarget, Captioned, Sweep, grid, paste_faces, save_tiles, strip, write_picture_numbered, write_sweep,
};
use crate::face::FaceFinder;
use crate::pipeline::{FaceChooser, FaceCrop, SideLimits};
use crate::tensor::{DeviceChoice, choose_device};

/// Ages pictures one after the other.
pub(super) struct PictureAger<'a> {
    arguments: &'a Arguments,
    finder: FaceFinder,
    model: Box<dyn AgingModel>,
}

/// What was written for one picture.
pub(super) struct Aged {
    pub faces: usize,
    /// Files, and folders of files.
    pub written: Vec<PathBuf>,
}

/// A face that went through the encoder.
struct Face {
    crop: FaceCrop,
    code: EncodedFace,
}

/// What is aged together: a face, or a whole picture with all its faces.
struct Subject<'a> {
    /// What the name of its files begins with.
    name: OsString,
    input: &'a RgbImage,
    faces: &'a [Face],
    whole: bool,
}

impl<'a> PictureAger<'a> {
    /// Gets the networks ready.
    pub(super) fn new(arguments: &'a Arguments) -> anyhow::Result<Self> {
        let model = open_model(arguments.aging.model(), &choose_device(DeviceChoice::Automatic).device)?;
        Ok(Self { arguments, finder: FaceFinder::new()?, model })
    }

    /// Ages one picture into `out`.
    pub(super) fn age(&mut self, path: &Path, out: &Path) -> anyhow::Result<Aged> {
        let picture = read_picture(path)?;
        let faces = self.faces(&picture).with_context(|| format!("“{}” was not aged", path.display()))?;
        if faces.is_empty() {
            anyhow::bail!(
                "“{}” shows no face that can be aged; choose a picture in which a face looks into the camera",
                path.display()
            );
        }
        let stem = path.file_stem().unwrap_or(OsStr::new("picture"));
        let mut written = Vec::new();
        for subject in self.subjects(stem, &picture, &faces) {
            written.push(self.write(&subject, out)?);
        }
        Ok(Aged { faces: faces.len(), written })
    }

    /// Finds the faces that were asked for and encodes them.
    fn faces(&mut self, picture: &RgbImage) -> anyhow::Result<Vec<Face>> {
        let found = self.finder.find(picture)?;
        let able: Vec<_> = found.into_iter().filter(|face| face.problem().is_none()).collect();
        let chosen = FaceChooser::default().choose(self.arguments.aging.faces(), &able);
        let encode = |face| {
            let crop = FaceCrop::cut(picture, face, &self.model.info().templates, SideLimits::STILL, None);
            let code = self.model.encode(&crop.picture)?;
            Ok(Face { crop, code })
        };
        chosen.iter().map(encode).collect()
    }

    fn subjects<'b>(&self, stem: &OsStr, picture: &'b RgbImage, faces: &'b [Face]) -> Vec<Subject<'b>> {
        if self.arguments.aging.whole_frame {
            return vec![Subject { name: stem.to_owned(), input: picture, faces, whole: true }];
        }
        let subject = |(place, face): (usize, &'b Face)| {
            let mut name = stem.to_owned();
            if faces.len() > 1 {
                name.push(format!("_face-{}", place + 1));
            }
            Subject { name, input: &face.crop.picture, faces: std::slice::from_ref(face), whole: false }
        };
        faces.iter().enumerate().map(subject).collect()
    }

    /// The subject at one age.
    fn at(&self, subject: &Subject, age: f32) -> Result<RgbImage, AgingError> {
        let decode = |face: &Face| {
            self.model.decode(&face.crop.picture, &face.code, &[age], self.arguments.aging.gender())
        };
        let mut aged: Vec<AgedCrop> = Vec::new();
        for face in subject.faces {
            aged.extend(decode(face)?);
        }
        if !subject.whole {
            let first = aged.into_iter().next();
            return Ok(first.map_or_else(|| subject.input.clone(), |aged| aged.picture));
        }
        let patches = subject.faces.iter().zip(&aged).map(|(face, aged)| face.crop.patch(aged));
        Ok(paste_faces(subject.input, patches))
    }

    /// Writes a subject at every age and returns the file or folder that now exists.
    fn write(&self, subject: &Subject, out: &Path) -> anyhow::Result<PathBuf> {
        let targets = self.arguments.aging.targets();
        if self.arguments.layout == Layout::Sweep {
            return self.write_sweep(subject, &targets, out);
        }
        let pictures: Result<Vec<_>, _> = targets.iter().map(|target| self.at(subject, target.age)).collect();
        let pictures = pictures?;
        let captioned: Vec<_> = targets
            .iter()
            .zip(&pictures)
            .map(|(target, picture)| Captioned { caption: &target.label, picture })
            .collect();
        let input = Captioned { caption: "now", picture: subject.input };
        let written = match self.arguments.layout {
            Layout::Strip => {
                write_picture_numbered(&file(out, &subject.name, "_strip"), &strip(input, &captioned))?
            }
            Layout::Grid => {
                write_picture_numbered(&file(out, &subject.name, "_grid"), &grid(input, &captioned))?
            }
            Layout::Tiles | Layout::Sweep => {
                let labels = targets.iter().map(|target| target.label.as_str());
                let tiles: Vec<_> = labels.zip(&pictures).collect();
                save_tiles(out, &subject.name, subject.input, &tiles)?
            }
        };
        Ok(written)
    }

    fn write_sweep(&self, subject: &Subject, targets: &[AgeTarget], out: &Path) -> anyhow::Result<PathBuf> {
        let (Some(first), Some(last)) = (targets.first(), targets.last()) else {
            anyhow::bail!("a sweep needs two ages");
        };
        let sweep = Sweep { from: first.age, to: last.age, ..Sweep::default() };
        let mut name = subject.name.clone();
        name.push("_sweep");
        Ok(write_sweep(out, &name, &sweep, |age| self.at(subject, age))?.folder)
    }
}

/// The path of a picture file called `stem` with `ending` behind it.
fn file(out: &Path, stem: &OsStr, ending: &str) -> PathBuf {
    let mut name = stem.to_owned();
    name.push(ending);
    name.push(".png");
    out.join(name)
}
