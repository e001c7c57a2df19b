//! Pages in zstd, with one context a thread. parquet-rs makes two for each column chunk, one of them for writing, and each asks for the
//! features of the processor, which on a virtual machine is a way to its host and back: 25 us a chunk, a fifth of the time of a small file.

use std::cell::RefCell;
use std::io::Cursor;
use std::sync::Arc;

use parquet::column::page::Page;
use parquet::errors::{ParquetError, Result};
use zstd::bulk::Decompressor;

use super::buffers::Buffers;

thread_local! {
    static CONTEXT: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Replaces the bytes of a page in zstd by the `size` bytes that its header promises: that was compared with the limits.
pub(super) fn inflate(page: &mut Page, size: usize, buffers: &Arc<Buffers>) -> Result<()> {
    let (buffer, levels) = match page {
        Page::DataPage { buf, .. } | Page::DictionaryPage { buf, .. } => (buf, 0),
        Page::DataPageV2 { is_compressed: false, .. } => return Ok(()),
        Page::DataPageV2 { buf, def_levels_byte_len, rep_levels_byte_len, .. } => {
            (buf, *def_levels_byte_len as usize + *rep_levels_byte_len as usize)
        }
    };
    if buffer.is_empty() {
        return Ok(());
    }
    let wrong = || ParquetError::General("a page does not inflate to what its header says".to_owned());
    let (head, packed) = buffer.split_at_checked(levels).ok_or_else(wrong)?;
    let mut bytes = buffers.take(size).unwrap_or_else(|| Vec::with_capacity(size));
    bytes.clear();
    bytes.extend_from_slice(head);
    // A page without any value that is present may have no bytes at all.
    if size > levels {
        let mut rest = Cursor::new(&mut bytes);
        rest.set_position(levels as u64);
        with_context(|context| context.decompress_to_buffer(packed, &mut rest))?;
    }
    if bytes.len() != size {
        return Err(wrong());
    }
    *buffer = buffers.lend(bytes);
    Ok(())
}

fn with_context<T>(work: impl FnOnce(&mut Decompressor<'static>) -> std::io::Result<T>) -> Result<T> {
    CONTEXT.with_borrow_mut(|context| {
        let context = match context {
            Some(context) => context,
            None => context.insert(Decompressor::new()?),
        };
        Ok(work(context)?)
    })
}
