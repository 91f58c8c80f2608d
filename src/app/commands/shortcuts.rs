//! The keys of the window: one table that both the keyboard and the list of shortcuts read.

use eframe::egui::{Context, Key, Modifiers};

use super::UiCommand;
use crate::app::panels::age_bar;
use crate::app::panels::large;
use crate::app::state::settings::{GroupChoice, SidePanel, ThemeChoice};
use crate::app::state::{Layout, Sheet, UiState};
use agemirror_faces::aging::Gender;

/// One line of the list of shortcuts.
pub struct Shortcut {
    /// How the key is written.
    pub key: &'static str,
    /// What it does.
    pub does: &'static str,
}

/// A titled part of the list of shortcuts.
pub struct Group {
    /// Its title.
    pub title: &'static str,
    /// Its lines.
    pub shortcuts: &'static [Shortcut],
}

const fn key(key: &'static str, does: &'static str) -> Shortcut {
    Shortcut { key, does }
}

/// All shortcuts, as they are listed.
pub const GROUPS: [Group; 5] = [
    Group {
        title: "Ages",
        shortcuts: &[
            key("1", "Ten groups of ages, or the model's own"),
            key("4", "Four groups of ages"),
            key("L", "Large view, with before and after"),
            key("Left, Right", "One year younger, older"),
            key("Down, Up", "Ten years younger, older"),
            key("P", "Play through the ages"),
            key("E", "Sweep: many steps of one picture"),
            key("G", "Age as a woman, as a man"),
        ],
    },
    Group {
        title: "Input",
        shortcuts: &[
            key("Space", "Freeze, or go on"),
            key("F", "Age all faces, or one"),
            key("W", "Whole frame, or faces only"),
            key("Esc", "Back: to the tiles, to the camera"),
        ],
    },
    Group {
        title: "Pictures",
        shortcuts: &[
            key("O, Ctrl+O", "Open pictures"),
            key("Shift+O", "Open a folder of pictures"),
            key("V, Ctrl+V", "Paste a picture"),
            key("Page Up, Page Down", "Picture before, next picture"),
            key("S, Ctrl+S", "Save every tile"),
        ],
    },
    Group {
        title: "Sweep, and tiles of a slow model",
        shortcuts: &[
            key("C", "Capture the present picture"),
            key("Space", "Pause the sweep, or go on"),
            key("Left, Right", "One picture back, on"),
        ],
    },
    Group {
        title: "Window",
        shortcuts: &[
            key("M", "Measurements"),
            key("R", "Readings: ages other networks see"),
            key("T", "Watch a training run"),
            key("D", "Light, dark, or as the system"),
            key("F11", "Fill the screen"),
            key("Ctrl+Comma", "Settings"),
            key("F1, ?", "This list"),
            key("Tab, Enter", "Next control, use it"),
        ],
    },
];

/// Reads the keys that were pressed since the last pass.
pub fn read(ctx: &Context, state: &UiState, commands: &mut Vec<UiCommand>) {
    if state.sheet.is_none() {
        read_view_keys(ctx, state, commands);
    }
    read_window_keys(ctx, state, commands);
}

/// Keys that act on what is shown; not while a sheet lies over it.
fn read_view_keys(ctx: &Context, state: &UiState, commands: &mut Vec<UiCommand>) {
    let pressed = |key: Key| ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let simple = [
        (Key::Num1, UiCommand::Groups(GroupChoice::Ten)),
        (Key::Num4, UiCommand::Groups(GroupChoice::Four)),
        (Key::L, UiCommand::Large(state.layout != Layout::Large)),
        (Key::E, UiCommand::Sweep(state.layout != Layout::Sweep)),
        (Key::C, UiCommand::Capture),
        (Key::P, UiCommand::Play(state.playing.is_none())),
        (Key::F, UiCommand::AllFaces(state.faces != agemirror_faces::crop::FaceChoice::All)),
        (Key::W, UiCommand::WholeFrame(!state.settings.whole_frame)),
        (Key::S, UiCommand::Save),
        (Key::G, UiCommand::Gender(other_gender(state.settings.gender))),
        (Key::V, UiCommand::Paste),
        (Key::PageDown, UiCommand::StepPicture(1)),
        (Key::PageUp, UiCommand::StepPicture(-1)),
    ];
    if ctx.input_mut(|input| input.consume_key(Modifiers::SHIFT, Key::O)) {
        commands.push(UiCommand::OpenFolder);
    } else if pressed(Key::O) {
        commands.push(UiCommand::OpenFiles);
    }
    commands.extend(simple.into_iter().filter(|(key, _)| pressed(*key)).map(|(_, command)| command));
    let usual_elsewhere =
        [(Key::V, UiCommand::Paste), (Key::O, UiCommand::OpenFiles), (Key::S, UiCommand::Save)];
    let pressed = |key: Key| ctx.input_mut(|input| input.consume_key(Modifiers::COMMAND, key));
    commands.extend(usual_elsewhere.into_iter().filter(|(key, _)| pressed(*key)).map(|(_, command)| command));
    read_shared_keys(ctx, state, commands);
}

/// Keys that a control may want for itself while it has the keyboard.
fn read_shared_keys(ctx: &Context, state: &UiState, commands: &mut Vec<UiCommand>) {
    let focused = ctx.memory(|memory| memory.focused());
    let slides = focused == Some(age_bar::slider_id()) || focused == Some(large::divider_id());
    if (focused.is_none() || slides) && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Space))
    {
        commands.push(match &state.shot {
            Some(shot) => UiCommand::SweepPlay(!shot.playing),
            None => UiCommand::Freeze(!state.frozen),
        });
    }
    match state.layout {
        _ if focused.is_some() => return,
        Layout::Sweep => return read_sweep_keys(ctx, commands),
        // There is no age to move.
        Layout::Training => return,
        Layout::Tiles | Layout::Large => {}
    }
    let steps =
        [(Key::ArrowLeft, -1.0), (Key::ArrowRight, 1.0), (Key::ArrowDown, -10.0), (Key::ArrowUp, 10.0)];
    for (key, years) in steps {
        let presses = ctx.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        if presses > 0 {
            commands.push(UiCommand::Older(years * presses as f32));
        }
    }
}

/// The arrow keys step through the pictures of a sweep.
fn read_sweep_keys(ctx: &Context, commands: &mut Vec<UiCommand>) {
    for (key, steps) in
        [(Key::ArrowLeft, -1), (Key::ArrowRight, 1), (Key::ArrowDown, -10), (Key::ArrowUp, 10)]
    {
        let presses = ctx.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        if presses > 0 {
            commands.push(UiCommand::SweepStep(steps * presses as isize));
        }
    }
}

/// Keys that always act.
fn read_window_keys(ctx: &Context, state: &UiState, commands: &mut Vec<UiCommand>) {
    let pressed = |key: Key| ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let sheet = |sheet: Sheet| UiCommand::Sheet((state.sheet != Some(sheet)).then_some(sheet));
    let question = ctx.input_mut(|input| {
        input.consume_key(Modifiers::NONE, Key::Questionmark)
            || input.consume_key(Modifiers::SHIFT, Key::Questionmark)
    });
    if pressed(Key::F1) || question {
        commands.push(sheet(Sheet::Shortcuts));
    }
    if ctx.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Comma)) {
        commands.push(sheet(Sheet::Settings));
    }
    if pressed(Key::F11) {
        let full = ctx.input(|input| input.viewport().fullscreen.unwrap_or(false));
        commands.push(UiCommand::Fullscreen(!full));
    }
    for (key, panel) in [(Key::M, SidePanel::Measurements), (Key::R, SidePanel::Readings)] {
        if pressed(key) {
            commands.push(UiCommand::SidePanel(state.settings.side_panel.toggled(panel)));
        }
    }
    if pressed(Key::T) {
        commands.push(UiCommand::Training(state.layout != Layout::Training));
    }
    if pressed(Key::D) {
        commands.push(UiCommand::Theme(next_theme(state.settings.theme)));
    }
    let popup = eframe::egui::Popup::is_any_open(ctx);
    if !popup && pressed(Key::Escape) {
        commands.push(UiCommand::Back);
    }
}

fn other_gender(gender: Gender) -> Gender {
    match gender {
        Gender::Female => Gender::Male,
        Gender::Male => Gender::Female,
    }
}

/// The theme that follows on the present one.
pub fn next_theme(theme: ThemeChoice) -> ThemeChoice {
    match theme {
        ThemeChoice::System => ThemeChoice::Light,
        ThemeChoice::Light => ThemeChoice::Dark,
        ThemeChoice::Dark => ThemeChoice::System,
    }
}
