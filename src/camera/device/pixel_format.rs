//! The camera pixel formats that can be decoded.

/// A pixel format that [`crate::camera::decode::FrameDecoder`] decodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PixelFormat {
    /// One JPEG per frame.
    MotionJpeg,
    /// YUV 4:2:2, packed.
    Yuyv,
    /// YUV 4:2:0: a plane of Y, then a plane of interleaved U and V.
    Nv12,
    /// YUV 4:2:0 in three planes: Y, U, V. Also called I420.
    Yu12,
    /// Brightness only, 8 bits: infrared cameras.
    Grey,
}

impl PixelFormat {
    /// All formats, in order of preference among equal sizes and rates. Motion JPEG is transferred in a
    /// fraction of a frame period; YUYV has twice the colour resolution of the planar formats.
    pub(crate) const ALL: [Self; 5] = [Self::MotionJpeg, Self::Yuyv, Self::Nv12, Self::Yu12, Self::Grey];

    /// The format of a V4L2 four-character code. Motion JPEG has two.
    #[cfg(any(target_os = "linux", test))]
    pub(crate) fn of_code(code: [u8; 4]) -> Option<Self> {
        match &code {
            b"JPEG" => Some(Self::MotionJpeg),
            _ => Self::ALL.into_iter().find(|format| format.code() == code),
        }
    }

    /// The V4L2 four-character code.
    #[cfg(any(target_os = "linux", test))]
    pub(crate) fn code(self) -> [u8; 4] {
        *match self {
            Self::MotionJpeg => b"MJPG",
            Self::Yuyv => b"YUYV",
            Self::Nv12 => b"NV12",
            Self::Yu12 => b"YU12",
            Self::Grey => b"GREY",
        }
    }

    /// The name for the user.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::MotionJpeg => "MJPEG",
            Self::Yuyv => "YUYV",
            Self::Nv12 => "NV12",
            Self::Yu12 => "YU12",
            Self::Grey => "GREY",
        }
    }

    /// Its index in [`PixelFormat::ALL`].
    pub(crate) fn rank(self) -> usize {
        Self::ALL.iter().position(|format| *format == self).unwrap_or(Self::ALL.len())
    }

    /// The layout of the planes of a `width` x `height` picture whose first plane has rows of `stride` bytes;
    /// `None` if the format has no fixed layout.
    pub(crate) fn planes(self, width: u32, height: u32, stride: u32) -> Option<Vec<Plane>> {
        let (width, height, stride) = (width as usize, height as usize, stride as usize);
        let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
        let plane = |row, stride: usize, rows| Plane { row, stride: stride.max(row), rows };
        match self {
            Self::MotionJpeg => None,
            Self::Yuyv => Some(vec![plane(half_width * 4, stride, height)]),
            Self::Nv12 => {
                Some(vec![plane(width, stride, height), plane(half_width * 2, stride, half_height)])
            }
            Self::Yu12 => {
                let chroma = plane(half_width, stride / 2, half_height);
                Some(vec![plane(width, stride, height), chroma, chroma])
            }
            Self::Grey => Some(vec![plane(width, stride, height)]),
        }
    }
}

/// Layout of one plane of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plane {
    /// Bytes of a row that hold pixels.
    pub row: usize,
    /// Bytes from the start of a row to the start of the next.
    pub stride: usize,
    /// Number of rows.
    pub rows: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_its_own_code() {
        for format in PixelFormat::ALL {
            assert_eq!(PixelFormat::of_code(format.code()), Some(format));
        }
        assert_eq!(PixelFormat::of_code(*b"JPEG"), Some(PixelFormat::MotionJpeg));
        assert_eq!(PixelFormat::of_code(*b"H264"), None);
    }

    #[test]
    fn frames_have_the_length_that_their_format_requires() {
        let length = |format: PixelFormat, width, height| {
            format
                .planes(width, height, 0)
                .map(|planes| planes.iter().map(|p| p.stride * p.rows).sum::<usize>())
        };
        assert_eq!(length(PixelFormat::Yuyv, 640, 480), Some(614_400));
        assert_eq!(length(PixelFormat::Nv12, 640, 480), Some(460_800));
        assert_eq!(length(PixelFormat::Yu12, 640, 480), Some(460_800));
        assert_eq!(length(PixelFormat::Grey, 640, 480), Some(307_200));
        assert_eq!(length(PixelFormat::Nv12, 3, 3), Some(9 + 8));
        assert_eq!(length(PixelFormat::Yu12, 3, 3), Some(9 + 4 + 4));
        assert_eq!(length(PixelFormat::MotionJpeg, 640, 480), None);
    }
}
