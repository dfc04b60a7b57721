//! What was acknowledged is sealed, and what is altered behind the server's back is seen.

mod columns;

use std::{collections::BTreeSet, path::PathBuf, process::Command, time::Duration};

use actix_web::rt;
use diesel::{
    Connection, PgConnection, QueryDsl, RunQueryDsl, SqliteConnection, connection::SimpleConnection,
};
use incognito::{
    db::{Conn, DatabaseUrl, schema::ledger_batch, types::Sha256},
    evidence::read::ReadEvidence,
    ids::{VersionId, VisitId},
    ledger::{
        seal::SealFacts,
        verify::{How, Looked, verify},
    },
    seals::{KeyPurpose, Seals, Secret},
    work::Task,
};
use serde_json::{Value, json};

use crate::{
    app::{Database, Engine, TestApp, beginning, each_engine_test, id},
    builders::{World, visit_body},
    evidence::tagged_jpeg,
    receipts::with_photos,
    reviews::{approve, reject},
    uploads::File,
};

each_engine_test!(
    what_is_acknowledged_is_sealed,
    what_somebody_gains_from_is_seen,
    a_batch_that_is_altered_is_seen,
    blobs_are_looked_at,
    a_lost_key_is_seen,
    a_new_key_goes_on_with_the_chains,
    keys_under_a_secret_are_read_with_it,
    a_file_that_is_read_anew_is_sealed_anew,
    a_database_that_its_engine_refuses_is_seen,
);

/// Some visits, one of them with a photo that was read, one approved, one rejected, one taken without a file, one sent anew;
/// all of it sealed.
pub struct Sealed {
    world: World,
    version: VersionId,
    with_photo: VisitId,
    photo: File,
    approved: VisitId,
    rejected: VisitId,
    /// One that was taken without a file.
    without: VisitId,
    /// One that was sent anew.
    anew: VisitId,
}

impl Sealed {
    pub async fn new(app: &TestApp) -> Self {
        let world = World::build(app).await;
        let (_, version) = world.staff.checklist(app, world.brands[0].id, with_photos()).await;
        let branch = &world.brands[0].regions[0].branches[0];
        let assignment = world.staff.assignment(app, branch.id, version).await;
        let with_photo = id();
        let photo = File::for_visit(with_photo, "image/jpeg", tagged_jpeg());
        let mut body = visit_body(assignment, version);
        body["manifest"] = json!([photo.listed("photos")]);
        body["answers"]["remarks"] = json!({"value": "Friendly."});
        app.put(&world.staff.shopper, format!("/v1/visits/{with_photo}"), body).await.expect(201);
        app.advance(5);
        photo.put(app, &world.staff.shopper).await.expect(201);
        read(app, &photo).await;
        let approved = branch.visit;
        approve(app, &world.staff.reviewer, approved).await.expect(200);
        let rejected = world.brands[0].regions[1].branches[0].visit;
        reject(app, &world.staff.reviewer, rejected).await.expect(200);
        let (without, _) = Self::lacking(app, &world, version).await;
        let take = format!("/v1/visits/{without}/review/take-without");
        app.post(&world.staff.reviewer, take, json!({"reason": "It was lost."})).await.expect(200);
        let (anew, mut body) = Self::lacking(app, &world, version).await;
        let ask = format!("/v1/visits/{anew}/send-anew");
        app.post(&world.staff.shopper, ask, json!({"reason": "It was lost."})).await.expect(200);
        app.advance(1);
        let other = File::for_visit(anew, "image/jpeg", File::of(3, 500).bytes);
        body["manifest"][1] = other.listed("photos");
        app.put(&world.staff.shopper, format!("/v1/visits/{anew}"), body).await.expect(201);
        other.put(app, &world.staff.shopper).await.expect(201);
        seal(app).await;
        Self { world, version, with_photo, photo, approved, rejected, without, anew }
    }

    /// A visit of which one file of two has come.
    async fn lacking(app: &TestApp, world: &World, version: VersionId) -> (VisitId, Value) {
        let assignment =
            world.staff.assignment(app, world.brands[0].regions[0].branches[0].id, version).await;
        let visit = id();
        let [came, lost] = [1, 2].map(|seed| File::for_visit(visit, "image/jpeg", File::of(seed, 500).bytes));
        let mut body = visit_body(assignment, version);
        body["manifest"] = json!([came.listed("photos"), lost.listed("photos")]);
        app.put(&world.staff.shopper, format!("/v1/visits/{visit}"), body.clone()).await.expect(201);
        came.put(app, &world.staff.shopper).await.expect(201);
        (visit, body)
    }
}

async fn read(app: &TestApp, photo: &File) {
    ReadEvidence { evidence_id: photo.id, shopper_id: None }
        .run(app.app(), &app.house().readers)
        .await
        .unwrap();
}

/// Seals what is new, and wants all of it to be as it must be: before, and afterwards with nothing left to seal.
pub async fn all_is_right(app: &TestApp) {
    for _ in 0..2 {
        let looked = looked(app).await;
        assert!(looked.is_right(), "{:?} {:?}", looked.findings, looked.sums.differences);
        seal(app).await;
    }
    assert_eq!(looked(app).await.walked.unsealed, 0);
}

async fn seal(app: &TestApp) {
    SealFacts::default().run(app.app(), &()).await.unwrap();
}

async fn looked(app: &TestApp) -> Looked {
    verify(app.db(), &app.app().blobs, How::default(), |_| {}).await.unwrap()
}

/// What verify finds beside scores and sums, a line each.
async fn found(app: &TestApp) -> Vec<String> {
    match verify(app.db(), &app.app().blobs, How::default(), |_| {}).await {
        Ok(looked) => looked.findings.listed.iter().map(ToString::to_string).collect(),
        // What cannot even be read is seen as well.
        Err(error) => vec![error.to_string()],
    }
}

/// Somebody who alters the database by hand: no reference and no check stands in the way.
pub struct Hand(pub Conn);

impl Hand {
    pub fn on(app: &TestApp) -> Self {
        Self::at(app.db().url())
    }

    fn at(url: &DatabaseUrl) -> Self {
        let mut conn = match url {
            DatabaseUrl::Sqlite(path) => {
                Conn::Sqlite(SqliteConnection::establish(&path.to_string_lossy()).unwrap())
            }
            DatabaseUrl::Postgres(url) => Conn::Postgres(PgConnection::establish(url).unwrap()),
        };
        conn.batch_execute(match url {
            DatabaseUrl::Sqlite(_) => {
                "PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;"
            }
            DatabaseUrl::Postgres(_) => "SET session_replication_role = replica; SET timezone = 'UTC';",
        })
        .unwrap();
        Self(conn)
    }

    pub fn run(&mut self, statement: &str) {
        self.0.batch_execute(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}

/// Runs statements without the server.
fn run(app: &TestApp, statements: &[String]) {
    let mut hand = Hand::on(app);
    statements.iter().for_each(|one| hand.run(one));
}

/// An id as a literal of the engine.
fn literal(app: &TestApp, id: impl ToString) -> String {
    match app.engine() {
        Engine::Sqlite => format!("x'{}'", id.to_string().replace('-', "")),
        Engine::Postgres => format!("'{}'", id.to_string()),
    }
}

async fn what_is_acknowledged_is_sealed(app: TestApp) {
    let world = World::build(&app).await;
    let before = looked(&app).await;
    assert!(before.is_right(), "{:?}", before.findings);
    // Eight visits, each with its completion, two versions, three keys and a grant for each of the staff.
    assert_eq!((before.walked.entries, before.walked.unsealed), (0, 8 * 2 + 2 + 3 + 5));
    assert_eq!(before.walked.since, Some(beginning()));
    app.advance(1);
    seal(&app).await;
    let after = looked(&app).await;
    assert!(after.is_right(), "{:?}", after.findings);
    assert_eq!(
        (after.walked.entries, after.walked.unsealed, after.walked.since),
        (8 * 2 + 2 + 3 + 5, 0, None)
    );
    // One of each brand, and one of what belongs to none.
    let heads: Vec<_> = after.walked.heads.iter().map(|head| head.number).collect();
    assert_eq!(heads, [1, 1, 1]);
    seal(&app).await;
    assert_eq!(looked(&app).await.walked, after.walked, "there was nothing new");

    approve(&app, &world.staff.reviewer, world.brands[0].regions[0].branches[0].visit).await.expect(200);
    let waiting = looked(&app).await;
    assert!(waiting.is_right(), "{:?}", waiting.findings);
    assert_eq!(waiting.walked.unsealed, 2, "the step and the event");
    // The background does it by itself.
    let background = app.start_background();
    for _ in 0..500 {
        if looked(&app).await.walked.unsealed == 0 {
            break;
        }
        rt::time::sleep(Duration::from_millis(20)).await;
    }
    background.stop().await;
    let at_last = looked(&app).await;
    assert!(at_last.is_right(), "{:?}", at_last.findings);
    assert_eq!((at_last.walked.entries, at_last.walked.unsealed), (after.walked.entries + 2, 0));
}

/// Each of these was done together with the sums, so that those are right.
async fn what_somebody_gains_from_is_seen(app: TestApp) {
    let sealed = Sealed::new(&app).await;
    assert_eq!(found(&app).await, Vec::<String>::new());
    let of = |id: VisitId| literal(&app, id);
    let (approved, rejected, with_photo) = (of(sealed.approved), of(sealed.rejected), of(sealed.with_photo));
    let other_branch = literal(&app, sealed.world.brands[0].regions[1].branches[1].id);
    let version = literal(&app, sealed.version);
    let (file, without, anew) = (literal(&app, sealed.photo.id), of(sealed.without), of(sealed.anew));
    let rows: Vec<(&str, Vec<String>)> = vec![
        (
            "moved to another month",
            vec![
                format!("UPDATE visit SET month = 202602 WHERE id = {approved}"),
                "UPDATE rollup SET month = 202602".to_owned(),
            ],
        ),
        (
            "moved to another branch",
            vec![format!("UPDATE visit SET branch_id = {other_branch} WHERE id = {approved}")],
        ),
        (
            "an approval taken out",
            vec![
                format!("DELETE FROM visit_step WHERE visit_id = {approved}"),
                format!("UPDATE visit SET state = 'complete' WHERE id = {approved}"),
                "DELETE FROM rollup".to_owned(),
            ],
        ),
        (
            "a rejection made an approval",
            vec![
                format!("UPDATE visit_step SET to_state = 'approved' WHERE visit_id = {rejected}"),
                format!("UPDATE visit SET state = 'approved' WHERE id = {rejected}"),
            ],
        ),
        (
            "a state without its step",
            vec![format!("UPDATE visit SET state = 'approved' WHERE id = {rejected}")],
        ),
        (
            "a step of another",
            vec![format!(
                "UPDATE visit_step SET account_id = (SELECT shopper_id FROM visit WHERE id = {approved}) WHERE visit_id = {approved}"
            )],
        ),
        (
            "a visit deleted",
            vec![format!(
                "DELETE FROM visit WHERE id = {}",
                of(sealed.world.brands[1].regions[0].branches[0].visit)
            )],
        ),
        (
            "a moment of completion lost",
            vec![format!(
                "UPDATE visit SET completed_at = NULL, state = 'submitted' WHERE id = {with_photo}"
            )],
        ),
        (
            "another moment of completion",
            vec![format!("UPDATE visit SET completed_at = received_at WHERE id = {with_photo}")],
        ),
        (
            "a file deleted",
            vec![
                format!("DELETE FROM clean_copy WHERE evidence_id = {file}"),
                format!("DELETE FROM evidence WHERE id = {file}"),
            ],
        ),
        ("a file of another size", vec![format!("UPDATE evidence SET size = size + 1 WHERE id = {file}")]),
        ("a file not kept", vec![format!("UPDATE evidence SET state = 'arriving' WHERE id = {file}")]),
        (
            "a photo said to be taken elsewhere",
            vec![format!("UPDATE clean_copy SET latitude = 1 WHERE evidence_id = {file}")],
        ),
        (
            "another moment of making",
            vec![format!("UPDATE visit SET made_at = received_at WHERE id = {approved}")],
        ),
        ("a file said to have come", vec![format!("DELETE FROM visit_without WHERE visit_id = {without}")]),
        (
            "another file said not to have come",
            vec![format!("UPDATE visit_without SET evidence_id = {file} WHERE visit_id = {without}")],
        ),
        (
            "a file said not to have come",
            vec![format!("INSERT INTO visit_without (visit_id, evidence_id) VALUES ({with_photo}, {file})")],
        ),
        (
            "what was there before taken away",
            vec![format!("DELETE FROM visit_before WHERE visit_id = {anew}")],
        ),
        ("another score before", vec![format!("UPDATE visit_before SET score = 1 WHERE visit_id = {anew}")]),
        (
            "other words before",
            vec![format!(
                "UPDATE visit_before SET content = {} WHERE visit_id = {anew}",
                match app.engine() {
                    Engine::Sqlite => "replace(content, 'true', 'false')",
                    Engine::Postgres => "replace(content::text, 'true', 'false')::jsonb",
                },
            )],
        ),
        (
            "asked to be sent anew by nobody",
            vec![format!("UPDATE visit SET anew_at = received_at WHERE id = {with_photo}")],
        ),
        ("a salt lost", vec![format!("UPDATE clean_copy SET salt = NULL WHERE evidence_id = {file}")]),
        ("who published", vec![format!("UPDATE checklist_version SET number = 9 WHERE id = {version}")]),
        (
            "other bindings",
            vec![format!("UPDATE checklist_version SET bindings = '{{\"x\": 1}}' WHERE id = {version}")],
        ),
        (
            "other words",
            vec![format!(
                "UPDATE checklist_version SET content = {} WHERE id = {version}",
                match app.engine() {
                    Engine::Sqlite => "replace(content, 'Show it.', 'Hide it.')",
                    Engine::Postgres => "replace(content::text, 'Show it.', 'Hide it.')::jsonb",
                },
            )],
        ),
        ("an event of another", vec!["UPDATE event SET subject = 'another'".to_owned()]),
        (
            "a role made another",
            vec!["UPDATE access_grant SET role = 'administrator' WHERE role = 'shopper'".to_owned()],
        ),
        ("a mark taken off", vec![format!("UPDATE visit SET sealed = 0 WHERE id = {approved}")]),
        ("marks without batches", vec!["DELETE FROM ledger_batch".to_owned()]),
    ];
    for (what, statements) in rows {
        let saved = Saved::of(&app);
        run(&app, &statements);
        let seen = found(&app).await;
        assert!(!seen.is_empty(), "{what} is not seen");
        // What was altered and is sealed once more is still not what was sealed first; a mark alone says nothing else.
        seal(&app).await;
        let is_harmless = ["a salt lost", "a mark taken off"].contains(&what);
        assert!(is_harmless || !found(&app).await.is_empty(), "{what} is hidden by sealing it anew");
        saved.restore(&app);
    }
    assert_eq!(found(&app).await, Vec::<String>::new());
}

/// Tables as they were, to be put back.
struct Saved(Vec<&'static str>);

impl Saved {
    const TABLES: [&str; 12] = [
        "visit",
        "visit_without",
        "visit_before",
        "visit_step",
        "evidence",
        "clean_copy",
        "checklist_version",
        "event",
        "event_tail",
        "ledger_batch",
        "rollup",
        "access_grant",
    ];

    fn of(app: &TestApp) -> Self {
        let copy = |table: &&str| format!("CREATE TABLE saved_{table} AS SELECT * FROM {table}");
        run(app, &Self::TABLES.iter().map(copy).collect::<Vec<_>>());
        Self(Self::TABLES.to_vec())
    }

    fn restore(self, app: &TestApp) {
        let empty = self.0.iter().rev().map(|table| format!("DELETE FROM {table}"));
        let fill = self.0.iter().map(|table| format!("INSERT INTO {table} SELECT * FROM saved_{table}"));
        let drop = self.0.iter().map(|table| format!("DROP TABLE saved_{table}"));
        run(app, &empty.chain(fill).chain(drop).collect::<Vec<_>>());
    }
}

async fn a_batch_that_is_altered_is_seen(app: TestApp) {
    let sealed = Sealed::new(&app).await;
    let brand = sealed.world.brands[0].id;
    for _ in 0..2 {
        // Two more batches of the brand.
        let branch = &sealed.world.brands[0].regions[0].branches[1];
        let assignment = sealed.world.staff.assignment(&app, branch.id, sealed.version).await;
        let visit: VisitId = id();
        app.put(
            &sealed.world.staff.shopper,
            format!("/v1/visits/{visit}"),
            visit_body(assignment, sealed.version),
        )
        .await
        .expect(201);
        seal(&app).await;
    }
    assert_eq!(found(&app).await, Vec::<String>::new());
    let of = format!("brand_id = {}", literal(&app, brand));
    let altered_seal = match app.engine() {
        Engine::Sqlite => "substr(seal, 1, length(seal) - 5) || 'AAAAA'",
        Engine::Postgres => "left(seal, -5) || 'AAAAA'",
    };
    let other_entries = format!("(SELECT entries FROM ledger_batch WHERE {of} AND number = 1)");
    for (what, statement, wanted) in [
        ("cut out", format!("DELETE FROM ledger_batch WHERE {of} AND number = 2"), "number 2 is wanted here"),
        (
            "the first cut off",
            format!("DELETE FROM ledger_batch WHERE {of} AND number = 1"),
            "number 1 is wanted here",
        ),
        (
            "the last cut off",
            format!("DELETE FROM ledger_batch WHERE {of} AND number = 3"),
            "stands in no batch",
        ),
        (
            "other entries",
            format!("UPDATE ledger_batch SET entries = {other_entries} WHERE {of} AND number = 2"),
            "its seal says otherwise",
        ),
        (
            "a signature in the middle",
            format!("UPDATE ledger_batch SET seal = {altered_seal} WHERE {of} AND number = 2"),
            "its seal says otherwise",
        ),
        (
            "the last signature",
            format!("UPDATE ledger_batch SET seal = {altered_seal} WHERE {of} AND number = 3"),
            "its signature is not good",
        ),
        (
            "another moment",
            format!(
                "UPDATE ledger_batch SET sealed_at = (SELECT created_at FROM brand LIMIT 1) WHERE {of} AND number = 2"
            ),
            "its seal says otherwise",
        ),
    ] {
        let saved = Saved::of(&app);
        app.advance(1);
        run(&app, &[statement]);
        let seen = found(&app).await;
        assert!(seen.iter().any(|line| line.contains(wanted)), "{what}: {seen:?}");
        saved.restore(&app);
    }
    assert_eq!(found(&app).await, Vec::<String>::new());
}

fn place(app: &TestApp, digest: Sha256) -> PathBuf {
    incognito::blobs::place(&app.data().join("blobs"), digest)
}

async fn blobs_are_looked_at(app: TestApp) {
    let sealed = Sealed::new(&app).await;
    let look = async |with_bytes| {
        let looked =
            verify(app.db(), &app.app().blobs, How { with_bytes, ..How::default() }, |_| {}).await.unwrap();
        assert_eq!(
            looked.blobs,
            3 + 3,
            "a photo, its copy and its thumbnail; and three photos that nobody read"
        );
        looked.findings.listed.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!((look(false).await, look(true).await), (vec![], vec![]));
    let digest = sealed.photo.digest();
    let mut bytes = sealed.photo.bytes.clone();
    bytes[100] ^= 1;
    std::fs::write(place(&app, digest), &bytes).unwrap();
    assert_eq!(look(false).await, Vec::<String>::new());
    let about = format!("blob {digest} of file {}", sealed.photo.id);
    assert_eq!(look(true).await, [format!("{about}: its bytes are others")]);
    std::fs::remove_file(place(&app, digest)).unwrap();
    let missing = [format!("{about}: it is not there")];
    assert_eq!((look(false).await, look(true).await), (missing.to_vec(), missing.to_vec()));
    std::fs::remove_dir_all(app.data().join("blobs")).unwrap();
    assert_eq!(look(false).await.len(), 3 + 3);
}

async fn a_lost_key_is_seen(app: TestApp) {
    Sealed::new(&app).await;
    run(&app, &["DELETE FROM server_key WHERE purpose = 'receipts'".to_owned()]);
    let seen = found(&app).await;
    let lines = |what: &str| seen.iter().filter(|line| line.contains(what)).count();
    assert_eq!(
        (lines("that signed it is not there"), lines("it was sealed, and is not there")),
        (3, 1),
        "{seen:?}"
    );
}

async fn a_new_key_goes_on_with_the_chains(app: TestApp) {
    let sealed = Sealed::new(&app).await;
    for visit in [sealed.with_photo, sealed.anew] {
        app.advance(1);
        app.app().seals.rotate(app.db(), KeyPurpose::ALL).await.unwrap();
        app.advance(60);
        let reviewer = sealed.world.staff.reviewer.clone().renewed(&app);
        approve(&app, &reviewer, visit).await.expect(200);
        all_is_right(&app).await;
    }
    let signed = ledger_batch::table.select(ledger_batch::seal);
    let seals: Vec<String> = app.db().read(move |conn| Ok(signed.load(conn)?)).await.unwrap();
    let kid = |seal: &String| jsonwebtoken::decode_header(seal).unwrap().kid.unwrap();
    assert_eq!(seals.iter().map(kid).collect::<BTreeSet<_>>().len(), 3);
}

async fn keys_under_a_secret_are_read_with_it(app: TestApp) {
    Sealed::new(&app).await;
    let secret = |text: &str| Some(Secret::of(&text.repeat(32)).unwrap());
    Seals::load(app.db(), &app.app().clock, secret("a")).await.unwrap();
    let look = async |secret: Option<Secret>| {
        let looked = verify(app.db(), &app.app().blobs, How { secret, ..How::default() }, |_| {}).await;
        looked.map(|looked| looked.findings.listed.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(look(secret("a")).await.unwrap(), Vec::<String>::new(), "the keys are what they were");
    let refused = look(None).await.unwrap_err();
    assert!(refused.cause().unwrap().contains("kept under a secret"), "{refused}");
    let seen = look(secret("b")).await.unwrap();
    let lines = |what: &str| seen.iter().filter(|line| line.contains(what)).count();
    assert_eq!((lines("another secret"), lines("that signed it is not there")), (3, 3), "{seen:?}");
}

async fn a_file_that_is_read_anew_is_sealed_anew(app: TestApp) {
    let sealed = Sealed::new(&app).await;
    app.advance(60);
    let entries = looked(&app).await.walked.entries;
    read(&app, &sealed.photo).await;
    let read_anew = looked(&app).await;
    assert!(read_anew.walked.unsealed <= 1);
    seal(&app).await;
    let after = looked(&app).await;
    assert_eq!(after.findings.listed, []);
    assert_eq!((after.walked.entries, after.walked.unsealed), (entries + read_anew.walked.unsealed, 0));
}

/// `incognito verify` of the database, by the shipped program.
fn verify_by_program(database: &Database) -> (bool, String) {
    let url = match &database.url {
        DatabaseUrl::Sqlite(path) => format!("sqlite://{}", path.display()),
        DatabaseUrl::Postgres(url) => url.clone(),
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_incognito"));
    command.args(["verify", "--files", "--database-url", &url, "--data"]).arg(database.data.path());
    let done = command.output().unwrap();
    let said = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(said).unwrap())
}

async fn a_database_that_its_engine_refuses_is_seen(app: TestApp) {
    Sealed::new(&app).await;
    let database = app.stop();
    let (right, said) = verify_by_program(&database);
    assert!(right && said.contains("all is right") && said.contains("and none waits"), "{said}");
    let altered = match &database.url {
        // An index in another order than it is said to have: no table shows it, and the engine does.
        DatabaseUrl::Sqlite(_) => {
            "PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = 'CREATE INDEX event_order ON event (id, at)' WHERE name = 'event_order';"
        }
        DatabaseUrl::Postgres(_) => "DELETE FROM account;",
    };
    Hand::at(&database.url).run(altered);
    let (right, said) = verify_by_program(&database);
    assert!(!right && said.contains("the database: "), "{said}");
}
