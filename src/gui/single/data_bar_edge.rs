//! The data bar's inner edges, which can be dragged.

use egui::{CursorIcon, Id, Key, Modifiers, Rect, Role, Sense, Ui, WidgetInfo};

use super::placement::Placement;
use crate::catalog::ImageId;
use crate::gui::data_bar_controls::{drag_bar, end_drag, pending_bar};
use crate::micrograph::DataBar;
use crate::session::Command;

/// How near the pointer must be, in points.
const REACH: f32 = 6.0;

/// Which of the two bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Edge {
    Top,
    Bottom,
}

/// Lets the inner edges of `bar` be dragged; where there is no bar, they are the image's own. The
/// bar is set when an edge is let go; Escape gives it up. Gives the bar as it would be, here or in
/// the fields.
pub(super) fn data_bar_edges_ui(
    ui: &Ui,
    image: ImageId,
    placement: &Placement,
    bar: DataBar,
    commands: &mut Vec<Command>,
) -> DataBar {
    let height_px = placement.size.y as u32;
    let mut is_dragged = false;
    for edge in [Edge::Bottom, Edge::Top] {
        let y = edge_row(edge, bar, height_px) as f32 * placement.points_per_px()
            + placement.target.top();
        let seen = placement.visible();
        let reach = Rect::from_x_y_ranges(seen.x_range(), y - REACH..=y + REACH);
        let reach = reach.intersect(placement.view);
        if !reach.is_positive() {
            continue;
        }
        let response = ui.interact(reach, Id::unique(("data bar edge", image, edge)), Sense::DRAG);
        let name = match edge {
            Edge::Top => "Edge of the data bar at the top",
            Edge::Bottom => "Edge of the data bar at the bottom",
        };
        response.widget_info(|| WidgetInfo::labeled(Role::Splitter, true, name));
        let response = response.on_hover_and_drag_cursor(CursorIcon::ResizeVertical);
        if let Some(by) = response.total_drag_delta() {
            is_dragged = true;
            drag_bar(ui, image, moved(bar, edge, by.y / placement.points_per_px(), height_px));
        }
    }
    let ended = if is_dragged { None } else { end_drag(ui, image) };
    let Some(dragged) = ended else { return pending_bar(ui, image).unwrap_or(bar) };
    let is_given_up = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
    if dragged == bar || is_given_up {
        return bar;
    }
    commands.push(Command::SetDataBar(Some(dragged)));
    dragged
}

/// The row at which the picture begins or ends.
fn edge_row(edge: Edge, bar: DataBar, height_px: u32) -> u32 {
    match edge {
        Edge::Top => bar.top,
        Edge::Bottom => height_px.saturating_sub(bar.bottom),
    }
}

/// The bar with one edge so many pixels further down; a row of the picture is always left.
fn moved(bar: DataBar, edge: Edge, down_px: f32, height_px: u32) -> DataBar {
    let row = (edge_row(edge, bar, height_px) as f32 + down_px).round().max(0.0) as u32;
    match edge {
        Edge::Top => {
            let most = height_px.saturating_sub(bar.bottom + 1);
            DataBar { top: row.min(most), ..bar }
        }
        Edge::Bottom => {
            let most = height_px.saturating_sub(bar.top + 1);
            DataBar { bottom: height_px.saturating_sub(row).min(most), ..bar }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_moves_by_whole_rows_and_leaves_one_of_the_picture() {
        let bar = DataBar { top: 10, bottom: 20 };
        let bottom = |down_px| moved(bar, Edge::Bottom, down_px, 100).bottom;
        assert_eq!([-5.4, 5.4, 500.0, -500.0].map(bottom), [25, 15, 0, 89]);
        let top = |down_px| moved(bar, Edge::Top, down_px, 100).top;
        assert_eq!([-5.4, 5.4, 500.0, -500.0].map(top), [5, 15, 79, 0]);
        assert_eq!(moved(DataBar::NONE, Edge::Bottom, -7.0, 100), DataBar::at_bottom(7));
    }
}
