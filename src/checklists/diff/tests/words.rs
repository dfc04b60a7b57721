//! The sentences in which changes are told.

use super::*;

/// The sentences about what another value at each of these places changes.
fn sentences(changes: &[(&str, Value)]) -> Vec<String> {
    let mut after = full();
    for (at, value) in changes {
        let (parent, name) = at.rsplit_once('/').unwrap();
        match after.pointer_mut(parent).unwrap() {
            Value::Object(members) if value.is_null() => drop(members.remove(name)),
            Value::Object(members) => drop(members.insert(name.to_owned(), value.clone())),
            Value::Array(items) => items[name.parse::<usize>().unwrap()] = value.clone(),
            _ => panic!("nothing at {at}"),
        }
    }
    diff(Some(&read(&full())), &read(&after)).changes.into_iter().map(|change| change.words).collect()
}

#[test]
fn changes_are_told_in_the_words_of_a_designer() {
    let (first, table) = ("/sections/0/questions/0", "/sections/1/questions");
    let number = format!("{table}/1/answer");
    let rows = [
        (
            "/title/fr".to_owned(),
            json!("Accueil"),
            "The title of the checklist in 'fr' went from 'Service (fr)' to 'Accueil'.",
        ),
        ("/sections/0/weight".to_owned(), json!(3), "The weight of section 'Arrival' went from 2 to 3."),
        (
            "/sections/1/show_when".to_owned(),
            Value::Null,
            "Section 'At the table' was shown when 'Were you greeted?' is 'yes' and is now always shown.",
        ),
        (
            format!("{first}/weight"),
            json!(10),
            "In section 'Arrival', the weight of 'How did you pay?' went from 5 to 10.",
        ),
        (
            format!("{first}/required"),
            json!(true),
            "In section 'Arrival', an answer to 'How did you pay?' was optional and is now required.",
        ),
        (
            format!("{first}/critical"),
            json!({"effect": "visit_zero"}),
            "In section 'Arrival', 'How did you pay?' was critical: earning nothing holds the visit at 95.00 % at most and is now critical: earning nothing sets the visit to zero.",
        ),
        (
            format!("{first}/control"),
            Value::Null,
            "In section 'Arrival', 'How did you pay?' was a control question, right if it is not so that 'Were you greeted?' is 'yes' and is now no control question.",
        ),
        (
            "/shortest_comment".to_owned(),
            json!(20),
            "The shortest comment of the checklist went from any length to 20 characters.",
        ),
        (
            "/contradictions".to_owned(),
            json!([{"when": {"var": "greeted"}, "message": {"en": "Nobody was there."}}]),
            "The contradictions of the checklist went from none to Nobody was there. ('Were you greeted?' is 'yes').",
        ),
        (
            format!("{first}/help"),
            Value::Null,
            "In section 'Arrival', the help with 'How did you pay?' is gone; it was 'Look closely'.",
        ),
        (
            format!("{first}/standard"),
            json!("smile"),
            "In section 'Arrival', the standard of 'How did you pay?' went from 'greeting' to 'smile'.",
        ),
        (
            format!("{first}/comment"),
            Value::Null,
            "In section 'Arrival', a comment on 'How did you pay?' was asked for with an answer that earns less than 50.00 % of its points and is now welcome.",
        ),
        (
            format!("{first}/answer/options/0/points"),
            json!(1),
            "In section 'Arrival', the points of the option 'Cash' of 'How did you pay?' went from 3 to 1.",
        ),
        (
            format!("{first}/pictures/0/alt/en"),
            json!("A tag"),
            "In section 'Arrival', the description of the picture 'A tag' of 'How did you pay?' in 'en' went from 'A badge' to 'A tag'.",
        ),
        (
            "/sections/0/questions/1/answer/expect".to_owned(),
            json!("yes"),
            "In section 'Arrival', the answer to 'Were you greeted?' that earns the point went from 'no' to 'yes'.",
        ),
        (
            "/sections/0/questions/1/answer".to_owned(),
            json!({"kind": "scale", "from": 1, "to": 5}),
            "In section 'Arrival', the way to answer 'Were you greeted?' went from yes or no to a scale from 1 to 5.",
        ),
        (
            format!("{table}/0/answer/reversed"),
            json!(false),
            "In section 'At the table', the scale of 'How clean?' was best at its least number and is now best at its greatest number.",
        ),
        (
            format!("{number}/maximum"),
            json!(450),
            "In section 'At the table', the most that 'How warm?' takes went from 50.0 °C to 45.0 °C.",
        ),
        (
            format!("{number}/unit"),
            Value::Null,
            "In section 'At the table', the unit of 'How warm?' is gone; it was '°C'.",
        ),
        (
            format!("{table}/2/answer/bands"),
            json!([{"up_to": 1250, "points": 2}]),
            "In section 'At the table', the bands of 'How much?' went from up to 0.60 EUR: 5 points, above: 1 point to up to 12.50 EUR: 2 points.",
        ),
        (
            format!("{table}/3/answer/bands/0/up_to"),
            json!(120),
            "In section 'At the table', the bands of 'How long?' went from up to 60 s: 5 points, above: 1 point to up to 120 s: 5 points, above: 1 point.",
        ),
        (
            format!("{table}/4/answer/pattern"),
            Value::Null,
            "In section 'At the table', what an answer to 'What else?' has to be is gone; it was letters.",
        ),
        (
            format!("{table}/5/answer/bands"),
            json!([{"up_to": 545, "points": 2}]),
            "In section 'At the table', the bands of 'When?' went from up to 01:00: 5 points, above: 1 point to up to 09:05: 2 points.",
        ),
    ];
    for (at, value, words) in rows {
        assert_eq!(sentences(&[(&at, value)]), [words], "{at}");
    }
    let both =
        sentences(&[(&format!("{number}/decimals"), json!(2)), (&format!("{number}/minimum"), Value::Null)]);
    assert_eq!(
        both,
        [
            "In section 'At the table', the number of decimals of 'How warm?' went from 1 to 2.",
            "In section 'At the table', the least that 'How warm?' takes is gone; it was -0.5 °C.",
            "In section 'At the table', the most that 'How warm?' takes went from 50.0 °C to 5.00 °C.",
            "In section 'At the table', the bands of 'How warm?' went from up to 6.0 °C: 5 points, above: 1 point to up to 0.60 °C: 5 points, above: 1 point.",
        ]
    );
}

#[test]
fn rules_are_told_in_words() {
    let rows = [
        (json!({"var": "greeted"}), "'Were you greeted?' is 'yes'"),
        (json!({"!": [{"var": "greeted"}]}), "it is not so that 'Were you greeted?' is 'yes'"),
        (json!({"===": [{"var": "pay"}, "cash"]}), "'How did you pay?' is 'Cash'"),
        (json!({"!==": ["cash", {"var": "pay"}]}), "'How did you pay?' is not 'Cash'"),
        (json!({"===": [{"var": "pay"}, null]}), "'How did you pay?' is not answered"),
        (json!({"!==": [{"var": "pay"}, null]}), "'How did you pay?' is answered"),
        (json!({"<": [{"var": "number"}, 45]}), "'How warm?' is less than 4.5 °C"),
        (json!({"<": [45, {"var": "number"}]}), "'How warm?' is more than 4.5 °C"),
        (json!({">=": [{"var": "amount"}, 1250]}), "'How much?' is at least 12.50 EUR"),
        (json!({"<=": [60, {"var": "wait"}, 120]}), "'How long?' is from 60 s to 120 s"),
        (json!({"<": [2, {"var": "scale"}, 5]}), "'How clean?' is more than 2 and less than 5"),
        (
            json!({"in": [{"var": "pay"}, ["cash", "card", "gold"]]}),
            "'How did you pay?' is one of 'Cash', 'Card' or 'gold'",
        ),
        (json!({"in": ["card", {"var": "seen"}]}), "'Card' is chosen in 'What did you see?'"),
        (
            json!({"and": [{"var": "greeted"}, {"or": [{">": [{"var": "wait"}, 5]}, {"var": "gone"}]}]}),
            "'Were you greeted?' is 'yes' and ('How long?' is more than 5 s or 'gone' is 'yes')",
        ),
        (
            json!({"none": [{"var": "seen"}, {"===": [{"var": ""}, "cheque"]}]}),
            "no choice in 'What did you see?' fits: it is 'Cheque'",
        ),
    ];
    for (rule, words) in rows {
        let found = sentences(&[("/sections/1/show_when", rule.clone())]);
        let wanted = format!(
            "Section 'At the table' was shown when 'Were you greeted?' is 'yes' and is now shown when {words}."
        );
        let same = "Section 'At the table' is still shown when 'Were you greeted?' is 'yes', but written differently.";
        let wanted = if rule == json!({"var": "greeted"}) { same.to_owned() } else { wanted };
        assert_eq!(found, [wanted], "{rule}");
    }
}

#[test]
fn names_are_short() {
    let long = "x".repeat(5_000);
    let found = sentences(&[
        ("/sections/0/title/en", json!(long.clone())),
        ("/sections/0/questions/0/weight", json!(1)),
    ]);
    assert!(found.iter().all(|words| words.len() < 300), "{found:?}");
    let mut other = full();
    other["sections"][0]["title"]["en"] = json!(format!("{long}a"));
    let mut after = other.clone();
    after["sections"][0]["title"]["en"] = json!(format!("{long}b"));
    let found = told_of(&other, &after);
    assert!(found.len() == 1 && found[0].2.ends_with("…' in 'en' changed."), "{found:?}");
}
