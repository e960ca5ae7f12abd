//! The window. Draws a [`Session`](crate::session::Session) and sends it commands; holds no state
//! of its own beyond what is on screen.

mod actions;
mod app;
mod category_chip;
mod category_picker;
mod data_bar_controls;
mod dialogs;
mod display_panel;
mod effect;
mod fuzzy;
mod grid;
mod grouping_menu;
mod icons;
mod inspector;
mod key_cap;
mod key_help;
mod key_press;
mod keymap;
mod note_field;
mod notices;
mod palette;
mod pick_list;
mod popup;
mod popup_frame;
mod review;
mod save_search;
mod saved_filters;
mod score_bars;
mod search_field;
mod settings_keys;
mod settings_window;
mod shortcuts;
mod side_widths;
mod sidebar;
mod single;
mod status_bar;
mod text;
mod thumbnail_textures;
mod tokens;
mod toolbar;
mod view_action;
mod welcome;
mod who_labels;
mod window;

pub use app::App;
pub use window::{WindowError, open_window};
