//! The layers of the network and how they are joined: shared by the finished network and the one in training.
//!
//! Four neighbouring pixels enter as channels of one. Four times the maps are halved, so that the coarsest level
//! sees the whole head, and on the way back each level adds the finer maps it had before (Ronneberger et al.,
//! "U-Net: Convolutional Networks for Biomedical Image Segmentation", 2015).

use candle_core::{Result, Tensor};

use super::masks::REGIONS;
use agemirror_kernels::{depth_to_space, down2, space_to_depth, up2_with_skip};

/// Channels at a half, a quarter, an eighth, a sixteenth and a thirty-second of the side.
const WIDTHS: [usize; 5] = [16, 24, 40, 80, 112];
/// Colours of the four pixels that enter as one.
const QUAD: usize = 12;
/// Levels on which the side is halved.
const LEVELS: usize = WIDTHS.len() - 1;
/// The side of a crop must be a multiple of this many pixels.
pub const SIDE_STEP: usize = 32;

/// What follows a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// A leaky ReLU.
    Leaky,
    /// Nothing: maps that are added to others.
    Nothing,
    /// Nothing, and no normalisation in training either: the last layer.
    Logits,
}

/// One convolution of stride 1 that keeps the size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The prefix of its parameters in files.
    pub name: String,
    /// Channels in.
    pub inputs: usize,
    /// Channels out.
    pub outputs: usize,
    /// Side of the filter in pixels: 1 or 3.
    pub kernel: usize,
    /// What follows it.
    pub after: After,
}

impl Layer {
    fn new(name: String, [inputs, outputs]: [usize; 2], kernel: usize, after: After) -> Self {
        Self { name, inputs, outputs, kernel, after }
    }
}

/// Residual blocks of two convolutions after the halving to each level.
const BLOCKS: [usize; LEVELS] = [0, 1, 1, 1];

/// All layers in the order in which they run.
pub fn layers() -> Vec<Layer> {
    let mut all = vec![Layer::new("stem".into(), [QUAD, WIDTHS[0]], 3, After::Leaky)];
    for level in 0..LEVELS {
        let width = WIDTHS[level + 1];
        all.push(Layer::new(format!("down.{level}"), [WIDTHS[level], width], 3, After::Leaky));
        for block in 0..BLOCKS[level] {
            let name = format!("block.{level}.{block}");
            all.push(Layer::new(format!("{name}.first"), [width, width], 3, After::Leaky));
            all.push(Layer::new(format!("{name}.second"), [width, width], 3, After::Nothing));
        }
    }
    for level in (0..LEVELS).rev() {
        let width = WIDTHS[level];
        all.push(Layer::new(format!("up.{level}"), [WIDTHS[level + 1], width], 1, After::Nothing));
        all.push(Layer::new(format!("join.{level}"), [width, width], 3, After::Leaky));
    }
    all.push(Layer::new("logits".into(), [WIDTHS[0], 4 * REGIONS], 1, After::Logits));
    all
}

/// Runs single layers.
pub trait RunLayers {
    /// The result of the layer at `index` of [`layers`] for the maps `x` (N, C, H, W), with what follows it; `added`,
    /// which has the shape of the result, is added where it is given.
    ///
    /// # Errors
    /// When shapes do not fit.
    fn run(&mut self, index: usize, x: &Tensor, added: Option<&Tensor>) -> Result<Tensor>;
}

/// The logits (N, [`REGIONS`], S, S) of head crops `x` (N, 3, S, S) in -1..1; S is a multiple of [`SIDE_STEP`].
///
/// # Errors
/// When shapes do not fit.
pub fn logits(runner: &mut impl RunLayers, x: &Tensor) -> Result<Tensor> {
    let mut index = 0;
    let mut run = |x: &Tensor, added: Option<&Tensor>| {
        index += 1;
        runner.run(index - 1, x, added)
    };
    let mut x = run(&space_to_depth(x)?, None)?;
    let mut finer = Vec::with_capacity(LEVELS);
    for blocks in BLOCKS {
        finer.push(x.clone());
        x = run(&down2(&x)?, None)?;
        for _ in 0..blocks {
            let inner = run(&x, None)?;
            x = run(&inner, Some(&x))?;
        }
    }
    for skip in finer.iter().rev() {
        let coarser = run(&x, None)?;
        x = run(&up2_with_skip(&coarser, skip)?, None)?;
    }
    depth_to_space(&run(&x, None)?)
}

/// Multiplications for one crop of `side` pixels.
pub fn multiplications(side: usize) -> usize {
    let level_of = |name: &str| name.split('.').nth(1).and_then(|level| level.parse::<usize>().ok());
    let halvings = |layer: &Layer| match (layer.name.split('.').next(), level_of(&layer.name)) {
        (Some("down" | "block" | "up"), Some(level)) => level + 2,
        (Some("join"), Some(level)) => level + 1,
        _ => 1,
    };
    let of = |layer: &Layer| {
        let positions = (side >> halvings(layer)).pow(2);
        positions * layer.inputs * layer.outputs * layer.kernel.pow(2)
    };
    layers().iter().map(of).sum()
}
