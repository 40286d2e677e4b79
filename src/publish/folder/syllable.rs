//! Whether a word is a syllable of Vietnamese, by its spelling: what tells a text in an old font's code from any other.
//!
//! A syllable is an onset, a rhyme and at most one tone; rhymes that end in c, ch, p or t have only sắc or nặng;
//! k, gh and ngh stand before e, ê, i and y, and c, g and ngh's short form before all others. (The spelling of
//! *Từ điển tiếng Việt*, Hoàng Phê.) Names from other languages are not Vietnamese by these rules, and need not be.

use unicode_normalization::UnicodeNormalization;

const ONSETS: [&str; 28] = [
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "b", "c", "d", "đ", "g", "h", "k",
    "l", "m", "n", "p", "r", "s", "t", "v", "x", "",
];

/// Rhymes without their tone.
const RHYMES: &str = " a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây \
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu \
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oem oen oeo oet oi om on ong \
    op ot ooc oong ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc uê uêch uênh ui um un ung \
    uôc uôi uôm uôn uông uôp uôt up ut uơ uy uya uych uyên uyêt uynh uyp uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi \
    ươm ươn ương ươp ươt ươu ưt ưu y yêm yên yêng yêt yêu ynh yt ";

/// Whether `word` is spelt like a Vietnamese syllable, in letters of any size.
pub fn is_syllable(word: &str) -> bool {
    let mut tones = Vec::new();
    // Decomposed, tones are marks of their own; what is left is composed again: â, ê, ô, ă, ơ, ư.
    let toneless: String = word
        .to_lowercase()
        .nfd()
        .filter(|c| {
            let tone = matches!(c, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}');
            tones.extend(tone.then_some(*c));
            !tone
        })
        .nfc()
        .collect();
    let tone = match tones[..] {
        [] => None,
        [tone] => Some(tone),
        _ => return false,
    };
    ONSETS.iter().filter_map(|onset| Some((*onset, toneless.strip_prefix(onset)?))).any(|(onset, rhyme)| {
        let front = rhyme.starts_with(['e', 'ê', 'i', 'y']);
        let spelt = match onset {
            "k" | "gh" | "ngh" => front,
            "c" | "ng" => !front,
            // "gì" is written so, "gê" is not.
            "g" => !front || rhyme.starts_with('i'),
            _ => true,
        };
        let stopped = rhyme.ends_with(['c', 'p', 't']) || rhyme.ends_with("ch");
        let toned = !stopped || matches!(tone, Some('\u{301}' | '\u{323}'));
        let known = !rhyme.is_empty() && !rhyme.contains(' ') && RHYMES.contains(&format!(" {rhyme} "));
        spelt && toned && known
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_known_by_their_spelling() {
        for word in
            ["Thông", "báo", "nghiêng", "gì", "giêng", "quyển", "khuya", "ương", "yêu", "Ỷ", "đặc", "GIẾNG"]
        {
            assert!(is_syllable(word), "{word}");
        }
        for word in
            ["Th«ng", "ngiêng", "Céng", "coût", "août", "Noël", "schön", "tac", "bàc", "zos", "ô̂́", "", "ng"]
        {
            assert!(!is_syllable(word), "{word}");
        }
    }
}
