//! The grid of thumbnails: only the rows on screen are drawn, and loaded first.

use egui::{
    Align2, CornerRadius, Id, Rect, Response, RichText, Role, ScrollArea, Sense, Stroke,
    StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::category_chip::{answer_text, label_chips, paint_chip};
use super::sidebar::readable;
use super::thumbnail_textures::{Picture, ThumbnailTextures};
use super::tokens::{GAP, RADIUS, Tokens, category_color, small};
use crate::catalog::{Filter, ImageId, ImageRow};
use crate::query::Query;
use crate::session::{Command, Session, TaskKind};

/// Narrowest cell; cells grow to fill the width.
const LEAST_CELL_WIDTH: f32 = 160.0;
/// Height of a picture to its width.
const PICTURE_ASPECT: f32 = 0.75;
const CAPTION_HEIGHT: f32 = 40.0;
/// Rows loaded beyond the visible ones.
const ROWS_AHEAD: usize = 3;

/// The grid's place.
#[derive(Default)]
pub(super) struct Grid {
    columns: usize,
    /// The cursor was moved: bring it into view.
    reveal_cursor: bool,
    /// How far it was scrolled, and how high it was, when last drawn; in points.
    offset: f32,
    height: f32,
    /// The cell that has the keyboard, reached by Tab or by a screen reader.
    focused: Option<Id>,
}

impl Grid {
    /// Images a row, as last drawn.
    pub(super) fn columns(&self) -> usize {
        self.columns.max(1)
    }

    /// The cell that had the keyboard when last drawn.
    pub(super) fn focused(&self) -> Option<Id> {
        self.focused
    }

    /// Takes note of a command that moves the cursor.
    pub(super) fn follow(&mut self, command: &Command) {
        self.reveal_cursor |= matches!(
            command,
            Command::Move { .. }
                | Command::SetCategory(_)
                | Command::AcceptPrediction
                | Command::SetFilter(_)
                | Command::SetSort(_)
                | Command::SetQuery(_)
                | Command::ShowSaved(_)
                | Command::ShowGrid
        );
    }

    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        thumbnails: &mut ThumbnailTextures,
        commands: &mut Vec<Command>,
    ) {
        let images = session.image_ids();
        if images.is_empty() {
            empty_ui(ui, session, commands);
            return;
        }
        ui.spacing_mut().item_spacing = Vec2::splat(GAP);
        // The scroll bar floats over the margin, so that the layout never jumps.
        let width = ui.available_width() - GAP;
        self.columns = ((width + GAP) / (LEAST_CELL_WIDTH + GAP)).floor().max(1.0) as usize;
        let cell_width = (width + GAP) / self.columns as f32 - GAP;
        let cell = vec2(cell_width, cell_width * PICTURE_ASPECT + CAPTION_HEIGHT);
        let row_count = images.len().div_ceil(self.columns);

        let mut scroll = ScrollArea::vertical().auto_shrink(false);
        if std::mem::take(&mut self.reveal_cursor)
            && let Some(offset) = self.offset_that_reveals(session, cell.y + GAP)
        {
            scroll = scroll.vertical_scroll_offset(offset);
        }
        let output = scroll.show_rows(ui, cell.y, row_count, |ui, rows| {
            let first = rows.start * self.columns;
            let last = (rows.end * self.columns).min(images.len());
            self.load(session, thumbnails, first, last);
            for row in rows {
                ui.horizontal(|ui| {
                    let start = row * self.columns;
                    let end = (start + self.columns).min(images.len());
                    for position in start..end {
                        let image = images[position];
                        let response =
                            cell_ui(ui, session, thumbnails, cell, image, position, images.len());
                        if response.has_focus() {
                            self.focused = Some(response.id);
                        }
                        select_on_click(ui, &response, position, commands);
                    }
                });
            }
        });
        self.offset = output.state.clamped_offset().y;
        self.height = output.inner_rect.height();
    }

    /// The scroll offset that just brings the cursor's row into view; `None` where it is visible.
    fn offset_that_reveals(&self, session: &Session, row_height: f32) -> Option<f32> {
        let cursor = session.selection()?.cursor();
        let top = (cursor / self.columns) as f32 * row_height;
        if top < self.offset {
            Some(top)
        } else if top + row_height > self.offset + self.height {
            Some(top + row_height - self.height)
        } else {
            None
        }
    }

    /// Asks for the thumbnails that are missing: the visible ones first, then the next rows.
    fn load(
        &self,
        session: &Session,
        thumbnails: &mut ThumbnailTextures,
        first: usize,
        last: usize,
    ) {
        let images = session.image_ids();
        let ahead = ROWS_AHEAD * self.columns;
        let beyond = (last + ahead).min(images.len());
        let wanted = (first..beyond)
            .chain(first.saturating_sub(ahead)..first)
            .map(|position| images[position])
            .filter(|image| thumbnails.get(*image).is_none())
            .collect();
        session.want_thumbnails(wanted);
    }
}

fn select_on_click(ui: &Ui, response: &Response, position: usize, commands: &mut Vec<Command>) {
    if response.double_clicked() {
        commands.push(Command::ShowSingle);
    } else if response.clicked() {
        let modifiers = ui.input(|input| input.modifiers);
        commands.push(Command::Select {
            position,
            extend: modifiers.shift,
            toggle: modifiers.command,
        });
    }
}

fn cell_ui(
    ui: &mut Ui,
    session: &Session,
    thumbnails: &mut ThumbnailTextures,
    size: Vec2,
    image: ImageId,
    position: usize,
    count: usize,
) -> Response {
    let (_, rect) = ui.allocate_space(size);
    // The id is the image's, so that a click that began before a refresh ends on the same image.
    let response = ui.interact(rect, ui.scope_id().with(("image", image.0)), Sense::click());
    let row = session.row(image);
    let is_selected = session.selection().is_some_and(|selection| selection.contains(image));
    response.widget_info(|| {
        let name = accessible_name(session, row.as_ref(), position, count);
        WidgetInfo::selected(Role::Button, true, is_selected, name)
    });
    if ui.is_rect_visible(rect) {
        let is_cursor = session.current_image() == Some(image);
        paint_cell(ui, session, thumbnails, rect, image, row.as_ref(), is_selected, is_cursor);
        if response.hovered() && !is_selected {
            let line = Stroke::new(1.0, Tokens::of(ui).text_weak);
            ui.painter().rect_stroke(rect, CornerRadius::same(RADIUS), line, StrokeKind::Inside);
        }
    }
    response
}

/// Such as `Image 3 of 240, Nanowires`.
fn accessible_name(
    session: &Session,
    row: Option<&ImageRow>,
    position: usize,
    count: usize,
) -> String {
    let label = row.and_then(|row| row.label.as_ref());
    let state =
        label.map_or_else(|| "unlabelled".to_owned(), |label| answer_text(session, &label.value));
    format!("Image {} of {count}, {state}", position + 1)
}

#[expect(clippy::too_many_arguments, reason = "one cell's facts, used here alone")]
fn paint_cell(
    ui: &Ui,
    session: &Session,
    thumbnails: &mut ThumbnailTextures,
    rect: Rect,
    image: ImageId,
    row: Option<&ImageRow>,
    is_selected: bool,
    is_cursor: bool,
) {
    let tokens = Tokens::of(ui);
    let painter = ui.painter();
    let radius = CornerRadius::same(RADIUS);
    let fill = if is_selected { tokens.selected } else { tokens.panel };
    painter.rect_filled(rect, radius, fill);

    let picture_height = rect.height() - CAPTION_HEIGHT;
    let frame = Rect::from_min_size(rect.min, vec2(rect.width(), picture_height)).shrink(4.0);
    painter.rect_filled(frame, CornerRadius::same(2), tokens.control);
    match thumbnails.get(image) {
        Some(Picture::Texture(texture)) => {
            let [width, height] = texture.size();
            let full = vec2(width as f32, height as f32);
            // Fill the frame, cutting off what sticks out: a grid of like cells is easier to scan.
            let scale = (frame.width() / full.x).max(frame.height() / full.y);
            let seen = vec2(frame.width() / (full.x * scale), frame.height() / (full.y * scale));
            let uv = Rect::from_center_size(pos2(0.5, 0.5), seen);
            painter.image(texture.id(), frame, uv, egui::Color32::WHITE);
        }
        Some(Picture::Unreadable) => {
            let font = egui::TextStyle::Body.resolve(ui.style());
            let text = "Cannot be read";
            painter.text(frame.center(), Align2::CENTER_CENTER, text, font, tokens.error);
        }
        None => {}
    }
    if is_cursor {
        let line = Stroke::new(2.0, tokens.accent);
        painter.rect_stroke(rect, radius, line, StrokeKind::Inside);
    }
    if let Some(row) = row {
        paint_caption(ui, session, rect, frame, row);
    }
}

/// The label on the picture; below it the file's name, and the best prediction with its score.
fn paint_caption(ui: &Ui, session: &Session, rect: Rect, frame: Rect, row: &ImageRow) {
    let tokens = Tokens::of(ui);
    let painter = ui.painter();
    if let Some(label) = &row.label {
        let mut at = frame.min + vec2(4.0, 4.0);
        for (text, color) in label_chips(ui, session, &label.value) {
            let room = frame.right() - at.x - 4.0;
            at.x = paint_chip(painter, at, &text, color, room).right() + 4.0;
        }
    }
    let left = rect.left() + GAP;
    let width = rect.width() - 2.0 * GAP;
    let line = |text: String, color, width| {
        let mut job = egui::text::LayoutJob::simple_singleline(text, small(), color);
        job.wrap = egui::text::TextWrapping::truncate_at_width(width);
        painter.layout_job(job)
    };
    let name = row.relative_path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = line(name.unwrap_or_default(), tokens.text, width);
    painter.galley(pos2(left, frame.bottom() + 6.0), name, tokens.text);

    let bottom = rect.bottom() - 6.0;
    let Some((category, score)) = &row.top else { return };
    let percent = format!("{:.0} %", score * 100.0);
    let percent = painter.text(
        pos2(rect.right() - GAP, bottom),
        Align2::RIGHT_BOTTOM,
        percent,
        small(),
        tokens.text_weak,
    );
    let color = session.category_named(category).map_or(tokens.accent, |c| category_color(c.color));
    let dot = Rect::from_center_size(pos2(left + 4.0, percent.center().y), vec2(8.0, 8.0));
    painter.rect_filled(dot, CornerRadius::same(2), color);
    let room = percent.left() - GAP - (dot.right() + 6.0);
    let text = line(readable(category), tokens.text_weak, room.max(8.0));
    let top = percent.center().y - text.size().y / 2.0;
    painter.galley(pos2(dot.right() + 6.0, top), text, tokens.text_weak);
}

/// Why there is nothing, and what to do about it.
fn empty_ui(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let (Some(view), Some(counts)) = (session.view(), session.counts()) else { return };
    let is_scanning = session.is_running(TaskKind::Files);
    let (text, remedy) = if counts.images == 0 && is_scanning {
        ("Looking for images…", None)
    } else if counts.images == 0 {
        (
            "There are no TIFF, PNG, JPEG or BMP images in this folder",
            Some(("Look again", Command::Rescan)),
        )
    } else if !view.query.terms().is_empty() {
        ("No image is like this", Some(("Clear the search", Command::SetQuery(Query::default()))))
    } else {
        let text = match view.filter {
            Filter::Unlabelled => "Every image has a label",
            Filter::Unreadable => "No file has a problem",
            Filter::Category(_) => "No image has this category yet: select one and press its key",
            _ => "There are no such images",
        };
        (text, Some(("Show all images", Command::SetFilter(Filter::All))))
    };
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.35);
        ui.label(RichText::new(text).heading());
        ui.add_space(GAP);
        if let Some((label, command)) = remedy
            && ui.button(label).clicked()
        {
            commands.push(command);
        }
    });
}
