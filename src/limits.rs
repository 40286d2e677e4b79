//! Every bound on what comes from outside, with its reason. A bound that is not here does not exist.

/// Longest `programme.toml` or `programme.json` in bytes: twenty thousand notices of a long paragraph each. A board holds
/// the words of two programmes and the file of one while it changes from one to the next.
pub const PROGRAMME_BYTES_MAX: u64 = 32 << 20;
/// Most notices in one programme: twice what a province with every commune's notices could show, and little enough
/// that a hostile list of them fits into a small board's memory.
pub const NOTICES_MAX: usize = 20_000;
/// Longest notice, announcement, warning or line of a JSON file in bytes, before it is looked into: the longest text in
/// ten languages.
pub const ITEM_BYTES_MAX: usize = 1 << 20;
/// Most values in a JSON file that a person wrote: a thousand warnings of a hundred values each.
pub const JSON_VALUES_MAX: usize = 100_000;
/// Most values in a metadata file: a root of 256 keys has three thousand.
pub const METADATA_VALUES_MAX: usize = 20_000;
/// Most commas, equals signs and opening brackets in a TOML file that a person wrote, words and all: twenty thousand
/// notices of fifty each. The parser takes some hundred bytes for each.
pub const TOML_MARKS_MAX: usize = 1_000_000;
/// Most problems of one file that are kept, far more than are printed.
pub const PROBLEMS_FOUND_MAX: usize = 2_000;
/// Deepest nesting of a JSON file: a feed's own go six levels deep.
pub const JSON_DEPTH_MAX: usize = 64;
/// Most tags of boards that one notice is for.
pub const TAGS_MAX: usize = 200;
/// Most tags, and most translations, in all notices of one programme: each takes a hundred times its room in the file.
pub const TAGS_IN_ALL_MAX: usize = 200_000;
pub const TRANSLATIONS_IN_ALL_MAX: usize = 50_000;
/// Most spans of the day, or times of day, of one notice or announcement.
pub const TIMES_MAX: usize = 100;
/// Most languages that one notice is in beside its own.
pub const LANGUAGES_MAX: usize = 20;
/// Longest title, in characters: more cannot be read aloud in one breath, or fit any board.
pub const TITLE_CHARS_MAX: usize = 300;
/// Longest text of one notice, in characters: about half an hour of reading.
pub const TEXT_CHARS_MAX: usize = 20_000;
/// Longest ticker line, in characters.
pub const TICKER_CHARS_MAX: usize = 1_000;
/// Longest `board.toml` in bytes: a hundred times the annotated one.
pub const CONFIG_BYTES_MAX: u64 = 1 << 20;
/// Longest `alerts.json` in bytes.
pub const ALERTS_BYTES_MAX: u64 = 4 << 20;
/// Longest words of a warning in milliseconds, a siren before them and a pause after them in three minutes: nobody stands
/// still for more.
pub const ALERT_SPEECH_MS_MAX: u64 = 120_000;
/// Most messages in one `alerts.json`: a province's busiest week of storms.
pub const ALERTS_MAX: usize = 1_000;
/// Longest sender, identifier or issuer of a warning, in characters.
pub const ALERT_LINE_CHARS_MAX: usize = 120;
/// Longest name of the hazard in a warning, in characters: two lines beside its level, read at a run.
pub const ALERT_EVENT_CHARS_MAX: usize = 60;
/// Longest where and when of a warning, in characters: four lines under the hazard.
pub const ALERT_AREA_CHARS_MAX: usize = 100;
/// Most lines that say what to do: more are not read by somebody who has to run.
pub const ALERT_ACTIONS_MAX: usize = 4;
/// Longest line that says what to do, in characters: four of them in letters that can be read from afar.
pub const ALERT_ACTION_CHARS_MAX: usize = 60;
/// Most messages that one message refers to.
pub const ALERT_REFERENCES_MAX: usize = 100;
/// How far ahead a warning's `sent` may lie, in seconds: two clocks that nobody set to the second.
pub const ALERT_AHEAD_SECONDS_MAX: i64 = 300;
/// By how much a publisher's clock may be behind the feed's last signature before it is said.
pub const SIGNER_BEHIND_SECONDS_MAX: i64 = 600;
/// By how many hours the publishing machine's clock and the feed's last signature may differ before somebody has to look
/// at the clock: a feed is renewed once a day, within an hour of the same time, and a timestamp lives for two weeks.
pub const CLOCK_DIFFERENCE_HOURS_MAX: i64 = 26;
/// Most characters in a row that take no room: an emoji's joiner and its variation selector.
pub const UNSEEN_RUN_MAX: usize = 2;
/// Most marks on one letter: Vietnamese, Tai Viet and Hmong need at most three.
pub const MARKS_MAX: usize = 6;
/// Longest `timestamp.json`: python-tuf's own limit.
pub const TIMESTAMP_BYTES_MAX: u64 = 16_384;
/// Longest metadata file other than the timestamp: a feed's own are a hundredth of this.
pub const METADATA_BYTES_MAX: u64 = 2_000_000;
/// Most new roots that one refresh follows: python-tuf's own limit.
pub const ROOTS_MAX: usize = 256;
/// Generations of a feed that stay on its server, whatever their age: a publisher who tries ten times in an hour
/// takes nothing from a board on a slow link.
pub const GENERATIONS_KEPT: u64 = 10;
/// How long, in seconds, a generation stays on its server after the next took its place: HTTP caches that hold a
/// timestamp for a day, and a film that a board fetches through a night.
pub const SUPERSEDED_SECONDS_KEPT: i64 = 48 * 3_600;
/// Days before its metadata expires in which a publisher is warned: time to fetch a key out of a drawer.
pub const EXPIRY_WARNING_DAYS: i64 = 30;
/// Largest media file: an hour of 1080p film at 8 Mbit/s.
pub const MEDIA_BYTES_MAX: u64 = 4 << 30;
/// Free space that no download may use: room for texts and warnings on a full disk.
pub const DISK_RESERVE_BYTES: u64 = 64 << 20;
/// Most bytes of media kept that nothing schedules: a notice that comes back need not be fetched again.
pub const IDLE_MEDIA_BYTES_MAX: u64 = 1 << 30;
/// Largest side of a picture or film in pixels.
pub const PICTURE_SIDE_MAX: u32 = 16_384;
/// Most pixels in a picture: a 64-megapixel phone camera.
pub const PICTURE_PIXELS_MAX: u64 = 64 << 20;
/// Largest file of a picture in bytes: a 64-megapixel PNG of 16 bits. All of it is held while it is decoded.
pub const PICTURE_BYTES_MAX: u64 = 256 << 20;
/// Most pixels in one film frame: 4096 x 2304.
pub const FILM_PIXELS_MAX: u64 = 4096 * 2304;
/// Most stored pixels that a film has in a second before small boards stutter: 1080p at 30, of which H.264 pads the height to
/// 1088. A Raspberry Pi 4B decoded 108 pictures of 1080p H.264 a second, and 243 of 720p, in software with all its cores and
/// nothing else to do (github.com/raspberrypi/firmware, issue 1238); a telephone's bit rate costs twice what that film did,
/// and half of the machine draws. HEVC of 1080p chokes there at times (github.com/popcornmix/omxplayer, issue 714).
pub const FILM_PIXELS_A_SECOND_MAX: u64 = 1920 * 1088 * 30;
/// Largest texture any drawing may need: OpenGL ES on a Raspberry Pi 4.
pub const TEXTURE_SIDE_MAX: u32 = 2048;
/// Most problems kept in `status`.
pub const ERRORS_KEPT: usize = 16;
/// Most problems, or warnings, that a command prints: more are one mistake made again and again.
pub const PROBLEMS_TOLD_MAX: usize = 100;
/// Longest part of a message that is printed whole, in characters: two of the longest paths that people give.
pub const SAID_CHARS_MAX: usize = 600;
/// Shortest turn of a notice in seconds: less cannot be found and read.
pub const SECONDS_MIN: u32 = 3;
/// Longest turn of a notice in seconds: what waits behind it should still come round within the hour.
pub const SECONDS_MAX: u32 = 3_600;
/// Longest film or sound in milliseconds: nothing on a board plays for more than a day.
pub const MEDIA_DURATION_MS_MAX: u64 = 24 * 3_600 * 1_000;
/// Most ticker lines in one programme: at one screen every ten seconds, three hours for one pass.
pub const TICKERS_MAX: usize = 1_000;
/// Most announcements in one programme.
pub const ANNOUNCEMENTS_MAX: usize = 1_000;
/// Most zones of a board: people look at one thing at a time.
pub const ZONES_MAX: usize = 8;
/// Most columns of a table: at the smallest size of a table's letters, eight letters each on a board of 1920 x 1080.
pub const TABLE_COLUMNS_MAX: usize = 8;
/// Most rows of the tables in one text: eight a page, and two languages of a notice have sixty pages between them.
pub const TABLE_ROWS_MAX: usize = 200;
/// Longest link in bytes: a QR code of version 10, level M, has 57 cells a side; on its plate at 1080 lines a phone
/// still finds 3 pixels each.
pub const LINK_BYTES_MAX: usize = 213;

const _: () = assert!(SECONDS_MAX as u64 * 1_000 <= MEDIA_DURATION_MS_MAX);
const _: () = assert!(TITLE_CHARS_MAX < TEXT_CHARS_MAX);
const _: () = assert!(10 * 4 * TEXT_CHARS_MAX <= ITEM_BYTES_MAX);
const _: () = assert!(PROGRAMME_BYTES_MAX < MEDIA_BYTES_MAX);
const _: () = assert!(FILM_PIXELS_MAX <= PICTURE_PIXELS_MAX);
