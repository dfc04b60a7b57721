//! Each column of each table is altered by hand, and `verify` sees it; or the column stands in `unseen.txt` with the
//! reason why nothing is gained by that, or why it cannot be known. The list may only shrink.

use std::{collections::BTreeMap, env, fs, path::Path};

use incognito::ledger::verify::{How, verify};

use super::{Hand, scene::Sealed};
use crate::app::{Engine, TestApp, each_engine_test};

each_engine_test!(each_column_that_is_altered_is_seen);

const LIST: &str = "tests/ledger/unseen.txt";
/// So many columns stand on the list at the most.
const MOST_LISTED: usize = 92;

/// What a statement says, a text a row.
fn line(hand: &mut Hand, statement: &str) -> Vec<String> {
    hand.texts(statement)
}

/// A column of a table, as the database itself names them.
struct Column {
    table: String,
    name: String,
    of_type: String,
}

fn columns(hand: &mut Hand, engine: Engine) -> Vec<Column> {
    let all = match engine {
        Engine::Sqlite => {
            "SELECT m.name || '|' || p.name || '|' || p.type AS line FROM sqlite_schema m JOIN pragma_table_info(m.name) p
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> '__diesel_schema_migrations'
             ORDER BY m.name, p.cid"
        }
        Engine::Postgres => {
            "SELECT table_name || '|' || column_name || '|' || udt_name AS line FROM information_schema.columns
             WHERE table_schema = current_schema() AND table_name <> '__diesel_schema_migrations'
             ORDER BY table_name, ordinal_position"
        }
    };
    let column = |line: String| {
        let parts: Vec<_> = line.split('|').map(str::to_owned).collect();
        let [table, name, of_type] = <[String; 3]>::try_from(parts).unwrap();
        Column { table, name, of_type: of_type.to_lowercase() }
    };
    line(hand, all).into_iter().map(column).collect()
}

impl Column {
    /// Another value of its type, made of the one that is there, if there is one.
    fn altered(&self, engine: Engine, is_null: bool) -> String {
        let name = &self.name;
        let lite = engine == Engine::Sqlite;
        match (self.of_type.as_str(), is_null) {
            ("integer" | "int4" | "bigint" | "int8" | "double precision" | "float8", false) => {
                format!("{name} + 97")
            }
            ("integer" | "int4" | "bigint" | "int8" | "double precision" | "float8", true) => "97".to_owned(),
            // JSON as text.
            ("text", _) if self.table == "visit_content" => "'{\"altered\": 1}'".to_owned(),
            ("text", false) => format!("{name} || 'x'"),
            ("text", true) => "'x'".to_owned(),
            ("boolean" | "bool", false) => format!("NOT {name}"),
            ("boolean" | "bool", true) => "TRUE".to_owned(),
            ("timestamptz", false) if lite => format!("{name} + 1000000"),
            ("timestamptz", false) => format!("{name} + interval '1 second'"),
            ("timestamptz", true) if lite => "1000000".to_owned(),
            ("timestamptz", true) => "now()".to_owned(),
            ("uuid", _) if lite => "randomblob(16)".to_owned(),
            ("uuid", _) => "gen_random_uuid()".to_owned(),
            ("bytea", false) if lite => format!("randomblob(length({name}))"),
            ("bytea", false) => format!("set_byte({name}, 0, (get_byte({name}, 0) + 1) % 256)"),
            ("bytea", true) if lite => "randomblob(16)".to_owned(),
            ("bytea", true) => "'\\x00112233445566778899aabbccddeeff'::bytea".to_owned(),
            ("jsonb", _) => "'{\"altered\": 1}'".to_owned(),
            (other, _) => panic!("{}.{name} is of the type {other}: say how it is altered", self.table),
        }
    }

    /// Alters one row, looks, and puts it back; none if there is no row.
    async fn is_seen(&self, app: &TestApp, hand: &mut Hand) -> Option<bool> {
        let Self { table, name, of_type } = self;
        let engine = app.engine();
        let (row, value, literal) = match engine {
            Engine::Sqlite => ("rowid", format!("quote({name})"), String::new()),
            Engine::Postgres => ("ctid", format!("quote_nullable({name}::text)"), format!("::{of_type}")),
        };
        let look = format!(
            "SELECT CAST({row} AS text) || '|' || {value} AS line FROM {table} ORDER BY {name} IS NULL, {name} LIMIT 1"
        );
        let found = line(hand, &look).pop()?;
        let (place, before) = found.split_once('|').unwrap();
        let altered = self.altered(engine, before == "NULL");
        let at = |place: &str| match engine {
            Engine::Sqlite => format!("rowid = {place}"),
            Engine::Postgres => format!("ctid = '{place}'"),
        };
        let change = |to: &str, place: &str| {
            format!(
                "UPDATE {table} SET {name} = {to} WHERE {} RETURNING CAST({row} AS text) AS line",
                at(place)
            )
        };
        let now = line(hand, &change(&altered, place)).pop().unwrap();
        let looked = verify(&app.app().db, &app.app().blobs, How::default(), |_| {}).await;
        let seen = looked.is_err() || !looked.unwrap().is_right();
        line(hand, &change(&format!("{before}{literal}"), &now)).pop().unwrap();
        Some(seen)
    }
}

async fn each_column_that_is_altered_is_seen(app: TestApp) {
    let sealed = Sealed::new(&app).await;
    let mut hand = Hand::on(&app);
    if app.engine() == Engine::Postgres {
        let checks = "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS line
            FROM pg_constraint WHERE contype = 'c' AND connamespace = current_schema()::regnamespace";
        line(&mut hand, checks).iter().for_each(|drop| hand.run(drop));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(LIST);
    let list = fs::read_to_string(&path).unwrap_or_default();
    let listed: BTreeMap<_, _> = list
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split_once(": ").unwrap_or_else(|| panic!("no reason: {line}")))
        .collect();
    let mut unseen = BTreeMap::new();
    for column in columns(&mut hand, app.engine()) {
        let name = format!("{}.{}", column.table, column.name);
        match column.is_seen(&app, &mut hand).await {
            Some(true) => continue,
            Some(false) => unseen.insert(name, "it was altered, and verify did not see it"),
            None => unseen.insert(name, "the table has no row here that could be altered"),
        };
    }
    if env::var("INCOGNITO_BLESS").is_ok_and(|value| value == "1") {
        let line =
            |(name, why): (&String, &&str)| format!("{name}: {}\n", listed.get(name.as_str()).unwrap_or(why));
        let head = list.lines().filter(|line| line.starts_with('#')).map(|line| format!("{line}\n"));
        fs::write(&path, head.chain(unseen.iter().map(line)).collect::<String>()).unwrap();
        return;
    }
    let new: Vec<_> = unseen.iter().filter(|(name, _)| !listed.contains_key(name.as_str())).collect();
    assert!(new.is_empty(), "verify has to see these, or {LIST} has to say why not: {new:#?}");
    // Of a value that its column does not allow SQLite itself says so; PostgreSQL is without these checks here.
    let seen: Vec<_> = listed.keys().filter(|name| !unseen.contains_key(**name)).collect();
    let are_gone = seen.is_empty() || app.engine() == Engine::Sqlite;
    assert!(are_gone, "these are seen, or gone: take them off {LIST}: {seen:#?}");
    assert!(listed.len() <= MOST_LISTED, "the list may only shrink");
    let looked = verify(app.db(), &app.app().blobs, How::default(), |_| {}).await.unwrap();
    assert!(looked.is_right(), "all was put back: {:?} {:?}", looked.findings, looked.sums);
    drop(sealed);
}
