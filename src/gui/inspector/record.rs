//! What the file says of how the image was made.

use egui::{Grid, Label, RichText, Sense, Ui};

use crate::gui::text::heading;
use crate::gui::tokens::{GAP, GROUP_GAP, Tokens};
use crate::micrograph::InstrumentRecord;
use crate::ops::{Fact, FactGroup, record_facts};

pub(super) fn record_ui(ui: &mut Ui, record: &InstrumentRecord) {
    let groups = record_facts(record);
    if groups.is_empty() {
        ui.add_space(GROUP_GAP);
        heading(ui, "Instrument");
        let text = "The file has no header of a known vendor";
        ui.label(RichText::new(text).color(Tokens::of(ui).text_weak));
    }
    for group in &groups {
        ui.add_space(GROUP_GAP);
        heading(ui, group.title);
        facts_ui(ui, group.title, &group.facts);
    }
    if !groups.is_empty() {
        ui.add_space(GAP);
        let copy = ui.button("Copy the record");
        if copy
            .on_hover_text("As text, a line for each value; a click on a value copies that alone")
            .clicked()
        {
            ui.ctx().copy_text(as_text(&groups));
        }
    }
    if !record.malformed.is_empty() {
        ui.add_space(GROUP_GAP);
        heading(ui, "Not understood");
    }
    for field in &record.malformed {
        let text = format!("{} = {}", field.raw_key, field.raw_value);
        ui.colored_label(Tokens::of(ui).warning, text);
    }
}

/// Names and values; a click on a value copies it.
pub(super) fn facts_ui(ui: &mut Ui, id: &str, facts: &[Fact]) {
    let color = Tokens::of(ui).text_weak;
    Grid::new(id)
        .num_columns(2)
        .spacing([GAP, 3.0])
        .min_col_width(104.0)
        .min_row_height(18.0)
        .show(ui, |ui| {
            for fact in facts {
                ui.label(RichText::new(fact.name).color(color));
                let value = Label::new(&fact.value).wrap().sense(Sense::click());
                let mut value = ui.add(value);
                if !fact.raw_key.is_empty() {
                    value = value.on_hover_text(&fact.raw_key);
                }
                if value.clicked() {
                    ui.ctx().copy_text(fact.value.clone());
                }
                ui.end_row();
            }
        });
}

/// A line for each value, its name and a tab before it, with a line between groups.
fn as_text(groups: &[FactGroup]) -> String {
    let group = |group: &FactGroup| {
        let line = |fact: &Fact| format!("{}\t{}\n", fact.name, fact.value);
        format!("{}\n{}", group.title, group.facts.iter().map(line).collect::<String>())
    };
    groups.iter().map(group).collect::<Vec<String>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copied_record_has_a_line_for_each_value() {
        let fact = |name, value: &str| Fact { name, value: value.to_owned(), raw_key: "k".into() };
        let beam = FactGroup { title: "Beam", facts: vec![fact("Voltage", "5 kV")] };
        let stage = FactGroup {
            title: "Stage",
            facts: vec![fact("Tilt", "0°"), fact("Working distance", "4.1 mm")],
        };
        assert_eq!(
            as_text(&[beam, stage]),
            "Beam\nVoltage\t5 kV\n\nStage\nTilt\t0°\nWorking distance\t4.1 mm\n"
        );
    }
}
