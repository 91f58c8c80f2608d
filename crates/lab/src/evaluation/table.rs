//! Tables of the user's, read by the names of their columns.

use std::path::{Path, PathBuf};

use crate::dataset::{TableRow, TextTable};

/// Why a table cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// It cannot be opened.
    #[error("{file} cannot be read ({cause}); check that it exists and may be accessed", file = file.display())]
    Io {
        /// The table.
        file: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// It is no well-formed CSV.
    #[error("{file} is not a readable table ({reason}); it must be CSV with a head line", file = file.display())]
    Malformed {
        /// The table.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A column is missing.
    #[error("{file} has no column {wanted}; its columns are {found}", file = file.display())]
    Column {
        /// The table.
        file: PathBuf,
        /// The name, or the names of which one is wanted.
        wanted: String,
        /// The names in its first line.
        found: String,
    },
    /// A field makes no sense.
    #[error("{file}, line {line}, column `{column}`: {value:?} is not {wanted}", file = file.display())]
    Field {
        /// The table.
        file: PathBuf,
        /// The line, the head being line 1.
        line: u64,
        /// The column.
        column: &'static str,
        /// What stands there.
        value: String,
        /// What should stand there.
        wanted: &'static str,
    },
    /// There is no line but the head.
    #[error("{file} has no line below its head; nothing can be measured", file = file.display())]
    Empty {
        /// The table.
        file: PathBuf,
    },
}

/// A table that was read whole.
pub(super) struct Sheet {
    file: PathBuf,
    table: TextTable,
    rows: Vec<TableRow>,
}

impl Sheet {
    /// Reads the table at `file`; spaces around fields do not count, nor do lines with nothing in them.
    ///
    /// # Errors
    /// When it cannot be read, is no CSV or has no line.
    pub(super) fn read(file: &Path) -> Result<Self, TableError> {
        let table = TextTable::read(file).map_err(|cause| TableError::Io { file: file.to_owned(), cause })?;
        let malformed = |reason| TableError::Malformed { file: file.to_owned(), reason };
        let mut rows = table.rows().collect::<Result<Vec<_>, _>>().map_err(malformed)?;
        let all = rows.len();
        rows.retain(|row| !row.is_blank());
        if rows.len() < all {
            tracing::warn!("{}: {} lines have nothing in them", file.display(), all - rows.len());
        }
        if rows.is_empty() {
            return Err(TableError::Empty { file: file.to_owned() });
        }
        Ok(Self { file: file.to_owned(), table, rows })
    }

    /// # Errors
    /// When none of its columns is called by one of `names`.
    pub(super) fn need(&self, names: &[&'static str]) -> Result<(), TableError> {
        if names.iter().any(|name| self.has(name)) {
            return Ok(());
        }
        let quoted = |names: &mut dyn Iterator<Item = &str>, last: &str| {
            names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(last)
        };
        Err(TableError::Column {
            file: self.file.clone(),
            wanted: quoted(&mut names.iter().copied(), " or "),
            found: quoted(&mut self.table.headers().iter().map(String::as_str), ", "),
        })
    }

    /// Whether a column has this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.table.find(name).is_some()
    }

    /// The lines in their order.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|record| Row { sheet: self, record })
    }
}

/// One line of a table.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    sheet: &'a Sheet,
    record: &'a TableRow,
}

impl<'a> Row<'a> {
    /// What stands in the column; none where it is empty or there is no such column.
    pub(super) fn text(&self, column: &str) -> Option<&'a str> {
        let index = self.sheet.table.find(column)?;
        Some(self.record.field(index)).filter(|text| !text.is_empty())
    }

    /// The same as a finite number.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn number(&self, column: &'static str) -> Result<Option<f32>, TableError> {
        self.parsed(column, "a number", |text| self.sheet.table.number(text))
    }

    /// The same as `parse` understands it.
    ///
    /// # Errors
    /// When `parse` does not.
    pub(super) fn parsed<T>(
        &self,
        column: &'static str,
        wanted: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, TableError> {
        let Some(text) = self.text(column) else { return Ok(None) };
        parse(text).map(Some).ok_or_else(|| self.wrong(column, wanted))
    }

    /// A file named in the column, seen from the table's folder.
    ///
    /// # Errors
    /// When nothing stands there.
    pub(super) fn path(&self, column: &'static str) -> Result<PathBuf, TableError> {
        let name = self.text(column).ok_or_else(|| self.wrong(column, "the name of a picture"))?;
        Ok(self.sheet.file.parent().unwrap_or(Path::new("")).join(name))
    }

    /// The field in the column is not what is wanted.
    pub(super) fn wrong(&self, column: &'static str, wanted: &'static str) -> TableError {
        TableError::Field {
            file: self.sheet.file.clone(),
            line: self.record.line(),
            column,
            value: self.text(column).unwrap_or_default().to_owned(),
            wanted,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn sheet(text: &str) -> Result<Sheet, TableError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pairs.csv");
        std::fs::write(&file, text).unwrap();
        Sheet::read(&file)
    }

    #[test]
    fn fields_are_found_by_name_and_what_is_wrong_is_told() {
        let read = sheet("input, age ,note\na.png, 30,\nb.png,old,x\n").unwrap();
        let rows: Vec<Row> = read.rows().collect();
        assert_eq!((rows[0].number("age").unwrap(), rows[0].text("note")), (Some(30.0), None));
        assert!(rows[0].path("input").unwrap().ends_with("a.png"));
        let error = rows[1].number("age").unwrap_err().to_string();
        assert!(error.contains("pairs.csv, line 3, column `age`: \"old\" is not a number"), "{error}");
        assert!(rows[0].path("output").is_err());
    }

    #[test]
    fn missing_columns_and_empty_tables_are_named() {
        let read = sheet("input,outptu\na,b\n").unwrap();
        let error = read.need(&["output"]).unwrap_err().to_string();
        assert!(
            error.ends_with("pairs.csv has no column `output`; its columns are `input`, `outptu`"),
            "{error}"
        );
        assert!(read.need(&["age", "group"]).unwrap_err().to_string().contains("`age` or `group`"));
        assert!(read.need(&["age", "input"]).is_ok());
        assert!(matches!(sheet("input,output\n"), Err(TableError::Empty { .. })));
        assert!(matches!(sheet("a,b\n1\n"), Err(TableError::Malformed { .. })));
        assert!(matches!(Sheet::read(Path::new("no/such.csv")), Err(TableError::Io { .. })));
    }
}
