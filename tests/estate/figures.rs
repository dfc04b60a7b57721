//! Figures while places move, in any order and at once.

use futures_util::future::{join, join_all};
use incognito::{estate::carry_out_moves::CarryOutMoves, scores::fold::fold_some, work::Task};
use serde_json::json;

use super::{FEBRUARY, JANUARY, MARCH, is_right, seen, step, to};
use crate::{
    app::{Dice, TestApp, each_engine_test},
    ledger::all_is_right,
    reviews::{approve, reopen},
    scores::{BEST, GOOD, POOR, Tree, ZERO},
    verify::verified,
};

each_engine_test!(figures_equal_recomputation_while_places_move);

/// What has a planned move from this month on.
async fn to_move(app: &TestApp, tree: &Tree, month: &str) -> usize {
    let mut places = Vec::new();
    for place in ["a", "b", "c", "d", "country", "city", "abroad"] {
        places.push(seen(app, tree, place).await);
    }
    places.iter().filter(|place| place["planned_move"]["from"] == month).count()
}

/// However much is approved, reopened, folded and moved at once, planned to move, taken back and carried out: figures are those of the visits.
async fn figures_equal_recomputation_while_places_move(app: TestApp) {
    let tree = Tree::build(&app).await;
    let mut dice = Dice::seeded(23);
    let mut made = Vec::new();
    for number in 0..16 {
        let branch = ["a", "b", "c", "d"][number % 4];
        let at = [JANUARY, FEBRUARY, MARCH][dice.roll(3) as usize];
        made.push(tree.visit(&app, branch, &[BEST, GOOD, POOR, ZERO][dice.roll(4) as usize], at).await);
    }
    let (mut moved, mut planned, mut taken_back, mut carried_out) = (0, 0, 0, 0);
    for round in 0..16 {
        if round == 8 {
            carried_out = to_move(&app, &tree, "2026-04").await;
            app.advance(17 * 86_400);
        }
        let reviewer = tree.world.staff.reviewer.clone().renewed(&app);
        let steps: Vec<_> = (0..8).map(|_| (dice.roll(9), dice.roll(16) as usize, dice.roll(5))).collect();
        let requests = steps.iter().map(|(what, visit, place)| {
            let (tree, app, reviewer, visit) = (&tree, &app, &reviewer, made[*visit]);
            let region =
                [None, Some("country"), Some("city"), Some("abroad")][((round + *place) % 4) as usize];
            let one = ["a", "b", "c", "city", "abroad"][*place as usize];
            async move {
                match what {
                    0..=1 => approve(app, reviewer, visit).await,
                    2 => reopen(app, reviewer, visit).await,
                    3 => to(app, tree, one, region, "2026-02").await,
                    4 => to(app, tree, one, region, "2026-03").await,
                    5..=6 => to(app, tree, one, region, "2026-04").await,
                    7 => to(app, tree, one, region, "2026-05").await,
                    _ => step(app, tree, one, "take-back-move", json!({"reason": "It stays."})).await,
                }
            }
        });
        let meanwhile = async {
            app.db().write(fold_some).await.unwrap();
            CarryOutMoves {}.run(app.app(), &()).await.unwrap();
        };
        for (answer, (what, ..)) in join(join_all(requests), meanwhile).await.0.into_iter().zip(&steps) {
            assert!([200, 409, 412, 422].contains(&answer.status), "{answer}");
            if answer.status == 200 && !answer.json["kind"].is_null() {
                let is_planned = !answer.json["planned_move"].is_null();
                let counted = if *what == 8 {
                    &mut taken_back
                } else if is_planned {
                    &mut planned
                } else {
                    &mut moved
                };
                *counted += 1;
            }
        }
        let verified = verified(&app).await;
        assert!(verified.is_right(), "round {round}: {:?}", verified.differences);
    }
    assert_eq!(to_move(&app, &tree, "2026-04").await, 0);
    let counted = [moved, planned, taken_back, carried_out];
    assert!(counted.iter().all(|count| *count > 0), "moved, planned, taken back, carried out: {counted:?}");
    is_right(&app).await;
    all_is_right(&app).await;
}
