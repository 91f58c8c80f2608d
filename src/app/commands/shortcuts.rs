//! The keyboard shortcuts: one table defines each key, what it does, when it applies and how it is listed.

use eframe::egui::{Context, Key, KeyboardShortcut, Popup};

use super::UiCommand;
use crate::app::keys::*;
use crate::app::state::settings::{GroupChoice, SidePanel, ThemeChoice};
use crate::app::state::{Layout, Modal, UiState};
use crate::app::widgets::focus::{age_slider_id, divider_id};
use crate::text::{Key as TextKey, key as text_key};
use agemirror_faces::age::Gender;
use agemirror_faces::crop::FaceChoice;

/// Keys that emit one command.
pub(crate) struct Binding {
    /// The keys; tooltips name the first.
    pub keys: &'static [KeyboardShortcut],
    /// Whether the keys apply now.
    applies: fn(&UiState, &Context) -> bool,
    /// The command for this many presses.
    command: fn(&UiState, &Context, usize) -> UiCommand,
}

/// One line of the list of shortcuts.
pub(crate) struct Shortcut {
    /// The keys and their commands. Keys that egui itself handles have no binding.
    pub bindings: &'static [Binding],
    /// Keys that egui handles, listed after those of the bindings.
    pub handled_by_egui: &'static [KeyboardShortcut],
    /// What the keys do.
    pub description: TextKey,
}

/// A titled part of the list of shortcuts.
pub(crate) struct Group {
    /// The title.
    pub title: TextKey,
    /// Its lines.
    pub shortcuts: &'static [Shortcut],
}

const fn bind(
    keys: &'static [KeyboardShortcut],
    applies: fn(&UiState, &Context) -> bool,
    command: fn(&UiState, &Context, usize) -> UiCommand,
) -> Binding {
    Binding { keys, applies, command }
}

const fn line(bindings: &'static [Binding], description: TextKey) -> Shortcut {
    Shortcut { bindings, handled_by_egui: &[], description }
}

const AGES: &[Shortcut] = &[
    line(
        &[bind(&[TEN_GROUPS], in_view, |_, _, _| UiCommand::AgeGroups(GroupChoice::Ten))],
        text_key!("shortcut-ten"),
    ),
    line(
        &[bind(&[FOUR_GROUPS], in_view, |_, _, _| UiCommand::AgeGroups(GroupChoice::Four))],
        text_key!("four-groups-tip"),
    ),
    line(
        &[bind(&[LARGE], in_view, |state, _, _| UiCommand::ShowLarge(state.layout != Layout::Large))],
        text_key!("shortcut-large"),
    ),
    line(
        &[bind(&[LEFT], moves_age, younger::<1>), bind(&[RIGHT], moves_age, older::<1>)],
        text_key!("shortcut-year"),
    ),
    line(
        &[bind(&[DOWN], moves_age, younger::<10>), bind(&[UP], moves_age, older::<10>)],
        text_key!("shortcut-decade"),
    ),
    line(
        &[bind(&[PLAY], in_view, |state, _, _| UiCommand::Play(state.playing.is_none()))],
        text_key!("play-through-ages"),
    ),
    line(
        &[bind(&[SWEEP], in_view, |state, _, _| UiCommand::ShowSweep(state.layout != Layout::Sweep))],
        text_key!("shortcut-sweep"),
    ),
    line(
        &[bind(&[GENDER], in_view, |state, _, _| UiCommand::Gender(other_gender(state.settings.gender)))],
        text_key!("shortcut-gender"),
    ),
];

const INPUT: &[Shortcut] = &[
    line(
        &[bind(&[FREEZE], freezes, |state, _, _| UiCommand::Freeze(!state.is_held()))],
        text_key!("shortcut-freeze"),
    ),
    line(
        &[bind(&[ALL_FACES], in_view, |state, _, _| UiCommand::AllFaces(state.faces != FaceChoice::All))],
        text_key!("shortcut-faces"),
    ),
    line(
        &[bind(&[WHOLE_FRAME], in_view, |state, _, _| UiCommand::WholeFrame(!state.settings.whole_frame))],
        text_key!("shortcut-frame"),
    ),
    line(&[bind(&[ROTATE], plays_video, |_, _, _| UiCommand::RotateVideo)], text_key!("rotate-video")),
    line(&[bind(&[BACK], without_popup, |_, _, _| UiCommand::Back)], text_key!("shortcut-back")),
];

const PICTURES: &[Shortcut] = &[
    line(
        &[bind(&[OPEN, command(Key::O)], in_view, |_, _, _| UiCommand::OpenFiles)],
        text_key!("open-pictures"),
    ),
    line(
        &[bind(&[OPEN_FOLDER], in_view, |_, _, _| UiCommand::OpenFolder)],
        text_key!("open-folder-of-pictures"),
    ),
    line(
        &[bind(&[PASTE, command(Key::V)], in_view, |_, _, _| UiCommand::Paste)],
        text_key!("paste-a-picture"),
    ),
    line(
        &[
            bind(&[PREVIOUS], in_view, |_, _, _| UiCommand::StepPicture(-1)),
            bind(&[NEXT], in_view, |_, _, _| UiCommand::StepPicture(1)),
        ],
        text_key!("shortcut-step-picture"),
    ),
    line(&[bind(&[SAVE, command(Key::S)], in_view, |_, _, _| UiCommand::Save)], text_key!("save-tip")),
    line(&[bind(&[COPY], in_view, |_, _, _| UiCommand::Copy)], text_key!("copy-tip")),
    line(
        &[bind(&[RECORD], always, |state, _, _| UiCommand::Record(state.recording.is_none()))],
        text_key!("shortcut-record"),
    ),
];

const SWEEP_AND_SLOW_MODELS: &[Shortcut] = &[
    line(&[bind(&[CAPTURE], in_view, |_, _, _| UiCommand::Capture)], text_key!("capture-tip")),
    line(&[bind(&[FREEZE], plays_sweep, play_or_pause)], text_key!("shortcut-sweep-play")),
    line(
        &[bind(&[LEFT], moves_sweep, back::<1>), bind(&[RIGHT], moves_sweep, forward::<1>)],
        text_key!("shortcut-sweep-step"),
    ),
    line(
        &[bind(&[DOWN], moves_sweep, back::<10>), bind(&[UP], moves_sweep, forward::<10>)],
        text_key!("shortcut-sweep-ten"),
    ),
];

const WINDOW: &[Shortcut] = &[
    line(&[bind(&[MEASUREMENTS], always, toggle_measurements)], text_key!("measurements")),
    line(&[bind(&[READINGS], always, toggle_readings)], text_key!("shortcut-readings")),
    line(
        &[bind(&[TRAINING], always, |state, _, _| UiCommand::ShowTraining(state.layout != Layout::Training))],
        text_key!("watch-training"),
    ),
    line(
        &[bind(&[THEME], always, |state, _, _| UiCommand::Theme(next_theme(state.settings.theme)))],
        text_key!("shortcut-theme"),
    ),
    line(&[bind(&[FULLSCREEN], always, toggle_fullscreen)], text_key!("shortcut-fullscreen")),
    line(
        &[bind(&[SETTINGS], always, |state, _, _| toggle_modal(state, Modal::Settings))],
        text_key!("settings"),
    ),
    line(
        &[bind(&[HELP, key(Key::Questionmark)], always, |state, _, _| toggle_modal(state, Modal::Shortcuts))],
        text_key!("shortcut-list"),
    ),
    Shortcut {
        bindings: &[],
        handled_by_egui: &[key(Key::Tab), key(Key::Enter)],
        description: text_key!("shortcut-tab"),
    },
];

/// All shortcuts, in the order of the list; the first two groups fill its left column.
pub(crate) const GROUPS: [Group; 5] = [
    Group { title: text_key!("group-ages"), shortcuts: AGES },
    Group { title: text_key!("window"), shortcuts: WINDOW },
    Group { title: text_key!("group-input"), shortcuts: INPUT },
    Group { title: text_key!("pictures"), shortcuts: PICTURES },
    Group { title: text_key!("group-sweep"), shortcuts: SWEEP_AND_SLOW_MODELS },
];

impl Shortcut {
    /// The keys as text, such as `O, Ctrl+O`.
    pub(crate) fn keys(&self, ctx: &Context) -> String {
        let bound = self.bindings.iter().flat_map(|binding| binding.keys);
        let keys = bound.chain(self.handled_by_egui).map(|key| key_name(ctx, key));
        keys.collect::<Vec<_>>().join(", ")
    }
}

/// Emits the commands of the keys that were pressed since the last frame.
pub(crate) fn read(ctx: &Context, state: &UiState, commands: &mut Vec<UiCommand>) {
    // A plain key also matches with Shift held, so keys with Shift are read first.
    for with_shift in [true, false] {
        let bindings = GROUPS.iter().flat_map(|group| group.shortcuts).flat_map(|line| line.bindings);
        for binding in bindings.filter(|binding| (binding.applies)(state, ctx)) {
            let keys = binding.keys.iter().filter(|key| key.modifiers.shift == with_shift);
            let count = |key: &KeyboardShortcut| {
                ctx.input_mut(|input| input.count_and_consume_key(key.modifiers, key.logical_key))
            };
            let presses: usize = keys.map(count).sum();
            if presses > 0 {
                commands.push((binding.command)(state, ctx, presses));
            }
        }
    }
}

fn always(_: &UiState, _: &Context) -> bool {
    true
}

/// Keys that act on the view do not reach through a modal.
fn in_view(state: &UiState, _: &Context) -> bool {
    state.modal.is_none()
}

fn plays_video(state: &UiState, ctx: &Context) -> bool {
    in_view(state, ctx) && state.shows_video()
}

/// An open popup closes with Escape itself.
fn without_popup(_: &UiState, ctx: &Context) -> bool {
    !Popup::is_any_open(ctx)
}

fn nothing_is_focused(ctx: &Context) -> bool {
    ctx.memory(|memory| memory.focused()).is_none()
}

/// A focused control uses Space itself, except for the sliders, which have no use for it.
fn space_is_free(state: &UiState, ctx: &Context) -> bool {
    let focused = ctx.memory(|memory| memory.focused());
    in_view(state, ctx) && focused.is_none_or(|id| id == age_slider_id() || id == divider_id())
}

fn freezes(state: &UiState, ctx: &Context) -> bool {
    space_is_free(state, ctx) && state.sweep_run.is_none()
}

fn plays_sweep(state: &UiState, ctx: &Context) -> bool {
    space_is_free(state, ctx) && state.sweep_run.is_some()
}

fn moves_age(state: &UiState, ctx: &Context) -> bool {
    in_view(state, ctx) && nothing_is_focused(ctx) && matches!(state.layout, Layout::Tiles | Layout::Large)
}

fn moves_sweep(state: &UiState, ctx: &Context) -> bool {
    in_view(state, ctx) && nothing_is_focused(ctx) && state.layout == Layout::Sweep
}

fn younger<const YEARS: usize>(_: &UiState, _: &Context, presses: usize) -> UiCommand {
    UiCommand::StepAge(-((YEARS * presses) as f32))
}

fn older<const YEARS: usize>(_: &UiState, _: &Context, presses: usize) -> UiCommand {
    UiCommand::StepAge((YEARS * presses) as f32)
}

fn back<const PICTURES: usize>(_: &UiState, _: &Context, presses: usize) -> UiCommand {
    UiCommand::SweepStep(-((PICTURES * presses) as isize))
}

fn forward<const PICTURES: usize>(_: &UiState, _: &Context, presses: usize) -> UiCommand {
    UiCommand::SweepStep((PICTURES * presses) as isize)
}

fn play_or_pause(state: &UiState, _: &Context, _: usize) -> UiCommand {
    UiCommand::SweepPlay(state.sweep_run.as_ref().is_some_and(|run| !run.playing))
}

fn toggle_measurements(state: &UiState, _: &Context, _: usize) -> UiCommand {
    UiCommand::SidePanel(state.settings.side_panel.toggled(SidePanel::Measurements))
}

fn toggle_readings(state: &UiState, _: &Context, _: usize) -> UiCommand {
    UiCommand::SidePanel(state.settings.side_panel.toggled(SidePanel::Readings))
}

fn toggle_fullscreen(_: &UiState, ctx: &Context, _: usize) -> UiCommand {
    UiCommand::Fullscreen(!ctx.input(|input| input.viewport().fullscreen.unwrap_or(false)))
}

fn toggle_modal(state: &UiState, modal: Modal) -> UiCommand {
    UiCommand::Modal((state.modal != Some(modal)).then_some(modal))
}

fn other_gender(gender: Gender) -> Gender {
    match gender {
        Gender::Female => Gender::Male,
        Gender::Male => Gender::Female,
    }
}

/// The theme after `theme` in the cycle system, light, dark.
pub(crate) fn next_theme(theme: ThemeChoice) -> ThemeChoice {
    match theme {
        ThemeChoice::System => ThemeChoice::Light,
        ThemeChoice::Light => ThemeChoice::Dark,
        ThemeChoice::Dark => ThemeChoice::System,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_written_as_text() {
        let ctx = Context::default();
        ctx.set_os(eframe::egui::os::OperatingSystem::Nix);
        let names =
            |keys: &[KeyboardShortcut]| keys.iter().map(|key| key_name(&ctx, key)).collect::<Vec<_>>();
        assert_eq!(names(&[SETTINGS, OPEN_FOLDER, LEFT]), ["Ctrl+Comma", "Shift+O", "Left"]);
        let help = WINDOW
            .iter()
            .find(|line| line.description == text_key!("shortcut-list"))
            .map(|line| line.keys(&ctx));
        assert_eq!(help.as_deref(), Some("F1, ?"));
    }

    #[test]
    fn keys_that_apply_at_the_same_time_are_bound_once() {
        let lines = GROUPS.iter().flat_map(|group| group.shortcuts);
        let everywhere: Vec<_> = lines
            .flat_map(|line| line.bindings)
            .filter(|binding| {
                !std::ptr::fn_addr_eq(binding.applies, moves_sweep as fn(&UiState, &Context) -> bool)
            })
            .filter(|binding| {
                !std::ptr::fn_addr_eq(binding.applies, plays_sweep as fn(&UiState, &Context) -> bool)
            })
            .flat_map(|binding| binding.keys)
            .collect();
        for (index, key) in everywhere.iter().enumerate() {
            assert!(!everywhere[..index].contains(key), "{key:?} is bound twice");
        }
    }
}
