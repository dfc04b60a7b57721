use proptest::prelude::*;

use super::*;
use crate::texts::Language;

const HEADER: &str = "branch_code,code,name,email,active\n";

fn parse(csv: &[u8]) -> Result<Vec<EmployeeLine>> {
    read(&TableFile::plain(csv, Language::English), &mut Findings::new(Language::English))
}

fn mistakes(lines: &str) -> Vec<(String, String)> {
    let Err(error) = parse((HEADER.to_owned() + lines).as_bytes()) else { return Vec::new() };
    error.particulars().fields.iter().map(|one| (one.pointer.clone(), one.message.clone())).collect()
}

#[test]
fn a_line_is_read_as_it_is_meant() {
    let csv =
        "active,email,name,code,branch_code\r\nYes,ayse@example.org, Ayşe Yılmaz ,7,N-1\r\n0,,Ana,8,N-2\n";
    let line = |number, branch: &str, code: &str, name: &str, email: Option<&str>, active| EmployeeLine {
        number,
        branch: branch.to_owned(),
        details: EmployeeDetails {
            code: code.to_owned(),
            name: name.to_owned(),
            email: email.map(str::to_owned),
            account_id: None,
            active,
        },
    };
    assert_eq!(
        parse(csv.as_bytes()).unwrap_or_default(),
        [
            line(2, "N-1", "7", "Ayşe Yılmaz", Some("ayse@example.org"), true),
            line(3, "N-2", "8", "Ana", None, false),
        ]
    );
}

#[test]
fn every_bad_cell_is_named_with_its_reason() {
    const MISSING: &str = "this is missing";
    const ADDRESS: &str = "an e-mail address, or nothing";
    let (long, longer) = ("x".repeat(65), "é".repeat(201));
    let far = format!("{}@example.org", "x".repeat(243));
    for (at, cell, column, message) in [
        (0, "", "branch_code", MISSING),
        (0, long.as_str(), "branch_code", "has 65 characters; at most 64"),
        (1, "", "code", MISSING),
        (1, &long, "code", "has 65 characters; at most 64"),
        (1, "1", "code", "line 2 has this code already"),
        (2, "", "name", MISSING),
        (2, &longer, "name", "has 201 characters; at most 200"),
        (3, "ana", "email", ADDRESS),
        (3, "ana @example.org", "email", ADDRESS),
        (3, &far, "email", "has 255 characters; at most 254"),
        (4, "", "active", MISSING),
        (4, "perhaps", "active", "yes or no"),
    ] {
        let mut cells = ["N-1", "2", "Ana", "ana@example.org", "yes"];
        cells[at] = cell;
        let found = mistakes(&format!("N-1,1,Ana,,no\n{}\n", cells.join(",")));
        assert_eq!(found, [(format!("/lines/3/{column}"), message.to_owned())], "{cell}");
    }
}

#[test]
fn yes_and_no_are_said_in_each_language() {
    let active = |word: &str| {
        parse(format!("{HEADER}N-1,1,Ana,,{word}\n").as_bytes()).ok().map(|lines| lines[0].details.active)
    };
    for word in [
        "yes",
        "OUI",
        "vrai",
        "Да",
        "ИСТИНА",
        "Evet",
        "DOĞRU",
        "ja",
        "WAHR",
        "Sí",
        "verdadero",
        "sì",
        "VERO",
        "True",
        "1",
    ] {
        assert_eq!(active(word), Some(true), "{word}");
    }
    for word in [
        "no", "Non", "FAUX", "нет", "ЛОЖЬ", "Не", "ЛЪЖА", "HAYIR", "hayır", "yanlış", "Nein", "FALSCH",
        "falso", "false", "0",
    ] {
        assert_eq!(active(word), Some(false), "{word}");
    }
    for word in ["perhaps", "нада", "2", "-", "yes no"] {
        assert_eq!(active(word), None, "{word}");
    }
}

proptest! {
    #[test]
    fn any_bytes_give_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes);
        let _ = parse(&[HEADER.as_bytes(), &bytes].concat());
    }
}
