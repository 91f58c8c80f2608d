//! Replaces damaged stretches of a JPEG, so that a decoder goes on behind them.

use super::scan::ScanPlan;
use super::survey::Patch;

/// `bytes` with the patches in place of what they replace. They are in order and do not overlap.
pub(crate) fn patched(bytes: &[u8], patches: &[Patch]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for patch in patches {
        out.extend_from_slice(&bytes[from..patch.range.start]);
        out.extend_from_slice(&patch.data);
        from = patch.range.end;
    }
    out.extend_from_slice(&bytes[from..]);
    out
}

/// The data of `units` units in one even colour, that in which the stretch before ended; `None` when the
/// tables lack the codes.
pub(crate) fn empty_stretch(plan: &ScanPlan, units: usize, means: [i32; 4]) -> Option<Vec<u8>> {
    let mut writer = BitWriter::default();
    for unit in 0..units {
        for component in &plan.components {
            let (dc, ac) = (component.dc.as_ref()?, component.ac.as_ref()?);
            let [wide, high] = plan.blocks_in_unit(component);
            for block in 0..wide * high {
                let mean = if unit == 0 && block == 0 { means[component.index] } else { 0 };
                let length = 32 - mean.unsigned_abs().leading_zeros();
                match dc.code_of(length as u8) {
                    Some(code) if length > 0 => {
                        writer.write(code);
                        let bits = if mean < 0 { mean + (1 << length) - 1 } else { mean };
                        writer.write((bits as u32, length));
                    }
                    _ => writer.write(dc.code_of(0)?),
                }
                writer.write(ac.code_of(0)?);
            }
        }
    }
    Some(writer.finish())
}

#[derive(Default)]
struct BitWriter {
    bytes: Vec<u8>,
    buffer: u64,
    count: u32,
}

impl BitWriter {
    fn write(&mut self, (bits, length): (u32, u32)) {
        self.buffer = self.buffer << length | u64::from(bits);
        self.count += length;
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.buffer >> self.count) as u8;
            self.bytes.push(byte);
            if byte == 0xff {
                self.bytes.push(0);
            }
        }
    }

    /// The last byte is filled with ones.
    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.write((0xff >> self.count, 8 - self.count));
        }
        self.bytes
    }
}
