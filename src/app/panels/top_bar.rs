//! The bar at the top: which ages, which model, which camera, and the tools.

use eframe::egui::{Align, Layout as Flow, RichText, Ui};

use super::model_picker;
use crate::app::commands::UiCommand;
use crate::app::commands::shortcuts::next_theme;
use crate::app::context::Scene;
use crate::app::state::settings::{GroupChoice, SidePanel, ThemeChoice};
use crate::app::state::sweep;
use crate::app::state::{Layout, Sheet};
use crate::app::widgets::buttons::{ActionButton, Loudness, Segment, picker, segmented};
use crate::app::widgets::icons::Icon;
use crate::app::widgets::theme;
use crate::app::widgets::theme::{L, S, XL};
use crate::camera::{CameraDevice, CameraSettings, find_camera};

/// The room that the tools at the right need.
const TOOLS_WIDTH: f32 = 338.0;

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
    let own = state.scale().groups().map(|groups| format!("{} ages", groups.len()));
    let tiles = [("10 ages", "Ten groups of ages", "1"), ("4 ages", "Four groups of ages", "4")];
    let tiles = match &own {
        Some(text) => vec![(text.as_str(), "The groups of ages that the model knows", "1")],
        None => tiles.to_vec(),
    };
    let large = tiles.len();
    let chosen = match (state.layout, &state.own_ages, state.settings.groups) {
        (Layout::Large, ..) => Some(large),
        (Layout::Sweep, ..) => Some(large + 1),
        (Layout::Training, ..) => None,
        (Layout::Tiles, Some(_), _) => None,
        (Layout::Tiles, None, GroupChoice::Four) => Some(large - 1),
        (Layout::Tiles, None, GroupChoice::Ten) => Some(0),
    };
    let icon = |place| (place == 0).then_some(Icon::Grid);
    let tiles = tiles.into_iter().enumerate();
    let mut segments: Vec<_> = tiles
        .map(|(place, (text, label, shortcut))| Segment { text, label, shortcut, icon: icon(place) })
        .collect();
    segments.push(Segment {
        text: "Large",
        label: "Large view, before and after",
        shortcut: "L",
        icon: Some(Icon::Split),
    });
    segments.push(Segment {
        text: "Sweep",
        label: "Sweep: capture, then play through the ages",
        shortcut: "E",
        icon: None,
    });
    match segmented(ui, &segments, chosen) {
        Some(place) if place > large => scene.emit(UiCommand::Sweep(true)),
        Some(place) if place == large => scene.emit(UiCommand::Large(true)),
        Some(1) => scene.emit(UiCommand::Groups(GroupChoice::Four)),
        Some(_) if own.is_some() => scene.emit(UiCommand::Groups(state.settings.groups)),
        Some(_) => scene.emit(UiCommand::Groups(GroupChoice::Ten)),
        None => {}
    }
}

fn show_pickers(ui: &mut Ui, scene: &mut Scene<'_>) {
    let state = scene.state;
    model_picker::show(ui, scene);
    ui.add_space(S);
    let names = camera_names(scene);
    let present = present_camera(scene);
    let width = (ui.available_width() - TOOLS_WIDTH).clamp(72.0, 208.0);
    if let Some(place) = picker(ui, "Camera", width, &present, &names) {
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
    // Where any camera will do, the one that runs need not be the first.
    let running = cameras.iter().find(|camera| wanted.is_any() && camera.name == scene.view.status.source);
    let present = running.or_else(|| find_camera(cameras, wanted));
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
    let side = state.settings.side_panel;
    for (panel, icon, label, key) in [
        (SidePanel::Readings, Icon::Eye, "Readings", "R"),
        (SidePanel::Measurements, Icon::Chart, "Measurements", "M"),
    ] {
        if ui.add(ActionButton::icon(icon, label).tip(label, key).selected(side == panel)).clicked() {
            scene.emit(UiCommand::SidePanel(side.toggled(panel)));
        }
    }
    ui.add_space(XL - theme::XS);
    let save = ActionButton::text("Save").with_icon(Icon::Save).loudness(Loudness::Primary);
    let ready = !state.saving && can_save(scene);
    let save = save.tip("Save every tile", "S");
    if ui.add_enabled(ready, save).clicked() {
        scene.emit(UiCommand::Save);
    }
}

/// Whether there is something to save: tiles, or a sweep that is done.
fn can_save(scene: &Scene<'_>) -> bool {
    let state = scene.state;
    if state.layout == Layout::Training {
        return false;
    }
    if state.layout != Layout::Sweep {
        return scene.view.tiles.as_ref().is_some_and(|tiles| tiles.shows_something());
    }
    let shot = state.shot.as_ref();
    let made = shot.and_then(|shot| sweep::made(shot, scene.view, state.settings.whole_frame));
    made.is_some_and(|made| made.complete && !made.pictures.is_empty())
}
