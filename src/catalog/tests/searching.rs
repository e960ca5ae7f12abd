//! Every field of the search language, against images where every answer is known.

use super::*;
use crate::query::{FIELDS, Field, Query, TextField};

/// | path         | record                                       | label          | scored       |
/// |--------------|----------------------------------------------|----------------|--------------|
/// | a/NW12_1.tif | Zeiss Sigma, 5 kV, 4.5012 mm, InLens, taken  | Tips/bent+Wires| Tips 0.9     |
/// | a/NW12_2.tif | FEI Nova, 10 kV, ETD                         | Wires (import) | Tips 0.6     |
/// | b/größe.tif  | nothing                                      | none of these  |              |
/// | b/plain.tif  | not read                                     |                | Films 0.4    |
fn library() -> Fixture {
    let fixture =
        Fixture::with_files(&["a/NW12_1.tif", "a/NW12_2.tif", "b/größe.tif", "b/plain.tif"]);
    let library = &fixture.library;
    let ids = library.ensure_categories(&["Tips".into(), "Wires".into()]).unwrap();
    let bent = library.add_category("bent", Some(ids[0]), "Ada").unwrap();
    let records = [
        (
            "a/NW12_1.tif",
            r#"{"vendor":"Zeiss","model":"Sigma 300","user":"guest","sample":"Series 12",
            "acquired_at":"2024-03-05T10:00:00","accelerating_voltage_kv":5.0,"magnification":50000.0,
            "working_distance_mm":4.5012,"pixel_size_nm":{"x":2.2,"y":2.2},"detector":"InLens",
            "signal":"SE"}"#,
        ),
        (
            "a/NW12_2.tif",
            r#"{"vendor":"FEI","model":"Nova NanoSEM 450","accelerating_voltage_kv":10.0,
            "working_distance_mm":9.0,"detector":"ETD","acquired_at":"2023-12-31T23:59:59+01:00"}"#,
        ),
        ("b/größe.tif", "{}"),
    ];
    for (path, json) in records {
        let reading = Reading { instrument_json: Some(json.into()), ..reading(path) };
        library.save_reading(fixture.image(path), &reading).unwrap();
    }
    let set = |path: &str, answer, second_category, by: &str, source| {
        let label = [(fixture.image(path), Some(LabelValue { answer, second_category }))];
        library.set_labels(&label, by, source).unwrap();
    };
    set("a/NW12_1.tif", Answer::Category(bent), Some(ids[1]), "Ada", LabelSource::Person);
    set("a/NW12_2.tif", Answer::Category(ids[1]), None, "Bob", LabelSource::Import);
    set("b/größe.tif", Answer::NoneOfThese, None, "Ada", LabelSource::AcceptedPrediction);
    let mark = Mark { note: Some("charging, 50%".into()), is_excluded: true, is_annotated: false };
    library.set_marks(&[(fixture.image("b/größe.tif"), mark)], "Ada", LabelSource::Person).unwrap();
    let scores = [
        ("a/NW12_1.tif", vec![0.9, 0.05, 0.05]),
        ("a/NW12_2.tif", vec![0.6, 0.2, 0.2]),
        ("b/plain.tif", vec![0.3, 0.3, 0.4]),
    ]
    .map(|(path, scores)| (fixture.image(path), scores));
    library.save_predictions(&model("m"), &scores).unwrap();
    fixture
}

/// Which of the four images: their numbers in the table.
fn found(fixture: &Fixture, query: &str) -> Vec<usize> {
    let view = View { query: Query::parse(query).unwrap(), ..View::default() };
    let order = ["a/NW12_1.tif", "a/NW12_2.tif", "b/größe.tif", "b/plain.tif"];
    let number = |id: ImageId| order.iter().position(|path| fixture.image(path) == id).unwrap() + 1;
    fixture.library.image_ids(&view).unwrap().into_iter().map(number).collect()
}

#[test]
fn each_field_finds_exactly_its_images() {
    let fixture = library();
    for (query, expected) in [
        ("", vec![1, 2, 3, 4]),
        ("category:tips", vec![1]),
        ("category:Tips,wires", vec![1, 2]),
        ("second:wires", vec![1]),
        ("subcategory:BENT", vec![1]),
        ("prediction:tips", vec![1, 2]),
        ("prediction:F*", vec![4]),
        ("score:<0.5", vec![4]),
        ("score:60%..", vec![1, 2]),
        ("uncertainty:>0.9", vec![4]),
        ("kv:5", vec![1]),
        ("kv:5..10", vec![1, 2]),
        ("kv:unknown", vec![3, 4]),
        ("wd:4.5", vec![1]),
        ("wd:>4.5", vec![1, 2]),
        ("wd:>5", vec![2]),
        ("mag:50k", vec![1]),
        ("pixel:2..3", vec![1]),
        ("detector:inlens", vec![1]),
        ("detector:*e*", vec![1, 2]),
        ("-detector:InLens", vec![2, 3, 4]),
        ("signal:SE", vec![1]),
        ("vendor:zeiss,fei", vec![1, 2]),
        ("vendor:unknown", vec![3, 4]),
        ("model:*nanosem*", vec![2]),
        ("user:guest", vec![1]),
        ("sample:\"series 12\"", vec![1]),
        ("date:2024", vec![1]),
        ("date:2024-03-05", vec![1]),
        ("date:<2024", vec![2]),
        ("folder:a", vec![1, 2]),
        ("folder:/b/", vec![3, 4]),
        ("name:nw12_?.tif", vec![]),
        ("name:nw12*", vec![1, 2]),
        ("name:GRÖSSE.tif", vec![]),
        ("name:GRÖßE.tif", vec![3]),
        ("note:*50%", vec![3]),
        ("by:ada", vec![1, 3]),
        ("source:import", vec![2]),
        ("labelled:2020", vec![]),
        ("labelled:>=2020", vec![1, 2, 3]),
        ("is:unlabelled", vec![4]),
        ("is:none-of-these", vec![3]),
        ("is:unusable", vec![]),
        ("is:excluded", vec![3]),
        ("is:annotated", vec![]),
        ("is:disagreement", vec![2]),
        ("is:unpredicted", vec![3]),
        ("has:metadata", vec![1, 2, 3]),
        ("has:second", vec![1]),
        ("has:subcategory", vec![1]),
        ("has:kv", vec![1, 2]),
        ("nw12", vec![1, 2]),
        ("charg", vec![3]),
        ("\"charg\"", vec![]),
        ("sigma", vec![1]),
        ("grosse", vec![]),
        ("große", vec![3]),
        ("!!!", vec![]),
        ("\"series 1\"", vec![]),
        ("%", vec![3]),
        ("folder:B", vec![3, 4]),
        ("folder:D:\\SEM\\b", vec![3, 4]),
        ("folder:/data/lib/a/", vec![1, 2]),
        ("folder:data/a", vec![]),
        ("near:A/nw12_1.TIF", vec![1]),
        ("kv:5 OR is:unlabelled", vec![1, 4]),
        ("is:labelled -by:Ada kv:>5", vec![2]),
        ("near:a/NW12_1.tif", vec![1]),
        ("near:nowhere.tif", vec![]),
    ] {
        assert_eq!(found(&fixture, query), expected, "{query}");
    }
}

#[test]
fn text_is_found_in_any_case_and_unicode_form_of_every_script() {
    let users = ["Müller", "MU\u{308}LLER", "müller", "Сергей", "сергей", "Žižka", "Ascii"];
    let paths: Vec<String> = (0..users.len()).map(|number| format!("{number}.tif")).collect();
    let fixture = Fixture::with_files(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    let [tips] = fixture.library.ensure_categories(&["Tips".into()]).unwrap()[..] else { panic!() };
    for (user, path) in users.iter().zip(&paths) {
        let json = serde_json::json!({ "user": user, "detector": "SE2" }).to_string();
        let reading = Reading { instrument_json: Some(json), ..reading(path) };
        fixture.library.save_reading(fixture.image(path), &reading).unwrap();
        let label = [(fixture.image(path), Some(value(tips)))];
        fixture.library.set_labels(&label, user, LabelSource::Person).unwrap();
    }
    let count = |query: &str| {
        let view = View { query: Query::parse(query).unwrap(), ..View::default() };
        fixture.library.image_ids(&view).unwrap().len()
    };
    for field in ["user", "by"] {
        for (wanted, images) in [
            ("müller", 3),
            ("MÜLLER", 3),
            ("mu\u{308}*", 3),
            ("*Ü*", 3),
            ("сергей", 2),
            ("СЕРГ*", 2),
            ("žižka", 1),
            ("ASCII", 1),
            ("*", 7),
            ("muller", 0),
        ] {
            assert_eq!(count(&format!("{field}:{wanted}")), images, "{field}:{wanted}");
        }
    }
    assert_eq!(fixture.library.people().unwrap().len(), 4);
    let groups =
        View { grouping: Grouping::Value(Field::Text(TextField::User)), ..View::default() };
    assert_eq!(fixture.library.shown(&groups).unwrap().groups.len(), 4);
}

#[test]
fn every_field_that_is_explained_can_be_asked_for() {
    let fixture = library();
    for field in FIELDS {
        found(&fixture, field.example);
    }
}

#[test]
fn what_is_searched_follows_every_change() {
    let fixture = library();
    let library = &fixture.library;
    let image = fixture.image("a/NW12_1.tif");
    library.set_marks(&[(image, Mark::default())], "Ada", LabelSource::Person).unwrap();
    let mark = Mark { note: Some("dusty".into()), ..Mark::default() };
    let entry = library.set_marks(&[(image, mark)], "Ada", LabelSource::Person).unwrap();
    assert_eq!(found(&fixture, "dusty"), [1]);
    library.undo(&entry, "Ada").unwrap();
    assert_eq!(found(&fixture, "dusty"), [0; 0]);

    let tips = library.category_tree().unwrap().find("Tips").unwrap();
    let rename = CategoryChange::Rename { category: tips, name: "Needles".into() };
    library.change_categories(&rename, "Ada").unwrap();
    assert_eq!(found(&fixture, "category:needles"), [1]);
    assert_eq!(found(&fixture, "category:tips"), [1], "its former name");
    assert_eq!(found(&fixture, "category:tip*"), [0; 0]);
    assert_eq!(found(&fixture, "prediction:needles"), [1, 2], "what the model calls Tips");
    assert_eq!(found(&fixture, "is:disagreement"), [2]);

    fs::rename(fixture.path("a"), fixture.path("moved")).unwrap();
    fixture.scan();
    let view = View { query: Query::parse("moved kv:5").unwrap(), ..View::default() };
    assert_eq!(library.image_ids(&view).unwrap(), [image]);
    fixture.write("moved/NW12_1.tif", "other content now");
    fixture.scan();
    assert_eq!(library.image_ids(&view).unwrap(), [], "what it recorded is not known any more");
}

#[test]
fn vanished_images_are_found_where_they_are_asked_for() {
    let fixture = library();
    let image = fixture.image("b/plain.tif");
    fs::remove_file(fixture.path("b/plain.tif")).unwrap();
    fixture.scan();
    let ids = |query: &str| {
        let view = View { query: Query::parse(query).unwrap(), ..View::default() };
        fixture.library.image_ids(&view).unwrap()
    };
    assert_eq!(ids("is:missing"), [image]);
    assert_eq!(ids("is:missing OR kv:5").len(), 2);
    assert_eq!(ids("prediction:films"), []);
    assert_eq!(ids("-is:missing").len(), 3);
}

/// Another program's changes are seen by one that only reads.
#[test]
fn a_second_program_sees_what_the_first_one_changes() {
    let fixture = library();
    let other = fixture.second_handle();
    assert!(other.is_read_only());
    assert_eq!(other.image_ids(&View::default()).unwrap().len(), 4);
    fixture.write("c.tif", "new");
    fixture.scan();
    assert_eq!(other.image_ids(&View::default()).unwrap().len(), 5);
}
