use std::ffi::{CStr, CString};
use std::io::Read;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::thread;

use super::*;

const TEXT: &[u8] = b"{\"faces\": 3}\n";

fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(content)?;
    file.commit()
}

fn count(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

#[test]
fn a_pipe_stays_a_pipe_and_its_reader_gets_the_content() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let name = CString::new(pipe.as_os_str().as_bytes()).unwrap();
    // SAFETY: the name is a valid C string.
    assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
    let reader = thread::spawn({
        let pipe = pipe.clone();
        move || fs::read(pipe).unwrap()
    });
    assert!(!AtomicFile::replaces(&pipe) && AtomicFile::replaces(&folder.path().join("free")));
    write(&pipe, TEXT).unwrap();
    assert_eq!(reader.join().unwrap(), TEXT);
    assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    assert_eq!(count(folder.path()), 1);
}

#[test]
fn a_socket_stays_a_socket_and_its_listener_gets_the_content() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let listener = UnixListener::bind(&socket).unwrap();
    let reader = thread::spawn(move || {
        let mut received = Vec::new();
        listener.accept().unwrap().0.read_to_end(&mut received).unwrap();
        received
    });
    write(&socket, TEXT).unwrap();
    assert_eq!(reader.join().unwrap(), TEXT);
    assert!(fs::symlink_metadata(&socket).unwrap().file_type().is_socket());
}

/// A pseudo terminal: its controlling end, and the path of the terminal.
fn pseudo_terminal() -> (File, PathBuf) {
    let mut name: [libc::c_char; 128] = [0; 128];
    // SAFETY: the descriptor is checked, and `ptsname_r` writes at most the given length.
    unsafe {
        let control = libc::posix_openpt(libc::O_RDWR | libc::O_NOCTTY);
        assert!(control >= 0, "{}", io::Error::last_os_error());
        let control = File::from(OwnedFd::from_raw_fd(control));
        assert_eq!(libc::grantpt(control.as_raw_fd()), 0);
        assert_eq!(libc::unlockpt(control.as_raw_fd()), 0);
        assert_eq!(libc::ptsname_r(control.as_raw_fd(), name.as_mut_ptr(), name.len()), 0);
        (control, PathBuf::from(CStr::from_ptr(name.as_ptr()).to_str().unwrap()))
    }
}

#[test]
fn a_device_is_written_to_even_through_a_link() {
    let (mut control, device) = pseudo_terminal();
    let before = fs::symlink_metadata(&device).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("terminal");
    symlink(&device, &link).unwrap();
    // Keep the terminal open, or the content is lost when the last user closes it.
    let _open = File::options().read(true).write(true).open(&device).unwrap();
    write(&device, b"one\n").unwrap();
    write(&link, b"two\n").unwrap();
    let mut received = [0; 10];
    control.read_exact(&mut received).unwrap();
    assert_eq!(&received, b"one\r\ntwo\r\n");
    let after = fs::symlink_metadata(&device).unwrap();
    assert!(after.file_type().is_char_device() && after.rdev() == before.rdev());
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
}

#[test]
fn links_stay_and_their_targets_are_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("inner")).unwrap();
    fs::write(at("inner/report.json"), b"old").unwrap();
    symlink("inner/report.json", at("link")).unwrap();
    symlink(at("link"), at("chain")).unwrap();
    let before = fs::metadata(at("inner/report.json")).unwrap().ino();
    write(&at("chain"), TEXT).unwrap();
    assert_eq!(fs::read(at("inner/report.json")).unwrap(), TEXT);
    assert_ne!(fs::metadata(at("inner/report.json")).unwrap().ino(), before, "replaced in one step");
    for link in ["link", "chain"] {
        assert!(fs::symlink_metadata(at(link)).unwrap().is_symlink(), "{link}");
    }
    assert_eq!(count(&at("inner")), 1);
}

#[test]
fn a_failed_write_through_a_link_leaves_the_target() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("file"), b"old").unwrap();
    symlink("file", at("link")).unwrap();
    let mut unfinished = AtomicFile::create(&at("link")).unwrap();
    unfinished.write_all(b"half").unwrap();
    drop(unfinished);
    assert_eq!(fs::read(at("link")).unwrap(), b"old");
    assert_eq!(count(folder.path()), 2);
}

#[test]
fn a_link_to_a_free_name_creates_the_file_there() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    symlink("new", at("link")).unwrap();
    write(&at("link"), TEXT).unwrap();
    assert!(fs::symlink_metadata(at("new")).unwrap().is_file());
    assert!(fs::symlink_metadata(at("link")).unwrap().is_symlink());
    symlink("circle", at("circle")).unwrap();
    assert!(write(&at("circle"), TEXT).is_err());
    assert!(fs::symlink_metadata(at("circle")).unwrap().is_symlink());
}

#[cfg(target_os = "linux")]
#[test]
fn an_open_descriptor_is_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("output");
    let mut output = File::create(&path).unwrap();
    output.write_all(b"before\n").unwrap();
    let before = output.metadata().unwrap().ino();
    let descriptor = PathBuf::from(format!("/dev/fd/{}", output.as_raw_fd()));
    assert!(AtomicFile::replaces(&path) && !AtomicFile::replaces(&descriptor));
    write(&descriptor, b"report\n").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"before\nreport\n");
    assert_eq!(fs::metadata(&path).unwrap().ino(), before);
}

#[test]
fn a_regular_file_keeps_its_mode_and_owner() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, b"old").unwrap();
    // Only privileged users may change the owner; for others the owner stays the same.
    let _ = std::os::unix::fs::chown(&path, Some(4321), Some(4322));
    for mode in [0o600, 0o640, 0o755, 0o444] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let before = fs::metadata(&path).unwrap();
        write(&path, TEXT).unwrap();
        let after = fs::metadata(&path).unwrap();
        assert_eq!(after.mode(), before.mode());
        assert_eq!((after.uid(), after.gid()), (before.uid(), before.gid()));
        assert_eq!(fs::read(&path).unwrap(), TEXT);
    }
}

#[test]
fn a_folder_is_refused_and_left_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    assert_eq!(write(&inner, TEXT).unwrap_err().kind(), io::ErrorKind::IsADirectory);
    assert_eq!(count(folder.path()), 1);
}
