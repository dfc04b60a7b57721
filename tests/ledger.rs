//! What was acknowledged is sealed, and what is altered behind the server's back is seen.

mod altered;
mod columns;
mod erased;
mod older;
mod scene;
mod stream;

use std::{collections::BTreeSet, path::PathBuf, process::Command, time::Duration};

use crate::{
    app::{Database, Engine, TestApp, beginning, each_engine_test},
    builders::World,
    reviews::approve,
};
use actix_web::rt;
use diesel::{
    Connection, PgConnection, QueryDsl, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection,
};
use incognito::{
    db::{Conn, DatabaseUrl, schema::ledger_batch, types::Sha256},
    ledger::{
        seal::SealFacts,
        verify::{How, Looked, Walked, verify},
    },
    scores::verify::Difference,
    seals::{KeyPurpose, Seals, Secret},
    work::Task,
};

use self::scene::{Sealed, read};

each_engine_test!(
    what_is_acknowledged_is_sealed,
    blobs_are_looked_at,
    a_lost_key_is_seen,
    a_new_key_goes_on_with_the_chains,
    keys_under_a_secret_are_read_with_it,
    a_file_that_is_read_anew_is_sealed_anew,
    a_database_that_its_engine_refuses_is_seen,
    figures_are_repaired_by_the_program,
);

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
pub async fn found(app: &TestApp) -> Vec<String> {
    match verify(app.db(), &app.app().blobs, How::default(), |_| {}).await {
        Ok(looked) => {
            // Of figures, those that no visit tells.
            let shown = looked.sums.differences.iter().filter(|one| matches!(one, Difference::Shown { .. }));
            let findings = looked.findings.listed.iter().map(ToString::to_string);
            findings.chain(shown.map(ToString::to_string)).collect()
        }
        // What cannot even be read is seen as well.
        Err(error) => vec![error.to_string()],
    }
}

/// A hand on the database, past the server: no reference and no check stands in its way.
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

    /// What a statement says, a text a row, in a column of the name `line`.
    pub fn texts(&mut self, statement: &str) -> Vec<String> {
        #[derive(QueryableByName)]
        struct Line {
            #[diesel(sql_type = diesel::sql_types::Text)]
            line: String,
        }
        let rows = diesel::sql_query(statement).load::<Line>(&mut self.0);
        rows.unwrap_or_else(|error| panic!("{statement}: {error}")).into_iter().map(|row| row.line).collect()
    }

    /// How the engine would answer a question, as it says itself.
    pub fn plan(&mut self, explained: &str) -> String {
        #[derive(QueryableByName)]
        struct Lite {
            #[diesel(sql_type = diesel::sql_types::Text)]
            detail: String,
        }
        #[derive(QueryableByName)]
        struct Postgres {
            #[diesel(sql_type = diesel::sql_types::Text, column_name = "QUERY PLAN")]
            detail: String,
        }
        let lines: Vec<_> = match &mut self.0 {
            Conn::Sqlite(c) => {
                let rows = diesel::sql_query(explained).load::<Lite>(c).unwrap();
                rows.into_iter().map(|row| row.detail).collect()
            }
            Conn::Postgres(c) => {
                let rows = diesel::sql_query(explained).load::<Postgres>(c).unwrap();
                rows.into_iter().map(|row| row.detail).collect()
            }
        };
        lines.join("; ")
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
    let once = 8 * 2 + 2 + 3 + 5;
    // That the staff got their grants, and that the scheduler was shown whom each assignment was given to.
    let audit = 5 + 16;
    // Two brands with their regions, branches and checklists, the staff, and two assignments a branch.
    let all = once + audit + 2 + 4 + 8 + 2 + 5 + 16;
    assert_eq!((before.walked.entries, before.walked.unsealed), (0, all));
    assert_eq!(before.walked.since, Some(beginning()));
    app.advance(1);
    seal(&app).await;
    let after = looked(&app).await;
    assert!(after.is_right(), "{:?}", after.findings);
    assert_eq!((after.walked.entries, after.walked.unsealed, after.walked.since), (all, 0, None));
    // One of each brand, and one of what belongs to none.
    let heads: Vec<_> = after.walked.heads.iter().map(|head| head.number).collect();
    assert_eq!(heads, [1, 1, 1]);
    seal(&app).await;
    assert_eq!(looked(&app).await.walked, after.walked, "there was nothing new");

    approve(&app, &world.staff.reviewer, world.brands[0].regions[0].branches[0].visit).await.expect(200);
    let waiting = looked(&app).await;
    assert!(waiting.is_right(), "{:?}", waiting.findings);
    assert_eq!(waiting.walked.unsealed, 3, "the step, the event and the row of the audit");
    // The background does it by itself, and looks at the visits meanwhile.
    let background = app.start_background();
    let is_done = |walked: &Walked| walked.unsealed == 0 && walked.entries >= after.walked.entries + 3 + 7;
    for _ in 0..500 {
        if is_done(&looked(&app).await.walked) {
            break;
        }
        app.advance(1);
        rt::time::sleep(Duration::from_millis(20)).await;
    }
    background.stop().await;
    let at_last = looked(&app).await;
    assert!(at_last.is_right() && is_done(&at_last.walked), "{:?} {:?}", at_last.findings, at_last.walked);
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
            3 + 3 + 4,
            "a photo, its copy and its thumbnail; three photos that were not read; one with its copy in a report"
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
    assert_eq!(look(false).await.len(), 3 + 3 + 4);
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
fn verify_by_program(database: &Database, options: &[&str]) -> (bool, String) {
    let url = match &database.url {
        DatabaseUrl::Sqlite(path) => format!("sqlite://{}", path.display()),
        DatabaseUrl::Postgres(url) => url.clone(),
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_incognito"));
    command
        .args(["verify", "--files", "--database-url", &url, "--data"])
        .arg(database.data.path())
        .args(options);
    let done = command.output().unwrap();
    let output = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(output).unwrap())
}

async fn a_database_that_its_engine_refuses_is_seen(app: TestApp) {
    Sealed::new(&app).await;
    let database = app.stop();
    let (right, output) = verify_by_program(&database, &[]);
    assert!(right && output.contains("all is right") && output.contains("and none waits"), "{output}");
    let altered = match &database.url {
        // An index in another order than it is said to have: no table shows it, and the engine does.
        DatabaseUrl::Sqlite(_) => {
            "PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = 'CREATE INDEX event_order ON event (id, at)' WHERE name = 'event_order';"
        }
        DatabaseUrl::Postgres(_) => "DELETE FROM account;",
    };
    Hand::at(&database.url).run(altered);
    let (right, output) = verify_by_program(&database, &[]);
    assert!(!right && output.contains("the database: "), "{output}");
}

/// `--repair` says what it makes anew, and ends well only if nothing else was wrong.
async fn figures_are_repaired_by_the_program(app: TestApp) {
    Sealed::new(&app).await;
    let database = app.stop();
    let hand = || Hand::at(&database.url);
    hand().run("UPDATE figure_change SET total = total + 1");
    let (right, output) = verify_by_program(&database, &[]);
    assert!(!right && output.contains("figure of brand") && !output.contains("made anew"), "{output}");
    let (right, output) = verify_by_program(&database, &["--repair"]);
    assert!(right && output.contains("were made anew of its visits"), "{output}");
    let (right, output) = verify_by_program(&database, &["--repair"]);
    assert!(right && output.contains("all is right") && !output.contains("made anew"), "{output}");
    hand().run("UPDATE visit SET score = 1 WHERE state = 'approved'");
    let (right, output) = verify_by_program(&database, &["--repair"]);
    assert!(!right && output.contains("differences that counting does not mend: "), "{output}");
}
