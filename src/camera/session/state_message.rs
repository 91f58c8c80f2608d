//! A sentence for the user on each state of a source.

use crate::camera::SourceState;
use crate::text::{number, text};

impl SourceState {
    /// A sentence on this state of the source called `name`, with what to do about it, in the current language. The
    /// name may be empty until the source is found.
    #[must_use]
    pub fn sentence(&self, name: &str) -> String {
        match self {
            Self::Opening if name.is_empty() => text!("camera-opening-unnamed"),
            Self::Opening => text!("camera-opening", name = name),
            Self::Streaming { width, height, format, measured_rate } => {
                let size = format!("{width} × {height}");
                match *measured_rate > 0.0 {
                    true => {
                        let rate = number(*measured_rate, 1);
                        text!("camera-streaming", name = name, size = size, format = format, rate = rate)
                    }
                    false => text!("camera-streaming-unmeasured", name = name, size = size, format = format),
                }
            }
            Self::Still => text!("showing-picture", name = name),
            Self::Stalled => text!("camera-stalled", name = name),
            Self::Unplugged => text!("camera-unplugged", name = name),
            Self::Busy => text!("camera-busy", name = name),
            Self::Denied => denied(name),
            Self::NoCamera => text!("no-camera-text"),
            Self::UnknownFormat(formats) if cfg!(target_os = "linux") => {
                text!("camera-format-linux", name = name, formats = formats)
            }
            Self::UnknownFormat(formats) => text!("camera-format", name = name, formats = formats),
            Self::Failed(message) => {
                text!("camera-failed", name = name, reason = message.trim_end_matches('.'))
            }
        }
    }
}

fn denied(name: &str) -> String {
    if cfg!(target_os = "linux") {
        text!("camera-denied-linux", name = name)
    } else if cfg!(target_os = "macos") {
        text!("camera-denied-macos", name = name)
    } else {
        text!("camera-denied", name = name)
    }
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
        assert_eq!(SourceState::Opening.sentence(""), "Opening the camera.");
        let unmeasured =
            SourceState::Streaming { width: 640, height: 480, format: "GREY".to_owned(), measured_rate: 0.0 };
        let expected = "The camera “Desk Cam” sends 640 × 480 pixels as GREY.";
        assert_eq!(unmeasured.sentence("Desk Cam"), expected, "no rate before it is measured");
        assert!(sentences[1].contains("640 × 480") && sentences[1].contains("30.0"), "{}", sentences[1]);
        assert!(sentences[8].contains("H264") && sentences[8].contains("choose another"), "{}", sentences[8]);
        assert!(sentences[9].contains("(Input/output error)"), "{}", sentences[9]);
    }
}
