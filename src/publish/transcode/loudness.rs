//! How loud a sound is, and how it becomes as loud as every other (EBU R 128, measured as ITU-R BS.1770 has it).
//!
//! ffmpeg's `loudnorm` keeps the quiet and the loud parts of a sound apart only where it need do nothing but turn the volume:
//! where the peaks have room for that. Where they have not they are held by a limiter in front of it.

use std::fmt;

/// LUFS, over the whole of a sound.
pub const TARGET: f64 = -16.0;
/// By how many LU a sound may be off before it is made anew.
pub const OFF_MAX: f64 = 3.0;
/// Below this there is nothing to be heard but noise, in LUFS.
pub const SILENCE: f64 = -60.0;
/// dBTP: what the coder and the loudspeaker's converter add to a peak has room above it.
const PEAK: f64 = -1.5;
/// Of the limiter, which sees samples and not what is between them, in dB.
const HELD: f64 = -2.5;
/// What is left may take so much of the room above [`PEAK`].
const PEAK_MAX: f64 = -1.0;

/// In front of all: of more channels, or of one, two are made before they are measured.
const AS_HEARD: &str = "aformat=channel_layouts=stereo,";

/// As `loudnorm` measured it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// LUFS.
    pub loudness: f64,
    /// dBTP.
    pub peak: f64,
    /// LU.
    pub range: f64,
    /// LUFS.
    pub threshold: f64,
}

impl Measured {
    /// What `loudnorm` prints as JSON, last among all that ffmpeg says; `None` where it is none, or the sound is silent.
    pub fn read(said: &str) -> Option<Measured> {
        let json = &said[said.rfind('{')?..];
        let json: serde_json::Value = serde_json::from_str(&json[..=json.find('}')?]).ok()?;
        let number =
            |name: &str| json.get(name)?.as_str()?.parse::<f64>().ok().filter(|number| number.is_finite());
        Some(Measured {
            loudness: number("input_i")?.clamp(-99.0, 0.0),
            peak: number("input_tp")?.clamp(-99.0, 99.0),
            range: number("input_lra")?.clamp(0.0, 99.0),
            threshold: number("input_thresh")?.clamp(-99.0, 0.0),
        })
    }

    pub fn is_heard(&self) -> bool {
        self.loudness > SILENCE
    }

    /// By how many LU it has to be turned up.
    pub fn gain(&self) -> f64 {
        TARGET - self.loudness
    }

    pub fn is_off(&self) -> bool {
        self.gain().abs() > OFF_MAX
    }

    /// The peaks have room for what is to be turned up.
    pub fn has_room(&self) -> bool {
        self.peak + self.gain() <= PEAK
    }

    /// The same within what a limiter leaves.
    pub fn nearly_has_room(&self) -> bool {
        self.peak + self.gain() <= PEAK_MAX
    }

    /// The filter that brings what was measured to [`TARGET`]. `before`: filters in front of it, which were there when it was
    /// measured.
    pub fn levelled(&self, before: &str) -> String {
        let peak = (self.peak + self.gain() + 0.1).clamp(PEAK, 0.0);
        let range = (self.range + 1.0).clamp(11.0, 50.0);
        format!(
            "{AS_HEARD}{before}loudnorm=I={TARGET}:TP={peak:.2}:LRA={range:.2}:measured_I={:.2}:measured_TP={:.2}:measured_LRA={:.2}:measured_thresh={:.2}:linear=true",
            self.loudness, self.peak, self.range, self.threshold
        )
    }
}

/// Written and read again by the one who keeps it.
impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Measured { loudness, peak, range, threshold } = self;
        write!(
            f,
            "{{\"input_i\":\"{loudness}\",\"input_tp\":\"{peak}\",\"input_lra\":\"{range}\",\"input_thresh\":\"{threshold}\"}}"
        )
    }
}

/// Turns a sound up by `gain` dB, and holds its peaks.
pub fn held(gain: f64) -> String {
    let limit = 10f64.powf(HELD / 20.0);
    format!("volume={gain:.2}dB:precision=float,alimiter=limit={limit:.4}:attack=5:release=50:level=false,")
}

/// The filter that levels what was not measured. `before`: filters in front of it.
pub fn target(before: &str) -> String {
    format!("{AS_HEARD}{before}loudnorm=I={TARGET}:TP={PEAK}:LRA=11")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_loudnorm_says_is_read_whatever_a_film_s_title_says_before_it() {
        let said = r#"  title : {"input_i" : "-1.00"}
[Parsed_loudnorm_0 @ 0x1]
{
	"input_i" : "-35.62", "input_tp" : "-23.10", "input_lra" : "2.30", "input_thresh" : "-45.70", "target_offset" : "0.02"
}
"#;
        let measured = Measured::read(said).unwrap();
        assert_eq!(measured, Measured { loudness: -35.62, peak: -23.1, range: 2.3, threshold: -45.7 });
        assert_eq!(Measured::read(&measured.to_string()), Some(measured));
        assert!(measured.is_off() && measured.is_heard() && measured.has_room());
        for silent in
            ["", "{}", r#"{"input_i":"-inf","input_tp":"-inf","input_lra":"0","input_thresh":"-70"}"#, "}{"]
        {
            assert_eq!(Measured::read(silent), None, "{silent}");
        }
    }

    #[test]
    fn a_sound_with_sharp_peaks_has_no_room_and_one_with_a_wide_range_keeps_it() {
        let measured = Measured { loudness: -30.0, peak: -3.0, range: 24.0, threshold: -41.0 };
        assert!(!measured.has_room() && !measured.nearly_has_room());
        let roomy = Measured { peak: -20.0, ..measured };
        assert!(roomy.levelled("").contains("TP=-1.50:LRA=25.00:"), "{}", roomy.levelled(""));
    }
}
