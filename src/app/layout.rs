//! Where everything stands in the window.

use eframe::egui::{CentralPanel, Frame, Margin, Panel, Rect, Ui};

use super::context::Scene;
use super::panels::notifications;
use super::panels::{
    age_bar, drop_overlay, input, large, progress, settings, shortcuts, status_line, sweep, sweep_bar, tiles,
    top_bar, training, weights,
};
use super::state::{Layout, Sheet};
use super::widgets::theme;
use super::widgets::theme::{L, M};

const TOP_HEIGHT: f32 = 54.0;
const STATUS_HEIGHT: f32 = 30.0;
const AGE_BAR_HEIGHT: f32 = 72.0;

/// Draws the whole window.
pub fn show(ui: &mut Ui, scene: &mut Scene<'_>) {
    let palette = theme::palette(ui);
    let bar = Frame::new().fill(palette.surface).inner_margin(Margin::symmetric(L as i8, 0));
    let ground = Frame::new().fill(palette.background);
    Panel::top("top")
        .exact_size(TOP_HEIGHT)
        .frame(bar)
        .resizable(false)
        .show(ui, |ui| top_bar::show(ui, scene));
    let status = Panel::bottom("status").exact_size(STATUS_HEIGHT).frame(bar).resizable(false);
    status.show(ui, |ui| status_line::show(ui, scene));
    let area = ui.available_rect_before_wrap();
    if scene.state.layout == Layout::Training {
        let whole = ground.inner_margin(Margin::same(L as i8));
        CentralPanel::default().frame(whole).show(ui, |ui| training::show(ui, scene));
    } else {
        show_ages_beside_input(ui, scene, area);
    }
    notifications::show(ui, scene, area.with_max_y(area.bottom() - AGE_BAR_HEIGHT - M));
    match scene.state.sheet {
        Some(Sheet::Settings) => settings::show(ui, scene),
        Some(Sheet::Shortcuts) => shortcuts::show(ui, scene),
        Some(Sheet::Weights(model)) => weights::show(ui, scene, model),
        None => {}
    }
    drop_overlay::show(ui, scene);
}

fn show_ages_beside_input(ui: &mut Ui, scene: &mut Scene<'_>, area: Rect) {
    let ground = Frame::new().fill(theme::palette(ui).background);
    let left = ground.inner_margin(Margin { left: L as i8, right: M as i8, top: L as i8, bottom: L as i8 });
    let input = Panel::left("input").exact_size(input_width(area)).frame(left).resizable(false);
    input.show_separator_line(false).show(ui, |ui| input::show(ui, scene));
    let right = ground.inner_margin(Margin { left: XS_LEFT, right: L as i8, top: L as i8, bottom: L as i8 });
    CentralPanel::default().frame(right).show(ui, |ui| show_ages(ui, scene));
}

const XS_LEFT: i8 = theme::XS as i8;

/// A third of the window, but never so wide that its picture could not be shown whole.
fn input_width(area: Rect) -> f32 {
    let by_height = (area.height() - 260.0) * 4.0 / 3.0;
    (area.width() * 0.31).min(by_height).max(368.0)
}

fn show_ages(ui: &mut Ui, scene: &mut Scene<'_>) {
    let bar = Frame::new().inner_margin(Margin { left: 0, right: 0, top: M as i8, bottom: 0 });
    let ages = Panel::bottom("ages").exact_size(AGE_BAR_HEIGHT).frame(bar).resizable(false);
    ages.show_separator_line(false).show(ui, |ui| match scene.state.layout {
        Layout::Sweep => sweep_bar::show(ui, scene),
        Layout::Tiles | Layout::Large | Layout::Training => age_bar::show(ui, scene),
    });
    let progress = progress::progress(scene).filter(|_| scene.state.layout != Layout::Sweep);
    if let Some(progress) = progress {
        let below = Frame::new().inner_margin(Margin { left: 0, right: 0, top: 0, bottom: M as i8 });
        let strip = Panel::top("progress").exact_size(progress::HEIGHT + M).frame(below);
        let strip = strip.resizable(false).show_separator_line(false);
        strip.show(ui, |ui| progress::show(ui, scene, &progress));
    }
    CentralPanel::default().frame(Frame::NONE).show(ui, |ui| match scene.state.layout {
        Layout::Large => large::show(ui, scene),
        Layout::Sweep => sweep::show(ui, scene),
        Layout::Tiles | Layout::Training => tiles::show(ui, scene),
    });
}
