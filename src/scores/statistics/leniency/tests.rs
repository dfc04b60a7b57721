use super::*;

type One = Made<usize, usize, usize>;

fn made(shopper: usize, branch: usize, checklist: usize, score: i32) -> One {
    Made { shopper, branch, checklist, sums: Sums::of(score) }
}

/// Numbers that look as if they came by chance, and are the same each time.
struct Dice(u64);

impl Dice {
    fn number(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, end: usize) -> usize {
        (self.number() * end as f64) as usize
    }

    /// With mean zero and this standard deviation, near enough to the normal distribution.
    fn about(&mut self, deviation: f64) -> f64 {
        ((0..12).map(|_| self.number()).sum::<f64>() - 6.0) * deviation
    }
}

#[test]
fn where_all_shoppers_visit_all_branches_alike_an_effect_is_a_shrunken_mean() {
    let (above, levels) = ([-600, -100, 200, 500], [7_000, 8_000, 8_500]);
    let noise = [-400, 300, -100, 200];
    let mut all = Vec::new();
    for (shopper, above) in above.into_iter().enumerate() {
        for (branch, level) in levels.into_iter().enumerate() {
            all.extend(noise.map(|noise| made(shopper, branch, 0, level + above + noise)));
        }
    }
    let found = measure(&all, 1);
    // Twelve visits each; 48 visits less three levels and three differences of shoppers.
    let squares = 12.0 * (160_000.0 + 90_000.0 + 10_000.0 + 40_000.0);
    let within = squares / 42.0;
    assert!((found.within - within).abs() < 1e-6, "{found:?}");
    let between = (above.map(|it| f64::from(it * it) * 12.0).iter().sum::<f64>() - 3.0 * within) / 36.0;
    assert!((found.between - between).abs() < 1e-6, "{found:?}");
    for (one, above) in found.shoppers.iter().zip(above) {
        let effect = one.effect.unwrap();
        let kept = 12.0 / (12.0 + within / between);
        assert!((effect.effect - kept * f64::from(above)).abs() < 1e-6, "{one:?}");
        // Three of four parts of the variance are of the differences, one is of the mean of all.
        let error = (within * (0.75 / (12.0 + within / between) + 0.25 * between / within)).sqrt();
        assert!((effect.error - error).abs() < 1e-6, "{one:?}");
        assert!((effect.reach - 3.182_446_305 * error).abs() < 1e-4, "{one:?}");
    }
}

/// What is alike for all visits to a branch is not in an effect, however the shoppers are spread.
#[test]
fn the_level_of_a_branch_makes_no_difference() {
    let mut dice = Dice(3);
    let mut all: Vec<_> = (0..200)
        .map(|turn| made(turn % 8, dice.below(6), dice.below(2), 5_000 + dice.about(800.0) as i32))
        .collect();
    let before = measure(&all, 1);
    for one in &mut all {
        let higher = one.sums.sum as i32 + 700 * one.branch as i32 - 300 * one.checklist as i32;
        one.sums = Sums::of(higher);
    }
    all.reverse();
    let after = measure(&all, 1);
    for (one, other) in before.shoppers.iter().zip(&after.shoppers) {
        let (one, other) = (one.effect.unwrap(), other.effect.unwrap());
        assert!((one.effect - other.effect).abs() < 1e-6, "{one:?} {other:?}");
        assert!((one.error - other.error).abs() < 1e-6, "{one:?} {other:?}");
    }
}

#[test]
fn who_shares_nothing_is_in_a_group_alone() {
    let mut dice = Dice(5);
    let mut all: Vec<_> =
        (0..120).map(|turn| made(turn % 4, turn % 5, 0, 8_000 + dice.about(500.0) as i32)).collect();
    all.extend((0..20).map(|turn| made(9, 10 + turn % 5, 0, 9_000)));
    // The same branches, and a checklist that the others do not have.
    all.extend((0..20).map(|turn| made(8, turn % 5, 1, 9_000)));
    let found = measure(&all, 1);
    let alone: Vec<_> = found.shoppers.iter().filter(|one| one.shopper > 3).collect();
    for one in alone {
        assert_eq!((one.visits.n, one.shared_visits, one.shared_branches), (20, 0, 0));
        assert_eq!(one.effect, Err(Missing::FewVisits));
        assert_ne!(one.group, 1);
    }
    for one in &found.shoppers[..4] {
        assert_eq!((one.group, one.shared_visits, one.shared_branches), (1, 30, 5));
        assert!(one.effect.is_ok());
    }
}

#[test]
fn nothing_is_said_of_no_visits_and_all_alike_is_no_certainty() {
    assert_eq!(measure(&Vec::<One>::new(), 1).shoppers, []);
    assert_eq!(measure(&[made(1, 1, 1, 5_000)], 1).shoppers[0].effect, Err(Missing::FewVisits));
    let perfect: Vec<_> = (0..100).map(|turn| made(turn % 5, turn % 4, 0, 10_000)).collect();
    for one in measure(&perfect, 40_000).shoppers {
        let effect = one.effect.unwrap();
        assert!(effect.effect.abs() < 1e-9 && effect.reach > 50.0, "{effect:?}");
    }
}

/// 400 small brands: the interval has to hold what shoppers are, also where they hardly differ.
#[test]
fn intervals_are_right_as_often_as_they_say() {
    let mut dice = Dice(11);
    for (shoppers, many, apart) in [(5, 12, 200.0), (8, 20, 500.0), (30, 12, 300.0)] {
        let (mut held, mut of) = (0.0, 0.0);
        for _ in 0..if shoppers > 20 { 60 } else { 400 } {
            let lenient: Vec<_> = (0..shoppers).map(|_| dice.about(apart)).collect();
            let levels: Vec<_> = (0..8).map(|_| 5_000.0 + dice.about(600.0)).collect();
            let mut all = Vec::new();
            for (shopper, lenient) in lenient.iter().enumerate() {
                for _ in 0..many {
                    let branch = dice.below(levels.len());
                    all.push(made(shopper, branch, 0, (levels[branch] + lenient + dice.about(900.0)) as i32));
                }
            }
            for (one, lenient) in measure(&all, 1).shoppers.iter().zip(&lenient) {
                let Ok(effect) = one.effect else { continue };
                of += 1.0;
                held += f64::from((effect.effect - lenient).abs() <= effect.reach);
            }
        }
        let share: f64 = held / of;
        assert!((0.925..=1.0).contains(&share), "{shoppers} shoppers, {many} visits, {apart}: {share}");
    }
}
