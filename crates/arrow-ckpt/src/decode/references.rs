//! What the footer of a thin checkpoint says of other files: which they are (`arrow-ckpt.holders`), and which columns have their values
//! there (`arrow-ckpt.refs`). Nothing of it is believed before it is checked.

use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;

use parquet::file::metadata::ParquetMetaData;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::faults::{beyond_limit, corrupt};
use super::footer::key_value;
use crate::error::Result;
use crate::format::{KEY_HOLDERS, KEY_ID, KEY_REFS, KEY_VERSION, THIN_VERSION, parse_crc};
use crate::limits::{MAX_HOLDERS, MAX_REFERENCE_BYTES, MAX_ROWS};

const ID_DIGITS: usize = 32;
/// Bytes of a path that tells where a file was.
const MAX_HINT: usize = 4096;

/// A file that has values of a thin checkpoint, as the footer names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its `arrow-ckpt.id`.
    pub id: String,
    /// Its length.
    pub bytes: u64,
    /// The checksum of its footer, 8 hex digits.
    pub footer: String,
    /// Its rows.
    pub rows: u64,
    /// Where it was, from the folder that has `.ckpt`; may be empty.
    #[serde(default)]
    pub hint: String,
}

/// A column whose values are in other files. `r`, `h` and `v` are names of stored columns.
#[derive(Debug, Deserialize)]
pub(super) struct Reference {
    /// The type in words.
    #[serde(rename = "t")]
    pub words: String,
    /// The row in the holder.
    pub r: String,
    /// Which holder.
    #[serde(default)]
    pub h: Option<String>,
    /// The file's own values.
    #[serde(default)]
    pub v: Option<String>,
    /// Holders by number, and the column's name there.
    pub of: Vec<(usize, String)>,
    /// Values come several times each.
    #[serde(default)]
    pub repeats: bool,
}

#[derive(Debug)]
pub(super) struct References {
    pub holders: Vec<Named>,
    /// By the names of the columns in the plan.
    pub columns: Vec<(String, Reference)>,
}

impl References {
    /// Those of a file of ours; none in a whole one.
    pub fn of(metadata: &ParquetMetaData) -> Result<Option<Self>> {
        let version = key_value(metadata, KEY_VERSION).and_then(|version| version.parse().ok());
        if version != Some(THIN_VERSION) {
            return Ok(None);
        }
        let holders: Vec<Named> = parse(metadata, KEY_HOLDERS)?;
        let columns: Pairs<Reference> = parse(metadata, KEY_REFS)?;
        let references = Self { holders, columns: columns.0 };
        references.check(key_value(metadata, KEY_ID))?;
        Ok(Some(references))
    }

    /// The stored columns with the file's own values.
    pub fn own(&self) -> HashSet<String> {
        self.columns.iter().filter_map(|(_, reference)| reference.v.clone()).collect()
    }

    fn check(&self, own_id: Option<&str>) -> Result<()> {
        let count = self.holders.len();
        if count > MAX_HOLDERS {
            let message = format!("it refers to {count} other files, more than {MAX_HOLDERS}");
            return Err(beyond_limit(&message));
        }
        let mut ids = HashSet::new();
        for holder in &self.holders {
            holder.check()?;
            if !ids.insert(holder.id.as_str()) || own_id == Some(&holder.id) {
                let message = format!("it refers to the file {} twice, or to itself", holder.id);
                return Err(corrupt(&message));
            }
        }
        let (mut names, mut stored) = (HashSet::new(), HashSet::new());
        for (name, reference) in &self.columns {
            let parts = [Some(&reference.r), reference.h.as_ref(), reference.v.as_ref()];
            let once = names.insert(name) && parts.into_iter().flatten().all(|part| stored.insert(part));
            if !once {
                return Err(
                    corrupt("a stored column, or a column of the plan, is told twice of").in_column(name)
                );
            }
            reference.check(count).map_err(|error| error.in_column(name))?;
        }
        Ok(())
    }
}

impl Named {
    fn check(&self) -> Result<()> {
        let is_id = |id: &str| {
            let lowercase = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
            id.len() == ID_DIGITS && id.bytes().all(lowercase)
        };
        if !is_id(&self.id) {
            return Err(corrupt("a file that it refers to has no id of 32 hex digits"));
        }
        let id = &self.id;
        if parse_crc(self.footer.as_bytes()).is_none() {
            return Err(corrupt(&format!(
                "the footer's checksum of the file {id} that it refers to is none"
            )));
        }
        if self.rows > MAX_ROWS.unsigned_abs() {
            return Err(corrupt(&format!("the file {id} that it refers to has too many rows")));
        }
        // Nobody is led out of the directory.
        let hint = &self.hint;
        let foreign: &[char] = if cfg!(windows) { &['\0', '\\', ':'] } else { &['\0'] };
        let steps = || hint.split('/').all(|step| !matches!(step, "" | "." | ".."));
        if hint.len() > MAX_HINT || hint.contains(foreign) || !(hint.is_empty() || steps()) {
            return Err(corrupt(&format!(
                "the place of the file {id} that it refers to is no relative path"
            )));
        }
        Ok(())
    }
}

impl Reference {
    fn check(&self, holders: usize) -> Result<()> {
        let mut seen = HashSet::new();
        if self.of.is_empty() || !self.of.iter().all(|(holder, _)| *holder < holders && seen.insert(*holder))
        {
            return Err(corrupt(
                "a column's values are in no file, in one twice, or in one that is not named",
            ));
        }
        if self.of.len() > 1 && self.h.is_none() {
            return Err(corrupt("a column does not tell in which of several files its values are"));
        }
        Ok(())
    }
}

fn parse<T: DeserializeOwned>(metadata: &ParquetMetaData, key: &str) -> Result<T> {
    let text = key_value(metadata, key).ok_or_else(|| corrupt(&format!("its key-value {key} is missing")))?;
    if text.len() > MAX_REFERENCE_BYTES {
        let message =
            format!("its key-value {key} has {} bytes, more than {MAX_REFERENCE_BYTES}", text.len());
        return Err(beyond_limit(&message));
    }
    serde_json::from_str(text)
        .map_err(|error| corrupt(&format!("its key-value {key} is not as it should be: {error}")))
}

/// The pairs of an object as they come: a map would lose the first of two of one key.
struct Pairs<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Object<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
            type Value = Vec<(String, T)>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(pairs)
            }
        }
        deserializer.deserialize_map(Object(PhantomData)).map(Self)
    }
}
