//! CSV tables from the user, with fields looked up by column name.

use std::path::{Path, PathBuf};

use crate::dataset::{TableRow, TextTable};

/// Why a table cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TableError {
    /// The file cannot be opened.
    #[error("{file} cannot be read ({cause}); check that it exists and may be accessed", file = file.display())]
    Io {
        /// The table.
        file: PathBuf,
        /// The system's error.
        cause: std::io::Error,
    },
    /// The file is not well-formed CSV.
    #[error("{file} is not a readable table ({reason}); it must be CSV with a header line", file = file.display())]
    Malformed {
        /// The table.
        file: PathBuf,
        /// What is malformed.
        reason: String,
    },
    /// A required column is missing.
    #[error("{file} has no column {expected}; its columns are {found}", file = file.display())]
    Column {
        /// The table.
        file: PathBuf,
        /// The missing name, or several names of which one suffices.
        expected: String,
        /// The names in the header.
        found: String,
    },
    /// A field has an invalid value.
    #[error("{file}, line {line}, column `{column}`: {value:?} is not {expected}", file = file.display())]
    Field {
        /// The table.
        file: PathBuf,
        /// Line number; the header is line 1.
        line: u64,
        /// The column.
        column: &'static str,
        /// The value found.
        value: String,
        /// What is expected instead.
        expected: &'static str,
    },
    /// The table has a header but no rows.
    #[error("{file} has no row below its header; nothing can be measured", file = file.display())]
    Empty {
        /// The table.
        file: PathBuf,
    },
}

/// A table, read completely.
pub(super) struct CsvTable {
    file: PathBuf,
    table: TextTable,
    rows: Vec<TableRow>,
}

impl CsvTable {
    /// Reads the table at `file`. Ignores spaces around fields, and blank lines.
    ///
    /// # Errors
    /// When the file cannot be read, is not CSV or has no row.
    pub(super) fn read(file: &Path) -> Result<Self, TableError> {
        let table = TextTable::read(file).map_err(|cause| TableError::Io { file: file.to_owned(), cause })?;
        let malformed = |reason| TableError::Malformed { file: file.to_owned(), reason };
        let mut rows = table.rows().collect::<Result<Vec<_>, _>>().map_err(malformed)?;
        let all = rows.len();
        rows.retain(|row| !row.is_blank());
        if rows.len() < all {
            tracing::warn!("{}: ignored {} blank lines", file.display(), all - rows.len());
        }
        if rows.is_empty() {
            return Err(TableError::Empty { file: file.to_owned() });
        }
        Ok(Self { file: file.to_owned(), table, rows })
    }

    /// Requires one of the columns `names`.
    ///
    /// # Errors
    /// When the table has none of them.
    pub(super) fn require(&self, names: &[&'static str]) -> Result<(), TableError> {
        if names.iter().any(|name| self.has(name)) {
            return Ok(());
        }
        let quoted = |names: &mut dyn Iterator<Item = &str>, last: &str| {
            names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(last)
        };
        Err(TableError::Column {
            file: self.file.clone(),
            expected: quoted(&mut names.iter().copied(), " or "),
            found: quoted(&mut self.table.headers().iter().map(String::as_str), ", "),
        })
    }

    /// Whether the table has this column.
    pub(super) fn has(&self, name: &str) -> bool {
        self.table.find(name).is_some()
    }

    /// The rows, in file order.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|record| Row { csv: self, record })
    }
}

/// One row of a table.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    csv: &'a CsvTable,
    record: &'a TableRow,
}

impl<'a> Row<'a> {
    /// The field in `column`; `None` if it is empty or the column does not exist.
    pub(super) fn text(&self, column: &str) -> Option<&'a str> {
        let index = self.csv.table.find(column)?;
        Some(self.record.field(index)).filter(|text| !text.is_empty())
    }

    /// The field as a finite number.
    ///
    /// # Errors
    /// When the field is not a number.
    pub(super) fn number(&self, column: &'static str) -> Result<Option<f32>, TableError> {
        self.parsed(column, "a number", |text| self.csv.table.number(text))
    }

    /// The field, converted by `parse`.
    ///
    /// # Errors
    /// When `parse` returns `None`.
    pub(super) fn parsed<T>(
        &self,
        column: &'static str,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, TableError> {
        let Some(text) = self.text(column) else { return Ok(None) };
        parse(text).map(Some).ok_or_else(|| self.field_error(column, expected))
    }

    /// The path in `column`, relative to the table's folder.
    ///
    /// # Errors
    /// When the field is empty.
    pub(super) fn path(&self, column: &'static str) -> Result<PathBuf, TableError> {
        let name = self.text(column).ok_or_else(|| self.field_error(column, "the name of a picture"))?;
        Ok(self.csv.file.parent().unwrap_or(Path::new("")).join(name))
    }

    /// The error for a field that is not `expected`.
    pub(super) fn field_error(&self, column: &'static str, expected: &'static str) -> TableError {
        TableError::Field {
            file: self.csv.file.clone(),
            line: self.record.line(),
            column,
            value: self.text(column).unwrap_or_default().to_owned(),
            expected,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(text: &str) -> Result<CsvTable, TableError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pairs.csv");
        std::fs::write(&file, text).unwrap();
        CsvTable::read(&file)
    }

    #[test]
    fn fields_are_found_by_name_and_errors_name_the_line() {
        let read = csv("input, age ,note\na.png, 30,\nb.png,old,x\n").unwrap();
        let rows: Vec<Row> = read.rows().collect();
        assert_eq!((rows[0].number("age").unwrap(), rows[0].text("note")), (Some(30.0), None));
        assert!(rows[0].path("input").unwrap().ends_with("a.png"));
        let error = rows[1].number("age").unwrap_err().to_string();
        assert!(error.contains("pairs.csv, line 3, column `age`: \"old\" is not a number"), "{error}");
        assert!(rows[0].path("output").is_err());
    }

    #[test]
    fn missing_columns_and_empty_tables_are_named() {
        let read = csv("input,outptu\na,b\n").unwrap();
        let error = read.require(&["output"]).unwrap_err().to_string();
        assert!(
            error.ends_with("pairs.csv has no column `output`; its columns are `input`, `outptu`"),
            "{error}"
        );
        assert!(read.require(&["age", "group"]).unwrap_err().to_string().contains("`age` or `group`"));
        assert!(read.require(&["age", "input"]).is_ok());
        assert!(matches!(csv("input,output\n"), Err(TableError::Empty { .. })));
        assert!(matches!(csv("a,b\n1\n"), Err(TableError::Malformed { .. })));
        assert!(matches!(CsvTable::read(Path::new("no/such.csv")), Err(TableError::Io { .. })));
    }
}
