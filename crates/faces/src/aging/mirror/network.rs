//! The network: one encoder for the face, one light decoder for each age.
//!
//! Sizes below are for a 128 px crop; the network is convolutional and takes any side divisible by 16. It
//! works at half the side: four neighbouring pixels enter as channels of one, and leave in the same way (Shi
//! et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional
//! Neural Network", 2016), on top of a smooth picture that is upsampled bilinearly.

use candle_core::{D, Result, Tensor};
use candle_nn::VarBuilder;

use super::age_code::{AGE_CODE, age_codes};
use super::layers::{Conv, Linear};
use super::outputs::{Change, Outputs, Strengths, change_strength, texture_strengths};
use agemirror_kernels::{depth_to_space, down2, space_to_depth, tanh, up2, up2_with_skip};

/// Channels at 64, 32, 16 and 8 px.
pub(super) const WIDTHS: [usize; 4] = [24, 24, 48, 96];
/// Colour channels of the four pixels that enter or leave as one.
const QUAD_CHANNELS: usize = 12;
/// Length of the style vector that conditions the decoder.
const STYLE_SIZE: usize = 64;
/// Residual blocks at 8 px in the encoder.
const DEEP_BLOCKS: usize = 3;
/// Maximum displacement, as a fraction of the side.
const MAX_FLOW: f64 = 0.08;

/// Two convolutions and a skip connection.
struct Residual {
    first: Conv,
    second: Conv,
}

impl Residual {
    fn new(width: usize, vb: VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            first: Conv::new(width, width, 3, vb.pp("first"))?,
            second: Conv::new(width, width, 3, vb.pp("second"))?,
        })
    }

    fn convolutions(&mut self) -> [&mut Conv; 2] {
        [&mut self.first, &mut self.second]
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.second.forward_with_residual(&self.first.forward_leaky(x)?, x)
    }
}

/// The encoder's features of a face, shared by all ages.
#[derive(Clone)]
pub struct Features {
    /// Maps at 64, 32, 16 and 8 px: (N, channels, side, side) with 24, 24, 48 and 96 channels.
    pub(super) maps: [Tensor; 4],
    /// Spatial mean of the last map: (N, 96).
    pub(super) summary: Tensor,
}

/// Computes a face's features. In weight files `down` is called `enter`.
struct Encoder {
    stem: Conv,
    down: [Conv; 3],
    fine: Conv,
    middle: Residual,
    deep: Vec<Residual>,
}

impl Encoder {
    fn new(vb: VarBuilder<'_>) -> Result<Self> {
        let down = |i: usize| Conv::new(WIDTHS[i], WIDTHS[i + 1], 3, vb.pp(format!("enter.{i}")));
        Ok(Self {
            stem: Conv::new(QUAD_CHANNELS, WIDTHS[0], 3, vb.pp("stem"))?,
            down: [down(0)?, down(1)?, down(2)?],
            fine: Conv::new(WIDTHS[1], WIDTHS[1], 3, vb.pp("fine"))?,
            middle: Residual::new(WIDTHS[2], vb.pp("middle"))?,
            deep: (0..DEEP_BLOCKS)
                .map(|i| Residual::new(WIDTHS[3], vb.pp(format!("deep.{i}"))))
                .collect::<Result<_>>()?,
        })
    }

    fn convolutions(&mut self) -> impl Iterator<Item = &mut Conv> {
        let deep = self.deep.iter_mut().flat_map(Residual::convolutions);
        let single = [&mut self.stem, &mut self.fine].into_iter().chain(&mut self.down);
        single.chain(self.middle.convolutions()).chain(deep)
    }

    fn forward(&self, x: &Tensor) -> Result<Features> {
        let a = self.stem.forward_leaky(&space_to_depth(x)?)?;
        let b = self.fine.forward_leaky(&self.down[0].forward_leaky(&down2(&a)?)?)?;
        let c = self.middle.forward(&self.down[1].forward_leaky(&down2(&b)?)?)?;
        let mut d = self.down[2].forward_leaky(&down2(&c)?)?;
        for block in &self.deep {
            d = block.forward(&d)?;
        }
        let summary = d.flatten_from(2)?.mean(D::Minus1)?;
        Ok(Features { maps: [a, b, c, d], summary })
    }
}

/// A convolution whose channels the style vector scales and shifts.
struct ModulatedConv {
    conv: Conv,
    gamma: Linear,
    beta: Linear,
}

impl ModulatedConv {
    fn new(width: usize, vb: VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            conv: Conv::new(width, width, 3, vb.pp("conv"))?,
            gamma: Linear::new(STYLE_SIZE, width, vb.pp("gain"))?,
            beta: Linear::new(STYLE_SIZE, width, vb.pp("shift"))?,
        })
    }

    /// For `x` of one face or of as many as `style` has rows.
    fn forward(&self, x: &Tensor, style: &Tensor) -> Result<Tensor> {
        let gamma = (self.gamma.forward(style)? + 1.0)?;
        self.conv.forward_modulated(x, &gamma, &self.beta.forward(style)?)
    }
}

/// Computes [`Outputs`] from a face's features and a style vector. In weight files `up` is called `rise`, `modulated` is
/// `styled`, `to_rgb` is `paint`, and the `gamma` and `beta` of a modulated convolution are `gain` and `shift`.
struct Decoder {
    style_hidden: Linear,
    style: Linear,
    deep: [ModulatedConv; 2],
    up: [Conv; 3],
    modulated: [ModulatedConv; 3],
    /// Flow at 16 px, and its refinement at 32 px.
    flow: [Conv; 2],
    /// Output that is upsampled bilinearly: red, green, blue, mask, gain.
    to_rgb: Conv,
    /// Colour detail of each of the four pixels on top of that.
    detail: Conv,
}

impl Decoder {
    fn new(vb: VarBuilder<'_>) -> Result<Self> {
        let deep = |i: usize| ModulatedConv::new(WIDTHS[3], vb.pp(format!("deep.{i}")));
        let up = |i: usize| Conv::new(WIDTHS[3 - i], WIDTHS[2 - i], 1, vb.pp(format!("rise.{i}")));
        let modulated = |i: usize| ModulatedConv::new(WIDTHS[2 - i], vb.pp(format!("styled.{i}")));
        Ok(Self {
            style_hidden: Linear::new(2 * AGE_CODE + 1 + WIDTHS[3], STYLE_SIZE, vb.pp("style_hidden"))?,
            style: Linear::new(STYLE_SIZE, STYLE_SIZE, vb.pp("style"))?,
            deep: [deep(0)?, deep(1)?],
            up: [up(0)?, up(1)?, up(2)?],
            modulated: [modulated(0)?, modulated(1)?, modulated(2)?],
            flow: [
                Conv::new(WIDTHS[2], 2, 3, vb.pp("flow"))?,
                Conv::new(WIDTHS[1], 2, 3, vb.pp("flow_fine"))?,
            ],
            to_rgb: Conv::new(WIDTHS[0], 5, 3, vb.pp("paint"))?,
            detail: Conv::new(WIDTHS[0], QUAD_CHANNELS, 3, vb.pp("detail"))?,
        })
    }

    fn convolutions(&mut self) -> impl Iterator<Item = &mut Conv> {
        let modulated = self.deep.iter_mut().chain(&mut self.modulated).map(|layer| &mut layer.conv);
        let last = [&mut self.to_rgb, &mut self.detail];
        modulated.chain(&mut self.up).chain(&mut self.flow).chain(last)
    }

    /// The style vector for the requested `ages` of faces with the ages `current`, in years: from both ages, their
    /// difference, and a little of the face. Ages are scaled up relative to the face features so that training picks
    /// them up early.
    fn style(&self, features: &Features, ages: &[f32], current: &[f32]) -> Result<Tensor> {
        let device = features.summary.device();
        let difference: Vec<f32> = ages.iter().zip(current).map(|(to, from)| (to - from) / 20.0).collect();
        let difference = Tensor::from_vec(difference, (ages.len(), 1), device)?;
        let codes = |ages| age_codes(ages, device)? * 3.0;
        let face = (&features.summary * 0.3)?.broadcast_as((ages.len(), WIDTHS[3]))?;
        let input = Tensor::cat(&[&codes(ages)?, &codes(current)?, &difference, &face], 1)?;
        let leaky = |x: Tensor| candle_nn::ops::leaky_relu(&x, 0.2);
        leaky(self.style.forward(&leaky(self.style_hidden.forward(&input)?)?)?)
    }

    fn forward(&self, features: &Features, style: &Tensor) -> Result<Outputs> {
        let [a, b, c, d] = &features.maps;
        let deep = self.deep[1].forward(&self.deep[0].forward(d, style)?, style)?;
        let mut x = deep.broadcast_add(d)?;
        let mut flow: Option<Tensor> = None;
        for (level, skip) in [c, b, a].into_iter().enumerate() {
            x = up2_with_skip(&self.up[level].forward(&x)?, skip)?;
            x = self.modulated[level].forward(&x, style)?;
            if let Some(conv) = self.flow.get(level) {
                let here = conv.forward(&x)?;
                flow = Some(flow.map_or(Ok(here.clone()), |coarse| up2(&coarse)? + here)?);
            }
        }
        let Some(flow) = flow else { candle_core::bail!("the decoder has no level for the flow") };
        Ok(Outputs {
            flow: (up2(&up2(&tanh(&flow)?)?)? * MAX_FLOW)?,
            smooth: up2(&self.to_rgb.forward(&x)?)?,
            detail: depth_to_space(&self.detail.forward(&x)?)?,
        })
    }
}

/// The bundled aging network.
pub struct Network {
    encoder: Encoder,
    decoder: Decoder,
    male: Linear,
}

impl Network {
    /// Loads the weights from `vb`.
    ///
    /// # Errors
    /// When a weight is missing or has another shape.
    pub fn new(vb: VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            encoder: Encoder::new(vb.pp("encoder"))?,
            decoder: Decoder::new(vb.pp("decoder"))?,
            male: Linear::new(WIDTHS[3], 1, vb.pp("lines.male"))?,
        })
    }

    /// Lets the convolutions round weights and inputs to bf16 on processors that multiply them faster; see
    /// [`Convolution::in_bf16`](agemirror_kernels::Convolution::in_bf16).
    #[must_use]
    pub fn in_bf16(mut self) -> Self {
        self.encoder.convolutions().chain(self.decoder.convolutions()).for_each(Conv::use_bf16);
        self
    }

    /// Encodes crops (N, 3, H, W) in -1..1 into the features that all ages share.
    ///
    /// # Errors
    /// When a side is not a multiple of 16.
    pub fn encode(&self, x: &Tensor) -> Result<Features> {
        self.encoder.forward(x)
    }

    /// Logits (N, 1) that each face is male.
    ///
    /// # Errors
    /// When the device fails.
    pub fn male(&self, features: &Features) -> Result<Tensor> {
        self.male.forward(&features.summary)
    }

    /// Predicts the change of each face from its age in `current` to its age in `ages`, in years. A single
    /// face is aged to all of `ages`.
    ///
    /// # Errors
    /// When the numbers of faces and ages do not fit.
    pub fn decode(&self, features: &Features, current: &[f32], ages: &[f32]) -> Result<Change> {
        let current = current_ages(features, current, ages)?;
        let strengths = ages.iter().zip(&current).map(|(to, from)| texture_strengths(*from, *to));
        let (colours, gains): (Vec<f32>, Vec<f32>) = strengths.map(|[colour, gain]| (colour, gain)).unzip();
        let mut change = self.change(features, &current, ages, Some(&per_face(gains, features)?))?;
        change.residual = change.residual.broadcast_mul(&per_face(colours, features)?)?;
        Ok(change)
    }

    /// Like [`Network::decode`] for one face of age `current` (years), without the last step: what the decoder computes,
    /// and how much of it is applied at each age.
    pub(super) fn outputs(
        &self,
        features: &Features,
        current: f32,
        ages: &[f32],
    ) -> Result<(Outputs, Vec<Strengths>)> {
        let current = current_ages(features, &[current], ages)?;
        let style = self.decoder.style(features, ages, &current)?;
        let strengths = ages.iter().zip(&current).map(|(to, from)| Strengths::between(*from, *to));
        Ok((self.decoder.forward(features, &style)?, strengths.collect()))
    }

    /// Like [`Network::decode`], with the full colours and one age in `current` for each in `ages`. The logarithm of each
    /// face's gain is multiplied by `log_gains`, if given.
    pub(super) fn change(
        &self,
        features: &Features,
        current: &[f32],
        ages: &[f32],
        log_gains: Option<&Tensor>,
    ) -> Result<Change> {
        let style = self.decoder.style(features, ages, current)?;
        let mut change = self.decoder.forward(features, &style)?.change(log_gains)?;
        let strengths = ages.iter().zip(current).map(|(to, from)| change_strength(to - from)).collect();
        change.mask = change.mask.broadcast_mul(&per_face(strengths, features)?)?;
        Ok(change)
    }
}

/// The current age of the face for each of `ages`; `current` has one age per face.
fn current_ages(features: &Features, current: &[f32], ages: &[f32]) -> Result<Vec<f32>> {
    let faces = features.summary.dim(0)?;
    match current {
        [current] if faces == 1 => Ok(vec![*current; ages.len()]),
        _ if faces == ages.len() && faces == current.len() => Ok(current.to_vec()),
        _ => candle_core::bail!(
            "{faces} faces, {} current ages and {} target ages do not match",
            current.len(),
            ages.len()
        ),
    }
}

/// One factor per face, shaped (N, 1, 1, 1) to multiply planes.
fn per_face(values: Vec<f32>, features: &Features) -> Result<Tensor> {
    let count = values.len();
    Tensor::from_vec(values, (count, 1, 1, 1), features.summary.device())
}
