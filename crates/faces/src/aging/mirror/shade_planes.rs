//! Shading of whole planes, as one differentiable operation where the device has kernels. Composed of candle's, it is
//! thirty operations, most of which sum or repeat colours over the channels one float at a time.

use candle_core::{CpuStorage, CustomOp2, CustomOp3, Device, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use super::shade::{AMBIENT, OWN_COLOUR, SHADOW};
use crate::pixels::{LUMA, luma};
use agemirror_kernels::{has_kernels, widest};

/// Like [`shade_quad`](super::shade::shade_quad), for residuals and coarse pictures (N, 3, H, W) in -1..1.
pub(super) fn shade_planes(residual: &Tensor, near: &Tensor) -> Result<Tensor> {
    if let Some(shaded) = (Shading { own: OWN_COLOUR, shadow: SHADOW }).apply(residual, near)? {
        return Ok(shaded);
    }
    let colour = (near + f64::from(1.0 + AMBIENT))?;
    let warm = colour.broadcast_mul(&channels(SHADOW, near.device())?)?;
    let light = luma_plane(residual)?;
    let own = (residual.broadcast_sub(&light)? * f64::from(OWN_COLOUR))?;
    let lit = colour.broadcast_mul(&(light.relu()? / luma_plane(&colour)?)?)?;
    let shadow = warm.broadcast_mul(&(light.neg()?.relu()? / luma_plane(&warm)?)?)?;
    (own + lit)? - shadow
}

/// Difference between the shaded residuals (N, 3, H, W) and the same lightness in the hue of the coarse
/// pictures `near` alone: reddening, paling, and the warmth of shadow.
///
/// # Errors
/// When shapes do not fit.
pub fn colour_cast(residual: &Tensor, near: &Tensor) -> Result<Tensor> {
    let in_hue = match (Shading { own: 0.0, shadow: [1.0; 3] }).apply(residual, near)? {
        Some(in_hue) => in_hue,
        None => {
            let colour = (near + f64::from(1.0 + AMBIENT))?;
            colour.broadcast_div(&luma_plane(&colour)?)?.broadcast_mul(&luma_plane(residual)?)?
        }
    };
    shade_planes(residual, near)? - in_hue
}

/// Luma of pictures (N, 3, H, W): (N, 1, H, W).
fn luma_plane(x: &Tensor) -> Result<Tensor> {
    x.broadcast_mul(&channels(LUMA, x.device())?)?.sum_keepdim(1)
}

/// One value per colour channel, as (1, 3, 1, 1).
fn channels(values: [f32; 3], device: &Device) -> Result<Tensor> {
    Tensor::new(&values, device)?.reshape((1, 3, 1, 1))
}

/// Turns residuals into colour: a share of their own colour is kept, and their lightness takes the colour beneath, which
/// is multiplied by `shadow` where they darken.
#[derive(Clone, Copy)]
struct Shading {
    /// Share of its own colour that a residual keeps.
    own: f32,
    shadow: [f32; 3],
}

impl Shading {
    /// Shades `residual` over the coarse pictures `near`, both (N, 3, H, W) in -1..1, on a device with kernels; `None` on
    /// others.
    ///
    /// # Errors
    /// When shapes do not fit.
    fn apply(self, residual: &Tensor, near: &Tensor) -> Result<Option<Tensor>> {
        if !has_kernels(residual.device()) {
            return Ok(None);
        }
        residual.contiguous()?.apply_op2(&near.contiguous()?, self).map(Some)
    }
}

/// Three channels of some pixels.
type Colours<'a> = [&'a [f32]; 3];
type ColoursMut<'a> = [&'a mut [f32]; 3];

widest! {
    fn shade(to: ColoursMut<'_>, residual: Colours<'_>, near: Colours<'_>, shading: Shading) {
        let [red, green, blue] = to;
        for i in 0..red.len() {
            let at = Pixel::of(residual.map(|plane| plane[i]), near.map(|plane| plane[i]), shading.shadow);
            let value = |c: usize| shading.own * (residual[c][i] - at.light) + at.colour[c] * at.light / at.luma;
            (red[i], green[i], blue[i]) = (value(0), value(1), value(2));
        }
    }
}

widest! {
    /// The gradients with respect to the residual and to the coarse picture.
    fn shade_backward(to: [ColoursMut<'_>; 2], residual: Colours<'_>, near: Colours<'_>, grad: Colours<'_>, shading: Shading) {
        let [[red, green, blue], [near_red, near_green, near_blue]] = to;
        for i in 0..red.len() {
            let at = Pixel::of(residual.map(|plane| plane[i]), near.map(|plane| plane[i]), shading.shadow);
            let g = grad.map(|plane| plane[i]);
            // Derivative by the lightness that takes the colour beneath.
            let lit = (g[0] * at.colour[0] + g[1] * at.colour[1] + g[2] * at.colour[2]) / at.luma;
            let light = lit - shading.own * (g[0] + g[1] + g[2]);
            let of_residual = |c: usize| shading.own * g[c] + LUMA[c] * light;
            (red[i], green[i], blue[i]) = (of_residual(0), of_residual(1), of_residual(2));
            let of_near = |c: usize| at.warmth[c] * at.light / at.luma * (g[c] - lit * LUMA[c]);
            (near_red[i], near_green[i], near_blue[i]) = (of_near(0), of_near(1), of_near(2));
        }
    }
}

/// What shades one pixel.
struct Pixel {
    /// Lightness of the residual.
    light: f32,
    warmth: [f32; 3],
    /// The colour beneath times the warmth, and its luma.
    colour: [f32; 3],
    luma: f32,
}

impl Pixel {
    #[inline(always)]
    fn of(residual: [f32; 3], near: [f32; 3], shadow: [f32; 3]) -> Self {
        let light = luma(residual);
        let warmth = shadow.map(|warmth| if light < 0.0 { warmth } else { 1.0 });
        let colour = [0, 1, 2].map(|c| (near[c] + (1.0 + AMBIENT)) * warmth[c]);
        Self { light, warmth, colour, luma: luma(colour) }
    }
}

/// The three planes of one picture.
fn planes(picture: &[f32]) -> Colours<'_> {
    let size = picture.len() / 3;
    [0, 1, 2].map(|c| &picture[c * size..][..size])
}

fn planes_mut(picture: &mut [f32]) -> ColoursMut<'_> {
    let size = picture.len() / 3;
    let (red, rest) = picture.split_at_mut(size);
    let (green, blue) = rest.split_at_mut(size);
    [red, green, blue]
}

/// The floats of contiguous tensors of equal shape (N, 3, H, W), and the floats of one picture.
fn pictures<'a, const COUNT: usize>(
    tensors: [(&'a CpuStorage, &Layout); COUNT],
) -> Result<([&'a [f32]; COUNT], usize)> {
    let (_, first) = tensors[0];
    let (images, channels, height, width) = first.shape().dims4()?;
    let mut floats = [&[][..]; COUNT];
    for (floats, (storage, layout)) in floats.iter_mut().zip(tensors) {
        *floats = agemirror_kernels::floats(storage, layout)?;
        if layout.shape() != first.shape() || channels != 3 || images * height * width == 0 {
            bail!("shade: {:?} does not fit {:?}", layout.shape(), first.shape());
        }
    }
    Ok((floats, 3 * height * width))
}

impl CustomOp2 for Shading {
    fn name(&self) -> &'static str {
        "shade"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let ([residual, near], size) = pictures([(s1, l1), (s2, l2)])?;
        let mut out = vec![0f32; residual.len()];
        let inputs = residual.par_chunks_exact(size).zip(near.par_chunks_exact(size));
        out.par_chunks_exact_mut(size).zip(inputs).for_each(|(out, (residual, near))| {
            shade(planes_mut(out), planes(residual), planes(near), *self);
        });
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }

    fn bwd(
        &self,
        residual: &Tensor,
        near: &Tensor,
        _result: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let both = residual.apply_op3_no_bwd(near, &grad.contiguous()?, &Gradients(*self))?;
        Ok((
            residual.track_op().then(|| both.narrow(1, 0, 3)).transpose()?,
            near.track_op().then(|| both.narrow(1, 3, 3)).transpose()?,
        ))
    }
}

/// The gradients with respect to the residual and to the coarse picture, as (N, 6, H, W).
struct Gradients(Shading);

impl CustomOp3 for Gradients {
    fn name(&self) -> &'static str {
        "shade-gradients"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
        s3: &CpuStorage,
        l3: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let ([residual, near, grad], size) = pictures([(s1, l1), (s2, l2), (s3, l3)])?;
        let (images, channels, height, width) = l1.shape().dims4()?;
        let mut out = vec![0f32; 2 * residual.len()];
        let inputs = residual.par_chunks_exact(size).zip(near.par_chunks_exact(size));
        let inputs = inputs.zip(grad.par_chunks_exact(size));
        out.par_chunks_exact_mut(2 * size).zip(inputs).for_each(|(out, ((residual, near), grad))| {
            let (of_residual, of_near) = out.split_at_mut(size);
            let to = [planes_mut(of_residual), planes_mut(of_near)];
            shade_backward(to, planes(residual), planes(near), planes(grad), self.0);
        });
        Ok((CpuStorage::F32(out), (images, 2 * channels, height, width).into()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::shade::tests::{SKINS, shade};
    use super::*;
    use agemirror_kernels::testing::{assert_close, check_gradients, gradients, tensor};
    use agemirror_kernels::with_composed_operations;

    #[test]
    fn shading_agrees_with_separate_operations_and_finite_differences() -> Result<()> {
        let (residual, near) = (tensor(&[2, 3, 4, 5], 1)?, (tensor(&[2, 3, 4, 5], 2)? * 0.7)?);
        for shade in [shade_planes, colour_cast] {
            let ours = shade(&residual, &near)?;
            assert_close(&ours, &with_composed_operations(|| shade(&residual, &near))?, 1e-5)?;
            let fused = gradients(&[&residual, &near], |t| shade(&t[0], &t[1]))?;
            let composed =
                with_composed_operations(|| gradients(&[&residual, &near], |t| shade(&t[0], &t[1])))?;
            fused.iter().zip(&composed).try_for_each(|(ours, its)| assert_close(ours, its, 1e-5))?;
        }
        let bright = (residual.abs()? + 0.1)?;
        check_gradients(&[&bright, &near], |t| shade_planes(&t[0], &t[1]))?;
        let plain = Shading { own: OWN_COLOUR, shadow: [1.0; 3] };
        assert!(plain.apply(&residual, &near.narrow(2, 0, 3)?).is_err());
        Ok(())
    }

    #[test]
    fn light_and_shade_of_the_skins_own_hue_cast_no_colour() -> Result<()> {
        let plane = |colour: [f32; 3]| Tensor::new(&colour, &Device::Cpu)?.reshape((1, 3, 1, 1));
        let cast = |residual: [f32; 3]| -> Result<[f32; 3]> {
            let cast = colour_cast(&plane(residual)?, &plane(SKINS[0])?)?.flatten_all()?.to_vec1::<f32>()?;
            Ok([cast[0], cast[1], cast[2]])
        };
        assert!(cast([0.2; 3])?.iter().all(|value| value.abs() < 1e-6));
        let [red, _, blue] = cast([-0.3; 3])?;
        assert!(red > 0.01 && blue < -0.01, "shadow is warm: {red} {blue}");
        let [red, green, _] = cast([0.4, -0.1, -0.1])?;
        assert!(red > 0.02 && green < 0.0, "{red} {green}");
        Ok(())
    }

    #[test]
    fn planes_are_shaded_as_pixels_are() {
        let residual = [0.1, -0.3, 0.2];
        let plane =
            |colour: [f32; 3]| Tensor::new(&colour, &Device::Cpu).unwrap().reshape((1, 3, 1, 1)).unwrap();
        for (near, sign) in SKINS.into_iter().flat_map(|near| [(near, 1.0), (near, -1.0)]) {
            let residual = residual.map(|value| sign * value);
            let planes = shade_planes(&plane(residual), &plane(near)).unwrap();
            let planes = planes.flatten_all().unwrap().to_vec1::<f32>().unwrap();
            assert!(planes.iter().zip(shade(residual, near)).all(|(a, b)| (a - b).abs() < 1e-6));
        }
    }
}
