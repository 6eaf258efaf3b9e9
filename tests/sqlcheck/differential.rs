//! Random statements: each that the check accepts does the same whether or not there is another tenant.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tenantry_sqlcheck::check;

use crate::generator::{self, Made};
use crate::oracle::{Comparison, Difference, Outcome, Pair};
use crate::settings::Settings;
use crate::shrink::shrink;
use crate::{CONVENTIONS, SERVER, accepts};

/// So many pairs of databases work at a time.
const WORKERS: usize = 2;
/// From so many statements on, the figures are those of the long form.
const LONG: usize = 100_000;
/// One in so many refused statements is run, to see that the oracle sees.
const REFUSED_RUN: usize = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_accepted_keeps_to_its_tenant() {
    let settings = Settings::from_env();
    let (tally, leak) = search(settings).await;
    eprintln!("seed {}, {}\n{tally}", settings.seed, SERVER.origin_without_path());
    if let Some(leak) = leak {
        panic!("an accepted statement is not bound to its tenant:\n{leak}");
    }
    if settings.statements >= LONG {
        tally.is_that_of_the_long_form();
    } else if settings.statements >= 1_000 {
        tally.is_worth_its_time();
    }
}

/// What the search has found wrong.
struct Leak {
    seed: u64,
    found: Made,
    smallest: Made,
    difference: Box<Difference>,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n\nsmaller:\n{}\n\n{}", self.found.text, self.smallest.text, self.difference)?;
        write!(f, "again with TENANTRY_SQLCHECK_SEED={} TENANTRY_SQLCHECK_STATEMENTS=1", self.seed)
    }
}

/// Makes so many statements, runs those that the check accepts and some of the others, and stops at the first leak.
async fn search(settings: Settings) -> (Tally, Option<Leak>) {
    let search = Arc::new(Search { settings, next: AtomicUsize::new(0), tally: Mutex::default(), begin: Instant::now() });
    let workers: Vec<_> = (0..WORKERS).map(|_| tokio::spawn(Arc::clone(&search).work())).collect();
    let mut leak = None;
    for worker in workers {
        leak = leak.or(worker.await.expect("the worker ends"));
    }
    let tally = search.tally().clone();
    (tally, leak)
}

struct Search {
    settings: Settings,
    next: AtomicUsize,
    tally: Mutex<Tally>,
    begin: Instant,
}

impl Search {
    fn tally(&self) -> std::sync::MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn work(self: Arc<Self>) -> Option<Leak> {
        let mut pair = Pair::new(&SERVER).await;
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.settings.statements {
                return None;
            }
            let seed = self.settings.seed.wrapping_add(number as u64);
            let made = generator::statement(seed);
            let is_accepted = accepts(&made.text);
            self.tally().made(&made, is_accepted);
            if !is_accepted && !number.is_multiple_of(REFUSED_RUN) {
                continue;
            }
            match pair.compare(&made.text).await {
                Comparison::Different(difference) if is_accepted => {
                    // The others have seen enough.
                    self.next.store(self.settings.statements, Ordering::Relaxed);
                    let (smallest, difference) = shrink(&mut pair, accepts, made.clone(), difference).await;
                    return Some(Leak { seed, found: made, smallest, difference });
                }
                comparison => self.tally().compared(&made, is_accepted, &comparison),
            }
            if number > 0 && number.is_multiple_of(10_000) {
                eprintln!("{number} statements after {:.0?}", self.begin.elapsed());
            }
        }
    }
}

/// The figures of a search.
#[derive(Clone, Debug, Default)]
struct Tally {
    made: usize,
    accepted: Ran,
    /// Those of the accepted that name three tables and more.
    large: usize,
    /// Those that gave rows or wrote some.
    telling: usize,
    refused: Ran,
    /// The refused ones that ran, and by which a tenant would have seen another.
    leaks: usize,
    /// What was refused, by the first reason.
    reasons: BTreeMap<String, usize>,
    /// What the server said of accepted statements, by its code.
    codes: BTreeMap<String, usize>,
}

/// What became of statements.
#[derive(Clone, Copy, Debug, Default)]
struct Ran {
    all: usize,
    run: usize,
    /// The server could not make sense of them.
    nonsense: usize,
    too_slow: usize,
}

impl Tally {
    fn made(&mut self, made: &Made, is_accepted: bool) {
        self.made += 1;
        if is_accepted {
            self.accepted.all += 1;
            return;
        }
        self.refused.all += 1;
        if let Err(refusals) = check(&made.text, &CONVENTIONS) {
            *self.reasons.entry(format!("{:?}", refusals.first().rule())).or_default() += 1;
        }
    }

    fn compared(&mut self, made: &Made, is_accepted: bool, comparison: &Comparison) {
        let ran = if is_accepted { &mut self.accepted } else { &mut self.refused };
        match comparison {
            Comparison::TooSlow => ran.too_slow += 1,
            Comparison::Same(outcome) if outcome.is_nonsense() => ran.nonsense += 1,
            Comparison::Same(_) | Comparison::Different(_) => ran.run += 1,
        }
        match comparison {
            Comparison::Different(difference) => self.leaks += usize::from(!difference.is_nonsense()),
            Comparison::Same(outcome) if is_accepted => self.accepted_ran(made, outcome),
            Comparison::Same(_) | Comparison::TooSlow => {}
        }
    }

    fn accepted_ran(&mut self, made: &Made, outcome: &Outcome) {
        if let Some(code) = outcome.code() {
            *self.codes.entry(code.to_owned()).or_default() += 1;
        }
        if outcome.is_nonsense() {
            return;
        }
        self.large += usize::from(made.relations >= 3);
        self.telling += usize::from(!outcome.is_empty());
    }

    fn is_that_of_the_long_form(&self) {
        assert!(self.accepted.run >= 15_000, "too few accepted statements to say anything");
        assert!(self.large >= 5_000, "too few accepted statements of three tables");
        assert!(self.leaks >= 3_000, "too few leaks among the refused ones: does the oracle see?");
        self.is_worth_its_time();
    }

    /// The shares that a short form must have, too, to be a test at all.
    fn is_worth_its_time(&self) {
        assert!(self.accepted.run * 100 >= self.made * 15, "too few of the statements are accepted");
        assert!(self.large * 100 >= self.made * 5, "too few of the accepted statements name three tables");
        assert!(self.telling * 2 >= self.accepted.run, "too few of the accepted statements have anything to show");
        assert!(self.accepted.nonsense * 50 <= self.accepted.all, "too many of the accepted statements cannot run");
        assert!(self.accepted.too_slow * 200 <= self.accepted.all, "too many of the accepted statements are too slow");
        assert!(self.leaks * 8 >= self.refused.run, "too few of the refused statements leak: does the oracle see?");
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} statements made, {} accepted, {} refused", self.made, self.accepted.all, self.refused.all)?;
        writeln!(f, "accepted: {}; {} of three tables and more, {} with something to show", self.accepted, self.large, self.telling)?;
        writeln!(f, "refused: {}; {} would have leaked", self.refused, self.leaks)?;
        write!(f, "refused because: {:?}\ncodes of accepted ones: {:?}", self.reasons, self.codes)
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ran, {} are nonsense to the server, {} too slow", self.run, self.nonsense, self.too_slow)
    }
}
