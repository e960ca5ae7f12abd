//! How soon a single image is on screen.

use std::path::Path;
use std::time::Instant;

use egui::{Key, Modifiers};
use semblance::session::Command;

use super::headless::{Times, Window};

/// Microscope images as large as they come, and usual ones, in turn.
const LARGE_PX: [u32; 2] = [6000, 4000];
const USUAL_PX: [u32; 2] = [1024, 768];
/// A thumbnail is no longer than this: what is longer is the image itself.
const LONGEST_THUMBNAIL_PX: usize = 320;

fn write_images(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    for number in 0..8_u32 {
        let [width, height] = if number % 2 == 0 { LARGE_PX } else { USUAL_PX };
        let values: Vec<u16> = (0..width * height)
            .map(|at| ((at % width) * 7 + (at / width) * 5 + number * 997) as u16)
            .collect();
        let file = std::fs::File::create(folder.join(format!("{number}.tif"))).unwrap();
        let mut encoder = tiff::encoder::TiffEncoder::new(std::io::BufWriter::new(file)).unwrap();
        encoder.write_image::<tiff::encoder::colortype::Gray16>(width, height, &values).unwrap();
    }
}

/// How long it takes from the key until the image itself is on screen.
pub fn measure() {
    let folder = std::env::temp_dir().join(format!("semblance-bench-{}", std::process::id()));
    write_images(&folder);
    let (mut window, _) = Window::open(&folder);
    window.until(|app| app.session().root().is_some());
    window.app.send(Command::Rescan);
    window.until(|app| app.session().image_ids().len() == 8 && app.session().is_settled());
    window.until(|app| !app.session().is_loading());
    println!("{:<46} {:>10} {:>8}", "an image of 16 bits, on screen after", "ms", "frames");
    let measure = |window: &mut Window, name: &str, key: Key| {
        let began = Instant::now();
        let mut frames = 0;
        window.press(Modifiers::NONE, key, &mut Times::default());
        while window.longest_new_px <= LONGEST_THUMBNAIL_PX {
            frames += 1;
            window.frame(Vec::new(), &mut Times::default());
        }
        let ms = began.elapsed().as_secs_f64() * 1e3;
        println!("{name:<46} {ms:>10.1} {frames:>8}");
        window.until(|app| !app.session().is_loading());
        window.frames(30, &mut Times::default());
    };
    measure(&mut window, "6000 × 4000, not read before", Key::Enter);
    measure(&mut window, "1024 × 768, the next one", Key::ArrowRight);
    measure(&mut window, "6000 × 4000, the next one", Key::ArrowRight);
    measure(&mut window, "1024 × 768, not read before", Key::End);
    window.press(Modifiers::NONE, Key::Home, &mut Times::default());
    window.until(|app| !app.session().is_loading());
    drop(window);
    std::fs::remove_dir_all(&folder).unwrap();
}
