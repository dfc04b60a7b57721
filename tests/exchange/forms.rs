//! The forms in `tests/xlsforms`, with what is expected of importing each; the README there says how to read both.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde_json::{Value, json};

/// One form.
pub struct Form {
    pub name: String,
    sheets: Vec<(String, Vec<Vec<String>>)>,
    expected: Value,
}

/// All of them.
pub fn all() -> Vec<Form> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/xlsforms");
    let mut forms = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let Some(name) = name.strip_suffix(".expected.json") else { continue };
        let tables = fs::read_to_string(folder.join(format!("{name}.md"))).unwrap();
        let expected = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        forms.push(Form { name: name.to_owned(), sheets: sheets(&tables), expected });
    }
    assert_eq!(forms.len(), 10);
    forms
}

fn sheets(tables: &str) -> Vec<(String, Vec<Vec<String>>)> {
    let mut sheets: Vec<(String, Vec<Vec<String>>)> = Vec::new();
    for line in tables.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<String> =
            line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
        match cells.split_first() {
            Some((first, _)) if !first.is_empty() => sheets.push((first.clone(), Vec::new())),
            Some((_, rest)) => sheets.last_mut().unwrap().1.push(rest.to_vec()),
            None => {}
        }
    }
    sheets
}

impl Form {
    /// The form as a workbook of texts.
    pub fn workbook(&self) -> Vec<u8> {
        let mut book = rust_xlsxwriter::Workbook::new();
        for (name, rows) in &self.sheets {
            let sheet = book.add_worksheet().set_name(name).unwrap();
            for (row, cells) in (0..).zip(rows) {
                for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                    sheet.write_string(row, column, cell).unwrap();
                }
            }
        }
        book.save_to_buffer().unwrap()
    }

    /// What came of it and was not expected.
    pub fn differences(&self, status: u16, answer: &Value) -> Vec<String> {
        let differences = match self.expected["outcome"].as_str().unwrap() {
            "refused" => self.refused(status, answer),
            _ => self.imported(status, answer),
        };
        differences.into_iter().map(|difference| format!("{}: {difference}", self.name)).collect()
    }

    /// A cell by the name of its column.
    fn place(&self, about: &Value, row: u64) -> String {
        let sheet = about["sheet"].as_str().unwrap();
        let rows = &self.sheets.iter().find(|(name, _)| name == sheet).unwrap().1;
        let column = rows[0].iter().position(|name| name == about["column"].as_str().unwrap()).unwrap();
        format!("{sheet}!{}{row}", char::from(b'A' + u8::try_from(column).unwrap()))
    }

    fn refused(&self, status: u16, answer: &Value) -> Vec<String> {
        if status != 422 {
            return vec![format!("is to be refused, but: {status} {answer}")];
        }
        let found: BTreeSet<String> = pointers(&answer["errors"], "pointer");
        let mut wanted = BTreeSet::new();
        let mut allowed = BTreeSet::new();
        for error in self.expected["errors"].as_array().unwrap() {
            let place = self.place(error, error["row"].as_u64().unwrap());
            if error["or_note"] != json!(true) {
                wanted.insert(place.clone());
            }
            allowed.insert(place);
        }
        let missing = wanted.difference(&found).map(|place| format!("{place} is not refused"));
        let more = found.difference(&allowed).map(|place| {
            let errors = answer["errors"].as_array().unwrap();
            let why = errors.iter().find(|error| error["pointer"] == json!(place)).unwrap();
            format!("{place} is refused: {why}")
        });
        missing.chain(more).collect()
    }

    fn imported(&self, status: u16, answer: &Value) -> Vec<String> {
        if status != 201 {
            return vec![format!("is to be imported, but: {status} {answer}")];
        }
        let mut check = Check { content: &answer["content"], expected: &self.expected, wrong: Vec::new() };
        check.whole();
        check.sections();
        check.questions();
        let mut wrong = check.wrong;
        let found = pointers(&answer["notes"], "at");
        for note in self.expected["notes"].as_array().into_iter().flatten() {
            let places = [note["row"].as_u64().unwrap(), 1].map(|row| self.place(note, row));
            if !places.iter().any(|place| found.contains(place)) {
                wrong.push(format!("{} has no note: {}", places[0], note["about"]));
            }
        }
        wrong
    }
}

fn pointers(list: &Value, member: &str) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().map(|one| one[member].as_str().unwrap().to_owned()).collect()
}

struct Check<'c> {
    content: &'c Value,
    expected: &'c Value,
    wrong: Vec<String>,
}

impl Check<'_> {
    fn equal(&mut self, what: &str, found: &Value, wanted: &Value) {
        if found != wanted {
            self.wrong.push(format!("{what} is {found}, not {wanted}"));
        }
    }

    fn whole(&mut self) {
        if let Some(title) = self.expected.get("title") {
            let titles = self.content["title"].as_object().unwrap();
            if !titles.values().any(|text| text == title) {
                self.wrong.push(format!("the title is {titles:?}"));
            }
        }
        if let Some(languages) = self.expected.get("languages") {
            self.equal("languages", &sorted(&self.content["languages"]), &sorted(languages));
        }
    }

    fn sections(&mut self) {
        let sections = self.content["sections"].as_array().unwrap();
        if let Some(count) = self.expected.get("sections") {
            self.equal("the number of sections", &json!(sections.len()), count);
        }
        for (section, key) in
            sections.iter().zip(self.expected["section_keys"].as_array().into_iter().flatten())
        {
            if !key.is_null() {
                self.equal("a section's key", &section["key"], key);
            }
        }
        for section in sections {
            let key = section["key"].as_str().unwrap();
            let wanted = self.rule(&self.expected["section_rules"][key]);
            let found = self.rule(&section["show_when"]);
            self.equal(&format!("the rule of section {key}"), &found, &wanted);
            if let Some(weight) = self.expected["section_weights"].get(key) {
                let found = section.get("weight").cloned().unwrap_or(json!(1));
                self.equal(&format!("the weight of section {key}"), &found, weight);
            }
        }
    }

    fn questions(&mut self) {
        let headings: Vec<&Value> = self.expected["headings"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|heading| &heading["key"])
            .collect();
        let mut found = Vec::new();
        for section in self.content["sections"].as_array().unwrap() {
            for question in section["questions"].as_array().unwrap() {
                if !(question["answer"]["kind"] == json!("note") && headings.contains(&&question["key"])) {
                    found.push((section["key"].clone(), question.clone()));
                }
            }
        }
        let wanted = self.expected["questions"].as_array().unwrap();
        self.equal("the number of questions", &json!(found.len()), &json!(wanted.len()));
        for ((section, found), wanted) in found.iter().zip(wanted) {
            self.question(section, found, wanted);
        }
    }

    fn question(&mut self, section: &Value, found: &Value, wanted: &Value) {
        let key = wanted["key"].as_str().unwrap();
        let of = |what: &str| format!("{what} of {key}");
        self.equal(&of("the key"), &found["key"], &wanted["key"]);
        if !wanted["section"].is_null() {
            self.equal(&of("the section"), section, &wanted["section"]);
        }
        let kind = &found["answer"]["kind"];
        if wanted.get("kind_or") != Some(kind) {
            self.equal(&of("the kind"), kind, &wanted["kind"]);
        }
        if let Some(required) = wanted.get("required") {
            self.equal(&of("required"), &found["required"], required);
        }
        let languages = languages(&found["text"]);
        self.equal(&of("the languages"), &languages, &sorted(&wanted["languages"]));
        for text in found["answer"]["options"].as_array().into_iter().flatten().map(|option| &option["text"])
        {
            self.equal(&of("the languages of options"), &self::languages(text), &languages);
        }
        let (rule, wanted_rule) = (self.rule(&found["show_when"]), self.rule(&wanted["show_when"]));
        self.equal(&of("the rule"), &rule, &wanted_rule);
        self.limits(&of, &found["answer"], &wanted["limits"]);
        match &wanted["options"] {
            Value::Number(count) => {
                let options = found["answer"]["options"].as_array().map_or(0, Vec::len);
                self.equal(&of("the number of options"), &json!(options), &json!(count));
            }
            Value::Array(keys) if *kind != json!("yes_no") => {
                let options: Value = found["answer"]["options"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|option| option["key"].clone())
                    .collect();
                self.equal(&of("the options"), &options, &json!(keys));
            }
            _ => {}
        }
        if wanted["help"] == json!(true) {
            self.equal(&of("the languages of help"), &self::languages(&found["help"]), &languages);
        }
        for member in ["weight", "standard", "dimension", "critical"] {
            if let Some(wanted) = wanted.get(member) {
                self.equal(&of(member), &found[member], wanted);
            }
        }
        for (option, points) in wanted["points"].as_object().into_iter().flatten() {
            let options = found["answer"]["options"].as_array().into_iter().flatten();
            let found = options.clone().find(|one| one["key"] == json!(option)).map(|one| &one["points"]);
            self.equal(&of("points"), &json!(found), points);
        }
    }

    fn limits(&mut self, of: &dyn Fn(&str) -> String, answer: &Value, wanted: &Value) {
        let decimals = answer["decimals"].as_u64().unwrap_or(0);
        let usual = BTreeMap::from([
            ("max_length", vec![json!(2000)]),
            ("at_least", vec![json!(1)]),
            ("at_most", vec![json!(5), json!(1)]),
        ]);
        let members = [
            "minimum",
            "maximum",
            "min_length",
            "max_length",
            "at_least",
            "at_most",
            "earliest",
            "latest",
            "pattern",
        ];
        for member in members {
            let found = &answer[member];
            match wanted.get(member) {
                Some(wanted) => self.equal(&of(member), found, &in_steps(wanted, decimals, member)),
                None if found.is_null() || usual.get(member).is_some_and(|usual| usual.contains(found)) => {}
                None => self.wrong.push(format!("{} is {found}", of(member))),
            }
        }
        for member in ["from", "to", "ask"] {
            if let Some(wanted) = wanted.get(member) {
                self.equal(&of(member), &answer[member], wanted);
            }
        }
    }

    /// A rule in the one form in which rules are compared.
    fn rule(&self, rule: &Value) -> Value {
        let Some((operator, operand)) = rule.as_object().and_then(|rule| rule.iter().next()) else {
            return rule.clone();
        };
        let list = operand.as_array().cloned().unwrap_or_else(|| vec![operand.clone()]);
        match operator.as_str() {
            "and" | "or" => {
                let mut parts = Vec::new();
                for part in list.iter().map(|part| self.rule(part)) {
                    match part.get(operator).and_then(Value::as_array) {
                        Some(inner) => parts.extend(inner.clone()),
                        None => parts.push(part),
                    }
                }
                json!({ operator: parts })
            }
            "!" => json!({"!": [self.rule(&list[0])]}),
            "some" => json!({"in": [list[1]["==="][1], list[0]]}),
            "===" | "!==" | "<" | "<=" | ">" | ">=" => {
                let Some(key) = list[0]["var"].as_str() else { return rule.clone() };
                let kind = self.kind(key);
                let value = match (&list[1], kind["kind"].as_str().unwrap_or_default()) {
                    (Value::String(word), "yes_no") => json!(word == "yes"),
                    (value, "number") => in_steps(value, kind["decimals"].as_u64().unwrap_or(0), "minimum"),
                    (value, _) => value.clone(),
                };
                if operator == "===" && value == json!(true) {
                    list[0].clone()
                } else {
                    json!({ operator: [list[0], value] })
                }
            }
            _ => rule.clone(),
        }
    }

    fn kind(&self, key: &str) -> Value {
        let sections = self.content["sections"].as_array().unwrap();
        let mut questions = sections.iter().flat_map(|section| section["questions"].as_array().unwrap());
        questions.find(|question| question["key"] == json!(key)).map_or(Value::Null, |q| q["answer"].clone())
    }
}

/// `"4.5"` as 45, where there is one decimal.
fn in_steps(value: &Value, decimals: u64, member: &str) -> Value {
    match value {
        Value::String(number) if ["minimum", "maximum"].contains(&member) => {
            let steps = number.parse::<f64>().unwrap() * 10_f64.powi(i32::try_from(decimals).unwrap());
            json!(steps.round() as i64)
        }
        other => other.clone(),
    }
}

fn sorted(list: &Value) -> Value {
    let mut list = list.as_array().cloned().unwrap_or_default();
    list.sort_by_key(Value::to_string);
    json!(list)
}

fn languages(text: &Value) -> Value {
    sorted(
        &text
            .as_object()
            .map(|text| text.keys().cloned().collect::<Vec<_>>())
            .into_iter()
            .flatten()
            .collect(),
    )
}
