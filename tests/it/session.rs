//! The program without a window: what is asked for is done in its order, and none of it is lost.

mod changed_files;
mod undo;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use semblance::catalog::{
    Answer, Filter, ImageId, Library, LibraryPlace, ModelInfo, NamedLabel, ReviewQueue, Sort,
};
use semblance::ops::{create_sample_library, find_model, model_in_use};
use semblance::query::Query;
use semblance::session::{Command, Direction, LogIn, MoveBy, NoticeLevel, Session, TaskKind};
use semblance::settings::{AfterLabel, Settings};
use semblance::synthetic::SampleOptions;
use semblance::taxonomy::CategoryId;

use crate::patience::{PATIENCE, leave_the_processor};

/// A session on twenty synthetic images, two of each category.
struct Opened {
    session: Session,
    images: PathBuf,
    _folder: tempfile::TempDir,
}

impl Opened {
    fn sample() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let images = folder.path().join("sample");
        let options = SampleOptions { per_category: 2, seed: 7 };
        create_sample_library(&images, &options, &mut |_, _| true).unwrap();
        let session = Session::new(LogIn::kept_in("Ada".to_owned(), None), Arc::new(|_| {}));
        let mut opened = Self { session, images, _folder: folder };
        opened.send(Command::OpenFolder(opened.images.clone()));
        opened.until_idle();
        assert_eq!(opened.session.image_ids().len(), 20);
        opened
    }

    /// Asks for something and waits for nothing.
    fn send(&mut self, command: Command) {
        self.session.apply(command);
    }

    fn until(&mut self, what: &str, is_there: impl Fn(&Session) -> bool) {
        let started = Instant::now();
        while !is_there(&self.session) {
            assert!(started.elapsed() < PATIENCE, "never happened: {what}");
            leave_the_processor();
            self.session.receive();
        }
    }

    fn settle(&mut self) {
        self.until("the end of what was asked for", Session::is_settled);
    }

    fn until_idle(&mut self) {
        self.until("the end of all work", |session| {
            session.is_settled() && session.tasks().next().is_none()
        });
    }

    fn category(&self, name: &str) -> CategoryId {
        self.session.category_named(name).unwrap().id
    }

    fn put_cursor(&mut self, position: usize) {
        self.send(Command::Select { position, extend: false, toggle: false });
    }

    fn select_first(&mut self, count: usize) {
        self.put_cursor(0);
        self.send(Command::Select { position: count - 1, extend: true, toggle: false });
    }

    /// Ends the session and reads what is on the disk.
    fn labels_after_the_end(self) -> Vec<NamedLabel> {
        let Self { session, images, _folder } = self;
        drop(session);
        labels(&images)
    }
}

fn labels(images: &Path) -> Vec<NamedLabel> {
    Library::open(&LibraryPlace::for_folder(images).unwrap()).unwrap().named_labels().unwrap()
}

#[test]
fn everything_that_was_decided_is_on_the_disk_when_the_session_ends() {
    let mut opened = Opened::sample();
    let tips = opened.category("Tips");
    for _ in 0..12 {
        opened.send(Command::SetCategory(tips)); // and the cursor goes on at once
    }
    assert_eq!(opened.session.selection().unwrap().cursor(), 12);
    let labels = opened.labels_after_the_end();
    assert_eq!(labels.len(), 12);
    assert!(labels.iter().all(|label| label.label.by == "Ada"));
}

#[test]
fn a_taking_back_that_comes_before_the_label_is_written_takes_that_label_back() {
    let mut opened = Opened::sample();
    let (tips, fibres) = (opened.category("Tips"), opened.category("Fibres"));
    opened.send(Command::SetCategory(tips));
    opened.send(Command::SetCategory(fibres));
    opened.send(Command::Undo);
    opened.send(Command::Undo);
    opened.send(Command::Redo);
    opened.settle();
    assert!(opened.session.can_undo() && opened.session.can_redo());
    let labels = opened.labels_after_the_end();
    let [label] = labels.as_slice() else { panic!("one label is there: {labels:?}") };
    assert_eq!(label.label.value.category(), Some(tips));
}

#[test]
fn what_cannot_be_saved_is_told_and_the_cursor_comes_back_to_it() {
    let mut opened = Opened::sample();
    opened.put_cursor(3);
    opened.send(Command::SetCategory(CategoryId(9_999)));
    assert_eq!(opened.session.selection().unwrap().cursor(), 4);
    opened.settle();
    assert_eq!(opened.session.selection().unwrap().cursor(), 3);
    let told = opened.session.notices().last().unwrap();
    assert_eq!(told.level, NoticeLevel::Error);
    assert!(!opened.session.can_undo());
}

#[test]
fn of_several_that_cannot_be_saved_the_first_is_gone_back_to_and_all_are_selected() {
    let mut opened = Opened::sample();
    opened.put_cursor(5);
    for _ in 0..3 {
        opened.send(Command::SetCategory(CategoryId(9_999)));
    }
    opened.settle();
    let selection = opened.session.selection().unwrap();
    assert_eq!((selection.cursor(), selection.len()), (5, 3));
}

#[test]
fn in_the_single_view_what_cannot_be_saved_is_gone_back_to_one_by_one() {
    let mut opened = Opened::sample();
    opened.put_cursor(5);
    opened.send(Command::ShowSingle);
    for _ in 0..3 {
        opened.send(Command::SetCategory(CategoryId(9_999)));
    }
    opened.settle();
    let selection = opened.session.selection().unwrap();
    assert_eq!((selection.cursor(), selection.len()), (5, 1), "the next key is about what is seen");
}

#[test]
fn among_compared_images_the_one_that_could_not_be_saved_is_gone_back_to() {
    let mut opened = Opened::sample();
    let compared = opened.session.image_ids()[..3].to_vec();
    opened.select_first(3);
    opened.send(Command::ShowCompare);
    opened.send(Command::SelectCompared(1));
    opened.send(Command::SetCategory(CategoryId(9_999)));
    assert_eq!(opened.session.current_image(), Some(compared[2]));
    opened.settle();
    assert_eq!(opened.session.current_image(), Some(compared[1]));
}

#[test]
fn another_list_that_ends_comparing_leaves_the_image_that_was_decided_about_selected_alone() {
    let mut opened = Opened::sample();
    let compared = opened.session.image_ids()[..3].to_vec();
    for leave in [Command::ShowNearDuplicates, Command::ShowQueue(ReviewQueue::ToDecide)] {
        opened.send(Command::SetFilter(Filter::All));
        opened.settle();
        opened.select_first(3);
        opened.send(Command::ShowCompare);
        opened.send(Command::SelectCompared(1));
        opened.send(leave.clone());
        assert!(!opened.session.is_comparing());
        let selected = opened.session.selection().unwrap();
        assert_eq!(selected.images(), [compared[1]], "{leave:?}");
        opened.settle();
    }
}

#[test]
fn near_duplicates_of_the_image_at_the_cursor_are_shown_whatever_else_is_selected() {
    let mut opened = Opened::sample();
    opened.select_first(5);
    let current = opened.session.current_image().unwrap();
    opened.send(Command::ShowNearDuplicates);
    opened.settle();
    assert_eq!(opened.session.image_ids(), [current]);
    assert_eq!(opened.session.selection().unwrap().images(), [current]);
}

#[test]
fn facts_that_a_decision_overtakes_are_those_of_whoever_labels_by_then() {
    let mut opened = Opened::sample();
    let tips = opened.category("Tips");
    let settings = Settings { decide_below_percent: 70, ..Settings::default() };
    opened.send(Command::ChangeSettings(settings)); // begins to count under Ada's name
    opened.send(Command::SetCategory(tips));
    opened.send(Command::SetPerson { name: "Bob".to_owned(), ask_at_start: false });
    opened.settle();
    assert_eq!(opened.session.counts().unwrap().labelled, 1);
    assert_eq!(opened.session.labelled_today(), 0, "Bob has labelled nothing");
}

#[test]
fn the_program_does_not_end_before_what_was_decided_in_a_folder_left_is_written() {
    let other = tempfile::tempdir().unwrap();
    for folders in 1..=3 {
        let mut opened = Opened::sample();
        let tips = opened.category("Tips");
        (0..12).for_each(|_| opened.send(Command::SetCategory(tips)));
        let own = opened.images.clone();
        let ways = [other.path().to_owned(), own, other.path().to_owned()];
        for folder in &ways[..folders] {
            opened.send(Command::OpenFolder(folder.clone()));
            assert!(opened.session.is_saving(), "the window must not be closed yet");
        }
        assert_eq!(opened.labels_after_the_end().len(), 12, "{folders} folders");
    }
}

#[test]
fn taking_back_what_was_not_saved_leaves_what_was_saved_before() {
    let mut opened = Opened::sample();
    let tips = opened.category("Tips");
    opened.send(Command::SetCategory(tips));
    opened.send(Command::SetCategory(CategoryId(9_999)));
    opened.send(Command::Undo); // of the second, as whoever presses it means
    opened.settle();
    assert_eq!(opened.session.counts().unwrap().labelled, 1);
    opened.send(Command::Undo); // now it is known that there is nothing of the second
    opened.settle();
    assert_eq!(opened.session.counts().unwrap().labelled, 0);
}

#[test]
fn a_category_that_was_added_is_taken_back_before_what_came_before_it() {
    let mut opened = Opened::sample();
    let tips = opened.category("Tips");
    opened.send(Command::SetCategory(tips));
    opened.send(Command::AddCategory("Tpis".to_owned()));
    opened.settle();
    assert!(opened.session.categories().iter().any(|category| category.name == "Tpis"));
    opened.send(Command::Undo);
    opened.settle();
    assert!(!opened.session.categories().iter().any(|category| category.name == "Tpis"));
    assert_eq!(opened.session.counts().unwrap().labelled, 1);
}

#[test]
fn a_folder_that_is_opened_again_while_it_is_being_opened_can_be_written() {
    let mut opened = Opened::sample();
    let other = tempfile::tempdir().unwrap();
    let images = opened.images.clone();
    for folder in [other.path(), &images, other.path(), &images] {
        opened.send(Command::OpenFolder(folder.to_owned()));
    }
    opened.until_idle();
    assert_eq!(opened.session.image_ids().len(), 20);
    assert!(!opened.session.is_read_only());
}

#[test]
fn an_order_that_is_chosen_while_a_query_is_tried_is_kept_whatever_that_finds() {
    let mut opened = Opened::sample();
    for (query, found) in [("nothing-is-called-so", 20), ("Tips_0000", 1)] {
        opened.send(Command::SetSort(Sort::Path));
        opened.settle();
        opened.send(Command::TryQuery(Query::parse(query).unwrap()));
        opened.send(Command::SetSort(Sort::Newest));
        opened.settle();
        assert_eq!(opened.session.view().unwrap().sort, Sort::Newest, "{query}");
        assert_eq!(opened.session.image_ids().len(), found, "{query}");
    }
}

#[test]
fn what_is_looked_at_does_not_go_away_because_a_task_ends() {
    let mut opened = Opened::sample();
    let tips = opened.category("Tips");
    opened.send(Command::SetFilter(Filter::Unlabelled));
    opened.settle();
    opened.send(Command::ShowSingle);
    let seen = opened.session.current_image();
    let settings = Settings { after_label: AfterLabel::Stay, ..Settings::default() };
    opened.send(Command::ChangeSettings(settings));
    opened.send(Command::SetCategory(tips)); // it is none without a label any more
    opened.send(Command::Classify);
    opened.until_idle();
    assert_eq!(opened.session.current_image(), seen);
    assert!(opened.session.is_single());
}

#[test]
fn none_of_these_and_unusable_are_answers_that_go_on_and_are_taken_back() {
    let mut opened = Opened::sample();
    opened.send(Command::SetNoneOfThese);
    opened.send(Command::SetUnusable);
    opened.settle();
    let answer = |opened: &Opened, position: usize| {
        let image = opened.session.image_ids()[position];
        opened.session.row(image).unwrap().label.map(|label| label.value.answer)
    };
    assert_eq!(answer(&opened, 0), Some(Answer::NoneOfThese));
    assert_eq!(answer(&opened, 1), Some(Answer::Unusable));
    assert_eq!(opened.session.labelled_today(), 2);
    opened.send(Command::Undo);
    opened.settle();
    assert_eq!((answer(&opened, 0), answer(&opened, 1)), (Some(Answer::NoneOfThese), None));
}

#[test]
fn notes_and_flags_are_said_of_all_that_is_selected_and_taken_back_together() {
    let mut opened = Opened::sample();
    opened.send(Command::SelectMany { ranges: vec![2..5, 7..8], add: false });
    opened.send(Command::SetNote(Some("charging".to_owned())));
    opened.send(Command::ToggleExcluded);
    opened.settle();
    let marks = |opened: &Opened| -> Vec<(bool, bool)> {
        let of = |image: &ImageId| opened.session.row(*image).unwrap().mark;
        let images = opened.session.image_ids().iter();
        images.map(of).map(|mark| (mark.note.is_some(), mark.is_excluded)).collect()
    };
    let said = |is_there: (bool, bool)| -> Vec<(bool, bool)> {
        (0..20)
            .map(|at| if [2, 3, 4, 7].contains(&at) { is_there } else { (false, false) })
            .collect()
    };
    assert_eq!(marks(&opened), said((true, true)));
    opened.send(Command::ToggleExcluded); // of all of them it was said
    opened.settle();
    assert_eq!(marks(&opened), said((true, false)));
    opened.send(Command::Undo);
    opened.send(Command::Undo);
    opened.send(Command::Undo);
    opened.settle();
    assert_eq!(marks(&opened), said((false, false)));
}

#[test]
fn predictions_above_a_score_are_accepted_at_once_and_taken_back_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let images = folder.path().join("sample");
    let options = SampleOptions { per_category: 1, seed: 3 };
    create_sample_library(&images, &options, &mut |_, _| true).unwrap();
    let library = Library::open(&LibraryPlace::for_folder(&images).unwrap()).unwrap();
    library.scan(&semblance::micrograph::READABLE_EXTENSIONS, &mut |_| true).unwrap();
    let model = find_model(Some(&library), &model_in_use(&library).unwrap()).unwrap();
    let info = ModelInfo {
        name: "sample".to_owned(),
        sha256: model.sha256().to_owned(),
        categories: model.categories().to_vec(),
        category_uids: Vec::new(),
    };
    let ids = library.image_ids(&Default::default()).unwrap();
    let rest = 1.0 / (info.categories.len() - 1) as f32;
    let scores = |best: f32| {
        let others = std::iter::repeat_n((1.0 - best) * rest, info.categories.len() - 1);
        [best].into_iter().chain(others).collect::<Vec<f32>>()
    };
    let predictions: Vec<_> = ids
        .iter()
        .enumerate()
        .map(|(at, image)| (*image, scores(if at < 4 { 0.97 } else { 0.6 })))
        .collect();
    library.save_predictions(&info, &predictions).unwrap();
    drop(library);
    let session = Session::new(LogIn::kept_in("Ada".to_owned(), None), Arc::new(|_| {}));
    let mut opened = Opened { session, images, _folder: folder };
    opened.send(Command::OpenFolder(opened.images.clone()));
    opened.until_idle();

    opened.send(Command::AcceptAbove(95));
    opened.settle();
    assert_eq!(opened.session.counts().unwrap().labelled, 4);
    let told = &opened.session.notices().last().unwrap().text;
    assert!(told.starts_with("4 predictions of 95 % or more accepted"), "{told}");
    opened.send(Command::Undo);
    opened.settle();
    assert_eq!(opened.session.counts().unwrap().labelled, 0);
}

#[test]
fn a_decision_about_several_images_is_told_and_can_be_taken_back_from_there() {
    let mut opened = Opened::sample();
    let (tips, fibres) = (opened.category("Tips"), opened.category("Fibres"));
    opened.put_cursor(0);
    opened.send(Command::SetCategory(fibres));
    opened.settle();
    assert!(opened.session.notices().is_empty(), "what is seen is not told");
    opened.select_first(4);
    let told = |opened: &mut Opened, command: Command| {
        opened.send(command);
        opened.settle();
        let told = opened.session.notices().last().unwrap();
        assert!(told.is_undoable, "{}", told.text);
        told.text.clone()
    };
    assert_eq!(
        told(&mut opened, Command::SetCategory(tips)),
        "4 images labelled Tips; 1 of them had another label. Undo takes it back"
    );
    assert_eq!(
        told(&mut opened, Command::SetSecondCategory(fibres)),
        "Fibres is the second category of 4 images. Undo takes it back"
    );
    assert_eq!(
        told(&mut opened, Command::ToggleExcluded),
        "4 images excluded from training. Undo takes it back"
    );
    assert_eq!(
        told(&mut opened, Command::ClearLabel),
        "The labels of 4 images are removed. Undo takes it back"
    );
    opened.send(Command::Undo);
    opened.settle();
    assert!(opened.session.notices().iter().all(|notice| !notice.is_undoable));
}

#[test]
fn a_second_category_without_a_first_one_is_refused_with_a_word() {
    let mut opened = Opened::sample();
    let (tips, fibres) = (opened.category("Tips"), opened.category("Fibres"));
    opened.put_cursor(1);
    opened.send(Command::SetSecondCategory(tips));
    opened.settle();
    let told = opened.session.notices().last().unwrap();
    assert_eq!(told.text, "A second category needs a first one: press that key first");
    assert!(!told.is_undoable && !opened.session.can_undo());
    opened.put_cursor(0);
    opened.send(Command::SetCategory(fibres));
    opened.select_first(3);
    opened.send(Command::SetSecondCategory(tips));
    opened.settle();
    let told = &opened.session.notices().last().unwrap().text;
    let expected = "Tips is the second category of 1 image; 2 have no first one: press that key \
                    first. Undo takes it back";
    assert_eq!(told, expected);
}

#[test]
fn images_are_labelled_while_classifying_rests() {
    let mut opened = Opened::sample();
    opened.send(Command::Classify);
    opened.send(Command::SetPaused(true));
    opened.until("the rest", |session| session.tasks().any(|task| task.is_resting));
    let tips = opened.category("Tips");
    opened.send(Command::SetCategory(tips));
    opened.settle();
    assert_eq!(opened.session.counts().unwrap().labelled, 1);
    assert!(opened.session.tasks().any(|task| task.is_resting));
    opened.send(Command::SetPaused(false));
    opened.until_idle();
    assert_eq!(opened.session.unclassified_count(), 0);
}

#[test]
fn a_paused_classification_can_be_cancelled() {
    let mut opened = Opened::sample();
    opened.send(Command::Classify);
    opened.send(Command::SetPaused(true));
    opened.until("the rest", |session| session.tasks().any(|task| task.is_resting));
    opened.send(Command::Cancel(TaskKind::Classify));
    opened.until_idle();
    assert!(opened.session.unclassified_count() > 0);
    let told = &opened.session.notices().last().unwrap().text;
    let is_stopped = told.starts_with("Stopped: ") && told.ends_with(" of 20 images classified");
    assert!(is_stopped, "{told}");
}

#[test]
fn looking_for_files_finds_labelled_ones_with_other_pixels() {
    let mut opened = Opened::sample();
    let tips = opened.category("Tips");
    opened.put_cursor(4);
    let image = opened.session.current_image().unwrap();
    opened.send(Command::SetCategory(tips));
    opened.settle();
    let path = opened.images.join(opened.session.row(image).unwrap().relative_path);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.push(0);
    std::fs::write(&path, bytes).unwrap();
    opened.send(Command::Rescan);
    opened.until_idle();
    opened.send(Command::SetQuery(Query::parse("is:changed").unwrap()));
    opened.settle();
    assert_eq!(opened.session.image_ids(), [image]);
}

#[test]
fn groups_are_shown_outright_unless_somebody_has_gone_on_meanwhile() {
    let mut opened = Opened::sample();
    let tips = opened.category("Tips");
    opened.send(Command::Classify);
    opened.until_idle();
    for position in [3, 7] {
        opened.put_cursor(position);
        opened.send(Command::SetCategory(tips));
    }
    opened.put_cursor(3); // which has a label: it cannot stay
    opened.settle();
    opened.send(Command::GroupUnlabelled);
    opened.until_idle();
    assert!(matches!(opened.session.view().unwrap().filter, Filter::Listed(_)));
    assert_eq!(opened.session.image_ids().len(), 18);
    assert_eq!(opened.session.selection().unwrap().cursor(), 0);

    opened.send(Command::SetFilter(Filter::All));
    opened.settle();
    opened.put_cursor(3);
    opened.send(Command::GroupUnlabelled);
    opened.put_cursor(7);
    opened.until_idle();
    assert_eq!(opened.session.view().unwrap().filter, Filter::All);
    assert_eq!(opened.session.selection().unwrap().cursor(), 7);
    let told = &opened.session.notices().last().unwrap().text;
    assert!(told.ends_with("see the left panel"), "{told}");
}

#[test]
fn an_export_that_was_stopped_says_so() {
    let mut opened = Opened::sample();
    let out = opened.images.with_file_name("out");
    opened.send(Command::ExportHdf5(out));
    opened.send(Command::Cancel(TaskKind::Export));
    opened.until_idle();
    let told = &opened.session.notices().last().unwrap().text;
    assert!(told.starts_with("Stopped: ") && told.contains(" of 20 HDF5 files written"), "{told}");
}

#[test]
fn of_views_asked_for_one_after_the_other_the_last_is_shown() {
    let mut opened = Opened::sample();
    let tips = opened.category("Tips");
    opened.put_cursor(5);
    opened.send(Command::SetCategory(tips));
    for filter in [Filter::Unlabelled, Filter::All, Filter::Category(tips), Filter::Labelled] {
        opened.send(Command::SetFilter(filter));
    }
    opened.send(Command::SetSort(Sort::Newest));
    opened.settle();
    let view = opened.session.view().unwrap();
    assert_eq!((&view.filter, view.sort), (&Filter::Labelled, Sort::Newest));
    assert_eq!(opened.session.image_ids().len(), 1);
}

#[test]
fn images_are_compared_and_labels_go_from_one_to_the_next() {
    let mut opened = Opened::sample();
    opened.send(Command::ShowCompare);
    assert!(!opened.session.is_comparing(), "one image alone cannot be compared");
    opened.send(Command::SelectMany { ranges: vec![2..3, 9..10, 17..18], add: false });
    opened.send(Command::ShowCompare);
    let compared = opened.session.compared().to_vec();
    assert_eq!(compared, [2, 9, 17].map(|at| opened.session.image_ids()[at]));
    let (tips, fibres) = (opened.category("Tips"), opened.category("Fibres"));
    opened.send(Command::SetCategory(tips));
    opened.send(Command::SetCategory(fibres));
    assert_eq!(opened.session.current_image(), Some(compared[2]));
    assert_eq!(opened.session.compared(), compared);
    opened.settle();
    let first = |image| opened.session.row(image).unwrap().label.unwrap().value.category();
    assert_eq!([first(compared[0]), first(compared[1])], [Some(tips), Some(fibres)]);
    let go = |direction| Command::Move { direction, by: MoveBy::Images(1), extend: true };
    opened.send(go(Direction::Forward)); // there is none after the last
    assert_eq!(opened.session.current_image(), Some(compared[2]));
    opened.send(go(Direction::Backward));
    assert_eq!(opened.session.current_image(), Some(compared[1]));
    opened.send(Command::SetFilter(Filter::Unlabelled)); // what is compared stays
    opened.settle();
    opened.send(Command::SetUnusable);
    opened.settle();
    let answer = opened.session.row(compared[1]).unwrap().label.unwrap().value.answer;
    assert_eq!(answer, Answer::Unusable);
    opened.send(Command::SetFilter(Filter::All));
    opened.settle();
    opened.send(Command::ShowGrid);
    assert_eq!(opened.session.selection().unwrap().cursor(), 17, "on the one decided about next");
}
