//! Decodes one AV1 picture, and protects the program from hostile data.

use std::cell::RefCell;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
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

use crate::decoded::DecodeError;
use crate::guard::with_panic_handler;

/// Maximum number of frames in a picture: a still has one, or one per layer. Bounds the time.
const MAX_FRAMES: usize = 8;

/// Maximum number of decoder threads that panicked. They stay until the program ends, with the memory of
/// their pictures. Beyond it, AV1 is no longer decoded.
const MAX_ABANDONED_THREADS: usize = 128;

/// Stack size of the decoder thread, in bytes.
const STACK_BYTES: usize = 8 << 20;

static ABANDONED_THREADS: AtomicUsize = AtomicUsize::new(0);

type Outcome = Result<Frame, DecodeError>;

thread_local! {
    static OUTCOME: RefCell<Option<Sender<Outcome>>> = const { RefCell::new(None) };
}

/// A decoded picture in YCbCr.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Bits per sample: 8, 10 or 12.
    bits: u32,
    /// Y, Cb and Cr, without padding between rows; the last two are empty for grey.
    planes: [Vec<u16>; 3],
    /// Pixels per chroma sample, horizontally and vertically: 1 or 2.
    subsampling: [usize; 2],
    /// Matrix code point of ITU-T H.273.
    matrix: u16,
    full_range: bool,
}

/// Decodes the first picture in `data`, of at most `max_pixels` pixels.
pub(crate) fn decode(data: &[u8], max_pixels: u32) -> Outcome {
    if count_frames(data).is_none_or(|frames| frames > MAX_FRAMES) {
        return Err(DecodeError::damaged("it contains more than one picture"));
    }
    if ABANDONED_THREADS.load(Ordering::Relaxed) >= MAX_ABANDONED_THREADS {
        return Err(DecodeError::damaged("too many damaged AVIF files were opened before it"));
    }
    let data = data.to_vec();
    let (sender, receiver) = mpsc::channel();
    // The decoder has a C interface, through which a panic must not unwind: that would abort the program. It
    // runs on a thread that never returns from a panic.
    let work = move || {
        OUTCOME.set(Some(sender.clone()));
        let outcome = with_panic_handler(abandon_thread, || run(&data, max_pixels));
        // Fails if nobody receives any more because the program ends.
        let _ = sender.send(outcome);
    };
    let thread = thread::Builder::new().name("AV1".to_owned()).stack_size(STACK_BYTES).spawn(work);
    let Ok(thread) = thread else { return Err(DecodeError::damaged("no thread could be started")) };
    let outcome = receiver.recv().unwrap_or_else(|_| Err(DecodeError::damaged("its decoder crashed")));
    if thread.is_finished() || outcome.is_ok() {
        // The result came through the channel.
        let _ = thread.join();
    }
    outcome
}

/// Sends an error for a thread whose decoder panicked, and parks the thread forever.
fn abandon_thread() {
    ABANDONED_THREADS.fetch_add(1, Ordering::Relaxed);
    OUTCOME.with_borrow(|sender| {
        if let Some(sender) = sender {
            // Fails if nobody receives any more because the program ends.
            let _ = sender.send(Err(DecodeError::damaged("its decoder crashed")));
        }
    });
    loop {
        thread::park();
    }
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

impl Frame {
    /// Converts to opaque RGBA. `container_matrix` is the matrix and full-range flag of the container, which
    /// take precedence over those of the data.
    pub(crate) fn to_rgba(&self, container_matrix: Option<(u16, bool)>) -> Vec<u8> {
        let (matrix, full) = container_matrix.unwrap_or((self.matrix, self.full_range));
        let scale = f32::from((1_u16 << self.bits) - 1);
        let step = f32::from(1_u16 << (self.bits - 8));
        let (black, luma_span, chroma_span) =
            if full { (0.0, scale, scale) } else { (16.0 * step, 219.0 * step, 224.0 * step) };
        let middle = f32::from(1_u16 << (self.bits - 1));
        let luma = |value: f32| (value - black) / luma_span;
        let chroma = |value: f32| (value - middle) / chroma_span;
        let mut out = Vec::with_capacity(self.width * self.height * 4);
        let mut rows = [vec![0.0; self.width], vec![0.0; self.width]];
        for y in 0..self.height {
            let line = &self.planes[0][y * self.width..][..self.width];
            if self.planes[1].is_empty() {
                out.extend(line.iter().flat_map(|&value| {
                    let grey = to_byte(luma(f32::from(value)));
                    [grey, grey, grey, 255]
                }));
                continue;
            }
            for (row, plane) in rows.iter_mut().zip(&self.planes[1..]) {
                self.chroma_row(plane, y, row);
            }
            for (x, &value) in line.iter().enumerate() {
                let (blue, red) = (rows[0][x], rows[1][x]);
                let [r, g, b] = if matrix == 0 {
                    // The planes are green, blue and red.
                    [luma(red), luma(f32::from(value)), luma(blue)]
                } else {
                    from_luma(luma(f32::from(value)), chroma(blue), chroma(red), matrix)
                };
                out.extend([to_byte(r), to_byte(g), to_byte(b), 255]);
            }
        }
        out
    }

    /// The chroma of the pixels in row `y`, interpolated between the stored samples.
    fn chroma_row(&self, plane: &[u16], y: usize, row: &mut [f32]) {
        let [across, down] = self.subsampling;
        let (width, height) = (self.width.div_ceil(across), self.height.div_ceil(down));
        let near = |index: usize, step: usize, count: usize| {
            if step == 1 {
                return (index, index);
            }
            let nearest = index / 2;
            let other = if index.is_multiple_of(2) {
                nearest.saturating_sub(1)
            } else {
                (nearest + 1).min(count - 1)
            };
            (nearest, other)
        };
        let (own_row, other_row) = near(y, down, height);
        let at = |x: usize, y: usize| f32::from(plane[y * width + x]);
        for (x, value) in row.iter_mut().enumerate() {
            let (nearest, other) = near(x, across, width);
            let mixed = |y: usize| 0.75 * at(nearest, y) + 0.25 * at(other, y);
            *value = 0.75 * mixed(own_row) + 0.25 * mixed(other_row);
        }
    }
}

fn to_byte(value: f32) -> u8 {
    (value * 255.0 + 0.5).clamp(0.0, 255.0) as u8
}

/// RGB of luma in 0..=1 and chroma in -0.5..=0.5.
fn from_luma(luma: f32, blue: f32, red: f32, matrix: u16) -> [f32; 3] {
    let (weight_red, weight_blue) = match matrix {
        1 => (0.2126, 0.0722),
        4 => (0.30, 0.11),
        7 => (0.212, 0.087),
        9 | 10 => (0.2627, 0.0593),
        _ => (0.299, 0.114),
    };
    let r = luma + red * 2.0 * (1.0 - weight_red);
    let b = luma + blue * 2.0 * (1.0 - weight_blue);
    [r, (luma - weight_red * r - weight_blue * b) / (1.0 - weight_red - weight_blue), b]
}
