//! Packing of arrays that no Parquet file gives us today, but Arrow allows: slices, values under nulls.
#![allow(clippy::float_cmp)] // small integers

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, FixedSizeBinaryArray, Int32Array, Int64Array, ListArray,
    StringArray, StringViewArray, StructArray,
};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, Fields};

use super::shape::Shape;
use super::transcode::{latin1, utf16};
use super::{Packer, Unpacked};
use crate::decode::kinds::{Kind, Node, Render};
use crate::layout::NODE_WORDS;

fn node(kind: Kind, children: Vec<Node>) -> Node {
    Node { name: "c".to_owned(), kind, nullable: true, children, leaf: String::new(), variant: None }
}

struct Packed(Vec<u8>);

impl Packed {
    fn u32(&self, at: usize) -> u32 {
        u32::from_le_bytes(self.0[at..at + 4].try_into().unwrap())
    }

    fn word(&self, node: usize, word: usize) -> usize {
        self.u32(8 + (node * NODE_WORDS + word) * 4) as usize
    }

    fn bytes(&self, at: usize, length: usize) -> &[u8] {
        &self.0[at..at + length]
    }

    fn ends(&self, at: usize, slots: usize) -> Vec<u32> {
        (0..slots).map(|slot| self.u32(at + slot * 4)).collect()
    }

    fn doubles(&self, node: usize) -> Vec<f64> {
        let (chunks, _) = self.bytes(self.word(node, 3), self.word(node, 0) * 8).as_chunks::<8>();
        chunks.iter().map(|chunk| f64::from_le_bytes(*chunk)).collect()
    }

    fn text(&self, node: usize) -> &[u8] {
        self.bytes(self.word(node, 4), self.word(node, 5))
    }
}

fn pack(node: Node, array: ArrayRef) -> Packed {
    let mut packer = Packer::new(std::slice::from_ref(&node), u64::MAX);
    let mut arena = vec![0xaa; 1 << 12];
    let used = packer.pack(array.len(), &[node], &[array], &mut arena).unwrap();
    arena.truncate(used);
    Packed(arena)
}

#[test]
fn slices_start_where_they_start() {
    let bools = BooleanArray::from((0..200).map(|i| (i % 5 != 0).then_some(i % 2 == 0)).collect::<Vec<_>>());
    let packed = pack(node(Kind::Bool, vec![]), Arc::new(bools.slice(67, 100)));
    for slot in 0..100 {
        let i = slot + 67;
        let valid = i % 5 != 0;
        assert_eq!(packed.0[packed.word(0, 2) + slot], u8::from(valid));
        assert_eq!(packed.0[packed.word(0, 3) + slot], u8::from(valid && i % 2 == 0));
    }
    let numbers = Int64Array::from(vec![Some(1), None, Some(3), None, Some(5)]);
    let packed = pack(node(Kind::Int, vec![]), Arc::new(numbers.slice(1, 3)));
    assert_eq!(packed.doubles(0), [0.0, 3.0, 0.0]);
    let texts = StringArray::from(vec!["a", "é漢", "", "xyz"]);
    let packed = pack(node(Kind::Text(Render::Utf8), vec![]), Arc::new(texts.slice(2, 2)));
    assert_eq!(packed.text(0), b"xyz");
    assert_eq!(packed.ends(packed.word(0, 3), 2), [0, 3]);
    assert_eq!(packed.word(0, 6), 0, "what was sliced off does not count");
}

#[test]
fn values_under_nulls_do_not_go_over() {
    let offsets = OffsetBuffer::new(ScalarBuffer::from(vec![0, 1, 4, 6]));
    let nulls = NullBuffer::from(vec![true, false, true]);
    let texts = StringArray::new(offsets.clone(), Buffer::from(b"aSECbc".as_slice()), Some(nulls.clone()));
    let packed = pack(node(Kind::Text(Render::Utf8), vec![]), Arc::new(texts));
    assert_eq!(packed.text(0), b"abc");
    assert_eq!(packed.ends(packed.word(0, 3), 3), [1, 1, 3]);

    let child: ArrayRef = Arc::new(Int64Array::from(vec![1, -1, -1, -1, 2, 3]));
    let item = Arc::new(Field::new("item", DataType::Int64, true));
    let lists = ListArray::new(item, offsets, child, Some(nulls.clone()));
    let list = || node(Kind::List, vec![node(Kind::Int, vec![])]);
    let packed = pack(list(), Arc::new(lists.clone()));
    assert_eq!(packed.ends(packed.word(0, 3), 3), [1, 1, 3]);
    assert_eq!(packed.doubles(1), [1.0, 2.0, 3.0]);
    let packed = pack(list(), Arc::new(lists.slice(1, 2)));
    assert_eq!(packed.ends(packed.word(0, 3), 2), [0, 2]);
    assert_eq!(packed.doubles(1), [2.0, 3.0]);
    let packed = pack(list(), Arc::new(lists.slice(2, 1)));
    assert_eq!(packed.word(0, 2), 0, "no null is left in the slice");
    assert_eq!(packed.doubles(1), [2.0, 3.0]);

    let fixed = FixedSizeBinaryArray::new(2, Buffer::from(b"aaXXbb".as_slice()), Some(nulls));
    let packed = pack(node(Kind::Bytes, vec![]), Arc::new(fixed.clone()));
    assert_eq!(packed.text(0), b"aabb");
    assert_eq!(packed.ends(packed.word(0, 3), 3), [2, 2, 4]);
    let packed = pack(node(Kind::Bytes, vec![]), Arc::new(fixed.slice(2, 1)));
    assert_eq!(packed.text(0), b"bb");
}

#[test]
fn structs_are_sliced_with_their_children() {
    let fields = Fields::from(vec![Field::new("n", DataType::Int32, true)]);
    let nulls = NullBuffer::from(vec![true, true, false, true]);
    let structs = StructArray::new(fields, vec![Arc::new(Int32Array::from(vec![1, 2, 3, 4]))], Some(nulls));
    let packed = pack(node(Kind::Struct, vec![node(Kind::Int, vec![])]), Arc::new(structs.slice(1, 3)));
    assert_eq!(packed.bytes(packed.word(0, 2), 3), [1, 0, 1]);
    // What lies in the child under a null struct is nobody's business.
    assert_eq!([packed.doubles(1)[0], packed.doubles(1)[2]], [2.0, 4.0]);
}

#[test]
fn a_dictionary_counts_as_sent_only_after_the_commit() {
    let array: ArrayRef = Arc::new(["x", "y", "x"].into_iter().collect::<DictionaryArray<Int32Type>>());
    let nodes = [node(Kind::Dict, vec![])];
    let mut packer = Packer::new(&nodes, u64::MAX);
    let mut arena = vec![0xaa; 1 << 10];
    let mut entries = |packer: &mut Packer| {
        let used = packer.pack(3, &nodes, std::slice::from_ref(&array), &mut arena).unwrap();
        let block = Packed(arena[..used].to_vec());
        assert_eq!(block.ends(block.word(0, 3), 3), [0, 1, 0]);
        block.word(0, 7)
    };
    assert_eq!(entries(&mut packer), 2);
    assert_eq!(entries(&mut packer), 2, "the block before may not have been sent");
    packer.commit();
    assert_eq!(entries(&mut packer), 0);
    assert!(matches!(
        packer.pack(3, &nodes, std::slice::from_ref(&array), &mut [0; 59]),
        Err(Unpacked::Full)
    ));
}

#[test]
fn latin1_and_utf16() {
    let text = || node(Kind::Text(Render::Utf8), vec![]);
    let packed = pack(text(), Arc::new(StringArray::from(vec!["é", "", "aÿ"])));
    assert_eq!((packed.text(0), packed.word(0, 6)), ([0xe9, b'a', 0xff].as_slice(), 0));
    assert_eq!(packed.ends(packed.word(0, 3), 3), [1, 1, 3]);
    let packed = pack(text(), Arc::new(StringArray::from(vec!["aé", "Ā", "😀"])));
    assert_eq!(packed.text(0), [b'a', 0, 0xe9, 0, 0, 1, 0x3d, 0xd8, 0, 0xde]);
    assert_eq!((packed.word(0, 6), packed.ends(packed.word(0, 3), 3)), (1, vec![2, 3, 5]));
}

/// Texts where they were inflated are packed as those that were copied together.
#[test]
fn views_are_packed_as_texts_are() {
    let long = "a text that is too long to be in its view";
    let texts =
        [Some("é"), None, Some(""), Some(long), Some("ab"), Some("Слово за словом, и так далее"), None];
    let wide: StringArray = texts.into_iter().collect();
    let ascii: StringArray = texts.into_iter().map(|text| text.filter(|text| text.is_ascii())).collect();
    let node = || node(Kind::Text(Render::Utf8), vec![]);
    for texts in [wide.slice(0, 5), wide, ascii] {
        let views = StringViewArray::from(&texts);
        for (from, count) in [(0, texts.len()), (1, 3), (3, 2), (2, 0)] {
            let plain = pack(node(), Arc::new(texts.slice(from, count)));
            assert!(plain.0 == pack(node(), Arc::new(views.slice(from, count))).0);
        }
        // What is under a null does not go over.
        let nulls = NullBuffer::from(vec![false; texts.len()]);
        let (views, buffers, _) = views.into_parts();
        let hidden = pack(node(), Arc::new(StringViewArray::new(views, buffers, Some(nulls))));
        assert_eq!((hidden.text(0), hidden.word(0, 6)), ([].as_slice(), 0));
    }
}

#[test]
fn a_view_that_is_too_long_is_refused() {
    let node = node(Kind::Text(Render::Utf8), vec![]);
    let views: ArrayRef = Arc::new(StringViewArray::from(vec!["four", "fifteen letters"]));
    let packed = |longest| {
        let mut packer = Packer::new(std::slice::from_ref(&node), longest);
        packer.pack(2, std::slice::from_ref(&node), std::slice::from_ref(&views), &mut [0; 256])
    };
    assert!(packed(15).is_ok());
    assert!(matches!(packed(14), Err(Unpacked::Failed(error)) if error.code == crate::ErrorCode::Limit));
}

#[test]
fn no_slots() {
    let packed = pack(node(Kind::List, vec![node(Kind::Int, vec![])]), {
        let item = Arc::new(Field::new("item", DataType::Int64, true));
        Arc::new(ListArray::new_null(item, 0))
    });
    assert_eq!((packed.u32(0), packed.word(0, 0), packed.word(1, 0)), (0, 0, 0));
}

#[test]
fn transcoding_agrees_with_the_standard_library() {
    let pieces = [
        "a",
        "plain ascii text of some length, ",
        "é",
        "déjà été où ça, ",
        "ÿ\u{80}",
        "Ā",
        "Слово за словом, и так далее; ",
        "не—так",
        "漢字",
        "😀\u{10ffff}",
        "\u{0}",
        "\u{ffff}",
    ];
    for latin in [true, false] {
        let pieces = if latin { &pieces[..5] } else { &pieces[..] };
        for seed in 0..500usize {
            let mut random = seed * 7919 + 1;
            let mut text = String::new();
            for _ in 0..seed % 40 {
                random =
                    random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.push_str(pieces[(random >> 33) % pieces.len()]);
            }
            let units: Vec<u16> = text.encode_utf16().collect();
            // Other text before and behind must not matter.
            let (before, behind) = (pieces[seed % pieces.len()], pieces[seed / 7 % pieces.len()].repeat(9));
            let all = format!("{before}{text}{behind}").into_bytes();
            let (from, end) = (before.len(), before.len() + text.len());
            let shape = Shape::of(&all[from..end]);
            assert_eq!(shape.wide, units.iter().any(|unit| *unit > 0xff));
            for room in [0, 40] {
                let mut out = vec![0xaa; shape.bytes() + room];
                let written = if shape.wide {
                    utf16(&all, from, end, &mut out) * 2
                } else {
                    latin1(&all, from, end, &mut out)
                };
                assert_eq!(written, shape.bytes());
                let found: Vec<u16> = if shape.wide {
                    let units = out[..written].as_chunks::<2>().0.iter();
                    units.map(|unit| u16::from_le_bytes(*unit)).collect()
                } else {
                    out[..written].iter().map(|unit| u16::from(*unit)).collect()
                };
                assert_eq!(found, units, "{text}");
            }
        }
    }
}
