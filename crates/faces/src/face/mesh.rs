//! The face mesh network: 468 points of a face and the probability that there is one.
//!
//! Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs", 2019
//! (<https://arxiv.org/abs/1907.06724>), as published in MediaPipe. Depthwise separable residual blocks with
//! PReLU; the branch that refines contours is omitted.

use candle_core::{D, DType, Device, Result, Tensor};
use candle_nn::VarBuilder;

use agemirror_kernels::{Activation, BiasPrelu, Convolution, Padding, depthwise_conv2d, max_pool2d};

/// Side of the network's square input, in pixels.
pub(crate) const MESH_SIDE: u32 = 192;
/// Number of points of the mesh.
pub const MESH_POINTS: usize = 468;

static WEIGHTS: &[u8] = include_bytes!("../../../../weights/facemesh.safetensors");

/// The bundled network.
pub struct FaceMesh {
    stem: Stem,
    trunk: Vec<Block>,
    mesh_head: Head,
    score_head: Head,
    device: Device,
}

impl FaceMesh {
    /// Loads the bundled weights.
    ///
    /// # Errors
    /// When they do not fit, which a test rules out, or memory is short.
    pub fn bundled(device: &Device) -> Result<Self> {
        let vb = VarBuilder::from_slice_safetensors(WEIGHTS, DType::F32, device)?;
        Self::new(&vb)
    }

    fn new(vb: &VarBuilder) -> Result<Self> {
        // The published layers are numbered consecutively: block n has depthwise n and convolution n + 1.
        let channels = [16, 16, 32, 32, 32, 64, 64, 64, 128, 128, 128, 128, 128, 128];
        let mut trunk = Vec::with_capacity(channels.len());
        let mut from = 16;
        for (index, to) in channels.into_iter().enumerate() {
            let n = index + 1;
            let stride = if n % 3 == 0 && n <= 12 { 2 } else { 1 };
            trunk.push(Block::new(vb, n, n + 1, n + 1, (from, to), stride)?);
            from = to;
        }
        let mesh_head = Head {
            wide: vec![
                Block::new(vb, 15, 16, 16, (128, 128), 2)?,
                Block::new(vb, 16, 17, 17, (128, 128), 1)?,
                Block::new(vb, 17, 18, 18, (128, 128), 1)?,
            ],
            narrowing: Pointwise::new(vb, 19, 19, (128, 32))?,
            narrow: Block::new(vb, 18, 20, 20, (32, 32), 1)?,
            dense: Dense::new(vb, 21, 3 * MESH_POINTS)?,
        };
        let score_head = Head {
            wide: vec![Block::new(vb, 23, 28, 26, (128, 128), 2)?],
            narrowing: Pointwise::new(vb, 29, 27, (128, 32))?,
            narrow: Block::new(vb, 24, 30, 28, (32, 32), 1)?,
            dense: Dense::new(vb, 31, 1)?,
        };
        Ok(Self { stem: Stem::new(vb)?, trunk, mesh_head, score_head, device: vb.device().clone() })
    }

    /// The network's device.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Runs the network on `crops` `[N, 3, 192, 192]`, RGB in 0..=1. Returns the points `[N, 468, 3]` in
    /// pixels of the crop (z in the same unit, smaller is nearer) and the scores `[N]` in 0..=1.
    ///
    /// # Errors
    /// When the shape is another one.
    pub fn forward(&self, crops: &Tensor) -> Result<(Tensor, Tensor)> {
        let mut x = self.stem.forward(crops)?;
        for block in &self.trunk {
            x = block.forward(&x)?;
        }
        let points = self.mesh_head.forward(&x)?.reshape(((), MESH_POINTS, 3))?;
        let logit = self.score_head.forward(&x)?.squeeze(D::Minus1)?;
        Ok((points, candle_nn::ops::sigmoid(&logit)?))
    }
}

/// `[N, 3, 192, 192] -> [N, 16, 96, 96]`
struct Stem {
    conv: Convolution,
    activation: BiasPrelu,
}

impl Stem {
    fn new(vb: &VarBuilder) -> Result<Self> {
        let weight = vb.get((16, 3, 3, 3), "conv2d_1.weight")?;
        Ok(Self { conv: Convolution::new(weight, None, 2, 0)?, activation: activation(vb, 1, 1, 16)? })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        // TensorFlow's SAME padding with stride 2 adds zeros only at the bottom and at the right.
        let x = x.pad_with_zeros(2, 0, 1)?.pad_with_zeros(3, 0, 1)?;
        self.activation.forward(&self.conv.forward(&x, Activation::Identity)?, None)
    }
}

/// A 1x1 convolution with bias and PReLU.
struct Pointwise {
    conv: Convolution,
    activation: BiasPrelu,
}

impl Pointwise {
    fn new(vb: &VarBuilder, conv: usize, prelu: usize, (from, to): (usize, usize)) -> Result<Self> {
        let weight = vb.get((to, from, 1, 1), &format!("conv2d_{conv}.weight"))?;
        Ok(Self { conv: Convolution::new(weight, None, 1, 0)?, activation: activation(vb, conv, prelu, to)? })
    }

    fn forward(&self, x: &Tensor, residual: Option<&Tensor>) -> Result<Tensor> {
        self.activation.forward(&self.conv.forward(x, Activation::Identity)?, residual)
    }
}

/// Depthwise 3x3, pointwise, residual, PReLU. With stride 2 the residual is max-pooled, and its missing
/// channels are zero.
struct Block {
    depthwise: Tensor,
    pointwise: Pointwise,
    stride: usize,
}

impl Block {
    fn new(
        vb: &VarBuilder,
        depthwise: usize,
        conv: usize,
        prelu: usize,
        channels: (usize, usize),
        stride: usize,
    ) -> Result<Self> {
        Ok(Self {
            depthwise: vb.get((channels.0, 1, 3, 3), &format!("depthwise_conv2d_{depthwise}.weight"))?,
            pointwise: Pointwise::new(vb, conv, prelu, channels)?,
            stride,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (_, _, height, width) = x.dims4()?;
        let padding = Padding::tensorflow_same((height, width), (3, 3), self.stride);
        let filtered = depthwise_conv2d(x, &self.depthwise, self.stride, padding)?;
        if self.stride == 1 {
            return self.pointwise.forward(&filtered, Some(x));
        }
        self.pointwise.forward(&filtered, Some(&max_pool2d(x, 2, 2)?))
    }
}

/// Maps the trunk's `[N, 128, 6, 6]` to `[N, outputs]`.
struct Head {
    wide: Vec<Block>,
    narrowing: Pointwise,
    narrow: Block,
    dense: Dense,
}

impl Head {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let mut x = x.clone();
        for block in &self.wide {
            x = block.forward(&x)?;
        }
        let x = self.narrowing.forward(&x, None)?;
        self.dense.forward(&self.narrow.forward(&x)?)
    }
}

/// The last convolution. Its 3x3 window covers the whole 3x3 map, so it is a matrix product.
struct Dense {
    /// `[32 * 9, outputs]`
    weight: Tensor,
    bias: Tensor,
}

impl Dense {
    fn new(vb: &VarBuilder, conv: usize, outputs: usize) -> Result<Self> {
        let weight = vb.get((outputs, 32, 3, 3), &format!("conv2d_{conv}.weight"))?;
        let bias = vb.get(outputs, &format!("conv2d_{conv}.bias"))?;
        Ok(Self { weight: weight.reshape((outputs, 32 * 9))?.t()?.contiguous()?, bias })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        x.flatten_from(1)?.matmul(&self.weight)?.broadcast_add(&self.bias)
    }
}

fn activation(vb: &VarBuilder, conv: usize, prelu: usize, channels: usize) -> Result<BiasPrelu> {
    let bias = vb.get(channels, &format!("conv2d_{conv}.bias"))?;
    let slope = vb.get(channels, &format!("p_re_lu_{prelu}.weight"))?;
    BiasPrelu::new(&bias, &slope)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    /// From `tests/reference/facemesh.py`: the published graph in NumPy with float64 and the same weights.
    static GOLDEN: &str = include_str!("../../../../tests/reference/facemesh_golden.json");

    #[derive(Deserialize)]
    struct Golden {
        chequered: Expected,
        drawn_face: Expected,
    }

    #[derive(Deserialize)]
    struct Expected {
        score: f32,
        points: Vec<ExpectedPoint>,
    }

    #[derive(Deserialize)]
    struct ExpectedPoint {
        index: usize,
        xyz: [f32; 3],
    }

    fn picture(level: impl Fn(i64, i64, i64) -> f32) -> Tensor {
        let side = i64::from(MESH_SIDE);
        let mut values = Vec::new();
        for c in 0..3 {
            for y in 0..side {
                values.extend((0..side).map(|x| level(c, y, x)));
            }
        }
        Tensor::from_vec(values, (1, 3, side as usize, side as usize), &Device::Cpu).unwrap()
    }

    fn chequered() -> Tensor {
        picture(|c, y, x| ((x * 7 + y * 13 + c * 29 + (x * y) % 31) % 256) as f32 / 255.)
    }

    fn drawn_face() -> Tensor {
        picture(|c, y, x| {
            let oval = |cx: i64, cy: i64, rx: i64, ry: i64| {
                ((x - cx) * ry).pow(2) + ((y - cy) * rx).pow(2) < (rx * ry).pow(2)
            };
            let shapes = [
                (oval(96, 130, 20, 5), 90),
                (oval(96, 108, 8, 4), 150),
                (oval(76, 82, 10, 5) || oval(116, 82, 10, 5), 40),
                (oval(96, 96, 50, 68), 200),
            ];
            let level = shapes.iter().find(|shape| shape.0).map_or(60, |shape| shape.1);
            (level - 15 * c) as f32 / 255.
        })
    }

    /// Tolerance of a twentieth of a pixel: f32 and f64 differ by far less over 30 layers.
    fn assert_matches(input: &Tensor, expected: &Expected) {
        let (points, scores) = FaceMesh::bundled(&Device::Cpu).unwrap().forward(input).unwrap();
        let points = points.get(0).unwrap().to_vec2::<f32>().unwrap();
        let worst = expected.points.iter().flat_map(|point| {
            let found = points[point.index].clone();
            point.xyz.into_iter().zip(found).map(|(a, b)| (a - b).abs())
        });
        let worst = worst.fold(0f32, f32::max);
        assert!(worst < 0.05, "{worst}");
        assert!((scores.to_vec1::<f32>().unwrap()[0] - expected.score).abs() < 1e-3);
    }

    #[test]
    fn matches_the_reference_with_the_same_weights() {
        let golden: Golden = serde_json::from_str(GOLDEN).unwrap();
        assert_matches(&chequered(), &golden.chequered);
        assert_matches(&drawn_face(), &golden.drawn_face);
    }

    #[test]
    fn a_batch_gives_the_same_results_as_single_pictures() {
        let mesh = FaceMesh::bundled(&Device::Cpu).unwrap();
        let (a, b) = (chequered(), drawn_face());
        let (both, scores) = mesh.forward(&Tensor::cat(&[&a, &b], 0).unwrap()).unwrap();
        let (alone, score) = mesh.forward(&b).unwrap();
        let difference = (both.get(1).unwrap() - alone.get(0).unwrap()).unwrap();
        assert!(difference.abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap() < 1e-3);
        let scores = scores.to_vec1::<f32>().unwrap();
        assert!((scores[1] - score.to_vec1::<f32>().unwrap()[0]).abs() < 1e-4);
        assert!(scores[0] < 0.1 && scores[1] > 0.9);
    }

    #[test]
    fn another_size_is_an_error() {
        let small = Tensor::zeros((1, 3, 96, 96), DType::F32, &Device::Cpu).unwrap();
        assert!(FaceMesh::bundled(&Device::Cpu).unwrap().forward(&small).is_err());
    }

    /// `cargo test --release -p agemirror-faces face::mesh::tests::duration -- --ignored --nocapture`
    #[test]
    #[ignore = "prints a duration, asserts nothing about it"]
    fn duration() {
        let mesh = FaceMesh::bundled(&Device::Cpu).unwrap();
        let input = drawn_face();
        let times = (0..100).map(|_| {
            let start = std::time::Instant::now();
            mesh.forward(&input).unwrap();
            start.elapsed()
        });
        println!("face mesh: {:?}", times.min().unwrap());
    }
}
