//! A table as CSV.

use std::io::{self, Write};

use super::table::Table;

pub(super) fn write(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(&table.head)?;
    for row in &table.rows {
        writer.write_record(row)?;
    }
    writer.flush()
}
