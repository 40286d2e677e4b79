//! What should have been heard and was not, and why: one record for each cause, until it is mended.

use crate::model::status::Unheard as Told;
use crate::problem::{Problem, Speech};
use jiff::Timestamp;

/// Why something is not heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Nothing vouches for the time, so no hour of the day ever comes.
    Clock,
    /// No sound device, or one that cannot be opened.
    Device,
    /// `[sound] enabled = false`.
    Off,
    /// It fell in quiet hours, or where the volume is 0.
    Quiet,
}

impl Cause {
    /// In `status --json`.
    fn word(self) -> &'static str {
        match self {
            Cause::Clock => "clock",
            Cause::Device => "device",
            Cause::Off => "off",
            Cause::Quiet => "quiet",
        }
    }

    /// Whether it is a fault, and not what the board's configuration asks for.
    pub fn is_fault(self) -> bool {
        matches!(self, Cause::Clock | Cause::Device)
    }
}

/// Names of one record that are kept.
const NAMES_MAX: usize = 8;

/// One cause, and what was lost by it.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    cause: Cause,
    names: Vec<String>,
    since: Timestamp,
    last: Timestamp,
    count: u64,
    pub problem: Problem,
}

/// All causes that hold.
#[derive(Debug, Default)]
pub struct Unheard(Vec<Record>);

impl Unheard {
    /// `name` is not heard at `at`. Returns what to say of it: the first time only.
    pub fn note(&mut self, cause: Cause, name: &str, at: Timestamp, problem: Problem) -> Option<&Problem> {
        if let Some(known) = self.0.iter_mut().find(|record| record.cause == cause) {
            known.count += 1;
            known.last = at;
            if known.names.len() < NAMES_MAX && !known.names.iter().any(|other| other == name) {
                known.names.push(name.to_owned());
            }
            return None;
        }
        let names = vec![name.to_owned()];
        self.0.push(Record { cause, names, since: at, last: at, count: 1, problem });
        self.0.last().map(|record| &record.problem)
    }

    /// A cause that holds as long as there is anything to be heard: `names`, from now on until it is told otherwise.
    /// Returns what to say of it where it is new.
    pub fn hold(
        &mut self,
        cause: Cause,
        names: &[String],
        at: Timestamp,
        problem: impl FnOnce() -> Problem,
    ) -> Option<&Problem> {
        let kept: Vec<String> = names.iter().take(NAMES_MAX).cloned().collect();
        match self.0.iter().position(|record| record.cause == cause) {
            Some(known) => {
                self.0[known].names = kept;
                None
            }
            None => {
                let count = names.len() as u64;
                self.0.push(Record { cause, names: kept, since: at, last: at, count, problem: problem() });
                self.0.last().map(|record| &record.problem)
            }
        }
    }

    pub fn holds(&self, cause: Cause) -> bool {
        self.0.iter().any(|record| record.cause == cause)
    }

    /// The cause is no more.
    pub fn mended(&mut self, cause: Cause) -> Option<Record> {
        let at = self.0.iter().position(|record| record.cause == cause)?;
        Some(self.0.remove(at))
    }

    /// For `status`.
    pub fn told(&self, say: impl Fn(Timestamp) -> String) -> Vec<Told> {
        let told = |record: &Record| Told {
            cause: record.cause.word().into(),
            names: record.names.clone(),
            since: say(record.since),
            last: say(record.last),
            count: record.count,
            why: record.problem.why.get(Speech::from_env()).to_owned(),
            remedy: record.problem.remedy.get(Speech::from_env()).to_owned(),
        };
        self.0.iter().map(told).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::say;

    fn problem() -> Problem {
        Problem::new(
            "loa",
            say!(en: "nobody hears it", vi: "không ai nghe"),
            say!(en: "mend it", vi: "hãy sửa"),
        )
    }

    #[test]
    fn each_cause_is_said_once_until_it_is_mended_and_keeps_what_was_lost() {
        let mut unheard = Unheard::default();
        let t = Timestamp::UNIX_EPOCH;
        assert!(unheard.note(Cause::Device, "a.mp3", t, problem()).is_some());
        assert!(unheard.note(Cause::Device, "b.mp3", t, problem()).is_none());
        assert!(unheard.note(Cause::Quiet, "c.mp3", t, problem()).is_some());
        let told = unheard.told(|at| at.to_string());
        assert_eq!((told[0].cause.as_str(), told[0].count), ("device", 2));
        assert_eq!(told[0].names, ["a.mp3", "b.mp3"]);
        assert!(unheard.mended(Cause::Device).is_some() && !unheard.holds(Cause::Device));
        assert!(unheard.note(Cause::Device, "a.mp3", t, problem()).is_some(), "a new fault is said again");
    }

    #[test]
    fn a_cause_that_holds_is_said_once_and_names_what_is_there_now() {
        let mut unheard = Unheard::default();
        let names = |names: &[&str]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
        let t = Timestamp::UNIX_EPOCH;
        assert!(unheard.hold(Cause::Clock, &names(&["a", "b"]), t, problem).is_some());
        assert!(unheard.hold(Cause::Clock, &names(&["b"]), t, problem).is_none());
        assert_eq!(unheard.told(|at| at.to_string())[0].names, ["b"]);
    }
}
