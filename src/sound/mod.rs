//! Sound: one mixer for film sound, spoken notices and announcements.
//!
//! The device is opened when there is something to hear, and closed after a while of silence: an open card
//! wakes the processor twenty times a second for nothing. No device, or one that goes away, means a silent
//! board, said once; it is tried again at the next sound. An announcement lowers what else sounds while it
//! speaks, a warning's siren also the announcement. Nothing here locks or allocates in the audio callback.

mod device;
mod mix;
mod pace;
mod quiet;
mod siren;
mod step;
mod volume;

pub use mix::{Playing, Role};
pub use volume::{VolumePlan, gain};

use crate::problem::Problem;
use crate::say;
use crate::shm::SampleReader;
use device::Device;
use mix::{Levels, Samples};
use std::sync::Arc;
use std::time::{Duration, Instant};
use step::InStep;

/// Samples a second of everything that is mixed. The device may run at another rate.
pub const RATE: u32 = 48_000;
/// The device is closed after so long without a sound.
const IDLE: Duration = Duration::from_secs(10);
/// A device that failed is not tried again before; each further failure doubles it.
const RETRY: Duration = Duration::from_secs(20);
const RETRY_MAX: Duration = Duration::from_secs(600);

/// The loudspeaker, there or not.
pub struct Sound {
    wanted: Option<String>,
    device: Option<Device>,
    levels: Arc<Levels>,
    busy_until: Instant,
    retry_at: Option<Instant>,
    retry_after: Duration,
    problem: Option<Problem>,
    muted: bool,
}

impl Sound {
    /// `device`: an ALSA name; the default one if `None`. Opens nothing yet.
    pub fn new(device: Option<String>, now: Instant) -> Sound {
        Sound {
            wanted: device,
            device: None,
            levels: Arc::default(),
            busy_until: now,
            retry_at: None,
            retry_after: RETRY,
            problem: None,
            muted: false,
        }
    }

    /// A board that is to make no sound at all: no device is ever opened.
    pub fn silent(now: Instant) -> Sound {
        Sound { muted: true, ..Sound::new(None, now) }
    }

    /// Everything is multiplied by this, 0 to 1, from the next buffer on.
    pub fn set_volume(&self, volume: f32) {
        self.levels.set_master(volume);
    }

    /// The same for sirens.
    pub fn set_warning_volume(&self, volume: f32) {
        self.levels.set_warning(volume);
    }

    /// Opens the device ahead of a sound, so that the sound does not wait for it. True if it is open.
    pub fn prepare(&mut self, now: Instant) -> bool {
        self.busy_until = now + IDLE;
        if self.muted {
            return false;
        }
        if self.device.as_ref().is_some_and(|device| device.is_lost(now)) {
            self.device = None;
            self.retry_at = Some(now + Duration::from_secs(1));
            self.problem = Some(self.lost());
        }
        if self.device.is_none() && self.retry_at.is_none_or(|at| now >= at) {
            match self.open(now) {
                Ok(device) => {
                    self.device = Some(device);
                    self.retry_at = None;
                    self.retry_after = RETRY;
                    self.problem = None;
                }
                Err(problem) => {
                    self.retry_at = Some(now + self.retry_after);
                    self.retry_after = (self.retry_after * 2).min(RETRY_MAX);
                    self.problem = Some(problem);
                }
            }
        }
        self.device.is_some()
    }

    /// Plays until the samples end or the handle is dropped, so that the first of them is heard at `begin` and each other in its
    /// moment after that; those whose moment has gone are left out. `None` without a device.
    pub fn play(
        &mut self,
        samples: SampleReader,
        role: Role,
        begin: Instant,
        now: Instant,
    ) -> Option<Playing> {
        self.prepare(now);
        let device = self.device.as_ref()?;
        let samples = Samples::Clip(InStep::new(samples, device.clock(), begin));
        Some(device.play(samples, role, &self.levels))
    }

    /// Plays a warning's siren once. `None` without a device.
    pub fn siren(&mut self, now: Instant) -> Option<Playing> {
        // A device that went away, or was just connected, must not wait for its turn: the next siren is a minute away.
        self.device = self.device.take().filter(|device| !device.is_lost(now));
        self.retry_at = None;
        self.prepare(now);
        let samples = Samples::Siren(siren::Siren::default());
        Some(self.device.as_ref()?.play(samples, Role::Warning, &self.levels))
    }

    /// To be called now and then: something is playing, or not.
    pub fn tend(&mut self, playing: bool, now: Instant) {
        if playing {
            self.prepare(now);
        } else if now >= self.busy_until {
            self.device = None;
        }
    }

    /// When [`Sound::tend`] has something to do next.
    pub fn next_change(&self) -> Option<Instant> {
        self.device.as_ref().map(|_| self.busy_until)
    }

    /// How long after a sample is mixed it is heard.
    pub fn latency(&self, now: Instant) -> Duration {
        self.device.as_ref().map_or(Duration::ZERO, |device| device.clock().latency(now))
    }

    /// The output devices of this machine, by the names that `device` in board.toml takes.
    pub fn devices() -> Vec<String> {
        quiet::silence_alsa();
        device::names()
    }

    /// Whether the board is to make no sound at all.
    pub fn is_off(&self) -> bool {
        self.muted
    }

    /// Why the board is silent though it should not be.
    pub fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    /// For `status`: `open`, `idle` (no need of the device now), `none` (it is not there) or `off`.
    pub fn state(&self) -> &'static str {
        match (&self.device, &self.problem) {
            _ if self.muted => "off",
            (Some(_), _) => "open",
            (None, Some(_)) => "none",
            (None, None) => "idle",
        }
    }

    fn name(&self) -> String {
        self.wanted.clone().unwrap_or_else(|| "sound".into())
    }

    fn lost(&self) -> Problem {
        Problem::new(
            self.name(),
            say!(en: "the sound device went away", vi: "mất thiết bị âm thanh"),
            say!(en: "check the cable; it is tried again by itself", vi: "hãy kiểm tra dây; bảng sẽ tự thử lại"),
        )
    }

    fn open(&self, now: Instant) -> Result<Device, Problem> {
        quiet::silence_alsa();
        Device::open(self.wanted.as_deref(), now).map_err(|error| {
            Problem::new(
                self.name(),
                say!(en: "no sound device could be opened ({error})", vi: "không mở được thiết bị âm thanh ({error})"),
                say!(en: "the board goes on without sound; connect a loudspeaker, or name another device under [sound] in board.toml",
                     vi: "bảng vẫn chạy không có tiếng; hãy nối loa, hoặc đặt thiết bị khác trong mục [sound] của board.toml"),
            )
        })
    }
}
