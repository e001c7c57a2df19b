//! Bytes of the caller's in the file, which no column chunk points at.

use crate::format::KEY_ATTACHMENT;

/// Where an attachment stands, and its checksum.
pub(super) struct Attachment {
    offset: u64,
    bytes: u64,
    crc: u32,
}

impl Attachment {
    /// An empty one, which begins at `offset`.
    pub fn at(offset: u64) -> Self {
        Self { offset, bytes: 0, crc: 0 }
    }

    /// Takes note of bytes that were written behind those so far.
    pub fn append(&mut self, bytes: &[u8]) {
        self.crc = crc32c::crc32c_append(self.crc, bytes);
        self.bytes += bytes.len() as u64;
    }

    /// What the footer says of it.
    pub fn key_value(&self) -> (String, String) {
        let Self { offset, bytes, crc } = self;
        let place = format!(r#"{{"offset":{offset},"bytes":{bytes},"crc32c":"{crc:08x}"}}"#);
        (KEY_ATTACHMENT.to_owned(), place)
    }
}
