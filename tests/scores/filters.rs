//! Figures of days and with filters: they are the sums of the visits that they list.

use std::collections::BTreeMap;

use diesel::prelude::*;
use incognito::{
    accounts::model::{GrantScope, Role},
    db::{
        Conn,
        schema::{assignment, visit},
    },
    ids::{CampaignId, VersionId, VisitId},
    scores::show_daily::ShowBrand,
    work::Task,
};
use serde_json::{Value, json};

use super::{BEST, FAIR, GOOD, POOR, Seen, Tree, ZERO};
use crate::{
    app::{Dice, TestApp, each_engine_test, id},
    builders::assignment_body,
    campaigns::{add_campaign, campaign_body},
    estate::to,
    personas::Persona,
    reports::release_all,
};

each_engine_test!(
    a_figure_of_any_visits_is_the_sum_of_those_that_it_lists,
    the_branch_s_side_is_given_what_its_reports_say,
    several_places_are_read_by_one_request,
    of_a_branch_that_moved_days_are_counted_where_it_lay,
    a_series_of_days_and_of_months_that_roll,
    planned_visits_that_are_missing_are_counted_for_desks,
    what_is_wrong_with_a_filter_is_named,
);

const BRANCHES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
pub(super) const PLACES: [&str; 9] = ["a", "b", "d", "e", "g", "city", "country", "abroad", "brand"];

/// Which branches lie in a place.
fn within(place: &str) -> &'static str {
    match place {
        "country" => "abc",
        "city" => "ab",
        "abroad" => "df",
        "brand" => "abcdefg",
        "a" => "a",
        "b" => "b",
        "d" => "d",
        "e" => "e",
        _ => "g",
    }
}

/// A visit as the test knows it.
pub(super) struct Made {
    pub(super) id: VisitId,
    pub(super) branch: &'static str,
    /// By the clocks in Istanbul.
    pub(super) day: String,
    version: VersionId,
    campaign: Option<CampaignId>,
    pub(super) score: i64,
    /// Whether somebody sat at a table.
    has_table: bool,
    /// By the clocks in Istanbul.
    hour: u32,
}

pub(super) struct Many {
    pub(super) tree: Tree,
    pub(super) made: Vec<Made>,
    versions: [VersionId; 2],
    pub(super) campaigns: [CampaignId; 2],
    dice: Dice,
}

impl Many {
    /// So many visits from December to March, of two versions, some of one of two campaigns.
    pub(super) async fn make(app: &TestApp, seed: u64, number: usize) -> Self {
        let mut tree = Tree::build(app).await;
        let scheduler = &tree.world.staff.scheduler;
        let body = campaign_body(tree.brand, tree.version);
        let campaigns =
            [add_campaign(app, scheduler, body.clone()).await, add_campaign(app, scheduler, body).await];
        let first = tree.version;
        let versions = [first, tree.world.staff.next_version(app, tree.checklist).await];
        let (mut dice, mut made) = (Dice::seeded(seed), Vec::new());
        for _ in 0..number {
            let at = |some: u64, dice: &mut Dice| dice.roll(some) as usize;
            let branch = BRANCHES[at(6, &mut dice)];
            let (seen, score): (&Seen, _) =
                [(&BEST, 10_000), (&GOOD, 8_750), (&FAIR, 8_333), (&POOR, 1_250), (&ZERO, 0)]
                    [at(5, &mut dice)];
            let month = ["2025-12", "2026-01", "2026-02", "2026-03"][at(4, &mut dice)];
            let day = 1 + at(if month == "2026-03" { 14 } else { 28 }, &mut dice);
            // At half past nine in the evening it is the next day in Istanbul.
            let is_late = day < 14 && dice.roll(3) == 0;
            let moment = format!("{month}-{day:02}T{}:30:00Z", if is_late { "21" } else { "09" });
            tree.version = versions[at(2, &mut dice)];
            let visit = tree.approved(app, branch, seen, &moment).await;
            let campaign = [None, Some(campaigns[0]), Some(campaigns[1])][at(3, &mut dice)];
            belongs_to(app, visit, campaign).await;
            made.push(Made {
                id: visit,
                branch,
                day: format!("{month}-{:02}", day + usize::from(is_late)),
                version: tree.version,
                campaign,
                score,
                has_table: seen.clean.is_some(),
                hour: if is_late { 0 } else { 12 },
            });
        }
        Self { tree, made, versions, campaigns, dice }
    }

    /// Some filter, and which visits it leaves.
    pub(super) fn filter(&mut self, place: &str) -> (String, Vec<&Made>) {
        let mut bound = |is_last: bool| {
            let month = ["2025-12", "2026-01", "2026-02", "2026-03"][self.dice.roll(4) as usize];
            if self.dice.roll(3) == 0 {
                (month.to_owned(), format!("{month}-{}", if is_last { "31" } else { "01" }))
            } else {
                let day = format!("{month}-{:02}", 1 + self.dice.roll(28));
                (day.clone(), day)
            }
        };
        let (mut from, mut to) = (bound(false), bound(true));
        if from.1 > to.1 {
            let day = |one: (String, String), end: &str| {
                if one.0.len() == 7 { (one.0.clone(), format!("{}-{end}", one.0)) } else { one }
            };
            (from, to) = (day(to, "01"), day(from, "31"));
        }
        let mut query = format!("from={}&to={}", from.0, to.0);
        let version =
            [None, None, Some(self.versions[0]), Some(self.versions[1])][self.dice.roll(4) as usize];
        let campaign =
            [None, None, Some(self.campaigns[0]), Some(self.campaigns[1])][self.dice.roll(4) as usize];
        let called = [None, None, None, Some("A"), Some("b")][self.dice.roll(5) as usize];
        if let Some(version) = version {
            query += &format!("&version_id={version}");
        }
        if let Some(campaign) = campaign {
            query += &format!("&campaign_id={campaign}");
        }
        if let Some(called) = called {
            query += &format!("&q={called}");
        }
        if self.dice.roll(4) == 0 {
            query += &format!("&checklist_id={}", self.tree.checklist);
        }
        let left = self.made.iter().filter(|one| {
            within(place).contains(one.branch)
                && (from.1.as_str()..=to.1.as_str()).contains(&one.day.as_str())
                && version.is_none_or(|version| version == one.version)
                && campaign.is_none_or(|campaign| Some(campaign) == one.campaign)
                && called.is_none_or(|called| called.eq_ignore_ascii_case(one.branch))
        });
        (query, left.collect())
    }
}

/// Makes a visit one that a campaign wanted.
pub(super) async fn belongs_to(app: &TestApp, of: VisitId, campaign: Option<CampaignId>) {
    let change = move |conn: &mut Conn| {
        let wanted: incognito::ids::AssignmentId =
            visit::table.find(of).select(visit::assignment_id).first(conn)?;
        let row = diesel::update(assignment::table.find(wanted));
        Ok(row.set(assignment::campaign_id.eq(campaign)).execute(conn)?)
    };
    assert_eq!(app.db().write(change).await.unwrap(), 1);
}

type SliceOf = fn(&Made) -> String;

/// By what visits are divided, and to which part each belongs.
const SLICES: [(&str, SliceOf); 3] = [
    ("weekday", |one| {
        let day: jiff::civil::Date = one.day.parse().unwrap();
        // In the order of the week.
        format!("{}", day.weekday().to_monday_zero_offset())
    }),
    ("hour", |one| format!("{:02}", one.hour)),
    ("campaign", |one| one.campaign.map_or_else(String::new, |id| id.to_string())),
];

/// A row of such a breakdown: what the visits have in common, how many they are and what they score.
fn slice(row: &Value) -> (String, u64, i64) {
    let week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let name = match row["kind"].as_str().unwrap() {
        "campaign" => row["campaign_id"].as_str().unwrap_or_default().to_owned(),
        "weekday" => week.iter().position(|day| row["key"] == *day).unwrap().to_string(),
        _ => row["key"].as_str().unwrap().to_owned(),
    };
    assert!(row["title"].is_string() || name.is_empty(), "{row}");
    (name, row["visits"].as_u64().unwrap(), row["score"].as_i64().unwrap())
}

/// The mean, rounded half to even.
fn mean(scores: &[i64]) -> Option<i64> {
    let (n, sum) = (scores.len() as i64, scores.iter().sum::<i64>());
    (n > 0).then(|| {
        let (whole, rest) = (sum / n, sum % n);
        whole + i64::from(2 * rest > n || 2 * rest == n && whole % 2 == 1)
    })
}

/// All of a list, page by page.
pub(super) async fn all(app: &TestApp, who: &Persona, path: &str) -> Vec<Value> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = app.get(who, format!("{path}&limit=7{cursor}")).await.expect(200).json;
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

/// What the visits of this list score.
fn scores(listed: &[Value]) -> Vec<i64> {
    listed.iter().map(|one| one["score"].as_i64().unwrap()).collect()
}

async fn a_figure_of_any_visits_is_the_sum_of_those_that_it_lists(app: TestApp) {
    let mut many = Many::make(&app, 7, 40).await;
    let (desk, checklist) = (many.tree.world.staff.administrator.clone(), many.tree.checklist);
    let mut some = 0;
    for turn in 0..45 {
        let place = PLACES[turn % PLACES.len()];
        let path = format!("/v1/{}", many.tree.place(place));
        let (query, left) = many.filter(place);
        let score = app.get(&desk, format!("{path}/score?{query}")).await.expect(200).json;
        let wanted: Vec<_> = left.iter().map(|one| one.score).collect();
        let context = format!("{place} {query}: {score}");
        assert_eq!(
            (&score["visits"], &score["score"]),
            (&json!(wanted.len()), &json!(mean(&wanted))),
            "{context}"
        );
        some += wanted.len();
        // The list has exactly them.
        let listed = all(&app, &desk, score["counted"].as_str().unwrap()).await;
        let ids = |mut ids: Vec<String>| {
            ids.sort();
            ids
        };
        assert_eq!(
            ids(listed.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()),
            ids(left.iter().map(|one| one.id.to_string()).collect()),
            "{context}"
        );
        // So do its parts.
        let tables = left.iter().filter(|one| one.has_table).count();
        let table = score["sections"].as_array().unwrap().iter().find(|one| one["section"] == "table");
        assert_eq!(table.map_or(0, |one| one["visits"].as_u64().unwrap() as usize), tables, "{context}");
        assert!(table.is_none_or(|one| one["title"] == "At the table"), "{context}");
        let parts = app.get(&desk, format!("{path}/breakdown?{query}&by=section")).await.expect(200).json;
        for part in parts["items"].as_array().unwrap() {
            let listed = all(&app, &desk, part["counted"].as_str().unwrap()).await;
            assert_eq!(part["visits"], json!(listed.len()), "{part} of {context}");
        }
        // And its branches: each once in the ranking, and together all of it.
        if !BRANCHES.contains(&place) && place != "g" {
            let ranking = app.get(&desk, format!("{path}/ranking?{query}&sort=code")).await.expect(200).json;
            let rows = ranking["items"].as_array().unwrap();
            let codes: Vec<_> = rows.iter().map(|row| row["code"].as_str().unwrap()).collect();
            let called = query.split("&q=").nth(1).map(|rest| rest.split('&').next().unwrap());
            let is_called =
                |code: &char| called.is_none_or(|called| called.eq_ignore_ascii_case(&code.to_string()));
            let named: String = within(place).chars().filter(is_called).collect();
            assert_eq!(codes.concat(), named, "{context}");
            for row in rows {
                let of: Vec<_> =
                    left.iter().filter(|one| row["code"] == one.branch).map(|one| one.score).collect();
                assert_eq!(
                    (&row["visits"], &row["score"]),
                    (&json!(of.len()), &json!(mean(&of))),
                    "{context}"
                );
            }
            let heat = app.get(&desk, format!("{path}/heatmap?{query}&by=checklist")).await.expect(200).json;
            let visits =
                heat["items"].as_array().unwrap().iter().flat_map(|row| row["cells"].as_array().unwrap());
            let visits: u64 = visits.map(|cell| cell["visits"].as_u64().unwrap()).sum();
            assert_eq!(visits as usize, wanted.len(), "{context}");
        }
        let spread = app.get(&desk, format!("{path}/distribution?{query}")).await.expect(200).json;
        let in_bins =
            spread["bins"].as_array().into_iter().flatten().map(|bin| bin["visits"].as_u64().unwrap());
        assert_eq!(
            (&spread["visits"], in_bins.sum::<u64>() as usize),
            (&score["visits"], wanted.len()),
            "{context}"
        );
        let compared = app.get(&desk, format!("{path}/comparison?{query}")).await.expect(200).json;
        assert_eq!((&compared["score"], &compared["from"]), (&score["score"], &score["from"]), "{context}");
        // What visits have in common divides them.
        for (by, of) in SLICES {
            let rows =
                app.get(&desk, format!("{path}/breakdown?{query}&by={by}&sort=key")).await.expect(200).json;
            let mut slices = BTreeMap::<_, Vec<_>>::new();
            for one in &left {
                slices.entry(of(one)).or_default().push(one.score);
            }
            let found: Vec<_> = rows["items"].as_array().unwrap().iter().map(slice).collect();
            let wanted: Vec<_> =
                slices.into_iter().map(|(key, of)| (key, of.len() as u64, mean(&of).unwrap())).collect();
            assert_eq!(found, wanted, "{by} of {context}");
        }
        // Step by step, of any length.
        for step in ["week", "month"] {
            let trend = app.get(&desk, format!("{path}/trend?{query}&step={step}")).await.expect(200).json;
            let points = trend["points"].as_array().unwrap();
            let visits: u64 = points.iter().map(|point| point["visits"].as_u64().unwrap()).sum();
            assert_eq!(visits as usize, wanted.len(), "{step} of {context}");
            let empty = points.iter().filter(|point| point["visits"] == 0);
            assert!(empty.clone().all(|point| point["score"].is_null()), "empty is empty: {context}");
        }
        let of_checklist =
            app.get(&desk, format!("{path}/trend?{query}&section=table&checklist_id={checklist}")).await;
        if !query.contains("checklist_id") {
            let points = of_checklist.expect(200).json["points"].as_array().unwrap().clone();
            let visits: u64 = points.iter().map(|point| point["visits"].as_u64().unwrap()).sum();
            assert_eq!(visits as usize, tables, "{context}");
        }
    }
    assert!(some > 100, "the filters leave something: {some}");
}

async fn the_branch_s_side_is_given_what_its_reports_say(app: TestApp) {
    let mut many = Many::make(&app, 11, 40).await;
    let (brand, checklist) = (many.tree.brand, many.tree.checklist);
    let all_of_it = GrantScope { brand_id: Some(brand), ..GrantScope::default() };
    let city = GrantScope { region_id: Some(many.tree.regions["city"]), ..all_of_it };
    let [manager, of_city] = [
        Persona::with(&app, &[(Role::Manager, all_of_it)]).await,
        Persona::with(&app, &[(Role::Hr, city)]).await,
    ];
    let queries: Vec<(&str, String)> = (0..36)
        .map(|turn| PLACES[turn % PLACES.len()])
        .map(|place| (place, many.filter(place).0))
        .map(|(place, query)| (place, format!("{query}&checklist_id={checklist}")))
        .filter(|(_, query)| query.matches("checklist_id").count() == 1)
        .collect();
    let ask = async |who: &Persona, (place, query): &(&str, String)| {
        let path = format!("/v1/{}/score?{query}", many.tree.place(place));
        app.get(who, path).await.expect(200).json
    };
    for query in &queries {
        let before = ask(&manager, query).await;
        assert_eq!((&before["visits"], &before["score"]), (&json!(0), &Value::Null), "no report went out");
    }
    release_all(&app).await;
    ShowBrand { brand_id: brand }.run(app.app(), &()).await.unwrap();
    let (mut given, mut withheld, mut weeks, mut figures) = (0, 0, 0, Vec::new());
    for query in &queries {
        let figure = ask(&manager, query).await;
        let listed = all(&app, &manager, figure["counted"].as_str().unwrap()).await;
        let scores = scores(&listed);
        // A figure is of reports that can be listed, and of nothing else: so what two figures differ by is of such reports, too.
        assert_eq!(figure["visits"], json!(scores.len()), "{query:?} {figure}");
        let is_shown = scores.len() >= 3;
        assert_eq!(figure["score"], json!(mean(&scores).filter(|_| is_shown)), "{query:?} {figure}");
        let sections = figure["sections"].as_array().unwrap();
        assert!(
            sections.iter().all(|one| one["visits"].as_i64() >= Some(3) || one["score"].is_null()),
            "not of too few: {figure}"
        );
        let parts = format!("/v1/{}/breakdown?{}", many.tree.place(query.0), query.1);
        app.get(&manager, format!("{parts}&by=hour")).await.expect_invalid("by");
        for (by, _) in SLICES.iter().filter(|(by, _)| *by != "hour") {
            let rows = app.get(&manager, format!("{parts}&by={by}")).await.expect(200).json;
            let rows = rows["items"].as_array().unwrap();
            let visits: u64 = rows.iter().map(|row| row["visits"].as_u64().unwrap()).sum();
            // Of a report that shows a week the day of the week is not known.
            let shows_it = |one: &&Value| *by != "weekday" || one["first_day"] == one["last_day"];
            assert_eq!(visits, listed.iter().filter(shows_it).count() as u64, "{by} {query:?}");
            weeks += listed.len() - listed.iter().filter(shows_it).count();
            for row in rows {
                assert_eq!(row["score"].is_null(), row["visits"].as_u64() < Some(3), "not of too few: {row}");
                assert!(
                    row["campaign_id"].is_null() || row["title"].is_null(),
                    "campaigns are for desks: {row}"
                );
                if let Some(counted) = row["counted"].as_str() {
                    assert_eq!(row["visits"], all(&app, &manager, counted).await.len(), "{row}");
                }
            }
        }
        *(if is_shown { &mut given } else { &mut withheld }) += 1;
        figures.push(figure);
    }
    assert!(given > 5 && withheld > 5 && weeks > 5, "{given} {withheld} {weeks}");
    // Visits that were approved, and whose reports are not out, are in no figure and in no difference between two of them.
    for branch in ["a", "b", "d"] {
        for _ in 0..3 {
            many.tree.approved(&app, branch, &ZERO, "2026-02-10T09:00:00Z").await;
        }
    }
    for (query, before) in queries.iter().zip(&figures) {
        assert_eq!(&ask(&manager, query).await, before, "{query:?}");
    }
    // Who sees a part of the brand is told nothing of the rest of it.
    let drivers = format!("/v1/{}/drivers?from=2026-01-03&to=2026-03-10", many.tree.place("city"));
    let drivers = app.get(&of_city, drivers).await.expect(200).json;
    let drivers = drivers["drivers"].as_array().unwrap();
    assert!(
        !drivers.is_empty() && drivers.iter().all(|one| one["brand_loss"].is_null() && one["gain"].is_null())
    );
}

async fn several_places_are_read_by_one_request(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let desk = tree.world.staff.administrator.clone();
    let name = |place: &str| {
        let path = tree.place(place);
        let (kind, id) = path.split_once('/').unwrap();
        format!("{}:{id}", if kind == "branches" { "branch" } else { kind.trim_end_matches('s') })
    };
    let query = "from=2026-03-01&to=2026-03&planned=true";
    let asked = ["city", "a", "brand", "abroad", "b"];
    let places = asked.map(name).join(",");
    let answer = app.get(&desk, format!("/v1/scores?places={places}&{query}")).await.expect(200).json;
    let found = answer["scores"].as_array().unwrap();
    assert_eq!(found.len(), asked.len());
    for (place, found) in asked.iter().zip(found) {
        let alone = app.get(&desk, format!("/v1/{}/score?{query}", tree.place(place))).await.expect(200).json;
        assert_eq!(*found, alone, "{place}");
    }
    assert!(found[0]["sections"][0]["title"].is_string(), "{answer}");
    // One that is not the caller's to see is as one that is not there.
    let scope = GrantScope {
        brand_id: Some(tree.brand),
        region_id: Some(tree.regions["city"]),
        ..GrantScope::default()
    };
    let manager = Persona::with(&app, &[(Role::Manager, scope)]).await;
    let of = |places: [&str; 2]| format!("/v1/scores?places={}&{query}", places.map(name).join(","));
    app.get(&manager, of(["a", "city"])).await.expect(200);
    app.get(&manager, of(["a", "d"])).await.expect_problem(404, "not_found");
    let unknown = format!("{},branch:{}", name("a"), id::<()>());
    app.get(&manager, format!("/v1/scores?places={unknown}")).await.expect_problem(404, "not_found");
    for wrong in ["", "shop:1", &format!("{0},{0}", name("a"))] {
        app.get(&desk, format!("/v1/scores?places={wrong}")).await.expect_invalid("places");
    }
    app.get(&desk, "/v1/scores").await.expect_invalid("places");
    // Visit by visit fewer are read at once.
    let six = ["city", "a", "brand", "abroad", "b", "c"].map(name).join(",");
    app.get(&desk, format!("/v1/scores?places={six}&from=2026-03-02")).await.expect_invalid("places");
    app.get(&desk, format!("/v1/scores?places={six}&from=2026-03")).await.expect(200);
}

async fn of_a_branch_that_moved_days_are_counted_where_it_lay(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.approved(&app, "d", &GOOD, "2026-02-10T09:00:00Z").await;
    for branch in ["a", "b"] {
        for at in ["2026-02-10T09:00:00Z", "2026-03-02T09:00:00Z"] {
            for _ in 0..3 {
                tree.approved(&app, branch, &GOOD, at).await;
            }
        }
    }
    to(&app, &tree, "a", Some("abroad"), "2026-03").await.expect(200);
    release_all(&app).await;
    ShowBrand { brand_id: tree.brand }.run(app.app(), &()).await.unwrap();
    let of = |place: &str| GrantScope {
        brand_id: Some(tree.brand),
        region_id: Some(tree.regions[place]),
        ..GrantScope::default()
    };
    let desk = tree.world.staff.administrator.clone();
    let of_city = Persona::with(&app, &[(Role::Manager, of("city"))]).await;
    let of_abroad = Persona::with(&app, &[(Role::Manager, of("abroad"))]).await;
    let query = "from=2026-02-05&to=2026-03-10";
    // Who cannot read the reports of a branch any more is given nothing of its days either.
    for (who, place, wanted) in
        [(&desk, "city", 9), (&desk, "abroad", 4), (&of_city, "city", 6), (&of_abroad, "abroad", 4)]
    {
        let path = format!("/v1/{}", tree.place(place));
        let score = app.get(who, format!("{path}/score?{query}")).await.expect(200).json;
        assert_eq!((&score["visits"], &score["score"]), (&json!(wanted), &json!(8_750)), "{place} {score}");
        let listed = all(&app, who, score["counted"].as_str().unwrap()).await;
        assert_eq!(listed.len(), wanted, "{place} {score}");
        let ranking = app.get(who, format!("{path}/ranking?{query}")).await.expect(200).json;
        let visits = ranking["items"].as_array().unwrap().iter().map(|row| row["visits"].as_u64().unwrap());
        assert_eq!(visits.sum::<u64>(), wanted as u64, "{place} {ranking}");
        // Each branch with the visits of the months in which it lay there, in its list as well.
        for row in ranking["items"].as_array().unwrap() {
            let listed = all(&app, who, row["counted"].as_str().unwrap()).await;
            assert_eq!(row["visits"], json!(listed.len()), "{place} {row}");
        }
        // Nobody who sees a part of a brand is given the whole of it, visit by visit.
        let comparison = app.get(who, format!("{path}/comparison?{query}")).await.expect(200).json;
        let is_desk = who.account == desk.account;
        for beside in ["brand", "best_quarter"] {
            assert_eq!(comparison[beside].is_object(), is_desk, "{beside} of {place}: {comparison}");
        }
        assert!(is_desk || comparison["region"].is_null(), "{comparison}");
    }
    // A mover is a branch by itself, wherever it lay.
    let path = format!("/v1/{}/comparison?from=2026-03-01&to=2026-03-20", tree.place("abroad"));
    let comparison = app.get(&desk, path).await.expect(200).json;
    let change = &comparison["change"];
    assert_eq!(change["previous_visits"], 1, "of the days before, d alone lay abroad: {comparison}");
    let paired = ["branches", "visits", "previous_visits"].map(|name| change["paired"][name].clone());
    assert_eq!(paired, [json!(1), json!(3), json!(3)], "{comparison}");
}

async fn a_series_of_days_and_of_months_that_roll(app: TestApp) {
    let tree = Tree::build(&app).await;
    for (seen, at) in [
        (BEST, "2025-12-10T09:00:00Z"),
        (GOOD, "2026-01-10T09:00:00Z"),
        (POOR, "2026-02-27T21:00:00Z"), // 28 February in Istanbul
        (ZERO, "2026-02-28T21:00:00Z"), // 1 March in Istanbul
        (FAIR, "2026-03-02T09:00:00Z"),
    ] {
        tree.approved(&app, "a", &seen, at).await;
    }
    let desk = &tree.world.staff.administrator;
    let points = async |query: &str| {
        let path = format!("/v1/{}/trend?{query}", tree.place("city"));
        let trend = app.get(desk, path).await.expect(200).json;
        let point = |point: &Value| json!([point["from"], point["to"], point["visits"], point["score"]]);
        trend["points"].as_array().unwrap().iter().map(point).collect::<Vec<_>>()
    };
    assert_eq!(
        points("from=2026-02-28&to=2026-03-02&step=day").await,
        [
            json!(["2026-02-28", "2026-02-28", 1, 1_250]),
            json!(["2026-03-01", "2026-03-01", 1, 0]),
            json!(["2026-03-02", "2026-03-02", 1, 8_333]),
        ]
    );
    // 1 March 2026 is a Sunday.
    assert_eq!(
        points("from=2026-02-25&to=2026-03-02&step=week").await,
        [json!(["2026-02-25", "2026-03-01", 2, 625]), json!(["2026-03-02", "2026-03-02", 1, 8_333])]
    );
    let rolled = [json!(["2025-12", "2026-02", 3, 6_667]), json!(["2026-01", "2026-03", 4, 4_583])];
    assert_eq!(points("from=2026-02&to=2026-03&rolling=3").await, rolled);
    assert_eq!(points("from=2026-02&to=2026-03&step=rolling_3").await, rolled);
    for rest in ["rolling=3&to=2026-02", "from=2025-12&to=2026-02", "from=2025-12-01&to=2026-02-28"] {
        for what in ["score", "ranking"] {
            let path = format!("/v1/{}/{what}?{rest}", tree.place("city"));
            let found = app.get(desk, path).await.expect(200).json;
            let found = if what == "score" { &found } else { &found["items"][0] };
            assert_eq!((&found["visits"], &found["score"]), (&json!(3), &json!(6_667)), "{what} {rest}");
        }
    }
    // What was before some days are as many days.
    let path = format!("/v1/{}/score?from=2026-03-01&to=2026-03-02", tree.place("a"));
    let score = app.get(desk, path).await.expect(200).json;
    assert_eq!(
        (&score["score"], &score["change"]["previous_score"]),
        (&json!(4_166), &json!(1_250)),
        "{score}"
    );
}

async fn planned_visits_that_are_missing_are_counted_for_desks(app: TestApp) {
    let tree = Tree::build(&app).await;
    let staff = &tree.world.staff;
    // Windows of the visits that are made end at the end of March (UTC), which is the first of April in Istanbul.
    tree.approved(&app, "a", &BEST, super::MARCH).await;
    tree.visit(&app, "b", &BEST, super::MARCH).await;
    for (branch, closes_at) in
        [("a", "2026-03-10T21:00:00Z"), ("c", "2026-03-10T20:59:00Z"), ("e", "2026-03-10T09:00:00Z")]
    {
        let assignment: incognito::ids::AssignmentId = id();
        let body = assignment_body(tree.branches[branch], tree.version, &staff.shopper);
        app.put(&staff.scheduler, format!("/v1/assignments/{assignment}"), body).await.expect(201);
        crate::builders::window_was(&app, assignment, "2026-03-01T00:00:00Z", closes_at).await;
    }
    let planned = async |place: &str, query: &str| {
        let path = format!("/v1/{}/score?planned=true&{query}", tree.place(place));
        let planned = app.get(&staff.administrator, path).await.expect(200).json["planned"].clone();
        [planned["visits"].as_i64().unwrap(), planned["missing"].as_i64().unwrap()]
    };
    assert_eq!(planned("brand", "from=2026-03&to=2026-03").await, [3, 3]);
    assert_eq!(planned("country", "from=2026-03-10&to=2026-03-10").await, [2, 2]);
    assert_eq!(planned("country", "from=2026-03-11&to=2026-04").await, [2, 0]);
    app.advance(30 * 86_400);
    let administrator = staff.administrator.clone().renewed(&app);
    let path = format!("/v1/{}/trend?from=2026-03&to=2026-04&planned=true", tree.place("country"));
    let trend = app.get(&administrator, path).await.expect(200).json;
    let planned: Vec<_> =
        trend["points"].as_array().unwrap().iter().map(|point| point["planned"].clone()).collect();
    // Of b nothing is decided.
    assert_eq!(planned, [json!({"visits": 2, "missing": 2}), json!({"visits": 2, "missing": 1})]);
    let scope = GrantScope { brand_id: Some(tree.brand), ..GrantScope::default() };
    let manager = Persona::with(&app, &[(Role::Manager, scope)]).await;
    for (what, at) in [("score", "/planned"), ("trend", "/points/0/planned")] {
        let path = format!("/v1/{}/{what}?from=2026-03&planned=true", tree.place("brand"));
        let found = app.get(&manager, path).await.expect(200).json;
        assert_eq!(found.pointer(at), Some(&Value::Null), "nothing of when visits are planned: {found}");
    }
}

async fn what_is_wrong_with_a_filter_is_named(app: TestApp) {
    let tree = Tree::build(&app).await;
    let (desk, place) = (&tree.world.staff.administrator, tree.place("a"));
    for (rest, at) in [
        ("score?from=2026-03-15&to=2026-03-14", "from"),
        ("score?from=2016-03-31&to=2026-03-01", "from"),
        ("score?from=2026-02-30", "from"),
        ("score?rolling=3&from=2026-03", "rolling"),
        ("score?rolling=0", "rolling"),
        ("score?planned=maybe", "planned"),
        ("score?campaign_id=x", "campaign_id"),
        ("trend?step=day&from=2025-01&to=2026-03", "step"),
        ("trend?step=hour", "step"),
        ("breakdown?by=minute", "by"),
    ] {
        app.get(desk, format!("/v1/{place}/{rest}")).await.expect_invalid(at);
    }
    for (list, rest, at) in [
        ("visits", "counted_in=nothing", "counted_in"),
        ("visits", "from=2026-03-15&to=2026-03-14", "from"),
        ("reports", "counted_in=section/x/table", "counted_in"),
        ("reports", "from=2026-03&to=2026-02", "from"),
    ] {
        app.get(desk, format!("/v1/{list}?{rest}")).await.expect_invalid(at);
    }
    app.get(desk, format!("/v1/{}/heatmap?by=weekday", tree.place("city"))).await.expect_invalid("by");
    let shopper = &tree.world.staff.shopper;
    app.get(shopper, "/v1/visits?counted_in=overall").await.expect_invalid("counted_in");
    app.get(shopper, "/v1/visits?from=2026-03").await.expect(200);
}
