//! Work that leaves the processor to whoever draws and decides.

use thread_priority::{ThreadPriority, set_current_thread_priority};

/// Lets this thread, and those that it starts where the system hands that on, work only when nothing
/// else wants to. Where the system refuses that, they work as before.
pub fn lower_priority() {
    let _ = set_current_thread_priority(ThreadPriority::Min);
}
