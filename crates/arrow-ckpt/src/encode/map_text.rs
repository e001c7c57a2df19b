//! Maps of a record as JSON texts: JavaScript hands over the keys once and the values of all maps as one JSON array, whose pieces are put
//! together here and so not on JavaScript's thread.

use super::record::u32s;
use super::text::TextBuilder;
use crate::error::{CkptError, Result};
use crate::layout::MAP_WHOLE;

/// Appends the maps of a record to `texts`. `ends` are end offsets among `entries`, see `layout.rs`.
pub fn append_maps(
    texts: &mut TextBuilder,
    dictionary: &TextBuilder,
    ends: &[u8],
    entries: &[u8],
    valid: Option<&[u8]>,
) -> Result<()> {
    let Some(last) = dictionary.len().checked_sub(1) else {
        return Err(CkptError::internal("maps without their values"));
    };
    let mut values = Values { json: dictionary.piece(last)?, at: 1 };
    let mut entries = u32s(entries);
    let mut start = 0;
    for (slot, end) in u32s(ends).enumerate() {
        let count = end.checked_sub(start).ok_or_else(|| CkptError::internal("end offsets of maps fall"))?;
        start = end;
        if valid.is_some_and(|valid| valid[slot] == 0) {
            if count > 0 {
                return Err(CkptError::internal("a map that is null has entries"));
            }
        } else {
            append_map(texts, dictionary, entries.by_ref().take(count as usize), &mut values)?;
        }
        texts.end_piece();
    }
    // An empty array has but its brackets.
    if values.at < values.json.len() && values.json != b"[]" {
        return Err(CkptError::internal("maps have more values than keys"));
    }
    Ok(())
}

fn append_map(
    texts: &mut TextBuilder,
    dictionary: &TextBuilder,
    entries: impl Iterator<Item = u32>,
    values: &mut Values<'_>,
) -> Result<()> {
    let mut before = b"{".as_slice();
    for entry in entries {
        if entry & MAP_WHOLE != 0 {
            return texts.push(dictionary.piece((entry - MAP_WHOLE) as usize)?);
        }
        texts.push(before)?;
        texts.push(dictionary.piece(entry as usize)?)?;
        texts.push(values.next()?)?;
        before = b",";
    }
    texts.push(if before == b"{" { b"{}" } else { b"}" })
}

/// The values of a JSON array without spaces, none of which is an array or an object.
struct Values<'a> {
    json: &'a [u8],
    at: usize,
}

impl<'a> Values<'a> {
    fn next(&mut self) -> Result<&'a [u8]> {
        let rest = self.json.get(self.at..).unwrap_or_default();
        let length = match rest.first() {
            Some(b'"') => text_length(rest),
            _ => rest.iter().position(|&byte| byte == b',' || byte == b']'),
        };
        match length {
            Some(length) if length > 0 && length < rest.len() => {
                // What stands between values is passed over.
                self.at += length + 1;
                Ok(&rest[..length])
            }
            _ => Err(CkptError::internal("maps have more keys than values")),
        }
    }
}

/// The length of the text in quotes at the start of `json`.
fn text_length(json: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += json.get(at..)?.iter().position(|&byte| byte == b'"' || byte == b'\\')?;
        if json[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    fn maps(dictionary: &[&str], ends: &[u32], entries: &[u32], valid: Option<&[u8]>) -> Result<Vec<String>> {
        let mut words_of = TextBuilder::default();
        for text in dictionary {
            words_of.push(text.as_bytes())?;
            words_of.end_piece();
        }
        let mut texts = TextBuilder::default();
        append_maps(&mut texts, &words_of, &words(ends), &words(entries), valid)?;
        (0..ends.len()).map(|slot| Ok(String::from_utf8_lossy(texts.piece(slot)?).into_owned())).collect()
    }

    #[test]
    fn keys_and_values_become_objects() {
        let found = maps(
            &["\"a\":", "\"b\":", "[null]", "[1,\"x\\\"],\\\\\",true,\"\",-2.5e+30]"],
            &[2, 2, 2, 3, 6],
            &[0, 1, MAP_WHOLE + 2, 1, 0, 1],
            Some(&[1, 1, 0, 1, 1]),
        );
        let expected =
            ["{\"a\":1,\"b\":\"x\\\"],\\\\\"}", "{}", "", "[null]", "{\"b\":true,\"a\":\"\",\"b\":-2.5e+30}"];
        assert_eq!(found.unwrap_or_else(|error| vec![format!("{error:?}")]), expected);
        assert_eq!(maps(&["[]"], &[0, 0], &[], None).ok(), Some(vec!["{}".into(), "{}".into()]));
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        type Case<'a> = (&'a [&'a str], &'a [u32], &'a [u32], Option<&'a [u8]>);
        let cases: [Case<'_>; 8] = [
            (&[], &[0], &[], None),
            (&["\"a\":", "[1]"], &[2], &[0, 0], None),
            (&["\"a\":", "[1,2]"], &[1], &[0], None),
            (&["\"a\":", "[\"x"], &[1], &[0], None),
            (&["\"a\":", "[\"x\\"], &[1], &[0], None),
            (&["\"a\":", "[1]"], &[1], &[7], None),
            (&["\"a\":", "[1]"], &[1, 0], &[0], None),
            (&["\"a\":", "[1]"], &[1], &[0], Some(&[0])),
        ];
        for (dictionary, ends, entries, valid) in cases {
            assert!(maps(dictionary, ends, entries, valid).is_err(), "{dictionary:?} {ends:?} {entries:?}");
        }
    }
}
