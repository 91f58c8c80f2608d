//! Commands about the gallery, and the reports of the worker that reads its pictures.

use std::path::PathBuf;
use std::sync::Arc;

use image::RgbImage;

use super::CommandHandler;
use crate::app::state::Source;
use crate::app::state::gallery::{MAX_ITEMS, Origin};
use crate::app::state::notifications::Severity;
use crate::app::workers::backend::Request;
use crate::text::{Message, message};

impl CommandHandler<'_> {
    /// Sends a request that ends in a picture, and counts it as loading.
    pub(super) fn load(&mut self, request: Request) {
        self.state.loading += 1;
        self.backend.request(request);
    }

    pub(super) fn finish_loading(&mut self) {
        self.state.loading = self.state.loading.saturating_sub(1);
    }

    /// Shows the gallery's picture with this index; a file is read first.
    pub(super) fn show_picture(&mut self, index: usize) {
        let Some(item) = self.state.gallery.items.get(index).cloned() else { return };
        self.state.gallery.current = Some(index);
        match item.origin {
            Origin::Memory(picture) => self.show_source(Source::Picture { name: item.name, picture }),
            Origin::File(path) => self.load(Request::LoadPicture { id: item.id, path }),
        }
    }

    pub(super) fn step_picture(&mut self, step: isize) {
        if let Some(index) = self.state.gallery.neighbour(step) {
            self.show_picture(index);
        }
    }

    pub(super) fn load_thumbnail(&mut self, index: usize) {
        if let Some(item) = self.state.gallery.items.get_mut(index)
            && let Origin::File(path) = &item.origin
            && !item.thumbnail_requested
        {
            item.thumbnail_requested = true;
            self.backend.request(Request::LoadThumbnail { id: item.id, path: path.clone() });
        }
    }

    pub(super) fn clear_gallery(&mut self) {
        self.state.gallery.clear();
        self.back_to_live();
    }

    /// Adds picture files to the gallery and shows the first one.
    pub(super) fn add_pictures(&mut self, paths: Vec<PathBuf>, problems: Vec<Message>) {
        let mut first = None;
        let mut left_out = 0_usize;
        for path in paths {
            let name = agemirror_pictures::short_name(&path);
            match self.state.gallery.add(name, Origin::File(path), None) {
                Some(index) => first = first.or(Some(index)),
                None => left_out += 1,
            }
        }
        if left_out > 0 {
            let text = message!("gallery-full", limit = MAX_ITEMS, count = left_out);
            self.notify(Severity::Error, text, None);
        }
        problems.into_iter().for_each(|problem| self.notify(Severity::Error, problem, None));
        if let Some(index) = first {
            self.show_picture(index);
        }
    }

    /// Adds a picture that has no file to the gallery and shows it.
    pub(super) fn add_picture(&mut self, name: String, picture: Arc<RgbImage>, thumbnail: Arc<RgbImage>) {
        if let Some(index) = self.state.gallery.add(name, Origin::Memory(picture), Some(thumbnail)) {
            self.show_picture(index);
        }
    }

    /// Shows a loaded picture, unless the user has moved on to another one.
    pub(super) fn picture_loaded(&mut self, id: u64, picture: Arc<RgbImage>, thumbnail: Arc<RgbImage>) {
        let Some(item) = self.state.gallery.by_id(id) else { return };
        item.thumbnail = Some(thumbnail);
        item.thumbnail_requested = true;
        let name = item.name.clone();
        if self.state.gallery.shown().is_some_and(|shown| shown.id == id) {
            self.show_source(Source::Picture { name, picture });
        }
    }

    /// Marks a picture as unreadable. Without a `message` it was only read for its thumbnail.
    pub(super) fn picture_unreadable(&mut self, id: u64, message: Option<Message>) {
        if let Some(item) = self.state.gallery.by_id(id) {
            item.failed = true;
            item.thumbnail_requested = true;
        }
        let Some(message) = message else { return };
        self.finish_loading();
        if self.state.gallery.shown().is_some_and(|shown| shown.id == id) && !self.state.shows_picture() {
            self.state.gallery.current = None;
        }
        self.notify(Severity::Error, message, None);
    }
}
