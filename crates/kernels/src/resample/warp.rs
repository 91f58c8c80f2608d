//! Bilinear warp: every pixel is sampled where a flow field points.

use candle_core::{CpuStorage, CustomOp2, DType, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use crate::device::has_kernels;
use crate::view::{floats, nchw, with_floats};

/// Samples `x` (N, C, H, W) bilinearly at each pixel's position plus `flow` (N, 2, H, W; x then y, in
/// pixels), repeating the edge outside.
///
/// # Errors
/// If the shapes do not match or a tensor is not f32.
pub fn warp(x: &Tensor, flow: &Tensor) -> Result<Tensor> {
    if has_kernels(x.device()) {
        return x.contiguous()?.apply_op2(&flow.contiguous()?, Warp);
    }
    by_gathering(x, flow)
}

/// Fallback for other devices, composed of candle's operations.
fn by_gathering(x: &Tensor, flow: &Tensor) -> Result<Tensor> {
    let (n, c, h, w) = x.dims4()?;
    if flow.dims() != [n, 2, h, w] {
        bail!("warp: flow {:?} does not match the picture {:?}", flow.shape(), x.shape());
    }
    let along = |axis: usize, size: usize| -> Result<[Tensor; 3]> {
        let grid = Tensor::arange(0f32, size as f32, x.device())?;
        let grid = if axis == 0 { grid.reshape((1, 1, size))? } else { grid.reshape((1, size, 1))? };
        let at = flow.narrow(1, axis, 1)?.squeeze(1)?.broadcast_add(&grid)?.clamp(0.0, (size - 1) as f64)?;
        let first = at.detach().floor()?;
        let second = (&first + 1.0)?.minimum((size - 1) as f64)?;
        Ok([(at - &first)?.unsqueeze(1)?, first, second])
    };
    let ([fx, x0, x1], [fy, y0, y1]) = (along(0, w)?, along(1, h)?);
    let pixels = x.contiguous()?.reshape((n, c, h * w))?;
    let fetch = |y: &Tensor, column: &Tensor| -> Result<Tensor> {
        let indices = ((y * w as f64)? + column)?.to_dtype(DType::U32)?.reshape((n, 1, h * w))?;
        let indices = indices.broadcast_as((n, c, h * w))?.contiguous()?;
        pixels.gather(&indices, 2)?.reshape((n, c, h, w))
    };
    let between = |a: Tensor, b: Tensor, fraction: &Tensor| &a + (b - &a)?.broadcast_mul(fraction)?;
    let top = between(fetch(&y0, &x0)?, fetch(&y0, &x1)?, &fx)?;
    between(top, between(fetch(&y1, &x0)?, fetch(&y1, &x1)?, &fx)?, &fy)
}

struct Warp;

/// The source of one pixel: four neighbours and the position between them. Outside the picture the edge is
/// repeated, and moving along the clamped axis changes nothing.
struct Source {
    corners: [usize; 4],
    fx: f32,
    fy: f32,
    inside: [bool; 2],
}

fn source(h: usize, w: usize, x: f32, y: f32) -> Source {
    let (right, bottom) = ((w - 1) as f32, (h - 1) as f32);
    let inside = [x > 0.0 && x < right, y > 0.0 && y < bottom];
    let (x, y) = (x.clamp(0.0, right), y.clamp(0.0, bottom));
    let (x0, y0) = (x as usize, y as usize);
    let (x1, y1) = ((x0 + 1).min(w - 1), (y0 + 1).min(h - 1));
    let corners = [y0 * w + x0, y0 * w + x1, y1 * w + x0, y1 * w + x1];
    Source { corners, fx: x - x0 as f32, fy: y - y0 as f32, inside }
}

fn sources(flow: &[f32], h: usize, w: usize) -> impl Iterator<Item = Source> + '_ {
    let (dx, dy) = flow.split_at(h * w);
    (0..h * w).map(move |i| source(h, w, (i % w) as f32 + dx[i], (i / w) as f32 + dy[i]))
}

impl CustomOp2 for Warp {
    fn name(&self) -> &'static str {
        "warp"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let [n, c, h, w] = nchw(l1)?;
        if nchw(l2)? != [n, 2, h, w] || h * w * c == 0 {
            bail!("warp: flow {:?} does not match the picture {:?}", l2.shape(), l1.shape());
        }
        let (x, flow) = (floats(s1, l1)?, floats(s2, l2)?);
        let mut out = vec![0f32; x.len()];
        let images = out.par_chunks_exact_mut(c * h * w).zip(x.par_chunks_exact(c * h * w));
        images.zip(flow.par_chunks_exact(2 * h * w)).for_each(|((to, from), flow)| {
            for (i, s) in sources(flow, h, w).enumerate() {
                for (to, from) in to.chunks_exact_mut(h * w).zip(from.chunks_exact(h * w)) {
                    let [a, b, c, d] = s.corners.map(|corner| from[corner]);
                    let (top, bottom) = (a + (b - a) * s.fx, c + (d - c) * s.fx);
                    to[i] = top + (bottom - top) * s.fy;
                }
            }
        });
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        flow: &Tensor,
        _res: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let (_, c, h, w) = x.dims4()?;
        let (x_grad, flow_grad) = with_floats(x, |pixels| {
            with_floats(flow, |flow| {
                with_floats(grad, |grad| Ok(gradients(pixels, flow, grad, [c, h, w], x.track_op())))
            })
        })?;
        let x_grad = x_grad.map(|grad| Tensor::from_vec(grad, x.shape(), x.device())).transpose()?;
        Ok((x_grad, Some(Tensor::from_vec(flow_grad, flow.shape(), flow.device())?)))
    }
}

/// The gradients with respect to the picture, if it `is_tracked`, and to the flow.
fn gradients(
    x: &[f32],
    flow: &[f32],
    grad: &[f32],
    [c, h, w]: [usize; 3],
    is_tracked: bool,
) -> (Option<Vec<f32>>, Vec<f32>) {
    let (mut x_grad, mut flow_grad) = (is_tracked.then(|| vec![0f32; x.len()]), vec![0f32; flow.len()]);
    let size = c * h * w;
    let of_pictures: Vec<Option<&mut [f32]>> = match &mut x_grad {
        Some(x_grad) => x_grad.chunks_exact_mut(size).map(Some).collect(),
        None => (0..x.len() / size).map(|_| None).collect(),
    };
    let targets = of_pictures.into_par_iter().zip(flow_grad.par_chunks_exact_mut(2 * h * w));
    let inputs =
        x.par_chunks_exact(size).zip(flow.par_chunks_exact(2 * h * w)).zip(grad.par_chunks_exact(size));
    targets.zip(inputs).for_each(|((mut x_grad, flow_grad), ((x, flow), grad))| {
        let (dx, dy) = flow_grad.split_at_mut(h * w);
        for (i, s) in sources(flow, h, w).enumerate() {
            let weights =
                [(1.0 - s.fx) * (1.0 - s.fy), s.fx * (1.0 - s.fy), (1.0 - s.fx) * s.fy, s.fx * s.fy];
            for channel in 0..c {
                let start = channel * h * w;
                let g = grad[start + i];
                let [a, b, c, d] = s.corners.map(|corner| x[start + corner]);
                if let Some(x_grad) = &mut x_grad {
                    for (corner, weight) in s.corners.iter().zip(weights) {
                        x_grad[start + corner] += g * weight;
                    }
                }
                if s.inside[0] {
                    dx[i] += g * ((b - a) * (1.0 - s.fy) + (d - c) * s.fy);
                }
                if s.inside[1] {
                    dy[i] += g * ((c - a) * (1.0 - s.fx) + (d - b) * s.fx);
                }
            }
        }
    });
    (x_grad, flow_grad)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, check_gradients, gradients, tensor};

    #[test]
    fn no_flow_changes_nothing_and_a_whole_pixel_shifts() -> Result<()> {
        let x = tensor(&[2, 3, 6, 5], 1)?;
        let still = Tensor::zeros((2, 2, 6, 5), x.dtype(), x.device())?;
        assert_close(&warp(&x, &still)?, &x, 0.0)?;
        let right = Tensor::cat(&[still.narrow(1, 0, 1)?.ones_like()?, still.narrow(1, 1, 1)?], 1)?;
        assert_close(&warp(&x, &right)?.narrow(3, 0, 4)?, &x.narrow(3, 1, 4)?, 1e-6)
    }

    #[test]
    fn gradients_agree_with_finite_differences() -> Result<()> {
        let (x, flow) = (tensor(&[2, 2, 6, 7], 2)?, (tensor(&[2, 2, 6, 7], 3)? * 1.7)?);
        check_gradients(&[&x, &flow], |t| warp(&t[0], &t[1]))
    }

    #[test]
    fn other_devices_compute_the_same() -> Result<()> {
        let (x, flow) = (tensor(&[2, 3, 6, 7], 2)?, (tensor(&[2, 2, 6, 7], 3)? * 3.3)?);
        assert_close(&by_gathering(&x, &flow)?, &warp(&x, &flow)?, 1e-5)?;
        let ours = gradients(&[&x, &flow], |t| warp(&t[0], &t[1]))?;
        let gathered = gradients(&[&x, &flow], |t| by_gathering(&t[0], &t[1]))?;
        assert_close(&gathered[0], &ours[0], 1e-5)?;
        assert_close(&gathered[1], &ours[1], 1e-5)
    }
}
