//! The window. Draws a [`Session`](crate::session::Session) and sends it commands; holds no state
//! of its own beyond what is on screen.

mod app;
mod category_chip;
mod category_keys;
mod data_bar_controls;
mod dialogs;
mod display_panel;
mod grid;
mod grouping_menu;
mod inspector;
mod notices;
mod save_search;
mod saved_filters;
mod score_bars;
mod search_field;
mod shortcuts;
mod sidebar;
mod single;
mod status_bar;
mod thumbnail_textures;
mod tokens;
mod toolbar;
mod welcome;
mod who_labels;
mod window;

pub use app::App;
pub use window::{WindowError, open_window};
