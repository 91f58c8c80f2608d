//! Reads layers from TensorFlow checkpoints into candle's layouts.

use candle_core::{Result, Tensor, bail};
use candle_nn::VarBuilder;

use agemirror_kernels::channels_first;

/// A kernel with its bias.
#[derive(Clone)]
pub struct Kernel {
    /// (outputs, inputs, k, k) for a convolution, (inputs, outputs, k, k) for a transposed one.
    pub weight: Tensor,
    /// (outputs).
    pub bias: Tensor,
    /// Number of input channels.
    pub inputs: usize,
    /// Number of output channels.
    pub outputs: usize,
}

/// Orientation of a kernel.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Stored as [k, k, inputs, outputs].
    Forward,
    /// Transposed; stored as [k, k, outputs, inputs].
    Transposed,
}

impl Kernel {
    /// Reads the kernel `weight`, `size` x `size`, and its `bias`. The file determines the channel counts.
    pub fn load(
        vb: &VarBuilder<'_>,
        weight: &str,
        bias: &str,
        size: usize,
        direction: Direction,
    ) -> Result<Self> {
        let stored = vb.get_unchecked(weight)?;
        let &[kh, kw, third, fourth] = stored.dims() else {
            bail!("tensor {weight} has the shape {:?}, which is not a kernel", stored.dims());
        };
        if (kh, kw) != (size, size) {
            bail!("tensor {weight} is a kernel of {kh} x {kw}, not {size} x {size}");
        }
        let (inputs, outputs) = match direction {
            Direction::Forward => (third, fourth),
            Direction::Transposed => (fourth, third),
        };
        // Moving the first two axes to the end and swapping the last two is right for either direction.
        let weight = channels_first(&stored)?;
        Ok(Self { weight, bias: vb.get(outputs, bias)?, inputs, outputs })
    }
}

/// Returns an error if the output of one layer does not fit the next one, called `name`.
pub(crate) fn must_take(name: &str, inputs: usize, given: usize) -> Result<()> {
    if inputs != given {
        bail!("tensor {name} takes {inputs} channels, but the layer before it has {given}");
    }
    Ok(())
}
