//! Sections, figures and tables.

use super::text::escape;

/// A part of the report with its own heading.
pub(super) struct Section {
    /// What a link goes to.
    pub id: &'static str,
    /// Plain text.
    pub heading: &'static str,
    /// HTML.
    pub body: String,
}

impl Section {
    pub(super) fn html(&self) -> String {
        format!(
            "<section id=\"{}\">\n<h2>{}</h2>\n{}</section>\n",
            self.id,
            escape(self.heading),
            self.body
        )
    }
}

/// A paragraph of HTML.
pub(super) fn paragraph(html: &str) -> String {
    format!("<p>{html}</p>\n")
}

/// A line that says what is missing and how to get it.
pub(super) fn missing(text: &str) -> String {
    format!("<p class=\"missing\">{}</p>\n", escape(text))
}

/// Figures side by side where there is room.
pub(super) fn figures(figures: &[String]) -> String {
    format!("<div class=\"figures\">\n{}</div>\n", figures.concat())
}

/// A plot with its heading and what to see in it. `legend` and `details` are HTML.
pub(super) fn figure(heading: &str, svg: &str, legend: &str, details: &str) -> String {
    format!(
        "<figure>\n<figcaption>{}</figcaption>\n{svg}{legend}{details}</figure>\n",
        escape(heading)
    )
}

/// The figure's numbers, folded away.
pub(super) fn numbers(table: &Table) -> String {
    format!(
        "<details>\n<summary>Numbers: {}</summary>\n{}</details>\n",
        escape(&table.caption),
        table.html()
    )
}

/// One cell of a table.
pub(super) enum Cell {
    /// Plain text, to the left.
    Text(String),
    /// A number, to the right.
    Number(String),
    /// HTML of ours.
    Html(String),
}

/// A table whose first column names the rows.
pub(super) struct Table {
    caption: String,
    heads: Vec<Cell>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// `heads` are the columns' headings: [`Cell::Number`] where the column holds numbers.
    pub(super) fn new(caption: &str, heads: Vec<Cell>) -> Self {
        Self { caption: caption.to_owned(), heads, rows: Vec::new() }
    }

    pub(super) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// The table within a box that scrolls sideways where the page is too narrow.
    pub(super) fn html(&self) -> String {
        let heads: String = self.heads.iter().map(|head| cell("th scope=\"col\"", head)).collect();
        let row = |cells: &Vec<Cell>| {
            let cells = cells.iter().enumerate().map(|(column, content)| {
                cell(if column == 0 { "th scope=\"row\"" } else { "td" }, content)
            });
            format!("<tr>{}</tr>\n", cells.collect::<String>())
        };
        format!(
            "<div class=\"scroll\"><table>\n<caption>{}</caption>\n<thead><tr>{heads}</tr></thead>\n\
             <tbody>\n{}</tbody>\n</table></div>\n",
            escape(&self.caption),
            self.rows.iter().map(row).collect::<String>()
        )
    }
}

fn cell(tag: &str, content: &Cell) -> String {
    let name = tag.split(' ').next().unwrap_or(tag);
    match content {
        Cell::Text(text) => format!("<{tag}>{}</{name}>", escape(text)),
        Cell::Number(text) => format!("<{tag} class=\"number\">{}</{name}>", escape(text)),
        Cell::Html(html) => format!("<{tag}>{html}</{name}>"),
    }
}

/// Shorthands for [`Cell`]s.
pub(super) fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

pub(super) fn number(text: impl Into<String>) -> Cell {
    Cell::Number(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_a_caption_and_named_rows_and_escape_text() {
        let mut table = Table::new("a < b", vec![text("Name"), number("Images")]);
        table.row(vec![text("<script>"), number("3")]);
        let html = table.html();
        assert!(html.contains("<caption>a &lt; b</caption>"));
        assert!(html.contains("<th scope=\"row\">&lt;script&gt;</th><td class=\"number\">3</td>"));
        assert!(html.contains("<th scope=\"col\" class=\"number\">Images</th>"));
    }
}
