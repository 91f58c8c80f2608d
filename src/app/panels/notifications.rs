//! The messages in the corner.

use eframe::egui::{
    Align, Align2, Area, Frame, Id, Label, Layout, Margin, Order, Rect, Role, Stroke, Ui, UiBuilder,
    WidgetInfo, vec2,
};

use crate::app::commands::UiCommand;
use crate::app::context::PanelContext;
use crate::app::state::notifications::{Notification, Severity};
use crate::app::widgets::buttons::{ActionButton, ButtonStyle};
use crate::app::widgets::icons::Icon;
use crate::app::widgets::theme::{self, CARD_RADIUS, M, S};
use crate::text::{number, text};

/// Width of a message, in points.
const WIDTH: f32 = 380.0;

/// Draws the messages in the lower right corner of `area`.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>, area: Rect) {
    if context.state.notifications.list().is_empty() && context.state.importing.is_none() {
        return;
    }
    let corner = area.right_bottom() - vec2(theme::L, theme::L);
    let notifications =
        Area::new(Id::unique("notifications")).order(Order::Foreground).pivot(Align2::RIGHT_BOTTOM);
    notifications.fixed_pos(corner).show(ui.ctx(), |ui| {
        ui.set_width(WIDTH);
        ui.spacing_mut().item_spacing.y = S;
        for notification in context.state.notifications.list() {
            show_one(ui, notification, context.commands);
        }
        if let Some((name, fraction)) = &context.state.importing {
            show_import(ui, name, *fraction, context.commands);
        }
    });
}

/// Draws the progress of an import.
fn show_import(ui: &mut Ui, name: &str, fraction: f32, commands: &mut Vec<UiCommand>) {
    let palette = theme::palette(ui);
    let frame = Frame::popup(ui.style()).inner_margin(Margin::same(M as i8)).corner_radius(CARD_RADIUS);
    frame.show(ui, |ui| {
        ui.set_width(WIDTH - 2.0 * M);
        let text = match name {
            "" => text!("checking-weights"),
            _ => text!("importing", name = name, percent = number(fraction * 100.0, 0)),
        };
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.add(ActionButton::text(text!("cancel")).label(text!("cancel-import"))).clicked() {
                    commands.push(UiCommand::CancelImport);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(&text).truncate());
                });
            });
        });
        let (bar, _) = ui.allocate_exact_size(vec2(ui.available_width(), 4.0), eframe::egui::Sense::hover());
        ui.painter().rect_filled(bar, 2, palette.raised);
        let done = bar.with_max_x(bar.left() + bar.width() * fraction.clamp(0.0, 1.0));
        ui.painter().rect_filled(done, 2, palette.accent);
    });
}

fn show_one(ui: &mut Ui, notification: &Notification, commands: &mut Vec<UiCommand>) {
    let palette = theme::palette(ui);
    let (icon, color) = match notification.severity {
        Severity::Success => (Icon::Check, palette.accent),
        Severity::Error => (Icon::Warning, palette.error),
    };
    let frame = Frame::popup(ui.style()).inner_margin(Margin::same(M as i8)).corner_radius(CARD_RADIUS);
    frame.stroke(Stroke::new(1.0, color.gamma_multiply(0.6))).show(ui, |ui| {
        ui.set_width(WIDTH - 2.0 * M);
        ui.horizontal_top(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(20.0, 20.0), eframe::egui::Sense::hover());
            icon.paint(ui.painter(), rect.shrink(2.0), color);
            let text_width = ui.available_width() - theme::CONTROL_HEIGHT - S;
            ui.scope_builder(UiBuilder::new(), |ui| {
                ui.vertical(|ui| {
                    ui.set_width(text_width);
                    let text = notification.text.to_string();
                    let label = ui.label(&text);
                    label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
                    if let Some(folder) = &notification.folder
                        && ui.add(ActionButton::text(text!("open-folder")).with_icon(Icon::Folder)).clicked()
                    {
                        commands.push(UiCommand::ShowFolder(folder.clone()));
                    }
                });
            });
            let close = ActionButton::icon(Icon::Close, text!("dismiss")).style(ButtonStyle::Quiet);
            if ui.add(close).clicked() {
                commands.push(UiCommand::Dismiss(notification.id));
            }
        });
    });
}
