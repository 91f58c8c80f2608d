//! Which cameras there are, and finding the wanted one again.

pub mod backend;
pub mod interrupt;
pub mod message;
pub mod negotiation;
#[cfg(not(target_os = "linux"))]
mod nokhwa_device;
pub mod pixel_format;
pub mod rate;
pub mod trouble;
#[cfg(target_os = "linux")]
mod v4l_device;

use super::CameraSettings;

/// A camera that is plugged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraDevice {
    /// The name the driver gives it.
    pub name: String,
    /// Its device path, such as `/dev/video0`, or what the platform has in its place.
    pub path: String,
    /// The number by which it is opened now; it changes when cameras are plugged in and out.
    pub index: u32,
}

/// Lists the cameras that are plugged in, in the order of their numbers.
///
/// No device is opened for it, so it never waits on a driver, and names a camera even when another
/// program holds it or the user may not open it.
#[cfg(target_os = "linux")]
#[must_use]
pub fn list_cameras() -> Vec<CameraDevice> {
    let Ok(entries) = std::fs::read_dir("/dev") else { return Vec::new() };
    let mut cameras: Vec<CameraDevice> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| node_number(entry.file_name().to_str()?))
        .filter(|&index| gives_pictures(index))
        .map(camera_of_node)
        .collect();
    cameras.sort_by_key(|camera| camera.index);
    cameras
}

/// The number of a node called `videoN`. Anything else of that name (`video-codec`, `video007`) is no
/// V4L2 node.
#[cfg(target_os = "linux")]
fn node_number(file_name: &str) -> Option<u32> {
    let digits = file_name.strip_prefix("video")?;
    let number: u32 = digits.parse().ok()?;
    (number.to_string() == digits).then_some(number)
}

/// A webcam has several nodes; the first gives the pictures, the others only metadata.
#[cfg(target_os = "linux")]
fn gives_pictures(index: u32) -> bool {
    match std::fs::read_to_string(format!("/sys/class/video4linux/video{index}/index")) {
        Ok(text) => text.trim() == "0",
        // Without sysfs (some containers) nothing speaks against the node.
        Err(_) => true,
    }
}

#[cfg(target_os = "linux")]
fn camera_of_node(index: u32) -> CameraDevice {
    let path = format!("/dev/video{index}");
    let name = std::fs::read(format!("/sys/class/video4linux/video{index}/name"))
        .map(|bytes| without_repetition(String::from_utf8_lossy(&bytes).trim()).to_owned())
        .ok()
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| path.clone());
    CameraDevice { name, path, index }
}

/// The driver of USB cameras joins the name of the product and that of the function, which mostly are
/// the same, and cuts the whole: “Integrated Camera: Integrated C”.
#[cfg(target_os = "linux")]
fn without_repetition(name: &str) -> &str {
    match name.split_once(": ") {
        Some((product, function)) if product.starts_with(function) => product,
        _ => name,
    }
}

/// Lists the cameras that are plugged in, in the order of their numbers.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn list_cameras() -> Vec<CameraDevice> {
    // The listing of the library has been seen to panic on an odd device.
    let listed = std::panic::catch_unwind(|| nokhwa::query(nokhwa::utils::ApiBackend::Auto));
    let mut cameras: Vec<CameraDevice> = match listed {
        Ok(Ok(infos)) => infos.iter().filter_map(camera_of_info).collect(),
        _ => Vec::new(),
    };
    cameras.sort_by_key(|camera| camera.index);
    cameras
}

#[cfg(not(target_os = "linux"))]
fn camera_of_info(info: &nokhwa::utils::CameraInfo) -> Option<CameraDevice> {
    let index = info.index().as_index().ok()?;
    // What the platform has in place of a path: a stable identity string.
    Some(CameraDevice { name: info.human_name(), path: info.misc(), index })
}

/// The camera that `settings` means among `cameras`: the one of that name at that path, else one of
/// that name (its path changes with the port); else, where the name is a device path or a number, the one
/// there; when no name is wanted, the one at the path or the first.
#[must_use]
pub fn find_camera<'a>(cameras: &'a [CameraDevice], settings: &CameraSettings) -> Option<&'a CameraDevice> {
    let at_path = |camera: &&CameraDevice| settings.path.as_ref() == Some(&camera.path);
    match &settings.name {
        Some(name) => {
            let named = || cameras.iter().filter(|camera| camera.name == *name);
            named().find(at_path).or_else(|| named().next()).or_else(|| {
                let index = name.parse().ok();
                let path = target_of_link(name);
                cameras.iter().find(|camera| camera.path == path || Some(camera.index) == index)
            })
        }
        None => cameras.iter().find(at_path).or_else(|| cameras.first()),
    }
}

/// Where a path leads: systems keep links such as `/dev/v4l/by-id/…` beside the devices.
fn target_of_link(path: &str) -> String {
    let target = path.starts_with('/').then(|| std::fs::canonicalize(path).ok()).flatten();
    target.and_then(|target| target.into_os_string().into_string().ok()).unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn camera(name: &str, index: u32) -> CameraDevice {
        CameraDevice { name: name.to_owned(), path: format!("/dev/video{index}"), index }
    }

    fn wanted(name: Option<&str>, path: Option<&str>) -> CameraSettings {
        CameraSettings {
            name: name.map(str::to_owned),
            path: path.map(str::to_owned),
            ..CameraSettings::default()
        }
    }

    #[test]
    fn the_path_tells_two_cameras_of_one_name_apart() {
        let cameras = [camera("Twin", 0), camera("Twin", 2)];
        let found = find_camera(&cameras, &wanted(Some("Twin"), Some("/dev/video2")));
        assert_eq!(found, Some(&cameras[1]));
    }

    #[test]
    fn a_camera_that_moved_to_another_path_is_found_by_its_name() {
        let cameras = [camera("Built-in", 0), camera("Desk", 4)];
        let found = find_camera(&cameras, &wanted(Some("Desk"), Some("/dev/video2")));
        assert_eq!(found, Some(&cameras[1]));
    }

    #[test]
    fn another_camera_never_takes_the_place_of_the_named_one() {
        let cameras = [camera("Built-in", 0)];
        assert_eq!(find_camera(&cameras, &wanted(Some("Desk"), Some("/dev/video0"))), None);
    }

    #[test]
    fn without_a_name_the_first_camera_is_taken() {
        let cameras = [camera("Built-in", 0), camera("Desk", 2)];
        assert_eq!(find_camera(&cameras, &wanted(None, None)), Some(&cameras[0]));
        assert_eq!(find_camera(&[], &wanted(None, None)), None);
    }

    #[test]
    fn a_path_or_a_number_names_a_camera_too() {
        let cameras = [camera("Twin", 0), camera("Twin", 2), camera("4", 6), camera("Other", 4)];
        let found = |name: &str| find_camera(&cameras, &wanted(Some(name), None)).map(|found| found.index);
        assert_eq!(found("/dev/video2"), Some(2));
        assert_eq!(found("2"), Some(2));
        assert_eq!(found("Twin"), Some(0));
        assert_eq!(found("4"), Some(6), "a name counts first");
        assert_eq!((found("1"), found("/dev/video1"), found("/dev/video")), (None, None, None));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_device_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let (device, link) = (folder.path().join("video3"), folder.path().join("usb-camera"));
        std::fs::write(&device, b"").unwrap();
        std::os::unix::fs::symlink("video3", &link).unwrap();
        let path = device.canonicalize().unwrap().to_str().unwrap().to_owned();
        let cameras = [camera("First", 0), CameraDevice { name: "Third".to_owned(), path, index: 3 }];
        assert_eq!(find_camera(&cameras, &wanted(link.to_str(), None)), Some(&cameras[1]));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_name_that_says_the_same_twice_is_shortened() {
        assert_eq!(without_repetition("Desk Cam: Desk Cam"), "Desk Cam");
        assert_eq!(without_repetition("Integrated Camera: Integrated C"), "Integrated Camera");
        assert_eq!(without_repetition("Integrated Camera: Integrated I"), "Integrated Camera: Integrated I");
        assert_eq!(without_repetition("HD Pro Webcam C920"), "HD Pro Webcam C920");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn only_numbered_nodes_are_video_nodes() {
        assert_eq!(node_number("video0"), Some(0));
        assert_eq!(node_number("video12"), Some(12));
        for odd in ["video", "video-codec", "video+1", "video01", "video4294967296", "videos0", "media0"] {
            assert_eq!(node_number(odd), None, "{odd}");
        }
    }
}
