//! Pictures of figures: what they say is what the JSON says.

use std::collections::BTreeMap;

use incognito::{accounts::model::Role, ids::TargetId, scores::show_daily::ShowBrand, work::Task};
use quick_xml::{Reader, events::Event};
use serde_json::{Value, json};

use super::{BEST, Tree};
use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    personas::Persona,
    reports::release_all,
};

each_engine_test!(
    a_picture_says_what_the_json_says,
    a_picture_is_in_the_language_of_its_reader,
    what_people_wrote_is_escaped_in_pictures,
    a_picture_of_nothing_says_so_in_words,
    a_picture_is_asked_for_as_a_file_is,
    a_picture_says_that_more_branches_follow,
    pictures_are_written_down_as_files_are,
);

const MARCH: &str = "from=2026-03&to=2026-03";
const SVG: &str = "image/svg+xml";

/// What there is to read in a picture.
#[derive(Debug, Default)]
pub struct Seen {
    /// Its elements: the name and the attributes of each.
    pub elements: Vec<(String, BTreeMap<String, String>)>,
    /// What each element says, under its name.
    pub texts: Vec<(String, String)>,
}

impl Seen {
    /// Reads a picture, which has to be XML as XML wants to be.
    pub fn of(answer: &Answer) -> Self {
        assert_eq!(answer.header("content-type"), SVG, "{answer}");
        let text = std::str::from_utf8(&answer.bytes).unwrap();
        let (mut reader, mut seen, mut open) = (Reader::from_str(text), Self::default(), Vec::new());
        reader.config_mut().check_end_names = true;
        loop {
            let event = reader.read_event().unwrap();
            match &event {
                Event::Start(tag) | Event::Empty(tag) => {
                    let name = tag.name().as_ref().to_owned();
                    let attributes = tag.attributes().map(|one| {
                        let one = one.unwrap();
                        let value = quick_xml::escape::unescape(&one.value).unwrap();
                        (one.key.as_ref().to_owned(), value.into_owned())
                    });
                    seen.elements.push((name.clone(), attributes.collect()));
                    if matches!(event, Event::Start(_)) {
                        seen.texts.push((name, String::new()));
                        open.push(seen.texts.len() - 1);
                    }
                }
                Event::End(_) => drop(open.pop().unwrap()),
                Event::Text(text) => {
                    if let Some(at) = open.last() {
                        seen.texts[*at].1.push_str(&text[..]);
                    }
                }
                Event::GeneralRef(name) => {
                    let sign = format!("&{};", &**name);
                    let sign = quick_xml::escape::unescape(&sign).unwrap().into_owned();
                    seen.texts[*open.last().unwrap()].1.push_str(&sign);
                }
                Event::Eof => break,
                _ => panic!("{event:?} in a picture"),
            }
        }
        assert!(open.is_empty(), "not all is closed");
        seen
    }

    /// What elements of this name say.
    pub fn texts_of(&self, name: &str) -> Vec<&str> {
        self.texts.iter().filter(|(known, _)| known == name).map(|(_, text)| text.as_str()).collect()
    }

    /// The figures, each by the names of what it says.
    pub fn figures(&self) -> Vec<BTreeMap<&str, &str>> {
        let groups = self.elements.iter().filter(|(name, _)| name == "g");
        groups
            .map(|(_, attributes)| {
                let data = attributes
                    .iter()
                    .filter_map(|(name, value)| Some((name.strip_prefix("data-")?, value.as_str())));
                data.collect()
            })
            .collect()
    }
}

/// A figure of JSON as a picture has it.
fn wanted(figure: &Value) -> BTreeMap<String, String> {
    let mut wanted = BTreeMap::new();
    let mut add = |name: &str, value: &Value| {
        if !value.is_null() {
            wanted.insert(name.to_owned(), value.to_string());
        }
    };
    add("visits", &figure["visits"]);
    add("score", &figure["score"]);
    add("insufficient", &figure["insufficient"]);
    add("low", &figure["interval"]["low"]);
    add("high", &figure["interval"]["high"]);
    add("target", &figure["target"]["score"]);
    wanted
}

/// What a picture says of figures, without which they are.
fn shown(seen: &Seen) -> Vec<BTreeMap<String, String>> {
    let names = ["visits", "score", "insufficient", "low", "high", "target"];
    let figure = |figure: BTreeMap<&str, &str>| {
        let known = figure.into_iter().filter(|(name, _)| names.contains(name));
        known.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    seen.figures().into_iter().map(figure).collect()
}

/// March is over, and all reports of it are out.
pub async fn a_month_later(app: &TestApp, tree: &Tree) {
    app.advance(20 * 86_400);
    release_all(app).await;
    ShowBrand { brand_id: tree.brand }.run(app.app(), &()).await.unwrap();
}

pub async fn aim(app: &TestApp, tree: &Tree, score: i64) {
    let (target, body): (TargetId, _) =
        (id(), json!({"brand_id": tree.brand, "from": "2026-01", "score": score}));
    app.put(&tree.world.staff.designer, format!("/v1/targets/{target}"), body).await.expect(201);
}

/// Asks for each figure as JSON and as a picture, which say the same: in how many pictures there is anything.
async fn compare(app: &TestApp, tree: &Tree, who: &Persona) -> usize {
    let mut pictures = 0;
    for (path, list) in [
        (format!("/v1/{}/trend", tree.place("brand")), "points"),
        (format!("/v1/{}/trend", tree.place("city")), "points"),
        (format!("/v1/{}/trend", tree.place("a")), "points"),
        (format!("/v1/{}/ranking", tree.place("brand")), "items"),
        (format!("/v1/{}/ranking", tree.place("country")), "items"),
        (format!("/v1/{}/heatmap", tree.place("brand")), "cells"),
        (format!("/v1/{}/heatmap", tree.place("country")), "cells"),
    ] {
        let by = if list == "cells" { "&by=section" } else { "" };
        let query = format!("from=2026-01&to=2026-04{by}");
        let json = app.get(who, format!("{path}?{query}")).await.expect(200).json;
        let picture = Seen::of(&app.get(who, format!("{path}.svg?{query}")).await.expect(200));
        let figures: Vec<_> = match list {
            "cells" => {
                let rows = json["items"].as_array().unwrap().iter();
                rows.flat_map(|row| row["cells"].as_array().unwrap()).map(wanted).collect()
            }
            list => json[list].as_array().unwrap().iter().map(wanted).collect(),
        };
        let scores: Vec<_> = figures.iter().filter_map(|figure| figure.get("score")).collect();
        match scores.is_empty() {
            true => assert!(picture.figures().is_empty(), "{path}"),
            false => assert_eq!(shown(&picture), figures, "{path}"),
        }
        pictures += usize::from(!scores.is_empty());
        // All is there in words as well.
        let description = picture.texts_of("desc").join("");
        for score in scores {
            let score: i64 = score.parse().unwrap();
            let percent = format!("{}.{:02}%", score / 100, score % 100);
            assert!(description.contains(&percent), "{percent} is not in {description}");
        }
        let (name, root) = &picture.elements[0];
        assert_eq!((name.as_str(), root["role"].as_str(), root["lang"].as_str()), ("svg", "img", "en"));
        assert!(!picture.texts_of("title")[0].is_empty());
    }
    pictures
}

async fn a_picture_says_what_the_json_says(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    aim(&app, &tree, 8_000).await;
    let manager = Persona::everywhere(&app, Role::Manager).await;
    assert_eq!(compare(&app, &tree, &tree.world.staff.administrator).await, 7);
    assert_eq!(compare(&app, &tree, &manager).await, 0, "the branch's side is shown nothing yet");
    a_month_later(&app, &tree).await;
    assert_eq!(compare(&app, &tree, &manager.renewed(&app)).await, 7);
    // Too few visits are hollow: a branch with two of them is drawn otherwise than one with three.
    let path = format!("/v1/{}/ranking.svg?{MARCH}", tree.place("brand"));
    let desk = tree.world.staff.administrator.clone().renewed(&app);
    let picture = Seen::of(&app.get(&desk, path).await.expect(200));
    let words = picture.texts_of("text");
    assert!(words.contains(&"Too few visits to judge") && words.contains(&"Target"), "{words:?}");
    let circles = picture.elements.iter().filter(|(name, _)| name == "circle");
    let fills: Vec<_> = circles.map(|(_, attributes)| attributes["fill"].as_str()).collect();
    let is_hollow =
        |figure: &&BTreeMap<&str, &str>| figure["insufficient"] == "true" && figure.contains_key("score");
    let hollow = picture.figures().iter().filter(is_hollow).count();
    assert!(hollow > 0 && fills.iter().filter(|fill| **fill == "#ffffff").count() == hollow + 1, "{fills:?}");
}

async fn a_picture_is_in_the_language_of_its_reader(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let who = &tree.world.staff.administrator;
    for (language, title, percent) in [
        ("en", "Caucasus: score over time", "100%"),
        ("fr-CH", "Caucasus : évolution du score", "100\u{a0}%"),
        ("ru", "Caucasus: оценка по времени", "100\u{a0}%"),
        ("bg", "Caucasus: резултатът във времето", "100\u{a0}%"),
        ("tr", "Caucasus: zaman içinde puan", "%100"),
    ] {
        let path = format!("/v1/{}/trend.svg?{MARCH}", tree.place("brand"));
        let answer = app.get(who, path).header("accept-language", language).await.expect(200);
        assert_eq!(answer.header("content-language"), &language[..2]);
        let seen = Seen::of(&answer);
        assert_eq!(seen.texts_of("title")[0], title);
        assert!(seen.texts_of("text").contains(&percent), "{seen:?}");
    }
}

async fn what_people_wrote_is_escaped_in_pictures(app: TestApp) {
    const NAME: &str = "</text><script>alert(1)</script> & \"Söhne\" '<b>";
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let who = &tree.world.staff.administrator;
    let path = format!("/v1/branches/{}", tree.branches["a"]);
    let known = app.get(who, path.clone()).await.expect(200);
    let mut renamed = known.json.clone();
    renamed["name"] = json!(NAME);
    for name in ["id", "revision", "created_at", "retired_on", "region_since"] {
        renamed.as_object_mut().unwrap().remove(name);
    }
    app.put(who, path, renamed).header("if-match", known.header("etag")).await.expect(200);
    for path in [
        format!("/v1/{}/trend.svg?{MARCH}", tree.place("a")),
        format!("/v1/{}/ranking.svg?{MARCH}", tree.place("brand")),
        format!("/v1/{}/heatmap.svg?{MARCH}&by=section", tree.place("brand")),
    ] {
        let answer = app.get(who, path.clone()).await.expect(200);
        let seen = Seen::of(&answer);
        let names = ["svg", "title", "desc", "rect", "g", "path", "circle", "polygon", "text"];
        let others: Vec<_> =
            seen.elements.iter().filter(|(name, _)| !names.contains(&name.as_str())).collect();
        assert!(others.is_empty(), "{others:?}");
        assert!(
            seen.texts_of("desc")[0].contains(NAME) || seen.texts_of("title")[0].contains(NAME),
            "{path}: {seen:?}"
        );
        // Nothing runs, and nothing comes from elsewhere.
        let text = String::from_utf8(answer.bytes.to_vec()).unwrap();
        let plain = text.replace("http://www.w3.org/2000/svg", "");
        assert!(!plain.contains("://") && !plain.contains("href") && !plain.contains("<script"), "{plain}");
        assert!(answer.header("content-security-policy").contains("default-src 'none'"));
    }
}

async fn a_picture_of_nothing_says_so_in_words(app: TestApp) {
    const NOTHING: &str = "Nothing was found: no visits count here.";
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let who = &tree.world.staff.administrator;
    let none = "from=1999-01&to=1999-03";
    let no_branch = format!("{MARCH}&q=nobody%20is%20called%20so");
    for (figure, query) in [
        ("trend", none),
        ("ranking", none),
        ("heatmap", none),
        ("ranking", &no_branch),
        ("trend", &no_branch),
        ("heatmap", &no_branch),
    ] {
        let path = format!("/v1/{}/{figure}.svg?{query}", tree.place("brand"));
        let seen = Seen::of(&app.get(who, path).await.expect(200));
        assert!(seen.texts_of("text").contains(&NOTHING), "{figure}?{query}: {seen:?}");
        assert!(seen.texts_of("desc")[0].contains(NOTHING) && seen.figures().is_empty());
    }
}

async fn a_picture_is_asked_for_as_a_file_is(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let who = &tree.world.staff.administrator;
    let ranking = format!("/v1/{}/ranking", tree.place("brand"));
    let by_name = app.get(who, format!("{ranking}.svg?{MARCH}")).await.expect(200);
    let by_header = app.get(who, format!("{ranking}?{MARCH}")).header("accept", SVG).await.expect(200);
    assert_eq!(by_name.bytes, by_header.bytes);
    assert_eq!(by_name.header("content-disposition"), "inline; filename=\"ranking.svg\"");
    assert!(by_name.header("vary").to_lowercase().contains("accept"));
    let json =
        app.get(who, format!("{ranking}?{MARCH}")).header("accept", "image/*;q=0.2, application/json").await;
    assert_eq!(json.expect(200).header("content-type"), "application/json");
    // Of other figures there are no pictures.
    let score = format!("/v1/{}/score", tree.place("brand"));
    app.get(who, format!("{score}.svg?{MARCH}")).await.expect_problem(404, "not_found");
    app.get(who, format!("{ranking}.svg?from=2026-05&to=2026-03")).await.expect_invalid("from");
    app.get(&tree.world.staff.shopper, format!("{ranking}.svg")).await.expect_problem(403, "forbidden");
    let elsewhere = Persona::with(&app, &[(Role::Manager, tree.world.brands[0].scope())]).await;
    app.get(&elsewhere, format!("{ranking}.svg?{MARCH}")).await.expect_problem(404, "not_found");
}

async fn a_picture_says_that_more_branches_follow(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let who = &tree.world.staff.administrator;
    for figure in ["ranking.svg?", "heatmap.svg?by=section&"] {
        let path = format!("/v1/{}/{figure}{MARCH}", tree.place("brand"));
        let all = Seen::of(&app.get(who, path.clone()).await.expect(200));
        let first = Seen::of(&app.get(who, format!("{path}&limit=2")).await.expect(200));
        let branches = |seen: &Seen| {
            let mut found: Vec<_> = seen.figures().iter().map(|figure| figure["branch"].to_owned()).collect();
            found.dedup();
            found
        };
        assert_eq!(branches(&first), branches(&all)[..2]);
        let more = "Only the first 2 branches are drawn.";
        assert!(first.texts_of("text").contains(&more) && !all.texts_of("text").contains(&more), "{figure}");
    }
}

async fn pictures_are_written_down_as_files_are(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.visit(&app, "a", &BEST, super::MARCH).await;
    let staff = &tree.world.staff;
    app.get(&staff.administrator, format!("/v1/{}/trend.svg?{MARCH}", tree.place("brand"))).await.expect(200);
    let audit = app.get(&staff.administrator, "/v1/audit?kind=exported").await.expect(200).json;
    let written: Vec<_> = audit["items"].as_array().unwrap().iter().map(|row| row.to_string()).collect();
    assert_eq!(written.len(), 1, "{audit}");
    assert!(written[0].contains("svg") && written[0].contains("trend"), "{}", written[0]);
}
