//! How large a network a file of weights holds.

use candle_core::{Result, bail};
use candle_nn::VarBuilder;

/// The side of the code between encoder and decoder.
pub(super) const CODE_SIDE: usize = 16;
/// The largest number of channels, and that of the codes.
pub(super) const WIDTH: usize = 512;
/// Up to this side of a map all ages go through the network as one batch; beyond it, where a map takes
/// up to 128 MiB, one after the other.
pub(super) const TOGETHER: usize = 64;

/// What differs from one AgeTransGAN to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkShape {
    /// The side of its pictures in pixels, a power of two from 32 on; 1024 in the published files.
    pub side: usize,
    /// The number of its age groups, 10 or 4.
    pub groups: usize,
}

impl NetworkShape {
    /// Reads the shape off the names and shapes of the weights.
    ///
    /// # Errors
    /// When the first layer is missing, or fits neither ten nor four groups.
    pub fn of(vb: &VarBuilder<'_>) -> Result<Self> {
        let inputs = vb.get_unchecked("convs_e.0.0.weight")?.dim(1)?;
        let groups = inputs.saturating_sub(3);
        if ![4, 10].contains(&groups) {
            bail!("the first layer reads {inputs} planes, not 7 (four groups) or 13 (ten groups)");
        }
        let halvings = (1..).take_while(|i| vb.contains_tensor(&format!("convs_e.{i}.conv1.0.weight")));
        let halvings = halvings.take(9).count();
        if !(1..=8).contains(&halvings) {
            bail!("its encoder halves the picture {halvings} times; from 1 to 8 is possible");
        }
        Ok(Self { side: CODE_SIDE << halvings, groups })
    }

    /// How often the encoder halves the picture, and the decoder doubles the code.
    pub(super) fn halvings(self) -> usize {
        (self.side / CODE_SIDE).ilog2() as usize
    }

    /// The side of each plane of noise: one for the code, two for each doubling.
    pub(super) fn noise_sides(self) -> Vec<usize> {
        let doubled = (1..=self.halvings()).flat_map(|stage| [CODE_SIDE << stage; 2]);
        std::iter::once(CODE_SIDE).chain(doubled).collect()
    }
}

/// The channels of a map of so many pixels a side.
pub(super) fn channels(side: usize) -> usize {
    (32 * 1024 / side.max(1)).min(WIDTH)
}
