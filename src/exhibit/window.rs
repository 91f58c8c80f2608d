//! The window of an exhibit: full screen, without controls.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use eframe::egui::{Color32, Context, Key, TextureHandle, TextureOptions, Ui, ViewportCommand};
use image::RgbImage;

use super::counts::DailyCounts;
use super::file::{Exhibit, ExhibitLayout, color};
use super::stage::{Director, Seen, Stage};
use crate::app::language::WindowFonts;
use crate::app::state::pipeline_request::is_answered;
use crate::app::widgets::textures::Textures;
use crate::app::workers::backend::{Backend, Report, Request};
use crate::camera::SourceState;
use crate::pipeline::{Command, Fault, LiveView, TileSet};
use crate::text::{Language, text};

mod draw;
mod full_screen;

use full_screen::FullScreen;

/// Time that Escape must be held to leave, in seconds.
const ESCAPE_SECONDS: f64 = 5.0;
/// Time without frames after which the camera is opened again, in seconds.
const REOPEN_SECONDS: f64 = 30.0;
/// Time between two writes of the daily counts, in seconds.
const SAVE_SECONDS: f64 = 60.0;
/// Time between two frames of the window, which moves by itself.
const FRAME_INTERVAL: Duration = Duration::from_millis(33);

/// The colors of the screen.
#[derive(Clone, Copy)]
struct Scheme {
    background: Color32,
    text: Color32,
    accent: Color32,
}

impl Scheme {
    fn of(exhibit: &Exhibit) -> Self {
        let of = |text: &str| {
            let [red, green, blue] = color(text).unwrap_or([128; 3]);
            Color32::from_rgb(red, green, blue)
        };
        let colors = &exhibit.colors;
        Self { background: of(&colors.background), text: of(&colors.text), accent: of(&colors.accent) }
    }
}

/// The exhibit on top of a backend.
pub struct ExhibitWindow<B: Backend> {
    exhibit: Exhibit,
    scheme: Scheme,
    /// The pipeline and the workers.
    pub backend: B,
    director: Director,
    textures: Textures,
    counts: DailyCounts,
    invitation: Option<Arc<RgbImage>>,
    logo: Option<TextureHandle>,
    /// The tiles of the photograph on the screen.
    photo: Option<Arc<TileSet>>,
    /// The ages that were last requested, and when, in seconds of the window's clock.
    requested: (Vec<f32>, f64),
    whole_frames: bool,
    fault: Option<Fault>,
    escape_since: Option<f64>,
    /// When frames last came from the camera, in seconds.
    streaming_at: f64,
    /// Whether frames came from the camera in the previous frame of the window.
    was_streaming: bool,
    saved_at: f64,
    full_screen: FullScreen,
    leaving: bool,
    language: Language,
    fonts: WindowFonts,
}

impl<B: Backend> ExhibitWindow<B> {
    /// An exhibit whose `backend` was started with no ages.
    pub fn new(
        ctx: &Context,
        exhibit: Exhibit,
        backend: B,
        counts: DailyCounts,
        invitation: Option<Arc<RgbImage>>,
        logo: Option<&image::RgbaImage>,
    ) -> Self {
        let logo = logo.map(|logo| {
            let size = [logo.width() as usize, logo.height() as usize];
            let pixels = eframe::egui::ColorImage::from_rgba_unmultiplied(size, logo.as_raw());
            ctx.load_texture("logo", pixels, TextureOptions::LINEAR)
        });
        Self {
            language: exhibit.language(),
            fonts: WindowFonts::default(),
            scheme: Scheme::of(&exhibit),
            exhibit,
            backend,
            director: Director::default(),
            textures: Textures::default(),
            counts,
            invitation,
            logo,
            photo: None,
            requested: (Vec::new(), 0.0),
            whole_frames: false,
            fault: None,
            escape_since: None,
            streaming_at: 0.0,
            was_streaming: false,
            saved_at: 0.0,
            full_screen: FullScreen::default(),
            leaving: false,
        }
    }

    /// What is on the screen.
    pub fn stage(&self) -> Stage {
        self.director.stage()
    }

    fn frame(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        let time = ctx.input(|input| input.time);
        self.textures.begin_frame();
        self.choose_language(&ctx);
        let view = self.backend.view();
        self.receive(&view);
        self.advance(&ctx, &view, time);
        self.request(&view, time);
        self.keep_running(&ctx, &view, time);
        self.full_screen.fill(&ctx, time);
        self.draw(ui, &view, time);
        ctx.request_repaint_after(FRAME_INTERVAL);
    }

    /// Draws this frame in the exhibit's language, or in English while no font can draw it.
    fn choose_language(&mut self, ctx: &Context) {
        if self.language.needs_system_font() && self.fonts.request() {
            self.backend.request(Request::FindFonts);
        }
        self.fonts.begin_frame(ctx, self.language);
    }

    fn receive(&mut self, view: &LiveView) {
        for report in self.backend.reports() {
            match report {
                Report::NotSaved(message) => {
                    tracing::error!("{message}");
                    self.count(|counts| counts.faults += 1);
                }
                Report::Fonts(fonts) => {
                    self.fonts.receive(fonts);
                    if self.fonts.lacks(self.language) {
                        let name = self.language.english_name();
                        tracing::error!("{}", text!("language-without-font", language = name));
                    }
                }
                _ => {}
            }
        }
        if view.status.fault.is_some() && view.status.fault != self.fault {
            self.count(|counts| counts.faults += 1);
        }
        self.fault.clone_from(&view.status.fault);
        let lost_camera = self.was_streaming && !is_streaming(view);
        self.was_streaming = is_streaming(view);
        if lost_camera {
            self.count(|counts| counts.faults += 1);
        }
    }

    fn count(&mut self, change: impl FnOnce(&mut super::counts::Counts)) {
        if let Err(error) = self.counts.add(SystemTime::now(), change) {
            tracing::error!("{error}");
        }
    }

    fn advance(&mut self, ctx: &Context, view: &LiveView, time: f64) {
        let faces: Vec<u64> = match is_streaming(view) {
            true => view.faces.faces.iter().map(|face| face.id).collect(),
            false => Vec::new(),
        };
        let photo = ctx.input(|input| {
            input.key_pressed(Key::Enter) || input.key_pressed(Key::Space) || input.pointer.primary_clicked()
        });
        let tiles_ready = view.tiles.as_ref().is_some_and(|set| self.is_photo(set));
        let events = self.director.advance(&self.exhibit, &Seen { time, faces: &faces, photo, tiles_ready });
        if events.visitors > 0 {
            self.count(|counts| counts.visitors += events.visitors);
        }
        if events.photograph {
            self.photo.clone_from(&view.tiles);
            self.count(|counts| counts.photographs += 1);
            self.save_photo(view);
        }
        if !matches!(self.stage(), Stage::Photo(_)) {
            self.photo = None;
        }
    }

    /// Whether `set` has every tile of a photograph.
    fn is_photo(&self, set: &TileSet) -> bool {
        let complete = |face: &crate::pipeline::AgedFace| face.tiles.len() == self.exhibit.ages.len();
        set.ages == self.exhibit.ages && !set.faces.is_empty() && set.faces.iter().all(complete)
    }

    fn save_photo(&mut self, view: &LiveView) {
        let Some(tiles) = self.photo.clone().filter(|_| self.exhibit.saves()) else { return };
        // Strips are written in the bundled font, which lacks the characters of some languages.
        let caption = |age: f32| match self.language.needs_system_font() {
            true => format!("{age:.0}"),
            false => self.exhibit.caption(age),
        };
        let labels = self.exhibit.ages.iter().map(|age| (*age, caption(*age))).collect();
        let folder = self.exhibit.photo.save_to.clone();
        self.backend.request(Request::Save { folder, tiles, labels, source: view.status.source.clone() });
    }

    /// Requests what the stage needs. A playing age waits for the picture of the previous one.
    fn request(&mut self, view: &LiveView, time: f64) {
        let whole = self.exhibit.layout == ExhibitLayout::Large && self.stage() == Stage::Mirror;
        if whole != self.whole_frames {
            self.backend.send(Command::WholeFrames(whole));
            self.whole_frames = whole;
        }
        let ages = self.director.ages(&self.exhibit, time);
        let (requested, requested_at) = &self.requested;
        let is_step = ages.len() == 1 && requested.len() == 1;
        if ages == *requested || (is_step && !is_answered(view, requested, time - requested_at)) {
            return;
        }
        self.backend.send(Command::Ages(ages.clone()));
        self.requested = (ages, time);
    }

    /// Opens a silent camera again, writes counts, and handles the way out.
    fn keep_running(&mut self, ctx: &Context, view: &LiveView, time: f64) {
        if is_streaming(view) {
            self.streaming_at = time;
        } else if time > self.streaming_at + REOPEN_SECONDS {
            self.backend.send(Command::Camera(self.exhibit.camera_settings()));
            self.streaming_at = time;
        }
        if time > self.saved_at + SAVE_SECONDS {
            self.saved_at = time;
            self.save_counts();
        }
        let (escape, closing) =
            ctx.input(|input| (input.key_down(Key::Escape), input.viewport().close_requested()));
        self.escape_since = escape.then(|| self.escape_since.unwrap_or(time));
        if self.escape_since.is_some_and(|since| time > since + ESCAPE_SECONDS) {
            self.leaving = true;
            self.save_counts();
            ctx.send_viewport_cmd(ViewportCommand::Close);
        } else if closing && !self.leaving {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
        }
    }

    fn save_counts(&mut self) {
        if let Err(error) = self.counts.save() {
            tracing::error!("{error}");
        }
    }
}

/// Whether frames come from the camera.
fn is_streaming(view: &LiveView) -> bool {
    matches!(view.status.state, SourceState::Streaming { .. } | SourceState::Still)
}

impl<B: Backend> eframe::App for ExhibitWindow<B> {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.frame(ui);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.save_counts();
    }
}
