//! What an LED wall says of a plan, in order of importance, whatever its size.

use crate::layout::look::Look;
use crate::layout::{Colour, View, dates, rich};
use crate::limits;
use crate::model::alert::{Alert, AlertStatus, Hazard};
use crate::model::board::Theme;
use crate::model::plan::Main;

/// Most characters of a text that are shown on a wall.
const CHARS_MAX: usize = 2_000;
/// Most actions of a warning.
const ACTIONS_MAX: usize = 4;

/// A mark, and sentences.
pub struct Saying {
    pub icon: &'static str,
    pub mark: Colour,
    /// What the bar of a wall says, and its colour. Empty: no bar.
    pub label: String,
    pub bar: Colour,
    /// A real warning's level.
    pub level: Option<Level>,
    /// What stands on every page, in ways from long to short.
    pub heads: Vec<String>,
    pub head: Colour,
    /// It must stand on every page, whether it fits or not.
    pub always: bool,
    /// Said first, unless a head says it already.
    pub first: Option<(String, Colour)>,
    pub said: Vec<(String, Colour)>,
}

pub struct Level {
    pub fill: Colour,
    pub ink: Colour,
    pub number: String,
}

fn clean(text: &str) -> String {
    rich::clean(text, limits::TITLE_CHARS_MAX).replace('\n', " ").replace("**", "")
}

pub fn say(view: &View<'_>) -> Saying {
    let mut saying = match &view.plan.main {
        Main::Warning { alert, .. } => warning(alert, view.look),
        Main::Notice(slot) => {
            let notice = &slot.notice;
            let dress = view.look.dress(notice.category, Theme::Night);
            let mut said = vec![(clean(&notice.title), view.look.led.ink)];
            let mut left = CHARS_MAX;
            for block in rich::blocks(&notice.text) {
                let text: String = match block {
                    rich::Block::Paragraph(p) => p.spans.into_iter().map(|span| span.text).collect(),
                    rich::Block::Table(table) => {
                        table.rows.iter().map(|row| row.join(" ")).collect::<Vec<_>>().join("; ")
                    }
                };
                let text: String = text.chars().take(left).collect();
                left -= text.chars().count();
                said.push((text, view.look.led.key));
            }
            let label = dress.label.to_owned();
            Saying {
                icon: dress.icon,
                mark: dress.accent,
                label,
                bar: dress.rail,
                said,
                ..nothing(view.look)
            }
        }
        Main::Neutral { ever } => {
            let name = if *ever { clean(&view.plan.title) } else { clean(&view.board.name) };
            let clock = view.clock_trusted.then(|| (dates::clock(&view.now), view.look.led.key));
            Saying {
                said: [(name, view.look.led.ink)].into_iter().chain(clock).collect(),
                ..nothing(view.look)
            }
        }
    };
    saying.said.retain(|(text, _)| !text.trim().is_empty());
    saying
}

fn nothing(look: &Look) -> Saying {
    Saying {
        icon: "chung",
        mark: look.led.key,
        label: String::new(),
        bar: Colour::BLACK,
        level: None,
        heads: Vec::new(),
        head: look.led.key,
        always: false,
        first: None,
        said: Vec::new(),
    }
}

fn warning(alert: &Alert, look: &Look) -> Saying {
    let number = alert.level.number();
    let (fill, ink, _) = look.level(number);
    let event = clean(&alert.event);
    // "Bản Nà Khan · đến 6h00" are two things to say, not one line with a point at its edge.
    let area = clean(&alert.area);
    let area = area.split('·').map(|part| (part.trim().to_owned(), look.led.key));
    let actions = alert.actions.iter().take(ACTIONS_MAX).map(|action| (clean(action), look.led.ink));
    let said = area.chain(actions).collect();
    if alert.status != AlertStatus::Actual {
        let heads = vec!["DIỄN TẬP".to_owned()];
        let first = Some((event, look.led.ink));
        return Saying {
            icon: "canh-bao",
            mark: look.led.ink,
            heads,
            always: true,
            first,
            said,
            ..nothing(look)
        };
    }
    // Red and purple letters on black cannot be read from afar; the square has their colour.
    let head = if number <= 3 { fill } else { look.led.ink };
    let mut letters = event.chars();
    let first_letter = letters.next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
    let heads = vec![format!("CẤP {number}: {first_letter}{}", letters.as_str()), event.clone()];
    Saying {
        icon: match alert.hazard {
            Hazard::CanhBao => "canh-bao",
            Hazard::Lu => "lu",
            Hazard::SatLo => "sat-lo",
            Hazard::MuaDa => "mua-da",
        },
        mark: look.led.ink,
        level: Some(Level { fill, ink, number: number.to_string() }),
        heads,
        head,
        first: Some((event, head)),
        said,
        ..nothing(look)
    }
}
