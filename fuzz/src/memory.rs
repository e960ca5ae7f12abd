//! Counts the memory that is taken: a file that takes more than it may is found at once, and not
//! only where it fills the machine.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

static HELD_BYTES: AtomicUsize = AtomicUsize::new(0);
static MOST_BYTES: AtomicUsize = AtomicUsize::new(0);

/// What `work` gives, and the most memory that it held at once, in bytes. Other threads' counts as
/// its own; targets have none.
pub fn most_held<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD_BYTES.load(Relaxed);
    MOST_BYTES.store(before, Relaxed);
    let result = work();
    (result, MOST_BYTES.load(Relaxed).saturating_sub(before))
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn take(bytes: usize) {
    let held = HELD_BYTES.fetch_add(bytes, Relaxed) + bytes;
    MOST_BYTES.fetch_max(held, Relaxed);
}

// SAFETY: every request goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        // SAFETY: the caller's promises are handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, new_bytes: usize) -> *mut u8 {
        HELD_BYTES.fetch_sub(layout.size(), Relaxed);
        take(new_bytes);
        // SAFETY: as above.
        unsafe { System.realloc(place, layout, new_bytes) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        HELD_BYTES.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as above.
        unsafe { System.dealloc(place, layout) }
    }
}
