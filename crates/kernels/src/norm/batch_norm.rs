//! Batch normalisation with stored statistics (Ioffe and Szegedy, "Batch Normalization", 2015).

use candle_core::{Result, Tensor};

use super::activation::Activation;
use super::modulate::modulate;

/// The parameters of a trained batch normalisation, all (C).
#[derive(Clone, Debug)]
pub struct BatchNorm {
    /// Running mean, subtracted.
    pub mean: Tensor,
    /// Running variance; its square root divides.
    pub variance: Tensor,
    /// Scale after normalisation (`weight` in PyTorch).
    pub gamma: Tensor,
    /// Offset after scaling (`bias` in PyTorch).
    pub beta: Tensor,
    /// Added to the variance.
    pub eps: f64,
}

impl BatchNorm {
    /// Scale and shift (C) with the same effect.
    fn affine(&self) -> Result<(Tensor, Tensor)> {
        let scale = (&self.gamma / (&self.variance + self.eps)?.sqrt()?)?;
        let shift = (&self.beta - (&self.mean * &scale)?)?;
        Ok((scale, shift))
    }

    /// Normalises `x` (N, C, H, W) with the stored statistics, then applies the activation.
    ///
    /// # Errors
    /// If the shapes do not match or a tensor is not f32.
    pub fn forward(&self, x: &Tensor, activation: Activation) -> Result<Tensor> {
        let (scale, shift) = self.affine()?;
        let rows = |t: Tensor| t.reshape((1, ()))?.broadcast_as((x.dim(0)?, t.elem_count()));
        modulate(x, &rows(scale)?, &rows(shift)?, activation)
    }

    /// Folds this normalisation into the convolution before it: returns the filter (C, I, kh, kw) and bias
    /// (C) of one convolution with the effect of both.
    ///
    /// # Errors
    /// If the shapes do not match.
    pub fn fold(&self, filter: &Tensor, bias: Option<&Tensor>) -> Result<(Tensor, Tensor)> {
        let (scale, shift) = self.affine()?;
        let folded = filter.broadcast_mul(&scale.reshape(((), 1, 1, 1))?)?;
        let bias = match bias {
            Some(bias) => ((bias * &scale)? + shift)?,
            None => shift,
        };
        Ok((folded, bias))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, tensor};
    use crate::{batch_norm_training, channel_statistics, conv2d};

    #[test]
    fn candles_batch_norm_agrees() -> Result<()> {
        let (x, gamma, beta) = (tensor(&[3, 4, 6, 5], 1)?, tensor(&[4], 2)?, tensor(&[4], 3)?);
        let (mean, variance) = channel_statistics(&x)?;
        let theirs =
            candle_nn::BatchNorm::new(4, mean.clone(), variance.clone(), gamma.clone(), beta.clone(), 1e-3)?;
        let ours = BatchNorm { mean, variance, gamma: gamma.clone(), beta: beta.clone(), eps: 1e-3 };
        let expected = candle_nn::ModuleT::forward_t(&theirs, &x, false)?;
        assert_close(&ours.forward(&x, Activation::Identity)?, &expected, 1e-5)?;
        assert_close(&ours.forward(&x, Activation::Relu)?, &expected.relu()?, 1e-5)?;
        // The running statistics are those of the batch.
        assert_close(&batch_norm_training(&x, &gamma, &beta, 1e-3, Activation::Identity)?, &expected, 1e-5)
    }

    #[test]
    fn a_folded_convolution_equals_convolution_and_normalisation() -> Result<()> {
        let (x, f, b) = (tensor(&[2, 3, 6, 5], 1)?, tensor(&[4, 3, 3, 3], 2)?, tensor(&[4], 3)?);
        let norm = BatchNorm {
            mean: tensor(&[4], 4)?,
            variance: (tensor(&[4], 5)? + 1.5)?,
            gamma: tensor(&[4], 6)?,
            beta: tensor(&[4], 7)?,
            eps: 1e-5,
        };
        for bias in [None, Some(&b)] {
            let apart = norm.forward(&conv2d(&x, &f, bias, 1, 1)?, Activation::Identity)?;
            let (folded, shift) = norm.fold(&f, bias)?;
            assert_close(&conv2d(&x, &folded, Some(&shift), 1, 1)?, &apart, 1e-5)?;
        }
        Ok(())
    }
}
