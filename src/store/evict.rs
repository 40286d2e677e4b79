//! Which media files go when there is no room. Pure.

use crate::model::media::Sha256;
use std::collections::HashSet;
use std::time::Duration;

/// A media file on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    pub sha256: Sha256,
    /// Bytes.
    pub length: u64,
    /// When it came, from 1970.
    pub modified: Duration,
}

/// The files to remove to win `bytes`: only what is not scheduled, what came first going first.
pub fn choose(held: &[Held], scheduled: &HashSet<Sha256>, bytes: u64) -> Vec<Sha256> {
    let mut idle: Vec<&Held> = held.iter().filter(|file| !scheduled.contains(&file.sha256)).collect();
    idle.sort_by_key(|file| (file.modified, file.sha256));
    let mut won = 0u64;
    idle.into_iter()
        .take_while(|file| {
            let more = won < bytes;
            won = won.saturating_add(file.length);
            more
        })
        .map(|file| file.sha256)
        .collect()
}

/// Bytes of files that are not scheduled.
pub fn idle_bytes(held: &[Held], scheduled: &HashSet<Sha256>) -> u64 {
    held.iter().filter(|file| !scheduled.contains(&file.sha256)).map(|file| file.length).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_idle_files_go_first_and_scheduled_ones_never() {
        let file = |name: u8, length, modified| Held {
            sha256: Sha256([name; 32]),
            length,
            modified: Duration::from_secs(modified),
        };
        let held = [file(1, 10, 3), file(2, 10, 1), file(3, 10, 2), file(4, 10, 0)];
        let scheduled = HashSet::from([Sha256([4; 32])]);
        let names = |bytes| choose(&held, &scheduled, bytes).iter().map(|s| s.0[0]).collect::<Vec<_>>();
        assert!(names(0).is_empty());
        assert_eq!(names(1), [2]);
        assert_eq!(names(11), [2, 3]);
        assert_eq!(names(1000), [2, 3, 1]);
        assert_eq!(idle_bytes(&held, &scheduled), 30);
    }
}
