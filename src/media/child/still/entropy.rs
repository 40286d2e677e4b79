//! Huffman-coded data of one JPEG scan, walked without making pixels of it (ITU-T T.81, annexes C, F and G).
//!
//! What decoders do with damaged data is up to them, and nearly all go on in silence. Here whatever cannot be is an error.

/// What cannot be in a whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken(pub &'static str);

const BAD_CODE: Broken = Broken("a code that its tables do not have");
const ENDS_EARLY: Broken = Broken("a part of the picture ends early");
const TOO_MANY: Broken = Broken("more values in a block than it has room for");

/// Bits of codes that are looked up at once.
const LOOKED_UP: u32 = 9;

/// A Huffman table (T.81, annex C).
pub struct Table {
    /// For the next [`LOOKED_UP`] bits: length and value of the code that they begin with, or 0.
    short: Vec<u16>,
    /// By length from 1: one above the largest code, aligned left in 16 bits.
    ends: [u32; 17],
    /// By length: what makes a code its value's index.
    offsets: [i32; 17],
    values: Vec<u8>,
}

impl Table {
    /// `counts`: how many codes there are of each length from 1 to 16.
    pub fn new(counts: &[u8; 16], values: &[u8]) -> Result<Table, Broken> {
        let mut table = Table {
            short: vec![0; 1 << LOOKED_UP],
            ends: [0; 17],
            offsets: [0; 17],
            values: values.to_vec(),
        };
        let (mut code, mut index) = (0u32, 0usize);
        for length in 1..=16u32 {
            let count = usize::from(counts[length as usize - 1]);
            table.offsets[length as usize] = index as i32 - code as i32;
            for _ in 0..count {
                let value = *values.get(index).ok_or(Broken("a table of codes is cut off"))?;
                if length <= LOOKED_UP {
                    let from = (code << (LOOKED_UP - length)) as usize;
                    let entries = table.short.get_mut(from..from + (1 << (LOOKED_UP - length)));
                    entries
                        .ok_or(Broken("a table of codes cannot be"))?
                        .fill((length as u16) << 8 | u16::from(value));
                }
                code += 1;
                index += 1;
            }
            if code > 1 << length {
                return Err(Broken("a table of codes cannot be"));
            }
            table.ends[length as usize] = code << (16 - length);
            code <<= 1;
        }
        Ok(table)
    }
}

/// The bits between two markers, stuffed bytes taken out (T.81, B.1.1.5).
pub struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    held: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    pub fn new(data: &'a [u8]) -> Bits<'a> {
        Bits { data, at: 0, held: 0, count: 0 }
    }

    fn fill(&mut self) {
        while self.count <= 56 {
            let Some(&byte) = self.data.get(self.at) else { return };
            self.at += if byte == 0xFF { 2 } else { 1 };
            self.held |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    fn skip(&mut self, count: u32) -> Result<(), Broken> {
        self.count = self.count.checked_sub(count).ok_or(ENDS_EARLY)?;
        self.held <<= count;
        Ok(())
    }

    /// At most 16 of them.
    fn take(&mut self, count: u32) -> Result<u32, Broken> {
        if count == 0 {
            return Ok(0);
        }
        if self.count < count {
            self.fill();
        }
        let bits = (self.held >> (64 - count)) as u32;
        self.skip(count)?;
        Ok(bits)
    }

    fn code(&mut self, table: &Table) -> Result<u8, Broken> {
        if self.count < 16 {
            self.fill();
        }
        let short = table.short[(self.held >> (64 - LOOKED_UP)) as usize];
        if short != 0 {
            self.skip(u32::from(short >> 8))?;
            return Ok(short as u8);
        }
        let next = (self.held >> 48) as u32;
        let length = (LOOKED_UP as usize + 1..=16).find(|length| next < table.ends[*length]);
        let length = length.ok_or(if self.count < 16 { ENDS_EARLY } else { BAD_CODE })?;
        let index = (next >> (16 - length)) as i32 + table.offsets[length];
        self.skip(length as u32)?;
        table.values.get(index as usize).copied().ok_or(BAD_CODE)
    }

    /// A value of so many bits (T.81, F.2.2.1, EXTEND).
    fn value(&mut self, size: u8) -> Result<i32, Broken> {
        let size = u32::from(size);
        let bits = self.take(size)? as i32;
        Ok(if size > 0 && bits < 1 << (size - 1) { bits - (1 << size) + 1 } else { bits })
    }

    /// Whether nothing is left but what fills up the last byte. Some encoders put whole bytes of zeros or ones behind.
    pub fn is_used_up(&mut self) -> bool {
        self.fill();
        let partial = self.count % 8;
        let _ = self.skip(partial);
        while self.count >= 8 || self.at < self.data.len() {
            self.fill();
            if !matches!(self.held >> 56, 0 | 0xFF) || self.skip(8).is_err() {
                return false;
            }
        }
        true
    }
}

/// What one scan says of each coefficient (T.81, G.1.1.1): sequential ones have all of them, `first..=last` of 0 to 63, in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    pub first: u8,
    pub last: u8,
    /// Bits left away below those of this scan.
    pub low: u8,
    /// It adds one bit to values that are known.
    pub refines: bool,
    pub progressive: bool,
}

/// What is known of one block.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Block {
    /// Which coefficients are not zero, in zigzag order.
    pub set: u64,
    /// As coded, without what quantization took away.
    pub dc: i16,
    /// Means of its uppermost and its lowest row, in grey levels times 8, without `dc`.
    pub edges: [f32; 2],
    /// The sum of its other coefficients' squares, in grey levels.
    pub energy: f32,
}

/// What a block is decoded with.
pub struct Tables<'a> {
    pub dc: Option<&'a Table>,
    pub ac: Option<&'a Table>,
    /// Quantization, in zigzag order.
    pub quantization: &'a [u16; 64],
}

/// Where a run of blocks stands, from one restart to the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Run {
    /// Blocks to come that have nothing in this band.
    pub empty: u32,
}

const NO_TABLE: Broken = Broken("a table of codes is missing");

/// Largest DC difference and AC value of 8-bit samples, in bits (T.81, tables F.1 and F.2).
const DC_BITS_MAX: u8 = 11;
const AC_BITS_MAX: u8 = 10;

/// Walks one block.
pub fn block(
    bits: &mut Bits<'_>,
    tables: &Tables<'_>,
    band: Band,
    dc: &mut i32,
    run: &mut Run,
    block: &mut Block,
) -> Result<(), Broken> {
    if band.refines {
        return if band.first == 0 { bits.take(1).map(drop) } else { refine(bits, tables, band, run, block) };
    }
    let mut at = u32::from(band.first);
    if at == 0 {
        let size = bits.code(tables.dc.ok_or(NO_TABLE)?)?;
        if size > DC_BITS_MAX {
            return Err(Broken("a step in brightness that cannot be"));
        }
        *dc += bits.value(size)?;
        let value = dc.checked_shl(u32::from(band.low)).and_then(|dc| i16::try_from(dc).ok());
        block.dc = value.ok_or(Broken("a brightness that cannot be"))?;
        if band.progressive {
            return Ok(());
        }
        at = 1;
    }
    if run.empty > 0 {
        run.empty -= 1;
        return Ok(());
    }
    let table = tables.ac.ok_or(NO_TABLE)?;
    let last = u32::from(band.last);
    while at <= last {
        let code = bits.code(table)?;
        let (zeros, size) = (u32::from(code >> 4), code & 15);
        if size == 0 {
            match zeros {
                15 => at += 16,
                0 if !band.progressive => return Ok(()),
                _ if band.progressive => {
                    run.empty = (1 << zeros) + bits.take(zeros)? - 1;
                    return Ok(());
                }
                _ => return Err(BAD_CODE),
            }
            // Sixteen zeros are followed by a value (T.81, F.1.2.2.1).
            if at > last {
                return Err(TOO_MANY);
            }
            continue;
        }
        at += zeros;
        if at > last || size > AC_BITS_MAX {
            return Err(TOO_MANY);
        }
        let value = bits.value(size)? << band.low;
        block.add(at as usize, value, tables.quantization);
        at += 1;
    }
    Ok(())
}

/// T.81, G.1.2.3: a bit for each value that is known, and new ones of one bit between them.
fn refine(
    bits: &mut Bits<'_>,
    tables: &Tables<'_>,
    band: Band,
    run: &mut Run,
    block: &mut Block,
) -> Result<(), Broken> {
    let table = tables.ac.ok_or(NO_TABLE)?;
    let (mut at, last) = (u32::from(band.first), u32::from(band.last));
    while at <= last && run.empty == 0 {
        let code = bits.code(table)?;
        let (mut zeros, size) = (u32::from(code >> 4), code & 15);
        let mut new = 0;
        match size {
            0 if zeros < 15 => {
                run.empty = (1 << zeros) + bits.take(zeros)?;
                break;
            }
            0 => {}
            1 => new = if bits.take(1)? == 1 { 1 } else { -1 },
            _ => return Err(BAD_CODE),
        }
        loop {
            if at > last {
                return Err(TOO_MANY);
            }
            if block.set >> at & 1 == 1 {
                bits.take(1)?;
            } else if zeros == 0 {
                break;
            } else {
                zeros -= 1;
            }
            at += 1;
        }
        if new != 0 {
            block.add(at as usize, new << band.low, tables.quantization);
        }
        at += 1;
    }
    if run.empty > 0 {
        while at <= last {
            if block.set >> at & 1 == 1 {
                bits.take(1)?;
            }
            at += 1;
        }
        run.empty -= 1;
    }
    Ok(())
}

/// By zigzag index: which row of the block's own coefficients it is in, where it is in the first column.
const FIRST_COLUMN: [(usize, usize); 7] = [(2, 1), (3, 2), (9, 3), (10, 4), (20, 5), (21, 6), (35, 7)];

impl Block {
    fn add(&mut self, at: usize, value: i32, quantization: &[u16; 64]) {
        self.set |= 1 << at;
        let value = value as f32 * f32::from(quantization[at]);
        self.energy += value * value;
        if let Some((_, row)) = FIRST_COLUMN.iter().find(|(index, _)| *index == at) {
            // The cosine of the row's basis in the first and the last line (T.81, A.3.3), against DC's.
            let share = std::f32::consts::SQRT_2 * (*row as f32 * std::f32::consts::PI / 16.0).cos();
            self.edges[0] += share * value;
            self.edges[1] += if row % 2 == 0 { share } else { -share } * value;
        }
    }
}
