//! What the folder of a training run tells: the terms of the loss, from `log.csv`, and the newest sheet of
//! samples.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use image::RgbImage;

use agemirror_lab::training::LOG_FILE;
use agemirror_pictures::{load_picture, looks_like_picture};

/// A longer log is not read.
const LONGEST_LOG: u64 = 64 << 20;
/// A plot needs no more points than this; of more, neighbours are averaged.
const MOST_POINTS: usize = 400;
/// How many folders down sheets may lie: IPCGAN's are in one for each step, PAGAN's in one for each age.
const SHEETS_DOWN: usize = 2;
/// So many entries of a folder are looked at for its newest picture.
const MOST_ENTRIES: usize = 20_000;

/// One column of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// What stands above it.
    pub name: String,
    /// Step and value, rising by step; where the log is long, means of neighbours.
    pub points: Vec<[f64; 2]>,
    /// The last value.
    pub last: f64,
}

/// What `log.csv` tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Log {
    /// The terms that have values, in the order of their columns.
    pub terms: Vec<Term>,
    /// The last step.
    pub step: u64,
}

/// A sheet of samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// Its file's name.
    pub name: String,
    /// The sheet.
    pub picture: Arc<RgbImage>,
}

/// What is known of a training run.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingRun {
    /// Its folder.
    pub folder: PathBuf,
    /// What was logged, or why that cannot be read, in words for the user.
    pub log: Result<Log, String>,
    /// When the log was last written to.
    pub written: Option<Instant>,
    /// The newest sheet.
    pub sheet: Option<Sheet>,
}

/// A run that is looked at again and again; what has not changed is not read again.
pub struct Watched {
    run: TrainingRun,
    /// Length and time of the log at the last look, if there was one of each.
    log: Option<Option<(u64, SystemTime)>>,
    sheet: Option<(PathBuf, SystemTime)>,
}

impl Watched {
    /// The run in `folder`, which was not looked at yet.
    pub fn new(folder: PathBuf) -> Self {
        let run = TrainingRun { folder, log: Ok(Log::default()), written: None, sheet: None };
        Self { run, log: None, sheet: None }
    }

    /// What is known now; `None` where nothing has changed since the last look.
    pub fn look(&mut self) -> Option<TrainingRun> {
        let log = self.look_at_log();
        let sheet = self.look_for_sheet();
        (log || sheet).then(|| self.run.clone())
    }

    fn look_at_log(&mut self) -> bool {
        let path = self.run.folder.join(LOG_FILE);
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
            None => Err(nothing_yet(&self.run.folder)),
        };
        true
    }

    /// A sheet that cannot be read, perhaps because it is being written, is looked at again the next time.
    fn look_for_sheet(&mut self) -> bool {
        let newest = newest_picture(&self.run.folder);
        let Some(newest) = newest.filter(|newest| self.sheet.as_ref() != Some(newest)) else { return false };
        match load_picture(&newest.0) {
            Ok(loaded) => {
                self.run.sheet = Some(Sheet { name: loaded.name, picture: Arc::new(loaded.picture) });
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

fn nothing_yet(path: &Path) -> String {
    let folder = path.display();
    if fs::read_dir(path).is_err() {
        return format!("{folder} cannot be opened; choose the folder of a run.");
    }
    format!(
        "{folder} holds no {LOG_FILE}. A run writes it after its first steps; if this is not the folder of a run, \
         choose another one."
    )
}

fn read(path: &Path, length: u64) -> Result<Log, String> {
    let name = path.display();
    if length > LONGEST_LOG {
        return Err(format!("{name} is longer than any log of a run; choose another folder."));
    }
    let bytes = fs::read(path).map_err(|error| format!("{name} cannot be read: {error}"))?;
    parse(&bytes).map_err(|why| format!("{name} is no log of a run: {why}"))
}

/// Reads a log: lines of a step and a value for each of the terms that the head names. A line that is being
/// written is left out; a run that goes on from an earlier step takes back what came after it; what is no
/// number is a gap.
fn parse(bytes: &[u8]) -> Result<Log, String> {
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&bytes[..whole]);
    let mut log = Log::default();
    // Of each column, the place of its term.
    let mut columns: Option<Vec<usize>> = None;
    for record in reader.byte_records() {
        let record = record.map_err(|error| error.to_string())?;
        let text = |field: &[u8]| String::from_utf8_lossy(field).trim().to_owned();
        let mut fields = record.iter().map(text);
        let first = fields.next().unwrap_or_default();
        if first == "step" {
            columns = Some(fields.map(|name| place_of(&mut log.terms, name)).collect());
            continue;
        }
        let Some(columns) = &columns else {
            return Err("its first line does not begin with “step”".to_owned());
        };
        let Ok(step) = first.parse::<u64>() else { return Err(format!("“{first}” is no step")) };
        if step <= log.step {
            log.terms.iter_mut().for_each(|term| term.points.retain(|[at, _]| *at < step as f64));
        }
        log.step = step;
        for (place, value) in columns.iter().zip(fields) {
            let value = value.parse::<f64>().ok().filter(|value| value.is_finite());
            log.terms[*place].points.extend(value.map(|value| [step as f64, value]));
        }
    }
    log.terms.retain(|term| !term.points.is_empty());
    for term in &mut log.terms {
        term.last = term.points.last().map_or(0.0, |[_, value]| *value);
        term.points = thinned(&term.points);
    }
    Ok(log)
}

/// The place of the term called `name`, which is made where there is none.
fn place_of(terms: &mut Vec<Term>, name: String) -> usize {
    terms.iter().position(|term| term.name == name).unwrap_or_else(|| {
        terms.push(Term { name, points: Vec::new(), last: 0.0 });
        terms.len() - 1
    })
}

/// The points, or means of as many neighbours as it takes.
fn thinned(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let together = points.len().div_ceil(MOST_POINTS).max(1);
    let mean = |some: &[[f64; 2]]| {
        let sum = some.iter().fold([0.0; 2], |sum, point| [sum[0] + point[0], sum[1] + point[1]]);
        sum.map(|sum| sum / some.len() as f64)
    };
    points.chunks(together).map(mean).collect()
}

/// The newest picture in `folder` or so many folders down as trainers put their sheets, and when it was written.
fn newest_picture(folder: &Path) -> Option<(PathBuf, SystemTime)> {
    let entries =
        |folder: &PathBuf| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let (mut all, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    for _ in 0..=SHEETS_DOWN {
        let found: Vec<PathBuf> = folders.iter().flat_map(entries).take(MOST_ENTRIES).collect();
        folders = found.iter().filter(|path| path.is_dir()).cloned().collect();
        all.extend(found);
    }
    let pictures = all.into_iter().filter(|path| looks_like_picture(path));
    let dated = pictures.filter_map(|path| {
        let file = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
        Some((path, file.modified().ok()?))
    });
    // Of two that were written at once, the one whose name comes last.
    dated.max_by(|(one, at), (other, then)| at.cmp(then).then_with(|| one.cmp(other)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn term<'a>(log: &'a Log, name: &str) -> &'a [[f64; 2]] {
        &log.terms.iter().find(|term| term.name == name).unwrap().points
    }

    #[test]
    fn a_log_is_read_without_the_line_that_is_being_written() {
        let log = parse(b"step,loss,validation_error\n50,1.5,\n100,0.75,7.25\n150,0.").unwrap();
        assert_eq!(log.step, 100);
        assert_eq!(term(&log, "loss"), [[50.0, 1.5], [100.0, 0.75]]);
        assert_eq!(term(&log, "validation_error"), [[100.0, 7.25]], "what is empty is a gap");
        assert_eq!(log.terms[0].last, 0.75);
    }

    #[test]
    fn a_run_that_went_on_from_an_earlier_step_takes_back_what_came_after() {
        let log = parse(b"step,loss\n50,3\n100,2\n150,1\n100,2.5\nstep,loss,flow\n150,2.25,9\n").unwrap();
        assert_eq!(term(&log, "loss"), [[50.0, 3.0], [100.0, 2.5], [150.0, 2.25]]);
        assert_eq!(term(&log, "flow"), [[150.0, 9.0]]);
    }

    #[test]
    fn what_is_no_log_says_why() {
        assert!(parse(b"name,age\nada,36\n").unwrap_err().contains("does not begin with"));
        assert!(parse(b"step,loss\nten,36\n").unwrap_err().contains("ten"));
        let log = parse(b"step,loss\n1,NaN\n2,inf\n3\n4,1,2,3\n").unwrap();
        assert_eq!((log.step, term(&log, "loss")), (4, &[[4.0, 1.0]][..]));
        assert!(parse(b"").unwrap().terms.is_empty());
    }

    #[test]
    fn a_long_log_becomes_means_of_neighbours() {
        let lines: String = (1..=1000).map(|step| format!("{step},{}\n", step % 2)).collect();
        let log = parse(format!("step,loss\n{lines}").as_bytes()).unwrap();
        let points = term(&log, "loss");
        assert_eq!(points.len(), 334);
        assert_eq!(points[0], [2.0, 2.0 / 3.0]);
        assert_eq!(log.terms[0].last, 0.0, "the last value is no mean");
    }

    #[test]
    fn only_what_has_changed_is_news() {
        let folder = tempfile::tempdir().unwrap();
        let mut watched = Watched::new(folder.path().to_owned());
        let run = watched.look().unwrap();
        assert!(run.log.unwrap_err().contains("no log.csv"), "the first look is news");
        assert!(watched.look().is_none());
        fs::write(folder.path().join("log.csv"), "step,loss\n50,1\n").unwrap();
        let run = watched.look().unwrap();
        assert_eq!(run.log.unwrap().step, 50);
        assert!(run.written.is_some() && run.sheet.is_none());
        assert!(watched.look().is_none());
        fs::write(folder.path().join("log.csv"), "step,loss\n50,1\n100,2\n").unwrap();
        assert_eq!(watched.look().unwrap().log.unwrap().step, 100);
        let gone = Watched::new(folder.path().join("gone")).look().unwrap();
        assert!(gone.log.unwrap_err().contains("cannot be opened"));
    }

    #[test]
    fn the_newest_sheet_is_shown_once_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let save = |name: &str, grey: u8, seconds: u64| {
            let path = folder.path().join(name);
            RgbImage::from_pixel(4, 4, image::Rgb([grey; 3])).save(&path).unwrap();
            let at = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            fs::File::options().write(true).open(&path).unwrap().set_modified(at).unwrap();
        };
        fs::create_dir(folder.path().join("samples")).unwrap();
        let mut watched = Watched::new(folder.path().to_owned());
        save("sheet-0000200.png", 1, 2000);
        save("sheet-0000100.png", 2, 1000);
        assert_eq!(watched.look().unwrap().sheet.unwrap().name, "sheet-0000200.png");
        save("samples/01.png", 3, 3000);
        let sheet = watched.look().unwrap().sheet.unwrap();
        assert_eq!((sheet.name.as_str(), sheet.picture.get_pixel(0, 0).0), ("01.png", [3; 3]));
        fs::create_dir(folder.path().join("samples/5000")).unwrap();
        save("samples/5000/test_4.png", 5, 3500);
        assert_eq!(watched.look().unwrap().sheet.unwrap().name, "test_4.png");
        fs::write(folder.path().join("sheet-0000300.png"), b"\x89PNG").unwrap();
        assert!(watched.look().is_none(), "half a sheet is no news");
        save("sheet-0000300.png", 4, 4000);
        assert_eq!(watched.look().unwrap().sheet.unwrap().picture.get_pixel(0, 0).0, [4; 3]);
    }
}
