//! The card of a model that cannot be opened yet: which files it wants, where they are, what to do.

use eframe::egui::{Align, Id, Label, Layout as Flow, Modal, RichText, Sense, Ui, UiBuilder, vec2};

use super::commands::UiCommand;
use super::icons::Icon;
use super::scene::Scene;
use super::settings_panel::{sheet_frame, sheet_title};
use super::theme::{self, CONTROL_HEIGHT, M, S};
use super::weights::{ModelWeights, WeightState};
use super::widgets::{ActionButton, Loudness};

const WIDTH: f32 = 560.0;
const LABEL_WIDTH: f32 = 96.0;

/// Draws the card of the model called `name` over the window.
pub fn show(ui: &mut Ui, scene: &mut Scene<'_>, name: &'static str) {
    let state = scene.state;
    let Some(model) = state.models.iter().find(|model| model.name == name) else { return };
    let modal = Modal::new(Id::unique("weights")).frame(sheet_frame(ui));
    let response = modal.show(ui.ctx(), |ui| {
        ui.set_width(WIDTH);
        ui.spacing_mut().item_spacing.y = S;
        let damaged = state.weights_of(name).is_some_and(|weights| weights.is_damaged());
        let wants = if damaged { "has damaged weights" } else { "needs its weights" };
        let closed = sheet_title(ui, &format!("{} {wants}", model.title));
        let palette = theme::palette(ui);
        ui.label(RichText::new(sentence(model.description)).color(palette.muted));
        if let Some(weights) = state.weights_of(name) {
            show_files(ui, scene.commands, weights);
            show_steps(ui, scene.commands, weights);
        }
        let present = scene.view.status.model.as_ref().map(|model| model.title);
        if let Some(present) = present.filter(|present| *present != model.title) {
            ui.add_space(S);
            ui.label(RichText::new(format!("Until then {present} goes on.")).color(palette.muted));
        }
        closed
    });
    if response.inner || response.backdrop_response.clicked() {
        scene.emit(UiCommand::Sheet(None));
    }
}

impl ModelWeights {
    fn is_damaged(&self) -> bool {
        matches!(self.state, WeightState::Damaged(_))
    }
}

/// A description as a sentence.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

fn show_files(ui: &mut Ui, commands: &mut Vec<UiCommand>, weights: &ModelWeights) {
    let palette = theme::palette(ui);
    if let WeightState::Damaged(reason) = &weights.state {
        row(ui, "Damaged", |ui| {
            ui.label(RichText::new(reason).color(palette.error));
        });
    }
    row(ui, if weights.files.len() == 1 { "File" } else { "Files" }, |ui| {
        weights.files.iter().for_each(|file| {
            ui.label(file);
        });
    });
    row(ui, "Where", |ui| {
        ui.add(Label::new(&weights.address).selectable(true).wrap());
        ui.horizontal(|ui| {
            let copy = ActionButton::text("Copy the address").with_icon(Icon::Paste);
            if ui.add(copy.tip("Put the address into the clipboard", "")).clicked() {
                commands.push(UiCommand::CopyText(weights.address.clone()));
            }
            let open = ActionButton::text("Open the page").tip("Open it in the web browser", "");
            if ui.add(open).clicked() {
                commands.push(UiCommand::OpenAddress(weights.address.clone()));
            }
        });
    });
    row(ui, "Licence", |ui| {
        ui.label(&weights.licence);
    });
    if !weights.note.is_empty() {
        row(ui, "Note", |ui| {
            ui.label(&weights.note);
        });
    }
}

fn show_steps(ui: &mut Ui, commands: &mut Vec<UiCommand>, weights: &ModelWeights) {
    let (them, all) = if weights.files.len() == 1 { ("it", "") } else { ("them", " all together") };
    row(ui, "What to do", |ui| {
        ui.label(format!(
            "Fetch {them} from there, then drop {them}{all} on this window, or choose {them} here. What is \
             needed is copied, so the download can be deleted afterwards."
        ));
        let choose = if weights.files.len() == 1 { "Choose file…" } else { "Choose files…" };
        let choose = ActionButton::text(choose).with_icon(Icon::Folder).loudness(Loudness::Primary);
        if ui.add(choose.tip("Take weight files from this computer", "")).clicked() {
            commands.push(UiCommand::ChooseWeights);
        }
    });
}

/// A row with a label at the left and a column of things at its right.
fn row(ui: &mut Ui, label: &str, content: impl FnOnce(&mut Ui)) {
    ui.horizontal_top(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(LABEL_WIDTH, CONTROL_HEIGHT - M), Sense::hover());
        let mut place = ui.new_child(UiBuilder::new().max_rect(rect).layout(Flow::left_to_right(Align::Min)));
        place.label(RichText::new(label).color(theme::palette(ui).muted));
        ui.vertical(|ui| {
            ui.set_width(WIDTH - LABEL_WIDTH - S);
            content(ui);
        });
    });
}
