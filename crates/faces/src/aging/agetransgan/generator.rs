//! The whole network.

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
    /// Takes the weights from `vb`, in the published names.
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

    /// The side of its pictures, and its number of groups.
    pub fn shape(&self) -> NetworkShape {
        self.shape
    }

    /// Ages `picture` (1, 3, S, S), in -1..1, to each of `labels` (N, groups), and hands every aged
    /// picture (1, 3, S, S), about -1..1 and unbounded, to `take`. N pictures are aged each to its own
    /// label. `noise` holds one tensor (1 or N, side, side) for every side the decoder passes.
    ///
    /// A label is a weight for each group, its sum one.
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

    /// The codes of the identity (N, width, 16, 16) and of the age (N, width) of pictures and labels as
    /// [`Generator::forward`] takes them.
    ///
    /// # Errors
    /// As [`Generator::forward`].
    pub fn codes(&self, picture: &Tensor, labels: &Tensor) -> Result<(Tensor, Tensor)> {
        let code = self.trunk.forward(picture, labels)?;
        let w = self.age.forward(code.clone())?;
        Ok((self.identity.forward(code)?, w))
    }

    /// The code of the identity alone.
    ///
    /// # Errors
    /// As [`Generator::forward`].
    pub fn identity(&self, picture: &Tensor, labels: &Tensor) -> Result<Tensor> {
        self.identity.forward(self.trunk.forward(picture, labels)?)
    }

    /// The pictures (N, 3, S, S) that codes stand for.
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
