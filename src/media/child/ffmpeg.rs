//! Opening a file with FFmpeg: over our own reading of the descriptor, with what it may do narrowed.
//!
//! FFmpeg 5.1 has no protocol for a descriptor, and its `pipe:` cannot seek, so reading and seeking are
//! given to it as two C functions. Playlists and text formats that name other files are not in the list of
//! formats.

use super::super::wire::Stage;
use super::Refusal;
use super::timeline::Timeline;
use crate::limits::FILM_PIXELS_MAX;
use crate::model::media::Matrix;
use ffmpeg_the_third::format::Pixel;
use ffmpeg_the_third::format::context::Input;
use ffmpeg_the_third::software::scaling;
use ffmpeg_the_third::{Error, Packet, Rational, ffi, frame, media};
use std::collections::VecDeque;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::os::fd::{AsFd, OwnedFd};
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};

/// What a file may be. The names are those of FFmpeg, its program's too.
pub(super) const FORMATS: &CStr = c"mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,mpegvideo,m4v,h264,hevc,ogg,mp3,wav,w64,flac,aac,asf,flv,aiff,amr,caf,gif,apng,ivf";
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

/// What FFmpeg has complained of in this process, in all its threads: its log is its only word on much that it mends or
/// leaves out by itself.
static DEMUXING: AtomicU32 = AtomicU32::new(0);
static DECODING: AtomicU32 = AtomicU32::new(0);
/// What it has told that it does not complain of: of blocks that it made up for want of data, for one.
static REMARKS: AtomicU32 = AtomicU32::new(0);

/// Counts errors and remarks. What C's `va_list` is differs between processors, and is left alone.
///
/// # Safety
/// `object` is null or points to a pointer to an `AVClass`, as all that FFmpeg logs for (libavutil/log.h).
unsafe extern "C" fn note<VaList>(object: *mut c_void, level: c_int, _: *const c_char, _: VaList) {
    // What else is in the level's bits is a colour.
    let grave = level & 0xFF;
    if level < 0 || grave > ffi::AV_LOG_INFO {
        return;
    }
    if grave > ffi::AV_LOG_ERROR {
        REMARKS.fetch_add(1, Ordering::Relaxed);
        return;
    }
    // SAFETY: see above; both pointers are checked.
    let class = unsafe { object.cast::<*const ffi::AVClass>().as_ref().and_then(|class| class.as_ref()) };
    // One class serves demuxers and muxers, and is counted among the muxers.
    let containers = [ffi::AVClassCategory::DEMUXER, ffi::AVClassCategory::MUXER];
    let demuxes = class.is_some_and(|class| containers.contains(&class.category));
    let count = if demuxes { &DEMUXING } else { &DECODING };
    count.fetch_add(1, Ordering::Relaxed);
}

/// How often FFmpeg has found the container at fault so far.
pub(super) fn demuxing_complaints() -> u32 {
    DEMUXING.load(Ordering::Relaxed)
}

/// How often FFmpeg has found anything else at fault so far.
pub(super) fn decoding_complaints() -> u32 {
    DECODING.load(Ordering::Relaxed)
}

/// How often FFmpeg has told of something that it does not call a fault so far.
pub(super) fn remarks() -> u32 {
    REMARKS.load(Ordering::Relaxed)
}

/// Opens a film or sound file and finds its streams.
fn open(file: OwnedFd, length: u64) -> Result<Input, Refusal> {
    // SAFETY: sets a function that is there for as long as the process.
    unsafe { ffi::av_log_set_callback(Some(note)) };
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

/// A time in units of `base`, in microseconds.
pub(super) fn to_us(time: i64, base: Rational) -> i64 {
    let us =
        i128::from(time) * 1_000_000 * i128::from(base.numerator()) / i128::from(base.denominator().max(1));
    us.clamp(i128::from(i64::MIN / 4), i128::from(i64::MAX / 4)) as i64
}

fn from_us(us: i64, base: Rational) -> i64 {
    let (numerator, denominator) = (i128::from(base.numerator().max(1)), i128::from(base.denominator()));
    (i128::from(us) * denominator / (1_000_000 * numerator))
        .clamp(i128::from(i64::MIN / 4), i128::from(i64::MAX / 4)) as i64
}

/// A file's packets, on one clock that begins with the file at zero.
pub(super) struct Reader {
    input: Input,
    timeline: Timeline,
    /// The container's clock may jump: a moment is then found by reading up to it.
    jumps: bool,
    origin_us: i64,
    newest_us: i64,
    /// The streams of the last packets of pictures and of sound.
    last: [usize; 2],
    /// Packets that were read on the way to a moment, and come next.
    held: VecDeque<Read>,
}

/// A packet whose times are those of the film; they are in the time base of its track.
pub(super) struct Read {
    pub packet: Packet,
    pub stream: usize,
    pub kind: media::Type,
    /// When what is in it is to be seen or heard, and the end of that, in microseconds.
    pub at_us: i64,
    pub end_us: i64,
    /// What its times were moved by: another than before where recordings were joined.
    pub moved_us: i64,
}

impl Reader {
    pub(super) fn open(file: OwnedFd, length: u64) -> Result<Reader, Refusal> {
        let input = open(file, length)?;
        // SAFETY: `input` holds a valid context, and an opened context has its format; plain fields.
        let (start, flags) = unsafe { ((*input.as_ptr()).start_time, (*(*input.as_ptr()).iformat).flags) };
        let origin_us = if start == ffi::AV_NOPTS_VALUE { 0 } else { start };
        let jumps = flags & ffi::AVFMT_TS_DISCONT as c_int != 0;
        Ok(Reader {
            input,
            timeline: Timeline::new(origin_us, jumps),
            jumps,
            origin_us,
            newest_us: 0,
            last: [0; 2],
            held: VecDeque::new(),
        })
    }

    pub(super) fn input(&self) -> &Input {
        &self.input
    }

    /// The container's clock may jump, and its tracks be numbered anew: what joins recordings.
    pub(super) fn jumps(&self) -> bool {
        self.jumps
    }

    /// Where all that was read ends, subtitles and the rest with it, in microseconds.
    pub(super) fn newest_us(&self) -> i64 {
        self.newest_us
    }

    /// Streams that nothing announced may come later in the file.
    pub(super) fn may_gain_tracks(&self) -> bool {
        // SAFETY: `input` holds a valid context; a plain field.
        unsafe { (*self.input.as_ptr()).ctx_flags & ffi::AVFMTCTX_NOHEADER as c_int != 0 }
    }

    /// The next packet of pictures or sound; `None` at the end, and where the file cannot be read on.
    pub(super) fn next(&mut self) -> Option<Read> {
        self.held.pop_front().or_else(|| self.read())
    }

    fn read(&mut self) -> Option<Read> {
        loop {
            let (stream, mut packet) = self.input.packets().next()?.ok()?;
            let kind = stream.parameters().medium();
            let (index, base) = (stream.index(), stream.time_base());
            let us = |time: i64| to_us(time, base);
            let length_us = us(packet.duration());
            if !matches!(kind, media::Type::Video | media::Type::Audio) {
                let at_us = packet.pts().or(packet.dts()).map_or(0, us).saturating_sub(self.origin_us);
                self.newest_us = self.newest_us.max(at_us.saturating_add(length_us));
                continue;
            }
            let last = if kind == media::Type::Video { &mut self.last[0] } else { &mut self.last[1] };
            let before = std::mem::replace(last, index);
            let mut moved_us = self.timeline.current();
            if packet.dts().or(packet.pts()).is_some() {
                // By presentation times nothing can be told: pictures are not stored in their order.
                if let Some(time) = packet.dts() {
                    moved_us = self.timeline.offset((index, before), us(time), length_us);
                }
                let offset = from_us(moved_us, base);
                packet.set_pts(packet.pts().map(|time| time.saturating_add(offset)));
                packet.set_dts(packet.dts().map(|time| time.saturating_add(offset)));
            }
            let at_us = packet.pts().or(packet.dts()).map_or(0, us);
            let end_us = at_us.saturating_add(length_us);
            self.newest_us = self.newest_us.max(end_us);
            return Some(Read { packet, stream: index, kind, at_us, end_us, moved_us });
        }
    }

    /// Goes on reading so that what is to be seen or heard from `to_us` on can be decoded: at the last key packet of
    /// `track` before, or earlier. `alive` is called now and then where that takes long.
    ///
    /// A file that cannot seek is read on from its beginning.
    pub(super) fn go<E>(
        &mut self,
        to_us: i64,
        track: usize,
        mut alive: impl FnMut() -> Result<(), E>,
    ) -> Result<(), E> {
        if !self.jumps {
            // Before the first moment of any file: its beginning is meant.
            let early_us = if to_us > 0 { 0 } else { BEFORE_US };
            self.seek(to_us.saturating_add(self.origin_us).saturating_sub(early_us));
            self.timeline.go();
            return Ok(());
        }
        // Where the clock jumps no time can be looked for; and a search in a transport stream ends at any picture, also at one
        // which builds on others, with other times than those which reading gives.
        self.rewind();
        let mut bytes = 0;
        for count in 1u32.. {
            let Some(read) = self.read() else { break };
            let is_ours = read.stream == track;
            if is_ours && read.packet.is_key() && read.at_us <= to_us {
                self.held.retain(|held| held.stream != track && held.end_us > to_us);
                bytes = self.held.iter().map(|held| held.packet.size()).sum();
            }
            let beyond = is_ours && read.at_us > to_us;
            bytes += read.packet.size();
            if bytes <= HELD_BYTES_MAX {
                self.held.push_back(read);
            }
            if beyond {
                break;
            }
            if count.is_multiple_of(ALIVE_PACKETS) {
                alive()?;
            }
        }
        Ok(())
    }

    /// To the last place at or before a time of the file from which decoding can begin, or to its beginning. FLV knows of no
    /// place before its first picture.
    fn seek(&mut self, to: i64) {
        if self.input.seek(to, ..=to).is_err() && self.input.seek(to, ..).is_err() {
            self.begin_again();
        }
    }

    fn rewind(&mut self) {
        self.begin_again();
        self.held.clear();
        self.timeline = Timeline::new(self.origin_us, self.jumps);
    }

    fn begin_again(&mut self) {
        // SAFETY: `input` holds a valid context. Where it fails the file is read on from where it is.
        unsafe { ffi::av_seek_frame(self.input.as_mut_ptr(), -1, 0, ffi::AVSEEK_FLAG_BYTE as c_int) };
    }

    /// How many packets each stream has at the file's beginning. Reads from there on anew.
    pub(super) fn counts(&mut self) -> Vec<u32> {
        let mut counts = vec![0; self.input.nb_streams() as usize];
        for _ in 0..COUNTED_PACKETS {
            let Some(Ok((stream, _))) = self.input.packets().next() else { break };
            if let Some(count) = counts.get_mut(stream.index()) {
                *count += 1;
            }
        }
        if self.jumps {
            self.rewind();
        } else {
            self.seek(self.origin_us.saturating_sub(BEFORE_US));
        }
        counts
    }

    /// How the samples of a track's pictures are stored, as far as that is known before they are decoded.
    pub(super) fn pixel_format(&self, stream: usize) -> Pixel {
        // SAFETY: `input` holds a valid context; the stream's number is checked against its streams, each of which has its
        // parameters; a plain field.
        let format = unsafe {
            let context = self.input.as_ptr();
            if stream >= (*context).nb_streams as usize {
                return Pixel::None;
            }
            (*(**(*context).streams.add(stream)).codecpar).format
        };
        Pixel::from(ffi::AVPixelFormat(format as _))
    }

    /// The width of a pixel to its height, as the container says or else the stream; 1 where nothing sensible is said.
    pub(super) fn pixel_aspect(&self, stream: usize) -> f64 {
        // SAFETY: `input` holds a valid context; the stream's number is checked against its streams; no frame is given.
        let aspect: Rational = unsafe {
            let context = self.input.as_ptr().cast_mut();
            if stream >= (*context).nb_streams as usize {
                return 1.0;
            }
            ffi::av_guess_sample_aspect_ratio(context, *(*context).streams.add(stream), ptr::null_mut())
                .into()
        };
        let aspect = f64::from(aspect.numerator()) / f64::from(aspect.denominator().max(1));
        // A hundredth more or less is rounding.
        if (0.1..=10.0).contains(&aspect) && (aspect - 1.0).abs() > 0.005 { aspect } else { 1.0 }
    }

    /// The length that the container itself states, in microseconds; one that was reckoned from its size and bit rate, or from
    /// the times at its ends, proves nothing.
    pub(super) fn stated_us(&self) -> Option<i64> {
        // SAFETY: `input` holds a valid context.
        let (method, length) =
            unsafe { ((*self.input.as_ptr()).duration_estimation_method, (*self.input.as_ptr()).duration) };
        // Ogg's is the time of the last page that is there.
        let measured = self.input.format().name() == "ogg";
        (method == ffi::AVDurationEstimationMethod::STREAM && length > 0 && !measured && !self.jumps)
            .then_some(length)
    }
}

/// Before the first moment of any file, in microseconds.
const BEFORE_US: i64 = 10_000_000;

/// Packets from one whole picture to the next, at most, in bytes; of more the rest is left out.
const HELD_BYTES_MAX: usize = 64 << 20;

/// Enough to see a second picture of a film.
const COUNTED_PACKETS: u32 = 500;

/// After so many packets that are only read, the reader says that it works.
const ALIVE_PACKETS: u32 = 1_000;

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

/// The decoder looks at check sums, and at whether each picture needs just the data that there is for it. Edges between
/// blocks are not smoothed: nobody looks at the pictures.
pub(super) fn be_strict(context: &mut ffmpeg_the_third::codec::context::Context) {
    let checks = ffi::AV_EF_CRCCHECK | ffi::AV_EF_BITSTREAM | ffi::AV_EF_BUFFER;
    // SAFETY: a valid, not yet opened codec context; plain fields.
    unsafe {
        (*context.as_mut_ptr()).err_recognition = checks as c_int;
        (*context.as_mut_ptr()).skip_loop_filter = ffi::AVDiscard::ALL;
    }
}

/// What a picture's memory holds before it is decoded: it shows what a decoder has left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filling {
    Dark = 0x12,
    Light = 0xDD,
}

/// # Safety
/// `context` and `frame` are as FFmpeg gives them to `get_buffer2` (libavcodec/avcodec.h).
unsafe extern "C" fn filled_buffer(
    context: *mut ffi::AVCodecContext,
    frame: *mut ffi::AVFrame,
    flags: c_int,
) -> c_int {
    // SAFETY: see above. Where it succeeds each buffer is new, nobody else's, and of its stated size.
    unsafe {
        let code = ffi::avcodec_default_get_buffer2(context, frame, flags);
        if code >= 0 {
            let level = (*context).opaque as usize as u8;
            for buffer in (*frame).buf.iter().filter_map(|buffer| buffer.as_ref()) {
                ptr::write_bytes(buffer.data, level, buffer.size);
            }
        }
        code
    }
}

/// The decoder's pictures have this in them before they are decoded.
pub(super) fn fill(context: &mut ffmpeg_the_third::codec::context::Context, filling: Filling) {
    // SAFETY: a valid, not yet opened codec context; plain fields, of which the first is for its user, and holds a number here.
    unsafe {
        let context = &mut *context.as_mut_ptr();
        context.opaque = ptr::without_provenance_mut(filling as usize);
        context.get_buffer2 = Some(filled_buffer);
    }
}

/// The same for the pictures from here on, of a decoder that had a filling before.
pub(super) fn refill(decoder: &mut ffmpeg_the_third::decoder::Video, filling: Filling) {
    // SAFETY: a valid context that decodes nothing now; see `fill`.
    unsafe { (*decoder.as_mut_ptr()).opaque = ptr::without_provenance_mut(filling as usize) };
}

/// A stream's data for its decoder.
pub(super) fn extradata<'a>(parameters: &'a ffmpeg_the_third::codec::ParametersRef<'_>) -> &'a [u8] {
    // SAFETY: valid parameters, which hold as many bytes as they say for as long as they live, or null.
    unsafe {
        let parameters = &*parameters.as_ptr();
        match usize::try_from(parameters.extradata_size) {
            Ok(size) if !parameters.extradata.is_null() => {
                std::slice::from_raw_parts(parameters.extradata, size)
            }
            _ => &[],
        }
    }
}

/// What a decoded picture of a stream takes, in bytes; `None` where its size or format is not known yet.
pub(super) fn picture_bytes(parameters: &ffmpeg_the_third::codec::ParametersRef<'_>) -> Option<usize> {
    // SAFETY: valid parameters; plain fields, and a function of numbers alone.
    let bytes = unsafe {
        let parameters = &*parameters.as_ptr();
        let format = Pixel::from(ffi::AVPixelFormat(parameters.format as _));
        ffi::av_image_get_buffer_size(format.into(), parameters.width, parameters.height, 1)
    };
    usize::try_from(bytes).ok()
}

/// A packet with the times and the rest of another, and data of its own; `None` for want of memory.
pub(super) fn packet_like(other: &Packet, data: &[u8]) -> Option<Packet> {
    use ffmpeg_the_third::packet::{Mut, Ref};
    let mut packet = Packet::copy(data);
    // SAFETY: both are valid packets.
    let copied = unsafe { ffi::av_packet_copy_props(packet.as_mut_ptr(), other.as_ptr()) >= 0 };
    (copied && packet.size() == data.len()).then_some(packet)
}

/// Whether two pictures have the same samples.
pub(super) fn are_same(one: &frame::Video, other: &frame::Video) -> bool {
    let kind = |frame: &frame::Video| (frame.format(), frame.width(), frame.height());
    if kind(one) != kind(other) || !lies_downwards(one) || !lies_downwards(other) {
        return false;
    }
    (0..one.planes()).all(|plane| {
        // SAFETY: a function of numbers alone.
        let row =
            unsafe { ffi::av_image_get_linesize(one.format().into(), one.width() as c_int, plane as c_int) };
        let row = usize::try_from(row).unwrap_or(0);
        let rows = |frame: &'_ frame::Video| (frame.stride(plane), frame.plane_height(plane) as usize);
        let ((a, height), (b, _)) = (rows(one), rows(other));
        let lines = one.data(plane).chunks(a.max(1)).zip(other.data(plane).chunks(b.max(1))).take(height);
        row > 0 && lines.into_iter().all(|(a, b)| a.get(..row) == b.get(..row))
    })
}

/// Luma of 8 bits below which nobody sees anything on a board: of 255, or from 16 on.
const DARK: u8 = 32;

/// Nothing can be seen in the picture. Of formats whose first plane is not luma of 8 bits that is not known.
pub(super) fn is_black(frame: &frame::Video) -> bool {
    use Pixel::*;
    const LUMA: [Pixel; 8] = [YUV420P, YUVJ420P, YUV422P, YUVJ422P, YUV444P, YUVJ444P, NV12, GRAY8];
    if !LUMA.contains(&frame.format()) || !lies_downwards(frame) {
        return false;
    }
    let (stride, width, height) = (frame.stride(0), frame.width() as usize, frame.height() as usize);
    let mut lines = frame.data(0).chunks(stride.max(1)).take(height);
    lines.all(|line| line.iter().take(width).all(|luma| *luma < DARK))
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

/// The pixel format is of red, green and blue (or of a palette of them).
pub(super) fn is_rgb(format: Pixel) -> bool {
    flags(format) & (ffi::AV_PIX_FMT_FLAG_RGB | ffi::AV_PIX_FMT_FLAG_PAL) as u64 != 0
}

/// The pixel format has transparency. A palette's says nothing: many decoders leave it at zero.
pub(super) fn has_alpha(format: Pixel) -> bool {
    flags(format) & ffi::AV_PIX_FMT_FLAG_ALPHA as u64 != 0
        && flags(format) & ffi::AV_PIX_FMT_FLAG_PAL as u64 == 0
}

/// The pixel format says by itself that luma goes from 0 to 255.
pub(super) fn is_full_range(format: Pixel) -> bool {
    matches!(format, Pixel::YUVJ420P | Pixel::YUVJ422P | Pixel::YUVJ444P | Pixel::YUVJ440P | Pixel::YUVJ411P)
}

fn flags(format: Pixel) -> u64 {
    // SAFETY: the descriptors are constants of the library; null for a format that it does not know.
    unsafe { ffi::av_pix_fmt_desc_get(format.into()).as_ref() }.map_or(0, |descriptor| descriptor.flags)
}

/// The same picture once more; its samples are not copied.
pub(super) fn shared(frame: &frame::Video) -> frame::Video {
    let mut shared = frame::Video::empty();
    // SAFETY: an empty frame, and a valid one. Where it fails, for want of memory alone, the first stays empty.
    let failed = unsafe { ffi::av_frame_ref(shared.as_mut_ptr(), frame.as_ptr()) < 0 };
    if failed { frame.clone() } else { shared }
}

/// Time, colours and the rest that is said of a picture.
pub(super) fn copy_properties(from: &frame::Video, to: &mut frame::Video) {
    // SAFETY: both hold valid frames. It fails for want of memory alone, and then the picture has no time.
    unsafe { ffi::av_frame_copy_props(to.as_mut_ptr(), from.as_ptr()) };
}

/// What a picture is to become. Of colours only the range changes, and RGB becomes or comes from YUV.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scaled {
    pub format: Pixel,
    pub width: u32,
    pub height: u32,
    pub matrix: Matrix,
    pub from_full: bool,
    pub to_full: bool,
}

/// libswscale, told what each picture means: left to itself it takes BT.601 and its own idea of the range.
#[derive(Default)]
pub(super) struct Scaler(Option<Prepared>);

struct Prepared {
    context: scaling::Context,
    from: (Pixel, u32, u32),
    to: Scaled,
    out: frame::Video,
}

impl Scaler {
    pub(super) fn run(&mut self, from: &frame::Video, to: Scaled) -> Result<&frame::Video, Error> {
        let kind = (from.format(), from.width(), from.height());
        let fits = |prepared: &mut Prepared| (prepared.from, prepared.to) == (kind, to);
        let prepared = match self.0.take_if(fits) {
            Some(prepared) => prepared,
            None => Prepared::new(kind, to)?,
        };
        let prepared = self.0.insert(prepared);
        prepared.context.run(from, &mut prepared.out)?;
        Ok(&prepared.out)
    }
}

impl Prepared {
    fn new(from: (Pixel, u32, u32), to: Scaled) -> Result<Prepared, Error> {
        let flags = scaling::Flags::BILINEAR | scaling::Flags::ACCURATE_RND;
        let mut context =
            scaling::Context::get(from.0, from.1, from.2, to.format, to.width, to.height, flags)?;
        // SAFETY: a valid context; the tables of coefficients are constants of the library. Where a pair of formats has no
        // such setting it changes nothing, and says so by its result.
        unsafe {
            let table = ffi::sws_getCoefficients(match to.matrix {
                Matrix::Bt601 => ffi::SWS_CS_ITU601,
                Matrix::Bt709 => ffi::SWS_CS_ITU709,
                Matrix::Bt2020 => ffi::SWS_CS_BT2020,
            } as c_int);
            let (from_full, to_full) = (c_int::from(to.from_full), c_int::from(to.to_full));
            const ONE: c_int = 1 << 16;
            ffi::sws_setColorspaceDetails(
                context.as_mut_ptr(),
                table,
                from_full,
                table,
                to_full,
                0,
                ONE,
                ONE,
            );
        }
        let out = frame::Video::new(to.format, to.width, to.height);
        Ok(Prepared { context, from, to, out })
    }
}

/// A picture of two fields.
#[cfg(test)]
pub(super) fn mark_interlaced(frame: &mut frame::Video, top_first: bool) {
    // SAFETY: `frame` holds a valid frame; plain fields.
    unsafe {
        (*frame.as_mut_ptr()).interlaced_frame = 1;
        (*frame.as_mut_ptr()).top_field_first = c_int::from(top_first);
    }
}
