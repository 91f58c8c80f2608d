//! The answer of a worker: a line of JSON with the picture's size or an error, then the pixels.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::super::{MAX_PIXELS, Pixels};
use crate::decoded::{DecodeError, fits};

/// Maximum length of an answer, in bytes: the largest picture as RGBA, and its first line.
pub(super) const MAX_ANSWER_BYTES: u64 = 4 * MAX_PIXELS + (1 << 16);

#[derive(Serialize, Deserialize)]
struct Size {
    width: u32,
    height: u32,
    has_alpha: bool,
}

pub(super) fn write(outcome: Result<Pixels, DecodeError>, mut to: impl Write) -> io::Result<()> {
    let (head, pixels) = match outcome {
        Ok(Pixels { width, height, has_alpha, data, .. }) => (Ok(Size { width, height, has_alpha }), data),
        Err(error) => (Err(error), Vec::new()),
    };
    serde_json::to_writer(&mut to, &head)?;
    to.write_all(b"\n")?;
    to.write_all(&pixels)?;
    to.flush()
}

/// Reads an answer; `None` if it is incomplete or invalid.
pub(super) fn read(mut answer: Vec<u8>) -> Option<Result<Pixels, DecodeError>> {
    let end = answer.iter().position(|&byte| byte == b'\n')?;
    let Size { width, height, has_alpha } = match serde_json::from_slice(&answer[..end]).ok()? {
        Ok(size) => size,
        Err(error) => return Some(Err(error)),
    };
    answer.drain(..=end);
    let whole = fits(width, height, 3) && answer.len() as u64 == 4 * u64::from(width) * u64::from(height);
    whole.then_some(Ok(Pixels { width, height, bit_depth: 8, has_alpha, data: answer }))
}
