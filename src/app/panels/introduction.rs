//! The introduction above the tiles, until it is closed for the first time.

use eframe::egui::{Align, Frame, Layout as Flow, Margin, RichText, Role, Ui, WidgetInfo};

use crate::app::commands::UiCommand;
use crate::app::context::PanelContext;
use crate::app::keys;
use crate::app::widgets::buttons::{ActionButton, ButtonStyle};
use crate::app::widgets::theme;
use crate::app::widgets::theme::{CARD_RADIUS, L, M, XS};
use crate::text::text;

/// Draws the introduction.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let palette = theme::palette(ui);
    let frame = Frame::new().fill(palette.accent_soft).corner_radius(CARD_RADIUS);
    let card = frame.inner_margin(Margin::symmetric(L as i8, M as i8)).show(ui, |ui| {
        ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
            let close = ActionButton::text(text!("introduction-close")).style(ButtonStyle::Primary);
            let close = close.tip(text!("introduction-close-tip")).shortcut(keys::BACK);
            if ui.add(close).clicked() {
                context.emit(UiCommand::CloseIntroduction);
            }
            ui.add_space(M);
            ui.with_layout(Flow::top_down(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.y = XS;
                let sentences =
                    [text!("introduction-what"), text!("introduction-where"), text!("introduction-guess")];
                for sentence in sentences {
                    ui.label(RichText::new(sentence).color(palette.text));
                }
            });
        });
    });
    card.response.widget_info(|| WidgetInfo::labeled(Role::Group, true, text!("introduction")));
}
