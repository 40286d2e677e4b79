//! Everything that can happen to a board: one closed list, one channel, one loop.

use crate::media::Failure;
use crate::model::media::{Picture, Sha256};
use crate::model::status::Status;
use crate::store::Asset;
use crate::sync::FeedEvent;
use std::sync::Arc;
use std::sync::mpsc::Sender;

/// What the board's loop reacts to.
#[derive(Debug)]
pub enum Event {
    Feed(Box<FeedEvent>),
    Loaded(Sha256, Box<Result<Loaded, Failure>>),
    /// A clip's state changed.
    Clip,
    Window(WindowEvent),
    /// To be answered, which shows that this loop comes round.
    Beat(Part, Sender<()>),
    Ask(Question),
    /// SIGTERM or SIGINT.
    Terminate,
}

/// Who is to give a sign of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The board's loop itself.
    Board,
    Stage,
}

/// A file whose hash was proven in this run.
#[derive(Debug)]
pub enum Loaded {
    Picture(Arc<Picture>),
    Playable(Asset),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowEvent {
    /// Physical pixels.
    Resized(u32, u32),
    Exposed,
    /// The refresh rate of the monitor that the window is on, in millihertz.
    Rate(u32),
    Closed,
}

/// From the control socket.
#[derive(Debug)]
pub enum Question {
    Status(Sender<Status>),
    Screenshot(Sender<Picture>),
    /// Ask every feed for news now.
    Poll(Sender<()>),
}
