//! Walks the blocks of a JPEG's scans to see whether their data are whole.

use super::entropy::{Bits, Codes, Fault};

/// What one scan codes of each block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Band {
    /// First and last coefficient.
    pub first: usize,
    /// See `first`.
    pub last: usize,
    /// The bit plane before, 0 for none.
    pub high: u8,
    /// The bit plane of this scan.
    pub low: u8,
}

/// How the blocks of a scan are coded.
pub(crate) enum Coding {
    /// All at once.
    Sequential,
    /// By bands and bit planes.
    Progressive(Band),
}

/// What is carried from block to block of a scan.
pub(crate) struct Walk {
    /// The mean of the block before, for each component.
    pub means: [i32; 4],
    /// Blocks that follow without anything of the band.
    empty_blocks: u32,
}

/// Largest coefficient in steps of its quantisation: 8 bits a sample have 11 bits and a sign.
const MOST_BITS: u32 = 15;

/// A mean far outside of what eight bits a sample can mean, in steps of its quantisation.
const MOST_MEAN: i32 = 1 << 14;

impl Walk {
    pub(crate) fn new() -> Self {
        Self { means: [0; 4], empty_blocks: 0 }
    }

    /// Walks over one block of component `index`. `present` has a bit for each coefficient that is not zero.
    pub(crate) fn block(
        &mut self,
        bits: &mut Bits<'_>,
        coding: &Coding,
        index: usize,
        (dc, ac): (Option<&Codes>, Option<&Codes>),
        present: &mut u64,
    ) -> Result<(), Fault> {
        match coding {
            Coding::Sequential => {
                self.mean(bits, dc.ok_or(Fault::Wrong)?, index)?;
                sequential(bits, ac.ok_or(Fault::Wrong)?)
            }
            Coding::Progressive(band) if band.first == 0 => {
                if band.high == 0 {
                    self.mean(bits, dc.ok_or(Fault::Wrong)?, index)
                } else {
                    bits.take(1).map(|_| ())
                }
            }
            Coding::Progressive(band) if band.high == 0 => {
                self.first(bits, ac.ok_or(Fault::Wrong)?, *band, present)
            }
            Coding::Progressive(band) => self.refined(bits, ac.ok_or(Fault::Wrong)?, *band, present),
        }
    }

    fn mean(&mut self, bits: &mut Bits<'_>, dc: &Codes, index: usize) -> Result<(), Fault> {
        let length = u32::from(dc.read(bits)?);
        if length > MOST_BITS {
            return Err(Fault::Wrong);
        }
        let mean = self.means[index] + bits.value(length)?;
        self.means[index] = mean;
        if mean.abs() > MOST_MEAN { Err(Fault::Wrong) } else { Ok(()) }
    }

    fn first(&mut self, bits: &mut Bits<'_>, ac: &Codes, band: Band, present: &mut u64) -> Result<(), Fault> {
        if self.empty_blocks > 0 {
            self.empty_blocks -= 1;
            return Ok(());
        }
        let mut at = band.first;
        while at <= band.last {
            let (run, length) = run_and_length(bits, ac)?;
            if length > 0 {
                at += run;
                if at > band.last {
                    return Err(Fault::Wrong);
                }
                bits.take(length)?;
                *present |= 1 << at;
                at += 1;
            } else if run < 15 {
                self.empty_blocks = (1 << run) - 1 + bits.take(run as u32)?;
                break;
            } else {
                at += 16;
            }
        }
        Ok(())
    }

    fn refined(
        &mut self,
        bits: &mut Bits<'_>,
        ac: &Codes,
        band: Band,
        present: &mut u64,
    ) -> Result<(), Fault> {
        let mut at = band.first;
        if self.empty_blocks == 0 {
            while at <= band.last {
                let (mut run, length) = run_and_length(bits, ac)?;
                if length > 1 {
                    return Err(Fault::Wrong);
                }
                if length == 1 {
                    bits.take(1)?;
                } else if run < 15 {
                    self.empty_blocks = (1 << run) + bits.take(run as u32)?;
                    break;
                }
                // Over those that are there, which have a bit each, and `run` that are not.
                while at <= band.last {
                    if *present >> at & 1 == 1 {
                        bits.take(1)?;
                    } else if run == 0 {
                        break;
                    } else {
                        run -= 1;
                    }
                    at += 1;
                }
                if length == 1 {
                    if at > band.last {
                        return Err(Fault::Wrong);
                    }
                    *present |= 1 << at;
                }
                at += 1;
            }
        }
        if self.empty_blocks > 0 {
            self.empty_blocks -= 1;
            for place in at..=band.last {
                if *present >> place & 1 == 1 {
                    bits.take(1)?;
                }
            }
        }
        Ok(())
    }

    /// Whether the scan ends in the middle of a run of empty blocks.
    pub(crate) fn is_pending(&self) -> bool {
        self.empty_blocks > 0
    }
}

fn run_and_length(bits: &mut Bits<'_>, ac: &Codes) -> Result<(usize, u32), Fault> {
    let symbol = ac.read(bits)?;
    Ok((usize::from(symbol >> 4), u32::from(symbol & 15)))
}

fn sequential(bits: &mut Bits<'_>, ac: &Codes) -> Result<(), Fault> {
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
            return Err(Fault::Wrong);
        }
        bits.take(length)?;
        at += 1;
    }
    Ok(())
}
