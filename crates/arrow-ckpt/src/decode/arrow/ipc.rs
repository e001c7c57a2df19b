//! Arrow batches as the bytes of an IPC stream, piece by piece.

use arrow_ipc::writer::StreamWriter;

use super::{Batches, conform};
use crate::caught;
use crate::error::Result;

/// The pieces of an IPC stream: first its schema, then each batch, at last its end. One after another they are the whole stream.
pub struct IpcStream {
    reader: Box<dyn Batches>,
    writer: Option<StreamWriter<Vec<u8>>>,
    ended: bool,
}

impl IpcStream {
    /// Of these rows.
    #[must_use]
    pub fn new(reader: Box<dyn Batches>) -> Self {
        Self { reader, writer: None, ended: false }
    }

    /// The next piece, none after the last. After an error there are no more.
    pub fn next_piece(&mut self) -> Result<Option<Vec<u8>>> {
        if self.ended {
            return Ok(None);
        }
        let piece = caught(|| self.piece()).map_err(|error| error.at(&self.reader.path()));
        self.ended |= piece.is_err();
        piece.map(Some)
    }

    fn piece(&mut self) -> Result<Vec<u8>> {
        let Some(writer) = &mut self.writer else {
            let writer = StreamWriter::try_new(Vec::new(), &self.reader.schema());
            let writer = self.writer.insert(writer.map_err(|error| conform::broken(&error))?);
            return Ok(std::mem::take(writer.get_mut()));
        };
        let written = if let Some(batch) = self.reader.next_batch()? {
            writer.write(&batch)
        } else {
            self.ended = true;
            writer.finish()
        };
        written.map_err(|error| conform::broken(&error))?;
        Ok(std::mem::take(writer.get_mut()))
    }
}
