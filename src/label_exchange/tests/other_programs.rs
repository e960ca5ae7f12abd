//! Tables and JSON as Excel, Label Studio and EcoTaxa write them.

use std::path::PathBuf;

use super::super::{Decision, LabelRecord, Place, TableStyle, write_table};
use super::{category, pair, pairs, read, shown_problems};

fn two() -> [(String, String); 2] {
    [pair("a.tif", "Tips"), pair("b.tif", "Powder")]
}

#[test]
fn what_excel_does_to_a_table_changes_no_label() {
    for table in [
        "sep=;\r\npath;category\r\na.tif;Tips\r\nb.tif;Powder\r\n",
        "\u{feff}sep=;\r\npath;category\r\na.tif;Tips\r\nb.tif;Powder\r\n",
        "sep=,\r\npath,category\r\na.tif,Tips\r\nb.tif,Powder\r\n",
        "\"sep=\t\"\npath\tcategory\na.tif\tTips\nb.tif\tPowder\n",
        "path,category,,\r\na.tif,Tips,,\r\nb.tif,Powder,,\r\n,,,\r\n,,,\r\n",
        ",path,category\n0,a.tif,Tips\n1,b.tif,Powder\n",
        "path,category\ra.tif,Tips\rb.tif,Powder\r",
        "Labels of run 7;;\n;;\npath;category;\na.tif;Tips;\nb.tif;Powder;\n",
        "path|category\na.tif|Tips\nb.tif|Powder\n",
        "path,category\na.tif,Tips\npath,category\nb.tif,Powder\n",
        "sep=;\na.tif;Tips\nb.tif;Powder\n",
        "\"\u{feff}path\",category\na.tif,Tips\nb.tif,Powder\n",
    ] {
        for text in [table.to_owned(), table.replace("\r\n", "\n")] {
            let read = read("labels.csv", &text).unwrap();
            assert_eq!(pairs(&read), two(), "{text:?}");
            assert_eq!(read.problems, [], "{text:?}");
        }
    }
}

#[test]
fn lines_are_counted_from_the_first_of_the_file() {
    let text = "sep=;\r\nRun 7;;\r\n\r\npath;category;at\r\na.tif;Tips;\r\nb.tif;Tips;soon\r\n";
    let read = read("labels.csv", text).unwrap();
    assert_eq!(read.labels[0].place, Place::Line(5));
    assert_eq!(read.problems[0].place, Place::Line(6));
}

#[test]
fn a_table_for_a_spreadsheet_reads_back_equal() {
    let record = |path: &str, note: &str| LabelRecord {
        path: PathBuf::from(path),
        decision: category("-dash", Some("@home"), None),
        note: Some(note.to_owned()),
        by: Some("+49".to_owned()),
        ..LabelRecord::default()
    };
    let records = [
        record("a.tif", "=1+1"),
        record("=SUM(A1).tif", "'=1+1"),
        record("'a'.tif", "Ä, \"µ\"\r\n;"),
    ];
    for has_semicolons in [false, true] {
        let mut table = Vec::new();
        let style = TableStyle { is_for_spreadsheet: true, has_semicolons };
        write_table(&mut table, style, &records).unwrap();
        let text = String::from_utf8(table.clone()).unwrap();
        assert!(text.starts_with('\u{feff}'), "{text}");
        assert!(text.contains("'=1+1") && text.contains("'-dash"), "{text}");
        let read = read("labels.csv", &table).unwrap();
        let found: Vec<LabelRecord> = read.labels.into_iter().map(|label| label.record).collect();
        assert_eq!((found, read.problems), (records.to_vec(), vec![]));
    }
}

#[test]
fn label_studios_tables_have_choices_of_one_or_two() {
    let text = "image,id,choice,annotator,created_at,lead_time\n\
        a.tif,1,Tips,7,2025-01-02T03:04:05.000000Z,4.1\n\
        b.tif,2,\"{\"\"choices\"\":[\"\"Powder\"\",\"\"Films\"\"]}\",7,,2\n\
        c.tif,3,\"{\"\"choices\"\":[\"\"A\"\",\"\"B\"\",\"\"C\"\"]}\",7,,2\n";
    let read = read("labels.csv", text).unwrap();
    assert_eq!(pairs(&read), two());
    assert_eq!(read.labels[1].record.decision, category("Powder", Some("Films"), None));
    assert_eq!(read.labels[0].record.at.unwrap().to_string(), "2025-01-02T03:04:05Z");
    let [problem] = &shown_problems(&read)[..] else { panic!("{:?}", read.problems) };
    assert!(problem.starts_with("Line 4: several categories (A, B, C)"), "{problem}");
}

#[test]
fn label_studios_json_has_what_each_person_chose() {
    let choice = |name: &str| {
        format!(
            r#"{{"completed_by":{{"email":"ada@x.org"}},"created_at":"2025-01-02T03:04:05Z",
                "result":[{{"type":"choices","value":{{"choices":["{name}"]}}}}]}}"#
        )
    };
    let text = format!(
        r#"[{{"id":1,"data":{{"image":"a.tif"}},"annotations":[{}]}},
            {{"id":2,"data":{{"$undefined$":"b.tif"}},"annotations":[{},
                {{"was_cancelled":true,"result":[]}}]}},
            {{"id":3,"data":{{"image":"c.tif"}},"annotations":[]}},
            {{"id":4,"data":{{"image":"d.tif"}},"annotations":[
                {{"result":[{{"type":"rectanglelabels","value":{{"rectanglelabels":["A"]}}}}]}}]}},
            {{"id":5,"data":{{}},"annotations":[]}}]"#,
        choice("Tips"),
        choice("Powder")
    );
    let read = read("labels.json", &text).unwrap();
    assert_eq!(pairs(&read), two());
    assert_eq!(read.labels[0].record.by.as_deref(), Some("ada@x.org"));
    assert_eq!(read.without_label, 1);
    let problems = shown_problems(&read);
    assert!(
        problems[0].contains("Item 4") && problems[0].contains("rectanglelabels"),
        "{problems:?}"
    );
    assert_eq!(problems[1], "Item 5: no image is named");
}

#[test]
fn label_studios_short_json_has_a_choice_or_a_list_of_them() {
    let text = r#"[{"image":"a.tif","id":2,"choice":"Tips"},
                   {"image":"b.tif","id":3,"choice":{"choices":["Powder","Films"]}},
                   {"image":"c.tif","id":4,"choice":["A","B","C"]},
                   {"image":"d.tif","id":5,"choice":[1]}]"#;
    let read = read("labels.json", text).unwrap();
    assert_eq!(pairs(&read), two());
    assert_eq!(read.labels[1].record.decision, category("Powder", Some("Films"), None));
    let problems = shown_problems(&read);
    assert!(problems[0].starts_with("Item 3: several categories (A, B, C)"), "{problems:?}");
    assert_eq!(problems[1], "Item 4: \"choice\" is not a text");
}

#[test]
fn ecotaxas_line_of_kinds_is_no_image() {
    let text = "img_file_name\tobject_id\tobject_annotation_category\tobject_lat\n\
                [t]\t[t]\t[t]\t[f]\n\
                a.tif\ta\tTips\t1.5\n\
                b.tif\tb\tPowder\t2\n";
    let read = read("ecotaxa.tsv", text).unwrap();
    assert_eq!((pairs(&read), read.problems.len()), (two().to_vec(), 0));
}

#[test]
fn a_column_for_each_category_has_a_one_where_an_image_belongs() {
    let text = "filename, Tips, Powder\na.tif, 1, 0\nb.tif, 0, 1\nc.tif, 0, 0\nd.tif, 1, 1\n";
    let read = read("labels.csv", text).unwrap();
    assert_eq!((pairs(&read), read.without_label), (two().to_vec(), 1));
    let problems = shown_problems(&read);
    assert!(problems[0].starts_with("Line 5: several categories (Tips, Powder)"), "{problems:?}");
}

#[test]
fn columns_of_numbers_are_no_categories() {
    for text in ["filename,width,height\na.tif,1,2\n", "filename,flag\na.tif,1\n"] {
        let error = read("labels.csv", text).unwrap_err().to_string();
        assert!(error.contains("found: filename"), "{error}");
    }
}

#[test]
fn names_that_other_programs_take_for_nothing_are_names() {
    let names = ["null", "None", "NaN", "true", "0", "1.0", "C++", "=SUM(A1)", "'quoted'"];
    let rows: String = names.iter().map(|name| format!("{name}.tif,{name}\n")).collect();
    let read = read("labels.csv", format!("path,category\n{rows}")).unwrap();
    let found = read.labels.iter().map(|label| label.record.decision.as_ref());
    let found: Vec<&str> = found
        .map(|decision| decision.and_then(Decision::choice).unwrap().category.as_str())
        .collect();
    assert_eq!(found, names);
}
