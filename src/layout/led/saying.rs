//! What an LED wall says of a plan, in order of importance, whatever its size.

use crate::layout::look::{LedColours, Look};
use crate::layout::parts::countdown;
use crate::layout::spoken::{Heads, rows_said};
use crate::layout::{Colour, View, dates};
use crate::limits;
use crate::model::alert::{Alert, AlertStatus};
use crate::model::board::Theme;
use crate::model::plan::Main;
use crate::text::markup::{Block, Paragraph, blocks};
use crate::text::sole_line;
use unicode_script::{Script, UnicodeScript};

/// Most actions of a warning.
const ACTIONS_MAX: usize = 4;
/// Syllables of all actions together from which saying them once takes longer than people stand.
const SYLLABLES_MANY: usize = 32;

/// One thing that is said.
#[derive(Clone)]
pub struct Said {
    pub text: String,
    pub colour: Colour,
    /// It is a heading of what comes next.
    pub announces: bool,
}

impl Said {
    pub fn new(text: String, colour: Colour) -> Said {
        Said { text, colour, announces: false }
    }
}

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
    pub first: Option<Said>,
    pub said: Vec<Said>,
    /// Where in `said` another language begins: on a page of its own.
    pub begins: Vec<usize>,
}

impl Saying {
    /// Its letters reach higher and lower than Latin ones.
    pub fn is_tall(&self) -> bool {
        self.said.iter().any(|said| said.text.chars().any(|letter| letter.script() == Script::Tai_Viet))
    }

    /// What is said in each language, in order; at least one.
    pub fn languages(&self) -> impl Iterator<Item = &[Said]> {
        let starts = std::iter::once(0).chain(self.begins.iter().copied());
        let ends = self.begins.iter().copied().chain([self.said.len()]);
        starts.zip(ends).map(|(start, end)| &self.said[start..end])
    }
}

pub struct Level {
    pub fill: Colour,
    pub ink: Colour,
    pub number: String,
}

fn clean(text: &str) -> String {
    sole_line(text, limits::TITLE_CHARS_MAX)
}

/// A paragraph in one line; a number before it counts, a bullet does not.
fn line(paragraph: &Paragraph) -> String {
    let number = paragraph.marker.iter().filter(|marker| marker.as_str() != "•");
    let words =
        number.map(|number| format!("{number} ")).chain(paragraph.spans.iter().map(|s| s.text.clone()));
    words.collect()
}

/// Letters of other scripts need more pixels than a wall's lines have; a translation into them is left to screens.
fn is_latin(title: &str, text: &str) -> bool {
    let known = [Script::Latin, Script::Common, Script::Inherited];
    title.chars().chain(text.chars()).all(|letter| known.contains(&letter.script()))
}

pub fn say(view: &View<'_>) -> Saying {
    let LedColours { ink, key } = view.look.led;
    let mut saying = match &view.plan.main {
        Main::Warning { alert, .. } => warning(view.look, alert),
        Main::Notice(slot) => {
            let notice = &slot.notice;
            let dress = view.look.dress(notice.category, Theme::Night);
            let (mut said, mut begins) = (Vec::new(), Vec::new());
            let languages = slot.languages.iter().filter(|lang| **lang != notice.lang);
            for lang in std::iter::once(&notice.lang).chain(languages) {
                let (title, text) = notice.said_in(lang);
                if *lang != notice.lang && !is_latin(title, text) {
                    continue;
                }
                if *lang != notice.lang {
                    begins.push(said.len());
                }
                said.push(Said::new(clean(title), ink));
                if *lang == notice.lang {
                    said.extend(countdown(view, slot).map(|(whole, _)| Said::new(whole, key)));
                }
                for block in blocks(text) {
                    match block {
                        Block::Paragraph(paragraph) => {
                            let announces = paragraph.is_heading();
                            said.push(Said { announces, ..Said::new(line(&paragraph), key) });
                        }
                        Block::Table(table) => {
                            let rows = rows_said(&table, Heads::OfNumbers);
                            said.extend(rows.iter().map(|row| Said::new(line(row), key)));
                        }
                    }
                }
            }
            let label = dress.label.to_owned();
            Saying {
                icon: dress.icon,
                mark: dress.accent,
                label,
                bar: dress.rail,
                said,
                begins,
                ..nothing(view.look)
            }
        }
        Main::Neutral { ever } => {
            let name = if *ever { clean(&view.plan.title) } else { clean(&view.board.name) };
            let clock = view.clock_trusted.then(|| Said::new(dates::clock(&view.now), key));
            Saying { said: [Said::new(name, ink)].into_iter().chain(clock).collect(), ..nothing(view.look) }
        }
    };
    if saying.begins.is_empty() {
        saying.said.retain(|said| !said.text.trim().is_empty());
    }
    saying
}

/// A saying without words, under the mark of what is said to all.
pub fn nothing(look: &Look) -> Saying {
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
        begins: Vec::new(),
    }
}

fn warning(look: &Look, alert: &Alert) -> Saying {
    let LedColours { ink: plain, key } = look.led;
    let number = alert.level.number();
    let (fill, ink, _) = look.level(number);
    let event = clean(&alert.event);
    // "Bản Nà Khan · đến 6h00" are two things to say, not one line with a point at its edge.
    let area = clean(&alert.area);
    let area = area.split('·').map(|part| Said::new(part.trim().to_owned(), key));
    let actions: Vec<_> =
        alert.actions.iter().take(ACTIONS_MAX).map(|action| Said::new(clean(action), plain)).collect();
    let syllables = |text: &str| text.split(' ').count();
    let long = actions.iter().map(|action| syllables(&action.text)).sum::<usize>() > SYLLABLES_MANY;
    // Whoever comes while much is said learns the number to call before the end, too.
    let call = actions.last().filter(|_| long && actions.len() > 1).cloned();
    let said = area.chain(call).chain(actions).collect();
    if alert.status != AlertStatus::Actual {
        let heads = vec!["DIỄN TẬP".to_owned()];
        let first = Some(Said::new(event, plain));
        return Saying { icon: "canh-bao", mark: plain, heads, always: true, first, said, ..nothing(look) };
    }
    // Red and purple letters on black cannot be read from afar; the square has their colour.
    let head = if number <= 3 { fill } else { plain };
    let mut letters = event.chars();
    let first_letter = letters.next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
    let heads = vec![format!("CẤP {number}: {first_letter}{}", letters.as_str()), event.clone()];
    Saying {
        icon: alert.hazard.word(),
        mark: plain,
        level: Some(Level { fill, ink, number: number.to_string() }),
        heads,
        head,
        first: Some(Said::new(event, head)),
        said,
        ..nothing(look)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::tests::{board, plan, power_cut, slot, translated, view};

    #[test]
    fn a_wall_says_translations_in_latin_letters_each_from_a_page_of_its_own() {
        let notice = translated(power_cut(), "hmn", "Tu hluav taws", "Txij 7h30 txog 17h00.");
        let notice = translated(notice, "blt", "ꪎꪳꪣ", "ꪼꪡ");
        let (plan, board) = (plan(slot(notice, 60)), board());
        let saying = say(&view(&plan, &board, (192, 32)));
        let said: Vec<Vec<&str>> =
            saying.languages().map(|said| said.iter().map(|said| said.text.as_str()).collect()).collect();
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said[0][0].starts_with("Cắt điện") && said[1][0] == "Tu hluav taws", "{said:?}");
    }
}
