//! Digests are canonical, stay when parts go, and come out as the vectors for client teams say.
#![allow(clippy::unwrap_used)]

use std::{env, fs, path::Path};

use aws_lc_rs::signature::Ed25519KeyPair;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use proptest::{collection::vec, option, prelude::*};
use serde_json::{Value, json};

use super::*;
use crate::{
    checklists::{manifest::Manifest, model::Content, samples},
    db::types::Id,
    ids::VisitId,
    seals::salted::canonical,
    visits::receipt::{self, Receipt},
};

/// The same digest by the rules as they are written down: what stands at a pointer is replaced, and all of it is written
/// in canonical form.
fn by_the_rules(content: &Submission, parts: &Parts) -> String {
    let mut json = serde_json::to_value(content).unwrap();
    for (pointer, salt) in &parts.salts {
        let part = json.pointer_mut(pointer).unwrap();
        *part = json!(salt.digest(part).unwrap());
    }
    for (pointer, digest) in &parts.erased {
        let (above, name) = pointer.rsplit_once('/').unwrap();
        json.pointer_mut(above).unwrap()[name] = json!(digest);
    }
    String::from_utf8(canonical(&json).unwrap()).unwrap()
}

fn submission(answers: crate::checklists::answers::Answers, manifest: Manifest) -> Submission {
    Submission {
        assignment_id: Id::named("a"),
        checklist_version_id: Id::named("b"),
        started_at: Instant::from_micros(1_500_000),
        ended_at: Instant::from_micros(2_000_001),
        answers,
        manifest,
        positions: Positions::default(),
        device: None,
        outcome: None,
        spent: crate::visits::phone::Expenses::default(),
    }
}

prop_compose! {
    /// A visit of any checklist, with all that a phone may say beside the answers.
    fn visits()(
        sample in samples::samples(),
        comments in vec(option::of(".{0,20}"), 0..20),
        device in option::of("[a-zé\"\\\\€]{1,20}"),
        positions in vec((-90.0..=90.0, -180.0..=180.0, any::<bool>()), 0..3),
        outcome in option::of(option::of("[a-zé\"\\\\€]{1,20}")),
        amounts in vec(1..1_000_000_000_000_i64, 0..3),
    ) -> (Submission, Prepared) {
        let mut content = submission(sample.answers.clone(), sample.manifest.clone());
        let keys: Vec<_> = content.answers.iter().map(|(key, _)| key.clone()).collect();
        for (key, comment) in keys.iter().zip(comments) {
            content.answers.get_mut(key.as_str()).unwrap().comment = comment;
        }
        let mut json = serde_json::to_value(&content).unwrap();
        let at = |(latitude, longitude, mock)| json!({"at": "2026-03-14T09:00:00Z", "latitude": latitude, "longitude": longitude, "mock": mock});
        json["positions"] = positions.into_iter().map(at).collect();
        json["spent"] = amounts.into_iter().map(|amount| json!({"what": "other", "amount": amount, "currency": "EUR"})).collect();
        json["device"] = device.map_or(Value::Null, |os| json!({"os": os, "model": "m", "app_version": "1"}));
        json["outcome"] = outcome.map_or(Value::Null, |words| json!({"kind": "refused_entry", "words": words}));
        (serde_json::from_value(json).unwrap(), sample.prepared())
    }
}

proptest! {
    #[test]
    fn what_is_hashed_is_canonical_and_stays_when_parts_go(
        (mut content, checklist) in visits(),
        chosen in any::<prop::sample::Selector>(),
    ) {
        let mut parts = Parts::of(&content, &checklist).unwrap();
        let (sent, digest) = (content.clone(), content_hash(&content, Some(&parts)).unwrap());
        prop_assert_eq!(String::from_utf8(attested(&content, &parts).unwrap()).unwrap(), by_the_rules(&content, &parts));
        let all: Vec<_> = parts.salts.keys().cloned().collect();
        if !all.is_empty() {
            let gone = chosen.select(&all).clone();
            let part = serde_json::to_value(&content).unwrap().pointer(&gone).unwrap().to_string();
            prop_assert!(parts.erase(&mut content, &gone).unwrap());
            prop_assert!(!parts.salts.contains_key(&gone));
            let json = serde_json::to_value(&content).unwrap();
            prop_assert_ne!(json.pointer(&gone).map(Value::to_string), Some(part));
            prop_assert!(!parts.erase(&mut content, &gone).unwrap());
        }
        prop_assert_eq!(content_hash(&content, Some(&parts)).unwrap(), digest);
        prop_assert_eq!(String::from_utf8(attested(&content, &parts).unwrap()).unwrap(), by_the_rules(&content, &parts));
        let mut again = sent;
        parts.erased.iter().for_each(|(pointer, digest)| take_out(&mut again, pointer, *digest));
        prop_assert_eq!(again, content);
    }
}

#[test]
fn a_position_without_a_salt_has_no_digest() {
    let mut content = submission(
        serde_json::from_value(json!({"a": {"value": {"latitude": 1, "longitude": 2}}})).unwrap(),
        Manifest::default(),
    );
    assert!(content_hash(&content, Some(&Parts::default())).is_err());
    content.answers = serde_json::from_value(json!({"a": {"value": "words"}})).unwrap();
    assert!(content_hash(&content, Some(&Parts::default())).is_ok());
    content.positions =
        serde_json::from_value(json!([{"at": "2026-03-14T09:00:00Z", "latitude": 1, "longitude": 2}]))
            .unwrap();
    assert!(content_hash(&content, Some(&Parts::default())).is_err());
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    key: Value,
    issuer: String,
    visits: Vec<Vector>,
}

/// What goes in stands before what comes out.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    name: String,
    checklist: Value,
    visit_id: VisitId,
    completed_at: Instant,
    sent: Value,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    without: Vec<EvidenceId>,
    erase: Vec<String>,
    #[serde(default)]
    salts: ByPointer<Salt>,
    #[serde(default)]
    kept: Value,
    #[serde(default)]
    attested: String,
    #[serde(default)]
    content_hash: String,
    #[serde(default)]
    receipt: Value,
    #[serde(default)]
    jws: String,
    #[serde(default)]
    kept_after: Value,
    #[serde(default)]
    erased: ByPointer<Sha256>,
}

/// A key whose private half everybody may know: 32 bytes of the same value.
fn key() -> (Value, EncodingKey) {
    use aws_lc_rs::signature::KeyPair as _;
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let x = data_encoding::BASE64URL_NOPAD.encode(pair.public_key().as_ref());
    let pkcs8 = pair.to_pkcs8().unwrap();
    (
        json!({"kty": "OKP", "crv": "Ed25519", "kid": "vectors", "x": x}),
        EncodingKey::from_ed_der(pkcs8.as_ref()),
    )
}

impl Vector {
    fn outcome(&self, issuer: &str) -> Self {
        let Self { name, .. } = self;
        let checklist: Content = serde_json::from_value(self.checklist.clone()).unwrap();
        assert_eq!(checklist.check(), [], "{name}");
        let checklist = Prepared::new(checklist);
        let sent: Submission = serde_json::from_value(self.sent.clone()).unwrap();
        let mut content = sent.tidied().as_shown(&checklist);
        assert_eq!(checklist.check_answers(content.filled()), [], "{name}");
        let salt = |number: usize| Salt::from_bytes(std::array::from_fn(|at| (31 * number + 7 * at) as u8));
        let pointers = pointers(&content, &checklist).into_iter().enumerate();
        let salts: ByPointer<_> = pointers.map(|(number, pointer)| (pointer, salt(number))).collect();
        let mut parts = Parts { salts, ..Parts::default() };
        let digest = content_hash(&content, Some(&parts)).unwrap();
        let visit = (self.visit_id, digest);
        let receipt = |content: &Submission, parts: &Parts| {
            let files = (&content.manifest, &self.without[..]);
            Receipt::new(issuer, visit, files, Some(parts), self.completed_at).unwrap()
        };
        let before = receipt(&content, &parts);
        let header = Header {
            kid: Some("vectors".to_owned()),
            typ: Some(receipt::TYPE.to_owned()),
            ..Header::new(Algorithm::EdDSA)
        };
        let mut out = Self {
            salts: parts.salts.clone(),
            kept: json!(content),
            attested: String::from_utf8(attested(&content, &parts).unwrap()).unwrap(),
            content_hash: digest.to_string(),
            receipt: json!(before),
            jws: jsonwebtoken::encode(&header, &before, &key().1).unwrap(),
            ..self.clone()
        };
        for pointer in &self.erase {
            assert!(parts.erase(&mut content, pointer).unwrap(), "{name}: {pointer}");
        }
        assert_eq!(content_hash(&content, Some(&parts)).unwrap(), digest, "{name}");
        assert_eq!(receipt(&content, &parts), before, "{name}");
        (out.kept_after, out.erased) = (json!(content), parts.erased);
        out
    }
}

/// `INCOGNITO_BLESS=1` writes what comes out.
#[test]
fn the_vectors_come_out_as_they_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/receipts.json");
    let Vectors { issuer, visits, .. } = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let visits = visits.iter().map(|vector| vector.outcome(&issuer)).collect();
    let written = serde_json::to_string_pretty(&Vectors { key: key().0, issuer, visits }).unwrap() + "\n";
    if env::var("INCOGNITO_BLESS").is_ok_and(|value| value == "1") {
        fs::write(&path, &written).unwrap();
    }
    let committed: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert!(
        committed == serde_json::from_str::<Value>(&written).unwrap(),
        "run this with INCOGNITO_BLESS=1, and read what differs"
    );
    assert!(committed["visits"].as_array().unwrap().len() >= 4);
}
