//! JPEGs of four printing inks, as print shops hand them out (Adobe TN 5116).

use image::RgbaImage;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

/// The inks of a picture, 255 for full; `None` where it is of light.
pub fn decode(file: &[u8]) -> Option<Result<RgbaImage, String>> {
    let options = DecoderOptions::default().set_max_width(usize::MAX).set_max_height(usize::MAX);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
    decoder.decode_headers().ok()?;
    let stored = decoder.input_colorspace()?;
    if !matches!(stored, ColorSpace::CMYK | ColorSpace::YCCK) || decoder.info()?.components != 4 {
        return None;
    }
    let (width, height) = decoder.dimensions()?;
    decoder.set_options(options.jpeg_set_out_colorspace(stored));
    Some(decoder.decode().map_err(|error| error.to_string()).and_then(|mut values| {
        if stored == ColorSpace::YCCK {
            values.chunks_exact_mut(4).for_each(of_light);
        }
        // Adobe's programs write what is left of the light, and everybody's readers expect it where their mark is.
        if is_adobes(file) {
            values.iter_mut().for_each(|value| *value = 255 - *value);
        }
        RgbaImage::from_raw(width as u32, height as u32, values)
            .ok_or_else(|| "fewer pixels than it says".to_owned())
    }))
}

/// YCCK as CMYK: the first three are 255 less the red, green and blue of YCbCr (ITU-T T.871, 7).
fn of_light(pixel: &mut [u8]) {
    let [y, cb, cr] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
    let (cb, cr) = (cb - 128.0, cr - 128.0);
    let light = [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb];
    for (value, light) in pixel.iter_mut().zip(light) {
        *value = 255 - (light + 0.5).clamp(0.0, 255.0) as u8;
    }
}

fn is_adobes(file: &[u8]) -> bool {
    let mut at = 2;
    while let Some(&[0xFF, marker, high, low]) = file.get(at..at + 4) {
        let body = file.get(at + 4..).unwrap_or_default();
        match marker {
            0xFF => at += 1,
            0xEE if body.starts_with(b"Adobe") => return true,
            0xDA => return false,
            _ => at += 2 + usize::from(u16::from_be_bytes([high, low])).max(2),
        }
    }
    false
}
