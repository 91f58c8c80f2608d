//! The card that a panel beside the input is drawn on: what is left of the column, with a head.

use eframe::egui::{Align, Layout as Flow, RichText, Sense, Ui, UiBuilder, vec2};

use super::buttons::ActionButton;
use super::icons::Icon;
use super::theme::{self, M, XS};

/// Height of a row of figures in such a card.
pub const ROW_HEIGHT: f32 = 20.0;
const HEADER_HEIGHT: f32 = 28.0;

/// What stands in a card's head.
pub struct Head<'a> {
    /// At the left.
    pub title: &'a str,
    /// Said of the title where the pointer rests on it.
    pub about: &'a str,
    /// At the right, quietly.
    pub aside: &'a str,
    /// What closing the card is called, and its key.
    pub close: [&'a str; 2],
}

/// Draws a card with `head` into what is left of the column, and `content` on it; says whether it is to be closed.
pub fn show(ui: &mut Ui, head: &Head<'_>, content: impl FnOnce(&mut Ui)) -> bool {
    let area = ui.available_rect_before_wrap();
    let (_, _) = ui.allocate_exact_size(area.size(), Sense::hover());
    ui.painter().add(theme::card(ui).paint(area.shrink(M)));
    let inner = area.shrink(M);
    let mut ui = ui.new_child(UiBuilder::new().max_rect(inner).layout(Flow::top_down(Align::Min)));
    ui.spacing_mut().item_spacing.y = XS;
    let closed = show_head(&mut ui, head);
    content(&mut ui);
    closed
}

fn show_head(ui: &mut Ui, head: &Head<'_>) -> bool {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEADER_HEIGHT), Sense::hover());
    let mut ui = ui.new_child(UiBuilder::new().max_rect(rect).layout(Flow::right_to_left(Align::Center)));
    let [close, key] = head.close;
    let closed = ui.add(ActionButton::icon(Icon::Close, close).tip("Close", key)).clicked();
    ui.label(RichText::new(head.aside).font(theme::small()).color(theme::palette(&ui).muted));
    ui.with_layout(Flow::left_to_right(Align::Center), |ui| {
        ui.label(head.title).on_hover_text(head.about);
    });
    closed
}
