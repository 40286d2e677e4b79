//! Where picture slots and the sound ring lie in the shared memory. Both halves compute it from the same
//! few numbers, so that no offset ever crosses the process boundary.

use serde::{Deserialize, Serialize};

/// The layout of one 8-bit 4:2:0 planar picture. Rows are padded to 64 bytes, as the converters like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameLayout {
    pub width: u32,
    pub height: u32,
}

impl FrameLayout {
    pub fn y_stride(self) -> usize {
        (self.width as usize).next_multiple_of(64)
    }
    pub fn uv_stride(self) -> usize {
        (self.width as usize).div_ceil(2).next_multiple_of(64)
    }
    pub fn chroma_rows(self) -> usize {
        (self.height as usize).div_ceil(2)
    }
    pub fn y_bytes(self) -> usize {
        self.y_stride() * self.height as usize
    }
    pub fn uv_bytes(self) -> usize {
        self.uv_stride() * self.chroma_rows()
    }
    /// One slot, a whole number of pages.
    pub fn slot_bytes(self) -> usize {
        (self.y_bytes() + 2 * self.uv_bytes()).next_multiple_of(4096)
    }
}

/// The whole shared memory: `slots` pictures, then the sound ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    pub frame: FrameLayout,
    pub slots: u8,
    /// Capacity of the sound ring, in stereo frames.
    pub sound_frames: u32,
}

impl Layout {
    pub fn slot_offset(self, slot: u8) -> usize {
        self.frame.slot_bytes() * usize::from(slot)
    }
    pub fn sound_offset(self) -> usize {
        self.frame.slot_bytes() * usize::from(self.slots)
    }
    /// Bytes, always at least one page.
    pub fn total_bytes(self) -> usize {
        let sound = self.sound_frames as usize * super::CHANNELS * 4;
        (self.sound_offset() + sound).next_multiple_of(4096).max(4096)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_hold_odd_sizes_whole_and_do_not_overlap() {
        let layout = Layout { frame: FrameLayout { width: 641, height: 359 }, slots: 3, sound_frames: 100 };
        assert_eq!(layout.frame.uv_stride(), 384);
        assert_eq!(layout.frame.chroma_rows(), 180);
        assert!(layout.frame.slot_bytes() >= layout.frame.y_bytes() + 2 * layout.frame.uv_bytes());
        assert_eq!(layout.slot_offset(1) - layout.slot_offset(0), layout.frame.slot_bytes());
        assert!(layout.total_bytes() >= layout.sound_offset() + 800);
    }
}
