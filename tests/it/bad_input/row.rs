//! A row of the table: what is changed in a valid input, and what the answer must be.

use serde_json::{Value, json};
use stockroom::platform::actor::Scope;

/// A mutation, an input that it accepts, and the bad inputs made from it.
pub struct Mutation {
    /// Its name in the schema.
    pub name: &'static str,
    /// An input that is accepted once, with every optional field filled in.
    pub baseline: Value,
    /// What is done to it, and what must come of it.
    pub rows: Vec<Row>,
}

/// What must come of an input.
#[derive(Clone, Debug)]
pub enum Expected {
    /// HTTP 200, and exactly these user errors: code and path, `lines.0.quantity` without `input.`.
    Errors(Vec<(String, String)>),
    /// The input does not fit the schema's types: a GraphQL error with a code, nothing executed.
    Unfit,
}

/// One bad input.
#[derive(Clone, Debug)]
pub struct Row {
    /// What is bad about it.
    pub name: String,
    /// A scope that the caller lacks, besides having all others.
    pub without: Option<Scope>,
    /// What must come of it.
    pub expected: Expected,
    changes: Vec<(String, Option<Value>)>,
}

/// A row of this name; without an expectation it fails.
pub fn row(name: impl Into<String>) -> Row {
    Row {
        name: name.into(),
        without: None,
        expected: Expected::Errors(Vec::new()),
        changes: Vec::new(),
    }
}

impl Row {
    /// Puts a value at a JSON pointer of the input.
    pub fn set(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        self.changes.push((pointer.to_owned(), Some(value.into())));
        self
    }

    /// Takes a field away.
    pub fn unset(mut self, pointer: &str) -> Self {
        self.changes.push((pointer.to_owned(), None));
        self
    }

    /// Empties the reference at this place first, so that the row alone fills it.
    pub fn within(self, pointer: &str) -> Self {
        self.instead(pointer, json!({}))
    }

    /// Puts another value at a place first, for the row to spoil it.
    pub fn instead(mut self, pointer: &str, value: Value) -> Self {
        self.changes.insert(0, (pointer.to_owned(), Some(value)));
        self
    }

    /// The caller lacks this scope.
    pub fn without(mut self, scope: Scope) -> Self {
        self.without = Some(scope);
        self
    }

    /// One more user error that must be told.
    pub fn gives(mut self, code: &str, path: &str) -> Self {
        let mut errors = match self.expected {
            Expected::Errors(errors) => errors,
            Expected::Unfit => Vec::new(),
        };
        errors.push((code.to_owned(), path.to_owned()));
        self.expected = Expected::Errors(errors);
        self
    }

    /// The value is refused as such.
    pub fn invalid(self, path: &str) -> Self {
        self.gives("INVALID", path)
    }

    /// The input does not fit the schema's types.
    pub fn unfit(mut self) -> Self {
        self.expected = Expected::Unfit;
        self
    }

    /// The input that is sent.
    pub fn input(&self, baseline: &Value) -> Value {
        let mut input = baseline.clone();
        for (pointer, value) in &self.changes {
            put(&mut input, pointer, value.clone());
        }
        input
    }
}

/// Sets or removes what a JSON pointer names; its parent must be there.
pub fn put(input: &mut Value, pointer: &str, value: Option<Value>) {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer begins with /");
    let Some(parent) = input.pointer_mut(parent) else {
        panic!("{pointer}: the baseline has no such place");
    };
    match (parent, value) {
        (Value::Object(fields), Some(value)) => {
            fields.insert(key.to_owned(), value);
        }
        (Value::Object(fields), None) => {
            assert!(fields.remove(key).is_some(), "{pointer} is not there");
        }
        (Value::Array(items), value) => {
            let index: usize = key.parse().expect("an index");
            if index == items.len() {
                items.push(Value::Null);
            }
            items[index] = value.unwrap_or_default();
        }
        (other, _) => panic!("{pointer}: {other} has no fields"),
    }
}

/// The same item so many times.
pub fn times(item: &Value, count: usize) -> Value {
    json!(vec![item.clone(); count])
}
