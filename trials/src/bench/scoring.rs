//! Checking, scoring and hashing alone: no server, no database, one thread; and the largest checklist that there may be.

mod checklists;

use std::{
    fmt, fs, hint,
    time::{Duration, Instant},
};

use incognito::{
    checklists::{answers::Answers, manifest::Filled, model::Content, prepared::Prepared},
    visits::{
        model::Submission,
        parts::{Parts, content_hash},
    },
};
use serde::Serialize;

use self::checklists::{FilledIn, Largest};
use super::figures::median;

/// How many questions the visits have that are measured; so many are two and twenty sections of every kind.
const QUESTIONS: [usize; 2] = [30, 300];
/// So many visits, each filled in otherwise, take turns.
const VISITS: u64 = 64;
/// So often each step on the largest checklist is done: the system counts a thread's time in steps of milliseconds.
const REPEATED: usize = if cfg!(test) { 2 } else { 20 };
/// In so many milliseconds of one core the largest checklist has to be published or scored.
const MOST_MILLIS: f64 = 50.0;

/// What was measured.
#[derive(Serialize)]
pub(super) struct Report {
    visits: Vec<Visits>,
    largest: Steps,
}

/// Visits of one size.
#[derive(Serialize)]
struct Visits {
    /// How many questions they have.
    questions: usize,
    /// How many were checked and scored a second, by one core: the median of the rounds.
    rate: f64,
    /// What one took, in microseconds of that core.
    micros: f64,
    /// What the digest of one took besides, with new salts, in microseconds of that core.
    digest_micros: f64,
}

/// What the steps of publishing and scoring the largest checklist took, in milliseconds of one core.
#[derive(Serialize)]
struct Steps {
    /// How many bytes of JSON it has.
    bytes: usize,
    /// How many options it has.
    options: usize,
    parse: f64,
    check: f64,
    prepare: f64,
    /// Parsing and checking the answers to it, and scoring them.
    score: f64,
}

/// Measures, in so many rounds of this length for each size.
///
/// # Errors
/// None, as long as the checklists are checklists.
pub(super) fn measure(time: Duration, rounds: usize) -> Result<Report, String> {
    let visits = QUESTIONS.iter().map(|&questions| visits(questions, time, rounds));
    Ok(Report { visits: visits.collect::<Result<_, _>>()?, largest: largest(rounds)? })
}

fn message(error: serde_json::Error) -> String {
    error.to_string()
}

fn visits(questions: usize, time: Duration, rounds: usize) -> Result<Visits, String> {
    let (content, bindings) = checklists::of_every_kind(questions).map_err(message)?;
    let prepared = Prepared::bound(content, bindings);
    let visits: Vec<_> = (0..VISITS).map(|seed| checklists::filled_in(prepared.content(), seed)).collect();
    let scored = |visit: &FilledIn| {
        hint::black_box(prepared.check_answers(visit.filled()));
        hint::black_box(prepared.overall(visit.filled()));
    };
    let submissions: Vec<_> = visits.iter().map(FilledIn::submission).collect();
    let digest = |submission: &Submission| {
        let parts = Parts::of(submission, &prepared);
        parts.and_then(|parts| content_hash(submission, Some(&parts)))
    };
    if submissions.iter().any(|submission| digest(submission).is_err()) {
        return Err("a visit has no digest".to_owned());
    }
    let hashed = |submission: &Submission| {
        let _ = hint::black_box(digest(submission));
    };
    let rates: Vec<_> = (0..rounds).map(|_| rate(&visits, scored, time)).collect();
    let digests: Vec<_> = (0..rounds).map(|_| rate(&submissions, hashed, time)).collect();
    let micros = |rate: f64| 1e6 / rate.max(1e-9);
    let (rate, digest_micros) = (median(&rates), micros(median(&digests)));
    Ok(Visits { questions, rate, micros: micros(rate), digest_micros })
}

/// How many visits a second of this core.
fn rate<T>(visits: &[T], work: impl Fn(&T), time: Duration) -> f64 {
    let (start, used, mut count) = (Instant::now(), Used::so_far(), 0_usize);
    // Once at least: a thread may be kept waiting for longer than the round.
    loop {
        visits.iter().for_each(&work);
        count += visits.len();
        if start.elapsed() >= time {
            break;
        }
    }
    count as f64 / used.since().as_secs_f64().max(1e-9)
}

fn largest(rounds: usize) -> Result<Steps, String> {
    let Largest { checklist, answers, options } = checklists::largest().map_err(message)?;
    let mut steps = [const { Vec::new() }; 4];
    for _ in 0..rounds.max(1) {
        let [parse, check, prepare, score] = &mut steps;
        let content: Content = millis(parse, || serde_json::from_str(&checklist).map_err(message))?;
        let findings = millis(check, || content.findings());
        // Copied outside of the time, since preparing takes it.
        let mut copies = vec![content; REPEATED];
        let prepared = millis(prepare, || copies.pop().map(Prepared::new)).ok_or("nothing to prepare")?;
        let (wrong, overall) = millis(score, || {
            let parsed: Answers = serde_json::from_str(&answers).map_err(message)?;
            Ok::<_, String>((prepared.check_answers(Filled::from(&parsed)), prepared.overall(&parsed)))
        })?;
        if !findings.errors.is_empty() || !wrong.is_empty() || overall.is_none() {
            return Err(format!("the largest checklist is none: {:?} {wrong:?}", findings.errors));
        }
    }
    let [parse, check, prepare, score] = steps.each_ref().map(|step| median(step));
    Ok(Steps { bytes: checklist.len(), options, parse, check, prepare, score })
}

/// Does something several times, notes how many milliseconds each took, and gives what came of the last.
fn millis<T>(step: &mut Vec<f64>, mut work: impl FnMut() -> T) -> T {
    let used = Used::so_far();
    for _ in 1..REPEATED {
        hint::black_box(work());
    }
    let last = work();
    step.push(used.since().as_secs_f64() * 1e3 / REPEATED as f64);
    last
}

/// Since when the time of this thread is counted: what the processor gave to it, where the system tells.
struct Used {
    start: Instant,
    processor: Option<Duration>,
}

impl Used {
    fn so_far() -> Self {
        Self { start: Instant::now(), processor: processor() }
    }

    fn since(&self) -> Duration {
        let used = self.processor.zip(processor()).map(|(before, now)| now.saturating_sub(before));
        used.unwrap_or_else(|| self.start.elapsed())
    }
}

/// How long this thread has run on a processor.
fn processor() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    stat.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Checked and scored by one core, visits of every kind of question, some of them hidden by rules:"
        )?;
        for Visits { questions, rate, micros, digest_micros } in &self.visits {
            writeln!(
                f,
                "{questions:>5} questions {rate:>12.0} visits/s {micros:>9.1} µs each, and its digest {digest_micros:.1} µs"
            )?;
        }
        let Steps { bytes, options, parse, check, prepare, score } = &self.largest;
        writeln!(
            f,
            "\nThe largest checklist, 500 questions with {options} options and rules, {bytes} bytes of JSON:"
        )?;
        let mut row = |what: &str, millis: f64| {
            let reached = if millis <= MOST_MILLIS { "yes" } else { "NO" };
            writeln!(f, "{what:<40}{millis:>7.1} ms  ≤ {MOST_MILLIS} ms: {reached}")
        };
        row("published: read and checked", parse + check)?;
        row("made ready, once for each version", *prepare)?;
        row("a visit of it read, checked and scored", *score)?;
        row("all together", parse + check + prepare + score)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_measured_is_measured_right() {
        let report = measure(Duration::from_millis(1), 1).unwrap();
        assert!(report.visits.iter().all(|visits| visits.rate > 0.0 && visits.digest_micros > 0.0));
        assert!(report.largest.bytes <= 1 << 20 && report.largest.bytes > (1 << 20) - 40_000);
    }
}
