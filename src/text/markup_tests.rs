//! What is typed is what is drawn, less the marks of a few forms.

use super::*;
use crate::limits::TABLE_COLUMNS_MAX;
use proptest::prelude::*;

/// Blocks as text: `[marker]`, bold in stars, a table's rows between `/` and its cells between bars.
fn said(text: &str) -> Vec<String> {
    let span = |span: &Span| match span.bold {
        true => format!("**{}**", span.text),
        false => span.text.clone(),
    };
    let block = |block: Block| match block {
        Block::Paragraph(Paragraph { marker, spans }) => {
            let text: String = spans.iter().map(span).collect();
            marker.map_or(text.clone(), |marker| format!("[{marker}] {text}"))
        }
        Block::Table(table) => {
            let rows = [table.head].into_iter().chain(table.rows);
            rows.map(|row| row.join("|")).collect::<Vec<_>>().join("/")
        }
    };
    blocks(text).into_iter().map(block).collect()
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(said(text), expected, "{text:?}");
}

fn check_doubts(text: &str, expected: &[(usize, Doubt)]) {
    assert_eq!(doubts(text), expected, "{text:?}");
}

#[test]
fn signs_that_commonmark_would_take_are_letters() {
    check("> 60 tuổi: sáng\n< 60 tuổi\n>= 80 tuổi", &["> 60 tuổi: sáng", "< 60 tuổi", ">= 80 tuổi"]);
    check("2026. Mùa\n7. khác\n12.11. họp", &["2026. Mùa", "7. khác", "12.11. họp"]);
    check("gửi a_b_c@xa.vn, 3*4*5 m, *nghiêng*", &["gửi a_b_c@xa.vn, 3*4*5 m, *nghiêng*"]);
    check("C:\\Users\\* và \\_ &amp; `mã`", &["C:\\Users\\* và \\_ &amp; `mã`"]);
    check("[này](https://a.vn) <b>tin</b> nếu 3 <bản", &["[này](https://a.vn) <b>tin</b> nếu 3 <bản"]);
    check(
        "một\n-\nhai\n-----\n=====\n[1]: ba\n    bốn",
        &["một", "-", "hai", "-----", "=====", "[1]: ba", "bốn"],
    );
    check("# 12 Nguyễn Văn A\n#sonla", &["# 12 Nguyễn Văn A", "#sonla"]);
}

#[test]
fn two_stars_on_both_sides_are_bold_and_all_others_stay() {
    check("**Bản Nà Đon**: 7h30, **Thời gian:**8h", &["**Bản Nà Đon**: 7h30, **Thời gian:**8h"]);
    assert_eq!(blocks("a **b** c").len(), 1);
    assert_eq!(line("a **b** c", 100).iter().map(|span| span.bold).collect::<Vec<_>>(), [false, true, false]);
    for typed in ["Giá**: 5.000", "**một", "2**3**4", "a ** b ** c", "***chú ý***", "****", "A**, B**"] {
        assert_eq!(line(typed, 100), [Span { text: typed.into(), bold: false }]);
    }
    check("**một\nhai** ba", &["**một", "hai** ba"]);
    assert_eq!(sole_line("Họp **dân**\nbản\t2* **", 100), "Họp dân bản 2* **");
}

#[test]
fn a_footnote_keeps_its_star_and_a_lone_number_its_minus() {
    check("Khám miễn phí*\n* chỉ với hộ nghèo", &["Khám miễn phí*", "[*] chỉ với hộ nghèo"]);
    check("Nhiệt độ:\n- 5 độ", &["Nhiệt độ:", "[-] 5 độ"]);
    check("* một\n* hai", &["[•] một", "[•] hai"]);
    check("Mang theo:\n- sổ\n- thẻ\nrồi ký", &["Mang theo:", "[•] sổ", "[•] thẻ", "rồi ký"]);
    check("- 7h30: họp\n\n- 9h: về", &["[•] 7h30: họp", "[•] 9h: về"]);
}

#[test]
fn numbers_hang_where_they_count_from_one_and_never_change() {
    check("1. bầu\nchi tiết\n2) họp\n3. khác", &["[1.] bầu", "chi tiết", "[2)] họp", "[3.] khác"]);
    check("2. bầu\n4. họp\n1. một\n1. một", &["2. bầu", "4. họp", "[1.] một", "[1.] một"]);
    check("+ giống lúa\n– phân\n• thuốc\n➢ ký", &["[+] giống lúa", "[–] phân", "[•] thuốc", "[➢] ký"]);
    check("•\tmang sổ\n•\tký\n1.\tmột\na)\thai", &["[•] mang sổ", "[•] ký", "[1.] một", "[a)] hai"]);
}

#[test]
fn a_heading_is_bold_to_its_end() {
    check("# Lịch **mới** *\n## Sáng", &["**Lịch mới ***", "**Sáng**"]);
}

#[test]
fn a_whole_table_is_one_with_heads_or_without() {
    check("| Bản | Giờ |\n|---|---|\n| **Nà Đon** | 7h30 |\n| Nà San |", &["Bản|Giờ/Nà Đon|7h30/Nà San|"]);
    check("Lịch:\n| a | b |\n| c | d | e |\nhết", &["Lịch:", "/a|b|/c|d|e", "hết"]);
    check("a | b\n--- | ---\n1 | 2", &["a|b/1|2"]);
    check("| a \\| b | c |\n|:-:|---|\n| - | |", &["a | b|c/-|"]);
    check("| a | b |", &["| a | b |"]);
    check("a | b\nc | d", &["a | b", "c | d"]);
    check("|\n||\n| |", &["|"]);
    let wide = "|x".repeat(TABLE_COLUMNS_MAX + 1) + "|";
    check(&format!("{wide}\n{wide}"), &[&wide, &wide]);
    assert_eq!(rows_written(&format!("a\n{wide}\n{wide}")), [(1, 9), (2, 9)]);
}

#[test]
fn rows_with_tabs_are_a_table_whose_heads_have_no_numbers() {
    check(
        "Bản\tNgày\tGiờ\nNà Đon\tthứ Hai\t7h30\nNà San\t\t9h",
        &["Bản|Ngày|Giờ/Nà Đon|thứ Hai|7h30/Nà San||9h"],
    );
    check("\tSáng\tChiều\nT2\tx\t \nT3\t\tx", &["|Sáng|Chiều/T2|x|/T3||x"]);
    check(
        "Ngày\tGiờ\tNơi\n1/12\t7h\tbản A\n\t\tbản B\n2/12\t8h\tbản C",
        &["Ngày|Giờ|Nơi/1/12|7h|bản A/||bản B/2/12|8h|bản C"],
    );
    check(
        "Ngày\tCa sáng (7h - 11h)\n1/12\tAnh A\n2/12\tAnh B",
        &["Ngày|Ca sáng (7h - 11h)/1/12|Anh A/2/12|Anh B"],
    );
    check("Nà Đon\tthứ Hai 7h\nNà San\tthứ Ba 8h", &["/Nà Đon|thứ Hai 7h/Nà San|thứ Ba 8h"]);
    check("Thời gian:\t7h30\nĐịa điểm:\tNhà văn hóa", &["/Thời gian:|7h30/Địa điểm:|Nhà văn hóa"]);
    check("\tKính gửi bà con\n\tMời họp\nmột\thàng", &["Kính gửi bà con", "Mời họp", "một hàng"]);
}

#[test]
fn an_author_is_told_where_text_may_not_be_meant_as_it_shows() {
    check_doubts("a\nBản\tGiờ\nNà Đon\t7h", &[(1, Doubt::Tabs { heads: true })]);
    check_doubts("a\n| Bản | Giờ |\n| Nà Đon | 7h |\n| Km 2 | 9h |", &[(1, Doubt::Heads)]);
    check_doubts("| Bản | Giờ |\n|---|---|\n| Nà Đon | 7h |\n| Km 2 | 9h |", &[]);
    check_doubts("a\tb\nc\td\r\n**x", &[(0, Doubt::Tabs { heads: false }), (2, Doubt::OpenBold)]);
    check_doubts("a | b\nc | d", &[(0, Doubt::Bars)]);
    check_doubts("- 5 độ\n- 7 °C\n- 7h30: họp\n- 3", &[(0, Doubt::Dash), (1, Doubt::Dash), (3, Doubt::Dash)]);
    check_doubts(
        "x\n<b>tin</b>\n![a](b.jpg)\n[này](https://a.vn)\n`mã`",
        &[(1, Doubt::Html), (2, Doubt::Picture), (3, Doubt::Link), (4, Doubt::Code)],
    );
    check_doubts("**Bản** 3 < 4 > 2\n- a\n    lùi (xem [1]) *\n| a | b |\n|--|--|\n| c | d |", &[]);
}

/// Letters, digits and signs: all that is not blank.
fn inked(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// What a board draws of a text without bullets, in order; those that stand for a dash or a star left out.
fn drawn(text: &str) -> String {
    let mut out = String::new();
    for block in blocks(text) {
        match block {
            Block::Paragraph(Paragraph { marker, spans }) => {
                out.extend(marker.filter(|marker| marker != "•"));
                out.extend(spans.into_iter().map(|span| span.text));
            }
            Block::Table(Table { head, rows }) => {
                out.extend(head.into_iter().chain(rows.into_iter().flatten()))
            }
        }
    }
    inked(&out)
}

/// What is left of `typed` without `drawn`, whose characters come in the same order; `None` where they do not.
fn left_out(typed: &str, drawn: &str) -> Option<String> {
    let mut drawn = drawn.chars().peekable();
    let mut left = String::new();
    for c in typed.chars() {
        if drawn.next_if_eq(&c).is_none() {
            left.push(c);
        }
    }
    drawn.next().is_none().then_some(left)
}

/// Lines as people type them, with all that looks like a mark.
fn line_typed() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        4 => "[a-zđưăÀ-ỹ]{1,6}",
        2 => "[0-9]{1,4}(h[0-9]{2})?[.,:)]?",
        3 => prop::sample::select(vec![
            ">", ">=", "<", "*", "**", "***", "_", "__", "-", "--", "---", "=", "===", "#", "##", "+", "|", "||", "~~",
            "`", "```", "\\", "\\*", "[x]", "(y)", "![", "](", "<b>", "</b>", "<!--", "-->", "&amp;", "➢", "–", "1.",
            "2.", "3)", "\t", "!", "…", "½", ":",
        ]).prop_map(String::from),
    ];
    let space = prop::sample::select(vec![" ", " ", " ", "", "\t", "  "]);
    prop::collection::vec((word, space), 0..7)
        .prop_map(|parts| parts.into_iter().map(|(word, space)| word + space).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// For any text, the letters, digits and signs that are drawn are those that were typed, in order, less the marks of
    /// the few forms.
    #[test]
    fn every_character_that_was_typed_is_drawn_but_for_the_marks(lines in prop::collection::vec(line_typed(), 1..8)) {
        let text = lines.join("\n");
        let typed = inked(&clean(&text, usize::MAX));
        let drawn = drawn(&text);
        let Some(left) = left_out(&typed, &drawn) else {
            return Err(TestCaseError::fail(format!("{drawn:?} of {text:?}")));
        };
        prop_assert!(left.chars().all(|c| "*-#|:\\".contains(c)), "{left:?} left out of {text:?}");
        let count = |of: &str, c: char| of.chars().filter(|own| *own == c).count();
        // A mark at a line's start is no more than one a line; bold takes stars by fours.
        let starts = |c: char| lines.iter().filter(|line| line.trim_start().starts_with(c)).count();
        prop_assert!(count(&left, '*') % 4 <= starts('*'), "{left:?} of {text:?}");
        let barred = lines.iter().any(|line| line.contains('|'));
        prop_assert!(barred || !left.contains(['|', ':', '\\']) && count(&left, '-') <= starts('-'), "{left:?} of {text:?}");
        prop_assert!(count(&left, '#') <= 6 * starts('#'), "{left:?} of {text:?}");
    }

    /// Lines without any of those forms lose nothing at all.
    #[test]
    fn a_text_without_the_marks_is_drawn_letter_by_letter(text in "([>a-zà-ỹ0-9_=+~`\\[\\]()<!&;.,:\"'%/ -]{0,30}\n){1,5}") {
        prop_assume!(!text.lines().any(|line| line.trim_start().starts_with("- ")));
        prop_assert_eq!(drawn(&text), inked(&clean(&text, usize::MAX)));
    }
}
