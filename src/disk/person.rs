//! Files that a person names on the command line or in the configuration: read and written as any program
//! does, symbolic links followed. Nothing of a board's state goes this way.

use super::{Local, problem, replace};
use crate::problem::Outcome;
use std::io::{self, Read};
use std::path::Path;

/// More than any root file, configuration or list of warnings has.
const BYTES_MAX: u64 = 16 << 20;

/// The whole file.
///
/// # Errors
/// It is not there, cannot be read, or is longer than 16 MiB.
pub fn read_for_person(path: &Path) -> Outcome<Vec<u8>> {
    let read = || {
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(BYTES_MAX + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > BYTES_MAX {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(bytes)
    };
    read().map_err(|error| problem(path, &error))
}

/// Writes the whole file, or leaves what was there.
pub fn write_for_person(path: &Path, bytes: &[u8]) -> Outcome<()> {
    replace(&Local::default(), path, bytes).map_err(|error| problem(path, &error))
}
