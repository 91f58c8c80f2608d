//! The complete generator.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use super::decoder::{Decoder, Styles};
use super::encoder::{AgeBranch, IdentityBranch, Trunk};
use super::shape::NetworkShape;

/// The generator of AgeTransGAN.
pub struct Generator {
    shape: NetworkShape,
    trunk: Trunk,
    identity: IdentityBranch,
    age: AgeBranch,
    decoder: Decoder,
}

impl Generator {
    /// Loads the weights from `vb`, under their published names.
    ///
    /// # Errors
    /// When a weight is missing or has another shape.
    pub fn new(vb: &VarBuilder<'_>) -> Result<Self> {
        let shape = NetworkShape::of(vb)?;
        Ok(Self {
            shape,
            trunk: Trunk::new(shape, &vb.pp("convs_e"))?,
            identity: IdentityBranch::new(shape.width, &vb.pp("convs_ei"))?,
            age: AgeBranch::new(shape.width, vb)?,
            decoder: Decoder::new(shape, vb)?,
        })
    }

    /// Side of its pictures, and its number of groups.
    pub fn shape(&self) -> NetworkShape {
        self.shape
    }

    /// Ages `picture` (1, 3, S, S) in -1..1 to each of `labels` (N, groups), and passes every aged picture
    /// (1, 3, S, S), roughly in -1..1 and unbounded, to `take`. N pictures are aged each to its own label.
    /// `noise` holds one tensor (1 or N, side, side) for every side in the decoder.
    ///
    /// A label is a weight for each group, summing to one.
    ///
    /// # Errors
    /// When shapes do not fit or the device fails.
    pub fn forward(
        &self,
        picture: &Tensor,
        labels: &Tensor,
        noise: &[Tensor],
        take: impl FnMut(Tensor) -> Result<()>,
    ) -> Result<()> {
        let (identity, w) = self.codes(picture, labels)?;
        self.decoder.forward(identity, &Styles::shared(w), noise, take)
    }

    /// The identity code (N, width, 16, 16) and the age code (N, width), from the arguments of
    /// [`Generator::forward`].
    ///
    /// # Errors
    /// As [`Generator::forward`].
    pub fn codes(&self, picture: &Tensor, labels: &Tensor) -> Result<(Tensor, Tensor)> {
        let code = self.trunk.forward(picture, labels)?;
        let w = self.age.forward(code.clone())?;
        Ok((self.identity.forward(code)?, w))
    }

    /// The identity code alone.
    ///
    /// # Errors
    /// As [`Generator::forward`].
    pub fn identity(&self, picture: &Tensor, labels: &Tensor) -> Result<Tensor> {
        self.identity.forward(self.trunk.forward(picture, labels)?)
    }

    /// Renders codes to pictures (N, 3, S, S).
    ///
    /// # Errors
    /// As [`Generator::forward`].
    pub fn paint(&self, identity: Tensor, styles: &Styles, noise: &[Tensor]) -> Result<Tensor> {
        let mut pictures = Vec::new();
        self.decoder.forward(identity, styles, noise, |picture| {
            pictures.push(picture);
            Ok(())
        })?;
        Tensor::cat(&pictures, 0)
    }
}
