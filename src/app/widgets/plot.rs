//! A plot reduced to its lines: no frame, no background, few and small labels, nothing to drag.

use eframe::egui::{AsIdSalt, Rangef, Sense, Vec2, Vec2b, vec2};
use egui_plot::{AxisHints, Plot, uniform_grid_spacer};

use super::theme::{self, Palette};

/// Approximate distance between labels, across and down, in points.
const LABEL_SPACING: Vec2 = vec2(60.0, 32.0);

/// A compact plot of `size` over fixed ranges, with the axes formatted by their hints.
pub(crate) fn compact_plot<'a>(
    id: impl AsIdSalt,
    size: Vec2,
    (x, y): ([f64; 2], [f64; 2]),
    [x_axis, y_axis]: [AxisHints<'a>; 2],
    palette: &Palette,
) -> Plot<'a> {
    let parts = size / LABEL_SPACING;
    let across = round_step((x[1] - x[0]) / f64::from(parts.x.max(1.0)));
    let down = round_step((y[1] - y[0]) / f64::from(parts.y.max(1.0)));
    Plot::new(id)
        .height(size.y)
        .show_background(false)
        .show_crosshair(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .sense(Sense::hover())
        .show_axes(Vec2b::TRUE)
        .default_x_bounds(x[0], x[1])
        .default_y_bounds(y[0], y[1])
        .auto_bounds(Vec2b::FALSE)
        .set_margin_fraction(vec2(0.0, 0.0))
        .grid_color(palette.border)
        .x_grid_spacer(uniform_grid_spacer(move |_| [across; 3]))
        .y_grid_spacer(uniform_grid_spacer(move |_| [down; 3]))
        .custom_x_axes(vec![compact_axis(x_axis, palette)])
        .custom_y_axes(vec![compact_axis(y_axis, palette)])
}

fn compact_axis<'a>(hints: AxisHints<'a>, palette: &Palette) -> AxisHints<'a> {
    hints
        .tick_label_font(theme::small())
        .tick_label_color(palette.muted)
        .label_spacing(Rangef::new(12.0, 20.0))
}

/// The smallest of 1, 2 and 5 times a power of ten that is at least `step`.
fn round_step(step: f64) -> f64 {
    if !step.is_finite() || step <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(step.log10().floor());
    let rounded = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= step * 0.999);
    rounded.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round() {
        let steps = [0.013, 0.02, 0.3, 1.0, 7.0, 2600.0].map(round_step);
        let wanted = [0.02, 0.02, 0.5, 1.0, 10.0, 5000.0];
        assert!(
            steps.iter().zip(wanted).all(|(step, wanted)| (step / wanted - 1.0).abs() < 1e-9),
            "{steps:?}"
        );
        assert_eq!([0.0, f64::NAN].map(round_step), [1.0, 1.0]);
    }
}
