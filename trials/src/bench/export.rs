//! All visits with their answers as comma-separated values, by one reader and beside eight that are slow; beside the floor, which selects what phones sent and writes it down.
//! And visits submitted beside the slow readers, and alone.

use std::{fmt, fs::File, io::Write, net::SocketAddr, path::Path, time::Duration};

use incognito::{
    db::{Db, types::Id},
    ids::VisitId,
};
use serde::Serialize;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::Instant,
};

use super::{
    Bench, Plan, client,
    figures::{Goal, Rounds, Row, median},
    load::Until,
    machine::Machine,
    store, submit,
    world::{self, in_words},
};

/// What is asked for.
const ADDRESS: &str = "/v1/visits/export.csv";
/// So many readers are slow, and take so many bytes at once with such a pause after them.
const SLOW: usize = 8;
const SIP: usize = 16 * 1024;
const PAUSE: Duration = Duration::from_millis(50);
/// So many visits are selected at once, as the product does.
const AT_ONCE: i64 = 500;
/// What is to be reached.
const GOAL: f64 = 20_000.0;
/// So much more memory than at rest, in MiB, at the most.
const MOST_GROWN: f64 = 32.0;
/// So many times as long as alone a visit takes beside slow readers at the most, of 99 in 100.
const MOST_SLOWED: f64 = 1.5;
/// So many phones submit visits, and so many answers tell how fast they are about.
const PHONES: usize = 8;
const WARM_UP: usize = 4_000;

/// What was measured.
#[derive(Serialize)]
pub(super) struct Exports {
    machine: Machine,
    visits: u32,
    /// How many bytes the file has.
    bytes: usize,
    /// Visits a second by one reader alone: the median of the rounds.
    alone: f64,
    /// The same while others are slow.
    beside_slow: f64,
    /// Visits a second of the floor.
    floor: f64,
    /// How much memory the server had resident before, and at the most, in MiB.
    memory: Option<(f64, f64)>,
    /// Visits submitted beside slow readers, and alone.
    submitted: (Row, Row),
}

/// Measures rounds of product and floor in turns, and then with slow readers.
pub(super) async fn figures(bench: &mut Bench, plan: &Plan, visits: u32) -> Result<Exports, String> {
    let bar = world::bar("exporting visits", 2 * plan.rounds as u64);
    let (product, folder) = (bench.product.address, bench.ground.folder().to_owned());
    bench.world.stay_signed_in(product).await?;
    let mut bytes = read(product, &bench.world.boss.token).await?;
    let before = bench.product.usage();
    let (mut alone, mut beside_slow, mut floors) = (Vec::new(), Vec::new(), Vec::new());
    let rate = |since: Instant| f64::from(visits) / since.elapsed().as_secs_f64();
    for _ in 0..plan.rounds {
        let start = Instant::now();
        bytes = read(product, &bench.world.boss.token).await?;
        alone.push(rate(start));
        let start = Instant::now();
        floor(&bench.db, &folder.join("floor.jsonl")).await?;
        floors.push(rate(start));
        bar.inc(1);
    }
    let mut slow = JoinSet::new();
    for _ in 0..SLOW {
        let token = bench.world.boss.token.clone();
        slow.spawn(async move { sip(product, &token).await });
    }
    for _ in 0..plan.rounds {
        let start = Instant::now();
        read(product, &bench.world.boss.token).await?;
        beside_slow.push(rate(start));
        bar.inc(1);
    }
    let memory = before.zip(bench.product.usage()).map(|(before, after)| (before.memory, after.most_memory));
    let beside = submissions(bench, plan, "a visit submitted beside eight slow readers").await?;
    if slow.try_join_next().is_some() {
        return Err("a slow reader was at its end before a round was over: store more visits".to_owned());
    }
    slow.shutdown().await;
    let submitted = (beside, submissions(bench, plan, "  the same alone").await?);
    bar.finish_and_clear();
    let engine = bench.db.read(store::engine).await.map_err(in_words)?;
    let machine = Machine::this(&folder, engine).map_err(|error| error.to_string())?;
    let (alone, beside_slow, floor) = (median(&alone), median(&beside_slow), median(&floors));
    Ok(Exports { machine, visits, bytes, alone, beside_slow, floor, memory, submitted })
}

/// Rounds of visits that are submitted.
async fn submissions(bench: &mut Bench, plan: &Plan, what: &str) -> Result<Row, String> {
    bench.world.stay_signed_in(bench.product.address).await?;
    bench.world.assign(&bench.db, PHONES, WARM_UP / PHONES).await?;
    let mut rate = submit::product(bench, PHONES, Until::Answers(WARM_UP / PHONES)).await?.0.rate();
    let mut rounds = Rounds::default();
    for _ in 0..plan.rounds {
        let each = (1.5 * rate * plan.time.as_secs_f64()) as usize / PHONES + WARM_UP;
        bench.world.assign(&bench.db, PHONES, each).await?;
        let (round, cost) = submit::product(bench, PHONES, Until::Time(plan.time)).await?;
        rate = round.rate().max(rate);
        rounds.add(round, cost);
    }
    Ok(rounds.row(what, PHONES, None, Goal::default()))
}

async fn asked(address: SocketAddr, token: &str) -> std::io::Result<TcpStream> {
    let mut request = client::request("GET", ADDRESS, Some(token));
    request.extend_from_slice(b"connection: close\r\n\r\n");
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&request).await?;
    Ok(stream)
}

/// Takes the file as fast as it comes; gives how many bytes came.
async fn read(address: SocketAddr, token: &str) -> Result<usize, String> {
    let failed = |error: std::io::Error| format!("the export broke off: {error}");
    let mut stream = asked(address, token).await.map_err(failed)?;
    let (mut piece, mut all, mut first, mut last) = (vec![0; 1 << 18], 0, Vec::new(), Vec::new());
    loop {
        let count = stream.read(&mut piece).await.map_err(failed)?;
        if count == 0 {
            break;
        }
        let bytes = piece.get(..count).unwrap_or_default();
        if first.is_empty() {
            first = bytes.to_vec();
        }
        last.extend_from_slice(bytes);
        last.drain(..last.len().saturating_sub(5));
        all += count;
    }
    // An answer in pieces that broke off has no such end.
    if first.starts_with(b"HTTP/1.1 200") && last == b"0\r\n\r\n" {
        Ok(all)
    } else {
        Err(format!("the export is not whole: {}", String::from_utf8_lossy(&first)))
    }
}

/// Takes the file so slowly that it waits for its reader.
async fn sip(address: SocketAddr, token: &str) -> std::io::Result<()> {
    let mut stream = asked(address, token).await?;
    let mut piece = vec![0; SIP];
    while stream.read(&mut piece).await? > 0 {
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Selects what phones sent, and writes it into a file.
async fn floor(db: &Db, path: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("cannot write {}: {error}", path.display());
    let mut file = File::create(path).map_err(failed)?;
    let mut after: VisitId = Id::new(uuid::Uuid::nil());
    loop {
        let found = db.read(move |conn| store::contents(conn, after, AT_ONCE)).await.map_err(in_words)?;
        let Some((last, _)) = found.last() else { break };
        after = *last;
        for (_, content) in &found {
            file.write_all(content.as_bytes()).map_err(failed)?;
            file.write_all(b"\n").map_err(failed)?;
        }
    }
    Ok(())
}

impl fmt::Display for Exports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machine, visits, bytes, alone, beside_slow, floor, memory, submitted } = self;
        let reached = |is: bool| if is { "yes" } else { "NO" };
        let line = |f: &mut fmt::Formatter<'_>, what: &str, rate: f64| {
            let part = 100.0 * rate / floor.max(1e-9);
            let goal = reached(rate >= GOAL);
            writeln!(f, "{what:<40}{rate:>10.0}/s{part:>8.0} % of the floor  ≥ {GOAL:.0}/s: {goal}")
        };
        writeln!(f, "{machine}\n{visits} visits with their answers, {bytes} bytes\n")?;
        line(f, "as CSV, one reader", *alone)?;
        line(f, "as CSV, beside eight slow readers", *beside_slow)?;
        writeln!(f, "{:<40}{floor:>10.0}/s", "  their floor: selected and written")?;
        let (beside, alone) = submitted;
        let times = beside.p99 / alone.p99.max(1e-9);
        for Row { what, phones, rate, p50, p99, .. } in [beside, alone] {
            writeln!(f, "{what:<46}{phones} phones{rate:>10.0}/s  p50 {p50:.2} ms  p99 {p99:.2} ms")?;
        }
        writeln!(f, "  p99 × {times:.2}  ≤ {MOST_SLOWED}: {}", reached(times <= MOST_SLOWED))?;
        let Some((rest, most)) = memory else { return Ok(()) };
        let grown = most - rest;
        let goal = reached(grown <= MOST_GROWN);
        writeln!(f, "memory: {rest:.0} MB before, {most:.0} at the most  ≤ {MOST_GROWN} more: {goal}")
    }
}
