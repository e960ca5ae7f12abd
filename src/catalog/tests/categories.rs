//! Categories change, and no label is touched or lost.

use super::*;
use crate::taxonomy::{CategoryName, Rgb};

struct Curated {
    fixture: Fixture,
    ids: Vec<CategoryId>,
}

/// a.tif and b.tif show Tips, c.tif Cantilevers, d.tif Films and Tips too.
fn library() -> Curated {
    let fixture = Fixture::with_files(&["a.tif", "b.tif", "c.tif", "d.tif"]);
    let names = ["Tips", "Cantilevers", "Films"].map(String::from);
    let ids = fixture.library.ensure_categories(&names).unwrap();
    for (path, at) in [("a.tif", 0), ("b.tif", 0), ("c.tif", 1)] {
        fixture.label(path, ids[at]);
    }
    let both = LabelValue { answer: Answer::Category(ids[2]), second_category: Some(ids[0]) };
    let labels = [(fixture.image("d.tif"), Some(both))];
    fixture.library.set_labels(&labels, "Ada", LabelSource::Person).unwrap();
    Curated { fixture, ids }
}

impl Curated {
    fn change(&self, change: CategoryChange) -> Result<CategoryChanged, CatalogError> {
        self.fixture.library.change_categories(&change, "Cid")
    }

    /// What each label says, such as `a.tif: Tips/bent`.
    fn labels(&self) -> Vec<String> {
        let said = |named: NamedLabel| {
            let CategoryName { category, subcategory } = named.name.unwrap();
            let sub = subcategory.map_or_else(String::new, |sub| format!("/{sub}"));
            let second =
                named.second_category.map_or_else(String::new, |name| format!(" + {name}"));
            format!("{}: {category}{sub}{second}", named.relative_path.display())
        };
        self.fixture.library.named_labels().unwrap().into_iter().map(said).collect()
    }

    fn label_rows(&self) -> Vec<(i64, Option<i64>, Option<i64>, String)> {
        let connection = self.fixture.raw_connection();
        let mut statement = connection
            .prepare("SELECT image_id, category_id, second_category_id, entry_id FROM label")
            .unwrap();
        statement.query_map([], |row| row.try_into()).unwrap().map(Result::unwrap).collect()
    }

    fn offered(&self) -> Vec<String> {
        let tree = self.fixture.library.category_tree().unwrap();
        tree.offered().map(|category| category.name.clone()).collect()
    }
}

const BEFORE: [&str; 4] =
    ["a.tif: Tips", "b.tif: Tips", "c.tif: Cantilevers", "d.tif: Films + Tips"];

#[test]
fn each_change_is_one_entry_and_one_undo_and_touches_no_other_label() {
    type Case = (fn(&Curated) -> CategoryChange, u64, [&'static str; 4]);
    let cases: [Case; 5] = [
        (
            |with| CategoryChange::Rename { category: with.ids[0], name: "Needles".into() },
            2,
            ["a.tif: Needles", "b.tif: Needles", "c.tif: Cantilevers", "d.tif: Films + Needles"],
        ),
        (
            |with| CategoryChange::Merge { from: vec![with.ids[1]], into: with.ids[0] },
            1,
            ["a.tif: Tips", "b.tif: Tips", "c.tif: Tips", "d.tif: Films + Tips"],
        ),
        (
            |with| CategoryChange::Merge {
                from: vec![with.ids[0], with.ids[1]],
                into: with.ids[2],
            },
            3,
            ["a.tif: Films", "b.tif: Films", "c.tif: Films", "d.tif: Films"],
        ),
        (
            |with| CategoryChange::Move { category: with.ids[1], parent: Some(with.ids[0]) },
            1,
            ["a.tif: Tips", "b.tif: Tips", "c.tif: Tips/Cantilevers", "d.tif: Films + Tips"],
        ),
        (
            |with| CategoryChange::Split {
                from: with.ids[0],
                name: "Bent".into(),
                is_subcategory: true,
                images: vec![with.fixture.image("b.tif"), with.fixture.image("c.tif")],
            },
            1,
            ["a.tif: Tips", "b.tif: Tips/Bent", "c.tif: Cantilevers", "d.tif: Films + Tips"],
        ),
    ];
    for (change, images, after) in cases {
        let with = library();
        let rows = with.label_rows();
        let change = change(&with);
        let changed = with.change(change.clone()).unwrap();
        assert_eq!(changed.images, images, "{change:?}");
        assert_eq!(with.labels(), after, "{change:?}");
        let touched = with.label_rows().iter().zip(&rows).filter(|(now, then)| now != then).count();
        let expected = usize::from(matches!(change, CategoryChange::Split { .. }));
        assert_eq!(touched, expected, "{change:?}");
        assert_eq!(with.fixture.library.verify().unwrap().problems, [""; 0], "{change:?}");

        let library = &with.fixture.library;
        assert_eq!(library.next_undo().unwrap(), Some(changed.entry.clone()));
        let undo = library.undo(&changed.entry, "Cid").unwrap();
        assert_eq!(with.labels(), BEFORE, "{change:?}");
        assert_eq!(with.offered(), ["Tips", "Cantilevers", "Films"], "{change:?}");
        library.undo(&undo, "Cid").unwrap();
        assert_eq!(with.labels(), after, "{change:?} again");
        assert_eq!(library.verify().unwrap().problems, [""; 0], "{change:?}");
    }
}

#[test]
fn a_retired_category_is_not_offered_and_keeps_its_images() {
    let with = library();
    let key = with.fixture.library.category_tree().unwrap().get(with.ids[0]).unwrap().key;
    let changed = with.change(CategoryChange::Retire(with.ids[0])).unwrap();
    assert_eq!(with.offered(), ["Cantilevers", "Films"]);
    assert_eq!(with.labels(), BEFORE);
    let refused = with.fixture.library.add_category("tips", None, "Cid").unwrap_err();
    assert!(matches!(refused, CatalogError::CategoryExists { .. }), "{refused}");
    with.fixture.library.undo(&changed.entry, "Cid").unwrap();
    let tree = with.fixture.library.category_tree().unwrap();
    assert_eq!(tree.get(with.ids[0]).unwrap().key, key, "it gets its key back");

    with.change(CategoryChange::Retire(with.ids[0])).unwrap();
    with.change(CategoryChange::Restore(with.ids[0])).unwrap();
    assert_eq!(with.offered(), ["Tips", "Cantilevers", "Films"]);
}

#[test]
fn former_names_find_the_category_and_a_new_one_of_that_name_comes_first() {
    let with = library();
    let library = &with.fixture.library;
    with.change(CategoryChange::Rename { category: with.ids[0], name: "Needles".into() }).unwrap();
    with.change(CategoryChange::Merge { from: vec![with.ids[1]], into: with.ids[0] }).unwrap();
    let found = |name: &str| library.category_tree().unwrap().find(name);
    for name in ["needles", "TIPS", "Cantilevers"] {
        assert_eq!(found(name), Some(with.ids[0]), "{name}");
    }
    let ids = library.ensure_categories(&["Tips".into(), "Cantilevers".into()]).unwrap();
    assert_eq!(ids, [with.ids[0]; 2], "imported names mean what became of them");
    let new = library.add_category("Tips", None, "Cid").unwrap();
    assert_eq!(found("tips"), Some(new));
}

#[test]
fn subcategories_go_along_with_a_merge_and_those_of_one_name_become_one() {
    let with = library();
    let library = &with.fixture.library;
    let add = |name, at: usize| library.add_category(name, Some(with.ids[at]), "Ada").unwrap();
    let [bent, bent_too, long] = [add("bent", 0), add("Bent", 1), add("long", 1)];
    for (path, id) in [("a.tif", bent), ("b.tif", bent_too), ("c.tif", long)] {
        with.fixture.label(path, id);
    }
    let changed =
        with.change(CategoryChange::Merge { from: vec![with.ids[1]], into: with.ids[0] }).unwrap();
    assert_eq!(changed.images, 2);
    let after = ["a.tif: Tips/bent", "b.tif: Tips/bent", "c.tif: Tips/long", "d.tif: Films + Tips"];
    assert_eq!(with.labels(), after);
    let counts = library.counts().unwrap();
    assert_eq!(counts.per_category, [(with.ids[0], 3), (with.ids[2], 1)]);
    let view = View { filter: Filter::Category(with.ids[0]), ..View::default() };
    assert_eq!(library.image_ids(&view).unwrap().len(), 3);
    library.undo(&changed.entry, "Cid").unwrap();
    assert_eq!(with.labels()[1], "b.tif: Cantilevers/Bent");
}

/// Whatever their numbers are: the older one may be the subcategory that came later.
#[test]
fn a_merge_of_subcategories_of_one_name_is_undone_in_any_order_of_their_numbers() {
    let with = library();
    let library = &with.fixture.library;
    let [bent, cantilevers, films] = [with.ids[0], with.ids[1], with.ids[2]];
    with.change(CategoryChange::Rename { category: bent, name: "bent".into() }).unwrap();
    with.change(CategoryChange::Move { category: bent, parent: Some(cantilevers) }).unwrap();
    library.add_category("bent", Some(films), "Ada").unwrap();
    let before = with.labels();
    let merge = CategoryChange::Merge { from: vec![cantilevers], into: films };
    let merged = with.change(merge).unwrap();
    assert_eq!(with.labels()[0], "a.tif: Films/bent");
    let undo = library.undo(&merged.entry, "Cid").unwrap();
    assert_eq!(with.labels(), before);
    library.undo(&undo, "Cid").unwrap();
    assert_eq!(library.verify().unwrap().problems, [""; 0]);
}

#[test]
fn subcategories_of_one_name_from_two_merged_categories_are_one() {
    let with = library();
    let library = &with.fixture.library;
    let [tips, cantilevers, films] = [with.ids[0], with.ids[1], with.ids[2]];
    for parent in [tips, cantilevers] {
        library.add_category("bent", Some(parent), "Ada").unwrap();
    }
    with.change(CategoryChange::Merge { from: vec![tips, cantilevers], into: films }).unwrap();
    assert_eq!(library.category_tree().unwrap().subcategories(films).count(), 1);
}

#[test]
fn another_name_of_a_category_that_was_taken_back_means_nothing() {
    let with = library();
    let library = &with.fixture.library;
    let new = library.add_category("New", None, "Cid").unwrap();
    let entry = library.next_undo().unwrap().unwrap();
    library.remember_aliases(&[("novel".into(), new)], "Ada").unwrap();
    library.undo(&entry, "Cid").unwrap();
    assert_eq!(library.category_tree().unwrap().find("Novel"), None);
    let added = library.ensure_categories(&["Novel".into()]).unwrap();
    assert_ne!(added, [new]);
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let with = library();
    let library = &with.fixture.library;
    let bent = library.add_category("bent", Some(with.ids[0]), "Ada").unwrap();
    let [tips, cantilevers, films] = [with.ids[0], with.ids[1], with.ids[2]];
    let refused = [
        CategoryChange::Rename { category: tips, name: "films".into() },
        CategoryChange::Rename { category: tips, name: "a/b".into() },
        CategoryChange::Rename { category: CategoryId(99), name: "x".into() },
        CategoryChange::Merge { from: vec![tips], into: tips },
        CategoryChange::Merge { from: vec![cantilevers, tips], into: bent },
        CategoryChange::Move { category: tips, parent: Some(films) },
        CategoryChange::Move { category: films, parent: Some(bent) },
        CategoryChange::Move { category: films, parent: Some(films) },
        CategoryChange::Describe { category: tips, color: None, key: Some('z'), description: None },
        CategoryChange::Split {
            from: tips,
            name: "Films".into(),
            is_subcategory: false,
            images: vec![],
        },
    ];
    let newest = library.next_undo().unwrap();
    for change in refused {
        assert!(with.change(change.clone()).is_err(), "{change:?}");
    }
    assert_eq!(library.next_undo().unwrap(), newest);
    assert_eq!(with.labels(), BEFORE);
    with.change(CategoryChange::Merge { from: vec![tips], into: cantilevers }).unwrap();
    let again = CategoryChange::Merge { from: vec![cantilevers], into: tips };
    assert!(with.change(again).is_err(), "a category that was given up is nothing to merge into");
}

#[test]
fn a_key_goes_from_one_category_to_another_and_back() {
    let with = library();
    let library = &with.fixture.library;
    let keys = || -> Vec<Option<char>> {
        library.category_tree().unwrap().offered().map(|category| category.key).collect()
    };
    assert_eq!(keys(), [Some('1'), Some('2'), Some('3')]);
    let color = Some(Rgb::from_hex(0x123456));
    let description = Some("sharp".to_owned());
    let change =
        CategoryChange::Describe { category: with.ids[2], color, key: Some('1'), description };
    let changed = with.change(change).unwrap();
    assert_eq!(keys(), [None, Some('2'), Some('1')]);
    let tree = library.category_tree().unwrap();
    let films = tree.get(with.ids[2]).unwrap();
    assert_eq!((films.color, films.description.as_str()), (Rgb::from_hex(0x123456), "sharp"));
    library.undo(&changed.entry, "Cid").unwrap();
    assert_eq!(keys(), [Some('1'), Some('2'), Some('3')]);
}

#[test]
fn adding_a_category_can_be_undone_and_its_name_is_free_again() {
    let with = library();
    let library = &with.fixture.library;
    let new = library.add_category("New", None, "Cid").unwrap();
    let entry = library.next_undo().unwrap().unwrap();
    let undo = library.undo(&entry, "Cid").unwrap();
    assert_eq!(with.offered(), ["Tips", "Cantilevers", "Films"]);
    let other = library.add_category("new", None, "Cid").unwrap();
    assert_ne!(new, other);
    let redo = library.undo(&undo, "Cid").unwrap_err();
    assert!(matches!(redo, CatalogError::CategoryExists { .. }), "{redo}");
    assert_eq!(library.verify().unwrap().problems, [""; 0]);
}

#[test]
fn undo_and_redo_say_which_change_of_the_categories_they_are_about() {
    let with = library();
    let library = &with.fixture.library;
    let (tips, cantilevers, films) = (with.ids[0], with.ids[1], with.ids[2]);
    let bent = library.add_category("bent", Some(cantilevers), "Cid").unwrap();
    let added = library.next_undo().unwrap().unwrap();
    let told = |entry: &EntryId| library.describe_entry(entry).unwrap().categories.join("; ");
    assert_eq!(told(&added), "Cantilevers/bent added");
    let name = "Needles".to_owned();
    let color = Some(Rgb::from_hex(0x123456));
    for (change, words) in [
        (CategoryChange::Rename { category: tips, name }, "Tips renamed Needles"),
        (
            CategoryChange::Move { category: bent, parent: Some(films) },
            "Cantilevers/bent moved to Films/bent",
        ),
        (CategoryChange::Retire(films), "Films retired"),
        (CategoryChange::Restore(films), "Films restored"),
        (
            CategoryChange::Describe { category: tips, color, key: None, description: None },
            "colour of Needles",
        ),
        (
            CategoryChange::Split {
                from: tips,
                name: "long".into(),
                is_subcategory: true,
                images: vec![with.fixture.image("a.tif")],
            },
            "Needles/long added",
        ),
        (
            CategoryChange::Merge { from: vec![cantilevers, films], into: tips },
            "Cantilevers merged into Needles; Films merged into Needles",
        ),
    ] {
        let entry = with.change(change).unwrap().entry;
        assert_eq!(told(&entry), words);
        let undo = library.undo(&entry, "Bob").unwrap();
        assert_eq!(told(&undo), words, "taken back");
        let redo = library.undo(&undo, "Bob").unwrap();
        assert_eq!(told(&redo), words, "made again");
        let text = library.describe_entry(&redo).unwrap().to_string();
        let words = words.replace("; ", ", ");
        let expected = format!("what Cid decided about the categories ({words}) on ");
        assert!(text.starts_with(&expected), "{text}");
    }
}

#[test]
fn subcategories_that_are_merged_with_their_category_are_not_told_apart_from_it() {
    let with = library();
    let library = &with.fixture.library;
    for parent in [with.ids[0], with.ids[1]] {
        library.add_category("bent", Some(parent), "Cid").unwrap();
    }
    let merge = CategoryChange::Merge { from: vec![with.ids[1]], into: with.ids[0] };
    let entry = with.change(merge).unwrap().entry;
    let told = library.describe_entry(&entry).unwrap().categories;
    assert_eq!(told, ["Cantilevers merged into Tips"]);
}

#[test]
fn what_would_change_nothing_is_refused_and_keys_stay() {
    let with = library();
    let library = &with.fixture.library;
    let keys = || -> Vec<Option<char>> {
        library.category_tree().unwrap().categories().map(|category| category.key).collect()
    };
    let before = keys();
    let tips = with.ids[0];
    let same = CategoryChange::Rename { category: tips, name: "Tips".into() };
    let alone = CategoryChange::Move { category: tips, parent: None };
    for (change, why) in [
        (CategoryChange::Restore(tips), "Tips is not retired: nothing was changed"),
        (same, "Tips is so already: nothing was changed"),
        (alone, "Tips is no subcategory: nothing was changed"),
    ] {
        assert_eq!(with.change(change).unwrap_err().to_string(), why);
    }
    with.change(CategoryChange::Retire(tips)).unwrap();
    let again = with.change(CategoryChange::Retire(tips)).unwrap_err().to_string();
    assert_eq!(again, "Tips is retired already: nothing was changed");
    with.change(CategoryChange::Restore(tips)).unwrap();
    assert_eq!(keys(), before);
}

#[test]
fn a_split_tells_what_it_left_and_is_refused_where_it_would_leave_all() {
    let with = library();
    let split = |images: &[&str]| {
        with.change(CategoryChange::Split {
            from: with.ids[0],
            name: "Bent".into(),
            is_subcategory: true,
            images: images.iter().map(|path| with.fixture.image(path)).collect(),
        })
    };
    let refused = split(&["c.tif", "d.tif"]).unwrap_err().to_string();
    assert_eq!(refused, "None of these 2 images has the label Tips: nothing was split");
    assert_eq!(with.fixture.library.category_tree().unwrap().ids().count(), 3);
    let changed = split(&["b.tif", "c.tif", "d.tif"]).unwrap();
    assert_eq!((changed.images, changed.left), (1, 2));
}

#[test]
fn what_a_subcategory_was_called_and_where_it_was_still_finds_it() {
    let with = library();
    let library = &with.fixture.library;
    let [tips, cantilevers, films] = [with.ids[0], with.ids[1], with.ids[2]];
    let bent = library.add_category("bent", Some(tips), "Ada").unwrap();
    let curved = library.add_category("curved", Some(films), "Ada").unwrap();
    with.fixture.label("a.tif", bent);
    let found = |written: &str| library.category_tree().unwrap().find_written(written);
    let searched = |query: &str| {
        let query = crate::query::Query::parse(query).unwrap();
        library.image_ids(&View { query, ..View::default() }).unwrap().len()
    };
    with.change(CategoryChange::Move { category: bent, parent: Some(films) }).unwrap();
    with.change(CategoryChange::Rename { category: bent, name: "hooked".into() }).unwrap();
    for written in ["Films/hooked", "films/BENT", "Tips/bent"] {
        assert_eq!(found(written), Some(bent), "{written}");
    }
    with.change(CategoryChange::Merge { from: vec![bent], into: curved }).unwrap();
    for written in ["Films/curved", "Films/hooked", "Tips/bent"] {
        assert_eq!(found(written), Some(curved), "{written}");
    }
    for query in
        ["subcategory:bent", "subcategory:hooked", "subcategory:curved", "category:Tips/bent"]
    {
        assert_eq!(searched(query), 1, "{query}");
    }
    // A category that becomes a part of another is found as after a rename.
    with.change(CategoryChange::Move { category: cantilevers, parent: Some(tips) }).unwrap();
    for query in ["category:cantilevers", "subcategory:cantilevers", "category:Tips/Cantilevers"] {
        assert_eq!(searched(query), 1, "{query}");
    }
    let tree = library.category_tree().unwrap();
    assert!(tree.is_written(cantilevers, "tips/cantilevers"));
    assert!(!tree.is_written(cantilevers, "Cantilevers"), "a former name");
    while let Some(entry) = library.next_undo().unwrap() {
        library.undo(&entry, "Cid").unwrap();
    }
    assert_eq!(found("Tips/bent"), None);
    assert_eq!(searched("category:cantilevers"), 0, "its label was undone too");
    assert!(library.aliases().unwrap().is_empty());
}

#[test]
fn names_in_a_query_that_no_category_has_are_named_with_those_that_were_meant() {
    let with = library();
    let library = &with.fixture.library;
    library.add_category("bent", Some(with.ids[0]), "Ada").unwrap();
    with.change(CategoryChange::Rename { category: with.ids[2], name: "Coatings".into() }).unwrap();
    let predicted = ModelInfo { categories: vec!["Dust".into(), "Tips".into()], ..model("m") };
    let image = with.fixture.image("a.tif");
    library.save_predictions(&predicted, &[(image, vec![0.75, 0.25])]).unwrap();
    let known = library.known_category_names().unwrap();
    let unknown = |query: &str| -> Vec<String> {
        let query = crate::query::Query::parse(query).unwrap();
        query.unknown_categories(&known).iter().map(ToString::to_string).collect()
    };
    for query in [
        "category:tips",
        "category:films prediction:dust",
        "category:T*",
        "subcategory:bent",
        "category:Tips/bent",
        "kv:5",
    ] {
        assert_eq!(unknown(query), [""; 0], "{query}");
    }
    assert_eq!(
        unknown("-category:Cantilever"),
        ["No category is called Cantilever. Did you mean Cantilevers?"]
    );
    assert_eq!(unknown("category:Tips,Bacteria"), ["No category is called Bacteria"]);
    assert_eq!(unknown("category:bent"), ["bent is a subcategory: write subcategory:bent"]);
    assert_eq!(unknown("subcategory:bnt"), ["No subcategory is called bnt. Did you mean bent?"]);
    assert_eq!(unknown("second:X*"), ["No category matches X*"]);
}
