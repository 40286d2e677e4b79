//! The loudspeaker: whether it opens, and which others there are.

use super::Finding;
use crate::clock;
use crate::config::Config;
use crate::problem::Problem;
use crate::say;
use crate::sound::Sound;

/// Most devices that are named: ALSA knows a dozen names for one card.
const NAMED_MAX: usize = 16;
/// What a card's names hold; ALSA's others are converters, and servers that may not run.
const CARD: &str = "CARD=";

/// What was found, and whether anything would be heard.
pub(super) fn look(config: &Config) -> (Finding, bool) {
    if !config.sound.enabled {
        let off = say!(en: "sound: switched off in board.toml", vi: "âm thanh: đã tắt trong board.toml");
        return (Finding::Fine(off), false);
    }
    let device = config.sound.device.clone();
    let name = device.clone().unwrap_or_else(|| "default".into());
    let mut sound = Sound::new(device, clock::instant());
    let opens = sound.prepare(clock::instant());
    let there = Sound::devices()
        .into_iter()
        .filter(|name| name.contains(CARD))
        .take(NAMED_MAX)
        .collect::<Vec<_>>()
        .join(", ");
    if opens {
        let found = match there.is_empty() {
            true => say!(en: "sound: {name}", vi: "âm thanh: {name}", name = name),
            false => {
                say!(en: "sound: {name}; devices here: {there}", vi: "âm thanh: {name}; các thiết bị ở đây: {there}",
                          name = name, there = there)
            }
        };
        return (Finding::Fine(found), true);
    }
    let unknown = || say!(en: "the device cannot be opened", vi: "không mở được thiết bị");
    let why = sound.problem().map_or_else(unknown, |problem| problem.why.clone());
    let remedy = match there.is_empty() {
        true => {
            say!(en: "this machine has no sound card: connect a loudspeaker, let this user into the group audio, or write enabled = false under [sound]",
                 vi: "máy này không có card âm thanh: hãy nối loa, cho người dùng này vào nhóm audio, hoặc ghi enabled = false dưới [sound]")
        }
        false => {
            say!(en: "connect a loudspeaker, or write device = \"…\" under [sound] with one of: {there}",
                 vi: "hãy nối loa, hoặc ghi device = \"…\" dưới [sound] với một trong: {there}", there = there)
        }
    };
    (Finding::Partly(Problem::new(name, why, remedy)), false)
}
