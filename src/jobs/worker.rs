//! A thread that does one thing after the other, in the order in which they were asked for.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use crossbeam_channel::{Receiver, Sender, unbounded};

/// The answer to one question; nothing where an error of the program prevented it.
pub type Answered<R> = Option<R>;

/// A thread that answers questions in their order. Dropping it waits until all are answered, so that
/// nothing that was asked for is lost.
pub struct Worker<Q, R> {
    questions: Option<Sender<Q>>,
    answers: Receiver<Answered<R>>,
    waiting: usize,
    thread: Option<thread::JoinHandle<()>>,
}

impl<Q: Send + 'static, R: Send + 'static> Worker<Q, R> {
    /// Starts the thread; `wake` is called after each answer.
    pub fn new(
        mut answer: impl FnMut(Q) -> R + Send + 'static,
        wake: impl Fn() + Send + 'static,
    ) -> Self {
        let (questions, asked) = unbounded::<Q>();
        let (sender, answers) = unbounded();
        let thread = thread::spawn(move || {
            for question in asked {
                let answered = catch_unwind(AssertUnwindSafe(|| answer(question))).ok();
                // Nobody listens any more, yet what was asked for is still done.
                let _ = sender.send(answered);
                wake();
            }
        });
        Self { questions: Some(questions), answers, waiting: 0, thread: Some(thread) }
    }

    /// Asks for one thing more.
    pub fn ask(&mut self, question: Q) {
        if let Some(questions) = &self.questions
            && questions.send(question).is_ok()
        {
            self.waiting += 1;
        }
    }

    /// Answers that have come since the last call.
    pub fn take_answers(&mut self) -> Vec<Answered<R>> {
        let answers: Vec<_> = self.answers.try_iter().collect();
        self.waiting -= answers.len();
        answers
    }

    /// Waits for the next answer; nothing where none is to come.
    pub fn wait_for_answer(&mut self) -> Option<Answered<R>> {
        if self.waiting == 0 {
            return None;
        }
        let answer = self.answers.recv().ok()?;
        self.waiting -= 1;
        Some(answer)
    }

    /// Whether something that was asked for has no answer yet.
    pub fn is_busy(&self) -> bool {
        self.waiting > 0
    }
}

impl<Q, R> Worker<Q, R> {
    /// Waits until everything that was asked for is done; nothing can be asked for afterwards.
    pub fn finish(&mut self) {
        self.questions.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // panics are caught where they happen
        }
    }
}

impl<Q, R> Drop for Worker<Q, R> {
    fn drop(&mut self) {
        self.finish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_the_order_of_the_questions() {
        let (woken_sender, woken) = unbounded();
        let mut worker =
            Worker::new(|number: u32| number * 2, move || woken_sender.send(()).unwrap());
        (1..=3).for_each(|number| worker.ask(number));
        assert!(worker.is_busy());
        (1..=3).for_each(|_| woken.recv().unwrap());
        assert_eq!(worker.take_answers(), [Some(2), Some(4), Some(6)]);
        assert!(!worker.is_busy());
    }

    #[test]
    fn each_answer_can_be_waited_for() {
        let mut worker = Worker::new(|number: u32| number * 2, || {});
        assert_eq!(worker.wait_for_answer(), None, "nothing was asked");
        (1..=2).for_each(|number| worker.ask(number));
        assert_eq!(worker.wait_for_answer(), Some(Some(2)));
        assert!(worker.is_busy());
        assert_eq!(worker.wait_for_answer(), Some(Some(4)));
        assert_eq!(worker.wait_for_answer(), None);
        assert!(!worker.is_busy());
    }

    #[test]
    fn dropping_it_waits_until_everything_is_done() {
        let (done_sender, done) = unbounded();
        let mut worker = Worker::new(move |number: u32| done_sender.send(number).unwrap(), || {});
        (1..=50).for_each(|number| worker.ask(number));
        drop(worker);
        assert_eq!(done.try_iter().collect::<Vec<_>>(), (1..=50).collect::<Vec<_>>());
    }

    #[test]
    fn a_panic_costs_its_own_answer_alone() {
        let (woken_sender, woken) = unbounded();
        let answer = |number: u32| if number == 1 { panic!("on purpose") } else { number };
        let mut worker = Worker::new(answer, move || woken_sender.send(()).unwrap());
        worker.ask(1);
        worker.ask(2);
        (1..=2).for_each(|_| woken.recv().unwrap());
        assert_eq!(worker.take_answers(), [None, Some(2)]);
    }
}
