//! How leniently shoppers score, as it is kept: a numbered line for each night that changed it. Desks alone are shown it, beside scores and never in them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::{
    statistics::{
        Sums,
        leniency::{self as statistics, Missing},
    },
    store::leniency as store,
};
use crate::{
    checklists::{self, counted::Subject},
    db::{
        Conn,
        types::{Id, Instant, Sha256},
    },
    error::{Error, Result, if_there},
    ids::{AccountId, BranchId, BrandId, ChecklistId, VersionId},
    months::{Month, Period},
};

/// Which way it is computed. Another way has another number, and lines of other ways are not computed again.
const METHOD: i32 = 1;
/// So many basis points two machines may differ by where they round.
const ROUNDING: i32 = 1;

/// What was found in one night.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Which way it was computed.
    method: i32,
    /// The first month whose visits count.
    from: Month,
    /// The last one.
    to: Month,
    /// The digest of what it was computed from.
    visits: Sha256,
    /// The standard deviation of visits by one shopper to one branch, in basis points.
    within: i32,
    /// The standard deviation of shoppers, in basis points.
    between: i32,
    /// Each shopper, in the order of their ids.
    pub shoppers: Vec<Lenient>,
}

/// How leniently one shopper scores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lenient {
    /// The shopper.
    pub shopper_id: AccountId,
    /// How many visits count.
    pub visits: i64,
    /// Their mean score, in basis points.
    pub score: Option<i32>,
    /// How many of the visits are to branches that others visited as well, with the same checklist.
    pub shared_visits: i64,
    /// How many branches these are.
    pub shared_branches: i64,
    /// The number of the group of shoppers who are comparable with this one.
    pub group: usize,
    /// The effect; none if there is too little for one.
    pub effect: Option<Effect>,
    /// What is missing for an effect.
    pub missing: Option<Missing>,
}

/// How much more a shopper scores what the average shopper of the group would have scored, in basis points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// The effect: above zero for who is lenient.
    pub effect: i32,
    /// Its standard error, rounded up.
    pub error: i32,
    /// The lower end of its 95 % interval, rounded down.
    pub low: i32,
    /// The upper end, rounded up.
    pub high: i32,
}

impl Effect {
    /// No interval has the width zero, and none reaches beyond what scores can differ by.
    fn of(found: statistics::Effect) -> Self {
        const MOST: f64 = 10_000.0;
        let statistics::Effect { effect, error, reach } = found;
        let held = |number: f64| number.clamp(-MOST, MOST) as i32;
        Self {
            effect: held(effect.round()),
            error: held(error.ceil()),
            low: held((effect - reach).floor()),
            high: held((effect + reach).ceil()),
        }
    }

    fn is_near(self, other: Self) -> bool {
        let ends = |it: Self| [it.effect, it.error, it.low, it.high];
        ends(self).iter().zip(ends(other)).all(|(one, other)| (one - other).abs() <= ROUNDING)
    }
}

/// What is read of the visits to some branches: by shopper, branch and version what they scored.
pub type Visited = BTreeMap<(AccountId, BranchId, VersionId), Sums>;

/// All that is computed from.
#[derive(Clone, Debug)]
pub struct Ground {
    months: Period,
    made: Vec<statistics::Made<AccountId, BranchId, ChecklistId>>,
    least: i64,
}

impl Ground {
    /// Of these visits. Those with versions that are not there are left out.
    ///
    /// # Errors
    /// None but those of the database.
    pub fn new(conn: &mut Conn, months: Period, visited: &Visited) -> Result<Self> {
        let mut checklists = BTreeMap::new();
        let mut least = 0;
        for id in visited.keys().map(|(.., version)| *version).collect::<BTreeSet<_>>() {
            let Some(version) = if_there(checklists::store::version(conn, id))? else { continue };
            checklists.insert(id, version.checklist_id);
            let variances = version.prepared.least_variances(version.checklist_id, id);
            let of_whole = variances.into_iter().filter(|(subject, _)| *subject == Subject::Overall);
            least = of_whole.map(|(_, variance)| variance).fold(least, i64::max);
        }
        let mut by_checklist = BTreeMap::<_, Sums>::new();
        for (&(shopper, branch, version), sums) in visited {
            let Some(checklist) = checklists.get(&version) else { continue };
            let all = by_checklist.entry((shopper, branch, *checklist)).or_default();
            *all = all.plus(*sums);
        }
        let made = by_checklist.into_iter().map(|((shopper, branch, checklist), sums)| statistics::Made {
            shopper,
            branch,
            checklist,
            sums,
        });
        Ok(Self { months, made: made.collect(), least })
    }

    fn digest(&self) -> Result<Sha256> {
        let line = |one: &statistics::Made<AccountId, BranchId, ChecklistId>| {
            let Sums { n, sum, sum_sq } = one.sums;
            (one.shopper, one.branch, one.checklist, n, sum, sum_sq)
        };
        let lines: Vec<_> = self.made.iter().map(line).collect();
        Sha256::of_json(&(self.least, lines)).map_err(Error::internal)
    }

    /// What follows.
    ///
    /// # Errors
    /// `internal` if it has no digest.
    pub fn found(&self) -> Result<Found> {
        let measured = statistics::measure(&self.made, self.least);
        let deviation = |variance: f64| variance.sqrt().ceil() as i32;
        Ok(Found {
            method: METHOD,
            from: self.months.from(),
            to: self.months.to(),
            visits: self.digest()?,
            within: deviation(measured.within),
            between: deviation(measured.between),
            shoppers: measured.shoppers.into_iter().map(Lenient::of).collect(),
        })
    }
}

impl Lenient {
    fn of(found: statistics::Leniency<AccountId>) -> Self {
        let (effect, missing) = match found.effect {
            Ok(effect) => (Some(Effect::of(effect)), None),
            Err(missing) => (None, Some(missing)),
        };
        Self {
            shopper_id: found.shopper,
            visits: found.visits.n,
            score: found.visits.mean(),
            shared_visits: found.shared_visits,
            shared_branches: found.shared_branches,
            group: found.group,
            effect,
            missing,
        }
    }

    fn is_near(&self, other: &Self) -> bool {
        let near = match (self.effect, other.effect) {
            (Some(one), Some(other)) => one.is_near(other),
            (one, other) => one == other,
        };
        near && Self { effect: None, ..self.clone() } == Self { effect: None, ..other.clone() }
    }
}

impl Found {
    /// Whether the other one is the same but for how machines round.
    fn is_near(&self, other: &Self) -> bool {
        let heads = |it: &Self| (it.method, it.from, it.to, it.visits);
        let deviations = |it: &Self| [it.within, it.between];
        heads(self) == heads(other)
            && deviations(self)
                .iter()
                .zip(deviations(other))
                .all(|(one, other)| (one - other).abs() <= ROUNDING)
            && self.shoppers.len() == other.shoppers.len()
            && self.shoppers.iter().zip(&other.shoppers).all(|(one, other)| one.is_near(other))
    }
}

/// Keeps what was found, as a line with this id, unless the last line of the brand says the same.
///
/// # Errors
/// None but those of the database.
pub fn keep(conn: &mut Conn, id: Id<Found>, brand: BrandId, found: Found, now: Instant) -> Result<()> {
    let before = store::latest(conn, brand)?;
    let number = before.as_ref().map_or(1, |line| line.number + 1);
    let was = before.and_then(|line| line.found.0);
    let is_nothing = was.is_none() && number == 1 && found.shoppers.is_empty();
    if is_nothing || was.as_ref() == Some(&found) {
        Ok(())
    } else {
        store::add(conn, (id, brand), number, found, now)
    }
}

/// What the last night found, and when; none if there is nothing, or it cannot be read.
///
/// # Errors
/// None but those of the database.
pub fn latest(conn: &mut Conn, brand: BrandId) -> Result<Option<(Instant, Found)>> {
    let line = store::latest(conn, brand)?;
    Ok(line.and_then(|line| Some((line.made_at, line.found.0?))))
}

/// How leniently these shoppers score, each in a brand: those of whom enough is known.
///
/// # Errors
/// None but those of the database.
pub fn effects(
    conn: &mut Conn,
    whom: impl IntoIterator<Item = (BrandId, AccountId)>,
) -> Result<HashMap<(BrandId, AccountId), Effect>> {
    let mut by_brand = BTreeMap::<_, BTreeSet<_>>::new();
    for (brand, shopper) in whom {
        by_brand.entry(brand).or_default().insert(shopper);
    }
    let mut effects = HashMap::new();
    for (brand, shoppers) in by_brand {
        let Some((_, found)) = latest(conn, brand)? else { continue };
        for one in found.shoppers.iter().filter(|one| shoppers.contains(&one.shopper_id)) {
            effects.extend(one.effect.map(|effect| ((brand, one.shopper_id), effect)));
        }
    }
    Ok(effects)
}

/// Why a line was not computed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAgain {
    /// The visits that it was computed from have changed since.
    VisitsChanged,
    /// It was computed in another way.
    OtherMethod,
}

/// What came of computing the last line of a brand again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// The same.
    Right,
    /// Something else, or the line cannot be read.
    Wrong,
    /// It cannot be done.
    Not(NotAgain),
}

/// Computes the last line of each brand again, from the visits as they are now; says the brand, the number of the line, and what came of it. Earlier
/// lines are of visits that have changed since: they can be read, or are wrong.
///
/// # Errors
/// None but those of the database.
pub fn again(conn: &mut Conn) -> Result<Vec<(BrandId, i64, Again)>> {
    let (mut all, mut after, mut brands) = (Vec::new(), None, BTreeSet::new());
    loop {
        let lines = store::page(conn, after)?;
        let Some(last) = lines.last() else { break };
        after = Some(last.id);
        let unreadable = lines.iter().filter(|line| line.found.0.is_none());
        all.extend(unreadable.map(|line| (line.brand_id, line.number, Again::Wrong)));
        brands.extend(lines.iter().map(|line| line.brand_id));
    }
    for brand in brands {
        let Some(line) = store::latest(conn, brand)? else { continue };
        let Some(found) = line.found.0 else { continue };
        all.push((brand, line.number, computed_again(conn, brand, &found)?));
    }
    Ok(all)
}

fn computed_again(conn: &mut Conn, brand: BrandId, kept: &Found) -> Result<Again> {
    if kept.method != METHOD {
        return Ok(Again::Not(NotAgain::OtherMethod));
    }
    let Some(months) = Period::new(kept.from, kept.to) else { return Ok(Again::Wrong) };
    let (mut visited, mut after) = (Visited::new(), None);
    loop {
        after = store::visited(conn, (brand, months), after, &mut visited)?;
        if after.is_none() {
            break;
        }
    }
    let ground = Ground::new(conn, months, &visited)?;
    if ground.digest()? != kept.visits {
        return Ok(Again::Not(NotAgain::VisitsChanged));
    }
    Ok(if ground.found()?.is_near(kept) { Again::Right } else { Again::Wrong })
}
