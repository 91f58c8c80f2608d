//! What the user may want, and the one place where it is done.

pub mod reports;
pub mod shortcuts;
pub mod sweep;
pub mod weights;

use std::path::PathBuf;

use eframe::egui::{Context, ThemePreference, ViewportCommand};

use super::state::gallery::Origin;
use super::state::notifications::Tone;
use super::state::settings::{GroupChoice, SidePanel, ThemeChoice};
use super::state::{Layout, Sheet, Source, UiState};
use super::widgets::textures::Textures;
use super::workers::backend::{Backend, Request};
use crate::camera::CameraSettings;
use crate::pipeline::{DeviceChoice, LiveView};
use agemirror_faces::aging::Gender;
use agemirror_faces::crop::FaceChoice;

/// The slider plays from one end to the other in so many seconds.
const PLAY_LENGTH: f32 = 6.0;

/// What the user wants. Panels and shortcuts emit these and change nothing themselves.
#[derive(Clone, Debug, PartialEq)]
pub enum UiCommand {
    /// Shows a tile for each group of ages.
    Groups(GroupChoice),
    /// Shows one large picture at this age, in years.
    Age(f32),
    /// Moves the slider by so many years.
    Older(f32),
    /// Shows one large picture, or the tiles again.
    Large(bool),
    /// Moves the slider back and forth by itself, or stops it.
    Play(bool),
    /// Takes the present picture: for the tiles of a slow model, else for a sweep.
    Capture,
    /// Leaves the rest of the tiles unmade.
    CancelTiles,
    /// Goes to the sweep, or back to the tiles.
    Sweep(bool),
    /// How many pictures a sweep over years has.
    SweepPictures(usize),
    /// Plays the sweep, or stops it.
    SweepPlay(bool),
    /// Moves the sweep by so many pictures.
    SweepStep(isize),
    /// Divides the large view there, 0 at its left edge, 1 at its right.
    Divide(f32),
    /// Holds the input, or lets it go on.
    Freeze(bool),
    /// Ages the face at this point of the input, in its pixels.
    ChooseFace([f32; 2]),
    /// Ages every face, or only one.
    AllFaces(bool),
    /// Shows whole frames, or only the faces.
    WholeFrame(bool),
    /// Ages with this model, or shows which weights it wants.
    Model(String),
    /// Gives up taking weight files in.
    StopInstalling,
    /// Asks for weight files.
    ChooseWeights,
    /// Puts a text into the clipboard.
    CopyText(String),
    /// Opens an address in the web browser.
    OpenAddress(String),
    /// Ages a face as a woman or as a man.
    Gender(Gender),
    /// Runs the model on this device.
    Device(DeviceChoice),
    /// Uses a camera, in this manner, and shows it.
    Camera(CameraSettings),
    /// Asks for picture files.
    OpenFiles,
    /// Asks for a folder of pictures.
    OpenFolder,
    /// Takes what lies in the clipboard.
    Paste,
    /// Shows the bundled portrait.
    Sample,
    /// Takes files and folders that were dropped.
    Drop(Vec<PathBuf>),
    /// Shows a picture of the film, by its place.
    ShowPicture(usize),
    /// Shows the next picture of the film, or the one before it.
    StepPicture(isize),
    /// Asks for the small copy of a picture of the film, by its place.
    NeedThumbnail(usize),
    /// Forgets the pictures that were opened and shows the camera.
    ClearPictures,
    /// Shows the camera again.
    BackToLive,
    /// Writes every tile.
    Save,
    /// Asks where Save shall write.
    ChooseSaveFolder,
    /// Opens a folder in the file manager.
    ShowFolder(PathBuf),
    /// Looks for cameras again.
    ListCameras,
    /// Light, dark, or as the system says.
    Theme(ThemeChoice),
    /// Opens a sheet, or closes the one that is open.
    Sheet(Option<Sheet>),
    /// Fills the lower half of the left column.
    SidePanel(SidePanel),
    /// Watches a training run, or shows the tiles again.
    Training(bool),
    /// Asks for the folder of a training run.
    ChooseRun,
    /// Fills the screen, or no longer.
    Fullscreen(bool),
    /// Takes a message away.
    Dismiss(u64),
    /// One step back: closes the sheet, leaves the large view, returns to the camera.
    Back,
}

/// What a command may act on.
pub struct Doer<'a> {
    /// What the window knows.
    pub state: &'a mut UiState,
    /// Everything outside.
    pub backend: &'a mut dyn Backend,
    /// The pictures on the graphics card.
    pub textures: &'a mut Textures,
    /// What the pipeline shows.
    pub view: &'a LiveView,
    /// The context of the window.
    pub ctx: &'a Context,
}

impl Doer<'_> {
    /// Does what the user wants.
    pub fn execute(&mut self, command: UiCommand) {
        match command {
            UiCommand::Groups(groups) => {
                self.state.settings.groups = groups;
                self.state.own_ages = None;
                self.show_tiles();
            }
            UiCommand::Age(age) => self.show_age(age),
            UiCommand::Older(years) => self.show_age(self.state.scale().step(self.state.age, years)),
            UiCommand::Large(true) => self.show_age(self.state.age),
            UiCommand::Large(false) => self.show_tiles(),
            UiCommand::Play(true) if self.state.slow => {
                let text = "This model is too slow here to play at once; press E for a sweep.";
                self.tell(Tone::Bad, text.to_owned(), None);
            }
            UiCommand::Play(true) => {
                self.show_age(self.state.age);
                self.state.playing = Some(1.0);
            }
            UiCommand::Play(false) => self.state.playing = None,
            UiCommand::Divide(at) => self.state.divider = at.clamp(0.0, 1.0),
            UiCommand::Freeze(frozen) => self.state.frozen = frozen,
            UiCommand::ChooseFace(point) => self.state.faces = FaceChoice::At(point),
            UiCommand::AllFaces(true) => self.state.faces = FaceChoice::All,
            UiCommand::AllFaces(false) => self.state.faces = FaceChoice::Largest,
            UiCommand::WholeFrame(whole) => self.state.settings.whole_frame = whole,
            UiCommand::Model(name) => self.choose_model(name),
            UiCommand::StopInstalling => self.stop_installing(),
            UiCommand::CopyText(text) => self.ctx.copy_text(text),
            UiCommand::Gender(gender) => self.state.settings.gender = gender,
            UiCommand::Device(device) => self.state.settings.device = device,
            UiCommand::Camera(camera) => {
                self.state.settings.camera = camera;
                self.look_at(Source::Camera);
            }
            UiCommand::Theme(theme) => {
                self.state.settings.theme = theme;
                apply_theme(self.ctx, theme);
            }
            UiCommand::Sheet(sheet) => self.open_sheet(sheet),
            UiCommand::SidePanel(panel) => self.show_side_panel(panel),
            UiCommand::Training(true) => self.watch_training(),
            UiCommand::Training(false) => self.show_tiles(),
            UiCommand::Fullscreen(full) => self.ctx.send_viewport_cmd(ViewportCommand::Fullscreen(full)),
            UiCommand::Dismiss(id) => self.state.notices.dismiss(id),
            UiCommand::Back => self.back(),
            UiCommand::Capture
            | UiCommand::CancelTiles
            | UiCommand::Sweep(_)
            | UiCommand::SweepPictures(_)
            | UiCommand::SweepPlay(_)
            | UiCommand::SweepStep(_) => self.sweep(command),
            other => self.fetch(other),
        }
    }

    /// Commands that need work outside the window.
    fn fetch(&mut self, command: UiCommand) {
        match command {
            UiCommand::OpenFiles => self.backend.request(Request::ChooseFiles),
            UiCommand::OpenFolder => self.backend.request(Request::ChooseFolder),
            UiCommand::Paste => self.fetch_picture(Request::Paste),
            UiCommand::Sample => self.fetch_picture(Request::Sample),
            UiCommand::Drop(paths) => self.fetch_picture(Request::Collect(paths)),
            UiCommand::ShowPicture(place) => self.show_picture(place),
            UiCommand::StepPicture(step) => {
                if let Some(place) = self.state.film.neighbour(step) {
                    self.show_picture(place);
                }
            }
            UiCommand::NeedThumbnail(place) => self.need_thumbnail(place),
            UiCommand::ClearPictures => {
                self.state.film.clear();
                self.back_to_live();
            }
            UiCommand::BackToLive => self.back_to_live(),
            UiCommand::Save => self.save(),
            UiCommand::ChooseSaveFolder => {
                self.backend.request(Request::ChooseSaveFolder(self.state.settings.save_folder()));
            }
            UiCommand::ChooseRun => {
                self.backend.request(Request::ChooseRun(self.state.settings.training_run.clone()));
            }
            UiCommand::ChooseWeights => self.backend.request(Request::ChooseWeights),
            UiCommand::OpenAddress(address) => self.backend.request(Request::OpenAddress(address)),
            UiCommand::ShowFolder(folder) => self.backend.request(Request::ShowFolder(folder)),
            _ => self.backend.request(Request::ListCameras),
        }
    }

    pub(super) fn fetch_picture(&mut self, request: Request) {
        self.state.loading += 1;
        self.backend.request(request);
    }

    /// The present model goes on until the other one can be opened.
    fn choose_model(&mut self, name: String) {
        match self.state.listed(&name).filter(|model| !self.state.can_open(model.name)) {
            Some(model) => self.state.sheet = Some(Sheet::Weights(model.name)),
            None => {
                self.state.settings.model = Some(name);
                self.state.shot = None;
            }
        }
    }

    pub(super) fn show_tiles(&mut self) {
        self.state.layout = Layout::Tiles;
        self.state.shot = None;
        self.state.playing = None;
    }

    fn show_age(&mut self, age: f32) {
        self.state.age = self.state.scale().snap(age);
        self.state.layout = Layout::Large;
        self.state.shot = None;
        self.state.playing = None;
    }

    fn show_side_panel(&mut self, panel: SidePanel) {
        self.state.settings.side_panel = panel;
        self.state.readings = None;
    }

    fn watch_training(&mut self) {
        self.state.layout = Layout::Training;
        self.state.sheet = None;
        self.state.shot = None;
        self.state.playing = None;
    }

    fn open_sheet(&mut self, sheet: Option<Sheet>) {
        if sheet == Some(Sheet::Settings) {
            self.backend.request(Request::ListCameras);
        }
        self.state.sheet = sheet;
    }

    fn back(&mut self) {
        if self.state.sheet.is_some() {
            self.state.sheet = None;
        } else if self.state.layout != Layout::Tiles {
            self.show_tiles();
        } else if self.state.shows_picture() || self.state.film.current.is_some() {
            self.back_to_live();
        }
    }

    /// Looks at something else; a point or a held picture of the source before means nothing there.
    pub fn look_at(&mut self, source: Source) {
        if matches!(source, Source::Camera) {
            self.state.film.current = None;
        }
        self.state.source = source;
        self.state.frozen = false;
        self.state.shot = None;
        if matches!(self.state.faces, FaceChoice::At(_)) {
            self.state.faces = FaceChoice::Largest;
        }
        self.state.readings = None;
        self.textures.forget_people();
    }

    fn back_to_live(&mut self) {
        if self.state.shows_picture() {
            self.look_at(Source::Camera);
        }
        self.state.film.current = None;
    }

    /// Shows a picture of the film, reading it first where it lies in a file.
    pub fn show_picture(&mut self, place: usize) {
        let Some(entry) = self.state.film.entries.get(place).cloned() else { return };
        self.state.film.current = Some(place);
        match entry.origin {
            Origin::Memory(picture) => self.look_at(Source::Picture { name: entry.name, picture }),
            Origin::File(path) => self.fetch_picture(Request::Read { id: entry.id, path }),
        }
    }

    fn need_thumbnail(&mut self, place: usize) {
        if let Some(entry) = self.state.film.entries.get_mut(place)
            && let Origin::File(path) = &entry.origin
            && !entry.asked
        {
            entry.asked = true;
            self.backend.request(Request::Thumbnail { id: entry.id, path: path.clone() });
        }
    }

    fn save(&mut self) {
        match self.state.layout {
            Layout::Sweep => return self.save_sweep(),
            Layout::Training => {
                let text = "Nothing is saved while a training run is watched; press T for the tiles.";
                return self.tell(Tone::Bad, text.to_owned(), None);
            }
            Layout::Tiles | Layout::Large => {}
        }
        let made = self.view.tiles.as_ref().filter(|tiles| tiles.shows_something());
        let Some(tiles) = made else {
            let now = self.ctx.input(|input| input.time);
            let text = "There is nothing to save yet; save again when the tiles show a face.";
            self.state.notices.add(now, Tone::Bad, text, None);
            return;
        };
        let columns = self.state.columns();
        let label = |age: &f32| {
            let column = columns.iter().find(|column| (column.age - age).abs() < 0.05);
            (*age, column.map_or_else(|| format!("{age:.0}"), |column| column.label.clone()))
        };
        self.state.saving = true;
        self.backend.request(Request::Save {
            folder: self.state.settings.save_folder(),
            labels: tiles.ages.iter().map(label).collect(),
            tiles: tiles.clone(),
            source: self.view.status.source.clone(),
        });
    }
}

/// Tells the context which theme to show.
pub fn apply_theme(ctx: &Context, theme: ThemeChoice) {
    ctx.set_theme(match theme {
        ThemeChoice::System => ThemePreference::System,
        ThemeChoice::Light => ThemePreference::Light,
        ThemeChoice::Dark => ThemePreference::Dark,
    });
}

/// Moves the slider while it plays, turning round at both ends.
pub fn play(state: &mut UiState, seconds: f32) {
    let Some(direction) = state.playing else { return };
    let scale = state.scale();
    let position = scale.position(state.age) + direction * seconds / PLAY_LENGTH;
    state.age = scale.age_at(position);
    if position >= 1.0 {
        state.playing = Some(-1.0);
    } else if position <= 0.0 {
        state.playing = Some(1.0);
    }
}
