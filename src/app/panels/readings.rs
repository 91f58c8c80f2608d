//! The readings: the ages that other networks see in the tiles against the requested ages, and how much of
//! the person is left.

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
use crate::text::{number, text};

/// End of both axes, in years.
const OLDEST: f64 = 90.0;

/// A reading as text: a long form and a short one.
pub(crate) fn words(reading: Reading) -> [String; 2] {
    let Reading { age, same } = reading;
    let (age, same) = (number(age, 0), number(same, 2));
    [text!("reading-long", age = age, same = same), text!("reading-short", age = age, same = same)]
}

/// The readings of the face in row `row` of the tiles.
pub(crate) fn of_row<'a>(context: &'a PanelContext<'_>, row: usize) -> Option<&'a FaceReadings> {
    let set = context.view.tiles.as_ref()?;
    context.state.readings.as_ref()?.of(set, set.faces.get(row)?.face.id)
}

/// Draws the panel into the rest of the column.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let header = CardHeader {
        title: &text!("readings"),
        tooltip: &text!("readings-about"),
        note: &text!("readings-note"),
        close_label: &text!("close-readings"),
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
    let tiles = context.view.tiles.as_ref().is_some_and(|set| set.has_tiles());
    let text = match tiles && context.state.reads_tiles() {
        true => text!("reading-tiles"),
        false => text!("no-tiles-to-read"),
    };
    let rect = ui.available_rect_before_wrap();
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, &text, theme::body(), palette.muted);
    crate::app::widgets::buttons::accessible_label(ui, ui.scope_id().with("no readings"), rect, &text);
}

fn show_plot(ui: &mut Ui, faces: &[FaceReadings], height: f32, palette: &Palette) {
    let whole = |mark: egui_plot::GridMark| number(mark.value, 0).text();
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
        plot.line(
            Line::new("as requested", straight).stroke(Stroke::new(1.0, palette.muted)).allow_hover(false),
        );
        // The chosen face is drawn over the others.
        for (index, face) in faces.iter().enumerate().rev() {
            let at = |(requested, reading): &(f32, Reading)| [f64::from(*requested), f64::from(reading.age)];
            let points: PlotPoints<'_> = face.tiles.iter().map(at).collect();
            let color = if index == 0 { palette.accent } else { palette.muted };
            let points = Points::new(format!("face {}", index + 1), points).color(color);
            plot.points(points.radius(3.5).allow_hover(false));
        }
    });
}

/// Draws four values of the chosen face.
fn show_table(ui: &mut Ui, face: &FaceReadings) {
    let (area, _) = ui.allocate_exact_size(vec2(ui.available_width(), 2.0 * ROW_HEIGHT), Sense::hover());
    let width = (area.width() - theme::L) / 2.0;
    for (index, (name, value)) in figures(face).into_iter().enumerate() {
        let across = (index / 2) as f32 * (width + theme::L);
        let corner = area.min + vec2(across, (index % 2) as f32 * ROW_HEIGHT);
        let row = Rect::from_min_size(corner, vec2(width, ROW_HEIGHT));
        let spoken = text!("name-and-value", name = &name, value = &value);
        value_row(ui, row, None, &name, &value, &spoken);
    }
}

fn figures(face: &FaceReadings) -> [(String, String); 4] {
    let off = face.tiles.iter().map(|(requested, reading)| (requested - reading.age).abs());
    let off = off.sum::<f32>() / face.tiles.len().max(1) as f32;
    let same = face.tiles.iter().map(|(_, reading)| reading.same);
    let (least, most) =
        same.fold((1.0_f32, -1.0_f32), |(least, most), same| (least.min(same), most.max(same)));
    [
        (text!("input-reads"), number(face.input, 0).text()),
        (text!("mean-error"), text!("years", years = number(off, 0))),
        (text!("same-person-lowest"), number(least, 2).text()),
        (text!("same-person-highest"), number(most, 2).text()),
    ]
}
