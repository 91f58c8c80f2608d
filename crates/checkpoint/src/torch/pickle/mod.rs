//! A Python pickle, taken apart and not run.
//!
//! A pickle is a program for a small stack machine that may name any function of Python and call it. Here
//! names are text and calls are records: nothing is looked up, nothing is executed. What torch.save writes
//! (protocol 2, and 3 to 5 where a user asked for it) is understood, every other instruction is an error. The
//! instructions are those of CPython's `Lib/pickletools.py`.

mod machine;
mod names;
mod object;
mod opcode;
mod tape;

pub(super) use machine::run;
pub(super) use object::{Graph, Object, ObjectId, Value};
pub(super) use tape::Tape;
