//! The inverted residual block of networks for phones (Sandler et al., "MobileNetV2", 2018) with frozen weights:
//! expansion, depthwise convolution and projection as one operation.
//!
//! Each picture passes through all layers while it is in the cache. The gradient needs only the two wide maps: where
//! they are 0 or 6, ReLU6 stops it.

use std::sync::{Arc, OnceLock};

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use super::conv2d;
use super::depthwise::{Depthwise, Padding, Plan, depthwise_conv2d_activated, dilated};
use super::epilogue::Epilogue;
use super::filter::FilterView;
use super::kernel::PackedFilter;
use super::pointwise;
use crate::device::has_kernels;
use crate::norm::activation::Activation;
use crate::norm::relu6::{limit, mask, relu6};
use crate::view::{floats, nchw, with_floats};

/// The filter and bias of a convolution.
type Weights = (Tensor, Tensor);

/// A frozen inverted residual block: 1x1 convolution and ReLU6, depthwise convolution and ReLU6, 1x1 convolution.
/// Gradients pass to its input, but not to its weights.
pub struct InvertedResidual {
    layers: Arc<Layers>,
}

struct Layers {
    expand: Option<Pointwise>,
    depthwise: Weights,
    /// The values of the depthwise kernels, the same in reverse order, and the biases.
    kernels: [Vec<f32>; 3],
    project: Pointwise,
    kernel: usize,
    stride: usize,
    shortcut: bool,
}

impl InvertedResidual {
    /// A block with the weights of its layers: (wide, inputs, 1, 1) if it expands, (wide, 1, k, k), and (outputs, wide, 1,
    /// 1), each with a bias. The depthwise convolution has this `stride` and TensorFlow's padding `SAME`; `shortcut` adds
    /// the input to the output.
    ///
    /// # Errors
    /// If the shapes do not match.
    pub fn new(
        expand: Option<Weights>,
        depthwise: Weights,
        project: Weights,
        stride: usize,
        shortcut: bool,
    ) -> Result<Self> {
        let (wide, one, kernel, width) = depthwise.0.dims4()?;
        let expand = expand.map(Pointwise::new).transpose()?;
        let project = Pointwise::new(project)?;
        let inputs = expand.as_ref().map_or(wide, |layer| layer.inputs);
        if one != 1 || kernel != width || stride == 0 || project.inputs != wide {
            bail!("the layers of an inverted residual block do not match");
        }
        if expand.as_ref().is_some_and(|layer| layer.outputs != wide) || shortcut && inputs != project.outputs
        {
            bail!("the channels of an inverted residual block do not match");
        }
        let values = depthwise.0.flatten_all()?.to_vec1::<f32>()?;
        let mut flipped = values.clone();
        flipped.chunks_exact_mut(kernel * kernel).for_each(<[f32]>::reverse);
        let kernels = [values, flipped, depthwise.1.to_vec1()?];
        let layers = Layers { expand, depthwise, kernels, project, kernel, stride, shortcut };
        Ok(Self { layers: Arc::new(layers) })
    }

    /// The block's output for `x` (N, inputs, H, W): (N, outputs, ceil(H / stride), ceil(W / stride)).
    ///
    /// # Errors
    /// If the shape does not match, or the tensor is not f32.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        if !has_kernels(x.device()) {
            return self.layers.composed(x);
        }
        let keep = x.track_op();
        x.contiguous()?.apply_op1(Block { layers: self.layers.clone(), keep, maps: OnceLock::new() })
    }
}

/// A 1x1 convolution, packed on first use for itself and for its transpose.
struct Pointwise {
    weights: Weights,
    bias: Vec<f32>,
    inputs: usize,
    outputs: usize,
    packed: OnceLock<PackedFilter>,
    transposed: OnceLock<PackedFilter>,
}

impl Pointwise {
    fn new(weights: Weights) -> Result<Self> {
        let (outputs, inputs, height, width) = weights.0.dims4()?;
        let bias: Vec<f32> = weights.1.to_vec1()?;
        if [height, width] != [1, 1] || bias.len() != outputs {
            bail!("the filter {:?} or its bias does not belong to a 1x1 convolution", weights.0.shape());
        }
        Ok(Self { weights, bias, inputs, outputs, packed: OnceLock::new(), transposed: OnceLock::new() })
    }

    /// Packs the weights for both directions.
    fn pack(&self) -> Result<[&PackedFilter; 2]> {
        with_floats(&self.weights.0, |filter| {
            let view = FilterView::new(filter, [self.outputs, self.inputs, 1, 1]);
            Ok([
                self.packed.get_or_init(|| PackedFilter::new(&view, 1)),
                self.transposed.get_or_init(|| PackedFilter::new(&view.adjoint(), 1)),
            ])
        })
    }

    /// The convolution of one picture of `size` pixels, with ReLU if `activation` says so, plus `residual`.
    fn convolve(&self, x: &[f32], size: usize, activation: Activation, residual: &[f32]) -> Result<Vec<f32>> {
        let [packed, _] = self.pack()?;
        let epilogue = Epilogue { residual, ..Epilogue::bias(&self.bias, activation.slope()) };
        Ok(pointwise::convolve(x, 1, size, packed, &epilogue))
    }

    /// The gradient with respect to the input, plus `residual`.
    fn input_gradient(&self, grad: &[f32], size: usize, residual: &[f32]) -> Result<Vec<f32>> {
        let [_, transposed] = self.pack()?;
        let epilogue = Epilogue { residual, ..Epilogue::bias(&[0.0], 1.0) };
        Ok(pointwise::convolve(grad, 1, size, transposed, &epilogue))
    }
}

/// The wide maps of one picture after their activations; the first is empty without an expansion.
struct Maps {
    wide: Vec<f32>,
    filtered: Vec<f32>,
}

impl Layers {
    fn depthwise(&self, [height, width]: [usize; 2]) -> Depthwise {
        let kernel = (self.kernel, self.kernel);
        Depthwise {
            stride: self.stride,
            padding: Padding::tensorflow_same((height, width), kernel, self.stride),
            activation: Activation::Relu,
        }
    }

    fn kernel_shape(&self) -> [usize; 4] {
        [self.project.inputs, 1, self.kernel, self.kernel]
    }

    fn inputs(&self) -> usize {
        self.expand.as_ref().map_or(self.project.inputs, |layer| layer.inputs)
    }

    /// The plan of the depthwise convolution of one picture.
    fn plan(&self, size: [usize; 2]) -> Result<Plan> {
        self.depthwise(size).plan([1, self.project.inputs, size[0], size[1]], self.kernel_shape())
    }

    /// The output for one picture, and its wide maps.
    fn picture(&self, x: &[f32], size: [usize; 2], plan: &Plan) -> Result<(Vec<f32>, Maps)> {
        let mut wide = Vec::new();
        if let Some(expand) = &self.expand {
            wide = expand.convolve(x, size[0] * size[1], Activation::Relu, &[])?;
            limit(&mut wide);
        }
        let from = if self.expand.is_some() { &wide } else { x };
        let [kernels, _, bias] = &self.kernels;
        let mut filtered = plan.run(from, kernels, bias, Activation::Relu);
        limit(&mut filtered);
        let residual = if self.shortcut { x } else { &[] };
        let out = self.project.convolve(&filtered, plan.output_area(), Activation::Identity, residual)?;
        Ok((out, Maps { wide, filtered }))
    }

    /// The gradient with respect to one picture of this `size`.
    fn gradient(&self, maps: &Maps, grad: &[f32], size: [usize; 2], plan: &Plan) -> Result<Vec<f32>> {
        let mut narrow = self.project.input_gradient(grad, plan.output_area(), &[])?;
        mask(&mut narrow, &maps.filtered);
        let (back, dilated_size) =
            self.depthwise(size).gradient_operation(size, [self.kernel; 2], plan.output())?;
        let channels = self.project.inputs;
        let back = back.plan([1, channels, dilated_size[0], dilated_size[1]], self.kernel_shape())?;
        let dilated = dilated(narrow, plan.output(), self.stride);
        let mut wide = back.run(&dilated, &self.kernels[1], &vec![0.0; channels], Activation::Identity);
        let residual = if self.shortcut { grad } else { &[] };
        let Some(expand) = &self.expand else {
            wide.iter_mut().zip(residual).for_each(|(sum, value)| *sum += value);
            return Ok(wide);
        };
        mask(&mut wide, &maps.wide);
        expand.input_gradient(&wide, size[0] * size[1], residual)
    }

    /// The same with separate operations, for devices without kernels.
    fn composed(&self, x: &Tensor) -> Result<Tensor> {
        let wide = match &self.expand {
            Some(Pointwise { weights: (filter, bias), .. }) => relu6(&conv2d(x, filter, Some(bias), 1, 0)?)?,
            None => x.clone(),
        };
        let [_, _, height, width] = nchw(wide.layout())?;
        let (filter, bias) = &self.depthwise;
        let Depthwise { stride, padding, .. } = self.depthwise([height, width]);
        let filtered =
            depthwise_conv2d_activated(&wide, filter, Some(bias), stride, padding, Activation::Identity)?;
        let (filter, bias) = &self.project.weights;
        let narrow = conv2d(&relu6(&filtered)?, filter, Some(bias), 1, 0)?;
        if self.shortcut { narrow + x } else { Ok(narrow) }
    }
}

struct Block {
    layers: Arc<Layers>,
    /// Whether a gradient will be needed.
    keep: bool,
    /// The maps of every picture, if they are kept.
    maps: OnceLock<Vec<Maps>>,
}

impl CustomOp1 for Block {
    fn name(&self) -> &'static str {
        "inverted-residual"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let [images, channels, height, width] = nchw(layout)?;
        let (layers, size) = (&self.layers, [height, width]);
        if channels != layers.inputs() || images * height * width == 0 {
            bail!("an inverted residual block of {} channels gets {:?}", layers.inputs(), layout.shape());
        }
        let plan = layers.plan(size)?;
        let [rows, columns] = plan.output();
        let picture = layers.project.outputs * rows * columns;
        let mut out = vec![0f32; images * picture];
        let pictures = floats(storage, layout)?.par_chunks_exact(channels * height * width);
        let maps = pictures.zip(out.par_chunks_exact_mut(picture)).map(|(x, out)| {
            let (values, maps) = layers.picture(x, size, &plan)?;
            out.copy_from_slice(&values);
            Ok(self.keep.then_some(maps))
        });
        let maps = maps.collect::<Result<Vec<Option<Maps>>>>()?;
        if self.keep && self.maps.set(maps.into_iter().flatten().collect()).is_err() {
            bail!("an inverted residual block ran twice");
        }
        Ok((CpuStorage::F32(out), (images, layers.project.outputs, rows, columns).into()))
    }

    fn bwd(&self, x: &Tensor, _result: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let [_, _, height, width] = nchw(x.layout())?;
        let (layers, size) = (&self.layers, [height, width]);
        let plan = layers.plan(size)?;
        let Some(maps) = self.maps.get() else { bail!("the maps of an inverted residual block are gone") };
        let mut out = vec![0f32; x.elem_count()];
        with_floats(grad, |grad| {
            let gradients = grad.par_chunks_exact(grad.len() / maps.len());
            let pictures = out.par_chunks_exact_mut(layers.inputs() * height * width);
            pictures.zip(gradients).zip(maps).try_for_each(|((out, grad), maps)| {
                out.copy_from_slice(&layers.gradient(maps, grad, size, &plan)?);
                Ok(())
            })
        })?;
        Tensor::from_vec(out, x.shape(), x.device()).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::with_composed_operations;
    use crate::testing::{assert_close, check_gradients, gradients, on_every_instruction_set, tensor};

    /// A block with `wide` channels inside; it does not expand if these are its inputs.
    fn block([inputs, wide, outputs]: [usize; 3], kernel: usize, stride: usize) -> Result<InvertedResidual> {
        let weights = |dims: &[usize], seed: u32| -> Result<Weights> {
            Ok(((tensor(dims, seed)? * 2.0)?, tensor(&dims[..1], seed + 1)?))
        };
        let expand = (inputs != wide).then(|| weights(&[wide, inputs, 1, 1], 10)).transpose()?;
        let shortcut = stride == 1 && inputs == outputs;
        let depthwise = weights(&[wide, 1, kernel, kernel], 20)?;
        InvertedResidual::new(expand, depthwise, weights(&[outputs, wide, 1, 1], 30)?, stride, shortcut)
    }

    #[test]
    fn it_agrees_with_separate_operations_and_finite_differences() -> Result<()> {
        on_every_instruction_set(|| {
            for (channels, kernel, stride) in [
                ([3, 10, 3], 3, 1),
                ([3, 10, 5], 5, 1),
                ([2, 7, 4], 3, 2),
                ([3, 9, 3], 5, 2),
                ([4, 4, 4], 3, 1),
            ] {
                let block = block(channels, kernel, stride)?;
                for (height, width) in [(8, 11), (7, 6)] {
                    let x = tensor(&[2, channels[0], height, width], 1)?;
                    let run = |t: &[Tensor]| block.forward(&t[0]);
                    let composed = |t: &[Tensor]| with_composed_operations(|| block.forward(&t[0]));
                    let x = std::slice::from_ref(&x);
                    assert_close(&run(x)?, &composed(x)?, 1e-5)?;
                    let separate = with_composed_operations(|| gradients(&[&x[0]], composed))?;
                    assert_close(&gradients(&[&x[0]], run)?[0], &separate[0], 1e-5)?;
                }
            }
            // Small steps rarely cross the kinks of ReLU6 here.
            let gentle = block([3, 10, 3], 3, 1)?;
            check_gradients(&[&(tensor(&[1, 3, 6, 6], 2)? * 0.1)?], |t| gentle.forward(&t[0]))
        })
    }

    #[test]
    fn layers_that_do_not_match_are_refused() -> Result<()> {
        let weights = |dims: &[usize]| -> Result<Weights> { Ok((tensor(dims, 1)?, tensor(&dims[..1], 2)?)) };
        let new = |wide: usize, shortcut: bool| -> Result<InvertedResidual> {
            let (expand, project) = (weights(&[wide, 2, 1, 1])?, weights(&[3, 6, 1, 1])?);
            InvertedResidual::new(Some(expand), weights(&[6, 1, 3, 3])?, project, 1, shortcut)
        };
        assert!(new(6, false)?.forward(&tensor(&[1, 5, 4, 4], 3)?).is_err());
        assert!(new(5, false).is_err() && new(6, true).is_err());
        Ok(())
    }
}
