//! Loads the demo through the API, each step as the person whose work it is. Every step can be done again.

use std::collections::HashMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    NOTICE, PLACES, STANDARDS, alerts, call,
    cast::{self, Over, Person},
    client::{Body, Client, Refusal},
    dice::id,
    estate,
    plan::{self, Branch, SHOPPERS, Visit},
    publish::{Library, publish},
    review::{decide, list_return_reasons, note, want_opinion},
    story::{self, Answered},
    targets,
};
use crate::{
    checklists::{manifest::Manifest, prepared::Prepared},
    ids::{AccountId, EvidenceId},
};

type Outcome<T = ()> = Result<T, String>;

/// How many requests are under way at once.
const AT_ONCE: usize = 8;

/// What there is to be asked about, once all is there.
pub(super) struct Loaded {
    /// The id of the branch that has a manager of its own.
    pub(super) house: Uuid,
    /// The id of the region that the manager runs.
    pub(super) country: Uuid,
    /// The months of the first visits and of the last.
    pub(super) months: (String, String),
    /// How many visits there are.
    pub(super) visits: usize,
    /// Whether it was all there before.
    pub(super) before: bool,
}

/// The brand and what hangs on it, by the names that the cast knows.
pub(super) struct Places {
    pub(super) brand: Uuid,
    branches: Vec<Branch>,
    pub(super) regions: HashMap<String, Uuid>,
}

impl Places {
    pub(super) fn branch(&self, code: &str) -> Option<Uuid> {
        self.branches.iter().find(|branch| branch.code == code).map(|branch| branch.id)
    }

    fn moving(&self, (branch, region): (&str, &str)) -> estate::Moving {
        (self.branch(branch).unwrap_or_default(), self.regions.get(region).copied().unwrap_or_default())
    }

    fn scope(&self, over: &Over) -> Value {
        match *over {
            Over::Brand => json!({"brand_id": self.brand}),
            Over::Region(name) => json!({"brand_id": self.brand, "region_id": self.regions.get(name)}),
            Over::Branch(code) => json!({"brand_id": self.brand, "branch_id": self.branch(code)}),
        }
    }
}

/// Loads what is not there yet.
pub(super) async fn load(server: &str, password: &str) -> Outcome<Loaded> {
    let client = Client::new(server).map_err(text)?;
    let loader = Loader { client, password: password.to_owned(), bar: bar() };
    let administrator = loader.as_somebody(cast::ADMINISTRATOR).await?;
    let before =
        administrator.has(&format!("/v1/accounts/{}", account(cast::AUDITOR))).await.map_err(text)?;
    let places = if before { places(&administrator).await } else { import(&administrator).await };
    let places = places.map_err(text)?;
    let began = began(&administrator).await?;
    let year = plan::year(&places.branches, began).map_err(text)?;
    if !before {
        let to_come = plan::to_come(&places.branches, began).map_err(text)?;
        loader.everything(&administrator, &places, began, &year, &to_come).await?;
    }
    loader.bar.finish_and_clear();
    Ok(Loaded {
        house: places.branch(cast::HOUSE).unwrap_or_default(),
        country: places.regions.get(cast::COUNTRY).copied().unwrap_or_default(),
        months: (month(year.first()), month(year.last())),
        visits: year.len(),
        before,
    })
}

/// The demo's year ends when its first account was made, so that it is the same year when it is loaded again.
async fn began(administrator: &Client) -> Outcome<Timestamp> {
    let me = administrator.get("/v1/me").await.map_err(text)?;
    me["created_at"].as_str().unwrap_or_default().parse().map_err(text)
}

/// Makes the brand with its places.
async fn import(administrator: &Client) -> Result<Places, Refusal> {
    let brand = format!("/v1/brands/{}", id("brand"));
    let lumen = json!({"name": "Lumen", "language": "en", "minimum_visits": 3,
        "recognition": {"best_branch": true, "most_improved": true, "standard_mastered": true}});
    administrator.put(&brand, lumen).await?;
    let found = places(administrator).await?;
    if !found.branches.is_empty() {
        // A load that was interrupted goes on, and may have moved some of them.
        return Ok(found);
    }
    administrator.post(&format!("{brand}/places/import"), Body::File("text/csv", PLACES)).await?;
    places(administrator).await
}

async fn places(administrator: &Client) -> Result<Places, Refusal> {
    #[derive(serde::Deserialize)]
    struct Region {
        id: Uuid,
        name: String,
    }
    let brand = id("brand");
    let branches = administrator.list(&format!("/v1/branches?brand_id={brand}")).await?;
    let regions: Vec<Region> = administrator.list(&format!("/v1/regions?brand_id={brand}")).await?;
    let regions = regions.into_iter().map(|region| (region.name, region.id)).collect();
    Ok(Places { brand, branches, regions })
}

/// The accounts of all people of the cast but the administrator, who is there before.
pub(super) fn accounts() -> impl Iterator<Item = AccountId> {
    let people = cast::staff().into_iter().chain([cast::auditor()]).chain(cast::shoppers());
    people.map(|person| AccountId::new(account(&person.email)))
}

pub(super) fn account(email: &str) -> Uuid {
    id(&format!("account {email}"))
}

pub(super) fn version() -> Uuid {
    id("checklist version 1")
}

/// The campaign of the visits to come.
pub(super) fn campaign() -> Uuid {
    id("campaign")
}

struct Loader {
    client: Client,
    password: String,
    bar: ProgressBar,
}

impl Loader {
    async fn everything(
        &self,
        administrator: &Client,
        places: &Places,
        began: Timestamp,
        year: &[Visit],
        to_come: &[Visit],
    ) -> Outcome {
        let checklist = super::checklist().map_err(text)?;
        let people: Vec<_> = cast::staff().into_iter().chain(cast::shoppers()).collect();
        self.bar.set_length((people.len() + SHOPPERS + 3 * year.len() + to_come.len()) as u64);
        self.each("people", &people, |person| self.invite(administrator, places, person)).await?;
        self.publish(places).await?;
        tell_staff(administrator, places.brand, began).await.map_err(text)?;
        list_return_reasons(administrator).await.map_err(text)?;
        let scheduler = self.as_somebody(cast::SCHEDULER).await?;
        self.each("assignments", year, |visit| assign(&scheduler, visit, began)).await?;
        self.each("assignments", to_come, |visit| assign(&scheduler, visit, began)).await?;
        self.bar.set_message("campaign");
        plan_campaign(&scheduler, places.brand, began).await.map_err(text)?;
        // Before anything is decided about visits, so that all of them count where they were made.
        let moving = [estate::MOVED, estate::TO_MOVE].map(|moving| places.moving(moving));
        let retired = places.branch(estate::RETIRED).unwrap_or_default();
        estate::change(administrator, moving, retired, began).await.map_err(text)?;
        let shoppers = self.shoppers().await?;
        let declared: Vec<_> = shoppers.iter().zip(cast::shoppers()).collect();
        self.each("declarations", &declared, |(phone, who)| declare(phone, places, who)).await?;
        self.each("visits", year, |visit| submit(&shoppers, &checklist, visit)).await?;
        let reviewer = self.as_somebody(cast::REVIEWER).await?;
        self.each("reviews", year, |visit| decide(&reviewer, visit)).await?;
        self.each("notes", year, |visit| note(&reviewer, visit)).await?;
        self.bar.set_message("second opinion");
        if let Some(visit) = year.iter().rfind(|visit| visit.code == cast::HOUSE) {
            let phone = shoppers.get(visit.shopper).unwrap_or(&self.client);
            want_opinion(&scheduler, phone, &reviewer, (&checklist, visit), began).await.map_err(text)?;
        }
        self.bar.set_message("call");
        let designer = self.as_somebody(cast::DESIGNER).await?;
        let phone = shoppers.last().unwrap_or(&self.client);
        let people = call::People {
            administrator,
            designer: &designer,
            scheduler: &scheduler,
            phone,
            reviewer: &reviewer,
        };
        call::record(&people, places.branch(cast::HOUSE).unwrap_or_default(), began).await.map_err(text)?;
        targets::set(&designer, places, began).await.map_err(text)?;
        let manager = self.as_somebody(cast::MANAGER).await?;
        act(&manager, places, began).await.map_err(text)?;
        alerts::set((administrator, &designer, &manager), places).await.map_err(text)?;
        self.invite(administrator, places, &cast::auditor()).await.map_err(text)
    }

    async fn as_somebody(&self, email: &str) -> Outcome<Client> {
        self.client.sign_in(email, &self.password).await.map_err(|refusal| {
            if refusal.is("sign_in_failed") {
                return format!(
                    "{email} has another password here: give it in {}, or take another folder",
                    super::PASSWORD
                );
            }
            text(refusal)
        })
    }

    /// All shoppers' phones, in the order of their numbers.
    async fn shoppers(&self) -> Outcome<Vec<Client>> {
        let emails: Vec<_> = (0..SHOPPERS).map(cast::shopper_email).collect();
        let phones = stream::iter(&emails).map(|email| self.as_somebody(email));
        phones.buffered(AT_ONCE).try_collect().await
    }

    /// Does one thing for each, some at once.
    async fn each<'a, T, F>(&self, what: &'static str, things: &'a [T], step: impl Fn(&'a T) -> F) -> Outcome
    where
        F: Future<Output = Result<(), Refusal>>,
    {
        self.bar.set_message(what);
        let steps = stream::iter(things).map(step).buffer_unordered(AT_ONCE);
        let counted = steps.inspect_ok(|()| self.bar.inc(1));
        counted.try_collect::<()>().await.map_err(text)
    }

    /// Gives somebody an account and a role.
    async fn invite(&self, administrator: &Client, places: &Places, person: &Person) -> Result<(), Refusal> {
        let path = format!("/v1/accounts/{}", account(&person.email));
        let body = json!({
            "email": person.email, "name": person.name, "language": person.language,
            "password": self.password,
        });
        match administrator.put(&path, body).await {
            // It wants an If-Match: so the account is there.
            Err(refusal) if refusal.is("precondition_required") => {}
            made => drop(made?),
        }
        let grant = format!("{path}/grants/{}", id(&format!("grant {}", person.email)));
        administrator.put(&grant, json!({"role": person.role, "scope": places.scope(&person.over)})).await?;
        Ok(())
    }

    async fn publish(&self, places: &Places) -> Outcome {
        self.bar.set_message("checklist");
        let designer = self.as_somebody(cast::DESIGNER).await?;
        publish(&designer, places.brand, &Library::read().map_err(text)?).await.map_err(text)
    }
}

/// What staff were informed of before the year began, in the languages of the branches.
async fn tell_staff(administrator: &Client, brand: Uuid, began: Timestamp) -> Result<(), Refusal> {
    let day = |days: i64| {
        let then = began.saturating_add(SignedDuration::from_hours(-24 * days)).unwrap_or(began);
        then.strftime("%Y-%m-%d").to_string()
    };
    let mut content: Value = serde_json::from_str(NOTICE).unwrap_or_default();
    content["council_consulted_on"] = json!(day(440));
    content["informed_on"] = json!(day(430));
    content["starts_on"] = json!(day(400));
    let body = json!({"brand_id": brand, "content": content});
    administrator.put(&format!("/v1/notices/{}", id("notice")), body).await.map(drop)
}

async fn assign(scheduler: &Client, visit: &Visit, began: Timestamp) -> Result<(), Refusal> {
    // What is over cannot be given any more, and the visits of the year are sent only now.
    let closes = visit.closes.max(began.saturating_add(SignedDuration::from_hours(7 * 24)).unwrap_or(began));
    let body = json!({
        "branch_id": visit.branch, "checklist_version_id": version(),
        "shopper_id": account(&cast::shopper_email(visit.shopper)),
        "opens_at": visit.opens, "closes_at": closes,
    });
    scheduler.put(&format!("/v1/assignments/{}", visit.assignment()), body).await.map(drop)
}

/// A wave of visits to come, one to each branch, open to every shopper who may go.
async fn plan_campaign(scheduler: &Client, brand: Uuid, began: Timestamp) -> Result<(), Refusal> {
    let (starts_on, ends_on) = plan::weeks_to_come(began);
    let terms = json!({
        "starts_on": starts_on, "ends_on": ends_on, "visits_per_branch": 1,
        "windows": {"from": "09:00", "to": "21:00", "span_days": 7},
        "fee": {"currency": "EUR", "amount": 2500}, "reimbursement_limit": 2000,
        "who": {"languages": true, "same_branch": {"days": 14, "visits": 1}, "most_jobs_at_once": 4},
        "briefing": {
            "en": "Order a hot drink and something to eat, and stay for at least a quarter of an hour.",
            "fr": "Commandez une boisson chaude et de quoi manger, et restez au moins un quart d’heure.",
        },
    });
    let body = json!({
        "brand_id": brand, "checklist_version_id": version(), "name": "The four weeks to come", "terms": terms,
    });
    let path = format!("/v1/campaigns/{}", campaign());
    scheduler.put(&path, body).await?;
    scheduler.post(&format!("{path}/plan"), Body::Nothing).await.map(drop)
}

/// What a shopper declares; relatives of the first one work in a branch, whose jobs are not listed for them.
async fn declare(phone: &Client, places: &Places, who: &Person) -> Result<(), Refusal> {
    let relatives = (who.email == cast::shopper_email(0)).then(|| places.branch(cast::RELATIVES)).flatten();
    let languages = if who.language == "en" { vec!["en"] } else { vec![who.language, "en"] };
    let body = json!({
        "languages": languages, "travels_km": 60,
        "relatives_branches": relatives.into_iter().collect::<Vec<_>>(),
    });
    phone.put("/v1/me/shopper", body).await.map(drop)
}

async fn submit(shoppers: &[Client], checklist: &Prepared, visit: &Visit) -> Result<(), Refusal> {
    let Some(shopper) = shoppers.get(visit.shopper) else { return Ok(()) };
    let Answered { answers, manifest, files } = story::answered(checklist, visit);
    let positions: Vec<_> = story::position(visit).into_iter().collect();
    let body = json!({
        "assignment_id": visit.assignment(), "checklist_version_id": version(),
        "started_at": visit.started.timestamp(), "ended_at": visit.ended, "answers": answers, "manifest": manifest,
        "positions": positions,
    });
    shopper.put(&format!("/v1/visits/{}", visit.id()), body).await?;
    send_files(shopper, visit, &manifest, files).await
}

/// Sends the files of a visit.
pub(super) async fn send_files(
    phone: &Client,
    visit: &Visit,
    manifest: &Manifest,
    files: Vec<(EvidenceId, Vec<u8>)>,
) -> Result<(), Refusal> {
    for (file, (id, bytes)) in manifest.iter().zip(files) {
        let path = format!("/v1/uploads/{id}?visit_id={}", visit.id());
        phone.ask(Method::PUT, &path, Body::Bytes(file.media_type.as_str(), bytes), None).await?;
    }
    Ok(())
}

/// Lets the manager say that an alert was seen, and object to reports that are out.
pub(super) async fn appeal(server: &str, password: &str) -> Outcome {
    let loader =
        Loader { client: Client::new(server).map_err(text)?, password: password.to_owned(), bar: bar() };
    let manager = loader.as_somebody(cast::MANAGER).await?;
    let reviewer = loader.as_somebody(cast::REVIEWER).await?;
    alerts::acknowledge(&manager).await.map_err(text)?;
    super::appeal::appeal(&manager, &reviewer).await.map_err(text)
}

/// What the manager has done about standards that are missed: one action is under way, one is overdue.
async fn act(manager: &Client, places: &Places, began: Timestamp) -> Result<(), Refusal> {
    let day = |days: i64| {
        let then = began.saturating_add(SignedDuration::from_hours(24 * days)).unwrap_or(began);
        then.strftime("%Y-%m-%d").to_string()
    };
    let standards: Vec<Value> = serde_json::from_str(STANDARDS).unwrap_or_default();
    let actions =
        [("Practise greetings with the whole team", 21), ("Show new people how orders are repeated", -3)];
    for ((title, days), standard) in actions.into_iter().zip(&standards) {
        let action = format!("/v1/actions/{}", id(&format!("action {title}")));
        let body = json!({
            "branch_id": places.branch(cast::HOUSE), "standard_id": id(&format!("standard {}", standard["key"])),
            "title": title, "owner_account_id": account(cast::MANAGER), "due_on": day(days),
        });
        manager.put(&action, body).await?;
        let comment = format!("{action}/comments/{}", id(&format!("comment on {title}")));
        manager.put(&comment, json!({"text": "The training is on Monday."})).await?;
    }
    Ok(())
}

fn month(visit: Option<&Visit>) -> String {
    visit.map(|visit| visit.started.timestamp().strftime("%Y-%m").to_string()).unwrap_or_default()
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:12} {wide_bar} {pos:>5}/{len} {elapsed}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
