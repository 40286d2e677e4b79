//! Opening a file with FFmpeg: over our own reading of the descriptor, with what it may do narrowed.
//!
//! FFmpeg 5.1 has no protocol for a descriptor, and its `pipe:` cannot seek, so reading and seeking are
//! given to it as two C functions. Playlists and text formats that name other files are not in the list of
//! formats.

use super::super::wire::Stage;
use super::Refusal;
use crate::limits::FILM_PIXELS_MAX;
use ffmpeg_the_third::format::context::Input;
use ffmpeg_the_third::{Error, ffi};
use std::ffi::{CStr, c_int, c_void};
use std::os::fd::{AsFd, OwnedFd};
use std::ptr;

const FORMATS: &CStr = c"mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,mpegvideo,m4v,h264,hevc,ogg,mp3,wav,w64,flac,aac,asf,flv,aiff,amr,caf,gif,ivf";
const STREAMS_MAX: c_int = 32;
/// Bytes and microseconds that FFmpeg may read to find out what a file is.
const PROBE_BYTES: i64 = 5_000_000;
const PROBE_US: i64 = 5_000_000;
const BUFFER_BYTES: usize = 1 << 16;

struct Source {
    file: OwnedFd,
    length: u64,
    at: u64,
}

/// # Safety
/// `opaque` is the `Source` given to `avio_alloc_context`, and `buffer` holds `size` bytes.
unsafe extern "C" fn read(opaque: *mut c_void, buffer: *mut u8, size: c_int) -> c_int {
    // SAFETY: FFmpeg calls this from one thread at a time, with what it was given (see above).
    let (source, buffer) = unsafe {
        (&mut *opaque.cast::<Source>(), std::slice::from_raw_parts_mut(buffer, size.max(0) as usize))
    };
    let left = usize::try_from(source.length.saturating_sub(source.at)).unwrap_or(usize::MAX);
    let wanted = buffer.len().min(left);
    match rustix::io::pread(source.file.as_fd(), &mut buffer[..wanted], source.at) {
        Ok(0) => ffi::AVERROR_EOF,
        Ok(got) => {
            source.at += got as u64;
            got as c_int
        }
        Err(error) => -error.raw_os_error(),
    }
}

/// # Safety
/// `opaque` is the `Source` given to `avio_alloc_context`.
unsafe extern "C" fn seek(opaque: *mut c_void, offset: i64, whence: c_int) -> i64 {
    // SAFETY: as in `read`.
    let source = unsafe { &mut *opaque.cast::<Source>() };
    let to = match whence & !(ffi::AVSEEK_FORCE as c_int) {
        size if size == ffi::AVSEEK_SIZE as c_int => return source.length as i64,
        libc::SEEK_SET => u64::try_from(offset).ok(),
        libc::SEEK_CUR => source.at.checked_add_signed(offset),
        libc::SEEK_END => source.length.checked_add_signed(offset),
        _ => None,
    };
    match to {
        Some(to) if to <= source.length => {
            source.at = to;
            to as i64
        }
        _ => -i64::from(libc::EINVAL),
    }
}

/// Opens a film or sound file and finds its streams.
pub(super) fn open(file: OwnedFd, length: u64) -> Result<Input, Refusal> {
    ffmpeg_the_third::util::log::set_level(ffmpeg_the_third::util::log::Level::Quiet);
    let refuse = |code: c_int| Refusal::new(Stage::Open, Error::from(code));
    let source = Box::into_raw(Box::new(Source { file, length, at: 0 }));
    // SAFETY: plain construction of FFmpeg's objects, each checked for null. The `Source`, the I/O context
    // and its buffer are leaked on purpose: this process opens one file and ends with it, and nothing can
    // then outlive what it points to. `avformat_open_input` frees the format context itself when it fails.
    unsafe {
        let buffer = ffi::av_malloc(BUFFER_BYTES).cast();
        let io = ffi::avio_alloc_context(
            buffer,
            BUFFER_BYTES as c_int,
            0,
            source.cast(),
            Some(read),
            None,
            Some(seek),
        );
        let mut context = ffi::avformat_alloc_context();
        if buffer.is_null() || io.is_null() || context.is_null() {
            return Err(refuse(-libc::ENOMEM));
        }
        (*context).pb = io;
        (*context).max_streams = STREAMS_MAX;
        (*context).probesize = PROBE_BYTES;
        (*context).max_analyze_duration = PROBE_US;
        (*context).format_whitelist = ffi::av_strdup(FORMATS.as_ptr());
        (*context).protocol_whitelist = ffi::av_strdup(c"none".as_ptr());
        let opened = ffi::avformat_open_input(&mut context, ptr::null(), ptr::null(), ptr::null_mut());
        if opened < 0 {
            return Err(refuse(opened));
        }
        let found = ffi::avformat_find_stream_info(context, ptr::null_mut());
        let input = Input::wrap(context);
        if found < 0 {
            return Err(refuse(found));
        }
        Ok(input)
    }
}

/// Microseconds at which the file starts; subtracted from every time in it.
pub(super) fn start_us(input: &Input) -> i64 {
    // SAFETY: `input` holds a valid context.
    let start = unsafe { (*input.as_ptr()).start_time };
    if start == ffi::AV_NOPTS_VALUE { 0 } else { start }
}

/// The length that the file itself states, in microseconds; one that was reckoned from its size and bit rate proves nothing.
pub(super) fn stated_us(input: &Input) -> Option<i64> {
    // SAFETY: `input` holds a valid context.
    let (method, length) =
        unsafe { ((*input.as_ptr()).duration_estimation_method, (*input.as_ptr()).duration) };
    (method == ffi::AVDurationEstimationMethod::STREAM && length > 0).then_some(length)
}

/// The decoder could not decode all of the picture, and made something up for the rest.
pub(super) fn is_damaged(frame: &ffmpeg_the_third::frame::Video) -> bool {
    const MADE_UP: u32 = ffi::FF_DECODE_ERROR_INVALID_BITSTREAM as u32
        | ffi::FF_DECODE_ERROR_CONCEALMENT_ACTIVE as u32
        | ffi::FF_DECODE_ERROR_DECODE_SLICES as u32;
    // SAFETY: `frame` holds a valid frame; a plain field.
    let flags = unsafe { (*frame.as_ptr()).decode_error_flags };
    frame.is_corrupt() || flags as u32 & MADE_UP != 0
}

/// Its lines lie in memory from the upper one down, so that they are a slice: a raw AVI may hold them the other way round, with
/// a negative line size.
pub(super) fn lies_downwards(frame: &ffmpeg_the_third::frame::Video) -> bool {
    // SAFETY: `frame` holds a valid frame; a plain field.
    let sizes = unsafe { (*frame.as_ptr()).linesize };
    sizes[..frame.planes().min(sizes.len())].iter().all(|size| *size > 0)
}

/// Bounds what a video decoder may allocate, and tells it the unit of its times.
pub(super) fn bound(
    context: &mut ffmpeg_the_third::codec::context::Context,
    time_base: ffmpeg_the_third::Rational,
) {
    // SAFETY: a valid, not yet opened codec context; plain fields.
    unsafe {
        let context = &mut *context.as_mut_ptr();
        context.max_pixels = FILM_PIXELS_MAX as i64;
        context.pkt_timebase = time_base.into();
    }
}
