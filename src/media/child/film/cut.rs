//! Files whose end is missing where FFmpeg says nothing of it, by the frame of their container.

use std::os::fd::OwnedFd;

/// Whether it is an Ogg that ends within a page, or an MP4 (or QuickTime film) without the index that stands at its end.
/// Of all others nothing is said.
pub(super) fn is_cut_off(file: &OwnedFd, length: u64) -> bool {
    let head = bytes::<8>(file, 0).unwrap_or_default();
    match () {
        () if head.starts_with(b"OggS") => ends_within_a_page(file, length),
        () if head[4..] == *b"ftyp" => has_no_index(file, length),
        () => false,
    }
}

fn bytes<const N: usize>(file: &OwnedFd, at: u64) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let got = rustix::io::pread(file, &mut bytes, at).ok()?;
    (got == N).then_some(bytes)
}

/// RFC 3533, section 6.
fn ends_within_a_page(file: &OwnedFd, length: u64) -> bool {
    let mut at = 0;
    while at < length {
        let Some(head) = bytes::<27>(file, at) else { return true };
        if !head.starts_with(b"OggS") {
            // What is not Ogg behind its end is no part of it.
            return false;
        }
        let count = usize::from(head[26]);
        let mut lacing = [0; 255];
        let lacing = &mut lacing[..count];
        if rustix::io::pread(file, &mut *lacing, at + 27).ok() != Some(count) {
            return true;
        }
        let body: u64 = lacing.iter().map(|length| u64::from(*length)).sum();
        at += 27 + count as u64 + body;
    }
    at > length
}

/// ISO/IEC 14496-12, 4.2: the boxes of the file, of which `moov` tells where everything is.
fn has_no_index(file: &OwnedFd, length: u64) -> bool {
    let mut at = 0u64;
    while at < length {
        let Some(head) = bytes::<8>(file, at) else { return true };
        let size = match u32::from_be_bytes([head[0], head[1], head[2], head[3]]) {
            0 => return head[4..] != *b"moov",
            1 => bytes::<8>(file, at + 8).map_or(0, u64::from_be_bytes),
            size => u64::from(size),
        };
        if head[4..] == *b"moov" {
            return false;
        }
        if size < 8 {
            return false;
        }
        at = at.saturating_add(size);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn cut(data: &[u8]) -> bool {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(data).unwrap();
        is_cut_off(&file.into(), data.len() as u64)
    }

    #[test]
    fn an_ogg_is_whole_at_the_end_of_a_page_alone() {
        let page = |body: usize| [&b"OggS"[..], &[0; 22], &[1, body as u8], &vec![7; body]].concat();
        let whole = [page(100), page(50)].concat();
        assert!(!cut(&whole) && !cut(&[&whole[..], b"ID3 rubbish that is no page of an Ogg"].concat()));
        for missing in [1, 49, 51, 60, 77] {
            assert!(cut(&whole[..whole.len() - missing]), "{missing} bytes are missing");
        }
    }

    #[test]
    fn a_film_without_its_index_is_cut_off() {
        let box_of = |name: &[u8; 4], body: usize| {
            [&(body as u32 + 8).to_be_bytes()[..], name, &vec![0; body]].concat()
        };
        let whole = [box_of(b"ftyp", 8), box_of(b"mdat", 500), box_of(b"moov", 60)].concat();
        assert!(!cut(&whole) && cut(&whole[..400]) && cut(&whole[..524]));
        assert!(!cut(&[box_of(b"ftyp", 8), box_of(b"moov", 60), vec![0, 0, 9, 9]].concat()));
        assert!(!cut(b"RIFF1234WAVE"));
    }
}
