//! Saving to folders that are missing, taken, read-only, full, and oddly named.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant, UNIX_EPOCH};

use image::Rgb;

use super::*;

fn about() -> About {
    About {
        program: About::PROGRAM.to_owned(),
        model: "mirror".to_owned(),
        weights_hash: "ab12".to_owned(),
        ages: vec![25.0, 75.0],
        current_age: Some(31.5),
        source: "Webcam".to_owned(),
        saved_at: UNIX_EPOCH + Duration::from_secs(1_795_370_670),
    }
}

fn noise(width: u32, height: u32, seed: u32) -> RgbImage {
    let mut state = seed;
    RgbImage::from_fn(width, height, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [_, red, green, blue] = state.to_le_bytes();
        Rgb([red, green, blue])
    })
}

fn save_to(folder: &Path, side: u32) -> Result<SavedFiles, SaveError> {
    let pictures =
        [noise(side, side, 1), noise(side, side, 2), noise(2 * side, side, 3), noise(side, side, 4)];
    let [young, old, view, input] = &pictures;
    let tile = |label: &str, picture| SavedTile {
        label: label.to_owned(),
        age: label.to_owned(),
        picture: Cow::Borrowed(picture),
    };
    let tiles = [tile("20–29", young), tile("70+/x", old)];
    save_view(folder, &SavedView { view, input, tiles: &tiles, about: &about() })
}

fn count(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

#[test]
fn one_call_saves_everything() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("made/on the way");
    let saved = save_to(&folder, 16).unwrap();
    assert_eq!(saved.folder, folder.join("agemirror_2026-11-22_18-04-30Z"));
    assert_eq!(saved.tiles[0], saved.folder.join("tile_01_age_20-29.png"));
    assert_eq!(saved.tiles[1], saved.folder.join("tile_02_age_70+_x.png"));
    let read = |path: &Path| image::open(path).unwrap().to_rgb8();
    assert_eq!(read(&saved.tiles[0]), noise(16, 16, 1));
    assert_eq!(read(&saved.view), noise(32, 16, 3));
    assert_eq!(read(&saved.input), noise(16, 16, 4));
    assert_eq!((count(&saved.folder), count(&folder)), (5, 1));
}

#[test]
fn the_json_describes_the_provenance_of_the_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let saved = save_to(folder.path(), 8).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&fs::read(saved.about).unwrap()).unwrap();
    assert_eq!(json["saved_at"], "2026-11-22T18:04:30Z");
    assert_eq!(json["model"], "mirror");
    assert_eq!(json["weights_hash"], "ab12");
    assert_eq!(json["ages"], serde_json::json!([25.0, 75.0]));
    assert_eq!(json["tiles"][1], serde_json::json!({ "label": "70+/x", "file": "tile_02_age_70+_x.png" }));
}

#[test]
fn a_second_save_in_the_same_second_overwrites_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let first = save_to(folder.path(), 8).unwrap();
    let before = fs::read(&first.view).unwrap();
    let second = save_to(folder.path(), 9).unwrap();
    assert_eq!(second.folder, folder.path().join("agemirror_2026-11-22_18-04-30Z-2"));
    assert_eq!(fs::read(&first.view).unwrap(), before);
    assert_eq!(count(folder.path()), 2);
}

#[test]
fn a_picture_that_cannot_be_encoded_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(save_to(folder.path(), 0), Err(SaveError::Encoding { .. })));
    assert_eq!(count(folder.path()), 0);
}

// Other systems (macOS among them) reject such names themselves.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_with_a_name_that_is_not_unicode_is_used_unchanged() {
    use std::os::unix::ffi::OsStrExt;
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9 \xff"));
    let saved = save_to(&folder, 8).unwrap();
    assert!(saved.about.is_file() && saved.about.starts_with(&folder));
    let taken = folder.join("a.png");
    fs::write(&taken, b"").unwrap();
    let error = crate::compose::write_picture(&taken, &noise(4, 4, 1)).unwrap_err();
    assert!(error.to_string().contains("a.png already exists"));
}

/// A small temporary file system, unmounted on drop.
struct Mount(tempfile::TempDir);

impl Mount {
    /// `None` if mounting is not permitted.
    fn new(options: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", options, "agemirror-test"]).arg(folder.path());
        let is_mounted = mount.output().is_ok_and(|output| output.status.success());
        if !is_mounted {
            println!("skipped: a file system to test with cannot be mounted here");
        }
        is_mounted.then(|| Self(folder))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).output();
    }
}

#[test]
fn a_full_disk_is_reported_and_nothing_is_left() {
    // Large enough for the batches in which the system counts free pages.
    let Some(mount) = Mount::new("size=2m") else { return };
    let folder = mount.0.path().join("out");
    assert!(matches!(save_to(&folder, 900), Err(SaveError::DiskFull(path)) if path.starts_with(&folder)));
    assert_eq!(count(&folder), 0);
    save_once_freed(&folder, 16).expect("what fits is saved afterwards");
}

/// Saves, and retries for up to 10 s while the disk is full: a process that another test starts holds the open files of
/// this one until it runs its own program, so deleted files can use their space a little longer.
fn save_once_freed(folder: &Path, side: u32) -> Result<SavedFiles, SaveError> {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        match save_to(folder, side) {
            Err(SaveError::DiskFull(_)) if Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(10));
            }
            result => return result,
        }
    }
}

#[test]
fn a_read_only_disk_is_reported() {
    let Some(mount) = Mount::new("size=64k,ro") else { return };
    let error = save_to(&mount.0.path().join("out"), 8).unwrap_err();
    assert!(matches!(error, SaveError::NotWritable(_)), "{error}");
}

#[cfg(unix)]
#[test]
fn a_folder_without_write_permission_is_reported() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(folder.path().join("probe"), b"").is_ok() {
        println!("skipped: this user may write everywhere");
        return;
    }
    let error = save_to(folder.path(), 8).unwrap_err();
    assert!(matches!(error, SaveError::NotWritable(ref path) if path == folder.path()), "{error}");
    assert!(error.to_string().contains("choose another folder"));
}
