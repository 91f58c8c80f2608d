//! A sentence for the user on each state of a source.

use crate::camera::SourceState;

impl SourceState {
    /// A sentence on this state of the source called `name`, with what to do about it.
    #[must_use]
    pub fn sentence(&self, name: &str) -> String {
        match self {
            Self::Opening => format!("Opening the camera “{name}”."),
            Self::Streaming { width, height, format, measured_rate } => {
                let rate = match *measured_rate > 0.0 {
                    true => format!(", {measured_rate:.1} a second"),
                    false => String::new(),
                };
                format!("The camera “{name}” sends {width} × {height} pixels as {format}{rate}.")
            }
            Self::Still => format!("Showing the picture “{name}”."),
            Self::Stalled => format!(
                "The camera “{name}” has stopped sending pictures and is being restarted; if this stays, \
                 unplug it and plug it in again."
            ),
            Self::Unplugged => {
                format!("The camera “{name}” is not plugged in; plug it in and it will start here by itself.")
            }
            Self::Busy => format!(
                "The camera “{name}” is in use by another program; close that program and it will start here \
                 by itself."
            ),
            Self::Denied => denied(name),
            Self::NoCamera => {
                "There is no camera; plug one in and it will start here by itself, or open a picture."
                    .to_owned()
            }
            Self::UnknownFormat(formats) => unknown_format(name, formats),
            Self::Failed(message) => format!(
                "The camera “{name}” does not work ({}); unplug it and plug it in again, or choose another camera.",
                message.trim_end_matches('.')
            ),
        }
    }
}

fn unknown_format(name: &str, formats: &str) -> String {
    let remedy = if cfg!(target_os = "linux") {
        "choose another camera, or convert its pictures with ffmpeg and v4l2loopback"
    } else {
        "choose another camera"
    };
    format!(
        "The camera “{name}” sends {formats}, which cannot be decoded (MJPEG, YUYV, NV12, YU12 and GREY can); {remedy}."
    )
}

fn denied(name: &str) -> String {
    let remedy = if cfg!(target_os = "linux") {
        "run “sudo usermod -aG video $USER” in a terminal and log in again"
    } else if cfg!(target_os = "macos") {
        "allow it in System Settings under Privacy & Security, Camera"
    } else {
        "allow it in the system's privacy settings"
    };
    format!("You may not use the camera “{name}”; {remedy}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_own_sentence() {
        let states = [
            SourceState::Opening,
            SourceState::Streaming {
                width: 640,
                height: 480,
                format: "MJPEG".to_owned(),
                measured_rate: 29.97,
            },
            SourceState::Still,
            SourceState::Stalled,
            SourceState::Unplugged,
            SourceState::Busy,
            SourceState::Denied,
            SourceState::NoCamera,
            SourceState::UnknownFormat("H264".to_owned()),
            SourceState::Failed("Input/output error.".to_owned()),
        ];
        let sentences: Vec<String> = states.iter().map(|state| state.sentence("Desk Cam")).collect();
        for (index, sentence) in sentences.iter().enumerate() {
            assert!(sentence.ends_with('.') && !sentence.contains(". "), "{sentence}");
            assert!(!sentences[..index].contains(sentence), "{sentence} describes two states");
        }
        let unmeasured =
            SourceState::Streaming { width: 640, height: 480, format: "GREY".to_owned(), measured_rate: 0.0 };
        let expected = "The camera “Desk Cam” sends 640 × 480 pixels as GREY.";
        assert_eq!(unmeasured.sentence("Desk Cam"), expected, "no rate before it is measured");
        assert!(sentences[1].contains("640 × 480") && sentences[1].contains("30.0"), "{}", sentences[1]);
        assert!(sentences[8].contains("H264") && sentences[8].contains("choose another"), "{}", sentences[8]);
        assert!(sentences[9].contains("(Input/output error)"), "{}", sentences[9]);
    }
}
