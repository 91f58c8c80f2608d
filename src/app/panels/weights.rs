//! The modal of a model that cannot be opened yet: which files it requires, where to get them, what to do.

use eframe::egui::{
    Align, Id, Label, Layout as Flow, Modal, RichText, ScrollArea, Sense, Ui, UiBuilder, vec2,
};

use super::settings::{modal_frame, modal_title};
use crate::app::commands::UiCommand;
use crate::app::context::PanelContext;
use crate::app::state::weights::{ModelWeights, PublishedFile, WeightState};
use crate::app::widgets::buttons::{ActionButton, ButtonStyle};
use crate::app::widgets::icons::Icon;
use crate::app::widgets::theme;
use crate::app::widgets::theme::{CONTROL_HEIGHT, M, S, XS};
use crate::text::text;
use agemirror_faces::aging::{ModelId, ModelSummary};

const WIDTH: f32 = 620.0;
const LABEL_WIDTH: f32 = 84.0;
/// Height of the modal without its list of files, in points.
const FIXED_HEIGHT: f32 = 270.0;

/// Draws the modal of the model called `name` over the window.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>, name: &'static str) {
    let state = context.state;
    let Some(model) = state.listed(name) else { return };
    let modal = Modal::new(Id::unique("weights")).frame(modal_frame(ui));
    let response = modal.show(ui.ctx(), |ui| {
        ui.set_width(WIDTH);
        ui.spacing_mut().item_spacing.y = S;
        let weights = state.weights_of(name);
        let closed = modal_title(ui, &title(model.title, weights));
        let palette = theme::palette(ui);
        ui.label(RichText::new(sentence(&description(model))).color(palette.muted));
        if let Some(weights) = weights {
            show_weights(ui, context.commands, weights, state.accepts_drops);
        }
        let current = context.view.status.model.as_ref().map(|model| model.title);
        if let Some(current) = current.filter(|current| *current != model.title) {
            ui.label(RichText::new(text!("keeps-running", model = current)).color(palette.muted));
        }
        closed
    });
    if response.inner || response.backdrop_response.clicked() {
        context.emit(UiCommand::Modal(None));
    }
}

fn title(model: &str, weights: Option<&ModelWeights>) -> String {
    match weights.map(|weights| &weights.state) {
        Some(WeightState::Ready) | None => text!("model-is-ready", model = model),
        Some(WeightState::Damaged(_)) => text!("model-has-damaged-weights", model = model),
        Some(WeightState::Missing) => text!("model-needs-weights", model = model),
    }
}

/// What a model is, in a few words that begin in lower case where the language does so.
pub(crate) fn description(model: &ModelSummary) -> String {
    match model.id {
        ModelId::Mirror => text!("model-mirror"),
        ModelId::AgeTransGan => text!("model-agetransgan"),
        ModelId::Caae => text!("model-caae"),
        ModelId::Ipcgan => text!("model-ipcgan"),
        ModelId::Cgan => text!("model-cgan"),
        ModelId::Pagan => text!("model-pagan"),
    }
}

/// A description as a sentence.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

fn show_weights(ui: &mut Ui, commands: &mut Vec<UiCommand>, weights: &ModelWeights, accepts_drops: bool) {
    if let WeightState::Damaged(reason) = &weights.state {
        let reason = text!("weights-damaged", reason = reason);
        ui.label(RichText::new(reason).color(theme::palette(ui).error));
    }
    let high = (ui.ctx().content_rect().height() - FIXED_HEIGHT).max(120.0);
    ScrollArea::vertical().max_height(high).auto_shrink([false, true]).show(ui, |ui| {
        ui.set_width(WIDTH - M);
        let mut before: Option<&PublishedFile> = None;
        for (index, file) in weights.files.iter().enumerate() {
            show_file(ui, commands, file, before, index);
            before = Some(file);
        }
    });
    let how = if accepts_drops { text!("weights-drop-or-choose") } else { text!("weights-choose") };
    ui.label(format!("{how} {}", text!("weights-are-copied")));
    let choose =
        ActionButton::text(text!("choose-files")).with_icon(Icon::Folder).style(ButtonStyle::Primary);
    if ui.add(choose.tip(text!("choose-files-tip"))).clicked() {
        commands.push(UiCommand::ChooseWeights);
    }
}

/// Draws one published file; what it shares with the previous one is not repeated.
fn show_file(
    ui: &mut Ui,
    commands: &mut Vec<UiCommand>,
    file: &PublishedFile,
    before: Option<&PublishedFile>,
    index: usize,
) {
    let palette = theme::palette(ui);
    ui.spacing_mut().item_spacing.y = XS;
    ui.add_space(XS);
    let title = match file.imported {
        true => text!("file-imported", title = &file.title),
        false => file.title.clone(),
    };
    ui.label(RichText::new(title).color(palette.accent));
    row(ui, &text!("files", count = file.names.len()), |ui| {
        ui.add(Label::new(file.names.join(", ")).wrap());
    });
    if before.is_none_or(|before| before.location != file.location) {
        row(ui, &text!("source"), |ui| show_location(ui, commands, file, index));
    }
    if before.is_none_or(|before| before.licence != file.licence) {
        row(ui, &text!("licence"), |ui| {
            ui.add(Label::new(&file.licence).wrap());
        });
    }
    if before.is_none_or(|before| before.next_step != file.next_step) {
        row(ui, &text!("next-step"), |ui| {
            ui.add(Label::new(sentence(&file.next_step)).wrap());
        });
    }
}

fn show_location(ui: &mut Ui, commands: &mut Vec<UiCommand>, file: &PublishedFile, index: usize) {
    ui.add(Label::new(&file.location).selectable(true).wrap());
    let Some(page) = file.page() else { return };
    let (copied, opened) = match index {
        0 => (text!("copy-address"), text!("open-page")),
        _ => (text!("copy-address-of", file = index + 1), text!("open-page-of", file = index + 1)),
    };
    ui.horizontal(|ui| {
        let copy = ActionButton::text(text!("copy-address")).with_icon(Icon::Paste).label(copied);
        if ui.add(copy.tip(text!("copy-address-tip"))).clicked() {
            commands.push(UiCommand::CopyText(page.to_owned()));
        }
        let open = ActionButton::text(text!("open-page")).label(opened);
        if ui.add(open.tip(text!("open-page-tip"))).clicked() {
            commands.push(UiCommand::OpenAddress(page.to_owned()));
        }
    });
}

/// Draws a row with a label at the left and content at the right.
fn row(ui: &mut Ui, label: &str, content: impl FnOnce(&mut Ui)) {
    ui.horizontal_top(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(LABEL_WIDTH, CONTROL_HEIGHT - M), Sense::hover());
        let mut label_ui =
            ui.new_child(UiBuilder::new().max_rect(rect).layout(Flow::left_to_right(Align::Min)));
        label_ui.label(RichText::new(label).color(theme::palette(ui).muted));
        ui.vertical(|ui| {
            ui.set_width(WIDTH - M - LABEL_WIDTH - 2.0 * S);
            content(ui);
        });
    });
}
