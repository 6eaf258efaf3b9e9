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
    each: impl FnMut(&J, R) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    on_threads(processors.min(MOST), jobs, work, each)
}

fn on_threads<J: Sync, R: Send>(
    threads: usize,
    jobs: &[J],
    work: impl Fn(&J) -> anyhow::Result<R> + Sync,
    mut each: impl FnMut(&J, R) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        // Without room, so that nobody begins the next job before the end of the last one was seen.
        let (sender, receiver) = mpsc::sync_channel(0);
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
    use anyhow::ensure;

    use super::*;

    #[test]
    fn what_is_done_first_waits_for_its_turn() {
        let (second_is_done, wait) = mpsc::sync_channel(1);
        let wait = std::sync::Mutex::new(wait);
        let work = |job: &u64| {
            if *job == 1 {
                wait.lock().expect("nobody panics").recv()?;
            } else {
                second_is_done.try_send(()).ok();
            }
            Ok(job * 2)
        };
        let mut seen = Vec::new();
        let each = |job: &u64, done| {
            seen.push((*job, done));
            Ok(())
        };
        on_threads(2, &[1, 2, 3], work, each).expect("each is done");
        assert_eq!(seen, [(1, 2), (2, 4), (3, 6)]);
    }

    #[test]
    fn an_error_ends_it() {
        let jobs: Vec<usize> = (0..1_000).collect();
        let begun = AtomicUsize::new(0);
        let fails = |job: &usize| {
            begun.fetch_add(1, Ordering::Relaxed);
            ensure!(*job != 3, "job {job}");
            Ok(())
        };
        let error = on_threads(1, &jobs, fails, |_, ()| Ok(())).expect_err("a job fails");
        assert_eq!(error.to_string(), "job 3");
        assert!(begun.into_inner() <= 5, "it goes on after an error");
    }
}
