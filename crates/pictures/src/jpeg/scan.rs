//! Walks the data of one JPEG scan, one restart interval after the other. An MCU is a minimum coded unit.

use super::blocks::{BlockWalker, Coding};
use super::entropy::{BitReader, CodingError};
use super::patch::Patch;
use super::plan::ScanPlan;
use super::repair::flat_interval;

/// Maximum number of stray bytes that some programs leave after the last block. More mean that the walk lost
/// sync.
const STRAY_BYTES: usize = 8;

/// Result of walking a scan.
pub(crate) enum ScanOutcome {
    /// All blocks were found, except those that the patches replace.
    Complete {
        /// Position after the data.
        end: usize,
        /// Replacements for damaged intervals.
        patches: Vec<Patch>,
    },
    /// The file ends within the scan.
    CutShort,
    /// Damaged from this row of pixels on.
    DamagedFrom(u32),
}

impl ScanPlan {
    fn walk_mcu(
        &self,
        walker: &mut BlockWalker,
        bits: &mut BitReader<'_>,
        mcu: usize,
        nonzero: &mut [Vec<u64>],
    ) -> Result<(), CodingError> {
        let across = self.mcus()[0];
        let (column, row) = (mcu % across, mcu / across);
        for component in &self.components {
            let [wide, high] = self.blocks_in_mcu(component);
            for block in 0..wide * high {
                let block_index =
                    (row * high + block / wide) * component.stored[0] + column * wide + block % wide;
                let mut unused = 0;
                let known = nonzero.get_mut(component.index).and_then(|blocks| blocks.get_mut(block_index));
                let codes = (component.dc.as_ref(), component.ac.as_ref());
                walker.block(bits, &self.coding, component.index, codes, known.unwrap_or(&mut unused))?;
            }
        }
        Ok(())
    }
}

/// Walks the scan whose data starts at `at`.
pub(crate) fn walk_scan(bytes: &[u8], at: usize, plan: &ScanPlan, nonzero: &mut [Vec<u64>]) -> ScanOutcome {
    let [across, down] = plan.mcus();
    let total = across * down;
    let interval = if plan.restart_interval == 0 { total } else { plan.restart_interval };
    let (mut at, mut mcu, mut restart) = (at, 0, 0_u8);
    let mut dc_predictors = [0; 4];
    let mut patches = Vec::new();
    while mcu < total {
        let interval_length = interval.min(total - mcu);
        let mut walker = BlockWalker::new();
        let mut bits = BitReader::new(bytes, at);
        let fault = (mcu..mcu + interval_length).try_for_each(|each| {
            plan.walk_mcu(&mut walker, &mut bits, each, nonzero).map_err(|fault| (fault, each))
        });
        let after = next_marker_in_data(bytes, bits.position());
        let is_last = mcu + interval_length == total;
        match fault {
            Ok(())
                if !walker.is_pending()
                    && is_followed_correctly(bytes, bits.position(), after, restart, is_last, plan) =>
            {
                dc_predictors = walker.dc_predictors;
                mcu += interval_length;
                at = match after {
                    Some(marker) if !is_last => marker + 2,
                    // The last interval may be followed by a trailer without an end marker.
                    Some(marker) if bytes[marker + 1] == 0xd9 => marker,
                    _ => bits.position(),
                };
                restart = (restart + 1) % 8;
            }
            Ok(()) | Err((CodingError::Truncated, _)) if after.is_none() => return ScanOutcome::CutShort,
            fault => {
                // Without an error in a block, sync was lost earlier; report the first row that may be wrong.
                let row = plan.row_of(fault.err().map_or(mcu, |(_, each)| each));
                let damaged = DamagedInterval { start: at, mcu, restart, interval_length, dc_predictors };
                let Some((patch, resumed)) = recover(bytes, plan, &damaged, total, interval) else {
                    return ScanOutcome::DamagedFrom(row);
                };
                patches.push(patch);
                (at, mcu, restart) = resumed;
            }
        }
    }
    ScanOutcome::Complete { end: at, patches }
}

/// Whether a restart interval is followed by the expected marker.
fn is_followed_correctly(
    bytes: &[u8],
    from: usize,
    after: Option<usize>,
    restart: u8,
    is_last: bool,
    plan: &ScanPlan,
) -> bool {
    let Some(marker_at) = after else { return is_last && plan.last };
    let marker = bytes[marker_at + 1];
    let has_stray_bytes = bytes[from.min(marker_at)..marker_at].iter().any(|&byte| byte != 0 && byte != 0xff)
        && marker_at - from > STRAY_BYTES;
    if !is_last {
        return marker == 0xd0 + restart && !has_stray_bytes;
    }
    // Tables, scans, restarts and the end follow directly. Anything else is a trailer.
    let belongs_to_picture = matches!(marker, 0xc4 | 0xd0..=0xd7 | 0xd9 | 0xda | 0xdb | 0xdd);
    !(has_stray_bytes && belongs_to_picture)
}

/// A restart interval that does not decode.
struct DamagedInterval {
    start: usize,
    mcu: usize,
    restart: u8,
    interval_length: usize,
    dc_predictors: [i32; 4],
}

/// Continues after the next plausible restart marker. Returns the replacement of the damaged intervals, and
/// where to continue: the position, the MCU and the number of the next restart marker.
fn recover(
    bytes: &[u8],
    plan: &ScanPlan,
    damaged: &DamagedInterval,
    total: usize,
    interval: usize,
) -> Option<(Patch, (usize, usize, u8))> {
    if plan.restart_interval == 0 || !matches!(plan.coding, Coding::Sequential) {
        return None;
    }
    let next_mcu = damaged.mcu + damaged.interval_length;
    let found = next_restart_or_end(bytes, damaged.start)?;
    let marker = bytes[found + 1];
    let missing = if marker == 0xd9 {
        (total - next_mcu).div_ceil(interval)
    } else {
        usize::from((marker - 0xd0 + 8 - damaged.restart) % 8)
    };
    let resumed = (next_mcu + missing * interval).min(total);
    if marker != 0xd9 && resumed >= total {
        return None;
    }
    let mut data = flat_interval(plan, damaged.interval_length, damaged.dc_predictors)?;
    for (number, first) in (next_mcu..resumed).step_by(interval).enumerate() {
        data.extend([0xff, 0xd0 + (damaged.restart + (number % 8) as u8) % 8]);
        data.extend(flat_interval(plan, interval.min(total - first), damaged.dc_predictors)?);
    }
    let rows = plan.row_of(damaged.mcu)..plan.row_of(resumed - 1) + plan.rows_per_mcu;
    let patch = Patch { range: damaged.start..found, data, rows: rows.start..rows.end.min(plan.height) };
    let after = if marker == 0xd9 { found } else { found + 2 };
    Some((patch, (after, resumed, ((usize::from(damaged.restart) + missing + 1) % 8) as u8)))
}

/// Position of the next marker in the data of a scan, including restart markers.
fn next_marker_in_data(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == 0xff)?;
        match *bytes.get(at + 1)? {
            0xff => at += 1,
            0x00 => at += 2,
            _ => return Some(at),
        }
    }
}

/// Position of the next restart or end marker. Skips what only looks like another marker because of the
/// damage.
fn next_restart_or_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at = next_marker_in_data(bytes, at)?;
        if matches!(bytes[at + 1], 0xd0..=0xd7 | 0xd9) {
            return Some(at);
        }
        at += 2;
    }
}
