//! Whether a JPEG file is whole: its markers in order, and all of its data as its tables and its frame want them
//! (ITU-T T.81). Decoders fill up what is lost with grey, move what follows, and tell nobody.
//!
//! A damaged byte changes the values of some blocks, and then in most cases how many blocks there are, or where their
//! brightness starts from. The first is found where values go beyond what samples of 8 bits can give; the second by
//! counting; the third by [`step`](super::step). Kinds that are not walked (arithmetic, lossless, 12 bits) pass here, and
//! the decoder refuses them by name.

use super::entropy::{self, Band, Bits, Block, Broken, Run, Table, Tables};
use super::step;

/// How far beyond the 1024 of T.81 the values of a block may reach: encoders let rims overshoot, so that they look sharper.
const RANGE_MAX: f32 = 1_450.0;

/// By which a quantization step may move each value, in steps.
const ROUNDING: f32 = 0.75;

struct Component {
    id: u8,
    /// Blocks of an MCU across and down.
    sampling: (usize, usize),
    table: usize,
    /// Blocks of the component's own size: what a scan of it alone has.
    own: (usize, usize),
    /// Blocks across, filled up to whole MCUs.
    stride: usize,
    blocks: Vec<Block>,
    /// For each coefficient, how many bits are still to come; `None` before its first scan.
    left: [Option<u8>; 64],
}

struct Frame {
    progressive: bool,
    components: Vec<Component>,
    /// MCUs across and down.
    mcus: (usize, usize),
}

#[derive(Default)]
struct Walk {
    frame: Option<Frame>,
    dc: [Option<Table>; 4],
    ac: [Option<Table>; 4],
    quantization: [Option<[u16; 64]>; 4],
    /// MCUs between two restarts; 0: none.
    restart: usize,
}

/// What of a file is not walked.
enum Fault {
    Broken(Broken),
    Unknown,
}

impl From<Broken> for Fault {
    fn from(broken: Broken) -> Fault {
        Fault::Broken(broken)
    }
}

const CUT_OFF: Broken = Broken("the file is cut off before the end of the picture");

/// Says what is broken in a JPEG file.
///
/// # Errors
/// The first thing in it that no encoder writes.
pub fn check(file: &[u8]) -> Result<(), Broken> {
    match Walk::default().file(file) {
        Err(Fault::Broken(broken)) => Err(broken),
        Ok(()) | Err(Fault::Unknown) => Ok(()),
    }
}

impl Walk {
    fn file(&mut self, file: &[u8]) -> Result<(), Fault> {
        let mut at = 2;
        loop {
            // Any marker may have fill bytes before it (T.81, B.1.1.2).
            let mut start = at;
            while file.get(start..start + 2) == Some(&[0xFF, 0xFF]) {
                start += 1;
            }
            let marker = match file.get(start..start + 2) {
                Some(&[0xFF, marker]) => marker,
                Some(_) => return Err(Broken("something other than a marker between two parts").into()),
                // A sequential picture that has all of its data is whole without its last marker.
                None => return self.complete(false),
            };
            at = start + 2;
            match marker {
                0xD9 => return self.complete(true),
                0x01 | 0xD0..=0xD7 => continue,
                _ => {}
            }
            let length = file.get(at..at + 2).map(|b| usize::from(u16::from_be_bytes([b[0], b[1]])));
            let length = length.ok_or(CUT_OFF)?;
            let body = file.get(at + 2..at + length.max(2)).ok_or(CUT_OFF)?;
            at += length.max(2);
            match marker {
                0xC4 => self.codes(body)?,
                0xDB => self.quantize(body)?,
                0xDD => {
                    self.restart = body.get(..2).map_or(0, |b| usize::from(u16::from_be_bytes([b[0], b[1]])))
                }
                0xC0..=0xC2 if self.frame.is_none() => self.start(marker, body)?,
                // Two frames in one picture are of no common kind.
                0xC0..=0xCF | 0xDC | 0xDE | 0xDF => return Err(Fault::Unknown),
                0xDA => at += self.scan(body, file.get(at..).unwrap_or_default())?,
                _ => {}
            }
        }
    }

    /// Huffman tables (T.81, B.2.4.2).
    fn codes(&mut self, mut body: &[u8]) -> Result<(), Broken> {
        while let Some((&head, rest)) = body.split_first() {
            let cut = Broken("a table of codes is cut off");
            let counts: &[u8; 16] = rest.get(..16).and_then(|counts| counts.try_into().ok()).ok_or(cut)?;
            let total: usize = counts.iter().map(|count| usize::from(*count)).sum();
            let values = rest.get(16..16 + total).ok_or(cut)?;
            let tables = if head >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            let slot = tables.get_mut(usize::from(head & 15)).ok_or(Broken("a table of no number"))?;
            *slot = Some(Table::new(counts, values)?);
            body = &rest[16 + total..];
        }
        Ok(())
    }

    /// Quantization tables (T.81, B.2.4.1).
    fn quantize(&mut self, mut body: &[u8]) -> Result<(), Broken> {
        while let Some((&head, rest)) = body.split_first() {
            let width = if head >> 4 == 0 { 1 } else { 2 };
            let cut = Broken("a quantization table is cut off");
            let values = rest.get(..64 * width).ok_or(cut)?;
            let slot = self.quantization.get_mut(usize::from(head & 15));
            let mut table = [0; 64];
            for (value, bytes) in table.iter_mut().zip(values.chunks_exact(width)) {
                *value = bytes.iter().fold(0, |value, byte| value << 8 | u16::from(*byte));
            }
            *slot.ok_or(Broken("a table of no number"))? = Some(table);
            body = &rest[64 * width..];
        }
        Ok(())
    }

    /// T.81, B.2.2.
    fn start(&mut self, marker: u8, body: &[u8]) -> Result<(), Fault> {
        let &[precision, a, b, c, d, count, ref rest @ ..] = body else { return Err(CUT_OFF.into()) };
        let (height, width) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        let (height, width) = (usize::from(height), usize::from(width));
        let parts = rest.get(..usize::from(count) * 3).unwrap_or_default();
        let sampling = |part: &[u8]| (usize::from(part[1] >> 4), usize::from(part[1] & 15));
        let sane = parts.chunks_exact(3).all(|part| {
            let (h, v) = sampling(part);
            (1..=4).contains(&h) && (1..=4).contains(&v) && part[2] < 4
        });
        if precision != 8 || height == 0 || width == 0 || parts.is_empty() || count > 4 || !sane {
            return Err(Fault::Unknown);
        }
        // A component alone has MCUs of one block, whatever it says (T.81, A.2.2).
        let alone = count == 1;
        let sampled: Vec<_> =
            parts.chunks_exact(3).map(|part| if alone { (1, 1) } else { sampling(part) }).collect();
        let most = sampled.iter().fold((1, 1), |most, own| (most.0.max(own.0), most.1.max(own.1)));
        let mcus = (width.div_ceil(8 * most.0), height.div_ceil(8 * most.1));
        let components = parts.chunks_exact(3).zip(sampled).map(|(part, sampling)| {
            let stride = mcus.0 * sampling.0;
            Component {
                id: part[0],
                sampling,
                table: usize::from(part[2]),
                own: (
                    (width * sampling.0).div_ceil(most.0).div_ceil(8),
                    (height * sampling.1).div_ceil(most.1).div_ceil(8),
                ),
                stride,
                blocks: vec![Block::default(); stride * mcus.1 * sampling.1],
                left: [None; 64],
            }
        });
        self.frame = Some(Frame { progressive: marker == 0xC2, components: components.collect(), mcus });
        Ok(())
    }

    /// Walks one scan (T.81, B.2.3), whose data begin `data`; returns their length in bytes.
    fn scan(&mut self, body: &[u8], data: &[u8]) -> Result<usize, Fault> {
        let frame = self.frame.as_mut().ok_or(Broken("data before the picture's size"))?;
        let unlike = || Fault::Broken(Broken("a part of the picture that says nonsense of itself"));
        let (&count, rest) = body.split_first().ok_or_else(unlike)?;
        let count = usize::from(count);
        let (named, ends) = rest.split_at_checked(2 * count).ok_or_else(unlike)?;
        let &[first, last, bits] = ends.first_chunk::<3>().ok_or_else(unlike)?;
        let progressive = frame.progressive;
        let band = match progressive {
            true => Band { first, last, low: bits & 15, refines: bits >> 4 != 0, progressive },
            // Some encoders write something else here, and no decoder asks.
            false => Band { first: 0, last: 63, low: 0, refines: false, progressive },
        };
        // DC has scans of its own (T.81, G.1.1.1.1).
        let mixed = progressive && band.first == 0 && band.last > 0;
        if band.first > band.last || band.last > 63 || band.low > 13 || mixed || count == 0 {
            return Err(unlike());
        }
        let mut places: Vec<(usize, usize, usize)> = Vec::new();
        for pair in named.chunks_exact(2) {
            let place = frame.components.iter().position(|component| component.id == pair[0]);
            let place = place.filter(|place| !places.iter().any(|(other, ..)| other == place));
            places.push((place.ok_or_else(unlike)?, usize::from(pair[1] >> 4), usize::from(pair[1] & 15)));
        }
        if progressive && band.first > 0 && count > 1 {
            return Err(unlike());
        }
        for (place, ..) in &places {
            let component = &mut frame.components[*place];
            for left in &mut component.left[usize::from(band.first)..=usize::from(band.last)] {
                let follows = if band.refines { *left == Some(band.low + 1) } else { left.is_none() };
                if !follows {
                    return Err(Broken("parts of the picture are lost or there twice").into());
                }
                *left = Some(band.low);
            }
        }
        let tables: Vec<_> = places
            .iter()
            .map(|(place, dc, ac)| {
                let quantization = self.quantization[frame.components[*place].table].as_ref();
                Ok(Tables {
                    dc: self.dc.get(*dc).and_then(Option::as_ref),
                    ac: self.ac.get(*ac).and_then(Option::as_ref),
                    quantization: quantization.ok_or(Broken("a quantization table is missing"))?,
                })
            })
            .collect::<Result<_, Broken>>()?;
        let (across, down) = match (count, frame.components.get(places[0].0)) {
            (1, Some(component)) => component.own,
            _ => frame.mcus,
        };
        let total = across * down;
        let interval = if self.restart == 0 { total } else { self.restart };
        let (mut at, mut done, mut restarts) = (0, 0, 0u8);
        loop {
            let (piece, next) = piece(&data[at..]);
            let mut bits = Bits::new(piece);
            let mut predicted = [0i32; 4];
            let mut run = Run::default();
            let until = (done + interval).min(total);
            for mcu in done..until {
                let (row, column) = (mcu / across, mcu % across);
                for (index, (place, ..)) in places.iter().enumerate() {
                    let component = &mut frame.components[*place];
                    let (h, v) = if count == 1 { (1, 1) } else { component.sampling };
                    for y in 0..v {
                        for x in 0..h {
                            let at = (row * v + y) * component.stride + column * h + x;
                            let block = component.blocks.get_mut(at).ok_or_else(unlike)?;
                            let (tables, dc) = (&tables[index], &mut predicted[index]);
                            entropy::block(&mut bits, tables, band, dc, &mut run, block)?;
                            if !is_possible(block, tables.quantization) {
                                return Err(Broken("a block brighter or darker than can be").into());
                            }
                        }
                    }
                }
            }
            if run.empty > 0 || !bits.is_used_up() {
                return Err(Broken("more data than the picture has room for").into());
            }
            (at, done) = (at + next, until);
            if done == total {
                return Ok(at);
            }
            // T.81, B.2.1: restarts are numbered from 0 to 7, again and again.
            match data.get(at..at + 2) {
                Some(&[0xFF, marker]) if marker == 0xD0 + restarts => at += 2,
                Some(&[0xFF, 0xD0..=0xD7]) => return Err(Broken("a part of the picture is lost").into()),
                _ => return Err(Broken("a part of the picture ends early").into()),
            }
            restarts = (restarts + 1) % 8;
        }
    }

    /// At the end: everything has come.
    fn complete(&self, ends: bool) -> Result<(), Fault> {
        let frame = self.frame.as_ref().ok_or(CUT_OFF)?;
        if frame.progressive && !ends {
            return Err(CUT_OFF.into());
        }
        for component in &frame.components {
            let whole = component.left[0] == Some(0)
                && component.left.iter().all(|left| matches!(left, None | Some(0)));
            if !whole {
                return Err(CUT_OFF.into());
            }
            let Some(quantization) = &self.quantization[component.table] else { continue };
            if self.restart == 0
                && step::is_broken(&component.blocks, component.stride, component.sampling, quantization[0])
            {
                return Err(Broken("its brightness or colour steps where data are lost").into());
            }
        }
        Ok(())
    }
}

/// Entropy-coded data up to the next marker, and where that is.
fn piece(data: &[u8]) -> (&[u8], usize) {
    let mut at = 0;
    while let Some(found) = data[at..].iter().position(|byte| *byte == 0xFF) {
        let start = at + found;
        let fill = data[start..].iter().take_while(|byte| **byte == 0xFF).count();
        match data.get(start + fill) {
            Some(0) if fill == 1 => at = start + 2,
            // The last of the fill bytes belongs to the marker.
            _ => return (&data[..start], start + fill - 1),
        }
    }
    (data, data.len())
}

/// Whether samples of 8 bits can have these values: a transform keeps the sum of squares (Parseval).
fn is_possible(block: &Block, quantization: &[u16; 64]) -> bool {
    let step = |at: usize| f32::from(quantization[at]);
    let dc = f32::from(block.dc) * step(0);
    let energy = block.energy + dc * dc;
    // Rounding of all values together; the sum is needed only where the block is near its range at all.
    if energy <= RANGE_MAX * RANGE_MAX {
        return true;
    }
    let rounding: f32 = (0..64).map(|at| (ROUNDING * step(at)).powi(2)).sum();
    energy.sqrt() <= RANGE_MAX + rounding.sqrt()
}
