//! The file's own colours as sRGB (IEC 61966-2-1), which boards draw in.
//!
//! Profiles are ICC.1:2022; what cannot be used is as if it were not there, and the picture is taken for sRGB. Pictures are
//! converted after they are scaled down: it costs less, and there is no difference to see.

use image::{DynamicImage, GrayImage, RgbImage, RgbaImage};
use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, DataColorSpace, Layout,
    MatrixCoefficients, ToneReprCurve, TransferCharacteristics, TransformOptions, XyY,
};

/// What a file says of its colours.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// ICC.
    Profile(Vec<u8>),
    /// Primaries, transfer, matrix and range of ITU-T H.273.
    CodePoints([u8; 4]),
    /// The exponent that it was encoded with, and x and y of white, red, green and blue.
    Measured { gamma: f64, chromaticities: Option<[f64; 8]> },
}

impl Source {
    fn profile(&self) -> Option<ColorProfile> {
        match self {
            Source::Profile(bytes) => ColorProfile::new_from_slice(bytes).ok(),
            Source::CodePoints([primaries, transfer, ..]) => {
                let profile = CicpProfile {
                    color_primaries: CicpColorPrimaries::try_from(*primaries).ok()?,
                    transfer_characteristics: TransferCharacteristics::try_from(*transfer).ok()?,
                    matrix_coefficients: MatrixCoefficients::Identity,
                    full_range: true,
                };
                let profile = ColorProfile::new_from_cicp(profile);
                // Curves for more light than a screen's white are not for this conversion.
                let is_hdr = matches!(transfer, 16 | 18);
                (profile.red_trc.is_some() && !is_hdr).then_some(profile)
            }
            Source::Measured { gamma, chromaticities } => measured(*gamma, *chromaticities),
        }
    }
}

/// A profile of an exponent and primaries. An exponent of 1/2.2 is what most programs write for sRGB.
fn measured(gamma: f64, chromaticities: Option<[f64; 8]>) -> Option<ColorProfile> {
    if !(0.1..=10.0).contains(&gamma) {
        return None;
    }
    let mut profile = ColorProfile::new_srgb();
    profile.cicp = None;
    if let Some([wx, wy, rx, ry, gx, gy, bx, by]) = chromaticities {
        let sane = [wy, ry, gy, by].iter().all(|y| *y > 0.0);
        let at = |x: f64, y: f64| Chromaticity::new(x as f32, y as f32);
        if sane {
            let primaries = ColorPrimaries { red: at(rx, ry), green: at(gx, gy), blue: at(bx, by) };
            profile.update_rgb_colorimetry(XyY { x: wx, y: wy, yb: 1.0 }, primaries);
        }
    }
    if (gamma - 1.0 / 2.2).abs() > 0.02 {
        let curve = ToneReprCurve::Parametric(vec![(1.0 / gamma) as f32]);
        profile.red_trc = Some(curve.clone());
        profile.green_trc = Some(curve.clone());
        profile.blue_trc = Some(curve);
    }
    Some(profile)
}

/// A picture in sRGB. `source` is what its file says; one that makes no sense for it changes nothing.
pub fn to_srgb(picture: DynamicImage, source: Option<&Source>) -> DynamicImage {
    let Some(profile) = source.and_then(Source::profile) else { return picture };
    match profile.color_space {
        DataColorSpace::Rgb => of_rgb(&picture, &profile).unwrap_or(picture),
        DataColorSpace::Gray if !picture.color().has_color() => {
            of_grey(&picture, &profile).unwrap_or(picture)
        }
        _ => picture,
    }
}

fn of_rgb(picture: &DynamicImage, profile: &ColorProfile) -> Option<DynamicImage> {
    let (width, height) = (picture.width(), picture.height());
    let (srgb, options) = (ColorProfile::new_srgb(), options());
    let deep = matches!(picture.color(), image::ColorType::Rgb16 | image::ColorType::L16);
    if deep && !picture.color().has_alpha() {
        let from = picture.to_rgb16();
        let change = profile.create_transform_16bit(Layout::Rgb, &srgb, Layout::Rgb, options).ok()?;
        let mut to = vec![0; from.as_raw().len()];
        change.transform(from.as_raw(), &mut to).ok()?;
        let bytes = to.iter().map(|value| ((u32::from(*value) * 255 + 32_767) / 65_535) as u8).collect();
        return RgbImage::from_raw(width, height, bytes).map(DynamicImage::from);
    }
    if picture.color().has_alpha() {
        let from = picture.to_rgba8();
        let change = profile.create_transform_8bit(Layout::Rgba, &srgb, Layout::Rgba, options).ok()?;
        let mut to = vec![0; from.as_raw().len()];
        change.transform(from.as_raw(), &mut to).ok()?;
        return RgbaImage::from_raw(width, height, to).map(DynamicImage::from);
    }
    let from = picture.to_rgb8();
    let change = profile.create_transform_8bit(Layout::Rgb, &srgb, Layout::Rgb, options).ok()?;
    let mut to = vec![0; from.as_raw().len()];
    change.transform(from.as_raw(), &mut to).ok()?;
    RgbImage::from_raw(width, height, to).map(DynamicImage::from)
}

/// By the curve of a grey's profile (ICC.1:2022, 8.3.4), which gives light, or the lightness of CIELAB. Every grey is one of
/// 256: they are converted once.
fn of_grey(picture: &DynamicImage, profile: &ColorProfile) -> Option<DynamicImage> {
    let curve = profile.gray_trc.as_ref()?.make_linear_evaluator().ok()?;
    let greys: [u8; 256] = std::array::from_fn(|value| {
        let given = curve.evaluate_value(value as f32 / 255.0).clamp(0.0, 1.0);
        let light = match profile.pcs {
            // CIE 15, 8.2.1: L* is 116 times the cube root of Y, less 16, and a line near black.
            DataColorSpace::Lab if given > 0.08 => ((given + 0.16) / 1.16).powi(3),
            DataColorSpace::Lab => given * 100.0 * 27.0 / 24_389.0,
            _ => given,
        };
        let coded = if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
        (coded * 255.0 + 0.5) as u8
    });
    let grey = |value: u8| greys[usize::from(value)];
    Some(if picture.color().has_alpha() {
        let mut picture = picture.to_luma_alpha8();
        picture.pixels_mut().for_each(|pixel| pixel.0[0] = grey(pixel.0[0]));
        picture.into()
    } else {
        let mut picture: GrayImage = picture.to_luma8();
        picture.pixels_mut().for_each(|pixel| pixel.0[0] = grey(pixel.0[0]));
        picture.into()
    })
}

/// Printing inks, 255 for full, in the four channels of `inks`, as sRGB: by their profile, or else as if each ink took its
/// own third of the light.
pub fn of_inks(inks: &RgbaImage, source: Option<&Source>) -> DynamicImage {
    let (width, height) = inks.dimensions();
    let by_profile = source.and_then(Source::profile).and_then(|profile| {
        if profile.color_space != DataColorSpace::Cmyk {
            return None;
        }
        let change = profile
            .create_transform_8bit(Layout::Rgba, &ColorProfile::new_srgb(), Layout::Rgb, options())
            .ok()?;
        let mut to = vec![0; inks.as_raw().len() / 4 * 3];
        change.transform(inks.as_raw(), &mut to).ok()?;
        let mut black = [0; 3];
        change.transform(&[255; 4], &mut black).ok()?;
        let darker = from_black(black);
        to.iter_mut().for_each(|value| *value = darker[usize::from(*value)]);
        RgbImage::from_raw(width, height, to)
    });
    let plain = || {
        let left = |ink: u8, black: u8| {
            ((255 - u32::from(ink)) * (255 - u32::from(black)) + 127).div_euclid(255) as u8
        };
        RgbImage::from_fn(width, height, |x, y| {
            let [c, m, y, k] = inks.get_pixel(x, y).0;
            image::Rgb([left(c, k), left(m, k), left(y, k)])
        })
    };
    by_profile.unwrap_or_else(plain).into()
}

/// Each value of a screen on which `black` is black: printed black is far from a screen's, and all would look faded (black
/// point compensation, ISO 18619).
fn from_black(black: [u8; 3]) -> [u8; 256] {
    let light = |value: u8| {
        let value = f32::from(value) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let [r, g, b] = black.map(light);
    // Half of the light is no black, whatever a profile says.
    let least = (0.2126 * r + 0.7152 * g + 0.0722 * b).min(0.18);
    std::array::from_fn(|value| coded((light(value as u8) - least) / (1.0 - least)))
}

/// Light from 0 to 1 as sRGB (IEC 61966-2-1).
fn coded(light: f32) -> u8 {
    let light = light.clamp(0.0, 1.0);
    let coded = if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (coded * 255.0 + 0.5) as u8
}

fn options() -> TransformOptions {
    TransformOptions::default()
}
