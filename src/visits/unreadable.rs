//! Files of a visit that the server cannot read: what its phone learns of them, and what a visit waits for because of them.
//!
//! A file of a kind that is not read is refused when it is announced, so a visit that names one waits for it. A file of a kind
//! that is read, and that turned out to be unreadable before its visit was complete, is waited for as well if a question needs
//! it. In both cases the visit may be sent once more with other files in the place of these ([`takes_their_place`]). What turns
//! out later leaves the visit complete, and takes its receipt.

use std::collections::BTreeMap;

use super::{
    complete::Files,
    completion::Completion,
    model::{Visit, VisitHead},
    state::State,
    store,
};
use crate::{
    checklists::{
        self,
        key::Key,
        manifest::{Entry, Filled, Manifest},
    },
    db::Conn,
    error::Result,
    evidence,
    ids::EvidenceId,
};

/// A file that the server cannot read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The file.
    pub id: EvidenceId,
    /// The question that it belongs to.
    pub question: Key,
    /// Why, and what to send instead, for people.
    pub problem: String,
}

/// Why files that are here cannot be read.
pub type Problems = BTreeMap<EvidenceId, String>;

/// Those of a manifest's files that the server cannot read, in its order.
pub fn unreadable(manifest: &Manifest, problems: &Problems) -> Vec<Unreadable> {
    let one = |file: &Entry| {
        let problem = problems.get(&file.id).cloned().or_else(|| file.media_type.refusal())?;
        Some(Unreadable { id: file.id, question: file.question.clone(), problem })
    };
    manifest.iter().filter_map(one).collect()
}

/// Why files that this manifest names cannot be read, as far as they are here and that turned out.
///
/// # Errors
/// None but those of the database.
pub fn problems(conn: &mut Conn, manifest: &Manifest) -> Result<Problems> {
    if manifest.is_empty() {
        return Ok(Problems::new());
    }
    evidence::store::problems(conn, manifest.iter().map(|file| file.id).collect())
}

/// How far a visit is: it waits as well for files that are here, that the server cannot read, and that a question needs.
///
/// # Errors
/// None but those of the database.
pub(super) fn completion(
    conn: &mut Conn,
    head: &VisitHead,
    filled: Filled<'_>,
    files: &Files,
) -> Result<Completion> {
    match Completion::of(head, filled.manifest, &files.here) {
        Completion::At(at) => match needed(conn, head, filled, &files.problems)? {
            missing if missing.is_empty() => Ok(Completion::At(at)),
            missing => Ok(Completion::Missing(missing)),
        },
        missing => Ok(missing),
    }
}

/// Those of these files that a question needs.
fn needed(
    conn: &mut Conn,
    head: &VisitHead,
    filled: Filled<'_>,
    problems: &Problems,
) -> Result<Vec<EvidenceId>> {
    if problems.is_empty() {
        return Ok(Vec::new());
    }
    let version = checklists::store::version(conn, head.version_id)?;
    Ok(version.prepared.needed(filled, &problems.keys().copied().collect::<Vec<_>>()))
}

/// The files because of which a visit that is complete has no receipt: the server cannot read them, a question needs them, and it was
/// neither taken without them nor decided about.
///
/// # Errors
/// None but those of the database.
pub fn unattested(conn: &mut Conn, visit: &Visit) -> Result<Vec<EvidenceId>> {
    if !matches!(visit.head.state, State::Complete | State::InReview) {
        return Ok(Vec::new());
    }
    let mut problems = problems(conn, visit.manifest())?;
    if !problems.is_empty() {
        let without = store::anew::without(conn, visit.head.id)?;
        problems.retain(|file, _| !without.contains(file));
    }
    needed(conn, &visit.head, visit.content.0.filled(), &problems)
}

/// Whether the files of one manifest take the place of those of another that the server cannot read: all others are in both, each new
/// one belongs to a question that had one of these, and no question has more of them than before.
pub fn takes_their_place(kept: &Manifest, sent: &Manifest, problems: &Problems) -> bool {
    let was_read = |file: &&Entry| !problems.contains_key(&file.id) && file.media_type.is_read();
    let stays = |file: &Entry| sent.iter().any(|other| other == file);
    let mut places: BTreeMap<&Key, i32> = BTreeMap::new();
    for file in kept.iter().filter(|file| !was_read(file) && !stays(file)) {
        *places.entry(&file.question).or_default() += 1;
    }
    let are_new = |file: &&Entry| !kept.iter().any(|other| other == *file);
    for file in sent.iter().filter(are_new) {
        if !file.media_type.is_read() {
            return false;
        }
        *places.entry(&file.question).or_default() -= 1;
    }
    kept.iter().filter(was_read).all(stays) && places.values().all(|left| *left >= 0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;
    use crate::db::types::Sha256;

    fn file(number: u128, question: &str, media_type: &str) -> Value {
        json!({"id": Uuid::from_u128(number), "question": question, "media_type": media_type, "size": 9,
            "sha256": Sha256::of(&number.to_be_bytes())})
    }

    fn manifest(files: &[Value]) -> Manifest {
        serde_json::from_value(json!(files)).unwrap()
    }

    #[test]
    fn only_what_cannot_be_read_may_be_replaced() {
        let (heic, jpeg, broken) =
            (file(1, "a", "image/heic"), file(2, "a", "image/jpeg"), file(3, "b", "image/jpeg"));
        let kept = manifest(&[heic.clone(), jpeg.clone(), broken.clone()]);
        let problems = Problems::from([(EvidenceId::new(Uuid::from_u128(3)), "It is damaged.".to_owned())]);
        let left: Vec<_> =
            unreadable(&kept, &problems).into_iter().map(|one| one.id.uuid().as_u128()).collect();
        assert_eq!(left, [1, 3]);
        let (new, newer) = (file(4, "a", "image/png"), file(5, "b", "image/jpeg"));
        let is_good = |files: &[&Value]| {
            let sent = manifest(&files.iter().map(|file| (*file).clone()).collect::<Vec<_>>());
            takes_their_place(&kept, &sent, &problems)
        };
        for good in
            [vec![&new, &jpeg, &broken], vec![&jpeg, &newer, &new], vec![&heic, &jpeg, &newer], vec![&jpeg]]
        {
            assert!(is_good(&good), "{good:?}");
        }
        let (elsewhere, unread) = (file(6, "c", "image/jpeg"), file(7, "a", "image/avif"));
        let changed = file(2, "a", "image/png");
        for wrong in [
            vec![&new, &broken],
            vec![&new, &newer, &jpeg, &elsewhere],
            vec![&unread, &jpeg, &broken],
            vec![&heic, &changed, &broken],
            vec![&heic, &new, &jpeg, &broken],
        ] {
            assert!(!is_good(&wrong), "{wrong:?}");
        }
    }
}
