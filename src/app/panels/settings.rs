//! The modal with all settings.

use eframe::egui::{
    Align, Frame, Id, Label, Layout as Flow, Margin, Modal, RichText, Sense, Stroke, Ui, UiBuilder, vec2,
};

use crate::app::commands::UiCommand;
use crate::app::context::PanelContext;
use crate::app::keys;
use crate::app::state::settings::{SidePanel, ThemeChoice};
use crate::app::widgets::buttons::{ActionButton, Segment, picker, segmented};
use crate::app::widgets::icons::Icon;
use crate::app::widgets::theme;
use crate::app::widgets::theme::{CARD_RADIUS, CONTROL_HEIGHT, L, S, XL};
use crate::camera::{CameraSettings, Rotation};
use crate::pipeline::DeviceChoice;

const WIDTH: f32 = 560.0;
const LABEL_WIDTH: f32 = 128.0;
const SIZES: [(u32, u32); 4] = [(640, 480), (800, 600), (1280, 720), (1920, 1080)];
const RATES: [u32; 4] = [10, 15, 30, 60];
const ROTATIONS: [(Rotation, &str, &str); 4] = [
    (Rotation::None, "0°", "Not rotated"),
    (Rotation::Quarter, "90°", "Rotated by 90° clockwise"),
    (Rotation::Half, "180°", "Rotated by 180°"),
    (Rotation::ThreeQuarters, "270°", "Rotated by 90° counter-clockwise"),
];

/// Draws the modal over the window.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let modal = Modal::new(Id::unique("settings")).frame(modal_frame(ui));
    let response = modal.show(ui.ctx(), |ui| {
        ui.set_width(WIDTH);
        let closed = modal_title(ui, "Settings");
        section(ui, "Camera");
        show_camera(ui, context);
        section(ui, "Saving");
        show_saving(ui, context);
        section(ui, "Window");
        show_window(ui, context);
        section(ui, "Model");
        show_model(ui, context);
        closed
    });
    if response.inner || response.backdrop_response.clicked() {
        context.emit(UiCommand::Modal(None));
    }
}

/// The frame of every modal.
pub(crate) fn modal_frame(ui: &Ui) -> Frame {
    Frame::popup(ui.style()).inner_margin(Margin::same(XL as i8)).corner_radius(CARD_RADIUS + 4)
}

/// Draws the title of a modal with a button to close it. Returns whether that was clicked.
pub(crate) fn modal_title(ui: &mut Ui, title: &str) -> bool {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), CONTROL_HEIGHT), Sense::hover());
    let mut ui = ui.new_child(UiBuilder::new().max_rect(rect).layout(Flow::right_to_left(Align::Center)));
    let closed = ui.add(ActionButton::icon(Icon::Close, "Close").tip("Close").shortcut(keys::BACK)).clicked();
    ui.with_layout(Flow::left_to_right(Align::Center), |ui| {
        ui.label(RichText::new(title).font(theme::title()));
    });
    closed
}

fn section(ui: &mut Ui, title: &str) {
    let palette = theme::palette(ui);
    ui.add_space(S);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, Stroke::new(1.0, palette.border));
    ui.add_space(S);
    ui.label(RichText::new(title).color(palette.accent));
}

fn row(ui: &mut Ui, label: &str, content: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(
        vec2(ui.available_width(), CONTROL_HEIGHT),
        Flow::left_to_right(Align::Center),
        |ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(LABEL_WIDTH, CONTROL_HEIGHT), Sense::hover());
            let mut label_ui =
                ui.new_child(UiBuilder::new().max_rect(rect).layout(Flow::left_to_right(Align::Center)));
            label_ui.label(RichText::new(label).color(theme::palette(ui).muted));
            content(ui);
        },
    );
}

fn show_camera(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let camera = &context.state.settings.camera;
    let mut changed = None;
    row(ui, "Picture size", |ui| {
        let entries: Vec<String> =
            SIZES.iter().map(|(width, height)| format!("{width} x {height}")).collect();
        let current = format!("{} x {}", camera.width, camera.height);
        if let Some(index) = picker(ui, "Picture size", 140.0, &current, &entries) {
            let (width, height) = SIZES[index];
            changed = Some(CameraSettings { width, height, ..camera.clone() });
        }
        ui.add_space(L);
        let entries: Vec<String> = RATES.iter().map(|rate| format!("{rate} per second")).collect();
        if let Some(index) = picker(ui, "Frame rate", 140.0, &format!("{} per second", camera.rate), &entries)
        {
            changed = Some(CameraSettings { rate: RATES[index], ..camera.clone() });
        }
    });
    row(ui, "Rotation", |ui| {
        let segments = ROTATIONS.map(|(_, text, label)| Segment { text, label, shortcut: None, icon: None });
        let chosen = ROTATIONS.iter().position(|(rotation, ..)| *rotation == camera.rotation);
        if let Some(index) = segmented(ui, &segments, chosen) {
            changed = Some(CameraSettings { rotation: ROTATIONS[index].0, ..camera.clone() });
        }
        ui.add_space(L);
        let mirror = ActionButton::text("Mirrored").tip("Left and right as in a mirror");
        if ui.add(mirror.selected(camera.mirror)).clicked() {
            changed = Some(CameraSettings { mirror: !camera.mirror, ..camera.clone() });
        }
    });
    if let Some(camera) = changed {
        context.emit(UiCommand::Camera(camera));
    }
    show_virtual_camera(ui, context);
}

fn show_virtual_camera(ui: &mut Ui, context: &mut PanelContext<'_>) {
    row(ui, "Virtual camera", |ui| {
        let on = context.state.virtual_camera;
        let switch = ActionButton::text(if on { "On" } else { "Off" }).label("Virtual camera");
        let switch = switch.tip("Show the aged picture as a camera to other programs").selected(on);
        if ui.add(switch).clicked() {
            context.emit(UiCommand::VirtualCamera(!on));
        }
        let status = context.state.virtual_camera_status.as_ref().filter(|_| on);
        if let Some(text) = status.and_then(|status| status.problem.as_ref().or(status.device.as_ref())) {
            ui.add(Label::new(RichText::new(text).font(theme::small())).truncate()).on_hover_text(text);
        }
    });
}

fn show_saving(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let folder = context.state.settings.save_folder();
    row(ui, "Folder", |ui| {
        ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
            if ui.add(ActionButton::text("Change").label("Change the folder")).clicked() {
                context.emit(UiCommand::ChooseSaveFolder);
            }
            let open = ActionButton::icon(Icon::Folder, "Open the folder").tip("Open it in the file manager");
            if ui.add(open).clicked() {
                context.emit(UiCommand::ShowFolder(folder.clone()));
            }
            ui.with_layout(Flow::left_to_right(Align::Center), |ui| {
                let path = folder.display().to_string();
                ui.add(Label::new(&path).truncate()).on_hover_text(path);
            });
        });
    });
}

fn show_window(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let themes = [ThemeChoice::System, ThemeChoice::Light, ThemeChoice::Dark];
    let segments = [
        Segment { text: "System", label: "Follow the system", shortcut: None, icon: Some(Icon::Auto) },
        Segment { text: "Light", label: "Light", shortcut: None, icon: Some(Icon::Sun) },
        Segment { text: "Dark", label: "Dark", shortcut: None, icon: Some(Icon::Moon) },
    ];
    row(ui, "Theme", |ui| {
        let chosen = themes.iter().position(|theme| *theme == context.state.settings.theme);
        if let Some(index) = segmented(ui, &segments, chosen) {
            context.emit(UiCommand::Theme(themes[index]));
        }
    });
    let panels = [SidePanel::Pictures, SidePanel::Measurements, SidePanel::Readings];
    let segments = [
        Segment { text: "Pictures", label: "The gallery", shortcut: None, icon: None },
        Segment {
            text: "Measurements",
            label: "Latency and age of each tile",
            shortcut: Some(keys::MEASUREMENTS),
            icon: None,
        },
        Segment {
            text: "Readings",
            label: "Ages that other networks see",
            shortcut: Some(keys::READINGS),
            icon: None,
        },
    ];
    row(ui, "Side panel", |ui| {
        let chosen = panels.iter().position(|panel| *panel == context.state.settings.side_panel);
        if let Some(index) = segmented(ui, &segments, chosen) {
            context.emit(UiCommand::SidePanel(panels[index]));
        }
        let training = ActionButton::text("Training…").label("Watch a training run");
        if ui.add(training.tip("Losses and samples of a training run").shortcut(keys::TRAINING)).clicked() {
            context.emit(UiCommand::ShowTraining(true));
        }
    });
}

fn show_model(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let palette = theme::palette(ui);
    row(ui, "Model", |ui| {
        let text = match (context.state.model(), context.state.requested_model()) {
            (Some(model), _) => format!("{}: {}", model.title, model.description),
            (None, Some(file)) => file.to_owned(),
            (None, None) => "None is built in".to_owned(),
        };
        ui.add(Label::new(&text).truncate()).on_hover_text(text);
    });
    row(ui, "Runs on", |ui| {
        let choices = [DeviceChoice::Automatic, DeviceChoice::Cpu];
        let segments = [
            Segment { text: "Automatic", label: "The fastest device", shortcut: None, icon: None },
            Segment { text: "CPU", label: "The CPU", shortcut: None, icon: None },
        ];
        let chosen = choices.iter().position(|choice| *choice == context.state.settings.device);
        if let Some(index) = segmented(ui, &segments, chosen) {
            context.emit(UiCommand::Device(choices[index]));
        }
        let device = &context.view.status.device;
        ui.add(Label::new(device).truncate()).on_hover_text(device);
    });
    let info = context.state.model_info.as_ref();
    if let Some(model) = info.filter(|model| model.weights_hash.len() >= 16) {
        row(ui, "Weights", |ui| {
            let text = format!("SHA-256 {}…", &model.weights_hash[..16]);
            ui.label(RichText::new(text).color(palette.muted)).on_hover_text(&model.weights_hash);
        });
    }
}
