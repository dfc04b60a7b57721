//! What was measured, as a table for people and as JSON for machines.

use std::fmt;

use serde::Serialize;

use super::{Logs, load::Round, machine::Machine};

/// All figures of one run.
#[derive(Serialize)]
pub(super) struct Report {
    pub(super) machine: Machine,
    /// What the server logged.
    pub(super) log: Logs,
    /// How many visits were stored before.
    pub(super) stored: u32,
    /// How many bytes each of them takes in the database, with its assignment, review, report and all indexes.
    pub(super) bytes_each: Option<f64>,
    /// How long the server took to start on them, in milliseconds.
    pub(super) start: f64,
    /// How much memory it had resident then, in MiB.
    pub(super) at_rest: Option<f64>,
    pub(super) rows: Vec<Row>,
}

/// One line of the table.
#[derive(Serialize)]
pub(super) struct Row {
    /// What was done.
    pub(super) what: String,
    /// How many asked at once.
    pub(super) phones: usize,
    /// How many answers were measured, over all rounds.
    pub(super) answers: usize,
    /// Answers a second: the median of the rounds.
    pub(super) rate: f64,
    /// That in parts of the floor's.
    pub(super) of_floor: Option<f64>,
    /// Half of the answers took at most this long, in milliseconds.
    pub(super) p50: f64,
    /// 95 % of them.
    pub(super) p95: f64,
    /// 99 % of them.
    pub(super) p99: f64,
    /// All of them.
    pub(super) max: f64,
    /// What an answer cost the server, in microseconds of one core.
    pub(super) cpu: Option<f64>,
    /// The most memory that the server had resident so far, in MiB.
    pub(super) memory: Option<f64>,
    /// What is to be reached.
    pub(super) goal: Goal,
}

/// What is to be reached; nothing where nothing is said.
#[derive(Clone, Copy, Default, Serialize)]
pub(super) struct Goal {
    /// At least this part of the floor's rate.
    pub(super) of_floor: Option<f64>,
    /// At least so many answers a second.
    pub(super) rate: Option<f64>,
    /// At most this long, in milliseconds.
    pub(super) p99: Option<f64>,
    /// At most so much memory, in MiB.
    pub(super) memory: Option<f64>,
}

/// What the rounds of one row gave.
#[derive(Default)]
pub(super) struct Rounds {
    rates: Vec<f64>,
    waits: Vec<u32>,
    cpu: Vec<f64>,
    memory: Option<f64>,
}

impl Rounds {
    /// Adds a round, with what it cost the server (in microseconds) and the memory that that had (in MiB).
    pub(super) fn add(&mut self, round: Round, cost: Option<(f64, f64)>) {
        self.rates.push(round.rate());
        if let Some((cpu, memory)) = cost {
            self.cpu.push(cpu / (round.waits.len().max(1) as f64));
            self.memory = Some(self.memory.map_or(memory, |most| most.max(memory)));
        }
        self.waits.extend(round.waits);
    }

    /// Answers a second.
    pub(super) fn rate(&self) -> f64 {
        median(&self.rates)
    }

    /// The line that these rounds make.
    pub(super) fn row(
        mut self,
        what: impl Into<String>,
        phones: usize,
        floor: Option<f64>,
        goal: Goal,
    ) -> Row {
        self.waits.sort_unstable();
        let at = |part| percentile(&self.waits, part);
        Row {
            what: what.into(),
            phones,
            answers: self.waits.len(),
            rate: self.rate(),
            of_floor: floor.map(|floor| self.rate() / floor.max(1e-9)),
            p50: at(0.50),
            p95: at(0.95),
            p99: at(0.99),
            max: at(1.0),
            cpu: (!self.cpu.is_empty()).then(|| median(&self.cpu)),
            memory: self.memory,
            goal,
        }
    }
}

/// The middle one, or the mean of the two in the middle.
pub(super) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |index: usize| sorted.get(index).copied().unwrap_or_default();
    (at(sorted.len().saturating_sub(1) / 2) + at(sorted.len() / 2)) / 2.0
}

/// The least wait, in milliseconds, that this part of all (which are sorted, in microseconds) did not exceed.
fn percentile(sorted: &[u32], part: f64) -> f64 {
    let rank = (part * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).map_or(0.0, |&micros| f64::from(micros) / 1e3)
}

impl Row {
    /// Whether it reaches its goal; none where there is none.
    fn is_reached(&self) -> Option<bool> {
        let Goal { of_floor, rate, p99, memory } = self.goal;
        let checks = [
            of_floor.zip(self.of_floor).map(|(goal, is)| is >= goal),
            rate.map(|goal| self.rate >= goal),
            p99.map(|goal| self.p99 <= goal),
            memory.zip(self.memory).map(|(goal, is)| is <= goal),
        ];
        checks.into_iter().flatten().reduce(|all, one| all && one)
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            self.of_floor.map(|part| format!("≥ {:.0} % of floor", 100.0 * part)),
            self.rate.map(|rate| format!("≥ {rate:.0}/s")),
            self.p99.map(|wait| format!("p99 ≤ {wait} ms")),
            self.memory.map(|memory| format!("≤ {memory} MB")),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

/// The columns' names, as wide as the columns.
const HEAD: &str = "                                   phones    rate/s  of floor      p50      p95      p99      max  CPU µs     MB  goal";

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machine, log, stored, bytes_each, start, at_rest, .. } = self;
        write!(f, "{machine}\n{stored} visits stored before")?;
        bytes_each.map_or(Ok(()), |bytes| write!(f, ", {bytes:.0} bytes each"))?;
        write!(f, "; the server was ready after {start:.0} ms")?;
        at_rest.map_or(Ok(()), |memory| write!(f, ", with {memory:.0} MB"))?;
        writeln!(f, "; its log: {log}\n\n{HEAD}")?;
        self.rows.iter().try_for_each(|row| writeln!(f, "{row}"))
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let some = |value: Option<f64>| value.map(|value| format!("{value:.0}")).unwrap_or_default();
        let part = self.of_floor.map(|part| format!("{:.0} %", 100.0 * part)).unwrap_or_default();
        write!(f, "{:<35}{:>6}{:>10.0}{part:>10}", self.what, self.phones, self.rate)?;
        for wait in [self.p50, self.p95, self.p99, self.max] {
            write!(f, "{wait:>9.2}")?;
        }
        write!(f, "{:>8}{:>7}", some(self.cpu), some(self.memory))?;
        match self.is_reached() {
            Some(true) => write!(f, "  {}: yes", self.goal),
            Some(false) => write!(f, "  {}: NO", self.goal),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_percentiles_are_the_nearest_ranks() {
        assert_eq!(median(&[]), 0.0);
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        let waits: Vec<u32> = (1..=100).map(|wait| wait * 1000).collect();
        assert_eq!([0.50, 0.95, 0.99, 1.0].map(|part| percentile(&waits, part)), [50.0, 95.0, 99.0, 100.0]);
        assert_eq!(percentile(&[7000], 0.5), 7.0);
        assert_eq!(percentile(&[], 0.5), 0.0);
    }
}
