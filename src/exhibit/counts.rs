//! Daily counts of an exhibit: visitors, photographs and faults, one line per day, and never a picture.

use std::path::PathBuf;
use std::time::SystemTime;

use agemirror_storage::{SaveError, rfc3339, write_atomically};

const HEAD: &str = "date,visitors,photographs,faults";

/// The counts of one day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Visitors.
    pub visitors: u64,
    /// Photographs.
    pub photographs: u64,
    /// Faults of the camera or the pipeline.
    pub faults: u64,
}

/// The table of an exhibit, and the counts of its current day.
pub struct DailyCounts {
    file: PathBuf,
    date: String,
    counts: Counts,
    /// The counts in the file.
    written: Counts,
}

/// The date of `time` in UTC, such as `2026-11-29`.
fn date_of(time: SystemTime) -> String {
    rfc3339(time).chars().take(10).collect()
}

impl DailyCounts {
    /// Opens the table in `file`, which need not exist, and continues the line of the day of `now`.
    pub fn open(file: PathBuf, now: SystemTime) -> Self {
        let date = date_of(now);
        let lines = std::fs::read_to_string(&file).unwrap_or_default();
        let counts = lines.lines().find_map(|line| parse(line, &date)).unwrap_or_default();
        Self { file, date, written: counts.clone(), counts }
    }

    /// Adds to the counts of the day of `now`.
    ///
    /// # Errors
    /// When the previous day's line cannot be written. The change then counts for that day, so that nothing is lost.
    pub fn add(&mut self, now: SystemTime, change: impl FnOnce(&mut Counts)) -> Result<(), SaveError> {
        let date = date_of(now);
        let is_new = date != self.date;
        let saved = if is_new { self.save() } else { Ok(()) };
        if is_new && saved.is_ok() {
            (self.date, self.counts, self.written) = (date, Counts::default(), Counts::default());
        }
        change(&mut self.counts);
        saved
    }

    /// Writes the line of the current day if its counts have changed.
    ///
    /// # Errors
    /// When the file cannot be written; the counts are kept and the next call tries again.
    pub fn save(&mut self) -> Result<(), SaveError> {
        if self.counts == self.written {
            return Ok(());
        }
        let old = std::fs::read_to_string(&self.file).unwrap_or_default();
        let others =
            old.lines().filter(|line| !line.is_empty() && *line != HEAD && !line.starts_with(&self.date));
        let Counts { visitors, photographs, faults } = self.counts;
        let today = format!("{},{visitors},{photographs},{faults}", self.date);
        let lines: Vec<&str> = [HEAD].into_iter().chain(others).chain([today.as_str()]).collect();
        let text = lines.join("\n") + "\n";
        write_atomically(&self.file, |out| out.write_all(text.as_bytes()))?;
        self.written = self.counts.clone();
        Ok(())
    }
}

/// Parses the counts of `line` if it belongs to `date`.
fn parse(line: &str, date: &str) -> Option<Counts> {
    let mut cells = line.split(',');
    if cells.next()? != date {
        return None;
    }
    let mut number = || cells.next()?.parse().ok();
    Some(Counts { visitors: number()?, photographs: number()?, faults: number()? })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn each_day_has_one_line_and_a_restart_continues_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("exhibit.csv");
        let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(1_796_000_000);
        let mut counts = DailyCounts::open(file.clone(), noon);
        counts.add(noon, |counts| counts.visitors += 2).unwrap();
        counts.save().unwrap();
        let mut counts = DailyCounts::open(file.clone(), noon);
        counts.add(noon, |counts| counts.visitors += 1).unwrap();
        let tomorrow = noon + Duration::from_secs(86_400);
        counts.add(tomorrow, |counts| counts.photographs += 1).unwrap();
        counts.save().unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert!(lines[0] == HEAD && lines[1].ends_with(",3,0,0") && lines[2].ends_with(",0,1,0"), "{text}");
    }

    #[test]
    fn a_folder_that_is_gone_is_named_and_the_counts_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gone/exhibit.csv");
        let mut counts = DailyCounts::open(file.clone(), SystemTime::now());
        counts.add(SystemTime::now(), |counts| counts.visitors += 1).unwrap();
        let error = counts.save().unwrap_err().to_string();
        assert!(error.contains("exhibit.csv"), "{error}");
        std::fs::create_dir(folder.path().join("gone")).unwrap();
        counts.save().unwrap();
        assert!(file.is_file());
    }
}
