//! Decodes one AV1 picture.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::thread;

use rav1d::include::dav1d::data::Dav1dData;
use rav1d::include::dav1d::dav1d::{Dav1dContext, Dav1dSettings};
use rav1d::include::dav1d::headers::{
    DAV1D_PIXEL_LAYOUT_I400, DAV1D_PIXEL_LAYOUT_I420, DAV1D_PIXEL_LAYOUT_I422,
};
use rav1d::include::dav1d::picture::Dav1dPicture;
use rav1d::src::lib::{
    dav1d_close, dav1d_data_create, dav1d_data_unref, dav1d_default_settings, dav1d_get_picture, dav1d_open,
    dav1d_picture_unref, dav1d_send_data,
};

use super::ycbcr::Frame;
use crate::decoded::DecodeError;

/// Maximum number of frames in a picture: a still has one, or one per layer. Bounds the time.
const MAX_FRAMES: usize = 8;

/// Stack size of the decoder thread, in bytes.
const STACK_BYTES: usize = 8 << 20;

type Outcome = Result<Frame, DecodeError>;

/// Decodes the first picture in `data`, of at most `max_pixels` pixels. A panic of the decoder aborts the
/// process, because the decoder has a C interface, through which a panic must not unwind.
pub(super) fn decode(data: &[u8], max_pixels: u32) -> Outcome {
    if count_frames(data).is_none_or(|frames| frames > MAX_FRAMES) {
        return Err(DecodeError::damaged("it contains more than one picture"));
    }
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("AV1".to_owned()).stack_size(STACK_BYTES);
        let thread = thread.spawn_scoped(scope, || run(data, max_pixels));
        let thread = thread.map_err(|error| DecodeError::NotStarted(error.to_string()))?;
        thread.join().unwrap_or_else(|_| Err(DecodeError::damaged("its decoder crashed")))
    })
}

/// Number of frames in a sequence of open bitstream units; `None` if the sequence is invalid.
fn count_frames(mut data: &[u8]) -> Option<usize> {
    const FRAME_HEADER: u8 = 3;
    const FRAME: u8 = 6;
    let mut frames = 0;
    while let Some((&head, rest)) = data.split_first() {
        let (kind, extended, sized) = (head >> 3 & 15, head & 4 != 0, head & 2 != 0);
        let mut rest = if extended { rest.get(1..)? } else { rest };
        let mut length = rest.len();
        if sized {
            length = 0;
            for index in 0.. {
                let (&byte, after) = rest.split_first()?;
                rest = after;
                length |= usize::from(byte & 127).checked_shl(7 * index).filter(|_| index < 8)?;
                if byte & 128 == 0 {
                    break;
                }
            }
        }
        data = rest.get(length..)?;
        frames += usize::from(matches!(kind, FRAME_HEADER | FRAME));
    }
    Some(frames)
}

/// An open decoder; closed on drop.
struct Decoder(Option<Dav1dContext>);

impl Decoder {
    fn open(max_pixels: u32) -> Option<Self> {
        let mut settings = MaybeUninit::<Dav1dSettings>::uninit();
        // SAFETY: the settings are valid for writing and are initialised by the call.
        let mut settings = unsafe {
            dav1d_default_settings(NonNull::from(&mut settings).cast());
            settings.assume_init()
        };
        settings.n_threads = 1;
        settings.max_frame_delay = 1;
        settings.all_layers = 0;
        settings.frame_size_limit = max_pixels;
        // The default logger writes to the terminal.
        // SAFETY: a logger is an optional pointer and an optional function; all zeros means neither.
        settings.logger = unsafe { std::mem::zeroed() };
        let mut decoder = None;
        // SAFETY: both live through the call, and the settings are initialised.
        let result =
            unsafe { dav1d_open(Some(NonNull::from(&mut decoder)), Some(NonNull::from(&mut settings))) };
        (result.0 == 0).then_some(Self(decoder))
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: the decoder was opened and is closed once.
        unsafe { dav1d_close(Some(NonNull::from(&mut self.0))) }
    }
}

fn run(data: &[u8], max_pixels: u32) -> Outcome {
    let decoder =
        Decoder::open(max_pixels).ok_or_else(|| DecodeError::damaged("its decoder does not start"))?;
    let mut input = Dav1dData::default();
    // SAFETY: `input` is valid for writing.
    let buffer = unsafe { dav1d_data_create(Some(NonNull::from(&mut input)), data.len()) };
    let Some(buffer) = NonNull::new(buffer) else { return Err(DecodeError::TooManyBytes) };
    // SAFETY: the buffer was just allocated with this length, and nothing else refers to it.
    unsafe { std::ptr::copy_nonoverlapping(data.as_ptr(), buffer.as_ptr(), data.len()) };
    let mut picture = Dav1dPicture::default();
    // SAFETY: the decoder is open, and `input` and `picture` live through the calls.
    let outcome = unsafe {
        let sent = dav1d_send_data(decoder.0, Some(NonNull::from(&mut input)));
        let got = dav1d_get_picture(decoder.0, Some(NonNull::from(&mut picture)));
        dav1d_data_unref(Some(NonNull::from(&mut input)));
        if got.0 == 0 { Ok(()) } else { Err(sent.0.min(got.0)) }
    };
    let frame = outcome
        .map_err(|code| DecodeError::Damaged(format!("its AV1 data does not decode, error {code}")))
        .and_then(|()| copy_frame(&picture));
    // SAFETY: `picture` was filled by the decoder, or is empty.
    unsafe { dav1d_picture_unref(Some(NonNull::from(&mut picture))) };
    frame
}

/// Copies a picture out of the decoder's memory.
fn copy_frame(picture: &Dav1dPicture) -> Outcome {
    let bad = || DecodeError::damaged("its AV1 data contains no picture");
    let side = |side: i32| usize::try_from(side).ok().filter(|&side| side > 0).ok_or_else(bad);
    let (width, height) = (side(picture.p.w)?, side(picture.p.h)?);
    let bits = u32::try_from(picture.p.bpc).map_err(|_| bad())?;
    let subsampling = match picture.p.layout {
        DAV1D_PIXEL_LAYOUT_I420 => [2, 2],
        DAV1D_PIXEL_LAYOUT_I422 => [2, 1],
        _ => [1, 1],
    };
    let grey = picture.p.layout == DAV1D_PIXEL_LAYOUT_I400;
    let (matrix, full_range) = match picture.seq_hdr {
        // SAFETY: the header lives as long as the picture.
        Some(header) => unsafe { (header.as_ref().mtrx as u16, header.as_ref().color_range != 0) },
        None => (2, true),
    };
    let mut planes = [const { Vec::new() }; 3];
    for (index, plane) in planes.iter_mut().enumerate().take(if grey { 1 } else { 3 }) {
        let [across, down] = if index == 0 { [1, 1] } else { subsampling };
        let data = picture.data[index].ok_or_else(bad)?;
        let stride = picture.stride[usize::from(index > 0)];
        // SAFETY: the plane has this many rows of this many samples, `stride` bytes apart, and lives as long
        // as the picture.
        *plane = unsafe { copy_plane(data, stride, width.div_ceil(across), height.div_ceil(down), bits) };
    }
    Ok(Frame { width, height, bits, planes, subsampling, matrix, full_range })
}

/// Copies a plane of `height` rows of `width` samples.
///
/// # Safety
/// The rows must be readable, `stride` bytes apart, with one byte per sample for 8 bits and two aligned bytes
/// for more.
unsafe fn copy_plane(
    data: NonNull<c_void>,
    stride: isize,
    width: usize,
    height: usize,
    bits: u32,
) -> Vec<u16> {
    let mut out = Vec::with_capacity(width * height);
    for row in 0..height as isize {
        // SAFETY: the caller guarantees that the row is readable.
        unsafe {
            let start = data.as_ptr().cast::<u8>().offset(row * stride);
            if bits == 8 {
                out.extend(std::slice::from_raw_parts(start, width).iter().map(|&value| u16::from(value)));
            } else {
                out.extend_from_slice(std::slice::from_raw_parts(start.cast::<u16>(), width));
            }
        }
    }
    out
}
