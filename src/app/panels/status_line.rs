//! The status line at the bottom: device, camera, rates, latency.

use eframe::egui::{Align, Color32, Label, Layout as Flow, RichText, Sense, Ui, vec2};

use super::video_bar::clock;
use crate::app::context::PanelContext;
use crate::app::widgets::theme;
use crate::app::widgets::theme::{L, Palette, S};
use crate::camera::SourceState;
use crate::pipeline::{CpuReason, DeviceDescription, Restraint, Status};
use crate::text::{number, text};

/// Draws the line.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let palette = theme::palette(ui);
    let status = &context.view.status;
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = L;
        dot(ui, state_color(&status.state, palette));
        small(ui, &source(status), palette.text).on_hover_text(text!("camera-tip"));
        let (frames, damaged) = (status.counters.frames, status.counters.damaged);
        if damaged > 0 {
            // One damaged frame in a hundred suggests a faulty cable.
            let color = if damaged * 100 > frames { palette.warning } else { palette.muted };
            let text = text!("damaged-frames", count = damaged);
            small(ui, &text, color).on_hover_text(text!("of-frames", count = frames + damaged));
        }
        if let Some(fault) = &status.fault {
            let text = text!("name-and-value", name = fault.thread, value = &fault.message);
            small(ui, &text, palette.error).on_hover_text(text!("restarted", count = fault.restarts));
        }
        show_outputs(ui, context, palette);
        ui.with_layout(Flow::right_to_left(Align::Center), |ui| show_figures(ui, context, palette));
    });
}

/// The recording and the virtual camera.
fn show_outputs(ui: &mut Ui, context: &PanelContext<'_>, palette: &Palette) {
    if let Some(recording) = &context.state.recording {
        let megabytes = number(recording.bytes as f64 / 1e6, 1);
        let time = clock(recording.elapsed.as_secs_f64());
        let text = match recording.dropped {
            0 => text!("recording", time = time, size = megabytes),
            dropped => text!("recording-dropped", time = time, size = megabytes, count = dropped),
        };
        small(ui, &text, palette.error).on_hover_text(text!("recording-tip"));
    }
    let state = context.state;
    if let Some(camera) = state.virtual_camera_status.as_ref().filter(|_| state.virtual_camera.is_some()) {
        match (&camera.device, &camera.problem) {
            (_, Some(problem)) => small(ui, &text!("virtual-camera-waiting"), palette.warning)
                .on_hover_text(problem.to_string()),
            (Some(device), None) => small(ui, &text!("virtual-camera-device", device = device), palette.text)
                .on_hover_text(text!("pictures-sent", count = camera.frames)),
            (None, None) => small(ui, &text!("virtual-camera-starting"), palette.muted),
        };
    }
}

fn show_figures(ui: &mut Ui, context: &PanelContext<'_>, palette: &Palette) {
    let status = &context.view.status;
    small(ui, &device(status), palette.muted).on_hover_text(text!("device-tip"));
    let figures = &status.statistics;
    let progress = context.view.tiles.as_ref().and_then(|set| set.progress).filter(|_| status.slow);
    if let Some(progress) = progress.filter(|progress| !progress.time_per_tile.is_zero()) {
        let text = text!("slow-model", seconds = number(progress.time_per_tile.as_secs_f32(), 1));
        small(ui, &text, palette.muted).on_hover_text(text!("slow-model-tip"));
    }
    if context.is_live() && figures.tile_rate > 0.0 {
        let latency = figures.camera_to_tile;
        let text =
            text!("latency", median = number(latency.median, 0), high = number(latency.percentile_95, 0));
        small(ui, &text, palette.muted).on_hover_text(text!("latency-tip"));
        let text = text!("refreshes", rate = number(figures.tile_rate, 1));
        small(ui, &text, palette.muted).on_hover_text(text!("refreshes-tip"));
    }
    if let Some(restraint) = status.restraint {
        let text = match restraint {
            Restraint::Battery => text!("restraint-battery"),
            Restraint::Load => text!("restraint-load"),
        };
        small(ui, &text, palette.warning).on_hover_text(text!("restraint-tip"));
    }
}

/// The device that runs the network, and why; empty until that is known.
pub(super) fn device(status: &Status) -> String {
    let (threads, reason) = match &status.device {
        Some(DeviceDescription::Cpu { threads, reason }) => (*threads, reason),
        Some(DeviceDescription::Gpu(name)) => return (*name).to_owned(),
        None => return String::new(),
    };
    match reason {
        CpuReason::Chosen => text!("device-cpu-chosen", count = threads),
        CpuReason::NoGpuBuild => text!("device-cpu-no-gpu-build", count = threads),
        CpuReason::NoGpu(reason) => text!("device-cpu", count = threads, reason = reason),
    }
}

/// The source and its state, as text.
fn source(status: &Status) -> String {
    let name = if status.source.is_empty() { text!("camera") } else { status.source.clone() };
    match &status.state {
        SourceState::Streaming { .. } if status.frozen => text!("source-frozen", name = name),
        SourceState::Opening => text!("source-opening", name = name),
        SourceState::Streaming { width, height, format, measured_rate } => {
            text!(
                "source-streaming",
                name = name,
                size = format!("{width} x {height}"),
                format = format,
                rate = number(*measured_rate, 1)
            )
        }
        SourceState::Still => name,
        SourceState::Stalled => text!("source-stalled", name = name),
        SourceState::Unplugged => text!("source-unplugged", name = name),
        SourceState::Busy => text!("source-busy", name = name),
        SourceState::Denied => text!("source-denied", name = name),
        SourceState::NoCamera => text!("no-camera"),
        SourceState::UnknownFormat(formats) => text!("source-format", name = name, formats = formats),
        SourceState::Failed(reason) => text!("name-and-value", name = name, value = reason),
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
