//! Campaigns: what is wanted, the assignments that are planned from it, and how far it is.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use diesel::prelude::*;
use futures_util::future::join_all;
use incognito::{
    accounts::model::Role,
    db::{Conn, schema::assignment, types::Instant},
    fieldwork::assignments::model::AssignmentState,
    ids::{AccountId, AssignmentId, BranchId, BrandId, CampaignId, RegionId, VersionId},
};
use serde_json::{Value, json};

mod ends;

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::{World, branch_body, content, visit_body},
    personas::Persona,
};

each_engine_test!(
    a_campaign_is_made_and_changed,
    what_contradicts_itself_or_the_brand_is_refused,
    terms_are_read_strictly,
    what_was_planned_keeps_brand_and_version,
    campaigns_are_listed_in_the_order_of_their_making,
    a_plan_is_spread_over_the_period,
    planning_again_adds_what_is_missing,
    plans_at_once_make_each_visit_once,
    a_plan_keeps_to_the_places,
    what_cannot_be_is_told,
    coverage_follows_what_happens,
    coverage_is_told_by_region_and_reach,
    thousands_of_branches_are_planned,
    hours_go_past_midnight,
    a_test_is_not_for_visits,
    days_to_appeal_in_are_two_weeks_unless_said,
);

/// Two visits to each branch of the brand in April 2026, on any day.
pub fn campaign_body(brand: BrandId, version: VersionId) -> Value {
    json!({"brand_id": brand, "checklist_version_id": version, "name": "Spring", "terms": {
        "starts_on": "2026-04-01", "ends_on": "2026-04-30", "visits_per_branch": 2,
        "windows": {"from": "10:00", "to": "20:00"}, "fee": {"currency": "EUR", "amount": 1500},
        "second_visits": true, "pays_outcomes": true, "show_scores": true,
        "limits": {"accept_hours": 24, "submit_hours": 24, "evidence_hours": 72, "return_hours": 72, "most_returns": 3,
            "appeal_days": 14, "appeal_decision_days": 7, "longest_delay_days": 7, "review_hours": 72},
        "reimbursement_limit": 0,
    }})
}

/// Makes a campaign.
pub async fn add_campaign(app: &TestApp, scheduler: &Persona, body: Value) -> CampaignId {
    let campaign = id();
    app.put(scheduler, path(campaign), body).await.expect(201);
    campaign
}

fn path(campaign: CampaignId) -> String {
    format!("/v1/campaigns/{campaign}")
}

pub fn changed(body: &Value, changes: &[(&str, Value)]) -> Value {
    let mut body = body.clone();
    for (pointer, value) in changes {
        let (above, name) = pointer.rsplit_once('/').unwrap();
        let above = body.pointer_mut(above).unwrap().as_object_mut().unwrap();
        above.insert(name.to_owned(), value.clone());
    }
    body
}

pub async fn plan(app: &TestApp, who: &Persona, campaign: CampaignId) -> Answer {
    app.call(Method::POST, path(campaign) + "/plan").by(who).await
}

/// A row of a plan, as it is kept.
type Row = (AssignmentId, BranchId, i32, i32, AssignmentState, Instant, Instant);

async fn rows(app: &TestApp, of: CampaignId) -> Vec<Row> {
    let look = move |conn: &mut Conn| {
        let number = assignment::number.assume_not_null();
        Ok(assignment::table
            .filter(assignment::campaign_id.eq(of))
            .order((assignment::branch_id, assignment::number, assignment::attempt))
            .select((
                assignment::id,
                assignment::branch_id,
                number,
                assignment::attempt,
                assignment::state,
                assignment::opens_at,
                assignment::closes_at,
            ))
            .load(conn)?)
    };
    app.db().read(look).await.unwrap()
}

/// Puts an assignment where the board would have put it.
async fn becomes(app: &TestApp, id: AssignmentId, state: AssignmentState, shopper: Option<AccountId>) {
    let change = move |conn: &mut Conn| {
        let row = assignment::table.find(id);
        Ok(diesel::update(row)
            .set((assignment::state.eq(state), assignment::shopper_id.eq(shopper)))
            .execute(conn)?)
    };
    assert_eq!(app.db().write(change).await.unwrap(), 1);
}

async fn a_campaign_is_made_and_changed(app: TestApp) {
    let world = World::build(&app).await;
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let campaign: CampaignId = id();
    let mut body = campaign_body(brand.id, brand.version);
    let put = |body: &Value| app.put(&staff.scheduler, path(campaign), body.clone());
    put(&body).if_match("\"1\"").await.expect_problem(412, "precondition_failed");
    let at_once = join_all((0..8).map(|_| put(&body).into_future())).await;
    assert_eq!(at_once.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(at_once.iter().filter(|answer| answer.status == 200).count(), 7);

    app.advance(60);
    let made = put(&body).await.expect(200);
    let read = app.get(&staff.scheduler, path(campaign)).await.expect(200);
    assert_eq!((&made.bytes, made.etag()), (&read.bytes, read.etag()));
    let mut shown = body.clone();
    shown["id"] = json!(campaign);
    shown["created_at"] = json!("2026-03-15T10:00:00Z");
    shown["terms"]["windows"]["span_days"] = json!(7);
    shown["state"] = json!("running");
    assert_eq!(read.json, shown);
    app.get(&staff.scheduler, path(campaign)).header("if-none-match", read.etag()).await.expect(304);

    let rules = json!({"languages": true, "same_branch": {"days": 90, "visits": 3}, "same_region": {"days": 7},
        "most_jobs_at_once": 3, "lowest_rating": 60});
    body = changed(
        &body,
        &[
            ("/name", json!("Spring and summer")),
            ("/terms/ends_on", json!("2026-06-30")),
            ("/terms/windows/weekdays", json!(["mon", "fri"])),
            ("/terms/windows/blackout", json!(["2026-05-01"])),
            (
                "/terms/places",
                json!({"regions": [brand.regions[0].id], "branches": [brand.regions[1].branches[0].id]}),
            ),
            ("/terms/who", rules),
            (
                "/terms/briefing",
                json!({"en": "Ask for the dish of the day.\nPay in cash.", "tr": "Günün yemeği"}),
            ),
        ],
    );
    put(&body).await.expect_problem(428, "precondition_required");
    put(&body).if_match("\"7\"").await.expect_problem(412, "precondition_failed");
    let now = put(&body).if_match(read.etag()).await.expect(200);
    assert_ne!(now.etag(), read.etag());
    for (pointer, value) in [
        ("/name", &body["name"]),
        (
            "/terms/who",
            &json!({"languages": true,
        "same_branch": {"days": 90, "visits": 3}, "same_region": {"days": 7}, "most_jobs_at_once": 3,
        "lowest_rating": 60}),
        ),
    ] {
        assert_eq!(now.json.pointer(pointer), Some(value));
    }
    put(&body).await.expect(200);
    assert_eq!(app.get(&staff.scheduler, path(campaign)).await.json, now.json);
}

async fn what_contradicts_itself_or_the_brand_is_refused(app: TestApp) {
    let world = World::build(&app).await;
    let [own, other] = &world.brands;
    let scheduler = Persona::with(&app, &[(Role::Scheduler, own.scope())]).await;
    let body = campaign_body(own.id, own.version);
    let refused: [(&str, Value, &str); 11] = [
        ("/terms/ends_on", json!("2026-03-31"), "/terms/ends_on"),
        ("/terms/ends_on", json!("2027-04-06"), "/terms/ends_on"),
        ("/terms/visits_per_branch", json!(31), "/terms/visits_per_branch"),
        ("/terms/windows/to", json!("10:00"), "/terms/windows/to"),
        ("/checklist_version_id", json!(other.version), "/checklist_version_id"),
        ("/checklist_version_id", json!(id::<()>()), "/checklist_version_id"),
        (
            "/terms/places",
            json!({"regions": [own.regions[0].id, other.regions[0].id]}),
            "/terms/places/regions/1",
        ),
        ("/terms/places", json!({"branches": [other.regions[0].branches[0].id]}), "/terms/places/branches/0"),
        ("/terms/who", json!({"qualification_id": id::<()>()}), "/terms/who/qualification_id"),
        ("/terms/fee/currency", json!("EUX"), "/terms/fee/currency"),
        ("/terms/briefing", json!({"en": ""}), "/terms/briefing"),
    ];
    let campaign = id();
    for (at, value, pointer) in refused {
        let answer = app.put(&scheduler, path(campaign), changed(&body, &[(at, value)])).await;
        answer.expect_invalid(pointer);
        app.get(&scheduler, path(campaign)).await.expect_problem(404, "not_found");
    }
    let elsewhere = campaign_body(other.id, other.version);
    app.put(&scheduler, path(campaign), elsewhere).await.expect_problem(404, "not_found");
    let nowhere = campaign_body(id(), own.version);
    app.put(&world.staff.scheduler, path(campaign), nowhere).await.expect_invalid("/brand_id");

    let theirs = id::<()>();
    let named = json!({"brand_id": other.id, "name": "Wine"});
    app.put(&world.staff.scheduler, format!("/v1/qualifications/{theirs}"), named).await.expect(201);
    let wants_it = changed(&body, &[("/terms/who", json!({"qualification_id": theirs}))]);
    app.put(&scheduler, path(campaign), wants_it).await.expect_invalid("/terms/who/qualification_id");
    let ours = id::<()>();
    let named = json!({"brand_id": own.id, "name": "Wine"});
    app.put(&world.staff.scheduler, format!("/v1/qualifications/{ours}"), named).await.expect(201);
    let wants_it = changed(&body, &[("/terms/who", json!({"qualification_id": ours}))]);
    app.put(&scheduler, path(campaign), wants_it).await.expect(201);
}

async fn terms_are_read_strictly(app: TestApp) {
    let world = World::build(&app).await;
    let brand = &world.brands[0];
    let body = campaign_body(brand.id, brand.version);
    let refused: [(&str, Value); 23] = [
        ("/terms/what", json!(1)),
        ("/terms/windows/what", json!(1)),
        ("/terms/windows", json!([[], "10:00", "20:00"])),
        ("/terms/fee", json!(["EUR", 1500])),
        ("/terms/starts_on", json!("20260401")),
        ("/terms/starts_on", json!("2026-04-01T00:00")),
        ("/terms/starts_on", json!("1999-04-01")),
        ("/terms/windows/from", json!("9:00")),
        ("/terms/windows/from", json!("09:00:00")),
        ("/terms/windows/to", json!("24:01")),
        ("/terms/windows/weekdays", json!(["monday"])),
        ("/terms/windows/span_days", json!(0)),
        ("/terms/windows/span_days", json!(93)),
        ("/terms/visits_per_branch", json!(0)),
        ("/terms/visits_per_branch", json!(53)),
        ("/terms/fee/amount", json!(-1)),
        ("/terms/fee/currency", json!("eur")),
        ("/terms/reimbursement_limit", json!(-1)),
        ("/terms/limits/accept_hours", json!(0)),
        ("/terms/limits/submit_hours", json!(721)),
        ("/terms/who", json!({"lowest_rating": 101})),
        ("/terms/who", json!({"same_branch": {"days": 0}})),
        ("/name", json!("two\nlines")),
    ];
    for (at, value) in refused {
        let answer = app.put(&world.staff.scheduler, path(id()), changed(&body, &[(at, value)])).await;
        answer.expect_problem(422, "invalid");
    }
}

async fn what_was_planned_keeps_brand_and_version(app: TestApp) {
    let world = World::build(&app).await;
    let (staff, [brand, other]) = (&world.staff, &world.brands);
    let body = campaign_body(brand.id, brand.version);
    let campaign = add_campaign(&app, &staff.scheduler, body.clone()).await;
    let put = |body: &Value| app.put(&staff.scheduler, path(campaign), body.clone()).if_match("*");
    let (_, next) = staff.checklist(&app, brand.id, content()).await;
    let of_next = changed(&body, &[("/checklist_version_id", json!(next))]);
    put(&campaign_body(other.id, other.version)).await.expect(200);
    put(&of_next).await.expect(200);
    put(&body).await.expect(200);

    plan(&app, &staff.scheduler, campaign).await.expect(200);
    let before = rows(&app, campaign).await;
    put(&of_next).await.expect_problem(409, "conflict");
    put(&campaign_body(other.id, other.version)).await.expect_problem(409, "conflict");
    let dearer =
        changed(&body, &[("/terms/fee/amount", json!(2000)), ("/terms/ends_on", json!("2026-05-31"))]);
    put(&dearer).await.expect(200);
    assert_eq!(rows(&app, campaign).await, before, "a change of the campaign changes no assignment");
}

async fn campaigns_are_listed_in_the_order_of_their_making(app: TestApp) {
    let world = World::build(&app).await;
    let [own, other] = &world.brands;
    let mut all = Vec::new();
    for brand in [own, other, own, own] {
        app.advance(1);
        let body = campaign_body(brand.id, brand.version);
        all.push(add_campaign(&app, &world.staff.scheduler, body).await.to_string());
    }
    let list = async |who: &Persona, query: &str| {
        let page = app.get(who, format!("/v1/campaigns?{query}")).await.expect(200);
        let items = page.json["items"].as_array().unwrap().iter();
        let ids: Vec<_> = items.map(|item| item["id"].as_str().unwrap().to_owned()).collect();
        (ids, page.json["next_cursor"].as_str().map(str::to_owned))
    };
    let everybody = &world.staff.scheduler;
    assert_eq!(list(everybody, "").await.0, all);
    let (first, cursor) = list(everybody, "limit=3").await;
    assert_eq!(
        (first, list(everybody, &format!("limit=3&cursor={}", cursor.unwrap())).await.0),
        (all[..3].to_vec(), all[3..].to_vec())
    );
    assert_eq!(list(everybody, &format!("brand_id={}", other.id)).await.0, all[1..2]);
    let here = Persona::with(&app, &[(Role::Scheduler, own.branch_scope(0, 0))]).await;
    assert_eq!(list(&here, "").await.0.len(), 3);
    assert!(list(&here, &format!("brand_id={}", other.id)).await.0.is_empty());
}

async fn a_plan_is_spread_over_the_period(app: TestApp) {
    let world = World::build(&app).await;
    let brand = &world.brands[0];
    let body = changed(
        &campaign_body(brand.id, brand.version),
        &[
            ("/terms/windows/weekdays", json!(["mon", "tue", "wed", "thu", "fri"])),
            ("/terms/windows/span_days", json!(1)),
        ],
    );
    let campaign = add_campaign(&app, &world.staff.scheduler, body).await;
    let answer = plan(&app, &world.staff.scheduler, campaign).await.expect(200);
    assert_eq!(answer.json, json!({"added": 8, "already_there": 0, "impossible": []}));
    let planned = rows(&app, campaign).await;
    let mut branches = BTreeSet::new();
    for (_, branch, number, attempt, state, opens, closes) in &planned {
        assert!(branches.insert((*branch, *number)) && [1, 2].contains(number));
        assert_eq!((*attempt, *state), (1, AssignmentState::Open));
        let [opens, closes] = [opens, closes].map(|at| at.timestamp().in_tz("Europe/Istanbul").unwrap());
        assert_eq!((opens.date(), opens.hour(), closes.hour()), (closes.date(), 10, 20));
        let days = if *number == 1 { 1..=15 } else { 16..=30 };
        assert!(opens.month() == 4 && days.contains(&opens.day()), "{number}: {opens}");
        assert!(opens.weekday().to_monday_zero_offset() < 5, "{opens}");
    }
    assert_eq!(branches.len(), 8);

    let [first, ..] = planned[..] else { unreachable!() };
    let shown = app.get(&world.staff.scheduler, format!("/v1/assignments/{}", first.0)).await.expect(200);
    assert_eq!(shown.json["shopper_id"], Value::Null);
    assert_eq!(shown.json["checklist_version_id"], json!(brand.version));
    app.get(&world.staff.shopper, "/v1/me/work").await.expect(200); // what is open is in nobody's work
}

async fn planning_again_adds_what_is_missing(app: TestApp) {
    let world = World::build(&app).await;
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let body = campaign_body(brand.id, brand.version);
    let campaign = add_campaign(&app, &staff.scheduler, body.clone()).await;
    let tell = async |added: i32, already: i32| {
        let answer = plan(&app, &staff.scheduler, campaign).await.expect(200);
        assert_eq!(answer.json, json!({"added": added, "already_there": already, "impossible": []}));
        rows(&app, campaign).await
    };
    let before = tell(8, 0).await;
    assert_eq!(tell(0, 8).await, before);

    // A new branch, one that was given up, one that was missed, one that was missed and came after all.
    let new: BranchId = id();
    let place = branch_body(brand.id, Some(brand.regions[1].id), "South 3");
    app.put(&staff.administrator, format!("/v1/branches/{new}"), place).await.expect(201);
    becomes(&app, before[0].0, AssignmentState::Cancelled, None).await;
    let shopper = Some(staff.shopper.account);
    becomes(&app, before[3].0, AssignmentState::Expired, shopper).await;
    becomes(&app, before[5].0, AssignmentState::Expired, shopper).await;
    becomes(&app, before[6].0, AssignmentState::Assigned, shopper).await;
    let visit = visit_body(before[5].0, brand.version);
    app.put(&staff.shopper, format!("/v1/visits/{}", id::<()>()), visit).await.expect(201);
    app.advance(10);
    let after = tell(4, 6).await;
    let added: BTreeMap<_, _> = after
        .iter()
        .filter(|row| !before.iter().any(|old| old.0 == row.0))
        .map(|row| ((row.1, row.2), row.3))
        .collect();
    let wanted = [(before[0].1, before[0].2, 2), (before[3].1, before[3].2, 2), (new, 1, 1), (new, 2, 1)];
    assert_eq!(added, wanted.map(|(branch, number, attempt)| ((branch, number), attempt)).into());
    assert_eq!(tell(0, 10).await, after);

    // More visits to each: those that are there stay, whatever the parts of the period are now.
    let more = changed(&body, &[("/terms/visits_per_branch", json!(3))]);
    app.put(&staff.scheduler, path(campaign), more).if_match("*").await.expect(200);
    assert_eq!(tell(5, 10).await.len(), after.len() + 5);
}

async fn plans_at_once_make_each_visit_once(app: TestApp) {
    let world = World::build(&app).await;
    let brand = &world.brands[0];
    let campaign = add_campaign(&app, &world.staff.scheduler, campaign_body(brand.id, brand.version)).await;
    let answers = join_all((0..6).map(|_| plan(&app, &world.staff.scheduler, campaign))).await;
    let sum = |name: &str| -> i64 {
        answers.iter().map(|answer| answer.clone().expect(200).json[name].as_i64().unwrap()).sum()
    };
    assert_eq!((sum("added"), sum("already_there")), (8, 5 * 8));
    assert_eq!(rows(&app, campaign).await.len(), 8);
}

async fn a_plan_keeps_to_the_places(app: TestApp) {
    let world = World::build(&app).await;
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let below: RegionId = id();
    let body = json!({"brand_id": brand.id, "name": "Deep North", "parent_id": brand.regions[0].id});
    app.put(&staff.administrator, format!("/v1/regions/{below}"), body).await.expect(201);
    let deep: BranchId = id();
    let body = branch_body(brand.id, Some(below), "Deep 1");
    app.put(&staff.administrator, format!("/v1/branches/{deep}"), body).await.expect(201);
    let [north, south] = &brand.regions;
    let places = json!({"regions": [north.id], "branches": [south.branches[1].id, north.branches[0].id]});
    let body = changed(
        &campaign_body(brand.id, brand.version),
        &[("/terms/places", places), ("/terms/visits_per_branch", json!(1))],
    );
    let campaign = add_campaign(&app, &staff.scheduler, body).await;
    plan(&app, &staff.scheduler, campaign).await.expect(200);
    let planned: BTreeSet<_> = rows(&app, campaign).await.into_iter().map(|row| row.1).collect();
    let wanted = [north.branches[0].id, north.branches[1].id, deep, south.branches[1].id];
    assert_eq!(planned, wanted.into());
}

async fn what_cannot_be_is_told(app: TestApp) {
    let world = World::build(&app).await;
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let one = brand.regions[0].branches[0].id;
    let why = async |changes: &[(&str, Value)]| {
        let body = changed(&campaign_body(brand.id, brand.version), changes);
        let body = changed(&body, &[("/terms/places", json!({"branches": [one]}))]);
        let campaign = add_campaign(&app, &staff.scheduler, body).await;
        plan(&app, &staff.scheduler, campaign).await.expect(200).json
    };
    let over =
        why(&[("/terms/starts_on", json!("2026-02-01")), ("/terms/ends_on", json!("2026-03-14"))]).await;
    let impossible = |why: &str| json!({"branch_id": one, "why": why, "visits": 2});
    assert_eq!(over, json!({"added": 0, "already_there": 0, "impossible": [impossible("over")]}));
    let weekdays = [
        ("/terms/starts_on", json!("2026-04-04")),
        ("/terms/ends_on", json!("2026-04-05")),
        ("/terms/windows/weekdays", json!(["mon"])),
    ];
    let none = why(&weekdays).await;
    assert_eq!(none["impossible"], json!([impossible("no_allowed_day")]));
}

pub async fn counts(app: &TestApp, who: &Persona, campaign: CampaignId) -> Value {
    app.get(who, path(campaign) + "/coverage").await.expect(200).json
}

/// Counts that are nothing but for these.
pub fn only(some: &[(&str, i64)]) -> Value {
    let names = [
        "wanted",
        "missing",
        "open",
        "offered",
        "assigned",
        "submitted",
        "approved",
        "rejected",
        "excluded",
        "late",
        "at_risk",
    ];
    let value = |name: &str| some.iter().find(|(one, _)| *one == name).map_or(0, |(_, many)| *many);
    names
        .iter()
        .map(|name| ((*name).to_owned(), json!(value(name))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

async fn coverage_follows_what_happens(app: TestApp) {
    let world = World::build(&app).await;
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let campaign = add_campaign(&app, &staff.scheduler, campaign_body(brand.id, brand.version)).await;
    let all = async |some: &[(&str, i64)]| {
        let counted = counts(&app, &staff.scheduler.clone().renewed(&app), campaign).await;
        assert_eq!(counted["all"], only(some));
    };
    all(&[("wanted", 8), ("missing", 8)]).await;
    plan(&app, &staff.scheduler, campaign).await.expect(200);
    all(&[("wanted", 8), ("open", 8)]).await;

    let planned = rows(&app, campaign).await;
    let (shopper, account) = (&staff.shopper, Some(staff.shopper.account));
    becomes(&app, planned[0].0, AssignmentState::Offered, account).await;
    for row in &planned[1..6] {
        becomes(&app, row.0, AssignmentState::Assigned, account).await;
    }
    becomes(&app, planned[6].0, AssignmentState::Cancelled, None).await;
    all(&[("wanted", 8), ("missing", 1), ("open", 1), ("offered", 1), ("assigned", 5)]).await;

    // One is missed, and comes all the same while another shopper is asked already.
    becomes(&app, planned[5].0, AssignmentState::Expired, account).await;
    all(&[("wanted", 8), ("missing", 2), ("open", 1), ("offered", 1), ("assigned", 4)]).await;
    plan(&app, &staff.scheduler, campaign).await.expect(200);
    let again: Vec<_> = rows(&app, campaign).await.into_iter().filter(|row| row.3 == 2).collect();
    assert_eq!(again.len(), 2);
    all(&[("wanted", 8), ("open", 3), ("offered", 1), ("assigned", 4)]).await;
    let next = again.iter().find(|row| (row.1, row.2) == (planned[5].1, planned[5].2)).unwrap();
    becomes(&app, next.0, AssignmentState::Offered, account).await;
    let mut visits = Vec::new();
    for row in &planned[2..6] {
        let visit = id::<()>();
        app.put(shopper, format!("/v1/visits/{visit}"), visit_body(row.0, brand.version)).await.expect(201);
        visits.push(visit);
    }
    let waits = [("wanted", 8), ("open", 2), ("offered", 2), ("assigned", 1)];
    all(&[&waits[..], &[("submitted", 4)]].concat()).await;
    let approve = format!("/v1/visits/{}/review/approve", visits[0]);
    app.call(Method::POST, approve).by(&staff.reviewer).await.expect(200);
    // No other visit is wanted in the place of what does not count, so the sums stay.
    let rejected = json!({"reason": "Another place.", "second_visit": false});
    app.post(&staff.reviewer, format!("/v1/visits/{}/review/reject", visits[1]), rejected).await.expect(200);
    let made = [("submitted", 2), ("approved", 1), ("rejected", 1)];
    all(&[&waits[..], &made[..]].concat()).await;

    // Time passes. No other shopper goes.
    let [offered, assigned, open] = [0, 1, 7].map(|at| planned[at].6);
    let nobodys = [offered, open, again[0].6, again[1].6];
    let waiting = [&nobodys[..], &[assigned]].concat();
    for hours in [30, 10, 0] {
        let first = waiting.iter().min().unwrap().unix_seconds() - hours * 3_600;
        app.advance(first - app.now().unix_seconds());
        let now = app.now();
        let within = |hours: i64| {
            move |closes: &&Instant| now < **closes && **closes <= now.plus_seconds(hours * 3_600)
        };
        let at_risk =
            nobodys.iter().filter(within(48)).count() + [assigned].iter().filter(within(24)).count();
        let late = waiting.iter().filter(|closes| **closes <= now).count();
        assert!((hours == 0) == (late > 0) && (hours != 10 || at_risk > 0));
        all(&[&waits[..], &made[..], &[("late", late as i64), ("at_risk", at_risk as i64)]].concat()).await;
    }
    let last = waiting.iter().max().unwrap().unix_seconds();
    app.advance(last - app.now().unix_seconds());
    all(&[&waits[..], &made[..], &[("late", 5)]].concat()).await;
}

async fn coverage_is_told_by_region_and_reach(app: TestApp) {
    let world = World::build(&app).await;
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let below: RegionId = id();
    let body = json!({"brand_id": brand.id, "name": "Arctic", "parent_id": brand.regions[0].id});
    app.put(&staff.administrator, format!("/v1/regions/{below}"), body).await.expect(201);
    for (region, code) in [(Some(below), "Arctic 1"), (None, "Alone")] {
        let branch = format!("/v1/branches/{}", id::<()>());
        app.put(&staff.administrator, branch, branch_body(brand.id, region, code)).await.expect(201);
    }
    let campaign = add_campaign(&app, &staff.scheduler, campaign_body(brand.id, brand.version)).await;
    plan(&app, &staff.scheduler, campaign).await.expect(200);
    let region = |id: RegionId, name: &str, depth: i32, branches: i64| {
        let counts = only(&[("wanted", 2 * branches), ("open", 2 * branches)]);
        json!({"region_id": id, "name": name, "depth": depth, "counts": counts})
    };
    let sum = |branches: i64| only(&[("wanted", 2 * branches), ("open", 2 * branches)]);
    let [north, south] = [brand.regions[0].id, brand.regions[1].id];
    assert_eq!(
        counts(&app, &staff.scheduler, campaign).await,
        json!({"all": sum(6), "regions": [
            region(north, "North", 0, 3), region(below, "Arctic", 1, 1), region(south, "South", 0, 2)]})
    );
    let of_north = Persona::with(&app, &[(Role::Scheduler, brand.region_scope(0))]).await;
    assert_eq!(
        counts(&app, &of_north, campaign).await,
        json!({"all": sum(3), "regions": [region(north, "North", 0, 3), region(below, "Arctic", 1, 1)]})
    );
    let of_branch = Persona::with(&app, &[(Role::Auditor, brand.branch_scope(1, 0))]).await;
    assert_eq!(counts(&app, &of_branch, campaign).await, json!({"all": sum(1), "regions": []}));

    // Of another campaign that is about the South alone, the North sees nothing.
    let southern =
        changed(&campaign_body(brand.id, brand.version), &[("/terms/places", json!({"regions": [south]}))]);
    let southern = add_campaign(&app, &staff.scheduler, southern).await;
    plan(&app, &staff.scheduler, southern).await.expect(200);
    assert_eq!(counts(&app, &of_north, southern).await, json!({"all": only(&[]), "regions": []}));
    assert_eq!(
        counts(&app, &staff.scheduler, southern).await,
        json!({"all": sum(2), "regions": [region(south, "South", 0, 2)]})
    );
    app.get(&staff.shopper, path(campaign) + "/coverage").await.expect_problem(403, "forbidden");
}

/// More than one write takes, in several regions and zones.
async fn thousands_of_branches_are_planned(app: TestApp) {
    let world = World::build(&app).await;
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let zones = ["Europe/Istanbul", "America/New_York", "Asia/Kolkata"];
    let many = 600_usize;
    let mut file = "region,branch,name,address,latitude,longitude,time_zone,languages\n".to_owned();
    for n in 0..many {
        let (land, town, zone) = (n % 7, n % 50, zones[n % 3]);
        file += &format!("Land {land}/Town {town},B{n},Branch {n},1 Street,41.0,29.0,{zone},tr\n");
    }
    app.call(Method::POST, format!("/v1/brands/{}/places/import", brand.id))
        .by(&staff.administrator)
        .body("text/csv", file)
        .await
        .expect(200);
    for each in [1, 4] {
        let body = campaign_body(brand.id, brand.version);
        let body = changed(&body, &[("/terms/visits_per_branch", json!(each))]);
        let campaign = add_campaign(&app, &staff.scheduler, body).await;
        let visits = each * (many as i64 + 4);
        let planned = plan(&app, &staff.scheduler, campaign).await.expect(200);
        assert_eq!(planned.json, json!({"added": visits, "already_there": 0, "impossible": []}));
        let counted = counts(&app, &staff.scheduler, campaign).await;
        assert_eq!(counted["all"], only(&[("wanted", visits), ("open", visits)]));
        let again = plan(&app, &staff.scheduler, campaign).await.expect(200);
        assert_eq!(again.json, json!({"added": 0, "already_there": visits, "impossible": []}));
    }
}

async fn hours_go_past_midnight(app: TestApp) {
    let world = World::build(&app).await;
    let brand = &world.brands[0];
    for (to, on_the_next) in [("02:00", true), ("00:00", true), ("24:00", true), ("23:59", false)] {
        let windows = json!({"from": "18:00", "to": to, "weekdays": ["fri"], "span_days": 1});
        let body = changed(&campaign_body(brand.id, brand.version), &[("/terms/windows", windows)]);
        let campaign = add_campaign(&app, &world.staff.scheduler, body).await;
        plan(&app, &world.staff.scheduler, campaign).await.expect(200);
        let planned = rows(&app, campaign).await;
        assert_eq!(planned.len(), 8);
        for (.., opens, closes) in planned {
            let [opens, closes] = [opens, closes].map(|at| at.timestamp().in_tz("Europe/Istanbul").unwrap());
            assert_eq!((opens.weekday(), opens.hour()), (jiff::civil::Weekday::Friday, 18), "{to}");
            let shown = closes.strftime("%H:%M").to_string();
            assert_eq!(shown, if to == "24:00" { "00:00" } else { to });
            assert_eq!(closes.date() == opens.date().tomorrow().unwrap(), on_the_next, "{to}");
        }
        // A change that wants the same keeps them all.
        let named = json!({"from": "18:00", "to": to, "weekdays": ["fri"], "span_days": 1});
        let body = changed(
            &campaign_body(brand.id, brand.version),
            &[("/terms/windows", named), ("/name", json!("Nights"))],
        );
        app.put(&world.staff.scheduler, path(campaign), body).if_match("*").await.expect(200);
        assert!(rows(&app, campaign).await.iter().all(|row| row.4 == AssignmentState::Open), "{to}");
    }
}

async fn a_test_is_not_for_visits(app: TestApp) {
    let world = World::build(&app).await;
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let (_, test) = staff.checklist(&app, brand.id, content()).await;
    let body = crate::qualifications::qualification_body(brand.id, test);
    crate::qualifications::add_qualification(&app, &staff.scheduler, body).await;
    let campaign = app.put(&staff.scheduler, path(id()), campaign_body(brand.id, test)).await;
    campaign.expect_invalid("/checklist_version_id");
    let body = crate::builders::assignment_body(brand.regions[0].branches[0].id, test, &staff.shopper);
    let given = app.put(&staff.scheduler, format!("/v1/assignments/{}", id::<()>()), body).await;
    given.expect_invalid("/checklist_version_id");
}

/// Campaigns had no such days for a while: programs that do not send them are not refused, and what was kept without them is
/// read.
async fn days_to_appeal_in_are_two_weeks_unless_said(app: TestApp) {
    let world = World::build(&app).await;
    let (scheduler, brand) = (&world.staff.scheduler, &world.brands[0]);
    let (campaign, mut plain) = (id(), campaign_body(brand.id, brand.version));
    for name in ["appeal_days", "longest_delay_days"] {
        plain["terms"]["limits"].as_object_mut().unwrap().remove(name);
    }
    let made = app.put(scheduler, path(campaign), plain.clone()).await.expect(201);
    let limits = &made.json["terms"]["limits"];
    assert_eq!((&limits["appeal_days"], &limits["longest_delay_days"]), (&json!(14), &json!(7)));
    let other = changed(&plain, &[("/terms/limits/appeal_days", json!(30))]);
    let kept = app.put(scheduler, path(campaign), other).if_match(made.etag()).await.expect(200);
    assert_eq!(kept.json["terms"]["limits"]["appeal_days"], 30);
    let without = move |conn: &mut incognito::db::Conn| {
        use diesel::prelude::*;
        use incognito::db::{engine::each_engine, schema::campaign::dsl, types::Json};
        let terms = plain["terms"].clone();
        let row = diesel::update(dsl::campaign.find(campaign));
        Ok(each_engine!(conn, c => row.set(dsl::terms.eq(Json(terms.clone()))).execute(c))?)
    };
    assert_eq!(app.db().write(without).await.unwrap(), 1);
    let read = app.get(scheduler, path(campaign)).await.expect(200);
    assert_eq!(read.json["terms"]["limits"]["appeal_days"], 14, "{read}");
}
