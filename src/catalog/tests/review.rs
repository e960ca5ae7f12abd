//! The queues of review: which images wait in them, and that counting finds the same.

use super::*;
use crate::query::Query;

/// | image | label               | scored    | more                       |
/// |-------|---------------------|-----------|----------------------------|
/// | a.tif | Tips                | Tips 0.9  | near-duplicate of b        |
/// | b.tif | Wires               | Tips 0.6  | near-duplicate of a        |
/// | c.tif | Films               | Films 0.8 |                            |
/// | d.tif | none of these       | Wires 0.7 |                            |
/// | e.tif |                     | Tips 0.7  |                            |
/// | f.tif |                     | Films 0.4 |                            |
/// | g.tif |                     |           |                            |
/// | h.tif |                     |           | cannot be read             |
/// | i.tif | Tips, automatically | Tips 0.95 |                            |
/// | j.tif | Wires               | Tips 0.5  | gone, near-duplicate of c  |
struct Reviewed {
    fixture: Fixture,
    ids: [CategoryId; 3],
}

const FILES: [&str; 10] =
    ["a.tif", "b.tif", "c.tif", "d.tif", "e.tif", "f.tif", "g.tif", "h.tif", "i.tif", "j.tif"];

impl Reviewed {
    fn new() -> Self {
        let fixture = Fixture::with_files(&FILES);
        let library = &fixture.library;
        let names = ["Tips", "Wires", "Films"].map(String::from);
        let ids: [CategoryId; 3] = library.ensure_categories(&names).unwrap().try_into().unwrap();
        for path in FILES.iter().filter(|path| **path != "h.tif") {
            library.save_reading(fixture.image(path), &reading(path)).unwrap();
        }
        let [tips, wires, films] = ids;
        for (path, category) in [("a.tif", tips), ("b.tif", wires), ("c.tif", films)] {
            fixture.label(path, category);
        }
        fixture.label("j.tif", wires);
        let none = LabelValue { answer: Answer::NoneOfThese, second_category: None };
        let set = |path: &str, value, source| {
            library.set_labels(&[(fixture.image(path), Some(value))], "Ada", source).unwrap();
        };
        set("d.tif", none, LabelSource::Person);
        set("i.tif", value(tips), LabelSource::AcceptedAutomatically);
        let scores = [
            ("a.tif", [0.9, 0.05, 0.05]),
            ("b.tif", [0.6, 0.2, 0.2]),
            ("c.tif", [0.1, 0.1, 0.8]),
            ("d.tif", [0.2, 0.7, 0.1]),
            ("e.tif", [0.7, 0.2, 0.1]),
            ("f.tif", [0.3, 0.3, 0.4]),
            ("i.tif", [0.95, 0.05, 0.0]),
            ("j.tif", [0.5, 0.3, 0.2]),
        ]
        .map(|(path, scores)| (fixture.image(path), scores.to_vec()));
        library.save_predictions(&model("m"), &scores).unwrap();
        library
            .save_read_error(fixture.image("h.tif"), &Default::default(), None, "cut off")
            .unwrap();
        let clusters = [["a.tif", "b.tif"], ["c.tif", "j.tif"]]
            .map(|paths| paths.map(|path| fixture.image(path)).to_vec());
        library.save_near_duplicates(&clusters).unwrap();
        let reviewed = Self { fixture, ids };
        fs::remove_file(reviewed.fixture.path("j.tif")).unwrap();
        reviewed.fixture.scan();
        reviewed
    }

    fn library(&self) -> &Library {
        &self.fixture.library
    }

    fn image(&self, path: &str) -> ImageId {
        self.fixture.image(path)
    }

    /// Doubts about the labels that these images have now; the greatest margin first.
    fn doubt(&self, doubts: &[(&str, CategoryId)]) {
        let doubts: Vec<LabelDoubt> = doubts
            .iter()
            .zip((0_u8..).map(|rank| 0.9 - f32::from(rank) / 10.0))
            .map(|((path, likelier), margin)| {
                let image = self.image(path);
                let labelled_at = self.library().label(image).unwrap().unwrap().at;
                LabelDoubt { image, labelled_at, likelier: *likelier, margin }
            })
            .collect();
        self.library().save_doubts(&doubts).unwrap();
    }

    fn found(&self, query: &str, sort: Sort) -> Vec<String> {
        let view = View { query: Query::parse(query).unwrap(), sort, ..View::default() };
        let rows = self.library().rows(&self.library().image_ids(&view).unwrap()).unwrap();
        rows.iter().map(|row| row.relative_path.display().to_string()).collect()
    }

    /// The images of a queue, by path; its count says the same.
    fn waiting(&self, queue: ReviewQueue, threshold: f32) -> Vec<String> {
        let found = self.found(&queue.query(threshold), Sort::Path);
        let mut in_order = self.found(&queue.query(threshold), queue.sort());
        in_order.sort();
        assert_eq!(in_order, found, "{queue:?}");
        let counts = self.library().review_counts(threshold).unwrap();
        assert_eq!(counts.of(queue), found.len() as u64, "{queue:?} {counts:?}");
        found
    }
}

#[test]
fn each_queue_has_exactly_its_images_and_is_counted_so() {
    let reviewed = Reviewed::new();
    let [tips, wires, films] = reviewed.ids;
    reviewed.doubt(&[("b.tif", tips), ("c.tif", wires)]);
    let distances = ["a.tif", "d.tif", "f.tif", "g.tif", "i.tif", "e.tif"]
        .map(|path| reviewed.image(path))
        .into_iter()
        .zip([0.5, 0.6, 0.4, 0.3, 0.35, 0.1])
        .collect::<Vec<_>>();
    reviewed.library().save_novelty(&distances, 0.3).unwrap();
    for (queue, expected) in [
        (ReviewQueue::ToDecide, &["f.tif", "g.tif"][..]),
        (ReviewQueue::Disagreements, &["b.tif"]),
        (ReviewQueue::Doubtful, &["b.tif", "c.tif"]),
        // What a person has labelled is known, what a model has is not.
        (ReviewQueue::Unlike, &["f.tif", "i.tif"]),
        (ReviewQueue::Conflicting, &["a.tif", "b.tif"]),
        (ReviewQueue::Unreadable, &["h.tif"]),
    ] {
        assert_eq!(reviewed.waiting(queue, 0.5), expected, "{queue:?}");
    }
    // A threshold that is a score exactly: in 32 bits, 0.7 is a little less than it is written.
    for threshold in [0.4, 0.7, 0.71, 1.0] {
        for queue in ReviewQueue::ALL {
            reviewed.waiting(queue, threshold);
        }
    }
    assert_eq!(reviewed.waiting(ReviewQueue::ToDecide, 0.71), ["e.tif", "f.tif", "g.tif"]);

    // After each decision, the counts are those of the queues.
    reviewed.fixture.label("f.tif", films);
    reviewed.fixture.label("b.tif", tips);
    reviewed.fixture.label("i.tif", tips);
    let counts = reviewed.library().review_counts(0.5).unwrap();
    let expected = ReviewCounts {
        to_decide: 1,
        doubtful: 1,
        unreadable: 1,
        has_looked_for_label_errors: true,
        has_looked_for_unlike: true,
        ..Default::default()
    };
    assert_eq!(counts, expected);
    for queue in ReviewQueue::ALL {
        reviewed.waiting(queue, 0.5);
    }
    let scores = [(reviewed.image("g.tif"), vec![0.1, 0.8, 0.1])];
    reviewed.library().save_predictions(&model("m"), &scores).unwrap();
    assert_eq!(reviewed.waiting(ReviewQueue::ToDecide, 0.5), [""; 0]);
    fs::remove_file(reviewed.fixture.path("c.tif")).unwrap();
    reviewed.fixture.scan();
    assert_eq!(reviewed.waiting(ReviewQueue::Doubtful, 0.5), [""; 0]);
}

#[test]
fn a_doubt_holds_as_long_as_the_decision_it_is_about() {
    let reviewed = Reviewed::new();
    let [tips, wires, films] = reviewed.ids;
    let (library, image) = (reviewed.library(), reviewed.image("b.tif"));
    reviewed.doubt(&[("b.tif", tips)]);
    let doubt = library.doubt(image).unwrap().unwrap();
    assert_eq!((doubt.likelier, doubt.margin), (tips, 0.9));
    assert_eq!(library.doubt(reviewed.image("a.tif")).unwrap(), None);

    // Decided again, be it the same: a person has looked.
    let entry = reviewed.fixture.label("b.tif", wires);
    assert_eq!(library.doubt(image).unwrap(), None);
    assert_eq!(reviewed.waiting(ReviewQueue::Doubtful, 0.5), [""; 0]);
    library.undo(&entry, "Ada").unwrap();
    assert_eq!(library.doubt(image).unwrap(), Some(doubt), "the decision is back, and the doubt");

    // Where both have become one category, there is nothing to doubt.
    let merge = CategoryChange::Merge { from: vec![tips], into: wires };
    let merged = library.change_categories(&merge, "Ada").unwrap();
    assert_eq!(library.doubt(image).unwrap(), None);
    assert_eq!(reviewed.waiting(ReviewQueue::Doubtful, 0.5), [""; 0]);
    library.undo(&merged.entry, "Ada").unwrap();
    let merge = CategoryChange::Merge { from: vec![tips], into: films };
    library.change_categories(&merge, "Ada").unwrap();
    assert_eq!(library.doubt(image).unwrap().unwrap().likelier, films, "what it means now");
}

#[test]
fn what_is_found_anew_takes_the_place_of_what_was() {
    let reviewed = Reviewed::new();
    let [tips, wires, _] = reviewed.ids;
    let library = reviewed.library();
    reviewed.doubt(&[("b.tif", tips)]);
    reviewed.doubt(&[("a.tif", wires)]);
    assert_eq!(reviewed.waiting(ReviewQueue::Doubtful, 0.5), ["a.tif"]);
    library.save_novelty(&[(reviewed.image("e.tif"), 0.5)], 0.3).unwrap();
    library.save_novelty(&[(reviewed.image("f.tif"), 0.25)], 0.2).unwrap();
    assert_eq!(reviewed.waiting(ReviewQueue::Unlike, 0.5), ["f.tif"]);
    assert_eq!(library.novelty(reviewed.image("e.tif")).unwrap(), None);
    let novelty = library.novelty(reviewed.image("f.tif")).unwrap().unwrap();
    assert_eq!((novelty, novelty.is_beyond()), (Novelty { distance: 0.25, threshold: 0.2 }, true));
    library.save_novelty(&[], 0.0).unwrap();
    library.save_doubts(&[]).unwrap();
    let counts = library.review_counts(0.5).unwrap();
    assert_eq!((counts.doubtful, counts.unlike), (0, 0));
}

#[test]
fn a_queue_that_nobody_has_looked_for_has_no_number() {
    let reviewed = Reviewed::new();
    let [tips, ..] = reviewed.ids;
    let library = reviewed.library();
    let known = || {
        let counts = library.review_counts(0.5).unwrap();
        [ReviewQueue::Doubtful, ReviewQueue::Unlike].map(|queue| counts.known(queue))
    };
    assert_eq!(known(), [None, None]);
    assert_eq!(library.review_counts(0.5).unwrap().known(ReviewQueue::Unreadable), Some(1));
    library.save_doubts(&[]).unwrap();
    assert_eq!(known(), [Some(0), None]);
    library.save_novelty(&[], 0.0).unwrap();
    assert_eq!(known(), [Some(0), Some(0)]);
    let again = reviewed.fixture.second_handle();
    assert!(again.review_counts(0.5).unwrap().has_looked_for_label_errors, "it is kept");

    // Earlier versions kept only what they found.
    let connection = reviewed.fixture.raw_connection();
    let forget = || connection.execute("DELETE FROM setting WHERE key LIKE 'looked_for%'", []);
    reviewed.doubt(&[("b.tif", tips)]);
    library.save_novelty(&[(reviewed.image("e.tif"), 0.1)], 0.3).unwrap();
    assert_eq!(forget().unwrap(), 2);
    assert_eq!(known(), [Some(1), Some(0)]);
}

#[test]
fn the_most_doubtful_and_the_most_unlike_come_first_and_those_without_last() {
    let reviewed = Reviewed::new();
    let [tips, wires, _] = reviewed.ids;
    let first = |sort| reviewed.found("", sort)[..3].to_vec();
    assert_eq!(first(Sort::DoubtDescending), ["a.tif", "b.tif", "c.tif"]);
    reviewed.doubt(&[("c.tif", wires), ("b.tif", tips)]);
    let distances =
        [("g.tif", 0.1), ("e.tif", 0.3)].map(|(path, distance)| (reviewed.image(path), distance));
    reviewed.library().save_novelty(&distances, 0.5).unwrap();
    assert_eq!(first(Sort::DoubtDescending), ["c.tif", "b.tif", "a.tif"]);
    assert_eq!(first(Sort::UnlikeDescending), ["e.tif", "g.tif", "a.tif"]);
    assert_eq!(reviewed.found("", Sort::UnlikeDescending).len(), 9);
}

#[test]
fn what_was_found_of_a_picture_is_forgotten_with_it() {
    let forgotten = |change: &dyn Fn(&Reviewed)| {
        let reviewed = Reviewed::new();
        let [tips, ..] = reviewed.ids;
        reviewed.doubt(&[("b.tif", tips)]);
        let image = reviewed.image("b.tif");
        reviewed.library().save_novelty(&[(image, 0.5)], 0.3).unwrap();
        change(&reviewed);
        let doubt = reviewed.library().doubt(image).unwrap();
        let novelty = reviewed.library().novelty(image).unwrap();
        assert_eq!(doubt.is_none(), novelty.is_none());
        novelty.is_none()
    };
    assert!(!forgotten(&|_| ()));
    assert!(!forgotten(&|reviewed| {
        fs::rename(reviewed.fixture.path("b.tif"), reviewed.fixture.path("moved.tif")).unwrap();
        reviewed.fixture.scan();
    }));
    assert!(forgotten(&|reviewed| {
        reviewed.fixture.write("b.tif", "another content");
        reviewed.fixture.scan();
    }));
    assert!(forgotten(&|reviewed| {
        let bar = DataBar { top: 0, bottom: 1 };
        let image = reviewed.image("b.tif");
        let change = ChoiceChange::DataBar { image, data_bar: Some(bar) };
        reviewed.library().change_choices(&[change]).unwrap();
    }));
    // The file turns out to be another image: that one is asked about from now on.
    assert!(forgotten(&|reviewed| {
        let image = reviewed.image("b.tif");
        let shown = reviewed.library().save_reading(image, &reading("c.tif")).unwrap();
        assert_eq!(shown, Some(reviewed.image("c.tif")));
    }));
}

/// With a million images, reading the rows of the images themselves would take a second.
#[test]
fn counting_reads_indexes_alone() {
    let reviewed = Reviewed::new();
    let connection = reviewed.fixture.raw_connection();
    for sql in search::REVIEW_READS {
        let sql = format!("EXPLAIN QUERY PLAN {}", sql.replace("?1", "0.5"));
        let mut statement = connection.prepare(&sql).unwrap();
        let steps = statement.query_map([], |row| row.get::<_, String>(3)).unwrap();
        for step in steps.map(Result::unwrap) {
            let is_found_by_index = step.contains("COVERING INDEX");
            // Doubts are few, and the label of each is looked up.
            let is_of_doubts = step.starts_with("SCAN label_doubt")
                || step == "SEARCH label USING INTEGER PRIMARY KEY (rowid=?)";
            assert!(is_found_by_index || is_of_doubts, "{step} in {sql}");
        }
    }
}
