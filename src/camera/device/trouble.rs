//! What the system's errors mean for a camera.

/// Why a camera could not be used, or no longer can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The device is not there.
    Gone,
    /// Another program holds it.
    Busy,
    /// The system refuses access.
    Denied,
    /// A stream that ran has ended with an error though its device may still be there.
    Broken,
    /// It offers only pixel formats that are not decoded; their names.
    UnknownFormat(String),
    /// Anything else, in the words of the driver.
    Other(String),
}

/// The error numbers of Linux.
const NOT_PERMITTED: i32 = 1;
const NO_SUCH_FILE: i32 = 2;
const INTERRUPTED: i32 = 4;
const NO_SUCH_ADDRESS: i32 = 6;
const NO_ACCESS: i32 = 13;
const BUSY: i32 = 16;
const NO_SUCH_DEVICE: i32 = 19;
const NO_SPACE: i32 = 28;

impl Trouble {
    /// What an error with that number and text means.
    pub(crate) fn of_error(number: Option<i32>, text: String) -> Self {
        match number {
            Some(NO_SUCH_FILE | NO_SUCH_ADDRESS | NO_SUCH_DEVICE) => Self::Gone,
            Some(BUSY) => Self::Busy,
            Some(NO_ACCESS | NOT_PERMITTED) => Self::Denied,
            Some(NO_SPACE) => Self::Other("its USB port has too little bandwidth left".to_owned()),
            // Only the watchdog interrupts a read, when the stream is silent.
            Some(INTERRUPTED) => Self::Broken,
            _ => Self::Other(text),
        }
    }
}

#[cfg(target_os = "linux")]
impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::of_error(error.raw_os_error(), error.to_string())
    }
}

/// The system's error number in the text of a library's error.
#[cfg(any(not(target_os = "linux"), test))]
pub(crate) fn system_error_number(text: &str) -> Option<i32> {
    let (_, rest) = text.rsplit_once("(os error ")?;
    rest.split_once(')')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_library_are_understood() {
        let error = |text: &str| Trouble::of_error(system_error_number(text), text.to_owned());
        assert_eq!(error("No such device (os error 19)"), Trouble::Gone);
        assert_eq!(error("Device or resource busy (os error 16)"), Trouble::Busy);
        assert_eq!(error("V4L2 Error: Permission denied (os error 13)"), Trouble::Denied);
        assert_eq!(error("Interrupted system call (os error 4)"), Trouble::Broken);
        assert!(matches!(error("Input/output error (os error 5)"), Trouble::Other(_)));
        assert!(matches!(error("odd"), Trouble::Other(_)));
    }
}
