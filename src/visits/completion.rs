//! Whether all of a visit's evidence has arrived.

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
    /// How far a visit with this manifest is that arrived at this moment itself, when its shopper has sent these files
    /// for it: each has to be what the manifest says.
    pub fn of(manifest: &Manifest, files: &[Evidence], received_at: Instant) -> Self {
        let mut last = received_at;
        let mut missing = Vec::new();
        for wanted in manifest.iter() {
            match files.iter().find(|file| is(wanted, file)).and_then(|file| file.kept_at) {
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

/// Whether this is the file that the manifest names.
fn is(wanted: &manifest::Evidence, file: &Evidence) -> bool {
    wanted.id == file.id
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
    use crate::{checklists::manifest::MediaType, db::types::Sha256, evidence::model::FileState, ids};

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

    fn file(number: u128, kept_at: i64) -> Evidence {
        Evidence {
            id: id(number),
            visit_id: ids::VisitId::new(Uuid::nil()),
            shopper_id: ids::AccountId::new(Uuid::nil()),
            media_type: MediaType::Jpeg,
            size: 100 + number as i64,
            sha256: Sha256::of(&[number as u8]),
            state: FileState::Kept,
            created_at: Instant::from_micros(1),
            kept_at: Some(Instant::from_micros(kept_at)),
            expires_at: Instant::from_micros(1),
        }
    }

    #[test]
    fn without_a_manifest_a_visit_is_complete_when_it_arrives() {
        assert_eq!(Completion::of(&manifest(0), &[], RECEIVED), Completion::At(RECEIVED));
        assert_eq!(Completion::of(&manifest(0), &[file(1, 5_000)], RECEIVED), Completion::At(RECEIVED));
    }

    #[test]
    fn a_file_that_is_not_as_the_manifest_says_is_missing() {
        let good = file(0, 10);
        assert_eq!(
            Completion::of(&manifest(1), std::slice::from_ref(&good), RECEIVED),
            Completion::At(RECEIVED)
        );
        for other in [
            Evidence { id: id(9), ..good.clone() },
            Evidence { size: 101, ..good.clone() },
            Evidence { sha256: Sha256::of(b""), ..good.clone() },
            Evidence { media_type: MediaType::Png, ..good.clone() },
            Evidence { kept_at: None, ..good.clone() },
        ] {
            let found = Completion::of(&manifest(1), &[other], RECEIVED);
            assert_eq!(found, Completion::Missing(vec![id(0)]));
        }
    }

    proptest! {
        #[test]
        fn what_has_not_come_is_missing_in_order(came in proptest::collection::vec(any::<bool>(), 0..20)) {
            let all = came.iter().enumerate();
            let files: Vec<_> = all.clone().rev().filter(|(_, came)| **came)
                .map(|(number, _)| file(number as u128, 900 + 50 * number as i64)).collect();
            let missing: Vec<_> =
                all.clone().filter(|(_, came)| !**came).map(|(number, _)| id(number as u128)).collect();
            let found = Completion::of(&manifest(came.len() as u128), &files, RECEIVED);
            let last = RECEIVED.max(Instant::from_micros(850 + 50 * came.len() as i64));
            prop_assert_eq!(found.at(), missing.is_empty().then_some(last));
            prop_assert_eq!(found.missing(), missing);
        }
    }
}
