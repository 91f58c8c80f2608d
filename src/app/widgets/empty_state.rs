//! The message in the middle of an empty area: what is wrong, and what to do.

use eframe::egui::text::LayoutJob;
use eframe::egui::{Align, Frame, Layout as Flow, Margin, Rect, RichText, Sense, Ui, UiBuilder, vec2};

use super::buttons::{ActionButton, ButtonStyle};
use super::icons::Icon;
use super::theme::{self, CARD_RADIUS, CONTROL_HEIGHT, M, S};
use crate::app::keys;
use crate::app::state::UiState;
use crate::camera::SourceState;
use crate::pipeline::LiveView;
use crate::text::text;
use agemirror_faces::face::{FaceProblem, InputKind};

/// An action that a message offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EmptyStateAction {
    /// Open a picture.
    OpenPicture,
    /// Show the bundled portrait.
    Sample,
    /// Choose the folder of a training run.
    ChooseRun,
}

/// The message in the middle of an empty area.
pub(crate) struct EmptyState {
    icon: Icon,
    title: String,
    text: String,
    actions: &'static [EmptyStateAction],
}

const OPEN: &[EmptyStateAction] = &[EmptyStateAction::OpenPicture];
const PICTURES: &[EmptyStateAction] = &[EmptyStateAction::OpenPicture, EmptyStateAction::Sample];

impl EmptyState {
    /// A message without actions.
    pub(crate) fn new(icon: Icon, title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { icon, title: title.into(), text: text.into(), actions: &[] }
    }

    /// Adds actions.
    pub(crate) fn with(mut self, actions: &'static [EmptyStateAction]) -> Self {
        self.actions = actions;
        self
    }

    /// Draws the message in the middle of `area` and returns the actions that the user picked.
    pub(crate) fn show(&self, ui: &mut Ui, area: Rect) -> Vec<EmptyStateAction> {
        let palette = theme::palette(ui);
        let mut picked = Vec::new();
        let width = (area.width() - 2.0 * M).min(360.0);
        let column = Rect::from_center_size(area.center(), vec2(width, area.height()));
        let size_id = ui.scope_id().with((&self.title, "height"));
        let height = ui.ctx().data(|data| data.get_temp::<f32>(size_id)).unwrap_or(150.0);
        let top = Rect::from_min_size(column.left_top(), vec2(width, height))
            .translate(vec2(0.0, (area.height() - height).max(0.0) / 2.0));
        let mut ui = ui.new_child(UiBuilder::new().max_rect(top).layout(Flow::top_down(Align::Center)));
        let frame = Frame::new().fill(palette.surface).corner_radius(CARD_RADIUS);
        let frame = frame.inner_margin(Margin::same(M as i8));
        let shown = frame.show(&mut ui, |ui| {
            ui.set_width(width - 2.0 * M);
            ui.spacing_mut().item_spacing.y = S;
            let height = area.height() - 2.0 * M;
            ui.with_layout(Flow::top_down(Align::Center), |ui| self.lines(ui, height, &mut picked));
        });
        let grown = shown.response.rect.height();
        if (grown - height).abs() > 0.5 {
            ui.ctx().data_mut(|data| data.insert_temp(size_id, grown));
            ui.ctx().request_repaint();
        }
        picked
    }

    fn lines(&self, ui: &mut Ui, height: f32, picked: &mut Vec<EmptyStateAction>) {
        let palette = theme::palette(ui);
        let top = ui.cursor().top();
        let (rect, _) = ui.allocate_exact_size(vec2(28.0, 28.0), Sense::hover());
        self.icon.paint(ui.painter(), rect, palette.muted);
        ui.label(RichText::new(&self.title).font(theme::title()));
        let buttons = self.actions.len() as f32 * (CONTROL_HEIGHT + S);
        self.show_text(ui, height - (ui.cursor().top() - top) - buttons);
        for action in self.actions {
            let button = match action {
                EmptyStateAction::OpenPicture => ActionButton::text(text!("open-a-picture"))
                    .with_icon(Icon::Picture)
                    .style(ButtonStyle::Primary)
                    .tip(text!("open-pictures"))
                    .shortcut(keys::OPEN),
                EmptyStateAction::Sample => {
                    ActionButton::text(text!("try-a-sample")).tip(text!("sample-tip"))
                }
                EmptyStateAction::ChooseRun => ActionButton::text(text!("choose-a-folder"))
                    .with_icon(Icon::Folder)
                    .style(ButtonStyle::Primary)
                    .tip(text!("choose-run-folder")),
            };
            if ui.add(button).clicked() {
                picked.push(*action);
            }
        }
    }

    /// Draws as much of the text as fits into `height`; a tooltip has the rest.
    fn show_text(&self, ui: &mut Ui, height: f32) {
        let color = theme::palette(ui).muted;
        let mut job = LayoutJob::simple(self.text.clone(), theme::body(), color, ui.available_width());
        let row_height = ui.fonts_mut(|fonts| fonts.row_height(&theme::body()));
        job.wrap.max_rows = ((height / row_height).floor() as usize).max(1);
        job.halign = Align::Center;
        let galley = ui.painter().layout_job(job);
        let is_cut = galley.elided;
        let label = ui.label(galley);
        if is_cut {
            label.on_hover_text(&self.text);
        }
    }
}

/// The problem of the source, if it has one.
pub(crate) fn source_problem(view: &LiveView, state: &UiState) -> Option<EmptyState> {
    if state.shows_picture() {
        return None;
    }
    let status = &view.status;
    if state.shows_video() {
        let SourceState::Failed(reason) = &status.state else { return None };
        return Some(EmptyState::new(Icon::Picture, text!("video-not-played"), reason).with(OPEN));
    }
    let title = match &status.state {
        SourceState::Streaming { .. } | SourceState::Still => return None,
        SourceState::Opening if view.input.is_some() => return None,
        SourceState::Opening => text!("camera-opening-title"),
        SourceState::Stalled => text!("camera-stalled-title"),
        SourceState::Unplugged => text!("camera-unplugged-title"),
        SourceState::Busy => text!("camera-busy-title"),
        SourceState::Denied => text!("camera-denied-title"),
        SourceState::NoCamera => text!("no-camera"),
        SourceState::UnknownFormat(_) => text!("camera-format-title"),
        SourceState::Failed(_) => text!("camera-failed-title"),
    };
    let message = EmptyState::new(Icon::Camera, title, status.state.sentence(&status.source));
    Some(match status.state {
        SourceState::Opening | SourceState::Stalled => message,
        _ => message.with(PICTURES),
    })
}

/// The model that is being opened, while another one is running.
pub(crate) fn model_opening(view: &LiveView, state: &UiState) -> Option<EmptyState> {
    let name = view.status.opening.as_deref().filter(|_| view.status.model.is_some())?;
    let title = state.title_of(name);
    Some(EmptyState::new(Icon::Grid, text!("model-opening", model = title), text!("weights-being-read")))
}

/// Why there is no face to age, if so.
pub(crate) fn face_problem(view: &LiveView, state: &UiState) -> Option<EmptyState> {
    let problem = view.faces.problem?;
    if state.shows_video() {
        let title = face_title(problem, InputKind::Still);
        return Some(EmptyState::new(Icon::Frame, title, face_sentence_of_video(problem)));
    }
    let input = match view.status.state {
        SourceState::Still => InputKind::Still,
        _ => InputKind::Camera,
    };
    Some(EmptyState::new(Icon::Frame, face_title(problem, input), face_sentence(problem, input)))
}

/// The title of a face's problem.
pub(crate) fn face_title(problem: FaceProblem, input: InputKind) -> String {
    match (problem, input) {
        (FaceProblem::NoFace, _) => text!("no-face"),
        (FaceProblem::TooSmall, InputKind::Camera) => text!("face-far"),
        (FaceProblem::TooSmall, InputKind::Still) => text!("face-small"),
        (FaceProblem::CutByEdge, _) => text!("face-cut"),
        (FaceProblem::TurnedAway, _) => text!("face-turned"),
        (FaceProblem::TooDark, _) => text!("face-dark"),
    }
}

/// A face's problem and its remedy.
pub(crate) fn face_sentence(problem: FaceProblem, input: InputKind) -> String {
    match (problem, input) {
        (FaceProblem::NoFace, InputKind::Camera) => text!("no-face-camera"),
        (FaceProblem::NoFace, InputKind::Still) => text!("no-face-still"),
        (FaceProblem::TooSmall, InputKind::Camera) => text!("face-far-camera"),
        (FaceProblem::TooSmall, InputKind::Still) => text!("face-small-still"),
        (FaceProblem::CutByEdge, InputKind::Camera) => text!("face-cut-camera"),
        (FaceProblem::CutByEdge, InputKind::Still) => text!("face-cut-still"),
        (FaceProblem::TurnedAway, InputKind::Camera) => text!("face-turned-camera"),
        (FaceProblem::TurnedAway, InputKind::Still) => text!("face-turned-still"),
        (FaceProblem::TooDark, InputKind::Camera) => text!("face-dark-camera"),
        (FaceProblem::TooDark, InputKind::Still) => text!("face-dark-still"),
    }
}

/// The problem of a face in a video that plays, and its remedy.
fn face_sentence_of_video(problem: FaceProblem) -> String {
    match problem {
        FaceProblem::NoFace => text!("no-face-video"),
        FaceProblem::TooSmall => text!("face-small-video"),
        FaceProblem::CutByEdge => text!("face-cut-video"),
        FaceProblem::TurnedAway => text!("face-turned-video"),
        FaceProblem::TooDark => text!("face-dark-video"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_says_the_same_of_a_face_as_the_command_line() {
        for problem in FaceProblem::ALL {
            for input in [InputKind::Camera, InputKind::Still] {
                assert_eq!(face_title(problem, input), problem.title(input));
                assert_eq!(face_sentence(problem, input), problem.sentence(input));
            }
        }
    }
}
