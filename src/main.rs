//! Bangtin, the program. Everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    bangtin::cli::run()
}
