//! Threads of their own for hashes, which the rest of a service does not wait for.
//!
//! A hash takes a processor for as long as hundreds of requests do. Where requests are there to be answered, these threads step back; where none are,
//! they have the whole processor. On Linux a priority is a thread's own (setpriority(2), "C library/kernel differences"); elsewhere it is the
//! process's, and the threads have the one that all have.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::{fmt, io, thread};

use argon2::Block;
use tokio::sync::oneshot;

#[cfg(target_os = "linux")]
use crate::mutants::mutant;

/// How far the threads step back: at 10, one gets a tenth of a processor that somebody else wants as well, and all of one that nobody wants.
#[cfg(target_os = "linux")]
const BACK: i32 = 10;

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
        // Work that panics has answered nobody, and the thread is there for the next.
        if catch_unwind(AssertUnwindSafe(|| work(&mut memory))).is_err() {
            memory = Memory::default();
        }
    }
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
