//! The keys of the shortcuts, each defined once. `commands::shortcuts` binds them, tooltips name them.

use eframe::egui::{Context, Key, KeyboardShortcut, Modifiers};

use crate::text::text;

/// A key without modifiers.
pub(crate) const fn key(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

/// A key with Ctrl, or Command on macOS.
pub(crate) const fn command(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

/// Ten age groups, or the model's own.
pub(crate) const TEN_GROUPS: KeyboardShortcut = key(Key::Num1);
/// Four age groups.
pub(crate) const FOUR_GROUPS: KeyboardShortcut = key(Key::Num4);
/// The large view.
pub(crate) const LARGE: KeyboardShortcut = key(Key::L);
/// Play through the ages.
pub(crate) const PLAY: KeyboardShortcut = key(Key::P);
/// The sweep.
pub(crate) const SWEEP: KeyboardShortcut = key(Key::E);
/// The gender to age faces as.
pub(crate) const GENDER: KeyboardShortcut = key(Key::G);
/// Freeze the input, or pause a sweep.
pub(crate) const FREEZE: KeyboardShortcut = key(Key::Space);
/// Age all faces.
pub(crate) const ALL_FACES: KeyboardShortcut = key(Key::F);
/// Show whole frames.
pub(crate) const WHOLE_FRAME: KeyboardShortcut = key(Key::W);
/// One step back.
pub(crate) const BACK: KeyboardShortcut = key(Key::Escape);
/// Open pictures.
pub(crate) const OPEN: KeyboardShortcut = key(Key::O);
/// Open a folder of pictures.
pub(crate) const OPEN_FOLDER: KeyboardShortcut = KeyboardShortcut::new(Modifiers::SHIFT, Key::O);
/// Paste a picture.
pub(crate) const PASTE: KeyboardShortcut = key(Key::V);
/// The previous picture.
pub(crate) const PREVIOUS: KeyboardShortcut = key(Key::PageUp);
/// The next picture.
pub(crate) const NEXT: KeyboardShortcut = key(Key::PageDown);
/// Save every tile.
pub(crate) const SAVE: KeyboardShortcut = key(Key::S);
/// Copy what is shown.
pub(crate) const COPY: KeyboardShortcut = command(Key::C);
/// Record what is shown.
pub(crate) const RECORD: KeyboardShortcut = command(Key::R);
/// Rotate the video.
pub(crate) const ROTATE: KeyboardShortcut = KeyboardShortcut::new(Modifiers::SHIFT, Key::R);
/// Capture the current picture.
pub(crate) const CAPTURE: KeyboardShortcut = key(Key::C);
/// One step to the left: one year younger, or one picture of a sweep back.
pub(crate) const LEFT: KeyboardShortcut = key(Key::ArrowLeft);
/// One step to the right: one year older, or one picture of a sweep forward.
pub(crate) const RIGHT: KeyboardShortcut = key(Key::ArrowRight);
/// Ten steps to the left.
pub(crate) const DOWN: KeyboardShortcut = key(Key::ArrowDown);
/// Ten steps to the right.
pub(crate) const UP: KeyboardShortcut = key(Key::ArrowUp);
/// The measurements.
pub(crate) const MEASUREMENTS: KeyboardShortcut = key(Key::M);
/// The readings.
pub(crate) const READINGS: KeyboardShortcut = key(Key::R);
/// The training run.
pub(crate) const TRAINING: KeyboardShortcut = key(Key::T);
/// The next theme.
pub(crate) const THEME: KeyboardShortcut = key(Key::D);
/// Full screen.
pub(crate) const FULLSCREEN: KeyboardShortcut = key(Key::F11);
/// The settings.
pub(crate) const SETTINGS: KeyboardShortcut = command(Key::Comma);
/// The list of shortcuts.
pub(crate) const HELP: KeyboardShortcut = key(Key::F1);

/// A key as text, such as `Ctrl+O`, with the key names used on keyboards of the current language.
pub(crate) fn key_name(ctx: &Context, shortcut: &KeyboardShortcut) -> String {
    let named = |part: &str| match part {
        "Ctrl" => text!("key-ctrl"),
        "Shift" => text!("key-shift"),
        "Space" => text!("key-space"),
        "Left" => text!("key-left"),
        "Right" => text!("key-right"),
        "Up" => text!("key-up"),
        "Down" => text!("key-down"),
        "PageUp" => text!("key-page-up"),
        "PageDown" => text!("key-page-down"),
        "Escape" => text!("key-escape"),
        "Tab" => text!("key-tab"),
        "Enter" => text!("key-enter"),
        "Comma" => text!("key-comma"),
        // egui spells this key out; keyboards show the sign.
        "Questionmark" => "?".to_owned(),
        other => other.to_owned(),
    };
    ctx.format_shortcut(shortcut).split('+').map(named).collect::<Vec<_>>().join("+")
}
