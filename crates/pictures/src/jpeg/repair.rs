//! Replaces damaged restart intervals of a JPEG, so that a decoder continues after them.

use super::plan::ScanPlan;

/// Data for `mcus` MCUs of one flat colour, given by `dc_predictors`; `None` if the tables lack the codes.
pub(crate) fn flat_interval(plan: &ScanPlan, mcus: usize, dc_predictors: [i32; 4]) -> Option<Vec<u8>> {
    let mut writer = BitWriter::default();
    for mcu in 0..mcus {
        for component in &plan.components {
            let (dc, ac) = (component.dc.as_ref()?, component.ac.as_ref()?);
            let [wide, high] = plan.blocks_in_mcu(component);
            for block in 0..wide * high {
                let value = if mcu == 0 && block == 0 { dc_predictors[component.index] } else { 0 };
                let length = 32 - value.unsigned_abs().leading_zeros();
                match dc.code_of(length as u8) {
                    Some(code) if length > 0 => {
                        writer.write(code);
                        let bits = if value < 0 { value + (1 << length) - 1 } else { value };
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

    /// Fills the last byte with ones.
    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.write((0xff >> self.count, 8 - self.count));
        }
        self.bytes
    }
}
