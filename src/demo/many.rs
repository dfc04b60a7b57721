//! Many visits of five years to many branches, by the fast path ([`filling`]): beside the demo's year, which went through the API.

use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use jiff::{Timestamp, ToSpan};
use serde_json::Value;
use uuid::Uuid;

use super::{
    CHECKLIST, PLACES, cast,
    dice::{Dice, id, id_at},
    load::account,
    plan::{self, VISITS},
    story,
};
use crate::{
    accounts::{
        self,
        model::{Account, Grant, GrantScope, Role},
        policy::Scope,
        put_account::put_account,
    },
    app::App,
    checklists::{
        self, drafts::keep_draft, model::Content, publish::Publication, publish::publish,
        put_checklist::put_checklist, records::Checklist,
    },
    cli::Outcome,
    clock::Clock,
    db::{
        Conn,
        types::{Instant, Json},
    },
    error::{self, Error},
    fieldwork::assignments::model::{Assignment, DirectAssignment, Window},
    filling::{self, Ground, PastReview, PastVisit, Spread},
    ids::{AccountId, AssignmentId, BranchId, BrandId, ChecklistId, VersionId, VisitId},
    places::{self, import::TableFile},
    precondition::{ETag, IfMatch},
    texts::Language,
    visits::{model::Submission, state::Step},
};

/// How many days they are spread over: five years.
const DAYS: i64 = 1_825;
/// So many visits a branch has at most: in five years one each four and a half days.
const MOST_EACH: usize = 400;
/// So many visits a branch has where the command does not say how many branches there are.
const USUAL_EACH: usize = 200;
/// Most branches, and fewest: those of one area.
const BRANCHES: (usize, usize) = (16, 5_000);
/// So many branches share so many shoppers, each of whom has two of them to go to in each turn.
const AREA: usize = 16;
const SHOPPERS: usize = 8;
/// So many branches lie in a region.
const IN_REGION: usize = 100;
/// They are kept a quarter of a year at a time: what is interrupted goes on with the quarter in which it was.
const WINDOWS: usize = 20;
/// A day and an hour, in seconds.
const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;

/// So many visits, to so many branches if that is said.
///
/// # Errors
/// In one line, if that were too many for a branch.
pub(super) fn spread(visits: u32, branches: Option<u32>) -> Result<Spread, String> {
    let visits = visits as usize;
    let usual = visits.div_ceil(USUAL_EACH).clamp(BRANCHES.0, BRANCHES.1);
    let branches = branches.map_or(usual, |branches| branches as usize);
    let spread = Spread { visits, branches, windows: WINDOWS };
    if spread.each() > MOST_EACH {
        let least = visits.div_ceil(MOST_EACH);
        return Err(format!("--branches: {visits} visits of five years are of {least} branches at least"));
    }
    Ok(spread)
}

/// The id of what is made for these visits.
fn named(what: &str, many: Spread) -> Uuid {
    id(&format!("{what} of {} visits to {} branches", many.visits, many.branches))
}

/// Loads them, unless they are there.
pub(super) async fn fill(app: &Arc<App>, many: Spread) -> Outcome {
    let brand = BrandId::new(id("brand"));
    let began = began(app).await?;
    found(app, brand, many).await?;
    let version = VersionId::new(named("version", many));
    let ground = Arc::new(Ground::read(&app.db, brand, version, began.into()).await?);
    let plan = Plan::new(many, &ground, began)?;
    let all = many.visits as u64;
    let bar = bar(all);
    let visits: Arc<filling::Make> = Arc::new(move |branch, turn| {
        plan.visit(branch, turn).ok_or_else(|| Error::internal("no such visit"))
    });
    let progress = bar.clone();
    let progress = move |kept| {
        progress.set_position(kept);
        if kept == all {
            progress.set_message("what the branch's side is shown");
        }
    };
    filling::fill(app, &ground, many, &visits, progress).await?;
    bar.finish_and_clear();
    Ok(())
}

/// The demo's first account was made at the end of its year.
async fn began(app: &App) -> error::Result<Timestamp> {
    let administrator = super::administrator();
    let first = app.db.read(move |conn| accounts::store::account(conn, administrator)).await?;
    Ok(first.map_or(app.clock.now(), |account| account.created_at).timestamp())
}

/// Makes branches, checklist and shoppers, unless they are there.
async fn found(app: &App, brand: BrandId, many: Spread) -> Outcome {
    const OTHERS: &str =
        "there are visits of --visits here already, and others are wanted: give them a folder of their own";
    let scope = Scope::everything();
    let of_brand =
        move |conn: &mut Conn| checklists::store::checklists(conn, &scope, Some(brand), None, 1_000);
    let is_any = app.db.read(of_brand).await?;
    let checklist = ChecklistId::new(named("checklist", many));
    if is_any.iter().any(|one| one.name == NAME && one.id != checklist) {
        return Err(OTHERS.into());
    }
    let (now, version) = (app.clock.now(), VersionId::new(named("version", many)));
    let is_published = move |conn: &mut Conn| Ok(checklists::store::published(conn, version)?.is_some());
    if !app.db.read(is_published).await? {
        // Only before anything else is made: people may have changed the branches since.
        let file = TableFile::plain(places_file(many), Language::English);
        places::import::import(&app.db, &app.clock, &Scope::everything(), brand, file, false).await?;
    }
    let content = without_files().map_err(|error| error.to_string())?;
    let designer = AccountId::new(account(cast::DESIGNER));
    let publish = move |conn: &mut Conn| {
        if checklists::store::published(conn, version)?.is_some() {
            return Ok(());
        }
        let mut scope = Scope::everything();
        scope.account = designer;
        let new =
            Checklist { id: checklist, brand_id: brand, name: NAME.to_owned(), revision: 1, created_at: now };
        put_checklist(conn, &scope, &IfMatch::Missing, &new)?;
        let draft = Json(content.clone());
        keep_draft(conn, &scope, &IfMatch::Missing, checklist, &draft)?;
        let draft = ETag::of(checklists::records::hash(&draft.0)?);
        let wish = Publication {
            checklist_id: checklist,
            version_id: version,
            if_match: IfMatch::States(vec![draft]),
            checked: None,
        };
        publish(conn, &scope, &wish, now).map(drop)
    };
    app.db.write(publish).await?;
    let shoppers = (0..many.branches.div_ceil(AREA) * SHOPPERS).collect::<Vec<_>>();
    for some in shoppers.chunks(500) {
        let some = some.to_vec();
        let invite =
            move |conn: &mut Conn| some.iter().try_for_each(|number| invite(conn, brand, *number, now));
        app.db.write(invite).await?;
    }
    Ok(())
}

/// What the checklist is called.
const NAME: &str = "At the counter";

/// Gives a shopper an account without a password, so that it is of no use for signing in.
fn invite(conn: &mut Conn, brand: BrandId, number: usize, now: Instant) -> error::Result<()> {
    let whose = shopper(number);
    if accounts::store::account(conn, whose)?.is_some() {
        return Ok(());
    }
    let account = Account {
        id: whose,
        email: format!("counter-{:04}@lumen.example", number + 1),
        name: format!("Shopper {}", number + 1),
        language: "en".to_owned(),
        password_hash: None,
        disabled: false,
        revision: 1,
        created_at: now,
    };
    put_account(conn, None, &IfMatch::Missing, &account, now)?;
    let scope = GrantScope { brand_id: Some(brand), ..GrantScope::default() };
    let grant = Grant { id: Clock::System.new_id(), role: Role::Shopper, scope };
    accounts::grants::give(conn, None, whose, &grant, now).map(drop)
}

fn shopper(number: usize) -> AccountId {
    AccountId::new(id(&format!("shopper at the counter {number}")))
}

/// The library's checklist without what needs a file, and without its story: a text of that length is compared with all others.
fn without_files() -> serde_json::Result<Content> {
    let mut document: Value = serde_json::from_str(CHECKLIST)?;
    let content = &mut document["content"];
    for section in content["sections"].as_array_mut().into_iter().flatten() {
        let Some(questions) = section["questions"].as_array_mut() else { continue };
        questions.retain(|question| {
            let answer = &question["answer"];
            let is_file = matches!(answer["kind"].as_str(), Some("photo" | "audio" | "signature"));
            !is_file && answer["min_length"].as_u64().unwrap_or_default() < 100
        });
        for question in questions.iter_mut().filter_map(Value::as_object_mut) {
            question.remove("photo");
        }
    }
    if let Some(sections) = content["sections"].as_array_mut() {
        sections.retain(|section| section["questions"].as_array().is_some_and(|all| !all.is_empty()));
    }
    serde_json::from_value(document["content"].take())
}

/// The branches as a file of places: each is like one of the demo's, some streets away.
fn places_file(many: Spread) -> String {
    let header = PLACES.lines().next().unwrap_or_default();
    let mut rows = csv::Reader::from_reader(PLACES.as_bytes());
    let likes: Vec<csv::StringRecord> = rows.records().flatten().collect();
    let mut file = format!("{header}\n");
    for branch in 0..many.branches {
        let Some(like) = likes.get((branch / AREA) % likes.len().max(1)) else { continue };
        let degrees = |column: usize, by: usize| {
            like.get(column).and_then(|text| text.parse::<f64>().ok()).unwrap_or_default() + by as f64 / 500.0
        };
        let (region, code) = (branch / IN_REGION, code(branch));
        let round = branch / AREA / likes.len().max(1);
        let (north, east) = (degrees(4, branch % 4 + 1), degrees(5, branch % AREA / 4 + 4 * round));
        let (zone, languages) = (like.get(6).unwrap_or_default(), like.get(7).unwrap_or_default());
        file += &format!(
            "At the counter/Area {:03},{code},Lumen {code},\"{} Counter Street\",{north:.4},{east:.4},{zone},{languages}\n",
            region + 1,
            branch + 1,
        );
    }
    file
}

fn code(branch: usize) -> String {
    format!("C-{:05}", branch + 1)
}

/// Who visits which branch when.
struct Plan {
    many: Spread,
    branches: Vec<plan::Branch>,
    prepared: checklists::prepared::Prepared,
    brand: BrandId,
    version: VersionId,
    began: Timestamp,
}

impl Plan {
    fn new(many: Spread, ground: &Ground, began: Timestamp) -> Result<Self, String> {
        let by_code: std::collections::HashMap<_, _> =
            ground.branches().map(|branch| (branch.code.as_str(), branch)).collect();
        let branch = |number: usize| {
            let branch = by_code.get(code(number).as_str()).ok_or("a branch is not there")?;
            Ok::<_, String>(plan::Branch {
                id: branch.id.uuid(),
                code: branch.code.clone(),
                time_zone: branch.time_zone.clone(),
                latitude: branch.latitude.unwrap_or_default(),
                longitude: branch.longitude.unwrap_or_default(),
                languages: branch.languages.0.clone(),
            })
        };
        Ok(Self {
            many,
            branches: (0..many.branches).map(branch).collect::<Result<_, _>>()?,
            prepared: ground.version.prepared.clone(),
            brand: ground.brand.id,
            version: ground.version.id,
            began,
        })
    }

    /// None beyond the days that there are.
    fn visit(&self, number: usize, turn: usize) -> Option<PastVisit> {
        let (branch, each) = (self.branches.get(number)?, self.many.each());
        let name = format!("{} {turn} of {}", branch.code, each);
        let mut dice = Dice::of(&format!("time of {name}"));
        let zone = places::model::time_zone(&branch.time_zone)?;
        let today = self.began.to_zoned(zone.clone()).date();
        let begins = |turn: usize| turn as i64 * DAYS / each as i64 - DAYS;
        let (opens, closes) = (begins(turn), begins(turn + 1));
        // A shopper with two branches goes there in different halves of the window.
        let half = (closes - opens) / 2;
        let in_half = dice.below(half.max(1).unsigned_abs()) as i64;
        let day = opens + in_half + if number % AREA < SHOPPERS { 0 } else { half };
        let at = |days: i64| today.checked_add(days.days()).ok()?.to_zoned(zone.clone()).ok();
        let (hour, minute, second) = (9 + dice.below(11) as i8, dice.below(60) as i8, dice.below(60) as i8);
        let date = today.checked_add(day.days()).ok()?;
        let started = date.at(hour, minute, second, 0).to_zoned(zone.clone()).ok()?;
        let ended = started.checked_add((14 + dice.below(35) as i64).minutes()).ok()?;
        let shopper_number = number / AREA * SHOPPERS + (number % AREA + turn) % SHOPPERS;
        let seen = plan::Visit {
            code: branch.code.clone(),
            branch: branch.id,
            language: branch.languages.first().cloned().unwrap_or_default(),
            shopper: shopper_number,
            turn: turn * VISITS / each,
            opens: at(opens)?.timestamp(),
            closes: at(closes)?.timestamp(),
            started,
            ended: ended.timestamp(),
            position: (branch.latitude, branch.longitude),
            name,
        };
        let window = Window { opens_at: seen.opens.into(), closes_at: seen.closes.into() };
        let given = DirectAssignment {
            id: AssignmentId::new(id_at(&format!("assignment {}", seen.name), seen.opens)),
            branch_id: BranchId::new(branch.id),
            version_id: self.version,
            shopper_id: shopper(shopper_number),
            window,
        };
        let visit = VisitId::new(id_at(&format!("visit {}", seen.name), seen.started.timestamp()));
        let made_at = window.opens_at.plus_seconds(-14 * DAY);
        let assignment = Assignment::direct(&given, self.brand, made_at);
        let submission = Submission {
            assignment_id: assignment.id,
            checklist_version_id: self.version,
            started_at: seen.started.timestamp().into(),
            ended_at: seen.ended.into(),
            answers: story::answered(&self.prepared, &seen).answers,
            manifest: checklists::manifest::Manifest::default(),
            positions: story::position(&seen).into_iter().collect::<Vec<_>>().try_into().ok()?,
            device: None,
            outcome: None,
            spent: Default::default(),
        };
        let received_at = submission.ended_at.plus_seconds(120 + dice.below(3_600) as i64);
        let review = self.review(&mut dice, received_at.plus_seconds(4 * HOUR + dice_of_days(&seen.name)));
        Some(PastVisit { assignment, id: visit, submission, received_at, review })
    }

    /// Most are approved; what a reviewer has not come to yet is in the queue.
    fn review(&self, dice: &mut Dice, at: Instant) -> Option<PastReview> {
        if at > self.began.into() {
            return None;
        }
        let (step, reason) = match dice.below(100) {
            0..3 => (Step::Reject, dice.one_of(&story::REASONS).map(|reason| (*reason).to_owned())),
            3 => (Step::Exclude, Some(story::OUT_OF_THE_ORDINARY.to_owned())),
            _ => (Step::Approve, None),
        };
        let reviewer =
            AccountId::new(account(if dice.happens(0.5) { cast::REVIEWER } else { cast::SECOND_REVIEWER }));
        Some(PastReview { reviewer, step, reason, at })
    }
}

/// How long a reviewer takes beyond the first hours, in seconds: up to two days.
fn dice_of_days(name: &str) -> i64 {
    Dice::of(&format!("review of {name}")).below(2 * DAY.unsigned_abs()) as i64
}

fn bar(visits: u64) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {elapsed}, {eta} to go");
    let bar = ProgressBar::new(visits).with_message("visits by the fast path");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_branch_is_not_visited_too_often() {
        assert_eq!(spread(1_000_000, None).unwrap().branches, 5_000);
        assert_eq!(spread(1, None).unwrap().branches, 16);
        assert!(spread(1_000_000, Some(40)).unwrap_err().contains("2500 branches"));
    }

    #[test]
    fn the_checklist_needs_no_file() {
        let content = without_files().unwrap();
        assert_eq!(content.check(), []);
        assert!(content.sections.iter().flat_map(|section| &section.questions).count() > 30);
    }
}
