//! Walks the data of one scan of a JPEG, stretch by stretch between its restart markers.

use super::blocks::{Coding, Walk};
use super::entropy::{Bits, Codes, Fault};
use super::repair::empty_stretch;
use super::survey::Patch;

/// Bytes behind the last block that some programs leave. More of them mean that the walk lost its way.
const STRAY_BYTES: usize = 8;

/// One component of a scan.
pub(crate) struct ScanComponent {
    /// Which of the picture's components it is.
    pub index: usize,
    /// Horizontal and vertical sampling factors.
    pub sampling: [usize; 2],
    /// Blocks in a row and rows of blocks, with those that only fill the last units.
    pub stored: [usize; 2],
    /// The same without those.
    pub used: [usize; 2],
    /// The codes of its means.
    pub dc: Option<Codes>,
    /// The codes of the other coefficients.
    pub ac: Option<Codes>,
}

/// How a scan is laid out.
pub(crate) struct ScanPlan {
    /// Its components: one alone has its own units, several share them.
    pub components: Vec<ScanComponent>,
    /// How its blocks are coded.
    pub coding: Coding,
    /// Units between two restart markers, 0 for none.
    pub restart_interval: usize,
    /// Rows of pixels that a row of units covers when several components share them.
    pub rows_a_unit: u32,
    /// Height of the picture in pixels.
    pub height: u32,
    /// Whether the picture is complete behind this scan.
    pub last: bool,
}

/// What came of a scan.
pub(crate) enum ScanOutcome {
    /// All blocks were found, but for what the patches replace.
    Whole {
        /// Where the data end.
        end: usize,
        /// How lost stretches can be replaced.
        patches: Vec<Patch>,
    },
    /// The file ends in it.
    CutShort,
    /// It is damaged from this row of pixels on.
    DamagedFrom(u32),
}

impl ScanPlan {
    fn alone(&self) -> bool {
        self.components.len() == 1
    }

    /// Units in a row, and rows of units.
    fn units(&self) -> [usize; 2] {
        let first = &self.components[0];
        if self.alone() { first.used } else { [0, 1].map(|axis| first.stored[axis] / first.sampling[axis]) }
    }

    /// How many blocks are walked at most.
    pub(crate) fn blocks(&self) -> usize {
        self.components.iter().map(|component| component.stored[0] * component.stored[1]).sum()
    }

    /// Blocks of a component in a unit, across and down.
    pub(crate) fn blocks_in_unit(&self, component: &ScanComponent) -> [usize; 2] {
        if self.alone() { [1, 1] } else { component.sampling }
    }

    /// The row of pixels in which a unit begins.
    fn row_of(&self, unit: usize) -> u32 {
        let [across, down] = self.units();
        let rows = if self.alone() { self.height.div_ceil(down as u32).max(1) } else { self.rows_a_unit };
        ((unit / across) as u32 * rows).min(self.height.saturating_sub(1))
    }

    fn walk_unit(
        &self,
        walk: &mut Walk,
        bits: &mut Bits<'_>,
        unit: usize,
        present: &mut [Vec<u64>],
    ) -> Result<(), Fault> {
        let across = self.units()[0];
        let (column, row) = (unit % across, unit / across);
        for component in &self.components {
            let [wide, high] = self.blocks_in_unit(component);
            for block in 0..wide * high {
                let place = (row * high + block / wide) * component.stored[0] + column * wide + block % wide;
                let mut unused = 0;
                let known = present.get_mut(component.index).and_then(|blocks| blocks.get_mut(place));
                let codes = (component.dc.as_ref(), component.ac.as_ref());
                walk.block(bits, &self.coding, component.index, codes, known.unwrap_or(&mut unused))?;
            }
        }
        Ok(())
    }
}

/// Walks the scan whose data begin at `at`.
pub(crate) fn walk_scan(bytes: &[u8], at: usize, plan: &ScanPlan, present: &mut [Vec<u64>]) -> ScanOutcome {
    let [across, down] = plan.units();
    let total = across * down;
    let interval = if plan.restart_interval == 0 { total } else { plan.restart_interval };
    let (mut at, mut unit, mut restart) = (at, 0, 0_u8);
    let mut means = [0; 4];
    let mut patches = Vec::new();
    while unit < total {
        let in_stretch = interval.min(total - unit);
        let mut walk = Walk::new();
        let mut bits = Bits::new(bytes, at);
        let fault = (unit..unit + in_stretch).try_for_each(|each| {
            plan.walk_unit(&mut walk, &mut bits, each, present).map_err(|fault| (fault, each))
        });
        let behind = next_in_data(bytes, bits.position());
        let is_last = unit + in_stretch == total;
        match fault {
            Ok(())
                if !walk.is_pending()
                    && ends_well(bytes, bits.position(), behind, restart, is_last, plan) =>
            {
                means = walk.means;
                unit += in_stretch;
                at = match behind {
                    Some(marker) if !is_last => marker + 2,
                    // A trailer without an end marker may follow the last stretch.
                    Some(marker) if bytes[marker + 1] == 0xd9 => marker,
                    _ => bits.position(),
                };
                restart = (restart + 1) % 8;
            }
            Ok(()) | Err((Fault::Ended, _)) if behind.is_none() => return ScanOutcome::CutShort,
            fault => {
                // Without a fault the way was lost somewhere before: the first row that can be wrong.
                let row = plan.row_of(fault.err().map_or(unit, |(_, each)| each));
                let lost = Lost { start: at, unit, restart, in_stretch, means };
                let Some((patch, resumed)) = recover(bytes, plan, &lost, total, interval) else {
                    return ScanOutcome::DamagedFrom(row);
                };
                patches.push(patch);
                (at, unit, restart) = resumed;
            }
        }
    }
    ScanOutcome::Whole { end: at, patches }
}

/// Whether what follows a stretch is what must follow it.
fn ends_well(
    bytes: &[u8],
    from: usize,
    behind: Option<usize>,
    restart: u8,
    is_last: bool,
    plan: &ScanPlan,
) -> bool {
    let Some(marker_at) = behind else { return is_last && plan.last };
    let marker = bytes[marker_at + 1];
    let stray = bytes[from.min(marker_at)..marker_at].iter().any(|&byte| byte != 0 && byte != 0xff)
        && marker_at - from > STRAY_BYTES;
    if !is_last {
        return marker == 0xd0 + restart && !stray;
    }
    // Tables, scans, restarts and the end follow at once. Anything else is a trailer.
    let of_picture = matches!(marker, 0xc4 | 0xd0..=0xd7 | 0xd9 | 0xda | 0xdb | 0xdd);
    !(stray && of_picture)
}

/// A stretch that does not decode.
struct Lost {
    start: usize,
    unit: usize,
    restart: u8,
    in_stretch: usize,
    means: [i32; 4],
}

/// Goes on behind the next restart marker that is where it can be. Returns what replaces the lost stretches,
/// and where to go on: the position, the unit and the number of the next restart marker.
fn recover(
    bytes: &[u8],
    plan: &ScanPlan,
    lost: &Lost,
    total: usize,
    interval: usize,
) -> Option<(Patch, (usize, usize, u8))> {
    if plan.restart_interval == 0 || !matches!(plan.coding, Coding::Sequential) {
        return None;
    }
    let next_unit = lost.unit + lost.in_stretch;
    let found = restart_or_end(bytes, lost.start)?;
    let marker = bytes[found + 1];
    let missing = if marker == 0xd9 {
        (total - next_unit).div_ceil(interval)
    } else {
        usize::from((marker - 0xd0 + 8 - lost.restart) % 8)
    };
    let resumed = (next_unit + missing * interval).min(total);
    if marker != 0xd9 && resumed >= total {
        return None;
    }
    let mut data = empty_stretch(plan, lost.in_stretch, lost.means)?;
    for (number, first) in (next_unit..resumed).step_by(interval).enumerate() {
        data.extend([0xff, 0xd0 + (lost.restart + (number % 8) as u8) % 8]);
        data.extend(empty_stretch(plan, interval.min(total - first), lost.means)?);
    }
    let rows = plan.row_of(lost.unit)..plan.row_of(resumed - 1) + plan.rows_a_unit;
    let patch = Patch { range: lost.start..found, data, rows: rows.start..rows.end.min(plan.height) };
    let behind = if marker == 0xd9 { found } else { found + 2 };
    Some((patch, (behind, resumed, ((usize::from(lost.restart) + missing + 1) % 8) as u8)))
}

/// Where the next marker begins in the data of a scan, restart markers among them.
fn next_in_data(bytes: &[u8], from: usize) -> Option<usize> {
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

/// Where the next restart or end marker begins, past anything that damage made look like another marker.
fn restart_or_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at = next_in_data(bytes, at)?;
        if matches!(bytes[at + 1], 0xd0..=0xd7 | 0xd9) {
            return Some(at);
        }
        at += 2;
    }
}
