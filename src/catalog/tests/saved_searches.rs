//! Queries with a name.

use super::*;

fn search(name: &str, text: &str) -> SavedSearch {
    SavedSearch { name: name.to_owned(), text: text.to_owned() }
}

#[test]
fn saved_filters_are_listed_by_name_replaced_and_removed_and_outlive_the_program() {
    let fixture = Fixture::with_files(&[]);
    let library = &fixture.library;
    assert_eq!(library.saved_searches().unwrap(), []);
    let (low, doubt) = (search("low kV", "kv:<3"), search("Doubtful", "score:<0.5 -is:labelled"));
    assert_eq!(library.save_search(&low).unwrap(), None);
    assert_eq!(library.save_search(&doubt).unwrap(), None);
    // One of the same name in other letters is put in its place and given back.
    let lower = search("Low kV", "kv:<1");
    assert_eq!(library.save_search(&lower).unwrap(), Some(low));
    let other = fixture.second_handle();
    assert_eq!(other.saved_searches().unwrap(), [doubt.clone(), lower.clone()]);
    assert_eq!(other.saved_search(" low KV ").unwrap(), lower);
    assert_eq!(library.remove_saved_search("low kv").unwrap(), lower);
    assert_eq!(library.saved_searches().unwrap(), [doubt]);
}

#[test]
fn a_name_that_is_not_there_names_those_that_are() {
    let fixture = Fixture::with_files(&[]);
    let library = &fixture.library;
    let error = library.saved_search("Wires").unwrap_err().to_string();
    assert!(error.contains("\"Wires\"") && error.contains("none is saved yet"), "{error}");
    for name in ["Low kV", "Doubtful"] {
        library.save_search(&search(name, "kv:<3")).unwrap();
    }
    let error = library.remove_saved_search("Wires").unwrap_err().to_string();
    assert!(error.contains("there are Doubtful, Low kV"), "{error}");
    assert_eq!(library.saved_searches().unwrap().len(), 2);
}

#[test]
fn names_that_could_not_be_shown_on_a_line_are_refused_and_others_trimmed() {
    let fixture = Fixture::with_files(&[]);
    for name in ["", "  ", "two\nlines", &"x".repeat(81)] {
        let error = fixture.library.save_search(&search(name, "kv:5")).unwrap_err();
        assert!(matches!(error, CatalogError::SavedSearchName { .. }), "{name:?}");
    }
    fixture.library.save_search(&search(" 5 kV / InLens\t", "kv:5")).unwrap();
    assert_eq!(fixture.library.saved_searches().unwrap()[0].name, "5 kV / InLens");
}

#[test]
fn a_query_that_is_understood_no_longer_is_kept_and_says_where_it_is_wrong() {
    let fixture = Fixture::with_files(&[]);
    let insert = "INSERT INTO saved_search (name, query) VALUES ('Old', 'kv:5 colour:red')";
    fixture.raw_connection().execute(insert, []).unwrap();
    let old = fixture.library.saved_search("Old").unwrap();
    let error = old.query().unwrap_err();
    assert_eq!(error.marked(&old.text), "kv:5 colour:red\n     ^^^^^^");
}

#[test]
fn a_library_that_is_open_elsewhere_saves_nothing_and_says_so() {
    let fixture = Fixture::with_files(&[]);
    fixture.library.save_search(&search("Low kV", "kv:<3")).unwrap();
    let other = fixture.second_handle();
    for error in [
        other.save_search(&search("Other", "kv:5")).unwrap_err(),
        other.remove_saved_search("Low kV").unwrap_err(),
    ] {
        assert!(matches!(error, CatalogError::Held { .. }), "{error}");
    }
}
