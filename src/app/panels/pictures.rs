//! The gallery: where to drop pictures, how to open them, and the open ones.

use eframe::egui::{
    Align, Color32, CornerRadius, CursorIcon, Frame, KeyboardShortcut, Layout as Flow, Margin, Rect,
    RichText, Role, Sense, Shape, Stroke, StrokeKind, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};

use crate::app::commands::UiCommand;
use crate::app::context::PanelContext;
use crate::app::keys;
use crate::app::widgets::button_rows::ButtonRows;
use crate::app::widgets::buttons::{ActionButton, focus_ring};
use crate::app::widgets::icons::{Icon, centred};
use crate::app::widgets::textures;
use crate::app::widgets::textures::{Slot, fit};
use crate::app::widgets::theme;
use crate::app::widgets::theme::{CARD_RADIUS, CONTROL_HEIGHT, CONTROL_RADIUS, M, S, XS};
use crate::text::text;

const THUMBNAIL: f32 = 64.0;

/// Draws the card into the rest of the column.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let area = ui.available_rect_before_wrap();
    if area.height() < 60.0 {
        return;
    }
    let (_, _) = ui.allocate_exact_size(area.size(), Sense::hover());
    dashed(ui, area);
    let inner = area.shrink(M);
    let filled = !context.state.gallery.items.is_empty();
    let buttons = ButtonRows::new(ui, buttons(filled), inner.width());
    let height = if filled { THUMBNAIL + S + 20.0 + M } else { 56.0 + M } + buttons.height();
    let top = inner.top() + ((inner.height() - height) / 2.0).max(0.0);
    let content =
        Rect::from_min_size(pos2(inner.left(), top), vec2(inner.width(), height.min(inner.height())));
    let mut ui = ui.new_child(UiBuilder::new().max_rect(content).layout(Flow::top_down(Align::Center)));
    ui.spacing_mut().item_spacing.y = S;
    if filled {
        show_gallery(&mut ui, context);
    } else {
        show_invitation(&mut ui, context.state.accepts_drops);
    }
    ui.add_space(XS);
    if let Some(command) = buttons.show(&mut ui) {
        context.emit(command);
    }
}

fn show_invitation(ui: &mut Ui, accepts_drops: bool) {
    let palette = theme::palette(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(24.0, 24.0), Sense::hover());
    Icon::Picture.paint(ui.painter(), rect, palette.muted);
    let text = if accepts_drops { text!("drop-anywhere") } else { text!("open-or-paste") };
    ui.label(RichText::new(text).color(palette.muted));
}

/// The buttons to open pictures, with their commands.
fn buttons(filled: bool) -> Vec<(ActionButton<'static>, UiCommand)> {
    let open = ActionButton::text(text!("open"))
        .with_icon(Icon::Picture)
        .tip(text!("open-pictures"))
        .shortcut(keys::OPEN);
    let folder = ActionButton::icon(Icon::Folder, text!("open-a-folder"))
        .tip(text!("open-folder-of-pictures"))
        .shortcut(keys::OPEN_FOLDER);
    let paste = ActionButton::text(text!("paste"))
        .with_icon(Icon::Paste)
        .tip(text!("paste-a-picture"))
        .shortcut(keys::PASTE);
    let last = if filled {
        (ActionButton::icon(Icon::Close, text!("close-all-pictures")), UiCommand::ClearPictures)
    } else {
        (ActionButton::text(text!("sample")).tip(text!("sample-tip")), UiCommand::Sample)
    };
    vec![(open, UiCommand::OpenFiles), (folder, UiCommand::OpenFolder), (paste, UiCommand::Paste), last]
}

/// Draws as many thumbnails as fit, including the current one, and the buttons to step through them.
fn show_gallery(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let gallery = &context.state.gallery;
    let count = gallery.items.len();
    let arrow = CONTROL_HEIGHT + XS;
    let fitting = ((ui.available_width() - 2.0 * arrow + XS) / (THUMBNAIL + XS)).floor().max(1.0) as usize;
    let shown = fitting.min(count);
    let current = gallery.current.unwrap_or(0);
    let first = current.saturating_sub(shown / 2).min(count - shown);
    let width = shown as f32 * (THUMBNAIL + XS) - XS + 2.0 * arrow;
    let strip = ui.allocate_exact_size(vec2(ui.available_width(), THUMBNAIL), Sense::hover()).0;
    let strip = Rect::from_center_size(strip.center(), vec2(width, THUMBNAIL));
    let flow = Flow::left_to_right(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(strip).layout(flow), |ui| {
        ui.spacing_mut().item_spacing.x = XS;
        step_button(ui, context, Icon::Left, text!("previous-picture"), keys::PREVIOUS, -1);
        for index in first..first + shown {
            show_thumbnail(ui, context, index);
        }
        step_button(ui, context, Icon::Right, text!("next-picture"), keys::NEXT, 1);
    });
    let caption = match (gallery.current, gallery.shown()) {
        (Some(index), Some(item)) => text!("picture-of", index = index + 1, count = count, name = &item.name),
        _ => text!("pictures-count", count = count),
    };
    let caption = RichText::new(caption).font(theme::small()).color(theme::palette(ui).muted);
    ui.add(eframe::egui::Label::new(caption).truncate());
}

fn step_button(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    icon: Icon,
    label: String,
    key: KeyboardShortcut,
    step: isize,
) {
    let exists = context.state.gallery.neighbour(step).is_some();
    if ui.add_enabled(exists, ActionButton::icon(icon, label).shortcut(key)).clicked() {
        context.emit(UiCommand::StepPicture(step));
    }
}

fn show_thumbnail(ui: &mut Ui, context: &mut PanelContext<'_>, index: usize) {
    let palette = theme::palette(ui);
    let item = &context.state.gallery.items[index];
    let current = context.state.gallery.current == Some(index);
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(THUMBNAIL), Sense::click());
    let frame = Frame::new().fill(palette.raised).corner_radius(CONTROL_RADIUS).inner_margin(Margin::ZERO);
    ui.painter().add(frame.paint(rect));
    if let Some(picture) = &item.thumbnail {
        let side = THUMBNAIL * 2.0 * ui.ctx().pixels_per_point();
        let shown = context.textures.show(ui.ctx(), Slot::Thumbnail(item.id), picture, side);
        let picture_rect = fit(shown.size, rect.shrink(2.0));
        textures::paint(ui.painter(), shown.id, picture_rect, CornerRadius::same(6), Color32::WHITE);
    } else {
        let icon = if item.failed { Icon::Warning } else { Icon::Picture };
        icon.paint(ui.painter(), centred(rect, 18.0), palette.muted);
        context.commands.extend((!item.thumbnail_requested).then_some(UiCommand::LoadThumbnail(index)));
    }
    if current || response.hovered() {
        let color = if current { palette.accent } else { palette.muted };
        ui.painter().rect_stroke(rect, CONTROL_RADIUS, Stroke::new(2.0, color), StrokeKind::Inside);
    }
    focus_ring(ui, &response, rect, CONTROL_RADIUS);
    let label = text!("show-picture", name = &item.name);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, current, &label));
    let response = response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(&item.name);
    if response.clicked() {
        context.emit(UiCommand::ShowPicture(index));
    }
}

/// Draws a dashed outline, which marks an area to drop things on.
fn dashed(ui: &Ui, area: Rect) {
    let palette = theme::palette(ui);
    let stroke = Stroke::new(1.0, palette.border);
    ui.painter().rect_filled(area, CARD_RADIUS, palette.surface.gamma_multiply(0.5));
    let corner = f32::from(CARD_RADIUS);
    let (left, right, top, bottom) = (area.left(), area.right(), area.top(), area.bottom());
    let sides = [
        [pos2(left + corner, top), pos2(right - corner, top)],
        [pos2(right, top + corner), pos2(right, bottom - corner)],
        [pos2(right - corner, bottom), pos2(left + corner, bottom)],
        [pos2(left, bottom - corner), pos2(left, top + corner)],
    ];
    for side in sides {
        ui.painter().extend(Shape::dashed_line(&side, stroke, 6.0, 5.0));
    }
    let centres = [
        (pos2(left + corner, top + corner), 180.0_f32),
        (pos2(right - corner, top + corner), 270.0),
        (pos2(right - corner, bottom - corner), 0.0),
        (pos2(left + corner, bottom - corner), 90.0),
    ];
    for (centre, start) in centres {
        let at = |angle: f32| centre + corner * vec2(angle.to_radians().cos(), angle.to_radians().sin());
        let arc: Vec<_> = (0..=6_u8).map(|step| at(start + 15.0 * f32::from(step))).collect();
        ui.painter().extend(Shape::dashed_line(&arc, stroke, 6.0, 5.0));
    }
}
