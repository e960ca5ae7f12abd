//! The choice of groups, beside that of the order.

use egui::{ComboBox, Ui};

use super::toolbar::named_choice;
use crate::catalog::Grouping;
use crate::session::{Command, Session};

/// Enough for all of them.
const HEIGHT: f32 = 560.0;

/// Offers all groupings; the one in use is what is read on the closed menu.
pub(super) fn grouping_menu_ui(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let grouping = session.view().map_or(Grouping::None, |view| view.grouping);
    let combo = ComboBox::from_id_salt("grouping").selected_text(grouping.name()).height(HEIGHT);
    let combo = combo.show_ui(ui, |ui| {
        for choice in Grouping::ALL {
            if ui.selectable_label(choice == grouping, choice.name()).clicked() {
                commands.push(Command::SetGrouping(choice));
            }
        }
    });
    named_choice(combo.response, "Groups", grouping.name())
        .on_hover_text("Which images are shown together, under a header of their own");
}
