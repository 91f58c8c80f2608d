//! A checkpoint as a backend of candle's `VarBuilder`.

use std::sync::Arc;

use candle_core::{DType, Device, Result, Shape, Tensor};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder};

use super::Checkpoint;

struct Prefixed {
    checkpoint: Arc<Checkpoint>,
    prefix: String,
}

impl Prefixed {
    fn full_name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

impl SimpleBackend for Prefixed {
    fn get(&self, shape: Shape, name: &str, _: Init, dtype: DType, device: &Device) -> Result<Tensor> {
        let tensor = self.get_unchecked(name, dtype, device)?;
        if *tensor.shape() != shape {
            let name = self.full_name(name);
            candle_core::bail!("tensor {name} has the shape {:?}, not {shape:?}", tensor.shape());
        }
        Ok(tensor)
    }

    fn get_unchecked(&self, name: &str, dtype: DType, device: &Device) -> Result<Tensor> {
        let tensor = self.checkpoint.tensor(&self.full_name(name)).map_err(candle_core::Error::wrap)?;
        tensor.to_dtype(dtype)?.to_device(device)
    }

    fn contains_tensor(&self, name: &str) -> bool {
        self.checkpoint.entry(&self.full_name(name)).is_some()
    }
}

/// A `VarBuilder` for the tensors of `checkpoint` whose names begin with `prefix` (such as `"g_ema."`, or an
/// empty string), as 32-bit floats on `device`, named without the prefix.
pub fn var_builder(checkpoint: Arc<Checkpoint>, prefix: &str, device: &Device) -> VarBuilder<'static> {
    let backend = Prefixed { checkpoint, prefix: prefix.to_owned() };
    VarBuilder::from_backend(Box::new(backend), DType::F32, device.clone())
}
