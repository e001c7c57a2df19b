//! Slabs that are not as `layout.rs` says: a bug on the other side must not become a file, nor a panic.

use arrow_ckpt::ErrorCode;
use arrow_ckpt::decode::ScanOptions;
use arrow_ckpt::encode::{CheckpointWriter, WriteOptions};

use super::slab::{Kind, Slab, TEXT, list, node, version};
use super::support::{Dir, V, read, text};

fn slab() -> Vec<u8> {
    let nodes = [
        node("n", Kind::Num),
        node("t", Kind::Text { dictionary: true }),
        node("u", TEXT),
        node("l", list(Kind::Bool)),
        node("s", Kind::Struct(vec![node("i", Kind::I32)])),
    ];
    let cell = V::Struct(vec![("i".to_owned(), V::Number(3.0))]);
    let mut slab = Slab::default();
    slab.plan(&nodes);
    slab.rows(
        &nodes,
        &[
            vec![V::Number(1.5), V::Null, V::Number(2.0)],
            vec![text("a"), text("b"), text("a")],
            vec![text("ü"), V::Null, text("😀")],
            vec![V::List(vec![V::Bool(true), V::Null]), V::Null, V::List(vec![])],
            vec![cell.clone(), V::Null, cell],
        ],
    );
    slab.bytes
}

/// What becomes of a save that is given these bytes; whatever it is, no temporary stays.
fn outcome(bytes: &[u8]) -> arrow_ckpt::Result<Vec<V>> {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    let saved = CheckpointWriter::create(&path, &WriteOptions::default()).and_then(|mut writer| {
        writer.ingest(bytes)?;
        writer.finish(&version())
    });
    let files = std::fs::read_dir(path.parent().unwrap()).unwrap().count();
    assert_eq!(files, usize::from(saved.is_ok()));
    saved.map(|_| read(&path, ScanOptions::default()).unwrap())
}

#[test]
fn as_it_should_be() {
    assert_eq!(outcome(&slab()).unwrap().len(), 3);
}

#[test]
fn cut_off_anywhere() {
    let whole = slab();
    let plan = 8 + u32::from_le_bytes(whole[4..8].try_into().unwrap()) as usize;
    for length in 1..whole.len() {
        match outcome(&whole[..length]) {
            Ok(rows) => assert_eq!((length, rows.len()), (plan, 0), "only whole records are taken"),
            Err(error) => assert_eq!(error.code, ErrorCode::Internal),
        }
    }
}

#[test]
fn any_byte_changed() {
    let whole = slab();
    for at in 0..whole.len() {
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] = value;
            // Some changes make other rows, most make an error; none may panic.
            if let Err(error) = outcome(&bytes) {
                assert!(
                    matches!(error.code, ErrorCode::Internal | ErrorCode::Limit),
                    "{at} {value}: {error:?}"
                );
            }
        }
    }
}

#[test]
fn plans_that_contradict() {
    let one = |kind: Kind| {
        let mut slab = Slab::default();
        slab.plan(&[node("a", kind)]);
        slab.bytes
    };
    let renamed = {
        let mut slab = Slab::default();
        slab.plan(&[node("b", Kind::Num)]);
        slab.bytes
    };
    let fewer = {
        let mut slab = Slab::default();
        slab.plan(&[]);
        slab.bytes
    };
    let number = one(Kind::Num);
    for second in [one(Kind::Bool), one(TEXT), renamed, fewer] {
        let error = outcome(&[number.clone(), second].concat()).unwrap_err();
        assert_eq!(error.code, ErrorCode::Internal);
    }
    assert!(outcome(&[one(Kind::Null), number].concat()).is_ok());
}

#[test]
fn lone_surrogates_never_reach_a_column() {
    let nodes = [node("t", TEXT)];
    let mut slab = Slab::default();
    slab.plan(&nodes);
    slab.rows(&nodes, &[vec![text("\u{10000}")]]);
    let bytes = slab.bytes;
    let at = bytes.windows(4).position(|four| four == [0x00, 0xd8, 0x00, 0xdc]).unwrap();
    let mut broken = bytes.clone();
    broken[at + 2..at + 4].copy_from_slice(&[b'x', 0]);
    assert!(outcome(&broken).unwrap_err().message.contains("surrogate"));
    assert_eq!(outcome(&bytes).unwrap().len(), 1);
}
