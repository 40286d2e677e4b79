//! Whether each picture of a film uses exactly the bytes that there are for it.
//!
//! Entropy coders have no check sums. One that a damaged byte has thrown out of step goes on without complaint, and ends its
//! picture too early or too late in the data. So pictures are decoded once more: with bytes behind their end, which change
//! nothing in a whole one; and with their last bytes spoilt, which change something in a whole one.

use super::super::ffmpeg::{self, Filling};
use ff::codec::context;
use ff::frame;
use ffmpeg_the_third as ff;
use std::collections::VecDeque;
use std::ops::Range;

/// What is put behind the end: no start code, no end mark of VP9.
const JUNK: [u8; 32] = [0xA5; 32];

/// Of arithmetic coding, ones are the end of a slice or else the rarest symbols, which take many bits.
const SPOILT: u8 = 0xFF;

/// How many of the last bytes are spoilt, each in its turn. With 16 spoilt one whole picture in fifty came out the same (x265: what
/// was spoilt lay in a corner that is white anyway), with 32 one in two thousand, with each of the three in turn none.
const TAILS: [usize; 3] = [16, 32, 48];

/// Of H.264 the first look, where a complaint is enough.
const TAIL_LOOKED_AT: usize = 48;

/// Bytes at the beginning of a coded part that are left alone: its header.
const HEAD: usize = 32;

/// A picture of more slices is not looked at slice by slice.
const PARTS_MAX: usize = 8;

/// Larger pictures are not decoded more than once: four decoders keep up to 17 of them each, within the address space of
/// `sandbox`. 4096 x 2304 has 14 MB with 8 bits, and 28 with 10.
const PICTURE_BYTES_MAX: usize = 16 << 20;

/// How the pictures of a film lie in its packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// NAL units, each after its length in so many bytes; 0 if they stand between start codes (ISO/IEC 14496-15, and
    /// annex B of H.264 and HEVC).
    H264(usize),
    Hevc(usize),
    /// RFC 6386.
    Vp8,
    /// VP9 Bitstream Specification, annex B: several in a packet, before an index of them.
    Vp9,
}

impl Form {
    fn of(id: ff::codec::Id, extradata: &[u8]) -> Option<Form> {
        match id {
            ff::codec::Id::H264 => Some(Form::H264(match extradata {
                [1, _, _, _, sizes, ..] => usize::from(sizes & 3) + 1,
                _ => 0,
            })),
            ff::codec::Id::HEVC => Some(Form::Hevc(match extradata {
                [0, 0, 0 | 1, ..] => 0,
                _ => extradata.get(21).map_or(0, |sizes| usize::from(sizes & 3) + 1),
            })),
            ff::codec::Id::VP8 => Some(Form::Vp8),
            ff::codec::Id::VP9 => Some(Form::Vp9),
            _ => None,
        }
    }

    /// What of a packet is decoded by itself up to its end.
    fn parts(self, data: &[u8]) -> Vec<Range<usize>> {
        match self {
            Form::H264(size) | Form::Hevc(size) => {
                let units = units(data, size).into_iter();
                units
                    .filter(|unit| self.is_slice(&data[unit.clone()]))
                    .map(|unit| unit.start..unit.start + end_of_slice(&data[unit.clone()]))
                    .collect()
            }
            Form::Vp8 => {
                let header = if data.first().is_some_and(|byte| byte & 1 != 0) { 3 } else { 10 };
                let first = match data {
                    [a, b, c, ..] => (usize::from(*c) << 16 | usize::from(*b) << 8 | usize::from(*a)) >> 5,
                    _ => return Vec::new(),
                };
                let start = header + first;
                if start < data.len() {
                    only(start..start + without_zeros(&data[start..]))
                } else {
                    Vec::new()
                }
            }
            Form::Vp9 => {
                let frames = frames(data).into_iter();
                frames.map(|frame| frame.start..frame.start + without_zeros(&data[frame.clone()])).collect()
            }
        }
    }

    fn is_slice(self, unit: &[u8]) -> bool {
        match (self, unit) {
            (Form::H264(_), [head, ..]) => matches!(head & 31, 1 | 5),
            // Other layers are not decoded.
            (Form::Hevc(_), [first, second, ..]) => first & 0x41 == 0 && second >> 3 == 0,
            _ => false,
        }
    }

    /// The same data with junk behind the end of each part, as one packet or as several.
    fn lengthened(self, data: &[u8]) -> Vec<Vec<u8>> {
        match self {
            Form::H264(size) | Form::Hevc(size) => {
                let units = units(data, size);
                let most = if size == 0 {
                    usize::MAX
                } else {
                    usize::try_from((1u64 << (8 * size)) - 1).unwrap_or(usize::MAX)
                };
                if units.is_empty() || units.iter().any(|unit| unit.len() > most - JUNK.len()) {
                    return vec![data.to_vec()];
                }
                let mut out = Vec::with_capacity(data.len() + 4 * JUNK.len());
                for unit in units {
                    let unit = &data[unit];
                    let is_slice = self.is_slice(unit);
                    let kept = if is_slice { &unit[..end_of_slice(unit)] } else { unit };
                    let junk: &[u8] = if is_slice { &JUNK } else { &[] };
                    let length = kept.len() + junk.len();
                    if size == 0 {
                        out.extend([0, 0, 1]);
                    } else {
                        out.extend(&(length as u64).to_be_bytes()[8 - size..]);
                    }
                    out.extend(kept);
                    out.extend(junk);
                }
                vec![out]
            }
            Form::Vp8 if data.is_empty() => vec![Vec::new()],
            Form::Vp8 => vec![[data, &JUNK].concat()],
            Form::Vp9 => frames(data).into_iter().map(|frame| [&data[frame], &JUNK].concat()).collect(),
        }
    }
}

fn only(range: Range<usize>) -> Vec<Range<usize>> {
    std::iter::once(range).collect()
}

/// The NAL units of a packet; none where the lengths do not add up, which is for the judged decoder to find fault with.
fn units(data: &[u8], size: usize) -> Vec<Range<usize>> {
    let mut units = Vec::new();
    if size == 0 {
        let codes: Vec<usize> =
            data.windows(3).enumerate().filter(|(_, code)| *code == [0, 0, 1]).map(|(at, _)| at).collect();
        for (number, code) in codes.iter().enumerate() {
            let end = codes.get(number + 1).copied().unwrap_or(data.len());
            units.push((code + 3).min(end)..end);
        }
        return units;
    }
    let mut at = 0;
    while at < data.len() {
        let Some(length) = data.get(at..at + size) else { return Vec::new() };
        let length = length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
        let unit = at + size..(at + size).saturating_add(length);
        if unit.end > data.len() {
            return Vec::new();
        }
        at = unit.end;
        units.push(unit);
    }
    units
}

/// The frames of a VP9 packet.
fn frames(data: &[u8]) -> Vec<Range<usize>> {
    let whole = || only(0..data.len());
    let Some(mark) = data.last().filter(|mark| *mark & 0xE0 == 0xC0) else { return whole() };
    let (count, bytes) = (usize::from(mark & 7) + 1, usize::from(mark >> 3 & 3) + 1);
    let index = data.len().checked_sub(2 + count * bytes).and_then(|at| Some((at, data.get(at..)?)));
    let Some((end, [first, sizes @ ..])) = index else { return whole() };
    if first != mark {
        return whole();
    }
    let mut at = 0;
    let mut frames = Vec::with_capacity(count);
    for size in sizes.chunks_exact(bytes).take(count) {
        let size = size.iter().rev().fold(0, |size, byte| size << 8 | usize::from(*byte));
        if size == 0 || size > end - at {
            break;
        }
        frames.push(at..at + size);
        at += size;
    }
    frames
}

fn without_zeros(data: &[u8]) -> usize {
    data.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)
}

/// Without the zeros that may follow the end of a slice (`cabac_zero_words`, `trailing_zero_8bits`).
fn end_of_slice(unit: &[u8]) -> usize {
    let mut end = without_zeros(unit);
    while let [rest @ .., 0, 0, 3] = &unit[..end] {
        end = without_zeros(rest);
    }
    end
}

/// Whether a picture parameter set of H.264 says that slices are coded arithmetically (7.3.2.2); `None` of another unit.
fn is_arithmetic(unit: &[u8]) -> Option<bool> {
    let [head, body @ ..] = unit else { return None };
    if head & 31 != 8 {
        return None;
    }
    let bit = |at: usize| body.get(at / 8).map(|byte| byte >> (7 - at % 8) & 1 == 1);
    let mut at = 0;
    // pic_parameter_set_id and seq_parameter_set_id, as ue(v).
    for _ in 0..2 {
        let mut zeros = 0;
        while !bit(at)? {
            (zeros, at) = (zeros + 1, at + 1);
        }
        at += zeros + 1;
    }
    bit(at)
}

/// The parameter sets of H.264 in a file's head (`avcC`, or start codes).
fn heads(extradata: &[u8], size: usize) -> Vec<&[u8]> {
    if size == 0 {
        return units(extradata, 0).into_iter().map(|unit| &extradata[unit]).collect();
    }
    let (mut found, mut at) = (Vec::new(), 5);
    for mask in [0x1F, 0xFF] {
        let Some(count) = extradata.get(at).map(|count| count & mask) else { break };
        at += 1;
        for _ in 0..count {
            let Some(&[high, low]) = extradata.get(at..at + 2) else { break };
            let end = at + 2 + usize::from(u16::from_be_bytes([high, low]));
            let Some(unit) = extradata.get(at + 2..end) else { break };
            found.push(unit);
            at = end;
        }
    }
    found
}

/// Decoders beside the one that is judged.
pub(super) struct Exact {
    form: Form,
    /// Gets every packet with junk behind its data.
    longer: ff::decoder::Video,
    /// Gets every packet with its end spoilt, which a whole one of H.264 complains of nearly always.
    spoilt: Option<ff::decoder::Video>,
    /// Gets single pictures.
    alone: ff::decoder::Video,
    /// The last picture that stands by itself: H.264 decodes none without one before it.
    key: Option<ff::Packet>,
    arithmetic: bool,
    /// What the judged decoder and `longer` have put out, until it is compared.
    theirs: VecDeque<frame::Video>,
    ours: VecDeque<frame::Video>,
    /// A picture that stands by itself has come out: what came before may build on what is not there.
    settled: bool,
    pixels: u64,
}

impl Exact {
    /// `None` where nothing is known of how the pictures lie in their packets, or they are too large.
    pub(super) fn open(stream: &ff::format::stream::Stream<'_>) -> Option<Exact> {
        let parameters = stream.parameters();
        let extradata = ffmpeg::extradata(&parameters);
        let form = Form::of(parameters.id(), extradata)?;
        ffmpeg::picture_bytes(&parameters).filter(|bytes| *bytes <= PICTURE_BYTES_MAX)?;
        let open = || -> Result<ff::decoder::Video, ff::Error> {
            let mut context = context::Context::from_parameters(stream.parameters())?;
            ffmpeg::bound(&mut context, stream.time_base());
            ffmpeg::be_strict(&mut context);
            ffmpeg::fill(&mut context, Exact::filling(form, true));
            context.decoder().video()
        };
        let arithmetic = match form {
            Form::H264(size) => {
                heads(extradata, size).into_iter().all(|unit| is_arithmetic(unit) != Some(false))
            }
            _ => true,
        };
        Some(Exact {
            form,
            longer: open().ok()?,
            spoilt: match form {
                Form::H264(_) => Some(open().ok()?),
                _ => None,
            },
            alone: open().ok()?,
            key: None,
            arithmetic,
            theirs: VecDeque::new(),
            ours: VecDeque::new(),
            settled: false,
            pixels: 0,
        })
    }

    /// What the judged decoder is to fill its pictures with before it decodes them.
    pub(super) fn plain(&self) -> Filling {
        Exact::filling(self.form, false)
    }

    /// FFmpeg's decoder of HEVC leaves out what a slice that ends early has not: that is to be seen. Others fill it up, or
    /// leave it as it was where a field is missing: that is no damage.
    fn filling(form: Form, other: bool) -> Filling {
        if other && matches!(form, Form::Hevc(_)) { Filling::Light } else { Filling::Dark }
    }

    /// Decodes a packet; true if a picture of it, or of one before it, does not use the data that there are.
    pub(super) fn send(&mut self, packet: &ff::Packet) -> bool {
        let data = packet.data().unwrap_or_default();
        if let Form::H264(size) = self.form {
            let mut sets = units(data, size).into_iter().filter_map(|unit| is_arithmetic(&data[unit]));
            self.arithmetic &= sets.all(|arithmetic| arithmetic);
        }
        if packet.is_key() {
            self.key = Some(packet.clone());
        }
        let mut failed = false;
        for longer in self.form.lengthened(data) {
            let Some(longer) = ffmpeg::packet_like(packet, &longer) else { continue };
            failed |= self.longer.send_packet(&longer).is_err();
            self.pixels += receive(&mut self.longer, &mut self.ours);
        }
        let suspected = match self.form {
            Form::H264(_) => self.key.is_some() && self.arithmetic && self.ends_silently(packet),
            Form::Hevc(_) => true,
            Form::Vp8 | Form::Vp9 => packet.is_key(),
        };
        failed || suspected && self.ends_early(packet)
    }

    /// A picture of the judged decoder.
    pub(super) fn push(&mut self, frame: &frame::Video) {
        self.theirs.push_back(ffmpeg::shared(frame));
    }

    /// True if pictures have come out different: they have read beyond their data, or left out some of the picture.
    pub(super) fn differs(&mut self) -> bool {
        let mut differs = false;
        while !self.theirs.is_empty() && !self.ours.is_empty() {
            let (Some(theirs), Some(ours)) = (self.theirs.pop_front(), self.ours.pop_front()) else { break };
            self.settled |= theirs.kind() == ff::picture::Type::I;
            differs |= self.settled && !ffmpeg::are_same(&theirs, &ours);
        }
        differs
    }

    /// The end of the film.
    pub(super) fn finish(&mut self) {
        let _ = self.longer.send_eof();
        self.pixels += receive(&mut self.longer, &mut self.ours);
    }

    pub(super) fn flush(&mut self) {
        self.longer.flush();
        if let Some(spoilt) = &mut self.spoilt {
            spoilt.flush();
        }
        self.theirs.clear();
        self.ours.clear();
        self.settled = false;
    }

    /// Pixels decoded since this was last asked.
    pub(super) fn take_pixels(&mut self) -> u64 {
        std::mem::take(&mut self.pixels)
    }

    /// Whether fewer slices complain of a spoilt end than have one. Slices are read without regard to other pictures, so that
    /// what became of those does not matter.
    fn ends_silently(&mut self, packet: &ff::Packet) -> bool {
        let Some(decoder) = &mut self.spoilt else { return false };
        let data = packet.data().unwrap_or_default();
        let parts: Vec<_> = self.form.parts(data).into_iter().filter(is_long).collect();
        let mut copy = data.to_vec();
        for part in &parts {
            copy[part.end - TAIL_LOOKED_AT..part.end].fill(SPOILT);
        }
        let Some(copy) = ffmpeg::packet_like(packet, &copy) else { return false };
        let (complaints, remarks) = (ffmpeg::decoding_complaints(), ffmpeg::remarks());
        let _ = decoder.send_packet(&copy);
        self.pixels += receive(decoder, &mut VecDeque::new());
        // That blocks are missing, because a slice ended at once, is told once a picture.
        let missing = u32::from(ffmpeg::remarks() != remarks);
        let heard = ffmpeg::decoding_complaints().wrapping_sub(complaints).saturating_add(missing);
        (heard as usize) < parts.len()
    }

    /// Whether some part of a picture has bytes at its end that nothing is made of.
    fn ends_early(&mut self, packet: &ff::Packet) -> bool {
        let data = packet.data().unwrap_or_default();
        let parts: Vec<_> = self.form.parts(data).into_iter().filter(is_long).collect();
        if parts.is_empty() || parts.len() > PARTS_MAX {
            return false;
        }
        let whole = self.decode_alone(packet, data, None);
        if whole.is_empty() {
            return false;
        }
        parts.into_iter().any(|part| {
            let mut changes = |from: usize| {
                let spoilt = self.decode_alone(packet, data, Some(from..part.end));
                !(spoilt.len() == whole.len()
                    && spoilt.iter().zip(&whole).all(|(a, b)| ffmpeg::are_same(a, b)))
            };
            // A picture that shows nothing at all of its data proves nothing.
            TAILS.iter().all(|tail| !changes(part.end - tail)) && changes(part.start + HEAD)
        })
    }

    /// The picture, decoded without those before it, with some of its data spoilt.
    fn decode_alone(
        &mut self,
        packet: &ff::Packet,
        data: &[u8],
        spoilt: Option<Range<usize>>,
    ) -> VecDeque<frame::Video> {
        let mut found = VecDeque::new();
        let filling = if spoilt.is_some() { Filling::Light } else { Filling::Dark };
        let mut copy = data.to_vec();
        if let Some(bytes) = spoilt.and_then(|range| copy.get_mut(range)) {
            bytes.fill(SPOILT);
        }
        let Some(copy) = ffmpeg::packet_like(packet, &copy) else { return found };
        self.alone.flush();
        ffmpeg::refill(&mut self.alone, filling);
        if let (Form::H264(_), false, Some(key)) = (self.form, packet.is_key(), &self.key) {
            let _ = self.alone.send_packet(key);
            self.pixels += receive(&mut self.alone, &mut found);
        }
        let _ = self.alone.send_packet(&copy);
        self.pixels += receive(&mut self.alone, &mut found);
        let _ = self.alone.send_eof();
        self.pixels += receive(&mut self.alone, &mut found);
        found
    }
}

/// A part that can be spoilt at its end without its header.
fn is_long(part: &Range<usize>) -> bool {
    part.len() >= HEAD + TAILS[2] + TAILS[0]
}

/// Takes what comes out of a decoder; returns how many pixels that were.
fn receive(decoder: &mut ff::decoder::Video, into: &mut VecDeque<frame::Video>) -> u64 {
    let mut pixels = 0;
    loop {
        let mut frame = frame::Video::empty();
        if decoder.receive_frame(&mut frame).is_err() {
            return pixels;
        }
        pixels += u64::from(frame.width()) * u64::from(frame.height());
        into.push_back(frame);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_end_before_the_zeros_that_follow_them() {
        assert_eq!(end_of_slice(&[0x65, 1, 0x80]), 3);
        assert_eq!(end_of_slice(&[0x65, 1, 0x80, 0, 0, 3, 0, 0, 3]), 3);
        assert_eq!(end_of_slice(&[0x65, 1, 0x80, 0, 0]), 3);
        assert_eq!(end_of_slice(&[0, 0, 0]), 0);
    }

    #[test]
    fn junk_follows_each_slice_and_nothing_else() {
        let (parameters, slice) = ([0x67, 1], [0x65, 2, 0x80]);
        let with_codes = [&[0, 0, 1], &parameters[..], &[0, 0, 1], &slice[..]].concat();
        let expected = [&with_codes[..], &JUNK].concat();
        assert_eq!(Form::H264(0).lengthened(&with_codes), vec![expected]);
        let with_lengths = [&[0, 2], &parameters[..], &[0, 3], &slice[..]].concat();
        let expected = [&[0, 2], &parameters[..], &[0, 35], &slice[..], &JUNK].concat();
        assert_eq!(Form::H264(2).lengthened(&with_lengths), vec![expected]);
        assert_eq!(Form::H264(2).parts(&with_lengths), only(6..9));
        let too_long = [&[0, 9], &slice[..]].concat();
        assert_eq!(Form::H264(2).lengthened(&too_long), vec![too_long]);
    }

    #[test]
    fn slices_of_other_layers_are_left_alone() {
        let (own, other) = ([0x02, 0x01, 0x80], [0x02, 0x09, 0x80]);
        let packet = [&[0, 0, 1], &own[..], &[0, 0, 1], &other[..]].concat();
        assert_eq!(Form::Hevc(0).parts(&packet), only(3..6));
    }

    #[test]
    fn a_packet_of_vp9_is_taken_apart_by_its_index() {
        let packet = [1, 2, 3, 4, 5, 0xC1, 3, 2, 0xC1];
        assert_eq!(frames(&packet), vec![0..3, 3..5]);
        let lengthened = Form::Vp9.lengthened(&packet);
        assert_eq!(lengthened, vec![[&[1, 2, 3], &JUNK[..]].concat(), [&[4, 5], &JUNK[..]].concat()]);
        assert_eq!(frames(&[1, 2, 3]), only(0..3));
        assert_eq!(frames(&[0xC7]), only(0..1));
    }

    #[test]
    fn packets_of_all_kinds_of_bytes_are_taken_apart_without_a_panic() {
        let mut random = fastrand::Rng::with_seed(1);
        for _ in 0..20_000 {
            let data: Vec<u8> = (0..random.usize(..40))
                .map(|_| random.choice([0, 0, 1, 3, 0x65, 0xC1, 0xFF]).unwrap())
                .collect();
            for form in [
                Form::H264(0),
                Form::H264(1),
                Form::H264(4),
                Form::Hevc(0),
                Form::Hevc(2),
                Form::Vp8,
                Form::Vp9,
            ] {
                let parts = form.parts(&data);
                assert!(
                    parts.iter().all(|part| part.start <= part.end && part.end <= data.len()),
                    "{form:?} {data:?}"
                );
                form.lengthened(&data);
            }
            heads(&data, random.usize(..5));
            is_arithmetic(&data);
        }
    }

    #[test]
    fn a_parameter_set_says_whether_slices_are_coded_arithmetically() {
        // ue(0), ue(0), then the flag.
        assert_eq!(is_arithmetic(&[0x68, 0b1110_0000]), Some(true));
        assert_eq!(is_arithmetic(&[0x68, 0b1100_0000]), Some(false));
        // ue(1), ue(2), then the flag.
        assert_eq!(is_arithmetic(&[0x68, 0b0100_1110]), Some(true));
        assert_eq!(is_arithmetic(&[0x67, 0xFF]), None);
        assert_eq!(is_arithmetic(&[0x68, 0]), None);
    }
}
