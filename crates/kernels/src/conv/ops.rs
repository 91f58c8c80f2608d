//! The three operations of a convolution y = C(x, w): itself, the transposed T(g, w) that is its gradient
//! to x, and W(x, g) that is its gradient to w. Each is linear in both arguments, and the gradients of
//! each are the other two, so that gradients of gradients need nothing more.

use candle_core::backend::BackendStorage;
use candle_core::{
    CpuStorage, CudaStorage, CustomOp2, CustomOp3, Layout, MetalStorage, Result, Shape, Storage, Tensor, bail,
};

use super::backward::filter_gradient;
use super::fallback as elsewhere;
use super::finish::Finish;
use super::forward;
use super::forward::Packed;
use super::sizes::Sizes;
use crate::autograd::with_graph;
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
    let ready = (!x.device().is_cpu())
        .then(|| elsewhere::convolve(&x.detach(), &filter.detach(), &bias.detach(), &sizes, activation))
        .transpose()?;
    let op = Convolve { sizes, activation, ready: Ready(ready) };
    x.contiguous()?.apply_op3(&filter.contiguous()?, &bias.contiguous()?, op)
}

/// `activation(T(grad, filter) + bias)`, where the bias has the convolution's input channels.
pub(crate) fn transposed(
    grad: &Tensor,
    filter: &Tensor,
    bias: &Tensor,
    sizes: Sizes,
    activation: Activation,
) -> Result<Tensor> {
    let ready = (!grad.device().is_cpu())
        .then(|| elsewhere::transposed(&grad.detach(), &filter.detach(), &bias.detach(), &sizes))
        .map(|ready| activation.apply(ready?))
        .transpose()?;
    let op = Transposed { sizes, activation, ready: Ready(ready) };
    grad.contiguous()?.apply_op3(&filter.contiguous()?, &bias.contiguous()?, op)
}

/// W(x, grad).
fn filter_gradients(x: &Tensor, grad: &Tensor, sizes: Sizes) -> Result<Tensor> {
    let ready = (!x.device().is_cpu())
        .then(|| elsewhere::filter_gradient(&x.detach(), &grad.detach(), &sizes))
        .transpose()?;
    let op = FilterGradient { sizes, ready: Ready(ready) };
    x.contiguous()?.apply_op2(&grad.contiguous()?, op)
}

/// C without a bias.
fn plainly(x: &Tensor, filter: &Tensor, sizes: Sizes) -> Result<Tensor> {
    convolve(x, filter, &Tensor::zeros(sizes.outputs, x.dtype(), x.device())?, sizes, Activation::Identity)
}

/// T without a bias.
fn plainly_transposed(grad: &Tensor, filter: &Tensor, sizes: Sizes) -> Result<Tensor> {
    let zeros = Tensor::zeros(sizes.inputs, grad.dtype(), grad.device())?;
    transposed(grad, filter, &zeros, sizes, Activation::Identity)
}

fn wanted(tensor: &Tensor, gradient: impl FnOnce() -> Result<Tensor>) -> Result<Option<Tensor>> {
    tensor.track_op().then(gradient).transpose()
}

/// The result that candle's operations gave on a device for which there is no kernel here; the operation
/// then only adds the gradient.
struct Ready(Option<Tensor>);

impl Ready {
    fn get<S>(&self, pick: impl FnOnce(&Storage) -> Option<Result<S>>) -> Result<(S, Shape)> {
        let Some(tensor) = &self.0 else { bail!("a convolution's result is missing") };
        let (storage, layout) = tensor.storage_and_layout();
        let Some(copy) = pick(&storage) else { bail!("a convolution's result is on another device") };
        Ok((copy?, layout.shape().clone()))
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
    ready: Ready,
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
        let (x, filter, bias) = (floats(s1, l1)?, floats(s2, l2)?, floats(s3, l3)?);
        let sizes = self.sizes;
        let finish = Finish::bias(bias, self.activation.slope());
        let out = forward::forward(x, filter, &sizes, &finish, &Packed::default(), false);
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
        self.ready.cuda()
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
        self.ready.metal()
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
            wanted(x, || plainly_transposed(&grad, &with_graph(filter), sizes))?,
            wanted(filter, || filter_gradients(&with_graph(x), &grad, sizes))?,
            wanted(bias, || channel_sums(&grad))?,
        ))
    }
}

struct Transposed {
    sizes: Sizes,
    activation: Activation,
    ready: Ready,
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
        let (grad, filter, bias) = (floats(s1, l1)?, floats(s2, l2)?, floats(s3, l3)?);
        let finish = Finish::bias(bias, self.activation.slope());
        let out = forward::transposed(grad, filter, &self.sizes, &finish);
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
        self.ready.cuda()
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
        self.ready.metal()
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
            wanted(grad, || plainly(&upper, &with_graph(filter), self.sizes))?,
            wanted(filter, || filter_gradients(&upper, &with_graph(grad), self.sizes))?,
            wanted(bias, || channel_sums(&upper))?,
        ))
    }
}

struct FilterGradient {
    sizes: Sizes,
    ready: Ready,
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
        self.ready.cuda()
    }

    fn metal_fwd(
        &self,
        _: &MetalStorage,
        _: &Layout,
        _: &MetalStorage,
        _: &Layout,
    ) -> Result<(MetalStorage, Shape)> {
        self.ready.metal()
    }

    fn bwd(
        &self,
        x: &Tensor,
        grad: &Tensor,
        _result: &Tensor,
        upper: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        Ok((
            wanted(x, || plainly_transposed(&with_graph(grad), upper, self.sizes))?,
            wanted(grad, || plainly(&with_graph(x), upper, self.sizes))?,
        ))
    }
}
