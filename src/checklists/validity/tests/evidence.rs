//! Files that answer, files beside answers, and what is asked for beside answers.

use serde_json::{Value as Json, json};

use super::*;

const PHOTO: &str = "image/jpeg";
const SOUND: &str = "audio/ogg";

fn check(question: &Json, answer: &Json, files: &[&str], expected: &[(&str, &'static str)]) {
    let expected: Vec<_> = expected.iter().map(|(place, code)| ((*place).to_owned(), *code)).collect();
    assert_eq!(wrong(question, answer, files), expected, "{question} {answer} {files:?}");
}

#[test]
fn photos_recordings_and_signatures_are_counted() {
    let photos = json!({"answer": {"kind": "photo", "at_least": 2, "at_most": 3}});
    check(&photos, &Json::Null, &[PHOTO, "image/webp"], &[]);
    // What cannot be read answers as well: the visit is taken, and waits for it in another form.
    check(&photos, &Json::Null, &[PHOTO, "image/heic"], &[]);
    check(&photos, &Json::Null, &[PHOTO; 3], &[]);
    check(&photos, &Json::Null, &[], &[("/answers/q", "required")]);
    check(&photos, &Json::Null, &[PHOTO], &[("/answers/q", "required")]);
    check(&photos, &Json::Null, &[PHOTO; 5], &[("/manifest/3", "too_many")]);
    check(&photos, &Json::Null, &[PHOTO, PHOTO, SOUND], &[("/manifest/2/media_type", "wrong_media_type")]);
    let optional = json!({"answer": {"kind": "photo", "at_least": 2}, "required": false});
    check(&optional, &Json::Null, &[], &[]);
    check(&optional, &Json::Null, &[PHOTO], &[("/answers/q", "too_few")]);

    let recording = json!({"answer": {"kind": "audio"}});
    check(&recording, &Json::Null, &[SOUND], &[]);
    check(&recording, &Json::Null, &[SOUND, PHOTO], &[]);
    check(&recording, &Json::Null, &[PHOTO], &[("/answers/q", "required")]);
    check(&recording, &Json::Null, &[PHOTO, SOUND, SOUND], &[("/manifest/2", "too_many")]);

    let signature = json!({"answer": {"kind": "signature"}});
    check(&signature, &Json::Null, &["image/png"], &[]);
    check(&signature, &Json::Null, &[], &[("/answers/q", "required")]);
    check(&signature, &Json::Null, &["image/png"; 2], &[("/manifest/1", "too_many")]);
}

#[test]
fn files_answer_without_a_value() {
    let photo = json!({"answer": {"kind": "photo"}, "not_applicable": true});
    check(&photo, &json!({"comment": "Blurred."}), &[PHOTO], &[]);
    check(&photo, &json!({"not_applicable": true}), &[], &[]);
    check(&photo, &json!({"not_applicable": true}), &[PHOTO], &[("/answers/q", "value_or_not_applicable")]);
    check(&photo, &json!({"value": "x"}), &[PHOTO], &[("/answers/q/value", "wrong_type")]);
    let strict = json!({"answer": {"kind": "photo"}});
    let not_allowed = ("/answers/q/not_applicable", "not_applicable_not_allowed");
    check(&strict, &json!({"not_applicable": true}), &[], &[not_allowed]);
}

#[test]
fn a_note_takes_nothing() {
    let note = json!({"answer": {"kind": "note"}});
    check(&note, &Json::Null, &[], &[]);
    for answer in [json!({"value": "x"}), json!({"not_applicable": true}), json!({"comment": "x"}), json!({})]
    {
        check(&note, &answer, &[], &[("/answers/q", "takes_no_answer")]);
    }
    check(&note, &Json::Null, &[PHOTO], &[("/manifest/0/question", "takes_no_answer")]);
}

#[test]
fn photos_are_evidence_beside_any_answer() {
    let yes = json!({"value": true});
    let plain = json!({"answer": {"kind": "yes_no"}, "not_applicable": true});
    check(&plain, &yes, &[PHOTO; 7], &[]);
    check(&plain, &json!({"not_applicable": true}), &[PHOTO], &[]);
    check(&plain, &yes, &[PHOTO, SOUND], &[("/manifest/1/media_type", "wrong_media_type")]);
    let never = json!({"answer": {"kind": "yes_no"}, "photo": {"when": "never"}});
    check(&never, &yes, &[], &[]);
    check(&never, &yes, &[PHOTO], &[("/manifest/0/question", "photo_not_taken")]);
}

#[test]
fn a_file_of_no_question_is_named() {
    let file = json!({"id": uuid::Uuid::from_u128(1), "question": "nosuch", "media_type": PHOTO, "size": 1,
        "sha256": "0".repeat(64)});
    let manifest = serde_json::from_value(json!([file])).unwrap();
    let answers = serde_json::from_value(json!({"yes": {"value": true}})).unwrap();
    let problems = prepared().check_answers(Filled { answers: &answers, manifest: &manifest });
    let problems: Vec<_> = problems.iter().map(|problem| (problem.pointer.as_str(), problem.code)).collect();
    assert_eq!(problems, [("/manifest/0/question", "unknown_question")]);
}

#[test]
fn comments_and_photos_are_asked_for() {
    let yes_no = |demand: Json| {
        json!({"answer": {"kind": "yes_no"}, "not_applicable": true, "required": false,
            "comment": demand, "photo": demand})
    };
    let both = [("/answers/q/comment", "comment_required"), ("/answers/q", "photo_required")];
    let (yes, no) = (json!({"value": true}), json!({"value": false}));
    let commented = json!({"value": false, "comment": "Nobody."});
    let always = yes_no(json!({"when": "always"}));
    check(&always, &yes, &[], &both);
    check(&always, &json!({"value": true, "comment": " \n"}), &[PHOTO], &both[..1]);
    check(&always, &commented, &[], &both[1..]);
    check(&always, &commented, &[PHOTO], &[]);
    check(&always, &json!({"not_applicable": true}), &[], &[]);
    check(&always, &Json::Null, &[], &[]);
    let below = yes_no(json!({"when": "below", "share": 1}));
    check(&below, &yes, &[], &[]);
    check(&below, &no, &[], &both);
    check(&below, &commented, &[PHOTO], &[]);
    let never = yes_no(json!({"when": "never"}));
    check(&never, &commented, &[], &[("/answers/q/comment", "comment_not_taken")]);
    check(&never, &yes, &[], &[]);
}

#[test]
fn below_a_share_is_exactly_below() {
    let scale = |share: u32, weight: u32| {
        json!({"answer": {"kind": "scale", "from": 0, "to": 8}, "weight": weight, "bonus": weight == 3,
            "comment": {"when": "below", "share": share}})
    };
    let asked = [("/answers/q/comment", "comment_required")];
    for weight in [0, 1, 3, 1000] {
        check(&scale(6250, weight), &json!({"value": 5}), &[], &[]);
        check(&scale(6251, weight), &json!({"value": 5}), &[], &asked);
        check(&scale(10_000, weight), &json!({"value": 7}), &[], &asked);
        check(&scale(10_000, weight), &json!({"value": 8}), &[], &[]);
    }
    // Without points nothing is below.
    let words = json!({"answer": {"kind": "text"}, "comment": {"when": "below", "share": 10_000}});
    check(&words, &json!({"value": "x"}), &[], &[]);
}

#[test]
fn files_can_be_commented_and_photographed_beside() {
    let bands = json!([{"up_to": 1, "points": 0}, {"points": 2}]);
    let demand = json!({"when": "below", "share": 10_000});
    let photo = json!({"answer": {"kind": "photo", "bands": bands}, "comment": demand});
    check(&photo, &Json::Null, &[PHOTO], &[("/answers/q/comment", "comment_required")]);
    check(&photo, &json!({"comment": "One."}), &[PHOTO], &[]);
    check(&photo, &Json::Null, &[PHOTO; 2], &[]);
    let sound = json!({"answer": {"kind": "audio"}, "photo": {"when": "always"}});
    check(&sound, &Json::Null, &[SOUND], &[("/answers/q", "photo_required")]);
    check(&sound, &Json::Null, &[SOUND, PHOTO], &[]);
}

#[test]
fn what_is_hidden_is_not_asked_for() {
    let text = json!({"en": "A text"});
    let yes_no = json!({"kind": "yes_no"});
    let content = json!({"title": text, "languages": ["en"], "sections": [{"key": "s", "title": text, "questions": [
        {"key": "served", "text": text, "answer": yes_no},
        {"key": "smile", "text": text, "answer": yes_no, "show_when": {"var": "served"}},
        {"key": "photo", "text": text, "answer": {"kind": "photo"}, "show_when": {"var": "served"}}]}]});
    let prepared = Prepared::new(serde_json::from_value(content).unwrap());
    let codes = |answers: Json| {
        let answers = serde_json::from_value(answers).unwrap();
        prepared.check_answers(&answers).into_iter().map(|problem| problem.pointer).collect::<Vec<_>>()
    };
    assert_eq!(codes(json!({"served": {"value": false}})), Vec::<String>::new());
    assert_eq!(codes(json!({"served": {"value": true}})), ["/answers/smile", "/answers/photo"]);
}
