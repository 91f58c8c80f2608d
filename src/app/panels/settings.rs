//! The modal with all settings.

use eframe::egui::{
    Align, Frame, Id, Label, Layout as Flow, Margin, Modal, RichText, ScrollArea, Sense, Stroke, Ui,
    UiBuilder, vec2,
};

use super::{status_line, weights};
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
use crate::text::{Key, Language, key, text};
use crate::video::VirtualCameraDevice;

const WIDTH: f32 = 560.0;
const LABEL_WIDTH: f32 = 128.0;
/// Height of a window, in points, in which all sections fit; in a lower one they scroll.
const FULL_HEIGHT: f32 = 720.0;
/// Height of the modal without its sections, and of the space around it, in points.
const FIXED_HEIGHT: f32 = 2.0 * XL + CONTROL_HEIGHT + L;
const LANGUAGE_WIDTH: f32 = 240.0;
const SIZES: [(u32, u32); 4] = [(640, 480), (800, 600), (1280, 720), (1920, 1080)];
const RATES: [u32; 4] = [10, 15, 30, 60];
const ROTATIONS: [(Rotation, &str, Key); 4] = [
    (Rotation::None, "0°", key!("rotation-none")),
    (Rotation::Quarter, "90°", key!("rotation-quarter")),
    (Rotation::Half, "180°", key!("rotation-half")),
    (Rotation::ThreeQuarters, "270°", key!("rotation-three-quarters")),
];

/// Draws the modal over the window.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let modal = Modal::new(Id::unique("settings")).frame(modal_frame(ui));
    let response = modal.show(ui.ctx(), |ui| {
        ui.set_width(WIDTH);
        let closed = modal_title(ui, &text!("settings"));
        let height = ui.ctx().content_rect().height();
        if height < FULL_HEIGHT {
            let scroll = ScrollArea::vertical().max_height(height - FIXED_HEIGHT).auto_shrink([false, true]);
            scroll.show(ui, |ui| show_sections(ui, context));
        } else {
            show_sections(ui, context);
        }
        closed
    });
    if response.inner || response.backdrop_response.clicked() {
        context.emit(UiCommand::Modal(None));
    }
}

fn show_sections(ui: &mut Ui, context: &mut PanelContext<'_>) {
    section(ui, &text!("camera"));
    show_camera(ui, context);
    section(ui, &text!("saving"));
    show_saving(ui, context);
    section(ui, &text!("window"));
    show_window(ui, context);
    section(ui, &text!("model"));
    show_model(ui, context);
}

/// The frame of every modal.
pub(crate) fn modal_frame(ui: &Ui) -> Frame {
    Frame::popup(ui.style()).inner_margin(Margin::same(XL as i8)).corner_radius(CARD_RADIUS + 4)
}

/// Draws the title of a modal with a button to close it. Returns whether that was clicked.
pub(crate) fn modal_title(ui: &mut Ui, title: &str) -> bool {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), CONTROL_HEIGHT), Sense::hover());
    let mut ui = ui.new_child(UiBuilder::new().max_rect(rect).layout(Flow::right_to_left(Align::Center)));
    let closed = ui.add(ActionButton::icon(Icon::Close, text!("close")).shortcut(keys::BACK)).clicked();
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
    row(ui, &text!("picture-size"), |ui| {
        let entries: Vec<String> =
            SIZES.iter().map(|(width, height)| format!("{width} x {height}")).collect();
        let current = format!("{} x {}", camera.width, camera.height);
        if let Some(index) = picker(ui, &text!("picture-size"), 140.0, &current, &entries) {
            let (width, height) = SIZES[index];
            changed = Some(CameraSettings { width, height, ..camera.clone() });
        }
        ui.add_space(L);
        let entries: Vec<String> = RATES.iter().map(|rate| text!("per-second", rate = *rate)).collect();
        let current = text!("per-second", rate = camera.rate);
        if let Some(index) = picker(ui, &text!("frame-rate"), 140.0, &current, &entries) {
            changed = Some(CameraSettings { rate: RATES[index], ..camera.clone() });
        }
    });
    row(ui, &text!("rotation"), |ui| {
        let segments = ROTATIONS.map(|(_, text, label)| Segment::new(text, label.text()));
        let chosen = ROTATIONS.iter().position(|(rotation, ..)| *rotation == camera.rotation);
        if let Some(index) = segmented(ui, &segments, chosen) {
            changed = Some(CameraSettings { rotation: ROTATIONS[index].0, ..camera.clone() });
        }
        ui.add_space(L);
        let mirror = ActionButton::text(text!("mirrored")).tip(text!("mirrored-tip"));
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
    row(ui, &text!("virtual-camera"), |ui| {
        let state = context.state;
        let devices = [
            None,
            Some(VirtualCameraDevice::Path(state.loopback_device.clone())),
            Some(VirtualCameraDevice::PipeWire),
        ];
        let off = text!("name-and-value", name = text!("virtual-camera"), value = text!("off"));
        let segments = [
            Segment::new(text!("off"), off),
            Segment::new("v4l2loopback", text!("virtual-camera-loopback-tip")),
            Segment::new("PipeWire", text!("virtual-camera-pipewire-tip")),
        ];
        let chosen = devices.iter().position(|device| *device == state.virtual_camera);
        if let Some(index) = segmented(ui, &segments, chosen) {
            context.emit(UiCommand::VirtualCamera(devices[index].clone()));
        }
        let status = state.virtual_camera_status.as_ref().filter(|_| state.virtual_camera.is_some());
        if let Some(text) = status.and_then(|status| {
            status.problem.as_ref().map(ToString::to_string).or_else(|| status.device.clone())
        }) {
            ui.add(Label::new(RichText::new(&text).font(theme::small())).truncate()).on_hover_text(text);
        }
    });
}

fn show_saving(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let folder = context.state.settings.save_folder();
    row(ui, &text!("folder"), |ui| {
        ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
            if ui.add(ActionButton::text(text!("change")).label(text!("change-folder"))).clicked() {
                context.emit(UiCommand::ChooseSaveFolder);
            }
            let open =
                ActionButton::icon(Icon::Folder, text!("open-the-folder")).tip(text!("open-the-folder-tip"));
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
        Segment::new(text!("theme-system"), text!("theme-system-tip")).icon(Icon::Auto),
        Segment::new(text!("theme-light"), text!("theme-light")).icon(Icon::Sun),
        Segment::new(text!("theme-dark"), text!("theme-dark")).icon(Icon::Moon),
    ];
    row(ui, &text!("theme"), |ui| {
        let chosen = themes.iter().position(|theme| *theme == context.state.settings.theme);
        if let Some(index) = segmented(ui, &segments, chosen) {
            context.emit(UiCommand::Theme(themes[index]));
        }
    });
    row(ui, &text!("language"), |ui| show_language(ui, context));
    let panels = [SidePanel::Pictures, SidePanel::Measurements, SidePanel::Readings];
    let segments = [
        Segment::new(text!("pictures"), text!("pictures-tip")),
        Segment::new(text!("measurements"), text!("measurements-tip")).shortcut(keys::MEASUREMENTS),
        Segment::new(text!("readings"), text!("readings-tip")).shortcut(keys::READINGS),
    ];
    row(ui, &text!("side-panel"), |ui| {
        let chosen = panels.iter().position(|panel| *panel == context.state.settings.side_panel);
        if let Some(index) = segmented(ui, &segments, chosen) {
            context.emit(UiCommand::SidePanel(panels[index]));
        }
        let training = ActionButton::text(text!("training-button")).label(text!("watch-training"));
        if ui.add(training.tip(text!("watch-training-tip")).shortcut(keys::TRAINING)).clicked() {
            context.emit(UiCommand::ShowTraining(true));
        }
    });
}

/// Draws the picker of the language. Each language is listed by its own name if a font can draw that.
fn show_language(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let state = context.state;
    let name = |language: Language| {
        if state.fonts.draws(language) { language.own_name() } else { language.english_name() }
    };
    let system = match &state.system_language.untranslated {
        Some(locale) => text!("language-system-untranslated", locale = locale),
        None => text!("language-system", language = name(state.system_language.language)),
    };
    let names = Language::ALL.map(|language| name(language).to_owned());
    let entries: Vec<String> = std::iter::once(system.clone()).chain(names).collect();
    let current = match &state.settings.language {
        Some(_) => name(state.language().language).to_owned(),
        None => system,
    };
    if let Some(index) = picker(ui, &text!("language"), LANGUAGE_WIDTH, &current, &entries) {
        let chosen = index.checked_sub(1).and_then(|index| Language::ALL.get(index));
        context.emit(UiCommand::Language(chosen.map(|language| language.tag().to_owned())));
    }
}

fn show_model(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let palette = theme::palette(ui);
    row(ui, &text!("model"), |ui| {
        let text = match (context.state.model(), context.state.requested_model()) {
            (Some(model), _) => {
                text!("name-and-value", name = model.title, value = weights::description(model))
            }
            (None, Some(file)) => file.to_owned(),
            (None, None) => text!("no-model-built-in"),
        };
        ui.add(Label::new(&text).truncate()).on_hover_text(text);
    });
    row(ui, &text!("runs-on"), |ui| {
        let choices = [DeviceChoice::Automatic, DeviceChoice::Cpu];
        let segments =
            [Segment::new(text!("automatic"), text!("automatic-tip")), Segment::new("CPU", text!("cpu-tip"))];
        let chosen = choices.iter().position(|choice| *choice == context.state.settings.device);
        if let Some(index) = segmented(ui, &segments, chosen) {
            context.emit(UiCommand::Device(choices[index]));
        }
        let device = status_line::device(&context.view.status);
        ui.add(Label::new(&device).truncate()).on_hover_text(device);
    });
    let info = context.state.model_info.as_ref();
    if let Some(model) = info.filter(|model| model.weights_hash.len() >= 16) {
        row(ui, &text!("weights"), |ui| {
            let text = format!("SHA-256 {}…", &model.weights_hash[..16]);
            ui.label(RichText::new(text).color(palette.muted)).on_hover_text(&model.weights_hash);
        });
    }
}
