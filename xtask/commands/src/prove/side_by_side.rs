//! Work that mostly waits for a server, a few pieces of it at once.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// The most pieces at once: each has threads and connections of its own.
const MOST: usize = 4;

/// Does the work for every job, on as many threads as there are processors, and hands on what became of each in the order of the jobs.
///
/// # Errors
/// The first that the work or `each` gives; then nothing new is begun.
pub(super) fn side_by_side<J: Sync, R: Send>(
    jobs: &[J],
    work: impl Fn(&J) -> anyhow::Result<R> + Sync,
    mut each: impl FnMut(&J, R) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(MOST);
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..threads {
            let (sender, work, next) = (sender.clone(), &work, &next);
            scope.spawn(move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    // Nobody listens any more after an error.
                    let Some(job) = jobs.get(at) else { return };
                    if sender.send((at, work(job))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut due = jobs.iter().enumerate();
        let mut awaited = due.next();
        for (at, done) in receiver {
            waiting.insert(at, done);
            while let Some((done, job)) = awaited.and_then(|(at, job)| Some((waiting.remove(&at)?, job))) {
                each(job, done?)?;
                awaited = due.next();
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use anyhow::ensure;

    use super::*;

    #[test]
    fn what_is_done_first_waits_for_its_turn() {
        let mut seen = Vec::new();
        let late = |job: &u64| {
            thread::sleep(Duration::from_millis(20 - job));
            Ok(job * 2)
        };
        side_by_side(&[0, 10, 20], late, |job, done| {
            seen.push((*job, done));
            Ok(())
        })
        .expect("each is done");
        assert_eq!(seen, [(0, 0), (10, 20), (20, 40)]);
    }

    #[test]
    fn an_error_ends_it() {
        let jobs: Vec<usize> = (0..1_000).collect();
        let begun = AtomicUsize::new(0);
        let fails = |job: &usize| {
            begun.fetch_add(1, Ordering::Relaxed);
            thread::sleep(Duration::from_millis(1));
            ensure!(*job != 3, "job {job}");
            Ok(())
        };
        let error = side_by_side(&jobs, fails, |_, ()| Ok(())).expect_err("a job fails");
        assert_eq!(error.to_string(), "job 3");
        assert!(begun.into_inner() < 100, "it goes on after an error");
    }
}
