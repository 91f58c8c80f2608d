//! Every control has an accessible label, and the Tab key reaches it.

use std::collections::BTreeSet;

use agemirror::app::state::settings::SidePanel;
use agemirror::app::state::{Layout, Modal, Source, UiState};
use agemirror::camera::SourceState;
use agemirror::pipeline::LiveView;
use eframe::egui::Key;
use eframe::egui::accesskit::Action;
use egui_kittest::Harness;
use egui_kittest::kittest::NodeT;

use crate::fixture::{
    App, FOUR, TEN, agetransgan, caae, live, nothing, one_by_one, run_by, state_with_models, window,
};
use crate::video::playback;

/// Every control, by its id and its label.
fn controls(harness: &Harness<'static, App>) -> BTreeSet<(String, String)> {
    let nodes = harness.root().children_recursive();
    let usable = nodes.map(|node| node.accesskit_node()).filter(|node| {
        let asks = |action| node.data().supports_action(action);
        (asks(Action::Focus) || asks(Action::Click)) && !node.is_disabled() && !node.is_hidden()
    });
    // Selectable text has its content as the value.
    let name = |node: &egui_kittest::kittest::AccessKitNode<'_>| node.label().or_else(|| node.value());
    usable.map(|node| (format!("{:?}", node.id()), name(&node).unwrap_or_default())).collect()
}

/// The window in every state.
pub(crate) fn states() -> Vec<(&'static str, UiState, LiveView)> {
    let changed = |change: &dyn Fn(&mut UiState)| {
        let mut state = state_with_models();
        change(&mut state);
        state
    };
    let sheet = |sheet| changed(&|state| state.modal = Some(sheet));
    let side = |panel| changed(&|state| state.settings.side_panel = panel);
    let layout = |layout| changed(&|state| state.layout = layout);
    let ten = || live(1, &[0], &TEN);
    let video = changed(&|state| state.source = Source::Video(playback()));
    let reason = "No frame of “holiday.mp4” can be decoded (a message of the decoder). ".repeat(6);
    vec![
        ("introduction", changed(&|state| state.settings.introduction = true), ten()),
        ("tiles", state_with_models(), ten()),
        ("many faces", state_with_models(), live(3, &[0, 1], &TEN)),
        ("large", layout(Layout::Large), live(1, &[0], &[60.0])),
        ("sweep", layout(Layout::Sweep), ten()),
        ("training", layout(Layout::Training), ten()),
        ("gender", state_with_models(), run_by(caae(), &TEN)),
        ("slow", state_with_models(), one_by_one(agetransgan(), &FOUR, 2)),
        ("no camera", state_with_models(), nothing(SourceState::NoCamera)),
        ("video not played", video, nothing(SourceState::Failed(reason))),
        ("measurements", side(SidePanel::Measurements), ten()),
        ("readings", side(SidePanel::Readings), ten()),
        ("settings", sheet(Modal::Settings), ten()),
        ("shortcuts", sheet(Modal::Shortcuts), ten()),
        ("weights", sheet(Modal::Weights("pagan")), ten()),
    ]
}

#[test]
fn every_control_has_a_name_and_the_tab_key_reaches_it() {
    for (name, state, view) in states() {
        let mut harness = window(state, view);
        let all = controls(&harness);
        assert!(!all.is_empty(), "{name} has no controls");
        let nameless: Vec<_> = all.iter().filter(|(_, label)| label.trim().is_empty()).collect();
        assert!(nameless.is_empty(), "{name}: {nameless:?}");
        let mut reached = BTreeSet::new();
        for _ in 0..all.len() + 4 {
            harness.key_press(Key::Tab);
            harness.run_steps(2);
            let nodes = harness.root().children_recursive().map(|node| node.accesskit_node());
            let focused = nodes.filter(|node| node.is_focused());
            reached.extend(focused.map(|node| format!("{:?}", node.id())));
        }
        let missed: Vec<_> = all.iter().filter(|(id, _)| !reached.contains(id)).collect();
        let behind_a_sheet = harness.state().state.modal.is_some();
        assert!(missed.is_empty() || behind_a_sheet, "{name}: Tab does not reach {missed:?}");
        assert!(!reached.is_empty(), "{name}: Tab reaches nothing");
    }
}
