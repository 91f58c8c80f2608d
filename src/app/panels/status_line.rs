//! The status line at the bottom: device, camera, rates, latency.

use eframe::egui::{Align, Color32, Label, Layout as Flow, RichText, Sense, Ui, vec2};

use super::video_bar::clock;
use crate::app::context::PanelContext;
use crate::app::widgets::theme;
use crate::app::widgets::theme::{L, Palette, S};
use crate::camera::SourceState;
use crate::pipeline::Status;

/// Draws the line.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let palette = theme::palette(ui);
    let status = &context.view.status;
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = L;
        dot(ui, state_color(&status.state, palette));
        small(ui, &source(status), palette.text).on_hover_text("The camera and its measured rate");
        let (frames, damaged) = (status.counters.frames, status.counters.damaged);
        if damaged > 0 {
            // One damaged frame in a hundred suggests a faulty cable.
            let color = if damaged * 100 > frames { palette.warning } else { palette.muted };
            let text = format!("{damaged} damaged {} skipped", if damaged == 1 { "frame" } else { "frames" });
            small(ui, &text, color).on_hover_text(format!("Of {} frames", frames + damaged));
        }
        if let Some(fault) = &status.fault {
            let text = format!("{}: {}", fault.thread, fault.message);
            small(ui, &text, palette.error).on_hover_text(format!("Restarted {} times", fault.restarts));
        }
        show_outputs(ui, context, palette);
        ui.with_layout(Flow::right_to_left(Align::Center), |ui| show_figures(ui, context, palette));
    });
}

/// The recording and the virtual camera.
fn show_outputs(ui: &mut Ui, context: &PanelContext<'_>, palette: &Palette) {
    if let Some(recording) = &context.state.recording {
        let megabytes = recording.bytes as f64 / 1e6;
        let mut text = format!("Recording {}  {megabytes:.1} MB", clock(recording.elapsed.as_secs_f64()));
        if recording.dropped > 0 {
            text += &format!(", {} dropped", recording.dropped);
        }
        let tip = "Pictures are dropped where the encoder is too slow";
        small(ui, &text, palette.error).on_hover_text(tip);
    }
    let state = context.state;
    if let Some(camera) = state.virtual_camera_status.as_ref().filter(|_| state.virtual_camera) {
        match (&camera.device, &camera.problem) {
            (_, Some(problem)) => {
                small(ui, "Virtual camera: waiting", palette.warning).on_hover_text(problem)
            }
            (Some(device), None) => small(ui, &format!("Virtual camera: {device}"), palette.text)
                .on_hover_text(format!("{} pictures sent", camera.frames)),
            (None, None) => small(ui, "Virtual camera: starting", palette.muted),
        };
    }
}

fn show_figures(ui: &mut Ui, context: &PanelContext<'_>, palette: &Palette) {
    let status = &context.view.status;
    small(ui, &status.device, palette.muted).on_hover_text("The device that runs the network, and why");
    let figures = &status.statistics;
    let progress = context.view.tiles.as_ref().and_then(|set| set.progress).filter(|_| status.slow);
    if let Some(progress) = progress.filter(|progress| !progress.time_per_tile.is_zero()) {
        let text =
            format!("{:.1} s per tile, too slow to follow the camera", progress.time_per_tile.as_secs_f32());
        small(ui, &text, palette.muted).on_hover_text("The tiles are made one by one from a held frame");
    }
    if context.is_live() && figures.tile_rate > 0.0 {
        let latency = figures.camera_to_tile;
        let text = format!("camera to tile {:.0} ms (95%: {:.0} ms)", latency.median, latency.percentile_95);
        let tip = "From a camera frame to its tiles: median and 95th percentile";
        small(ui, &text, palette.muted).on_hover_text(tip);
        let text = format!("{:.1} refreshes/s", figures.tile_rate);
        small(ui, &text, palette.muted).on_hover_text("How often all tiles are refreshed");
    }
    if let Some(restraint) = status.restraint {
        let tip = "Tiles are refreshed less often, so that the camera keeps its rate and a battery lasts";
        small(ui, restraint.sentence(), palette.warning).on_hover_text(tip);
    }
}

/// The source and its state, as text.
fn source(status: &Status) -> String {
    let name = if status.source.is_empty() { "Camera" } else { &status.source };
    match &status.state {
        SourceState::Streaming { .. } if status.frozen => format!("{name}: frozen"),
        SourceState::Opening => format!("{name}: opening"),
        SourceState::Streaming { width, height, format, measured_rate } => {
            format!("{name}  {width} x {height} {format}, {measured_rate:.1} fps")
        }
        SourceState::Still => name.to_owned(),
        SourceState::Stalled => format!("{name}: no frames, restarting it"),
        SourceState::Unplugged => format!("{name}: disconnected, waiting for it"),
        SourceState::Busy => format!("{name}: in use by another program"),
        SourceState::Denied => format!("{name}: no permission"),
        SourceState::NoCamera => "No camera".to_owned(),
        SourceState::UnknownFormat(formats) => format!("{name}: {formats} cannot be decoded"),
        SourceState::Failed(reason) => format!("{name}: {reason}"),
    }
}

fn state_color(state: &SourceState, palette: &Palette) -> Color32 {
    match state {
        SourceState::Streaming { .. } | SourceState::Still => palette.accent,
        SourceState::Opening => palette.muted,
        SourceState::Stalled | SourceState::Unplugged | SourceState::Busy => palette.warning,
        SourceState::Denied
        | SourceState::NoCamera
        | SourceState::UnknownFormat(_)
        | SourceState::Failed(_) => palette.error,
    }
}

fn dot(ui: &mut Ui, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(S, S), Sense::hover());
    ui.painter().circle_filled(rect.center(), 4.0, color);
}

fn small(ui: &mut Ui, text: &str, color: Color32) -> eframe::egui::Response {
    ui.add(Label::new(RichText::new(text).font(theme::small()).color(color)).truncate())
}
