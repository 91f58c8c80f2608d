//! The decoder: from the codes to the picture.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use super::modulated::{StyledConv, ToRgb};
use super::shape::{CODE_SIDE, NetworkShape, TOGETHER};

/// Layers that double the sides of the map once.
struct Stage {
    /// Slot of the first layer's style.
    slot: usize,
    double: StyledConv,
    keep: StyledConv,
    to_rgb: ToRgb,
}

/// A map and the picture rendered so far.
struct Canvas {
    map: Tensor,
    picture: Tensor,
}

/// The style of every layer, (N, width) each: one shared by all, or one per StyleGAN2 slot.
#[derive(Clone)]
pub struct Styles {
    shared: Tensor,
    slots: Vec<Tensor>,
}

impl Styles {
    /// One style for all layers.
    pub fn shared(w: Tensor) -> Self {
        Self { shared: w, slots: Vec::new() }
    }

    /// `w` in every slot, offset by the slot's entry in `moves`, (N, width): zeros with respect to which a
    /// gradient is required.
    ///
    /// # Errors
    /// When shapes differ.
    pub fn moved(w: &Tensor, moves: &[Tensor]) -> Result<Self> {
        let slots = moves.iter().map(|step| w + step).collect::<Result<_>>()?;
        Ok(Self { shared: w.clone(), slots })
    }

    fn images(&self) -> Result<usize> {
        self.shared.dim(0)
    }

    fn slot(&self, slot: usize) -> &Tensor {
        self.slots.get(slot).unwrap_or(&self.shared)
    }

    /// The styles of image `n` alone.
    fn of_one(&self, n: usize) -> Result<Self> {
        let one = |w: &Tensor| w.narrow(0, n, 1);
        Ok(Self { shared: one(&self.shared)?, slots: self.slots.iter().map(one).collect::<Result<_>>()? })
    }
}

impl Canvas {
    /// The canvas of image `n` alone.
    fn of_one(&self, n: usize) -> Result<Self> {
        Ok(Self { map: self.map.narrow(0, n, 1)?, picture: self.picture.narrow(0, n, 1)? })
    }
}

/// StyleGAN2's synthesis network, starting from the identity code instead of a learned constant.
pub(super) struct Decoder {
    conv1: StyledConv,
    to_rgb1: ToRgb,
    stages: Vec<Stage>,
}

impl Decoder {
    pub(super) fn new(shape: NetworkShape, vb: &VarBuilder<'_>) -> Result<Self> {
        let style = shape.width;
        let stage = |i: usize| {
            let [from, to] = [CODE_SIDE << i, CODE_SIDE << (i + 1)].map(|side| shape.channels(side));
            let convs = vb.pp("convs");
            Ok(Stage {
                slot: 1 + 2 * i,
                double: StyledConv::doubling([style, from, to], &convs.pp(2 * i))?,
                keep: StyledConv::keeping([style, to, to], &convs.pp(2 * i + 1))?,
                to_rgb: ToRgb::new([style, to], &vb.pp("to_rgbs").pp(i))?,
            })
        };
        Ok(Self {
            conv1: StyledConv::keeping([style; 3], &vb.pp("conv1"))?,
            to_rgb1: ToRgb::new([style; 2], &vb.pp("to_rgb1"))?,
            stages: (0..shape.halvings()).map(stage).collect::<Result<_>>()?,
        })
    }

    /// Renders the identities (N, width, 16, 16) in their styles and passes each picture, (1, 3, S, S), to
    /// `take`. `noise` holds a plane for every side in [`NetworkShape::noise_sides`].
    pub(super) fn forward(
        &self,
        identity: Tensor,
        styles: &Styles,
        noise: &[Tensor],
        mut take: impl FnMut(Tensor) -> Result<()>,
    ) -> Result<()> {
        let Some((first, noise)) = noise.split_first() else { candle_core::bail!("there is no noise") };
        let map = self.conv1.forward(identity, styles.slot(0), first)?;
        let mut canvas = Canvas { picture: self.to_rgb1.forward(&map, styles.slot(1), None)?, map };
        let stages: Vec<_> = self.stages.iter().zip(noise.chunks_exact(2)).collect();
        let together = stages.len().min((TOGETHER / CODE_SIDE).ilog2() as usize);
        for (stage, noise) in &stages[..together] {
            canvas = stage.forward(canvas, styles, noise)?;
        }
        for n in 0..styles.images()? {
            let styles = styles.of_one(n)?;
            let mut canvas = canvas.of_one(n)?;
            for (stage, noise) in &stages[together..] {
                let noise = noise.iter().map(|planes| of_one(planes, n)).collect::<Result<Vec<_>>>()?;
                canvas = stage.forward(canvas, &styles, &noise)?;
            }
            take(canvas.picture)?;
        }
        Ok(())
    }

    /// Outputs of the first layers: conv1, to_rgb1, and the map after each layer of the first stage.
    #[cfg(test)]
    pub(super) fn taps(&self, identity: Tensor, w: &Tensor, noise: &[Tensor]) -> Result<[Tensor; 4]> {
        let map = self.conv1.forward(identity, w, &noise[0])?;
        let picture = self.to_rgb1.forward(&map, w, None)?;
        let doubled = self.stages[0].double.forward(map.clone(), w, &noise[1])?;
        let kept = self.stages[0].keep.forward(doubled.clone(), w, &noise[2])?;
        Ok([map, picture, doubled, kept])
    }
}

/// The plane of image `n`, from one plane per image or one for all.
fn of_one(planes: &Tensor, n: usize) -> Result<Tensor> {
    planes.narrow(0, n.min(planes.dim(0)?.saturating_sub(1)), 1)
}

impl Stage {
    /// Consumes the canvas to free its memory early.
    fn forward(&self, canvas: Canvas, styles: &Styles, noise: &[Tensor]) -> Result<Canvas> {
        let Canvas { map, picture } = canvas;
        let [first, second, last] = [0, 1, 2].map(|layer| styles.slot(self.slot + layer));
        let map = self.keep.forward(self.double.forward(map, first, &noise[0])?, second, &noise[1])?;
        Ok(Canvas { picture: self.to_rgb.forward(&map, last, Some(&picture))?, map })
    }
}
