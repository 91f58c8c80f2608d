//! The bar at the top: ages, model, camera, and tools.

use std::ops::RangeInclusive;

use eframe::egui::{Align, Layout as Flow, RichText, Ui};

use super::model_picker;
use crate::app::commands::UiCommand;
use crate::app::commands::shortcuts::next_theme;
use crate::app::context::PanelContext;
use crate::app::keys;
use crate::app::state::settings::{GroupChoice, SidePanel, ThemeChoice};
use crate::app::state::sweep::sweep_result;
use crate::app::state::{Layout, Modal};
use crate::app::widgets::buttons::{ActionButton, ButtonStyle, Segment, picker, remembered_width, segmented};
use crate::app::widgets::icons::Icon;
use crate::app::widgets::theme;
use crate::app::widgets::theme::{L, S, XL};
use crate::camera::{CameraDevice, CameraSettings, find_camera};
use crate::text::text;

/// Width of the tools at the right, in points, until they are drawn for the first time.
const TOOLS_WIDTH: f32 = 450.0;
/// Width of the picker of cameras, in points.
const CAMERA_WIDTH: RangeInclusive<f32> = 72.0..=208.0;

/// Width of the bar, in points, below which the program's name is left out in favour of the camera's.
const NAME_MIN_WIDTH: f32 = 1060.0;

/// Draws the bar.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>) {
    ui.horizontal_centered(|ui| {
        if ui.available_width() >= NAME_MIN_WIDTH {
            ui.label(RichText::new("agemirror").font(theme::title()).color(theme::palette(ui).text));
            ui.add_space(L);
        }
        show_layouts(ui, context);
        ui.add_space(S);
        // The width of the tools depends on the language; the pickers shrink to make room.
        remembered_width(ui, "tools", |ui, tools_width| {
            show_pickers(ui, context, tools_width.unwrap_or(TOOLS_WIDTH));
            let tools = ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
                show_tools(ui, context);
                ui.min_rect().width()
            });
            tools.inner
        });
    });
}

fn show_layouts(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let state = context.state;
    let own_groups = state.scale().groups().map(|groups| text!("ages-count", count = groups.len()));
    let tiles = match &own_groups {
        Some(text) => vec![(text.clone(), text!("own-groups-tip"), keys::TEN_GROUPS)],
        None => vec![
            (text!("ages-count", count = 10_u32), text!("ten-groups-tip"), keys::TEN_GROUPS),
            (text!("ages-count", count = 4_u32), text!("four-groups-tip"), keys::FOUR_GROUPS),
        ],
    };
    let large = tiles.len();
    let chosen = match (state.layout, &state.custom_ages, state.settings.groups) {
        (Layout::Large, ..) => Some(large),
        (Layout::Sweep, ..) => Some(large + 1),
        (Layout::Training, ..) => None,
        (Layout::Tiles, Some(_), _) => None,
        (Layout::Tiles, None, GroupChoice::Four) => Some(large - 1),
        (Layout::Tiles, None, GroupChoice::Ten) => Some(0),
    };
    let tile = |(index, (text, label, shortcut)): (usize, (String, String, _))| {
        let segment = Segment::new(text, label).shortcut(shortcut);
        if index == 0 { segment.icon(Icon::Grid) } else { segment }
    };
    let mut segments: Vec<_> = tiles.into_iter().enumerate().map(tile).collect();
    let large_view = Segment::new(text!("large"), text!("large-tip")).shortcut(keys::LARGE);
    segments.push(large_view.icon(Icon::Split));
    segments.push(Segment::new(text!("sweep"), text!("sweep-tip")).shortcut(keys::SWEEP));
    match segmented(ui, &segments, chosen) {
        Some(index) if index > large => context.emit(UiCommand::ShowSweep(true)),
        Some(index) if index == large => context.emit(UiCommand::ShowLarge(true)),
        Some(1) => context.emit(UiCommand::AgeGroups(GroupChoice::Four)),
        Some(_) if own_groups.is_some() => context.emit(UiCommand::AgeGroups(state.settings.groups)),
        Some(_) => context.emit(UiCommand::AgeGroups(GroupChoice::Ten)),
        None => {}
    }
}

/// Draws the pickers and leaves `tools_width` points for the tools after them.
fn show_pickers(ui: &mut Ui, context: &mut PanelContext<'_>, tools_width: f32) {
    let state = context.state;
    model_picker::show(ui, context);
    ui.add_space(S);
    let names = camera_names(context);
    let current = current_camera(context);
    let width = (ui.available_width() - tools_width - L).clamp(*CAMERA_WIDTH.start(), *CAMERA_WIDTH.end());
    if let Some(index) = picker(ui, &text!("camera"), width, &current, &names) {
        let camera = match state.cameras.get(index) {
            Some(device) => CameraSettings {
                name: Some(device.name.clone()),
                path: Some(device.path.clone()),
                ..state.settings.camera.clone()
            },
            None => CameraSettings { name: None, path: None, ..state.settings.camera.clone() },
        };
        context.emit(UiCommand::Camera(camera));
    }
}

/// The cameras by name; cameras with the same name are distinguished by their paths. Without a camera, one
/// entry says so, and picking it tries again.
fn camera_names(context: &PanelContext<'_>) -> Vec<String> {
    let cameras = &context.state.cameras;
    let twins = |name: &str| cameras.iter().filter(|camera| camera.name == name).count() > 1;
    let name = |camera: &CameraDevice| match twins(&camera.name) {
        true => format!("{} ({})", camera.name, camera.path),
        false => camera.name.clone(),
    };
    match cameras.is_empty() {
        true => vec![text!("no-camera-found")],
        false => cameras.iter().map(name).collect(),
    }
}

fn current_camera(context: &PanelContext<'_>) -> String {
    let wanted = &context.state.settings.camera;
    let cameras = &context.state.cameras;
    // If any camera will do, the running one need not be the first.
    let running = cameras.iter().find(|camera| wanted.is_any() && camera.name == context.view.status.source);
    let current = running.or_else(|| find_camera(cameras, wanted));
    let index = current.and_then(|current| cameras.iter().position(|camera| camera == current));
    match (index, &wanted.name) {
        (Some(index), _) => camera_names(context).swap_remove(index),
        (None, Some(name)) => name.clone(),
        (None, None) => text!("no-camera"),
    }
}

/// Draws all tools, from the right.
fn show_tools(ui: &mut Ui, context: &mut PanelContext<'_>) {
    ui.spacing_mut().item_spacing.x = theme::XS;
    let state = context.state;
    let help = ActionButton::icon(Icon::Keyboard, text!("shortcuts")).shortcut(keys::HELP);
    if ui.add(help).clicked() {
        context.emit(UiCommand::Modal(Some(Modal::Shortcuts)));
    }
    let settings = ActionButton::icon(Icon::Settings, text!("settings")).shortcut(keys::SETTINGS);
    if ui.add(settings).clicked() {
        context.emit(UiCommand::Modal(Some(Modal::Settings)));
    }
    let (icon, label) = match state.settings.theme {
        ThemeChoice::System => (Icon::Auto, text!("theme-is-system")),
        ThemeChoice::Light => (Icon::Sun, text!("theme-is-light")),
        ThemeChoice::Dark => (Icon::Moon, text!("theme-is-dark")),
    };
    if ui.add(ActionButton::icon(icon, label).shortcut(keys::THEME)).clicked() {
        context.emit(UiCommand::Theme(next_theme(state.settings.theme)));
    }
    let side = state.settings.side_panel;
    for (panel, icon, label, key) in [
        (SidePanel::Readings, Icon::Eye, text!("readings"), keys::READINGS),
        (SidePanel::Measurements, Icon::Chart, text!("measurements"), keys::MEASUREMENTS),
    ] {
        if ui.add(ActionButton::icon(icon, label).shortcut(key).selected(side == panel)).clicked() {
            context.emit(UiCommand::SidePanel(side.toggled(panel)));
        }
    }
    ui.add_space(XL - theme::XS);
    show_output_tools(ui, context);
}

/// Draws the buttons that record, copy and save, from the right.
fn show_output_tools(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let state = context.state;
    let recording = state.recording.is_some();
    let label = if recording { text!("stop-recording") } else { text!("record-tip") };
    let record = ActionButton::icon(Icon::Record, label).shortcut(keys::RECORD);
    if ui.add(record.selected(recording)).clicked() {
        context.emit(UiCommand::Record(!recording));
    }
    let ready = !state.saving && can_save(context);
    let copy = ActionButton::icon(Icon::Copy, text!("copy")).tip(text!("copy-tip")).shortcut(keys::COPY);
    if ui.add_enabled(ready, copy).clicked() {
        context.emit(UiCommand::Copy);
    }
    let save = ActionButton::text(text!("save")).with_icon(Icon::Save).style(ButtonStyle::Primary);
    let save = save.tip(text!("save-tip")).shortcut(keys::SAVE);
    if ui.add_enabled(ready, save).clicked() {
        context.emit(UiCommand::Save);
    }
}

/// Whether there is something to save: tiles, or a complete sweep.
fn can_save(context: &PanelContext<'_>) -> bool {
    let state = context.state;
    if state.layout == Layout::Training {
        return false;
    }
    if state.layout != Layout::Sweep {
        return context.view.tiles.as_ref().is_some_and(|tiles| tiles.has_tiles());
    }
    let run = state.sweep_run.as_ref();
    let result = run.and_then(|run| sweep_result(run, context.view, state.settings.whole_frame));
    result.is_some_and(|result| result.complete && !result.pictures.is_empty())
}
