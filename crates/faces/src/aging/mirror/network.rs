//! The network: one encoder for the face, one light decoder for each age.
//!
//! Sizes below are for a 128 px crop; the network is convolutional and takes any side that 16 divides. It
//! works at half the side: four neighbouring pixels enter as channels of one, and come out so again
//! (Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel
//! Convolutional Neural Network", 2016), on top of a smooth picture that is enlarged bilinearly.

use candle_core::{D, Result, Tensor};
use candle_nn::VarBuilder;

use super::age_code::{AGE_CODE, age_codes};
use super::layers::{Conv, Linear};
use agemirror_kernels::{depth_to_space, down2, modulate_leaky, sigmoid, space_to_depth, tanh, up2};

/// Channels at 64, 32, 16 and 8 px.
pub(super) const WIDTHS: [usize; 4] = [24, 24, 48, 96];
/// Colours of the four pixels that enter or leave as one.
const QUAD: usize = 12;
/// Length of the vector that conditions the decoder.
const STYLE: usize = 64;
/// Residual blocks at 8 px in the encoder.
const DEEP_BLOCKS: usize = 3;
/// The largest displacement, in fractions of the side.
const REACH: f64 = 0.08;
/// The largest logarithm of what fine detail is multiplied by.
const GAIN: f64 = 1.2;
/// The largest residual, in a picture of -1..1.
const SWING: f64 = 1.0;
/// Slows the residual's last layer down, or early steps would drive it to its bounds.
const GENTLE: f64 = 0.25;

/// Two convolutions beside a straight way.
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

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.second.forward_with_residual(&self.first.forward_leaky(x)?, x)
    }
}

/// What the encoder finds in a face, shared by all ages.
#[derive(Clone)]
pub struct Features {
    /// Maps at 64, 32, 16 and 8 px: (N, 24, 24, 48 or 96 channels, side, side).
    pub(super) maps: [Tensor; 4],
    /// The mean of the last map: (N, 96).
    pub(super) summary: Tensor,
}

impl Features {
    /// The same face `count` times (from a batch of one), without copying.
    pub(super) fn repeat(&self, count: usize) -> Result<Self> {
        let repeat = |t: &Tensor| {
            let mut dims = t.dims().to_vec();
            dims[0] = count;
            t.broadcast_as(dims)
        };
        let [a, b, c, d] = &self.maps;
        Ok(Self { maps: [repeat(a)?, repeat(b)?, repeat(c)?, repeat(d)?], summary: repeat(&self.summary)? })
    }
}

struct Encoder {
    stem: Conv,
    enter: [Conv; 3],
    fine: Conv,
    middle: Residual,
    deep: Vec<Residual>,
}

impl Encoder {
    fn new(vb: VarBuilder<'_>) -> Result<Self> {
        let enter = |i: usize| Conv::new(WIDTHS[i], WIDTHS[i + 1], 3, vb.pp(format!("enter.{i}")));
        Ok(Self {
            stem: Conv::new(QUAD, WIDTHS[0], 3, vb.pp("stem"))?,
            enter: [enter(0)?, enter(1)?, enter(2)?],
            fine: Conv::new(WIDTHS[1], WIDTHS[1], 3, vb.pp("fine"))?,
            middle: Residual::new(WIDTHS[2], vb.pp("middle"))?,
            deep: (0..DEEP_BLOCKS)
                .map(|i| Residual::new(WIDTHS[3], vb.pp(format!("deep.{i}"))))
                .collect::<Result<_>>()?,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Features> {
        let a = self.stem.forward_leaky(&space_to_depth(x)?)?;
        let b = self.fine.forward_leaky(&self.enter[0].forward_leaky(&down2(&a)?)?)?;
        let c = self.middle.forward(&self.enter[1].forward_leaky(&down2(&b)?)?)?;
        let mut d = self.enter[2].forward_leaky(&down2(&c)?)?;
        for block in &self.deep {
            d = block.forward(&d)?;
        }
        let summary = d.flatten_from(2)?.mean(D::Minus1)?;
        Ok(Features { maps: [a, b, c, d], summary })
    }
}

/// A convolution whose channels the style scales and shifts.
struct Styled {
    conv: Conv,
    gain: Linear,
    shift: Linear,
}

impl Styled {
    fn new(width: usize, vb: VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            conv: Conv::new(width, width, 3, vb.pp("conv"))?,
            gain: Linear::new(STYLE, width, vb.pp("gain"))?,
            shift: Linear::new(STYLE, width, vb.pp("shift"))?,
        })
    }

    fn forward(&self, x: &Tensor, style: &Tensor) -> Result<Tensor> {
        let gain = (self.gain.forward(style)? + 1.0)?;
        modulate_leaky(&self.conv.forward(x)?, &gain, &self.shift.forward(style)?)
    }
}

struct Decoder {
    style_hidden: Linear,
    style: Linear,
    deep: [Styled; 2],
    rise: [Conv; 3],
    styled: [Styled; 3],
    /// The flow at 16 px, and what is added to it at 32.
    flow: [Conv; 2],
    /// What is enlarged smoothly: red, green, blue, mask, gain.
    paint: Conv,
    /// What each of four pixels has beyond that: three colours.
    detail: Conv,
}

impl Decoder {
    fn new(vb: VarBuilder<'_>) -> Result<Self> {
        let deep = |i: usize| Styled::new(WIDTHS[3], vb.pp(format!("deep.{i}")));
        let rise = |i: usize| Conv::new(WIDTHS[3 - i], WIDTHS[2 - i], 1, vb.pp(format!("rise.{i}")));
        let styled = |i: usize| Styled::new(WIDTHS[2 - i], vb.pp(format!("styled.{i}")));
        Ok(Self {
            style_hidden: Linear::new(2 * AGE_CODE + 1 + WIDTHS[3], STYLE, vb.pp("style_hidden"))?,
            style: Linear::new(STYLE, STYLE, vb.pp("style"))?,
            deep: [deep(0)?, deep(1)?],
            rise: [rise(0)?, rise(1)?, rise(2)?],
            styled: [styled(0)?, styled(1)?, styled(2)?],
            flow: [
                Conv::new(WIDTHS[2], 2, 3, vb.pp("flow"))?,
                Conv::new(WIDTHS[1], 2, 3, vb.pp("flow_fine"))?,
            ],
            paint: Conv::new(WIDTHS[0], 5, 3, vb.pp("paint"))?,
            detail: Conv::new(WIDTHS[0], QUAD, 3, vb.pp("detail"))?,
        })
    }

    /// What conditions the decoder: the two ages, the way between them, and a little of the face. They
    /// are scaled so that the ages speak louder than the face, or training would take long to hear them.
    fn style(&self, features: &Features, ages: &[f32], present: &[f32]) -> Result<Tensor> {
        let device = features.summary.device();
        let way: Vec<f32> = ages.iter().zip(present).map(|(a, b)| (a - b) / 20.0).collect();
        let way = Tensor::from_vec(way, (ages.len(), 1), device)?;
        let codes = |ages| age_codes(ages, device)? * 3.0;
        let face = (&features.summary * 0.3)?;
        let known = Tensor::cat(&[&codes(ages)?, &codes(present)?, &way, &face], 1)?;
        let leaky = |x: Tensor| candle_nn::ops::leaky_relu(&x, 0.2);
        leaky(self.style.forward(&leaky(self.style_hidden.forward(&known)?)?)?)
    }

    fn forward(&self, features: &Features, style: &Tensor) -> Result<Change> {
        let [a, b, c, d] = &features.maps;
        let deep = self.deep[1].forward(&self.deep[0].forward(d, style)?, style)?;
        let mut x = (d + deep)?;
        let mut flow: Option<Tensor> = None;
        for (level, skip) in [c, b, a].into_iter().enumerate() {
            x = (up2(&self.rise[level].forward(&x)?)? + skip)?;
            x = self.styled[level].forward(&x, style)?;
            if let Some(conv) = self.flow.get(level) {
                let here = conv.forward(&x)?;
                flow = Some(flow.map_or(Ok(here.clone()), |coarse| up2(&coarse)? + here)?);
            }
        }
        let Some(flow) = flow else { candle_core::bail!("the decoder has no level for the flow") };
        let flow = (up2(&up2(&tanh(&flow)?)?)? * REACH)?;
        let paint = up2(&self.paint.forward(&x)?)?;
        let colours = (paint.narrow(1, 0, 3)? + depth_to_space(&self.detail.forward(&x)?)?)?;
        let residual = (tanh(&(colours * GENTLE)?)? * SWING)?;
        let mask = sigmoid(&paint.narrow(1, 3, 1)?.contiguous()?)?;
        let gain = (tanh(&paint.narrow(1, 4, 1)?.contiguous()?)? * GAIN)?.exp()?;
        Ok(Change { residual, mask, flow, gain })
    }
}

/// How much of a change is taken over at so many years from the present age: none at the present age,
/// so that a face asked for its own age stays as it is, and nearly all beyond seven years.
fn share_of_change(years: f32) -> f32 {
    1.0 - (-(years / 4.0).powi(2)).exp()
}

/// What is left of the network's colours and of its gain of fine detail on the way to an older age: there, lines are
/// drawn beside it, and its own shading looks like patches.
const OLDER: [f64; 2] = [0.85, 0.35];

/// The shares of colours and of the logarithm of the gain from age `from` to age `to` (years).
fn shares_of_texture(from: f32, to: f32) -> [f32; 2] {
    let older = f64::from(((to - from) / 10.0).clamp(0.0, 1.0));
    OLDER.map(|left| (1.0 + older * (left - 1.0)) as f32)
}

/// What is to be done to a crop to change its age.
#[derive(Clone)]
pub struct Change {
    /// What is added to the crop after the warp, before it is shaded and faded: (N, 3, H, W), in a picture of -1..1.
    pub residual: Tensor,
    /// How much of everything else is done: (N, 1, H, W), 0..1, before the window fades it out.
    pub mask: Tensor,
    /// From where each pixel is fetched: (N, 2, H, W), x then y, in fractions of the side.
    pub flow: Tensor,
    /// What fine detail is multiplied by: (N, 1, H, W), above 0; 1 leaves it.
    pub gain: Tensor,
}

/// The network of mirror.
pub struct Network {
    encoder: Encoder,
    decoder: Decoder,
    male: Linear,
}

impl Network {
    /// Takes the weights from `vb`.
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

    /// What all ages share, of crops (N, 3, H, W) in -1..1.
    ///
    /// # Errors
    /// When a side is not a multiple of 16.
    pub fn encode(&self, x: &Tensor) -> Result<Features> {
        self.encoder.forward(x)
    }

    /// The logit of a man's face: (N, 1).
    ///
    /// # Errors
    /// When the device fails.
    pub fn male(&self, features: &Features) -> Result<Tensor> {
        self.male.forward(&features.summary)
    }

    /// The change of each face from its age in `present` to that in `ages` (years). One face alone is
    /// changed to all of `ages`.
    ///
    /// # Errors
    /// When the numbers of faces and ages do not fit.
    pub fn decode(&self, features: &Features, present: &[f32], ages: &[f32]) -> Result<Change> {
        let faces = features.summary.dim(0)?;
        if (faces, present.len()) == (1, 1) && ages.len() > 1 {
            return self.decode(&features.repeat(ages.len())?, &vec![present[0]; ages.len()], ages);
        }
        if faces != ages.len() || faces != present.len() {
            candle_core::bail!(
                "{faces} faces, {} present ages and {} ages do not fit",
                present.len(),
                ages.len()
            );
        }
        let mut change = self.full_change(features, present, ages)?;
        let shares = ages.iter().zip(present).map(|(to, from)| shares_of_texture(*from, *to));
        let (colours, gains): (Vec<f32>, Vec<f32>) = shares.map(|[colour, gain]| (colour, gain)).unzip();
        change.residual = change.residual.broadcast_mul(&per_face(colours, features)?)?;
        change.gain = change.gain.log()?.broadcast_mul(&per_face(gains, features)?)?.exp()?;
        Ok(change)
    }

    /// As [`Network::decode`], with all of the colours and the gain, for as many faces as ages.
    pub(super) fn full_change(&self, features: &Features, present: &[f32], ages: &[f32]) -> Result<Change> {
        let style = self.decoder.style(features, ages, present)?;
        let mut change = self.decoder.forward(features, &style)?;
        let shares = ages.iter().zip(present).map(|(to, from)| share_of_change(to - from)).collect();
        change.mask = change.mask.broadcast_mul(&per_face(shares, features)?)?;
        Ok(change)
    }
}

/// One number for each face, to be multiplied with planes: (N, 1, 1, 1).
fn per_face(values: Vec<f32>, features: &Features) -> Result<Tensor> {
    let count = values.len();
    Tensor::from_vec(values, (count, 1, 1, 1), features.summary.device())
}
