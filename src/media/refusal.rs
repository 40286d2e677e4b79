//! What people are told about a media file that cannot be shown.

use super::wire::Stage;
use crate::limits::{FILM_PIXELS_MAX, PICTURE_PIXELS_MAX, PICTURE_SIDE_MAX};
use crate::problem::{Problem, Text};
use crate::say;
use std::io;

/// What the decoder said is English, and for whoever looks into it: it is told in English alone.
pub(super) fn refused(name: &str, stage: Stage, message: &str) -> Problem {
    let convert = || {
        say!(en: "open it on a computer; if it plays there, save it again as MP4 (H.264, AAC), JPEG or PNG",
             vi: "hãy mở thử trên máy tính; nếu mở được, lưu lại thành MP4 (H.264, AAC), JPEG hoặc PNG")
    };
    let (why, remedy): (Text, Text) = match stage {
        Stage::Open => (
            say!(en: "not a picture, film or sound that can be read ({message})",
                 vi: "không phải ảnh, phim hay âm thanh đọc được"),
            convert(),
        ),
        Stage::Decode => (
            say!(en: "damaged: it opens, but cannot be decoded ({message})",
                 vi: "tệp hỏng: mở được nhưng không giải mã được"),
            say!(en: "copy it again from where it came, or save it anew", vi: "hãy chép lại từ nguồn hoặc lưu lại tệp mới"),
        ),
        Stage::CutOff => (
            say!(en: "cut off: its end is missing ({message})", vi: "tệp bị cắt cụt, thiếu phần cuối"),
            say!(en: "copy it again from where it came, to its end", vi: "hãy chép lại từ nguồn cho đến hết"),
        ),
        Stage::Damaged => (
            say!(en: "damaged: some of its pictures are lost, the first after {at} (minutes:seconds)",
                 vi: "tệp hỏng: mất một số hình, hình đầu tiên ở {at} (phút:giây)",
                 at = minutes(message)),
            say!(en: "copy it again from where it came, or save it anew from the original",
                 vi: "hãy chép lại từ nguồn, hoặc xuất lại từ bản gốc"),
        ),
        Stage::TooLarge => (
            say!(en: "too large to be shown ({message})", vi: "quá lớn, không hiển thị được"),
            say!(en: "make it smaller: pictures up to {side} pixels a side and {megapixels} megapixels, films up to {film} pixels a frame; `bangtin feed publish --transcode` makes films fit",
                 vi: "hãy thu nhỏ: ảnh mỗi cạnh tối đa {side} điểm ảnh và {megapixels} triệu điểm ảnh, phim tối đa {film} điểm ảnh một khung hình; `bangtin feed publish --transcode` tự chuyển đổi phim",
                 side = PICTURE_SIDE_MAX, megapixels = PICTURE_PIXELS_MAX >> 20, film = FILM_PIXELS_MAX),
        ),
        Stage::NoPicture => (
            say!(en: "has no moving picture in it", vi: "không có hình"),
            say!(en: "name it under `audio`, or give a film with pictures", vi: "hãy ghi vào mục `audio`, hoặc dùng phim có hình"),
        ),
        Stage::NoSound => (
            say!(en: "has no sound in it", vi: "không có tiếng"),
            say!(en: "give a file with sound: MP3, OGG, WAV or MP4", vi: "hãy dùng tệp có tiếng: MP3, OGG, WAV hoặc MP4"),
        ),
        Stage::Unheard => (
            say!(en: "its sound cannot be played: {message}", vi: "không phát được tiếng trong tệp: {message}"),
            say!(en: "save it again with stereo sound of 44,100 or 48,000 samples a second",
                 vi: "hãy lưu lại với tiếng stereo, 44.100 hoặc 48.000 mẫu mỗi giây"),
        ),
    };
    Problem::new(name, why, remedy)
}

/// Of seconds, as players show them.
fn minutes(seconds: &str) -> String {
    match seconds.parse::<u64>() {
        Ok(seconds) => format!("{}:{:02}", seconds / 60, seconds % 60),
        Err(_) => seconds.to_owned(),
    }
}

pub(super) fn crashed(name: &str, error: &io::Error) -> Problem {
    if error.kind() == io::ErrorKind::Interrupted {
        return Problem::new(
            name,
            say!(en: "its decoder was killed or stopped", vi: "bộ giải mã bị dừng từ bên ngoài"),
            say!(en: "nothing: it is tried again; where it happens often, the machine has too little memory",
                 vi: "không cần làm gì: tệp sẽ được mở lại; nếu xảy ra thường xuyên là máy thiếu bộ nhớ"),
        );
    }
    let why = match error.kind() {
        io::ErrorKind::TimedOut => {
            say!(en: "its decoder did not answer in time", vi: "bộ giải mã không trả lời kịp")
        }
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => {
            say!(en: "its decoder crashed on it", vi: "bộ giải mã bị lỗi khi đọc tệp")
        }
        _ => say!(en: "its decoder could not be run ({error})", vi: "không chạy được bộ giải mã ({error})"),
    };
    Problem::new(
        name,
        why,
        say!(en: "save the file again in another program; if it plays well elsewhere, report it",
             vi: "hãy lưu lại tệp bằng phần mềm khác; nếu tệp vẫn tốt, hãy báo lỗi kèm tệp này"),
    )
}

pub(super) fn nonsense(name: &str) -> Problem {
    Problem::new(
        name,
        say!(en: "its decoder answered nonsense", vi: "bộ giải mã trả lời sai quy ước"),
        say!(en: "do not use this file: it may be made to do harm", vi: "không dùng tệp này: có thể là tệp gây hại"),
    )
}
