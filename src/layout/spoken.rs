//! A table said in sentences, where there is no room for its columns.

use crate::text::markup::{Paragraph, Span, Table};

/// How much of the heads is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heads {
    /// Each with its cell.
    All,
    /// Those of cells that are a number and nothing more, for walls with room for a few words.
    OfNumbers,
}

/// What is written over a column that counts the rows.
const ORDINALS: [&str; 8] = ["stt", "tt", "s.t.t", "số tt", "số thứ tự", "#", "no", "no."];

/// A sentence for each row. It begins with the row's name in bold, which needs no head unless it is an hour; a number
/// that counts the rows hangs before it. A table of heads alone is a line of those.
pub fn rows_said(table: &Table, heads: Heads) -> Vec<Paragraph> {
    let bold = |text: String| Span { text, bold: true };
    let counts = counts_rows(table);
    let say = |row: &Vec<String>| {
        let marker = row.first().filter(|cell| counts && !cell.is_empty());
        let marker = marker.map(|cell| format!("{}.", cell.trim_end_matches(['.', ')'])));
        let cells = row.iter().enumerate().skip(usize::from(counts)).filter(|(_, cell)| !cell.is_empty());
        let mut cells = cells.map(|(column, cell)| (table.head.get(column).map_or("", String::as_str), cell));
        // Of several hours each says which it is.
        let hours = row.iter().filter(|cell| is_hour(cell)).count();
        let heads = if hours > 1 { Heads::All } else { heads };
        let name = cells.next().map(|(head, cell)| {
            let alone = is_hour(cell) && heads == Heads::All;
            bold(if alone { headed(head, cell, heads) } else { cell.clone() })
        });
        let rest: Vec<String> = cells.map(|(head, cell)| headed(head, cell, heads)).collect();
        let mut spans: Vec<Span> = name.into_iter().collect();
        if !rest.is_empty() {
            // "Thời gian:" is written with its colon.
            let colon = if spans[0].text.ends_with(':') { "" } else { ":" };
            spans.push(Span { text: format!("{colon} {}", rest.join(", ")), bold: false });
        }
        Paragraph { marker, spans }
    };
    let mut said: Vec<Paragraph> = table.rows.iter().map(say).filter(|row| !row.spans.is_empty()).collect();
    let named: Vec<&str> = table.head.iter().map(String::as_str).filter(|head| !head.is_empty()).collect();
    if said.is_empty() && !named.is_empty() {
        said.push(Paragraph { marker: None, spans: vec![bold(named.join(", "))] });
    }
    said
}

/// "7h30", "17:00 - 18:00"
pub fn is_hour(cell: &str) -> bool {
    let digits = cell.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&digits) && cell[digits..].starts_with(['h', ':'])
}

fn headed(head: &str, cell: &str, heads: Heads) -> String {
    // A date, an hour and a number to call say themselves what they are.
    let numbers = cell.chars().all(|c| c.is_ascii_digit() || ".,% -".contains(c));
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    let bare = numbers && !(cell.starts_with('0') && digits >= 9);
    if head.is_empty() || cell.starts_with(head) || heads == Heads::OfNumbers && !bare {
        return cell.to_owned();
    }
    // A number stays with its head on one line, as with any label.
    let colon = if bare && !head.ends_with(':') { ":" } else { "" };
    format!("{head}{colon} {cell}")
}

/// Whether the first column of several counts the rows.
fn counts_rows(table: &Table) -> bool {
    let several = table.rows.iter().all(|row| row.len() > 1);
    let named = table.head.first().is_some_and(|head| ORDINALS.contains(&head.to_lowercase().as_str()));
    let number = |row: &Vec<String>| row[0].trim_end_matches(['.', ')']).parse::<usize>().ok();
    let counting =
        || table.rows.len() > 1 && table.rows.iter().enumerate().all(|(at, row)| number(row) == Some(at + 1));
    several && (named || counting())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(heads: &str, rows: &[&str], which: Heads) -> Vec<String> {
        let cells = |row: &str| row.split('|').map(String::from).collect::<Vec<_>>();
        let head = if heads.is_empty() { Vec::new() } else { cells(heads) };
        let table = Table { head, rows: rows.iter().map(|row| cells(row)).collect() };
        let text = |row: Paragraph| {
            let text: String = row.spans.iter().map(|span| span.text.as_str()).collect();
            row.marker.map_or(text.clone(), |marker| format!("[{marker}] {text}"))
        };
        rows_said(&table, which).into_iter().map(text).collect()
    }

    #[test]
    fn a_row_begins_with_its_name_and_its_cells_follow_their_heads() {
        assert_eq!(said("Bản|Ngày|", &["Nà Đon|24/11|7h30"], Heads::All), ["Nà Đon: Ngày 24/11, 7h30"]);
        assert_eq!(said("Việc|Gọi", &["Công an|113", "|115"], Heads::All), ["Công an: Gọi: 113", "115"]);
        assert_eq!(said("", &["Thời gian:|7h30.", "Nơi|"], Heads::All), ["Thời gian: 7h30.", "Nơi"]);
        assert_eq!(said("Bản|Giờ", &[], Heads::All), ["Bản, Giờ"]);
        let buses = said("Từ xã|Từ tỉnh|Xe", &["5h30|11h00|Hà Sơn"], Heads::OfNumbers);
        assert_eq!(buses, ["Từ xã 5h30: Từ tỉnh 11h00, Xe Hà Sơn"]);
    }

    #[test]
    fn a_number_that_counts_rows_hangs_before_them() {
        let rows = ["1|Nguyễn Văn A|Nà Đon|5", "2|Nguyễn Văn B|Nà Đon|3"];
        let all = said("STT|Chủ hộ|Bản|Số khẩu", &rows, Heads::All);
        assert_eq!(all[0], "[1.] Nguyễn Văn A: Bản Nà Đon, Số khẩu: 5");
        let brief = said("STT|Chủ hộ|Bản|Số khẩu", &rows, Heads::OfNumbers);
        assert_eq!(brief[1], "[2.] Nguyễn Văn B: Nà Đon, Số khẩu: 3");
        assert_eq!(said("", &["1|Họp", "2|Ký"], Heads::All), ["[1.] Họp", "[2.] Ký"]);
        let prizes = said("Giải|Số trúng|Tiền", &["Nhì|23456, 34567|500.000"], Heads::OfNumbers);
        assert_eq!(prizes, ["Nhì: Số trúng: 23456, 34567, Tiền: 500.000"]);
        assert_eq!(said("Bản|Gọi", &["Km 2|0213 3879 222"], Heads::OfNumbers), ["Km 2: 0213 3879 222"]);
    }
}
