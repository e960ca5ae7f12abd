//! Tests of the library from outside: one binary for all, so that only one is linked.

mod h5py;
mod hdf5;
mod hdf5_naming;
mod hdf5_vendor;
mod micrographs;
mod window;
