//! Files that change while the window is open: what is on screen and what is decided follow the disk.

use std::fs;
use std::path::PathBuf;

use semblance::catalog::LabelStanding;
use semblance::ops::{THUMBNAIL_SIZE_PX, ThumbnailKey};

use super::*;

impl Opened {
    /// The file at this position of the list, and another one with another picture.
    fn two_files(&self) -> [PathBuf; 2] {
        let path = |position: usize| {
            let row = self.session.row(self.session.image_ids()[position]).unwrap();
            self.images.join(row.relative_path)
        };
        [path(3), path(7)]
    }

    fn thumbnail(&mut self, image: ImageId) -> Vec<u8> {
        let key = ThumbnailKey { image, size_px: THUMBNAIL_SIZE_PX };
        let started = Instant::now();
        loop {
            self.session.want_sized_thumbnails(vec![key]);
            if let Some((_, loaded)) = self.session.take_thumbnails().pop() {
                return loaded.unwrap().rgb;
            }
            assert!(started.elapsed() < PATIENCE, "no thumbnail came");
            leave_the_processor();
            self.session.receive();
        }
    }
}

#[test]
fn a_file_that_changed_since_it_was_shown_is_shown_before_it_is_labelled() {
    let mut opened = Opened::sample();
    let tips = opened.category("Tips");
    let image = opened.session.image_ids()[3];
    let before = opened.thumbnail(image);
    opened.session.take_stale_images();
    let [file, other] = opened.two_files();
    fs::copy(other, file).unwrap();

    opened.put_cursor(3);
    opened.send(Command::SetCategory(tips));
    opened.settle();
    let told = opened.session.notices().last().unwrap();
    assert!(told.text.contains("has changed since it was shown"), "{}", told.text);
    assert_eq!(opened.session.row(image).unwrap().label, None);
    assert_eq!(opened.session.selection().unwrap().cursor(), 3, "the cursor comes back to it");
    assert!(opened.session.take_stale_images().contains(&image));
    let shown = opened.session.current_image().unwrap();
    assert_ne!(opened.thumbnail(shown), before);
    opened.send(Command::SetCategory(tips));
    opened.settle();
    assert_eq!(opened.labels_after_the_end().len(), 1, "now it was seen");
}

#[test]
fn of_many_images_those_whose_files_changed_are_left_out() {
    let mut opened = Opened::sample();
    let tips = opened.category("Tips");
    let [file, _] = opened.two_files();
    let mut bytes = fs::read(&file).unwrap();
    bytes.extend(b"more");
    fs::write(&file, bytes).unwrap();
    opened.select_first(6);
    opened.send(Command::SetCategory(tips));
    opened.settle();
    let told =
        opened.session.notices().iter().any(|notice| notice.text.contains("One file has changed"));
    assert!(told, "{:?}", opened.session.notices());
    assert_eq!(opened.labels_after_the_end().len(), 5);
}

#[test]
fn a_changed_file_waits_in_a_queue_and_its_label_is_about_what_it_held() {
    let mut opened = Opened::sample();
    let tips = opened.category("Tips");
    let image = opened.session.image_ids()[3];
    opened.thumbnail(image);
    opened.put_cursor(3);
    opened.send(Command::SetCategory(tips));
    opened.settle();
    let [file, _] = opened.two_files();
    image::GrayImage::from_fn(64, 48, |x, y| image::Luma([(x * y) as u8]))
        .save_with_format(&file, image::ImageFormat::Png)
        .unwrap();
    opened.send(Command::Rescan);
    opened.until_idle();
    let said = opened.session.notices().iter().any(|notice| notice.text.contains("1 changed"));
    assert!(said, "F5 says what it found: {:?}", opened.session.notices());
    assert!(opened.session.take_stale_images().contains(&image));
    assert_eq!(opened.session.review_counts().known(ReviewQueue::Changed), Some(1));
    assert!(opened.session.row(image).unwrap().is_label_outdated);

    let images = opened.images.clone();
    assert_eq!(labels(&images).len(), 0);
    let library = Library::open(&LibraryPlace::for_folder(&images).unwrap()).unwrap();
    let all = library.all_labels().unwrap();
    assert_eq!(all[0].standing, LabelStanding::FileChanged);
}

#[test]
fn another_folder_at_the_same_path_gets_no_label() {
    let mut opened = Opened::sample();
    let tips = opened.category("Tips");
    let aside = opened.images.with_file_name("moved");
    fs::rename(&opened.images, &aside).unwrap();
    fs::create_dir(&opened.images).unwrap();
    opened.send(Command::SetCategory(tips));
    opened.settle();
    let told = opened.session.notices().last().unwrap();
    assert_eq!(told.level, NoticeLevel::Error);
    assert!(told.text.contains("Another folder is at this place now"), "{}", told.text);
    assert_eq!(fs::read_dir(&opened.images).unwrap().count(), 0);
    assert_eq!(labels(&aside).len(), 0);
}
