//! The loudspeaker's device: opened in the best way that it takes, and asked for its delay each time it wants sound.

use super::mix::{self, Levels, Playing, Role, Samples};
use super::pace::{DeviceClock, Timekeeper};
use crate::clock;
use rodio::cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use rodio::cpal::{
    self, BufferSize, Data, ErrorKind, FromSample, SampleFormat, SizedSample, Stream, StreamConfig,
};
use rodio::mixer::{Mixer, MixerSource, mixer};
use rodio::{ChannelCount, SampleRate};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Sound frames in the device's buffer that are asked for: 43 ms.
const BUFFER_FRAMES: u32 = 2048;
/// A device that has asked for nothing for so long hangs, or went away without a word.
const HANGS: Duration = Duration::from_secs(2);

/// An open device. Dropping it ends all that it plays.
pub(super) struct Device {
    stream: Option<Stream>,
    mixer: Mixer,
    clock: Arc<DeviceClock>,
    lost: Arc<AtomicBool>,
}

impl Device {
    /// `name`: an ALSA name; the default device if `None`.
    pub(super) fn open(name: Option<&str>, now: Instant) -> Result<Device, String> {
        let device = find(name).ok_or("there is none")?;
        let mut refused = None;
        for setting in settings(&device)? {
            match start(&device, setting, now) {
                Ok(open) => return Ok(open),
                Err(error) => {
                    refused.get_or_insert(crate::problem::chain(&error));
                }
            }
        }
        Err(refused.unwrap_or_else(|| "it takes no sound".into()))
    }

    pub(super) fn clock(&self) -> Arc<DeviceClock> {
        self.clock.clone()
    }

    pub(super) fn play(&self, samples: Samples, role: Role, levels: &Arc<Levels>) -> Playing {
        let (source, playing) = mix::source(samples, role, levels.clone());
        self.mixer.add(source);
        playing
    }

    /// It plays no more: it said so, or it hangs.
    pub(super) fn is_lost(&self, now: Instant) -> bool {
        self.lost.load(Ordering::Acquire) || self.clock.silent_for(now) > HANGS
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        let stream = self.stream.take();
        if self.is_lost(clock::instant()) {
            // Closing waits for the device, which may never answer.
            let closing = std::thread::Builder::new().name("sound".into());
            let _ = closing.spawn(move || drop(stream));
        }
    }
}

/// The output devices of this machine, by their ALSA names.
pub(super) fn names() -> Vec<String> {
    let devices = cpal::default_host().output_devices();
    devices.into_iter().flatten().filter_map(|device| name_of(&device)).collect()
}

fn find(name: Option<&str>) -> Option<cpal::Device> {
    let host = cpal::default_host();
    match name {
        None => host.default_output_device(),
        Some(name) => {
            host.output_devices().ok()?.find(|device| name_of(device).is_some_and(|known| known == name))
        }
    }
}

/// An id is written `host:name`.
fn name_of(device: &cpal::Device) -> Option<String> {
    Some(device.id().ok()?.to_string().split_once(':')?.1.to_owned())
}

/// In what way a device may be opened.
#[derive(Clone, Copy)]
struct Setting {
    channels: ChannelCount,
    rate: SampleRate,
    format: SampleFormat,
    buffer: BufferSize,
}

/// The device's own way first, at the mixer's rate; then whatever it says that it takes.
fn settings(device: &cpal::Device) -> Result<Vec<Setting>, String> {
    let told = |error: cpal::Error| crate::problem::chain(&error);
    let setting = |channels, rate, format, buffer| {
        Some(Setting { channels: NonZero::new(channels)?, rate: NonZero::new(rate)?, format, buffer })
    };
    let own = device.default_output_config().map_err(told)?;
    let buffer = BufferSize::Fixed(BUFFER_FRAMES);
    let first = setting(own.channels(), super::RATE, own.sample_format(), buffer);
    let mut others: Vec<_> = device.supported_output_configs().into_iter().flatten().collect();
    others.sort_by(|a, b| b.cmp_default_heuristics(a));
    let others = others.iter().filter_map(|range| {
        let rate = super::RATE.clamp(range.min_sample_rate(), range.max_sample_rate());
        setting(range.channels(), rate, range.sample_format(), BufferSize::Default)
    });
    Ok(first.into_iter().chain(others).collect())
}

fn start(device: &cpal::Device, setting: Setting, now: Instant) -> Result<Device, cpal::Error> {
    let lost = Arc::new(AtomicBool::new(false));
    let (mixer, mixed) = mixer(setting.channels, setting.rate);
    let (keeper, clock) = Timekeeper::new(setting.rate.get(), now);
    let stream = build(device, setting, Feeder { mixed, keeper, setting }, lost.clone())?;
    stream.play()?;
    Ok(Device { stream: Some(stream), mixer, clock, lost })
}

fn build(
    device: &cpal::Device,
    setting: Setting,
    mut feeder: Feeder,
    lost: Arc<AtomicBool>,
) -> Result<Stream, cpal::Error> {
    let config = StreamConfig {
        channels: setting.channels.get(),
        sample_rate: setting.rate.get(),
        buffer_size: setting.buffer,
    };
    let failed = move |error: cpal::Error| {
        // After all others the stream goes on, or else it hangs. PulseAudio cannot tell its delay in the first moments, and
        // some back ends say such things thousands of times.
        let ends = error.kind() == ErrorKind::DeviceNotAvailable;
        if ends && !lost.swap(true, Ordering::AcqRel) {
            tracing::debug!(%error, "sound device");
        }
    };
    let called = move |data: &mut Data, info: &cpal::OutputCallbackInfo| {
        let told = info.timestamp();
        let delay = told.playback.duration_since(told.callback);
        feeder.keeper.called(clock::instant(), delay);
        match data.sample_format() {
            SampleFormat::I8 => feeder.fill::<i8>(data),
            SampleFormat::I16 => feeder.fill::<i16>(data),
            SampleFormat::I24 => feeder.fill::<cpal::I24>(data),
            SampleFormat::I32 => feeder.fill::<i32>(data),
            SampleFormat::U8 => feeder.fill::<u8>(data),
            SampleFormat::U16 => feeder.fill::<u16>(data),
            SampleFormat::U24 => feeder.fill::<cpal::U24>(data),
            SampleFormat::U32 => feeder.fill::<u32>(data),
            SampleFormat::F32 => feeder.fill::<f32>(data),
            SampleFormat::F64 => feeder.fill::<f64>(data),
            // cpal has filled it with silence.
            _ => {}
        }
    };
    device.build_output_stream_raw(config, setting.format, called, failed, None)
}

/// What the device's thread runs. It neither waits nor locks.
struct Feeder {
    mixed: MixerSource,
    keeper: Timekeeper,
    setting: Setting,
}

impl Feeder {
    fn fill<T: SizedSample + FromSample<f32>>(&mut self, data: &mut Data) {
        let Some(samples) = data.as_slice_mut::<T>() else { return };
        for frame in samples.chunks_mut(usize::from(self.setting.channels.get())) {
            for sample in frame {
                *sample = T::from_sample(self.mixed.next().unwrap_or(0.0));
            }
            self.keeper.mixed();
        }
    }
}
