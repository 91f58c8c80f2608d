//! The readings: which ages other networks see in the tiles, against those asked for, and how much of the
//! person is left.

use eframe::egui::{Align2, Rect, Sense, Stroke, Ui, vec2};
use egui_plot::{AxisHints, Line, PlotPoints, Points};

use crate::app::commands::UiCommand;
use crate::app::context::PanelContext;
use crate::app::keys;
use crate::app::state::readings::{FaceReadings, Reading};
use crate::app::state::settings::SidePanel;
use crate::app::widgets::buttons::value_row;
use crate::app::widgets::card;
use crate::app::widgets::card::{CardHeader, ROW_HEIGHT};
use crate::app::widgets::plot::compact_plot;
use crate::app::widgets::theme;
use crate::app::widgets::theme::{Palette, S, XS};

/// The ages of both axes end here.
const OLDEST: f64 = 90.0;
const ABOUT: &str = "Read by an age network that mirror was not trained to please and a face recognition network that it was. \
                     Both err: a few years, and more for the very young and the very old.";

/// A reading in words, for a tile with room and for one without.
pub fn words(reading: Reading) -> [String; 2] {
    let Reading { age, same } = reading;
    [format!("reads {age:.0} · same person {same:.2}"), format!("{age:.0} · {same:.2}")]
}

/// What is read off the face in row `row` of the tiles.
pub fn of_row<'a>(context: &'a PanelContext<'_>, row: usize) -> Option<&'a FaceReadings> {
    let set = context.view.tiles.as_ref()?;
    context.state.readings.as_ref()?.of(set, set.faces.get(row)?.face.id)
}

/// Draws the panel into what is left of the column.
pub fn show(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let header = CardHeader {
        title: "Readings",
        tooltip: ABOUT,
        note: "age read against age asked",
        close_label: "Close the readings",
        close_key: keys::READINGS,
    };
    let closed = card::show(ui, &header, |ui| {
        let palette = theme::palette(ui);
        let table = ROW_HEIGHT * 2.0 + XS;
        let height = (ui.available_height() - table - S).max(60.0);
        let faces: Vec<FaceReadings> = (0..).map_while(|row| of_row(context, row).cloned()).collect();
        match faces.first() {
            Some(first) if !first.tiles.is_empty() => {
                show_plot(ui, &faces, height, palette);
                show_table(ui, first);
            }
            _ => show_no_readings(ui, context, palette),
        }
    });
    if closed {
        context.emit(UiCommand::SidePanel(SidePanel::Pictures));
    }
}

fn show_no_readings(ui: &mut Ui, context: &PanelContext<'_>, palette: &Palette) {
    let tiles = context.view.tiles.as_ref().is_some_and(|set| set.shows_something());
    let text = match tiles && context.state.reads_tiles() {
        true => "Reading the tiles…",
        false => "There are no tiles to read.",
    };
    let rect = ui.available_rect_before_wrap();
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, text, theme::body(), palette.muted);
    crate::app::widgets::buttons::accessible_label(ui, ui.scope_id().with("no readings"), rect, text);
}

fn show_plot(ui: &mut Ui, faces: &[FaceReadings], height: f32, palette: &Palette) {
    let whole = |mark: egui_plot::GridMark| format!("{:.0}", mark.value);
    let axes = [
        AxisHints::new_x().formatter(move |mark, _| whole(mark)),
        AxisHints::new_y().formatter(move |mark, _| whole(mark)),
    ];
    let plot = compact_plot(
        "readings",
        vec2(ui.available_width(), height),
        ([0.0, OLDEST], [0.0, OLDEST]),
        axes,
        palette,
    );
    plot.show(ui, |plot| {
        let straight = PlotPoints::new(vec![[0.0, 0.0], [OLDEST, OLDEST]]);
        plot.line(Line::new("as asked", straight).stroke(Stroke::new(1.0, palette.muted)).allow_hover(false));
        // The chosen face lies over the others.
        for (place, face) in faces.iter().enumerate().rev() {
            let at = |(asked, reading): &(f32, Reading)| [f64::from(*asked), f64::from(reading.age)];
            let points: PlotPoints<'_> = face.tiles.iter().map(at).collect();
            let color = if place == 0 { palette.accent } else { palette.muted };
            let points = Points::new(format!("face {}", place + 1), points).color(color);
            plot.points(points.radius(3.5).allow_hover(false));
        }
    });
}

/// The chosen face in four figures.
fn show_table(ui: &mut Ui, face: &FaceReadings) {
    let (area, _) = ui.allocate_exact_size(vec2(ui.available_width(), 2.0 * ROW_HEIGHT), Sense::hover());
    let width = (area.width() - theme::L) / 2.0;
    for (place, (name, value)) in figures(face).into_iter().enumerate() {
        let across = (place / 2) as f32 * (width + theme::L);
        let corner = area.min + vec2(across, (place % 2) as f32 * ROW_HEIGHT);
        let row = Rect::from_min_size(corner, vec2(width, ROW_HEIGHT));
        value_row(ui, row, None, name, &value, &format!("{name}: {value}"));
    }
}

fn figures(face: &FaceReadings) -> [(&'static str, String); 4] {
    let off = face.tiles.iter().map(|(asked, reading)| (asked - reading.age).abs());
    let off = off.sum::<f32>() / face.tiles.len().max(1) as f32;
    let same = face.tiles.iter().map(|(_, reading)| reading.same);
    let (least, most) =
        same.fold((1.0_f32, -1.0_f32), |(least, most), same| (least.min(same), most.max(same)));
    [
        ("Input reads", format!("{:.0}", face.input)),
        ("Off on average", format!("{off:.0} years")),
        ("Same person, least", format!("{least:.2}")),
        ("Same person, most", format!("{most:.2}")),
    ]
}
