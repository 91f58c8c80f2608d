//! How large a network a file of weights holds.

use candle_core::{Result, bail};
use candle_nn::VarBuilder;

/// The side of the code between encoder and decoder.
pub(super) const CODE_SIDE: usize = 16;
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
    /// The largest number of channels, and that of the codes; [`NetworkShape::PUBLISHED_WIDTH`] in the
    /// published files.
    pub width: usize,
}

impl NetworkShape {
    /// The width of the published networks.
    pub const PUBLISHED_WIDTH: usize = 512;
    /// The sides of pictures that a network can have.
    pub const SIDES: [usize; 6] = [32, 64, 128, 256, 512, 1024];

    /// Reads the shape off the names and shapes of the weights.
    ///
    /// # Errors
    /// When a layer that tells is missing, or the first one fits neither ten nor four groups.
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
        let width = vb.get_unchecked("final_conv.1.bias")?.elem_count();
        Ok(Self { side: CODE_SIDE << halvings, groups, width })
    }

    /// How often the encoder halves the picture, and the decoder doubles the code.
    pub(super) fn halvings(self) -> usize {
        (self.side / CODE_SIDE).ilog2() as usize
    }

    /// The channels of a map of so many pixels a side.
    pub fn channels(self, side: usize) -> usize {
        (64 * self.width / side.max(1)).clamp(1, self.width)
    }

    /// The side of each plane of noise: one for the code, two for each doubling.
    pub fn noise_sides(self) -> Vec<usize> {
        let doubled = (1..=self.halvings()).flat_map(|stage| [CODE_SIDE << stage; 2]);
        std::iter::once(CODE_SIDE).chain(doubled).collect()
    }

    /// How many styles StyleGAN2 counts for pictures of this side. The decoder, which begins at the code,
    /// takes the first three and three more for each doubling but shares one of each three with the next.
    pub fn styles(self) -> usize {
        2 * self.side.ilog2() as usize - 2
    }

    /// The generator's parameters in the published order: names and shapes.
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

    /// `NAME.weight`, and `NAME.bias` as long as the weight's first side.
    pub fn layer(&mut self, name: &str, weight: &[usize]) {
        self.add(format!("{name}.weight"), weight);
        self.add(format!("{name}.bias"), &weight[..1]);
    }

    /// A residual block; `filters` is 1 where it halves its map, for a filter counts as a layer.
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
