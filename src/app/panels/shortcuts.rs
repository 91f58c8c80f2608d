//! The modal with all shortcuts.

use eframe::egui::{Align2, Id, Modal, RichText, Sense, Stroke, StrokeKind, Ui, vec2};

use super::settings::{modal_frame, modal_title};
use crate::app::commands::UiCommand;
use crate::app::commands::shortcuts::{GROUPS, Group};
use crate::app::context::PanelContext;
use crate::app::widgets::theme;
use crate::app::widgets::theme::{L, S, XL, XS};
use crate::text::text;

const COLUMN_WIDTH: f32 = 390.0;
const KEY_WIDTH: f32 = 136.0;
const ROW_HEIGHT: f32 = 24.0;

/// Draws the modal over the window.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let modal = Modal::new(Id::unique("shortcuts")).frame(modal_frame(ui));
    let response = modal.show(ui.ctx(), |ui| {
        ui.set_width(2.0 * COLUMN_WIDTH + XL);
        let closed = modal_title(ui, &text!("shortcuts"));
        ui.add_space(S);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = XL;
            for groups in [&GROUPS[..2], &GROUPS[2..]] {
                ui.vertical(|ui| {
                    ui.set_width(COLUMN_WIDTH);
                    groups.iter().for_each(|group| show_group(ui, group));
                });
            }
        });
        closed
    });
    if response.inner || response.backdrop_response.clicked() {
        context.emit(UiCommand::Modal(None));
    }
}

fn show_group(ui: &mut Ui, group: &Group) {
    let palette = theme::palette(ui);
    ui.spacing_mut().item_spacing.y = XS;
    ui.spacing_mut().interact_size.y = ROW_HEIGHT;
    ui.label(RichText::new(group.title.text()).color(palette.accent));
    for shortcut in group.shortcuts {
        let keys = shortcut.keys(ui.ctx());
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = S;
            let (rect, _) = ui.allocate_exact_size(vec2(KEY_WIDTH, ROW_HEIGHT), Sense::hover());
            let galley = ui.painter().layout_no_wrap(keys.clone(), theme::small(), palette.text);
            let cap =
                Align2::LEFT_CENTER.anchor_size(rect.left_center(), galley.size() + vec2(2.0 * S, XS + 2.0));
            ui.painter().rect_filled(cap, 6, palette.raised);
            ui.painter().rect_stroke(cap, 6, Stroke::new(1.0, palette.border), StrokeKind::Inside);
            ui.painter().galley(cap.center() - galley.size() / 2.0, galley, palette.text);
            crate::app::widgets::buttons::accessible_label(ui, ui.scope_id().with(&keys), rect, &keys);
            ui.label(shortcut.description.text());
        });
    }
    ui.add_space(L);
}
