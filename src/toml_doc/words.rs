//! What people call the keys of our files who do not know their names.

use super::nearest;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Keys, and what is written for them in Vietnamese and English, as [`bare`] makes it. The first that a table knows is
/// meant.
const KEYS: [(&str, &str); 45] = [
    ("title", "tieude tuade ten tentin dautin tenxa heading header headline name subject caption"),
    (
        "text",
        "noidung noidungtin chitiet mota vanban chu loi content contents body message description details",
    ),
    (
        "image",
        "hinhanh anh hinh tepanh hinhminhhoa buctranh tranh picture pictures photo photos img pic images poster",
    ),
    ("video", "phim doanphim thuocphim film movie clip videos"),
    ("audio", "amthanh tieng loa giongnoi tepamthanh nhac ghiam sound music voice mp3 audios"),
    ("from", "tungay tu batdau batdautu ngaybatdau tuluc start starts begin begins since startdate fromdate"),
    (
        "until",
        "denngay toingay den hethan ketthuc ngayhethan ngayketthuc hieulucden han thoihan denhet end ends ending \
         expires expire expiry expired till to enddate untildate deadline",
    ),
    ("days", "ngay cacngay thu cacthu ngaytrongtuan ngayphat ngaychieu day weekday weekdays dayofweek"),
    ("at", "gio giophat luc vaoluc gioloa time times hour hours"),
    ("times", "gio khunggio cacgio giophat giochieu giohien thoigian time hour hours"),
    ("seconds", "giay sogiay thoiluong thoigian thoigianhien second sec secs duration length"),
    ("countdown", "demnguoc demlui ngaydemnguoc count"),
    (
        "issuer",
        "nguoiky coquan donvi coquanbanhanh noiphathanh nguoidang tacgia ky signer author source sender",
    ),
    ("approver", "nguoiduyet nguoipheduyet duyet pheduyet approvedby approved"),
    ("link", "lienket duongdan duonglink web website trangweb diachiweb url href qr maqr"),
    ("url", "lienket duongdan diachi diachinguon link address server"),
    ("priority", "uutien mucuutien douutien mucdo khan khancap urgent urgency level importance"),
    ("category", "loai loaitin chude danhmuc linhvuc muc chuyenmuc nhom type kind topic group"),
    ("evergreen", "luonhien luonphat thuongxuyen always permanent"),
    ("boards", "bang bangtin cacbang noihien board"),
    ("lang", "ngonngu thutieng language languages"),
    ("encoding", "mahoa bangma maphong phongchu font charset"),
    ("timezone", "muigio tz zone"),
    ("emblem", "bieutrung huyhieu quochuy logo icon"),
    ("id", "ma maso matin"),
    ("in", "bandich dich translation translations"),
    ("notice", "tin tintuc tinbai baiviet bai thongbao tinthongbao muctin news notices item items post"),
    ("ticker", "chuchay dongchuchay chaychu tinchay marquee banner scroll tickers"),
    ("announcement", "thongbaoloa loa phatthanh loaphatthanh thongbao speaker announcements announce"),
    ("name", "ten tenbang title"),
    ("feed", "nguon nguontin feeds source"),
    ("zone", "vung khuvuc o zones area region"),
    ("display", "manhinh hienthi screen monitor"),
    ("sound", "amthanh loa tieng audio"),
    ("clock", "dongho time"),
    ("led", "denled bangled"),
    ("volume", "amluong tolon loudness"),
    ("brightness", "dosang sang"),
    ("rotation", "xoay quay rotate"),
    ("theme", "giaodien mau sangtoi mode"),
    ("look", "giaodien kieu style skin"),
    ("state", "thumucluu luutru folder"),
    ("root", "goc khoagoc tepgoc key"),
    ("tags", "nhan the tag"),
    ("to", "den toi until end"),
];

/// Letters without their marks, small: "Hà Nội" as "ha noi".
pub(super) fn folded(text: &str) -> String {
    let unmarked = text.nfd().filter(|c| !is_combining_mark(*c));
    unmarked.flat_map(char::to_lowercase).map(|c| if c == 'đ' { 'd' } else { c }).collect()
}

/// Only letters and digits of it: `tiêu_đề` and `Tieu de` are one word.
pub(super) fn bare(text: &str) -> String {
    folded(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The key of `known` that somebody meant by `word`, if that can be told.
pub fn key_meant<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let plain = bare(word);
    let named = |key: &str| known.iter().copied().find(|known| *known == key);
    let same = known.iter().copied().find(|known| bare(known) == plain);
    let mut meant = KEYS.iter().filter(|(_, words)| words.split_whitespace().any(|w| w == plain));
    same.or_else(|| meant.find_map(|(key, _)| named(key))).or_else(|| nearest(word, known.iter().copied()))
}

/// Whether a line may begin with it: a key of ours, or what is written for one.
pub(super) fn is_key(word: &str) -> bool {
    let plain = bare(word);
    !plain.is_empty()
        && KEYS.iter().any(|(key, words)| *key == plain || words.split_whitespace().any(|w| w == plain))
}

/// Whether it is a key of ours by its name.
pub(super) fn is_name(word: &str) -> bool {
    KEYS.iter().any(|(key, _)| *key == word)
}

/// Whether it names a kind of table that a programme has.
pub(super) fn is_table(word: &str) -> bool {
    let plain = bare(word);
    let mut tables = KEYS.iter().filter(|(key, _)| ["notice", "ticker", "announcement"].contains(key));
    !plain.is_empty()
        && tables.any(|(key, words)| *key == plain || words.split_whitespace().any(|w| w == plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vietnamese_words_and_near_misses_lead_to_the_keys_of_their_table() {
        let notice = [
            "title",
            "text",
            "image",
            "video",
            "audio",
            "from",
            "until",
            "days",
            "times",
            "seconds",
            "issuer",
            "link",
            "countdown",
            "priority",
            "category",
            "lang",
            "in",
            "id",
            "evergreen",
            "boards",
        ];
        for (word, key) in [
            ("tiêu đề", "title"),
            ("tieu_de", "title"),
            ("tiêu_đề", "title"),
            ("TIÊU ĐỀ", "title"),
            ("Title", "title"),
            ("titel", "title"),
            ("nội dung", "text"),
            ("noi_dung", "text"),
            ("content", "text"),
            ("body", "text"),
            ("hình ảnh", "image"),
            ("ảnh", "image"),
            ("picture", "image"),
            ("photo", "image"),
            ("từ ngày", "from"),
            ("start", "from"),
            ("đến ngày", "until"),
            ("hết hạn", "until"),
            ("end", "until"),
            ("expires", "until"),
            ("giờ", "times"),
            ("ngày", "days"),
            ("người ký", "issuer"),
            ("ưu tiên", "priority"),
            ("âm thanh", "audio"),
            ("phim", "video"),
            ("liên kết", "link"),
            ("đếm ngược", "countdown"),
        ] {
            assert_eq!(key_meant(word, &notice), Some(key), "{word}");
        }
        assert_eq!(key_meant("giờ", &["audio", "at", "times"]), Some("at"));
        assert_eq!(key_meant("ảnh", &["text", "from", "until"]), None, "a ticker has no picture");
        let root = ["title", "timezone", "emblem", "notice", "ticker", "announcement"];
        for (word, key) in [("tin", "notice"), ("thông báo", "notice"), ("chữ chạy", "ticker")] {
            assert_eq!(key_meant(word, &root), Some(key), "{word}");
        }
    }
}
