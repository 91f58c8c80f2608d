//! Tables from spreadsheets: separated by commas, semicolons or tabs, in any encoding.

use std::io;
use std::path::Path;

use csv::StringRecord;

use super::text::{decode_text, read_text};

/// Possible delimiters. If the first line fits several, the earlier one applies.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A table whose first line names its columns.
#[derive(Clone, Debug)]
pub struct TextTable {
    text: String,
    delimiter: u8,
    headers: Vec<String>,
}

/// A line below the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    fields: StringRecord,
}

impl TableRow {
    /// Its line number in the file; the header is line 1.
    pub fn line(&self) -> u64 {
        self.fields.position().map_or(0, csv::Position::line)
    }

    /// The trimmed field in the column at `index`; empty if missing.
    pub fn field(&self, index: usize) -> &str {
        self.fields.get(index).unwrap_or_default()
    }

    /// Whether all fields are empty, as in the lines `,,` that spreadsheets write below a table.
    pub fn is_blank(&self) -> bool {
        self.fields.iter().all(str::is_empty)
    }
}

impl TextTable {
    /// Reads the table at `file`. Malformed lines are reported by [`TextTable::rows`].
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(file: &Path) -> io::Result<Self> {
        Ok(Self::from_text(read_text(file)?))
    }

    /// Reads a table from `bytes`.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self::from_text(decode_text(bytes))
    }

    fn from_text(text: String) -> Self {
        // The CSV reader miscounts lines that end with two characters.
        let text = text.replace("\r\n", "\n");
        let columns = |delimiter: &u8| first_record(&text, *delimiter).len();
        // `max_by_key` returns the last maximum, so the order is reversed.
        let delimiter = DELIMITERS.iter().rev().copied().max_by_key(columns).unwrap_or(b',');
        let headers = first_record(&text, delimiter).iter().map(str::to_owned).collect();
        Self { text, delimiter, headers }
    }

    /// The column names as written in the first line.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The index of the column `name`, ignoring case.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.headers.iter().position(|header| header.eq_ignore_ascii_case(name))
    }

    /// The lines below the header; an error describes a malformed line.
    pub fn rows(&self) -> impl Iterator<Item = Result<TableRow, String>> + '_ {
        let records = reader(&self.text, self.delimiter).into_records();
        records.map(|record| record.map(|fields| TableRow { fields }).map_err(|error| description(&error)))
    }

    /// Parses a number, with a decimal comma unless commas separate fields.
    pub fn number(&self, text: &str) -> Option<f32> {
        let number = match self.delimiter {
            b',' => text.parse::<f32>(),
            _ => text.replace(',', ".").parse(),
        };
        number.ok().filter(|number| number.is_finite())
    }
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text.as_bytes())
}

/// The first line; empty if there is none.
fn first_record(text: &str, delimiter: u8) -> StringRecord {
    reader(text, delimiter).headers().cloned().unwrap_or_default()
}

fn description(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            format!("line {line} has {len} fields where the first line has {expected_len}")
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(table: &str) -> Vec<Vec<String>> {
        let table = TextTable::from_bytes(table.as_bytes().to_vec());
        let count = table.headers().len();
        let own = |row: Result<TableRow, String>| {
            let row = row.unwrap();
            (0..count).map(|index| row.field(index).to_owned()).collect()
        };
        table.rows().map(own).collect()
    }

    #[test]
    fn commas_semicolons_and_tabs_separate_the_same_table() {
        for delimiter in [",", ";", "\t", "|"] {
            let text = "File, Age ,gender\na b.jpg,30,male\r\n\"c,d;e.jpg\",,\n".replace(',', delimiter);
            // The quoted name contains the delimiter.
            assert_eq!(fields(&text)[0], ["a b.jpg", "30", "male"]);
            assert_eq!(fields(&text)[1][1..], ["", ""]);
            let table = TextTable::from_bytes(text.into_bytes());
            assert_eq!(
                (table.find("age"), table.find("FILE"), table.find("years")),
                (Some(1), Some(0), None)
            );
        }
    }

    #[test]
    fn decimal_commas_are_read_unless_commas_separate_fields() {
        let number = |table: &str, text| TextTable::from_bytes(table.as_bytes().to_vec()).number(text);
        assert_eq!(number("file;age\n", "30,5"), Some(30.5));
        assert_eq!(number("file,age\n", "30,5"), None);
        assert_eq!([number("file;age\n", "nan"), number("file;age\n", "")], [None, None]);
    }

    #[test]
    fn blank_lines_and_lines_of_other_lengths_are_reported() {
        let table = TextTable::from_bytes(b"a,b\n,\n1,2\n3\n".to_vec());
        let rows: Vec<_> = table.rows().collect();
        assert!(rows[0].as_ref().unwrap().is_blank() && !rows[1].as_ref().unwrap().is_blank());
        assert_eq!(rows[1].as_ref().unwrap().line(), 3);
        assert_eq!(rows[2], Err("line 4 has 1 fields where the first line has 2".to_owned()));
    }

    proptest::proptest! {
        /// For any bytes, the table can be read to its end, and every number in it is finite.
        #[test]
        fn any_bytes_form_a_table(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
            let table = TextTable::from_bytes(bytes);
            for row in table.rows().flatten() {
                for index in 0..table.headers().len() {
                    proptest::prop_assert!(table.number(row.field(index)).is_none_or(f32::is_finite));
                }
            }
        }
    }
}
