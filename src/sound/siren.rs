//! The sound of a warning: three seconds of a tone that rises and falls twice, as a siren far away does, and that comes
//! and goes softly. It carries: most of it lies between 600 and 1100 Hz, where horns and small loudspeakers are loud.

use super::RATE;
use std::f32::consts::TAU;

/// The same as `programme::siren::LENGTH`.
const FRAMES: u32 = 3 * RATE;
/// The lowest pitch in hertz, and how far it rises above it.
const LOW: f32 = 640.0;
const RISE: f32 = 420.0;
/// One rise and fall, in seconds.
const SWELL: f32 = 1.5;
/// It comes in over the first of these, in seconds, and goes over the second.
const COMES: f32 = 0.35;
const GOES: f32 = 0.6;
/// The tone, and the octave above it, which keeps it from sounding like a test signal: together -6 dB at the most.
const TONE: f32 = 0.4;
const OCTAVE: f32 = 0.1;

/// Its samples, one after another.
#[derive(Debug, Default)]
pub struct Siren {
    frame: u32,
    /// Of the tone, in turns.
    phase: f32,
}

impl Siren {
    pub fn ended(&self) -> bool {
        self.frame >= FRAMES
    }
}

impl Iterator for Siren {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        if self.ended() {
            return None;
        }
        let seconds = |frames: u32| frames as f32 / RATE as f32;
        let (since, left) = (seconds(self.frame), seconds(FRAMES - self.frame));
        let sound = TONE * (TAU * self.phase).sin() + OCTAVE * (2.0 * TAU * self.phase).sin();
        let pitch = LOW + RISE * (0.5 - 0.5 * (TAU * since / SWELL).cos());
        self.frame += 1;
        self.phase = (self.phase + pitch / RATE as f32).fract();
        Some(sound * slope(since / COMES) * slope(left / GOES))
    }
}

/// From 0 to 1 without a corner at either end.
fn slope(part: f32) -> f32 {
    let part = part.clamp(0.0, 1.0);
    part * part * (3.0 - 2.0 * part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_lasts_three_seconds_is_heard_and_clips_and_clicks_nowhere() {
        let samples: Vec<f32> = Siren::default().collect();
        assert_eq!(samples.len(), 3 * RATE as usize);
        let loudest = samples.iter().fold(0f32, |most, sample| most.max(sample.abs()));
        assert!((0.35..=0.5).contains(&loudest), "{loudest}");
        let middle = &samples[RATE as usize / 2..2 * RATE as usize];
        let power = middle.iter().map(|sample| sample * sample).sum::<f32>() / middle.len() as f32;
        assert!((0.25..0.32).contains(&power.sqrt()), "{}", power.sqrt());
        // A click is a jump: none is larger than the tone's own slope at its highest pitch.
        let steepest = TAU * (LOW + RISE) / RATE as f32 * (TONE + 2.0 * OCTAVE);
        let jump = samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0f32, f32::max);
        assert!(jump <= steepest, "{jump} over {steepest}");
        // The first and the last hundredth of a second are 40 dB down.
        let edge = RATE as usize / 100;
        let ends = samples[..edge].iter().chain(&samples[samples.len() - edge..]);
        assert!(ends.map(|sample| sample.abs()).fold(0f32, f32::max) < 0.004);
    }
}
