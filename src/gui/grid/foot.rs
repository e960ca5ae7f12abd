//! The line below the cells: where one is in the images, and how large they are.

use egui::{Rect, RichText, Slider, Ui};

use super::header::title_text;
use super::{Grid, cell_widths, positions_in};
use crate::catalog::Grouping;
use crate::gui::tokens::{Tokens, small};
use crate::session::Session;

impl Grid {
    /// Where one is in the images, and the size of the cells.
    pub(super) fn foot_ui(&mut self, ui: &mut Ui, foot: Rect, session: &Session) {
        let color = Tokens::of(ui).text_weak;
        let layout = egui::Layout::right_to_left(egui::Align::Center);
        let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(foot).layout(layout));
        let mut width = self.cell_width();
        ui.spacing_mut().slider_width = 120.0;
        let slider = Slider::new(&mut width, cell_widths()).show_value(false).logarithmic(true);
        let slider = ui.add(slider);
        let name = ui.label(RichText::new("Picture size").font(small()).color(color));
        let slider = slider.labelled_by(name.id).on_hover_text("Ctrl+wheel");
        if slider.changed() {
            self.set_cell_width(width);
            ui.ctx().request_repaint();
        }
        let offset = self.scroll.offset();
        let visible = positions_in(&self.layout.visible(offset, offset + self.scroll.view()));
        let count = session.image_ids().len();
        let mut text = match visible.len() {
            0 => format!("{count} images"),
            _ => format!("{} to {} of {count}", visible.start + 1, visible.end),
        };
        if let Some(group) = self.layout.group_of(visible.start)
            && let Some(group) = session.groups().get(group)
        {
            let grouping = session.view().map_or(Grouping::None, |view| view.grouping);
            text = format!("{} · {text}", title_text(group, grouping));
        }
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
            let text = RichText::new(text).font(small()).color(color);
            ui.add(egui::Label::new(text).truncate());
        });
    }
}
