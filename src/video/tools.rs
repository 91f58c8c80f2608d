//! Finds FFmpeg's programs on the `PATH`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use super::VideoError;
use super::process::detach;

/// Demuxers that only read one local file: no playlists or scripts, which may name other files and addresses.
const FORMATS: &str = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,mxf,gxf,nut,\
                       ivf,h264,hevc,av1,obu,m4v,mjpeg,yuv4mpegpipe,dv,rm,wtv,mp3,aac,flac,wav,ac3,gif";

/// FFmpeg's programs.
#[derive(Clone, Debug)]
pub struct Ffmpeg {
    ffmpeg: PathBuf,
    ffprobe: PathBuf,
    /// The option that keeps every frame with its own timestamp.
    passthrough: &'static str,
    encoders: String,
}

impl Ffmpeg {
    /// Finds `ffmpeg` and `ffprobe` on the `PATH`.
    ///
    /// # Errors
    /// When they are missing or do not start.
    pub fn find() -> Result<Self, VideoError> {
        static FOUND: OnceLock<Ffmpeg> = OnceLock::new();
        if let Some(found) = FOUND.get() {
            return Ok(found.clone());
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        let found = Self::find_in(&path)?;
        Ok(FOUND.get_or_init(|| found).clone())
    }

    /// Finds the programs in the folders of `path`, a list like the variable `PATH`.
    ///
    /// # Errors
    /// As [`Ffmpeg::find`].
    pub fn find_in(path: &OsStr) -> Result<Self, VideoError> {
        let ffmpeg = program(path, "ffmpeg").ok_or(VideoError::NoFfmpeg("ffmpeg"))?;
        let ffprobe = program(path, "ffprobe").ok_or(VideoError::NoFfmpeg("ffprobe"))?;
        let version = output(&ffmpeg, "-version")?;
        let encoders = output(&ffmpeg, "-encoders")?;
        Ok(Self { ffmpeg, ffprobe, passthrough: passthrough(&version), encoders })
    }

    /// A command for `ffmpeg` that logs messages from `level` on, each with its level as a prefix, and reads nothing
    /// from the terminal.
    pub(super) fn ffmpeg(&self, level: &str) -> Command {
        let mut command = Command::new(&self.ffmpeg);
        command.args(["-nostdin", "-hide_banner", "-nostats", "-loglevel"]).arg(format!("level+{level}"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        detach(&mut command);
        command
    }

    /// A command for `ffprobe` that only logs errors.
    pub(super) fn ffprobe(&self) -> Command {
        let mut command = Command::new(&self.ffprobe);
        command.args(["-hide_banner", "-loglevel", "error"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        detach(&mut command);
        command
    }

    /// Path of `ffmpeg`.
    pub(super) fn program(&self) -> &Path {
        &self.ffmpeg
    }

    /// The options that keep every frame with its own timestamp.
    pub(super) fn passthrough(&self) -> [&'static str; 2] {
        [self.passthrough, "passthrough"]
    }

    /// The first of `names` that is an encoder of this FFmpeg.
    pub(super) fn encoder(&self, names: &[&'static str]) -> Option<&'static str> {
        let has = |name: &str| self.encoders.lines().any(|line| line.split_whitespace().nth(1) == Some(name));
        names.iter().copied().find(|name| has(name))
    }
}

/// Adds the input file at `path`: a single local file, whatever its name and content claim.
pub(super) fn add_input(command: &mut Command, path: &Path) {
    let mut name = std::ffi::OsString::from("file:");
    name.push(path);
    command.args(["-protocol_whitelist", "file", "-format_whitelist", FORMATS, "-i"]).arg(name);
}

/// The program called `name` in the folders of `path`, a list like the variable `PATH`.
pub(super) fn program(path: &OsStr, name: &str) -> Option<PathBuf> {
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(path).map(|folder| folder.join(&name)).find(|program| program.is_file())
}

fn output(program: &Path, option: &str) -> Result<String, VideoError> {
    let mut command = Command::new(program);
    command.args(["-hide_banner", option]).stdin(Stdio::null()).stderr(Stdio::null());
    let output =
        command.output().map_err(|cause| VideoError::FfmpegFails { program: program.to_owned(), cause })?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// FFmpeg 5.1 renamed `-vsync` to `-fps_mode`.
fn passthrough(version: &str) -> &'static str {
    let number = version.split_whitespace().nth(2).unwrap_or_default().trim_start_matches('n');
    let mut parts = number.split(['.', '-']).map_while(|part| part.parse::<u32>().ok());
    match (parts.next(), parts.next()) {
        (Some(major), minor) if (major, minor.unwrap_or(0)) < (5, 1) => "-vsync",
        _ => "-fps_mode",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_with_what_to_do() {
        let empty = tempfile::tempdir().unwrap();
        let error = Ffmpeg::find_in(empty.path().as_os_str()).unwrap_err().to_string();
        assert!(error.contains("ffmpeg") && error.contains("apt install"), "{error}");
        std::fs::write(empty.path().join("ffmpeg"), "").unwrap();
        let error = Ffmpeg::find_in(empty.path().as_os_str()).unwrap_err().to_string();
        assert!(error.contains("ffprobe"), "{error}");
    }

    #[test]
    fn versions_choose_the_option() {
        for (version, option) in [
            ("ffmpeg version 4.3.8-0+deb11u1 Copyright", "-vsync"),
            ("ffmpeg version 5.0 Copyright", "-vsync"),
            ("ffmpeg version 5.1.9-0+deb12u1 Copyright", "-fps_mode"),
            ("ffmpeg version n7.0 Copyright", "-fps_mode"),
            ("ffmpeg version N-112-gabc Copyright", "-fps_mode"),
        ] {
            assert_eq!(passthrough(version), option, "{version}");
        }
    }

    #[test]
    fn names_that_look_like_options_or_addresses_stay_files() {
        let mut command = Command::new("ffmpeg");
        add_input(&mut command, Path::new("http:clip.mp4"));
        let arguments: Vec<_> = command.get_args().map(|text| text.to_string_lossy().into_owned()).collect();
        assert_eq!(arguments.last().unwrap(), "file:http:clip.mp4");
        assert!(
            !FORMATS.split(',').any(|format| ["hls", "concat", "sdp", "dash", "image2"].contains(&format))
        );
    }
}
