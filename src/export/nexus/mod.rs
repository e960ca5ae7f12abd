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
//!     classification, human_label or automatic_label  NXprocess  decisions.rs
//! ```
//!
//! A value that is not known is left out, and a group with nothing known in it too. `definition`
//! is not written: NXem demands the sample's `preparation_date` and `atom_types`, which no vendor
//! header has. Once the user is asked for them they belong into `sample`, and `definition` into
//! the entry; `stage`, written without NXem's second tilt, which the record does not have, must
//! then be completed or left out. `classification`, `human_label`, `automatic_label`,
//! `instrument_record`, `preview` and `color` are no concepts of NXem.

mod decisions;
mod entry;
mod image;
mod instrument;
mod node;

pub(super) use entry::{write_entry, write_root};
pub(super) use node::Failure;
