//! What officials get back for the mistakes that they make, word for word.

use super::tests::{folder, now, probe};
use super::*;
use crate::problem::Speech;

/// What is wrong with lines of a notice that begin on line 4.
fn told(lines: &str) -> Vec<Problem> {
    let text = format!("title = \"Xã\"\n[[notice]]\ntitle = \"Tin\"\n{lines}\n");
    match read(folder(&text).path(), &probe, now()) {
        Ok(_) => Vec::new(),
        Err(problems) => problems,
    }
}

#[test]
fn dump() {
    for lines in std::fs::read_to_string("/tmp/h1/target/inputs.txt").unwrap().split("\n----\n") {
        println!("=== {lines}");
        for problem in told(lines) {
            println!("  {}\n  {}", problem.line(Speech::Vietnamese), problem.line(Speech::English));
        }
    }
    for lines in std::fs::read_to_string("/tmp/h1/target/whole.txt").unwrap().split("\n----\n") {
        println!("=== {lines}");
        for problem in read(folder(lines).path(), &probe, now()).err().unwrap_or_default() {
            println!("  {}\n  {}", problem.line(Speech::Vietnamese), problem.line(Speech::English));
        }
    }
}
