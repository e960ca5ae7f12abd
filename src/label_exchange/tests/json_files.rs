//! JSON as other programs write it.

use super::super::{Decision, LabelFileError, Place};
use super::{category, pair, pairs, read, shown_problems};

#[test]
fn an_array_and_an_object_a_line_give_the_same_labels() {
    let wanted = [pair("x/a.tif", "Tips"), pair("b.tif", "7")];
    let array = r#"[{"path": "x\\a.tif", "category": "Tips"}, {"File": "b.tif", "label": 7}]"#;
    let lines = "{\"path\":\"x/a.tif\",\"category\":\"Tips\"}\n\n{\"file\":\"b.tif\",\"label\":7}";
    for name in ["labels.json", "labels.jsonl"] {
        let of_array = read(name, array).unwrap();
        assert_eq!(
            (pairs(&of_array), &of_array.labels[1].place),
            (wanted.to_vec(), &Place::Item(2))
        );
        let of_lines = read(name, lines).unwrap();
        assert_eq!(
            (pairs(&of_lines), &of_lines.labels[1].place),
            (wanted.to_vec(), &Place::Line(3))
        );
    }
}

#[test]
fn null_is_no_answer_and_flags_are_booleans() {
    let text =
        r#"{"path":"a.tif","category":null,"answer":"unusable","excluded":true,"width":[1]}"#;
    let read = read("labels.jsonl", text).unwrap();
    let record = &read.labels[0].record;
    assert_eq!((record.decision.clone(), record.excluded), (Some(Decision::Unusable), Some(true)));
    assert_eq!(read.unused_columns, ["width"]);
}

#[test]
fn a_bad_line_is_told_and_the_others_are_read() {
    let text = "{\"path\":\"a.tif\",\"category\":\"Tips\"}\n\
                {\"path\":\"b.tif\",\n\
                [1]\n\
                {\"path\":[],\"category\":\"Tips\"}\n\
                {\"category\":\"Tips\"}\n\
                {\"path\":\"c.tif\",\"category\":\"Tips\",\"second\":\"Films\"}\n";
    let read = read("labels.jsonl", text).unwrap();
    let wanted = [
        "Line 2: not JSON from character 16",
        "Line 3: not a JSON object",
        "Line 4: \"path\" is not a text",
        "Line 5: no image is named",
    ];
    assert_eq!(shown_problems(&read), wanted);
    assert_eq!(read.labels[1].record.decision, category("Tips", Some("Films"), None));
}

#[test]
fn an_object_that_says_nothing_is_counted() {
    let read = read("labels.json", r#"[{"path":"a.tif","category":""}, {}]"#).unwrap();
    assert_eq!((read.labels.len(), read.without_label, read.problems.len()), (0, 1, 0));
}

#[test]
fn nothing_at_all_is_no_labels() {
    for text in ["", "\n", "[]"] {
        assert_eq!(read("labels.json", text).unwrap().labels, []);
    }
}

#[test]
fn json_of_another_shape_is_refused() {
    let broken = read("labels.json", r#"[{"path":"a.tif"},"#).unwrap_err();
    assert!(matches!(broken, LabelFileError::NotJson { .. }), "{broken}");
    for text in ["{\n\"path\": \"a.tif\"\n}", "7", "path,category\n", &"[".repeat(100_000)] {
        let error = read("labels.json", text).unwrap_err();
        let is_refused =
            matches!(error, LabelFileError::NoObjects { .. } | LabelFileError::NotJson { .. });
        assert!(is_refused, "{error}");
    }
    let other = read("labels.json", r#"[{"width":1,"height":2}]"#).unwrap_err();
    assert!(other.to_string().contains("found: height, width"), "{other}");
}
