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
use agemirror_kernels::exp;
use agemirror_kernels::{
    depth_to_space, down2, exponential, sigmoid, space_to_depth, tanh, up2, up2_with_skip,
};

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
/// Maximum logarithm of the gain of fine detail.
const MAX_LOG_GAIN: f64 = 1.2;
/// Maximum residual, for pictures in -1..1.
const MAX_RESIDUAL: f64 = 1.0;
/// Gradient scale for the residual's last layer; without it, early steps saturate the output.
const OUTPUT_GRADIENT_SCALE: f64 = 0.25;

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

/// In weight files `down` is called `enter`.
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

/// In weight files `up` is called `rise`, `modulated` is `styled`, `to_rgb` is `paint`, and the `gamma` and
/// `beta` of a modulated convolution are `gain` and `shift`.
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

    /// The style vector from both ages, their difference, and a little of the face. Ages are scaled up
    /// relative to the face features so that training picks them up early.
    fn style(&self, features: &Features, ages: &[f32], present: &[f32]) -> Result<Tensor> {
        let device = features.summary.device();
        let difference: Vec<f32> = ages.iter().zip(present).map(|(a, b)| (a - b) / 20.0).collect();
        let difference = Tensor::from_vec(difference, (ages.len(), 1), device)?;
        let codes = |ages| age_codes(ages, device)? * 3.0;
        let face = (&features.summary * 0.3)?.broadcast_as((ages.len(), WIDTHS[3]))?;
        let input = Tensor::cat(&[&codes(ages)?, &codes(present)?, &difference, &face], 1)?;
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

/// What the decoder's last layers compute.
pub(super) struct Outputs {
    /// The finished flow of a [`Change`].
    pub flow: Tensor,
    /// Red, green, blue, mask and gain: (N, 5, H, W).
    pub smooth: Tensor,
    /// What is added to red, green and blue: (N, 3, H, W).
    pub detail: Tensor,
}

impl Outputs {
    /// The change, with the logarithm of each face's gain multiplied by `log_gains`, if given.
    fn change(self, log_gains: Option<&Tensor>) -> Result<Change> {
        let Self { flow, smooth, detail } = self;
        let colours = (smooth.narrow(1, 0, 3)? + detail)?;
        let residual = (tanh(&(colours * OUTPUT_GRADIENT_SCALE)?)? * MAX_RESIDUAL)?;
        let mask = sigmoid(&smooth.narrow(1, 3, 1)?.contiguous()?)?;
        let gain = (tanh(&smooth.narrow(1, 4, 1)?.contiguous()?)? * MAX_LOG_GAIN)?;
        let gain = log_gains.map_or(Ok(gain.clone()), |log_gains| gain.broadcast_mul(log_gains))?;
        Ok(Change { residual, mask, flow, gain: exponential(&gain)? })
    }
}

/// How much of the outputs for one age is applied.
#[derive(Clone, Copy)]
pub(super) struct Strengths {
    /// Factor of the mask.
    pub mask: f32,
    /// Factor of the colours.
    pub colour: f32,
    /// Factor of the logarithm of the gain.
    pub log_gain: f32,
}

impl Strengths {
    /// From age `from` to age `to`, in years.
    fn between(from: f32, to: f32) -> Self {
        let [colour, log_gain] = texture_strengths(from, to);
        Self { mask: change_strength(to - from), colour, log_gain }
    }
}

/// The residual of a [`Change`] from the sum of both outputs for red, green or blue.
#[inline(always)]
pub(super) fn residual(sum: f32, strengths: Strengths) -> f32 {
    strengths.colour * MAX_RESIDUAL as f32 * hyperbolic_tangent(OUTPUT_GRADIENT_SCALE as f32 * sum)
}

/// The mask of a [`Change`] from its output.
#[inline(always)]
pub(super) fn mask(output: f32, strengths: Strengths) -> f32 {
    strengths.mask / (1.0 + exp(-output))
}

/// The gain of a [`Change`] from its output.
#[inline(always)]
pub(super) fn gain(output: f32, strengths: Strengths) -> f32 {
    exp(strengths.log_gain * MAX_LOG_GAIN as f32 * hyperbolic_tangent(output))
}

#[inline(always)]
fn hyperbolic_tangent(x: f32) -> f32 {
    1.0 - 2.0 / (exp(2.0 * x) + 1.0)
}

/// Fraction of a change to apply at `years` from the current age: none at the current age, so that a face
/// requested at its own age stays unchanged, and nearly all of it beyond seven years.
fn change_strength(years: f32) -> f32 {
    1.0 - (-(years / 4.0).powi(2)).exp()
}

/// Fractions of the network's colours and of its gain that remain on the way to an older age: lines are drawn
/// separately there, and the network's own shading looks like patches.
const OLDER_TEXTURE: [f64; 2] = [0.7, 0.35];

/// Fractions of the colours and of the logarithm of the gain to apply from age `from` to age `to`, in years.
fn texture_strengths(from: f32, to: f32) -> [f32; 2] {
    let older = f64::from(((to - from) / 10.0).clamp(0.0, 1.0));
    OLDER_TEXTURE.map(|left| (1.0 + older * (left - 1.0)) as f32)
}

/// The predicted change that ages a crop.
#[derive(Clone)]
pub struct Change {
    /// Added to the crop after the warp, before shading and fading: (N, 3, H, W), for pictures in -1..1.
    pub residual: Tensor,
    /// Strength of everything else: (N, 1, H, W), 0..1, before the window fades it out.
    pub mask: Tensor,
    /// Source offset of each pixel: (N, 2, H, W), x then y, in fractions of the side.
    pub flow: Tensor,
    /// Factor of fine detail: (N, 1, H, W), above 0; 1 leaves it unchanged.
    pub gain: Tensor,
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

    /// Predicts the change of each face from its age in `present` to its age in `ages`, in years. A single
    /// face is aged to all of `ages`.
    ///
    /// # Errors
    /// When the numbers of faces and ages do not fit.
    pub fn decode(&self, features: &Features, present: &[f32], ages: &[f32]) -> Result<Change> {
        let present = self.matched(features, present, ages)?;
        let shares = ages.iter().zip(&present).map(|(to, from)| texture_strengths(*from, *to));
        let (colours, gains): (Vec<f32>, Vec<f32>) = shares.map(|[colour, gain]| (colour, gain)).unzip();
        let mut change = self.change(features, &present, ages, Some(&per_face(gains, features)?))?;
        change.residual = change.residual.broadcast_mul(&per_face(colours, features)?)?;
        Ok(change)
    }

    /// Like [`Network::decode`] for one face of age `present`, up to the last step, with what that needs for each age.
    pub(super) fn outputs(
        &self,
        features: &Features,
        present: f32,
        ages: &[f32],
    ) -> Result<(Outputs, Vec<Strengths>)> {
        let present = self.matched(features, &[present], ages)?;
        let style = self.decoder.style(features, ages, &present)?;
        let strengths = ages.iter().zip(&present).map(|(to, from)| Strengths::between(*from, *to));
        Ok((self.decoder.forward(features, &style)?, strengths.collect()))
    }

    /// The current age for each of `ages`.
    fn matched(&self, features: &Features, present: &[f32], ages: &[f32]) -> Result<Vec<f32>> {
        let faces = features.summary.dim(0)?;
        match present {
            [present] if faces == 1 => Ok(vec![*present; ages.len()]),
            _ if faces == ages.len() && faces == present.len() => Ok(present.to_vec()),
            _ => candle_core::bail!(
                "{faces} faces, {} current ages and {} target ages do not match",
                present.len(),
                ages.len()
            ),
        }
    }

    /// Like [`Network::decode`], with the full colours, for as many current ages as ages. The logarithm of each face's gain
    /// is multiplied by `log_gains`, if given.
    pub(super) fn change(
        &self,
        features: &Features,
        present: &[f32],
        ages: &[f32],
        log_gains: Option<&Tensor>,
    ) -> Result<Change> {
        let style = self.decoder.style(features, ages, present)?;
        let mut change = self.decoder.forward(features, &style)?.change(log_gains)?;
        let shares = ages.iter().zip(present).map(|(to, from)| change_strength(to - from)).collect();
        change.mask = change.mask.broadcast_mul(&per_face(shares, features)?)?;
        Ok(change)
    }
}

/// One factor per face, shaped (N, 1, 1, 1) to multiply planes.
fn per_face(values: Vec<f32>, features: &Features) -> Result<Tensor> {
    let count = values.len();
    Tensor::from_vec(values, (count, 1, 1, 1), features.summary.device())
}
