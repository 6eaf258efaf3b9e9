//! Threads of their own for hashes, which the rest of a service does not wait for.
//!
//! A hash takes a processor for as long as hundreds of requests do. Where requests are there to be answered, these threads step back; where none are,
//! they have the whole processor. Two things do that on Linux; elsewhere the threads are like all others:
//!
//! - a lower priority, which is a thread's own (setpriority(2), "C library/kernel differences"). Within its control group alone: a database in another
//!   one is not given way to, and a kernel that lets a thread finish its slice does not either;
//! - rests. A thread that had to wait for a processor while it hashed leaves it alone for a while before it takes the next hash, whomever it has waited
//!   for: other hashes, where there are more threads than processors, and the bound of a control group, too.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};
use std::{fmt, io, thread};

use argon2::Block;
use tokio::sync::oneshot;

#[cfg(target_os = "linux")]
use crate::mutants::mutant;

/// How far the threads step back: at 10, one gets a tenth of a processor that somebody else wants as well (sched(7), "The nice value"), and all of
/// one that nobody wants.
#[cfg(target_os = "linux")]
const BACK: i32 = 10;
/// How many times as long a thread rests as it has waited for a processor. Without rests `bench logins` found the others with 0.76 to 0.80
/// of their throughput, at this priority and at the lowest.
const RESTS: u32 = 2;
/// The longest rest: one that has waited long is no burden to anybody.
const LONGEST_REST: Duration = Duration::from_millis(200);

/// What is to be done, in the memory of the thread that does it.
type Work = Box<dyn FnOnce(&mut Memory) + Send>;

/// The threads. They end when nobody can give them work any more, and what was given is done.
#[derive(Clone)]
pub(super) struct Workers {
    work: mpsc::Sender<Work>,
}

/// The memory of a hash, which a thread takes once: what is taken for each hash anew costs a fault for each of its pages, and what an allocator makes
/// of it is more than was asked for. The next hash overwrites what the last one has left.
#[derive(Default)]
pub(super) struct Memory(Vec<Block>);

impl Memory {
    /// So many blocks of 1 KiB; `None` when there is no memory. One that asks for more, or for fewer, gives back what was there.
    pub(super) fn blocks(&mut self, count: usize) -> Option<&mut [Block]> {
        if self.0.len() != count {
            self.0 = Vec::new();
            self.0.try_reserve_exact(count).ok()?;
            self.0.resize(count, Block::new());
        }
        Some(&mut self.0)
    }
}

impl Workers {
    /// So many threads.
    pub(super) fn start(count: usize) -> io::Result<Self> {
        let (work, given) = mpsc::channel();
        let given = Arc::new(Mutex::new(given));
        for _ in 0..count {
            let given = Arc::clone(&given);
            thread::Builder::new().name("passwords".to_owned()).spawn(move || work_off(&given))?;
        }
        Ok(Self { work })
    }

    /// Does the work on the next thread that is free. What it returns comes by the channel, which is closed when there is no thread or the work has
    /// panicked.
    pub(super) fn run<T: Send + 'static>(&self, work: impl FnOnce(&mut Memory) -> T + Send + 'static) -> oneshot::Receiver<T> {
        let (done, answer) = oneshot::channel();
        let work = Box::new(move |memory: &mut Memory| {
            // Whoever has given up waiting has dropped the other end.
            let _ = done.send(work(memory));
        });
        // Without a thread the work is dropped, and its channel with it.
        let _ = self.work.send(work);
        answer
    }
}

fn work_off(given: &Mutex<mpsc::Receiver<Work>>) {
    step_back();
    let mut memory = Memory::default();
    while let Some(work) = next(given) {
        let watch = Watch::start();
        // Work that panics has answered nobody, and the thread is there for the next.
        if catch_unwind(AssertUnwindSafe(|| work(&mut memory))).is_err() {
            memory = Memory::default();
        }
        // Whoever wanted this hash has it already.
        thread::sleep(watch.rest());
    }
}

/// Looks at how much of the time that work takes is the processor's.
struct Watch {
    begun: Instant,
    worked: Option<Duration>,
}

impl Watch {
    fn start() -> Self {
        Self { begun: Instant::now(), worked: worked() }
    }

    /// How long to leave the processor alone.
    fn rest(&self) -> Duration {
        let used = worked().zip(self.worked).map(|(now, then)| now.saturating_sub(then));
        used.map_or(Duration::ZERO, |used| rest(self.begun.elapsed(), used))
    }
}

/// After work that took so long, and so much of the processor's time.
fn rest(took: Duration, used: Duration) -> Duration {
    took.saturating_sub(used).saturating_mul(RESTS).min(LONGEST_REST)
}

/// The processor's time that this thread has had; `None` where the system does not say.
#[cfg(target_os = "linux")]
fn worked() -> Option<Duration> {
    use rustix::time::{ClockId, clock_gettime};
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).ok()
}

#[cfg(not(target_os = "linux"))]
const fn worked() -> Option<Duration> {
    None
}

/// The next work; `None` when there will be none. One thread waits for it, the others wait for that one.
fn next(given: &Mutex<mpsc::Receiver<Work>>) -> Option<Work> {
    given.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

#[cfg(target_os = "linux")]
fn step_back() {
    use rustix::process::{getpriority_process, setpriority_process};
    if mutant!("password_threads_equal") {
        return;
    }
    // Without a process named, it is the thread that calls. One that may not step back hashes all the same.
    let _ = getpriority_process(None).and_then(|now| setpriority_process(None, now.saturating_add(BACK)));
}

#[cfg(not(target_os = "linux"))]
const fn step_back() {}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workers").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_had_to_share_rests_and_who_had_the_processor_alone_does_not() {
        let rest = |took, used| rest(Duration::from_millis(took), Duration::from_millis(used)).as_millis();
        assert_eq!(rest(19, 19), 0);
        assert_eq!(rest(40, 19), 42);
        assert_eq!(rest(2_000, 19), 200);
        // Two clocks do not agree to the last digit.
        assert_eq!(rest(19, 20), 0);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn who_waits_is_told_from_who_works() {
        let (watch, (_open, nothing)) = (Watch::start(), mpsc::channel::<()>());
        assert!(nothing.recv_timeout(Duration::from_millis(30)).is_err());
        assert!(watch.rest() >= Duration::from_millis(50), "{:?}", watch.rest());
        let (watch, begun) = (Watch::start(), worked().unwrap_or_default());
        while worked().unwrap_or_default() < begun + Duration::from_millis(30) {}
        // As long as the machine has kept it waiting.
        assert!(watch.rest() <= watch.begun.elapsed().saturating_sub(Duration::from_millis(30)) * RESTS);
    }
}
