//! Why a file cannot be shown, and whose doing that is: what another attempt may mend is not the file's.

use super::refusal;
use crate::problem::Problem;
use std::io;

/// Whose doing it is that a file cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The file's: its decoder said so, or told lies about it.
    File,
    /// The decoder's, which crashed, hung or could not be run.
    Decoder,
    /// Nobody's here: the decoder was killed or stopped from outside, as where memory runs out.
    Outside,
}

/// A file that cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub problem: Problem,
    pub fault: Fault,
}

impl Failure {
    /// The file is to blame.
    pub fn of_file(problem: Problem) -> Failure {
        Failure { problem, fault: Fault::File }
    }

    /// A child's word could not be had. What makes no sense is the file's doing.
    pub(super) fn of_child(name: &str, error: &io::Error) -> Failure {
        let fault = match error.kind() {
            io::ErrorKind::InvalidData => return Failure::of_file(refusal::nonsense(name)),
            io::ErrorKind::Interrupted => Fault::Outside,
            _ => Fault::Decoder,
        };
        Failure { problem: refusal::crashed(name, error), fault }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Problem {
        failure.problem
    }
}
