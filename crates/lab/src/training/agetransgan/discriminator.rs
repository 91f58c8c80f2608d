//! The discriminator: tells real faces from generated ones in an age group, and predicts the group.
//!
//! StyleGAN2's discriminator with projection (Miyato and Koyama, "cGANs with Projection Discriminator", 2018)
//! and a second head that classifies. AgeTransGAN's single-layer form is known down to its parameter names.
//! Of the multi-layer form only the purpose is known: four subnets combine features of several layers. Here
//! each subnet takes the map of one of the last four scales to 4 x 4, and twice their mean enters the heads.

use std::f64::consts::SQRT_2;

use candle_core::{Result, Tensor, bail};
use candle_nn::VarBuilder;
use candle_nn::ops::leaky_relu;

use agemirror_faces::aging::agetransgan::NetworkShape;
use agemirror_faces::aging::agetransgan::layers::{Activated, Linear, Residual, scaled_weight};
use agemirror_faces::aging::agetransgan::shape::List;
use agemirror_kernels::{LEAKY_SLOPE, conv2d_leaky};

/// Side of the last map.
const LAST_SIDE: usize = 4;
/// Subnets of the multi-layer form.
const SUBNETS: usize = 4;
/// Largest group of pictures over which the batch deviation is computed.
const DEVIATION_GROUP: usize = 4;

/// Which features enter the discriminator's heads.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Layers {
    /// Those of the last map.
    #[default]
    Single,
    /// Those of the last four scales.
    Multi,
}

/// Size of a discriminator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DiscriminatorShape {
    /// Picture side, age groups and width.
    pub network: NetworkShape,
    /// Single-layer or multi-layer form.
    pub layers: Layers,
}

impl DiscriminatorShape {
    fn halvings(self) -> usize {
        (self.network.side / LAST_SIDE).ilog2() as usize
    }

    fn widths(self, block: usize) -> [usize; 2] {
        let side = self.network.side >> block;
        [side, side / 2].map(|side| self.network.channels(side))
    }

    /// Names and shapes of the parameters.
    pub(crate) fn parameters(self) -> Vec<(String, Vec<usize>)> {
        let NetworkShape { side, groups, width } = self.network;
        let flat = width * LAST_SIDE * LAST_SIDE;
        let mut list = List(Vec::new());
        list.add("convs.0.0.weight", &[self.network.channels(side), 3, 1, 1]);
        list.add("convs.0.1.bias", &[self.network.channels(side)]);
        for i in 0..self.halvings() {
            list.residual(&format!("convs.{}", i + 1), self.widths(i), 1);
        }
        if self.layers == Layers::Multi {
            for subnet in 0..SUBNETS - 1 {
                for i in 0..SUBNETS - 1 - subnet {
                    list.residual(&format!("subnets.{subnet}.{i}"), [width; 2], 1);
                }
            }
            list.residual(&format!("subnets.{}.0", SUBNETS - 1), [width; 2], 0);
        }
        list.add("final_conv.0.weight", &[width, width + 1, 3, 3]);
        list.add("final_conv.1.bias", &[width]);
        list.layer("final_linear1", &[width, flat]);
        list.add("project.weight", &[groups, width]);
        list.layer("final_linear2", &[1, width]);
        list.layer("final_linear_cls.0", &[width, flat]);
        list.layer("final_linear_cls.1", &[groups, width]);
        list.0
    }
}

/// Output of the discriminator.
pub(crate) struct DiscriminatorOutput {
    /// Realness logits of pictures in their group, positive for real: (N).
    pub real: Tensor,
    /// Class logits of the age groups: (N, groups).
    pub classes: Tensor,
}

/// The discriminator with the weights of one step.
pub(crate) struct Discriminator {
    stem: (Tensor, Tensor),
    blocks: Vec<Residual>,
    subnets: Vec<Vec<Residual>>,
    last: Activated,
    features: Linear,
    real: Linear,
    /// Projection of the labels: (groups, width).
    projection: Tensor,
    classifier: [Linear; 2],
}

impl Discriminator {
    /// Loads the weights from `vb`, with the names of the authors' checkpoints.
    ///
    /// # Errors
    /// When a weight is missing or has another shape.
    pub(crate) fn new(shape: DiscriminatorShape, vb: &VarBuilder<'_>) -> Result<Self> {
        let NetworkShape { side, groups, width } = shape.network;
        let (first, flat) = (shape.network.channels(side), width * LAST_SIDE * LAST_SIDE);
        let block = |i: usize| Residual::halving(shape.widths(i), &vb.pp("convs").pp(i + 1));
        let subnet = |subnet: usize| -> Result<Vec<Residual>> {
            let vb = vb.pp("subnets").pp(subnet);
            if subnet == SUBNETS - 1 {
                return Ok(vec![Residual::keeping(width, &vb.pp(0))?]);
            }
            (0..SUBNETS - 1 - subnet).map(|i| Residual::halving([width; 2], &vb.pp(i))).collect()
        };
        let subnets = if shape.layers == Layers::Multi { SUBNETS } else { 0 };
        Ok(Self {
            stem: (
                scaled_weight([first, 3, 1], SQRT_2, "convs.0.0.weight", vb)?,
                (vb.get(first, "convs.0.1.bias")? * SQRT_2)?,
            ),
            blocks: (0..shape.halvings()).map(block).collect::<Result<_>>()?,
            subnets: (0..subnets).map(subnet).collect::<Result<_>>()?,
            last: Activated::new([width + 1, width], SQRT_2, 0, &vb.pp("final_conv"))?,
            features: Linear::new([flat, width], 1.0, SQRT_2, &vb.pp("final_linear1"))?,
            real: Linear::new([width, 1], 1.0, 1.0, &vb.pp("final_linear2"))?,
            projection: vb.get((groups, width), "project.weight")?,
            classifier: [
                Linear::new([flat, width], 1.0, SQRT_2, &vb.pp("final_linear_cls.0"))?,
                Linear::new([width, groups], 1.0, 1.0, &vb.pp("final_linear_cls.1"))?,
            ],
        })
    }

    /// Judges `pictures` (N, 3, S, S) as members of the groups in `labels` (N, groups, one-hot).
    ///
    /// # Errors
    /// When shapes do not fit, or N is more than four and not a multiple of four.
    pub(crate) fn forward(&self, pictures: &Tensor, labels: &Tensor) -> Result<DiscriminatorOutput> {
        let map = self.map(pictures)?;
        let deviation = batch_deviation(&map)?;
        let flat = self.last.forward(&Tensor::cat(&[&map, &deviation], 1)?)?.flatten_from(1)?;
        let leaky = |x: Tensor| leaky_relu(&x, f64::from(LEAKY_SLOPE));
        let features = leaky(self.features.forward(&flat)?)?;
        let projected = (labels.matmul(&self.projection)? * &features)?.sum(1)?;
        let real = (self.real.forward(&features)?.squeeze(1)? + projected)?;
        let [first, second] = &self.classifier;
        Ok(DiscriminatorOutput { real, classes: second.forward(&leaky(first.forward(&flat)?)?)? })
    }

    /// The input of the heads: (N, width, 4, 4).
    fn map(&self, pictures: &Tensor) -> Result<Tensor> {
        let (weight, bias) = &self.stem;
        let mut x = conv2d_leaky(pictures, weight, Some(bias), 1, 0)?;
        if self.subnets.is_empty() {
            return self.blocks.iter().try_fold(x, |x, block| block.forward(x));
        }
        // The first subnet takes a map of 32 pixels, which may come before all blocks.
        let first = self.blocks.len() + 1 - SUBNETS;
        let mut sum: Option<Tensor> = None;
        for i in 0..=self.blocks.len() {
            if i > 0 {
                x = self.blocks[i - 1].forward(x)?;
            }
            let Some(subnet) = i.checked_sub(first).and_then(|i| self.subnets.get(i)) else { continue };
            let y = subnet.iter().try_fold(x.clone(), |x, block| block.forward(x))?;
            sum = Some(match sum {
                Some(sum) => (sum + y)?,
                None => y,
            });
        }
        match sum {
            // The sum of four maps of unit variance has a deviation of two.
            Some(sum) => sum / 2.0,
            None => bail!("the discriminator has no subnet"),
        }
    }
}

/// Minibatch standard deviation as one more channel (N, 1, H, W): in groups of up to four pictures, the
/// standard deviation of each value, averaged (Karras et al., "Progressive Growing of GANs", 2018).
fn batch_deviation(map: &Tensor) -> Result<Tensor> {
    let (n, c, h, w) = map.dims4()?;
    let group = n.min(DEVIATION_GROUP);
    if group == 0 || n % group != 0 {
        bail!("{n} pictures cannot be split into groups of {group}");
    }
    let apart = map.reshape((group, n / group, c, h, w))?;
    let off = apart.broadcast_sub(&apart.mean_keepdim(0)?)?;
    let deviation = (off.sqr()?.mean(0)? + 1e-8)?.sqrt()?.mean((1, 2, 3))?;
    let each = Tensor::cat(&vec![deviation; group], 0)?;
    each.reshape((n, 1, 1, 1))?.broadcast_as((n, 1, h, w))?.contiguous()
}
