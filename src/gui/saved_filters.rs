//! The saved filters in the left panel: a click shows what one finds, another one everything.

use egui::{Color32, CornerRadius, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::sidebar::ROW_HEIGHT;
use super::text::{heading, one_line};
use super::tokens::{GAP, GROUP_GAP, RADIUS, Tokens};
use crate::catalog::SavedSearch;
use crate::query::Query;
use crate::session::{Command, Session};

/// Side of the control that removes, and of the cross in it.
const REMOVE: f32 = 20.0;
const CROSS: f32 = 8.0;

pub(super) fn saved_filters_ui(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    if session.saved_searches().is_empty() {
        return; // the star beside the search field says how to save one
    }
    ui.add_space(GROUP_GAP);
    heading(ui, "Saved filters");
    for saved in session.saved_searches() {
        row_ui(ui, session, saved, commands);
    }
}

fn row_ui(ui: &mut Ui, session: &Session, saved: &SavedSearch, commands: &mut Vec<Command>) {
    let tokens = Tokens::of(ui);
    let is_shown = session.is_shown(saved);
    let problem = session.problem_of_saved(saved);
    let (rect, row) =
        ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
    row.widget_info(|| {
        let label = format!("Saved filter {}", saved.name);
        WidgetInfo::selected(Role::Button, true, is_shown, label)
    });
    let center = pos2(rect.right() - GAP - REMOVE / 2.0, rect.center().y);
    let remove = (!session.is_read_only()).then(|| {
        let place = Rect::from_center_size(center, vec2(REMOVE, REMOVE));
        let remove = ui.interact(place, row.id.with("remove"), Sense::click());
        remove.widget_info(|| {
            let label = format!("Remove saved filter {}", saved.name);
            WidgetInfo::labeled(Role::Button, true, label)
        });
        remove.on_hover_text("Remove")
    });
    let is_touched = row.contains_pointer() || row.has_focus();
    let fill = match (is_shown, is_touched) {
        (true, _) => tokens.selected,
        (false, true) => tokens.control,
        (false, false) => Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, CornerRadius::same(RADIUS), fill);
    if let Some(remove) = &remove
        && (is_touched || remove.has_focus())
    {
        let color =
            if remove.hovered() || remove.has_focus() { tokens.text } else { tokens.text_weak };
        paint_cross(ui, center, color);
    }
    let color = if problem.is_some() { tokens.warning } else { tokens.text };
    let font = egui::TextStyle::Body.resolve(ui.style());
    let left = rect.left() + GAP;
    let room = center.x - REMOVE / 2.0 - left;
    let name = one_line(ui.painter(), saved.name.clone(), font, color, room);
    let top = rect.center().y - name.size().y / 2.0;
    ui.painter().galley(pos2(left, top), name, color);

    if remove.is_some_and(|remove| remove.clicked()) {
        commands.push(Command::RemoveSaved(saved.name.clone()));
    } else if row.clicked() {
        commands.push(match is_shown {
            true => Command::SetQuery(Query::default()),
            false => Command::ShowSaved(saved.name.clone()),
        });
    }
    row.on_hover_text(match problem {
        Some(problem) => format!("{}\n{problem}", saved.text),
        None => saved.text.clone(),
    });
}

fn paint_cross(ui: &Ui, center: egui::Pos2, color: Color32) {
    let arm = CROSS / 2.0;
    for turn in [1.0, -1.0] {
        let [from, to] = [vec2(-arm, -arm * turn), vec2(arm, arm * turn)];
        ui.painter().line_segment([center + from, center + to], Stroke::new(1.5, color));
    }
}
