//! The commands of the user, and the one place that executes them.

mod gallery;
mod navigation;
mod outputs;
mod reports;
mod save;
pub(crate) mod shortcuts;
mod sweep;
mod weights;

use std::path::PathBuf;

use eframe::egui::{Context, ThemePreference, ViewportCommand};

pub(crate) use navigation::play;

use super::state::notifications::Severity;
use super::state::settings::{GroupChoice, SidePanel, ThemeChoice};
use super::state::{Modal, Source, UiState};
use super::widgets::textures::Textures;
use super::workers::backend::{Backend, Request};
use crate::camera::CameraSettings;
use crate::pipeline::{DeviceChoice, LiveView};
use crate::text::Message;
use crate::video::VirtualCameraDevice;
use agemirror_faces::age::Gender;
use agemirror_faces::crop::FaceChoice;

/// A command of the user. Panels and shortcuts emit commands and change nothing themselves.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum UiCommand {
    /// Show one tile per age group.
    AgeGroups(GroupChoice),
    /// Show one large picture at this age, in years.
    ShowAge(f32),
    /// Move the age slider by this many years.
    StepAge(f32),
    /// Show one large picture, or return to the tiles.
    ShowLarge(bool),
    /// Start or stop moving the age slider back and forth.
    Play(bool),
    /// Capture the current picture: for the tiles of a slow model, otherwise for a sweep.
    Capture,
    /// Cancel the tiles that are not made yet.
    CancelTiles,
    /// Open the sweep, or return to the tiles.
    ShowSweep(bool),
    /// Set the number of pictures in a sweep over years.
    SweepPictures(usize),
    /// Play or pause the sweep.
    SweepPlay(bool),
    /// Move the sweep by this many pictures.
    SweepStep(isize),
    /// Move the divider of the large view: 0 is its left edge, 1 its right edge.
    MoveDivider(f32),
    /// Freeze the input, or unfreeze it.
    Freeze(bool),
    /// Move the video that plays to this position, in seconds.
    VideoSeek(f64),
    /// Restart the video at its end, or stop there.
    VideoLoop(bool),
    /// Rotate the video that plays by a quarter.
    RotateVideo,
    /// Record what is shown, or stop.
    Record(bool),
    /// Send the aged picture to this virtual camera, or to none.
    VirtualCamera(Option<VirtualCameraDevice>),
    /// Age the face at this point of the input, in its pixels.
    ChooseFace([f32; 2]),
    /// Age every face, or only one.
    AllFaces(bool),
    /// Show whole frames, or only faces.
    WholeFrame(bool),
    /// Switch to this model, or show which weights it requires.
    Model(String),
    /// Cancel the import of weight files.
    CancelImport,
    /// Open the dialog for weight files.
    ChooseWeights,
    /// Copy a text to the clipboard.
    CopyText(String),
    /// Open an address in the web browser.
    OpenAddress(String),
    /// Set the gender to age faces as.
    Gender(Gender),
    /// Run the model on this device.
    Device(DeviceChoice),
    /// Switch to the camera with these settings.
    Camera(CameraSettings),
    /// Open the dialog for picture files.
    OpenFiles,
    /// Open the dialog for a folder of pictures.
    OpenFolder,
    /// Paste from the clipboard.
    Paste,
    /// Show the bundled portrait.
    Sample,
    /// Open files and folders that were dropped on the window.
    OpenPaths(Vec<PathBuf>),
    /// Show the gallery's picture with this index.
    ShowPicture(usize),
    /// Move through the gallery by this many pictures.
    StepPicture(isize),
    /// Load the thumbnail of the gallery's picture with this index.
    LoadThumbnail(usize),
    /// Clear the gallery and return to the camera.
    ClearPictures,
    /// Return to the camera.
    BackToLive,
    /// Save every tile.
    Save,
    /// Copy what is shown to the clipboard.
    Copy,
    /// Open the dialog for the folder to save in.
    ChooseSaveFolder,
    /// Open a folder in the file manager.
    ShowFolder(PathBuf),
    /// Set the theme.
    Theme(ThemeChoice),
    /// Close the introduction, and do not show it again.
    CloseIntroduction,
    /// Set the language by its tag, or follow the system.
    Language(Option<String>),
    /// Open a modal, or close the open one.
    Modal(Option<Modal>),
    /// Choose the panel in the lower half of the left column.
    SidePanel(SidePanel),
    /// Watch a training run, or return to the tiles.
    ShowTraining(bool),
    /// Open the dialog for the folder of a training run.
    ChooseRun,
    /// Enter or leave full screen.
    Fullscreen(bool),
    /// Dismiss the notification with this id.
    Dismiss(u64),
    /// Go one step back: close the modal, leave the large view, return to the camera.
    Back,
}

/// Executes commands and handles the reports of the workers.
pub(crate) struct CommandHandler<'a> {
    /// The state of the window.
    pub state: &'a mut UiState,
    /// The pipeline and the workers.
    pub backend: &'a mut dyn Backend,
    /// The pictures on the graphics card.
    pub textures: &'a mut Textures,
    /// The latest results of the pipeline.
    pub view: &'a LiveView,
    /// The egui context of the window.
    pub ctx: &'a Context,
}

impl CommandHandler<'_> {
    /// Executes `command`.
    pub(crate) fn execute(&mut self, command: UiCommand) {
        match command {
            UiCommand::AgeGroups(groups) => self.show_groups(groups),
            UiCommand::ShowAge(age) => self.show_age(age),
            UiCommand::StepAge(years) => self.show_age(self.state.scale().step(self.state.age, years)),
            UiCommand::ShowLarge(true) => self.show_age(self.state.age),
            UiCommand::Play(true) => self.start_playing(),
            UiCommand::Play(false) => self.state.playing = None,
            UiCommand::ShowLarge(false) | UiCommand::ShowSweep(false) | UiCommand::ShowTraining(false) => {
                self.show_tiles();
            }
            UiCommand::Capture => self.capture(),
            UiCommand::CancelTiles => self.state.cancels += 1,
            UiCommand::ShowSweep(true) => self.show_sweep(),
            UiCommand::SweepPictures(count) => self.state.settings.sweep_pictures = count,
            UiCommand::SweepPlay(playing) => self.play_or_pause_sweep(playing),
            UiCommand::SweepStep(steps) => self.step_sweep(steps),
            UiCommand::MoveDivider(position) => self.state.divider = position.clamp(0.0, 1.0),
            UiCommand::Freeze(frozen) => self.freeze(frozen),
            UiCommand::VideoSeek(_)
            | UiCommand::VideoLoop(_)
            | UiCommand::RotateVideo
            | UiCommand::Record(_)
            | UiCommand::VirtualCamera(_) => self.output(command),
            UiCommand::ChooseFace(point) => self.state.faces = FaceChoice::At(point),
            UiCommand::AllFaces(true) => self.state.faces = FaceChoice::All,
            UiCommand::AllFaces(false) => self.state.faces = FaceChoice::Largest,
            UiCommand::WholeFrame(whole) => self.state.settings.whole_frame = whole,
            UiCommand::Model(name) => self.choose_model(name),
            UiCommand::CancelImport => self.backend.request(Request::CancelImport),
            UiCommand::ChooseWeights => self.backend.request(Request::ChooseWeights),
            UiCommand::CopyText(text) => self.ctx.copy_text(text),
            UiCommand::OpenAddress(address) => self.backend.request(Request::OpenAddress(address)),
            UiCommand::Gender(gender) => self.state.settings.gender = gender,
            UiCommand::Device(device) => self.state.settings.device = device,
            UiCommand::Camera(camera) => self.choose_camera(camera),
            UiCommand::OpenFiles => self.backend.request(Request::ChooseFiles),
            UiCommand::OpenFolder => self.backend.request(Request::ChooseFolder),
            UiCommand::Paste => self.load(Request::Paste),
            UiCommand::Sample => self.load(Request::Sample),
            UiCommand::OpenPaths(paths) => self.load(Request::Open(paths)),
            UiCommand::ShowPicture(index) => self.show_picture(index),
            UiCommand::StepPicture(step) => self.step_picture(step),
            UiCommand::LoadThumbnail(index) => self.load_thumbnail(index),
            UiCommand::ClearPictures => self.clear_gallery(),
            UiCommand::BackToLive => self.back_to_live(),
            UiCommand::Save => self.save(),
            UiCommand::Copy => self.copy(),
            UiCommand::ChooseSaveFolder => {
                self.backend.request(Request::ChooseSaveFolder(self.state.settings.save_folder()));
            }
            UiCommand::ShowFolder(folder) => self.backend.request(Request::ShowFolder(folder)),
            UiCommand::Theme(theme) => {
                self.state.settings.theme = theme;
                apply_theme(self.ctx, theme);
            }
            UiCommand::CloseIntroduction => self.state.settings.introduction = false,
            UiCommand::Language(language) => self.state.settings.language = language,
            UiCommand::Modal(modal) => self.open_modal(modal),
            UiCommand::SidePanel(panel) => self.show_side_panel(panel),
            UiCommand::ShowTraining(true) => self.show_training(),
            UiCommand::ChooseRun => {
                self.backend.request(Request::ChooseRun(self.state.settings.training_run.clone()));
            }
            UiCommand::Fullscreen(full) => self.ctx.send_viewport_cmd(ViewportCommand::Fullscreen(full)),
            UiCommand::Dismiss(id) => self.state.notifications.dismiss(id),
            UiCommand::Back => self.back(),
        }
    }

    /// Shows a notification; `folder` adds a button that opens it.
    pub(crate) fn notify(&mut self, severity: Severity, text: Message, folder: Option<PathBuf>) {
        let now = self.ctx.input(|input| input.time);
        self.state.notifications.add(now, severity, text, folder);
    }

    fn choose_camera(&mut self, camera: CameraSettings) {
        self.state.settings.camera = camera;
        self.show_source(Source::Camera);
    }
}

/// Applies the theme to the egui context.
pub(crate) fn apply_theme(ctx: &Context, theme: ThemeChoice) {
    ctx.set_theme(match theme {
        ThemeChoice::System => ThemePreference::System,
        ThemeChoice::Light => ThemePreference::Light,
        ThemeChoice::Dark => ThemePreference::Dark,
    });
}
