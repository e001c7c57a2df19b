//! What the footer of a thin file says: `arrow-ckpt.holders` and `arrow-ckpt.refs`.

use serde_json::{Map, Value, json};

use crate::decode::Named;

/// How the columns of rows in holders, of holders, and of values of the file's own begin.
pub const ROWS: &str = "__ckpt_r_";
/// See [`ROWS`].
pub const HOLDERS: &str = "__ckpt_h_";
/// See [`ROWS`].
pub const OWN: &str = "__ckpt_v_";

/// A column whose values are in other files, some or all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The column's name in the plan.
    pub name: String,
    /// Its type, for people.
    pub r#type: String,
    /// Whether there is a column that tells which holder.
    pub has_holders: bool,
    /// Whether there are values of the file's own.
    pub has_own: bool,
    /// Values come several times each.
    pub repeats: bool,
    /// Holder, and the column's name there.
    pub of: Vec<(usize, String)>,
    /// Rows whose value is in a holder.
    pub found: usize,
    /// Bytes that the file would have more without them, about.
    pub bytes: u64,
}

/// The text of `arrow-ckpt.holders`.
#[must_use]
pub fn holders_text(holders: &[Named]) -> String {
    json!(holders).to_string()
}

/// The text of `arrow-ckpt.refs`.
#[must_use]
pub fn references_text(references: &[Reference]) -> String {
    let mut all = Map::new();
    for reference in references {
        let Reference { name, r#type, has_holders, has_own, repeats, of, found, bytes } = reference;
        let mut entry = Map::new();
        let mut put = |key: &str, value: Value| drop(entry.insert(key.to_owned(), value));
        put("t", json!(r#type));
        put("r", json!(format!("{ROWS}{name}")));
        if *has_holders {
            put("h", json!(format!("{HOLDERS}{name}")));
        }
        if *has_own {
            put("v", json!(format!("{OWN}{name}")));
        }
        put("of", json!(of));
        put("rows", json!(found));
        put("bytes", json!(bytes));
        if *repeats {
            put("repeats", json!(true));
        }
        all.insert(name.clone(), Value::Object(entry));
    }
    Value::Object(all).to_string()
}
