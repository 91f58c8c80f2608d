//! The gallery: the pictures that were opened, dropped or pasted. One at a time is shown.

use std::path::PathBuf;
use std::sync::Arc;

use image::RgbImage;

/// Maximum number of pictures in the gallery.
pub const MAX_ITEMS: usize = 2000;

/// Where a picture comes from.
#[derive(Clone)]
pub enum Origin {
    /// A file, read when it is shown.
    File(PathBuf),
    /// Memory: it was pasted, or is the sample.
    Memory(Arc<RgbImage>),
}

/// One picture of the gallery.
#[derive(Clone)]
pub struct GalleryItem {
    /// Its id, which is never used again.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub origin: Origin,
    /// Its thumbnail, once loaded.
    pub thumbnail: Option<Arc<RgbImage>>,
    /// Whether the thumbnail was requested.
    pub thumbnail_requested: bool,
    /// Whether the picture cannot be read.
    pub failed: bool,
}

/// The pictures that were opened.
#[derive(Default)]
pub struct Gallery {
    /// The pictures, in the order in which they were opened.
    pub items: Vec<GalleryItem>,
    /// The index of the picture that is shown or being loaded.
    pub current: Option<usize>,
    next_id: u64,
}

impl Gallery {
    /// Adds a picture and returns its index; `None` if the gallery is full.
    pub fn add(&mut self, name: String, origin: Origin, thumbnail: Option<Arc<RgbImage>>) -> Option<usize> {
        if self.items.len() >= MAX_ITEMS {
            return None;
        }
        let thumbnail_requested = thumbnail.is_some();
        self.items.push(GalleryItem {
            id: self.next_id,
            name,
            origin,
            thumbnail,
            thumbnail_requested,
            failed: false,
        });
        self.next_id += 1;
        Some(self.items.len() - 1)
    }

    /// The picture with this id.
    pub fn by_id(&mut self, id: u64) -> Option<&mut GalleryItem> {
        self.items.iter_mut().find(|item| item.id == id)
    }

    /// The picture that is shown or being loaded.
    pub fn shown(&self) -> Option<&GalleryItem> {
        self.items.get(self.current?)
    }

    /// The index `step` pictures further, limited to the ends; `None` if that is the current picture or there
    /// is none.
    pub fn neighbour(&self, step: isize) -> Option<usize> {
        let last = self.items.len().checked_sub(1)?;
        let Some(current) = self.current else { return Some(0) };
        let next = current.saturating_add_signed(step).min(last);
        (next != current).then_some(next)
    }

    /// Removes all pictures.
    pub fn clear(&mut self) {
        self.items.clear();
        self.current = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stepping_stops_at_the_ends() {
        let mut gallery = Gallery::default();
        assert_eq!(gallery.neighbour(1), None);
        for name in ["a", "b", "c"] {
            gallery.add(name.into(), Origin::File(name.into()), None).unwrap();
        }
        assert_eq!(gallery.neighbour(1), Some(0), "from the camera to the first picture");
        gallery.current = Some(0);
        assert_eq!(gallery.neighbour(-1), None);
        assert_eq!(gallery.neighbour(1), Some(1));
        gallery.current = Some(2);
        assert_eq!(gallery.neighbour(1), None);
    }

    #[test]
    fn identities_are_never_used_twice() {
        let mut gallery = Gallery::default();
        gallery.add("a".into(), Origin::File("a".into()), None).unwrap();
        let first = gallery.items[0].id;
        gallery.clear();
        gallery.add("b".into(), Origin::File("b".into()), None).unwrap();
        assert_ne!(gallery.items[0].id, first);
    }
}
