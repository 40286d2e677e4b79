//! What the head of a picture says of it, for sentences on pictures that no decoder would open: how large it is, whether
//! its end is there, whether it may be a film. Nothing is decoded, and nothing here lets a picture pass.

use super::media::Refusal;
use crate::limits::{PICTURE_PIXELS_MAX, PICTURE_SIDE_MAX};
use crate::problem::Text;
use crate::say;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Longer pictures are not looked at.
const BYTES_MAX: u64 = 256 << 20;

/// What is wrong with a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bad {
    /// Its width and height in pixels.
    TooLarge([u32; 2]),
    CutOff,
}

/// What is wrong with a picture that its decoder refused, where its head tells.
///
/// # Errors
/// It cannot be read.
pub fn refusal(file: &Path) -> io::Result<Option<Bad>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(BYTES_MAX).read_to_end(&mut bytes)?;
    let Some(Seen { size, cut_off }) = see(&bytes) else { return Ok(None) };
    if let Some((width, height)) = size {
        let pixels = u64::from(width) * u64::from(height);
        if width.max(height) > PICTURE_SIDE_MAX || pixels > PICTURE_PIXELS_MAX {
            return Ok(Some(Bad::TooLarge([width, height])));
        }
    }
    Ok(cut_off.then_some(Bad::CutOff))
}

/// What to say of a picture that was cut off.
pub fn cut_off(path: &str) -> Refusal {
    (
        say!(
            en: "the picture `{path}` is cut off: its end is missing",
            vi: "ảnh `{path}` bị cắt cụt, thiếu phần cuối"
        ),
        say!(
            en: "copy it again from where it came, to its end",
            vi: "hãy chép lại từ nguồn cho đến hết, và mở xem thử"
        ),
    )
}

/// Why a picture is refused that no board can hold.
pub fn too_large(path: &str, [width, height]: [u32; 2]) -> Text {
    say!(
        en: "`{path}` is {width} × {height} pixels, too large for a board",
        vi: "`{path}` có {width} × {height} điểm ảnh, quá lớn cho bảng tin"
    )
}

/// What to do about it, where no command can be given.
pub fn smaller() -> Text {
    say!(en: "make it smaller: 1920 × 1080 is enough", vi: "hãy thu nhỏ lại, cỡ 1920 × 1080 là đủ")
}

/// Whether it is of a kind that holds one picture or a film, and is named as either.
pub fn may_move(file: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(file).and_then(|file| file.take(12).read_to_end(&mut head));
    let is_webp = head.starts_with(b"RIFF") && head.ends_with(b"WEBP");
    read.is_ok() && (is_webp || head.starts_with(b"GIF8") || head.starts_with(b"\x89PNG"))
}

/// What to say of an animation where a picture has to stand still.
pub fn moves(path: &str) -> Refusal {
    (
        say!(
            en: "`{path}` is an animation, and here a picture must stand still",
            vi: "`{path}` là ảnh động, mà ở đây phải là ảnh tĩnh"
        ),
        say!(
            en: "save one picture of it as PNG, and name that",
            vi: "hãy lưu một hình trong đó thành PNG rồi ghi tên tệp đó"
        ),
    )
}

struct Seen {
    size: Option<(u32, u32)>,
    cut_off: bool,
}

fn see(bytes: &[u8]) -> Option<Seen> {
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        let size = number(16).zip(number(20));
        let end = bytes.len().saturating_sub(1 << 10);
        return Some(Seen { size, cut_off: !bytes[end..].windows(4).any(|name| name == b"IEND") });
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        let stated = u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?);
        return Some(Seen { size: None, cut_off: (bytes.len() as u64) < u64::from(stated) + 8 });
    }
    bytes.starts_with(b"\xff\xd8").then(|| of_jpeg(bytes))
}

/// ITU-T T.81, annex B: segments with lengths up to the start of the scan, then data up to the end of the image.
fn of_jpeg(bytes: &[u8]) -> Seen {
    let mut size = None;
    let mut at = 2;
    while let Some(&[0xFF, marker, high, low]) = bytes.get(at..at + 4) {
        let frame = matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC);
        if let Some(&[a, b, c, d]) = bytes.get(at + 5..at + 9).filter(|_| frame) {
            size = Some((u32::from(u16::from_be_bytes([c, d])), u32::from(u16::from_be_bytes([a, b]))));
        }
        at += 2 + usize::from(u16::from_be_bytes([high, low])).max(2);
        if marker == 0xDA {
            let data = bytes.get(at..).unwrap_or_default();
            return Seen { size, cut_off: !data.windows(2).any(|pair| pair == [0xFF, 0xD9]) };
        }
    }
    // A head that goes on behind the file's end.
    Seen { size, cut_off: at >= bytes.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_picture_is_in_its_head_and_its_end_in_its_data() {
        // A smaller picture with an end of its own stands before the data.
        let head =
            b"\xff\xd8\xff\xe1\0\x08\xff\xd8\xff\xd9\0\0\xff\xc0\0\x0b\x08\x23\x28\x32\xc8\x01\x01\x11\0";
        let scan = b"\xff\xda\0\x02data";
        let cut = see(&[&head[..], scan].concat()).unwrap();
        assert_eq!((cut.size, cut.cut_off), (Some((13_000, 9_000)), true));
        let whole = see(&[&head[..], scan, b"\xff\xd9 and more"].concat()).unwrap();
        assert!(!whole.cut_off);
        assert!(see(&head[..head.len() - 8]).unwrap().cut_off, "within its head");
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x27\x10\0\0\x1f\x40";
        let cut = see(png).unwrap();
        assert_eq!((cut.size, cut.cut_off), (Some((10_000, 8_000)), true));
        assert!(!see(&[&png[..], b"\0\0\0\0IEND"].concat()).unwrap().cut_off);
        assert!(see(b"RIFF\x10\0\0\0WEBPVP8 ").unwrap().cut_off);
        assert!(see(b"words").is_none());
    }
}
