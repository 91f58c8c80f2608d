//! The list of models, each with whether it can be opened.

use eframe::egui::{
    Align2, Color32, ComboBox, CursorIcon, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::weights;
use crate::app::commands::UiCommand;
use crate::app::context::PanelContext;
use crate::app::state::UiState;
use crate::app::state::weights::WeightState;
use crate::app::widgets::buttons::focus_ring;
use crate::app::widgets::icons::{Icon, centred};
use crate::app::widgets::theme;
use crate::app::widgets::theme::{CONTROL_RADIUS, M, Palette, S};
use crate::text::text;
use agemirror_faces::aging::ModelSummary;

const WIDTH: f32 = 128.0;
const LIST_WIDTH: f32 = 320.0;
const ROW_HEIGHT: f32 = 46.0;

/// Draws the picker.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let state = context.state;
    let current = state.requested_model();
    let title = current.map_or_else(|| text!("no-model"), |current| state.title_of(current).to_owned());
    let list = ComboBox::from_id_salt("Model").width(WIDTH).truncate().height(ROW_HEIGHT * 8.0);
    let shown = list.selected_text(&title).show_ui(ui, |ui| {
        ui.set_width(LIST_WIDTH);
        ui.spacing_mut().item_spacing.y = 2.0;
        let palette = theme::palette(ui);
        let models = state.models.iter().map(|model| Row::of_model(state, model, palette));
        for row in models.chain(state.model_file.iter().map(|file| Row::of_file(state, file, palette))) {
            if row.show(ui, current == Some(row.name)).clicked() {
                context.commands.push(UiCommand::Model(row.name.to_owned()));
            }
        }
    });
    let response =
        shown.response.on_hover_text(text!("name-and-value", name = text!("model"), value = title));
    focus_ring(ui, &response, response.rect, CONTROL_RADIUS);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(text!("model")));
}

/// A line of the list.
struct Row<'a> {
    name: &'a str,
    title: &'a str,
    hint: String,
    icon: Option<Icon>,
    text: String,
    color: Color32,
}

impl<'a> Row<'a> {
    fn of_model(state: &UiState, model: &'a ModelSummary, palette: &Palette) -> Self {
        let (icon, text, color) = describe(state, model, palette);
        Self { name: model.name, title: model.title, hint: weights::description(model), icon, text, color }
    }

    fn of_file(state: &UiState, file: &'a str, palette: &Palette) -> Self {
        let text = text!("weight-file");
        Self {
            name: file,
            title: state.title_of(file),
            hint: file.to_owned(),
            icon: None,
            text,
            color: palette.muted,
        }
    }

    fn show(&self, ui: &mut Ui, chosen: bool) -> Response {
        let palette = theme::palette(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(LIST_WIDTH, ROW_HEIGHT), Sense::click());
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(rect, CONTROL_RADIUS, palette.hover);
        }
        focus_ring(ui, &response, rect.shrink(1.0), CONTROL_RADIUS);
        let inner = rect.shrink2(vec2(M, 0.0));
        let painter = ui.painter().with_clip_rect(inner.with_max_x(inner.right() - 16.0 - S));
        let upper = pos2(inner.left(), rect.center().y - 9.0);
        let ink = if chosen { palette.accent } else { palette.text };
        painter.text(upper, Align2::LEFT_CENTER, self.title, theme::body(), ink);
        let lower = pos2(inner.left(), rect.center().y + 10.0);
        painter.text(lower, Align2::LEFT_CENTER, &self.text, theme::small(), self.color);
        let icon_rect = Rect::from_center_size(pos2(inner.right() - 8.0, rect.center().y), vec2(16.0, 16.0));
        let (icon, ink) = if chosen { (Some(Icon::Check), palette.accent) } else { (self.icon, self.color) };
        if let Some(icon) = icon {
            icon.paint(ui.painter(), centred(icon_rect, 14.0), ink);
        }
        let label = format!("{}, {}", self.title, self.text);
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &label));
        response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(&self.hint)
    }
}

/// Whether a model can be opened, as text and color. Missing weights are not an error: nobody has them at
/// first.
fn describe(state: &UiState, model: &ModelSummary, palette: &Palette) -> (Option<Icon>, String, Color32) {
    match state.weights_of(model.name).map(|weights| &weights.state) {
        None | Some(WeightState::Ready) => (None, text!("model-ready"), palette.muted),
        Some(WeightState::Missing) => (Some(Icon::Save), text!("model-weights-missing"), palette.muted),
        Some(WeightState::Damaged(_)) => (Some(Icon::Warning), text!("model-weights-damaged"), palette.error),
    }
}
