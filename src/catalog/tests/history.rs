//! Histories and the log of decisions speak in the names of then.

use super::*;

fn library() -> (Fixture, [CategoryId; 3]) {
    let fixture = Fixture::with_files(&["a.tif", "b.tif"]);
    let ids = ["Particles", "Powder", "Films"]
        .map(|name| fixture.library.add_category(name, None, "Cid").unwrap());
    (fixture, ids)
}

fn told(fixture: &Fixture, path: &str) -> Vec<String> {
    let words = |item: HistoryItem| {
        let said = item.said.unwrap_or_else(|| "no label".to_owned());
        let categories = item.categories.map_or_else(String::new, |words| format!(", {words}"));
        format!("{}: {said} ({}{categories})", item.by, item.source.as_str())
    };
    let history = fixture.library.history(fixture.image(path)).unwrap();
    history.into_iter().map(words).collect()
}

#[test]
fn history_has_the_names_of_then_and_what_became_of_them() {
    let (fixture, [particles, powder, films]) = library();
    let library = &fixture.library;
    fixture.label("b.tif", films);
    let value = Some(LabelValue::of(particles));
    library.set_labels(&[(fixture.image("a.tif"), value)], "Ada", LabelSource::Import).unwrap();
    let merge = CategoryChange::Merge { from: vec![particles], into: powder };
    let merged = library.change_categories(&merge, "Cid").unwrap().entry;
    let rename = CategoryChange::Rename { category: powder, name: "Grains".into() };
    library.change_categories(&rename, "Bob").unwrap();
    let renamed = library.next_undo().unwrap().unwrap();
    library.undo(&renamed, "Bob").unwrap();
    library.undo(&merged, "Cid").unwrap();
    let retire = CategoryChange::Retire(particles);
    library.change_categories(&retire, "Cid").unwrap();
    library.set_labels(&[(fixture.image("a.tif"), None)], "Ada", LabelSource::Person).unwrap();
    assert_eq!(
        told(&fixture, "a.tif"),
        [
            "Ada: Particles (import)",
            "Cid: Powder (person, Particles merged into Powder)",
            "Bob: Grains (person, Powder renamed Grains)",
            "Bob: Powder (undo, Powder renamed Grains)",
            "Cid: Particles (undo, Particles merged into Powder)",
            "Ada: no label (person)",
        ]
    );
    assert_eq!(told(&fixture, "b.tif"), ["Ada: Films (person)"]);
}

#[test]
fn the_log_lists_all_decisions_page_by_page_and_by_person_date_and_kind() {
    let (fixture, [particles, powder, _]) = library();
    let library = &fixture.library;
    let images =
        ["a.tif", "b.tif"].map(|path| (fixture.image(path), Some(LabelValue::of(particles))));
    library.set_labels(&images, "Ada", LabelSource::Import).unwrap();
    let note = Mark { note: Some("odd".into()), ..Mark::default() };
    library.set_marks(&[(fixture.image("b.tif"), note)], "bob", LabelSource::Person).unwrap();
    let merge = CategoryChange::Merge { from: vec![particles], into: powder };
    library.change_categories(&merge, "Cid").unwrap();
    let merged = library.next_undo().unwrap().unwrap();
    library.undo(&merged, "Ada").unwrap();

    let all = library.log(&LogFilter::default(), None, 100).unwrap();
    let kinds: Vec<&str> = all.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds, ["undo", "category", "note", "import", "category", "category", "category"]);
    assert_eq!(all[0].undoes, Some(merged));
    assert_eq!(all[0].categories, ["Particles merged into Powder"]);
    assert_eq!((all[3].images, all[3].first.as_deref()), (2, Some(Path::new("a.tif"))));
    assert_eq!(all[3].labels, [(Some("Particles".to_owned()), 2)]);

    let mut paged = Vec::new();
    while let page @ [_, ..] = library
        .log(&LogFilter::default(), paged.last().map(|it: &LogEntry| &it.entry), 2)
        .unwrap()
        .as_slice()
    {
        paged.extend_from_slice(page);
    }
    assert_eq!(paged, all);

    let filtered = |filter: LogFilter| library.log(&filter, None, 100).unwrap().len();
    let by = LogFilter { by: Some("BOB".into()), ..LogFilter::default() };
    assert_eq!(filtered(by), 1);
    let kinds = LogFilter { kinds: vec!["import".into(), "note".into()], ..LogFilter::default() };
    assert_eq!(filtered(kinds), 2);
    let since = LogFilter { since: Some(all[3].at), ..LogFilter::default() };
    let until = LogFilter { until: Some(all[3].at), ..LogFilter::default() };
    assert_eq!((filtered(since), filtered(until)), (4, 3));
}
