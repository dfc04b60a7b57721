#![allow(clippy::unwrap_used)]

use serde_json::{Value as Json, json};

use super::*;
use crate::{
    checklists::{answers::Answers, manifest::Manifest, media_type::MediaType},
    db::types::{Id, Instant, Sha256},
    ids::ReportFileId,
};

/// A question of each kind, those that a report does not list, and two standards.
fn checklist() -> Prepared {
    let text = |text: &str| json!({"en": text});
    let question = |key: &str, answer: Json| json!({"key": key, "text": text(key), "answer": answer});
    let with = |mut question: Json, more: Json| {
        let more = more.as_object().unwrap().clone();
        question.as_object_mut().unwrap().extend(more);
        question
    };
    let option = |key: &str, name: &str| json!({"key": key, "text": text(name)});
    let options = json!([option("a", "Apples"), option("b", "Bread"), option("c", "Cheese")]);
    let yes_no = json!({"kind": "yes_no"});
    let content = json!({"title": {"en": "Visit", "de": "Besuch"}, "languages": ["en", "de"], "sections": [
        {"key": "spoken", "title": text("Spoken"), "questions": [
            with(question("greeted", yes_no.clone()),
                json!({"standard": "greeting", "text": {"en": "Greeted?", "de": "Gegrüßt?"}})),
            with(question("thanked", yes_no.clone()), json!({"standard": "thanks"})),
            question("fruit", json!({"kind": "one_choice", "options": options})),
            question("basket", json!({"kind": "several_choices", "options": options})),
            question("smile", json!({"kind": "scale", "from": 1, "to": 5})),
            question("heat", json!({"kind": "number", "decimals": 1, "unit": text("°C")})),
            question("paid", json!({"kind": "amount", "currency": "EUR"})),
            question("waited", json!({"kind": "duration", "bands": [{"up_to": 60, "points": 2}]})),
            question("walked", json!({"kind": "duration"})),
            question("words", json!({"kind": "text"})),
            question("on", json!({"kind": "date_time", "ask": "date"})),
            question("at", json!({"kind": "date_time", "ask": "date_time"})),
            question("by", json!({"kind": "date_time", "ask": "time"}))]},
        {"key": "files", "title": text("Files"), "questions": [
            question("door", json!({"kind": "photo"})),
            question("voice", json!({"kind": "audio"})),
            question("signed", json!({"kind": "signature"})),
            question("where", json!({"kind": "location"}))]},
        {"key": "unlisted", "title": text("Unlisted"), "questions": [
            question("note", json!({"kind": "note"})),
            with(question("trap", yes_no.clone()), json!({"control": {"var": "trap"}})),
            with(question("why_not", yes_no), json!({"show_when": {"!": [{"var": "greeted"}]}}))]}]});
    let (dimension, standards) = (Id::<()>::new(uuid::Uuid::nil()).to_string(), ["greeting", "thanks"]);
    let bound = |(at, key): (usize, &str)| {
        let id = uuid::Uuid::from_u128(at as u128 + 1);
        (key.to_owned(), json!({"id": id, "version": 1, "dimension": "care"}))
    };
    let bindings = json!({
        "dimensions": {"care": {"id": dimension, "side": "personal"}},
        "standards": standards.into_iter().enumerate().map(bound).collect::<serde_json::Map<_, _>>(),
    });
    Prepared::bound(serde_json::from_value(content).unwrap(), serde_json::from_value(bindings).unwrap())
}

/// What was answered of all that is said.
fn spoken() -> Json {
    let value = |value: Json| json!({"value": value});
    json!({
        "greeted": {"value": true, "comment": "With a smile."},
        "thanked": value(json!(false)),
        "fruit": value(json!("b")),
        "basket": value(json!(["a", "c"])),
        "smile": value(json!(4)),
        "heat": value(json!(215)),
        "paid": value(json!(1250)),
        "waited": value(json!(40)),
        "walked": value(json!(300)),
        "words": value(json!("All was well.")),
        "on": value(json!("2026-11-22")),
        "at": value(json!("2026-11-22T14:05")),
        "by": value(json!("14:05")),
        "trap": value(json!(true)),
    })
}

fn file(number: u128, question: &str, media_type: Option<MediaType>) -> ReportFile {
    let nobody = uuid::Uuid::nil();
    ReportFile {
        id: file_id(number),
        report_id: Id::new(nobody),
        brand_id: Id::new(nobody),
        evidence_id: Id::new(nobody),
        question: question.to_owned(),
        sha256: Sha256::of(b""),
        size: 1,
        created_at: Instant::from_micros(0),
        media_type,
    }
}

fn file_id(number: u128) -> ReportFileId {
    Id::new(uuid::Uuid::from_u128(number))
}

/// What a report is made of, unless a test says otherwise.
struct Made {
    answers: Json,
    manifest: Json,
    shows: Shows,
    shows_day: bool,
    language: &'static str,
    files: Vec<ReportFile>,
    corrected: Vec<Key>,
}

impl Default for Made {
    fn default() -> Self {
        Self {
            answers: spoken(),
            manifest: json!([]),
            shows: Shows::ALL,
            shows_day: true,
            language: "en",
            files: Vec::new(),
            corrected: Vec::new(),
        }
    }
}

impl Made {
    fn content(&self) -> ReportContent {
        let answers: Answers = serde_json::from_value(self.answers.clone()).unwrap();
        let manifest: Manifest = serde_json::from_value(self.manifest.clone()).unwrap();
        let wording = |number: u128, text: &str| {
            let text: Text = serde_json::from_value(json!({"en": text})).unwrap();
            ((Id::new(uuid::Uuid::from_u128(number)), 1), text)
        };
        let wordings = [wording(1, "A guest is greeted."), wording(2, "A guest is thanked.")].into();
        let making = Making {
            shows: &self.shows,
            shows_day: self.shows_day,
            language: self.language,
            wordings: &wordings,
            files: &self.files,
            corrected: &self.corrected,
        };
        ReportContent::new(&checklist(), Filled { answers: &answers, manifest: &manifest }, making)
    }

    fn question(&self, key: &str) -> ReportQuestion {
        let sections = self.content().sections.into_iter();
        sections.flat_map(|section| section.questions).find(|one| one.question.as_str() == key).unwrap()
    }

    fn answer(&self, key: &str) -> ReportAnswer {
        self.question(key).answer
    }
}

fn keys<'k>(keys: impl IntoIterator<Item = &'k Key>) -> Vec<&'k str> {
    keys.into_iter().map(Key::as_str).collect()
}

#[test]
fn each_kind_of_answer_is_shown_as_what_it_is() {
    let made = Made::default();
    let chosen = |options: &[&str]| ReportAnswer::Chosen {
        options: options.iter().map(|&option| option.to_owned()).collect(),
    };
    let day = || ReportAnswer::Day { day: "2026-11-22".into() };
    for (key, wanted) in [
        ("greeted", ReportAnswer::YesNo { value: true }),
        ("thanked", ReportAnswer::YesNo { value: false }),
        ("fruit", chosen(&["Bread"])),
        ("basket", chosen(&["Apples", "Cheese"])),
        ("smile", ReportAnswer::Scale { value: 4, from: 1, to: 5 }),
        ("heat", ReportAnswer::Number { value: 215, decimals: 1, unit: Some("°C".into()) }),
        ("paid", ReportAnswer::Amount { value: 1250, currency: "EUR".into() }),
        ("waited", ReportAnswer::Duration { up_to: Some(60), above_all: false }),
        ("walked", ReportAnswer::LeftOut {}),
        ("words", ReportAnswer::Text { text: "All was well.".into() }),
        ("on", day()),
        ("at", day()),
        ("by", ReportAnswer::LeftOut {}),
        ("door", ReportAnswer::NotAnswered {}),
        ("where", ReportAnswer::LeftOut {}),
    ] {
        assert_eq!(made.answer(key), wanted, "{key}");
    }
}

#[test]
fn what_was_not_answered_says_so() {
    let made = Made {
        answers: json!({"greeted": {"not_applicable": true}, "waited": {"value": 61}}),
        ..Made::default()
    };
    assert_eq!(made.answer("greeted"), ReportAnswer::NotApplicable {});
    assert_eq!(made.answer("thanked"), ReportAnswer::NotAnswered {});
    assert_eq!(made.answer("waited"), ReportAnswer::Duration { up_to: None, above_all: true });
}

#[test]
fn amounts_and_days_are_shown_where_they_may_be() {
    let made = Made { shows: Shows { amounts: false, ..Shows::ALL }, shows_day: false, ..Made::default() };
    for key in ["paid", "on", "at", "by"] {
        assert_eq!(made.answer(key), ReportAnswer::LeftOut {}, "{key}");
    }
    assert_eq!(made.answer("smile"), ReportAnswer::Scale { value: 4, from: 1, to: 5 });
}

#[test]
fn what_is_hidden_keeps_its_points_and_nothing_else() {
    let made = Made { shows: Shows { hidden: vec![Key::from("greeted")], ..Shows::ALL }, ..Made::default() };
    let (hidden, shown) = (made.question("greeted"), Made::default().question("greeted"));
    assert_eq!((hidden.answer, hidden.comment), (ReportAnswer::LeftOut {}, None));
    assert_eq!((hidden.earned, hidden.possible, hidden.why), (1, 1, Why::Answered));
    assert_eq!(shown.comment.as_deref(), Some("With a smile."));
    let silent = Made { shows: Shows { comments: false, ..Shows::ALL }, ..Made::default() };
    assert_eq!(silent.question("greeted").comment, None);
}

#[test]
fn files_stand_at_their_questions_by_form() {
    let sent = |number: u128, question: &str, media_type: &str| {
        json!({"id": uuid::Uuid::from_u128(number), "question": question, "media_type": media_type, "size": 1,
            "sha256": Sha256::of(b"").to_string()})
    };
    let manifest = json!([
        sent(1, "door", "image/jpeg"),
        sent(2, "voice", "audio/wav"),
        sent(3, "signed", "image/png"),
        sent(4, "greeted", "image/jpeg")
    ]);
    let none = Made { manifest: manifest.clone(), ..Made::default() };
    for key in ["door", "voice", "signed"] {
        assert_eq!(none.answer(key), ReportAnswer::LeftOut {}, "{key}");
    }
    let files = vec![
        file(1, "door", None),
        file(2, "voice", Some(MediaType::Wav)),
        file(4, "greeted", Some(MediaType::Jpeg)),
    ];
    let some = Made { manifest, files, ..Made::default() };
    for (key, answer, photos, recordings) in [
        ("door", ReportAnswer::Photos {}, vec![file_id(1)], vec![]),
        ("voice", ReportAnswer::Recordings {}, vec![], vec![file_id(2)]),
        ("signed", ReportAnswer::LeftOut {}, vec![], vec![]),
        ("greeted", ReportAnswer::YesNo { value: true }, vec![file_id(4)], vec![]),
        ("thanked", ReportAnswer::YesNo { value: false }, vec![], vec![]),
    ] {
        let question = some.question(key);
        assert_eq!(
            (question.answer, question.photos, question.recordings),
            (answer, photos, recordings),
            "{key}"
        );
    }
    let nothing = Made::default();
    for key in ["door", "voice", "signed"] {
        assert_eq!(nothing.answer(key), ReportAnswer::NotAnswered {}, "{key}");
    }
}

#[test]
fn only_what_was_asked_openly_is_listed() {
    let (made, prepared) = (Made::default(), checklist());
    let mut wanted = vec![
        "greeted", "thanked", "fruit", "basket", "smile", "heat", "paid", "waited", "walked", "words", "on",
        "at", "by", "door", "voice", "signed", "where",
    ];
    let answers: Answers = serde_json::from_value(made.answers.clone()).unwrap();
    assert_eq!(keys(&listed(&prepared, (&answers).into())), wanted);
    let content = made.content();
    assert_eq!(keys(content.sections.iter().map(|one| &one.section)), ["spoken", "files"]);
    let questions = content.sections.iter().flat_map(|one| &one.questions);
    assert_eq!(keys(questions.map(|one| &one.question)), wanted);
    // With a rule that shows it, a question is listed, and its section with it.
    let refused = Made { answers: json!({"greeted": {"value": false}}), ..Made::default() };
    wanted.push("why_not");
    let answers: Answers = serde_json::from_value(refused.answers.clone()).unwrap();
    assert_eq!(keys(&listed(&prepared, (&answers).into())), wanted);
    let last = refused.content().sections.pop().unwrap();
    assert_eq!((last.title.as_str(), last.questions.len()), ("Unlisted", 1));
}

#[test]
fn standards_are_met_in_full_or_missed() {
    let of = |standards: Vec<ReportStandard>| {
        standards.into_iter().map(|one| (one.standard.to_string(), one.text)).collect::<Vec<_>>()
    };
    let (greeting, thanks) = (
        ("greeting".to_owned(), "A guest is greeted.".to_owned()),
        ("thanks".to_owned(), "A guest is thanked.".to_owned()),
    );
    let content = Made::default().content();
    assert_eq!(
        (of(content.standards_met), of(content.standards_missed)),
        (vec![greeting.clone()], vec![thanks])
    );
    let of_one = Made { answers: json!({"greeted": {"value": false}}), ..Made::default() }.content();
    assert_eq!((of(of_one.standards_met), of(of_one.standards_missed)), (vec![], vec![greeting]));
}

#[test]
fn a_report_is_in_the_reader_s_language_or_in_the_first_of_the_text() {
    let german = Made { language: "de", ..Made::default() };
    assert_eq!(german.content().title, "Besuch");
    assert_eq!(german.question("greeted").text, "Gegrüßt?");
    assert_eq!(german.question("thanked").text, "thanked");
    assert_eq!(Made { language: "fr", ..Made::default() }.content().title, "Besuch", "the first by its tag");
}

#[test]
fn figures_and_corrections_stand_with_what_they_are_of() {
    let made = Made { corrected: vec![Key::from("thanked")], ..Made::default() };
    assert!(made.question("thanked").corrected && !made.question("greeted").corrected);
    let question = made.question("greeted");
    assert_eq!((question.standard.as_ref().map(Key::as_str), question.weight), (Some("greeting"), 1));
    let content = made.content();
    let spoken = &content.sections[0];
    assert!(spoken.figures.possible > 0 && spoken.figures.possible == content.overall.possible);
    assert_eq!(content.sections[1].figures.possible, 0);
}
