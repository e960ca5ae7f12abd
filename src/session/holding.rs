//! What is asked for while something is being taken back, or made again, waits for it.
//!
//! Whoever presses a key right after Undo means the image that comes back, and that is known only
//! once it is written.

use std::collections::VecDeque;

use super::decisions::Decided;
use super::{Command, NoticeLevel, OpenLibrary, Session};
use crate::jobs::Answered;

/// Decisions that were asked for by their number, and what waits for one of them.
#[derive(Debug, Default)]
pub(super) struct Holding {
    /// How many were answered.
    answered_count: u64,
    /// The number of the newest that takes back or makes again.
    newest_reversal: u64,
    held: VecDeque<Command>,
}

impl Holding {
    /// Whether something waits.
    pub(super) fn has_held(&self) -> bool {
        !self.held.is_empty()
    }

    /// The decision of this number takes back or makes again.
    pub(super) fn note_reversal(&mut self, number: u64) {
        self.newest_reversal = number;
    }

    pub(super) fn note_answer(&mut self) {
        self.answered_count += 1;
    }

    fn is_reversing(&self) -> bool {
        self.answered_count < self.newest_reversal
    }

    /// The next that need not wait any longer.
    fn next(&mut self) -> Option<Command> {
        if self.is_reversing() { None } else { self.held.pop_front() }
    }
}

impl Session {
    /// Whether something is being taken back, or made again.
    pub fn is_reversing(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.holding.is_reversing())
    }

    /// Whether something waits for that.
    pub(super) fn has_held(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.holding.has_held())
    }

    /// Does nothing of what waits: the image that it was meant for is not seen.
    pub(super) fn drop_held(&mut self) {
        let Some(open) = &mut self.open else { return };
        if !std::mem::take(&mut open.holding.held).is_empty() {
            let text = "What was asked for meanwhile was not done: the image is not shown";
            self.notify(NoticeLevel::Warning, text);
        }
    }

    /// Keeps the command for later, where it has to wait; gives it back where it has not.
    pub(super) fn hold(&mut self, command: Command) -> Option<Command> {
        let Some(OpenLibrary { holding, .. }) = &mut self.open else { return Some(command) };
        let waits = match holding.has_held() {
            true => command.keeps_its_turn(),
            false => holding.is_reversing() && command.is_about_selection(),
        };
        if !waits {
            return Some(command);
        }
        holding.held.push_back(command);
        None
    }

    /// Does what has waited for long enough, in its order.
    pub(super) fn act_on_held(&mut self) {
        while let Some(command) = self.open.as_mut().and_then(|open| open.holding.next()) {
            self.act(command);
        }
    }

    /// Does everything that waits, and waits for it: the library is about to be left.
    pub(super) fn finish_held(&mut self) {
        while let Some(open) = self.open.as_mut().filter(|open| open.holding.has_held()) {
            let answers: Vec<Answered<Decided>> =
                open.decider.wait_for_answer().into_iter().collect();
            if answers.is_empty() {
                open.holding.answered_count = open.asked_count; // nobody answers any more
            }
            self.take_answers(answers);
        }
    }
}
