//! What a trial found, in the same form for all of them.

use std::fmt;

/// What happened, and how often what must not happen did.
#[derive(Default)]
pub(super) struct Findings {
    /// The trial's name on the command line.
    trial: &'static str,
    /// What was done so often, in the plural: "kills under load".
    what: &'static str,
    /// The database engine, with its version.
    pub(super) engine: String,
    /// How often it was done.
    pub(super) trials: usize,
    /// How many visits and files a server said it has.
    pub(super) acknowledged: usize,
    /// What else was done, and how often.
    did: Vec<(&'static str, u64)>,
    /// What must not happen, and how often it did.
    wrong: Vec<(Wrong, &'static str, u64)>,
    /// Lines that help to find the reason.
    notes: Vec<String>,
}

/// No more notes than this are kept of one trial …
const MOST_NOTES: usize = 10;
/// … and no more characters of one.
const LONGEST_NOTE: usize = 500;

/// The kinds of what must not happen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    /// Something acknowledged is not there, or not as it was acknowledged.
    Loss,
    /// Something is there more than once.
    Duplicate,
    /// Anything else.
    Other,
}

impl Findings {
    /// Nothing yet, of this trial, which does this so often.
    pub(super) fn new(trial: &'static str, what: &'static str) -> Self {
        Self { trial, what, ..Self::default() }
    }

    /// Counts what was done beside: "approved".
    pub(super) fn did(&mut self, what: &'static str, count: u64) {
        match self.did.iter_mut().find(|(text, _)| *text == what) {
            Some((_, counted)) => *counted += count,
            None => self.did.push((what, count)),
        }
    }

    /// Counts what must not happen. Count 0 of it as well: then the report says that it did not.
    pub(super) fn wrong(&mut self, kind: Wrong, what: &'static str, count: u64) {
        match self.wrong.iter_mut().find(|(of, text, _)| (*of, *text) == (kind, what)) {
            Some((.., counted)) => *counted += count,
            None => self.wrong.push((kind, what, count)),
        }
    }

    /// Says something about the reason; only the first few notes are kept.
    pub(super) fn note(&mut self, note: impl Into<String>) {
        if self.notes.len() < MOST_NOTES {
            self.notes.push(note.into().chars().take(LONGEST_NOTE).collect());
        }
    }

    /// The same without its notes.
    pub(super) fn without_notes(self) -> Self {
        Self { notes: Vec::new(), ..self }
    }

    /// Adds what another part of the same trial found.
    pub(super) fn add(&mut self, other: Self) {
        self.trials += other.trials;
        self.acknowledged += other.acknowledged;
        other.did.into_iter().for_each(|(what, count)| self.did(what, count));
        other.wrong.into_iter().for_each(|(kind, what, count)| self.wrong(kind, what, count));
        other.notes.into_iter().for_each(|note| self.note(note));
    }

    /// Whether nothing is wrong, and something was looked at.
    pub(super) fn is_clean(&self) -> bool {
        self.trials > 0 && self.wrong.iter().all(|(.., count)| *count == 0)
    }

    /// What went wrong, in one line.
    pub(super) fn what_went_wrong(&self) -> String {
        let wrong = self.wrong.iter().filter(|(.., count)| *count > 0);
        wrong.map(|(_, what, count)| format!("{count} {what}")).collect::<Vec<_>>().join("; ")
    }

    fn count(&self, kind: Wrong) -> u64 {
        self.wrong.iter().filter(|(of, ..)| *of == kind).map(|(.., count)| count).sum()
    }

    fn verdict(&self) -> &'static str {
        if self.is_clean() { "held" } else { "FAILED" }
    }
}

/// Zero failures in so many trials: the most, in percent, that 95 % confidence leaves (the rule of three).
fn bound(trials: usize) -> f64 {
    (300.0 / trials.max(1) as f64).min(100.0)
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { trial, what, engine, trials, acknowledged, .. } = self;
        write!(f, "{trial} on {engine}: {trials} {what}; {acknowledged} acknowledged")?;
        self.did.iter().try_for_each(|(what, count)| write!(f, ", {count} {what}"))?;
        for (_, what, count) in &self.wrong {
            write!(f, "\n{count:>6}  {what}")?;
        }
        self.notes.iter().try_for_each(|note| write!(f, "\n        {note}"))?;
        if !self.is_clean() {
            return write!(f, "\n{trial}: FAILED");
        }
        write!(f, "\nSo, with 95 % confidence, less than {:.2} % of them cost something", bound(*trials))?;
        match acknowledged {
            0 => f.write_str("."),
            _ => write!(f, ", and less than {:.4} % of what is acknowledged.", bound(*acknowledged)),
        }
    }
}

/// All findings as one table.
pub(super) struct Table<'a>(pub(super) &'a [Findings]);

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let engines = self.0.iter().map(|findings| findings.engine.len());
        let wide = engines.max().unwrap_or_default().max("engine".len());
        write!(
            f,
            "{:<14} {:<wide$} {:>7} {:>12} {:>7} {:>10} {:>6}  verdict",
            "trial", "engine", "trials", "acknowledged", "losses", "duplicates", "other"
        )?;
        for of in self.0 {
            let [losses, duplicates, other] =
                [Wrong::Loss, Wrong::Duplicate, Wrong::Other].map(|kind| of.count(kind));
            write!(
                f,
                "\n{:<14} {:<wide$} {:>7} {:>12} {losses:>7} {duplicates:>10} {other:>6}  {}",
                of.trial,
                of.engine,
                of.trials,
                of.acknowledged,
                of.verdict()
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_wrong_once_is_told_and_spoils_it() {
        let mut findings = Findings::new("kill", "kills");
        assert!(!findings.is_clean(), "nothing was tried");
        findings.trials = 300;
        findings.wrong(Wrong::Loss, "visits lost", 0);
        assert!(findings.is_clean());
        assert!(findings.to_string().contains("\n     0  visits lost\n"));
        assert!(findings.to_string().contains("less than 1.00 %"));
        let mut one = Findings::new("kill", "kills");
        one.wrong(Wrong::Duplicate, "visits twice", 2);
        one.note("which");
        findings.add(one);
        assert!(!findings.is_clean());
        let text = findings.to_string();
        assert!(
            text.contains("\n     2  visits twice\n") && text.contains("which") && text.ends_with("FAILED")
        );
        let table = Table(&[findings]).to_string();
        assert_eq!(
            table.lines().nth(1).map(|row| row.split_whitespace().collect::<Vec<_>>()),
            Some(vec!["kill", "300", "0", "0", "2", "0", "FAILED"])
        );
    }
}
