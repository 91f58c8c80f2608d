//! The overlay while files hover over the window.

use eframe::egui::{Align2, Id, LayerId, Order, Stroke, StrokeKind, Ui, vec2};

use crate::app::context::PanelContext;
use crate::app::widgets::icons::{Icon, centred};
use crate::app::widgets::theme;
use crate::app::widgets::theme::L;
use crate::text::text;

/// Draws the invitation to drop over the whole window, while files hover over it.
pub(crate) fn show(ui: &Ui, context: &PanelContext<'_>) {
    let files = context.state.hovering_files;
    if files == 0 {
        return;
    }
    let palette = theme::palette(ui);
    let painter = ui.ctx().layer_painter(LayerId::new(Order::Tooltip, Id::unique("drop")));
    let area = ui.ctx().content_rect();
    painter.rect_filled(area, 0, palette.background.gamma_multiply(0.88));
    let frame = area.shrink(L);
    painter.rect_stroke(frame, 20, Stroke::new(3.0, palette.accent), StrokeKind::Inside);
    Icon::Picture.paint(&painter, centred(frame.translate(vec2(0.0, -48.0)), 48.0), palette.accent);
    let text = match files {
        1 => text!("drop-one"),
        _ => text!("drop-files", count = files),
    };
    painter.text(frame.center() + vec2(0.0, 8.0), Align2::CENTER_CENTER, &text, theme::title(), palette.text);
    crate::app::widgets::buttons::accessible_label(ui, Id::unique("drop text"), frame, &text);
}
