//! Orders from the board to the presenter thread: only the newest show and size matter, so newer replaces older.

use super::Show;
use crate::clock;
use crate::model::media::Picture;
use std::sync::mpsc::Sender;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// What has come in since the last look.
#[derive(Default)]
pub struct Orders {
    pub show: Option<Show>,
    pub size: Option<(u32, u32)>,
    /// Something else was drawn over the window, or nothing was yet.
    pub exposed: bool,
    pub snapshots: Vec<Sender<Picture>>,
    /// Who waits for a sign that what should be on the screen is.
    pub beats: Vec<Sender<()>>,
    pub stop: bool,
}

impl Orders {
    fn is_nothing(&self) -> bool {
        self.show.is_none()
            && self.size.is_none()
            && !self.exposed
            && self.snapshots.is_empty()
            && self.beats.is_empty()
            && !self.stop
    }
}

#[derive(Default)]
pub struct Mailbox {
    orders: Mutex<Orders>,
    arrived: Condvar,
}

impl Mailbox {
    /// Changes the orders and wakes the presenter.
    pub fn leave(&self, change: impl FnOnce(&mut Orders)) {
        change(&mut self.lock());
        self.arrived.notify_one();
    }

    /// Takes the orders; waits for some until `deadline`, for ever without one.
    pub fn take(&self, deadline: Option<Instant>) -> Orders {
        let mut orders = self.lock();
        while orders.is_nothing() {
            orders = match deadline {
                None => self.arrived.wait(orders).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(clock::instant());
                    if left.is_zero() {
                        break;
                    }
                    self.arrived.wait_timeout(orders, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        std::mem::take(&mut orders)
    }

    fn lock(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
