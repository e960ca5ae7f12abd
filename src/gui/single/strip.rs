//! Below the single image: what was taken before and after it. A person knows a sample from what is
//! around it.

use egui::{
    Align2, CornerRadius, Painter, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2,
    vec2,
};

use super::time_text::{later_text, later_words};
use crate::catalog::{ImageId, ImageRow, TakenImage};
use crate::gui::category_chip::{label_chips, label_words};
use crate::gui::text::one_line;
use crate::gui::thumbnail_textures::{Picture, ThumbnailTextures};
use crate::gui::tokens::{GAP, RADIUS, Tokens, small};
use crate::session::{Command, NoticeLevel, Session};

/// The current image has the middle one.
const SLOTS: usize = 7;
const SLOT_WIDTH: f32 = 104.0;
const PICTURE_HEIGHT: f32 = 66.0;
const TEXT_HEIGHT: f32 = 16.0;
const DOT_RADIUS: f32 = 4.0;
/// With fewer points, the image and the strip together would both be too small.
const LEAST_HEIGHT: f32 = 260.0;

/// Whether the strip is shown.
pub(super) struct Strip {
    is_shown: bool,
}

impl Default for Strip {
    fn default() -> Self {
        Self { is_shown: true }
    }
}

impl Strip {
    /// Shows or hides it.
    pub(super) fn toggle(&mut self) {
        self.is_shown = !self.is_shown;
    }

    /// Whether it is shown.
    pub(super) fn is_shown(&self) -> bool {
        self.is_shown
    }

    /// Height that it takes from the image, of `available` points: where there are few, none.
    pub(super) fn height(&self, available: f32) -> f32 {
        let has_room = self.is_shown && available >= LEAST_HEIGHT;
        if has_room { PICTURE_HEIGHT + TEXT_HEIGHT + GAP } else { 0.0 }
    }

    /// The images whose thumbnails it shows.
    pub(super) fn images(&self, session: &Session, image: ImageId) -> Vec<ImageId> {
        if !self.is_shown {
            return Vec::new();
        }
        session.taken_around(image).into_iter().map(|taken| taken.id).collect()
    }

    /// The strip around `image`, whose place is always the same.
    pub(super) fn ui(
        &self,
        ui: &mut Ui,
        session: &Session,
        image: ImageId,
        thumbnails: &mut ThumbnailTextures,
        commands: &mut Vec<Command>,
    ) {
        let size = vec2(ui.available_width(), PICTURE_HEIGHT + TEXT_HEIGHT);
        let (strip, _) = ui.allocate_exact_size(size, Sense::hover());
        let around = session.taken_around(image);
        let Some(middle) = around.iter().position(|taken| taken.id == image) else { return };
        let width = (strip.width() / SLOTS as f32).min(SLOT_WIDTH);
        for (index, taken) in around.iter().enumerate() {
            let steps = index as f32 - middle as f32;
            let center = pos2(strip.center().x + steps * width, strip.center().y);
            let slot = Rect::from_center_size(center, vec2(width - GAP, strip.height()));
            self.slot_ui(ui, slot, session, *taken, steps, thumbnails, commands);
        }
        if around.len() == 1 {
            let at = strip.left_center();
            let text = "Nothing else of this session is known";
            let color = Tokens::of(ui).text_weak;
            ui.painter_at(strip.with_max_x(strip.center().x - width / 2.0)).text(
                at,
                Align2::LEFT_CENTER,
                text,
                small(),
                color,
            );
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what a slot shows")]
    fn slot_ui(
        &self,
        ui: &Ui,
        slot: Rect,
        session: &Session,
        taken: TakenImage,
        steps: f32,
        thumbnails: &mut ThumbnailTextures,
        commands: &mut Vec<Command>,
    ) {
        let Some(row) = session.row(taken.id) else { return };
        let is_current = steps == 0.0;
        let response = ui.interact(slot, ui.scope_id().with(("taken", taken.id)), Sense::click());
        let name = slot_name(session, &row, taken, steps);
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_current, &name));
        let tokens = Tokens::of(ui);
        let painter = ui.painter();
        let picture = slot.with_max_y(slot.top() + PICTURE_HEIGHT);
        painter.rect_filled(picture, CornerRadius::same(RADIUS), tokens.control);
        if let Some(Picture::Texture(texture)) = thumbnails.get(taken.id) {
            paint_fitted(painter, picture, texture);
        }
        let outline = match (is_current, response.hovered() || response.has_focus()) {
            (true, _) => Some(Stroke::new(2.0, tokens.accent)),
            (false, true) => Some(Stroke::new(1.0, tokens.text_weak)),
            (false, false) => None,
        };
        if let Some(stroke) = outline {
            let radius = CornerRadius::same(RADIUS);
            painter.rect_stroke(picture, radius, stroke, StrokeKind::Inside);
        }
        if let Some(label) = &row.label {
            let mut at = picture.left_bottom() + vec2(GAP, -GAP);
            for (_, color) in label_chips(ui, session, &label.value) {
                painter.circle(at, DOT_RADIUS, color, Stroke::new(1.0, tokens.background));
                at.x += 3.0 * DOT_RADIUS;
            }
        }
        let text = match taken.seconds {
            _ if is_current => "This image".to_owned(),
            Some(seconds) => later_text(seconds),
            None => row.relative_path.file_name().unwrap_or_default().display().to_string(),
        };
        let color = if is_current { tokens.text } else { tokens.text_weak };
        let galley = one_line(painter, text, small(), color, slot.width());
        let at = pos2(slot.center().x - galley.size().x / 2.0, picture.bottom() + 2.0);
        painter.galley(at, galley, color);
        if response.clicked() && !is_current {
            commands.push(go_to(session, &row));
        }
    }
}

/// What a screen reader says of an image in the strip.
fn slot_name(session: &Session, row: &ImageRow, taken: TakenImage, steps: f32) -> String {
    let name = row.relative_path.file_name().unwrap_or_default().display().to_string();
    let when = match taken.seconds {
        _ if steps == 0.0 => "this image".to_owned(),
        Some(seconds) => format!("taken {}", later_words(seconds)),
        None if steps < 0.0 => "before it by name".to_owned(),
        None => "after it by name".to_owned(),
    };
    format!("In the session: {name}, {when}, {}", label_words(session, row))
}

/// To the image, where it is among those that are shown.
fn go_to(session: &Session, row: &ImageRow) -> Command {
    let position = session.image_ids().iter().position(|shown| *shown == row.id);
    match position {
        Some(position) => Command::Select { position, extend: false, toggle: false },
        None => {
            let path = row.relative_path.display();
            let text = format!("The filter leaves out this image: {path}");
            Command::Tell(NoticeLevel::Info, text)
        }
    }
}

fn paint_fitted(painter: &Painter, area: Rect, texture: &egui::TextureHandle) {
    let size = texture.size_vec2();
    let scale = (area.width() / size.x).min(area.height() / size.y);
    let rect = Rect::from_center_size(area.center(), size * scale);
    let all = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    painter.image(texture.id(), rect, all, egui::Color32::WHITE);
}
