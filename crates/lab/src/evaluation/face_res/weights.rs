//! The weight files of FaceRes, which only measuring needs: within the program, or installed beside it.

use std::borrow::Cow;

use candle_core::Result;

/// A weight file.
#[derive(Clone, Copy)]
pub(super) enum File {
    /// Fine-tuned for ages.
    Age,
    /// Trained to recognise people.
    Features,
}

#[cfg(feature = "embedded-judges")]
impl File {
    /// Its content.
    pub(super) fn read(self) -> Result<Cow<'static, [u8]>> {
        Ok(Cow::Borrowed(match self {
            Self::Age => include_bytes!("../../../../../weights/face_res_age.safetensors"),
            Self::Features => include_bytes!("../../../../../weights/face_res.safetensors"),
        }))
    }
}

#[cfg(not(feature = "embedded-judges"))]
impl File {
    /// Its content, from `share/agemirror/weights` beside the folder of the program.
    pub(super) fn read(self) -> Result<Cow<'static, [u8]>> {
        let name = match self {
            Self::Age => "face_res_age.safetensors",
            Self::Features => "face_res.safetensors",
        };
        let program = std::env::current_exe()?;
        let prefix = program.ancestors().nth(2).unwrap_or(&program);
        let path = prefix.join("share/agemirror/weights").join(name);
        std::fs::read(&path).map(Cow::Owned).map_err(|cause| {
            candle_core::Error::Msg(format!(
                "{} cannot be read ({cause}); install the package again",
                path.display()
            ))
        })
    }
}
