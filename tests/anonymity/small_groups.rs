//! Small groups: an attacker on the branch's side keeps all figures of all nights and all reports, and subtracts. No figure and no
//! difference of two is of fewer visits than the brand's minimum whose reports the attacker may not read.
//!
//! Each visit scores in such a way that the figures of the sections say which visits a figure is of. So the attacker knows more
//! than anybody can, and the test knows exactly what is isolated.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;
use futures_util::future::join_all;
use incognito::{
    accounts::model::{GrantScope, Role},
    db::{
        Conn,
        schema::{report, visit},
    },
    ids::{ReportId, VersionId, VisitId},
    months::Month,
    reports::{release, store},
    scores::{self, show_daily::ShowBrand},
    visits::{self, state::State},
    work::Task,
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, Dice, TestApp, each_engine_test, id},
    builders::{assignment_body, visit_body},
    ledger::all_is_right,
    personas::Persona,
    reports::means,
    reviews::{approve, reopen},
    scores::Tree,
    visits::path,
};

each_engine_test!(no_difference_isolates_a_small_group, nor_in_a_world_of_other_dice);

/// So many visits are made, over so many days.
const VISITS: usize = 40;
const DAYS: usize = 5;
/// So many of them were approved before there were reports.
const BEFORE: usize = VISITS / 2;
/// So many of a section's figures have one visit each.
const DIGITS: usize = 8;
/// What the first of them scores, in basis points: more than twice what rounding the mean of all visits can hide.
const FIRST_DIGIT: i64 = 40;
/// The months in which visits are made; the last of them ends when the attack has begun.
const MONTHS: [&str; 4] = ["2025-12", "2026-01", "2026-02", "2026-03"];
const DAY: i64 = 86_400;

/// A place, and all that lies in it.
fn within(place: &str) -> &'static [&'static str] {
    match place {
        "country" => &["country", "city", "a", "b", "c"],
        "city" => &["city", "a", "b"],
        "abroad" => &["abroad", "d"],
        "brand" => &PLACES,
        branch => PLACES.chunks(1).find(|one| one[0] == branch).unwrap(),
    }
}

/// Some visits: of each its number.
type Visits = BTreeSet<usize>;

/// Five sections in which one visit each has a share of its own.
fn telling() -> Value {
    let option = |key: String, points: i64| json!({"key": key, "text": {"en": "It."}, "points": points});
    let digits = (0..DIGITS).map(|at| option(format!("d{at}"), (FIRST_DIGIT / 10) << at));
    let options: Vec<_> =
        [option("none".into(), 0), option("all".into(), 1_000)].into_iter().chain(digits).collect();
    let section = |number: usize| {
        json!({"key": format!("s{number}"), "title": {"en": "Part"}, "questions": [
            {"key": format!("q{number}"), "text": {"en": "Which?"},
                "answer": {"kind": "one_choice", "options": options}}]})
    };
    let sections: Vec<_> = (0..VISITS.div_ceil(DIGITS)).map(section).collect();
    json!({"title": {"en": "Telling"}, "languages": ["en"], "sections": sections})
}

/// The visits that a figure is of, as its sections tell.
fn decoded(score: &Value) -> Visits {
    let mut visits = Visits::new();
    for section in score["sections"].as_array().unwrap() {
        let Some(mean) = section["score"].as_i64() else { continue };
        let number: usize = section["section"].as_str().unwrap()[1..].parse().unwrap();
        let sum = mean * section["visits"].as_i64().unwrap();
        let digits = (sum + FIRST_DIGIT / 2) / FIRST_DIGIT;
        visits.extend((0..DIGITS).filter(|at| digits >> at & 1 == 1).map(|at| number * DIGITS + at));
    }
    let of = if score["score"].is_null() { 0 } else { score["visits"].as_i64().unwrap() };
    assert_eq!(visits.len() as i64, of, "{score} is of {visits:?}");
    visits
}

/// A visit of the world.
struct Made {
    id: VisitId,
    branch: &'static str,
    month: Month,
    state: State,
    /// Whether it counted before there were reports.
    before: bool,
}

/// A brand with visits, and its reviewers.
struct World {
    tree: Tree,
    minimum: i64,
    version: VersionId,
    made: Vec<Made>,
    reviewers: [Persona; 2],
    dice: Dice,
}

/// What an attacker may see, and what was seen of it.
struct Attacker {
    name: &'static str,
    who: Persona,
    places: Vec<&'static str>,
    /// The visits whose reports could be read at some time.
    readable: Visits,
    /// Which visits the figures were of, each with the first question that it answered.
    figures: BTreeMap<Visits, String>,
}

const BRANCHES: [&str; 5] = ["a", "b", "c", "d", "e"];
const PLACES: [&str; 9] = ["a", "b", "c", "d", "e", "city", "country", "abroad", "brand"];

impl World {
    async fn make(app: &TestApp, (minimum, seed): (i64, u64)) -> Self {
        let (tree, dice) = (Tree::build(app).await, Dice::seeded(seed));
        let staff = &tree.world.staff;
        let brand = format!("/v1/brands/{}", tree.brand);
        let was = app.get(&staff.administrator, &brand).await.expect(200);
        let body = json!({"name": "Caucasus", "language": "en", "minimum_visits": minimum});
        app.put(&staff.administrator, &brand, body).if_match(was.etag()).await.expect(200);
        let (_, version) = staff.checklist(app, tree.brand, telling()).await;
        let reviewer = || Persona::everywhere(app, Role::Reviewer);
        let reviewers = [reviewer().await, reviewer().await];
        let mut world = Self { tree, minimum, version, made: Vec::new(), reviewers, dice };
        for number in 0..VISITS {
            world.visit(app, number).await;
        }
        world
    }

    async fn visit(&mut self, app: &TestApp, number: usize) {
        // What counted before there were reports is of two branches and two months, so that figures are of it.
        let of = |all: usize| if number < BEFORE { 2 } else { all as u64 };
        let branch = BRANCHES[self.dice.roll(of(BRANCHES.len())) as usize];
        let month = MONTHS[self.dice.roll(of(MONTHS.len())) as usize];
        let (assignment, visit, staff) = (id(), id(), &self.tree.world.staff);
        let mut body = assignment_body(self.tree.branches[branch], self.version, &staff.shopper);
        body["opens_at"] = json!("2020-01-01T00:00:00Z");
        app.put(&staff.scheduler, format!("/v1/assignments/{assignment}"), body).await.expect(201);
        let mut body = visit_body(assignment, self.version);
        let at = format!("{month}-{:02}T09:00:00Z", 1 + self.dice.roll(14));
        (body["started_at"], body["ended_at"]) = (json!(at), json!(at));
        let answer = |section: usize| {
            let is_here = section == number / DIGITS;
            let option = if is_here { format!("d{}", number % DIGITS) } else { "none".to_owned() };
            (format!("q{section}"), json!({"value": option}))
        };
        body["answers"] = (0..VISITS.div_ceil(DIGITS)).map(answer).collect::<serde_json::Map<_, _>>().into();
        app.put(&staff.shopper, path(visit), body).await.expect(201);
        let (month, state) = (month.parse().unwrap(), State::Complete);
        self.made.push(Made { id: visit, branch, month, state, before: false });
    }

    /// One of the visits that are so.
    fn one(&mut self, is_so: impl Fn(&Made) -> bool) -> Option<usize> {
        let all: Vec<_> = (0..VISITS).filter(|at| is_so(&self.made[*at])).collect();
        (!all.is_empty()).then(|| all[self.dice.roll(all.len() as u64) as usize])
    }

    /// Visits that were approved when there were no reports, and counted for the branch's side at once.
    async fn before_there_were_reports(&mut self, app: &TestApp) {
        for number in 0..BEFORE {
            let id = self.made[number].id;
            approve(app, &self.reviewers[0], id).await.expect(200);
            let version = app.house().versions.get(app.db(), self.version).await.unwrap();
            let count = move |conn: &mut Conn| {
                let visit = visits::store::find(conn, id)?.unwrap();
                let counted = scores::model::Counted::for_branch_side(&visit, &version, |_| false);
                scores::count::release(conn, &counted)?;
                Ok(diesel::update(visit::table.find(id)).set(visit::shown_before.eq(true)).execute(conn)?)
            };
            assert_eq!(app.db().write(count).await.unwrap(), 1);
            (self.made[number].state, self.made[number].before) = (State::Approved, true);
        }
    }

    /// Reviewers decide, take decisions back and withdraw.
    async fn a_day_passes(&mut self, app: &TestApp) {
        let [one, other] = self.reviewers.each_ref().map(|who| who.clone().renewed(app));
        for _ in 0..(VISITS - BEFORE) / DAYS + 1 {
            let Some(at) = self.one(|made| made.state == State::Complete) else { break };
            approve(app, &one, self.made[at].id).await.expect(200);
            self.made[at].state = State::Approved;
        }
        // What counted before there were reports is taken back in a test of its own (`scores/shown/tests.rs`).
        if let Some(at) = self.one(|made| made.state == State::Approved && !made.before) {
            reopen(app, &one, self.made[at].id).await.expect(200);
            self.made[at].state = State::Complete;
        }
        for _ in 0..2 {
            let Some(at) = self.one(|made| made.state == State::Released) else { break };
            let review = format!("{}/review", path(self.made[at].id));
            let why = json!({"reason": "The shopper made it up."});
            app.post(&one, format!("{review}/propose-withdrawal"), why).await.expect(200);
            app.call(actix_web::http::Method::POST, format!("{review}/withdraw"))
                .by(&other)
                .await
                .expect(200);
            self.made[at].state = State::Withdrawn;
        }
    }

    /// In some regions reports go out, of all that wait there; figures are taken up before or after.
    async fn a_night_passes(&mut self, app: &TestApp) {
        app.advance(DAY);
        let figures_first = self.dice.roll(3) == 0;
        if figures_first {
            self.show(app).await;
        }
        let regions = app.db().read(|conn| store::regions_with(conn, State::Approved)).await.unwrap();
        for part in regions.into_keys().filter(|(brand, _)| *brand == self.tree.brand) {
            if self.dice.roll(3) == 0 {
                continue;
            }
            let waiting =
                app.db().read(move |conn| store::visits_of(conn, part, State::Approved)).await.unwrap();
            let ids: Vec<_> = waiting.into_iter().map(|one| one.id).collect();
            release::release(app.app(), &means(app), ids.clone()).await.unwrap();
            for made in self.made.iter_mut().filter(|made| ids.contains(&made.id)) {
                (made.state, made.before) = (State::Released, false);
            }
        }
        if !figures_first {
            self.show(app).await;
        }
    }

    async fn show(&self, app: &TestApp) {
        ShowBrand { brand_id: self.tree.brand }.run(app.app(), &()).await.unwrap();
    }

    /// Somebody who may see these places, and all that lies in them.
    async fn attacker(&self, app: &TestApp, name: &'static str, role: Role, of: &[&'static str]) -> Attacker {
        let everywhere = GrantScope { brand_id: Some(self.tree.brand), ..GrantScope::default() };
        let scope = |place: &&str| GrantScope {
            region_id: self.tree.regions.get(place).copied(),
            branch_id: self.tree.branches.get(place).copied(),
            ..everywhere
        };
        let grants: Vec<_> = of.iter().map(|place| (role, scope(place))).collect();
        let places = PLACES.iter().copied().filter(|one| of.iter().any(|place| within(place).contains(one)));
        let (places, who) = (places.collect(), Persona::with(app, &grants).await);
        Attacker { name, who, places, readable: Visits::new(), figures: BTreeMap::new() }
    }
}

impl Attacker {
    /// Reads all reports, and asks for figures of every place and of some periods.
    async fn look(&mut self, app: &TestApp, world: &mut World) {
        let who = self.who.clone().renewed(app);
        let numbers: HashMap<_, _> = world.made.iter().enumerate().map(|(at, made)| (made.id, at)).collect();
        let reports: Vec<(ReportId, VisitId)> = app
            .db()
            .read(|conn| Ok(report::table.select((report::id, report::visit_id)).load(conn)?))
            .await
            .unwrap();
        let reports: HashMap<_, _> = reports.into_iter().collect();
        let listed = app.get(&who, "/v1/reports?limit=200").await.expect(200);
        assert!(listed.json["next_cursor"].is_null());
        let mut now = Visits::new();
        for one in listed.json["items"].as_array().unwrap().iter().filter(|one| one["score"].is_i64()) {
            let id: ReportId = one["id"].as_str().unwrap().parse().unwrap();
            now.insert(numbers[&reports[&id]]);
        }
        self.readable.extend(&now);
        let mut periods = vec![(MONTHS[0], "2026-04")];
        for _ in 0..5 {
            let (from, to) = (world.dice.roll(4) as usize, world.dice.roll(4) as usize);
            periods.push((MONTHS[from.min(to)], MONTHS[from.max(to)]));
        }
        let questions = PLACES.iter().flat_map(|place| periods.iter().map(move |period| (*place, *period)));
        let ask = |(place, (from, to)): (&'static str, (&'static str, &'static str))| {
            let path = format!("/v1/{}/score?from={from}&to={to}", world.tree.place(place));
            let answer = app.get(&who, path);
            async move { (place, (from, to), answer.await) }
        };
        let answers = join_all(questions.map(ask)).await;
        for (place, period, answer) in &answers {
            match self.places.contains(place) {
                true => self.note(world, place, *period, answer.clone().expect(200)),
                false => drop(answer.clone().expect_problem(404, "not_found")),
            }
        }
        // What is said of subjects tells of visits as well.
        for place in &self.places {
            let (from, to) = periods[1];
            let path = format!(
                "/v1/{}/breakdown?by=section&sort=key&limit=1000&from={from}&to={to}",
                world.tree.place(place)
            );
            let answer = app.get(&who, path).await.expect(200).json;
            let rows = answer["items"].as_array().unwrap().iter();
            let sections: Vec<_> = rows
                .map(|row| json!({"section": row["key"], "score": row["score"], "visits": row["visits"]}))
                .collect();
            let Some(first) = sections.first() else { continue };
            let (score, visits) = (&first["score"], &first["visits"]);
            let of = decoded(&json!({"sections": sections, "score": score, "visits": visits}));
            self.figures.entry(of).or_insert(format!("sections of {place} from {from} to {to}"));
        }
        // What is said of a branch in a ranking is what is said of it alone.
        let alone = |id: &Value, period| {
            let of = |(place, asked, _): &&(&str, (&str, &str), Answer)| {
                *asked == period && world.tree.branches.get(place).is_some_and(|branch| json!(branch) == *id)
            };
            answers.iter().find(of).map(|(.., answer)| answer.json.clone())
        };
        for place in self.places.iter().filter(|place| !world.tree.branches.contains_key(*place)) {
            let period = periods[0];
            let path = format!("/v1/{}/ranking?from={}&to={}", world.tree.place(place), period.0, period.1);
            for row in app.get(&who, path).await.expect(200).json["items"].as_array().unwrap() {
                let Some(alone) = alone(&row["branch_id"], period) else { continue };
                for name in ["visits", "score", "interval", "insufficient"] {
                    assert_eq!(row[name], alone[name], "{}: {row} {alone}", self.name);
                }
            }
        }
        self.look_closer(app, world, (&who, &now)).await;
    }

    /// Asks for figures of days and with filters: each is of reports that can be read now, and of enough of them.
    async fn look_closer(&mut self, app: &TestApp, world: &mut World, (who, now): (&Persona, &Visits)) {
        let mut queries = vec![
            format!("from={}&to=2026-04&version_id={}", MONTHS[0], world.version),
            format!("from={}&to=2026-04&q={}", MONTHS[0], BRANCHES[world.dice.roll(5) as usize]),
        ];
        for _ in 0..2 {
            // Two that differ by a day.
            let from = format!("{}-{:02}", MONTHS[world.dice.roll(4) as usize], 1 + world.dice.roll(14));
            let (month, day) = (MONTHS[world.dice.roll(4) as usize], 1 + world.dice.roll(20));
            for day in [day, day + 1] {
                let to = format!("{month}-{day:02}");
                let (from, to) = (from.clone().min(to.clone()), from.clone().max(to));
                queries.push(format!("from={from}&to={to}"));
            }
        }
        let asked = self.places.iter().flat_map(|place| queries.iter().map(move |query| (*place, query)));
        let ask = |(place, query): (&'static str, &String)| {
            let path = format!("/v1/{}/score?{query}&planned=true", world.tree.place(place));
            let answer = app.get(who, path);
            let query = query.clone();
            async move { (place, query, answer.await.expect(200)) }
        };
        for (place, query, answer) in join_all(asked.map(ask)).await {
            let of = decoded(&answer.json);
            assert!(of.is_subset(now), "{}: {place} {query} is of {of:?}, and not of {now:?}", self.name);
            assert!(of.is_empty() || of.len() as i64 >= world.minimum, "{}: {place} {query}", self.name);
            assert!(answer.json["visits"].as_u64().unwrap() <= now.len() as u64, "{}: {answer}", self.name);
            assert!(answer.json["planned"].is_null(), "nothing of when visits are wanted: {answer}");
            self.figures.entry(of).or_insert(format!("{place} {query}"));
        }
        // What others are given beside it is of the same reports.
        let place = self.places[world.dice.roll(self.places.len() as u64) as usize];
        for query in &queries {
            let path = |what: &str| format!("/v1/{}/{what}?{query}", world.tree.place(place));
            let answer = app.get(who, path("comparison")).await.expect(200);
            let others = ["region", "brand", "best_quarter"].map(|name| answer.json[name].is_null());
            assert!(others == [true; 3] || self.places.contains(&"brand"), "{}: {answer}", self.name);
            for by in ["weekday", "campaign"] {
                let parts = format!("{}&by={by}", path("breakdown"));
                let parts = app.get(who, parts).await.expect(200);
                let rows = parts.json["items"].as_array().unwrap();
                let visits: i64 = rows.iter().map(|row| row["visits"].as_i64().unwrap()).sum();
                assert!(visits <= now.len() as i64, "{}: {parts}", self.name);
                let of_few = rows.iter().filter(|row| row["visits"].as_i64() < Some(world.minimum));
                assert!(of_few.clone().all(|row| row["score"].is_null()), "{}: {parts}", self.name);
            }
            app.get(who, format!("{}&by=hour", path("breakdown"))).await.expect_invalid("by");
            self.look_at_answers(app, world, (who, now), &path("answers")).await;
            let trend = app.get(who, path("trend")).await.expect(200);
            for point in trend.json["points"].as_array().unwrap() {
                let visits = point["visits"].as_i64().unwrap();
                assert!(point["score"].is_null() || visits >= world.minimum, "{}: {trend}", self.name);
                // Whole months are of whole spans.
                let is_of_days = point["from"].as_str().unwrap().len() > "2026-11".len();
                assert!(!is_of_days || visits <= now.len() as i64, "{}: {trend}", self.name);
            }
        }
    }

    /// Each answer is of reports that can be read, and of enough of them; and so are those that are said to have given it.
    async fn look_at_answers(
        &self,
        app: &TestApp,
        world: &World,
        (who, now): (&Persona, &Visits),
        path: &str,
    ) {
        let answer = app.get(who, path).await.expect(200);
        for row in answer.json["items"].as_array().unwrap() {
            let visits = row["visits"].as_i64().unwrap();
            let is_of_few = visits < world.minimum;
            assert!(visits <= now.len() as i64, "{}: {row}", self.name);
            assert_eq!(
                (row["score"].is_null(), row["loss"].is_null()),
                (is_of_few, is_of_few),
                "{}: {row}",
                self.name
            );
            let quotes =
                app.get(who, format!("{}&limit=200", row["quotes_at"].as_str().unwrap())).await.expect(200);
            let quotes = quotes.json["items"].as_array().unwrap();
            assert_eq!(quotes.len() as i64, if is_of_few { 0 } else { visits }, "{}: {row}", self.name);
            if is_of_few {
                assert_eq!(
                    (&row["answers"], &row["quotes"]),
                    (&json!([]), &json!([])),
                    "{}: {row}",
                    self.name
                );
            }
            for one in row["quotes"].as_array().unwrap().iter().chain(quotes) {
                let report = one["source"]["report_id"].as_str().unwrap();
                app.get(who, format!("/v1/reports/{report}")).await.expect(200);
            }
        }
    }

    fn note(&mut self, world: &World, place: &str, (from, to): (&str, &str), answer: Answer) {
        let of = decoded(&answer.json);
        let months = from.parse::<Month>().unwrap()..=to.parse::<Month>().unwrap();
        for at in &of {
            let Made { branch, month, .. } = &world.made[*at];
            assert!(within(place).contains(branch) && months.contains(month), "{place}: {answer}");
        }
        if of.is_empty() {
            // How many there are is said where no figure is; it tells of no visit that is not known anyway.
            let known = answer.json["visits"].as_i64().unwrap();
            let before = world.made.iter().any(|made| made.before);
            assert!(before || known <= self.readable.len() as i64, "{}: {answer}", self.name);
        }
        let question = format!("{place} from {from} to {to} by {}", answer.json["visits"]);
        self.figures.entry(of).or_insert(question);
    }

    /// Subtracts every figure from every other one, and from nothing.
    fn attack(&self, minimum: i64) -> usize {
        let none = (Visits::new(), "nothing".to_owned());
        let all = || self.figures.iter().chain([(&none.0, &none.1)]);
        let mut hidden_groups = 0;
        for (one, asked) in all() {
            for (other, also) in all() {
                let isolated: Visits =
                    one.difference(other).filter(|at| !self.readable.contains(at)).copied().collect();
                assert!(
                    isolated.is_empty() || isolated.len() as i64 >= minimum,
                    "{} isolates {isolated:?} of {minimum} by {asked} without {also}",
                    self.name
                );
                hidden_groups += usize::from(!isolated.is_empty());
            }
        }
        hidden_groups
    }
}

async fn no_difference_isolates_a_small_group(app: TestApp) {
    attacked(app, (2, 100)).await;
}

async fn nor_in_a_world_of_other_dice(app: TestApp) {
    attacked(app, (3, 101)).await;
}

async fn attacked(app: TestApp, of: (i64, u64)) {
    let mut world = World::make(&app, of).await;
    world.before_there_were_reports(&app).await;
    let mut attackers = vec![
        world.attacker(&app, "HR", Role::Hr, &["brand"]).await,
        world.attacker(&app, "a region's manager", Role::Manager, &["country"]).await,
        world.attacker(&app, "a manager of two places", Role::Manager, &["city", "d"]).await,
        world.attacker(&app, "a branch's manager", Role::Manager, &["b"]).await,
    ];
    world.show(&app).await;
    let mut hidden_groups = 0;
    for day in 0..DAYS {
        for attacker in &mut attackers {
            attacker.look(&app, &mut world).await;
            hidden_groups += attacker.attack(world.minimum);
        }
        world.a_day_passes(&app).await;
        if day == 1 {
            // March ends.
            app.advance(17 * DAY);
        }
        world.a_night_passes(&app).await;
        if day == 2 {
            // Somebody comes late, and has not read what was withdrawn by then.
            world.show(&app).await;
            attackers.push(world.attacker(&app, "a late manager", Role::Manager, &["country"]).await);
        }
    }
    for attacker in &mut attackers {
        attacker.look(&app, &mut world).await;
        attacker.attack(world.minimum);
        assert!(attacker.figures.len() > 1, "{} has nothing to subtract", attacker.name);
    }
    assert!(hidden_groups > 0, "some figures were of visits that nobody could read");
    all_is_right(&app).await;
}
