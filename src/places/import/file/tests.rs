#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::{prelude::*, sample::Index};

use super::*;
use crate::{
    error::{Code, FieldError},
    places::table::LARGEST,
};

const HEADER: &str = "region,branch,name,address,latitude,longitude,time_zone,languages";
const GOOD: &str =
    "Europe/France,FR-1,Lumen Marais,\"42 rue de Rivoli, Paris\",48.8564,2.3546,Europe/Paris,fr;en";

/// What is wrong with a file: pointer and message of each mistake.
fn mistakes(csv: impl AsRef<[u8]>) -> Vec<(String, String)> {
    let error = parse(csv.as_ref()).expect_err("there should be a mistake");
    error.particulars().fields.iter().map(|one| (one.pointer.clone(), one.message.clone())).collect()
}

fn one_mistake(csv: impl AsRef<[u8]>) -> (String, String) {
    let all = mistakes(csv);
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].clone()
}

#[test]
fn a_line_is_read_as_it_is_meant() {
    let line = BranchLine {
        number: 2,
        region: vec!["Europe".to_owned(), "France".to_owned()],
        code: "FR-1".to_owned(),
        name: "Lumen Marais".to_owned(),
        address: "42 rue de Rivoli, Paris".to_owned(),
        latitude: 48.8564,
        longitude: 2.3546,
        time_zone: "Europe/Paris".to_owned(),
        languages: vec!["fr".to_owned(), "en".to_owned()],
    };
    assert_eq!(parse(format!("{HEADER}\n{GOOD}\n").as_bytes()).unwrap(), std::slice::from_ref(&line));
    assert_eq!(parse(format!("\u{feff}{HEADER}\r\n{GOOD}").as_bytes()).unwrap(), std::slice::from_ref(&line));
    let spaced = GOOD.replace("Europe/France", " Europe / France ").replace("fr;en", " fr ; en");
    assert_eq!(
        parse(format!("{HEADER}\n{spaced}\n\n,,,,,,,\n").as_bytes()).unwrap(),
        std::slice::from_ref(&line)
    );
    let top = GOOD.replace("Europe/France", "");
    assert_eq!(
        parse(format!("{HEADER}\n{top}").as_bytes()).unwrap(),
        [BranchLine { region: Vec::new(), ..line }]
    );
    assert_eq!(parse(HEADER.as_bytes()).unwrap(), []);
}

#[test]
fn the_places_of_the_demo_are_good() {
    let lines = parse(include_bytes!("../../../demo/places.csv")).unwrap();
    assert_eq!((lines.len(), lines[39].number), (40, 41));
}

#[test]
fn every_bad_cell_is_named_with_its_reason() {
    const PLAIN: &str = "a line of text without control characters, and not only white space";
    const MISSING: &str = "this is missing";
    const LATITUDE: &str = "degrees from -90 to 90, such as 48.85";
    const LONGITUDE: &str = "degrees from -180 to 180, such as 48.85";
    const ZONE: &str = "an IANA time zone, such as Europe/Paris";
    const TAGS: &str = "1 to 20 different language tags separated by ;, such as fr;pt-BR";
    let slashes = "names of regions separated by /, none of them empty";
    let (deep, long, tags) = ("x/".repeat(32) + "x", "é".repeat(201), format!("fr{}", ";en".repeat(20)));
    let code = "x".repeat(65);
    let table: &[(usize, &str, &str, &str)] = &[
        (0, "/France", "region", slashes),
        (0, "Europe//France", "region", slashes),
        (0, "Europe/ ", "region", slashes),
        (0, &deep, "region", "regions nest at most 32 deep"),
        (0, &long, "region", "has 201 characters; at most 200"),
        (0, "Eu\trope", "region", PLAIN),
        (1, "", "branch", MISSING),
        (1, &code, "branch", "has 65 characters; at most 64"),
        (1, "a\0b", "branch", PLAIN),
        (2, "  ", "name", MISSING),
        (2, &long, "name", "has 201 characters; at most 200"),
        (3, "", "address", MISSING),
        (3, "\"1 rue X\n75001 Paris\"", "address", PLAIN),
        (4, "", "latitude", MISSING),
        (4, "90.01", "latitude", LATITUDE),
        (4, "NaN", "latitude", LATITUDE),
        (4, "inf", "latitude", LATITUDE),
        (4, "48°51", "latitude", LATITUDE),
        (4, "\"48,8,5\"", "latitude", LATITUDE),
        (4, "\"4,8.5\"", "latitude", LATITUDE),
        (5, "", "longitude", MISSING),
        (5, "-180.1", "longitude", LONGITUDE),
        (5, "2.35E", "longitude", LONGITUDE),
        (6, "", "time_zone", ZONE),
        (6, "CEST", "time_zone", ZONE),
        (6, "europe/paris", "time_zone", ZONE),
        (7, "", "languages", TAGS),
        (7, "fr;", "languages", TAGS),
        (7, "fr;fr", "languages", TAGS),
        (7, "french", "languages", TAGS),
        (7, &tags, "languages", TAGS),
    ];
    for (at, cell, column, message) in table {
        let mut cells = ["Europe", "FR-1", "Lumen", "1 rue X", "48", "2", "Europe/Paris", "fr"];
        cells[*at] = cell;
        let found = one_mistake(
            format!("{HEADER}\n{GOOD}\n{}", cells.join(",")).replace("FR-1,Lumen M", "FR-0,Lumen M"),
        );
        assert_eq!(found, (format!("/lines/3/{column}"), (*message).to_owned()), "{cell:?}");
    }
}

#[test]
fn all_mistakes_of_a_line_are_named_at_once() {
    let found = mistakes(format!("{HEADER}\n,,,,x,y,,\n{GOOD}\n//,,,,,,,x"));
    let pointers: Vec<_> = found.iter().map(|(pointer, _)| pointer.trim_start_matches("/lines/")).collect();
    let on =
        |line: u8, columns: &[&str]| columns.iter().map(|one| format!("{line}/{one}")).collect::<Vec<_>>();
    let wanted = [on(2, &COLUMNS[1..]), on(4, &COLUMNS)].concat();
    assert_eq!(pointers, wanted);
}

#[test]
fn what_the_header_lacks_is_named() {
    let known = "the columns are region, branch, name, address, latitude, longitude, time_zone, languages";
    let at = |pointer: &str, message: &str| (format!("/lines/{pointer}"), message.to_owned());
    let empty =
        format!("the file is empty: it needs {}", known.replacen("the columns are", "the columns", 1));
    assert_eq!(one_mistake(""), at("1", &empty));
    assert_eq!(one_mistake("\n\n,,\n"), at("1", &empty));
    let unknown = format!("there is no such column; {known}");
    assert_eq!(one_mistake(format!("{HEADER},colour/hue")), at("1/colour~1hue", &unknown));
    assert_eq!(one_mistake(format!("\n{HEADER},,x")), at("2/x", &unknown));
    assert_eq!(one_mistake(format!("{HEADER},{}", "x".repeat(99))).0, format!("/lines/1/{}", "x".repeat(40)));
    assert_eq!(one_mistake(format!("{HEADER},branch")), at("1/branch", "this column is there twice"));
    let renamed = HEADER.replace("time_zone", "timezone");
    let wanted = [at("1/timezone", &unknown), at("1/time_zone", "this column is missing")];
    assert_eq!(mistakes(renamed), wanted);
    let bars = mistakes(HEADER.replace(',', "|"));
    assert_eq!((bars.len(), &bars[0].1), (9, &unknown));
}

/// As spreadsheet programs write it in different countries.
#[test]
fn columns_are_separated_by_commas_semicolons_or_tabs() {
    let usual = parse(format!("{HEADER}\n{GOOD}\n").as_bytes()).unwrap();
    let written = |separator: &str, comma: &str| {
        let good = GOOD.replace("\"42 rue de Rivoli, Paris\"", "STREET").replace("fr;en", "LANGUAGES");
        let good = good.replace(',', separator).replace("48.8564", &format!("48{comma}8564"));
        let good = good.replace("STREET", "\"42 rue de Rivoli, Paris\"").replace("LANGUAGES", "\"fr;en\"");
        format!("{}\r\n{good}\r\n", HEADER.replace(',', separator))
    };
    for file in [
        written(";", ","),
        written(";", "."),
        written("\t", ","),
        format!("\u{feff}{}", written(";", ",")),
        written(";", ",").replace("\"fr;en\"", "fr,en"),
        // A column without a name and values, at the end, of some lines or of all.
        format!("{HEADER},\n{GOOD}\n"),
        format!("{HEADER},,,\n{GOOD},\n"),
        format!("{HEADER}\n{GOOD},,\n"),
    ] {
        assert_eq!(parse(file.as_bytes()).unwrap(), usual, "{file}");
    }
    let named = parse(format!("sep=;\r\n{}", written(";", ",")).as_bytes()).unwrap();
    assert_eq!((named.len(), named[0].number), (1, 3));
    let quoted = HEADER.split(',').map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(";");
    assert_eq!(
        parse(written(";", ",").replace(&HEADER.replace(',', ";"), &quoted).as_bytes()).unwrap(),
        usual
    );
    let middle = |value: &str| {
        format!("{}\n{}\n", HEADER.replacen(',', ",,", 1), GOOD.replacen(',', &format!(",{value},"), 1))
    };
    assert_eq!(parse(middle("").as_bytes()).unwrap(), usual);
    assert_eq!(one_mistake(middle("x")).1, "has a value in a column that has no name");
    let message = "has 10 values; the header names 8 columns";
    assert_eq!(one_mistake(format!("{HEADER},\n{GOOD},,x")), ("/lines/2".to_owned(), message.to_owned()));
}

#[test]
fn what_looks_the_same_is_the_same() {
    let file = include_bytes!("../../../../tests/cases/places/places-region-nfc-and-nfd.csv");
    let lines = parse(file).unwrap();
    assert_eq!((lines.len(), &lines[0].region), (2, &lines[1].region));
    let codes = format!("{HEADER}\n{}\n{}", GOOD.replace("FR-1", "\u{ce}"), GOOD.replace("FR-1", "I\u{302}"));
    assert_eq!(one_mistake(codes).0, "/lines/3/branch");
}

#[test]
fn lines_have_the_numbers_that_an_editor_shows() {
    let bad = GOOD.replace("48.8564", "x").replace("FR-1", "FR-2");
    for (before, number) in [("", 3), ("\n", 4), ("\r\n\r\n", 5), (",,,,,,,\n \n", 5), ("\r\r", 5)] {
        let found = one_mistake(format!("{HEADER}\n{GOOD}\r\n{before}{bad}\n"));
        assert_eq!(found.0, format!("/lines/{number}/latitude"), "{before:?}");
    }
    let broken = GOOD.replace("42 rue", "42\nrue");
    let found = mistakes(format!("{HEADER}\n{broken}\n{bad}"));
    assert_eq!([&found[0].0, &found[1].0], ["/lines/2/address", "/lines/4/latitude"]);
    let old = format!("{HEADER}\r{GOOD}\r{bad}\r");
    assert_eq!(one_mistake(old).0, "/lines/3/latitude");
    let latin = [HEADER.as_bytes(), b"\n", GOOD.as_bytes(), b"\n\xce le-de-France"].concat();
    assert_eq!(
        one_mistake(latin),
        ("/lines/3".to_owned(), "this is not UTF-8: save the file as CSV UTF-8".to_owned())
    );
}

#[test]
fn a_line_of_another_width_is_named() {
    let short = GOOD.rsplit_once(',').unwrap().0;
    let message = |n| format!("has {n} values; the header names 8 columns");
    assert_eq!(one_mistake(format!("{HEADER}\n{short}")), ("/lines/2".to_owned(), message(7)));
    assert_eq!(one_mistake(format!("{HEADER}\n{GOOD},x")), ("/lines/2".to_owned(), message(9)));
}

#[test]
fn a_code_is_taken_once() {
    let found = one_mistake(format!("{HEADER}\n{GOOD}\n\n{GOOD}"));
    assert_eq!(found, ("/lines/4/branch".to_owned(), "line 2 has this code already".to_owned()));
}

#[test]
fn there_are_limits() {
    let lines = |n: usize| {
        (0..n).fold(format!("{HEADER}\n"), |file, i| file + &GOOD.replace("FR-1", &format!("{i}")) + "\n")
    };
    assert_eq!(parse(lines(MOST_BRANCHES).as_bytes()).unwrap().len(), MOST_BRANCHES);
    let found = one_mistake(lines(MOST_BRANCHES + 2));
    assert_eq!(found, ("/lines/20002".to_owned(), "a file has at most 20000 branches: split it".to_owned()));
    let error = parse(lines(1_500).replace("48.8564", "x").as_bytes()).unwrap_err();
    let problem = error.particulars();
    assert_eq!((problem.fields.len(), &*problem.fields[999].pointer), (1_000, "/lines/1001/latitude"));
    assert_eq!(
        problem.detail.as_deref(),
        Some("Nothing was imported: there are 1500 mistakes. The first 1000 are listed.")
    );
    assert_eq!(parse(&vec![b'\n'; LARGEST + 1]).unwrap_err().code(), Code::BodyTooLarge);
}

/// Cells of every column, good and bad.
const CELLS: [[&str; 3]; 8] = [
    ["Europe/France", "", "a//b"],
    ["FR-1", "FR-2", ""],
    ["Lumen", "Büro, \"West\"", "\n"],
    ["1 rue X", "бул. „Витоша“ 48", "\0"],
    ["48.8", "-90", "91"],
    ["2.3", "180", "x"],
    ["Europe/Paris", "UTC", "Paris"],
    ["fr", "bg;en", "bulgarian"],
];

fn file(order: &[usize], lines: &[[usize; 8]]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(order.iter().map(|&column| COLUMNS[column])).unwrap();
    for line in lines {
        writer.write_record(order.iter().map(|&column| CELLS[column][line[column]])).unwrap();
    }
    writer.into_inner().unwrap()
}

fn outcome(csv: &[u8]) -> Result<Vec<BranchLine>, Vec<FieldError>> {
    parse(csv).map_err(|error| error.particulars().fields.to_vec())
}

proptest! {
    #[test]
    fn the_order_of_the_columns_does_not_matter(
        order in Just((0..8).collect::<Vec<_>>()).prop_shuffle(),
        lines in prop::collection::vec(prop::array::uniform8(0_usize..3), 0..6),
    ) {
        let usual: Vec<_> = (0..8).collect();
        prop_assert_eq!(outcome(&file(&order, &lines)), outcome(&file(&usual, &lines)));
    }

    #[test]
    fn any_bytes_give_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..200), cut in any::<Index>()) {
        let _ = parse(&bytes);
        let mut file = format!("{HEADER}\n{GOOD}\n").into_bytes();
        let at = cut.index(file.len());
        file.splice(at..at, bytes);
        let _ = parse(&file);
    }
}
