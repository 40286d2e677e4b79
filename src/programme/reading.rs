//! How long a notice stays: long enough to read, to look at, or to play.
//!
//! LOOK's rule for a page is 4 s to find the board and 0.5 s a syllable, 10 to 60 s; `board.toml` may say
//! otherwise. Air time must not
//! depend on fonts, and how many pages a text takes does; so the whole text gets that, at
//! least 10 s and with no upper clamp but the longest turn there is, and layout divides that among as many
//! pages as it needs, none of which then comes to 60 s.
//!
//! - `seconds` in the programme is the whole turn, whatever the text: a film or a sound is cut to fit, and a film's last
//!   picture stands.
//! - A film stays for its length; one that is shorter than its title and a picture would be looked at is repeated, whole,
//!   until they are.
//! - Otherwise each language gets its own time, one after the other: the longer of reading it and hearing
//!   its sound.
//! - A picture with little beside it stays 12 s.
//!
//! Two boards agree on every turn, so all of it follows from the notice and that pace alone, in whole milliseconds.

use crate::limits;
use crate::model::board::Reading;
use crate::model::media::Media;
use crate::model::programme::Notice;
use unicode_script::{Script, UnicodeScript};

const TEXT_MS_MIN: u64 = 10_000;
const PICTURE_MS_MIN: u64 = 12_000;
/// A round that is shorter would be mostly spent on opening the film again; its last picture stands until it is over.
const ROUND_MS_MIN: u64 = 1_000;
/// A film whose length nobody measured.
const UNMEASURED_MS: u64 = 60_000;

/// "Còn 5 giờ 20 phút", the longest of what a countdown says, whatever it says now: air time must not depend on it.
const COUNTDOWN_SYLLABLES: usize = 5;

const SECOND_MS: u64 = 1_000;

/// The languages that a turn shows: the notice's own, then its translations by tag.
pub fn languages(notice: &Notice) -> Vec<String> {
    let others = notice.translations.keys().filter(|lang| **lang != notice.lang);
    std::iter::once(&notice.lang).chain(others).cloned().collect()
}

/// How long one turn of the notice lasts, in milliseconds: at least 3 s, at most a day.
pub fn turn_ms(notice: &Notice, reading: Reading) -> u64 {
    let turn = match (notice.seconds, &notice.video) {
        (Some(seconds), _) => u64::from(seconds.min(limits::SECONDS_MAX)) * SECOND_MS,
        (None, Some(film)) => round_ms(notice, reading)
            .map_or(length_ms(film), |round| looked_at_ms(notice, reading).div_ceil(round) * round),
        (None, None) => languages(notice).iter().map(|lang| language_ms(notice, lang, reading)).sum(),
    };
    turn.clamp(u64::from(limits::SECONDS_MIN) * SECOND_MS, limits::MEDIA_DURATION_MS_MAX)
}

/// How long a round of the notice's film takes, in milliseconds, where the film is repeated within its turn.
pub fn round_ms(notice: &Notice, reading: Reading) -> Option<u64> {
    let film = notice.video.as_ref().filter(|_| notice.seconds.is_none())?;
    let round = film.duration_ms?.max(ROUND_MS_MIN);
    (round < looked_at_ms(notice, reading)).then_some(round)
}

/// How long a still picture stays that is shown as a film is, with its title alone, in milliseconds.
fn looked_at_ms(notice: &Notice, reading: Reading) -> u64 {
    let title = reading.milliseconds(syllables(&notice.title));
    title.clamp(PICTURE_MS_MIN, u64::from(limits::SECONDS_MAX) * SECOND_MS)
}

/// How long one language of the notice needs, in milliseconds. Where the turn is shorter or longer than the
/// sum of its languages, divide it in these proportions.
pub fn language_ms(notice: &Notice, lang: &str, pace: Reading) -> u64 {
    let translation = notice.translations.get(lang).filter(|_| lang != notice.lang);
    let (title, text, audio) = match translation {
        Some(other) => (
            if other.title.is_empty() { &notice.title } else { &other.title },
            if other.text.is_empty() { &notice.text } else { &other.text },
            &other.audio,
        ),
        None => (&notice.title, &notice.text, &notice.audio),
    };
    let counted = if notice.countdown.is_some() { COUNTDOWN_SYLLABLES } else { 0 };
    let reading = pace.milliseconds(syllables(title) + syllables(text) + counted);
    let least = if notice.image.is_some() { PICTURE_MS_MIN } else { TEXT_MS_MIN };
    let hearing = audio.as_ref().map_or(0, length_ms);
    reading.max(least).max(hearing).min(u64::from(limits::SECONDS_MAX) * SECOND_MS)
}

fn length_ms(media: &Media) -> u64 {
    media.duration_ms.unwrap_or(UNMEASURED_MS).min(limits::MEDIA_DURATION_MS_MAX)
}

/// Syllables of a text, as its reader speaks them: Vietnamese and Hmong set a space after each. A long run
/// without a space, such as an English word or an address, counts one for every eight letters, and one for
/// every four in scripts that set no spaces.
pub fn syllables(text: &str) -> usize {
    text.split_whitespace().map(run_syllables).sum()
}

fn run_syllables(run: &str) -> usize {
    let letters = run.chars().filter(|c| c.is_alphanumeric());
    let (dense, plain) = letters.fold((0, 0), |(dense, plain), letter| match sets_no_spaces(letter) {
        true => (dense + 1, plain),
        false => (dense, plain + 1),
    });
    usize::div_ceil(dense, 4) + usize::div_ceil(plain, 8)
}

/// Whether words of its script stand together without spaces.
pub fn sets_no_spaces(letter: char) -> bool {
    // Latin is nearly every letter there is, and asking for a script is a search through a table.
    letter >= '\u{0E00}'
        && matches!(
            letter.script(),
            Script::Thai
                | Script::Lao
                | Script::Khmer
                | Script::Myanmar
                | Script::Tai_Viet
                | Script::Tai_Le
                | Script::New_Tai_Lue
                | Script::Tai_Tham
                | Script::Han
                | Script::Hiragana
                | Script::Katakana
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::media::Sha256;
    use crate::model::programme::Translation;

    fn notice(extra: &str) -> Notice {
        toml::from_str(&format!("title = 'Họp thôn'\n{extra}")).unwrap()
    }

    fn media(duration_ms: Option<u64>) -> Media {
        Media { path: "m".into(), length: 1, sha256: Sha256([0; 32]), width: None, height: None, duration_ms }
    }

    fn turn(notice: &Notice) -> u64 {
        turn_ms(notice, Reading::default())
    }

    #[test]
    fn syllables_are_the_words_between_spaces_and_marks_are_none() {
        for (text, expected) in [
            ("", 0),
            ("Cắt điện ngày 24/11 từ 7h30 đến 17h", 8),
            ("- **Bản Nà Đon**: 7h30\n| a | b |\n|---|---|", 6),
            ("Nyob zoo", 2),
            ("communication", 2),
            ("ꪼꪕꪀꪱꪣꪵꪮ", 2),
        ] {
            assert_eq!(syllables(text), expected, "{text}");
        }
    }

    #[test]
    fn a_text_stays_four_seconds_and_half_a_second_a_syllable_but_at_least_ten() {
        assert_eq!(turn(&notice("")), 10_000);
        let words = vec!["chữ"; 25].join(" ");
        assert_eq!(turn(&notice(&format!("text = '{words}'"))), 17_500);
        let words = vec!["chữ"; 998].join(" ");
        assert_eq!(turn(&notice(&format!("text = '{words}'"))), 504_000, "many pages, not sixty seconds");
    }

    #[test]
    fn a_board_may_give_its_readers_more_time() {
        let words = vec!["chữ"; 25].join(" ");
        let slow = Reading { finding_ms: 6_000, syllable_ms: 800 };
        assert_eq!(turn_ms(&notice(&format!("text = '{words}'")), slow), 27_600);
    }

    #[test]
    fn seconds_decide_and_even_a_signed_zero_gives_a_turn() {
        assert_eq!(turn(&notice("seconds = 15")), 15_000);
        assert_eq!(turn(&notice("seconds = 0")), 3_000);
        assert_eq!(turn(&notice("seconds = 4294967295")), 3_600_000);
    }

    #[test]
    fn a_film_stays_for_its_length_a_sound_to_its_end_a_picture_twelve_seconds() {
        let film = Notice { video: Some(media(Some(75_250))), ..notice("") };
        assert_eq!(turn(&film), 75_250);
        let endless = Notice { video: Some(media(Some(u64::MAX))), ..notice("") };
        assert_eq!(turn(&endless), 86_400_000);
        let sound = Notice { audio: Some(media(Some(31_400))), ..notice("") };
        assert_eq!(turn(&sound), 31_400);
        let chime = Notice { audio: Some(media(Some(900))), ..notice("") };
        assert_eq!(turn(&chime), 10_000, "a short sound does not hurry the reader");
        let picture = Notice { image: Some(media(None)), ..notice("") };
        assert_eq!(turn(&picture), 12_000);
    }

    #[test]
    fn a_film_that_is_shorter_than_a_picture_would_stay_is_repeated_in_whole_rounds() {
        let film = |ms| Notice { video: Some(media(Some(ms))), ..notice("") };
        for (length, rounds, round) in
            [(2_000, 6, 2_000), (5_000, 3, 5_000), (11_999, 2, 11_999), (400, 12, 1_000)]
        {
            assert_eq!(round_ms(&film(length), Reading::default()), Some(round), "{length}");
            assert_eq!(turn(&film(length)), rounds * round, "{length}");
        }
        assert_eq!((turn(&film(12_000)), round_ms(&film(12_000), Reading::default())), (12_000, None));
        let titled = Notice { title: vec!["chữ"; 20].join(" "), ..film(5_000) };
        assert_eq!(turn(&titled), 15_000, "a title of twenty syllables takes 14 s to read");
        let told = Notice { seconds: Some(3), ..film(2_000) };
        assert_eq!((turn(&told), round_ms(&told, Reading::default())), (3_000, None));
        let unmeasured = Notice { video: Some(media(None)), ..notice("") };
        assert_eq!(turn(&unmeasured), UNMEASURED_MS);
    }

    #[test]
    fn each_language_gets_its_own_time_and_the_notices_own_comes_first() {
        let mut both = notice("lang = 'vi'");
        let words = vec!["lus"; 28].join(" ");
        let hmong = Translation { title: "Sib tham".into(), text: words, audio: None };
        both.translations.insert("hmn".into(), hmong);
        assert_eq!(languages(&both), ["vi", "hmn"]);
        assert_eq!(language_ms(&both, "hmn", Reading::default()), 19_000);
        assert_eq!(turn(&both), 29_000);
    }
}
