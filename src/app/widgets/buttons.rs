//! Controls that the panels share: buttons, segmented controls, pickers, badges.

use std::borrow::Cow;
use std::sync::Arc;

use eframe::egui::text::{LayoutJob, TextWrapping};
use eframe::egui::{
    Align2, Color32, ComboBox, CornerRadius, CursorIcon, Galley, Id, KeyboardShortcut, Painter, Rect,
    Response, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, Widget, WidgetInfo, WidgetText, pos2, vec2,
};

use super::icons::{Icon, centred};
use super::theme::{self, CONTROL_HEIGHT, CONTROL_RADIUS, M, S, XS};
use crate::app::keys::key_name;
use crate::text::text;

const ICON_SIDE: f32 = 16.0;

/// How prominent a button is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ButtonStyle {
    /// The main action: filled with the accent color.
    Primary,
    /// One of several actions.
    #[default]
    Normal,
    /// No background until the pointer is over it.
    Quiet,
}

/// A button with an icon, a text, or both. It always has an accessible label; its tooltip names its shortcut.
pub(crate) struct ActionButton<'a> {
    label: Cow<'a, str>,
    icon: Option<Icon>,
    text: Option<Cow<'a, str>>,
    tip: Cow<'a, str>,
    shortcut: Option<KeyboardShortcut>,
    style: ButtonStyle,
    selected: Option<bool>,
}

impl<'a> ActionButton<'a> {
    /// A button that shows `label` as its text.
    pub(crate) fn text(label: impl Into<Cow<'a, str>>) -> Self {
        let label = label.into();
        Self {
            label: label.clone(),
            icon: None,
            text: Some(label),
            tip: Cow::Borrowed(""),
            shortcut: None,
            style: ButtonStyle::Normal,
            selected: None,
        }
    }

    /// A square button that shows only an icon; `label` is its accessible label and its tooltip.
    pub(crate) fn icon(icon: Icon, label: impl Into<Cow<'a, str>>) -> Self {
        let label = label.into();
        let tip = label.clone();
        Self { icon: Some(icon), text: None, tip, style: ButtonStyle::Quiet, ..Self::text(label) }
    }

    /// Adds an icon before the text.
    pub(crate) fn with_icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Sets the accessible label, if it differs from the text.
    pub(crate) fn label(mut self, label: impl Into<Cow<'a, str>>) -> Self {
        self.label = label.into();
        self
    }

    /// Sets the tooltip; an empty one is not shown.
    pub(crate) fn tip(mut self, tip: impl Into<Cow<'a, str>>) -> Self {
        self.tip = tip.into();
        self
    }

    /// Sets the shortcut that the tooltip names.
    pub(crate) fn shortcut(mut self, shortcut: KeyboardShortcut) -> Self {
        self.shortcut = Some(shortcut);
        self
    }

    /// Sets how prominent the button is.
    pub(crate) fn style(mut self, style: ButtonStyle) -> Self {
        self.style = style;
        self
    }

    /// Makes the button a switch that is on or off.
    pub(crate) fn selected(mut self, selected: bool) -> Self {
        self.selected = Some(selected);
        self
    }

    /// The width of the button, in points.
    pub(super) fn width(&self, ui: &Ui) -> f32 {
        self.width_with(self.galley(ui).as_deref())
    }

    fn galley(&self, ui: &Ui) -> Option<Arc<Galley>> {
        let text = WidgetText::from(self.text.as_deref()?);
        Some(text.into_galley(ui, None, f32::INFINITY, eframe::egui::TextStyle::Button))
    }

    fn width_with(&self, galley: Option<&Galley>) -> f32 {
        let icon = if self.icon.is_some() { ICON_SIDE + S } else { 0.0 };
        galley.map_or(CONTROL_HEIGHT, |galley| M + icon + galley.size().x + M)
    }

    fn colors(&self, ui: &Ui, response: &Response) -> (Color32, Color32) {
        let palette = theme::palette(ui);
        let over = response.hovered() || response.is_pointer_button_down_on();
        match (self.selected, self.style) {
            _ if !ui.is_enabled() => (Color32::TRANSPARENT, palette.muted),
            (Some(true), _) => (palette.accent_soft, palette.accent),
            (_, ButtonStyle::Primary) if over => {
                (palette.accent.lerp_to_gamma(palette.text, 0.15), palette.on_accent)
            }
            (_, ButtonStyle::Primary) => (palette.accent, palette.on_accent),
            (_, _) if over => (palette.hover, palette.text),
            (_, ButtonStyle::Normal) => (palette.raised, palette.text),
            (_, ButtonStyle::Quiet) => (Color32::TRANSPARENT, palette.text),
        }
    }
}

impl Widget for ActionButton<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let galley = self.galley(ui);
        let width = self.width_with(galley.as_deref());
        let (rect, response) = ui.allocate_exact_size(vec2(width, CONTROL_HEIGHT), Sense::click());
        let (fill, ink) = self.colors(ui, &response);
        ui.painter().rect_filled(rect, CONTROL_RADIUS, fill);
        focus_ring(ui, &response, rect, CONTROL_RADIUS);
        let mut left = rect.left() + M;
        if let Some(icon) = self.icon {
            let icon_rect = match galley {
                Some(_) => {
                    Rect::from_min_size(pos2(left, rect.center().y - ICON_SIDE / 2.0), vec2(16.0, 16.0))
                }
                None => centred(rect, ICON_SIDE),
            };
            icon.paint(ui.painter(), icon_rect, ink);
            left += ICON_SIDE + S;
        }
        if let Some(galley) = galley {
            let top = rect.center().y - galley.size().y / 2.0;
            ui.painter().galley_with_override_text_color(pos2(left, top), galley, ink);
        }
        let enabled = ui.is_enabled();
        response.widget_info(|| match self.selected {
            Some(on) => WidgetInfo::selected(Role::Button, enabled, on, &*self.label),
            None => WidgetInfo::labeled(Role::Button, enabled, &*self.label),
        });
        let response = response.on_hover_cursor(CursorIcon::PointingHand);
        match (&*self.tip, self.shortcut) {
            ("", _) => response,
            (tip, None) => response.on_hover_text(tip),
            (tip, Some(shortcut)) => {
                let key = key_name(ui.ctx(), &shortcut);
                response.on_hover_text(format!("{tip}  ({key})"))
            }
        }
    }
}

/// Draws the accent ring around a focused control.
pub(crate) fn focus_ring(ui: &Ui, response: &Response, rect: Rect, radius: u8) {
    if response.has_focus() {
        let stroke = Stroke::new(2.0, theme::palette(ui).accent);
        ui.painter().rect_stroke(rect, CornerRadius::same(radius), stroke, StrokeKind::Outside);
    }
}

/// One entry of a [`segmented`] control.
pub(crate) struct Segment<'a> {
    text: Cow<'a, str>,
    label: Cow<'a, str>,
    shortcut: Option<KeyboardShortcut>,
    icon: Option<Icon>,
}

impl<'a> Segment<'a> {
    /// An entry with `text`, and `label` as its accessible label and tooltip.
    pub(crate) fn new(text: impl Into<Cow<'a, str>>, label: impl Into<Cow<'a, str>>) -> Self {
        Self { text: text.into(), label: label.into(), shortcut: None, icon: None }
    }

    /// Sets the shortcut that the tooltip names.
    pub(crate) fn shortcut(self, shortcut: KeyboardShortcut) -> Self {
        Self { shortcut: Some(shortcut), ..self }
    }

    /// Adds an icon before the text.
    pub(crate) fn icon(self, icon: Icon) -> Self {
        Self { icon: Some(icon), ..self }
    }
}

/// A row of buttons of which at most one is selected. Returns the index of the clicked one.
pub(crate) fn segmented(ui: &mut Ui, segments: &[Segment<'_>], chosen: Option<usize>) -> Option<usize> {
    let mut clicked = None;
    let palette = theme::palette(ui);
    let frame = eframe::egui::Frame::new().fill(palette.raised).corner_radius(CONTROL_RADIUS);
    frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.horizontal(|ui| {
            for (index, segment) in segments.iter().enumerate() {
                let mut button = ActionButton::text(&*segment.text)
                    .label(&*segment.label)
                    .tip(&*segment.label)
                    .selected(chosen == Some(index));
                if let Some(shortcut) = segment.shortcut {
                    button = button.shortcut(shortcut);
                }
                if let Some(icon) = segment.icon {
                    button = button.with_icon(icon);
                }
                if ui.add(button).clicked() {
                    clicked = Some(index);
                }
            }
        });
    });
    clicked
}

/// A list that opens under its current entry. Returns the index of the picked entry.
pub(crate) fn picker(
    ui: &mut Ui,
    label: &str,
    width: f32,
    current: &str,
    entries: &[String],
) -> Option<usize> {
    let mut picked = None;
    let show_entries = |ui: &mut Ui| {
        for (index, entry) in entries.iter().enumerate() {
            if ui.selectable_label(entry == current, entry).clicked() {
                picked = Some(index);
            }
        }
    };
    // A long text would otherwise take all the width that the row has left.
    let shown = ui.scope(|ui| {
        ui.set_max_width(width);
        let chosen = ComboBox::from_id_salt(label).width(width).truncate().selected_text(current);
        chosen.show_ui(ui, show_entries)
    });
    let shown = shown.inner;
    let response = shown.response.on_hover_text(text!("name-and-value", name = label, value = current));
    focus_ring(ui, &response, response.rect, CONTROL_RADIUS);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(label));
    picked
}

/// Draws what depends on a width that is known only after drawing. `draw` gets the width of the frame before, in points,
/// and returns that of this one; when it changes, the window is drawn again.
pub(crate) fn remembered_width(ui: &mut Ui, salt: &str, draw: impl FnOnce(&mut Ui, Option<f32>) -> f32) {
    let id = ui.scope_id().with(salt);
    let known = ui.data(|data| data.get_temp::<f32>(id));
    let used = draw(ui, known);
    if known.is_none_or(|known| (known - used).abs() > 0.5) {
        ui.data_mut(|data| data.insert_temp(id, used));
        ui.ctx().request_repaint();
    }
}

/// A row of controls, centred.
pub(crate) fn centred_row(ui: &mut Ui, salt: &str, content: impl FnOnce(&mut Ui)) {
    remembered_width(ui, salt, |ui, width| {
        let line = ui.allocate_exact_size(vec2(ui.available_width(), CONTROL_HEIGHT), Sense::hover()).0;
        let shift = width.map_or(0.0, |width| ((line.width() - width) / 2.0).max(0.0).round());
        let content_rect = line.with_min_x(line.left() + shift);
        let flow = eframe::egui::Layout::left_to_right(eframe::egui::Align::Center);
        let mut ui = ui.new_child(UiBuilder::new().max_rect(content_rect).layout(flow));
        content(&mut ui);
        ui.min_rect().width()
    });
}

/// A small rounded label over a picture, with its anchor corner at `at`. Returns its rectangle.
pub(crate) fn badge(
    painter: &Painter,
    anchor: Align2,
    at: eframe::egui::Pos2,
    text: &str,
    colors: (Color32, Color32),
) -> Rect {
    let galley = painter.layout_no_wrap(text.to_owned(), theme::small(), colors.1);
    let rect = anchor.anchor_size(at, galley.size() + vec2(2.0 * S, XS + 2.0));
    painter.rect_filled(rect, 6, colors.0);
    painter.galley(rect.center() - galley.size() / 2.0, galley, colors.1);
    rect
}

/// A line of a table: a name, optionally with a mark in the color of its line in a plot, and a value.
pub(crate) fn value_row(ui: &Ui, row: Rect, mark: Option<Color32>, name: &str, value: &str, spoken: &str) {
    let palette = theme::palette(ui);
    let mut left = row.left_center();
    if let Some(color) = mark {
        ui.painter().hline(left.x..=left.x + 12.0, left.y, Stroke::new(2.0, color));
        left.x += 18.0;
    }
    let value_rect =
        ui.painter().text(row.right_center(), Align2::RIGHT_CENTER, value, theme::small(), palette.muted);
    // In some languages, a name is too long for its column.
    let mut job = LayoutJob::simple_singleline(name.to_owned(), theme::small(), palette.text);
    job.wrap = TextWrapping::truncate_at_width((value_rect.left() - XS - left.x).max(0.0));
    let galley = ui.painter().layout_job(job);
    let top = left.y - galley.size().y / 2.0;
    ui.painter().galley(pos2(left.x, top), galley, palette.text);
    accessible_label(ui, ui.scope_id().with(name), row, spoken);
}

/// Background and text color of a badge over a picture; the same in both themes because the picture is.
pub(crate) const BADGE_COLORS: (Color32, Color32) = (Color32::from_black_alpha(170), Color32::WHITE);

/// Makes text that is painted by hand accessible.
pub(crate) fn accessible_label(ui: &Ui, id: Id, rect: Rect, text: &str) {
    let response = ui.interact(rect, id, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
}
