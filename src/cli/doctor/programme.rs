//! What of the programmes could not happen on this board, as it stands: an official who publishes them does not see it.

use super::Finding;
use crate::config::Config;
use crate::model::programme::{Programme, Window};
use crate::problem::{self, Problem, Text};
use crate::say;

/// What the machine is able to do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Able {
    /// Sound comes out.
    pub heard: bool,
    /// Something vouches for the time.
    pub timed: bool,
    /// Films and pictures can be decoded.
    pub decodes: bool,
}

pub(super) fn look<'a>(
    programmes: impl Iterator<Item = &'a Programme>,
    config: &Config,
    able: Able,
) -> Vec<Finding> {
    programmes.flat_map(|programme| of_one(programme, config, able)).collect()
}

fn of_one(programme: &Programme, config: &Config, able: Able) -> Vec<Finding> {
    let board = &config.board;
    let mut findings = Vec::new();
    let mut lost = |why: Text, remedy: Text| {
        findings.push(Finding::Partly(Problem::new(format!("`{}`", programme.title), why, remedy)));
    };
    let announcements: Vec<&str> = programme
        .announcements
        .iter()
        .filter(|call| board.is_for(&call.boards))
        .map(|call| call.audio.path.as_str())
        .collect();
    let (count, names) = (announcements.len(), first_of(&announcements));
    if count > 0 && !able.heard {
        let why = match config.sound.enabled {
            true => say!(en: "its announcements ({names}) would be heard by nobody: no sound device opens",
                         vi: "các bản phát thanh ({names}) sẽ không ai nghe được: không mở được thiết bị âm thanh", names = names),
            false => say!(en: "its announcements ({names}) would be heard by nobody: sound is switched off",
                          vi: "các bản phát thanh ({names}) sẽ không ai nghe được: âm thanh đã tắt", names = names),
        };
        lost(
            why,
            say!(en: "connect a loudspeaker and see the line about sound above", vi: "hãy nối loa và xem dòng về âm thanh ở trên"),
        );
    }
    let clock = || say!(en: "see the line about the clock above", vi: "hãy xem dòng về đồng hồ ở trên");
    if count > 0 && !able.timed {
        lost(
            say!(en: "its announcements ({names}) would never begin: nothing vouches for the time",
                 vi: "các bản phát thanh ({names}) sẽ không bao giờ phát: chưa có gì bảo đảm giờ đúng", names = names),
            clock(),
        );
    }
    let hourly = |window: &Window| !window.days.is_empty() || !window.times.is_empty();
    let notices = || programme.notices.iter().filter(|notice| board.is_for(&notice.boards));
    let by_hour: Vec<&str> =
        notices().filter(|notice| hourly(&notice.window)).map(|notice| notice.title.as_str()).collect();
    let lines =
        programme.tickers.iter().filter(|line| board.is_for(&line.boards) && hourly(&line.window)).count();
    if !able.timed && by_hour.len() + lines > 0 {
        let (count, names) = (by_hour.len(), first_of(&by_hour));
        lost(
            say!(en: "of {en} ({names}) and {lines_en} with hours or days none would show: nothing vouches for the time",
                 vi: "{count} tin ({names}) và {lines} dòng chạy có khung giờ hoặc ngày nên sẽ không hiện: chưa có gì bảo đảm giờ đúng",
                 count = count, en = problem::counted(count, "notice"), names = names, lines = lines, lines_en = problem::counted(lines, "ticker line")),
            clock(),
        );
    }
    let counted: Vec<&str> =
        notices().filter(|notice| notice.countdown.is_some()).map(|notice| notice.title.as_str()).collect();
    if !able.timed && !counted.is_empty() {
        lost(
            say!(en: "its countdowns ({names}) would not show: nothing vouches for the time",
                 vi: "phần đếm ngược ({names}) sẽ không hiện: chưa có gì bảo đảm giờ đúng", names = first_of(&counted)),
            clock(),
        );
    }
    let films: Vec<&str> =
        notices().filter_map(|notice| notice.video.as_ref()).map(|film| film.path.as_str()).collect();
    if !able.decodes && !films.is_empty() {
        lost(
            say!(en: "its films ({names}) would not show: the decoder does not start", vi: "phim ({names}) sẽ không hiện: bộ giải mã không chạy",
                 names = first_of(&films)),
            say!(en: "see the line about the decoder above", vi: "hãy xem dòng về bộ giải mã ở trên"),
        );
    }
    findings
}

/// The first names of a list, and how many more there are.
fn first_of(names: &[&str]) -> String {
    const SHOWN: usize = 3;
    let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown}, … +{more}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEDIA: &str = "{ path = 'ban-tin.mp3', length = 1, sha256 = \
         '0000000000000000000000000000000000000000000000000000000000000000', duration_ms = 20000 }";

    fn said(able: Able) -> Vec<String> {
        let text = format!(
            "title = 'Xã'\n[[notice]]\ntitle = 'Chợ'\ntimes = ['05:00-07:00']\n[[notice]]\ntitle = 'Bầu cử'\n\
             countdown = '2026-12-05T07:00:00+07:00'\n[[announcement]]\naudio = {MEDIA}\nat = ['05:30']\n\
             [[notice]]\ntitle = 'Phim'\nvideo = {MEDIA}\n"
        );
        let programme: Programme = toml::from_str(&text).unwrap();
        let told = look([&programme].into_iter(), &Config::default(), able);
        let line = |finding: &Finding| match finding {
            Finding::Partly(problem) => problem.line(crate::problem::Speech::English),
            _ => panic!("what is lost is a part"),
        };
        told.iter().map(line).collect()
    }

    #[test]
    fn what_could_not_happen_is_named_with_its_cause() {
        let all = Able { heard: true, timed: true, decodes: true };
        assert!(said(all).is_empty());
        let deaf = said(Able { heard: false, ..all });
        assert!(
            deaf.len() == 1 && deaf[0].contains("ban-tin.mp3") && deaf[0].contains("heard by nobody"),
            "{deaf:?}"
        );
        let lost = said(Able { timed: false, ..all }).join("\n");
        for words in [
            "(ban-tin.mp3) would never begin",
            "of 1 notice (Chợ) and 0 ticker lines with hours",
            "countdowns (Bầu cử)",
        ] {
            assert!(lost.contains(words), "{lost}");
        }
        assert!(said(Able { decodes: false, ..all })[0].contains("films"));
    }
}
