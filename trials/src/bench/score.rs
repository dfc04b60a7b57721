//! Scores and rankings read, beside the floor of reading.

use super::{
    Bench, Plan, client,
    figures::{Goal, Rounds, Row},
    load::{self, Until},
    submissions::Dice,
    submit::costed,
    world,
};

/// So many read at once.
const CLIENTS: usize = 8;
/// So many places take turns.
const PLACES: u64 = 500;
/// So many months.
const QUARTER: i32 = 3;
/// So many answers warm a server up.
const WARM_UP: usize = 50;

/// One row: what is read, by how many at once, and what is to be reached.
struct Reading {
    what: String,
    paths: Vec<String>,
    clients: usize,
    goal: Goal,
}

/// The table's rows for reading.
pub(super) async fn rows(bench: &mut Bench, plan: &Plan) -> Result<Vec<Row>, String> {
    let readings = readings(bench);
    let bar = world::bar("reading scores", (readings.len() * plan.rounds) as u64);
    let mut rows = Vec::new();
    for Reading { what, paths, clients, goal } in readings {
        bench.world.stay_signed_in(bench.product.address).await?;
        let token = Some(bench.world.boss.token.as_str());
        let requests: Vec<_> = paths.iter().map(|path| get(path, token)).collect();
        let warm = read(bench.product.address, clients, Until::Answers(WARM_UP), &requests).await?;
        let floor = [get(&format!("/bytes/{}", warm.answer_bytes), None)];
        read(bench.floor.address, clients, Until::Answers(WARM_UP), &floor).await?;
        let (mut ours, mut theirs) = (Rounds::default(), Rounds::default());
        for _ in 0..plan.rounds {
            let until = Until::Time(plan.time);
            let (round, cost) =
                costed(&bench.product, read(bench.product.address, clients, until, &requests)).await?;
            ours.add(round, cost);
            let (round, cost) =
                costed(&bench.floor, read(bench.floor.address, clients, until, &floor)).await?;
            theirs.add(round, cost);
            bar.inc(1);
        }
        let rate = theirs.rate();
        rows.push(ours.row(what, clients, Some(rate), goal));
        rows.push(theirs.row(
            format!("  its floor, {} bytes", warm.answer_bytes),
            clients,
            None,
            Goal::default(),
        ));
    }
    bar.finish_and_clear();
    Ok(rows)
}

fn readings(bench: &Bench) -> Vec<Reading> {
    let (world, mut dice) = (&bench.world, Dice(1));
    let score = |kind: &str, id: &dyn std::fmt::Display| format!("/v1/{kind}/{id}/score");
    let branches = (0..PLACES).filter_map(|_| {
        let (branch, _) = world.branches.get(dice.below(world.branches.len() as u64) as usize)?;
        Some(score("branches", branch))
    });
    let regions = world.regions.iter().map(|region| score("regions", region)).collect();
    let months = super::stored::last_months(QUARTER);
    let quarter = months.first().zip(months.last()).map(|(from, to)| format!("from={from}&to={to}"));
    let of_brand = |what: &str, more: &str| {
        vec![format!("/v1/brands/{}/{what}?{}{more}", world.brand, quarter.as_deref().unwrap_or_default())]
    };
    let one = Goal { rate: Some(25_000.0), p99: Some(1.5), ..Goal::default() };
    let many = Goal { p99: Some(2.0), memory: Some(100.0), ..Goal::default() };
    let any = Goal { p99: Some(25.0), ..Goal::default() };
    let reading =
        |what: &str, paths, (clients, goal)| Reading { what: what.to_owned(), paths, clients, goal };
    let count = world.branches.len();
    vec![
        reading("a branch's score read", branches.collect(), (CLIENTS, one)),
        reading("a region's score read", regions, (CLIENTS, one)),
        reading("the brand's score read", vec![score("brands", &world.brand)], (CLIENTS, one)),
        reading(&format!("a quarter's ranking of {count}"), of_brand("ranking", ""), (1, many)),
        reading(&format!("a quarter's heat map of {count}"), of_brand("heatmap", "&by=section"), (1, many)),
        reading(&format!("who got worse of {count}"), of_brand("movers", ""), (CLIENTS, any)),
        reading("which standards cost most", of_brand("drivers", ""), (CLIENTS, any)),
        reading("the brand by section", of_brand("breakdown", "&by=section"), (CLIENTS, any)),
        reading("the brand month by month", of_brand("trend", ""), (CLIENTS, any)),
    ]
}

fn get(path: &str, token: Option<&str>) -> Vec<u8> {
    let mut request = client::request("GET", path, token);
    client::end(&mut request, b"");
    request
}

async fn read(
    address: std::net::SocketAddr,
    clients: usize,
    until: Until,
    requests: &[Vec<u8>],
) -> Result<load::Round, String> {
    let mut turns = requests.iter().cycle();
    load::round(address, clients, until, |_, request| match turns.next() {
        Some(next) => {
            request.extend_from_slice(next);
            true
        }
        None => false,
    })
    .await
}
