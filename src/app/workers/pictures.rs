//! The thread that reads pictures, so that a slow disk or a huge file never holds up the window.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_channel::{Receiver, Sender, select_biased, unbounded};
use image::RgbImage;
use image::imageops::{self, FilterType};

use super::backend::Report;
use super::import::is_weight_file;
use super::reporter::Reporter;
use agemirror_pictures::{MOST_BYTES, PictureError};

/// Sides of a small copy are at most this long.
const THUMBNAIL_SIDE: u32 = 192;

const SAMPLE: &[u8] = include_bytes!("../../../assets/astronaut.jpg");
const SAMPLE_NAME: &str = "Sample portrait";
const PASTED_NAME: &str = "Pasted picture";

enum Job {
    Collect(Vec<PathBuf>),
    Paste,
    Sample,
    Read { id: u64, path: PathBuf, number: u64 },
}

struct ThumbnailJob {
    id: u64,
    path: PathBuf,
}

/// The thread that reads pictures. Dropping this ends it as soon as it has read what it is reading.
pub struct PictureReader {
    jobs: Sender<Job>,
    thumbnails: Sender<ThumbnailJob>,
    newest: Arc<AtomicU64>,
}

impl PictureReader {
    /// Starts the thread; what it has read goes to `reporter`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(reporter: Reporter) -> std::io::Result<Self> {
        let (jobs, job_list) = unbounded();
        let (thumbnails, thumbnail_list) = unbounded();
        let newest = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&newest);
        std::thread::Builder::new()
            .name("pictures".to_owned())
            .spawn(move || work(&job_list, &thumbnail_list, &seen, &reporter))?;
        Ok(Self { jobs, thumbnails, newest })
    }

    /// Looks for pictures among files and folders.
    pub fn collect(&self, paths: Vec<PathBuf>) {
        self.send(Job::Collect(paths));
    }

    /// Takes what lies in the clipboard.
    pub fn paste(&self) {
        self.send(Job::Paste);
    }

    /// Reads the bundled portrait.
    pub fn sample(&self) {
        self.send(Job::Sample);
    }

    /// Reads a picture to show it; those asked for before that are not yet read are dropped.
    pub fn read(&self, id: u64, path: PathBuf) {
        let number = self.newest.fetch_add(1, Ordering::AcqRel) + 1;
        self.send(Job::Read { id, path, number });
    }

    /// Reads a picture for its small copy, when nothing else is to be done.
    pub fn thumbnail(&self, id: u64, path: PathBuf) {
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

fn work(jobs: &Receiver<Job>, thumbnails: &Receiver<ThumbnailJob>, newest: &AtomicU64, reporter: &Reporter) {
    loop {
        select_biased! {
            recv(jobs) -> job => match job {
                Ok(job) => {
                    let job = take_weights(job, reporter);
                    reporter.report(run_guarded(job, newest, reporter));
                }
                Err(_) => return,
            },
            recv(thumbnails) -> job => match job {
                Ok(job) => reporter.report(thumbnail_guarded(&job)),
                Err(_) => return,
            },
        }
    }
}

/// Weight files among what was dropped or pasted go another way.
fn take_weights(job: Job, reporter: &Reporter) -> Job {
    let paths = match job {
        Job::Collect(paths) => paths,
        Job::Paste => match files_in_clipboard() {
            Some(paths) => paths,
            None => return Job::Paste,
        },
        other => return other,
    };
    let is_weights = |path: &PathBuf| {
        // A file that brings its reader down is told of as a picture that cannot be read.
        catch_unwind(AssertUnwindSafe(|| is_weight_file(path))).unwrap_or(false)
    };
    let (weights, pictures): (Vec<_>, Vec<_>) = paths.into_iter().partition(is_weights);
    if !weights.is_empty() {
        reporter.report(Report::WeightFiles(weights));
    }
    Job::Collect(pictures)
}

/// A file that brings a decoder down is one more that cannot be read; the thread lives on.
fn run_guarded(job: Job, newest: &AtomicU64, reporter: &Reporter) -> Report {
    let id = if let Job::Read { id, .. } = &job { Some(*id) } else { None };
    catch_unwind(AssertUnwindSafe(|| run(job, newest, reporter))).unwrap_or_else(|_| {
        let message = Some("The picture is damaged and cannot be read; open another one.".to_owned());
        id.map_or_else(
            || Report::NoPicture(message.clone()),
            |id| Report::Unreadable { id, message: message.clone() },
        )
    })
}

fn thumbnail_guarded(job: &ThumbnailJob) -> Report {
    let failed = Report::Unreadable { id: job.id, message: None };
    catch_unwind(AssertUnwindSafe(|| thumbnail(job))).unwrap_or(failed)
}

fn run(job: Job, newest: &AtomicU64, reporter: &Reporter) -> Report {
    match job {
        Job::Collect(paths) => collect(&paths),
        Job::Paste => paste().unwrap_or_else(|message| Report::NoPicture(Some(message))),
        Job::Sample => decode(SAMPLE, SAMPLE_NAME),
        Job::Read { number, .. } if number < newest.load(Ordering::Acquire) => Report::NoPicture(None),
        Job::Read { id, path, .. } => match agemirror_pictures::load_picture(&path) {
            Ok(read) => {
                read.remarks.into_iter().for_each(|remark| reporter.report(Report::Failed(remark)));
                let thumbnail = Arc::new(small_copy(&read.picture));
                Report::Read { id, picture: Arc::new(read.picture), thumbnail }
            }
            Err(error) => Report::Unreadable { id, message: Some(error.to_string()) },
        },
    }
}

fn thumbnail(job: &ThumbnailJob) -> Report {
    match agemirror_pictures::load_picture(&job.path) {
        Ok(read) => Report::Thumbnail { id: job.id, picture: Arc::new(small_copy(&read.picture)) },
        Err(error) => {
            tracing::debug!("no small copy of {}: {error}", job.path.display());
            Report::Unreadable { id: job.id, message: None }
        }
    }
}

fn collect(paths: &[PathBuf]) -> Report {
    let (found, problems) = agemirror_pictures::collect_pictures(paths);
    let mut problems: Vec<String> = problems.iter().map(PictureError::to_string).collect();
    problems.extend(agemirror_pictures::unreadable_among(&found));
    Report::Collected(found, problems)
}

fn decode(bytes: &[u8], name: &str) -> Report {
    match agemirror_pictures::decode_picture(bytes, name) {
        Ok(read) => as_report(read.name, read.picture),
        Err(error) => Report::NoPicture(Some(error.to_string())),
    }
}

fn as_report(name: String, picture: RgbImage) -> Report {
    let thumbnail = Arc::new(small_copy(&picture));
    Report::Picture { name, picture: Arc::new(picture), thumbnail }
}

/// A copy with sides of at most [`THUMBNAIL_SIDE`], in the shape of the picture.
fn small_copy(picture: &RgbImage) -> RgbImage {
    let longest = picture.width().max(picture.height()).max(1);
    if longest <= THUMBNAIL_SIDE {
        return picture.clone();
    }
    let scaled = |side: u32| (side * THUMBNAIL_SIDE / longest).max(1);
    let (width, height) = (scaled(picture.width()), scaled(picture.height()));
    // `thumbnail` reads each pixel once; the second step makes the result smooth.
    let rough =
        imageops::thumbnail(picture, (width * 2).min(picture.width()), (height * 2).min(picture.height()));
    imageops::resize(&rough, width, height, FilterType::Triangle)
}

/// The picture that lies in the clipboard.
fn paste() -> Result<Report, String> {
    let closed =
        |error: arboard::Error| format!("The clipboard cannot be read ({error}); open the picture instead.");
    let mut clipboard = arboard::Clipboard::new().map_err(closed)?;
    match clipboard.get_image() {
        Ok(picture) => from_clipboard(&picture).map(|picture| as_report(PASTED_NAME.to_owned(), picture)),
        Err(arboard::Error::ContentNotAvailable) => {
            Err("There is no picture in the clipboard; copy one first.".to_owned())
        }
        Err(error) => Err(closed(error)),
    }
}

/// Files that were copied in a file manager, or the path of one that was copied as text.
fn files_in_clipboard() -> Option<Vec<PathBuf>> {
    let mut clipboard = arboard::Clipboard::new().ok()?;
    if let Ok(files) = clipboard.get().file_list()
        && !files.is_empty()
    {
        return Some(files);
    }
    let path = PathBuf::from(clipboard.get_text().ok()?.trim());
    path.exists().then(|| vec![path]).filter(|path| path[0].is_absolute())
}

/// A picture of the clipboard on white, where it is transparent.
fn from_clipboard(picture: &arboard::ImageData<'_>) -> Result<RgbImage, String> {
    let large = || "The picture in the clipboard is too large or damaged; open it from a file.".to_owned();
    let (width, height) = (picture.width, picture.height);
    let pixels = width.checked_mul(height).filter(|&pixels| pixels > 0).ok_or_else(large)?;
    let fits =
        pixels.checked_mul(4).is_some_and(|bytes| bytes == picture.bytes.len() && bytes as u64 <= MOST_BYTES);
    if !fits {
        return Err(large());
    }
    let blend = |value: u8, alpha: u8| {
        let (value, alpha) = (u32::from(value), u32::from(alpha));
        ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
    };
    let rgb = picture.bytes.chunks_exact(4).flat_map(|pixel| {
        let [red, green, blue, alpha] = [pixel[0], pixel[1], pixel[2], pixel[3]];
        [blend(red, alpha), blend(green, alpha), blend(blue, alpha)]
    });
    RgbImage::from_raw(width as u32, height as u32, rgb.collect()).ok_or_else(large)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::app::workers::reporter::reporter;
    use std::borrow::Cow;
    use std::time::Duration;

    fn wait(reports: &Receiver<Report>) -> Report {
        reports.recv_timeout(Duration::from_secs(60)).unwrap()
    }

    #[test]
    fn pictures_are_read_and_bad_files_named() {
        let folder = tempfile::tempdir().unwrap();
        let good = folder.path().join("good.png");
        RgbImage::from_pixel(400, 200, image::Rgb([1, 2, 3])).save(&good).unwrap();
        let bad = folder.path().join("bad.png");
        std::fs::write(&bad, b"no picture at all").unwrap();
        let (reporter, reports) = reporter(Arc::new(|| ()));
        let reader = PictureReader::start(reporter).unwrap();
        reader.read(7, good);
        let Report::Read { id, picture, thumbnail } = wait(&reports) else { panic!("not read") };
        assert_eq!((id, picture.dimensions()), (7, (400, 200)));
        assert_eq!(thumbnail.dimensions(), (192, 96));
        reader.read(8, bad);
        let Report::Unreadable { id, message } = wait(&reports) else { panic!("read") };
        assert_eq!(id, 8);
        assert!(message.unwrap().contains("bad.png"));
    }

    #[test]
    fn pictures_of_kinds_that_cannot_be_read_are_named_and_counted() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        RgbImage::new(4, 4).save(at("a.png")).unwrap();
        for name in ["b.jxl", "c.jxl", "d.CR3"] {
            std::fs::write(at(name), b"told by its ending").unwrap();
        }
        let Report::Collected(found, problems) = collect(&[folder.path().to_owned()]) else {
            panic!("not listed")
        };
        assert_eq!(found.len(), 4);
        let expected = "3 of 4 pictures cannot be read: “b.jxl” and 1 more (a JPEG XL picture), “d.CR3” (a raw \
                        photograph); save them as JPEG or PNG.";
        assert_eq!(problems, [expected]);
        assert!(matches!(collect(&[at("a.png")]), Report::Collected(_, problems) if problems.is_empty()));
    }

    #[test]
    fn the_sample_is_there() {
        let Report::Picture { picture, .. } = decode(SAMPLE, SAMPLE_NAME) else { panic!("not read") };
        assert!(picture.width() >= 256 && picture.height() >= 256);
    }

    #[test]
    fn a_clipboard_that_lies_about_its_size_is_refused() {
        let lie = arboard::ImageData { width: 1000, height: 1000, bytes: Cow::Owned(vec![0; 16]) };
        assert!(from_clipboard(&lie).is_err());
        let overflow = arboard::ImageData { width: usize::MAX, height: 2, bytes: Cow::Owned(vec![0; 16]) };
        assert!(from_clipboard(&overflow).is_err());
    }

    #[test]
    fn what_is_transparent_in_the_clipboard_is_white() {
        let bytes = vec![10, 20, 30, 255, 10, 20, 30, 0];
        let picture =
            from_clipboard(&arboard::ImageData { width: 2, height: 1, bytes: Cow::Owned(bytes) }).unwrap();
        assert_eq!(picture.into_raw(), [10, 20, 30, 255, 255, 255]);
    }
}
