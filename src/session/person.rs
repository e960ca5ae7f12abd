//! Who labels: under whose name decisions go into the journal.

use std::sync::Arc;
use std::time::Duration;

use super::log_in::KeptFile;
use super::pace::Pace;
use super::{LogIn, NoticeLevel, Session};
use crate::jobs::Worker;
use crate::text::folded;

impl Session {
    /// Who labels. Nobody on a shared log-in, until somebody has said so.
    pub fn person(&self) -> Option<&str> {
        self.person.as_deref()
    }

    /// Whether nothing can be decided before somebody has said who labels.
    pub fn must_say_who(&self) -> bool {
        self.person.is_none() && self.open.is_some() && !self.is_read_only()
    }

    /// The log-in that the program runs under.
    pub fn log_in(&self) -> &LogIn {
        &self.log_in
    }

    /// Who may be labelling: who said so on this computer, the last one first, then whose labels
    /// the library has.
    pub fn people(&self) -> Vec<&str> {
        let mut people: Vec<&str> = self.log_in.people().iter().map(String::as_str).collect();
        for name in self.open.iter().flat_map(|open| &open.people) {
            if !people.iter().any(|known| is_same_name(known, name)) {
                people.push(name);
            }
        }
        people
    }

    pub(super) fn set_person(&mut self, name: &str, ask_at_start: bool) {
        let name: String = name.chars().filter(|c| !c.is_control()).collect();
        let name = name.trim();
        let known = self.people().into_iter().find(|known| is_same_name(known, name));
        if known.is_none() && name != self.log_in.name() && !is_name(name) {
            return;
        }
        let person = known.unwrap_or(name).to_owned();
        if let Some(kept) = self.log_in.keep(&person, ask_at_start) {
            let wake = Arc::clone(&self.wake);
            let keeper =
                self.keeper.get_or_insert_with(|| Worker::new(write, move || wake(Duration::ZERO)));
            keeper.ask((person.clone(), kept));
        }
        self.person = Some(person);
        self.pace = Pace::default();
        self.refresh_facts(); // what was labelled today is another's
    }

    /// Tells why it could not be kept who labels, where that was so.
    pub(super) fn receive_kept(&mut self) {
        let answers = self.keeper.as_mut().map(Worker::take_answers).unwrap_or_default();
        for failure in answers.into_iter().flatten().flatten() {
            self.notify(NoticeLevel::Warning, failure);
        }
    }

    /// Decides nothing, since nobody has said who labels: the window asks, where that helps.
    pub(super) fn refuse_unsigned(&mut self) {
        let reason = self.open.as_ref().and_then(|open| open.library.read_only_reason());
        if let Some(reason) = reason {
            self.notify(NoticeLevel::Warning, reason);
        }
    }
}

/// Keeps in a thread of its own who labels; gives why that failed, where it did.
pub(super) type Keeper = Worker<(String, KeptFile), Option<String>>;

fn write((person, kept): (String, KeptFile)) -> Option<String> {
    let error = kept.write().err()?;
    Some(format!("It could not be kept for the next start that {person} labels: {error}"))
}

/// Whether somebody can be called so. Digits alone are category keys, pressed by somebody who has not
/// seen that they lead to the question.
pub fn is_name(text: &str) -> bool {
    text.chars().any(char::is_alphabetic)
}

fn is_same_name(a: &str, b: &str) -> bool {
    folded(a) == folded(b)
}
