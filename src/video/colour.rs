//! The colour tags of a video, copied from the input to the output.

use serde::{Deserialize, Serialize};

/// The colour tags of a video, in FFmpeg's names; `None` if the file has no such tag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colour {
    /// Matrix, such as `bt709`.
    pub space: Option<String>,
    /// Primaries.
    pub primaries: Option<String>,
    /// Transfer characteristic.
    pub transfer: Option<String>,
    /// Whether levels use the full range 0–255 (`pc`) instead of 16–235 (`tv`).
    pub full_range: bool,
}

impl Colour {
    /// Rec. 709 with limited range, for pictures that the program draws.
    #[must_use]
    pub fn rec_709() -> Self {
        let tag = || Some("bt709".to_owned());
        Self { space: tag(), primaries: tag(), transfer: tag(), full_range: false }
    }

    /// The matrix between RGB and the stored planes, in the names of the filter `scale`. Without a tag it is Rec. 709
    /// from 720 lines on and Rec. 601 below, as in players.
    pub(super) fn matrix(&self, height: u32) -> &'static str {
        match self.space.as_deref() {
            Some("bt709") => "bt709",
            Some("bt2020nc" | "bt2020c") => "bt2020",
            Some("smpte240m") => "smpte240m",
            Some("fcc") => "fcc",
            Some("bt470bg" | "smpte170m") => "bt601",
            _ if height >= 720 => "bt709",
            _ => "bt601",
        }
    }

    /// The range, in the names of the filter `scale`.
    pub(super) fn range(&self) -> &'static str {
        if self.full_range { "pc" } else { "tv" }
    }

    /// FFmpeg's options that write the tags to the output.
    pub(super) fn tags(&self) -> Vec<String> {
        let mut tags = vec!["-color_range".to_owned(), self.range().to_owned()];
        // The matrix of RGB files does not apply to the output, which is not RGB.
        let space = self.space.as_deref().filter(|space| !matches!(*space, "gbr" | "rgb" | "ycgco"));
        for (option, value) in [
            ("-colorspace", space),
            ("-color_primaries", self.primaries.as_deref()),
            ("-color_trc", self.transfer.as_deref()),
        ] {
            if let Some(value) = value {
                tags.extend([option.to_owned(), value.to_owned()]);
            }
        }
        tags
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_kept_and_the_matrix_follows_them() {
        let colour = Colour::rec_709();
        assert_eq!(colour.matrix(480), "bt709");
        assert_eq!(
            colour.tags(),
            [
                "-color_range",
                "tv",
                "-colorspace",
                "bt709",
                "-color_primaries",
                "bt709",
                "-color_trc",
                "bt709"
            ]
        );
        let unknown = Colour { full_range: true, ..Colour::default() };
        assert_eq!((unknown.matrix(480), unknown.matrix(1080)), ("bt601", "bt709"));
        assert_eq!(unknown.tags(), ["-color_range", "pc"]);
    }
}
