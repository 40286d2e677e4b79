//! The time zone of a programme, and which is meant by a place that has none of its name.

use super::text;
use crate::programme::ZONE_UNSTATED;
use crate::say;
use crate::toml_doc::{Section, did_you_mean, nearest};
use jiff::tz::TimeZone;

/// The programme's time zone, and its name as it was written.
pub fn read(root: &mut Section<'_>) -> (TimeZone, String) {
    let said = root.get("timezone");
    let name = said.and_then(|said| said.text()).unwrap_or(ZONE_UNSTATED);
    if let Ok(zone) = TimeZone::get(name) {
        return (zone, name.to_owned());
    }
    if let Some(said) = said {
        let known: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        let why = say!(en: "there is no time zone `{name}`", vi: "không có múi giờ `{name}`");
        let near = zone_of_place(name).or_else(|| nearest(name, known.iter().map(String::as_str)));
        let near = near.unwrap_or(ZONE_UNSTATED);
        said.refuse(why, did_you_mean(near));
    }
    (TimeZone::UTC, name.to_owned())
}

/// The zone of a place that is none itself, as people write it for one. Zones are named after one town each, and
/// what is spelt like it may lie in another country.
fn zone_of_place(name: &str) -> Option<&'static str> {
    const PLACES: [(&str, &[&str]); 7] = [
        (
            "Asia/Ho_Chi_Minh",
            &[
                "hanoi",
                "hochiminhcity",
                "hcm",
                "hcmc",
                "tphcm",
                "saigon",
                "danang",
                "haiphong",
                "hue",
                "cantho",
                "vinh",
                "dienbien",
                "dienbienphu",
                "laichau",
                "laocai",
                "sapa",
                "sonla",
                "hagiang",
                "caobang",
                "binhlu",
                "vietnam",
                "vn",
                "ict",
                "indochina",
                "07",
                "7",
                "utc7",
                "utc07",
                "utc0700",
                "gmt7",
                "gmt07",
            ],
        ),
        ("Asia/Shanghai", &["beijing", "kunming", "nanning", "guangzhou", "shenzhen", "china"]),
        ("Asia/Vientiane", &["luangprabang", "savannakhet", "laos", "lao"]),
        ("Asia/Phnom_Penh", &["siemreap", "cambodia"]),
        ("Asia/Bangkok", &["chiangmai", "thailand"]),
        ("Asia/Tokyo", &["osaka", "japan"]),
        ("Asia/Kolkata", &["delhi", "newdelhi", "mumbai", "india"]),
    ];
    let plain: String = text::folded(name).filter(char::is_ascii_alphanumeric).collect();
    let place = plain.strip_prefix("asia").filter(|rest| !rest.is_empty()).unwrap_or(&plain);
    PLACES.iter().find(|(_, places)| places.contains(&place)).map(|(zone, _)| *zone)
}
