//! The three operations of a convolution y = C(x, w): the convolution itself, the transposed convolution T(g,
//! w), which is its gradient with respect to x, and W(x, g), its gradient with respect to w. Each is linear
//! in both arguments, and the gradients of each are the other two, so gradients of gradients need nothing
//! more.

use candle_core::backend::BackendStorage;
use candle_core::{
    CpuStorage, CudaStorage, CustomOp2, CustomOp3, Layout, MetalStorage, Result, Shape, Storage, Tensor, bail,
};

use super::backward::filter_gradient;
use super::epilogue::Epilogue;
use super::fallback;
use super::forward;
use super::forward::Packed;
use super::sizes::Sizes;
use crate::autograd::with_graph;
use crate::device::has_kernels;
use crate::norm::activation::Activation;
use crate::simd::sums::channel_sums;
use crate::view::floats;

/// `activation(C(x, filter) + bias)`.
pub(crate) fn convolve(
    x: &Tensor,
    filter: &Tensor,
    bias: &Tensor,
    sizes: Sizes,
    activation: Activation,
) -> Result<Tensor> {
    let precomputed = (!has_kernels(x.device()))
        .then(|| fallback::convolve(&x.detach(), &filter.detach(), &bias.detach(), &sizes, activation))
        .transpose()?;
    let op = Convolve { sizes, activation, precomputed: PrecomputedOutput(precomputed) };
    x.contiguous()?.apply_op3(&filter.contiguous()?, &bias.contiguous()?, op)
}

/// `activation(T(grad, filter) + bias)`, where `bias` has one element per input channel of the convolution.
pub(crate) fn transposed(
    grad: &Tensor,
    filter: &Tensor,
    bias: &Tensor,
    sizes: Sizes,
    activation: Activation,
) -> Result<Tensor> {
    let precomputed = (!has_kernels(grad.device()))
        .then(|| fallback::transposed(&grad.detach(), &filter.detach(), &bias.detach(), &sizes))
        .map(|precomputed| activation.apply(precomputed?))
        .transpose()?;
    let op = Transposed { sizes, activation, precomputed: PrecomputedOutput(precomputed) };
    grad.contiguous()?.apply_op3(&filter.contiguous()?, &bias.contiguous()?, op)
}

/// W(x, grad).
fn filter_gradients(x: &Tensor, grad: &Tensor, sizes: Sizes) -> Result<Tensor> {
    let precomputed = (!has_kernels(x.device()))
        .then(|| fallback::filter_gradient(&x.detach(), &grad.detach(), &sizes))
        .transpose()?;
    let op = FilterGradient { sizes, precomputed: PrecomputedOutput(precomputed) };
    x.contiguous()?.apply_op2(&grad.contiguous()?, op)
}

/// C without a bias.
fn without_bias(x: &Tensor, filter: &Tensor, sizes: Sizes) -> Result<Tensor> {
    convolve(x, filter, &Tensor::zeros(sizes.outputs, x.dtype(), x.device())?, sizes, Activation::Identity)
}

/// T without a bias.
fn transposed_without_bias(grad: &Tensor, filter: &Tensor, sizes: Sizes) -> Result<Tensor> {
    let zeros = Tensor::zeros(sizes.inputs, grad.dtype(), grad.device())?;
    transposed(grad, filter, &zeros, sizes, Activation::Identity)
}

fn if_tracked(tensor: &Tensor, gradient: impl FnOnce() -> Result<Tensor>) -> Result<Option<Tensor>> {
    tensor.track_op().then(gradient).transpose()
}

/// The output, computed with candle's operations on a device that has no kernel here; the custom operation
/// then only adds the gradient.
struct PrecomputedOutput(Option<Tensor>);

impl PrecomputedOutput {
    fn get<S>(&self, pick: impl FnOnce(&Storage) -> Option<Result<S>>) -> Result<(S, Shape)> {
        let Some(tensor) = &self.0 else { bail!("the precomputed output of a convolution is missing") };
        let (storage, layout) = tensor.storage_and_layout();
        if layout.contiguous_offsets().is_none_or(|(start, _)| start != 0) {
            bail!("the precomputed output of a convolution must be contiguous");
        }
        let Some(copy) = pick(&storage) else {
            bail!("the precomputed output of a convolution is on another device")
        };
        Ok((copy?, layout.shape().clone()))
    }

    /// `None` if the kernels of this crate compute the output.
    fn cpu(&self) -> Option<Result<(CpuStorage, Shape)>> {
        let layout = self.layout()?;
        Some(self.get(|storage| match storage {
            Storage::Cpu(storage) => Some(storage.try_clone(&layout)),
            _ => None,
        }))
    }

    fn cuda(&self) -> Result<(CudaStorage, Shape)> {
        let layout = self.layout();
        self.get(|storage| match storage {
            Storage::Cuda(storage) => Some(storage.try_clone(&layout?)),
            _ => None,
        })
    }

    fn metal(&self) -> Result<(MetalStorage, Shape)> {
        let layout = self.layout();
        self.get(|storage| match storage {
            Storage::Metal(storage) => Some(storage.try_clone(&layout?)),
            _ => None,
        })
    }

    fn layout(&self) -> Option<Layout> {
        self.0.as_ref().map(|tensor| tensor.layout().clone())
    }
}

struct Convolve {
    sizes: Sizes,
    activation: Activation,
    precomputed: PrecomputedOutput,
}

impl CustomOp3 for Convolve {
    fn name(&self) -> &'static str {
        "conv2d"
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
        if let Some(precomputed) = self.precomputed.cpu() {
            return precomputed;
        }
        let (x, filter, bias) = (floats(s1, l1)?, floats(s2, l2)?, floats(s3, l3)?);
        let sizes = self.sizes;
        let epilogue = Epilogue::bias(bias, self.activation.slope());
        let out = forward::forward(x, filter, &sizes, &epilogue, &Packed::default(), false);
        Ok((CpuStorage::F32(out), Shape::from(&sizes.y_shape()[..])))
    }

    fn cuda_fwd(
        &self,
        _: &CudaStorage,
        _: &Layout,
        _: &CudaStorage,
        _: &Layout,
        _: &CudaStorage,
        _: &Layout,
    ) -> Result<(CudaStorage, Shape)> {
        self.precomputed.cuda()
    }

    fn metal_fwd(
        &self,
        _: &MetalStorage,
        _: &Layout,
        _: &MetalStorage,
        _: &Layout,
        _: &MetalStorage,
        _: &Layout,
    ) -> Result<(MetalStorage, Shape)> {
        self.precomputed.metal()
    }

    fn bwd(
        &self,
        x: &Tensor,
        filter: &Tensor,
        bias: &Tensor,
        result: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let grad = self.activation.gradient(result, grad)?;
        let sizes = self.sizes;
        Ok((
            if_tracked(x, || transposed_without_bias(&grad, &with_graph(filter), sizes))?,
            if_tracked(filter, || filter_gradients(&with_graph(x), &grad, sizes))?,
            if_tracked(bias, || channel_sums(&grad))?,
        ))
    }
}

struct Transposed {
    sizes: Sizes,
    activation: Activation,
    precomputed: PrecomputedOutput,
}

impl CustomOp3 for Transposed {
    fn name(&self) -> &'static str {
        "conv-transpose2d"
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
        if let Some(precomputed) = self.precomputed.cpu() {
            return precomputed;
        }
        let (grad, filter, bias) = (floats(s1, l1)?, floats(s2, l2)?, floats(s3, l3)?);
        let epilogue = Epilogue::bias(bias, self.activation.slope());
        let out = forward::transposed(grad, filter, &self.sizes, &epilogue);
        Ok((CpuStorage::F32(out), Shape::from(&self.sizes.x_shape()[..])))
    }

    fn cuda_fwd(
        &self,
        _: &CudaStorage,
        _: &Layout,
        _: &CudaStorage,
        _: &Layout,
        _: &CudaStorage,
        _: &Layout,
    ) -> Result<(CudaStorage, Shape)> {
        self.precomputed.cuda()
    }

    fn metal_fwd(
        &self,
        _: &MetalStorage,
        _: &Layout,
        _: &MetalStorage,
        _: &Layout,
        _: &MetalStorage,
        _: &Layout,
    ) -> Result<(MetalStorage, Shape)> {
        self.precomputed.metal()
    }

    fn bwd(
        &self,
        grad: &Tensor,
        filter: &Tensor,
        bias: &Tensor,
        result: &Tensor,
        upper: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let upper = self.activation.gradient(result, upper)?;
        Ok((
            if_tracked(grad, || without_bias(&upper, &with_graph(filter), self.sizes))?,
            if_tracked(filter, || filter_gradients(&upper, &with_graph(grad), self.sizes))?,
            if_tracked(bias, || channel_sums(&upper))?,
        ))
    }
}

struct FilterGradient {
    sizes: Sizes,
    precomputed: PrecomputedOutput,
}

impl CustomOp2 for FilterGradient {
    fn name(&self) -> &'static str {
        "conv2d-filter-gradient"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        if let Some(precomputed) = self.precomputed.cpu() {
            return precomputed;
        }
        let out = filter_gradient(floats(s1, l1)?, floats(s2, l2)?, &self.sizes);
        Ok((CpuStorage::F32(out), Shape::from(&self.sizes.filter_shape()[..])))
    }

    fn cuda_fwd(
        &self,
        _: &CudaStorage,
        _: &Layout,
        _: &CudaStorage,
        _: &Layout,
    ) -> Result<(CudaStorage, Shape)> {
        self.precomputed.cuda()
    }

    fn metal_fwd(
        &self,
        _: &MetalStorage,
        _: &Layout,
        _: &MetalStorage,
        _: &Layout,
    ) -> Result<(MetalStorage, Shape)> {
        self.precomputed.metal()
    }

    fn bwd(
        &self,
        x: &Tensor,
        grad: &Tensor,
        _result: &Tensor,
        upper: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        Ok((
            if_tracked(x, || transposed_without_bias(&with_graph(grad), upper, self.sizes))?,
            if_tracked(grad, || without_bias(&with_graph(x), upper, self.sizes))?,
        ))
    }
}
