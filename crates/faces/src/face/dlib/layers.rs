//! Building blocks of dlib's residual networks, with scale and shift folded into the convolutions.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Result, Tensor, bail};

use agemirror_kernels::{conv2d, max_pool2d};

/// dlib's normalisation of bytes: subtracts this mean colour, then divides by [`DIVISOR`].
const MEAN: [f32; 3] = [122.782, 117.001, 104.298];
const DIVISOR: f32 = 256.0;

/// The tensors of one weight file, as f32.
pub(super) struct Weights {
    path: PathBuf,
    tensors: HashMap<String, Tensor>,
    device: Device,
}

impl Weights {
    pub(super) fn read(path: &Path, device: &Device) -> Result<Self> {
        let tensors = candle_core::safetensors::load(path, device).map_err(|error| error.with_path(path))?;
        Ok(Self { path: path.to_owned(), tensors, device: device.clone() })
    }

    /// Like [`Weights::read`], from the bytes of the file `name`.
    pub(super) fn from_bytes(bytes: &[u8], name: &str, device: &Device) -> Result<Self> {
        let tensors = candle_core::safetensors::load_buffer(bytes, device)?;
        Ok(Self { path: name.into(), tensors, device: device.clone() })
    }

    /// The tensor `name`, which must have the shape `dims`.
    pub(super) fn get(&self, name: &str, dims: &[usize]) -> Result<Tensor> {
        let Some(tensor) = self.tensors.get(name) else {
            bail!("{} has no tensor `{name}`: it belongs to another network", self.path.display());
        };
        if tensor.elem_count() != dims.iter().product::<usize>() {
            bail!("{}: `{name}` has shape {:?}, not {dims:?}", self.path.display(), tensor.dims());
        }
        tensor.to_dtype(DType::F32)?.reshape(dims)
    }
}

/// A convolution with its scale and shift folded in.
pub(super) struct FoldedConv {
    filter: Tensor,
    bias: Tensor,
    stride: usize,
    pad: usize,
}

impl FoldedConv {
    /// Folds `scale` and `shift` (O) into `filter` (O, C, k, k) and `bias` (O). As in dlib, convolutions of
    /// stride 1 pad to keep the size and strided ones do not pad.
    pub(super) fn new(
        filter: &Tensor,
        bias: &Tensor,
        scale: &Tensor,
        shift: &Tensor,
        stride: usize,
    ) -> Result<Self> {
        let (outputs, _, kernel, _) = filter.dims4()?;
        Ok(Self {
            filter: filter.broadcast_mul(&scale.reshape((outputs, 1, 1, 1))?)?,
            bias: ((bias * scale)? + shift)?,
            stride,
            pad: if stride == 1 { kernel / 2 } else { 0 },
        })
    }

    /// Makes a network's first convolution accept values in [-1, 1] instead of dlib's normalised bytes. This
    /// is exact because it does not pad.
    pub(super) fn taking_unit_range(self, weights: &Weights) -> Result<Self> {
        let offset = MEAN.map(|mean| (127.5 - mean) / DIVISOR);
        let offset = Tensor::from_slice(&offset, (1, 3, 1, 1), &weights.device)?;
        let shift = self.filter.broadcast_mul(&offset)?.sum((1, 2, 3))?;
        Ok(Self { filter: (&self.filter * f64::from(127.5 / DIVISOR))?, bias: (&self.bias + shift)?, ..self })
    }

    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        conv2d(x, &self.filter, Some(&self.bias), self.stride, self.pad)
    }
}

/// Two convolutions and a shortcut.
pub(super) struct ResidualBlock {
    pub(super) first: FoldedConv,
    pub(super) second: FoldedConv,
}

impl ResidualBlock {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let branch = self.second.forward(&self.first.forward(x)?.relu()?)?;
        if self.first.stride == 1 {
            return (branch + x)?.relu();
        }
        let shortcut = halve(x)?;
        let (_, channels, height, width) = shortcut.dims4()?;
        let (_, wanted, branch_height, branch_width) = branch.dims4()?;
        // dlib adds maps of different sizes as if the smaller were padded with zeros.
        let shortcut = shortcut.pad_with_zeros(1, 0, wanted.saturating_sub(channels))?;
        let branch = branch.pad_with_zeros(2, 0, height.saturating_sub(branch_height))?.pad_with_zeros(
            3,
            0,
            width.saturating_sub(branch_width),
        )?;
        (branch + shortcut)?.relu()
    }
}

/// Mean of each 2 x 2 block; an odd last row or column is dropped, also from the gradient (over which candle
/// would stretch it).
fn halve(x: &Tensor) -> Result<Tensor> {
    let (_, _, height, width) = x.dims4()?;
    x.narrow(2, 0, height / 2 * 2)?.narrow(3, 0, width / 2 * 2)?.contiguous()?.avg_pool2d(2)
}

/// All layers before the last, dense one.
pub(super) struct Trunk {
    /// 7 x 7, stride 2.
    pub(super) first: FoldedConv,
    pub(super) blocks: Vec<ResidualBlock>,
}

impl Trunk {
    /// All intermediate maps for `chip` (N, 3, `side`, `side`) in [-1, 1]: after the first convolution, then
    /// after each block.
    pub(super) fn maps(&self, chip: &Tensor, side: usize) -> Result<Vec<Tensor>> {
        let (_, channels, height, width) = chip.dims4()?;
        if (channels, height, width) != (3, side, side) {
            bail!("a chip must be 3 x {side} x {side}, not {channels} x {height} x {width}");
        }
        let first = self.first.forward(chip)?.relu()?;
        let mut x = max_pool2d(&first, 3, 2)?;
        let mut maps = vec![first];
        for block in &self.blocks {
            x = block.forward(&x)?;
            maps.push(x.clone());
        }
        Ok(maps)
    }

    /// Maps `chip` as in [`Trunk::maps`] to the spatial mean of the last block's maps (N, C).
    pub(super) fn forward(&self, chip: &Tensor, side: usize) -> Result<Tensor> {
        match self.maps(chip, side)?.last() {
            Some(last) => last.mean((2, 3)),
            None => bail!("the network has no layers"),
        }
    }
}
