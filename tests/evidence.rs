//! Files of visits as they are seen: read once they are here, without what the camera wrote, by those who may.

use std::time::Duration;

use actix_web::{http::Method, rt};
use exif::{Field, In, Rational, Tag, Value as Written, experimental::Writer};
use incognito::{
    accounts::model::Role,
    db::types::Sha256,
    evidence::{
        address::{Address, Which},
        read::ReadEvidence,
        store,
    },
    ids::{EvidenceId, VisitId},
    work::Task,
};
use jpeg_encoder::{ColorType, Encoder};
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::{World, visit_body},
    personas::Persona,
    receipts::with_photos,
    uploads::File,
};

each_engine_test!(
    a_photo_is_read_and_shown_clean,
    before_its_visit_only_its_shopper_sees_it,
    another_shopper_adds_nothing_to_a_visit,
    what_cannot_be_read_says_why_and_is_never_served,
    what_nobody_will_read_is_refused_before_it_is_here,
    a_recording_is_the_sound_alone,
    reading_twice_changes_nothing,
    addresses_are_good_for_one_thing_for_five_minutes,
    an_address_ends_with_session_and_rights,
);

/// A word that stands in whatever a phone may write beside the picture or the sound.
const CANARY: &str = "kanarienvogel";

/// A photo of 48 by 32 pixels that is to be turned, with all that a camera may write into it.
pub fn tagged_jpeg() -> Vec<u8> {
    let pixels: Vec<_> = (0..48 * 32).flat_map(|at| [(at % 251) as u8, (at / 48 * 7) as u8, 90]).collect();
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, 90).encode(&pixels, 48, 32, ColorType::Rgb).unwrap();
    let body = [b"Exif\0\0".to_vec(), tags()].concat();
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    let comment = format!("\u{0}{CANARY}");
    let comment = [b"\xFF\xFE\x00", &[comment.len() as u8 + 2][..], comment.as_bytes()].concat();
    [&jpeg[..2], b"\xFF\xE1", &length, &body, &comment, &jpeg[2..], CANARY.as_bytes()].concat()
}

/// A photo of these sides, with nothing in it that a camera writes.
pub fn jpeg_of((width, height): (u32, u32)) -> Vec<u8> {
    let pixels: Vec<_> =
        (0..width * height).flat_map(|at| [(at % 251) as u8, (at / width * 7) as u8, 90]).collect();
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, 90).encode(&pixels, width as u16, height as u16, ColorType::Rgb).unwrap();
    jpeg
}

fn tags() -> Vec<u8> {
    let text = |text: &str| Written::Ascii(vec![text.as_bytes().to_vec()]);
    let angle = |parts: [u32; 3]| Written::Rational(parts.map(|num| Rational { num, denom: 1 }).to_vec());
    let fields = [
        (Tag::Orientation, Written::Short(vec![6])),
        (Tag::Make, text("Werk")),
        (Tag::Model, text("M1")),
        (Tag::DateTimeOriginal, text("2026:03:14 11:20:01")),
        (Tag::OffsetTimeOriginal, text("+02:00")),
        (Tag::GPSLatitudeRef, text("N")),
        (Tag::GPSLatitude, angle([41, 30, 0])),
        (Tag::GPSLongitudeRef, text("W")),
        (Tag::GPSLongitude, angle([29, 15, 0])),
        (Tag::Artist, text(CANARY)),
        (Tag::ImageDescription, text(CANARY)),
    ]
    .map(|(tag, value)| Field { tag, ifd_num: In::PRIMARY, value });
    let mut writer = Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    let mut out = std::io::Cursor::new(Vec::new());
    writer.write(&mut out, false).unwrap();
    out.into_inner()
}

/// One and a half seconds of silence, with a title.
pub fn titled_wav() -> Vec<u8> {
    let chunk = |name: &[u8; 4], body: &[u8]| {
        [&name[..], &u32::try_from(body.len()).unwrap().to_le_bytes(), body].concat()
    };
    let (rate, size) = (8_000_u32, 1_u16);
    let format = [
        &1_u16.to_le_bytes()[..],
        &1_u16.to_le_bytes(),
        &rate.to_le_bytes(),
        &rate.to_le_bytes(),
        &size.to_le_bytes(),
        &8_u16.to_le_bytes(),
    ]
    .concat();
    let title = [&b"INFO"[..], &chunk(b"INAM", format!("{CANARY}\0").as_bytes())].concat();
    let chunks = [chunk(b"fmt ", &format), chunk(b"LIST", &title), chunk(b"data", &[128; 12_000])].concat();
    chunk(b"RIFF", &[&b"WAVE"[..], &chunks].concat())
}

fn has_canary(bytes: &[u8]) -> bool {
    bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes())
}

/// A photo that was read, with what makes its addresses good for its shopper.
pub struct ShownPhoto {
    pub id: EvidenceId,
    pub content: String,
    pub thumbnail: String,
}

impl ShownPhoto {
    pub async fn new(app: &TestApp, shopper: &Persona, visit: VisitId) -> Self {
        let file = File::for_visit(visit, "image/jpeg", tagged_jpeg());
        file.put(app, shopper).await.expect(201);
        read(app, file.id).await;
        let bearer = shopper.bearer(app).await;
        let query = |which| {
            let signed = Address::new(file.id, which, bearer, app.now()).signed(&app.app().seals);
            format!("?{}", signed.split_once('?').unwrap().1)
        };
        Self { id: file.id, content: query(Which::Content), thumbnail: query(Which::Thumbnail) }
    }
}

/// What the worker does.
async fn read(app: &TestApp, file: EvidenceId) {
    ReadEvidence { evidence_id: file, shopper_id: None }.run(app.app(), &app.house().readers).await.unwrap();
}

fn path(file: EvidenceId) -> String {
    format!("/v1/evidence/{file}")
}

async fn get(app: &TestApp, address: &str) -> Answer {
    app.call(Method::GET, address).await
}

/// Waits for the worker.
async fn reading(app: &TestApp, who: &Persona, file: EvidenceId) -> Answer {
    for _ in 0..500 {
        let seen = app.get(who, path(file)).await.expect(200);
        if seen.json["reading"] != "waiting" {
            return seen;
        }
        rt::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("nobody reads it");
}

/// A visit with one photo, neither of which has been sent.
pub async fn visit_with_photo(app: &TestApp, world: &World) -> (VisitId, Value, File) {
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let (_, version) = staff.checklist(app, brand.id, with_photos()).await;
    let assignment = staff.assignment(app, brand.regions[0].branches[0].id, version).await;
    let visit = id();
    let file = File::for_visit(visit, "image/jpeg", tagged_jpeg());
    let mut body = visit_body(assignment, version);
    body["manifest"] = json!([file.listed("photos")]);
    (visit, body, file)
}

async fn a_photo_is_read_and_shown_clean(app: TestApp) {
    let world = World::build(&app).await;
    let (shopper, reviewer) = (&world.staff.shopper, &world.staff.reviewer);
    let (visit, body, file) = visit_with_photo(&app, &world).await;
    app.put(shopper, format!("/v1/visits/{visit}"), body).await.expect(201);
    file.put(&app, shopper).await.expect(201);
    let waiting = app.get(reviewer, path(file.id)).await.expect(200);
    assert_eq!((&waiting.json["state"], &waiting.json["reading"]), (&json!("kept"), &json!("waiting")));
    assert_eq!((&waiting.json["content"], &waiting.json["width"]), (&Value::Null, &Value::Null));
    let arrived = app.get(reviewer, format!("/v1/visits/{visit}")).await.expect(200);
    assert_eq!(arrived.json["state"], "complete", "whether it was read or not");

    let background = app.start_background();
    let seen = reading(&app, reviewer, file.id).await;
    background.stop().await;
    assert_eq!(seen.json["reading"], "done", "{seen}");
    assert_eq!((&seen.json["question"], &seen.json["visit_id"]), (&json!("photos"), &json!(visit)));
    assert_eq!(seen.json["sha256"], json!(file.digest()));
    assert_eq!((&seen.json["width"], &seen.json["height"]), (&json!(32), &json!(48)), "turned upright");
    assert_eq!(seen.json["taken_at"], "2026-03-14T11:20:01+02:00");
    assert_eq!(seen.json["position"], json!({"latitude": 41.5, "longitude": -29.25}));
    assert_eq!((&seen.json["camera"], &seen.json["problem"]), (&json!("Werk M1"), &Value::Null));
    assert_eq!(seen.json["content"]["expires_at"], "2026-03-15T10:05:00Z");

    for (which, name) in
        [("content", format!("{}.jpg", file.id)), ("thumbnail", format!("{}-small.jpg", file.id))]
    {
        let copy = get(&app, &seen.text(&format!("/{which}/url"))).await.expect(200);
        assert!(copy.bytes.starts_with(b"\xFF\xD8\xFF") && !has_canary(&copy.bytes), "{which}");
        for nothing in [&b"Exif"[..], b"Werk", b"\xFF\xE1", b"\xFF\xFE"] {
            assert!(
                !copy.bytes.windows(nothing.len()).any(|window| window == nothing),
                "{which} {nothing:?}"
            );
        }
        assert_eq!(copy.header("content-type"), "image/jpeg");
        assert_eq!(copy.header("content-length"), copy.bytes.len().to_string());
        assert_eq!(copy.header("content-disposition"), format!("inline; filename=\"{name}\""));
        assert_eq!(copy.header("content-security-policy"), "sandbox; default-src 'none'");
        assert_eq!(copy.header("x-content-type-options"), "nosniff");
        assert_eq!(copy.header("cache-control"), "private, max-age=300");
        assert_eq!(copy.etag(), format!("\"{}\"", Sha256::of(&copy.bytes)));
        let call = app.call(Method::GET, seen.text(&format!("/{which}/url")));
        call.header("if-none-match", copy.etag()).await.expect(304);
    }

    app.get(shopper, path(file.id)).await.expect(200);
    for other in [
        Persona::with(&app, &[(Role::Reviewer, world.brands[1].scope())]).await,
        Persona::with(&app, &[(Role::Reviewer, world.brands[0].branch_scope(0, 1))]).await,
        Persona::everywhere(&app, Role::Shopper).await,
    ] {
        app.get(&other, path(file.id)).await.expect_problem(404, "not_found");
    }
    for role in [Role::Manager, Role::Auditor] {
        let other = Persona::everywhere(&app, role).await;
        app.get(&other, path(file.id)).await.expect_problem(403, "forbidden");
    }
    get(&app, &path(file.id)).await.expect_problem(401, "sign_in_needed");
}

async fn before_its_visit_only_its_shopper_sees_it(app: TestApp) {
    let world = World::build(&app).await;
    let (shopper, reviewer) = (&world.staff.shopper, &world.staff.reviewer);
    let (visit, body, file) = visit_with_photo(&app, &world).await;
    file.create(&app, shopper).await.expect(201);
    let begun = app.get(shopper, path(file.id)).await.expect(200);
    assert_eq!((&begun.json["state"], &begun.json["reading"]), (&json!("arriving"), &json!("waiting")));
    file.put(&app, shopper).await.expect(201);
    read(&app, file.id).await;
    let own = app.get(shopper, path(file.id)).await.expect(200);
    assert_eq!((&own.json["reading"], &own.json["question"]), (&json!("done"), &Value::Null));
    app.get(reviewer, path(file.id)).await.expect_problem(404, "not_found");
    app.put(shopper, format!("/v1/visits/{visit}"), body).await.expect(201);
    let seen = app.get(reviewer, path(file.id)).await.expect(200);
    assert_eq!(seen.json["question"], "photos");
}

/// Whoever knows a visit's id may say of a file that it belongs there; that alone shows it to nobody.
async fn another_shopper_adds_nothing_to_a_visit(app: TestApp) {
    let world = World::build(&app).await;
    let stranger = Persona::everywhere(&app, Role::Shopper).await;
    let visit = world.brands[0].regions[0].branches[0].visit;
    let file = File::for_visit(visit, "image/jpeg", tagged_jpeg());
    file.put(&app, &stranger).await.expect(201);
    read(&app, file.id).await;
    for who in [&world.staff.reviewer, &world.staff.shopper] {
        app.get(who, path(file.id)).await.expect_problem(404, "not_found");
    }
    app.get(&stranger, path(file.id)).await.expect(200);
}

async fn what_cannot_be_read_says_why_and_is_never_served(app: TestApp) {
    let world = World::build(&app).await;
    let (shopper, reviewer) = (&world.staff.shopper, &world.staff.reviewer);
    let visit = world.brands[0].regions[0].branches[0].visit;
    // What is too large is refused before, by its header.
    let mut huge = tagged_jpeg();
    let frame = huge.windows(2).rposition(|two| two == b"\xFF\xC0").unwrap();
    huge[frame + 5..frame + 9].fill(0xFF);
    let huge = File::for_visit(visit, "image/jpeg", huge);
    let refused = huge.put(&app, shopper).await.expect_problem(415, "unreadable_file");
    assert!(refused.text("/detail").contains("65535"), "{refused}");
    let mut half = tagged_jpeg();
    half.truncate(half.len() * 2 / 3);
    let files = [
        ("image/jpeg", b"<script>alert(1)</script>".to_vec(), ""),
        ("image/jpeg", half, ""),
        ("audio/ogg", tagged_jpeg(), "recording"),
    ];
    for (kind, bytes, word) in files {
        let file = File::for_visit(visit, kind, bytes);
        file.put(&app, shopper).await.expect(201);
        read(&app, file.id).await;
        read(&app, file.id).await;
        let seen = app.get(reviewer, path(file.id)).await.expect(200);
        assert_eq!(seen.json["reading"], "failed", "{seen}");
        assert!(seen.text("/problem").contains(word) && seen.text("/problem").ends_with('.'), "{seen}");
        assert_eq!((&seen.json["content"], &seen.json["thumbnail"]), (&Value::Null, &Value::Null));
        for which in [Which::Content, Which::Thumbnail] {
            let bearer = reviewer.bearer(&app).await;
            let address = Address::new(file.id, which, bearer, app.now()).signed(&app.app().seals);
            get(&app, &address).await.expect_problem(404, "not_found");
        }
    }
}

/// The phone learns it while it can still do something about it.
async fn what_nobody_will_read_is_refused_before_it_is_here(app: TestApp) {
    const HEIC: &[u8] = include_bytes!("cases/photos/photo-heic.heic");
    const AMR: &[u8] = include_bytes!("cases/recordings/audio-amr-as-odk-voice-only.amr");
    let world = World::build(&app).await;
    let shopper = &world.staff.shopper;
    let (visit, mut body, _) = visit_with_photo(&app, &world).await;
    for (kind, bytes, what, instead) in [
        ("image/jpeg", HEIC, "HEIC", "Most Compatible"),
        ("image/png", b"GIF89a", "GIF", "JPEG, PNG or WebP"),
        ("audio/ogg", AMR, "AMR", "M4A, Ogg, WebM, WAV or 3GP"),
    ] {
        let file = File::for_visit(visit, kind, bytes.to_vec());
        let refused = file.put(&app, shopper).await.expect_problem(415, "unreadable_file");
        let detail = refused.text("/detail");
        assert!(detail.contains(what) && detail.contains(instead), "{detail}");
        app.get(shopper, path(file.id)).await.expect(404);
        // The same in pieces: it is said when it is whole, and nothing of it is kept.
        file.create(&app, shopper).await.expect(201);
        file.append(&app, shopper, 0, 3).await.expect(204);
        file.append(&app, shopper, 3, bytes.len()).await.expect_problem(415, "unreadable_file");
        let begun = app.get(shopper, path(file.id)).await.expect(200);
        assert_eq!(begun.json["state"], "arriving");
        assert_eq!(file.offset(&app, shopper).await, 0);
        let at_once = File { id: id(), ..file.clone() };
        let call = at_once.create(&app, shopper).body("application/offset+octet-stream", bytes.to_vec());
        call.await.expect_problem(415, "unreadable_file");
        assert!(!app.app().blobs.exists(file.digest()).await.unwrap());
    }
    // What says itself that it is HEIC is refused before its bytes come; a visit that names it is kept.
    let heic = File::for_visit(visit, "image/heic", HEIC.to_vec());
    heic.create(&app, shopper).await.expect_problem(415, "unreadable_file");
    heic.put(&app, shopper).await.expect_problem(415, "unreadable_file");
    body["manifest"] = json!([heic.listed("photos")]);
    let kept = app.put(shopper, format!("/v1/visits/{visit}"), body.clone()).await.expect(201);
    assert_eq!((&kept.json["state"], &kept.json["missing"]), (&json!("submitted"), &json!([heic.id])));
    let jpeg = File::for_visit(visit, "image/jpeg", tagged_jpeg());
    body["manifest"] = json!([jpeg.listed("photos")]);
    jpeg.put(&app, shopper).await.expect(201);
    let kept = app.put(shopper, format!("/v1/visits/{visit}"), body).await.expect(201);
    assert_eq!(kept.json["state"], "complete");
}

async fn a_recording_is_the_sound_alone(app: TestApp) {
    let world = World::build(&app).await;
    let visit = world.brands[0].regions[0].branches[0].visit;
    let file = File::for_visit(visit, "audio/wav", titled_wav());
    file.put(&app, &world.staff.shopper).await.expect(201);
    read(&app, file.id).await;
    let seen = app.get(&world.staff.reviewer, path(file.id)).await.expect(200);
    assert_eq!((&seen.json["reading"], &seen.json["seconds"]), (&json!("done"), &json!(2)), "{seen}");
    assert_eq!((&seen.json["thumbnail"], &seen.json["width"]), (&Value::Null, &Value::Null));
    let copy = get(&app, &seen.text("/content/url")).await.expect(200);
    assert!(copy.bytes.starts_with(b"RIFF") && !has_canary(&copy.bytes));
    assert_eq!(copy.header("content-type"), "audio/wav");
    assert_eq!(copy.header("content-disposition"), format!("inline; filename=\"{}.wav\"", file.id));

    // A player that jumps asks for a part.
    let size = copy.bytes.len();
    let again = || app.call(Method::GET, seen.text("/content/url"));
    let part = async |range: &'static str| again().header("range", range).await;
    let middle = part("bytes=10-29").await.expect(206);
    assert_eq!((&middle.bytes[..], middle.header("accept-ranges")), (&copy.bytes[10..30], "bytes"));
    assert_eq!(middle.header("content-range"), format!("bytes 10-29/{size}"));
    assert_eq!(middle.header("content-length"), "20");
    assert_eq!((middle.etag(), middle.header("content-type")), (copy.etag(), "audio/wav"));
    assert_eq!(part("bytes=-7").await.expect(206).bytes, copy.bytes[size - 7..]);
    assert_eq!(part("bytes=0-1,4-5").await.expect(200).bytes, copy.bytes, "several parts are not given");
    part("bytes=999999999-").await.expect_problem(416, "range_not_satisfiable");
    let of_another = again().header("range", "bytes=10-29");
    assert_eq!(of_another.header("if-range", "\"other\"").await.expect(200).bytes, copy.bytes);
    let has_it = again().header("range", "bytes=999999999-");
    has_it.header("if-none-match", copy.etag()).await.expect(304);
    let bearer = world.staff.reviewer.bearer(&app).await;
    let none = Address::new(file.id, Which::Thumbnail, bearer, app.now());
    get(&app, &none.signed(&app.app().seals)).await.expect_problem(404, "not_found");
}

async fn reading_twice_changes_nothing(app: TestApp) {
    let shopper = Persona::everywhere(&app, Role::Shopper).await;
    let shown = ShownPhoto::new(&app, &shopper, id()).await;
    let copy = async || app.db().read(move |conn| store::clean_copy(conn, shown.id)).await.unwrap().unwrap();
    let first = copy().await;
    app.advance(60);
    read(&app, shown.id).await;
    assert_eq!(copy().await, first);
    // A file that was given up before its turn came, and one that is not finished.
    read(&app, id()).await;
    let begun = File::for_visit(id(), "image/jpeg", tagged_jpeg());
    begun.create(&app, &shopper).await.expect(201);
    read(&app, begun.id).await;
    let of_begun = begun.id;
    assert_eq!(app.db().read(move |conn| store::clean_copy(conn, of_begun)).await.unwrap(), None);
}

async fn addresses_are_good_for_one_thing_for_five_minutes(app: TestApp) {
    let shopper = Persona::everywhere(&app, Role::Shopper).await;
    let (one, other) =
        (ShownPhoto::new(&app, &shopper, id()).await, ShownPhoto::new(&app, &shopper, id()).await);
    let content = format!("{}/content{}", path(one.id), one.content);
    get(&app, &content).await.expect(200);

    let until = app.now().unix_seconds() + 300;
    let signature = one.content.rsplit_once('=').unwrap().1;
    let last = signature.chars().last().unwrap();
    let swapped: String = signature.chars().rev().collect();
    let (whose, version) = (shopper.session, shopper.bearer(&app).await.grants_version);
    let with_rights = |rights: i64, whose: &dyn ToString, until: i64, signature: &str| {
        let (path, whose) = (path(one.id), whose.to_string());
        format!("{path}/content?for={whose}&rights={rights}&until={until}&signature={signature}")
    };
    let query =
        |whose: &dyn ToString, until: i64, signature: &str| with_rights(version, whose, until, signature);
    assert_eq!(query(&whose, until, signature), content);
    for (why, altered) in [
        ("another file", format!("{}/content{}", path(other.id), one.content)),
        ("another copy", format!("{}/thumbnail{}", path(one.id), one.content)),
        ("the other copy", format!("{}/content{}", path(one.id), one.thumbnail)),
        ("another session", query(&id::<()>(), until, signature)),
        ("other rights", with_rights(version + 1, &whose, until, signature)),
        ("a longer time", query(&whose, until + 1, signature)),
        ("a shorter time", query(&whose, until - 1, signature)),
        ("another signature", query(&whose, until, &swapped)),
        ("a longer signature", query(&whose, until, &format!("{signature}{last}"))),
        ("a shorter signature", query(&whose, until, &signature[..21])),
        ("no base64", query(&whose, until, "!")),
    ] {
        let refused = get(&app, &altered).await;
        assert_eq!((refused.status, refused.code()), (404, "not_found"), "{why}: {refused}");
    }
    for wrong in ["", "?for=me&rights=1&until=1&signature=x", &format!("{}&more=1", one.content)] {
        get(&app, &format!("{}/content{wrong}", path(one.id))).await.expect_problem(422, "invalid");
    }

    app.advance(299);
    get(&app, &content).await.expect(200);
    app.advance(1);
    get(&app, &content).await.expect_problem(403, "address_expired");
    let old = format!("{}/thumbnail{}", path(one.id), one.thumbnail);
    get(&app, &old).await.expect_problem(403, "address_expired");
    let anew = app.get(&shopper.renewed(&app), path(one.id)).await.expect(200);
    get(&app, &anew.text("/content/url")).await.expect(200);
}

/// What was shown to somebody may be read no longer than that person may sign in, on that device, with those rights.
async fn an_address_ends_with_session_and_rights(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    for end in ["session", "grant", "account"] {
        let shopper = Persona::everywhere(&app, Role::Shopper).await;
        let account = format!("/v1/accounts/{}", shopper.account);
        let another = async || {
            let grant = json!({"role": Role::Auditor});
            app.put(&administrator, format!("{account}/grants/{}", id::<()>()), grant).await.expect(201);
        };
        let shown = ShownPhoto::new(&app, &shopper, id()).await;
        let content = format!("{}/content{}", path(shown.id), shown.content);
        get(&app, &content).await.expect(200);
        match end {
            "session" => {
                app.delete(&shopper, format!("/v1/sessions/{}", shopper.session)).await.expect(204);
            }
            "grant" => another().await,
            _ => {
                let found = app.get(&administrator, &account).await.expect(200);
                let body =
                    json!({"email": found.json["email"], "name": "S", "language": "en", "disabled": true});
                app.put(&administrator, &account, body).if_match(found.etag()).await.expect(200);
            }
        }
        get(&app, &content).await.expect_problem(403, "address_expired");
    }
}
