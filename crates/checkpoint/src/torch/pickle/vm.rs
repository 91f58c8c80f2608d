//! The virtual machine that interprets a pickle's instructions.

use std::collections::HashMap;

use super::byte_reader::ByteReader;
use super::object::{Call, Graph, Object, Value};
use super::opcode::*;
use super::unsafe_functions::is_unsafe_function;
use crate::error::{CheckpointError, Defect};

/// Limits of one pickle, many times those of the largest published training checkpoint.
const MAX_BYTES: u64 = 64 << 20;
const MAX_OBJECTS: usize = 1 << 17;
const MAX_ELEMENTS: usize = 1 << 20;
const MAX_MEMO_ENTRIES: usize = 1 << 17;
const MAX_STACK_DEPTH: usize = 1 << 16;

/// Interprets one pickle from `reader`, which is then positioned after it.
///
/// # Errors
/// If it is damaged, too large, uses an unsupported instruction, or references an unsafe function.
pub(in crate::torch) fn run(reader: &mut ByteReader) -> Result<(Graph, Value), CheckpointError> {
    let mut vm = PickleVm {
        end: reader.position().saturating_add(MAX_BYTES),
        reader,
        at: 0,
        stack: Vec::new(),
        marks: Vec::new(),
        memo: HashMap::new(),
        elements: 0,
        graph: Graph::default(),
    };
    loop {
        if let Some(value) = vm.step()? {
            return Ok((vm.graph, value));
        }
    }
}

struct PickleVm<'t, 's> {
    reader: &'t mut ByteReader<'s>,
    /// Offset before which the pickle must end.
    end: u64,
    /// Offset of the current instruction.
    at: u64,
    stack: Vec<Value>,
    /// Heights of the stack at its marks.
    marks: Vec<usize>,
    memo: HashMap<u32, Value>,
    /// Number of elements in all tuples, lists and dictionaries.
    elements: usize,
    graph: Graph,
}

type Step<T = ()> = Result<T, CheckpointError>;

impl PickleVm<'_, '_> {
    /// Executes one instruction; returns the value of the pickle after the last.
    fn step(&mut self) -> Step<Option<Value>> {
        self.at = self.reader.position();
        if self.at >= self.end {
            return Err(self.wrong("its table of contents is implausibly long"));
        }
        let opcode = self.reader.byte()?;
        match opcode {
            STOP => return self.pop().map(Some),
            PROTO => self.reader.skip(1)?,
            FRAME => self.reader.skip(8)?,
            POP => drop(self.pop()?),
            POP_MARK => drop(self.pop_to_mark()?),
            MARK => self.mark()?,
            BINPUT | LONG_BINPUT | MEMOIZE => self.memoize(opcode)?,
            BINGET | LONG_BINGET => self.get_memo(opcode)?,
            APPEND | APPENDS | ADDITEMS => self.append(opcode)?,
            SETITEM | SETITEMS => self.set_items(opcode)?,
            BUILD => self.build()?,
            _ => {
                let value = self.value(opcode)?;
                self.push(value)?;
            }
        }
        Ok(None)
    }

    /// The instructions that push one value.
    fn value(&mut self, opcode: u8) -> Step<Value> {
        Ok(match opcode {
            NONE => Value::None,
            NEWTRUE => Value::Bool(true),
            NEWFALSE => Value::Bool(false),
            BININT => Value::Integer(i32::from_le_bytes(self.reader.array()?).into()),
            BININT1 => Value::Integer(self.reader.byte()?.into()),
            BININT2 => Value::Integer(u16::from_le_bytes(self.reader.array()?).into()),
            BINFLOAT => Value::Float(f64::from_be_bytes(self.reader.array()?)),
            LONG1 => self.long()?,
            BINUNICODE | BINUNICODE8 | SHORT_BINUNICODE | BINSTRING | SHORT_BINSTRING => self.text(opcode)?,
            BINBYTES | BINBYTES8 | SHORT_BINBYTES | BYTEARRAY8 | LONG4 => self.opaque(opcode)?,
            EMPTY_TUPLE => self.tuple(0)?,
            TUPLE1 => self.tuple(1)?,
            TUPLE2 => self.tuple(2)?,
            TUPLE3 => self.tuple(3)?,
            TUPLE | FROZENSET => {
                let values = self.pop_to_mark()?;
                self.add(Object::Tuple(values.into()))?
            }
            EMPTY_LIST | EMPTY_SET => self.add(Object::List(Vec::new()))?,
            EMPTY_DICT => self.add(Object::Dict(Vec::new()))?,
            GLOBAL => {
                let module = self.reader.line()?;
                let name = self.reader.line()?;
                self.global(&module, &name)?
            }
            STACK_GLOBAL => self.stack_global()?,
            BINPERSID => {
                let description = self.pop()?;
                self.add(Object::Persistent(description))?
            }
            REDUCE | NEWOBJ | NEWOBJ_EX => {
                if opcode == NEWOBJ_EX {
                    // Keyword arguments; no tensor uses them.
                    self.pop()?;
                }
                let arguments = self.pop()?;
                let function = self.pop()?;
                let call = Call { function, arguments, items: Vec::new(), state: None };
                self.add(Object::Call(Box::new(call)))?
            }
            NEXT_BUFFER | READONLY_BUFFER => {
                let what = "a pickle whose buffers are outside it, which torch.save never writes".to_owned();
                return Err(self.reader.error(self.at, Defect::Unsupported(what)));
            }
            _ => {
                let what = format!("the pickle instruction {opcode:#04x}");
                return Err(self.reader.error(self.at, Defect::Unsupported(what)));
            }
        })
    }

    /// A little-endian integer in two's complement. Only a file's signature has more than 64 bits.
    fn long(&mut self) -> Step<Value> {
        let length = self.reader.byte()?;
        let bytes = self.reader.bytes(length.into())?;
        let sign = if bytes.last().is_some_and(|last| last & 0x80 != 0) { 0xff } else { 0 };
        let (low, high) = bytes.split_at(bytes.len().min(8));
        let mut whole = [sign; 8];
        whole[..low.len()].copy_from_slice(low);
        let number = i64::from_le_bytes(whole);
        if high.iter().all(|byte| *byte == sign) && (number < 0) == (sign == 0xff) {
            return Ok(Value::Integer(number));
        }
        self.add(Object::Opaque)
    }

    /// The length before text and bytes.
    fn length(&mut self, opcode: u8) -> Step<u64> {
        Ok(match opcode {
            SHORT_BINUNICODE | SHORT_BINSTRING | SHORT_BINBYTES => self.reader.byte()?.into(),
            BINUNICODE8 | BINBYTES8 | BYTEARRAY8 => u64::from_le_bytes(self.reader.array()?),
            _ => u32::from_le_bytes(self.reader.array()?).into(),
        })
    }

    /// Text, or a byte string of Python 2 if it is valid UTF-8.
    fn text(&mut self, opcode: u8) -> Step<Value> {
        let length = self.length(opcode)?;
        if length > self.end - self.at {
            return Err(self.wrong("a string in its table of contents is implausibly long"));
        }
        match String::from_utf8(self.reader.bytes(length)?) {
            Ok(text) => self.add(Object::Text(text.into())),
            Err(_) => self.add(Object::Opaque),
        }
    }

    fn opaque(&mut self, opcode: u8) -> Step<Value> {
        let length = self.length(opcode)?;
        self.reader.skip(length)?;
        self.add(Object::Opaque)
    }

    fn tuple(&mut self, count: usize) -> Step<Value> {
        let start = self.stack.len().checked_sub(count).filter(|start| *start >= self.floor());
        let start = start.ok_or_else(|| self.wrong("the stack is empty"))?;
        let values = self.stack.split_off(start);
        self.add(Object::Tuple(values.into()))
    }

    fn stack_global(&mut self) -> Step<Value> {
        let (name, module) = (self.pop()?, self.pop()?);
        let texts = self.graph.text(module).zip(self.graph.text(name));
        let texts = texts.map(|(module, name)| (module.to_owned(), name.to_owned()));
        let (module, name) = texts.ok_or_else(|| self.wrong("a function's name is not a string"))?;
        self.global(&module, &name)
    }

    fn global(&mut self, module: &str, name: &str) -> Step<Value> {
        if is_unsafe_function(module, name) {
            return Err(self.reader.error(self.at, Defect::UnsafeFunction(format!("{module}.{name}"))));
        }
        self.add(Object::Global(format!("{module}.{name}").into()))
    }

    fn mark(&mut self) -> Step {
        if self.marks.len() >= MAX_STACK_DEPTH {
            return Err(self.wrong("it is nested implausibly deep"));
        }
        self.marks.push(self.stack.len());
        Ok(())
    }

    fn memoize(&mut self, opcode: u8) -> Step {
        let key = match opcode {
            BINPUT => self.reader.byte()?.into(),
            LONG_BINPUT => u32::from_le_bytes(self.reader.array()?),
            _ => u32::try_from(self.memo.len()).unwrap_or(u32::MAX),
        };
        if self.memo.len() >= MAX_MEMO_ENTRIES {
            return Err(self.wrong("its memo is implausibly large"));
        }
        let value = self.pop()?;
        self.memo.insert(key, value);
        self.push(value)
    }

    fn get_memo(&mut self, opcode: u8) -> Step {
        let key = match opcode {
            BINGET => self.reader.byte()?.into(),
            _ => u32::from_le_bytes(self.reader.array()?),
        };
        let value = self.memo.get(&key).copied();
        let value = value.ok_or_else(|| self.wrong("it reads a missing entry of its memo"))?;
        self.push(value)
    }

    fn append(&mut self, opcode: u8) -> Step {
        let values = if opcode == APPEND { vec![self.pop()?] } else { self.pop_to_mark()? };
        self.count(values.len())?;
        let target = self.top()?;
        match self.graph.object_mut(target) {
            Some(Object::List(list)) => list.extend(values),
            // Other objects that can be appended to contain no tensors.
            Some(Object::Call(_)) => {}
            _ => return Err(self.wrong("it appends to something other than a list")),
        }
        Ok(())
    }

    fn set_items(&mut self, opcode: u8) -> Step {
        let values = if opcode == SETITEM {
            let value = self.pop()?;
            vec![self.pop()?, value]
        } else {
            self.pop_to_mark()?
        };
        self.count(values.len())?;
        let (pairs, rest) = values.as_chunks::<2>();
        let pairs = pairs.iter().map(|[key, value]| (*key, *value));
        let target = self.top()?;
        match self.graph.object_mut(target) {
            _ if !rest.is_empty() => return Err(self.wrong("a key has no value")),
            Some(Object::Dict(items)) => items.extend(pairs),
            Some(Object::Call(call)) => call.items.extend(pairs),
            _ => return Err(self.wrong("it sets an item of something other than a dictionary")),
        }
        Ok(())
    }

    fn build(&mut self) -> Step {
        let state = self.pop()?;
        let target = self.top()?;
        match self.graph.object_mut(target) {
            Some(Object::Call(call)) => call.state = Some(state),
            _ => return Err(self.wrong("it sets the state of something without one")),
        }
        Ok(())
    }

    fn push(&mut self, value: Value) -> Step {
        if self.stack.len() >= MAX_STACK_DEPTH {
            return Err(self.wrong("it is nested implausibly deep"));
        }
        self.stack.push(value);
        Ok(())
    }

    /// The height below which an instruction may not pop.
    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    fn pop(&mut self) -> Step<Value> {
        let value = self.top()?;
        self.stack.pop();
        Ok(value)
    }

    fn top(&self) -> Step<Value> {
        let above = self.stack.get(self.floor()..).and_then(<[Value]>::last);
        above.copied().ok_or_else(|| self.wrong("the stack is empty"))
    }

    fn pop_to_mark(&mut self) -> Step<Vec<Value>> {
        let mark = self.marks.pop().ok_or_else(|| self.wrong("a mark is missing"))?;
        let values = self.stack.split_off(mark);
        Ok(values)
    }

    fn add(&mut self, object: Object) -> Step<Value> {
        if self.graph.len() >= MAX_OBJECTS {
            return Err(self.wrong("it contains implausibly many objects"));
        }
        if let Object::Tuple(values) = &object {
            self.count(values.len())?;
        }
        Ok(self.graph.add(object))
    }

    fn count(&mut self, more: usize) -> Step {
        self.elements += more;
        if self.elements > MAX_ELEMENTS {
            return Err(self.wrong("it contains implausibly many elements"));
        }
        Ok(())
    }

    fn wrong(&self, what: &str) -> CheckpointError {
        self.reader.malformed(self.at, what)
    }
}
