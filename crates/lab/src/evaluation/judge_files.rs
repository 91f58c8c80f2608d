//! The weights of judges that only measuring needs: within the program, or in files that packages install beside it.

use candle_core::{DType, Device, Result};
use candle_nn::VarBuilder;

/// A weight file.
pub(super) struct JudgeFile {
    #[cfg(feature = "embedded-judges")]
    content: &'static [u8],
    #[cfg(not(feature = "embedded-judges"))]
    name: &'static str,
}

macro_rules! judge_file {
    ($name:literal) => {
        JudgeFile {
            #[cfg(feature = "embedded-judges")]
            content: include_bytes!(concat!("../../../../weights/", $name)),
            #[cfg(not(feature = "embedded-judges"))]
            name: $name,
        }
    };
}

/// FaceRes, trained to recognise people.
pub(super) static FACE_RES: JudgeFile = judge_file!("face_res.safetensors");
/// FaceRes, fine-tuned for ages.
pub(super) static FACE_RES_AGE: JudgeFile = judge_file!("face_res_age.safetensors");
/// MobileFace.
pub(super) static MOBILE_FACE: JudgeFile = judge_file!("mobile_face.safetensors");

impl JudgeFile {
    /// Its tensors as 32-bit floats on `device`.
    ///
    /// # Errors
    /// When the file is missing or damaged.
    #[cfg(feature = "embedded-judges")]
    pub(super) fn open(&self, device: &Device) -> Result<VarBuilder<'static>> {
        VarBuilder::from_slice_safetensors(self.content, DType::F32, device)
    }

    /// Its tensors as 32-bit floats on `device`, from `share/agemirror/weights` beside the folder of the program.
    ///
    /// # Errors
    /// When the file is missing or damaged.
    #[cfg(not(feature = "embedded-judges"))]
    pub(super) fn open(&self, device: &Device) -> Result<VarBuilder<'static>> {
        let program = std::env::current_exe()?;
        let prefix = program.ancestors().nth(2).unwrap_or(&program);
        let path = prefix.join("share/agemirror/weights").join(self.name);
        let content = std::fs::read(&path).map_err(|cause| {
            let path = path.display();
            candle_core::Error::Msg(format!("{path} cannot be read ({cause}); install the package again"))
        })?;
        VarBuilder::from_buffered_safetensors(content, DType::F32, device)
    }
}
