//! How a video's numbers stand for colours, kept from the input to the output.

use serde::{Deserialize, Serialize};

/// The colour tags of a video, in FFmpeg's names; none where the file does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colour {
    /// The matrix, such as `bt709`.
    pub space: Option<String>,
    /// The primaries.
    pub primaries: Option<String>,
    /// The transfer characteristic.
    pub transfer: Option<String>,
    /// Whether levels use all 256 values (`pc`) and not 16 to 235 (`tv`).
    pub full_range: bool,
}

impl Colour {
    /// Rec. 709 with limited range and sRGB-like transfer, for pictures of the program's own.
    #[must_use]
    pub fn rec_709() -> Self {
        let tag = || Some("bt709".to_owned());
        Self { space: tag(), primaries: tag(), transfer: tag(), full_range: false }
    }

    /// The matrix between RGB and the stored planes, as the filter `scale` calls it. Files that do not say
    /// use Rec. 709 from 720 lines on and Rec. 601 below, as players assume.
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

    /// The range as the filter `scale` calls it.
    pub(super) fn range(&self) -> &'static str {
        if self.full_range { "pc" } else { "tv" }
    }

    /// The options that write the tags into the output.
    pub(super) fn tags(&self) -> Vec<String> {
        let mut tags = vec!["-color_range".to_owned(), self.range().to_owned()];
        // RGB files have a matrix that the output, which is not RGB, cannot have.
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
