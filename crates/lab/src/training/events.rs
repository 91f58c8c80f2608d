//! Event files for TensorBoard: a sequence of scalars, each framed with its length and checksums.
//!
//! The framing is TensorFlow's TFRecord: length (u64), masked CRC-32C of the length, data, masked CRC-32C of
//! the data, all little-endian. The data are protocol buffers: `Event { 1: wall_time f64, 2: step i64, 3:
//! file_version string, 5: Summary { 1: Value { 1: tag string, 2: simple_value f32, 5: HistogramProto } } }`,
//! where a histogram is `{ 1: min, 2: max, 3: num, 4: sum, 5: sum_squares, 6: bucket_limit (packed), 7:
//! bucket (packed) }`, all f64.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crc32c::crc32c;

use super::TrainingError;
use agemirror_storage::SaveError;

/// Version string in the first event of a file.
const VERSION: &str = "brain.Event:2";

/// An event file that a run appends to.
pub(super) struct EventFile {
    path: PathBuf,
    file: File,
}

impl EventFile {
    /// Creates a file in `folder`; a resumed run adds another file, which TensorBoard merges with the earlier
    /// ones.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn create(folder: &Path) -> Result<Self, TrainingError> {
        let now = unix_time_s();
        let path = folder.join(format!("events.out.tfevents.{}.agemirror", now as u64));
        let failed = |source| SaveError::at(&path, source);
        let mut file = OpenOptions::new().create(true).append(true).open(&path).map_err(failed)?;
        file.write_all(&framed(&event(now, 0, &text(3, VERSION)))).map_err(failed)?;
        Ok(Self { path, file })
    }

    /// Appends the scalars of one step.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn write_scalars<'a>(
        &mut self,
        step: u64,
        scalars: impl IntoIterator<Item = (&'a str, f32)>,
    ) -> Result<(), TrainingError> {
        let mut values = Vec::new();
        for (tag, value) in scalars {
            let mut inner = text(1, tag);
            inner.push(2 << 3 | FIXED32);
            inner.extend(value.to_le_bytes());
            values.extend(bytes(1, &inner));
        }
        let record = framed(&event(unix_time_s(), step, &bytes(5, &values)));
        self.file.write_all(&record).map_err(|source| SaveError::at(&self.path, source))?;
        Ok(())
    }

    /// Appends the histograms of one step. Values that are not finite are ignored.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn write_histograms<'a>(
        &mut self,
        step: u64,
        histograms: impl IntoIterator<Item = (&'a str, &'a [f32])>,
    ) -> Result<(), TrainingError> {
        let mut values = Vec::new();
        for (tag, values_of_tag) in histograms {
            let mut inner = text(1, tag);
            inner.extend(bytes(5, &histogram(values_of_tag)));
            values.extend(bytes(1, &inner));
        }
        let record = framed(&event(unix_time_s(), step, &bytes(5, &values)));
        self.file.write_all(&record).map_err(|source| SaveError::at(&self.path, source))?;
        Ok(())
    }
}

fn unix_time_s() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

/// Wire types of protocol buffers.
const VARINT: u8 = 0;
const FIXED64: u8 = 1;
const LENGTH: u8 = 2;
const FIXED32: u8 = 5;

fn event(time: f64, step: u64, payload: &[u8]) -> Vec<u8> {
    let mut event = vec![1 << 3 | FIXED64];
    event.extend(time.to_le_bytes());
    event.push(2 << 3 | VARINT);
    varint(step, &mut event);
    event.extend(payload);
    event
}

fn varint(mut value: u64, to: &mut Vec<u8>) {
    while value >= 0x80 {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

fn bytes(field: u8, data: &[u8]) -> Vec<u8> {
    let mut out = vec![field << 3 | LENGTH];
    varint(data.len() as u64, &mut out);
    out.extend(data);
    out
}

fn text(field: u8, data: &str) -> Vec<u8> {
    bytes(field, data.as_bytes())
}

fn double(field: u8, value: f64) -> Vec<u8> {
    let mut out = vec![field << 3 | FIXED64];
    out.extend(value.to_le_bytes());
    out
}

/// Upper bounds of TensorFlow's histogram buckets: each is a tenth larger than the one before it, symmetric
/// about zero.
fn bucket_limits() -> Vec<f64> {
    let positive: Vec<f64> = std::iter::successors(Some(1e-12), |limit| Some(limit * 1.1))
        .take_while(|limit| *limit < 1e20)
        .collect();
    let negative = positive.iter().rev().map(|limit| -limit);
    negative.chain([0.0]).chain(positive.iter().copied()).chain([f64::MAX]).collect()
}

fn histogram(values: &[f32]) -> Vec<u8> {
    let values: Vec<f64> = values.iter().filter(|v| v.is_finite()).map(|v| f64::from(*v)).collect();
    let limits = bucket_limits();
    let mut counts = vec![0.0; limits.len()];
    for value in &values {
        // A bucket excludes its upper bound.
        counts[limits.partition_point(|limit| limit <= value).min(limits.len() - 1)] += 1.0;
    }
    let used = |count: &f64| *count > 0.0;
    let first = counts.iter().position(used).unwrap_or(0).saturating_sub(1);
    let last = counts.iter().rposition(used).unwrap_or(0);
    let packed = |field, of: &[f64]| {
        bytes(field, &of.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<_>>())
    };
    let extreme = |pick: fn(f64, f64) -> f64| values.iter().copied().reduce(pick).unwrap_or(0.0);
    [
        double(1, extreme(f64::min)),
        double(2, extreme(f64::max)),
        double(3, values.len() as f64),
        double(4, values.iter().sum()),
        double(5, values.iter().map(|v| v * v).sum()),
        packed(6, &limits[first..=last]),
        packed(7, &counts[first..=last]),
    ]
    .concat()
}

fn framed(data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u64).to_le_bytes();
    let mut out = length.to_vec();
    out.extend(masked(crc32c(&length)).to_le_bytes());
    out.extend(data);
    out.extend(masked(crc32c(data)).to_le_bytes());
    out
}

/// TensorFlow masks checksums, because the CRC of data that contains its own CRC is a weak check.
fn masked(crc: u32) -> u32 {
    crc.rotate_right(15).wrapping_add(0xa282_ead8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check value of the catalogue of parametrised CRC algorithms, and the masked checksum of the length
    /// 24, which starts every event file.
    #[test]
    fn checksums_match_known_values() {
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
        assert_eq!(crc32c(&[0; 32]), 0x8a91_36aa, "RFC 3720, B.4");
        assert_eq!(masked(crc32c(&24u64.to_le_bytes())).to_le_bytes(), [0xa3, 0x7f, 0x4b, 0x22]);
    }

    #[test]
    fn a_file_reads_back_byte_by_byte() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = EventFile::create(folder.path()).unwrap();
        file.write_scalars(300, [("loss", 0.5), ("rate", -2.0)]).unwrap();
        let all = std::fs::read(&file.path).unwrap();
        let mut at = 0;
        let mut records = Vec::new();
        while at < all.len() {
            let length = u64::from_le_bytes(all[at..at + 8].try_into().unwrap()) as usize;
            let crc = |from: usize| u32::from_le_bytes(all[from..from + 4].try_into().unwrap());
            assert_eq!(crc(at + 8), masked(crc32c(&all[at..at + 8])));
            let data = &all[at + 12..at + 12 + length];
            assert_eq!(crc(at + 12 + length), masked(crc32c(data)));
            records.push(data.to_vec());
            at += 16 + length;
        }
        assert_eq!(records.len(), 2);
        assert_eq!(records[0][0], 0x09);
        assert_eq!(records[0][9..], *b"\x10\x00\x1a\x0dbrain.Event:2");
        let expected = b"\x10\xac\x02\x2a\x1a\
            \x0a\x0b\x0a\x04loss\x15\x00\x00\x00\x3f\
            \x0a\x0b\x0a\x04rate\x15\x00\x00\x00\xc0";
        assert_eq!(records[1][9..], *expected);
    }

    #[test]
    fn a_histogram_counts_every_value_once() {
        let data = histogram(&[0.0, 0.5, 0.5, -3.0, f32::NAN]);
        let double = |at: usize| f64::from_le_bytes(data[at..at + 8].try_into().unwrap());
        assert_eq!((data[0], double(1), double(10)), (1 << 3 | FIXED64, -3.0, 0.5));
        assert_eq!((double(19), double(28), double(37)), (4.0, -2.0, 9.5));
        // Both lists have the same length, and each value is below the limit of its bucket.
        let mut at = 45;
        let mut list = |field: u8| {
            assert_eq!(data[at], field << 3 | LENGTH);
            let (mut length, mut shift) = (0_usize, 0);
            loop {
                at += 1;
                length |= usize::from(data[at] & 0x7f) << shift;
                shift += 7;
                if data[at] < 0x80 {
                    break;
                }
            }
            let list: Vec<f64> = data[at + 1..at + 1 + length]
                .chunks(8)
                .map(|b| f64::from_le_bytes(b.try_into().unwrap()))
                .collect();
            at += 1 + length;
            list
        };
        let (limits, counts) = (list(6), list(7));
        assert_eq!((limits.len(), at), (counts.len(), data.len()));
        let filled: Vec<(f64, f64, f64)> = (1..limits.len())
            .filter(|i| counts[*i] > 0.0)
            .map(|i| (limits[i - 1], limits[i], counts[i]))
            .collect();
        let expected = [(-3.0, 1.0), (0.0, 1.0), (0.5, 2.0)];
        assert_eq!(filled.len(), expected.len());
        for ((low, high, count), (value, times)) in filled.into_iter().zip(expected) {
            assert!(low <= value && value < high && count == times, "{low} {high} {count}");
        }
    }
}
