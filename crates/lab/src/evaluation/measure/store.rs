//! Folder of a run: its settings, one line of results per face, and a strip of pictures per input.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::EvaluationError;
use super::record::FaceRecord;
use super::shard::Shard;
use agemirror_storage::write_atomically;

/// What a run measures. Results of runs with different settings are never mixed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RunSettings {
    /// Name of the model, or of the table of pairs.
    pub model: String,
    /// SHA-256 of the weights, or of the table.
    pub weights: String,
    /// Whether the run measures pictures made by other programs.
    pub pairs: bool,
    /// Target ages: label and years.
    pub ages: Vec<(String, f32)>,
    /// Inclusive age range of the inputs, in years.
    pub inputs: (f32, f32),
    /// Maximum number of inputs.
    pub limit: Option<usize>,
    /// SHA-256 of the table of labels.
    pub labels: String,
    /// Age judges, the main judge first: name and description.
    pub age_judges: Vec<(String, String)>,
    /// Identity judges: name, description and published threshold.
    pub identity_judges: Vec<(String, String, Option<f32>)>,
    /// Names of the age judges that a model of this program is trained against.
    #[serde(default)]
    pub trained_judges: Vec<String>,
    /// Feature judges, the main judge first: name and description.
    #[serde(default)]
    pub feature_judges: Vec<(String, String)>,
    /// Number of faces of the whole run.
    pub faces: usize,
    /// Part of the run in this folder.
    pub shard: Shard,
}

impl RunSettings {
    /// Whether both describe the same run. Descriptions of judges are prose, which may change between versions.
    fn is_same_run(&self, other: &Self) -> bool {
        self.without_descriptions() == other.without_descriptions()
    }

    fn without_descriptions(&self) -> Self {
        let mut settings = self.clone();
        let judges = settings.age_judges.iter_mut().chain(&mut settings.feature_judges);
        judges.for_each(|(_, description)| description.clear());
        settings.identity_judges.iter_mut().for_each(|(_, description, _)| description.clear());
        settings
    }
}

/// An open results folder.
pub(crate) struct Store {
    folder: PathBuf,
    settings: RunSettings,
    records: BTreeMap<usize, FaceRecord>,
    file: File,
}

const SETTINGS: &str = "settings.json";
const RECORDS: &str = "faces.jsonl";
const STRIPS: &str = "strips";

impl Store {
    /// Opens `folder` for a run with `settings` and loads its existing results.
    ///
    /// # Errors
    /// When the folder holds another run, is damaged or cannot be written.
    pub(crate) fn open(folder: &Path, settings: RunSettings) -> Result<Self, EvaluationError> {
        let strips = folder.join(STRIPS);
        std::fs::create_dir_all(&strips).map_err(EvaluationError::io(&strips, "made"))?;
        if folder.join(SETTINGS).exists() {
            let there = read_settings(folder)?;
            if !there.is_same_run(&settings) {
                let difference = difference(&there, &settings);
                return Err(EvaluationError::OtherRun { folder: folder.to_owned(), difference });
            }
        } else {
            write_settings(folder, &settings)?;
        }
        let path = folder.join(RECORDS);
        let records = drop_unfinished_line(&path).and_then(|()| read_records(&path))?;
        let file = OpenOptions::new().create(true).append(true).open(&path);
        let file = file.map_err(EvaluationError::io(&path, "opened"))?;
        Ok(Self { folder: folder.to_owned(), settings, records, file })
    }

    /// Opens an existing `folder` for a report.
    ///
    /// # Errors
    /// When the folder holds no run or is damaged.
    pub(crate) fn existing(folder: &Path) -> Result<Self, EvaluationError> {
        Self::open(folder, read_settings(folder)?)
    }

    /// Settings of the run.
    pub(crate) fn settings(&self) -> &RunSettings {
        &self.settings
    }

    /// The stored results, in the order of the faces.
    pub(crate) fn records(&self) -> impl Iterator<Item = &FaceRecord> {
        self.records.values()
    }

    /// Whether the face at `index` has a result.
    pub(crate) fn holds(&self, index: usize) -> bool {
        self.records.contains_key(&index)
    }

    /// Appends a result.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn add(&mut self, record: FaceRecord) -> Result<(), EvaluationError> {
        let path = self.folder.join(RECORDS);
        let mut line = serde_json::to_vec(&record)
            .map_err(|error| EvaluationError::io(&path, "written")(error.into()))?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(EvaluationError::io(&path, "written"))?;
        self.records.insert(record.index, record);
        Ok(())
    }

    /// Path of the strip of the input at `index`.
    pub(crate) fn strip(&self, index: usize) -> PathBuf {
        strip(&self.folder, index)
    }
}

fn strip(folder: &Path, index: usize) -> PathBuf {
    folder.join(STRIPS).join(format!("{index:06}.jpg"))
}

fn read_settings(folder: &Path) -> Result<RunSettings, EvaluationError> {
    let path = folder.join(SETTINGS);
    let text = std::fs::read_to_string(&path).map_err(EvaluationError::io(&path, "read"))?;
    serde_json::from_str(&text).map_err(|error| EvaluationError::Damaged {
        file: path,
        line: error.line(),
        reason: error.to_string(),
    })
}

fn write_settings(folder: &Path, settings: &RunSettings) -> Result<(), EvaluationError> {
    let path = folder.join(SETTINGS);
    let text = serde_json::to_vec_pretty(settings)
        .map_err(|error| EvaluationError::io(&path, "written")(error.into()))?;
    Ok(write_atomically(&path, |out| out.write_all(&text))?)
}

/// The difference between two runs, in a few words.
fn difference(there: &RunSettings, here: &RunSettings) -> String {
    let both = |what: &str, there: &dyn std::fmt::Debug, here: &dyn std::fmt::Debug| {
        format!("{what}: {there:?} there, {here:?} here")
    };
    if there.model != here.model || there.weights != here.weights {
        return both("model", &(&there.model, &there.weights), &(&here.model, &here.weights));
    }
    if there.labels != here.labels {
        return "other labels".to_owned();
    }
    if there.shard != here.shard {
        return both("part", &there.shard, &here.shard);
    }
    if (there.inputs, there.limit) != (here.inputs, here.limit) {
        return both("inputs", &(there.inputs, there.limit), &(here.inputs, here.limit));
    }
    "other ages or judges".to_owned()
}

/// Cuts off an incomplete last line, as a stopped run may leave it. Its face is measured again.
fn drop_unfinished_line(path: &Path) -> Result<(), EvaluationError> {
    let Ok(bytes) = std::fs::read(path) else { return Ok(()) };
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |index| index + 1);
    if whole < bytes.len() {
        let file = OpenOptions::new().write(true).open(path).map_err(EvaluationError::io(path, "opened"))?;
        file.set_len(whole as u64).map_err(EvaluationError::io(path, "written"))?;
    }
    Ok(())
}

fn read_records(path: &Path) -> Result<BTreeMap<usize, FaceRecord>, EvaluationError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(EvaluationError::io(path, "read")(error)),
    };
    let record = |(number, line): (usize, &str)| match serde_json::from_str::<FaceRecord>(line) {
        Ok(record) => Ok((record.index, record)),
        Err(error) => Err(EvaluationError::Damaged {
            file: path.to_owned(),
            line: number + 1,
            reason: error.to_string(),
        }),
    };
    text.lines().enumerate().map(record).collect()
}

/// Merges the finished parts of a run in the folders `parts` into `out`.
///
/// # Errors
/// When they are not parts of the same run, one is missing or unfinished, or `out` cannot be written.
pub(crate) fn merge(parts: &[PathBuf], out: &Path) -> Result<Store, EvaluationError> {
    let mut stores = parts.iter().map(|part| Store::existing(part)).collect::<Result<Vec<_>, _>>()?;
    stores.sort_by_key(|store| store.settings.shard.part);
    let Some(first) = stores.first() else {
        return Err(EvaluationError::Parts("no part was given; name the folders of the parts".to_owned()));
    };
    let whole = RunSettings { shard: Shard::WHOLE, ..first.settings.clone() };
    check_parts(&stores, &whole)?;
    let mut joined = Store::open(out, whole)?;
    let mut all: BTreeMap<usize, (PathBuf, FaceRecord)> = BTreeMap::new();
    for store in stores {
        let folder = store.folder;
        all.extend(store.records.into_iter().map(|(index, record)| (index, (strip(&folder, index), record))));
    }
    for (index, (picture, record)) in all {
        if !joined.holds(index) {
            if picture.exists() {
                let copy = joined.strip(index);
                std::fs::copy(&picture, &copy).map_err(EvaluationError::io(&copy, "written"))?;
            }
            joined.add(record)?;
        }
    }
    Ok(joined)
}

fn check_parts(stores: &[Store], whole: &RunSettings) -> Result<(), EvaluationError> {
    for (index, store) in stores.iter().enumerate() {
        let settings = RunSettings { shard: Shard::WHOLE, ..store.settings.clone() };
        if !settings.is_same_run(whole) {
            let difference = difference(whole, &settings);
            return Err(EvaluationError::OtherRun { folder: store.folder.clone(), difference });
        }
        let Shard { part, parts } = store.settings.shard;
        if part != index + 1 || parts != stores.len() {
            let given = stores.len();
            return Err(EvaluationError::Parts(format!(
                "part {} of {parts} is missing or given twice; {given} were given",
                index + 1
            )));
        }
        let wanted = (0..whole.faces).filter(|index| store.settings.shard.holds(*index)).count();
        if store.records.len() != wanted {
            return Err(EvaluationError::Parts(format!(
                "{} is not finished: {} of {wanted} faces are measured; run it again to go on",
                store.folder.display(),
                store.records.len()
            )));
        }
    }
    Ok(())
}
