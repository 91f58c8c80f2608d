//! A Python pickle, parsed but never executed.
//!
//! A pickle is a program for a small stack machine that may name any Python function and call it. Here, names
//! are text and calls are records: nothing is looked up, nothing is executed. The instructions that
//! torch.save writes are supported (protocol 2, and 3 to 5 if a user requests it); any other is an error.
//! They are documented in CPython's `Lib/pickletools.py`.

mod byte_reader;
mod object;
mod opcode;
mod unsafe_functions;
mod vm;

pub(super) use byte_reader::ByteReader;
pub(super) use object::{Graph, Object, ObjectId, Value};
pub(super) use vm::run;
