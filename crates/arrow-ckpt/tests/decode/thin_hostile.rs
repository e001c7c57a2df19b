//! Thin checkpoints that were made to harm: coded errors, before memory is taken.

use arrow_ckpt::{CkptError, ErrorCode};
use serde_json::{Value, json};

use super::slab::{Kind, TEXT, node};
use super::support::{Dir, V, open, text};
use super::thin_files::{Held, Thin, rows};

pub fn numbers(count: usize) -> Vec<V> {
    (0..count).map(|row| V::Number(row as f64)).collect()
}

pub fn held(dir: &Dir, digit: char) -> Held {
    let texts = (0..10).map(|row| text(&format!("text {row}"))).collect();
    Held::new(dir, digit, &[(node("id", Kind::Num), numbers(10)), (node("text", TEXT), texts)], 4, 2)
}

pub fn made(held: &[&Held]) -> Thin {
    let mut thin = Thin::of(held);
    thin.own(node("id", Kind::Num), numbers(3));
    thin.refer("text", &rows([1, 5, 9]), &[(0, "text")]);
    thin
}

/// What comes of opening it.
fn refused(dir: &Dir, thin: &Thin, holders: &str, refs: &str) -> CkptError {
    let path = thin.write_with(&dir.path("step/thin.parquet"), 100, holders, refs);
    let error = open(&path).err().unwrap_or_else(|| panic!("{holders} {refs}"));
    assert_eq!(error.path.as_deref(), path.to_str());
    error
}

#[test]
fn holders_that_cannot_be() {
    let dir = Dir::new();
    let base = held(&dir, 'a');
    let thin = made(&[&base]);
    let refs = Value::Object(thin.refs.clone()).to_string();
    let with = |key: &str, value: Value| {
        let mut named = base.named.clone();
        named[key] = value;
        json!([named]).to_string()
    };
    let mut texts: Vec<String> =
        ["", "[", "{}", "null", "7", "[7]", "[{}]", "[null]"].into_iter().map(str::to_owned).collect();
    texts.push("[".repeat(100_000));
    for id in
        ["", "a", &"A".repeat(32), &"g".repeat(32), &"a".repeat(33), "../../../../../../../../etc/passwd"]
    {
        texts.push(with("id", id.into()));
    }
    texts.push(with("id", 7.into()));
    // Its own.
    texts.push(with("id", "f".repeat(32).into()));
    for hint in ["/etc/passwd", "..", "a/../b", "./a", "a//b", "a/", "\0", &"a/".repeat(3000)] {
        texts.push(with("hint", hint.into()));
    }
    for footer in ["", "1", "ABCDEF00", "123456789", "+1234567"] {
        texts.push(with("footer", footer.into()));
    }
    for number in [json!(-1), json!(1.5), json!(u64::MAX), json!("7"), Value::Null] {
        texts.push(with("rows", number));
    }
    texts.push(with("bytes", json!(-1)));
    texts.push(json!([base.named, base.named]).to_string());
    texts.push("[]".to_owned());
    for holders in texts {
        assert_eq!(refused(&dir, &thin, &holders, &refs).code, ErrorCode::Corrupt, "{holders:.200}");
    }
    let named = |index: usize| json!({ "id": format!("{index:032x}"), "bytes": 1, "footer": "00000000", "rows": 1, "hint": "" });
    let many = Value::Array((0..65).map(named).collect()).to_string();
    assert_eq!(refused(&dir, &thin, &many, &refs).code, ErrorCode::Limit);
    let long = format!("[{}]", " ".repeat(17 << 20));
    assert_eq!(refused(&dir, &thin, &long, &refs).code, ErrorCode::Limit);
}

#[test]
fn references_that_cannot_be() {
    let dir = Dir::new();
    let (a, b) = (held(&dir, 'a'), held(&dir, 'b'));
    let mut thin = made(&[&a, &b]);
    thin.with_own("text", TEXT, vec![V::Null; 3]);
    thin.own(node("int", Kind::I32), numbers(3));
    let holders = Value::Array(thin.holders.clone()).to_string();
    let good = thin.refs["text"].clone();
    let with = |key: &str, value: Value| {
        let mut one = good.clone();
        one[key] = value;
        json!({ "text": one }).to_string()
    };
    let mut texts: Vec<String> =
        ["", "[", "[]", "null", "{\"text\":7}", "{\"text\":{}}"].into_iter().map(str::to_owned).collect();
    texts.push("{\"text\":".repeat(100_000));
    for name in ["none", "id", "__ckpt_v_text", "int"] {
        texts.push(with("r", name.into()));
    }
    // None that is there, the same one, one that is elsewhere, one of another type.
    for name in ["none", "__ckpt_r_text", "__ckpt_v_text", "id", "int"] {
        texts.push(with("h", name.into()));
    }
    for name in ["none", "__ckpt_r_text", "id"] {
        texts.push(with("v", name.into()));
    }
    for of in [json!([]), json!([[2, "text"]]), json!([[-1, "text"]]), json!([[0, "text"], [0, "id"]])] {
        texts.push(with("of", of));
    }
    // Two, and nothing says which.
    texts.push(with("of", json!([[0, "text"], [1, "text"]])));
    texts.push(with("of", Value::Array(vec![json!([0, "text"]); 100_000])));
    texts.push(format!("{{\"text\":{good},\"text\":{good}}}"));
    texts.push(format!("{{\"text\":{good},\"other\":{good}}}"));
    texts.push(format!("{{\"id\":{good}}}"));
    for refs in texts {
        assert_eq!(refused(&dir, &thin, &holders, &refs).code, ErrorCode::Corrupt, "{refs:.200}");
    }
    // A column of rows that is none.
    let mut thin = Thin::of(&[&a]);
    thin.refer("text", &rows([1]), &[(0, "text")]);
    for kind in [TEXT, Kind::I32, Kind::Num, super::slab::list(Kind::Big)] {
        let value = match &kind {
            Kind::Num => V::Number(0.5),
            Kind::I32 => V::Number(1.0),
            Kind::List(_) => V::List(vec![V::Int(1)]),
            _ => text("1"),
        };
        thin.columns[0] = (node("__ckpt_r_text", kind), vec![value]);
        let refs = Value::Object(thin.refs.clone()).to_string();
        assert_eq!(refused(&dir, &thin, &json!([a.named]).to_string(), &refs).code, ErrorCode::Corrupt);
    }
}
