//! What the library promises when a program is killed, the power fails or the disk is full.
//!
//! A test starts the test program again as a *worker* (`worker.rs`) that opens a library and does
//! one kind of *work* (`work.rs`) without end. Before each call it prints the *step* that it is
//! about to make, after it that the call has returned: from then on the step is *acknowledged*. The
//! test ends the worker somewhere (`killing.rs`), opens what is left and compares it with what a
//! *ledger* (`ledger.rs`) says must be there:
//!
//! - `Library::verify` finds nothing;
//! - the journal holds every acknowledged entry with exactly the changes that the step was to make,
//!   and besides at most the one that was not yet acknowledged, then whole as well;
//! - of merged libraries it holds the same, as history;
//! - all labels, notes, categories, predictions and readings are those that follow from these
//!   entries: nothing is lost, half made, or there without a decision.
//!
//! After a power cut, what can be had again (`Durability::Rebuildable`) may be what it was earlier.
//!
//! Knows the library's API, and its tables where the API does not show the journal.

#![allow(clippy::panic, reason = "a panic fails the test and says why")]

mod line; // what a worker tells
mod merging; // the kind of work with a second library
mod work; // all kinds of work …
mod worker; // … in a process of their own
mod killing; // … which is ended
mod seen; // what a library holds
mod ledger; // what it must hold
mod checker; // the ledger finds what is wrong
mod backups; // only whole files under their final names
mod stage; // a library to work in
mod kills; // kill -9 at random moments
mod classify_kills; // the program itself, classifying
#[cfg(target_os = "linux")]
mod shim; // power_cut.c, built and loaded
#[cfg(target_os = "linux")]
mod power_cuts;
#[cfg(target_os = "linux")]
mod full_disk;
