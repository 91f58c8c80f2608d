//! The sections of an exhibit file, with their defaults.

use std::path::PathBuf;

use serde::Deserialize;

/// How ages are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExhibitLayout {
    /// One large picture of everybody that plays slowly through the ages.
    #[default]
    Large,
    /// A tile for every age, a row for every visitor.
    Tiles,
}

/// The slow play of the large picture.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Play {
    /// Youngest age, in years.
    pub youngest: f32,
    /// Oldest age, in years.
    pub oldest: f32,
    /// Time from the youngest to the oldest age, in seconds.
    pub seconds: f32,
}

impl Default for Play {
    fn default() -> Self {
        Self { youngest: 4.0, oldest: 82.0, seconds: 14.0 }
    }
}

/// The countdown photograph.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Photo {
    /// Whether visitors can take one, with Enter, space or a touch.
    pub enabled: bool,
    /// Countdown, in seconds.
    pub countdown: f32,
    /// Time that the strip is shown, in seconds.
    pub shown: f32,
    /// Folder in which strips are saved; empty saves nothing.
    pub save_to: PathBuf,
}

impl Default for Photo {
    fn default() -> Self {
        Self { enabled: true, countdown: 3.0, shown: 12.0, save_to: PathBuf::new() }
    }
}

/// The texts on the screen; an empty one is the catalogue's, in the language of the exhibit.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Texts {
    /// Invitation while nobody is there.
    pub invitation: String,
    /// Second line of the invitation.
    pub hint: String,
    /// Line at the bottom while a strip is not saved.
    pub nothing_kept: String,
    /// Line at the bottom while strips are saved.
    pub saved: String,
    /// Invitation to take a photograph.
    pub photo: String,
    /// Shown while there is no camera picture.
    pub no_camera: String,
    /// Caption of an age; `{age}` is the number.
    pub age: String,
    /// Caption of the unchanged face.
    pub now: String,
}

/// The colors of the screen, as `#rrggbb`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Colors {
    /// Background.
    pub background: String,
    /// Text.
    pub text: String,
    /// Countdown and captions.
    pub accent: String,
}

impl Default for Colors {
    fn default() -> Self {
        Self { background: "#0f1216".to_owned(), text: "#f3f4f6".to_owned(), accent: "#52d3c0".to_owned() }
    }
}

/// Red, green and blue of `#rrggbb`.
pub fn color(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let channel = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
    Some([channel(0)?, channel(2)?, channel(4)?])
}

#[cfg(test)]
mod tests {
    use super::color;

    #[test]
    fn colors_are_six_hexadecimal_digits() {
        assert_eq!(color("#ff8000"), Some([255, 128, 0]));
        assert!(["ff8000", "#ff80", "#ggffff", "#ä0000"].iter().all(|text| color(text).is_none()));
    }
}
