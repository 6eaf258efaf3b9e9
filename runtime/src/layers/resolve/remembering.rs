//! A look-up that remembers, and asks once for what many want to know at the same time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use futures_core::future::BoxFuture;
use futures_util::FutureExt as _;
use futures_util::future::{Shared, WeakShared};

use super::cache::{Cache, Remember};
use super::lookup::{Answer, Ask, Name};
use crate::mutants::mutant;
use crate::schema::TenantId;

/// What tells the time.
pub(super) type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

pub(super) struct Remembering {
    lookup: Arc<dyn Ask>,
    clock: Clock,
    state: Arc<Mutex<State>>,
}

struct State {
    cache: Cache,
    /// The look-ups that somebody waits for: as many as requests at most.
    pending: HashMap<Name, Pending>,
    /// How many look-ups there have been; the last one's number.
    number: u64,
    /// How often something was invalidated.
    epoch: u64,
}

struct Pending {
    number: u64,
    answer: WeakShared<BoxFuture<'static, Answer>>,
}

impl Remembering {
    pub(super) fn new(lookup: Arc<dyn Ask>, clock: Clock, remember: &Remember) -> Self {
        let state = State { cache: Cache::new(remember), pending: HashMap::new(), number: 0, epoch: 0 };
        Self { lookup, clock, state: Arc::new(Mutex::new(state)) }
    }

    /// What the name is, remembered or asked for. A failure is everybody's who waits for it, and is not remembered.
    pub(super) async fn find(&self, name: Name) -> Answer {
        let now = (self.clock)();
        let answer = {
            let mut state = lock(&self.state);
            match state.cache.get(&name, now) {
                Some(found) => return Ok(found),
                None => self.join(&mut state, name, now),
            }
        };
        answer.await
    }

    /// The look-up of that name that is under way, or a new one. Whoever waits drives it on, so that it goes on when the first one leaves,
    /// and ends when all have left.
    fn join(&self, state: &mut State, name: Name, now: Instant) -> Shared<BoxFuture<'static, Answer>> {
        let pending = state.pending.get(&name).and_then(|pending| pending.answer.upgrade());
        if let Some(answer) = pending.filter(|_| !mutant!("resolve_asked_by_each")) {
            return answer;
        }
        state.number += 1;
        let question =
            Question { state: Arc::clone(&self.state), name: name.clone(), number: state.number, epoch: state.epoch, asked: now };
        let asking = Arc::clone(&self.lookup).ask(name.clone());
        let answer = async move {
            let answer = asking.await;
            question.end(&answer);
            answer
        };
        let answer = answer.boxed().shared();
        if let Some(weak) = answer.downgrade() {
            state.pending.insert(name, Pending { number: state.number, answer: weak });
        }
        answer
    }

    /// Forgets what is known about the tenant. A look-up that is under way is not remembered and not joined, since what it has read may be
    /// old.
    pub(super) fn invalidate(&self, is: impl Fn(TenantId) -> bool) {
        if !mutant!("resolve_never_invalidated") {
            self.forget(|cache| cache.forget(is));
        }
    }

    pub(super) fn clear(&self) {
        self.forget(Cache::clear);
    }

    fn forget(&self, forget: impl FnOnce(&mut Cache)) {
        let mut state = lock(&self.state);
        forget(&mut state.cache);
        if !mutant!("resolve_old_answer_kept") {
            state.epoch += 1;
            state.pending.clear();
        }
    }
}

/// A panic while the lock was held has left the maps whole, if not up to date: at worst something is asked again.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One look-up, from when it was asked for. When it ends, or nobody waits for it any more, it is no longer pending.
struct Question {
    state: Arc<Mutex<State>>,
    name: Name,
    number: u64,
    epoch: u64,
    asked: Instant,
}

impl Question {
    fn end(self, answer: &Answer) {
        let mut state = lock(&self.state);
        match answer {
            Ok(found) if state.epoch == self.epoch => state.cache.put(self.name.clone(), *found, self.asked),
            Err(_) if mutant!("resolve_failure_remembered") => state.cache.put(self.name.clone(), None, self.asked),
            _ => {}
        }
        // The lock goes before `self`, which takes it again.
        drop(state);
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        let mut state = lock(&self.state);
        if state.pending.get(&self.name).is_some_and(|pending| pending.number == self.number) {
            state.pending.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::join_all;
    use tokio::sync::Semaphore;

    use super::super::lookup::Found;
    use super::*;
    use crate::db::{Error, ErrorKind};

    /// Answers as many look-ups as it was allowed to, each with the next tenant.
    struct Gate {
        asked: AtomicUsize,
        permits: Semaphore,
        fails: bool,
    }

    impl Ask for Gate {
        fn ask(self: Arc<Self>, name: Name) -> BoxFuture<'static, Answer> {
            Box::pin(async move {
                self.asked.fetch_add(1, Ordering::SeqCst);
                self.permits.acquire().await.unwrap().forget();
                let Name::Id(tenant) = name else { return Ok(None) };
                if self.fails { Err(Error::from(ErrorKind::Unavailable)) } else { Ok(Some(Found { tenant, active: true })) }
            })
        }
    }

    fn gate(fails: bool) -> (Arc<Gate>, Arc<Remembering>) {
        let gate = Arc::new(Gate { asked: AtomicUsize::new(0), permits: Semaphore::new(0), fails });
        let remembering = Remembering::new(Arc::<Gate>::clone(&gate), Arc::new(Instant::now), &Remember::default());
        (gate, Arc::new(remembering))
    }

    fn pending(remembering: &Remembering) -> usize {
        lock(&remembering.state).pending.len()
    }

    fn name() -> Name {
        Name::Id(TenantId::generate())
    }

    #[tokio::test]
    async fn a_thousand_who_ask_at_once_are_answered_by_one_look_up() {
        let (gate, remembering) = gate(false);
        let name = name();
        let mut waiting: Vec<_> = (0..1000).map(|_| Box::pin(remembering.find(name.clone()))).collect();
        for find in &mut waiting {
            assert!(find.as_mut().now_or_never().is_none());
        }
        gate.permits.add_permits(1);
        assert!(join_all(waiting).await.iter().all(|answer| matches!(answer, Ok(Some(_)))));
        assert!(matches!(remembering.find(name).now_or_never(), Some(Ok(Some(_)))));
        assert_eq!((gate.asked.load(Ordering::SeqCst), pending(&remembering)), (1, 0));
    }

    #[tokio::test]
    async fn the_look_up_goes_on_when_the_first_one_leaves_and_ends_when_all_have_left() {
        let (gate, remembering) = gate(false);
        let name = name();
        let (mut first, mut second) = (Box::pin(remembering.find(name.clone())), Box::pin(remembering.find(name.clone())));
        assert!(first.as_mut().now_or_never().is_none() && second.as_mut().now_or_never().is_none());
        drop(first);
        assert_eq!(pending(&remembering), 1);
        gate.permits.add_permits(1);
        assert!(second.await.is_ok());
        remembering.clear();
        let mut alone = Box::pin(remembering.find(name));
        assert!(alone.as_mut().now_or_never().is_none());
        drop(alone);
        assert_eq!((gate.asked.load(Ordering::SeqCst), pending(&remembering)), (2, 0));
    }

    #[tokio::test]
    async fn a_failure_is_everybodys_who_waits_and_is_not_remembered() {
        let (gate, remembering) = gate(true);
        let name = name();
        let mut waiting: Vec<_> = (0..10).map(|_| Box::pin(remembering.find(name.clone()))).collect();
        for find in &mut waiting {
            assert!(find.as_mut().now_or_never().is_none());
        }
        gate.permits.add_permits(2);
        assert!(join_all(waiting).await.iter().all(Result::is_err));
        assert!(remembering.find(name).await.is_err());
        assert_eq!((gate.asked.load(Ordering::SeqCst), pending(&remembering)), (2, 0));
    }

    #[tokio::test]
    async fn an_answer_that_was_asked_for_before_a_change_is_not_remembered_after_it() {
        let (gate, remembering) = gate(false);
        let tenant = TenantId::generate();
        let mut before = Box::pin(remembering.find(Name::Id(tenant)));
        assert!(before.as_mut().now_or_never().is_none());
        remembering.invalidate(|found| found == tenant);
        // Who comes after the change does not join it either.
        let mut after = Box::pin(remembering.find(Name::Id(tenant)));
        assert!(after.as_mut().now_or_never().is_none());
        assert_eq!(gate.asked.load(Ordering::SeqCst), 2);
        gate.permits.add_permits(1);
        assert!(before.await.is_ok());
        assert!(lock(&remembering.state).cache.get(&Name::Id(tenant), Instant::now()).is_none());
        gate.permits.add_permits(1);
        assert!(after.await.is_ok());
        assert!(lock(&remembering.state).cache.get(&Name::Id(tenant), Instant::now()).is_some());
    }
}
