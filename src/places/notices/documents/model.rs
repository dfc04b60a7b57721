//! Documents as they are kept.

use diesel::{Identifiable, Insertable, Queryable, Selectable};

use crate::{
    db::{
        schema::notice_document,
        types::{Instant, Sha256},
    },
    ids::{BrandId, DocumentId},
};

/// The largest document, in bytes.
pub const LARGEST: usize = 4 << 20;
/// What a document is.
pub const PDF: &str = "application/pdf";

/// Whether these bytes are PDF, by how they begin. Readers look for the mark within the first 1,024 bytes.
pub fn is_pdf(bytes: &[u8]) -> bool {
    let mark = b"%PDF-";
    bytes.get(..bytes.len().min(1_024)).is_some_and(|head| head.windows(mark.len()).any(|at| at == mark))
}

/// A document, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = notice_document)]
pub struct Document {
    /// Its id.
    pub id: DocumentId,
    /// Whose it is.
    pub brand_id: BrandId,
    /// The SHA-256 of its bytes.
    pub sha256: Sha256,
    /// When it came.
    pub created_at: Instant,
}

impl Document {
    /// Whether both are the same, whenever they came.
    pub fn is_same(&self, other: &Self) -> bool {
        *self == Self { created_at: self.created_at, ..other.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_known_by_how_they_begin() {
        assert!(is_pdf(b"%PDF-1.7\n") && is_pdf(b"\xef\xbb\xbf%PDF-1.4"));
        assert!(is_pdf(&[&[b' '; 1_019][..], b"%PDF-"].concat()));
        assert!(!is_pdf(&[&[b' '; 1_020][..], b"%PDF-"].concat()));
        assert!(!is_pdf(b"PK\x03\x04") && !is_pdf(b"") && !is_pdf(b"%PDF"));
    }
}
