//! How far a proof has come, for people and for the command that runs it.

use std::time::{Duration, Instant};

use serde_json::json;

use super::parts::Part;
use super::settings::Limits;

/// How often a person is told.
const PLAIN: Duration = Duration::from_secs(10);
/// How often a program is.
const MACHINE: Duration = Duration::from_millis(500);

/// Tells that a part begins, which is so many of so many.
pub(super) fn part(machine: bool, part: Part, number: usize, of: usize) {
    if machine {
        println!("progress {}", json!({"part": part, "number": number, "parts": of}));
    } else {
        eprintln!("proof: part {number} of {of}, {part}");
    }
}

/// Tells how far the workload has come: a line of JSON behind the word `progress` on standard output for a program, a line on standard error for
/// people.
#[derive(Debug)]
pub(super) struct Progress {
    machine: bool,
    started: Instant,
    told: Instant,
    limits: Limits,
}

impl Progress {
    pub(super) fn new(machine: bool, limits: Limits) -> Self {
        let now = Instant::now();
        Self { machine, started: now, told: now, limits }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    pub(super) fn tell(&mut self, cases: u32, operations: u64) {
        if self.told.elapsed() < if self.machine { MACHINE } else { PLAIN } {
            return;
        }
        self.told = Instant::now();
        let seconds = self.elapsed().as_secs();
        if self.machine {
            let Limits { cases: of_cases, operations: of_operations, time } = self.limits;
            let of = json!({"cases": of_cases, "operations": of_operations, "seconds": time.map(|time| time.as_secs())});
            println!("progress {}", json!({"seconds": seconds, "cases": cases, "operations": operations, "of": of}));
        } else {
            eprintln!("proof: {cases} cases and {operations} operations after {seconds} s");
        }
    }

    pub(super) fn red(&self, case: u32) {
        if self.machine {
            println!("progress {}", json!({"red": case}));
        } else {
            eprintln!("proof: case {case} is red; looking for the shortest script that is");
        }
    }
}
