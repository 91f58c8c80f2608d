//! A section of a file, read forwards.

use crate::error::{CheckpointError, Defect};
use crate::source::Source;

const WINDOW: u64 = 1 << 14;
/// Longest name of a module or function, in bytes.
const MAX_NAME_LENGTH: usize = 1 << 10;
const END_OF_PICKLE: &str = "the end of its table of contents";

/// Reads the bytes of a file between two offsets, through a small buffer.
pub(in crate::torch) struct ByteReader<'a> {
    source: &'a Source,
    position: u64,
    end: u64,
    window: Vec<u8>,
    /// Number of bytes of the window already read.
    taken: usize,
}

impl<'a> ByteReader<'a> {
    pub(in crate::torch) fn new(source: &'a Source, start: u64, end: u64) -> Self {
        Self { source, position: start, end: end.min(source.length()), window: Vec::new(), taken: 0 }
    }

    /// Offset of the next byte in the file.
    pub(in crate::torch) fn position(&self) -> u64 {
        self.position
    }

    pub(super) fn malformed(&self, offset: u64, what: impl Into<String>) -> CheckpointError {
        self.source.malformed(offset, what)
    }

    pub(super) fn error(&self, offset: u64, defect: Defect) -> CheckpointError {
        self.source.error(defect).offset(offset)
    }

    pub(super) fn byte(&mut self) -> Result<u8, CheckpointError> {
        if self.taken == self.window.len() {
            let length = WINDOW.min(self.end.saturating_sub(self.position));
            if length == 0 {
                return Err(self.error(self.position, Defect::Truncated(END_OF_PICKLE)));
            }
            self.window = self.source.bytes(self.position, length, END_OF_PICKLE)?;
            self.taken = 0;
        }
        let byte = self.window[self.taken];
        self.taken += 1;
        self.position += 1;
        Ok(byte)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], CheckpointError> {
        let mut bytes = [0; N];
        for byte in &mut bytes {
            *byte = self.byte()?;
        }
        Ok(bytes)
    }

    /// The next `length` bytes.
    pub(super) fn bytes(&mut self, length: u64) -> Result<Vec<u8>, CheckpointError> {
        self.check(length)?;
        let bytes = self.source.bytes(self.position, length, END_OF_PICKLE)?;
        self.jump(length);
        Ok(bytes)
    }

    pub(super) fn skip(&mut self, length: u64) -> Result<(), CheckpointError> {
        self.check(length)?;
        self.jump(length);
        Ok(())
    }

    /// The text up to the next newline.
    pub(super) fn line(&mut self) -> Result<String, CheckpointError> {
        let start = self.position;
        let mut line = Vec::new();
        loop {
            match self.byte()? {
                b'\n' => break,
                byte if line.len() < MAX_NAME_LENGTH => line.push(byte),
                _ => return Err(self.malformed(start, "a name in it is implausibly long")),
            }
        }
        String::from_utf8(line).map_err(|_| self.malformed(start, "a name in it is not valid text"))
    }

    fn check(&self, length: u64) -> Result<(), CheckpointError> {
        if length > self.end - self.position {
            return Err(self.error(self.position, Defect::Truncated(END_OF_PICKLE)));
        }
        Ok(())
    }

    fn jump(&mut self, length: u64) {
        let left = self.window.len() - self.taken;
        self.taken =
            usize::try_from(length).map_or(self.window.len(), |length| self.taken + length.min(left));
        self.position += length;
    }
}
