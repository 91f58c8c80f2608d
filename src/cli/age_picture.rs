//! Ages one picture, from its file to the aged files.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::ValueEnum;
use image::RgbImage;

use agemirror_console::choices::AgingArgs;
use agemirror_console::each_picture::read_picture;
use agemirror_faces::age::AgeTarget;
use agemirror_faces::aging::{AgedCrop, AgingError, AgingModel, EncodedFace, open_model};
use agemirror_faces::compose::{
    Captioned, Provenance, Sweep, file_name, finished, grid, paste_faces, save_tiles, strip,
    write_picture_numbered, write_sweep,
};
use agemirror_faces::crop::{FaceChoice, FaceChooser, FaceCrop, SideLimits};
use agemirror_faces::face::{
    Extent, FaceFinder, FrameEdge, InputKind, SearchStep, TrackedFace, problem_of_still,
};
use agemirror_kernels::{DeviceChoice, choose_device};

/// How the aged faces of one picture are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Layout {
    /// A folder with one picture for each age
    #[default]
    Tiles,
    /// One picture with the input and all ages in a row
    Strip,
    /// One picture with the input and all ages in a grid
    Grid,
    /// A folder with many steps from the first to the last age, also as animated files
    Sweep,
}

/// Ages pictures with one model and layout.
pub(super) struct PictureAger<'a> {
    aging: &'a AgingArgs,
    layout: Layout,
    finder: FaceFinder,
    model: Box<dyn AgingModel>,
}

/// The result for one picture.
pub(super) struct Aged {
    pub faces: usize,
    /// Number of faces that were found but not aged, by reason; empty unless all faces were requested.
    pub left_out: BTreeMap<&'static str, usize>,
    /// The files and folders written.
    pub written: Vec<PathBuf>,
}

/// A cropped and encoded face.
struct Face {
    crop: FaceCrop,
    /// The shown part of the crop, filled beyond the edge of the picture.
    shown: RgbImage,
    edge: Option<FrameEdge>,
    code: EncodedFace,
}

/// One output: a face, or a whole picture with all its faces.
struct Subject<'a> {
    /// Name of the picture's file, without its extension.
    stem: &'a OsStr,
    /// Suffix of the file names that identifies the face, if the picture has several.
    face_suffix: String,
    input: &'a RgbImage,
    faces: &'a [Face],
    whole: bool,
}

impl Subject<'_> {
    fn file_name(&self, suffix: &str) -> OsString {
        file_name(self.stem, &format!("{}{suffix}", self.face_suffix))
    }
}

/// The faces to age, and the number of faces left out, by reason.
type Chosen = (Vec<TrackedFace>, BTreeMap<&'static str, usize>);

/// Receives the progress of a search for faces, and returns whether to continue.
pub(super) type OnStep<'a> = &'a (dyn Fn(SearchStep) -> bool + Sync);

/// The reason why a usable face was left out: there are four larger ones.
pub(super) const BEYOND_FOUR: &str = "beyond-four";

impl<'a> PictureAger<'a> {
    /// Loads the networks.
    pub(super) fn new(aging: &'a AgingArgs, layout: Layout) -> anyhow::Result<Self> {
        let model = open_model(aging.model(), &choose_device(DeviceChoice::Automatic).device)?;
        Ok(Self { aging, layout, finder: FaceFinder::new()?, model })
    }

    /// Ages one picture into the folder `out`. If `on_step` returns `false`, the search for faces ends with
    /// an error.
    pub(super) fn age(&mut self, path: &Path, out: &Path, on_step: OnStep) -> anyhow::Result<Aged> {
        let picture = read_picture(path)?;
        let not_aged = || format!("“{}” was not aged", path.display());
        let (chosen, left_out) = self.choose(&picture, on_step).with_context(not_aged)?;
        let faces = chosen.iter().map(|face| self.encode(&picture, face)).collect::<Result<Vec<_>, _>>();
        let faces = faces.with_context(not_aged)?;
        let stem = path.file_stem().unwrap_or(OsStr::new("picture"));
        let mut written = Vec::new();
        for subject in self.subjects(stem, &picture, &faces) {
            written.push(self.write(&subject, out)?);
        }
        Ok(Aged { faces: faces.len(), left_out, written })
    }

    /// Chooses the faces to age.
    fn choose(&self, picture: &RgbImage, on_step: OnStep) -> anyhow::Result<Chosen> {
        let choice = self.aging.faces();
        let extent = if choice == FaceChoice::All { Extent::All } else { Extent::Largest };
        let found = self.finder.search(picture, extent, on_step)?;
        let problem = |face: &TrackedFace| face.problem(picture.dimensions());
        let (usable, unusable): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|face| problem(face).is_none());
        if usable.is_empty() {
            anyhow::bail!(problem_of_still(&unusable, picture).reason(InputKind::Still));
        }
        let chosen = FaceChooser::default().choose(choice, &usable);
        let mut left_out = BTreeMap::new();
        if choice == FaceChoice::All {
            for problem in unusable.iter().filter_map(problem) {
                *left_out.entry(problem.name()).or_default() += 1;
            }
            if usable.len() > chosen.len() {
                left_out.insert(BEYOND_FOUR, usable.len() - chosen.len());
            }
        }
        Ok((chosen, left_out))
    }

    fn encode(&self, picture: &RgbImage, face: &TrackedFace) -> Result<Face, AgingError> {
        let info = self.model.info();
        let crop = FaceCrop::cut_for(info, picture, face, SideLimits::STILL, None);
        let edge = crop.edge(picture, info.view);
        let shown = info.view.part_of(&crop.picture);
        let shown = finished(&shown, edge.as_ref()).into_owned();
        let code = self.model.encode(&crop.picture)?;
        Ok(Face { crop, shown, edge, code })
    }

    fn subjects<'b>(&self, stem: &'b OsStr, picture: &'b RgbImage, faces: &'b [Face]) -> Vec<Subject<'b>> {
        if self.aging.whole_frame {
            return vec![Subject { stem, face_suffix: String::new(), input: picture, faces, whole: true }];
        }
        let subject = |(face_index, face): (usize, &'b Face)| {
            let face_suffix =
                if faces.len() > 1 { format!("_face-{}", face_index + 1) } else { String::new() };
            Subject { stem, face_suffix, input: &face.shown, faces: std::slice::from_ref(face), whole: false }
        };
        faces.iter().enumerate().map(subject).collect()
    }

    /// Ages a subject to one age, in years.
    fn age_subject(&self, subject: &Subject, age: f32) -> Result<RgbImage, AgingError> {
        let decode =
            |face: &Face| self.model.decode(&face.crop.picture, &face.code, &[age], self.aging.gender());
        let mut aged: Vec<AgedCrop> = Vec::new();
        for face in subject.faces {
            aged.extend(decode(face)?);
        }
        if !subject.whole {
            let (Some(face), Some(aged)) = (subject.faces.first(), aged.into_iter().next()) else {
                return Ok(subject.input.clone());
            };
            let shown = self.model.info().view.part_of(&aged.picture);
            return Ok(finished(&shown, face.edge.as_ref()).into_owned());
        }
        let patches = subject.faces.iter().zip(&aged).map(|(face, aged)| face.crop.patch(aged));
        Ok(paste_faces(subject.input, patches))
    }

    /// Writes a subject at every age and returns the file or folder written.
    fn write(&self, subject: &Subject, out: &Path) -> anyhow::Result<PathBuf> {
        let targets = self.aging.targets();
        if self.layout == Layout::Sweep {
            return self.write_sweep(subject, &targets, out);
        }
        let pictures: Result<Vec<_>, _> =
            targets.iter().map(|target| self.age_subject(subject, target.age)).collect();
        let pictures = pictures?;
        let captioned: Vec<_> = targets
            .iter()
            .zip(&pictures)
            .map(|(target, picture)| Captioned { caption: &target.label, picture })
            .collect();
        let input = Captioned { caption: "now", picture: subject.input };
        let labels = targets.iter().map(|target| target.label.as_str());
        let provenance = Provenance::of_ages(labels.clone());
        let write_one = |suffix: &str, picture: &RgbImage| {
            write_picture_numbered(&out.join(subject.file_name(suffix)), picture, &provenance)
        };
        let written = match self.layout {
            Layout::Strip => write_one("_strip.png", &strip(input, &captioned))?,
            Layout::Grid => write_one("_grid.png", &grid(input, &captioned))?,
            Layout::Tiles | Layout::Sweep => {
                let tiles: Vec<_> = labels.zip(&pictures).collect();
                save_tiles(out, &subject.file_name(""), subject.input, &tiles)?
            }
        };
        Ok(written)
    }

    fn write_sweep(&self, subject: &Subject, targets: &[AgeTarget], out: &Path) -> anyhow::Result<PathBuf> {
        let (Some(first), Some(last)) = (targets.first(), targets.last()) else {
            anyhow::bail!("a sweep needs two ages");
        };
        let sweep = Sweep { from: first.age, to: last.age, ..Sweep::default() };
        Ok(write_sweep(out, &subject.file_name("_sweep"), &sweep, |age| self.age_subject(subject, age))?
            .folder)
    }
}
