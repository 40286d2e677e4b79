//! Files whose end is missing where FFmpeg says nothing of it, by the frame of their container.

use std::os::fd::OwnedFd;

/// ASF, 3.1 and 3.2: what a WMA or WMV begins with, and its File Properties Object.
const ASF_HEADER: [u8; 16] = *b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c";
const ASF_FILE_PROPERTIES: [u8; 16] = *b"\xa1\xdc\xab\x8c\x47\xa9\xcf\x11\x8e\xe4\0\xc0\x0c\x20\x53\x65";
/// Bit of its flags: it was sent while it was recorded, and its length means nothing.
const ASF_BROADCAST: u8 = 1;

/// Whether it is an Ogg that ends within a page, an MP4 (or QuickTime film) without the index that stands at its end, or an
/// ASF (WMA, WMV) much shorter than it says. Of all others nothing is said.
pub(super) fn is_cut_off(file: &OwnedFd, length: u64) -> bool {
    let head = bytes::<8>(file, 0).unwrap_or_default();
    match () {
        () if head.starts_with(b"OggS") => ends_within_a_page(file, length),
        () if head[4..] == *b"ftyp" => has_no_index(file, length),
        () if ASF_HEADER.starts_with(&head) => is_shorter_than_stated(file, length).unwrap_or(false),
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

/// ASF, 3.1 and 3.2. By a twentieth, from where on FFmpeg no longer believes the duration that stands beside it; up to there
/// that tells. `None` where there is nothing to go by.
fn is_shorter_than_stated(file: &OwnedFd, length: u64) -> Option<bool> {
    let head = bytes::<30>(file, 0).filter(|head| head.starts_with(&ASF_HEADER))?;
    let objects = u32::from_le_bytes([head[24], head[25], head[26], head[27]]);
    let mut at = head.len() as u64;
    for _ in 0..objects {
        let object = bytes::<24>(file, at)?;
        if object.starts_with(&ASF_FILE_PROPERTIES) {
            let stated = u64::from_le_bytes(bytes(file, at + 40)?);
            let [flags] = bytes(file, at + 88)?;
            return Some(flags & ASF_BROADCAST == 0 && length < stated - stated / 20);
        }
        let [_, _, size] = [0, 8, 16].map(|part| {
            object[part..part + 8].iter().rev().fold(0u64, |value, byte| value << 8 | u64::from(*byte))
        });
        at = at.checked_add(size.max(24)).filter(|at| *at < length)?;
    }
    None
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

    #[test]
    fn an_asf_is_cut_off_where_much_of_the_length_that_it_states_is_missing() {
        let file = |stated: u64, flags: u8| {
            let other = [&[7; 16][..], &30u64.to_le_bytes(), &[0; 6]].concat();
            let properties = [
                &ASF_FILE_PROPERTIES[..],
                &104u64.to_le_bytes(),
                &[0; 16],
                &stated.to_le_bytes(),
                &[0; 40],
                &[flags],
                &[0; 15],
            ];
            let header = [&ASF_HEADER[..], &164u64.to_le_bytes(), &2u32.to_le_bytes(), &[1, 2]].concat();
            [header, other, properties.concat(), vec![9; 836]].concat()
        };
        assert_eq!(file(0, 0).len(), 1000);
        for (stated, flags, expected) in [
            (1000, 2, false),
            (1040, 2, false),
            (900, 2, false),
            (2000, 2, true),
            (2000, 3, false),
            (0, 2, false),
        ] {
            assert_eq!(cut(&file(stated, flags)), expected, "{stated} {flags}");
        }
        assert!(cut(&file(1000, 2)[..400]) && !cut(&file(1000, 2)[..100]) && !cut(&ASF_HEADER));
        assert!(!cut(&file(u64::MAX, 3)));
    }
}
