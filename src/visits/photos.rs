//! The photos of visits, as the archive of photos has them: the clean copies, without what the camera wrote into the files.

use std::collections::HashMap;

use super::{
    counted::{self, Only},
    model::Visit,
    store::{
        self,
        list::{VisitFilter, VisitOrder, VisitPlace},
    },
};
use crate::{
    accounts::policy::Scope,
    checklists::{cache::Versions, key::Key, manifest::MediaType},
    db::{Conn, types::Sha256},
    error::Result,
    evidence::{self, clean::CleanCopy},
    ids::{AccountId, EvidenceId, VisitId},
};

/// So many files are looked up in one statement.
const AT_ONCE: usize = 1_000;

/// A photo of a visit.
#[derive(Clone, Debug)]
pub struct VisitPhoto {
    /// The visit.
    pub visit: VisitId,
    /// The question that it belongs to.
    pub question: Key,
    /// The file.
    pub file: EvidenceId,
    /// The digest of its clean copy.
    pub copy: Sha256,
    /// The camera's clock, as it wrote it.
    pub taken_at: Option<String>,
}

/// So many visits after this one that are in scope, the newest first, each with its photos in the order of its manifest. What could not be read, or is not read yet, is
/// left out.
///
/// # Errors
/// `invalid` if too many were to be looked through to find them.
pub fn photos(
    conn: &mut Conn,
    versions: &Versions,
    scope: &Scope,
    (filter, only): (&VisitFilter, &Only),
    (after, rows): (Option<VisitPlace>, i64),
) -> Result<Vec<(VisitPlace, Vec<VisitPhoto>)>> {
    let heads = counted::visits(conn, versions, scope, (filter, only), VisitOrder::Newest, (after, rows))?;
    let ids: Vec<_> = heads.iter().map(|visit| visit.id).collect();
    let visits: HashMap<_, _> =
        store::with_ids(conn, &ids)?.into_iter().map(|visit| (visit.head.id, visit)).collect();
    let named = visits.values().flat_map(|visit| visit.manifest().iter().map(|file| file.id)).collect();
    let photos = taken(conn, named)?;
    let of = |visit: &Visit| {
        let photo = |file: EvidenceId, question: &Key| {
            // A visit has no files but those of its shopper.
            let taken =
                photos.get(&file).filter(|taken| taken.of == (visit.head.id, visit.head.shopper_id))?;
            let (copy, taken_at) = (taken.copy, taken.at.clone());
            Some(VisitPhoto { visit: visit.head.id, question: question.clone(), file, copy, taken_at })
        };
        visit.manifest().iter().filter_map(|named| photo(named.id, &named.question)).collect::<Vec<_>>()
    };
    let with_photos = |place: VisitPlace, id: VisitId| (place, visits.get(&id).map(of).unwrap_or_default());
    Ok(heads.iter().map(|head| with_photos(VisitPlace::from(head), head.id)).collect())
}

/// What is known of a photo, beside the visit that names it.
struct Taken {
    /// The visit and the shopper that sent it.
    of: (VisitId, AccountId),
    copy: Sha256,
    at: Option<String>,
}

/// Those of these files that are photos and could be read.
fn taken(conn: &mut Conn, files: Vec<EvidenceId>) -> Result<HashMap<EvidenceId, Taken>> {
    let mut taken = HashMap::with_capacity(files.len());
    for files in files.chunks(AT_ONCE) {
        let copies = evidence::store::clean_copies(conn, files.to_vec())?.into_iter();
        let mut copies: HashMap<_, _> = copies.map(|copy| (copy.evidence_id, copy)).collect();
        for file in evidence::store::with_ids(conn, files.to_vec())? {
            let copy = copies.remove(&file.id);
            let Some((MediaType::Jpeg, digest)) = copy.as_ref().and_then(CleanCopy::content) else {
                continue;
            };
            let at = copy.and_then(|copy| copy.taken_at);
            taken.insert(file.id, Taken { of: (file.visit_id, file.shopper_id), copy: digest, at });
        }
    }
    Ok(taken)
}
