//! The worker that opens files and reads pictures, so that a slow disk or a huge file never blocks the
//! window.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_channel::{Receiver, Sender, select_biased, unbounded};
use image::RgbImage;

use super::backend::Report;
use super::clipboard;
use super::import::{Importer, is_weight_file};
use super::reporter::{Reporter, guarded, spawn_guarded, spawn_task};
use crate::text::{Message, errors, message, text};
use crate::video::{Ffmpeg, Playback, VideoInfo, looks_like_video_in_folder, split_videos};
use agemirror_faces::aging::picture::{Resampling, resized};
use agemirror_pictures::{Found, collect_files, short_name};

/// Longest side of a thumbnail, in pixels.
const THUMBNAIL_SIDE: u32 = 192;

static SAMPLE: &[u8] = include_bytes!("../../../assets/astronaut.jpg");

enum Job {
    Open(Vec<PathBuf>),
    /// Paste; the name is for a picture that has none.
    Paste(String),
    /// Read the sample portrait under this name.
    Sample(String),
    Load {
        id: u64,
        path: PathBuf,
        number: u64,
    },
}

struct ThumbnailJob {
    id: u64,
    path: PathBuf,
}

/// The worker that reads pictures. Dropping this ends it after the current picture.
pub(crate) struct PictureReader {
    jobs: Sender<Job>,
    thumbnails: Sender<ThumbnailJob>,
    /// The number of the newest [`Job::Load`]; older ones are skipped.
    newest: Arc<AtomicU64>,
}

impl PictureReader {
    /// Starts the thread; it sends pictures to `reporter` and weight files to `importer`.
    ///
    /// # Errors
    /// When the system cannot start another thread.
    pub(crate) fn start(reporter: Reporter, importer: Importer) -> std::io::Result<Self> {
        let (jobs, job_receiver) = unbounded();
        let (thumbnails, thumbnail_receiver) = unbounded();
        let newest = Arc::new(AtomicU64::new(0));
        let worker = Worker { newest: Arc::clone(&newest), reporter: reporter.clone(), importer };
        let on_panic = Report::Failed(message!("pictures-panic"));
        spawn_guarded("pictures", &reporter, on_panic, move || {
            worker.run(&job_receiver, &thumbnail_receiver);
            None
        })?;
        Ok(Self { jobs, thumbnails, newest })
    }

    /// Opens files and folders: lists their pictures and imports their weight files.
    pub(crate) fn open(&self, paths: Vec<PathBuf>) {
        self.send(Job::Open(paths));
    }

    /// Opens what is in the clipboard.
    pub(crate) fn paste(&self) {
        self.send(Job::Paste(text!("pasted-picture")));
    }

    /// Reads the bundled portrait.
    pub(crate) fn sample(&self) {
        self.send(Job::Sample(text!("sample-portrait")));
    }

    /// Reads a picture to show it. Earlier ones that are still waiting are dropped.
    pub(crate) fn load(&self, id: u64, path: PathBuf) {
        let number = self.newest.fetch_add(1, Ordering::AcqRel) + 1;
        self.send(Job::Load { id, path, number });
    }

    /// Reads a picture for its thumbnail when nothing else is waiting.
    pub(crate) fn load_thumbnail(&self, id: u64, path: PathBuf) {
        if self.thumbnails.send(ThumbnailJob { id, path }).is_err() {
            tracing::error!("the thread that reads pictures has ended");
        }
    }

    fn send(&self, job: Job) {
        if self.jobs.send(job).is_err() {
            tracing::error!("the thread that reads pictures has ended");
        }
    }
}

/// State owned by the thread.
struct Worker {
    newest: Arc<AtomicU64>,
    reporter: Reporter,
    importer: Importer,
}

impl Worker {
    fn run(&self, jobs: &Receiver<Job>, thumbnails: &Receiver<ThumbnailJob>) {
        loop {
            select_biased! {
                recv(jobs) -> job => match job {
                    Ok(job) => self.reporter.report(self.run_job(job)),
                    Err(_) => return,
                },
                recv(thumbnails) -> job => match job {
                    Ok(job) => self.reporter.report(run_thumbnail_job(&job)),
                    Err(_) => return,
                },
            }
        }
    }

    /// Runs a job. If a decoder panics, the picture counts as unreadable and the thread goes on.
    fn run_job(&self, job: Job) -> Report {
        let id = if let Job::Load { id, .. } = &job { Some(*id) } else { None };
        guarded(|| self.run_unguarded(job)).unwrap_or_else(|| {
            let message = Some(message!("picture-panic"));
            match id {
                Some(id) => Report::Unreadable { id, message },
                None => Report::NoPicture(message),
            }
        })
    }

    fn run_unguarded(&self, job: Job) -> Report {
        match job {
            Job::Open(paths) => self.open(paths),
            Job::Paste(name) => match clipboard::files() {
                Some(paths) => self.open(paths),
                None => match clipboard::picture() {
                    Ok(picture) => as_report(name, picture),
                    Err(message) => Report::NoPicture(Some(message)),
                },
            },
            Job::Sample(name) => decode(SAMPLE, &name),
            Job::Load { number, .. } if number < self.newest.load(Ordering::Acquire) => {
                Report::NoPicture(None)
            }
            Job::Load { id, path, .. } => match agemirror_pictures::load_picture(&path) {
                Ok(read) => {
                    read.remarks
                        .into_iter()
                        .for_each(|remark| self.reporter.report(Report::Failed(remark.into())));
                    let thumbnail = Arc::new(small_copy(&read.picture));
                    Report::PictureLoaded { id, picture: Arc::new(read.picture), thumbnail }
                }
                Err(error) => Report::Unreadable { id, message: Some(errors::of_picture(&error)) },
            },
        }
    }

    /// Starts the import of the weight files among `paths` and lists the pictures.
    fn open(&self, paths: Vec<PathBuf>) -> Report {
        let (weights, pictures): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| is_weight_file(path));
        if !weights.is_empty() {
            self.importer.start(weights);
        }
        let (videos, others) = split_videos(pictures);
        let Found { pictures, videos: in_folders, errors } =
            collect_files(&others, &looks_like_video_in_folder);
        let mut problems: Vec<Message> = errors.iter().map(errors::of_picture).collect();
        problems.extend(agemirror_pictures::unreadable_among(&pictures).map(Message::from));
        if let Some(video) = in_folders.first().filter(|_| !videos.is_empty() || !pictures.is_empty()) {
            let (name, count) = (short_name(video), in_folders.len());
            problems.push(message!("folder-videos", name = name, count = count));
            self.play_first(&videos);
        } else {
            // Folders with videos alone are opened to play them.
            self.play_first(&[videos, in_folders].concat());
        }
        Report::PicturesFound(pictures, problems)
    }

    /// Opens the first video, and says how many others there are.
    fn play_first(&self, videos: &[PathBuf]) {
        let Some(path) = videos.first() else { return };
        if let more @ 1.. = videos.len() - 1 {
            let name = short_name(path);
            self.reporter.report(Report::Failed(message!("videos-left-out", name = name, count = more)));
        }
        let opened = Ffmpeg::find().and_then(|tools| {
            let info = VideoInfo::read(&tools, path)?;
            Ok(Playback::new(tools, path.clone(), info))
        });
        match opened {
            Ok(playback) => {
                self.reporter.report(Report::Video(Box::new(playback.clone())));
                spawn_task("video rotation", &self.reporter, move || turn_upright(playback));
            }
            Err(error) => self.reporter.report(Report::Failed(error.message())),
        }
    }
}

/// Rotates a video whose faces lie sideways while it plays.
fn turn_upright(playback: Playback) -> Option<Report> {
    match playback.turn_upright() {
        Ok(rotated) => rotated.then(|| Report::VideoRotated(Box::new(playback))),
        Err(error) => Some(Report::Failed(error.message())),
    }
}

fn run_thumbnail_job(job: &ThumbnailJob) -> Report {
    let failed = Report::Unreadable { id: job.id, message: None };
    guarded(|| thumbnail(job)).unwrap_or(failed)
}

fn thumbnail(job: &ThumbnailJob) -> Report {
    match agemirror_pictures::load_picture(&job.path) {
        Ok(read) => Report::Thumbnail { id: job.id, picture: Arc::new(small_copy(&read.picture)) },
        Err(error) => {
            tracing::debug!("no thumbnail of {}: {error}", job.path.display());
            Report::Unreadable { id: job.id, message: None }
        }
    }
}

fn decode(bytes: &[u8], name: &str) -> Report {
    match agemirror_pictures::decode_picture(bytes, name) {
        Ok(read) => as_report(read.name, read.picture),
        Err(error) => Report::NoPicture(Some(errors::of_picture(&error))),
    }
}

fn as_report(name: String, picture: RgbImage) -> Report {
    let thumbnail = Arc::new(small_copy(&picture));
    Report::Picture { name, picture: Arc::new(picture), thumbnail }
}

/// A copy whose sides are at most [`THUMBNAIL_SIDE`] pixels, with the aspect ratio of the picture.
fn small_copy(picture: &RgbImage) -> RgbImage {
    let longest = picture.width().max(picture.height()).max(1);
    if longest <= THUMBNAIL_SIDE {
        return picture.clone();
    }
    let scaled = |side: u32| (side * THUMBNAIL_SIDE / longest).max(1);
    let [width, height] = [scaled(picture.width()), scaled(picture.height())];
    resized(picture, width, height, Resampling::Antialiased).unwrap_or_else(|error| {
        tracing::warn!("a thumbnail stays empty: {error}");
        RgbImage::new(width, height)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::workers::reporter::reporter;
    use std::time::Duration;

    fn start(reporter: Reporter) -> PictureReader {
        PictureReader::start(reporter.clone(), Importer::new(reporter)).unwrap()
    }

    fn wait(reports: &Receiver<Report>) -> Report {
        reports.recv_timeout(Duration::from_secs(60)).unwrap()
    }

    #[test]
    fn pictures_are_read_and_bad_files_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let good = folder.path().join("good.png");
        RgbImage::from_pixel(400, 200, image::Rgb([1, 2, 3])).save(&good).unwrap();
        let bad = folder.path().join("bad.png");
        std::fs::write(&bad, b"no picture at all").unwrap();
        let (reporter, reports) = reporter(Arc::new(|| ()));
        let reader = start(reporter);
        reader.load(7, good);
        let Report::PictureLoaded { id, picture, thumbnail } = wait(&reports) else { panic!("not read") };
        assert_eq!((id, picture.dimensions()), (7, (400, 200)));
        assert_eq!(thumbnail.dimensions(), (192, 96));
        reader.load(8, bad);
        let Report::Unreadable { id, message } = wait(&reports) else { panic!("read") };
        assert_eq!(id, 8);
        assert!(message.unwrap().to_string().contains("bad.png"));
    }

    #[test]
    fn pictures_in_unsupported_formats_are_named_and_counted() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        RgbImage::new(4, 4).save(at("a.png")).unwrap();
        for name in ["b.jxl", "c.jxl", "d.CR3"] {
            std::fs::write(at(name), b"known by its extension").unwrap();
        }
        let (reporter, reports) = reporter(Arc::new(|| ()));
        let reader = start(reporter);
        reader.open(vec![folder.path().to_owned()]);
        let Report::PicturesFound(found, problems) = wait(&reports) else { panic!("not listed") };
        assert_eq!(found.len(), 4);
        let expected = "3 of 4 pictures cannot be read: “b.jxl” and 1 more (a JPEG XL picture), “d.CR3” (a raw \
                        photograph); save them as JPEG or PNG.";
        assert_eq!(problems, [expected.into()]);
        reader.open(vec![at("a.png")]);
        assert!(matches!(wait(&reports), Report::PicturesFound(_, problems) if problems.is_empty()));
    }

    #[test]
    fn the_sample_can_be_read() {
        let Report::Picture { picture, .. } = decode(SAMPLE, "sample") else { panic!("not read") };
        assert!(picture.width() >= 256 && picture.height() >= 256);
    }

    #[test]
    fn only_the_first_of_several_videos_is_opened_and_the_others_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        let videos = ["a.mp4", "b.mkv", "c.ts"].map(|name| folder.path().join(name));
        for video in &videos {
            std::fs::write(video, "").unwrap();
        }
        let (reporter, reports) = reporter(Arc::new(|| ()));
        let reader = start(reporter);
        reader.open(videos.to_vec());
        let Report::Failed(text) = wait(&reports) else { panic!("not reported") };
        let expected = "Only one video plays at a time, “a.mp4”; videos not opened: 2.";
        assert_eq!(text.to_string(), expected);
        let Report::Failed(text) = wait(&reports) else { panic!("an empty video was opened") };
        assert!(text.to_string().contains("a.mp4"), "{text}");
    }

    /// The pictures of a folder are shown, and its videos counted; a folder with videos alone plays the first.
    #[test]
    fn videos_in_a_folder_are_counted_or_played() {
        let folder = tempfile::tempdir().unwrap();
        for video in ["b.mp4", "a.mkv"] {
            std::fs::write(folder.path().join(video), "").unwrap();
        }
        let (reporter, reports) = reporter(Arc::new(|| ()));
        let reader = start(reporter);
        reader.open(vec![folder.path().to_owned()]);
        let texts = [wait(&reports), wait(&reports)].map(|report| match report {
            Report::Failed(text) => text.to_string(),
            _ => panic!("an empty video was opened"),
        });
        assert_eq!(texts[0], "Only one video plays at a time, “a.mkv”; videos not opened: 1.");
        assert!(texts[1].contains("a.mkv"), "{texts:?}");
        let Report::PicturesFound(found, problems) = wait(&reports) else { panic!("not listed") };
        assert!(found.is_empty() && problems.is_empty(), "{found:?} {problems:?}");
        RgbImage::new(4, 4).save(folder.path().join("c.png")).unwrap();
        reader.open(vec![folder.path().to_owned()]);
        let Report::PicturesFound(found, problems) = wait(&reports) else { panic!("a video was opened") };
        assert_eq!(found, [folder.path().join("c.png")]);
        let [problem] = &problems[..] else { panic!("{problems:?}") };
        assert!(problem.to_string().contains("“a.mkv”; videos: 2."), "{problem}");
    }

    #[test]
    fn pictures_and_weights_are_opened_by_one_request() {
        let folder = tempfile::tempdir().unwrap();
        let (picture, page) = (folder.path().join("face.png"), folder.path().join("page.pt"));
        RgbImage::new(4, 4).save(&picture).unwrap();
        std::fs::write(&page, b"<!DOCTYPE html><html>").unwrap();
        let (reporter, reports) = reporter(Arc::new(|| ()));
        let reader = start(reporter);
        reader.open(vec![page, picture.clone()]);
        let (mut found, mut imported) = (None, None);
        while found.is_none() || imported.is_none() {
            match wait(&reports) {
                Report::PicturesFound(paths, problems) => found = Some((paths, problems)),
                Report::WeightsImported { problems, .. } => imported = Some(problems),
                _ => {}
            }
        }
        assert_eq!(found, Some((vec![picture], Vec::new())));
        assert!(imported.unwrap()[0].to_string().contains("web page"), "the page is refused as weights");
    }
}
