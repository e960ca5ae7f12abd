//! Workers are started and ended: at random moments that a seed decides, while something is done.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::hint;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};

use super::line::{Line, Step};
use super::worker::{ORDER_VARIABLE, Order, WORKER_TEST};

/// Acknowledged steps before the last, at most.
const MOST_ACKNOWLEDGED: usize = 8;
/// One worker of so many is ended while it opens the library.
const OPENING_ONE_OF: u32 = 12;
/// A worker is ended up to this many times as long after a step has begun as such a step takes:
/// also after its end.
const LATEST: f64 = 1.2;

/// What is set in a worker's environment besides.
pub type Environment = Vec<(&'static str, OsString)>;

/// A worker at work.
pub struct Running {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    began: Instant,
    /// What it has told so far.
    pub lines: Vec<Line>,
}

/// How long kinds of steps take, in seconds, from workers before.
#[derive(Default)]
pub struct Pace(BTreeMap<&'static str, f64>);

impl Pace {
    fn of(&self, kind: &'static str) -> f64 {
        self.0.get(kind).copied().unwrap_or(0.001)
    }

    fn learn(&mut self, kind: &'static str, took_s: f64) {
        let mean = self.0.entry(kind).or_insert(took_s);
        *mean = 0.8 * *mean + 0.2 * took_s;
    }
}

impl Running {
    pub fn start(order: &Order, environment: &Environment) -> Self {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--ignored", "--exact", WORKER_TEST, "--nocapture", "--test-threads=1"])
            .env(ORDER_VARIABLE, serde_json::to_string(order).unwrap())
            .envs(environment.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self { child, stdin, stdout, began: Instant::now(), lines: Vec::new() }
    }

    /// The next thing it tells; none when it has ended.
    pub fn hear(&mut self, pace: &mut Pace) -> Option<&Line> {
        loop {
            let mut text = Vec::new();
            if self.stdout.read_until(b'\n', &mut text).unwrap() == 0 {
                return None;
            }
            let Some(line) = Line::from_text(&String::from_utf8_lossy(&text)) else { continue };
            let took_s = self.began.elapsed().as_secs_f64();
            match (&line, self.lines.last()) {
                (Line::Opening | Line::Begin(_), _) => self.began = Instant::now(),
                (Line::Open, _) => pace.learn("open", took_s),
                (Line::Done(_), Some(Line::Begin(step))) => pace.learn(step.kind(), took_s),
                _ => {}
            }
            self.lines.push(line);
            return self.lines.last();
        }
    }

    /// Lets it go on after a failure.
    pub fn go_on(&mut self) {
        self.stdin.write_all(b"\n").unwrap();
    }

    /// Ends it by SIGKILL; gives everything that it told until then.
    pub fn kill(mut self) -> Vec<Line> {
        self.child.kill().unwrap();
        while self.hear(&mut Pace::default()).is_some() {}
        let status = self.child.wait().unwrap();
        let is_failed_test = status.code() == Some(101);
        assert!(!status.success() && !is_failed_test, "it had ended by itself: {status}");
        self.lines
    }
}

/// Starts a worker and ends it within a step of one of these kinds, or while it opens the library;
/// all by the order's seed. Gives everything that it told.
pub fn run_and_kill(
    order: &Order,
    environment: &Environment,
    within: &[&str],
    pace: &mut Pace,
) -> Vec<Line> {
    let mut random = ChaCha8Rng::seed_from_u64(order.seed);
    let is_opening = random.random_ratio(1, OPENING_ONE_OF);
    let acknowledged = random.random_range(0..=MOST_ACKNOWLEDGED);
    let share = random.random_range(0.0..LATEST);
    let mut running = Running::start(order, environment);
    let mut done = 0;
    loop {
        let line = running.hear(pace);
        let kind = match line {
            None => panic!("the worker ended by itself: {order:?}"),
            Some(Line::Opening) if is_opening => "open",
            Some(Line::Begin(step)) if done >= acknowledged && is_within(step, within) => {
                step.kind()
            }
            Some(line) => {
                done += usize::from(matches!(line, Line::Done(_)));
                continue;
            }
        };
        spin(Duration::from_secs_f64(share * pace.of(kind)));
        return running.kill();
    }
}

fn is_within(step: &Step, within: &[&str]) -> bool {
    within.contains(&step.kind())
}

/// Waits for less than the system can sleep.
fn spin(duration: Duration) {
    let began = Instant::now();
    while began.elapsed() < duration {
        hint::spin_loop();
    }
}
