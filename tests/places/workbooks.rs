//! Workbooks of places and employees.

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use serde_json::json;

use super::{
    files::{branches, noted, notes, post},
    import::{HEADER, counts, file, import, imported, line, mistakes},
    make_brand, nothing_is_kept, walk,
};
use crate::{
    app::{TestApp, each_engine_test},
    personas::Persona,
};

each_engine_test!(
    a_workbook_is_taken_like_a_file,
    what_a_workbook_cannot_say_is_named_at_its_row,
    employees_come_in_a_workbook_too,
);

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A sheet's name, and what fills it.
type Named<'s> = (&'s str, &'s dyn Fn(&mut Worksheet));

/// A workbook of these sheets.
fn workbook(sheets: &[Named<'_>]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, fill) in sheets {
        fill(book.add_worksheet().set_name(*name).unwrap());
    }
    book.save_to_buffer().unwrap()
}

fn row(sheet: &mut Worksheet, number: u32, cells: &[&str]) {
    for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
        sheet.write_string(number, column, *cell).unwrap();
    }
}

async fn a_workbook_is_taken_like_a_file(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let brand = make_brand(&app, &who).await;
    let cover = |sheet: &mut Worksheet| row(sheet, 0, &["Our places"]);
    let places = |sheet: &mut Worksheet| {
        let header = [
            "Region",
            "BRANCH",
            "name",
            "Address",
            "Latitude",
            "Longitude",
            "Time zone",
            "Languages",
            "Phone",
        ];
        row(sheet, 2, &header);
        row(
            sheet,
            4,
            &["Europe/France", "", "Lumen Marais", "42, rue X", "", "", "Europe/Paris", "fr;en", "+33 1"],
        );
        sheet.write_number(4, 1, 7).unwrap();
        sheet.write_number(4, 4, 48.8564).unwrap();
        sheet.write_number(4, 5, 2.3546).unwrap();
        let computed = Formula::new("=A1").set_result("Lumen Sofia");
        sheet.write_formula(5, 2, computed).unwrap();
        row(sheet, 5, &["", "BG-1", "", "бул. „Витоша“ 48", "42,69", "23,32", "Europe/Sofia", "bg"]);
        sheet.write_string(5, 12, "a remark far away").unwrap();
    };
    let file = workbook(&[("Cover", &cover), ("Places", &places)]);
    let answer = post(&app, &who, brand, "places/import", XLSX, file.clone()).await.expect(200);
    assert_eq!(counts(&answer), imported(2, 2, 0, 0));
    assert_eq!(
        notes(&answer),
        [noted("1", "left_out"), noted("3/Phone", "left_out"), noted("6", "left_out")]
    );
    let made = branches(&app, &who, brand).await;
    for (field, first, second) in [
        ("code", json!("7"), json!("BG-1")),
        ("name", json!("Lumen Marais"), json!("Lumen Sofia")),
        ("latitude", json!(48.8564), json!(42.69)),
        ("longitude", json!(2.3546), json!(23.32)),
        ("languages", json!(["fr", "en"]), json!(["bg"])),
    ] {
        assert_eq!((&made[0][field], &made[1][field]), (&first, &second), "{field}");
    }
    // An older kind of workbook.
    let older = include_bytes!("../cases/places/places-older-kind.xls").to_vec();
    let other = make_brand(&app, &who).await;
    let answer =
        post(&app, &who, other, "places/import", "application/vnd.ms-excel", older).await.expect(200);
    assert_eq!((counts(&answer), notes(&answer)), (imported(2, 1, 0, 0), Vec::new()));
    let made = branches(&app, &who, other).await;
    assert_eq!((&made[0]["code"], &made[0]["name"]), (&json!("7"), &json!("Lumen Île")));
    assert_eq!((&made[0]["latitude"], &made[0]["longitude"]), (&json!(48.5), &json!(2.25)));
    // Which kind of file it is, its bytes say.
    for media_type in [XLSX, "text/csv", "application/vnd.ms-excel"] {
        let again = post(&app, &who, brand, "places/import", media_type, file.clone()).await.expect(200);
        assert_eq!(counts(&again), imported(0, 0, 0, 2), "{media_type}");
    }
    let csv = line("Europe/France", "FR-1", "Lumen");
    let csv = format!("{HEADER}\n{csv}").into_bytes();
    let answer = post(&app, &who, brand, "places/import", "application/vnd.ms-excel", csv).await.expect(200);
    assert_eq!(counts(&answer), imported(0, 1, 0, 0));
}

async fn what_a_workbook_cannot_say_is_named_at_its_row(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let brand = make_brand(&app, &who).await;
    let names: Vec<&str> = HEADER.split(',').collect();
    let places = |sheet: &mut Worksheet| {
        row(sheet, 0, &names);
        let good = ["Europe", "", "Lumen", "1 rue X", "48", "2", "Europe/Paris", "fr"];
        (1..5).for_each(|number| row(sheet, number, &good));
        let date = ExcelDateTime::from_ymd(2026, 1, 3).unwrap();
        sheet.write_datetime_with_format(1, 1, &date, &Format::new().set_num_format("d/m")).unwrap();
        sheet.write_formula(2, 1, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
        sheet.write_string(4, 1, "FR-4").unwrap();
        sheet.write_string(4, 4, "north").unwrap();
    };
    let call = post(&app, &who, brand, "places/import", XLSX, workbook(&[("Places", &places)]));
    let answer = call.await.expect_problem(422, "invalid");
    let at = |pointer: &str, code: &str| noted(pointer, code);
    let wanted = [
        at("2/branch", "date_value"),
        at("3/branch", "error_value"),
        at("4/branch", "required"),
        at("5/latitude", "range"),
    ];
    assert_eq!(mistakes(&answer), wanted);

    let whole = workbook(&[("Places", &places)]);
    let half = whole.get(..whole.len() / 2).unwrap().to_vec();
    let damaged = post(&app, &who, brand, "places/import", XLSX, half).await.expect_problem(422, "invalid");
    assert_eq!(mistakes(&damaged), [at("1", "unreadable")]);
    // A small file that unpacks to much.
    let wide = |sheet: &mut Worksheet| (0..60_000).for_each(|n| row(sheet, n, &["the same"; 9]));
    let bomb = post(&app, &who, brand, "places/import", XLSX, workbook(&[("Places", &wide)])).await;
    assert_eq!(mistakes(&bomb.expect_problem(422, "invalid"))[0].1, "length");
    nothing_is_kept(&app, &who, brand).await;
}

async fn employees_come_in_a_workbook_too(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let brand = make_brand(&app, &who).await;
    import(&app, &who, brand, file([line("Europe", "FR-1", "Lumen")])).await.expect(200);
    let people = |sheet: &mut Worksheet| {
        row(sheet, 0, &["Branch code", "Code", "Name", "E-mail", "Active"]);
        row(sheet, 1, &["FR-1", "", "Ayşe Yılmaz", "ayse@example.org"]);
        sheet.write_number(1, 1, 12).unwrap();
        sheet.write_boolean(1, 4, true).unwrap();
        row(sheet, 2, &["FR-1", "13", "Ана", "", "НЕ"]);
    };
    let book = workbook(&[("People", &people)]);
    let answer =
        post(&app, &who, brand, "employees/import?dry_run=true", XLSX, book.clone()).await.expect(200);
    let lines = json!([
        {"line": 2, "code": "12", "outcome": "created"},
        {"line": 3, "code": "13", "outcome": "created"},
    ]);
    assert_eq!((&answer.json["lines"], &answer.json["dry_run"]), (&lines, &json!(true)));
    assert_eq!(walk(&app, &who, "/v1/employees", 50).await, [json!(null); 0]);
    post(&app, &who, brand, "employees/import", XLSX, book).await.expect(200);
    let made = walk(&app, &who, "/v1/employees", 50).await;
    let active: Vec<_> = made.iter().map(|one| (one["code"].as_str().unwrap(), &one["active"])).collect();
    assert!(active.contains(&("12", &json!(true))) && active.contains(&("13", &json!(false))), "{active:?}");
    let changed = "branch_code;code;name;email;active\nfr-1;12;Ayşe Y.;;oui\n";
    let answer = post(&app, &who, brand, "employees/import?dry_run=true", "text/csv", changed.into())
        .await
        .expect(200);
    let lines = json!([{"line": 2, "code": "12", "outcome": "changed", "fields": ["name", "email"]}]);
    assert_eq!(answer.json["lines"], lines);
    assert_eq!(
        (&answer.json["employees_not_named"], notes(&answer)),
        (&json!(1), vec![noted("2/branch_code", "looks_the_same")])
    );
}
