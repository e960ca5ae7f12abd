//! The model and its data.

use super::super::html::Section;
use super::super::input::ReportInput;
use super::super::text::{count, escape};

pub(super) fn facts(report: &ReportInput) -> Section {
    let model = &report.model;
    let temperature = format!("{:.3}", report.evaluation.temperature);
    let facts = [
        ("Model", model.name.clone()),
        ("Backbone", model.backbone.clone()),
        ("Trained", model.trained_at.clone()),
        ("Program", version(&model.program_version)),
        ("Recipe", model.recipe.clone()),
        ("L2 penalty", model.l2.map_or_else(String::new, |l2| l2.to_string())),
        ("Temperature", temperature),
        ("Cross-entropy", format!("{:.3} nats", report.evaluation.cross_entropy)),
        ("Data", model.data.clone()),
        ("Measured on", report.measured_on.clone()),
    ];
    let items: String = facts
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("<dt>{name}</dt><dd>{}</dd>\n", escape(value)))
        .collect();
    let mut body = format!("<dl>\n{items}</dl>\n");
    if !model.images_per_category.is_empty() {
        let labelled = model.images_per_category.iter().map(|(category, images)| {
            format!("<li>{} <b>{}</b></li>\n", escape(category), count(*images))
        });
        body += &format!(
            "<h3>Labelled images by category</h3>\n<ul class=\"counts\">\n{}</ul>\n",
            labelled.collect::<String>()
        );
    }
    Section { id: "facts", heading: "Model and data", body }
}

fn version(version: &str) -> String {
    if version.is_empty() { String::new() } else { format!("Semblance {version}") }
}
