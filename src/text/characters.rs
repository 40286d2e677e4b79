//! The characters of a pasted text that a board shows, and what stands for those that only look like others.
//!
//! - Every blank is a space, and every character that ends a line somewhere ends it here.
//! - Letters made bold or italic by taking them from the mathematical alphabets are plain letters: screen
//!   readers and fonts have no others, and marks stand over no others (UTR 25, 2.2).
//! - What is not drawn is not there: zero-width characters, controls, characters that turn the direction of writing.
//! - All of it in NFC (UAX 15).

use crate::limits::MARKS_MAX;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};

/// Text fit to be read and shaped, of at most `chars_max` characters: besides what is drawn it holds spaces, new lines and
/// tabs.
pub fn clean(text: &str, chars_max: usize) -> String {
    let mut marks = 0;
    let typed = plain(text);
    let kept = typed.chars().filter(|&c| matches!(c, '\n' | '\t') || shown(c)).take(chars_max);
    let few = kept.filter(|&c| {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        marks <= MARKS_MAX
    });
    few.nfc().collect()
}

/// What was meant by what was pasted, in NFC. Nothing that might be a trick is taken out: that is for
/// whoever publishes to refuse, and for [`clean`] to drop.
pub fn plain(text: &str) -> String {
    let east_asian = text.chars().any(is_east_asian);
    let mut letters = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut before = '\n';
    while let Some(c) = rest.next() {
        match c {
            '\r' if rest.peek() == Some(&'\n') => continue,
            '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => letters.push('\n'),
            '\n' | '\t' => letters.push(c),
            // Word's own bullets come as numbers of its symbol fonts.
            '\u{F0B7}' => letters.push('•'),
            '\u{F0A7}' => letters.push('▪'),
            '\u{F0D8}' => letters.push('➢'),
            '\u{F0FC}' => letters.push('✓'),
            '\u{200C}' | '\u{200D}' if joins(before, rest.peek().copied()) => letters.push(c),
            '\u{200C}' | '\u{200D}' => continue,
            c if is_zero_width(c) => continue,
            c if is_blank(c) => letters.push(' '),
            c if is_styled(c) || is_full_width(c, east_asian) => letters.extend(std::iter::once(c).nfkc()),
            c => letters.push(c),
        }
        before = c;
    }
    letters.nfc().collect()
}

/// The lines of a text as they were typed, as many as [`clean`] makes of them.
pub fn typed_lines(text: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| matches!(c, '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let line = rest?;
        let Some(end) = line.find(ends) else { return rest.take() };
        let after = line[end..]
            .strip_prefix("\r\n")
            .unwrap_or_else(|| &line[end..][line[end..].chars().next().map_or(0, char::len_utf8)..]);
        rest = Some(after);
        Some(&line[..end])
    })
}

/// Whether a board draws it at all.
pub fn shown(c: char) -> bool {
    !c.is_control()
        && !is_zero_width(c)
        && !turns_direction(c)
        && !matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{2028}' | '\u{2029}')
        && !matches!(c, '\u{2060}'..='\u{206F}' | '\u{FFF9}'..='\u{FFFB}')
        && !matches!(c, '\u{E0000}'..='\u{E0FFF}')
}

/// Unicode Bidi: explicit embeddings, overrides and isolates (UAX 9, 2.1 to 2.5).
pub fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Unicode 16, 5.21: characters that are not drawn, such as zero-width spaces and joiners.
pub fn takes_no_room(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
    ) || matches!(c, '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{2029}')
        || matches!(c, '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FFF9}'..='\u{FFFB}')
        || matches!(c, '\u{E0000}'..='\u{E0FFF}')
}

/// Zero-width spaces and joins, soft hyphens and byte order marks: web pages and chat programs leave them in what is
/// copied. Joiners are among them where they join nothing ([`joins`]).
fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{34F}' | '\u{180E}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// Whether a joiner between the two means something: within an emoji of several (UTS 51, 2.3), and in scripts whose
/// letters take other shapes by it.
fn joins(before: char, after: Option<char>) -> bool {
    let Some(after) = after else { return false };
    let pictured = |c: char| {
        matches!(c, '\u{FE0F}' | '\u{2190}'..='\u{2BFF}') || ('\u{1F000}'..='\u{1FAFF}').contains(&c)
    };
    let shaping = |c: char| {
        let script = c.script();
        !matches!(script, Script::Latin | Script::Common | Script::Inherited | Script::Unknown)
    };
    pictured(before) && pictured(after) || shaping(before) && shaping(after)
}

/// What looks like a space: all of Unicode's, and letters without ink that are used for them.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{2800}' | '\u{3164}' | '\u{115F}' | '\u{1160}' | '\u{FFA0}')
}

/// A Latin ligature, or a letter or digit of the mathematical alphabets, with those that Unicode had before as
/// "letterlike" (chapter 22.2).
fn is_styled(c: char) -> bool {
    matches!(c, '\u{1D400}'..='\u{1D7FF}' | '\u{FB00}'..='\u{FB06}') || "ℂℊℋℌℍℎℐℑℒℕℙℚℛℜℝℤℨℬℭℯℰℱℳℴ".contains(c)
}

/// A full-width form of ASCII. Its signs belong to a text in Chinese, Japanese or Korean.
fn is_full_width(c: char, east_asian: bool) -> bool {
    matches!(c, '\u{FF10}'..='\u{FF19}' | '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}')
        || !east_asian && matches!(c, '\u{FF01}'..='\u{FF5E}')
}

fn is_east_asian(c: char) -> bool {
    // Most letters are below all of these; asking for the script of each takes longer than all else here.
    c >= '\u{1100}'
        && matches!(
            c.script(),
            Script::Han | Script::Hiragana | Script::Katakana | Script::Hangul | Script::Bopomofo
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pasted: &str, meant: &str) {
        assert_eq!(clean(pasted, 1000), meant, "{pasted:?}");
        assert_eq!(clean(meant, 1000), meant, "cleaned twice");
    }

    #[test]
    fn blanks_are_spaces_and_what_ends_a_line_anywhere_ends_it_here() {
        check("bản\u{A0}Nà\u{2009}Đon\u{3000}mới\u{202F}3", "bản Nà Đon mới 3");
        check("một\r\nhai\rba\u{B}bốn\u{85}năm\u{2028}sáu\u{2029}bảy", "một\nhai\nba\nbốn\nnăm\nsáu\nbảy");
        check("Bản\tGiờ", "Bản\tGiờ");
    }

    #[test]
    fn what_is_not_seen_is_not_there_but_emoji_stay_whole() {
        check("\u{FEFF}Bả\u{200B}ng\u{AD} ti\u{200D}n\u{2060}\u{200C}", "Bảng tin");
        check("Ba\u{309}ng\0\u{202E} tin", "Bảng tin");
        check("👨\u{200D}👩\u{200D}👧 ❤\u{FE0F}", "👨\u{200D}👩\u{200D}👧 ❤\u{FE0F}");
        check("می\u{200C}خواهم", "می\u{200C}خواهم");
        assert_eq!(clean(&"\u{301}".repeat(9_000), 100).chars().count(), MARKS_MAX);
    }

    #[test]
    fn styled_letters_are_letters_with_their_marks() {
        check("𝗧𝘂̛̀ 𝟳𝗵𝟯𝟬 𝗻𝗴𝗮̀𝘆 𝟮𝟰 𝗯𝗮̀ 𝗰𝗼𝗻", "Từ 7h30 ngày 24 bà con");
        check("𝑻𝒉𝒐̂𝒏𝒈 𝓫𝓪́𝓸 ℎọ𝑝 ﬁle", "Thông báo họp file");
        check("ＴＨＯ̂ＮＧ　ＢＡ́Ｏ：７ｈ３０", "THÔNG BÁO:7h30");
        check("通知：上午７点，请", "通知：上午7点，请");
        check("25 m² ½ №3 ℃ ① 5 ℓ", "25 m² ½ №3 ℃ ① 5 ℓ");
    }

    #[test]
    fn bullets_of_word_are_bullets() {
        check("\u{F0B7}\tmang sổ\n\u{F0D8} ký", "•\tmang sổ\n➢ ký");
    }
}
