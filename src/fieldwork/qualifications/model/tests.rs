#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const NOW: i64 = 1_800_000_000;

fn at(seconds: i64) -> Instant {
    Instant::from_micros(seconds * 1_000_000)
}

proptest! {
    #[test]
    fn tries_come_back_when_they_grow_old(
        most in 1..6_i32,
        ages in prop::collection::vec(0..2 * WINDOW, 0..12),
    ) {
        let taken: Vec<_> = ages.iter().map(|age| at(NOW - age)).collect();
        let recent = ages.iter().filter(|age| **age < WINDOW).count();
        let left = AttemptsLeft::of(most, &taken, at(NOW));
        prop_assert_eq!(left.left, usize::try_from(most).unwrap().saturating_sub(recent));
        prop_assert_eq!(left.next_at.is_some(), left.left == 0);
        if let Some(next) = left.next_at {
            prop_assert!(next > at(NOW));
            prop_assert!(AttemptsLeft::of(most, &taken, next).left > 0);
            let before = Instant::from_micros(next.micros() - 1);
            prop_assert_eq!(AttemptsLeft::of(most, &taken, before).left, 0);
        }
    }

    #[test]
    fn a_certificate_holds_from_its_beginning_to_its_end(
        from in -5..5_i64,
        end in prop::option::of(-5..5_i64),
        revoked in prop::option::of(-5..5_i64),
    ) {
        let certificate = Certificate {
            valid_from: at(from),
            expires_at: end.map(at),
            revoked_at: revoked.map(at),
            ..qualification().certificate(CertificateId::new(uuid::Uuid::nil()), AccountId::new(uuid::Uuid::nil()), at(0))
        };
        let holds = revoked.is_none() && from <= 0 && end.is_none_or(|end| end > 0);
        prop_assert_eq!(certificate.holds_at(at(0)), holds);
    }
}

fn qualification() -> Qualification {
    Qualification {
        id: QualificationId::new(uuid::Uuid::nil()),
        brand_id: BrandId::new(uuid::Uuid::nil()),
        name: "Barista".to_owned(),
        version_id: None,
        pass_mark: None,
        valid_days: Some(2),
        most_attempts: 3,
        revision: 1,
        created_at: at(0),
    }
}

#[test]
fn what_a_passed_test_gives() {
    let given = qualification().certificate(
        CertificateId::new(uuid::Uuid::nil()),
        AccountId::new(uuid::Uuid::nil()),
        at(NOW),
    );
    assert_eq!((given.valid_from, given.expires_at), (at(NOW), Some(at(NOW + 172_800))));
    let test = Test { version: VersionId::new(uuid::Uuid::nil()), pass_mark: 8_000 };
    assert!(test.is_passed_with(Some(8_000)) && !test.is_passed_with(Some(7_999)));
    assert!(!test.is_passed_with(None));
}

#[test]
fn a_test_needs_no_files_and_gives_nothing_away() {
    let codes = |members: Value| {
        let mut question = json!({"key": "q", "text": {"en": "?"}, "answer": {"kind": "yes_no"}});
        question.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let content: Content = serde_json::from_value(json!({"title": {"en": "T"}, "languages": ["en"],
            "sections": [{"key": "s", "title": {"en": "S"}, "questions": [question]}]}))
        .unwrap();
        unfit(&content).into_iter().map(|one| one.code).collect::<Vec<_>>()
    };
    for fit in [
        json!({}),
        json!({"comment": {"when": "always"}}),
        json!({"comment": {"when": "never"}, "photo": {"when": "never"}}),
        json!({"answer": {"kind": "location"}}),
    ] {
        assert!(codes(fit.clone()).is_empty(), "{fit}");
    }
    for (unfit, code) in [
        (json!({"answer": {"kind": "photo"}}), "needs_evidence"),
        (json!({"answer": {"kind": "audio"}}), "needs_evidence"),
        (json!({"answer": {"kind": "signature"}}), "needs_evidence"),
        (json!({"photo": {"when": "always"}}), "needs_evidence"),
        (json!({"photo": {"when": "below", "share": 5000}}), "gives_away"),
        (json!({"comment": {"when": "below", "share": 5000}}), "gives_away"),
    ] {
        assert_eq!(codes(unfit.clone()), [code], "{unfit}");
    }
}
