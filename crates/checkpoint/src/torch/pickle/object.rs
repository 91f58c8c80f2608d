//! The contents of a pickle: a graph of objects, some of which are calls that were not made.

/// Index of an object in its [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::torch) struct ObjectId(u32);

/// A small value, or a reference to an object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::torch) enum Value {
    None,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Object(ObjectId),
}

/// An object. Objects refer to each other by index, so cycles are harmless.
#[derive(Debug)]
pub(in crate::torch) enum Object {
    Text(Box<str>),
    /// Bytes, or an integer of more than 64 bits: no part of a tensor.
    Opaque,
    Tuple(Box<[Value]>),
    List(Vec<Value>),
    Dict(Vec<(Value, Value)>),
    /// `module.name`.
    Global(Box<str>),
    /// An object stored outside the pickle, by its description.
    Persistent(Value),
    Call(Box<Call>),
}

/// A function call, and the operations on its result.
#[derive(Debug)]
pub(in crate::torch) struct Call {
    pub function: Value,
    /// Usually a tuple.
    pub arguments: Value,
    /// Items that would be added to the result, a dictionary.
    pub items: Vec<(Value, Value)>,
    /// State that the result's attributes would be set to.
    pub state: Option<Value>,
}

/// All objects of a pickle.
#[derive(Debug, Default)]
pub(in crate::torch) struct Graph {
    objects: Vec<Object>,
}

impl Graph {
    pub(super) fn len(&self) -> usize {
        self.objects.len()
    }

    pub(super) fn add(&mut self, object: Object) -> Value {
        let id = ObjectId(u32::try_from(self.objects.len()).unwrap_or(u32::MAX));
        self.objects.push(object);
        Value::Object(id)
    }

    /// The descriptions of all objects stored outside the pickle.
    pub(in crate::torch) fn persistent(&self) -> impl Iterator<Item = Value> {
        self.objects.iter().filter_map(|object| match object {
            Object::Persistent(description) => Some(*description),
            _ => None,
        })
    }

    pub(super) fn object_mut(&mut self, value: Value) -> Option<&mut Object> {
        match value {
            Value::Object(ObjectId(index)) => self.objects.get_mut(index as usize),
            _ => None,
        }
    }

    pub(in crate::torch) fn object(&self, value: Value) -> Option<&Object> {
        match value {
            Value::Object(ObjectId(index)) => self.objects.get(index as usize),
            _ => None,
        }
    }

    pub(in crate::torch) fn text(&self, value: Value) -> Option<&str> {
        match self.object(value)? {
            Object::Text(text) => Some(text),
            _ => None,
        }
    }

    /// `module.name`, if the value is a global.
    pub(in crate::torch) fn global(&self, value: Value) -> Option<&str> {
        match self.object(value)? {
            Object::Global(name) => Some(name),
            _ => None,
        }
    }

    /// The elements of a tuple or a list.
    pub(in crate::torch) fn sequence(&self, value: Value) -> Option<&[Value]> {
        match self.object(value)? {
            Object::Tuple(values) => Some(values),
            Object::List(values) => Some(values),
            _ => None,
        }
    }

    pub(in crate::torch) fn call(&self, value: Value) -> Option<&Call> {
        match self.object(value)? {
            Object::Call(call) => Some(call),
            _ => None,
        }
    }
}
