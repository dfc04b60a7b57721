//! Attaching a file to an appeal. The branch's side alone does: what a reviewer has may show who the shopper was.

use super::{model::AppealFile, read::for_branch, settle::require_open, store};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result},
    places::notices::documents::model::{PDF, is_pdf},
    precondition::{Put, Stored, unchanging},
};

/// The largest file, in bytes.
pub const LARGEST: usize = 4 << 20;
/// So many files has an appeal at the most.
pub const MOST_FILES: usize = 10;

/// What these bytes are, by how they begin, if they are something that can be attached.
///
/// # Errors
/// `invalid` if they are nothing of it.
pub fn media_type(bytes: &[u8]) -> Result<&'static str> {
    if is_pdf(bytes) {
        return Ok(PDF);
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        return Ok("image/jpeg");
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Ok("image/png");
    }
    let why = "these bytes are neither PDF nor JPEG nor PNG: save the file as one of them";
    Err(Error::invalid(vec![FieldError::new("", "signature", why)]))
}

/// Keeps a file of an open appeal of a branch in scope. The same again is the same file, which never changes.
///
/// # Errors
/// `not_found` if the appeal is not there, or out of scope; `conflict` if another file has the id; `wrong_state` if the appeal is
/// over, or has as many files as it may have.
pub fn attach(
    conn: &mut Conn,
    scope: &Scope,
    new: &AppealFile,
    bytes: &[u8],
    now: Instant,
) -> Result<Stored<AppealFile>> {
    let (appeal, visit) = for_branch(conn, scope, new.appeal_id, now)?;
    let old = store::find_file(conn, new.id)?;
    let is_same =
        |old: &AppealFile, new: &AppealFile| *old == AppealFile { created_at: old.created_at, ..new.clone() };
    let stored = unchanging(old, new, is_same, "another file has this id, and keeps it")?;
    if stored.put == Put::Make {
        require_open(&appeal.as_shown(now), visit)?;
        if store::files(conn, new.appeal_id)?.len() >= MOST_FILES {
            let detail = format!("this appeal has {MOST_FILES} files, as many as it may have");
            return Err(Error::new(Code::WrongState).detail(detail));
        }
        store::insert_file(conn, new, bytes)?;
    }
    Ok(stored)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_how_they_begin() {
        assert_eq!(media_type(b"%PDF-1.7\n").ok(), Some(PDF));
        assert_eq!(media_type(b"\xff\xd8\xff\xe0\0\x10JFIF").ok(), Some("image/jpeg"));
        assert_eq!(media_type(b"\x89PNG\r\n\x1a\n\0\0").ok(), Some("image/png"));
        for other in [&b""[..], b"\xff\xd8", b"<svg", b"PK\x03\x04", b"GIF89a"] {
            assert!(media_type(other).is_err());
        }
    }
}
