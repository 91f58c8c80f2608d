//! The stack machine.

use std::collections::HashMap;

use super::super::super::error::{CheckpointError, Defect};
use super::names::acts_on_the_machine;
use super::object::{Call, Graph, Object, Value};
use super::opcode::*;
use super::tape::Tape;

/// What one pickle may hold: many times what the largest published training checkpoint has.
const MOST_BYTES: u64 = 64 << 20;
const MOST_OBJECTS: usize = 1 << 17;
const MOST_ELEMENTS: usize = 1 << 20;
const MOST_NOTES: usize = 1 << 17;
const DEEPEST_STACK: usize = 1 << 16;

/// Reads one pickle from `tape`, which then stands behind it.
///
/// # Errors
/// When it is damaged, too large, uses an unknown instruction, or names a function that acts on the machine.
pub(in super::super) fn run(tape: &mut Tape) -> Result<(Graph, Value), CheckpointError> {
    let mut machine = Machine {
        end: tape.position().saturating_add(MOST_BYTES),
        tape,
        at: 0,
        stack: Vec::new(),
        marks: Vec::new(),
        notes: HashMap::new(),
        elements: 0,
        graph: Graph::default(),
    };
    loop {
        if let Some(value) = machine.step()? {
            return Ok((machine.graph, value));
        }
    }
}

struct Machine<'t, 's> {
    tape: &'t mut Tape<'s>,
    /// The byte that the pickle may not reach.
    end: u64,
    /// The instruction's place.
    at: u64,
    stack: Vec<Value>,
    /// The stack's heights at its marks.
    marks: Vec<usize>,
    /// What pickle calls its memo.
    notes: HashMap<u32, Value>,
    /// Elements in all tuples, lists and dictionaries.
    elements: usize,
    graph: Graph,
}

type Step<T = ()> = Result<T, CheckpointError>;

impl Machine<'_, '_> {
    /// One instruction; the value of the pickle when it was the last.
    fn step(&mut self) -> Step<Option<Value>> {
        self.at = self.tape.position();
        if self.at >= self.end {
            return Err(self.wrong("its table of contents is absurdly long"));
        }
        let opcode = self.tape.byte()?;
        match opcode {
            STOP => return self.pop().map(Some),
            PROTO => self.tape.skip(1)?,
            FRAME => self.tape.skip(8)?,
            POP => drop(self.pop()?),
            POP_MARK => drop(self.above_mark()?),
            MARK => self.mark()?,
            BINPUT | LONG_BINPUT | MEMOIZE => self.note(opcode)?,
            BINGET | LONG_BINGET => self.recall(opcode)?,
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

    /// The instructions that put one value on the stack.
    fn value(&mut self, opcode: u8) -> Step<Value> {
        Ok(match opcode {
            NONE => Value::None,
            NEWTRUE => Value::Truth(true),
            NEWFALSE => Value::Truth(false),
            BININT => Value::Integer(i32::from_le_bytes(self.tape.array()?).into()),
            BININT1 => Value::Integer(self.tape.byte()?.into()),
            BININT2 => Value::Integer(u16::from_le_bytes(self.tape.array()?).into()),
            BINFLOAT => Value::Float(f64::from_be_bytes(self.tape.array()?)),
            LONG1 => self.long()?,
            BINUNICODE | BINUNICODE8 | SHORT_BINUNICODE | BINSTRING | SHORT_BINSTRING => self.text(opcode)?,
            BINBYTES | BINBYTES8 | SHORT_BINBYTES | BYTEARRAY8 | LONG4 => self.opaque(opcode)?,
            EMPTY_TUPLE => self.tuple(0)?,
            TUPLE1 => self.tuple(1)?,
            TUPLE2 => self.tuple(2)?,
            TUPLE3 => self.tuple(3)?,
            TUPLE | FROZENSET => {
                let values = self.above_mark()?;
                self.add(Object::Tuple(values.into()))?
            }
            EMPTY_LIST | EMPTY_SET => self.add(Object::List(Vec::new()))?,
            EMPTY_DICT => self.add(Object::Dict(Vec::new()))?,
            GLOBAL => {
                let module = self.tape.line()?;
                let name = self.tape.line()?;
                self.global(&module, &name)?
            }
            STACK_GLOBAL => self.stack_global()?,
            BINPERSID => {
                let description = self.pop()?;
                self.add(Object::Persistent(description))?
            }
            REDUCE | NEWOBJ | NEWOBJ_EX => {
                if opcode == NEWOBJ_EX {
                    // Arguments by name; no tensor is made of them.
                    self.pop()?;
                }
                let arguments = self.pop()?;
                let function = self.pop()?;
                let call = Call { function, arguments, items: Vec::new(), state: None };
                self.add(Object::Call(Box::new(call)))?
            }
            NEXT_BUFFER | READONLY_BUFFER => {
                let what = "a pickle whose buffers are outside it, which torch.save never writes".to_owned();
                return Err(self.tape.error(self.at, Defect::Unsupported(what)));
            }
            _ => {
                let what = format!("the pickle instruction {opcode:#04x}");
                return Err(self.tape.error(self.at, Defect::Unsupported(what)));
            }
        })
    }

    /// Two's complement, little-endian; more than 64 bits only the signature of a file has.
    fn long(&mut self) -> Step<Value> {
        let length = self.tape.byte()?;
        let bytes = self.tape.bytes(length.into())?;
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

    /// The length that stands before text and bytes.
    fn length(&mut self, opcode: u8) -> Step<u64> {
        Ok(match opcode {
            SHORT_BINUNICODE | SHORT_BINSTRING | SHORT_BINBYTES => self.tape.byte()?.into(),
            BINUNICODE8 | BINBYTES8 | BYTEARRAY8 => u64::from_le_bytes(self.tape.array()?),
            _ => u32::from_le_bytes(self.tape.array()?).into(),
        })
    }

    /// Text; a byte string of Python 2 where it is text.
    fn text(&mut self, opcode: u8) -> Step<Value> {
        let length = self.length(opcode)?;
        if length > self.end - self.at {
            return Err(self.wrong("a text in its table of contents is absurdly long"));
        }
        match String::from_utf8(self.tape.bytes(length)?) {
            Ok(text) => self.add(Object::Text(text.into())),
            Err(_) => self.add(Object::Opaque),
        }
    }

    fn opaque(&mut self, opcode: u8) -> Step<Value> {
        let length = self.length(opcode)?;
        self.tape.skip(length)?;
        self.add(Object::Opaque)
    }

    fn tuple(&mut self, count: usize) -> Step<Value> {
        let start = self.stack.len().checked_sub(count).filter(|start| *start >= self.floor());
        let start = start.ok_or_else(|| self.wrong("its stack is empty"))?;
        let values = self.stack.split_off(start);
        self.add(Object::Tuple(values.into()))
    }

    fn stack_global(&mut self) -> Step<Value> {
        let (name, module) = (self.pop()?, self.pop()?);
        let texts = self.graph.text(module).zip(self.graph.text(name));
        let texts = texts.map(|(module, name)| (module.to_owned(), name.to_owned()));
        let (module, name) = texts.ok_or_else(|| self.wrong("a function's name is no text"))?;
        self.global(&module, &name)
    }

    fn global(&mut self, module: &str, name: &str) -> Step<Value> {
        if acts_on_the_machine(module, name) {
            return Err(self.tape.error(self.at, Defect::Program(format!("{module}.{name}"))));
        }
        self.add(Object::Global(format!("{module}.{name}").into()))
    }

    fn mark(&mut self) -> Step {
        if self.marks.len() >= DEEPEST_STACK {
            return Err(self.wrong("it is nested absurdly deep"));
        }
        self.marks.push(self.stack.len());
        Ok(())
    }

    fn note(&mut self, opcode: u8) -> Step {
        let key = match opcode {
            BINPUT => self.tape.byte()?.into(),
            LONG_BINPUT => u32::from_le_bytes(self.tape.array()?),
            _ => u32::try_from(self.notes.len()).unwrap_or(u32::MAX),
        };
        if self.notes.len() >= MOST_NOTES {
            return Err(self.wrong("it notes absurdly many values"));
        }
        let value = self.pop()?;
        self.notes.insert(key, value);
        self.push(value)
    }

    fn recall(&mut self, opcode: u8) -> Step {
        let key = match opcode {
            BINGET => self.tape.byte()?.into(),
            _ => u32::from_le_bytes(self.tape.array()?),
        };
        let value = self.notes.get(&key).copied();
        let value = value.ok_or_else(|| self.wrong("it recalls a value that it did not note"))?;
        self.push(value)
    }

    fn append(&mut self, opcode: u8) -> Step {
        let values = if opcode == APPEND { vec![self.pop()?] } else { self.above_mark()? };
        self.count(values.len())?;
        let target = self.top()?;
        match self.graph.object_mut(target) {
            Some(Object::List(list)) => list.extend(values),
            // What else can be appended to holds no tensors.
            Some(Object::Call(_)) => {}
            _ => return Err(self.wrong("it appends to what is no list")),
        }
        Ok(())
    }

    fn set_items(&mut self, opcode: u8) -> Step {
        let values = if opcode == SETITEM {
            let value = self.pop()?;
            vec![self.pop()?, value]
        } else {
            self.above_mark()?
        };
        self.count(values.len())?;
        let (pairs, rest) = values.as_chunks::<2>();
        let pairs = pairs.iter().map(|[key, value]| (*key, *value));
        let target = self.top()?;
        match self.graph.object_mut(target) {
            _ if !rest.is_empty() => return Err(self.wrong("a key in it has no value")),
            Some(Object::Dict(items)) => items.extend(pairs),
            Some(Object::Call(call)) => call.items.extend(pairs),
            _ => return Err(self.wrong("it sets an item of what is no dictionary")),
        }
        Ok(())
    }

    fn build(&mut self) -> Step {
        let state = self.pop()?;
        let target = self.top()?;
        match self.graph.object_mut(target) {
            Some(Object::Call(call)) => call.state = Some(state),
            _ => return Err(self.wrong("it sets the state of what has none")),
        }
        Ok(())
    }

    fn push(&mut self, value: Value) -> Step {
        if self.stack.len() >= DEEPEST_STACK {
            return Err(self.wrong("it is nested absurdly deep"));
        }
        self.stack.push(value);
        Ok(())
    }

    /// The height below which an instruction may not reach.
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
        above.copied().ok_or_else(|| self.wrong("its stack is empty"))
    }

    fn above_mark(&mut self) -> Step<Vec<Value>> {
        let mark = self.marks.pop().ok_or_else(|| self.wrong("a mark is missing"))?;
        let values = self.stack.split_off(mark);
        Ok(values)
    }

    fn add(&mut self, object: Object) -> Step<Value> {
        if self.graph.len() >= MOST_OBJECTS {
            return Err(self.wrong("it holds absurdly many objects"));
        }
        if let Object::Tuple(values) = &object {
            self.count(values.len())?;
        }
        Ok(self.graph.add(object))
    }

    fn count(&mut self, more: usize) -> Step {
        self.elements += more;
        if self.elements > MOST_ELEMENTS {
            return Err(self.wrong("it holds absurdly many elements"));
        }
        Ok(())
    }

    fn wrong(&self, what: &str) -> CheckpointError {
        self.tape.malformed(self.at, what)
    }
}
