#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::{prelude::*, sample::Index};

use super::*;
use crate::{
    error::{Code, FieldError},
    places::{findings::ImportNote, table::LARGEST},
    texts::Language,
};

const HEADER: &str = "region,branch,name,address,latitude,longitude,time_zone,languages";
const GOOD: &str =
    "Europe/France,FR-1,Lumen Marais,\"42 rue de Rivoli, Paris\",48.8564,2.3546,Europe/Paris,fr;en";

/// What a file says, or all that is wrong with it.
fn read_alone(file: &TableFile) -> Result<Vec<BranchLine>> {
    read(file, &mut Findings::new(file.language))
}

fn parse(csv: &[u8]) -> Result<Vec<BranchLine>> {
    read_alone(&TableFile::plain(csv, Language::English))
}

/// The notes on a file that is taken, for a reader of this language.
fn notes(csv: impl AsRef<[u8]>, language: Language) -> Vec<ImportNote> {
    let mut findings = Findings::new(language);
    read(&TableFile::plain(csv.as_ref(), language), &mut findings).expect("it should be taken");
    findings.into_notes()
}

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
        position: Some(Position { latitude: 48.8564, longitude: 2.3546 }),
        time_zone: Some("Europe/Paris".to_owned()),
        languages: Some(vec!["fr".to_owned(), "en".to_owned()]),
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
    const HALF: &str = "a position has a latitude and a longitude, or neither";
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
        (4, "", "longitude", HALF),
        (4, "90.01", "latitude", LATITUDE),
        (4, "NaN", "latitude", LATITUDE),
        (4, "inf", "latitude", LATITUDE),
        (4, "48°51", "latitude", LATITUDE),
        (4, "\"48,8,5\"", "latitude", LATITUDE),
        (4, "\"4,8.5\"", "latitude", LATITUDE),
        (5, "", "longitude", HALF),
        (5, "-180.1", "longitude", LONGITUDE),
        (5, "2.35E", "longitude", LONGITUDE),
        (6, "CEST", "time_zone", ZONE),
        (6, "europe/paris", "time_zone", ZONE),
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
    let wanted =
        [on(2, &COLUMNS[1..6]), on(4, &["region", "branch", "name", "address", "languages"])].concat();
    assert_eq!(pointers, wanted);
}

#[test]
fn what_the_header_lacks_is_named() {
    let needed = "the file needs the columns region, branch, name, address";
    let at = |pointer: &str, message: &str| (format!("/lines/{pointer}"), message.to_owned());
    let empty = "the file is empty: it needs the columns region, branch, name, address";
    assert_eq!(one_mistake(""), at("1", empty));
    assert_eq!(one_mistake("\n\n,,\n"), at("1", empty));
    assert_eq!(one_mistake(format!("{HEADER},branch")), at("1/branch", "this column is there twice"));
    let missing = format!("this column is missing; {needed}");
    assert_eq!(one_mistake(HEADER.replace(",name", ",title")), at("1/name", &missing));
    assert_eq!(mistakes(HEADER.replace(',', "|")).len(), 4);
}

#[test]
fn columns_are_known_however_they_are_written() {
    let usual = parse(format!("{HEADER}\n{GOOD}\n").as_bytes()).unwrap();
    for header in [
        HEADER.to_uppercase(),
        HEADER.replace("time_zone", "Time zone").replace("branch", " Branch "),
        HEADER.replace("time_zone", "timezone"),
        HEADER.replace("name", "na\u{200b}me"),
    ] {
        assert_eq!(parse(format!("{header}\n{GOOD}\n").as_bytes()).unwrap(), usual, "{header}");
    }
}

#[test]
fn other_columns_are_left_out_with_a_note() {
    let usual = parse(format!("{HEADER}\n{GOOD}\n").as_bytes()).unwrap();
    let file = format!("Colour/hue,{HEADER},{}\nred,{GOOD},x\n", "y".repeat(99));
    assert_eq!(parse(file.as_bytes()).unwrap(), usual);
    let found = notes(&file, Language::English);
    let places: Vec<_> = found.iter().map(|note| (note.pointer.as_str(), note.code)).collect();
    let long = format!("/lines/1/{}", "y".repeat(40));
    assert_eq!(places, [("/lines/1/Colour~1hue", "left_out"), (long.as_str(), "left_out")]);
    assert_eq!(found[0].message, "The column “Colour/hue” is none of ours: it is left out.");
    let french = notes(&file, Language::French);
    assert_eq!(
        french[0].message,
        "La colonne « Colour/hue » n’est pas des nôtres : elle est laissée de côté."
    );
    // Spreadsheet programs drop empty cells at the end of a line.
    let short = format!("{HEADER},phone,fax\n{GOOD}\n");
    assert_eq!(parse(short.as_bytes()).unwrap(), usual);
}

#[test]
fn what_has_a_default_may_be_missing() {
    let line = |header: &str, good: &str| parse(format!("{header}\n{good}\n").as_bytes()).unwrap().remove(0);
    let bare = line("region,branch,name,address", "Europe,FR-1,Lumen,1 rue X");
    assert_eq!((bare.position, bare.time_zone, bare.languages), (None, None, None));
    let empty = line(HEADER, "Europe,FR-1,Lumen,1 rue X,,,,");
    assert_eq!((empty.position, empty.time_zone, empty.languages), (None, None, None));
    let half = one_mistake("region,branch,name,address,longitude\nEurope,FR-1,Lumen,1 rue X,2");
    assert_eq!(half.0, "/lines/2/longitude");
}

/// Excel's and others' encodings: by their mark, by declaration, or by sight with a note.
#[test]
fn files_are_read_in_the_encoding_that_they_have() {
    use encoding_rs::{UTF_8, WINDOWS_1251, WINDOWS_1252, WINDOWS_1254};
    let cyrillic =
        format!("{HEADER}\nЕвропа/България,СФ-1,София център,бул. „Витоша“ 48,42.69,23.32,Europe/Sofia,bg\n");
    let turkish = format!(
        "{HEADER}\nTürkiye/Iğdır,İST-1,Şişli Çarşı,Büyükdere Cad. 5,41.06,28.98,Europe/Istanbul,tr\n"
    );
    let french =
        format!("{HEADER}\nÎle-de-France,FR-1,Café Éléonore,12 allée des Chênes,48.8,2.3,Europe/Paris,fr\n");
    let wide =
        |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<_>>();
    for (text, encoding, language) in [
        (&cyrillic, WINDOWS_1251, Language::Bulgarian),
        (&cyrillic, WINDOWS_1251, Language::English),
        (&turkish, WINDOWS_1254, Language::Turkish),
        (&french, WINDOWS_1252, Language::French),
    ] {
        let usual = parse(text.as_bytes()).unwrap();
        let bytes = encoding.encode(text).0.into_owned();
        let by_sight = TableFile { bytes: bytes.clone(), charset: Some(UTF_8), language };
        let mut findings = Findings::new(language);
        assert_eq!(read(&by_sight, &mut findings).unwrap(), usual, "{}", encoding.name());
        let note = findings.into_notes().remove(0);
        assert_eq!((note.pointer.as_str(), note.code), ("/lines/1", "encoding"));
        let word = usual[0].region[0].split('/').next().unwrap();
        assert!(note.message.contains(encoding.name()) && note.message.contains(word), "{}", note.message);
        let declared = TableFile { bytes, charset: Some(encoding), language: Language::English };
        let mut findings = Findings::new(Language::English);
        assert_eq!(read(&declared, &mut findings).unwrap(), usual, "{}", encoding.name());
        assert_eq!(findings.into_notes(), [], "what was declared needs no note");

        let marked = format!("\u{feff}{text}").replace(',', "\t");
        for (file, has_note) in [
            (wide(&marked, u16::to_le_bytes), false),
            (wide(&marked, u16::to_be_bytes), false),
            (wide(text, u16::to_le_bytes), true),
            (wide(text, u16::to_be_bytes), true),
        ] {
            assert_eq!(parse(&file).unwrap(), usual);
            assert_eq!(!notes(&file, language).is_empty(), has_note);
        }
    }
}

#[test]
fn a_damaged_file_is_read_in_no_other_encoding() {
    let good = format!("{HEADER}\nЕвропа,СФ-1,София,бул. Витоша,42.69,23.32,Europe/Sofia,bg\n");
    let damaged = [good.as_bytes(), b"\xce x,"].concat();
    let message = "this is no text in UTF-8: save the file as CSV UTF-8";
    assert_eq!(one_mistake(damaged), ("/lines/3".to_owned(), message.to_owned()));
    let mut wide: Vec<u8> = format!("\u{feff}{HEADER}\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
    wide.extend([0, 0xd8, b'x', 0]);
    assert_eq!(one_mistake(wide).0, "/lines/2");
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
    for (separator, line) in [(";", "sep=;"), ("|", "\"sep=|\""), ("\t", "SEP=\t")] {
        let named = parse(format!("{line}\r\n{}", written(separator, ",")).as_bytes()).unwrap();
        assert_eq!((named.len(), named[0].number), (1, 3), "{line}");
    }
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
    let unseen = format!(
        "{HEADER}\n{}",
        GOOD.replace("FR-1", "F\u{200b}R\u{ad}-1\u{feff}").replace("France", "Fra\u{200e}nce")
    );
    assert_eq!(parse(unseen.as_bytes()).unwrap(), parse(format!("{HEADER}\n{GOOD}").as_bytes()).unwrap());
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
