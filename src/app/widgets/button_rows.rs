//! Buttons side by side, which continue in another row where a language needs more width than there is.

use std::ops::Range;

use eframe::egui::{Align, Layout, Sense, Ui, UiBuilder, vec2};

use super::buttons::ActionButton;
use super::theme::{CONTROL_HEIGHT, XS};

/// Buttons in as few rows as their widths allow. Each has a value, which a click returns.
pub(crate) struct ButtonRows<T> {
    buttons: Vec<(ActionButton<'static>, T)>,
    widths: Vec<f32>,
    rows: Vec<Range<usize>>,
}

impl<T> ButtonRows<T> {
    /// Distributes `buttons` over rows that are at most `width` points wide.
    pub(crate) fn new(ui: &Ui, buttons: Vec<(ActionButton<'static>, T)>, width: f32) -> Self {
        let widths: Vec<f32> = buttons.iter().map(|(button, _)| button.width(ui)).collect();
        let rows = rows(&widths, width);
        Self { buttons, widths, rows }
    }

    /// The height of all rows, in points.
    pub(crate) fn height(&self) -> f32 {
        self.rows.len() as f32 * (CONTROL_HEIGHT + XS) - XS
    }

    /// Draws the rows, each centred, and returns the value of the clicked button.
    pub(crate) fn show(self, ui: &mut Ui) -> Option<T> {
        let Self { buttons, widths, rows } = self;
        let mut buttons = buttons.into_iter();
        let mut clicked = None;
        ui.spacing_mut().item_spacing.y = XS;
        for row in rows {
            let line = ui.allocate_exact_size(vec2(ui.available_width(), CONTROL_HEIGHT), Sense::hover()).0;
            let shift = ((line.width() - row_width(&widths[row.clone()])) / 2.0).max(0.0).round();
            let content = line.with_min_x(line.left() + shift);
            let flow = Layout::left_to_right(Align::Center);
            let mut ui = ui.new_child(UiBuilder::new().max_rect(content).layout(flow));
            ui.spacing_mut().item_spacing.x = XS;
            for (button, value) in buttons.by_ref().take(row.len()) {
                if ui.add(button).clicked() {
                    clicked = Some(value);
                }
            }
        }
        clicked
    }
}

/// Splits buttons of these `widths` into rows that are at most `width` wide, except where a single button is wider.
fn rows(widths: &[f32], width: f32) -> Vec<Range<usize>> {
    let mut rows = Vec::new();
    let mut start = 0;
    for end in 1..=widths.len() {
        if end == widths.len() || row_width(&widths[start..=end]) > width {
            rows.push(start..end);
            start = end;
        }
    }
    rows
}

fn row_width(widths: &[f32]) -> f32 {
    widths.iter().sum::<f32>() + XS * (widths.len() as f32 - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_continue_in_another_row_where_one_is_too_narrow() {
        let widths = [100.0, 34.0, 100.0, 80.0];
        let ends = |width| rows(&widths, width).iter().map(|row| row.end).collect::<Vec<_>>();
        assert_eq!(ends(314.0 + 3.0 * XS), [4]);
        assert_eq!(ends(313.0 + 3.0 * XS), [3, 4]);
        assert_eq!(ends(190.0), [2, 4]);
        assert_eq!(ends(10.0), [1, 2, 3, 4]);
        assert!(rows(&[], 10.0).is_empty());
    }
}
