//! A file as it came.

use encoding_rs::Encoding;

use crate::texts::Language;

/// A file of places or employees: CSV or a workbook, which its bytes say.
#[derive(Debug)]
pub struct TableFile {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The encoding that its sender declared.
    pub charset: Option<&'static Encoding>,
    /// The language that is spoken to its sender.
    pub language: Language,
}

impl TableFile {
    /// A file of which nothing is declared.
    pub fn plain(bytes: impl Into<Vec<u8>>, language: Language) -> Self {
        Self { bytes: bytes.into(), charset: None, language }
    }
}
