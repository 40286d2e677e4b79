//! Which way up a picture is: by EXIF (CIPA DC-008, tag 274), and where that says nothing by XMP (ISO 16684-1, the
//! `tiff:Orientation` of Adobe's XMP specification, part 2).

use image::metadata::Orientation;

/// From a picture's EXIF and XMP. Some writers put JPEG's own prefix before EXIF in every kind of file.
pub fn of(exif: Option<&[u8]>, xmp: Option<&[u8]>) -> Orientation {
    let exif =
        exif.and_then(|exif| Orientation::from_exif_chunk(exif.strip_prefix(b"Exif\0\0").unwrap_or(exif)));
    exif.or_else(|| xmp.and_then(by_xmp)).unwrap_or(Orientation::NoTransforms)
}

/// Whether width and height change places.
pub fn turns(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}

/// As an attribute, `tiff:Orientation="6"`, or an element, `<tiff:Orientation>6</tiff:Orientation>`.
fn by_xmp(xmp: &[u8]) -> Option<Orientation> {
    const NAME: &[u8] = b"tiff:Orientation";
    let mut rest = xmp;
    while let Some(at) = rest.windows(NAME.len()).position(|window| window == NAME) {
        rest = &rest[at + NAME.len()..];
        let value = rest.trim_ascii_start();
        let value = match value {
            [b'=', value @ ..] => match value.trim_ascii_start() {
                [b'"' | b'\'', value @ ..] => value,
                _ => continue,
            },
            [b'>', value @ ..] => value,
            _ => continue,
        };
        if let [digit @ b'1'..=b'8', end, ..] = value.trim_ascii_start()
            && !end.is_ascii_digit()
        {
            return Orientation::from_exif(digit - b'0');
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xmp_tells_which_way_up_where_exif_does_not() {
        let exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0";
        let prefixed = [b"Exif\0\0", &exif[..]].concat();
        let attribute = b"<rdf:Description tiff:Orientation = '6' />";
        let element = b"<tiff:Orientation>\n8</tiff:Orientation>";
        let check = |exif: Option<&[u8]>, xmp: Option<&[u8]>, expected| {
            assert_eq!(of(exif, xmp), expected, "{exif:?} {xmp:?}");
        };
        check(None, None, Orientation::NoTransforms);
        check(Some(exif), Some(attribute), Orientation::Rotate180);
        check(Some(&prefixed), None, Orientation::Rotate180);
        check(Some(b"Exif\0\0rubbish"), Some(attribute), Orientation::Rotate90);
        check(None, Some(element), Orientation::Rotate270);
        check(None, Some(b"tiff:Orientation=\"66\" tiff:Orientation"), Orientation::NoTransforms);
    }
}
