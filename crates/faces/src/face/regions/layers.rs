//! The layers of the network and its topology, shared by inference and training.
//!
//! The encoder is the first half of EfficientNet-Lite0 (Tan and Le, "EfficientNet: Rethinking Model Scaling for
//! Convolutional Neural Networks", 2019), with ReLU in place of ReLU6. It reduces the crop to a sixteenth of its side,
//! where one value sees the whole head. The decoder doubles the side three times and adds the encoder's maps of that
//! size each time (Ronneberger et al., "U-Net: Convolutional Networks for Biomedical Image Segmentation", 2015). Each
//! of its last values holds the logits of four pixels.

use candle_core::{Result, Tensor, bail};

use super::masks::REGIONS;
use agemirror_kernels::{Activation, LEAKY_SLOPE, depth_to_space, up2_with_skip};

/// Channels after the encoder's first layer.
const STEM: usize = 32;

/// Consecutive blocks of the encoder.
struct Stage {
    blocks: usize,
    /// Side of the depthwise filters.
    kernel: usize,
    /// Stride of the first block.
    stride: usize,
    /// Ratio of a block's inner channels to its input channels.
    expansion: usize,
    /// Output channels.
    outputs: usize,
    /// Whether its output is added in the decoder.
    joins: bool,
}

const fn stage(
    blocks: usize,
    kernel: usize,
    stride: usize,
    expansion: usize,
    outputs: usize,
    joins: bool,
) -> Stage {
    Stage { blocks, kernel, stride, expansion, outputs, joins }
}

/// The encoder. EfficientNet-Lite0 has one more block in the last stage, and two more stages.
const STAGES: [Stage; 5] = [
    stage(1, 3, 1, 1, 16, true),
    stage(2, 3, 2, 6, 24, true),
    stage(2, 5, 2, 6, 40, true),
    stage(3, 3, 2, 6, 80, false),
    stage(2, 5, 1, 6, 112, false),
];
/// Channels of the decoder at a half, a quarter and an eighth of the side.
const WIDTHS: [usize; LEVELS] = [16, 24, 48];
/// Levels of the decoder.
const LEVELS: usize = 3;
/// The side of a crop must be a multiple of this many pixels.
pub const SIDE_STEP: usize = 16;

/// One convolution. Its padding is TensorFlow's `SAME`.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// The prefix of its parameters in files.
    pub name: String,
    /// Input channels.
    pub inputs: usize,
    /// Output channels.
    pub outputs: usize,
    /// Side of the filter in pixels.
    pub kernel: usize,
    /// Stride in pixels.
    pub stride: usize,
    /// Whether every channel has its own filter.
    pub depthwise: bool,
    /// Its activation.
    pub activation: Activation,
    /// Whether it has batch normalisation in training.
    pub normalised: bool,
    /// The crop's side divided by that of the output.
    pub shrink: usize,
}

impl Layer {
    /// A layer of the encoder.
    fn encoder(name: String, [inputs, outputs]: [usize; 2], shrink: usize) -> Self {
        let activation = Activation::Relu;
        let (kernel, stride, depthwise, normalised) = (1, 1, false, false);
        Self { name, inputs, outputs, kernel, stride, depthwise, activation, normalised, shrink }
    }

    /// A layer of the decoder.
    fn decoder(name: String, channels: [usize; 2], shrink: usize) -> Self {
        let layer = Self::encoder(name, channels, shrink);
        Self { activation: Activation::Identity, normalised: true, ..layer }
    }

    /// The shape of its filter.
    pub fn filter_shape(&self) -> (usize, usize, usize, usize) {
        (self.outputs, if self.depthwise { 1 } else { self.inputs }, self.kernel, self.kernel)
    }
}

/// All layers in the order in which they run.
pub fn layers() -> Vec<Layer> {
    let mut all = encoder();
    let joined: Vec<usize> = STAGES.iter().filter(|stage| stage.joins).map(|stage| stage.outputs).collect();
    let mut inputs = STAGES.last().map_or(STEM, |stage| stage.outputs);
    for (level, (width, skip)) in WIDTHS.into_iter().zip(joined).enumerate().rev() {
        let shrink = 2 << level;
        all.push(Layer::decoder(format!("skip.{level}"), [skip, width], shrink));
        all.push(Layer::decoder(format!("up.{level}"), [inputs, width], 2 * shrink));
        let join = Layer::decoder(format!("join.{level}"), [width, width], shrink);
        all.push(Layer { kernel: 3, activation: Activation::Leaky(LEAKY_SLOPE), ..join });
        inputs = width;
    }
    let logits = Layer::decoder("logits".into(), [inputs, 4 * REGIONS], 2);
    all.push(Layer { normalised: false, ..logits });
    all
}

/// The layers of the encoder.
fn encoder() -> Vec<Layer> {
    let mut shrink = 2;
    let stem = Layer::encoder("encoder.stem".into(), [3, STEM], shrink);
    let mut all = vec![Layer { kernel: 3, stride: 2, ..stem }];
    let (mut inputs, mut index) = (STEM, 0);
    for stage in &STAGES {
        for block in 0..stage.blocks {
            let stride = if block == 0 { stage.stride } else { 1 };
            let (name, wide) = (format!("encoder.{index}"), inputs * stage.expansion);
            if stage.expansion > 1 {
                all.push(Layer::encoder(format!("{name}.expand"), [inputs, wide], shrink));
            }
            shrink *= stride;
            let depthwise = Layer::encoder(format!("{name}.depthwise"), [wide, wide], shrink);
            all.push(Layer { kernel: stage.kernel, stride, depthwise: true, ..depthwise });
            let project = Layer::encoder(format!("{name}.project"), [wide, stage.outputs], shrink);
            all.push(Layer { activation: Activation::Identity, ..project });
            (inputs, index) = (stage.outputs, index + 1);
        }
    }
    all
}

/// Runs single layers.
pub trait RunLayers {
    /// Runs the layer at `index` of [`layers`] with its activation on the maps `x` (N, C, H, W). If `added` is given, it
    /// is added to the output and must have the same shape.
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
    let mut x = run(x, None)?;
    let mut joined = Vec::with_capacity(LEVELS);
    for stage in &STAGES {
        for block in 0..stage.blocks {
            let wide = if stage.expansion > 1 { run(&x, None)? } else { x.clone() };
            let filtered = run(&wide, None)?;
            x = run(&filtered, (block > 0).then_some(&x))?;
        }
        if stage.joins {
            joined.push(x.clone());
        }
    }
    for skip in joined.iter().rev() {
        let skip = run(skip, None)?;
        let coarser = run(&x, None)?;
        x = run(&up2_with_skip(&coarser, &skip)?, None)?;
    }
    depth_to_space(&run(&x, None)?)
}

/// Refuses crops whose shape is not (N, 3, S, S) with S a multiple of [`SIDE_STEP`].
///
/// # Errors
/// When the shape differs.
pub fn check_crops(x: &Tensor) -> Result<()> {
    let (_, channels, height, width) = x.dims4()?;
    if channels != 3 || height != width || height == 0 || !height.is_multiple_of(SIDE_STEP) {
        bail!("head crops must be (N, 3, S, S) with S a multiple of {SIDE_STEP}, not {:?}", x.dims());
    }
    Ok(())
}

/// Number of multiplications for one crop of `side` pixels.
pub fn multiplications(side: usize) -> usize {
    let of = |layer: &Layer| {
        let (outputs, inputs, height, width) = layer.filter_shape();
        (side / layer.shrink).pow(2) * outputs * inputs * height * width
    };
    layers().iter().map(of).sum()
}
