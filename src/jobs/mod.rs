//! Work in the background. Knows only closures: nothing of images, the library or the screen.

mod pause;
mod task;
mod wanted;
mod worker;

pub use task::{Progress, Task, TaskHandle};
pub use wanted::WantedQueue;
pub use worker::{Answered, Worker};
