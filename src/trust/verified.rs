//! The mark that something was verified. Only this module's siblings can make one.

use std::ops::Deref;

/// A `T` that follows from the pinned root by valid signatures. Made only in `trust`.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified<T>(T);

impl<T> Verified<T> {
    pub(super) fn new(value: T) -> Verified<T> {
        Verified(value)
    }

    /// The value without its mark.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
