//! The grid of thumbnails: only the rows on screen are drawn, and loaded first.

mod anchor; // what stays where it is when something changes
mod cell;
mod empty;
mod foot; // the line below the cells
mod header;
mod layout;
mod loading; // which thumbnails to ask for
mod marks;
mod rubber_band;
mod scroll;

use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use egui::{
    FocusDirection, Id, PointerButton, Rect, Response, Sense, Ui, Vec2, accesskit,
    emath::GuiRounding as _, pos2, vec2,
};

use self::anchor::{Anchor, ShownBefore};
use self::cell::{Cell, PICTURE_ASPECT, caption_height, picture_width};
use self::empty::empty_ui;
use self::header::header_ui;
use self::layout::{HEADER_HEIGHT, Layout, Row, cell_size};
use self::loading::{OnScreen, missing};
use self::rubber_band::RubberBand;
use self::scroll::{BAR_WIDTH, Scroll};
use super::thumbnail_textures::ThumbnailTextures;
use super::tokens::GAP;
use crate::catalog::Grouping;
use crate::ops::{THUMBNAIL_SIZE_PX, THUMBNAIL_SIZES_PX};
use crate::session::{Command, Session};
use crate::settings::{Settings, THUMBNAIL_WIDTH_POINTS};

/// Height of the line below the cells.
const FOOT_HEIGHT: f32 = 26.0;
/// In less room than this there is nothing to be seen.
const LEAST_VIEW: Vec2 = vec2(BAR_WIDTH + 24.0, 1.0);
/// Rows loaded beyond the visible ones.
const ROWS_AHEAD: usize = 3;
/// So long the grid must have been still before files are read for sharper pictures, in seconds.
const REST: f64 = 0.15;

/// The grid's place.
pub(super) struct Grid {
    /// Width that is wished for a cell, in points.
    cell_width: f32,
    /// Width that was wished when last drawn.
    drawn_width: f32,
    layout: Layout,
    scroll: Scroll,
    band: RubberBand,
    /// What was drawn last, to find it again.
    before: ShownBefore,
    /// The cursor was moved: bring it into view.
    reveals_cursor: bool,
    /// When the cells last moved, on egui's clock.
    moved_at: f64,
    /// The cell that has the keyboard, reached by Tab or by a screen reader.
    focused: Option<Id>,
    /// An image was seen large that was opened from there: the keyboard comes back.
    returns_focus: bool,
}

impl Default for Grid {
    fn default() -> Self {
        let width = f32::from(Settings::default().thumbnail_width_points);
        Self {
            cell_width: width,
            drawn_width: width,
            layout: Layout::default(),
            scroll: Scroll::default(),
            band: RubberBand::default(),
            before: ShownBefore::default(),
            reveals_cursor: false,
            moved_at: f64::NEG_INFINITY,
            focused: None,
            returns_focus: false,
        }
    }
}

impl Grid {
    /// Images a row, as last drawn.
    pub(super) fn columns(&self) -> usize {
        self.layout.columns()
    }

    /// The image so many rows below this one, or above it where `rows` is negative.
    pub(super) fn rows_away(&self, position: usize, rows: isize) -> usize {
        self.layout.rows_away(position, rows)
    }

    /// The cell that had the keyboard when last drawn.
    pub(super) fn focused(&self) -> Option<Id> {
        self.focused
    }

    /// Width that is wished for a cell, in points.
    pub(super) fn cell_width(&self) -> f32 {
        self.cell_width
    }

    /// The image at the cursor takes the keyboard at the next drawing, unless something else has it.
    pub(super) fn return_focus(&mut self) {
        self.returns_focus = true;
    }

    /// Wishes for cells of this width, in points.
    pub(super) fn set_cell_width(&mut self, width: f32) {
        self.cell_width = clamped(width);
    }

    /// Makes cells larger by this factor; what is looked at stays where it is.
    pub(super) fn zoom(&mut self, factor: f32) {
        self.set_cell_width(self.cell_width * factor);
    }

    /// Forgets where one was: another library was opened.
    pub(super) fn clear(&mut self) {
        let cell_width = self.cell_width;
        *self = Self { cell_width, ..Self::default() };
    }

    /// Takes note of a command that moves the cursor, or shows other images.
    pub(super) fn follow(&mut self, command: &Command, session: &Session) {
        if let Command::ChangeSettings(changed) = command
            && changed.thumbnail_width_points != session.settings().thumbnail_width_points
        {
            self.set_cell_width(changed.thumbnail_width_points.into());
        }
        match command {
            Command::Move { .. } => self.reveals_cursor = true,
            // Of many images that are labelled at once, others are looked at.
            Command::SetCategory(_)
            | Command::SetNoneOfThese
            | Command::SetUnusable
            | Command::AcceptPrediction => {
                self.reveals_cursor |= session.selection().is_some_and(|it| it.len() == 1);
            }
            // In the grid, one looks where one looks.
            Command::ShowGrid => {
                let was_left = session.is_single() || session.is_comparing();
                self.reveals_cursor |= was_left;
                self.returns_focus |= was_left && self.focused.is_some();
            }
            Command::SetFilter(_)
            | Command::SetSort(_)
            | Command::SetGrouping(_)
            | Command::SetQuery(_)
            | Command::TryQuery(_)
            | Command::ShowSaved(_)
            | Command::ShowSimilar
            | Command::ShowNearDuplicates
            | Command::GroupUnlabelled => self.before.expect_other_images(),
            // It begins with its first image, also where it is the same list.
            Command::ShowQueue(_) => {
                self.before.expect_other_images();
                self.reveals_cursor = true;
            }
            Command::Select { position, .. } => self.before.expect_cursor(Some(*position)),
            Command::SelectMany { .. } => self.before.expect_cursor(None),
            _ => {}
        }
    }

    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        thumbnails: &mut ThumbnailTextures,
        commands: &mut Vec<Command>,
    ) {
        if session.image_ids().is_empty() {
            self.focused = None;
            empty_ui(ui, session, commands);
            return;
        }
        let (whole, ground) =
            ui.allocate_exact_size(ui.available_size(), Sense::CLICK | Sense::DRAG);
        let foot = Rect::from_min_max(pos2(whole.left(), whole.bottom() - FOOT_HEIGHT), whole.max);
        let view = Rect::from_min_max(whole.min, pos2(whole.right(), foot.top() - GAP / 2.0));
        if view.width() < LEAST_VIEW.x || view.height() < LEAST_VIEW.y {
            self.focused = None;
            return;
        }
        self.read_wheel(ui, view);
        let is_still = self.lay_out(ui, session, view);
        if !is_still {
            self.moved_at = ui.input(|input| input.time);
        }
        let mut inner = ui.new_child(egui::UiBuilder::new().max_rect(view).id_salt("cells"));
        inner.shrink_clip_rect(view.expand(GAP / 2.0));
        self.rows_ui(&inner, session, thumbnails, view, commands);
        let bar = Rect::from_min_max(pos2(view.right() - BAR_WIDTH, view.top()), view.max);
        let offset = self.scroll.offset();
        self.scroll.bar_ui(&inner, bar);
        self.band.update(
            &inner,
            (&ground, view),
            &self.layout,
            &mut self.scroll,
            session,
            commands,
        );
        if self.scroll.offset() != offset {
            self.before.moved_by(offset - self.scroll.offset());
            self.moved_at = ui.input(|input| input.time);
        }
        self.foot_ui(ui, foot, session);
    }

    /// Reads wheel and pinch over the cells: they scroll, and with Ctrl change the size.
    fn read_wheel(&mut self, ui: &Ui, view: Rect) {
        if !ui.rect_contains_pointer(view) {
            return;
        }
        let offset = self.scroll.offset();
        self.scroll.read_wheel(ui);
        self.before.moved_by(offset - self.scroll.offset());
        let pinch = ui.input(egui::InputState::zoom_delta);
        if pinch != 1.0 {
            self.zoom(pinch);
        }
    }

    /// Works out where everything is; what is looked at stays where it is on screen. False where
    /// cells have moved.
    fn lay_out(&mut self, ui: &Ui, session: &Session, view: Rect) -> bool {
        let images = session.image_ids();
        let cursor = session.selection().map_or(0, |selection| selection.cursor());
        let offset = self.scroll.offset();
        let mut pointed = None;
        if self.drawn_width != self.cell_width {
            let pointer = ui.input(|input| input.pointer.hover_pos());
            if let Some(pointer) = pointer.filter(|pointer| view.contains(*pointer)) {
                let (x, y) = (pointer.x - view.left(), f64::from(pointer.y - view.top()));
                pointed = Anchor::at_point(images, &self.layout, x, y, offset);
            }
            self.drawn_width = self.cell_width;
        }
        let width = view.width() - BAR_WIDTH;
        let columns = ((width + GAP) / (self.drawn_width + GAP)).floor().max(1.0) as usize;
        let cell_width = (width + GAP) / columns as f32 - GAP;
        let cell = cell_size(cell_width, PICTURE_ASPECT, caption_height(cell_width));
        let groups = session.groups();
        let list_number = session.list_number();
        let is_same = self.layout.has_cells(columns, cell)
            && (!self.before.has_other_list(list_number)
                || self.layout.is_of(images.len(), groups));
        if !is_same {
            self.layout = Layout::new(images.len(), groups, columns, cell);
        }
        let height = f64::from(view.height());
        let list = (list_number, images);
        let kept = self.before.kept(pointed, list, &self.layout, cursor, !is_same);
        self.scroll.set_heights(self.layout.height(), height);
        if let Some(wanted) = kept {
            self.scroll.scroll_to(wanted);
        }
        let is_moved_cursor =
            self.before.is_cursor_moved(list_number, cursor) && !self.band.is_drawn();
        if std::mem::take(&mut self.reveals_cursor) || is_moved_cursor {
            let (_, top) = self.layout.place(cursor);
            let bottom = top + f64::from(self.layout.cell().y);
            self.scroll.reveal(top - self.layout.header_above(cursor), bottom);
        }
        let offset_before = self.before.offset();
        self.before.remember(list, &self.layout, cursor, self.scroll.offset(), height);
        is_same && (offset_before - self.scroll.offset()).abs() < 0.01
    }

    fn rows_ui(
        &mut self,
        ui: &Ui,
        session: &Session,
        thumbnails: &mut ThumbnailTextures,
        view: Rect,
        commands: &mut Vec<Command>,
    ) {
        let (images, groups) = (session.image_ids(), session.groups());
        let grouping = session.view().map_or(Grouping::None, |view| view.grouping);
        let pixels_per_point = ui.ctx().pixels_per_point();
        let offset = self.scroll.offset();
        let rows = self.layout.visible(offset, offset + f64::from(view.height()));
        let size_px = self.thumbnail_size_px(pixels_per_point);
        let visible = positions_in(&rows);
        self.load(ui, session, thumbnails, visible.clone(), size_px);
        session.read_rows(images.get(visible.clone()).unwrap_or_default());
        let cell_size = self.layout.cell();
        let on_screen = |left: f32, top: f64, size: Vec2| {
            let min = view.min + vec2(left, (top - offset) as f32);
            Rect::from_min_size(min, size).round_to_pixels(pixels_per_point)
        };
        let cell_at = |position: usize, is_cursor: bool| {
            let image = images.get(position).copied()?;
            Some(Cell { image, position, size_px, is_cursor })
        };
        let cursor = session.selection().map(|selection| selection.cursor());
        let at_cursor = cursor.and_then(|position| cell_at(position, true));
        if let Some(cell) = &at_cursor {
            self.lead_focus(ui, cell);
        }
        self.focused = None;
        // Scrolled out of sight, it is what Tab reaches all the same.
        let unseen = at_cursor.filter(|cell| !visible.contains(&cell.position)).map(|cell| {
            let (column, top) = self.layout.place(cell.position);
            (cell, on_screen(self.layout.left(column), top, cell_size))
        });
        let (above, below) = match unseen {
            Some(unseen) if unseen.0.position < visible.start => (Some(unseen), None),
            unseen => (None, unseen),
        };
        if let Some((cell, rect)) = above {
            let response = cell.interact(ui, session, rect, session.row(cell.image).as_ref());
            self.follow_cell(&response, &cell, commands);
        }
        for row in rows {
            match row {
                Row::Header { group, positions, top } => {
                    let size = vec2(view.width() - BAR_WIDTH, HEADER_HEIGHT);
                    if let Some(group) = groups.get(group) {
                        let rect = on_screen(0.0, top, size);
                        header_ui(ui, rect, group, positions, grouping, commands);
                    }
                }
                Row::Cells { positions, top } => {
                    for (column, position) in positions.enumerate() {
                        let is_cursor = cursor == Some(position);
                        let Some(cell) = cell_at(position, is_cursor) else { break };
                        let rect = on_screen(self.layout.left(column), top, cell_size);
                        let response = cell.ui(ui, session, thumbnails, rect);
                        self.follow_cell(&response, &cell, commands);
                    }
                }
            }
        }
        if let Some((cell, rect)) = below {
            let response = cell.interact(ui, session, rect, session.row(cell.image).as_ref());
            self.follow_cell(&response, &cell, commands);
        }
    }

    /// Keeps the keyboard on the image at the cursor. For Tab the grid is one control, on which
    /// arrows move the cursor.
    fn lead_focus(&mut self, ui: &Ui, cursor: &Cell) {
        let focused = ui.memory(|memory| memory.focused());
        let id = cursor.id(ui);
        let returns = std::mem::take(&mut self.returns_focus) && focused.is_none();
        let is_led = focused.is_some() && focused == self.focused && focused != Some(id);
        if returns || is_led {
            ui.memory_mut(|memory| memory.request_focus(id));
        }
    }

    /// Takes note of the cell that has the keyboard, and does what a click on a cell means.
    fn follow_cell(&mut self, response: &Response, cell: &Cell, commands: &mut Vec<Command>) {
        if response.has_focus() {
            self.focused = Some(response.id);
            // Arrows move the cursor, not egui's focus to whatever is beside the cell.
            response.ctx.memory_mut(|memory| memory.move_focus(FocusDirection::None));
        }
        let is_wanted = wants_focus(response);
        if is_wanted && !cell.is_cursor {
            commands.push(Command::Select {
                position: cell.position,
                extend: false,
                toggle: false,
            });
            self.focused = Some(response.id);
            response.request_focus();
        }
        if is_wanted || response.gained_focus() {
            let offset = self.scroll.offset();
            let (_, top) = self.layout.place(cell.position);
            self.scroll.reveal(top, top + f64::from(self.layout.cell().y));
            self.before.moved_by(offset - self.scroll.offset());
            response.ctx.request_repaint();
        }
        select_on_click(response, cell.position, commands);
    }

    /// The size of thumbnails that has at least a pixel for each of the screen's.
    fn thumbnail_size_px(&self, pixels_per_point: f32) -> u32 {
        // Pictures fill their frames: of one that is wider than its frame, the sides are cut off.
        let wanted = picture_width(self.layout.cell().x) * pixels_per_point * 1.1;
        let sizes = THUMBNAIL_SIZES_PX;
        let fitting = sizes.into_iter().find(|size| *size as f32 >= wanted.floor());
        fitting.unwrap_or(sizes[sizes.len() - 1])
    }

    /// Asks for the thumbnails that are missing; for those that have to be made of the files once the
    /// grid is still.
    fn load(
        &self,
        ui: &Ui,
        session: &Session,
        thumbnails: &mut ThumbnailTextures,
        visible: Range<usize>,
        size_px: u32,
    ) {
        let still = ui.input(|input| input.time) - self.moved_at;
        let has_sharper = size_px > THUMBNAIL_SIZE_PX;
        if has_sharper && still < REST {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(REST - still.max(0.0)));
        }
        let (images, ahead) = (session.image_ids(), ROWS_AHEAD * self.columns());
        let on_screen = OnScreen { images, visible, ahead, size_px };
        let is_still = still >= REST;
        session.want_sized_thumbnails(missing(ui.ctx(), thumbnails, &on_screen, is_still));
    }
}

/// Positions of the images in these rows.
fn positions_in(rows: &[Row]) -> Range<usize> {
    let mut cells = rows.iter().filter_map(|row| match row {
        Row::Cells { positions, .. } => Some(positions),
        Row::Header { .. } => None,
    });
    let Some(first) = cells.next() else { return 0..0 };
    first.start..cells.next_back().unwrap_or(first).end
}

/// Whether a screen reader wants the keyboard to go to this cell.
fn wants_focus(response: &Response) -> bool {
    let action = accesskit::Action::Focus;
    response.ctx.input(|input| input.has_accesskit_action_request(response.id, action))
}

/// Selects by the pointer or by a screen reader. Space and Return, which egui takes for clicks on what
/// has the keyboard, have meanings of their own.
fn select_on_click(response: &Response, position: usize, commands: &mut Vec<Command>) {
    let action = accesskit::Action::Click;
    let is_told =
        response.ctx.input(|input| input.has_accesskit_action_request(response.id, action));
    if response.double_clicked() {
        commands.push(Command::ShowSingle);
    } else if is_told || response.clicked_by(PointerButton::Primary) {
        let modifiers = response.ctx.input(|input| input.modifiers);
        commands.push(Command::Select {
            position,
            extend: modifiers.shift,
            toggle: modifiers.command,
        });
    }
}

/// Narrowest and widest cells; they grow to fill the width.
fn cell_widths() -> RangeInclusive<f32> {
    let (least, most) = THUMBNAIL_WIDTH_POINTS.into_inner();
    f32::from(least)..=f32::from(most)
}

fn clamped(width: f32) -> f32 {
    let widths = cell_widths();
    width.clamp(*widths.start(), *widths.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_width_that_is_wished_again_and_again_stays_as_it_is_while_nothing_is_drawn() {
        let mut grid = Grid::default();
        for _ in 0..3 {
            grid.set_cell_width(200.0);
            assert_eq!(grid.cell_width(), 200.0);
        }
        grid.zoom(1.5);
        assert_eq!(grid.cell_width(), 300.0);
        grid.zoom(100.0);
        grid.zoom(0.5);
        assert_eq!(grid.cell_width(), 320.0, "half of the widest");
    }

    #[test]
    fn for_another_library_the_width_is_kept_and_nothing_else() {
        let mut grid = Grid::default();
        grid.set_cell_width(200.0);
        grid.scroll.set_heights(5000.0, 500.0);
        grid.scroll.scroll_to(700.0);
        grid.clear();
        assert_eq!((grid.cell_width(), grid.scroll.offset()), (200.0, 0.0));
    }
}
