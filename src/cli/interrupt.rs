//! Ctrl+C ends long work in good order.

use std::sync::atomic::{AtomicBool, Ordering};

/// The exit code of a program that Ctrl+C ended, as shells know it.
const INTERRUPTED: i32 = 130;

static IS_CANCELLED: AtomicBool = AtomicBool::new(false);

/// What becomes true with the first Ctrl+C; the second ends the program at once.
pub(super) fn cancelled_by_interrupt() -> &'static AtomicBool {
    // Without a handler, the first ends it.
    let _ = ctrlc::set_handler(|| {
        if IS_CANCELLED.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED);
        }
    });
    &IS_CANCELLED
}
