//! Whether reports tell which two are of one shopper: an attacker has all that the branch's side gets of a region, but for what was
//! answered, and guesses.

use std::{collections::HashMap, env, fmt::Write as _};

use diesel::{RunQueryDsl, sql_query};
use futures_util::future::join_all;
use incognito::{
    accounts::model::{GrantScope, Role},
    evidence::read::ReadEvidence,
    ids::{AccountId, BranchId, ReportId, VisitId},
    work::Task,
};
use serde_json::{Value, json};

use crate::{
    app::{Dice, Engine, TestApp, id, run},
    builders::{World, branch_body, visit_body},
    evidence::jpeg_of,
    personas::Persona,
    receipts::with_photos,
    reports::release_all,
    uploads::File,
    visits::path,
};

/// So many visits are made where `INCOGNITO_LINKED_VISITS` does not say another number, such as the 10,000 of `.ci/full` …
const VISITS: usize = 2_000;
/// … by so many shoppers, whose phones take photos of these sides …
const SHOPPERS: usize = 100;
const SIDES: [(u32, u32); 6] = [(64, 48), (48, 64), (80, 45), (45, 80), (60, 60), (96, 40)];
/// … in so many nights.
const NIGHTS: usize = 60;
/// So many visits have a photo, by the first of the shoppers.
const WITH_PHOTO: usize = 96;
const WITH_PHOTOS: usize = 12;
/// So many pairs of each kind are looked at.
const PAIRS: usize = 20_000;
/// Better than chance by no more than this: an area under the curve of one half is chance.
const MOST: f64 = 0.55;

fn visits() -> usize {
    env::var("INCOGNITO_LINKED_VISITS").ok().map_or(VISITS, |number| number.parse().unwrap())
}

#[test]
fn two_reports_of_one_shopper_cannot_be_told() {
    run(Engine::Sqlite, attack);
}

/// A report as the attacker has it, with the number of its shopper, which the attacker has not.
#[derive(Clone)]
struct Had {
    shopper: usize,
    /// What there is of it, as numbers.
    traits: Vec<f64>,
}

/// How near each other two reports are in each trait.
fn nearness(one: &Had, other: &Had) -> Vec<f64> {
    let pairs = one.traits.iter().zip(&other.traits);
    let mut all: Vec<f64> = pairs.clone().map(|(a, b)| -(a - b).abs()).collect();
    all.extend(pairs.map(|(a, b)| f64::from(a == b)));
    all
}

/// How likely a pair of one shopper has more than a pair of two: the area under the curve.
fn area(same: &[f64], other: &[f64]) -> f64 {
    let mut all: Vec<_> = same.iter().map(|x| (*x, true)).chain(other.iter().map(|x| (*x, false))).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut sum, mut at) = (0.0, 0);
    while at < all.len() {
        let end = at + all[at..].iter().take_while(|one| one.0 == all[at].0).count();
        // What is equal shares its ranks.
        let rank = (at + end + 1) as f64 / 2.0;
        sum += rank * all[at..end].iter().filter(|one| one.1).count() as f64;
        at = end;
    }
    let (n, m) = (same.len() as f64, other.len() as f64);
    (sum - n * (n + 1.0) / 2.0) / (n * m)
}

/// Pairs of one shopper and of two, as the attacker sees them.
fn pairs(had: &[Had], dice: &mut Dice, most: usize) -> [Vec<Vec<f64>>; 2] {
    let mut found = [Vec::new(), Vec::new()];
    let mut by_shopper: HashMap<usize, Vec<usize>> = HashMap::new();
    had.iter().enumerate().for_each(|(at, one)| by_shopper.entry(one.shopper).or_default().push(at));
    for _ in 0..20 * most {
        let one = dice.roll(had.len() as u64) as usize;
        let own = &by_shopper[&had[one].shopper];
        let same = own[dice.roll(own.len() as u64) as usize];
        let other = dice.roll(had.len() as u64) as usize;
        for (kind, other) in [(0, same), (1, other)] {
            let is_same = had[one].shopper == had[other].shopper;
            if one != other && is_same == (kind == 0) && found[kind].len() < most {
                found[kind].push(nearness(&had[one], &had[other]));
            }
        }
    }
    found
}

/// Learns on some pairs which traits tell most, and says how well that does on others.
fn learned(train: &[Vec<Vec<f64>>; 2], test: &[Vec<Vec<f64>>; 2]) -> f64 {
    let width = train[0][0].len();
    let all = || train.iter().flatten();
    let n = all().count() as f64;
    let mean: Vec<f64> = (0..width).map(|i| all().map(|pair| pair[i]).sum::<f64>() / n).collect();
    let spread: Vec<f64> = (0..width)
        .map(|i| (all().map(|pair| (pair[i] - mean[i]).powi(2)).sum::<f64>() / n).sqrt().max(1e-9))
        .collect();
    let scaled = |pair: &Vec<f64>| (0..width).map(|i| (pair[i] - mean[i]) / spread[i]).collect::<Vec<_>>();
    let rows: Vec<_> = train
        .iter()
        .enumerate()
        .flat_map(|(kind, pairs)| pairs.iter().map(move |pair| (kind == 0, pair)))
        .map(|(is_same, pair)| (is_same, scaled(pair)))
        .collect();
    let mut weights = vec![0.0; width + 1];
    let score = |weights: &[f64], row: &[f64]| {
        weights[width] + row.iter().zip(weights).map(|(x, w)| x * w).sum::<f64>()
    };
    for _ in 0..60 {
        let mut slope = vec![0.0; width + 1];
        for (is_same, row) in &rows {
            let wrong = 1.0 / (1.0 + (-score(&weights, row)).exp()) - f64::from(*is_same);
            row.iter().enumerate().for_each(|(i, x)| slope[i] += wrong * x);
            slope[width] += wrong;
        }
        weights.iter_mut().zip(&slope).for_each(|(weight, slope)| *weight -= slope / rows.len() as f64);
    }
    let scores =
        |pairs: &[Vec<f64>]| pairs.iter().map(|pair| score(&weights, &scaled(pair))).collect::<Vec<_>>();
    area(&scores(&test[0]), &scores(&test[1]))
}

/// The best that the attacker can do: by one trait alone, or by all that were learned.
fn best(had: &[Had], most: usize, names: &[&str]) -> (f64, String) {
    let mut dice = Dice::seeded(9);
    let (train, test) = (pairs(had, &mut dice, most), pairs(had, &mut dice, most));
    let mut shown = String::new();
    let mut best: f64 = learned(&train, &test);
    write!(shown, "learned {best:.3}").unwrap();
    for (i, name) in
        names.iter().flat_map(|name| [format!("{name}, near"), format!("{name}, same")]).enumerate()
    {
        // All that is near comes before all that is the same.
        let at = i / 2 + i % 2 * names.len();
        let of = |kind: usize| test[kind].iter().map(|pair| pair[at]).collect::<Vec<_>>();
        let area = area(&of(0), &of(1));
        best = best.max(area).max(1.0 - area);
        write!(shown, "; {name} {area:.3}").unwrap();
    }
    (best, shown)
}

/// The attack finds what is there to be found: a trait that is a shopper's own is seen at once.
#[test]
fn a_trait_of_a_shopper_s_own_would_be_seen() {
    let mut dice = Dice::seeded(3);
    let mut made = |leak: u64| {
        let had = (0..2_000).map(|_| {
            let shopper = dice.roll(50) as usize;
            let own = if dice.roll(100) < leak { shopper as f64 } else { dice.roll(50) as f64 };
            Had { shopper, traits: vec![own, dice.roll(1_000) as f64] }
        });
        best(&had.collect::<Vec<_>>(), 4_000, &["own", "random"]).0
    };
    assert!(made(0) < MOST && made(60) > 0.6, "{} {}", made(0), made(60));
}

/// What is copied to make one more visit like a template, with another shopper, branch, moment and phone.
struct Template {
    assignment: Vec<u8>,
    visit: Vec<u8>,
    files: Vec<Vec<u8>>,
}

fn hex(bytes: &[u8]) -> String {
    format!("x'{}'", data_encoding::HEXLOWER.encode(bytes))
}

/// Copies the row of a table with this id under another one, with these changes.
fn copy(table: &str, key: &str, from: &[u8], changes: &[(&str, String)]) -> Vec<String> {
    let mut all = vec![format!("CREATE TEMP TABLE one AS SELECT * FROM {table} WHERE {key} = {}", hex(from))];
    let set: Vec<_> = changes.iter().map(|(column, value)| format!("{column} = {value}")).collect();
    all.push(format!("UPDATE one SET {}", set.join(", ")));
    all.push(format!("INSERT INTO {table} SELECT * FROM one"));
    all.push("DROP TABLE one".to_owned());
    all
}

async fn run_all(app: &TestApp, statements: Vec<String>) {
    let write = move |conn: &mut incognito::db::Conn| {
        for statement in &statements {
            sql_query(statement.clone()).execute(conn)?;
        }
        Ok(())
    };
    app.db().write(write).await.unwrap();
}

struct Region {
    branches: Vec<BranchId>,
    shoppers: Vec<AccountId>,
    templates: Vec<Template>,
    scope: GrantScope,
}

async fn region(app: &TestApp) -> Region {
    let world = World::build(app).await;
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let region = &brand.regions[0];
    let mut branches: Vec<_> = region.branches.iter().map(|branch| branch.id).collect();
    for number in 0..38 {
        let branch: BranchId = id();
        let body = branch_body(brand.id, Some(region.id), &format!("more {number}"));
        app.put(&staff.administrator, format!("/v1/branches/{branch}"), body).await.expect(201);
        branches.push(branch);
    }
    let mut shoppers = Vec::new();
    for _ in 0..SHOPPERS {
        shoppers.push(Persona::with(app, &[]).await.account);
    }
    let (_, version) = staff.checklist(app, brand.id, with_photos()).await;
    let mut templates = Vec::new();
    for sides in SIDES {
        let (to, visit): (_, VisitId) = (staff.assignment(app, branches[0], version).await, id());
        let photo = File::for_visit(visit, "image/jpeg", jpeg_of(sides));
        let mut body = visit_body(to, version);
        body["manifest"] = json!([photo.listed("photos")]);
        body["device"] = json!({"model": format!("Phone {sides:?}"), "os": "1", "app_version": "1"});
        app.put(&staff.shopper, path(visit), body).await.expect(201);
        photo.put(app, &staff.shopper).await.expect(201);
        let read = ReadEvidence { evidence_id: photo.id, shopper_id: None };
        read.run(app.app(), &app.house().readers).await.unwrap();
        let files = vec![photo.id.uuid().as_bytes().to_vec()];
        let (assignment, visit) = (to.uuid().as_bytes().to_vec(), visit.uuid().as_bytes().to_vec());
        templates.push(Template { assignment, visit, files });
    }
    let scope = GrantScope { region_id: Some(region.id), ..brand.scope() };
    // The templates themselves wait for nothing.
    let mut statements: Vec<_> = templates
        .iter()
        .map(|one| format!("UPDATE visit SET state = 'rejected' WHERE id = {}", hex(&one.visit)))
        .collect();
    // Half of the branches are visited often enough for days to be shown.
    for branch in branches.iter().skip(1).step_by(2) {
        statements.push(format!(
            "INSERT INTO figure VALUES ({}, 'desk', 202603, {}, 'branch', 9, 1, 1, {})",
            hex(branch.uuid().as_bytes()),
            hex(brand.id.uuid().as_bytes()),
            hex(&[0, 0])
        ));
    }
    run_all(app, statements).await;
    Region { branches, shoppers, templates, scope }
}

async fn attack(app: TestApp) {
    let region = region(&app).await;
    let mut dice = Dice::seeded(1);
    let mut whose: HashMap<VisitId, usize> = HashMap::new();
    for night in 0..NIGHTS {
        let mut statements = Vec::new();
        for _ in 0..visits() / NIGHTS + usize::from(night < visits() % NIGHTS) {
            let has_photo = whose.len().is_multiple_of(visits() / WITH_PHOTO);
            let shopper = dice.roll(if has_photo { WITH_PHOTOS } else { SHOPPERS } as u64) as usize;
            let branch = region.branches[dice.roll(region.branches.len() as u64) as usize];
            let (visit, assignment): (VisitId, VisitId) = (id(), id());
            let template = &region.templates[shopper % SIDES.len()];
            // Each has hours of their own.
            let (hour, minute) = (9 + shopper % 10, dice.roll(60));
            let at = app.now().timestamp();
            let started = format!("{}T{hour:02}:{minute:02}:00Z", at.strftime("%Y-%m-%d"));
            let (who, place) =
                (hex(region.shoppers[shopper].uuid().as_bytes()), hex(branch.uuid().as_bytes()));
            let ids = [visit, assignment].map(|one| hex(one.uuid().as_bytes()));
            let received = app.now().micros() - 3_600_000_000 * (12 - hour as i64 % 12);
            statements.extend(copy(
                "assignment",
                "id",
                &template.assignment,
                &[("id", ids[1].clone()), ("branch_id", place.clone()), ("shopper_id", who.clone())],
            ));
            let mut content = format!("json_set(content, '$.started_at', '{started}')");
            if has_photo {
                for file in &template.files {
                    let copy_of: VisitId = id();
                    let evidence = hex(copy_of.uuid().as_bytes());
                    let changes =
                        [("id", evidence.clone()), ("visit_id", ids[0].clone()), ("shopper_id", who.clone())];
                    statements.extend(copy("evidence", "id", file, &changes));
                    statements.extend(copy("clean_copy", "evidence_id", file, &[("evidence_id", evidence)]));
                    content = format!("json_set({content}, '$.manifest[0].id', '{copy_of}')");
                }
            } else {
                content = format!("json_remove({content}, '$.manifest')");
            }
            statements.extend(copy(
                "visit",
                "id",
                &template.visit,
                &[
                    ("id", ids[0].clone()),
                    ("assignment_id", ids[1].clone()),
                    ("branch_id", place),
                    ("shopper_id", who),
                    ("state", "'approved'".to_owned()),
                    ("received_at", received.to_string()),
                ],
            ));
            let of_copy = [("visit_id", ids[0].clone()), ("content", content)];
            statements.extend(copy("visit_content", "visit_id", &template.visit, &of_copy));
            whose.insert(visit, shopper);
        }
        run_all(&app, statements).await;
        release_all(&app).await;
        app.advance(86_400);
    }
    let had = what_the_branch_s_side_gets(&app, &region, &whose).await;
    let names = ["id", "place", "day", "weekday", "branch", "released", "days"];
    let (area, shown) = best(&had.0, PAIRS, &names);
    println!("{} reports: {shown}", had.0.len());
    assert!(had.0.len() == visits() && area <= MOST, "{area:.3}: {shown}");
    let names = ["size", "headers", "language", "copy's size", "copy's sides", "copy's type", "copy's name"];
    let (area, shown) = best(&had.1, 400, &names);
    println!("{} reports with photos: {shown}", had.1.len());
    assert!(had.1.len() >= WITH_PHOTO && area <= MOST + 0.03, "{area:.3}: {shown}");
}

/// All reports as the list has them, and those with photos as they are read with those.
async fn what_the_branch_s_side_gets(
    app: &TestApp,
    region: &Region,
    whose: &HashMap<VisitId, usize>,
) -> (Vec<Had>, Vec<Had>) {
    let manager = Persona::with(app, &[(Role::Manager, region.scope)]).await;
    let mut items: Vec<Value> = Vec::new();
    let mut next = "/v1/reports?limit=200".to_owned();
    while !next.is_empty() {
        let page = app.get(&manager, &next).await.expect(200);
        items.extend(page.json["items"].as_array().unwrap().iter().cloned());
        let on = |cursor: &str| format!("/v1/reports?limit=200&cursor={cursor}");
        next = page.json["next_cursor"].as_str().map(on).unwrap_or_default();
    }
    // Whose they are is not in what the attacker has: it is looked up beside; and so is which have photos, to read only those.
    let beside = app.db().read(|conn| {
        use diesel::prelude::*;
        use incognito::db::schema::{report, report_file};
        let visits =
            report::table.select((report::id, report::visit_id)).load::<(ReportId, VisitId)>(conn)?;
        let with_photos: Vec<ReportId> = report_file::table.select(report_file::report_id).load(conn)?;
        Ok((visits, with_photos))
    });
    let (visits, with_photos) = beside.await.unwrap();
    let shopper_of: HashMap<String, usize> =
        visits.into_iter().map(|(report, visit)| (report.to_string(), whose[&visit])).collect();
    let have_photos: Vec<_> = with_photos.iter().map(ToString::to_string).collect();
    let day = |text: &Value| -> jiff::civil::Date { text.as_str().unwrap().parse().unwrap() };
    let days = |text: &Value| f64::from((day(text) - jiff::civil::date(2026, 1, 1)).get_days());
    let number = |text: &str| uuid::Uuid::parse_str(text).map_or(0.0, |uuid| (uuid.as_u128() >> 64) as f64);
    let had = items.iter().enumerate().map(|(place, item)| {
        let own = item["id"].as_str().unwrap();
        let weekday = f64::from(day(&item["first_day"]).weekday().to_monday_zero_offset());
        let traits = vec![
            number(own),
            place as f64,
            days(&item["first_day"]),
            weekday,
            number(item["branch_id"].as_str().unwrap()),
            days(&item["released_on"]),
            days(&item["last_day"]) - days(&item["first_day"]),
        ];
        Had { shopper: shopper_of[own], traits }
    });
    let all: Vec<_> = had.collect();
    let is_read = |item: &&Value| have_photos.iter().any(|id| item["id"] == id.as_str());
    let read = items.iter().filter(is_read).map(|item| async {
        let own = item["id"].as_str().unwrap();
        let seen = app.get(&manager, format!("/v1/reports/{own}")).await.expect(200);
        let sections = seen.json["content"]["sections"].as_array().unwrap();
        let photos = sections.iter().flat_map(|section| section["questions"].as_array().unwrap());
        let photo = photos.flat_map(|question| question["photos"].as_array().unwrap()).next().cloned()?;
        let copy =
            app.get(&manager, format!("/v1/report-files/{}", photo.as_str().unwrap())).await.expect(200);
        let sides = incognito::evidence::photos::read(&copy.bytes, &Default::default()).unwrap();
        let own_headers = ["date", "x-request-id", "etag", "content-length", "content-disposition"];
        let headers: usize = seen
            .headers
            .iter()
            .filter(|(name, _)| !own_headers.contains(&name.as_str()))
            .map(|(_, value)| value.len())
            .sum();
        let traits = vec![
            seen.bytes.len() as f64,
            headers as f64,
            seen.header("content-language").len() as f64,
            copy.bytes.len() as f64,
            f64::from(sides.width) * 10_000.0 + f64::from(sides.height),
            copy.header("content-type").len() as f64,
            number(photo.as_str().unwrap()),
        ];
        Some(Had { shopper: shopper_of[own], traits })
    });
    let mut with_photos = Vec::new();
    let read: Vec<_> = read.collect();
    let mut read = read.into_iter();
    loop {
        let some: Vec<_> = read.by_ref().take(16).collect();
        if some.is_empty() {
            return (all, with_photos);
        }
        with_photos.extend(join_all(some).await.into_iter().flatten());
    }
}
