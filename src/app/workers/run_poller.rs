//! Reads the folder of a training run, again and again; files that have not changed are not read again.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use crate::app::state::training_run::{Log, SampleSheet, Term, TrainingRun};
use crate::text::{Message, message};
use agemirror_pictures::{load_picture, looks_like_picture};
use agemirror_storage::TRAINING_LOG;

/// Longest log that is read, in bytes.
const MAX_LOG_BYTES: u64 = 64 << 20;
/// Maximum number of points in a plot; neighbours are averaged to stay below.
const MAX_POINTS: usize = 400;
/// How many folders deep sheets may be: IPCGAN has a folder for each step, PAGAN one for each age.
const SAMPLE_DEPTH: usize = 2;
/// Maximum number of entries of a folder that are searched for its newest picture.
const MAX_ENTRIES: usize = 20_000;

/// Polls a training run.
pub(super) struct RunPoller {
    run: TrainingRun,
    /// Length in bytes and time of the log at the last poll; the inner `None` means there was no log.
    log: Option<Option<(u64, SystemTime)>>,
    sheet: Option<(PathBuf, SystemTime)>,
}

impl RunPoller {
    /// A poller for the run in `folder`, before its first poll.
    pub(super) fn new(folder: PathBuf) -> Self {
        let run = TrainingRun { folder, log: Ok(Log::default()), written: None, sheet: None };
        Self { run, log: None, sheet: None }
    }

    /// The current state of the run; `None` if nothing has changed since the last poll.
    pub(super) fn poll(&mut self) -> Option<TrainingRun> {
        let log_changed = self.poll_log();
        let sheet_changed = self.poll_sheet();
        (log_changed || sheet_changed).then(|| self.run.clone())
    }

    fn poll_log(&mut self) -> bool {
        let path = self.run.folder.join(TRAINING_LOG);
        let file = fs::metadata(&path).ok().filter(fs::Metadata::is_file);
        let now = file.and_then(|file| Some((file.len(), file.modified().ok()?)));
        if self.log == Some(now) {
            return false;
        }
        self.log = Some(now);
        self.run.written =
            now.and_then(|(_, at)| Instant::now().checked_sub(at.elapsed().unwrap_or_default()));
        self.run.log = match now {
            Some((length, _)) => read(&path, length),
            None => Err(no_log(&self.run.folder)),
        };
        true
    }

    /// A sheet that cannot be read may still be being written; the next poll tries again.
    fn poll_sheet(&mut self) -> bool {
        let newest = newest_picture(&self.run.folder);
        let Some(newest) = newest.filter(|newest| self.sheet.as_ref() != Some(newest)) else { return false };
        match load_picture(&newest.0) {
            Ok(loaded) => {
                self.run.sheet = Some(SampleSheet { name: loaded.name, picture: Arc::new(loaded.picture) });
                self.sheet = Some(newest);
                true
            }
            Err(error) => {
                tracing::debug!("{error}");
                false
            }
        }
    }
}

fn no_log(path: &Path) -> Message {
    let folder = path.display();
    if fs::read_dir(path).is_err() {
        return message!("run-not-opened", folder = folder);
    }
    message!("run-no-log", folder = folder, log = TRAINING_LOG)
}

fn read(path: &Path, length: u64) -> Result<Log, Message> {
    let name = path.display();
    if length > MAX_LOG_BYTES {
        return Err(message!("log-too-long", file = name));
    }
    let bytes = fs::read(path)
        .map_err(|error| message!("log-unreadable", file = path.display(), cause = error.to_string()))?;
    parse(&bytes).map_err(|cause| message!("log-invalid", file = path.display(), cause = cause))
}

/// Parses a log. The header names the terms; each line has a step and a value per term. An unfinished last
/// line is ignored. A run that resumes at an earlier step replaces what it logged after it. A value that is
/// not a number is a gap.
fn parse(bytes: &[u8]) -> Result<Log, Message> {
    let complete = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&bytes[..complete]);
    let mut log = Log::default();
    // For each column, the index of its term.
    let mut columns: Option<Vec<usize>> = None;
    for record in reader.byte_records() {
        let record = record.map_err(|error| Message::from(error.to_string()))?;
        let text = |field: &[u8]| String::from_utf8_lossy(field).trim().to_owned();
        let mut fields = record.iter().map(text);
        let first = fields.next().unwrap_or_default();
        if first == "step" {
            columns = Some(fields.map(|name| term_index(&mut log.terms, name)).collect());
            continue;
        }
        let Some(columns) = &columns else {
            return Err(message!("log-no-header"));
        };
        let Ok(step) = first.parse::<u64>() else { return Err(message!("log-no-step", text = first)) };
        if step <= log.step {
            log.terms.iter_mut().for_each(|term| term.points.retain(|[at, _]| *at < step as f64));
        }
        log.step = step;
        for (index, value) in columns.iter().zip(fields) {
            let value = value.parse::<f64>().ok().filter(|value| value.is_finite());
            log.terms[*index].points.extend(value.map(|value| [step as f64, value]));
        }
    }
    log.terms.retain(|term| !term.points.is_empty());
    for term in &mut log.terms {
        term.last = term.points.last().map_or(0.0, |[_, value]| *value);
        term.points = thinned(&term.points);
    }
    Ok(log)
}

/// The index of the term called `name`; a missing term is added.
fn term_index(terms: &mut Vec<Term>, name: String) -> usize {
    terms.iter().position(|term| term.name == name).unwrap_or_else(|| {
        terms.push(Term { name, points: Vec::new(), last: 0.0 });
        terms.len() - 1
    })
}

/// The points, averaged in groups of neighbours so that at most [`MAX_POINTS`] remain.
fn thinned(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let group = points.len().div_ceil(MAX_POINTS).max(1);
    let mean = |some: &[[f64; 2]]| {
        let sum = some.iter().fold([0.0; 2], |sum, point| [sum[0] + point[0], sum[1] + point[1]]);
        sum.map(|sum| sum / some.len() as f64)
    };
    points.chunks(group).map(mean).collect()
}

/// The newest picture in `folder` or up to [`SAMPLE_DEPTH`] folders below it, and when it was written.
fn newest_picture(folder: &Path) -> Option<(PathBuf, SystemTime)> {
    let entries =
        |folder: &PathBuf| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let (mut all, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    for _ in 0..=SAMPLE_DEPTH {
        let found: Vec<PathBuf> = folders.iter().flat_map(entries).take(MAX_ENTRIES).collect();
        folders = found.iter().filter(|path| path.is_dir()).cloned().collect();
        all.extend(found);
    }
    let pictures = all.into_iter().filter(|path| looks_like_picture(path));
    let dated = pictures.filter_map(|path| {
        let file = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
        Some((path, file.modified().ok()?))
    });
    // Of two with the same time, take the one whose name sorts last.
    dated.max_by(|(one, at), (other, then)| at.cmp(then).then_with(|| one.cmp(other)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::RgbImage;
    use std::time::Duration;

    fn term<'a>(log: &'a Log, name: &str) -> &'a [[f64; 2]] {
        &log.terms.iter().find(|term| term.name == name).unwrap().points
    }

    #[test]
    fn an_unfinished_last_line_is_ignored() {
        let log = parse(b"step,loss,validation_error\n50,1.5,\n100,0.75,7.25\n150,0.").unwrap();
        assert_eq!(log.step, 100);
        assert_eq!(term(&log, "loss"), [[50.0, 1.5], [100.0, 0.75]]);
        assert_eq!(term(&log, "validation_error"), [[100.0, 7.25]], "an empty value is a gap");
        assert_eq!(log.terms[0].last, 0.75);
    }

    #[test]
    fn a_resumed_run_replaces_what_it_logged_after_its_step() {
        let log = parse(b"step,loss\n50,3\n100,2\n150,1\n100,2.5\nstep,loss,flow\n150,2.25,9\n").unwrap();
        assert_eq!(term(&log, "loss"), [[50.0, 3.0], [100.0, 2.5], [150.0, 2.25]]);
        assert_eq!(term(&log, "flow"), [[150.0, 9.0]]);
    }

    #[test]
    fn other_files_are_refused_with_a_reason() {
        assert!(parse(b"name,age\nada,36\n").unwrap_err().to_string().contains("does not begin with"));
        assert!(parse(b"step,loss\nten,36\n").unwrap_err().to_string().contains("ten"));
        let log = parse(b"step,loss\n1,NaN\n2,inf\n3\n4,1,2,3\n").unwrap();
        assert_eq!((log.step, term(&log, "loss")), (4, &[[4.0, 1.0]][..]));
        assert!(parse(b"").unwrap().terms.is_empty());
    }

    #[test]
    fn a_long_log_is_averaged() {
        let lines: String = (1..=1000).map(|step| format!("{step},{}\n", step % 2)).collect();
        let log = parse(format!("step,loss\n{lines}").as_bytes()).unwrap();
        let points = term(&log, "loss");
        assert_eq!(points.len(), 334);
        assert_eq!(points[0], [2.0, 2.0 / 3.0]);
        assert_eq!(log.terms[0].last, 0.0, "the last value is not averaged");
    }

    #[test]
    fn an_unchanged_run_is_not_reported_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut poller = RunPoller::new(folder.path().to_owned());
        let run = poller.poll().unwrap();
        assert!(run.log.unwrap_err().to_string().contains("no log.csv"), "the first poll always reports");
        assert!(poller.poll().is_none());
        fs::write(folder.path().join("log.csv"), "step,loss\n50,1\n").unwrap();
        let run = poller.poll().unwrap();
        assert_eq!(run.log.unwrap().step, 50);
        assert!(run.written.is_some() && run.sheet.is_none());
        assert!(poller.poll().is_none());
        fs::write(folder.path().join("log.csv"), "step,loss\n50,1\n100,2\n").unwrap();
        assert_eq!(poller.poll().unwrap().log.unwrap().step, 100);
        let gone = RunPoller::new(folder.path().join("gone")).poll().unwrap();
        assert!(gone.log.unwrap_err().to_string().contains("cannot be opened"));
    }

    #[test]
    fn the_newest_sheet_is_shown_once_it_is_complete() {
        let folder = tempfile::tempdir().unwrap();
        let save = |name: &str, grey: u8, seconds: u64| {
            let path = folder.path().join(name);
            RgbImage::from_pixel(4, 4, image::Rgb([grey; 3])).save(&path).unwrap();
            let at = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            fs::File::options().write(true).open(&path).unwrap().set_modified(at).unwrap();
        };
        fs::create_dir(folder.path().join("samples")).unwrap();
        let mut poller = RunPoller::new(folder.path().to_owned());
        save("sheet-0000200.png", 1, 2000);
        save("sheet-0000100.png", 2, 1000);
        assert_eq!(poller.poll().unwrap().sheet.unwrap().name, "sheet-0000200.png");
        save("samples/01.png", 3, 3000);
        let sheet = poller.poll().unwrap().sheet.unwrap();
        assert_eq!((sheet.name.as_str(), sheet.picture.get_pixel(0, 0).0), ("01.png", [3; 3]));
        fs::create_dir(folder.path().join("samples/5000")).unwrap();
        save("samples/5000/test_4.png", 5, 3500);
        assert_eq!(poller.poll().unwrap().sheet.unwrap().name, "test_4.png");
        fs::write(folder.path().join("sheet-0000300.png"), b"\x89PNG").unwrap();
        assert!(poller.poll().is_none(), "half a sheet is not reported");
        save("sheet-0000300.png", 4, 4000);
        assert_eq!(poller.poll().unwrap().sheet.unwrap().picture.get_pixel(0, 0).0, [4; 3]);
    }
}
