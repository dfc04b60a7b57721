//! One question, every form: what is asked of figures and lists by chance is the same as JSON, comma-separated values, a workbook, Parquet and a table of OData.

use std::{collections::BTreeMap, io::Cursor};

use calamine::{Data, Reader as _, Xlsx};
use incognito::{
    accounts::model::{GrantScope, Role},
    http::sheet::Format,
    scores::show_daily::ShowBrand,
    work::Task,
};
use parquet::{
    file::reader::{FileReader as _, SerializedFileReader},
    record::Field,
};
use serde_json::Value;

use crate::{
    app::{Answer, Dice, TestApp, each_engine_test},
    personas::Persona,
    reports::release_all,
    scores::{Tree, lend},
};

each_engine_test!(one_question_has_one_answer_in_every_form, parquet_has_typed_columns,);

/// So many questions are asked.
const QUESTIONS: u64 = 40;
/// A reader asks so many of them: an account may take so many files.
const OF_ONE_READER: u64 = 10;
const MONTHS: [&str; 4] = ["2025-12", "2026-01", "2026-02", "2026-03"];

/// A row: what stands in each column, as comma-separated values have it.
pub type Row = BTreeMap<String, String>;

/// The columns of a file, in their order, and its rows.
pub type Found = (Vec<String>, Vec<Row>);

pub fn of_csv(answer: &Answer) -> Found {
    let bytes = answer.bytes.strip_prefix("\u{feff}".as_bytes()).expect("a mark of UTF-8");
    let mut reader = csv::Reader::from_reader(bytes);
    let names: Vec<_> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row =
        |record: csv::StringRecord| names.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    let rows = reader.records().map(|record| row(record.unwrap())).collect();
    (names, rows)
}

/// Whether the column with this name has days.
fn is_day(name: &str) -> bool {
    ["_day", "_on", "_until"].iter().any(|end| name.ends_with(end))
}

pub fn of_workbook(answer: &Answer) -> Found {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(answer.bytes.clone())).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let mut rows = sheet.rows();
    let names: Vec<_> = rows.next().unwrap().iter().map(ToString::to_string).collect();
    let cell = |name: &str, cell: &Data| match cell {
        Data::Empty => String::new(),
        Data::Float(number) if name.ends_with("_percent") => format!("{number:.2}"),
        Data::Float(number) => number.to_string(),
        Data::Bool(is_so) => is_so.to_string(),
        Data::DateTime(moment) => {
            // Days since the end of 1899.
            let seconds = ((moment.as_f64() - 25_569.0) * 86_400.0).round();
            let moment = jiff::Timestamp::from_second(seconds as i64).unwrap();
            if is_day(name) { moment.strftime("%F").to_string() } else { moment.to_string() }
        }
        Data::String(text) if is_day(name) => panic!("a day is text: {name} is {text}"),
        other => other.to_string(),
    };
    let row =
        |cells: &[Data]| names.iter().zip(cells).map(|(name, one)| (name.clone(), cell(name, one))).collect();
    let rows = rows.map(row).collect();
    (names, rows)
}

pub fn of_parquet(answer: &Answer) -> Found {
    let reader = SerializedFileReader::new(answer.bytes.clone()).unwrap();
    let fields = reader.metadata().file_metadata().schema().get_fields().iter();
    let names = fields.map(|field| field.name().to_owned()).collect();
    let cell = |field: &Field| match field {
        Field::Null => String::new(),
        Field::Bool(is_so) => is_so.to_string(),
        Field::Long(number) => number.to_string(),
        Field::Double(number) => number.to_string(),
        Field::Str(text) => text.clone(),
        Field::Decimal(decimal) => {
            let points = i32::from_be_bytes(decimal.data().try_into().unwrap());
            assert_eq!((decimal.precision(), decimal.scale()), (5, 2));
            let sign = if points < 0 { "-" } else { "" };
            format!("{sign}{}.{:02}", points.abs() / 100, points.abs() % 100)
        }
        Field::Date(days) => {
            jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(*days)).unwrap().to_string()
        }
        Field::TimestampMicros(micros) => jiff::Timestamp::from_microsecond(*micros).unwrap().to_string(),
        other => panic!("{other:?}"),
    };
    let row = |row: parquet::record::Row| {
        row.get_column_iter().map(|(name, field)| (name.clone(), cell(field))).collect()
    };
    (names, reader.get_row_iter(None).unwrap().map(|one| row(one.unwrap())).collect())
}

/// Moments to the second, as workbooks have them.
fn to_seconds((names, mut rows): Found) -> Found {
    for cell in rows.iter_mut().flat_map(BTreeMap::values_mut) {
        if cell.parse::<jiff::Timestamp>().is_ok()
            && let Some((seconds, _)) = cell.split_once('.')
        {
            *cell = format!("{seconds}Z");
        }
    }
    (names, rows)
}

/// Visits in several months to places of a brand, of which the branch's side is shown what is over.
async fn scene(app: &TestApp) -> Tree {
    let tree = Tree::build(app).await;
    tree.three_months(app).await;
    lend(app, tree.brand, 900).await;
    app.advance(17 * 86_400);
    release_all(app).await;
    ShowBrand { brand_id: tree.brand }.run(app.app(), &()).await.unwrap();
    tree
}

/// Somebody who reads figures from a desk, or from the branch's side.
async fn reader(app: &TestApp, tree: &Tree, dice: &mut Dice) -> Persona {
    let brand = GrantScope { brand_id: Some(tree.brand), ..GrantScope::default() };
    let country = GrantScope { region_id: Some(tree.regions["country"]), ..brand };
    match dice.roll(4) {
        0 => Persona::with(app, &[(Role::Auditor, brand)]).await,
        1 => Persona::with(app, &[(Role::Manager, brand)]).await,
        2 => Persona::with(app, &[(Role::Auditor, country), (Role::Hr, brand)]).await,
        _ => Persona::with(app, &[(Role::Manager, country)]).await,
    }
}

fn one<'t>(dice: &mut Dice, all: &[&'t str]) -> &'t str {
    all[usize::try_from(dice.roll(all.len() as u64)).unwrap()]
}

/// A question, as an address without its form, with the lists that its rows are made of; and the table of OData that has its rows with the
/// condition that leaves those.
struct Enquiry {
    address: String,
    rows: &'static [&'static str],
    table: Option<(&'static str, String)>,
}

/// Any question about figures, visits or reports.
fn question(tree: &Tree, dice: &mut Dice) -> Enquiry {
    let places = ["brand", "country", "city", "abroad", "a", "b", "c", "d", "e", "g"];
    let name = one(dice, &places);
    let place = tree.place(name);
    let id = place.split_once('/').unwrap().1.to_owned();
    let (first, last) = (dice.roll(4) as usize, dice.roll(4) as usize);
    let (from, to) = (MONTHS[first.min(last)], MONTHS[first.max(last)]);
    let mut period = format!("from={from}&to={to}");
    let is_filtered = dice.roll(4) == 0;
    if is_filtered {
        period.push_str(&format!("&checklist_id={}", tree.checklist));
    }
    let condition = format!("place_id eq {id} and month ge {from}-01 and month le {to}-01");
    let address = |what: String| format!("/v1/{place}/{what}");
    match dice.roll(7) {
        0 => {
            let table = (!is_filtered).then_some(("Scores", condition));
            Enquiry { address: address(format!("trend?{period}")), rows: &["points"], table }
        }
        1 | 2 => {
            let by = one(dice, &["checklist", "side", "section", "dimension", "standard", "question"]);
            let table =
                (!is_filtered && from == to).then(|| ("Subjects", format!("{condition} and kind eq '{by}'")));
            let sort = one(dice, &["worst", "best", "key"]);
            Enquiry {
                address: address(format!("breakdown?by={by}&sort={sort}&{period}")),
                rows: &["items"],
                table,
            }
        }
        3 => {
            let sort = one(dice, &["best", "worst", "code"]);
            let within = if name.len() == 1 { tree.place("country") } else { place.clone() };
            let address = format!("/v1/{within}/ranking?sort={sort}&{period}");
            Enquiry { address, rows: &["items"], table: None }
        }
        4 => Enquiry { address: address(format!("score?{period}")), rows: &["sections"], table: None },
        5 => {
            let month = one(dice, &MONTHS);
            let least = dice.roll(10_000);
            let address = format!("/v1/visits?brand_id={}&month={month}&lowest_score={least}", tree.brand);
            let condition =
                format!("brand_id eq {} and month eq {month}-01 and score ge {least}", tree.brand);
            Enquiry { address, rows: &["items"], table: Some(("Visits", condition)) }
        }
        _ => {
            let branch = tree.branches[one(dice, &["a", "b", "d", "e"])];
            let address = format!("/v1/reports?branch_id={branch}");
            Enquiry { address, rows: &["items"], table: Some(("Reports", format!("branch_id eq {branch}"))) }
        }
    }
}

/// What a JSON thing says, each value under the names that lead to it, but for lists.
fn leaves(thing: &Value, before: &str, found: &mut Vec<(String, Value)>) {
    for (name, value) in thing.as_object().into_iter().flatten() {
        let name = format!("{before}{name}");
        match value {
            Value::Object(_) => leaves(value, &format!("{name}_"), found),
            Value::Array(_) => {}
            value => found.push((name, value.clone())),
        }
    }
}

/// The rows of a JSON answer, each with what stands around it.
fn of_json(answer: &Value, rows: &[&str]) -> Vec<Vec<(String, Value)>> {
    let mut around = Vec::new();
    leaves(answer, "", &mut around);
    let items = answer[rows[0]].as_array().unwrap();
    let row = |item: &Value| {
        let mut own = Vec::new();
        leaves(item, "", &mut own);
        let is_taken = |name: &String| around.iter().any(|(known, _)| known == name);
        let own = own.into_iter().map(|(name, value)| match is_taken(&name) {
            true => (format!("{}_{name}", rows[0]), value),
            false => (name, value),
        });
        around.iter().cloned().chain(own.collect::<Vec<_>>()).collect()
    };
    match items.is_empty() && rows != ["items"] {
        // What has no items is one row.
        true => vec![around.clone()],
        false => items.iter().map(row).collect(),
    }
}

/// Whether a row of a file says what a member of the JSON says.
fn says(row: &Row, name: &str, value: &Value) -> bool {
    let plain = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    match (row.get(name), row.get(&format!("{name}_percent"))) {
        (Some(cell), _) => *cell == plain,
        (None, Some(cell)) => match value.as_i64() {
            Some(points) => {
                let sign = if points < 0 { "-" } else { "" };
                *cell == format!("{sign}{}.{:02}", points.abs() / 100, points.abs() % 100)
            }
            None => value.is_null() && cell.is_empty(),
        },
        // Of a thing that is not there each member is empty.
        (None, None) => {
            let mut below = row.iter().filter(|(known, _)| known.starts_with(&format!("{name}_"))).peekable();
            value.is_null() && below.peek().is_some() && below.all(|(_, cell)| cell.is_empty())
        }
    }
}

async fn in_form(app: &TestApp, who: &Persona, address: &str, format: Format) -> Answer {
    app.get(who, address).header("accept", format.essence()).await
}

/// The rows of a table of which a condition holds, as files have them: what has no decimals is no per cent.
async fn of_table(app: &TestApp, who: &Persona, (table, condition): &(&str, String)) -> Vec<Row> {
    let condition: String = form_urlencoded::byte_serialize(condition.as_bytes()).collect();
    let answer = app.get(who, format!("/odata/{table}?$filter={condition}")).await.expect(200).json;
    let cell = |(name, value): (&String, &Value)| {
        let cell = match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            Value::Number(number) if name.ends_with("_percent") => format!("{:.2}", number.as_f64().unwrap()),
            other => other.to_string(),
        };
        (name.clone(), cell)
    };
    let rows = answer["value"].as_array().unwrap().iter();
    rows.map(|row| row.as_object().unwrap().iter().map(cell).collect()).collect()
}

/// The columns that a file and a table of OData have both, but for what is said in another way.
fn in_common(row: &Row, other: &Row) -> Row {
    let is_shared = |name: &&String| {
        other.contains_key(*name) && !["month", "score", "kind", "title"].contains(&name.as_str())
    };
    row.keys().filter(is_shared).map(|name| (name.clone(), row[name].clone())).collect()
}

fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort();
    rows
}

async fn one_question_has_one_answer_in_every_form(app: TestApp) {
    let tree = scene(&app).await;
    let mut dice = Dice::seeded(2_026);
    let mut who = reader(&app, &tree, &mut dice).await;
    let (mut answered, mut rows, mut tables) = (0, 0, 0);
    for number in 0..QUESTIONS {
        if number % OF_ONE_READER == 0 {
            who = reader(&app, &tree, &mut dice).await;
        }
        let Enquiry { address, rows: lists, table } = question(&tree, &mut dice);
        let paged = if lists == ["items"] { "&limit=200" } else { "" };
        let json = in_form(&app, &who, &format!("{address}{paged}"), Format::Json).await;
        if json.status != 200 {
            // What is not for this reader is so in each form.
            for format in [Format::Csv, Format::Xlsx, Format::Parquet] {
                assert_eq!(in_form(&app, &who, &address, format).await.status, json.status, "{address}");
            }
            continue;
        }
        let of = async |format| in_form(&app, &who, &address, format).await.expect(200);
        let csv = of_csv(&of(Format::Csv).await);
        assert_eq!(of_parquet(&of(Format::Parquet).await), csv, "{address} as Parquet");
        assert_eq!(of_workbook(&of(Format::Xlsx).await), to_seconds(csv.clone()), "{address} as a workbook");
        let wanted = of_json(&json.json, lists);
        assert_eq!(csv.1.len(), wanted.len(), "{address}: {json}");
        for (row, wanted) in csv.1.iter().zip(&wanted) {
            for (name, value) in wanted {
                assert!(says(row, name, value), "{address}: {name} is {value} as JSON, and not in {row:?}");
            }
        }
        if let Some(table) = table.as_ref().filter(|(name, _)| *name != "Visits" || !wanted.is_empty()) {
            let found = of_table(&app, &who, table).await;
            // A table has no rows of months without visits.
            let visited: Vec<_> =
                csv.1.into_iter().filter(|row| row.get("visits").is_none_or(|n| n != "0")).collect();
            assert_eq!(found.len(), visited.len(), "{address} and {table:?}");
            if let (Some(one), Some(other)) = (visited.first(), found.first()) {
                let (one, other) = (one.clone(), other.clone());
                let of_file = visited.iter().map(|row| in_common(row, &other)).collect();
                let of_table = found.iter().map(|row| in_common(row, &one)).collect();
                assert_eq!(sorted(of_table), sorted(of_file), "{address} and {table:?}");
                assert!(in_common(&one, &other).len() >= 4, "{one:?} {other:?}");
                tables += 1;
            }
        }
        answered += 1;
        rows += wanted.len();
    }
    assert!(answered >= 20 && rows >= 60 && tables >= 6, "{answered} answers, {rows} rows, {tables} tables");
}

async fn parquet_has_typed_columns(app: TestApp) {
    let tree = scene(&app).await;
    let who = Persona::everywhere(&app, Role::Administrator).await;
    let types = async |address: &str| {
        let file = app.get(&who, address).await.expect(200);
        assert_eq!(file.header("content-type"), "application/vnd.apache.parquet");
        assert!(file.header("content-disposition").ends_with(".parquet\""), "{file}");
        assert_eq!((&file.bytes[..4], &file.bytes[file.bytes.len() - 4..]), (&b"PAR1"[..], &b"PAR1"[..]));
        let reader = SerializedFileReader::new(file.bytes.clone()).unwrap();
        let of_file = reader.metadata().file_metadata();
        let typed = |field: &parquet::schema::types::TypePtr| {
            assert!(field.is_optional(), "{field:?}");
            let logical = format!("{:?}", field.get_basic_info().logical_type_ref());
            (field.name().to_owned(), format!("{} {logical}", field.get_physical_type()))
        };
        let types: BTreeMap<_, _> = of_file.schema().get_fields().iter().map(typed).collect();
        (types, of_file.num_rows())
    };
    let (ranking, rows) =
        types(&format!("/v1/{}/ranking.parquet?from=2026-01&to=2026-03", tree.place("brand"))).await;
    assert_eq!(rows, 7);
    for (name, wanted) in [
        ("branch_id", "BYTE_ARRAY Some(String)"),
        ("visits", "INT64 Some(Integer"),
        ("score_percent", "INT32 Some(Decimal"),
        ("insufficient", "BOOLEAN None"),
    ] {
        assert!(ranking[name].starts_with(wanted), "{name}: {ranking:?}");
    }
    let (visits, _) = types(&format!("/v1/visits.parquet?brand_id={}", tree.brand)).await;
    assert!(visits["received_at"].starts_with("INT64 Some(Timestamp"), "{visits:?}");
    assert!(visits["received_at"].contains("MICROS"), "{visits:?}");
    let (reports, _) = types("/v1/reports.parquet").await;
    assert_eq!(reports["first_day"], "INT32 Some(Date)", "{reports:?}");
    // Nothing is a file with its columns.
    let (nothing, rows) = types(&format!("/v1/visits.parquet?brand_id={}&month=1999-01", tree.brand)).await;
    assert_eq!((nothing, rows), (visits, 0));
}
