//! Whether all of a visit's evidence has arrived.

use super::model::VisitHead;
use crate::{
    checklists::manifest::{self, Manifest},
    db::types::Instant,
    evidence::model::Evidence,
    ids::EvidenceId,
};

/// How far a visit is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completion {
    /// All of it has arrived; the last of it at this moment.
    At(Instant),
    /// These files have not, in the order of the manifest.
    Missing(Vec<EvidenceId>),
}

impl Completion {
    /// How far a visit with this manifest is when these files are here: each has to be what the manifest says, and to
    /// have been sent for this visit.
    pub fn of(visit: &VisitHead, manifest: &Manifest, files: &[Evidence]) -> Self {
        let mut last = visit.received_at;
        let mut missing = Vec::new();
        for wanted in manifest.iter() {
            match files.iter().find(|file| is_the_one(visit, wanted, file)).and_then(|file| file.kept_at) {
                Some(at) => last = last.max(at),
                None => missing.push(wanted.id),
            }
        }
        if missing.is_empty() { Self::At(last) } else { Self::Missing(missing) }
    }

    /// When the last of it arrived, if all has.
    pub fn at(&self) -> Option<Instant> {
        match self {
            Self::At(at) => Some(*at),
            Self::Missing(_) => None,
        }
    }

    /// What has not arrived, in the order of the manifest.
    pub fn missing(self) -> Vec<EvidenceId> {
        match self {
            Self::At(_) => Vec::new(),
            Self::Missing(missing) => missing,
        }
    }
}

/// The places in the manifest of files that are kept and are others than it says. Such a visit would wait for ever: a file
/// is never replaced.
pub fn never_to_come(visit: &VisitHead, manifest: &Manifest, files: &[Evidence]) -> Vec<usize> {
    let is_another = |wanted: &manifest::Entry| {
        let kept = files.iter().find(|file| file.id == wanted.id && file.is_kept());
        kept.is_some_and(|file| !is_the_one(visit, wanted, file))
    };
    manifest.iter().enumerate().filter(|(_, wanted)| is_another(wanted)).map(|(place, _)| place).collect()
}

/// Whether this is the file that the visit's manifest names.
fn is_the_one(visit: &VisitHead, wanted: &manifest::Entry, file: &Evidence) -> bool {
    wanted.id == file.id
        && (visit.shopper_id, visit.id) == (file.shopper_id, file.visit_id)
        && i64::try_from(wanted.size).is_ok_and(|size| size == file.size)
        && wanted.sha256 == file.sha256
        && wanted.media_type == file.media_type
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::{
        checklists::manifest::MediaType,
        db::types::{Id, Sha256},
        evidence::model::FileState,
        ids::{AccountId, VisitId},
        visits::state::State,
    };

    const RECEIVED: Instant = Instant::from_micros(1_000);

    fn id(number: u128) -> EvidenceId {
        EvidenceId::new(Uuid::from_u128(number))
    }

    fn manifest(files: u128) -> Manifest {
        let file = |number| {
            json!({"id": id(number), "question": "photos", "media_type": "image/jpeg", "size": 100 + number as u64,
                "sha256": Sha256::of(&[number as u8])})
        };
        serde_json::from_value((0..files).map(file).collect()).unwrap()
    }

    /// How far the visit is that names these files.
    fn completion(manifest: &Manifest, files: &[Evidence]) -> Completion {
        Completion::of(&visit(), manifest, files)
    }

    fn others(manifest: &Manifest, files: &[Evidence]) -> Vec<usize> {
        never_to_come(&visit(), manifest, files)
    }

    /// A visit with ids of zeros.
    fn visit() -> VisitHead {
        VisitHead {
            id: Id::new(Uuid::nil()),
            assignment_id: Id::new(Uuid::nil()),
            brand_id: Id::new(Uuid::nil()),
            branch_id: Id::new(Uuid::nil()),
            version_id: Id::new(Uuid::nil()),
            shopper_id: Id::new(Uuid::nil()),
            state: State::Submitted,
            content_hash: Sha256::of(b""),
            score: None,
            month: "2026-03".parse().unwrap(),
            received_at: RECEIVED,
            completed_at: None,
            revision: 0,
            revised_at: None,
        }
    }

    fn file(number: u128, kept_at: i64) -> Evidence {
        Evidence {
            id: id(number),
            visit_id: VisitId::new(Uuid::nil()),
            shopper_id: AccountId::new(Uuid::nil()),
            media_type: MediaType::Jpeg,
            size: 100 + number as i64,
            sha256: Sha256::of(&[number as u8]),
            state: FileState::Kept,
            created_at: Instant::from_micros(1),
            kept_at: Some(Instant::from_micros(kept_at)),
            expires_at: Instant::from_micros(1),
            assignment_id: None,
        }
    }

    #[test]
    fn without_a_manifest_a_visit_is_complete_when_it_arrives() {
        assert_eq!(completion(&manifest(0), &[]), Completion::At(RECEIVED));
        assert_eq!(completion(&manifest(0), &[file(1, 5_000)]), Completion::At(RECEIVED));
    }

    #[test]
    fn a_file_that_is_not_as_the_manifest_says_is_missing() {
        let good = file(0, 10);
        let all = manifest(1);
        assert_eq!(completion(&all, std::slice::from_ref(&good)), Completion::At(RECEIVED));
        assert!(others(&all, std::slice::from_ref(&good)).is_empty());
        for other in [
            Evidence { size: 101, ..good.clone() },
            Evidence { sha256: Sha256::of(b""), ..good.clone() },
            Evidence { media_type: MediaType::Png, ..good.clone() },
            Evidence { visit_id: VisitId::new(Uuid::max()), ..good.clone() },
            Evidence { shopper_id: AccountId::new(Uuid::max()), ..good.clone() },
        ] {
            assert_eq!(completion(&all, std::slice::from_ref(&other)), Completion::Missing(vec![id(0)]));
            assert_eq!(others(&all, std::slice::from_ref(&other)), [0]);
            let arriving = [Evidence { state: FileState::Arriving, kept_at: None, ..other }];
            assert!(others(&all, &arriving).is_empty(), "it can still be given up");
        }
        let unfinished = [Evidence { state: FileState::Arriving, kept_at: None, ..good.clone() }];
        assert_eq!(completion(&all, &unfinished), Completion::Missing(vec![id(0)]));
        assert_eq!(completion(&all, &[Evidence { id: id(9), ..good }]), Completion::Missing(vec![id(0)]));
    }

    proptest! {
        #[test]
        fn what_has_not_come_is_missing_in_order(came in proptest::collection::vec(any::<bool>(), 0..20)) {
            let all = came.iter().enumerate();
            let files: Vec<_> = all.clone().rev().filter(|(_, came)| **came)
                .map(|(number, _)| file(number as u128, 900 + 50 * number as i64)).collect();
            let missing: Vec<_> =
                all.clone().filter(|(_, came)| !**came).map(|(number, _)| id(number as u128)).collect();
            let found = completion(&manifest(came.len() as u128), &files);
            let last = RECEIVED.max(Instant::from_micros(850 + 50 * came.len() as i64));
            prop_assert_eq!(found.at(), missing.is_empty().then_some(last));
            prop_assert_eq!(found.missing(), missing);
        }
    }
}
