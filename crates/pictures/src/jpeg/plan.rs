//! The layout of one JPEG scan.

use super::blocks::Coding;
use super::entropy::HuffmanTable;

/// One component of a scan.
pub(crate) struct ScanComponent {
    /// Index of the component in the picture.
    pub index: usize,
    /// Horizontal and vertical sampling factors.
    pub sampling: [usize; 2],
    /// Blocks per row, and rows of blocks, including the padding of the last MCUs.
    pub stored: [usize; 2],
    /// The same without the padding.
    pub used: [usize; 2],
    /// Huffman table of the DC coefficients.
    pub dc: Option<HuffmanTable>,
    /// Huffman table of the AC coefficients.
    pub ac: Option<HuffmanTable>,
}

/// Layout of a scan.
pub(crate) struct ScanPlan {
    /// Its components. A single one has MCUs of its own, several share them.
    pub components: Vec<ScanComponent>,
    /// How its blocks are coded.
    pub coding: Coding,
    /// MCUs per restart interval, 0 for no restart markers.
    pub restart_interval: usize,
    /// Rows of pixels per row of MCUs that several components share.
    pub rows_per_mcu: u32,
    /// Height of the picture in pixels.
    pub height: u32,
    /// Whether the picture is complete after this scan.
    pub last: bool,
}

impl ScanPlan {
    pub(crate) fn is_single_component(&self) -> bool {
        self.components.len() == 1
    }

    /// MCUs per row, and rows of MCUs.
    pub(crate) fn mcus(&self) -> [usize; 2] {
        let first = &self.components[0];
        if self.is_single_component() {
            first.used
        } else {
            [0, 1].map(|axis| first.stored[axis] / first.sampling[axis])
        }
    }

    /// Maximum number of blocks to walk.
    pub(crate) fn blocks(&self) -> usize {
        self.components.iter().map(|component| component.stored[0] * component.stored[1]).sum()
    }

    /// Blocks of a component per MCU, horizontally and vertically.
    pub(crate) fn blocks_in_mcu(&self, component: &ScanComponent) -> [usize; 2] {
        if self.is_single_component() { [1, 1] } else { component.sampling }
    }

    /// First row of pixels of an MCU.
    pub(crate) fn row_of(&self, mcu: usize) -> u32 {
        let [across, down] = self.mcus();
        let rows = if self.is_single_component() {
            self.height.div_ceil(down as u32).max(1)
        } else {
            self.rows_per_mcu
        };
        ((mcu / across) as u32 * rows).min(self.height.saturating_sub(1))
    }
}
