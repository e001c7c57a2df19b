//! Thin checkpoints, the writer's side: what a file says of its values (digests), the earlier files that may hold the same values
//! (candidates), which rows they hold (matching), and what a thin file says of them (references). FORMAT.md tells what is in the files.

mod candidate;
mod digest;
mod digester;
mod matching;
mod references;
mod scatter;
mod section;

pub use candidate::{Candidate, CandidateColumn, Candidates, Share};
pub use digest::{BLOCK_ROWS, Digest, DigestKind, Digests, NONE, digests};
pub use digester::Digester;
pub use matching::{Matches, Matching};
pub use references::{HOLDERS, OWN, ROWS, Reference, holders_text, references_text};
pub use scatter::{ByGroup, DECODED, DECODED_ALONE, is_dear};
pub use section::{DigestedColumn, Place, Section};
