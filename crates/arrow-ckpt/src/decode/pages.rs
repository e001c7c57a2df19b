//! The page headers of a column chunk, before parquet-rs inflates the pages: how much each claims to become.

use parquet::basic::Type as Physical;
use parquet::file::metadata::ColumnChunkMetaData;

use super::faults::{beyond_limit, corrupt};
use super::thrift::{Compact, Shape, wire};
use crate::error::Result;
use crate::limits::MAX_PAGE_VALUES;

const STATISTICS: Shape = Shape(&[]);
const DATA_PAGE: Shape = Shape(&[
    (2, wire::I32, None),
    (3, wire::I32, None),
    (4, wire::I32, None),
    (5, wire::STRUCT, Some(&STATISTICS)),
]);
const DICTIONARY_PAGE: Shape = Shape(&[(2, wire::I32, None), (3, wire::TRUE, None)]);
const DATA_PAGE_V2: Shape = Shape(&[
    (2, wire::I32, None),
    (3, wire::I32, None),
    (4, wire::I32, None),
    (5, wire::I32, None),
    (6, wire::I32, None),
    (7, wire::TRUE, None),
    (8, wire::STRUCT, Some(&STATISTICS)),
]);

/// What the headers of a chunk told.
#[derive(Debug, Default, Clone)]
pub(super) struct Pages {
    /// Bytes up to the end of the last page.
    pub length: usize,
    /// What the dictionary inflates to.
    pub dictionary_bytes: usize,
    pub found: Vec<PageFound>,
}

/// A page as its header tells it.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageFound {
    /// Where its header begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    pub inflated: usize,
    pub values: usize,
    pub kind: PageKind,
}

/// What a page holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PageKind {
    Data,
    Dictionary,
    /// Nothing that a reader needs: an index, or what later versions of the format may know.
    Other,
}

/// Which bytes are a chunk's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of them.
    Exact,
    /// Those up to the page with the last value.
    Enough,
}

/// A page header, as far as it matters here.
#[derive(Default)]
struct Header {
    inflated: i32,
    packed: i32,
    values: i32,
    kind: Option<PageKind>,
    /// CRC32 of the page as it is stored.
    crc: Option<u32>,
}

/// Walks the pages of a chunk and refuses claims that are broken or beyond the caps.
/// `most`: what one page may inflate to. `verify`: compare the checksums of pages that have one.
pub(super) fn check_pages(
    bytes: &[u8],
    chunk: &ColumnChunkMetaData,
    extent: Extent,
    most: u64,
    verify: bool,
) -> Result<Pages> {
    let mut pages = Pages::default();
    let mut values = 0i64;
    while pages.length < bytes.len() {
        if extent == Extent::Enough && values >= chunk.num_values() {
            break;
        }
        let rest = &bytes[pages.length..];
        let mut reader = Compact::new(rest);
        let Some(header) = page_header(&mut reader) else {
            if values >= chunk.num_values() {
                // Everything promised is there: what follows is padding of an old writer.
                break;
            }
            return Err(corrupt("a page's header is broken"));
        };
        let packed = usize::try_from(header.packed).map_err(|_| corrupt("a page has a negative size"))?;
        if packed > rest.len() - reader.position() {
            return Err(corrupt("a page is longer than its column"));
        }
        check_header(&header, chunk, most)?;
        let body = &rest[reader.position()..reader.position() + packed];
        if verify && header.crc.is_some_and(|crc| crc != crc32fast::hash(body)) {
            let how = "a page does not match its checksum; load it with verify: false if the checksum is what is wrong";
            return Err(corrupt(how));
        }
        let kind = header.kind.unwrap_or(PageKind::Other);
        let (start, end) = (pages.length, pages.length + reader.position() + packed);
        let (inflated, count) = (header.inflated as usize, header.values as usize);
        pages.found.push(PageFound { start, end, inflated, values: count, kind });
        if kind == PageKind::Dictionary {
            pages.dictionary_bytes = pages.dictionary_bytes.max(header.inflated as usize);
        } else {
            values += i64::from(header.values);
        }
        pages.length = end;
    }
    Ok(pages)
}

fn check_header(header: &Header, chunk: &ColumnChunkMetaData, most: u64) -> Result<()> {
    if header.inflated < 0 || header.values < 0 {
        return Err(corrupt("a page has a negative size"));
    }
    if u64::from(header.inflated.unsigned_abs()) > most {
        return Err(beyond_limit(&format!(
            "a page would become {} bytes, more than {most}",
            header.inflated
        )));
    }
    if header.values > MAX_PAGE_VALUES {
        return Err(beyond_limit(&format!(
            "a page has {} values, more than {MAX_PAGE_VALUES}",
            header.values
        )));
    }
    // Memory for a dictionary is taken by its number of values; each takes at least a byte, if it can take any.
    let column = chunk.column_descr();
    let empty = column.physical_type() == Physical::FIXED_LEN_BYTE_ARRAY && column.type_length() == 0;
    if header.kind == Some(PageKind::Dictionary) && !empty && header.values > header.inflated {
        return Err(corrupt("a dictionary has more values than bytes"));
    }
    Ok(())
}

fn page_header(reader: &mut Compact<'_>) -> Option<Header> {
    let mut header = Header::default();
    let mut seen = (false, false);
    reader.fields(|reader, id, kind| match (id, kind) {
        (2, wire::I32) => {
            header.inflated = reader.i32()?;
            seen.0 = true;
            Some(true)
        }
        (3, wire::I32) => {
            header.packed = reader.i32()?;
            seen.1 = true;
            Some(true)
        }
        (4, wire::I32) => {
            header.crc = Some(reader.i32()?.cast_unsigned());
            Some(true)
        }
        (1, wire::I32) => Some(false),
        (5, wire::STRUCT) => {
            header.kind.get_or_insert(PageKind::Data);
            inner(reader, &DATA_PAGE, &mut header.values)
        }
        (7, wire::STRUCT) => {
            header.kind = Some(PageKind::Dictionary);
            inner(reader, &DICTIONARY_PAGE, &mut header.values)
        }
        (8, wire::STRUCT) => {
            header.kind.get_or_insert(PageKind::Data);
            inner(reader, &DATA_PAGE_V2, &mut header.values)
        }
        (1..=5 | 7 | 8, _) => None,
        _ => Some(false),
    })?;
    (seen == (true, true)).then_some(header)
}

/// A page header's inner structure: its first field is always the number of values.
fn inner(reader: &mut Compact<'_>, shape: &Shape, values: &mut i32) -> Option<bool> {
    reader.fields(|reader, id, kind| match (id, kind) {
        (1, wire::I32) => {
            *values = reader.i32()?;
            Some(true)
        }
        (1, _) => None,
        _ => reader.shaped_field(shape, id, kind),
    })?;
    Some(true)
}
