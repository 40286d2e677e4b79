//! The board's ear: how loud it is, the sirens and words of warnings, and what should be heard and is not.

use super::playout::Anchor;
use super::state::{Board, OPEN_AHEAD};
use super::unheard::Cause;
use crate::model::plan::{Main, Plan};
use crate::problem::Problem;
use crate::programme::siren::GRAVE;
use crate::say;
use crate::sound::{VolumePlan, gain};
use crate::trust::time::Now;
use jiff::{SignedDuration, Timestamp};
use std::time::{Duration, Instant};

/// A siren that could not begin within this time is left to the next minute: boards that stand in one valley sound
/// together, and one that restarts does not sound twice within a minute.
const SIREN_LATE: SignedDuration = SignedDuration::from_millis(500);
/// What began so long ago is forgotten.
const JUDGED: SignedDuration = SignedDuration::from_hours(24);

impl Board {
    fn volumes(&self) -> VolumePlan {
        let sound = &self.config.sound;
        let by_hours = sound.volume_by_hour.iter().map(|by| (by.hours, by.volume)).collect();
        VolumePlan { volume: sound.volume, by_hours, quiet: sound.quiet_hours.clone() }
    }

    fn minute(&self, now: &Now, trusted: bool) -> Option<u16> {
        let zoned = now.at.to_zoned(self.zone());
        trusted.then(|| zoned.hour() as u16 * 60 + zoned.minute() as u16)
    }

    /// Before anything is played: what begins in quiet hours must not be heard at its start.
    pub(super) fn set_volumes(&mut self, plan: &Plan, now: &Now, trusted: bool) {
        let (volumes, minute) = (self.volumes(), self.minute(now, trusted));
        self.volume = volumes.at(minute);
        // Afterwards it stays as it was: the end of what was heard may still be on its way through the device's buffer.
        let siren = plan.siren.as_ref().map(|siren| &siren.alert);
        if let Some(heard) = siren.or(plan.speech.as_ref().map(|speech| &speech.alert)) {
            let grave = heard.level.number() >= GRAVE;
            self.warning_volume = if grave { volumes.over_quiet_hours(minute) } else { self.volume };
        }
        self.sound.set_volume(gain(self.volume));
        self.sound.set_warning_volume(gain(self.warning_volume));
    }

    /// Sounds the siren, and notes what begins to sound and is not heard.
    pub(super) fn listen(&mut self, plan: &Plan, at: Anchor, trusted: bool) {
        self.sound_siren(plan, at);
        for cue in &plan.announcements {
            if self.is_new(cue.start, &cue.audio.path) {
                self.judge(&cue.audio.path, self.volume, at);
            }
        }
        if let Some(speech) = &plan.speech
            && self.is_new(speech.cue.start, &speech.cue.audio.path)
        {
            self.judge(&speech.cue.audio.path, self.warning_volume, at);
        }
        let mut names: Vec<String> =
            self.timetable.to_be_heard(at.wall).map(|audio| audio.path.clone()).collect();
        names.dedup();
        self.hold(Cause::Off, self.sound.is_off() && !names.is_empty(), &names, at.wall);
        self.hold(Cause::Clock, !trusted && !self.sound.is_off() && !names.is_empty(), &names, at.wall);
    }

    fn sound_siren(&mut self, plan: &Plan, at: Anchor) {
        if !self.config.sound.siren {
            return;
        }
        if !matches!(plan.main, Main::Warning { .. }) {
            self.siren = None;
        }
        let soon = |plan: &&Plan| plan.siren.is_some() && plan.at.duration_since(at.wall) <= OPEN_AHEAD;
        if plan.siren.is_none() && self.coming.iter().any(|plan| soon(&plan)) {
            self.sound.prepare(at.instant);
        }
        let Some(siren) = &plan.siren else { return };
        let event = &siren.alert.event;
        if !self.is_new(siren.start, event) || at.wall.duration_since(siren.start) > SIREN_LATE {
            return;
        }
        // At volume 0 the device stays shut.
        if self.warning_volume > 0 {
            self.siren = self.sound.siren(at.instant);
        }
        self.judge(event, self.warning_volume, at);
    }

    /// Whether this has not been judged yet; from now on it has.
    fn is_new(&mut self, start: Timestamp, name: &str) -> bool {
        if self.judged.iter().any(|(begun, known)| *begun == start && known == name) {
            return false;
        }
        self.judged.retain(|(begun, _)| start.duration_since(*begun).abs() < JUDGED);
        self.judged.push((start, name.to_owned()));
        true
    }

    /// Notes whether what begins now can be heard.
    fn judge(&mut self, name: &str, volume: u8, at: Anchor) {
        if self.sound.is_off() {
            self.heard = false;
            self.unheard.note(Cause::Off, name, at.wall, off(name));
            return;
        }
        self.heard = volume > 0 && self.sound.prepare(at.instant);
        if volume == 0 {
            if let Some(problem) = self.unheard.note(Cause::Quiet, name, at.wall, quiet(name)) {
                tracing::info!("{problem}");
            }
            return;
        }
        self.unheard.mended(Cause::Quiet);
        if !self.heard {
            let problem = no_device(name, self.sound.problem());
            if let Some(problem) = self.unheard.note(Cause::Device, name, at.wall, problem).cloned() {
                self.report(&problem);
            }
        }
    }

    /// A cause that holds, or does not, whatever the hour is.
    fn hold(&mut self, cause: Cause, holds: bool, names: &[String], at: Timestamp) {
        if !holds {
            // What the device costs is noted at each sound, and so is that of a board that is switched off.
            if cause == Cause::Clock
                && let Some(record) = self.unheard.mended(cause)
            {
                self.mended(&record.problem);
            }
            return;
        }
        let first = names.first().map_or("", String::as_str);
        let problem = || if cause == Cause::Clock { no_clock(first) } else { off(first) };
        let new = self.unheard.hold(cause, names, at, problem).cloned();
        if let Some(problem) = new
            && cause.is_fault()
        {
            self.report(&problem);
        }
    }

    /// Keeps the device open for what sounds, tells of one that fails, and says when there is more to do.
    pub(super) fn tend_sound(&mut self, now: &Now, trusted: bool, at: Anchor) -> Option<Instant> {
        let siren = self.siren.as_ref().is_some_and(|siren| !siren.done());
        self.sound.tend(siren || self.playout.sounding(), at.instant);
        let problem = self.sound.problem().cloned();
        if problem != self.sound_told {
            if let Some(told) = self.sound_told.take() {
                self.mended(&told);
            }
            // What nobody hears has been told of with its cause.
            if let Some(problem) = problem.as_ref().filter(|_| !self.unheard.holds(Cause::Device)) {
                self.report(problem);
            }
            self.sound_told = problem;
        }
        if self.sound.state() == "open"
            && let Some(record) = self.unheard.mended(Cause::Device)
        {
            self.mended(&record.problem);
        }
        let zoned = now.at.to_zoned(self.zone());
        let edge = self.minute(now, trusted).and_then(|minute| {
            self.volumes().next_edge(minute).map(|edge| (edge + 1440 - minute - 1) % 1440 + 1)
        });
        let edge = edge.map(|minutes| {
            let seconds = u64::from(minutes) * 60 - zoned.second() as u64;
            at.instant + Duration::from_secs(seconds.max(1))
        });
        [edge, self.sound.next_change()].into_iter().flatten().filter(|next| *next > at.instant).min()
    }
}

fn no_clock(name: &str) -> Problem {
    Problem::new(
        name,
        say!(en: "nobody hears this announcement: nothing vouches for the board's clock, so its hour never comes",
             vi: "không ai nghe được bản phát thanh này: chưa có gì bảo đảm đồng hồ của bảng đúng, nên không bao giờ đến giờ phát"),
        say!(en: "connect the board to a network with a time server, or fit a clock chip and write has_rtc = true under [clock] in board.toml",
             vi: "hãy nối bảng vào mạng có máy chủ giờ, hoặc lắp chip giờ rồi ghi has_rtc = true dưới [clock] trong board.toml"),
    )
}

fn no_device(name: &str, problem: Option<&Problem>) -> Problem {
    let unknown = || say!(en: "the sound device is not there", vi: "không có thiết bị âm thanh");
    let why = problem.map_or_else(unknown, |problem| problem.why.clone());
    Problem::new(
        name,
        say!(en: "nobody hears it: {why_en}", vi: "không ai nghe được: {why_vi}", why_en = why.en, why_vi = why.vi),
        say!(en: "connect a loudspeaker, or name another device under [sound] in board.toml; `bangtin doctor` lists them",
             vi: "hãy nối loa, hoặc đặt thiết bị khác trong mục [sound] của board.toml; `bangtin doctor` liệt kê các thiết bị"),
    )
}

fn off(name: &str) -> Problem {
    Problem::new(
        name,
        say!(en: "nobody hears it: sound is switched off in board.toml", vi: "không ai nghe được: âm thanh đã tắt trong board.toml"),
        say!(en: "write enabled = true under [sound] if the board has a loudspeaker",
             vi: "nếu bảng có loa, hãy ghi enabled = true dưới [sound]"),
    )
}

fn quiet(name: &str) -> Problem {
    Problem::new(
        name,
        say!(en: "nobody hears it: at this hour board.toml asks for quiet", vi: "không ai nghe được: giờ này board.toml yêu cầu im lặng"),
        say!(en: "announce at another hour, or change quiet_hours or volume_by_hour under [sound]",
             vi: "hãy phát vào giờ khác, hoặc sửa quiet_hours hay volume_by_hour dưới [sound]"),
    )
}
