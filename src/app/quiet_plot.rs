//! A plot without the marks of a tool: no frame, no ground, small labels, nothing to drag.

use eframe::egui::{AsIdSalt, Rangef, Sense, Vec2b, vec2};
use egui_plot::{AxisHints, Plot};

use super::theme::{self, Palette};

/// Such a plot over fixed ranges; the axes are drawn as `axes` says.
pub fn quiet_plot<'a>(
    id: impl AsIdSalt,
    height: f32,
    (x, y): ([f64; 2], [f64; 2]),
    [x_axis, y_axis]: [AxisHints<'a>; 2],
    palette: &Palette,
) -> Plot<'a> {
    Plot::new(id)
        .height(height)
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
        .custom_x_axes(vec![quiet_axis(x_axis, palette)])
        .custom_y_axes(vec![quiet_axis(y_axis, palette)])
}

/// Small, quiet labels, close enough that a narrow plot has some.
fn quiet_axis<'a>(hints: AxisHints<'a>, palette: &Palette) -> AxisHints<'a> {
    hints
        .tick_label_font(theme::small())
        .tick_label_color(palette.muted)
        .label_spacing(Rangef::new(16.0, 30.0))
}
