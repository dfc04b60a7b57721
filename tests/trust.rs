//! Flags: what may be wrong with a visit is found beside the requests, told to those who decide, and holds nothing up.

use std::time::Duration;

use actix_web::rt;
use diesel::prelude::*;
use exif::{Field, In, Rational, Tag, Value as Written, experimental::Writer};
use incognito::{
    accounts::model::Role,
    db::{
        Conn,
        schema::{task, visit_content},
        types::Json,
    },
    evidence::read::ReadEvidence,
    ids::{BranchId, VersionId, VisitId},
    trust::look::LookAtVisits,
    work::{Standing, Task},
};
use jpeg_encoder::{ColorType, Encoder};
use serde_json::{Value, json};

use crate::{
    app::{Answer, Dice, TestApp, beginning, each_engine_test, id},
    board::{Board, claim},
    builders::{BranchWorld, World, assignment_body, branch_body, content, visit_body, window_was},
    ledger::all_is_right,
    personas::Persona,
    receipts::with_photos,
    reviews::{
        approve, reject, reopen,
        returns::{asking, reason, send_back},
    },
    uploads::File,
    visits::path,
};

each_engine_test!(
    an_honest_visit_raises_nothing,
    each_limit_has_two_sides,
    a_campaign_has_its_hours,
    nobody_is_in_two_towns_at_once,
    a_photo_of_another_visit_is_known_again,
    a_picture_of_nothing_is_like_no_other,
    a_camera_tells_where_and_when,
    a_text_of_another_visit_is_known_again,
    answers_in_a_straight_line,
    only_those_who_decide_see_flags,
    another_visit_is_named_to_those_who_may_see_it,
    flags_hold_nothing_up,
    what_is_decided_first_is_looked_at_all_the_same,
    files_are_waited_for_and_not_for_ever,
    looking_again_changes_nothing,
    one_that_cannot_be_looked_at_holds_up_no_other,
    a_visit_is_looked_at_when_it_is_complete,
    a_clock_that_was_reset_is_no_lateness,
    a_tie_is_flagged,
    no_distance_is_measured_to_a_branch_without_a_position,
    zeros_are_no_position,
    a_recording_has_its_limit,
    a_clock_that_is_far_ahead_is_no_other_fault,
    what_a_checklist_holds_against_answers_is_flagged,
    shoppers_are_not_shown_what_is_held_against_them,
    a_control_question_is_in_no_score,
    a_language_that_nobody_expects_is_flagged,
    a_revision_is_looked_at_anew,
    what_comes_while_a_visit_is_looked_at_is_looked_at_as_well,
);

/// The branch of [`branch_body`].
const HOUSE: (f64, f64) = (41.0082, 28.9784);

/// A place so many metres north of the branch.
fn north(metres: f64) -> (f64, f64) {
    (HOUSE.0 + metres / 111_195.08, HOUSE.1)
}

fn position((latitude, longitude): (f64, f64), at: &str) -> Value {
    json!({"at": at, "latitude": latitude, "longitude": longitude, "accuracy_m": 20})
}

/// Looks at all that waits, as the worker does every few seconds.
async fn look(app: &TestApp) {
    LookAtVisits {}.run(app.app(), &app.house().versions).await.unwrap();
}

async fn flags(app: &TestApp, who: &Persona, visit: VisitId) -> Answer {
    app.get(who, format!("{}/flags", path(visit))).await
}

/// What was found in a visit that was looked at, by kind.
async fn kinds(app: &TestApp, who: &Persona, visit: VisitId) -> Vec<String> {
    let found = flags(app, who, visit).await.expect(200);
    assert!(found.json["looked_at"].is_string(), "{found}");
    let kind = |flag: &Value| {
        assert_eq!(flag["kind"], flag["evidence"]["kind"], "{found}");
        let text = flag["text"].as_str().unwrap();
        assert!(text.len() > 20 && text.ends_with(['.', ';']), "{text}");
        flag["kind"].as_str().unwrap().to_owned()
    };
    found.json["flags"].as_array().unwrap().iter().map(kind).collect()
}

/// A world in which photos are taken, and somebody else makes visits.
struct Case {
    world: World,
    version: VersionId,
    other: Persona,
}

impl Case {
    async fn new(app: &TestApp) -> Self {
        let world = World::build(app).await;
        let (_, version) = world.staff.checklist(app, world.brands[0].id, with_photos()).await;
        let other = Persona::everywhere(app, Role::Shopper).await;
        Self { world, version, other }
    }

    fn branch(&self) -> &BranchWorld {
        &self.world.brands[0].regions[0].branches[0]
    }

    fn shopper(&self) -> &Persona {
        &self.world.staff.shopper
    }

    fn reviewer(&self) -> &Persona {
        &self.world.staff.reviewer
    }

    async fn visit(&self, app: &TestApp, change: impl FnOnce(&mut Value)) -> VisitId {
        self.visit_by(app, self.shopper(), change).await
    }

    async fn visit_by(&self, app: &TestApp, who: &Persona, change: impl FnOnce(&mut Value)) -> VisitId {
        self.send(app, who, self.branch().id, id(), change).await
    }

    /// Sends a visit to a branch, in all March unless it has a window of its own.
    async fn send(
        &self,
        app: &TestApp,
        who: &Persona,
        branch: BranchId,
        visit: VisitId,
        change: impl FnOnce(&mut Value),
    ) -> VisitId {
        let assignment = id();
        let mut body = visit_body(assignment, self.version);
        change(&mut body);
        let wanted = assignment_body(branch, self.version, who);
        let [opens, closes] = ["opens_at", "closes_at"]
            .map(|name| body.as_object_mut().unwrap().remove(name).unwrap_or_else(|| wanted[name].clone()));
        let scheduler = &self.world.staff.scheduler;
        app.put(scheduler, format!("/v1/assignments/{assignment}"), wanted).await.expect(201);
        window_was(app, assignment, opens.as_str().unwrap(), closes.as_str().unwrap()).await;
        app.put(who, path(visit), body).await.expect(201);
        visit
    }

    /// A visit with this file, which is read.
    async fn visit_with(&self, app: &TestApp, who: &Persona, kind: &'static str, bytes: Vec<u8>) -> VisitId {
        let visit = id();
        let file = File::for_visit(visit, kind, bytes);
        let listed = json!([file.listed("photos")]);
        self.send(app, who, self.branch().id, visit, |body| body["manifest"] = listed).await;
        file.put(app, who).await.expect(201);
        ReadEvidence { evidence_id: file.id, shopper_id: None }
            .run(app.app(), &app.house().readers)
            .await
            .unwrap();
        visit
    }
}

/// What a camera writes.
struct Camera {
    at: &'static str,
    offset: Option<&'static str>,
    place: Option<(f64, f64)>,
}

/// A photo of something, as this camera takes it.
fn taken(seed: u64, camera: &Camera) -> Vec<u8> {
    let jpeg = scene(seed, (160, 120), 85);
    let body = [b"Exif\0\0".to_vec(), tags(camera)].concat();
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], b"\xFF\xE1", &length, &body, &jpeg[2..]].concat()
}

fn tags(camera: &Camera) -> Vec<u8> {
    let text = |text: &str| Written::Ascii(vec![text.as_bytes().to_vec()]);
    let angle = |degrees: f64| {
        let part = |num, denom| Rational { num, denom };
        Written::Rational(vec![part((degrees * 1e6) as u32, 1_000_000), part(0, 1), part(0, 1)])
    };
    let mut fields = vec![(Tag::DateTimeOriginal, text(camera.at))];
    fields.extend(camera.offset.map(|offset| (Tag::OffsetTimeOriginal, text(offset))));
    if let Some((latitude, longitude)) = camera.place {
        fields.extend([
            (Tag::GPSLatitudeRef, text("N")),
            (Tag::GPSLatitude, angle(latitude)),
            (Tag::GPSLongitudeRef, text("E")),
            (Tag::GPSLongitude, angle(longitude)),
        ]);
    }
    let fields: Vec<_> =
        fields.into_iter().map(|(tag, value)| Field { tag, ifd_num: In::PRIMARY, value }).collect();
    let mut writer = Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    let mut out = std::io::Cursor::new(Vec::new());
    writer.write(&mut out, false).unwrap();
    out.into_inner()
}

/// Boxes and waves of light, which are others for each seed, at any size.
fn scene(seed: u64, (width, height): (u16, u16), quality: u8) -> Vec<u8> {
    let mut dice = Dice::seeded(seed);
    let mut part = |below: u64| dice.roll(below) as f64 / below as f64;
    let boxes: Vec<_> =
        (0..14).map(|_| (part(100), part(100), 0.1 + part(100) / 3.0, part(256) * 255.0)).collect();
    let (across, down) = (2.0 + 6.0 * part(100), 2.0 + 6.0 * part(100));
    let pixel = |x: u16, y: u16| {
        let (x, y) = (f64::from(x) / f64::from(width), f64::from(y) / f64::from(height));
        let inside = |(left, top, side, _): &&(f64, f64, f64, f64)| {
            (x - left).abs() < *side && (y - top).abs() < *side
        };
        let ground = boxes.iter().rev().find(inside).map_or(120.0, |(.., light)| *light);
        let light = 0.7 * ground + 40.0 * (1.0 + (across * x).sin() * (down * y).cos());
        [light as u8, (light * 0.9) as u8, (light * 0.8) as u8]
    };
    jpeg((width, height), quality, pixel)
}

fn jpeg((width, height): (u16, u16), quality: u8, pixel: impl Fn(u16, u16) -> [u8; 3]) -> Vec<u8> {
    let pixels: Vec<u8> =
        (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| pixel(x, y)).collect();
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, quality).encode(&pixels, width, height, ColorType::Rgb).unwrap();
    jpeg
}

const MORNING: Camera = Camera { at: "2026:03:14 12:20:00", offset: Some("+03:00"), place: Some(HOUSE) };

async fn an_honest_visit_raises_nothing(app: TestApp) {
    let case = Case::new(&app).await;
    let own = case.branch().visit;
    let before = flags(&app, case.reviewer(), own).await.expect(200);
    let nothing = json!({"visit_id": own, "looked_at": null, "revision": null, "flags": [], "earlier": []});
    assert_eq!(before.json, nothing);
    let photo = case.visit_with(&app, case.shopper(), "image/jpeg", taken(1, &MORNING)).await;
    let copied = case
        .visit(&app, |body| {
            body["positions"] = json!([
                position(north(9_000.0), "2026-03-14T08:40:00Z"),
                position(north(30.0), "2026-03-14T09:05:00Z"),
            ]);
            body["answers"]["remarks"] = json!({"value": TOLD});
        })
        .await;
    let elsewhere = world_visits(&case.world);
    let all: Vec<_> = elsewhere.into_iter().chain([photo, copied]).collect();
    app.advance(5);
    look(&app).await;
    for visit in all {
        let seen = flags(&app, case.reviewer(), visit).await.expect(200);
        let wanted = json!({"visit_id": visit, "looked_at": "2026-03-15T10:00:05Z", "revision": 0, "flags": [], "earlier": []});
        assert_eq!(seen.json, wanted, "{seen}");
    }
    let queue = app.get(case.reviewer(), "/v1/reviews").await.expect(200);
    for waiting in queue.json["items"].as_array().unwrap() {
        assert_eq!((&waiting["flags"], &waiting["weight"]), (&json!(0), &Value::Null), "{waiting}");
    }
}

fn world_visits(world: &World) -> Vec<VisitId> {
    let regions = world.brands.iter().flat_map(|brand| &brand.regions);
    regions.flat_map(|region| &region.branches).map(|branch| branch.visit).collect()
}

/// What raises a flag, and what is one step less.
async fn each_limit_has_two_sides(app: TestApp) {
    let case = Case::new(&app).await;
    type Change = fn(&mut Value);
    // Now it is 2026-03-15T10:00:00Z.
    let limits: [(&str, &str, Change, Change); 9] = [
        (
            "far_away",
            "The phone was 292 m from the branch when it was nearest (accurate to 20 m).",
            |body| body["positions"] = json!([position(north(292.0), "2026-03-14T09:05:00Z")]),
            |body| body["positions"] = json!([position(north(288.0), "2026-03-14T09:05:00Z")]),
        ),
        (
            "mock_position",
            "Another program made up 1 of the phone's 2 positions.",
            |body| {
                let mut made_up = position(HOUSE, "2026-03-14T09:10:00Z");
                made_up["mock"] = json!(true);
                body["positions"] = json!([position(HOUSE, "2026-03-14T09:05:00Z"), made_up]);
            },
            |body| body["positions"] = json!([position(HOUSE, "2026-03-14T09:05:00Z")]),
        ),
        (
            "clock_wrong",
            "The phone's clock is ahead by at least 2 min 1 s: it shows moments that had not come.",
            |body| body["ended_at"] = json!("2026-03-15T10:02:01Z"),
            |body| body["ended_at"] = json!("2026-03-15T10:02:00Z"),
        ),
        (
            "clock_wrong",
            "By the phone's clock the visit ended 1 s before it began.",
            |body| body["ended_at"] = json!("2026-03-14T08:59:59Z"),
            |body| body["ended_at"] = json!("2026-03-14T09:03:09Z"),
        ),
        (
            "clock_wrong",
            "The phone noted a position 30 min 1 s before the visit began or after it ended.",
            |body| body["positions"] = json!([position(HOUSE, "2026-03-14T08:29:59Z")]),
            |body| body["positions"] = json!([position(HOUSE, "2026-03-14T08:30:00Z")]),
        ),
        (
            "too_short",
            "The visit took 3 min 8 s; with 3 answers it takes at least 3 min 9 s.",
            |body| body["ended_at"] = json!("2026-03-14T09:03:08Z"),
            |body| body["ended_at"] = json!("2026-03-14T09:03:09Z"),
        ),
        (
            "reported_late",
            "The visit was sent 2 days after it had ended.",
            |body| {
                body["started_at"] = json!("2026-03-13T09:00:00Z");
                body["ended_at"] = json!("2026-03-13T09:59:59Z");
            },
            |body| {
                body["started_at"] = json!("2026-03-13T09:00:00Z");
                body["ended_at"] = json!("2026-03-13T10:00:00Z");
            },
        ),
        (
            "window_missed",
            "The visit began 2 min 1 s before its window opened.",
            |body| body["opens_at"] = json!("2026-03-14T09:02:01Z"),
            |body| body["opens_at"] = json!("2026-03-14T09:02:00Z"),
        ),
        (
            "window_missed",
            "The visit ended 2 min 1 s after its window had closed.",
            |body| body["closes_at"] = json!("2026-03-14T09:37:59Z"),
            |body| body["closes_at"] = json!("2026-03-14T09:38:00Z"),
        ),
    ];
    let mut sent = Vec::new();
    for (kind, text, beyond, within) in limits {
        sent.push((kind, text, case.visit(&app, beyond).await, case.visit(&app, within).await));
    }
    look(&app).await;
    for (kind, text, flagged, not) in sent {
        assert_eq!(kinds(&app, case.reviewer(), flagged).await, [kind], "{text}");
        let found = flags(&app, case.reviewer(), flagged).await.expect(200);
        assert_eq!(found.json["flags"][0]["text"], text);
        assert_eq!(kinds(&app, case.reviewer(), not).await, [""; 0], "not quite: {text}");
    }
}

/// Where nobody has entered the position of a branch, that is said in place of a distance.
async fn no_distance_is_measured_to_a_branch_without_a_position(app: TestApp) {
    let case = Case::new(&app).await;
    let branch: BranchId = id();
    let mut body = branch_body(case.world.brands[0].id, None, "nowhere");
    (body["latitude"], body["longitude"]) = (json!(null), json!(null));
    app.put(&case.world.staff.administrator, format!("/v1/branches/{branch}"), body).await.expect(201);
    let far =
        |body: &mut Value| body["positions"] = json!([position(north(90_000.0), "2026-03-14T09:05:00Z")]);
    let visit = case.send(&app, &case.other, branch, id(), far).await;
    look(&app).await;
    let found = flags(&app, case.reviewer(), visit).await.expect(200);
    assert_eq!(kinds(&app, case.reviewer(), visit).await, ["branch_without_position"], "{found}");
    assert_eq!(found.text("/flags/0/weight"), "low");
}

/// Phones that do not know where they are send zeros, which is no other place.
async fn zeros_are_no_position(app: TestApp) {
    let case = Case::new(&app).await;
    let zeros = |body: &mut Value| {
        body["positions"] = json!([
            position((0.0, 0.0), "2026-03-14T09:05:00Z"),
            {"at": "2026-03-14T09:06:00Z", "latitude": 0, "longitude": -0.0, "accuracy_m": null},
        ]);
    };
    let unknown = case.visit(&app, zeros).await;
    let near = case
        .visit(&app, |body| {
            zeros(body);
            body["positions"][1] = position(HOUSE, "2026-03-14T09:05:00Z");
        })
        .await;
    // By another shopper, who cannot have been in two places.
    let far = case
        .visit_by(&app, &case.other, |body| {
            zeros(body);
            body["positions"][1] = position(north(90_000.0), "2026-03-14T09:05:00Z");
        })
        .await;
    look(&app).await;
    assert_eq!(kinds(&app, case.reviewer(), unknown).await, ["position_unknown"]);
    assert_eq!(kinds(&app, case.reviewer(), near).await, ["position_unknown"]);
    assert_eq!(kinds(&app, case.reviewer(), far).await, ["far_away", "position_unknown"]);
    let found = flags(&app, case.reviewer(), unknown).await.expect(200);
    assert_eq!(found.text("/flags/0/weight"), "low");
    let words = "2 of the phone's 2 positions are 0° north and 0° east: it did not know where it was.";
    assert_eq!(found.text("/flags/0/text"), words);
}

/// A question says how long a recording may be; the phone is told, and a longer one is taken and flagged.
async fn a_recording_has_its_limit(app: TestApp) {
    let world = World::build(&app).await;
    let mut content = with_photos();
    let question = json!({"key": "voice", "text": {"en": "Say it."}, "required": false,
        "answer": {"kind": "audio", "max_seconds": 3}});
    content["sections"][1]["questions"].as_array_mut().unwrap().push(question.clone());
    let (_, version) = world.staff.checklist(&app, world.brands[0].id, content).await;
    let answer = app.get(&world.staff.shopper, format!("/v1/checklist-versions/{version}")).await.expect(200);
    let questions = answer.json["content"]["sections"][1]["questions"].as_array().unwrap();
    assert_eq!(questions.last().unwrap()["answer"]["max_seconds"], 3, "{answer}");
    let other = Persona::everywhere(&app, Role::Shopper).await;
    let case = Case { world, version, other };
    for (milliseconds, wanted) in [(5_000, &[][..]), (5_001, &["recording_too_long"])] {
        let visit = id();
        let file = File::for_visit(visit, "audio/wav", silence(milliseconds));
        let listed = json!([file.listed("voice")]);
        case.send(&app, case.shopper(), case.branch().id, visit, |body| body["manifest"] = listed).await;
        file.put(&app, case.shopper()).await.expect(201);
        let read = ReadEvidence { evidence_id: file.id, shopper_id: None };
        read.run(app.app(), &app.house().readers).await.unwrap();
        look(&app).await;
        assert_eq!(kinds(&app, case.reviewer(), visit).await, wanted, "{milliseconds} ms");
        if !wanted.is_empty() {
            let found = flags(&app, case.reviewer(), visit).await.expect(200);
            assert_eq!(found.text("/flags/0/text"), "This recording lasts 6 s; its question allows 3 s.");
            assert_eq!(
                (found.text("/flags/0/question"), found.text("/flags/0/weight")),
                ("voice".to_owned(), "low".to_owned())
            );
        }
    }
}

/// So much of nothing, at 1,000 samples a second.
fn silence(milliseconds: usize) -> Vec<u8> {
    let format =
        [&[1, 0, 1, 0][..], &1_000_u32.to_le_bytes(), &1_000_u32.to_le_bytes(), &[1, 0, 8, 0]].concat();
    let chunk = |name: &[u8], body: &[u8]| {
        let odd = &[0][..body.len() % 2];
        [name, &u32::try_from(body.len()).unwrap().to_le_bytes(), body, odd].concat()
    };
    let data = vec![128; milliseconds];
    chunk(b"RIFF", &[&b"WAVE"[..], &chunk(b"fmt ", &format), &chunk(b"data", &data)].concat())
}

async fn a_campaign_has_its_hours(app: TestApp) {
    let board = Board::set(&app).await;
    let (shopper, version) = (&board.world.staff.shopper, board.world.brands[0].version);
    // Eight in the morning, and noon, at a branch where they want visits from ten to eight.
    let moments = [("2026-03-16T05", ["outside_hours"].as_slice()), ("2026-03-16T09", &[])];
    let mut claimed = Vec::new();
    for (branch, (hour, wanted)) in moments.into_iter().enumerate() {
        let job = board.job_in(&app, board.branch(0, branch)).await;
        claim(&app, shopper, job).await.expect(200);
        claimed.push((job, hour, wanted));
    }
    app.advance(86_400);
    for (job, hour, wanted) in claimed {
        let (visit, mut body) = (id(), visit_body(job, version));
        body["started_at"] = json!(format!("{hour}:00:00Z"));
        body["ended_at"] = json!(format!("{hour}:40:00Z"));
        app.put(&shopper.clone().renewed(&app), path(visit), body).await.expect(201);
        look(&app).await;
        assert_eq!(
            kinds(&app, &board.world.staff.reviewer.clone().renewed(&app), visit).await,
            wanted,
            "{hour}"
        );
    }
}

async fn nobody_is_in_two_towns_at_once(app: TestApp) {
    let case = Case::new(&app).await;
    let brand = case.world.brands[0].id;
    let away: BranchId = id();
    let mut body = branch_body(brand, None, "away");
    body["latitude"] = json!(north(200_000.0).0);
    app.put(&case.world.staff.administrator, format!("/v1/branches/{away}"), body).await.expect(201);
    let at = |from: &'static str, to: &'static str| {
        move |body: &mut Value| {
            body["started_at"] = json!(format!("2026-03-14T{from}Z"));
            body["ended_at"] = json!(format!("2026-03-14T{to}Z"));
        }
    };
    let fresh = Persona::everywhere(&app, Role::Shopper).await;
    let here = case.visit_by(&app, &fresh, at("12:00:00", "12:30:00")).await;
    // Half an hour is too little for 200 km; an hour is enough, and somebody else may be there at once.
    let far = case.send(&app, &fresh, away, id(), at("13:00:00", "13:10:00")).await;
    let back = case.visit_by(&app, &fresh, at("14:10:00", "14:30:00")).await;
    let others = case.send(&app, &case.other, away, id(), at("12:00:00", "12:30:00")).await;
    look(&app).await;
    let looked =
        [(here, kinds(&app, case.reviewer(), here).await), (far, kinds(&app, case.reviewer(), far).await)];
    // They arrived in one moment: one of the two was looked at later.
    let flagged: Vec<_> = looked.iter().filter(|(_, found)| !found.is_empty()).collect();
    assert_eq!(flagged.len(), 1, "{looked:?}");
    let (visit, found) = flagged[0];
    assert_eq!(*found, ["impossible_travel"]);
    let found = flags(&app, case.reviewer(), *visit).await.expect(200);
    let other = if *visit == here { far } else { here };
    assert_eq!(
        found.json["flags"][0],
        json!({"kind": "impossible_travel", "weight": "high", "other_visit_id": other,
            "text": "Another visit of this shopper was in a branch 200 km away, with 30 min between the two.",
            "evidence": {"kind": "impossible_travel", "metres": found.json["flags"][0]["evidence"]["metres"],
                "seconds": 1_800, "between": "branches"}})
    );
    for visit in [back, others] {
        assert_eq!(kinds(&app, case.reviewer(), visit).await, [""; 0]);
    }
}

async fn a_photo_of_another_visit_is_known_again(app: TestApp) {
    let case = Case::new(&app).await;
    let photo = taken(3, &MORNING);
    let first = case.visit_with(&app, case.shopper(), "image/jpeg", photo.clone()).await;
    app.advance(1);
    let again = case.visit_with(&app, &case.other, "image/jpeg", photo).await;
    // The same picture, smaller and worse, without what the camera wrote.
    let shrunk = case.visit_with(&app, &case.other, "image/jpeg", scene(3, (120, 90), 60)).await;
    let third = Persona::everywhere(&app, Role::Shopper).await;
    let enlarged = case.visit_with(&app, &third, "image/jpeg", scene(3, (200, 150), 70)).await;
    let others = [
        case.visit_with(&app, &case.other, "image/jpeg", scene(4, (160, 120), 85)).await,
        case.visit_with(&app, &case.other, "image/jpeg", scene(5, (120, 90), 85)).await,
    ];
    look(&app).await;
    for honest in others.into_iter().chain([first]) {
        assert_eq!(kinds(&app, case.reviewer(), honest).await, [""; 0]);
    }
    let seen = flags(&app, case.reviewer(), again).await.expect(200);
    let flag = &seen.json["flags"][0];
    assert_eq!(
        *flag,
        json!({"kind": "photo_seen_before", "weight": "high", "question": "photos", "other_visit_id": first,
            "text": "The very same file came before with a visit of another shopper.",
            "evidence": {"kind": "photo_seen_before", "evidence_id": flag["evidence"]["evidence_id"],
                "other_evidence_id": flag["evidence"]["other_evidence_id"], "same_shopper": false}})
    );
    assert_eq!(seen.json["flags"].as_array().unwrap().len(), 1, "{seen}");
    let evidence = flag["evidence"]["other_evidence_id"].as_str().unwrap();
    let theirs = app.get(case.reviewer(), format!("/v1/evidence/{evidence}")).await.expect(200);
    assert_eq!(theirs.json["visit_id"], json!(first));
    for alike in [shrunk, enlarged] {
        assert_eq!(kinds(&app, case.reviewer(), alike).await, ["photo_looks_alike"]);
    }
}

async fn a_picture_of_nothing_is_like_no_other(app: TestApp) {
    let case = Case::new(&app).await;
    let mut visits = Vec::new();
    for light in [250_u8, 240, 200, 10] {
        let wall = jpeg((320, 240), 85, |_, _| [light; 3]);
        visits.push(case.visit_with(&app, case.shopper(), "image/jpeg", wall).await);
        let shaded = jpeg((320, 240), 85, |x, y| [(light / 2).saturating_add((x / 8 + y / 9) as u8); 3]);
        visits.push(case.visit_with(&app, &case.other, "image/jpeg", shaded).await);
    }
    look(&app).await;
    for visit in visits {
        assert_eq!(kinds(&app, case.reviewer(), visit).await, [""; 0]);
    }
}

async fn a_camera_tells_where_and_when(app: TestApp) {
    let case = Case::new(&app).await;
    let place = |metres| Camera { place: Some(north(metres)), ..MORNING };
    let at = |at, offset| Camera { at, offset, ..MORNING };
    // The visit is from 12:00 to 12:40 in Istanbul.
    let cameras = [
        (place(990.0), None),
        (place(1_010.0), Some(("photo_taken_elsewhere", "medium"))),
        (place(30_000.0), Some(("photo_taken_elsewhere", "high"))),
        (at("2026:03:14 11:00:00", Some("+03:00")), None),
        (at("2026:03:14 10:59:59", Some("+03:00")), Some(("photo_taken_at_another_time", "medium"))),
        (at("2026:03:12 12:20:00", Some("+03:00")), Some(("photo_taken_at_another_time", "high"))),
        (at("2026:03:14 13:40:00", None), None),
        (at("2026:03:14 13:40:01", None), Some(("photo_taken_at_another_time", "low"))),
        (at("2026:03:14 09:20:00", Some("+00:00")), None),
    ];
    let mut sent = Vec::new();
    for (seed, (camera, wanted)) in (10..).zip(&cameras) {
        let photo = taken(seed, camera);
        sent.push((case.visit_with(&app, case.shopper(), "image/jpeg", photo).await, *wanted));
    }
    let broken = case.visit_with(&app, case.shopper(), "image/jpeg", b"this is no photo".to_vec()).await;
    sent.push((broken, Some(("unreadable_file", "high"))));
    look(&app).await;
    for (visit, wanted) in sent {
        let found = flags(&app, case.reviewer(), visit).await.expect(200);
        let all = found.json["flags"].as_array().unwrap();
        let shown: Vec<_> = all
            .iter()
            .map(|flag| (flag["kind"].as_str().unwrap(), flag["weight"].as_str().unwrap()))
            .collect();
        assert_eq!(shown, wanted.into_iter().collect::<Vec<_>>(), "{found}");
        assert!(all.iter().all(|flag| flag["question"] == "photos"), "{found}");
    }
}

const TOLD: &str = "The woman at the counter looked up at once, smiled, and asked whether I had come for the cake in \
    the window. When I said yes she told me what was in it before I could ask.";
const OTHERS: &str = "I stood by the door for some minutes. Two people behind the counter spoke with each other and \
    did not look at me until I coughed, which was not kind of them.";

async fn a_text_of_another_visit_is_known_again(app: TestApp) {
    let case = Case::new(&app).await;
    let remark = |text: String| move |body: &mut Value| body["answers"]["remarks"] = json!({"value": text});
    let first = case.visit(&app, remark(TOLD.to_owned())).await;
    app.advance(1);
    let other = case.visit_by(&app, &case.other, remark(OTHERS.to_owned())).await;
    let short = "Somebody should look up when a guest comes in, and say a kind word.";
    let sentences = [
        case.visit(&app, remark(short.to_owned())).await,
        case.visit_by(&app, &case.other, remark(short.to_owned())).await,
    ];
    look(&app).await;
    app.advance(1);
    let copied = case.visit_by(&app, &case.other, remark(TOLD.to_uppercase())).await;
    let changed = TOLD.replace("cake", "bread").replace("smiled", "nodded");
    let comment = |text: String| move |body: &mut Value| body["answers"]["greeted"]["comment"] = json!(text);
    let beside = case.visit(&app, comment(changed)).await;
    // Half of it is new.
    let half = format!("{} {OTHERS}", &TOLD[..80]);
    let half = case.visit_by(&app, &case.other, remark(half.replace("minutes", "hours"))).await;
    look(&app).await;

    for honest in sentences.into_iter().chain([first, other]) {
        assert_eq!(kinds(&app, case.reviewer(), honest).await, [""; 0]);
    }
    let found = flags(&app, case.reviewer(), copied).await.expect(200);
    assert_eq!(
        found.json["flags"],
        json!([{"kind": "text_copied", "weight": "high", "question": "remarks", "other_visit_id": first,
            "text": "Of this text of 37 words, 100 % is the same as in a visit of another shopper.",
            "evidence": {"kind": "text_copied", "percent": 100, "words": 37, "same_shopper": false}}])
    );
    let found = flags(&app, case.reviewer(), beside).await.expect(200);
    let flag = &found.json["flags"][0];
    assert_eq!((&flag["kind"], &flag["question"]), (&json!("text_copied"), &json!("greeted")), "{found}");
    assert_eq!(flag["weight"], "medium", "{found}");
    assert_eq!(kinds(&app, case.reviewer(), half).await, [""; 0]);
}

async fn answers_in_a_straight_line(app: TestApp) {
    let case = Case::new(&app).await;
    let scale = |number: u32| json!({"key": format!("s{number}"), "text": {"en": "?"}, "answer": {"kind": "scale", "from": 1, "to": 5}});
    let content = json!({"title": {"en": "Scales"}, "languages": ["en"],
        "sections": [{"key": "all", "title": {"en": "All"}, "questions": (0..8).map(scale).collect::<Vec<_>>()}]});
    let (_, version) = case.world.staff.checklist(&app, case.world.brands[0].id, content).await;
    let case = Case { version, ..case };
    let answers = |marks: [i64; 8]| {
        move |body: &mut Value| {
            let answer = |(n, mark): (usize, &i64)| (format!("s{n}"), json!({"value": mark}));
            body["answers"] = Value::Object(marks.iter().enumerate().map(answer).collect());
        }
    };
    let straight = case.visit(&app, answers([3; 8])).await;
    let nearly = case.visit(&app, answers([3, 3, 3, 3, 3, 3, 3, 4])).await;
    let best = case.visit(&app, answers([5; 8])).await;
    look(&app).await;
    let found = flags(&app, case.reviewer(), straight).await.expect(200);
    assert_eq!(
        found.json["flags"],
        json!([{"kind": "straight_line", "weight": "medium",
            "text": "All 8 questions with 5 places are answered at place 3.",
            "evidence": {"kind": "straight_line", "questions": 8, "place": 3, "of": 5, "all_best": false}}])
    );
    for visit in [nearly, best] {
        assert_eq!(kinds(&app, case.reviewer(), visit).await, [""; 0]);
    }
}

fn hurried(body: &mut Value) {
    body["ended_at"] = json!("2026-03-14T09:01:00Z");
    body["positions"] = json!([position(north(3_000.0), "2026-03-14T09:00:30Z")]);
}

async fn only_those_who_decide_see_flags(app: TestApp) {
    let case = Case::new(&app).await;
    let visit = case.visit(&app, hurried).await;
    look(&app).await;
    let seen = flags(&app, case.reviewer(), visit).await.expect(200);
    assert_eq!(kinds(&app, case.reviewer(), visit).await, ["too_short", "far_away"], "the heaviest first");
    let [own, elsewhere] = &case.world.brands;
    for (role, scope) in [
        (Role::Reviewer, own.scope()),
        (Role::Administrator, own.region_scope(0)),
        (Role::Reviewer, own.branch_scope(0, 0)),
    ] {
        let who = Persona::with(&app, &[(role, scope)]).await;
        assert_eq!(flags(&app, &who, visit).await.expect(200).bytes, seen.bytes, "{role}");
    }
    for (role, scope) in [
        (Role::Reviewer, elsewhere.scope()),
        (Role::Reviewer, own.branch_scope(0, 1)),
        (Role::Administrator, own.region_scope(1)),
    ] {
        let who = Persona::with(&app, &[(role, scope)]).await;
        flags(&app, &who, visit).await.expect_problem(404, "not_found");
    }
    for role in [Role::Shopper, Role::Manager, Role::Hr, Role::Scheduler, Role::Designer, Role::Auditor] {
        let who = Persona::everywhere(&app, role).await;
        flags(&app, &who, visit).await.expect_problem(403, "forbidden");
    }
    flags(&app, case.shopper(), visit).await.expect_problem(403, "forbidden");
    flags(&app, case.reviewer(), id()).await.expect_problem(404, "not_found");

    // What the shopper may see says nothing of it …
    for address in [path(visit), format!("{}/score", path(visit)), "/v1/me/work".to_owned()] {
        let answer = app.get(case.shopper(), address).await.expect(200);
        assert!(!String::from_utf8_lossy(&answer.bytes).contains("flag"), "{answer}");
    }
    // … not even to a shopper who reviews others.
    let account = case.shopper().account;
    let grant = format!("/v1/accounts/{account}/grants/{}", id::<()>());
    app.put(&case.world.staff.administrator, grant, json!({"role": "reviewer"})).await.expect(201);
    flags(&app, case.shopper(), visit).await.expect_problem(403, "forbidden");
    let queue = app.get(case.shopper(), "/v1/reviews").await.expect(200);
    let seen_in = |queue: &Answer| {
        let items = queue.json["items"].as_array().unwrap();
        let item = items.iter().find(|item| item["visit_id"] == json!(visit)).unwrap();
        (item["flags"].clone(), item["weight"].clone())
    };
    assert_eq!(seen_in(&queue), (Value::Null, Value::Null));
    let queue = app.get(case.reviewer(), "/v1/reviews").await.expect(200);
    assert_eq!(seen_in(&queue), (json!(2), json!("high")));
}

async fn another_visit_is_named_to_those_who_may_see_it(app: TestApp) {
    let case = Case::new(&app).await;
    let [own, elsewhere] = &case.world.brands[0].regions;
    let photo = taken(7, &MORNING);
    let put = async |who: &Persona, branch: BranchId| {
        let visit = id();
        let file = File::for_visit(visit, "image/jpeg", photo.clone());
        let listed = json!([file.listed("photos")]);
        let change = |body: &mut Value| {
            body["manifest"] = listed;
            body["answers"]["remarks"] = json!({"value": TOLD});
        };
        case.send(&app, who, branch, visit, change).await;
        file.put(&app, who).await.expect(201);
        ReadEvidence { evidence_id: file.id, shopper_id: None }
            .run(app.app(), &app.house().readers)
            .await
            .unwrap();
        visit
    };
    let first = put(case.shopper(), elsewhere.branches[0].id).await;
    app.advance(1);
    let second = put(&case.other, own.branches[0].id).await;
    look(&app).await;
    let here = Persona::with(&app, &[(Role::Reviewer, case.world.brands[0].region_scope(0))]).await;
    let (all, some) = (
        flags(&app, case.reviewer(), second).await.expect(200),
        flags(&app, &here, second).await.expect(200),
    );
    for flag in all.json["flags"].as_array().unwrap() {
        assert_eq!(flag["other_visit_id"], json!(first), "{all}");
        assert!(flag["text"].as_str().unwrap().contains("a visit of another shopper"), "{all}");
    }
    assert_eq!(all.json["flags"].as_array().unwrap().len(), 2, "{all}");
    for flag in some.json["flags"].as_array().unwrap() {
        assert!(flag["text"].as_str().unwrap().contains("another visit"), "{some}");
    }
    assert_eq!(some.json["flags"].as_array().unwrap().len(), 2, "{some}");
    let text = some.json.to_string();
    for secret in ["other", "same_shopper", &first.to_string()] {
        assert!(!text.replace("another", "").contains(secret), "{secret} in {some}");
    }
}

async fn flags_hold_nothing_up(app: TestApp) {
    let case = Case::new(&app).await;
    let bad = |body: &mut Value| {
        hurried(body);
        body["positions"][0]["mock"] = json!(true);
        body["closes_at"] = json!("2026-03-05T00:00:00Z");
    };
    let (one, other) = (case.visit(&app, bad).await, case.visit(&app, bad).await);
    look(&app).await;
    let wanted = ["mock_position", "too_short", "window_missed"];
    assert_eq!(kinds(&app, case.reviewer(), one).await, wanted);
    app.get(case.shopper(), format!("{}/receipt", path(one))).await.expect(200);
    assert_eq!(approve(&app, case.reviewer(), one).await.expect(200).text("/state"), "approved");
    reject(&app, case.reviewer(), other).await.expect(200);
    for visit in [one, other] {
        assert_eq!(kinds(&app, case.reviewer(), visit).await, wanted, "they stay");
    }
}

async fn what_is_decided_first_is_looked_at_all_the_same(app: TestApp) {
    let case = Case::new(&app).await;
    let visit = case.visit(&app, hurried).await;
    approve(&app, case.reviewer(), visit).await.expect(200);
    look(&app).await;
    let seen = flags(&app, case.reviewer(), visit).await.expect(200);
    assert_eq!(seen.json["looked_at"], Value::Null, "it is not in the queue");
    let background = app.start_background();
    for _ in 0..500 {
        if flags(&app, case.reviewer(), visit).await.expect(200).json["looked_at"].is_string() {
            break;
        }
        rt::time::sleep(Duration::from_millis(20)).await;
    }
    background.stop().await;
    assert_eq!(kinds(&app, case.reviewer(), visit).await, ["too_short", "far_away"]);
}

async fn files_are_waited_for_and_not_for_ever(app: TestApp) {
    let case = Case::new(&app).await;
    let mut visits = Vec::new();
    for seed in [20, 21] {
        let visit = id();
        let place = Camera { place: Some(north(2_000.0)), ..MORNING };
        let file = File::for_visit(visit, "image/jpeg", taken(seed, &place));
        let listed = json!([file.listed("photos")]);
        case.send(&app, case.shopper(), case.branch().id, visit, |body| body["manifest"] = listed).await;
        file.put(&app, case.shopper()).await.expect(201);
        visits.push((visit, file));
    }
    look(&app).await;
    for (visit, _) in &visits {
        let seen = flags(&app, case.reviewer(), *visit).await.expect(200);
        assert_eq!(seen.json["looked_at"], Value::Null, "the camera's words are still to be read");
    }
    let [(read, file), (unread, _)] = &visits[..] else { panic!("there are two") };
    ReadEvidence { evidence_id: file.id, shopper_id: None }
        .run(app.app(), &app.house().readers)
        .await
        .unwrap();
    look(&app).await;
    assert_eq!(kinds(&app, case.reviewer(), *read).await, ["photo_taken_elsewhere"]);
    app.advance(599);
    look(&app).await;
    let reviewer = case.reviewer().clone().renewed(&app);
    assert_eq!(flags(&app, &reviewer, *unread).await.expect(200).json["looked_at"], Value::Null);
    app.advance(1);
    look(&app).await;
    assert_eq!(kinds(&app, &reviewer.renewed(&app), *unread).await, [""; 0], "nobody reads it");
}

async fn looking_again_changes_nothing(app: TestApp) {
    let case = Case::new(&app).await;
    let visit = case.visit(&app, hurried).await;
    let (one, other) = (
        LookAtVisits {}.run(app.app(), &app.house().versions),
        LookAtVisits {}.run(app.app(), &app.house().versions),
    );
    let (one, other) = futures_util::future::join(one, other).await;
    one.and(other).unwrap();
    let seen = flags(&app, case.reviewer(), visit).await.expect(200);
    assert_eq!(seen.json["flags"].as_array().unwrap().len(), 2, "{seen}");
    app.advance(60);
    look(&app).await;
    approve(&app, case.reviewer(), visit).await.expect(200);
    look(&app).await;
    assert_eq!(flags(&app, case.reviewer(), visit).await.expect(200).bytes, seen.bytes);
}

/// It gets a task of its own, which is tried again and dead in the end.
async fn one_that_cannot_be_looked_at_holds_up_no_other(app: TestApp) {
    let case = Case::new(&app).await;
    let bad = case.visit(&app, hurried).await;
    app.advance(1);
    let good = case.visit(&app, hurried).await;
    let broken = Json(json!({"planted": true}));
    let spoil = move |conn: &mut Conn| {
        let spoilt = visit_content::content.eq(broken.clone());
        Ok(diesel::update(visit_content::table.find(bad)).set(spoilt).execute(conn)?)
    };
    assert_eq!(app.db().write(spoil).await.unwrap(), 1);
    look(&app).await;
    let looked = flags(&app, case.reviewer(), good).await.expect(200);
    assert!(looked.json["looked_at"].is_string(), "{looked}");
    let wanted = |conn: &mut Conn| LookAtVisits::is_wanted(conn, beginning().plus_seconds(1));
    assert!(!app.db().read(wanted).await.unwrap(), "it is not found again and again");
    let own = task::table.filter(task::kind.eq("look_at_visit")).select(task::payload);
    let payload: Json<Value> = app.db().read(move |conn| Ok(own.first(conn)?)).await.unwrap();
    assert_eq!(payload, Json(json!({"visit_id": bad})));
}

async fn a_visit_is_looked_at_when_it_is_complete(app: TestApp) {
    let case = Case::new(&app).await;
    let background = app.start_background();
    for _ in 0..2 {
        let visit = case.visit(&app, hurried).await;
        for _ in 0..500 {
            if flags(&app, case.reviewer(), visit).await.expect(200).json["looked_at"].is_string() {
                break;
            }
            rt::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(kinds(&app, case.reviewer(), visit).await, ["too_short", "far_away"]);
    }
    background.stop().await;
}

async fn a_clock_that_was_reset_is_no_lateness(app: TestApp) {
    let case = Case::new(&app).await;
    let visit = case
        .visit(&app, |body| {
            (body["started_at"], body["ended_at"]) =
                (json!("1970-01-01T00:00:10Z"), json!("1970-01-01T00:20:10Z"));
        })
        .await;
    look(&app).await;
    assert_eq!(kinds(&app, case.reviewer(), visit).await, ["clock_wrong"]);
    let found = flags(&app, case.reviewer(), visit).await.expect(200);
    assert_eq!(found.json["flags"][0]["evidence"]["fault"], "behind", "{found}");
}

/// By a clock that is years ahead nothing can be said of the window; a clock that went backwards is one fault as well.
async fn a_clock_that_is_far_ahead_is_no_other_fault(app: TestApp) {
    let case = Case::new(&app).await;
    let at = async |from: &'static str, to: &'static str| {
        case.visit(&app, |body| (body["started_at"], body["ended_at"]) = (json!(from), json!(to))).await
    };
    let ahead = at("2099-03-14T09:00:00Z", "2099-03-14T09:40:00Z").await;
    let reset = at("1970-01-01T00:00:10+03:00", "1970-01-01T00:40:10+03:00").await;
    let never = at("0001-01-01T00:00:00Z", "0001-01-01T00:00:00").await;
    look(&app).await;
    for (visit, faults) in [(ahead, &["ahead"][..]), (reset, &["behind"]), (never, &["behind"])] {
        let found = flags(&app, case.reviewer(), visit).await.expect(200);
        let all = found.json["flags"].as_array().unwrap();
        let clock = all.iter().filter(|flag| flag["kind"] == "clock_wrong");
        let clock: Vec<_> = clock.map(|flag| flag["evidence"]["fault"].as_str().unwrap()).collect();
        assert_eq!(clock, faults, "{found}");
        let others =
            all.iter().filter(|flag| !["clock_wrong", "too_short"].contains(&flag["kind"].as_str().unwrap()));
        assert_eq!(others.count(), 0, "{found}");
    }
}

/// What is declared after the visit was given, what is declared no more, and a namesake.
async fn a_tie_is_flagged(app: TestApp) {
    let case = Case::new(&app).await;
    let (shopper, branch) = (case.shopper(), case.branch().id);
    let assignment = case.world.staff.assignment(&app, branch, case.version).await;
    let second = case.world.staff.assignment(&app, branch, case.version).await;
    let declare = async |branches: Value, tag: Option<&str>| {
        let body = json!({"languages": ["en"], "travels_km": 5, "relatives_branches": branches});
        let put = app.put(shopper, "/v1/me/shopper", body);
        match tag {
            Some(tag) => put.if_match(tag).await.expect(200),
            None => put.await.expect(201),
        }
    };
    let tie = async |of| {
        let visit = id();
        app.put(shopper, path(visit), visit_body(of, case.version)).await.expect(201);
        look(&app).await;
        let found = flags(&app, case.reviewer(), visit).await.expect(200);
        let tied =
            found.json["flags"].as_array().unwrap().iter().find(|flag| flag["kind"] == "tied").cloned();
        tied.map(|flag| {
            (
                flag["evidence"]["tie"].as_str().unwrap().to_owned(),
                flag["weight"].as_str().unwrap().to_owned(),
            )
        })
    };
    declare(json!([branch]), None).await;
    assert_eq!(tie(assignment).await, Some(("relative".into(), "high".into())));
    declare(json!([]), Some("*")).await;
    assert_eq!(tie(second).await, Some(("withdrawn".into(), "medium".into())));
}

/// A checklist with a control question, a contradiction and a shortest comment.
pub fn watchful() -> Value {
    let mut content = content();
    content["shortest_comment"] = json!(12);
    let sections = &mut content["sections"];
    sections[0]["questions"][0]["comment"] = json!({"when": "always"});
    let control = json!({"key": "door", "text": {"en": "Which colour has the door?"}, "weight": 5,
        "control": {"===": [{"var": "door"}, "red"]},
        "answer": {"kind": "one_choice", "options": [
            {"key": "red", "text": {"en": "Red"}, "points": 3}, {"key": "blue", "text": {"en": "Blue"}, "points": 9}]}});
    sections[1]["questions"].as_array_mut().unwrap().push(control);
    content["contradictions"] = json!([{
        "when": {"and": [{"!": [{"var": "greeted"}]}, {"===": [{"var": "waited"}, "short"]}]},
        "message": {"en": "Nobody greeted, and nobody waited"},
    }]);
    content
}

/// A visit under this checklist, with these answers.
async fn watched(app: &TestApp, case: &Case, version: VersionId, answers: &[(&str, Value)]) -> VisitId {
    let (assignment, visit) = (id(), id());
    let wanted = assignment_body(case.branch().id, version, case.shopper());
    app.put(&case.world.staff.scheduler, format!("/v1/assignments/{assignment}"), wanted).await.expect(201);
    let mut body = visit_body(assignment, version);
    body["answers"]["greeted"]["comment"] = json!("At once, by two people.");
    body["answers"]["door"] = json!({"value": "red"});
    for (key, answer) in answers {
        body["answers"][*key] = answer.clone();
    }
    app.put(case.shopper(), path(visit), body).await.expect(201);
    visit
}

async fn what_a_checklist_holds_against_answers_is_flagged(app: TestApp) {
    let case = Case::new(&app).await;
    let (_, version) = case.world.staff.checklist(&app, case.world.brands[0].id, watchful()).await;
    let blue = [("door", json!({"value": "blue"}))];
    let short = [("greeted", json!({"value": true, "comment": " At once. "}))];
    let other = [("greeted", json!({"value": false, "comment": "Nobody looked up."}))];
    let right = watched(&app, &case, version, &[]).await;
    let missed = watched(&app, &case, version, &blue).await;
    let brief = watched(&app, &case, version, &short).await;
    let contradicts = watched(&app, &case, version, &other).await;
    look(&app).await;
    assert_eq!(kinds(&app, case.reviewer(), right).await, Vec::<String>::new());
    let one = async |visit: VisitId| {
        let found = flags(&app, case.reviewer(), visit).await.expect(200);
        assert_eq!(found.json["flags"].as_array().unwrap().len(), 1, "{found}");
        found.json["flags"][0].clone()
    };
    let wanted = json!({"kind": "control_missed", "weight": "medium", "question": "door",
        "text": "The answer to this control question is wrong.", "evidence": {"kind": "control_missed"}});
    assert_eq!(one(missed).await, wanted);
    let wanted = json!({"kind": "short_comment", "weight": "low", "question": "greeted",
        "text": "This comment has 8 characters; the checklist wants 12 at least.",
        "evidence": {"kind": "short_comment", "characters": 8, "at_least": 12}});
    assert_eq!(one(brief).await, wanted);
    let wanted = json!({"kind": "contradiction", "weight": "medium",
        "text": "The answers contradict one another: Nobody greeted, and nobody waited.",
        "evidence": {"kind": "contradiction", "message": "Nobody greeted, and nobody waited"}});
    assert_eq!(one(contradicts).await, wanted);
}

async fn shoppers_are_not_shown_what_is_held_against_them(app: TestApp) {
    let case = Case::new(&app).await;
    let (_, version) = case.world.staff.checklist(&app, case.world.brands[0].id, watchful()).await;
    let address = format!("/v1/checklist-versions/{version}");
    let desk = app.get(case.reviewer(), &address).await.expect(200);
    assert!(desk.json["content"]["contradictions"].is_array());
    assert!(desk.json["content"]["sections"][1]["questions"][2]["control"].is_object());
    for asked in [address.clone(), format!("{address}?language=en")] {
        let shown = app.get(case.shopper(), &asked).await.expect(200);
        let text = String::from_utf8_lossy(&shown.bytes).into_owned();
        assert!(
            !text.contains("control") && !text.contains("contradict") && !text.contains("Nobody greeted"),
            "{text}"
        );
        assert!(text.contains("Which colour has the door?"));
        let again = app.get(case.shopper(), &asked).header("if-none-match", shown.etag()).await;
        assert_eq!(again.status, 304);
        // What a desk has is not what a shopper has.
        let other = app.get(case.reviewer(), &asked).header("if-none-match", shown.etag()).await;
        assert_eq!(other.status, 200);
    }
}

async fn a_control_question_is_in_no_score(app: TestApp) {
    let case = Case::new(&app).await;
    let (_, version) = case.world.staff.checklist(&app, case.world.brands[0].id, watchful()).await;
    let right = watched(&app, &case, version, &[]).await;
    let missed = watched(&app, &case, version, &[("door", json!({"value": "blue"}))]).await;
    for visit in [right, missed] {
        let score = app.get(case.reviewer(), format!("{}/score", path(visit))).await.expect(200);
        assert_eq!(score.json["overall"]["score"], 10_000, "{score}");
        let door =
            score.json["questions"].as_array().unwrap().iter().find(|one| one["question"] == "door").unwrap();
        assert_eq!((&door["earned"], &door["possible"]), (&json!(0), &json!(0)), "{score}");
        approve(&app, case.reviewer(), visit).await.expect(200);
    }
    let branch = format!("/v1/branches/{}/score?from=2026-03&to=2026-03", case.branch().id);
    let figures = app.get(&case.world.staff.administrator, branch).await.expect(200);
    assert_eq!((&figures.json["visits"], &figures.json["score"]), (&json!(2), &json!(10_000)), "{figures}");
}

async fn a_language_that_nobody_expects_is_flagged(app: TestApp) {
    let case = Case::new(&app).await;
    let tell = async |text: &str| {
        let text = text.to_owned();
        case.visit(&app, move |body| body["answers"]["remarks"] = json!({"value": text})).await
    };
    let english = tell("I came in at noon and ordered a flat white with a slice of carrot cake. Nobody greeted me, but it was warm and quiet.").await;
    let turkish = tell("Öğlen uğradım ve büyük bir kapuçino söyledim, yanında havuçlu kek vardı. Kimse selam vermedi ama içerisi sıcak ve sessizdi.").await;
    let russian = tell("Я зашёл в полдень и заказал большой капучино с куском торта. Никто не поздоровался, но было тепло и тихо, и я сел у окна.").await;
    let short = tell("Было тепло.").await;
    look(&app).await;
    let reviewer = case.reviewer();
    for (visit, wanted) in
        [(english, vec![]), (turkish, vec![]), (russian, vec!["unexpected_language"]), (short, vec![])]
    {
        assert_eq!(kinds(&app, reviewer, visit).await, wanted);
    }
    let found = flags(&app, reviewer, russian).await.expect(200);
    let wanted = json!({"kind": "unexpected_language", "language": "ru", "expected": ["en", "tr"]});
    assert_eq!(found.json["flags"][0]["evidence"], wanted, "{found}");
    // Reviewers find visits in a language that they read.
    let listed = async |language: &str| {
        let page = app.get(reviewer, format!("/v1/reviews?language={language}")).await.expect(200);
        page.json["items"].as_array().unwrap().iter().map(|one| one["visit_id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(listed("ru").await, [json!(russian)]);
    assert_eq!(listed("tr").await, [json!(turkish)]);
    assert_eq!(listed("bg").await, Vec::<Value>::new());
}

/// What the queue says of a visit; null if it does not stand in this list.
async fn in_queue(app: &TestApp, case: &Case, filter: &str, visit: VisitId) -> Value {
    let reviewer = case.reviewer().clone().renewed(app);
    let page = app.get(&reviewer, format!("/v1/reviews?limit=200&{filter}")).await.expect(200);
    let items = page.json["items"].as_array().unwrap();
    items.iter().find(|one| one["visit_id"] == json!(visit)).cloned().unwrap_or_default()
}

async fn revise(app: &TestApp, case: &Case, visit: VisitId, number: i32, answers: Value) {
    let reason = reason(app, &case.world).await;
    let keys: Vec<_> = answers.as_object().unwrap().keys().map(String::as_str).collect();
    send_back(app, case.reviewer(), visit, asking(&keys, reason)).await.expect(200);
    app.advance(60);
    let shopper = case.shopper().clone().renewed(app);
    let revision = format!("{}/revisions/{number}", path(visit));
    app.put(&shopper, revision, json!({"answers": answers})).await.expect(201);
}

/// What no longer holds goes, what is new comes, and what was found on the first answers stays beside.
async fn a_revision_is_looked_at_anew(app: TestApp) {
    let case = Case::new(&app).await;
    let (_, version) = case.world.staff.checklist(&app, case.world.brands[0].id, watchful()).await;
    let first = [
        ("door", json!({"value": "blue"})),
        ("greeted", json!({"value": true, "comment": "At once."})),
        (
            "remarks",
            json!({"value": "Я зашёл в полдень и заказал большой капучино с куском торта. Никто не поздоровался, но было тепло и тихо."}),
        ),
    ];
    let visit = watched(&app, &case, version, &first).await;
    look(&app).await;
    let reviewer = || case.reviewer().clone().renewed(&app);
    let of_first = ["control_missed", "short_comment", "unexpected_language"];
    let sorted = |mut kinds: Vec<String>| {
        kinds.sort();
        kinds
    };
    assert_eq!(sorted(kinds(&app, &reviewer(), visit).await), of_first);
    let stands = in_queue(&app, &case, "flag=control_missed", visit).await;
    assert_eq!((&stands["flags"], &stands["weight"]), (&json!(3), &json!("medium")), "{stands}");
    assert_ne!(in_queue(&app, &case, "language=ru", visit).await, Value::Null);

    let others = json!({"door": {"value": "red"}, "greeted": {"value": false, "comment": "Nobody looked up."},
        "remarks": {"value": "I came in at noon and ordered a flat white with a slice of carrot cake. It was warm and quiet."}});
    revise(&app, &case, visit, 1, others).await;
    // Until it was looked at, what is shown says of which revision it is.
    let found = flags(&app, &reviewer(), visit).await.expect(200);
    assert_eq!((&found.json["revision"], &found.json["earlier"]), (&json!(0), &json!([])), "{found}");
    look(&app).await;
    let found = flags(&app, &reviewer(), visit).await.expect(200);
    assert_eq!(kinds(&app, &reviewer(), visit).await, ["contradiction"], "{found}");
    assert_eq!(found.json["revision"], 1, "{found}");
    let earlier = &found.json["earlier"][0];
    assert_eq!((&earlier["revision"], &earlier["looked_at"]), (&json!(0), &json!("2026-03-15T10:00:00Z")));
    let before =
        earlier["flags"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap().to_owned());
    assert_eq!(sorted(before.collect()), of_first, "{found}");
    // The queue goes by what holds now.
    assert_eq!(in_queue(&app, &case, "flag=control_missed", visit).await, Value::Null);
    assert_eq!(in_queue(&app, &case, "language=ru", visit).await, Value::Null);
    let stands = in_queue(&app, &case, "flag=contradiction&sort=risk", visit).await;
    assert_eq!((&stands["flags"], &stands["weight"]), (&json!(1), &json!("medium")), "{stands}");
    all_is_right(&app).await;

    // Nothing is wrong any more; and what is decided and taken back stands there as it was found last.
    revise(&app, &case, visit, 2, json!({"greeted": {"value": true, "comment": "They looked up at once."}}))
        .await;
    look(&app).await;
    assert_eq!(kinds(&app, &reviewer(), visit).await, Vec::<String>::new());
    let stands = in_queue(&app, &case, "", visit).await;
    assert_eq!((&stands["flags"], &stands["weight"]), (&json!(0), &Value::Null), "{stands}");
    assert_eq!(in_queue(&app, &case, "weight=medium", visit).await, Value::Null);
    approve(&app, &reviewer(), visit).await.expect(200);
    reopen(&app, &reviewer(), visit).await.expect(200);
    assert_eq!(in_queue(&app, &case, "flag=contradiction", visit).await, Value::Null);
    let found = flags(&app, &reviewer(), visit).await.expect(200);
    assert_eq!(found.json["earlier"].as_array().unwrap().len(), 2, "{found}");
    // Each revision is looked at once.
    app.advance(60);
    look(&app).await;
    assert_eq!(flags(&app, &reviewer(), visit).await.json, found.json);
    all_is_right(&app).await;
}

/// A look that began before the revision came is not taken for one at the revision.
async fn what_comes_while_a_visit_is_looked_at_is_looked_at_as_well(app: TestApp) {
    use incognito::{
        fieldwork::campaigns::terms::CampaignLimits,
        trust::{
            model::{Flag, FlagEvidence},
            place::Stay,
            record::{Look, leave_traces, record},
            store::traces::Traces,
        },
        visits::store::{find, take_notice},
    };
    let case = Case::new(&app).await;
    let (_, version) = case.world.staff.checklist(&app, case.world.brands[0].id, watchful()).await;
    let visit = watched(&app, &case, version, &[("door", json!({"value": "blue"}))]).await;
    // The look has read the first answers when the others come.
    let began = app.db().read(move |conn| find(conn, visit)).await.unwrap().unwrap();
    revise(&app, &case, visit, 1, json!({"door": {"value": "red"}})).await;
    let (now, shopper) = (app.now(), case.shopper().account);
    let ends = move |conn: &mut Conn| {
        let stay = Stay::new(visit, &began.content.0, None);
        let traces = Traces { stay, looks: Vec::new(), bands: Default::default() };
        leave_traces(conn, shopper, 0, 0, &traces)?;
        take_notice(conn, &[(visit, began.head.content_hash)], now)?;
        let look = Look {
            visit,
            number: 0,
            revision: 0,
            content_hash: began.head.content_hash,
            flags: vec![Flag::of_visit(FlagEvidence::ControlMissed {})],
            whole_at: now,
            limits: CampaignLimits::default(),
            language: None,
            by_lot: true,
        };
        record(conn, &[look], now)
    };
    app.db().write(ends).await.unwrap();
    assert_eq!(in_queue(&app, &case, "flag=control_missed", visit).await, Value::Null);
    look(&app).await;
    let reviewer = case.reviewer().clone().renewed(&app);
    let found = flags(&app, &reviewer, visit).await.expect(200);
    assert_eq!((&found.json["revision"], &found.json["flags"]), (&json!(1), &json!([])), "{found}");
    assert_eq!(found.json["earlier"][0]["flags"][0]["kind"], "control_missed", "{found}");
}
