//! `incognito export`: the same rows as the addresses give, and none twice or missing when it is cut off; and beside the requests ([`beside`]).

pub mod beside;
mod photos;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use incognito::accounts::model::{GrantScope, Role};
use serde_json::{Value, json};

use crate::{
    app::{Database, TestApp, each_engine_test, id},
    builders::{World, assignment_body, visit_body},
    personas::Persona,
    visits::path,
};

each_engine_test!(
    a_file_has_what_the_address_gives,
    an_export_reaches_as_far_as_its_reader,
    what_is_asked_for_wrongly_writes_nothing,
    a_killed_export_goes_on_where_it_was,
);

/// So many visits are exported by one that is killed.
const MANY: usize = 400;

/// `incognito export` on this database.
fn command(database: &Database, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_incognito"));
    command.arg("export").args(arguments);
    command.args(["--database-url", &database.address(), "--data"]).arg(database.data.path());
    command
}

/// Its exit code and what it says.
fn run(database: &Database, arguments: &[&str]) -> (i32, String) {
    let done = command(database, arguments).output().unwrap();
    let output = [done.stdout, done.stderr].concat();
    (done.status.code().unwrap(), String::from_utf8(output).unwrap())
}

/// What it writes.
fn exported(database: &Database, arguments: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let (code, output) = run(database, &[arguments, &["--out", out.to_str().unwrap()]].concat());
    assert_eq!(code, 0, "{output}");
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert_eq!(names, ["out"], "nothing is left beside it");
    fs::read(out).unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn lines(bytes: &[u8]) -> Vec<Value> {
    text(bytes).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Says what differs, where it can be read.
fn assert_same(found: &[u8], wanted: &[u8], of: &str) {
    let shown = |bytes| String::from_utf8_lossy(bytes).into_owned();
    assert!(found == wanted, "{of}: {}\n{}", shown(found), shown(wanted));
}

async fn a_file_has_what_the_address_gives(app: TestApp) {
    let world = World::build(&app).await;
    let (brand, administrator) = (&world.brands[0], &world.staff.administrator);
    let region = brand.regions[0].id.to_string();
    for format in ["csv", "jsonl", "parquet"] {
        for (what, path) in [("visits", "visits/export"), ("reports", "reports")] {
            let address = format!("/v1/{path}.{format}?region_id={region}");
            let wanted = app.get(administrator, address).await.expect(200).bytes;
            // Pieces of one thing are the same file.
            for at_once in ["1", "500"] {
                let flags = ["--format", format, "--region-id", &region, "--at-once", at_once];
                let found = exported(app.database(), &[&[what][..], &flags].concat());
                assert_same(&found, &wanted, &format!("{what} {format} {at_once}"));
            }
        }
    }
    assert_eq!(lines(&exported(app.database(), &["visits", "--format", "jsonl"])).len(), 8);
    let places = format!("brand:{},region:{region}", brand.id);
    // By the clock of the command line it is another year.
    let address = format!("places={places}&from=2026-01&to=2026-03");
    let flags = ["--places", &places, "--from", "2026-01", "--to", "2026-03"];
    let scores = app.get(administrator, format!("/v1/scores?{address}")).await.expect(200).json;
    let found = lines(&exported(app.database(), &[&["scores", "--format", "jsonl"], &flags[..]].concat()));
    assert_eq!(json!(found), scores["scores"]);
    let scores = app.get(administrator, format!("/v1/scores.csv?{address}")).await.expect(200).bytes;
    let found = exported(app.database(), &[&["scores", "--format", "csv"], &flags[..]].concat());
    assert_eq!(text(&found), text(&scores));
    let book = exported(app.database(), &["visits", "--format", "xlsx", "--region_id", &region]);
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(book)).unwrap();
    let sheet = calamine::Reader::worksheet_range(&mut book, "Sheet1").unwrap();
    assert_eq!(sheet.height(), 1 + 2 * 4, "a row for each question of two visits");
    // Numbers as their readers write them.
    let french = app.get(administrator, "/v1/visits/export.csv").header("accept-language", "fr-CH");
    let (french, names) = (french.await.expect(200).bytes, ["--header", "names"]);
    let flags = ["visits", "--format", "csv", "--language", "fr-CH"];
    assert_same(&exported(app.database(), &flags), &french, "with titles");
    let named = text(&exported(app.database(), &[&flags[..], &names].concat()));
    assert!(named.starts_with("\u{feff}id;brand_id;"), "{named}");
    assert_eq!(named.split_once('\n').unwrap().1, text(&french).split_once('\n').unwrap().1);
    // Nothing meets it.
    let none = text(&exported(app.database(), &["visits", "--format", "csv", "--month", "1999-01"]));
    assert!(none.starts_with("\u{feff}id,") && none.lines().count() == 1, "{none}");
    assert_eq!(exported(app.database(), &["visits", "--format", "jsonl", "--month", "1999-01"]), b"");

    let auditor = Persona::everywhere(&app, Role::Auditor).await;
    let rows = app.get(&auditor, "/v1/audit?kind=exported&limit=200").await.expect(200).json;
    let rows = rows["items"].as_array().unwrap();
    let by_command: Vec<_> = rows.iter().filter(|row| row["account_id"].is_null()).collect();
    assert_eq!(by_command.len(), 12 + 8, "one of each: {rows:?}");
    let details = json!({"operation": "export visits", "format": "csv", "filter": {"month": "1999-01"}});
    assert!(by_command.iter().any(|row| row["details"] == details), "{by_command:?}");
}

async fn an_export_reaches_as_far_as_its_reader(app: TestApp) {
    let world = World::build(&app).await;
    let brand = &world.brands[0];
    let scope =
        GrantScope { brand_id: Some(brand.id), region_id: Some(brand.regions[0].id), branch_id: None };
    let manager = Persona::with(&app, &[(Role::Manager, scope)]).await;
    let reviewer = Persona::with(&app, &[(Role::Reviewer, scope)]).await;
    let address = |who: &Persona| format!("{}@example.org", who.account);
    let own = lines(&exported(app.database(), &["visits", "--format", "jsonl", "--as", &address(&reviewer)]));
    let branches: BTreeSet<_> = own.iter().map(|one| one["branch_id"].as_str().unwrap().to_owned()).collect();
    let wanted: BTreeSet<_> = brand.regions[0].branches.iter().map(|branch| branch.id.to_string()).collect();
    assert_eq!(branches, wanted);
    let reports = app.get(&manager, "/v1/reports.csv").await.expect(200).bytes;
    let found = exported(app.database(), &["reports", "--format", "csv", "--as", &address(&manager)]);
    assert_eq!(text(&found), text(&reports));
    // The branch's side takes no visits, and nobody takes another's scores.
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let out = out.to_str().unwrap();
    let elsewhere = format!("region:{}", brand.regions[1].id);
    for arguments in [
        vec!["visits", "--format", "csv", "--as", &address(&manager)],
        vec!["scores", "--format", "csv", "--as", &address(&manager), "--places", &elsewhere],
        vec!["reports", "--format", "csv", "--as", "nobody@example.org"],
    ] {
        let (code, output) = run(app.database(), &[&arguments[..], &["--out", out]].concat());
        assert_eq!(code, 1, "{arguments:?}: {output}");
        assert!(!Path::new(out).exists());
    }
}

async fn what_is_asked_for_wrongly_writes_nothing(app: TestApp) {
    let database = app.stop();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let to = ["--out", out.to_str().unwrap()];
    for (arguments, wrong) in [
        (vec!["visits", "--format", "csv", "--month", "x"], "month: "),
        (vec!["visits", "--format", "pdf"], "pdf"),
        (vec!["visits", "--format", "csv", "--colour", "red"], "--colour"),
        (vec!["scores", "--format", "csv"], "places"),
    ] {
        let (code, output) = run(&database, &[&arguments[..], &to].concat());
        assert!(code == 2 && output.contains(wrong), "{arguments:?}: {output}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{arguments:?}");
    }
    fs::write(&out, "mine").unwrap();
    let visits = [&["visits", "--format", "csv"], &to[..]].concat();
    let (code, output) = run(&database, &visits);
    assert!(code == 2 && output.contains("--force"), "{output}");
    assert_eq!(fs::read(&out).unwrap(), b"mine");
    let (code, output) = run(&database, &[&visits[..], &["--force"]].concat());
    assert_eq!(code, 0, "{output}");
    assert!(fs::read_to_string(&out).unwrap().starts_with("\u{feff}id,"));
}

/// Kills the export as soon as it says how far it is; whether it was not at its end then.
fn kill(database: &Database, arguments: &[&str], part: &Path) -> bool {
    let (before, start) = (fs::read(part).ok(), Instant::now());
    let mut child = command(database, arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while fs::read(part).ok() == before && child.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < Duration::from_secs(60), "it says nothing");
        sleep(Duration::from_millis(1));
    }
    // On Unix this is SIGKILL.
    let _ = child.kill();
    !child.wait().unwrap().success()
}

async fn a_killed_export_goes_on_where_it_was(app: TestApp) {
    let world = World::build(&app).await;
    let (brand, staff) = (&world.brands[0], &world.staff);
    for at in 0..MANY {
        let (assignment, visit) = (id(), id());
        let branch = brand.regions[at % 2].branches[at / 2 % 2].id;
        let body = assignment_body(branch, brand.version, &staff.shopper);
        app.put(&staff.scheduler, format!("/v1/assignments/{assignment}"), body).await.expect(201);
        app.put(&staff.shopper, path(visit), visit_body(assignment, brand.version)).await.expect(201);
    }
    let folder = tempfile::tempdir().unwrap();
    for format in ["csv", "jsonl"] {
        let wanted = exported(app.database(), &["visits", "--format", format]);
        let out: PathBuf = folder.path().join(format);
        let part = folder.path().join(format!("{format}.part.json"));
        let flags = ["visits", "--format", format, "--at-once", "1", "--resume"];
        let arguments = [&flags[..], &["--out", out.to_str().unwrap()]].concat();
        let mut kills = 0;
        while kills < 3 && kill(app.database(), &arguments, &part) {
            kills += 1;
            assert!(!out.exists(), "a file has its name when it is whole");
            // What was written behind the last row that counts.
            let bytes = folder.path().join(format!("{format}.part"));
            let mut cut = fs::read(&bytes).unwrap();
            cut.extend_from_slice(b"half a row");
            fs::write(&bytes, cut).unwrap();
        }
        assert!(kills > 0 && part.exists(), "it was not killed on its way");
        // It is not gone on with as another one.
        let (code, output) = run(app.database(), &[&arguments[..], &["--language", "fr"]].concat());
        assert!(code == 1 && output.contains("another export"), "{output}");
        let (code, output) = run(app.database(), &arguments);
        assert_eq!(code, 0, "{output}");
        assert!(!part.exists());
        assert!(fs::read(&out).unwrap() == wanted, "{format}: killed {kills} times");
    }
    // Those that were killed are one row in the audit, however often they were gone on with.
    let auditor = Persona::everywhere(&app, Role::Auditor).await;
    let rows = app.get(&auditor, "/v1/audit?kind=exported&limit=200").await.expect(200).json;
    assert_eq!(rows["items"].as_array().unwrap().len(), 4, "{rows}");
}
