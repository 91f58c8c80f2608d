//! Walks the blocks of a JPEG scan to check that its data is complete.

use std::ops::RangeInclusive;

use super::entropy::{BitReader, CodingError, HuffmanTable};

/// The coefficients and bits of each block that one scan codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Band {
    /// First coefficient.
    pub first: usize,
    /// Last coefficient.
    pub last: usize,
    /// Previous bit plane, 0 for none.
    pub high: u8,
    /// Bit plane of this scan.
    pub low: u8,
}

/// How the blocks of a scan are coded.
pub(crate) enum Coding {
    /// All coefficients at once.
    Sequential,
    /// By bands of coefficients and bit planes.
    Progressive(Band),
}

/// State carried from block to block of a scan.
pub(crate) struct BlockWalker {
    /// DC value of the previous block of each component.
    pub dc_predictors: [i32; 4],
    /// Number of following blocks without coefficients in the band (EOBRUN).
    eob_run: u32,
}

/// Maximum bits of a DC difference: 8 bits per sample need 11 bits and a sign.
const MAX_BITS: u32 = 15;

/// Largest plausible DC value, far beyond what 8 bits per sample allow, in quantisation steps.
const MAX_DC: i32 = 1 << 14;

impl BlockWalker {
    pub(crate) fn new() -> Self {
        Self { dc_predictors: [0; 4], eob_run: 0 }
    }

    /// Walks one block of component `index`. `nonzero` has a bit for each nonzero coefficient.
    pub(crate) fn block(
        &mut self,
        bits: &mut BitReader<'_>,
        coding: &Coding,
        index: usize,
        (dc, ac): (Option<&HuffmanTable>, Option<&HuffmanTable>),
        nonzero: &mut u64,
    ) -> Result<(), CodingError> {
        match coding {
            Coding::Sequential => {
                self.dc(bits, dc.ok_or(CodingError::Invalid)?, index)?;
                sequential(bits, ac.ok_or(CodingError::Invalid)?)
            }
            Coding::Progressive(band) if band.first == 0 => {
                if band.high == 0 {
                    self.dc(bits, dc.ok_or(CodingError::Invalid)?, index)
                } else {
                    bits.take(1).map(|_| ())
                }
            }
            Coding::Progressive(band) if band.high == 0 => {
                self.ac_first(bits, ac.ok_or(CodingError::Invalid)?, *band, nonzero)
            }
            Coding::Progressive(band) => {
                self.ac_refine(bits, ac.ok_or(CodingError::Invalid)?, *band, nonzero)
            }
        }
    }

    fn dc(&mut self, bits: &mut BitReader<'_>, dc: &HuffmanTable, index: usize) -> Result<(), CodingError> {
        let length = u32::from(dc.read(bits)?);
        if length > MAX_BITS {
            return Err(CodingError::Invalid);
        }
        let value = self.dc_predictors[index] + bits.value(length)?;
        self.dc_predictors[index] = value;
        if value.abs() > MAX_DC { Err(CodingError::Invalid) } else { Ok(()) }
    }

    fn ac_first(
        &mut self,
        bits: &mut BitReader<'_>,
        ac: &HuffmanTable,
        band: Band,
        nonzero: &mut u64,
    ) -> Result<(), CodingError> {
        if self.eob_run > 0 {
            self.eob_run -= 1;
            return Ok(());
        }
        let mut at = band.first;
        while at <= band.last {
            let (run, length) = run_and_length(bits, ac)?;
            if length > 0 {
                at += run;
                if at > band.last {
                    return Err(CodingError::Invalid);
                }
                bits.take(length)?;
                *nonzero |= 1 << at;
                at += 1;
            } else if run < 15 {
                self.eob_run = (1 << run) - 1 + bits.take(run as u32)?;
                break;
            } else {
                at += 16;
            }
        }
        Ok(())
    }

    fn ac_refine(
        &mut self,
        bits: &mut BitReader<'_>,
        ac: &HuffmanTable,
        band: Band,
        nonzero: &mut u64,
    ) -> Result<(), CodingError> {
        let mut at = band.first;
        if self.eob_run == 0 {
            while at <= band.last {
                let (run, length) = run_and_length(bits, ac)?;
                if length > 1 {
                    return Err(CodingError::Invalid);
                }
                if length == 1 {
                    bits.take(1)?;
                } else if run < 15 {
                    self.eob_run = (1 << run) + bits.take(run as u32)?;
                    break;
                }
                at = skip_zeros(bits, at..=band.last, run, *nonzero)?;
                if length == 1 {
                    if at > band.last {
                        return Err(CodingError::Invalid);
                    }
                    *nonzero |= 1 << at;
                }
                at += 1;
            }
        }
        if self.eob_run > 0 {
            self.eob_run -= 1;
            for index in at..=band.last {
                if *nonzero >> index & 1 == 1 {
                    bits.take(1)?;
                }
            }
        }
        Ok(())
    }

    /// Whether the scan ends within a run of empty blocks.
    pub(crate) fn is_pending(&self) -> bool {
        self.eob_run > 0
    }
}

/// The position after `run` zero coefficients of `range` and all nonzero ones before the next zero, which have one bit
/// each.
fn skip_zeros(
    bits: &mut BitReader<'_>,
    range: RangeInclusive<usize>,
    mut run: usize,
    nonzero: u64,
) -> Result<usize, CodingError> {
    let end = range.end() + 1;
    for at in range {
        if nonzero >> at & 1 == 1 {
            bits.take(1)?;
        } else if run == 0 {
            return Ok(at);
        } else {
            run -= 1;
        }
    }
    Ok(end)
}

fn run_and_length(bits: &mut BitReader<'_>, ac: &HuffmanTable) -> Result<(usize, u32), CodingError> {
    let symbol = ac.read(bits)?;
    Ok((usize::from(symbol >> 4), u32::from(symbol & 15)))
}

fn sequential(bits: &mut BitReader<'_>, ac: &HuffmanTable) -> Result<(), CodingError> {
    let mut at = 1;
    while at < 64 {
        let (run, length) = run_and_length(bits, ac)?;
        if length == 0 {
            if run < 15 {
                return Ok(());
            }
            at += 16;
            continue;
        }
        at += run;
        if at > 63 {
            return Err(CodingError::Invalid);
        }
        bits.take(length)?;
        at += 1;
    }
    Ok(())
}
