//! Where the phone was, against where the branch is, and against other visits of the same shopper.

use super::model::{FlagEvidence, Whereabouts};
use crate::{
    checklists::answers::AccuracyM,
    db::types::Instant,
    ids::VisitId,
    places::{self, model::Branch},
    visits::{model::Submission, phone::Position},
};

/// A branch is no point: a phone so near to the one that stands for it is there. A large market is 300 m across, and
/// an address that was looked up lies up to 100 m beside its door.
pub const NEAR_M: f64 = 250.0;
/// A phone says within how many metres it is right with a probability of 68 %. Errors to two sides that are independent
/// and normal stay within twice that with a probability of 1 − 0.32⁴ = 99 % (the distance is Rayleigh-distributed).
pub const SURE: f64 = 2.0;
/// What is assumed of a position without an accuracy, in metres.
pub const USUAL_ACCURACY_M: f64 = 100.0;
/// A position that is less accurate says nothing, in metres: it comes from a mast, not from a satellite.
pub const WORST_ACCURACY_M: f64 = 1_000.0;
/// The fastest on the ground, door to door, in metres per second: 250 km/h.
pub const ON_THE_GROUND: f64 = 250.0 / 3.6;
/// The fastest in the air, in metres per second: 900 km/h.
pub const IN_THE_AIR: f64 = 900.0 / 3.6;
/// No one flies in less time, airports included: 3 hours, in seconds.
pub const SHORTEST_FLIGHT: i64 = 10_800;
/// A form may be opened so many seconds early, and closed so late.
pub const SLACK: i64 = 60;
/// Visits that are further apart than this can both have been made, wherever: a day, in seconds.
pub const APART: i64 = 86_400;

/// The mean radius of the earth (IUGG), in metres.
const EARTH_M: f64 = 6_371_008.8;

/// A place on earth, in degrees (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// North of the equator.
    pub latitude: f64,
    /// East of Greenwich.
    pub longitude: f64,
}

impl Point {
    /// Where a branch is, if that is known.
    pub fn of_branch(branch: &Branch) -> Option<Self> {
        let point = branch.position();
        let point = point.map(|places::model::Position { latitude, longitude }| Self { latitude, longitude });
        point.filter(|point| !point.is_nowhere())
    }

    /// Where a phone was.
    pub fn of_position(position: &Position) -> Self {
        Self { latitude: position.latitude.get(), longitude: position.longitude.get() }
    }

    /// Whether it is where the equator meets the meridian of Greenwich, in the open sea. Phones and cameras that do not know
    /// where they are write zeros.
    pub fn is_nowhere(self) -> bool {
        self.latitude == 0.0 && self.longitude == 0.0
    }

    /// The way between two places over a sphere, in metres, by the haversine formula (R. W. Sinnott, Virtues of the
    /// Haversine, Sky and Telescope 68, 1984): right within 0.5 %, since the earth is no sphere.
    pub fn metres_to(self, other: Self) -> f64 {
        let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
        let level = self.latitude.to_radians().cos() * other.latitude.to_radians().cos();
        let chord = half(self.latitude, other.latitude) + level * half(self.longitude, other.longitude);
        2.0 * EARTH_M * chord.clamp(0.0, 1.0).sqrt().asin()
    }
}

/// Whole metres, for people.
pub(super) fn whole(metres: f64) -> i64 {
    metres.round() as i64 // at most half the way round the earth
}

/// A position that says something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fix {
    /// Where the phone was …
    pub point: Point,
    /// … within how many metres.
    pub accuracy_m: f64,
}

impl Fix {
    /// What a position says; none if it was made up, is too coarse or is that of a phone that did not know.
    fn of(position: &Position) -> Option<Self> {
        let accuracy_m = position.accuracy_m.map_or(USUAL_ACCURACY_M, |metres| f64::from(metres.as_u32()));
        let point = Point::of_position(position);
        let says_something = !position.mock && accuracy_m <= WORST_ACCURACY_M && !point.is_nowhere();
        says_something.then_some(Self { point, accuracy_m })
    }
}

/// Whether the phone was never near the branch, by any of the positions that it sent, taken as favourably as they allow.
pub fn far_away(positions: &[Position], branch: Point) -> Option<FlagEvidence> {
    let favourable = positions.iter().filter_map(|position| {
        let Fix { point, accuracy_m } = Fix::of(position)?;
        let metres = point.metres_to(branch);
        Some((metres - SURE * accuracy_m, metres, position))
    });
    let (at_least, metres, nearest) = favourable.min_by(|one, other| one.0.total_cmp(&other.0))?;
    (at_least > NEAR_M).then(|| FlagEvidence::FarAway {
        metres: whole(metres),
        accuracy_m: nearest.accuracy_m.map(AccuracyM::get),
        at: nearest.at,
    })
}

/// Whether the phone did not know where it was at any of its positions.
pub fn position_unknown(all: &[Position]) -> Option<FlagEvidence> {
    let (positions, of) = count(all, |position| Point::of_position(position).is_nowhere());
    (positions > 0).then_some(FlagEvidence::PositionUnknown { positions, of })
}

/// Whether the phone says that another program made up any of its positions.
pub fn mock_position(all: &[Position]) -> Option<FlagEvidence> {
    let (positions, of) = count(all, |position| position.mock);
    (positions > 0).then_some(FlagEvidence::MockPosition { positions, of })
}

/// How many positions are so, and how many there are.
fn count(positions: &[Position], is_so: impl Fn(&Position) -> bool) -> (i64, i64) {
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    (number(positions.iter().filter(|position| is_so(position)).count()), number(positions.len()))
}

/// What a visit says about where its shopper was, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stay {
    /// The visit.
    pub visit: VisitId,
    /// When it began, by the phone's clock.
    pub from: Instant,
    /// When it ended, by the phone's clock.
    pub to: Instant,
    /// Where the branch is, if that is known.
    pub branch: Option<Point>,
    /// The most accurate of the positions that the phone sent of that time.
    pub fix: Option<Fix>,
}

impl Stay {
    /// What this visit says.
    pub fn new(visit: VisitId, submission: &Submission, branch: Option<Point>) -> Self {
        let (from, to) = (submission.started_at, submission.ended_at.max(submission.started_at));
        let meanwhile = submission.positions.iter().filter(|position| (from..=to).contains(&position.at));
        let best =
            meanwhile.filter_map(Fix::of).min_by(|one, other| one.accuracy_m.total_cmp(&other.accuracy_m));
        Self { visit, from, to, branch, fix: best }
    }
}

/// Whether no one can have been at both: the one place is too far from the other for the time between them.
pub fn impossible_travel(one: &Stay, other: &Stay) -> Option<FlagEvidence> {
    let (earlier, later) = if one.from <= other.from { (one, other) } else { (other, one) };
    let gap = later.from.micros().saturating_sub(earlier.to.micros()).max(0) / 1_000_000;
    let speed = if gap <= SHORTEST_FLIGHT { ON_THE_GROUND } else { IN_THE_AIR };
    let reach = speed * (gap + SLACK) as f64;
    let branches = one.branch.zip(other.branch).map(|(one, other)| one.metres_to(other));
    let positions = one.fix.zip(other.fix).map(|(one, other)| {
        let metres = one.point.metres_to(other.point);
        (metres, metres - SURE * (one.accuracy_m + other.accuracy_m))
    });
    let evidence =
        |metres, between| FlagEvidence::ImpossibleTravel { metres: whole(metres), seconds: gap, between };
    match (branches, positions) {
        (Some(branches), _) if branches - 2.0 * NEAR_M > reach => {
            Some(evidence(branches, Whereabouts::Branches))
        }
        (_, Some((metres, at_least))) if at_least > reach => Some(evidence(metres, Whereabouts::Positions)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    const HOUSE: Point = Point { latitude: 41.0082, longitude: 28.9784 };
    /// So many degrees of latitude are a metre.
    const METRE: f64 = 1.0 / 111_195.08;

    fn north(metres: f64) -> Point {
        Point { latitude: HOUSE.latitude + metres * METRE, ..HOUSE }
    }

    fn position(at: Point, accuracy_m: Option<u32>, mock: bool) -> Position {
        let (latitude, longitude) = (at.latitude, at.longitude);
        serde_json::from_value(json!({"at": "2026-03-14T09:10:00Z", "latitude": latitude,
            "longitude": longitude, "accuracy_m": accuracy_m, "mock": mock}))
        .unwrap()
    }

    fn stay(branch: Point, from: i64, to: i64, fix: Option<(Point, f64)>) -> Stay {
        let at = |minutes: i64| Instant::from_micros(minutes * 60_000_000);
        let fix = fix.map(|(point, accuracy_m)| Fix { point, accuracy_m });
        Stay { visit: VisitId::new(Uuid::nil()), from: at(from), to: at(to), branch: Some(branch), fix }
    }

    #[test]
    fn known_distances() {
        let istanbul = HOUSE;
        let paris = Point { latitude: 48.8566, longitude: 2.3522 };
        let distance = istanbul.metres_to(paris);
        assert!((2_245_000.0..2_265_000.0).contains(&distance), "{distance}");
        let (west, east) =
            (Point { latitude: 0.0, longitude: 179.9 }, Point { latitude: 0.0, longitude: -179.9 });
        assert!((22_000.0..22_500.0).contains(&west.metres_to(east)), "over the date line");
        assert!((north(250.0).metres_to(HOUSE) - 250.0).abs() < 0.1);
    }

    #[test]
    fn far_is_what_the_accuracy_does_not_explain() {
        let flagged =
            |metres, accuracy| far_away(&[position(north(metres), accuracy, false)], HOUSE).is_some();
        assert!(!flagged(309.0, Some(30)) && flagged(311.0, Some(30)));
        assert!(!flagged(449.0, None) && flagged(451.0, None), "unknown is not exact");
        assert!(!flagged(2_249.0, Some(1_000)) && flagged(2_251.0, Some(1_000)));
        assert!(!flagged(90_000.0, Some(1_001)), "that says nothing");
        assert_eq!(far_away(&[], HOUSE), None);
    }

    #[test]
    fn the_nearest_counts_and_what_is_made_up_does_not() {
        let (far, near) = (position(north(9_000.0), Some(5), false), position(north(20.0), Some(5), false));
        assert_eq!(far_away(&[far.clone(), near], HOUSE), None);
        let made_up = position(HOUSE, Some(5), true);
        let positions = [far, made_up];
        let found = far_away(&positions, HOUSE).unwrap();
        assert!(
            matches!(found, FlagEvidence::FarAway { metres: 9_000, accuracy_m: Some(5), .. }),
            "{found:?}"
        );
        assert_eq!(mock_position(&positions), Some(FlagEvidence::MockPosition { positions: 1, of: 2 }));
        assert_eq!(mock_position(&positions[..1]), None);
    }

    #[test]
    fn zeros_are_no_place() {
        let nowhere = Point { latitude: 0.0, longitude: 0.0 };
        let unknown = position(nowhere, Some(5), false);
        let near = position(north(20.0), Some(5), false);
        assert_eq!(far_away(std::slice::from_ref(&unknown), HOUSE), None, "that is not 5,000 km away");
        let positions = [unknown, near.clone()];
        assert_eq!(position_unknown(&positions), Some(FlagEvidence::PositionUnknown { positions: 1, of: 2 }));
        assert_eq!(position_unknown(&[near]), None);
        // On the equator, or on the meridian of Greenwich, there are towns.
        let greenwich = position(Point { latitude: 51.5, longitude: 0.0 }, Some(5), false);
        assert_eq!(position_unknown(std::slice::from_ref(&greenwich)), None);
        assert!(far_away(&[greenwich], HOUSE).is_some());
    }

    #[test]
    fn no_one_is_in_two_towns_at_once() {
        let travel = |km: f64, minutes: i64| {
            let other = north(km * 1_000.0);
            impossible_travel(&stay(HOUSE, 0, 30, None), &stay(other, 30 + minutes, 60 + minutes, None))
        };
        // 250 km/h for an hour and a minute, and half a kilometre that the branches are large.
        assert_eq!(travel(254.6, 60), None);
        assert!(matches!(
            travel(254.8, 60),
            Some(FlagEvidence::ImpossibleTravel {
                metres: 254_800,
                seconds: 3_600,
                between: Whereabouts::Branches
            })
        ));
        assert_eq!(travel(750.0, 180), None);
        assert!(travel(760.0, 180).is_some(), "too short for a flight");
        assert_eq!(travel(2_700.0, 181), None);
        assert!(travel(2_740.0, 181).is_some());
        assert!(travel(5.0, -20).is_some(), "they overlap");
        assert_eq!(travel(0.4, -20), None, "the shop next door");
    }

    #[test]
    fn the_phones_own_positions_count_as_well() {
        let other = north(300_000.0);
        let here = stay(HOUSE, 0, 30, Some((HOUSE, 20.0)));
        let far = |accuracy| impossible_travel(&here, &stay(HOUSE, 60, 90, Some((other, accuracy))));
        let found = far(20.0).unwrap();
        assert!(matches!(found, FlagEvidence::ImpossibleTravel { between: Whereabouts::Positions, .. }));
        assert_eq!(far(90_000.0), None, "it may have been here");
        assert_eq!(impossible_travel(&here, &stay(HOUSE, 60, 90, None)), None);
        // Where a branch is not known, the positions alone decide.
        let nowhere = |fix| Stay { branch: None, ..stay(HOUSE, 60, 90, fix) };
        assert!(impossible_travel(&here, &nowhere(Some((other, 20.0)))).is_some());
        assert_eq!(impossible_travel(&stay(other, 0, 30, None), &nowhere(None)), None);
    }

    #[test]
    fn the_best_position_of_the_time_stands_for_the_visit() {
        let mut submission: Submission = serde_json::from_value(json!({
            "assignment_id": Uuid::nil(), "checklist_version_id": Uuid::nil(), "answers": {},
            "started_at": "2026-03-14T09:00:00Z", "ended_at": "2026-03-14T09:30:00Z",
        }))
        .unwrap();
        let mut before = position(north(30.0), Some(2), false);
        before.at = submission.started_at.plus_seconds(-1);
        let positions = vec![
            position(HOUSE, Some(40), false),
            position(north(10.0), Some(20), false),
            position(north(20.0), Some(1), true),
            before,
        ];
        submission.positions = positions.try_into().unwrap();
        let fix = Stay::new(VisitId::new(Uuid::nil()), &submission, Some(HOUSE)).fix.unwrap();
        assert_eq!(fix.accuracy_m, 20.0);
    }

    proptest! {
        #[test]
        fn a_distance_is_one(
            a in (-90.0..=90.0_f64, -180.0..=180.0_f64),
            b in (-90.0..=90.0_f64, -180.0..=180.0_f64),
            c in (-90.0..=90.0_f64, -180.0..=180.0_f64),
        ) {
            let [a, b, c] = [a, b, c].map(|(latitude, longitude)| Point { latitude, longitude });
            let (out, back) = (a.metres_to(b), b.metres_to(a));
            prop_assert!((out - back).abs() < 1e-6 && (0.0..20_016_000.0).contains(&out));
            prop_assert!(a.metres_to(a) < 1e-6);
            prop_assert!(out <= a.metres_to(c) + c.metres_to(b) + 1e-3, "no way round is shorter");
        }

        /// Being nearer, or having more time, never makes a travel impossible.
        #[test]
        fn travel_gets_easier_with_time(km in 0.0..900.0_f64, gap in 0_i64..600, more in 0_i64..600, less in 0.0..1.0_f64) {
            let travel = |km: f64, gap: i64| {
                let later = stay(north(km * 1_000.0), 30 + gap, 60 + gap, None);
                impossible_travel(&stay(HOUSE, 0, 30, None), &later).is_some()
            };
            prop_assert!(travel(km, gap) || !travel(km, gap + more));
            prop_assert!(travel(km, gap) || !travel(km * less, gap));
            let (one, other) = (stay(HOUSE, 0, 30, None), stay(north(km * 1_000.0), 30 + gap, 60 + gap, None));
            prop_assert_eq!(impossible_travel(&one, &other), impossible_travel(&other, &one));
        }

        /// One more position that counts can only speak for the shopper.
        #[test]
        fn more_positions_only_help(metres in 0.0..3_000.0_f64, more in 0.0..3_000.0_f64, accuracy in 0_u32..1_200) {
            let one = position(north(metres), Some(accuracy), false);
            let two = [one.clone(), position(north(more), Some(10), false)];
            let at_least = |found: Option<FlagEvidence>| found.is_some();
            prop_assert!(at_least(far_away(&two[1..], HOUSE)) || !at_least(far_away(&two, HOUSE)));
        }
    }
}
