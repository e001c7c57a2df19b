//! A node made of a type in words: of a column whose values are in a file that is not there.

use super::kinds::{Kind, Node, Render};
use crate::limits::{MAX_SCHEMA_DEPTH, MAX_SCHEMA_NODES};

/// The node of a type in words, as a description has them or the writer. One of no known type, where nobody knows it.
pub(super) fn node_of(name: &str, words: &str) -> Node {
    let mut words = Words { rest: words, nodes: 0 };
    let node = words.node(name, 1).filter(|_| words.rest.is_empty());
    node.unwrap_or_else(|| leaf(name, Kind::Null, "unknown"))
}

fn leaf(name: &str, kind: Kind, words: &str) -> Node {
    Node {
        name: name.to_owned(),
        kind,
        nullable: true,
        children: Vec::new(),
        leaf: words.to_owned(),
        variant: None,
    }
}

struct Words<'a> {
    rest: &'a str,
    nodes: usize,
}

impl Words<'_> {
    fn take(&mut self, text: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(text)?;
        Some(())
    }

    fn node(&mut self, name: &str, depth: usize) -> Option<Node> {
        self.nodes += 1;
        if depth > MAX_SCHEMA_DEPTH || self.nodes > MAX_SCHEMA_NODES {
            return None;
        }
        let (kind, children) = if self.take("list<").is_some() {
            (Kind::List, vec![self.node("element", depth + 1)?])
        } else if self.take("struct<").is_some() {
            let mut fields = Vec::new();
            loop {
                let field = self.field()?;
                fields.push(self.node(&field, depth + 1)?);
                if self.take(", ").is_none() {
                    break (Kind::Struct, fields);
                }
            }
        } else {
            return self.leaf(name);
        };
        self.take(">")?;
        Some(Node { kind, children, ..leaf(name, kind, "") })
    }

    /// The name of a field, plain or quoted.
    fn field(&mut self) -> Option<String> {
        let mut quoted = serde_json::Deserializer::from_str(self.rest).into_iter::<String>();
        let name = if let Some(Ok(name)) = quoted.next() {
            self.rest = &self.rest[quoted.byte_offset()..];
            name
        } else {
            let (name, _) = self.rest.split_once(": ")?;
            self.rest = &self.rest[name.len()..];
            name.to_owned()
        };
        self.take(": ")?;
        Some(name)
    }

    fn leaf(&mut self, name: &str) -> Option<Node> {
        let text = Kind::Text(Render::Utf8);
        // A name that is the beginning of another comes behind it.
        let kinds = [
            ("bool", Kind::Bool, "bool"),
            ("int64", Kind::Int, "int64"),
            ("int32", Kind::Int, "int32"),
            ("double", Kind::F64, "double"),
            ("float64", Kind::F64, "double"),
            ("float32", Kind::F32, "float"),
            ("float", Kind::F32, "float"),
            ("string", text, "string"),
            ("null", text, "string"),
            ("binary", Kind::Bytes, "binary"),
            ("timestamp[ms, UTC]", Kind::Timestamp, "timestamp[ms, UTC]"),
            ("timestamp", Kind::Timestamp, "timestamp[ms, UTC]"),
        ];
        let (words, kind, told) = kinds.into_iter().find(|(words, ..)| self.rest.starts_with(words))?;
        self.take(words)?;
        Some(leaf(name, kind, told))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(words: &str) -> String {
        node_of("x", words).words()
    }

    #[test]
    fn types_in_words_become_nodes_of_these_words() {
        for words in [
            "string",
            "list<double>",
            "struct<a: int64, b b: list<struct<c: timestamp[ms, UTC]>>>",
            "list<list<float>>",
        ] {
            assert_eq!(told(words), words);
        }
        assert_eq!(told("struct<\"a: \\\"b\": float64, \"c\": null>"), "struct<a: \"b: double, c: string>");
        assert_eq!(told("timestamp"), "timestamp[ms, UTC]");
    }

    #[test]
    fn other_words_are_of_no_known_type() {
        let deep = "list<".repeat(100_000);
        for words in
            ["", "strings", "list<", "list<string", "struct<>", "struct<a>", "map<string, int64>", &deep]
        {
            assert_eq!(told(words), "unknown", "{words:.20}");
        }
    }
}
