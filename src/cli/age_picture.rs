//! One picture from the file to the aged files.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use anyhow::Context;
use image::RgbImage;

use super::age::{Arguments, Layout};
use agemirror_console::each_picture::read_picture;
use agemirror_faces::age::AgeTarget;
use agemirror_faces::aging::{AgedCrop, AgingError, AgingModel, EncodedFace, open_model};
use agemirror_faces::compose::{
    Captioned, Sweep, file_name, finished, grid, paste_faces, save_tiles, strip, write_picture_numbered,
    write_sweep,
};
use agemirror_faces::crop::{FaceChoice, FaceChooser, FaceCrop, SideLimits, shown};
use agemirror_faces::face::{
    Extent, FaceFinder, FrameEdge, InputKind, SearchStep, TrackedFace, problem_of_still,
};
use agemirror_kernels::{DeviceChoice, choose_device};

/// Ages pictures one after the other.
pub(super) struct PictureAger<'a> {
    arguments: &'a Arguments,
    finder: FaceFinder,
    model: Box<dyn AgingModel>,
}

/// What was written for one picture.
pub(super) struct Aged {
    pub faces: usize,
    /// Faces that were found and not aged, counted by reason; only where all faces were asked for.
    pub left_out: BTreeMap<&'static str, usize>,
    /// Files, and folders of files.
    pub written: Vec<PathBuf>,
}

/// A face that went through the encoder.
struct Face {
    crop: FaceCrop,
    /// What is shown of the crop, filled beyond the edge of the picture.
    shown: RgbImage,
    edge: Option<FrameEdge>,
    code: EncodedFace,
}

/// What is aged together: a face, or a whole picture with all its faces.
struct Subject<'a> {
    /// What the names of its files begin with: the picture's name, and which face it is.
    stem: &'a OsStr,
    face: String,
    input: &'a RgbImage,
    faces: &'a [Face],
    whole: bool,
}

impl Subject<'_> {
    fn file_name(&self, ending: &str) -> OsString {
        file_name(self.stem, &format!("{}{ending}", self.face))
    }
}

/// The faces to age, and how many of the others were left out for which reason.
type Chosen = (Vec<TrackedFace>, BTreeMap<&'static str, usize>);

/// What is told how far a search has come, and says whether it goes on.
pub(super) type Watch<'a> = &'a (dyn Fn(SearchStep) -> bool + Sync);

/// Why a face that could be aged was left out: there are four larger ones.
pub(super) const BEYOND_FOUR: &str = "beyond-four";

impl<'a> PictureAger<'a> {
    /// Gets the networks ready.
    pub(super) fn new(arguments: &'a Arguments) -> anyhow::Result<Self> {
        let model = open_model(arguments.aging.model(), &choose_device(DeviceChoice::Automatic).device)?;
        Ok(Self { arguments, finder: FaceFinder::new()?, model })
    }

    /// Ages one picture into `out`. `watch` is told how far the search for faces has come, and ends it with an
    /// error where it returns `false`.
    pub(super) fn age(&mut self, path: &Path, out: &Path, watch: Watch) -> anyhow::Result<Aged> {
        let picture = read_picture(path)?;
        let not_aged = || format!("“{}” was not aged", path.display());
        let (chosen, left_out) = self.choose(&picture, watch).with_context(not_aged)?;
        let faces = chosen.iter().map(|face| self.encode(&picture, face)).collect::<Result<Vec<_>, _>>();
        let faces = faces.with_context(not_aged)?;
        let stem = path.file_stem().unwrap_or(OsStr::new("picture"));
        let mut written = Vec::new();
        for subject in self.subjects(stem, &picture, &faces) {
            written.push(self.write(&subject, out)?);
        }
        Ok(Aged { faces: faces.len(), left_out, written })
    }

    /// The faces to age, and how many of the others were left out for which reason.
    fn choose(&self, picture: &RgbImage, watch: Watch) -> anyhow::Result<Chosen> {
        let choice = self.arguments.aging.faces();
        let extent = if choice == FaceChoice::All { Extent::All } else { Extent::Largest };
        let found = self.finder.search(picture, extent, watch)?;
        let problem = |face: &TrackedFace| face.problem(picture.dimensions());
        let (able, unable): (Vec<_>, Vec<_>) = found.into_iter().partition(|face| problem(face).is_none());
        if able.is_empty() {
            anyhow::bail!(problem_of_still(&unable, picture).reason(InputKind::Still));
        }
        let chosen = FaceChooser::default().choose(choice, &able);
        let mut left_out = BTreeMap::new();
        if choice == FaceChoice::All {
            for problem in unable.iter().filter_map(problem) {
                *left_out.entry(problem.name()).or_default() += 1;
            }
            if able.len() > chosen.len() {
                left_out.insert(BEYOND_FOUR, able.len() - chosen.len());
            }
        }
        Ok((chosen, left_out))
    }

    fn encode(&self, picture: &RgbImage, face: &TrackedFace) -> Result<Face, AgingError> {
        let info = self.model.info();
        let crop = FaceCrop::cut_for(info, picture, face, SideLimits::STILL, None);
        let edge = crop.edge(picture, info.view);
        let shown = shown(RgbImage::clone(&crop.picture), info.view);
        let shown = finished(&shown, edge.as_ref()).into_owned();
        let code = self.model.encode(&crop.picture)?;
        Ok(Face { crop, shown, edge, code })
    }

    fn subjects<'b>(&self, stem: &'b OsStr, picture: &'b RgbImage, faces: &'b [Face]) -> Vec<Subject<'b>> {
        if self.arguments.aging.whole_frame {
            return vec![Subject { stem, face: String::new(), input: picture, faces, whole: true }];
        }
        let subject = |(place, face): (usize, &'b Face)| {
            let number = if faces.len() > 1 { format!("_face-{}", place + 1) } else { String::new() };
            Subject {
                stem,
                face: number,
                input: &face.shown,
                faces: std::slice::from_ref(face),
                whole: false,
            }
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
            let (Some(face), Some(aged)) = (subject.faces.first(), aged.into_iter().next()) else {
                return Ok(subject.input.clone());
            };
            let shown = shown(aged.picture, self.model.info().view);
            return Ok(finished(&shown, face.edge.as_ref()).into_owned());
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
                write_picture_numbered(&out.join(subject.file_name("_strip.png")), &strip(input, &captioned))?
            }
            Layout::Grid => {
                write_picture_numbered(&out.join(subject.file_name("_grid.png")), &grid(input, &captioned))?
            }
            Layout::Tiles | Layout::Sweep => {
                let labels = targets.iter().map(|target| target.label.as_str());
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
        Ok(write_sweep(out, &subject.file_name("_sweep"), &sweep, |age| self.at(subject, age))?.folder)
    }
}
