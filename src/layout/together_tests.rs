//! Everyday notices on six boards: what belongs together is on one line where it fits, and on one page always.

use super::tests::{board, fonts, monday, notice, plan, slot, view};
use super::*;
use crate::model::programme::Category;
use proptest::prelude::*;

const SIZES: [(u32, u32); 6] = [(1920, 1080), (1280, 720), (1080, 1920), (1080, 1080), (192, 32), (320, 160)];

/// What is read as one thing, as it is typed.
fn unit() -> impl Strategy<Value = String> {
    let pick =
        |all: &[&str]| prop::sample::select(all.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
    prop_oneof![
        pick(&[
            "2.000.000 đ",
            "500.000 đồng",
            "1.500.000 đ/suất",
            "35 kg/ha",
            "15 °C",
            "92 %",
            "3 triệu đồng",
            "12 km"
        ]),
        pick(&["7h30 - 10h30", "14h – 16h30", "35 - 40 kg", "5/12 - 15/12", "1.000.000 đ - 5.000.000 đ"]),
        pick(&["0213 3879 222", "0987 654 321", "1900 6769"]),
        pick(&["bản Km 2", "ngày 24/11", "thứ Tư 25/11", "từ 18 đến 40 tuổi", "Bản Nà Đon", "lúc 17 giờ 30"]),
    ]
}

/// A name, and the number that belongs to it.
fn labelled() -> impl Strategy<Value = String> {
    let name =
        prop::sample::select(vec!["Kiểm lâm", "Công an xã", "Trạm Y tế xã", "Hỏi", "Giải nhất", "Thời gian"]);
    let number = prop::sample::select(vec!["0213 3879 222", "1900 6769", "0987 654 321", "7h30"]);
    (name, number).prop_map(|(name, number)| format!("{name}: {number}"))
}

fn sentence() -> impl Strategy<Value = (String, Vec<String>)> {
    let words = prop::sample::select(vec![
        "mời bà con đến",
        "nhà văn hóa xã",
        "mang theo sổ",
        "giá bán",
        "để được phát",
        "họp bàn việc chung,",
        "và",
    ]);
    prop::collection::vec((words, unit()), 1..4).prop_map(|parts| {
        let text: Vec<String> = parts.iter().map(|(words, unit)| format!("{words} {unit}")).collect();
        (text.join(" ") + ".", parts.into_iter().map(|(_, unit)| unit).collect())
    })
}

/// A text, what stays on one line of it, and what on one page.
fn everyday() -> impl Strategy<Value = (String, Vec<String>, Vec<Vec<String>>)> {
    let item = prop_oneof![
        3 => sentence().prop_map(|(text, units)| (text, units, Vec::new())),
        1 => sentence().prop_map(|(text, units)| (format!("- {text}"), units, Vec::new())),
        3 => labelled().prop_map(|text| {
            let (name, number) = text.split_once(": ").unwrap();
            let page = vec![format!("{name}:"), number.to_owned()];
            (text.clone(), vec![number.to_owned()], vec![page])
        }),
        1 => prop::collection::vec(("[A-Z]", unit()), 2..7).prop_map(|rows| {
            let rows: Vec<Vec<String>> =
                rows.into_iter().enumerate().map(|(at, (name, unit))| vec![format!("Nhà {name}{at}"), unit]).collect();
            let lines: Vec<String> = rows.iter().map(|row| format!("| {} |", row.join(" | "))).collect();
            let units = rows.iter().map(|row| row[1].clone()).collect();
            (lines.join("\n"), units, rows)
        }),
    ];
    prop::collection::vec(item, 1..6).prop_map(|items| {
        let text: Vec<String> = items.iter().map(|(text, ..)| text.clone()).collect();
        let units = items.iter().flat_map(|(_, units, _)| units.clone()).collect();
        (text.join("\n"), units, items.into_iter().flat_map(|(.., pages)| pages).collect())
    })
}

/// The lines of each page of a notice on a board of this size.
fn pages(text: &str, size: (u32, u32)) -> Vec<Vec<String>> {
    let plan = Plan { ticker: Vec::new(), ..plan(slot(notice("Tin", text, Category::Hop), 6_000)) };
    let (board, mut composer) = (board(), Composer::new(fonts()));
    let (mut now, mut pages) = (monday(), Vec::new());
    loop {
        let composed =
            composer.compose(&View { now: now.clone(), clock_trusted: false, ..view(&plan, &board, size) });
        let line = |draw: &Draw| if let Draw::Text(line) = draw { Some(line.text.to_string()) } else { None };
        pages.push(composed.scene.draws.iter().filter_map(line).collect());
        match composed.next_change {
            Some(next) if composed.page < composed.pages => now = next.to_zoned(now.time_zone().clone()),
            _ => return pages,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_belongs_together_stays_together_on_every_board((text, units, together) in everyday()) {
        for size in SIZES {
            let pages = pages(&text, size);
            let lines = || pages.iter().flatten();
            prop_assert!(!lines().any(|line| line.starts_with("- ") || line.starts_with("– ")), "{size:?}: {pages:#?}");
            let joined: Vec<String> = pages.iter().map(|page| page.join(" ").replace("  ", " ")).collect();
            for unit in &units {
                let whole = if is_led(size) {
                    joined.iter().any(|page| page.contains(unit.as_str()))
                } else {
                    lines().any(|line| line.contains(unit.as_str()))
                };
                prop_assert!(whole, "{size:?}: {unit} of {pages:#?}");
            }
            for row in &together {
                let on_one = |page: &String| row.iter().all(|cell| page.contains(cell.as_str()));
                prop_assert!(joined.iter().any(on_one), "{size:?}: {row:?} of {pages:#?}");
            }
        }
    }
}
