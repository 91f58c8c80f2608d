//! Lists the cameras and finds the selected one.

pub(super) mod backend;
#[cfg(any(not(target_os = "linux"), test))]
mod freshness;
mod negotiation;
#[cfg(not(target_os = "linux"))]
mod nokhwa_device;
pub(super) mod pixel_format;
#[cfg(target_os = "linux")]
mod v4l_device;

use super::CameraSettings;

/// A camera that is plugged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraDevice {
    /// Name, as given by the driver.
    pub name: String,
    /// Device path, such as `/dev/video0`, or the platform's equivalent.
    pub path: String,
    /// Current number for opening it; changes when cameras are plugged in and out.
    pub index: u32,
}

/// Lists the cameras that are plugged in, in the order of their numbers.
///
/// Opens no device, so it never waits for a driver, and it lists cameras that another program uses or
/// that the user may not open.
#[cfg(target_os = "linux")]
#[must_use]
pub fn list_cameras() -> Vec<CameraDevice> {
    let Ok(entries) = std::fs::read_dir("/dev") else { return Vec::new() };
    let mut cameras: Vec<CameraDevice> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| node_number(entry.file_name().to_str()?))
        .filter(|&index| is_capture_node(index))
        .map(camera_of_node)
        .collect();
    cameras.sort_by_key(|camera| camera.index);
    cameras
}

/// The number of a node called `videoN`. Similar names (`video-codec`, `video007`) are not V4L2 nodes.
#[cfg(target_os = "linux")]
fn node_number(file_name: &str) -> Option<u32> {
    let digits = file_name.strip_prefix("video")?;
    let number: u32 = digits.parse().ok()?;
    (number.to_string() == digits).then_some(number)
}

/// Whether a node delivers pictures. A webcam has several nodes; only the first does, the others deliver
/// metadata.
#[cfg(target_os = "linux")]
fn is_capture_node(index: u32) -> bool {
    match std::fs::read_to_string(format!("/sys/class/video4linux/video{index}/index")) {
        Ok(text) => text.trim() == "0",
        // Without sysfs (some containers), assume it does.
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

/// Removes a repeated name. The USB camera driver joins the names of product and function, which are
/// mostly the same, and truncates the result: “Integrated Camera: Integrated C”.
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
    // The library has been seen to panic here on an unusual device.
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
    // The platform's equivalent of a path: a stable identifier.
    Some(CameraDevice { name: info.human_name(), path: info.misc(), index })
}

/// The camera among `cameras` that `settings` selects: the one with that name and path, else one with that
/// name (its path changes with the port), else, if the name is a device path or a number, the camera there.
/// Without a name, the camera at the path, else the first.
#[must_use]
pub fn find_camera<'a>(cameras: &'a [CameraDevice], settings: &CameraSettings) -> Option<&'a CameraDevice> {
    let at_path = |camera: &&CameraDevice| settings.path.as_ref() == Some(&camera.path);
    match &settings.name {
        Some(name) => {
            let named = || cameras.iter().filter(|camera| camera.name == *name);
            named().find(at_path).or_else(|| named().next()).or_else(|| {
                let index = name.parse().ok();
                let path = resolve_link(name);
                cameras.iter().find(|camera| camera.path == path || Some(camera.index) == index)
            })
        }
        None => cameras.iter().find(at_path).or_else(|| cameras.first()),
    }
}

/// Resolves links such as `/dev/v4l/by-id/…` to the device path.
fn resolve_link(path: &str) -> String {
    let target = path.starts_with('/').then(|| std::fs::canonicalize(path).ok()).flatten();
    target.and_then(|target| target.into_os_string().into_string().ok()).unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;

    fn camera(name: &str, index: u32) -> CameraDevice {
        CameraDevice { name: name.to_owned(), path: format!("/dev/video{index}"), index }
    }

    fn settings(name: Option<&str>, path: Option<&str>) -> CameraSettings {
        CameraSettings {
            name: name.map(str::to_owned),
            path: path.map(str::to_owned),
            ..CameraSettings::default()
        }
    }

    #[test]
    fn the_path_distinguishes_cameras_with_the_same_name() {
        let cameras = [camera("Twin", 0), camera("Twin", 2)];
        let found = find_camera(&cameras, &settings(Some("Twin"), Some("/dev/video2")));
        assert_eq!(found, Some(&cameras[1]));
    }

    #[test]
    fn a_camera_that_moved_to_another_path_is_found_by_its_name() {
        let cameras = [camera("Built-in", 0), camera("Desk", 4)];
        let found = find_camera(&cameras, &settings(Some("Desk"), Some("/dev/video2")));
        assert_eq!(found, Some(&cameras[1]));
    }

    #[test]
    fn another_camera_never_replaces_the_named_one() {
        let cameras = [camera("Built-in", 0)];
        assert_eq!(find_camera(&cameras, &settings(Some("Desk"), Some("/dev/video0"))), None);
    }

    #[test]
    fn without_a_name_the_first_camera_is_selected() {
        let cameras = [camera("Built-in", 0), camera("Desk", 2)];
        assert_eq!(find_camera(&cameras, &settings(None, None)), Some(&cameras[0]));
        assert_eq!(find_camera(&[], &settings(None, None)), None);
    }

    #[test]
    fn a_path_or_a_number_selects_a_camera_too() {
        let cameras = [camera("Twin", 0), camera("Twin", 2), camera("4", 6), camera("Other", 4)];
        let found = |name: &str| find_camera(&cameras, &settings(Some(name), None)).map(|found| found.index);
        assert_eq!(found("/dev/video2"), Some(2));
        assert_eq!(found("2"), Some(2));
        assert_eq!(found("Twin"), Some(0));
        assert_eq!(found("4"), Some(6), "names take precedence");
        assert_eq!((found("1"), found("/dev/video1"), found("/dev/video")), (None, None, None));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_device_selects_it() {
        let folder = tempfile::tempdir().unwrap();
        let (device, link) = (folder.path().join("video3"), folder.path().join("usb-camera"));
        std::fs::write(&device, b"").unwrap();
        std::os::unix::fs::symlink("video3", &link).unwrap();
        let path = device.canonicalize().unwrap().to_str().unwrap().to_owned();
        let cameras = [camera("First", 0), CameraDevice { name: "Third".to_owned(), path, index: 3 }];
        assert_eq!(find_camera(&cameras, &settings(link.to_str(), None)), Some(&cameras[1]));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_repeated_name_is_shortened() {
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
