//! The card behind a panel in the lower half of the left column: a header, and the rest of the column.

use eframe::egui::{Align, KeyboardShortcut, Layout as Flow, RichText, Sense, Ui, UiBuilder, vec2};

use super::buttons::ActionButton;
use super::icons::Icon;
use super::theme::{self, M, XS};
use crate::text::text;

/// Height of a line of values in such a card, in points.
pub(crate) const ROW_HEIGHT: f32 = 20.0;
const HEADER_HEIGHT: f32 = 28.0;

/// The header of a card.
pub(crate) struct CardHeader<'a> {
    /// The title, at the left.
    pub title: &'a str,
    /// The tooltip of the title.
    pub tooltip: &'a str,
    /// A note at the right, in muted small text.
    pub note: &'a str,
    /// The accessible label of the button that closes the card.
    pub close_label: &'a str,
    /// The shortcut of that button.
    pub close_key: KeyboardShortcut,
}

/// Draws a card with `header` into the rest of the column, and `content` on it. Returns whether it was
/// closed.
pub(crate) fn show(ui: &mut Ui, header: &CardHeader<'_>, content: impl FnOnce(&mut Ui)) -> bool {
    let area = ui.available_rect_before_wrap();
    let (_, _) = ui.allocate_exact_size(area.size(), Sense::hover());
    ui.painter().add(theme::card(ui).paint(area.shrink(M)));
    let inner = area.shrink(M);
    let mut ui = ui.new_child(UiBuilder::new().max_rect(inner).layout(Flow::top_down(Align::Min)));
    ui.spacing_mut().item_spacing.y = XS;
    let closed = show_header(&mut ui, header);
    content(&mut ui);
    closed
}

fn show_header(ui: &mut Ui, header: &CardHeader<'_>) -> bool {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEADER_HEIGHT), Sense::hover());
    let mut ui = ui.new_child(UiBuilder::new().max_rect(rect).layout(Flow::right_to_left(Align::Center)));
    let closed = ui
        .add(
            ActionButton::icon(Icon::Close, header.close_label)
                .tip(text!("close"))
                .shortcut(header.close_key),
        )
        .clicked();
    ui.label(RichText::new(header.note).font(theme::small()).color(theme::palette(&ui).muted));
    ui.with_layout(Flow::left_to_right(Align::Center), |ui| {
        ui.label(header.title).on_hover_text(header.tooltip);
    });
    closed
}
