//! Who visits which branch when: two visits a branch and month for a year, up to yesterday, and one more to come.

use std::ops::Range;

use jiff::{Span, Timestamp, ToSpan, Zoned, civil::Date, tz::TimeZone, tz::TimeZoneDatabase};
use uuid::Uuid;

use super::dice::{Dice, id};

/// Visits of one branch in the year.
pub(super) const VISITS: usize = 24;
/// How many days they are spread over.
const DAYS: usize = 365;

/// Where shoppers live, by the countries of the codes of branches, and how many they are.
const AREAS: [(&[&str], usize); 6] =
    [(&["FR", "BE"], 7), (&["GB"], 4), (&["BG"], 4), (&["TR"], 4), (&["KZ"], 3), (&["CA"], 2)];
/// How many shoppers there are.
pub(super) const SHOPPERS: usize = 24;

/// A branch that is visited.
#[derive(Clone, Debug, serde::Deserialize)]
pub(super) struct Branch {
    pub(super) id: Uuid,
    pub(super) code: String,
    pub(super) time_zone: String,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    pub(super) languages: Vec<String>,
}

/// One visit, from its assignment to the moment when the shopper leaves.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    /// Its name, from which everything about it follows.
    pub(super) name: String,
    /// The code of its branch.
    pub(super) code: String,
    pub(super) branch: Uuid,
    /// What the shopper writes in there.
    pub(super) language: String,
    /// The number of its shopper, from 0.
    pub(super) shopper: usize,
    /// Which of the branch's visits it is, from 0.
    pub(super) turn: usize,
    pub(super) opens: Timestamp,
    pub(super) closes: Timestamp,
    /// By the clocks at the branch.
    pub(super) started: Zoned,
    pub(super) ended: Timestamp,
    /// Where the branch is, in degrees north and east.
    pub(super) position: (f64, f64),
}

impl Visit {
    /// The id of its assignment.
    pub(super) fn assignment(&self) -> Uuid {
        id(&format!("assignment {}", self.name))
    }

    /// Its own id, as the phone would have made it.
    pub(super) fn id(&self) -> Uuid {
        id(&format!("visit {}", self.name))
    }
}

/// A year of visits to these branches that ends on the day before `now`.
pub(super) fn year(branches: &[Branch], now: Timestamp) -> Result<Vec<Visit>, jiff::Error> {
    turns(0..VISITS, branches, now)
}

/// The visits to come: one to each branch, in the two weeks from `now` on.
pub(super) fn to_come(branches: &[Branch], now: Timestamp) -> Result<Vec<Visit>, jiff::Error> {
    turns(VISITS..VISITS + 1, branches, now)
}

/// The first and the last day of the campaign that is to come: the four weeks from tomorrow on.
pub(super) fn weeks_to_come(now: Timestamp) -> (Date, Date) {
    let today = now.to_zoned(TimeZone::UTC).date();
    (today.saturating_add(1.day()), today.saturating_add(28.days()))
}

fn turns(turns: Range<usize>, branches: &[Branch], now: Timestamp) -> Result<Vec<Visit>, jiff::Error> {
    let mut branches: Vec<_> = branches.iter().collect();
    branches.sort_by_key(|branch| &branch.code);
    let (mut visits, mut first_shopper) = (Vec::new(), 0);
    for (countries, shoppers) in AREAS {
        let here = |branch: &&&Branch| branch.code.get(..2).is_some_and(|code| countries.contains(&code));
        for (number, branch) in branches.iter().filter(here).enumerate() {
            for turn in turns.clone() {
                // Another shopper each time; a shopper with two branches goes there in different weeks.
                let shopper = first_shopper + (number + turn) % shoppers;
                visits.push(visit(branch, turn, shopper, number / shoppers, now)?);
            }
        }
        first_shopper += shoppers;
    }
    visits.sort_by_key(|visit: &Visit| visit.started.timestamp());
    Ok(visits)
}

fn visit(
    branch: &Branch,
    turn: usize,
    shopper: usize,
    week: usize,
    now: Timestamp,
) -> Result<Visit, jiff::Error> {
    let name = format!("{} {turn}", branch.code);
    let zone = TimeZoneDatabase::bundled().get(&branch.time_zone)?;
    let today = now.to_zoned(zone.clone()).date();
    let window =
        |turn: usize| today.checked_add(Span::new().days((turn * DAYS / VISITS) as i64 - DAYS as i64));
    let (opens, closes) = (window(turn)?, window(turn + 1)?);
    let mut dice = Dice::of(&format!("time of {name}"));
    let offset = match week {
        0 => dice.below(7),
        _ => 7 + dice.below((closes - opens).get_days().unsigned_abs().saturating_sub(7).into()),
    };
    let day = opens.checked_add(Span::new().days(offset as i64))?;
    let (hour, minute) = (9 + dice.below(11) as i8, dice.below(60) as i8);
    let started: Zoned = day.at(hour, minute, dice.below(60) as i8, 0).to_zoned(zone.clone())?;
    let ended = started.checked_add(Span::new().minutes(14 + dice.below(35) as i64))?;
    Ok(Visit {
        code: branch.code.clone(),
        branch: branch.id,
        language: branch.languages.first().cloned().unwrap_or_default(),
        shopper,
        turn,
        opens: opens.to_zoned(zone.clone())?.timestamp(),
        closes: closes.to_zoned(zone)?.timestamp(),
        started,
        ended: ended.timestamp(),
        position: (branch.latitude, branch.longitude),
        name,
    })
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::{HashMap, HashSet};

    use super::*;

    /// The branches of the demo, as the server would list them.
    pub(in crate::demo) fn branches() -> Vec<Branch> {
        let mut rows = csv::Reader::from_reader(crate::demo::PLACES.as_bytes());
        let column = |row: &csv::StringRecord, name: usize| row.get(name).unwrap().to_owned();
        rows.records()
            .map(|row| row.unwrap())
            .map(|row| Branch {
                id: id(&column(&row, 1)),
                code: column(&row, 1),
                latitude: column(&row, 4).parse().unwrap(),
                longitude: column(&row, 5).parse().unwrap(),
                time_zone: column(&row, 6),
                languages: column(&row, 7).split(';').map(str::to_owned).collect(),
            })
            .collect()
    }

    pub(in crate::demo) fn a_year() -> Vec<Visit> {
        year(&branches(), "2026-03-01T02:00:00Z".parse().unwrap()).unwrap()
    }

    #[test]
    fn every_branch_has_one_visit_to_come() {
        let now = "2026-03-01T02:00:00Z".parse().unwrap();
        let to_come = to_come(&branches(), now).unwrap();
        assert_eq!(to_come.len(), branches().len());
        assert!(to_come.iter().all(|visit| visit.closes > now && visit.turn == VISITS));
    }

    #[test]
    fn every_branch_is_visited_in_every_window_and_never_in_the_future() {
        let (visits, now) = (a_year(), "2026-03-01T02:00:00Z".parse().unwrap());
        assert_eq!(visits.len(), branches().len() * VISITS);
        for visit in visits {
            assert!(visit.opens <= visit.started.timestamp() && visit.ended <= visit.closes, "{visit:?}");
            assert!(visit.closes <= now, "{visit:?}");
        }
    }

    #[test]
    fn nobody_visits_a_branch_twice_in_a_row_nor_two_branches_on_a_day() {
        let visits = a_year();
        let whom: HashMap<_, _> =
            visits.iter().map(|visit| ((&visit.code, visit.turn), visit.shopper)).collect();
        for ((code, turn), shopper) in &whom {
            assert!(*shopper < SHOPPERS);
            assert_ne!(whom.get(&(code, turn + 1)), Some(shopper), "{code} {turn}");
        }
        let days: HashSet<_> = visits
            .iter()
            .map(|visit| (visit.shopper, visit.started.timestamp().to_string()[..10].to_owned()))
            .collect();
        assert!(days.len() * 100 >= visits.len() * 99, "{} days", days.len());
    }
}
