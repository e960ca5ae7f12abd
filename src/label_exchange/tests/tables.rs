//! Tables as other programs write them.

use super::super::{LabelFileError, Place};
use super::{category, pair, pairs, read, shown_problems};

#[test]
fn all_columns_are_read_by_their_names_in_any_order() {
    let read = read(
        "labels.csv",
        "Labelled by,CATEGORY,filename,Second category,subcategory,Date,comment,width\n\
         AB,Tips,x/a.tif,Films,worn,2025-03-31T14:05:00Z,\"broken, twice\",12\n",
    )
    .unwrap();
    let record = &read.labels[0].record;
    assert_eq!(record.decision, category("Tips", Some("Films"), Some("worn")));
    assert_eq!(record.by.as_deref(), Some("AB"));
    assert_eq!(record.at.unwrap().to_string(), "2025-03-31T14:05:00Z");
    assert_eq!(record.note.as_deref(), Some("broken, twice"));
    assert_eq!(read.unused_columns, ["width"]);
    assert_eq!(read.problems, []);
}

#[test]
fn every_delimiter_and_encoding_gives_the_same_labels() {
    let wanted = [pair("x/Größe 5 µm.tif", "Tips")];
    let texts = [
        "path,category\r\nx\\Größe 5 µm.tif,Tips\r\n",
        "\u{feff}path;category\nx\\Größe 5 µm.tif;Tips",
        "path\tcategory\nx/Größe 5 µm.tif\tTips\n",
        "x/Größe 5 µm.tif,Tips\n",
    ];
    for text in texts {
        for name in ["labels.csv", "labels.tsv", "labels.txt"] {
            assert_eq!(pairs(&read(name, text).unwrap()), wanted, "{text}");
        }
    }
    let latin1 = b"path;category\r\nx\\Gr\xf6\xdfe 5 \xb5m.tif;Tips\r\n";
    assert_eq!(pairs(&read("labels.csv", latin1).unwrap()), wanted);
}

#[test]
fn rows_without_label_are_counted_and_blank_rows_are_not() {
    let read = read("labels.csv", "path,category\na.tif,\nb.tif,Tips\n,\n\nc.tif\n").unwrap();
    assert_eq!((read.labels.len(), read.without_label), (1, 2));
    assert_eq!(read.problems, []);
}

#[test]
fn a_problem_names_its_line_and_the_other_rows_are_read() {
    let read = read(
        "labels.csv",
        "path,category,note,at\r\n\
         a.tif,Tips,\"two\r\nlines\",\r\n\
         \r\n\
         ,Tips,,\r\n\
         b, c.tif,Tips,worn,2025-03-31\r\n\
         d.tif,Tips,,31.03.2025\r\n\
         e.tif,Powder,,\r\n",
    )
    .unwrap();
    let wanted = [
        "Line 5: no image is named".to_owned(),
        "Line 6: 5 cells, where the table has 4 columns".to_owned(),
        "Line 7: \"31.03.2025\" is not a time (such as 2025-03-31T14:05:00Z); the label is kept \
         without it"
            .to_owned(),
    ];
    assert_eq!(shown_problems(&read), wanted);
    assert_eq!(read.labels[0].place, Place::Line(2));
    assert_eq!(read.labels[0].record.note.as_deref(), Some("two\r\nlines"));
    assert_eq!(read.labels.last().unwrap().place, Place::Line(8));
}

#[test]
fn a_row_with_more_cells_than_columns_makes_no_label() {
    let read = read("labels.csv", "path,category\na, b.tif,Tips\nc.tif,Tips,,\n").unwrap();
    assert_eq!(shown_problems(&read), ["Line 2: 3 cells, where the table has 2 columns"]);
    assert_eq!(pairs(&read), [pair("c.tif", "Tips")]);
}

#[test]
fn a_quotation_mark_that_is_not_closed_is_told() {
    let read = read("labels.csv", "path,note\na.tif,x\nb.tif,\"y\nc.tif,z\nd.tif,w\n").unwrap();
    assert_eq!(read.labels.len(), 1);
    assert_eq!(
        shown_problems(&read),
        ["Line 3: a quotation mark is not closed; what follows could not be read"]
    );
}

#[test]
fn padding_of_an_aligned_table_belongs_to_no_cell() {
    let aligned = "category , path     , note\nTips     , a b.tif  , worn \n";
    let read_aligned = read("labels.csv", aligned).unwrap();
    assert_eq!(pairs(&read_aligned), [pair("a b.tif", "Tips")]);
    assert_eq!(read_aligned.labels[0].record.note.as_deref(), Some("worn"));
    let exact = read("labels.csv", "category,path\nTips, a.tif\n").unwrap();
    assert_eq!(pairs(&exact), [pair(" a.tif", "Tips")]);
}

#[test]
fn missing_columns_are_named_with_those_found() {
    let error = read("labels.csv", "path,width,height\na.tif,1,2\n").unwrap_err();
    let shown = error.to_string();
    assert!(shown.contains("found: path, width, height; needed: path, and one of category"));
    let error = read("labels.csv", "a\nb\n").unwrap_err();
    assert!(matches!(error, LabelFileError::NoUsableColumns { .. }), "{error}");
}

#[test]
fn an_empty_file_is_said_to_be_empty() {
    for text in ["", "\n\n", "\u{feff}"] {
        let error = read("labels.csv", text).unwrap_err();
        assert!(matches!(error, LabelFileError::Empty { .. }), "{error}");
    }
}

#[test]
fn a_table_of_names_only_has_no_labels() {
    assert_eq!(read("labels.csv", "path,category\n").unwrap().labels, []);
}

#[test]
fn any_bytes_are_read_or_refused_without_a_panic() {
    let mut state = 7_u32;
    for length in (0..400).step_by(5) {
        let mut bytes = b"path,category,at\n".to_vec();
        for _ in 0..length {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let likely = b"\"\",;\t\n\r\\\xef\xbb\xbf\xff{}[]a1";
            bytes.push(likely[(state >> 16) as usize % likely.len()]);
        }
        for start in [0, 17] {
            for name in ["labels.csv", "labels.json"] {
                drop(read(name, &bytes[start..]));
            }
        }
    }
}
