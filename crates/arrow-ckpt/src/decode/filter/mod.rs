//! Which rows of a scan may be wanted. For each row a filter answers two questions: can the condition be true, can it be false? In doubt
//! both answers are yes. The filter cannot see values stored outside their column; a block therefore says whether the filter was certain of
//! all its rows, and JavaScript checks the rest. So a filter that knows nothing is right, only slow.

mod compare;
mod evaluate;
mod pages;
mod statistics;

use serde::Deserialize;

pub(super) use evaluate::Verdicts;
pub(super) use pages::IndexedChunk;
pub(super) use statistics::{Possible, possible};

/// A filter as the facade sends it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Filter {
    /// All of them.
    And(Vec<Filter>),
    /// One of them.
    Or(Vec<Filter>),
    /// Its opposite.
    Not(Box<Filter>),
    /// A condition on one value.
    Test(Test),
    /// Anything: the facade must look.
    Unknown,
}

/// A condition on the values of one place.
#[derive(Debug, Clone, Deserialize)]
pub struct Test {
    /// The top-level column by its index in the file.
    pub column: usize,
    /// The fields of structs from there on, by their index.
    #[serde(default)]
    pub path: Vec<usize>,
    /// Columns that hold a text where the value of a row is another than the column's: exceptions, whole rows.
    #[serde(default)]
    pub beside: Vec<usize>,
    /// How the value compares.
    pub op: Op,
    /// With what: one, or for `In` any number.
    pub values: Vec<Literal>,
}

/// How a value compares. A value of another kind, and null, are neither less nor greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Op {
    /// Equal to one of the values.
    In,
    /// Less than the value.
    Lt,
    /// Less or equal.
    Lte,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
}

/// A value to compare with.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Literal {
    /// Null, `undefined` or a missing key.
    Null,
    /// A number; those that JSON cannot hold as their text.
    Number(Number),
    /// An integer of any size, in decimal digits.
    Integer(String),
    /// A truth.
    Bool(bool),
    /// A text.
    Text(String),
    /// A date in milliseconds since 1970.
    Date(f64),
    /// A value that no native column holds.
    Other,
}

/// A number of JavaScript's.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Number {
    /// Finite.
    Finite(f64),
    /// `NaN`, `Infinity`, `-Infinity`.
    Special(String),
}

impl Number {
    pub(super) fn value(&self) -> f64 {
        match self {
            Self::Finite(value) => *value,
            Self::Special(name) => match name.as_str() {
                "Infinity" => f64::INFINITY,
                "-Infinity" => f64::NEG_INFINITY,
                _ => f64::NAN,
            },
        }
    }
}

impl Filter {
    /// Whether it asks for equality anywhere: only then can bloom filters tell something.
    pub(super) fn asks_for_equality(&self) -> bool {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::asks_for_equality),
            Self::Not(part) => part.asks_for_equality(),
            Self::Test(test) => test.op == Op::In,
            Self::Unknown => false,
        }
    }

    /// The top-level columns that it looks at, each once, ascending.
    pub(super) fn columns(&self) -> Vec<usize> {
        let mut columns = Vec::new();
        self.add_columns(&mut columns);
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    fn add_columns(&self, into: &mut Vec<usize>) {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.add_columns(into)),
            Self::Not(part) => part.add_columns(into),
            Self::Test(test) => {
                into.push(test.column);
                into.extend(&test.beside);
            }
            Self::Unknown => {}
        }
    }
}
