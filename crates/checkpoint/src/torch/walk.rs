//! Finds the tensors in the objects of a pickle, and gives them dotted names.

use super::pickle::{Graph, Object, ObjectId, Value};
use super::tensors::{TensorDescription, TensorError, describe_tensor};

const MAX_DEPTH: usize = 64;
const MAX_TENSORS: usize = 1 << 15;
/// Largest number of values visited; shared parts are visited once per name.
const MAX_VALUES: usize = 1 << 21;
/// Largest total length of visited keys and of names, in bytes.
const MAX_TEXT: usize = 8 << 20;

/// Attributes of a `torch.nn.Module` that contain its tensors and submodules; a state dictionary omits them
/// from names.
const MODULE_PARTS: [&str; 3] = ["_parameters", "_buffers", "_modules"];

/// The name of a tensor, and the tensor or its defect.
pub(super) type Found = (String, Result<TensorDescription, TensorError>);

/// All tensors that can be reached from `root` through dictionaries, lists and the state of objects.
///
/// # Errors
/// If it is nested too deeply or contains too much.
pub(super) fn tensors(graph: &Graph, root: Value) -> Result<Vec<Found>, &'static str> {
    let mut walk =
        Walk { graph, path: Vec::new(), name: String::new(), found: Vec::new(), values: 0, text: 0 };
    walk.visit(root)?;
    Ok(walk.found)
}

struct Walk<'a> {
    graph: &'a Graph,
    /// The objects around the current one, to detect cycles.
    path: Vec<ObjectId>,
    name: String,
    found: Vec<Found>,
    values: usize,
    text: usize,
}

impl Walk<'_> {
    fn visit(&mut self, value: Value) -> Result<(), &'static str> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err("it contains implausibly many values");
        }
        let Value::Object(id) = value else { return Ok(()) };
        if self.path.contains(&id) {
            return Ok(());
        }
        if self.path.len() >= MAX_DEPTH {
            return Err("it is nested implausibly deep");
        }
        self.path.push(id);
        self.object(value)?;
        self.path.pop();
        Ok(())
    }

    fn object(&mut self, value: Value) -> Result<(), &'static str> {
        let graph = self.graph;
        match graph.object(value) {
            Some(Object::Dict(items)) => self.items(items),
            Some(Object::List(_) | Object::Tuple(_)) => self.sequence(value),
            Some(Object::Call(_)) => self.call(value),
            _ => Ok(()),
        }
    }

    fn items(&mut self, items: &[(Value, Value)]) -> Result<(), &'static str> {
        items.iter().enumerate().try_for_each(|(index, (key, value))| match (*key, self.graph.text(*key)) {
            (_, Some(key)) => self.child(key, *value),
            (Value::Integer(key), _) => self.child(&key.to_string(), *value),
            // Keys that are not names, such as the parameters in an optimiser's state: use their index.
            _ if matches!(value, Value::Object(_)) => self.child(&format!("[{index}]"), *value),
            _ => Ok(()),
        })
    }

    fn sequence(&mut self, value: Value) -> Result<(), &'static str> {
        let values = self.graph.sequence(value).unwrap_or_default();
        // Long lists contain numbers: visiting them is cheap, naming each is not.
        let objects = values.iter().enumerate().filter(|(_, value)| matches!(value, Value::Object(_)));
        objects.into_iter().try_for_each(|(index, value)| self.child(&index.to_string(), *value))
    }

    fn call(&mut self, value: Value) -> Result<(), &'static str> {
        if let Some(tensor) = describe_tensor(self.graph, value) {
            return self.keep(tensor);
        }
        let Some(call) = self.graph.call(value) else { return Ok(()) };
        self.items(&call.items)?;
        match self.graph.global(call.function) {
            // A bound method, such as the `state_dict` of a network: visit the object that it is bound to.
            Some("builtins.getattr" | "__builtin__.getattr") => {
                let bound = self.graph.sequence(call.arguments).and_then(|all| all.first());
                bound.map_or(Ok(()), |bound| self.visit(*bound))
            }
            // Python 2 stores the items as a list of pairs.
            Some("collections.OrderedDict") => self.pairs(call.arguments),
            _ => call.state.map_or(Ok(()), |state| self.state(state)),
        }
    }

    fn pairs(&mut self, arguments: Value) -> Result<(), &'static str> {
        let graph = self.graph;
        let list = graph.sequence(arguments).and_then(|arguments| arguments.first());
        let pairs = list.and_then(|list| graph.sequence(*list)).unwrap_or_default();
        pairs.iter().try_for_each(|pair| match graph.sequence(*pair) {
            Some([key, value]) => self.items(&[(*key, *value)]),
            _ => Ok(()),
        })
    }

    /// Visits the attributes of an object.
    fn state(&mut self, state: Value) -> Result<(), &'static str> {
        // For a class with `__slots__`, a pair of its dictionary and its slots.
        if let Some(Object::Tuple(parts)) = self.graph.object(state) {
            return parts.iter().filter(|part| **part != state).try_for_each(|part| self.attributes(*part));
        }
        self.attributes(state)
    }

    fn attributes(&mut self, state: Value) -> Result<(), &'static str> {
        let Some(Object::Dict(items)) = self.graph.object(state) else { return Ok(()) };
        items.iter().try_for_each(|(key, value)| match self.graph.text(*key) {
            Some(part) if MODULE_PARTS.contains(&part) => self.visit(*value),
            Some(key) => self.child(key, *value),
            None => Ok(()),
        })
    }

    fn child(&mut self, key: &str, value: Value) -> Result<(), &'static str> {
        let length = self.name.len();
        self.text += key.len();
        if self.text > MAX_TEXT {
            return Err("its names are implausibly long");
        }
        if length > 0 {
            self.name.push('.');
        }
        self.name.push_str(key);
        self.visit(value)?;
        self.name.truncate(length);
        Ok(())
    }

    fn keep(&mut self, tensor: Result<TensorDescription, TensorError>) -> Result<(), &'static str> {
        self.text += self.name.len();
        if self.found.len() >= MAX_TENSORS || self.text > MAX_TEXT {
            return Err("it contains implausibly many tensors");
        }
        self.found.push((self.name.clone(), tensor));
        Ok(())
    }
}
