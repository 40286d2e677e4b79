//! Text in the codes that Vietnamese was typed in before Unicode, which documents of ministries still come in.
//!
//! In TCVN3 ("ABC", fonts named .Vn…) each letter is one byte, in VNI (fonts named VNI-…) a vowel and its mark are two.
//! Pasted, they come as the letters of Western Europe that stand at those bytes: "Th«ng b¸o", "Thoâng baùo". On a
//! board that would be shown as it stands.
//!
//! [`detect`] goes by what words become: of those with a letter beyond ASCII nearly all must turn into
//! Vietnamese syllables without being such as they are. French, Hmong, and Vietnamese with or without its marks do
//! not pass that, and one "Coca-Cola®" does not matter.
//!
//! Sources: TCVN 5712:1993, table VN2 with the capitals of VN3's fonts, as in glibc's `TCVN5712-1`; VNI's own
//! table for Windows, which xvnkb (`vni.h`, 2002) and UniKey repeat.

use super::syllable::is_syllable;
use crate::model::programme::TextEncoding;

/// TCVN3 from byte A1 on; `·`: no letter.
const TCVN3: &str =
    "ĂÂÊÔƠƯĐăâêôơưđẰ·····àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ";

/// VNI: a letter, and what is typed for it without and with each tone (sắc, huyền, hỏi, ngã, nặng).
const VNI: [(&str, [&str; 6]); 12] = [
    ("aáàảãạ", ["a", "aù", "aø", "aû", "aõ", "aï"]),
    ("âấầẩẫậ", ["aâ", "aá", "aà", "aå", "aã", "aä"]),
    ("ăắằẳẵặ", ["aê", "aé", "aè", "aú", "aü", "aë"]),
    ("eéèẻẽẹ", ["e", "eù", "eø", "eû", "eõ", "eï"]),
    ("êếềểễệ", ["eâ", "eá", "eà", "eå", "eã", "eä"]),
    ("iíìỉĩị", ["i", "í", "ì", "æ", "ó", "ò"]),
    ("oóòỏõọ", ["o", "où", "oø", "oû", "oõ", "oï"]),
    ("ôốồổỗộ", ["oâ", "oá", "oà", "oå", "oã", "oä"]),
    ("ơớờởỡợ", ["ô", "ôù", "ôø", "ôû", "ôõ", "ôï"]),
    ("uúùủũụ", ["u", "uù", "uø", "uû", "uõ", "uï"]),
    ("ưứừửữự", ["ö", "öù", "öø", "öû", "öõ", "öï"]),
    ("yýỳỷỹỵ", ["y", "yù", "yø", "yû", "yõ", "î"]),
];

/// The text in Unicode.
pub fn convert(text: &str, from: TextEncoding) -> String {
    match from {
        TextEncoding::Unicode => text.to_owned(),
        TextEncoding::Tcvn3 => text.chars().map(|c| tcvn3(c).unwrap_or(c)).collect(),
        TextEncoding::Vni => vni(text),
    }
}

fn tcvn3(c: char) -> Option<char> {
    let at = u32::from(c).checked_sub(0xA1)?;
    TCVN3.chars().nth(at as usize).filter(|letter| *letter != '·')
}

/// The longest of what is typed for a letter that begins here; a capital has capital marks.
fn vni(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < letters.len() {
        let pair: String = letters[at..].iter().take(2).collect();
        let single = letters[at].to_string();
        let found = vni_letter(&pair).filter(|_| pair != single).map(|letter| (letter, 2));
        match found.or_else(|| vni_letter(&single).map(|letter| (letter, 1))) {
            Some((letter, length)) => {
                out.push(letter);
                at += length;
            }
            None => {
                out.push(letters[at]);
                at += 1;
            }
        }
    }
    out
}

fn vni_letter(typed: &str) -> Option<char> {
    let lower = typed.to_lowercase();
    let capital = typed.starts_with(char::is_uppercase);
    let letter = match lower.as_str() {
        "ñ" => Some('đ'),
        _ => VNI.iter().find_map(|(letters, codes)| {
            let at = codes.iter().position(|code| *code == lower)?;
            letters.chars().nth(at)
        }),
    }?;
    if capital { letter.to_uppercase().next() } else { Some(letter) }
}

/// A text in an old code: which one, and what it says in Unicode.
pub fn read(text: &str) -> Option<(TextEncoding, String)> {
    let code = detect(text)?;
    Some((code, convert(text, code)))
}

/// Which old code a text is in, if any.
fn detect(text: &str) -> Option<TextEncoding> {
    [TextEncoding::Tcvn3, TextEncoding::Vni].into_iter().find(|code| is_in(text, *code))
}

fn is_in(text: &str, code: TextEncoding) -> bool {
    let (mut turned, mut firm, mut others) = (0, 0, 0);
    for word in words(text) {
        // A sign alone says nothing, and neither does a word that is Vietnamese as it stands.
        if word.is_ascii() || !word.contains(|c: char| c.is_ascii_alphabetic()) || is_syllable(word) {
            continue;
        }
        let read = convert(word, code);
        if read != word && is_syllable(&read) {
            turned += 1;
            firm += usize::from(is_firm(word, code));
        } else {
            others += 1;
        }
    }
    // In a title of two words one is enough, if no other language writes it so: "B¸n xe", "Baùn xe".
    (turned >= 2 || firm >= 1) && others * 3 <= turned
}

/// Signs inside a word, and marks after a vowel, that no living spelling has there.
fn is_firm(word: &str, code: TextEncoding) -> bool {
    match code {
        TextEncoding::Tcvn3 => word.contains(|c| ('\u{A1}'..='\u{BF}').contains(&c)),
        _ => word.contains(['ù', 'ø', 'õ', 'Ù', 'Ø', 'Õ']),
    }
}

/// Words of a text, with the signs of Latin-1 that are letters in an old code.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let letter = |c: char| c.is_alphabetic() || ('\u{A1}'..='\u{BF}').contains(&c);
    text.split(move |c| !letter(c)).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use TextEncoding::{Tcvn3, Vni};

    const PARAGRAPH: &str = "Cộng hòa xã hội chủ nghĩa Việt Nam. Ủy ban nhân dân xã thông báo: từ ngày mồng ba tháng giêng, bà con \
        các bản đến trạm y tế khám bệnh, mang theo sổ và thẻ bảo hiểm; trẻ dưới sáu tuổi được miễn phí. Những hộ ở gần suối \
        cần dời lên chỗ cao, giữ trâu bò trong chuồng, chuẩn bị đèn, gạo, nước uống đủ dùng trong ba ngày kẻo lũ về.";

    fn typed(text: &str, code: TextEncoding) -> String {
        let one = |c: char| -> String {
            match code {
                Tcvn3 => TCVN3
                    .chars()
                    .position(|letter| letter == c && letter != '·')
                    .and_then(|at| char::from_u32(0xA1 + at as u32))
                    .unwrap_or(c)
                    .to_string(),
                _ => {
                    let small = c.to_lowercase().next().unwrap_or(c);
                    let code = VNI.iter().find_map(|(letters, codes)| {
                        letters.chars().position(|letter| letter == small).map(|at| codes[at])
                    });
                    let code = if small == 'đ' { Some("ñ") } else { code };
                    match code {
                        Some(code) if c != small => code.to_uppercase(),
                        Some(code) => code.to_owned(),
                        None => c.to_string(),
                    }
                }
            }
        };
        text.chars().map(one).collect()
    }

    #[test]
    fn a_paragraph_goes_there_and_back_and_is_recognised() {
        for code in [Tcvn3, Vni] {
            let old = typed(PARAGRAPH, code);
            assert_ne!(old, PARAGRAPH);
            assert_eq!(detect(&old), Some(code), "{old}");
            // TCVN3 has no capitals with tones but those of its table; here there is one, and it has it not.
            let back = convert(&old, code);
            assert_eq!(back, PARAGRAPH, "{code:?}");
        }
    }

    #[test]
    fn what_officials_paste_is_read() {
        for (old, meant, code) in [
            ("Th«ng b¸o", "Thông báo", Tcvn3),
            ("Céng hßa x· héi chñ nghÜa ViÖt Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam", Tcvn3),
            ("B¸n xe", "Bán xe", Tcvn3),
            ("Thoâng baùo", "Thông báo", Vni),
            ("THOÂNG BAÙO", "THÔNG BÁO", Vni),
            ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam", Vni),
            ("Ñieän löïc", "Điện lực", Vni),
        ] {
            assert_eq!(detect(old), Some(code), "{old}");
            assert_eq!(convert(old, code), meant);
        }
    }

    #[test]
    fn no_other_writing_is_taken_for_an_old_code() {
        for text in [
            PARAGRAPH,
            "Thong bao: bà con các bản có việc, tôi đi đã",
            "Cat dien thu Tu tu 7h30 den 17h",
            "Tu hluav taws xob, nyob zoo nej sawv daws",
            "Le maïs était très cher : « forêt », « août », goût, être, naïf, déjà, laïc, où, Noël à l'hôtel",
            "El niño está en España, mañana a las 7",
            "Die schöne Müllerin fährt über die Brücke nach Köln",
            "São Paulo, José, coração, não, amanhã",
            "Coca-Cola® 25 °C, 12 m², 1½ kg, © 2026, « Oui »",
            "ꪎꪳꪣ ꪼꪡ ꪣꪳ꫁ 25/11",
            "Đắk Lắk, Buôn Ma Thuột, Krông Păc",
            "",
        ] {
            assert_eq!(detect(text), None, "{text}");
        }
    }
}
