//! When a frame of sound that is mixed now is heard, reckoned from the delay that the device tells.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Read by everything that must be heard at its moment, kept by a [`Timekeeper`].
#[derive(Debug)]
pub(super) struct DeviceClock {
    opened: Instant,
    rate: u32,
    /// Microseconds after `opened` at which the device's first frame was heard, or would have been.
    epoch_us: AtomicI64,
    /// Frames mixed since then.
    frames: AtomicU64,
    /// Microseconds after `opened` at which the device last asked for sound.
    called_us: AtomicU64,
}

impl DeviceClock {
    /// When the frame that is mixed next is heard.
    pub(super) fn heard_at(&self) -> Instant {
        let frames = self.frames.load(Ordering::Relaxed);
        let mixed_us = (frames as f64 * 1e6 / f64::from(self.rate)) as i64;
        let us = self.epoch_us.load(Ordering::Relaxed).saturating_add(mixed_us);
        self.opened + Duration::from_micros(u64::try_from(us).unwrap_or(0))
    }

    /// How long after a frame is mixed it is heard.
    pub(super) fn latency(&self, now: Instant) -> Duration {
        self.heard_at().saturating_duration_since(now).min(LATENCY_MAX)
    }

    /// How long the device has asked for nothing.
    pub(super) fn silent_for(&self, now: Instant) -> Duration {
        let called = Duration::from_micros(self.called_us.load(Ordering::Relaxed));
        now.saturating_duration_since(self.opened + called)
    }
}

/// A device that tells of more is not believed.
const LATENCY_MAX: Duration = Duration::from_secs(2);
/// A device that was just opened fills its buffers, and what it tells changes: each word is taken as it is.
const SETTLING: Duration = Duration::from_millis(500);
/// What the device tells is off by a millisecond or two each time: of each word this part is believed.
const BELIEVED: f64 = 0.02;
/// Further off than this, the device has lost sound, or played silence of its own.
const ASTRAY_US: f64 = 30_000.0;
/// So often in succession, before it is believed.
const ASTRAY_CALLS: u32 = 4;

/// The audio callback's own half.
#[derive(Debug)]
pub(super) struct Timekeeper {
    clock: Arc<DeviceClock>,
    epoch_us: f64,
    astray: u32,
}

impl Timekeeper {
    /// `rate`: the device's own, in Hz; it was opened at `now`.
    pub(super) fn new(rate: u32, now: Instant) -> (Timekeeper, Arc<DeviceClock>) {
        let clock = Arc::new(DeviceClock {
            opened: now,
            rate: rate.max(1),
            epoch_us: AtomicI64::new(0),
            frames: AtomicU64::new(0),
            called_us: AtomicU64::new(0),
        });
        (Timekeeper { clock: clock.clone(), epoch_us: 0.0, astray: 0 }, clock)
    }

    /// The device asks for sound at `now`; the first frame that it is given is heard after `delay`.
    pub(super) fn called(&mut self, now: Instant, delay: Duration) {
        let clock = &*self.clock;
        let since = now.saturating_duration_since(clock.opened);
        let mixed_us = clock.frames.load(Ordering::Relaxed) as f64 * 1e6 / f64::from(clock.rate);
        let told = (since + delay.min(LATENCY_MAX)).as_secs_f64() * 1e6 - mixed_us;
        let off = told - self.epoch_us;
        self.astray = if off.abs() > ASTRAY_US { self.astray + 1 } else { 0 };
        if since < SETTLING || self.astray >= ASTRAY_CALLS {
            (self.epoch_us, self.astray) = (told, 0);
        } else if self.astray == 0 {
            self.epoch_us += off * BELIEVED;
        }
        clock.epoch_us.store(self.epoch_us as i64, Ordering::Relaxed);
        clock.called_us.store(since.as_micros() as u64, Ordering::Relaxed);
    }

    /// One frame was mixed.
    pub(super) fn mixed(&self) {
        self.clock.frames.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::clock;

    /// A device of 48 kHz with a buffer of 2,048 frames and a delay of so many milliseconds, which asks for sound `calls` times;
    /// its own words are off by up to 2 ms.
    fn run(keeper: &mut Timekeeper, from: Instant, calls: std::ops::Range<u64>, delay_ms: u64) -> Instant {
        let mut now = from;
        for call in calls {
            now = from + Duration::from_micros(call * 2_048 * 1_000_000 / 48_000);
            let off_us = (call * 7_919) % 4_000;
            keeper.called(now, Duration::from_micros(delay_ms * 1_000 - 2_000 + off_us));
            (0..2_048).for_each(|_| keeper.mixed());
        }
        now
    }

    #[test]
    fn the_latency_is_what_the_device_tells_and_does_not_tremble_with_it() {
        let (mut keeper, clock) = Timekeeper::new(48_000, clock::instant());
        let mut before: Option<Duration> = None;
        for call in 1..200 {
            let from = clock.opened;
            let now = run(&mut keeper, from, call..call + 1, 90);
            // The buffer that was just given comes on top.
            let latency = clock.latency(now).as_micros().abs_diff(90_000 + 2_048 * 1_000_000 / 48_000);
            if call > 30 {
                assert!(latency < 2_100, "{latency} us off at call {call}");
                let steady =
                    before.is_none_or(|before| before.abs_diff(clock.latency(now)).as_micros() < 100);
                assert!(steady, "{before:?} to {:?}", clock.latency(now));
                before = Some(clock.latency(now));
            }
        }
    }

    #[test]
    fn a_device_that_lost_sound_is_believed_after_a_moment() {
        let (mut keeper, clock) = Timekeeper::new(48_000, clock::instant());
        let from = clock.opened;
        run(&mut keeper, from, 1..100, 90);
        let now = run(&mut keeper, from, 100..101, 290);
        assert!(clock.latency(now) < Duration::from_millis(90 + 43 + 3), "one word is not believed");
        let now = run(&mut keeper, from, 101..106, 290);
        assert!(clock.latency(now) > Duration::from_millis(325));
        assert!(clock.silent_for(now) < Duration::from_millis(1));
        assert!(clock.silent_for(now + Duration::from_secs(3)) >= Duration::from_secs(3));
    }

    /// A clock by which the next frame is heard at `at`, however many are mixed; the second value mixes one.
    pub(in super::super) fn set_to(at: Instant, rate: u32) -> (Arc<DeviceClock>, impl Fn()) {
        let clock = Arc::new(DeviceClock {
            opened: at,
            rate,
            epoch_us: AtomicI64::new(0),
            frames: AtomicU64::new(0),
            called_us: AtomicU64::new(0),
        });
        let mixed = clock.clone();
        (clock, move || {
            mixed.frames.fetch_add(1, Ordering::Relaxed);
        })
    }

    impl DeviceClock {
        /// The device lost sound, or played some twice.
        pub(in super::super) fn jump(&self, us: i64) {
            self.epoch_us.fetch_add(us, Ordering::Relaxed);
        }
    }
}
