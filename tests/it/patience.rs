//! Waiting for what happens in the background.

use std::time::Duration;

/// Stops a test whose event never comes; no claim on how long anything takes.
pub const PATIENCE: Duration = Duration::from_secs(240);

/// Between one look and the next: looking again and again without a break keeps what is waited for
/// from ending.
pub fn leave_the_processor() {
    std::thread::park_timeout(Duration::from_millis(2));
}
