//! What makes a Parquet file one of ours: the keys in its footer, and the footer's own checksum. FORMAT.md tells the whole story.

/// The format version this crate writes and the latest it reads.
pub const FORMAT_VERSION: u32 = 1;

/// The format version of thin checkpoints, whose columns may be in other files: `arrow-ckpt.holders`.
pub const THIN_VERSION: u32 = 2;

/// How all keys of ours begin.
pub const KEY_PREFIX: &str = "arrow-ckpt.";
/// Format version, decimal. Its presence marks a file as a checkpoint of arrow-ckpt.
pub const KEY_VERSION: &str = "arrow-ckpt.version";
/// The logical plan: JSON text that the facade writes and reads; the core passes it through.
pub const KEY_PLAN: &str = "arrow-ckpt.plan";
/// The operation hash.
pub const KEY_HASH: &str = "arrow-ckpt.hash";
/// The user's metadata, a JSON object of strings.
pub const KEY_METADATA: &str = "arrow-ckpt.metadata";
/// Where the attachment is, a JSON object: `offset` and `bytes` in the file, `crc32c` of those bytes as 8 hex digits. Absent if there is
/// none.
pub const KEY_ATTACHMENT: &str = "arrow-ckpt.attachment";
/// Names a file that others may refer to, for ever: 32 lowercase hex digits.
pub const KEY_ID: &str = "arrow-ckpt.id";
/// Where the digests of values are, a JSON object: `offset`, `bytes`, `crc32c`, and `of`, what they are of.
pub const KEY_DIGESTS: &str = "arrow-ckpt.digests";
/// The files that a thin checkpoint refers to, a JSON array.
pub const KEY_HOLDERS: &str = "arrow-ckpt.holders";
/// Which columns of a thin checkpoint are where, a JSON object.
pub const KEY_REFS: &str = "arrow-ckpt.refs";
/// The program in whose form the rows are: the facade's business alone.
pub const KEY_COMPAT: &str = "arrow-ckpt.compat";
/// The key of pandas in files of other writers: the facade tells by it which program wrote a file.
pub const KEY_PANDAS: &str = "pandas";
/// CRC32C of every column chunk's bytes, 8 hex digits each, row group by row group, leaf by leaf.
pub const KEY_CHUNK_CRC: &str = "arrow-ckpt.crc32c";
/// CRC32C of the page indexes and page checksums: of all that lies between the first of them and the footer, 8 hex digits. Absent where
/// there are none.
pub const KEY_INDEX_CRC: &str = "arrow-ckpt.index-crc32c";
/// CRC32C of every bloom filter, header and bits, 8 hex digits each, in the order of the chunks that have one. Absent where none has.
pub const KEY_BLOOM_CRC: &str = "arrow-ckpt.bloom-crc32c";
/// CRC32C of the footer's Thrift bytes with these 8 hex digits as zeros. Always the last key-value of the footer.
pub const KEY_FOOTER_CRC: &str = "arrow-ckpt.footer-crc32c";

/// How `created_by` of our files begins. Other writers carry our keys over when they rewrite a file, but never this: the checksums of such
/// a file are not its own, and its columns may be fewer or others than its plan says.
pub const CREATED_BY: &str = "arrow-ckpt version ";

/// What stands in the place of the footer's checksum while it is computed.
pub const FOOTER_CRC_ZERO: &str = "00000000";

/// Where in the footer's Thrift bytes the 8 digits of its own checksum stand. The key is the last key-value, and nothing after it
/// (`created_by` and the column orders) holds text of the user's, so the last occurrence of the key is the right one.
#[must_use]
pub fn footer_crc_position(footer: &[u8]) -> Option<usize> {
    let key = KEY_FOOTER_CRC.as_bytes();
    let found = footer.windows(key.len()).rposition(|window| window == key)?;
    // Thrift compact: after the key's bytes one byte of field header (string, field 2) and one of length (8).
    let digits = found + key.len() + 2;
    (footer.get(digits - 2..digits) == Some(&[0x18, 8]) && footer.len() >= digits + 8).then_some(digits)
}

/// The program's name: how [`CREATED_BY`] begins.
const NAME: &[u8] = b"arrow-ckpt";
/// So many of its letters must stand in their place. Damage may have changed the others; no other writer's name is so near.
const NAME_LETTERS: usize = 5;
/// In a footer of ours, the bytes between the end of the last key and the text of `created_by`: header, length and digits of the checksum,
/// the end of the key-value, header and length of the text.
const KEY_TO_CREATED_BY: usize = 2 + 8 + 1 + 2;

/// Whether a footer is ours, damaged ones included, by its bytes alone: `created_by` stands behind the checksum. Another program that
/// rewrites a file may carry our keys over, but it writes its own name.
#[must_use]
pub fn is_footer_ours(footer: &[u8]) -> bool {
    let key = KEY_FOOTER_CRC.as_bytes();
    let Some(found) = footer.windows(key.len()).rposition(|window| window == key) else { return false };
    let behind = &footer[(found + key.len() + KEY_TO_CREATED_BY).min(footer.len())..];
    // Where another program has put the keys in another order, the next of them may stand there.
    is_name_ours(behind) && !behind.starts_with(b"arrow-ckpt.")
}

/// Whether `created_by` is ours, also where damage has changed some of it.
#[must_use]
pub fn is_name_ours(created_by: &[u8]) -> bool {
    created_by.iter().zip(NAME).filter(|(byte, ours)| byte == ours).count() >= NAME_LETTERS
}

/// Whether a program may have named itself so: one that rewrites a file does name itself. Where the keys are ours and the name is not even
/// one, it is damaged.
#[must_use]
pub fn is_name(created_by: Option<&[u8]>) -> bool {
    let text = created_by.and_then(|name| std::str::from_utf8(name).ok());
    text.is_some_and(|name| !name.is_empty() && !name.chars().any(char::is_control))
}

/// The footer's checksum: CRC32C over all its bytes with the 8 digits at `position` taken as zeros.
#[must_use]
pub fn footer_crc(footer: &[u8], position: usize) -> u32 {
    let crc = crc32c::crc32c(&footer[..position]);
    let crc = crc32c::crc32c_append(crc, FOOTER_CRC_ZERO.as_bytes());
    crc32c::crc32c_append(crc, &footer[position + FOOTER_CRC_ZERO.len()..])
}

/// Eight lowercase hex digits.
pub(crate) fn parse_crc(digits: &[u8]) -> Option<u32> {
    let lowercase = |digit: &u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(digit);
    if digits.len() != FOOTER_CRC_ZERO.len() || !digits.iter().all(lowercase) {
        return None;
    }
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}
