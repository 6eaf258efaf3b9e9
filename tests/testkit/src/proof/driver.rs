//! The cases, one after the other, and what a failure shrinks to.
//!
//! Proptest makes the sequences and knows how each becomes smaller; the loop is our own. Case *i* of a seed depends on those two numbers
//! alone, so that a run which time has cut short repeats, and a sequence that failed is first tried with the tenants acting one after the
//! other: when it fails then, too, time plays no part, and each smaller candidate is tried once. Otherwise a candidate counts as good
//! only after it was good several times.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest_state_machine::Sequential;
use tokio::runtime::Runtime;

use super::Proof;
use super::case::{self, Setup};
use super::ground::{Ground, POOLS};
use super::operation::{Step, step};
use super::progress::Progress;
use super::report::Counts;
use super::runner::Broken;
use super::settings::Limits;

/// How often a candidate is tried when tenants must act at the same time for the failure.
pub(super) const REPEATS: u32 = 5;
/// The most candidates, and the longest time, for one failure.
const CANDIDATES: u32 = 400;
const SHRINKING: Duration = Duration::from_secs(120);

/// A sequence, and the counter that says how far it came.
type Sequence = (Setup, Vec<Step>, Option<Arc<AtomicUsize>>);

/// What was tried without anything wrong.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) cases: u32,
    pub(super) counts: Counts,
    pub(super) elapsed: Duration,
}

/// What was wrong, in its shortest form.
#[derive(Clone, Debug)]
pub(super) struct Red {
    pub(super) case: u32,
    pub(super) broken: Broken,
    /// The tenants act one after the other, and still it fails.
    pub(super) in_turn: bool,
}

/// Runs the cases of a seed until the limits are reached or one is red.
pub(super) fn run(proof: &Proof, ground: &Ground, runtime: &Runtime, seed: u64, limits: Limits, machine: bool) -> (Tally, Result<(), Red>) {
    let mut tally = Tally::default();
    let mut progress = Progress::new(machine, limits);
    let cases = Cases { proof, ground, runtime };
    let done = |tally: &Tally, progress: &Progress| {
        limits.cases.is_some_and(|cases| tally.cases >= cases)
            || limits.operations.is_some_and(|operations| tally.counts.operations() >= operations)
            || limits.time.is_some_and(|time| progress.elapsed() >= time)
    };
    let mut result = Ok(());
    while !done(&tally, &progress) {
        match cases.case(seed, tally.cases, &progress) {
            Ok(counts) => tally.counts.merge(&counts),
            Err(red) => {
                result = Err(*red);
                break;
            }
        }
        tally.cases += 1;
        progress.tell(tally.cases, tally.counts.operations());
    }
    tally.elapsed = progress.elapsed();
    (tally, result)
}

struct Cases<'a> {
    proof: &'a Proof,
    ground: &'a Ground,
    runtime: &'a Runtime,
}

impl Cases<'_> {
    fn case(&self, seed: u64, case: u32, progress: &Progress) -> Result<Counts, Box<Red>> {
        let setup = |reason: String| Box::new(Red { case, broken: Broken { script: Vec::new(), fault: reason }, in_turn: false });
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        bytes[8..12].copy_from_slice(&case.to_le_bytes());
        let config = Config { failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
        let tree = self.sequences().new_tree(&mut runner).map_err(|reason| setup(reason.to_string()))?;
        let sequence = tree.current();
        match self.attempt(&sequence, false) {
            Ok(counts) => Ok(counts),
            Err(broken) => {
                progress.red(case);
                Err(Box::new(self.shrunk(case, tree, sequence, broken)))
            }
        }
    }

    fn attempt(&self, (setup, steps, seen): &Sequence, in_turn: bool) -> Result<Counts, Broken> {
        let seen = || {
            if let Some(seen) = seen {
                seen.fetch_add(1, Ordering::SeqCst);
            }
        };
        self.runtime.block_on(case::run(self.ground, setup, steps, in_turn, seen))
    }

    fn shrunk(&self, case: u32, mut tree: impl ValueTree<Value = Sequence>, (setup, steps, _): Sequence, broken: Broken) -> Red {
        let mut red = Red { case, broken, in_turn: false };
        // The counter has counted how far the sequence came, so this time it goes without.
        if let Err(broken) = self.attempt(&(setup, steps, None), true) {
            red = Red { case, broken, in_turn: true };
        }
        let started = Instant::now();
        let mut more = tree.simplify();
        for _ in 0..CANDIDATES {
            if !more || started.elapsed() > SHRINKING {
                break;
            }
            let repeats = if red.in_turn { 1 } else { REPEATS };
            let candidate = tree.current();
            let failed = (0..repeats).find_map(|_| self.attempt(&candidate, red.in_turn).err());
            more = match failed {
                Some(broken) => {
                    red.broken = broken;
                    tree.simplify()
                }
                None => tree.complicate(),
            };
        }
        red
    }

    /// What a case begins with and what its tenants do. Every operation is total, so every sequence is one.
    fn sequences(&self) -> impl Strategy<Value = Sequence> + use<> {
        let (tenants, surfaces) = (self.proof.tenants.clone(), self.ground.surfaces.clone());
        let shared = !self.ground.world.shared.is_empty();
        let stated: Vec<bool> = self.ground.operations.iter().map(|operation| operation.effect.is_some()).collect();
        // Fewer tenants and a wider pool are simpler; without rows to begin with there is less to attack.
        let setup = move || {
            let setup = (tenants.clone(), 0..POOLS.len(), proptest::bool::weighted(0.9).no_shrink());
            setup.prop_map(|(tenants, pool, furnished)| Setup { tenants, pool, furnished }).boxed()
        };
        Sequential::new(
            (1..=self.proof.steps).into(),
            setup,
            |_: &Setup, _: &Step| true,
            move |setup: &Setup| step(setup.tenants, &surfaces, &stated, shared),
            |setup: Setup, _: &Step| setup,
        )
    }
}
