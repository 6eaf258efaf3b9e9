//! Which hand-written texts may be sent: each is checked when it is first run, and remembered.
//!
//! What is remembered is the text itself. A pointer may stand for another text later, and two texts may have one hash. Refused texts are not
//! remembered: they are mistakes, and whoever makes many of them pays for each and pushes out no good one.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use hashlink::LruCache;
use tenantry_sqlcheck::{Refusals, Verb};

use super::startup::Unlisted;
use crate::mutants::mutant;
use crate::schema::Conventions;

/// How many texts are remembered, the most recently used ones.
const TEXTS: usize = 4_096;
/// How long they may be together, in bytes: 4 MiB.
const BYTES: usize = 4 << 20;
/// The longest text that is remembered, in bytes: 64 KiB. A longer one is checked each time, which is little beside running it.
const LONGEST: usize = 64 << 10;

/// The check of hand-written texts for one service.
pub(crate) struct Checker {
    conventions: Conventions,
    unlisted: Unlisted,
    known: Mutex<Known>,
    counts: Counts,
}

/// How many hand-written statements a service has been given since it started.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct SqlCounters {
    /// Statements that were let through, the `unchecked` ones among them.
    pub admitted: u64,
    /// Statements that were refused before anything was sent.
    pub refused: u64,
    /// Statements that came by [`without_predicate_check`](super::TenantTx::without_predicate_check), refused or not.
    pub unchecked: u64,
    /// Texts that had to be parsed, since they were not remembered. A number that keeps growing says that texts are put together anew for
    /// every call, which the server has to parse and plan each time, too.
    pub parsed: u64,
}

#[derive(Debug, Default)]
struct Counts {
    admitted: AtomicU64,
    refused: AtomicU64,
    unchecked: AtomicU64,
    parsed: AtomicU64,
}

impl Checker {
    pub(crate) fn new(conventions: Conventions, unlisted: Unlisted) -> Self {
        Self { conventions, unlisted, known: Mutex::new(Known::new()), counts: Counts::default() }
    }

    /// What the text does; or everything for which it is refused.
    pub(super) fn verb(&self, text: &str) -> Result<Verb, Refusals> {
        let pointer = mutant!("memo_by_pointer").then(|| format!("{:p}", text.as_ptr()));
        let length = mutant!("memo_by_length").then(|| text.len().to_string());
        let key = pointer.or(length);
        let key = key.as_deref().unwrap_or(text);
        if let Some(verb) = self.known().verb(key) {
            return Ok(verb);
        }
        // Not under the lock. Two that meet here check the same text twice, with one result.
        one_more(&self.counts.parsed);
        let verb = self.check(text);
        match &verb {
            Ok(verb) => self.known().remember(key, *verb),
            Err(_) if mutant!("memo_keeps_refused") => self.known().remember(key, Verb::Select),
            Err(_) => {}
        }
        verb
    }

    fn check(&self, text: &str) -> Result<Verb, Refusals> {
        if mutant!("predicate_unchecked") {
            return Ok(tenantry_sqlcheck::statement(text)?);
        }
        let (functions, fields) = if mutant!("functions_unread") { (Vec::new(), Vec::new()) } else { self.unlisted.names() };
        let conventions = tenantry_sqlcheck::Conventions {
            tenant_column: self.conventions.tenant_column,
            shared: self.conventions.shared,
            functions: self.conventions.functions,
            unlisted_functions: &functions,
            unlisted_fields: &fields,
        };
        tenantry_sqlcheck::check(text, &conventions)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        // A panic while the lock was held leaves at worst a text less.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a statement that was let through or refused.
    pub(super) fn count(&self, admitted: bool, unchecked: bool) {
        one_more(if admitted { &self.counts.admitted } else { &self.counts.refused });
        if unchecked {
            one_more(&self.counts.unchecked);
        }
    }

    pub(super) fn counters(&self) -> SqlCounters {
        let Counts { admitted, refused, unchecked, parsed } = &self.counts;
        let [admitted, refused, unchecked, parsed] = [admitted, refused, unchecked, parsed].map(|count| count.load(Ordering::Relaxed));
        SqlCounters { admitted, refused, unchecked, parsed }
    }
}

fn one_more(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}

impl fmt::Debug for Checker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checker").field("counters", &self.counters()).finish_non_exhaustive()
    }
}

/// Texts that were let through, bounded by their number and by their length together.
struct Known {
    verbs: LruCache<Box<str>, Verb>,
    bytes: usize,
}

impl Known {
    fn new() -> Self {
        // The bounds are kept by `remember`, which knows the bytes.
        Self { verbs: LruCache::new_unbounded(), bytes: 0 }
    }

    fn verb(&mut self, text: &str) -> Option<Verb> {
        self.verbs.get(text).copied()
    }

    fn remember(&mut self, text: &str, verb: Verb) {
        if text.len() > LONGEST {
            return;
        }
        if self.verbs.insert(Box::from(text), verb).is_none() {
            self.bytes += text.len();
        }
        while self.verbs.len() > TEXTS || self.bytes > BYTES {
            let Some((text, _)) = self.verbs.remove_lru() else { return };
            self.bytes -= text.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn text(number: usize, length: usize) -> String {
        format!("{number:08}{}", " ".repeat(length - 8))
    }

    #[test]
    fn the_most_recently_used_texts_are_remembered_and_no_more() {
        let mut known = Known::new();
        for number in 0..=TEXTS {
            known.remember(&text(number, 8), Verb::Delete);
            known.remember(&text(0, 8), Verb::Select);
        }
        assert_eq!((known.verbs.len(), known.bytes), (TEXTS, 8 * TEXTS));
        assert_eq!(known.verb(&text(0, 8)), Some(Verb::Select));
        assert_eq!(known.verb(&text(1, 8)), None, "the one that was not used for longest");
        assert_eq!(known.verb(&text(TEXTS, 8)), Some(Verb::Delete));
    }

    #[test]
    fn long_texts_push_out_others_by_their_length_and_the_longest_are_not_remembered() {
        let mut known = Known::new();
        for number in 0..=BYTES / LONGEST {
            known.remember(&text(number, LONGEST), Verb::Select);
        }
        assert_eq!((known.verbs.len(), known.bytes), (BYTES / LONGEST, BYTES));
        assert_eq!(known.verb(&text(0, LONGEST)), None);
        known.remember(&text(0, LONGEST + 1), Verb::Select);
        assert_eq!((known.verb(&text(0, LONGEST + 1)), known.bytes), (None, BYTES));
    }

    #[test]
    fn a_known_text_is_found_at_once() {
        const TIMES: u32 = 10_000;
        let checker = Checker::new(Conventions::DEFAULT, Unlisted::default());
        let text = format!("select name from app.customers where tenant_id = $1 and name in ({})", ["$2"; 200].join(", "));
        let known = || assert_eq!(checker.verb(&text), Ok(Verb::Select));
        let round = |_| {
            let begin = Instant::now();
            (0..TIMES).for_each(|_| known());
            begin.elapsed() / TIMES
        };
        let best = (0..10).map(round).min().unwrap();
        println!("a known text of {} bytes: {best:?}", text.len());
        let bound = if cfg!(debug_assertions) { Duration::from_micros(100) } else { Duration::from_micros(1) };
        assert!(best < bound, "{best:?}");
        assert_eq!(checker.counters().parsed, 1);
    }

    #[test]
    fn a_text_is_parsed_once_and_a_refused_one_each_time() {
        let checker = Checker::new(Conventions::DEFAULT, Unlisted::default());
        for _ in 0..3 {
            assert_eq!(checker.verb("select name from app.customers where tenant_id = $1"), Ok(Verb::Select));
        }
        assert_eq!(checker.counters().parsed, 1);
        for _ in 0..3 {
            assert!(checker.verb("select 1; select 2").is_err());
        }
        assert_eq!(checker.counters().parsed, 4);
        assert_eq!(checker.known().verbs.len(), 1);
    }
}
