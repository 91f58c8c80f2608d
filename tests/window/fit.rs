//! The controls fit the smallest window, in every language whose characters the bundled font has.

use agemirror::text::Language;
use eframe::egui::Rect;
use eframe::egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::NodeT;

use crate::fixture::{App, window_of};
use crate::labels::states;

const SMALLEST: [f32; 2] = [1024.0, 640.0];

/// The buttons and lists, by their labels.
fn controls(harness: &Harness<'static, App>) -> Vec<(String, Rect)> {
    let nodes = harness.root().children_recursive();
    let controls = nodes.filter(|node| {
        let node = node.accesskit_node();
        matches!(node.role(), Role::Button | Role::ComboBox) && !node.is_hidden()
    });
    controls.map(|node| (node.accesskit_node().label().unwrap_or_default(), node.rect())).collect()
}

#[test]
fn no_control_covers_another_or_leaves_the_window() {
    let mut faults = Vec::new();
    for language in Language::ALL.into_iter().filter(|language| !language.needs_system_font()) {
        for (name, mut state, view) in states() {
            state.settings.language = Some(language.tag().to_owned());
            let is_behind = state.modal.is_some();
            let harness = window_of(state, view, SMALLEST);
            let controls = controls(&harness);
            for (index, (label, rect)) in controls.iter().enumerate() {
                let fault = |what: &str| format!("{language:?}, {name}: “{label}” {what} ({rect:?})");
                if rect.left() < 8.0 || rect.right() > SMALLEST[0] - 8.0 {
                    faults.push(fault("leaves the window"));
                }
                let covered = controls[..index].iter().find(|(_, other)| {
                    let common = rect.intersect(*other);
                    common.width() > 1.0 && common.height() > 1.0
                });
                if let Some((other, _)) = covered.filter(|_| !is_behind) {
                    faults.push(fault(&format!("covers “{other}”")));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The card under the input is 356 points wide here and has a margin of 12 points.
#[test]
fn the_buttons_to_open_pictures_keep_the_margin_of_their_card() {
    let card = 16.0..=356.0;
    for language in Language::ALL.into_iter().filter(|language| !language.needs_system_font()) {
        let (_, mut state, view) = states().swap_remove(1);
        state.settings.language = Some(language.tag().to_owned());
        let controls = controls(&window_of(state, view, SMALLEST));
        let in_card = |rect: &Rect| rect.top() > 390.0 && rect.left() < 356.0 && rect.bottom() < 600.0;
        let buttons: Vec<_> = controls.into_iter().filter(|(_, rect)| in_card(rect)).collect();
        assert_eq!(buttons.len(), 4, "{language:?}: {buttons:?}");
        for (label, rect) in buttons {
            let margin = (rect.left() - card.start()).min(card.end() - rect.right());
            assert!(margin > 11.5, "{language:?}: “{label}” has a margin of {margin}");
        }
    }
}
