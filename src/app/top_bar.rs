//! The bar at the top: which ages, which model, which camera, and the tools.

use eframe::egui::{Align, Layout as Flow, RichText, Ui};

use super::commands::UiCommand;
use super::icons::Icon;
use super::scene::Scene;
use super::settings::{GroupChoice, ThemeChoice};
use super::shortcuts::next_theme;
use super::state::{Layout, Sheet};
use super::theme::{self, L, S, XL};
use super::widgets::{ActionButton, Loudness, Segment, picker, segmented};
use crate::camera::{CameraDevice, CameraSettings, find_camera};

/// Draws the bar.
pub fn show(ui: &mut Ui, scene: &mut Scene<'_>) {
    ui.horizontal_centered(|ui| {
        ui.label(RichText::new("agemirror").font(theme::title()).color(theme::palette(ui).text));
        ui.add_space(L);
        show_layouts(ui, scene);
        ui.add_space(S);
        show_pickers(ui, scene);
        ui.with_layout(Flow::right_to_left(Align::Center), |ui| show_tools(ui, scene));
    });
}

fn show_layouts(ui: &mut Ui, scene: &mut Scene<'_>) {
    let state = scene.state;
    let chosen = match (state.layout, &state.own_ages, state.settings.groups) {
        (Layout::Large, ..) => Some(2),
        (_, Some(_), _) => None,
        (_, None, GroupChoice::Ten) => Some(0),
        (_, None, GroupChoice::Four) => Some(1),
    };
    let segments = [
        Segment { text: "10 ages", label: "Ten groups of ages", shortcut: "1", icon: Some(Icon::Grid) },
        Segment { text: "4 ages", label: "Four groups of ages", shortcut: "4", icon: None },
        Segment {
            text: "Large",
            label: "Large view, before and after",
            shortcut: "L",
            icon: Some(Icon::Split),
        },
    ];
    match segmented(ui, &segments, chosen) {
        Some(0) => scene.emit(UiCommand::Groups(GroupChoice::Ten)),
        Some(1) => scene.emit(UiCommand::Groups(GroupChoice::Four)),
        Some(_) => scene.emit(UiCommand::Large(true)),
        None => {}
    }
}

fn show_pickers(ui: &mut Ui, scene: &mut Scene<'_>) {
    let state = scene.state;
    let titles: Vec<String> = state.models.iter().map(|model| model.title.to_owned()).collect();
    let present = state.model().map_or("No model", |model| model.title);
    if let Some(place) = picker(ui, "Model", 128.0, present, &titles) {
        scene.emit(UiCommand::Model(state.models[place].name.to_owned()));
    }
    ui.add_space(S);
    let names = camera_names(scene);
    let present = present_camera(scene);
    if let Some(place) = picker(ui, "Camera", 208.0, &present, &names) {
        let camera = match state.cameras.get(place) {
            Some(device) => CameraSettings {
                name: Some(device.name.clone()),
                path: Some(device.path.clone()),
                ..state.settings.camera.clone()
            },
            None => CameraSettings { name: None, path: None, ..state.settings.camera.clone() },
        };
        scene.emit(UiCommand::Camera(camera));
    }
}

/// The cameras by name; two of one name are told apart by their paths. Where there is none, one entry
/// says so, and picking it tries again.
fn camera_names(scene: &Scene<'_>) -> Vec<String> {
    let cameras = &scene.state.cameras;
    let twins = |name: &str| cameras.iter().filter(|camera| camera.name == name).count() > 1;
    let name = |camera: &CameraDevice| match twins(&camera.name) {
        true => format!("{} ({})", camera.name, camera.path),
        false => camera.name.clone(),
    };
    match cameras.is_empty() {
        true => vec!["No camera found – try again".to_owned()],
        false => cameras.iter().map(name).collect(),
    }
}

fn present_camera(scene: &Scene<'_>) -> String {
    let wanted = &scene.state.settings.camera;
    let cameras = &scene.state.cameras;
    let present = find_camera(cameras, wanted);
    let place = present.and_then(|present| cameras.iter().position(|camera| camera == present));
    match (place, &wanted.name) {
        (Some(place), _) => camera_names(scene).swap_remove(place),
        (None, Some(name)) => name.clone(),
        (None, None) => "No camera".to_owned(),
    }
}

/// The tools, from the right.
fn show_tools(ui: &mut Ui, scene: &mut Scene<'_>) {
    ui.spacing_mut().item_spacing.x = theme::XS;
    let state = scene.state;
    let help = ActionButton::icon(Icon::Keyboard, "Shortcuts").tip("Shortcuts", "F1");
    if ui.add(help).clicked() {
        scene.emit(UiCommand::Sheet(Some(Sheet::Shortcuts)));
    }
    let settings = ActionButton::icon(Icon::Settings, "Settings").tip("Settings", "Ctrl+Comma");
    if ui.add(settings).clicked() {
        scene.emit(UiCommand::Sheet(Some(Sheet::Settings)));
    }
    let (icon, label) = match state.settings.theme {
        ThemeChoice::System => (Icon::Auto, "Theme: as the system"),
        ThemeChoice::Light => (Icon::Sun, "Theme: light"),
        ThemeChoice::Dark => (Icon::Moon, "Theme: dark"),
    };
    if ui.add(ActionButton::icon(icon, label).tip(label, "D")).clicked() {
        scene.emit(UiCommand::Theme(next_theme(state.settings.theme)));
    }
    let chart = ActionButton::icon(Icon::Chart, "Measurements").tip("Measurements", "M");
    if ui.add(chart.selected(state.settings.performance)).clicked() {
        scene.emit(UiCommand::Performance(!state.settings.performance));
    }
    ui.add_space(XL - theme::XS);
    let save = ActionButton::text("Save").with_icon(Icon::Save).loudness(Loudness::Primary);
    let ready = !state.saving && scene.view.tiles.as_ref().is_some_and(|tiles| !tiles.faces.is_empty());
    let save = save.tip("Save every tile", "S");
    if ui.add_enabled(ready, save).clicked() {
        scene.emit(UiCommand::Save);
    }
}
