//! The part of a head crop on which training losses are computed: most of it, at the crop's own resolution, after all
//! processing. It is larger than what tiles show. Hair, line and skin colours are constant inputs; the network's change
//! is applied to them as [`apply`](super::apply) does in the program, but differentiably.

use candle_core::{Result, Tensor};

use super::change::window_at;
use super::face_window::{FACE_IN_HEAD, inside};
use super::outputs::Change;
use super::shade::{fade_across, fade_down, weight_plane};
use super::shade_planes::shade_planes;
use crate::face::AlignmentTemplate;
use crate::face::dlib::CropWindow;
use crate::face::regions::HEAD_TEMPLATE;
use agemirror_kernels::{down2, warp, weigh};

/// The part of a head crop used as the view: left, top and side in fractions.
const VIEW_IN_HEAD: [f32; 3] = [0.15, 0.1, 0.7];
/// Sides of head crops must be multiples of this, in pixels, so that views start and end between pixels.
pub const HEAD_MULTIPLE: u32 = 20;

/// The training view in a head crop, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrainingView {
    /// Left edge.
    pub left: usize,
    /// Upper edge.
    pub top: usize,
    /// Side of the square.
    pub side: usize,
}

impl TrainingView {
    /// The view in a head crop of `head` pixels, a multiple of [`HEAD_MULTIPLE`].
    pub fn of(head: u32) -> Self {
        let [left, top, side] = VIEW_IN_HEAD.map(|part| (part * head as f32).round() as usize);
        Self { left, top, side }
    }

    /// Cuts the view from head crops (N, C, head, head).
    ///
    /// # Errors
    /// When they are too small.
    pub fn cut(&self, heads: &Tensor) -> Result<Tensor> {
        heads.narrow(2, self.top, self.side)?.narrow(3, self.left, self.side)?.contiguous()
    }

    /// Positions of the landmarks in a view.
    pub fn template() -> AlignmentTemplate {
        let [left, top, side] = VIEW_IN_HEAD;
        AlignmentTemplate { points: HEAD_TEMPLATE.points.map(|[x, y]| [(x - left) / side, (y - top) / side]) }
    }

    /// The part of a view that the network sees.
    pub fn face() -> CropWindow {
        inside(FACE_IN_HEAD, VIEW_IN_HEAD)
    }
}

/// The input of [`apply_to_view`].
pub struct ViewCanvas {
    /// Views with hair, lines and skin at the requested age: (N, 3, V, V) in -1..1.
    pub recoloured: Tensor,
    /// Weight of the network's colours at each pixel: (N, 1, V, V), 0..=1.
    pub network_weight: Tensor,
    /// The network's input: (N, 3, S, S) in -1..1.
    pub small: Tensor,
}

/// Applies `change`, which has the size of the network's input, to the views.
///
/// # Errors
/// When shapes do not fit.
pub fn apply_to_view(canvas: &ViewCanvas, change: &Change) -> Result<Tensor> {
    let side = canvas.recoloured.dim(3)?;
    let over_face = |weights| weight_plane(weights, &TrainingView::face(), side, canvas.recoloured.device());
    let view = inside(VIEW_IN_HEAD, FACE_IN_HEAD);
    let planes = Tensor::cat(&[&change.residual, &change.mask, &change.flow, &change.gain], 1)?;
    let planes = view.cut(&planes, side)?;
    let coarse = view.cut(&down2(&canvas.small)?, side)?;
    let weight = weigh(&planes.narrow(1, 3, 1)?, &over_face([window_at; 2])?)?;
    let reach = f64::from(TrainingView::face().width()) * side as f64;
    let flow = (weigh(&planes.narrow(1, 4, 2)?, &weight)? * reach)?;
    let moved = warp(&Tensor::cat(&[&canvas.recoloured, &coarse, &canvas.network_weight], 1)?, &flow)?;
    let (fine, smooth) = (moved.narrow(1, 0, 3)?, moved.narrow(1, 3, 3)?);
    let network_weight = (moved.narrow(1, 6, 1)? * weight)?;
    let gain = (planes.narrow(1, 6, 1)? - 1.0)?;
    let shade = shade_planes(&planes.narrow(1, 0, 3)?, &smooth)?;
    let shade = weigh(&shade, &over_face([fade_across, fade_down])?)?;
    let added = weigh(&(weigh(&(&fine - smooth)?, &gain)? + shade)?, &network_weight)?;
    (fine + added)?.clamp(-1f32, 1f32)
}

#[cfg(test)]
mod tests {
    use super::super::apply::{Canvas, CropPart, apply_to_crop};
    use super::super::change_pixels::ChangePixels;
    use super::super::coarse::Coarse;
    use super::super::face_window::{FaceWindow, face_of, head_to_input, input_to_head};
    use super::*;
    use crate::pixels;
    use agemirror_kernels::testing::{check_gradients, tensor};
    use candle_core::Device;
    use image::RgbImage;

    /// A smooth change with a flow of up to five pixels.
    fn change(side: usize) -> Result<Change> {
        let smooth =
            |channels: usize, seed: u32| CropWindow::WHOLE.cut(&tensor(&[1, channels, 4, 4], seed)?, side);
        Ok(Change {
            residual: (smooth(3, 1)? * 0.4)?,
            mask: ((smooth(1, 2)? + 1.0)? * 0.5)?,
            flow: (smooth(2, 3)? * 0.05)?,
            gain: ((smooth(1, 4)? * 0.5)? + 1.0)?,
        })
    }

    fn head(side: u32) -> RgbImage {
        let value =
            |x: u32, y: u32, k: f32| (128.0 + 60.0 * ((x as f32 * k).sin() + (y as f32 * 0.11).cos())) as u8;
        RgbImage::from_fn(side, side, |x, y| {
            image::Rgb([value(x, y, 0.13), value(x, y, 0.09), value(y, x, 0.1)])
        })
    }

    /// Only rounding to bytes and the interpolation of the coarse picture differ.
    #[test]
    fn a_view_is_changed_as_the_program_changes_a_crop() -> Result<()> {
        let (side, small_side) = (160, 64);
        let head = head(side);
        let small = face_of(&head, small_side);
        let device = &Device::Cpu;
        let small = pixels::planes(&[small], small_side, device)?;
        let change = change(small_side as usize)?;
        let coarse = Coarse::of(&small, None)?;
        let (part, window) = (CropPart::whole(&head), FaceWindow::of(&head));
        let canvas = Canvas { part, window, coarse: &coarse, appearance: None };
        let parts = [&change.residual, &change.mask, &change.gain, &change.flow];
        let values = Tensor::cat(&parts, 1)?.flatten_all()?.to_vec1::<f32>()?;
        let change_pixels = ChangePixels::from_rows(small_side as usize, |y, rows| {
            let planes = values.chunks_exact((small_side * small_side) as usize);
            for (row, plane) in rows.iter_mut().zip(planes) {
                row.copy_from_slice(&plane[y * small_side as usize..][..small_side as usize]);
            }
        });
        let aged = apply_to_crop(&canvas, &[60.0], &[change_pixels]);
        let view = TrainingView::of(side);
        let planes = |picture: &RgbImage| -> Result<Tensor> {
            view.cut(&pixels::planes(std::slice::from_ref(picture), side, device)?)
        };
        let network_weight = Tensor::ones((1, 1, view.side, view.side), small.dtype(), device)?;
        let ours = apply_to_view(&ViewCanvas { recoloured: planes(&head)?, network_weight, small }, &change)?;
        let theirs = planes(&aged[0])?;
        let off = ((ours - &theirs)?.abs()? * 127.5)?;
        let (mean, most) =
            (off.mean_all()?.to_scalar::<f32>()?, off.flatten_all()?.max(0)?.to_scalar::<f32>()?);
        assert!(mean < 0.4 && most < 4.0, "off by {mean} in the mean, at most {most}");
        let changed = ((theirs - planes(&head)?)?.abs()? * 127.5)?.mean_all()?.to_scalar::<f32>()?;
        assert!(changed > 2.0, "{changed}");
        Ok(())
    }

    #[test]
    fn landmarks_of_the_face_and_of_the_view_are_the_same_points() {
        let face = TrainingView::face();
        let in_view = |[x, y]: [f32; 2]| [face.left + face.width() * x, face.top + face.width() * y];
        let points = super::super::TEMPLATE.points.map(in_view);
        let off = points.as_flattened().iter().zip(TrainingView::template().points.as_flattened().to_vec());
        assert!(off.into_iter().all(|(a, b)| (a - b).abs() < 1e-4));
        for head in [20, 100, 320, 500] {
            let view = TrainingView::of(head);
            assert_eq!(
                [20 * view.left, 10 * view.top, 10 * view.side],
                [3, 1, 7].map(|part| part * head as usize)
            );
        }
        assert!([[0.0, 1.0], [0.3, 0.7]].iter().all(|point| {
            head_to_input(input_to_head(*point)).iter().zip(point).all(|(a, b)| (a - b).abs() < 1e-6)
        }));
    }

    #[test]
    fn nothing_is_added_where_the_network_weight_is_zero() -> Result<()> {
        let view = TrainingView::of(60);
        let canvas = ViewCanvas {
            recoloured: (tensor(&[1, 3, view.side, view.side], 5)? * 0.5)?,
            network_weight: Tensor::zeros(
                (1, 1, view.side, view.side),
                candle_core::DType::F32,
                &Device::Cpu,
            )?,
            small: tensor(&[1, 3, 32, 32], 6)?,
        };
        let still = Change {
            flow: Tensor::zeros((1, 2, 32, 32), candle_core::DType::F32, &Device::Cpu)?,
            ..change(32)?
        };
        let same =
            (apply_to_view(&canvas, &still)? - &canvas.recoloured)?.abs()?.max_all()?.to_scalar::<f32>()?;
        assert_eq!(same, 0.0);
        Ok(())
    }

    #[test]
    fn gradients_pass_to_every_part_of_a_change() -> Result<()> {
        let side = TrainingView::of(40).side;
        // Smooth, because a warp has kinks where it crosses pixel boundaries.
        let smooth =
            |side: usize, seed: u32| CropWindow::WHOLE.cut(&(tensor(&[1, 3, 3, 3], seed)? * 0.3)?, side);
        let network_weight = Tensor::full(0.7f32, (1, 1, side, side), &Device::Cpu)?;
        let canvas = ViewCanvas { recoloured: smooth(side, 5)?, network_weight, small: smooth(16, 6)? };
        let Change { residual, mask, flow, gain } = change(16)?;
        check_gradients(&[&(residual * 0.2)?, &mask, &flow, &gain], |args| {
            let [residual, mask, flow, gain] = [0, 1, 2, 3].map(|i: usize| args[i].clone());
            apply_to_view(&canvas, &Change { residual, mask, flow, gain })
        })
    }
}
