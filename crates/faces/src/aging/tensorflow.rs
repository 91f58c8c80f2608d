//! Layers as TensorFlow's checkpoints hold them, in the layouts that candle takes.

use candle_core::{Result, Tensor, bail};
use candle_nn::VarBuilder;

use agemirror_kernels::channels_first;

/// A kernel with its bias.
#[derive(Clone)]
pub struct Kernel {
    /// (outputs, inputs, k, k) of a convolution, (inputs, outputs, k, k) of a transposed one.
    pub weight: Tensor,
    /// (outputs).
    pub bias: Tensor,
    /// How many channels go in.
    pub inputs: usize,
    /// How many channels come out.
    pub outputs: usize,
}

/// Which way a kernel leads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Stored as [k, k, inputs, outputs].
    Forward,
    /// Transposed; stored as [k, k, outputs, inputs].
    Transposed,
}

impl Kernel {
    /// Reads the kernel called `weight`, of `size` x `size`, and its `bias`. How many channels there are is
    /// told from the file.
    pub fn load(
        vb: &VarBuilder<'_>,
        weight: &str,
        bias: &str,
        size: usize,
        direction: Direction,
    ) -> Result<Self> {
        let stored = vb.get_unchecked(weight)?;
        let &[kh, kw, third, fourth] = stored.dims() else {
            bail!("tensor {weight} has the shape {:?}, which is no kernel's", stored.dims());
        };
        if (kh, kw) != (size, size) {
            bail!("tensor {weight} is a kernel of {kh} x {kw}, not {size} x {size}");
        }
        let (inputs, outputs) = match direction {
            Direction::Forward => (third, fourth),
            Direction::Transposed => (fourth, third),
        };
        // The first two axes go to the end, the last two change places: right for either direction.
        let weight = channels_first(&stored)?;
        Ok(Self { weight, bias: vb.get(outputs, bias)?, inputs, outputs })
    }
}

/// Complains where the output of one layer does not fit the next one, called `name`.
pub fn must_take(name: &str, inputs: usize, given: usize) -> Result<()> {
    if inputs != given {
        bail!("tensor {name} takes {inputs} channels, but {given} come before it");
    }
    Ok(())
}
