//! Opens the window: wgpu first, and glow where wgpu cannot start (remote desktops, old computers).

use std::path::Path;

use eframe::{NativeOptions, Renderer};
use egui::{IconData, ViewportBuilder, vec2};

use super::App;

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
#[error(
    "Cannot open a window: {glow} (with OpenGL), {wgpu} (with Vulkan, Metal or Direct3D). \
     The command line works without one: semblance --help"
)]
pub struct WindowError {
    wgpu: String,
    glow: String,
}

/// Opens the window on a folder, or on the welcome page, and returns when it is closed.
///
/// # Errors
/// Fails where neither renderer can start, as on a machine without a display.
pub fn open_window(folder: Option<&Path>) -> Result<(), WindowError> {
    // SEMBLANCE_RENDERER=glow skips a wgpu that starts but misbehaves.
    let wants_glow = std::env::var("SEMBLANCE_RENDERER").is_ok_and(|name| name == "glow");
    let wgpu = if wants_glow {
        "not tried".to_owned()
    } else {
        match run(Renderer::Wgpu, folder) {
            Ok(()) => return Ok(()),
            Err(error) => error.to_string(),
        }
    };
    run(Renderer::Glow, folder).map_err(|error| WindowError { wgpu, glow: error.to_string() })
}

fn run(renderer: Renderer, folder: Option<&Path>) -> eframe::Result {
    let viewport = ViewportBuilder::default()
        .with_title("Semblance")
        .with_app_id("semblance")
        .with_inner_size(vec2(1280.0, 800.0))
        .with_min_inner_size(vec2(860.0, 560.0))
        .with_icon(icon());
    let options = NativeOptions { renderer, viewport, ..NativeOptions::default() };
    let folder = folder.map(Path::to_owned);
    eframe::run_native(
        "semblance",
        options,
        Box::new(move |creation| Ok(Box::new(App::new(&creation.egui_ctx, folder.as_deref())))),
    )
}

fn icon() -> IconData {
    image::load_from_memory(include_bytes!("../../assets/icon.png")).map_or_else(
        |_| IconData::default(),
        |icon| {
            let rgba = icon.into_rgba8();
            IconData { width: rgba.width(), height: rgba.height(), rgba: rgba.into_raw() }
        },
    )
}
