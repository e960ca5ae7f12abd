//! The NeXus layout, after the application definition NXem.
//!
//! ```text
//! /              NXroot    @default
//!   entryN       NXentry   @default                     entry.rs
//!     note_source, noteN, instrument_record  NXnote
//!     sample, user1
//!     measurement  NXem_measurement @default
//!       instrument   what the microscope is             instrument.rs
//!       event1       @default
//!         instrument   how it was set                   instrument.rs
//!         image1       @default                         image.rs
//!     classification, human_label  NXprocess            decisions.rs
//! ```
//!
//! A value that is not known is left out, and a group with nothing known in it too. `definition`
//! is not written: NXem demands the sample's `preparation_date` and `atom_types`, which no vendor
//! header has. Once the user is asked for them they belong into `sample`, and `definition` into
//! the entry. Without that claim, groups of NXem hold what is known of them (`stage` without the
//! second tilt, `scan_controller` without a scan scheme). `classification`, `human_label`,
//! `instrument_record` and `preview` are no concepts of NXem.

mod decisions;
mod entry;
mod image;
mod instrument;
mod node;

pub(super) use entry::{write_entry, write_root};
pub(super) use node::Failure;
