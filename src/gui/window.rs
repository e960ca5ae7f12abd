//! Opens the window: wgpu where there is a graphics card for it, else glow. What wgpu draws with where
//! there is none (llvmpipe, lavapipe, WARP) takes most of the processor from what classifies; it is the
//! last resort.

use std::path::Path;
use std::sync::Arc;

use eframe::egui_wgpu::{WgpuConfiguration, WgpuSetup, WgpuSetupCreateNew};
use eframe::wgpu::{Adapter, Backend, DeviceType, Surface};
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

/// What draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DrawnWith {
    /// wgpu on a graphics card that can show it on this screen.
    GraphicsCard,
    /// OpenGL, however the system does it.
    Glow,
    /// wgpu on whatever there is.
    AnyWgpu,
}

impl DrawnWith {
    /// What is tried, in this order; [`RENDERER_VARIABLE`] leaves no choice.
    fn in_order(asked_for: Option<&str>) -> &'static [Self] {
        match asked_for {
            Some("glow") => &[Self::Glow],
            Some("wgpu") => &[Self::AnyWgpu],
            _ => &[Self::GraphicsCard, Self::Glow, Self::AnyWgpu],
        }
    }
}

/// `glow` or `wgpu`, where the program's own choice misbehaves.
const RENDERER_VARIABLE: &str = "SEMBLANCE_RENDERER";

/// Opens the window on a folder, or on the welcome page, and returns when it is closed.
///
/// # Errors
/// Fails where neither renderer can start, as on a machine without a display.
pub fn open_window(folder: Option<&Path>) -> Result<(), WindowError> {
    let mut failed = WindowError { wgpu: "not tried".to_owned(), glow: "not tried".to_owned() };
    for with in DrawnWith::in_order(std::env::var(RENDERER_VARIABLE).ok().as_deref()) {
        match (run(*with, folder), with) {
            (Ok(()), _) => return Ok(()),
            (Err(error), DrawnWith::Glow) => failed.glow = error.to_string(),
            (Err(error), _) => failed.wgpu = error.to_string(),
        }
    }
    Err(failed)
}

/// The window is not shown before it can be drawn: one that cannot is never seen.
fn run(with: DrawnWith, folder: Option<&Path>) -> eframe::Result {
    let viewport = ViewportBuilder::default()
        .with_title("Semblance")
        .with_app_id("semblance")
        .with_inner_size(vec2(1280.0, 800.0))
        .with_min_inner_size(vec2(860.0, 560.0))
        .with_icon(icon());
    let mut options = NativeOptions { viewport, ..NativeOptions::default() };
    match with {
        DrawnWith::GraphicsCard => {
            options.renderer = Renderer::Wgpu;
            options.wgpu_options = on_graphics_card();
        }
        DrawnWith::Glow => options.renderer = Renderer::Glow,
        DrawnWith::AnyWgpu => options.renderer = Renderer::Wgpu,
    }
    let folder = folder.map(Path::to_owned);
    eframe::run_native(
        "semblance",
        options,
        Box::new(move |creation| Ok(Box::new(App::new(&creation.egui_ctx, folder.as_deref())))),
    )
}

fn on_graphics_card() -> WgpuConfiguration {
    let setup = WgpuSetupCreateNew {
        native_adapter_selector: Some(Arc::new(graphics_card)),
        ..WgpuSetupCreateNew::without_display_handle()
    };
    WgpuConfiguration { wgpu_setup: WgpuSetup::CreateNew(setup), ..WgpuConfiguration::default() }
}

fn graphics_card(adapters: &[Adapter], surface: Option<&Surface<'_>>) -> Result<Adapter, String> {
    let can_show =
        |adapter: &&Adapter| surface.is_none_or(|surface| adapter.is_surface_supported(surface));
    adapters
        .iter()
        .filter(can_show)
        .filter_map(|adapter| {
            let info = adapter.get_info();
            Some((preference(info.device_type, info.backend)?, adapter))
        })
        .min_by_key(|(preference, _)| *preference)
        .map(|(_, adapter)| adapter.clone())
        .ok_or_else(|| "there is no graphics card for it".to_owned())
}

/// The lowest is used; none of what is no graphics card, or what OpenGL reaches as well.
fn preference(kind: DeviceType, backend: Backend) -> Option<u8> {
    match kind {
        _ if backend == Backend::Gl => None,
        DeviceType::DiscreteGpu => Some(0),
        DeviceType::IntegratedGpu => Some(1),
        DeviceType::VirtualGpu => Some(2),
        DeviceType::Other => Some(3),
        DeviceType::Cpu => None,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_acts_as_a_graphics_card_is_the_last_resort() {
        assert_eq!(preference(DeviceType::Cpu, Backend::Vulkan), None);
        assert_eq!(preference(DeviceType::Cpu, Backend::Dx12), None);
        assert_eq!(preference(DeviceType::IntegratedGpu, Backend::Gl), None);
        let in_order = DrawnWith::in_order(None);
        assert_eq!(in_order, [DrawnWith::GraphicsCard, DrawnWith::Glow, DrawnWith::AnyWgpu]);
    }

    #[test]
    fn the_fastest_graphics_card_is_used() {
        let kinds = [
            DeviceType::DiscreteGpu,
            DeviceType::IntegratedGpu,
            DeviceType::VirtualGpu,
            DeviceType::Other,
        ];
        assert!(kinds.map(|kind| preference(kind, Backend::Vulkan)).is_sorted());
    }
}
