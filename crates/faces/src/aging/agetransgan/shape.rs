//! The size of a network, read from its weights.

use candle_core::{Result, bail};
use candle_nn::VarBuilder;

/// Side of the code between encoder and decoder.
pub(super) const CODE_SIDE: usize = 16;
/// Maximum side of a map for which all ages run as one batch; larger maps, up to 128 MiB each, run one age at
/// a time.
pub(super) const TOGETHER: usize = 64;

/// The parameters that differ between AgeTransGAN networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkShape {
    /// Side of its pictures in pixels, a power of two from 32; 1024 in the published files.
    pub side: usize,
    /// Number of age groups, 10 or 4.
    pub groups: usize,
    /// Maximum number of channels, and number of channels of the codes; [`NetworkShape::PUBLISHED_WIDTH`] in
    /// the published files.
    pub width: usize,
}

impl NetworkShape {
    /// Width of the published networks.
    pub const PUBLISHED_WIDTH: usize = 512;
    /// Supported picture sides.
    pub const SIDES: [usize; 6] = [32, 64, 128, 256, 512, 1024];

    /// Reads the shape from the names and shapes of the weights.
    ///
    /// # Errors
    /// When a required layer is missing, or the first one fits neither ten nor four groups.
    pub fn of(vb: &VarBuilder<'_>) -> Result<Self> {
        let inputs = vb.get_unchecked("convs_e.0.0.weight")?.dim(1)?;
        let groups = inputs.saturating_sub(3);
        if ![4, 10].contains(&groups) {
            bail!(
                "the first layer has {inputs} input planes; it must have 7 (four groups) or 13 (ten groups)"
            );
        }
        let halvings = (1..).take_while(|i| vb.contains_tensor(&format!("convs_e.{i}.conv1.0.weight")));
        let halvings = halvings.take(9).count();
        if !(1..=8).contains(&halvings) {
            bail!("the encoder halves the picture {halvings} times; it must be 1 to 8 times");
        }
        let width = vb.get_unchecked("final_conv.1.bias")?.elem_count();
        Ok(Self { side: CODE_SIDE << halvings, groups, width })
    }

    /// How often the encoder halves the picture and the decoder doubles the code.
    pub(super) fn halvings(self) -> usize {
        (self.side / CODE_SIDE).ilog2() as usize
    }

    /// Number of channels of a map with `side` pixels a side.
    pub fn channels(self, side: usize) -> usize {
        (64 * self.width / side.max(1)).clamp(1, self.width)
    }

    /// Side of each noise plane: one for the code, two for each doubling.
    pub fn noise_sides(self) -> Vec<usize> {
        let doubled = (1..=self.halvings()).flat_map(|stage| [CODE_SIDE << stage; 2]);
        std::iter::once(CODE_SIDE).chain(doubled).collect()
    }

    /// Number of StyleGAN2 styles for pictures of this side. The decoder, which starts at the code, uses the
    /// first three and three more for each doubling, but shares one of each three with the next.
    pub fn styles(self) -> usize {
        2 * self.side.ilog2() as usize - 2
    }

    /// Names and shapes of the generator's parameters, in the published order.
    pub fn parameters(self) -> Vec<(String, Vec<usize>)> {
        let width = self.width;
        let mut list = List(Vec::new());
        for i in 1..=8 {
            list.layer(&format!("style.{i}"), &[width, width]);
        }
        list.add("convs_e.0.0.weight", &[self.channels(self.side), 3 + self.groups, 1, 1]);
        list.add("convs_e.0.1.bias", &[self.channels(self.side)]);
        for i in 0..self.halvings() {
            let sides = [self.side >> i, self.side >> (i + 1)];
            list.residual(&format!("convs_e.{}", i + 1), sides.map(|side| self.channels(side)), 1);
        }
        for (branch, filters) in [("convs_ei", 0), ("convs_es", 1)] {
            for i in 0..2 {
                list.residual(&format!("{branch}.{i}"), [width; 2], filters);
            }
        }
        list.add("final_conv.0.weight", &[width, width, 3, 3]);
        list.add("final_conv.1.bias", &[width]);
        list.styled("conv1", [width; 2], width);
        list.colours("to_rgb1", width, width);
        for i in 0..self.halvings() {
            let [from, to] = [CODE_SIDE << i, CODE_SIDE << (i + 1)].map(|side| self.channels(side));
            list.styled(&format!("convs.{}", 2 * i), [from, to], width);
            list.styled(&format!("convs.{}", 2 * i + 1), [to, to], width);
            list.colours(&format!("to_rgbs.{i}"), to, width);
        }
        list.0
    }
}

/// Names and shapes of parameters.
pub struct List(pub Vec<(String, Vec<usize>)>);

impl List {
    /// Appends a parameter.
    pub fn add(&mut self, name: impl Into<String>, dims: &[usize]) {
        self.0.push((name.into(), dims.to_vec()));
    }

    /// `NAME.weight`, and `NAME.bias` with the length of the weight's first axis.
    pub fn layer(&mut self, name: &str, weight: &[usize]) {
        self.add(format!("{name}.weight"), weight);
        self.add(format!("{name}.bias"), &weight[..1]);
    }

    /// A residual block; `filters` is 1 if it halves its map, because the filter counts as a layer.
    pub fn residual(&mut self, at: &str, [inputs, outputs]: [usize; 2], filters: usize) {
        self.add(format!("{at}.conv1.0.weight"), &[inputs, inputs, 3, 3]);
        self.add(format!("{at}.conv1.1.bias"), &[inputs]);
        self.add(format!("{at}.conv2.{filters}.weight"), &[outputs, inputs, 3, 3]);
        self.add(format!("{at}.conv2.{}.bias", filters + 1), &[outputs]);
        self.add(format!("{at}.skip.{filters}.weight"), &[outputs, inputs, 1, 1]);
    }

    fn modulated(&mut self, at: &str, [inputs, outputs, kernel]: [usize; 3], style: usize) {
        self.add(format!("{at}.weight"), &[1, outputs, inputs, kernel, kernel]);
        self.layer(&format!("{at}.modulation"), &[inputs, style]);
    }

    fn styled(&mut self, at: &str, [inputs, outputs]: [usize; 2], style: usize) {
        self.modulated(&format!("{at}.conv"), [inputs, outputs, 3], style);
        self.add(format!("{at}.noise.weight"), &[1]);
        self.add(format!("{at}.activate.bias"), &[outputs]);
    }

    fn colours(&mut self, at: &str, inputs: usize, style: usize) {
        self.add(format!("{at}.bias"), &[1, 3, 1, 1]);
        self.modulated(&format!("{at}.conv"), [inputs, 3, 1], style);
    }
}
