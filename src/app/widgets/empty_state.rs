//! The message in the middle of an empty area: what is wrong, and what to do.

use eframe::egui::{Align, Frame, Layout as Flow, Margin, Rect, RichText, Sense, Ui, UiBuilder, vec2};

use super::buttons::{ActionButton, ButtonStyle};
use super::icons::Icon;
use super::theme::{self, CARD_RADIUS, M, S};
use crate::app::keys;
use crate::app::state::UiState;
use crate::camera::SourceState;
use crate::pipeline::LiveView;
use agemirror_faces::face::InputKind;

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

const PICTURES: &[EmptyStateAction] = &[EmptyStateAction::OpenPicture, EmptyStateAction::Sample];

impl EmptyState {
    /// A message without actions.
    pub(crate) fn new(icon: Icon, title: &str, text: impl Into<String>) -> Self {
        Self { icon, title: title.to_owned(), text: text.into(), actions: &[] }
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
            ui.with_layout(Flow::top_down(Align::Center), |ui| self.lines(ui, &mut picked));
        });
        let grown = shown.response.rect.height();
        if (grown - height).abs() > 0.5 {
            ui.ctx().data_mut(|data| data.insert_temp(size_id, grown));
            ui.ctx().request_repaint();
        }
        picked
    }

    fn lines(&self, ui: &mut Ui, picked: &mut Vec<EmptyStateAction>) {
        let palette = theme::palette(ui);
        let (rect, _) = ui.allocate_exact_size(vec2(28.0, 28.0), Sense::hover());
        self.icon.paint(ui.painter(), rect, palette.muted);
        ui.label(RichText::new(&self.title).font(theme::title()));
        ui.label(RichText::new(&self.text).color(palette.muted));
        for action in self.actions {
            let button = match action {
                EmptyStateAction::OpenPicture => ActionButton::text("Open a picture")
                    .with_icon(Icon::Picture)
                    .style(ButtonStyle::Primary)
                    .tip("Open pictures")
                    .shortcut(keys::OPEN),
                EmptyStateAction::Sample => {
                    ActionButton::text("Try a sample portrait").tip("Eileen Collins, by NASA")
                }
                EmptyStateAction::ChooseRun => ActionButton::text("Choose a folder")
                    .with_icon(Icon::Folder)
                    .style(ButtonStyle::Primary)
                    .tip("Choose the folder of a run"),
            };
            if ui.add(button).clicked() {
                picked.push(*action);
            }
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
        return Some(EmptyState::new(Icon::Picture, "The video cannot be played", reason).with(PICTURES));
    }
    let title = match &status.state {
        SourceState::Streaming { .. } | SourceState::Still => return None,
        SourceState::Opening if view.input.is_some() => return None,
        SourceState::Opening => "Opening the camera",
        SourceState::Stalled => "The camera sends no frames",
        SourceState::Unplugged => "The camera is disconnected",
        SourceState::Busy => "The camera is in use",
        SourceState::Denied => "No permission",
        SourceState::NoCamera => "No camera",
        SourceState::UnknownFormat(_) => "The camera's pictures cannot be decoded",
        SourceState::Failed(_) => "The camera does not work",
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
    Some(EmptyState::new(Icon::Grid, &format!("Opening {title}"), "Its weights are being read."))
}

/// Why there is no face to age, if so.
pub(crate) fn face_problem(view: &LiveView) -> Option<EmptyState> {
    let problem = view.faces.problem?;
    let input = match view.status.state {
        SourceState::Still => InputKind::Still,
        _ => InputKind::Camera,
    };
    Some(EmptyState::new(Icon::Frame, problem.title(input), problem.sentence(input)))
}
