//! What web servers do to files on their way, undone: compression, a byte order mark, changed line ends.
//!
//! Nothing here decides what is authentic. Whatever comes out is held to its signed digest, or to the signatures in
//! it, by whoever asked; these are only the forms in which the signed bytes are known to arrive. Unpacking writes
//! piece by piece into what the caller bounds, so that a few bytes which unpack to gigabytes cost a refusal.

use crate::model::media::Sha256;
use flate2::write::{DeflateDecoder, GzDecoder, ZlibDecoder};
use sha2::Digest;
use std::io::{self, Write};

/// How a body is packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packing {
    Plain,
    Gzip,
    /// What HTTP calls `deflate` (RFC 9110, 8.4.1.2).
    Zlib,
    /// What some servers send under that name.
    Deflate,
    /// Something that was not asked for and is not known here.
    Other(String),
}

/// By the server's `Content-Encoding`, and by how the body begins: files that were packed before they were copied have
/// no such header, and some servers name a packing that they did not do.
pub fn packing(header: Option<&str>, start: &[u8]) -> Packing {
    const GZIP: &[u8] = &[0x1f, 0x8b, 8];
    if start.starts_with(GZIP) {
        return Packing::Gzip;
    }
    let named = header.unwrap_or("").trim().to_ascii_lowercase();
    match named.as_str() {
        "" | "identity" | "gzip" | "x-gzip" => Packing::Plain,
        "deflate" => match start {
            [b'{', ..] => Packing::Plain,
            // RFC 1950, 2.2: method 8, and a check that 31 divides.
            [cmf, flags, ..] if cmf & 0x0f == 8 && (u16::from(*cmf) << 8 | u16::from(*flags)) % 31 == 0 => {
                Packing::Zlib
            }
            _ => Packing::Deflate,
        },
        _ => Packing::Other(named.chars().filter(|c| c.is_ascii_graphic()).take(20).collect()),
    }
}

/// Unpacks what is written to it into `W`.
pub enum Unpacker<W: Write> {
    Plain(W),
    Gzip(GzDecoder<W>),
    Zlib(ZlibDecoder<W>),
    Deflate(DeflateDecoder<W>),
}

impl<W: Write> Unpacker<W> {
    /// `None` where nobody here can unpack it.
    pub fn new(packing: &Packing, into: W) -> Option<Unpacker<W>> {
        Some(match packing {
            Packing::Plain => Unpacker::Plain(into),
            Packing::Gzip => Unpacker::Gzip(GzDecoder::new(into)),
            Packing::Zlib => Unpacker::Zlib(ZlibDecoder::new(into)),
            Packing::Deflate => Unpacker::Deflate(DeflateDecoder::new(into)),
            Packing::Other(_) => return None,
        })
    }

    /// # Errors
    /// What `W` says, or the bytes are not packed so.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Unpacker::Plain(into) => into.write_all(bytes),
            Unpacker::Gzip(into) => into.write_all(bytes),
            Unpacker::Zlib(into) => into.write_all(bytes),
            Unpacker::Deflate(into) => into.write_all(bytes),
        }
    }

    /// What is left comes out.
    ///
    /// # Errors
    /// As for [`write`](Unpacker::write), or the end is missing.
    pub fn end(&mut self) -> io::Result<()> {
        match self {
            Unpacker::Plain(_) => Ok(()),
            Unpacker::Gzip(into) => into.try_finish(),
            Unpacker::Zlib(into) => into.try_finish(),
            Unpacker::Deflate(into) => into.try_finish(),
        }
    }

    /// Where it goes.
    pub fn sink(&mut self) -> &mut W {
        match self {
            Unpacker::Plain(into) => into,
            Unpacker::Gzip(into) => into.get_mut(),
            Unpacker::Zlib(into) => into.get_mut(),
            Unpacker::Deflate(into) => into.get_mut(),
        }
    }
}

/// Takes so many bytes and no more.
struct Bounded {
    bytes: Vec<u8>,
    length_max: u64,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if (self.bytes.len() + bytes.len()) as u64 > self.length_max {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A whole packed document, of at most `length_max` bytes when unpacked.
///
/// # Errors
/// `FileTooLarge`, or it is not packed so.
pub fn document(packed: &[u8], packing: &Packing, length_max: u64) -> io::Result<Vec<u8>> {
    let into = Bounded { bytes: Vec::new(), length_max };
    let mut unpacker = Unpacker::new(packing, into).ok_or(io::ErrorKind::Unsupported)?;
    unpacker.write(packed)?;
    unpacker.end()?;
    Ok(std::mem::take(&mut unpacker.sink().bytes))
}

/// What was done to a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    ByteOrderMark,
    LineEnds,
}

/// The bytes as they were signed, where what came is a known change of them: with their digest where that is known
/// beforehand; else, for JSON that carries its own signatures, without its byte order mark.
pub fn as_signed(bytes: Vec<u8>, sha256: Option<Sha256>) -> (Vec<u8>, Option<Change>) {
    const MARK: &[u8] = b"\xEF\xBB\xBF";
    let fits = |bytes: &[u8]| {
        sha256.is_some_and(|signed| sha2::Sha256::digest(bytes).as_slice() == signed.0.as_slice())
    };
    let unmarked = bytes.strip_prefix(MARK);
    if sha256.is_none() {
        return match unmarked.filter(|rest| rest.first() == Some(&b'{')) {
            Some(rest) => (rest.to_vec(), Some(Change::ByteOrderMark)),
            None => (bytes, None),
        };
    }
    if fits(&bytes) {
        return (bytes, None);
    }
    if let Some(rest) = unmarked.filter(|rest| fits(rest)) {
        return (rest.to_vec(), Some(Change::ByteOrderMark));
    }
    let plain = unmarked.unwrap_or(&bytes);
    for ends in [unix_ends(plain), windows_ends(plain)] {
        if fits(&ends) {
            return (ends, Some(Change::LineEnds));
        }
    }
    (bytes, None)
}

/// Without the carriage return before each line feed.
fn unix_ends(bytes: &[u8]) -> Vec<u8> {
    let ends_line = |at: usize| bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
    (0..bytes.len()).filter(|at| !ends_line(*at)).map(|at| bytes[at]).collect()
}

/// With one before each.
fn windows_ends(bytes: &[u8]) -> Vec<u8> {
    let plain = unix_ends(bytes);
    let mut ends = Vec::with_capacity(plain.len() + plain.len() / 32);
    for byte in plain {
        if byte == b'\n' {
            ends.push(b'\r');
        }
        ends.push(byte);
    }
    ends
}

/// Watches a file that goes by for the mark of a copy in text mode: a carriage return before every line feed.
#[derive(Debug, Default)]
pub struct LineEnds {
    feeds: u64,
    alone: u64,
    last: u8,
}

impl LineEnds {
    pub fn see(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if byte == b'\n' {
                self.feeds += 1;
                self.alone += u64::from(self.last != b'\r');
            }
            self.last = byte;
        }
    }

    /// In a picture, film or sound that is as it was made, one in 256 line feeds follows a carriage return.
    pub fn were_changed(&self) -> bool {
        self.feeds >= 4 && self.alone == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    const JSON: &[u8] = b"{\"signed\":{\"version\":7}}";

    fn sha256(bytes: &[u8]) -> Option<Sha256> {
        Some(Sha256(sha2::Sha256::digest(bytes).into()))
    }

    fn packed(bytes: &[u8]) -> [(&'static str, Vec<u8>); 3] {
        let best = Compression::best();
        let mut gzip = GzEncoder::new(Vec::new(), best);
        let mut zlib = ZlibEncoder::new(Vec::new(), best);
        let mut raw = DeflateEncoder::new(Vec::new(), best);
        for into in [&mut gzip as &mut dyn Write, &mut zlib, &mut raw] {
            into.write_all(bytes).unwrap();
        }
        [
            ("gzip", gzip.finish().unwrap()),
            ("deflate", zlib.finish().unwrap()),
            ("deflate", raw.finish().unwrap()),
        ]
    }

    #[test]
    fn what_a_server_packed_is_unpacked_by_its_name_or_by_how_it_begins() {
        for (name, bytes) in packed(JSON) {
            let packing = packing(Some(name), &bytes);
            assert_eq!(document(&bytes, &packing, 100).unwrap(), JSON, "{packing:?}");
        }
        let gzip = &packed(JSON)[0].1;
        assert_eq!(packing(None, gzip), Packing::Gzip, "copied as it was packed");
        assert_eq!(packing(Some("gzip"), JSON), Packing::Plain, "named and not done");
        assert_eq!(packing(Some("deflate"), JSON), Packing::Plain);
        assert_eq!(packing(Some("br"), JSON), Packing::Other("br".into()));
    }

    #[test]
    fn what_unpacks_to_more_than_was_asked_for_is_refused_at_once() {
        let zeroes = vec![0; 64 << 20];
        for (name, bomb) in packed(&zeroes) {
            assert!(bomb.len() < 100_000);
            let error = document(&bomb, &packing(Some(name), &bomb), 16_384).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::FileTooLarge, "{name}");
        }
        let cut = &packed(JSON)[0].1[..20];
        assert!(document(cut, &Packing::Gzip, 100).is_err(), "cut off");
    }

    #[test]
    fn a_mark_and_changed_line_ends_are_undone_only_for_what_was_signed() {
        let signed = b"{\n \"a\": 1\n}\n";
        let windows = b"{\r\n \"a\": 1\r\n}\r\n";
        let marked = |bytes: &[u8]| [b"\xEF\xBB\xBF", bytes].concat();
        let undone = |came: &[u8]| as_signed(came.to_vec(), sha256(signed));
        assert_eq!(undone(signed), (signed.to_vec(), None));
        assert_eq!(undone(&marked(signed)), (signed.to_vec(), Some(Change::ByteOrderMark)));
        assert_eq!(undone(windows), (signed.to_vec(), Some(Change::LineEnds)));
        assert_eq!(undone(&marked(windows)), (signed.to_vec(), Some(Change::LineEnds)));
        assert_eq!(as_signed(signed.to_vec(), sha256(windows)), (windows.to_vec(), Some(Change::LineEnds)));
        let other = b"{\r\n \"a\": 2\r\n}\r\n";
        assert_eq!(undone(other), (other.to_vec(), None), "not what was signed, in any form");
        assert_eq!(as_signed(marked(JSON), None), (JSON.to_vec(), Some(Change::ByteOrderMark)));
        assert_eq!(as_signed(marked(b"\x89PNG"), None), (marked(b"\x89PNG"), None));
    }

    #[test]
    fn a_copy_in_text_mode_is_known_by_its_line_feeds() {
        let mut changed = LineEnds::default();
        b"a\r\nb\r\r\nc\r".chunks(2).for_each(|piece| changed.see(piece));
        changed.see(b"\n\r\n");
        assert!(changed.were_changed());
        changed.see(b"d\n");
        assert!(!changed.were_changed());
        assert!(!LineEnds::default().were_changed());
    }
}
