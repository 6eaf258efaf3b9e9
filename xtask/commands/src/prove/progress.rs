//! How far a proof has come, from the lines that it writes for programs: `progress {"cases":3,"operations":210,…}`.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;

use crate::output;

/// What such a line begins with.
const MARK: &str = "progress ";
/// How often a log is told.
const PLAIN: Duration = Duration::from_secs(10);

/// Shows how far the proof has come: a bar on a terminal, a line every ten seconds elsewhere.
pub(super) struct Progress {
    bar: ProgressBar,
    told: Instant,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Told {
    cases: u64,
    operations: u64,
    seconds: u64,
    of: Of,
    red: Option<u64>,
    /// A part begins, which is `number` of `parts`.
    part: Option<String>,
    number: u64,
    parts: u64,
}

/// The limits of the run; one that is not there is not reached.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Of {
    cases: Option<u64>,
    operations: Option<u64>,
    seconds: Option<u64>,
}

impl Told {
    /// How far it is, in thousandths of the limit that is nearest.
    fn share(&self) -> u64 {
        let share = |(done, of): (u64, Option<u64>)| of.map(|of| done.saturating_mul(1_000) / of.max(1));
        let pairs = [(self.cases, self.of.cases), (self.operations, self.of.operations)];
        // Time is what ends a run that wants no number of operations; in one that does, it is only the most that it may take.
        let time = self.of.operations.is_none().then_some((self.seconds, self.of.seconds));
        pairs.into_iter().chain(time).filter_map(share).max().unwrap_or_default().min(1_000)
    }

    fn text(&self) -> String {
        match (self.red, &self.part) {
            (Some(case), _) => format!("case {case} is red; looking for the shortest script that is"),
            (None, Some(part)) => format!("part {} of {}: {part}", self.number, self.parts),
            (None, None) => format!("{} cases, {} operations, {} s", self.cases, self.operations, self.seconds),
        }
    }
}

impl Progress {
    pub(super) fn new() -> Self {
        // indicatif draws on a terminal only.
        let bar = ProgressBar::new(1_000);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent}%  {msg}") {
            bar.set_style(style);
        }
        Self { bar, told: Instant::now() }
    }

    /// Takes the line if it is about progress; whether it was.
    pub(super) fn takes(&mut self, line: &str) -> bool {
        let Some(told) = line.strip_prefix(MARK).and_then(|line| serde_json::from_str::<Told>(line).ok()) else { return false };
        self.bar.set_message(told.text());
        if told.red.is_none() {
            self.bar.set_position(told.share());
        }
        if self.bar.is_hidden() && (told.red.is_some() || told.part.is_some() || self.told.elapsed() >= PLAIN) {
            self.told = Instant::now();
            output::progress(told.text());
        }
        true
    }

    /// Prints a line of the proof itself, above the bar.
    pub(super) fn line(&self, text: &str) {
        self.bar.suspend(|| output::line(text));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> Told {
        serde_json::from_str(line).unwrap()
    }

    #[test]
    fn the_nearest_limit_counts() {
        let line = r#"{"cases":3,"operations":25000,"seconds":30,"of":{"cases":null,"operations":100000,"seconds":60}}"#;
        assert_eq!(told(line).share(), 250, "time may not run out before the operations are done");
        assert_eq!(told(r#"{"seconds":30,"of":{"seconds":60}}"#).share(), 500);
        assert_eq!(told(r#"{"cases":64,"of":{"cases":64}}"#).share(), 1_000);
        assert_eq!(told("{}").share(), 0);
    }

    #[test]
    fn other_lines_are_left_alone() {
        let mut progress = Progress::new();
        for line in ["proof: 3 operations, seed 1: green", "progress report", "  progress {}"] {
            assert!(!progress.takes(line), "{line}");
        }
        assert!(progress.takes("progress {\"red\":4}"));
    }
}
