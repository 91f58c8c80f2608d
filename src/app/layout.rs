//! Arranges the panels in the window.

use eframe::egui::{CentralPanel, Frame, Margin, Panel, Rect, Ui};

use super::context::PanelContext;
use super::panels::notifications;
use super::panels::{
    age_bar, drop_overlay, input, introduction, large, progress, settings, shortcuts, status_line, sweep,
    sweep_bar, tiles, top_bar, training, weights,
};
use super::state::{Layout, Modal};
use super::widgets::theme;
use super::widgets::theme::{L, M};

/// Height of the top bar, in points.
const TOP_HEIGHT: f32 = 54.0;
/// Height of the status line, in points.
const STATUS_HEIGHT: f32 = 30.0;
/// Height of the age bar, in points.
const AGE_BAR_HEIGHT: f32 = 72.0;

/// Draws the whole window.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let palette = theme::palette(ui);
    let bar = Frame::new().fill(palette.surface).inner_margin(Margin::symmetric(L as i8, 0));
    let background = Frame::new().fill(palette.background);
    Panel::top("top")
        .exact_size(TOP_HEIGHT)
        .frame(bar)
        .resizable(false)
        .show(ui, |ui| top_bar::show(ui, context));
    let status = Panel::bottom("status").exact_size(STATUS_HEIGHT).frame(bar).resizable(false);
    status.show(ui, |ui| status_line::show(ui, context));
    let area = ui.available_rect_before_wrap();
    if context.state.layout == Layout::Training {
        let whole = background.inner_margin(Margin::same(L as i8));
        CentralPanel::default().frame(whole).show(ui, |ui| training::show(ui, context));
    } else {
        show_ages_beside_input(ui, context, area);
    }
    notifications::show(ui, context, area.with_max_y(area.bottom() - AGE_BAR_HEIGHT - M));
    match context.state.modal {
        Some(Modal::Settings) => settings::show(ui, context),
        Some(Modal::Shortcuts) => shortcuts::show(ui, context),
        Some(Modal::Weights(model)) => weights::show(ui, context, model),
        None => {}
    }
    drop_overlay::show(ui, context);
}

fn show_ages_beside_input(ui: &mut Ui, context: &mut PanelContext<'_>, area: Rect) {
    let background = Frame::new().fill(theme::palette(ui).background);
    let left =
        background.inner_margin(Margin { left: L as i8, right: M as i8, top: L as i8, bottom: L as i8 });
    let input = Panel::left("input").exact_size(input_width(area)).frame(left).resizable(false);
    input.show_separator_line(false).show(ui, |ui| input::show(ui, context));
    let right = background.inner_margin(Margin {
        left: theme::XS as i8,
        right: L as i8,
        top: L as i8,
        bottom: L as i8,
    });
    CentralPanel::default().frame(right).show(ui, |ui| show_ages(ui, context));
}

/// Width of the input column, in points: a third of the window, limited so that its picture fits the height.
fn input_width(area: Rect) -> f32 {
    let by_height = (area.height() - 260.0) * 4.0 / 3.0;
    (area.width() * 0.31).min(by_height).max(368.0)
}

fn show_ages(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let above = Frame::new().inner_margin(Margin { left: 0, right: 0, top: 0, bottom: M as i8 });
    let bar = Frame::new().inner_margin(Margin { left: 0, right: 0, top: M as i8, bottom: 0 });
    let ages = Panel::bottom("ages").exact_size(AGE_BAR_HEIGHT).frame(bar).resizable(false);
    ages.show_separator_line(false).show(ui, |ui| match context.state.layout {
        Layout::Sweep => sweep_bar::show(ui, context),
        Layout::Tiles | Layout::Large | Layout::Training => age_bar::show(ui, context),
    });
    if context.state.shows_introduction() {
        let card = Panel::top("introduction").frame(above).resizable(false).show_separator_line(false);
        card.show(ui, |ui| introduction::show(ui, context));
    }
    let progress = progress::progress(context).filter(|_| context.state.layout != Layout::Sweep);
    if let Some(progress) = progress {
        let strip = Panel::top("progress").exact_size(progress::HEIGHT + M).frame(above);
        let strip = strip.resizable(false).show_separator_line(false);
        strip.show(ui, |ui| progress::show(ui, context, &progress));
    }
    CentralPanel::default().frame(Frame::NONE).show(ui, |ui| match context.state.layout {
        Layout::Large => large::show(ui, context),
        Layout::Sweep => sweep::show(ui, context),
        Layout::Tiles | Layout::Training => tiles::show(ui, context),
    });
}
