//! Work in the background. Knows only closures: nothing of images, the library or the screen.

mod task;
mod wanted;

pub use task::{Progress, Task, TaskHandle};
pub use wanted::WantedQueue;
