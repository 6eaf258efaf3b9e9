//! What is remembered of the answers, without a clock and without a lock.

use std::time::{Duration, Instant};

use hashlink::LruCache;

use super::lookup::{Found, Name};
use crate::mutants::mutant;
use crate::schema::TenantId;

/// The longest time for which an answer may be remembered.
pub const MAX_EXPIRY: Duration = Duration::from_secs(300);

/// How much is remembered of the look-ups' answers, and for how long.
///
/// Names of nobody have bounds of their own: whoever sends random hosts pushes out other names of nobody, and no tenant's.
///
/// ```
/// use std::time::Duration;
/// use tenantry::layers::resolve::Remember;
///
/// let remember = Remember { expiry: Duration::from_secs(5), ..Remember::default() };
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Remember {
    /// The age at which an answer is forgotten, counted from when it was asked for: 30 seconds by default, [`MAX_EXPIRY`] at most. So long
    /// at most a suspended tenant is served when nobody calls [`invalidate`](super::Resolve::invalidate). Zero remembers nothing.
    pub expiry: Duration,
    /// For names of tenants, active or not.
    pub tenants: Bounds,
    /// For names of nobody.
    pub nobody: Bounds,
}

/// How many names are remembered. When one is too many, those that were not asked for the longest go.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Bounds {
    /// The most names.
    pub names: usize,
    /// The most bytes of all names together.
    pub bytes: usize,
}

impl Default for Remember {
    fn default() -> Self {
        Self {
            expiry: Duration::from_secs(30),
            tenants: Bounds { names: 10_000, bytes: 1 << 20 },
            nobody: Bounds { names: 4_096, bytes: 1 << 18 },
        }
    }
}

/// The answers that are remembered.
pub(super) struct Cache {
    tenants: Side,
    nobody: Side,
    expiry: Duration,
}

/// Answers of one kind, the one that was asked for last at the end.
struct Side {
    entries: LruCache<Name, Entry>,
    bytes: usize,
    bounds: Bounds,
}

#[derive(Clone, Copy)]
struct Entry {
    found: Option<Found>,
    asked: Instant,
}

impl Cache {
    pub(super) fn new(remember: &Remember) -> Self {
        Self { tenants: Side::new(remember.tenants), nobody: Side::new(remember.nobody), expiry: remember.expiry }
    }

    /// What is remembered about the name: nothing, that it is nobody's, or its tenant.
    pub(super) fn get(&mut self, name: &Name, now: Instant) -> Option<Option<Found>> {
        let expiry = self.expiry;
        [&mut self.tenants, &mut self.nobody].into_iter().find_map(|side| side.get(name, expiry, now))
    }

    /// Remembers an answer that was asked for then. It is true of that time, whenever it came.
    pub(super) fn put(&mut self, name: Name, found: Option<Found>, asked: Instant) {
        if found.is_none() && mutant!("resolve_nobody_forgotten") {
            return;
        }
        let (side, other) = match found {
            Some(_) => (&mut self.tenants, &mut self.nobody),
            None if mutant!("resolve_bounds_shared") => (&mut self.tenants, &mut self.nobody),
            None => (&mut self.nobody, &mut self.tenants),
        };
        other.remove(&name);
        side.put(name, Entry { found, asked });
    }

    /// Forgets the tenant, and all names of nobody: one of them may be the tenant's now.
    pub(super) fn forget(&mut self, is: impl Fn(TenantId) -> bool) {
        self.tenants.retain(|entry| entry.found.is_none_or(|found| !is(found.tenant)));
        self.nobody.clear();
    }

    pub(super) fn clear(&mut self) {
        self.tenants.clear();
        self.nobody.clear();
    }
}

impl Side {
    fn new(bounds: Bounds) -> Self {
        Self { entries: LruCache::new_unbounded(), bytes: 0, bounds }
    }

    fn get(&mut self, name: &Name, expiry: Duration, now: Instant) -> Option<Option<Found>> {
        let entry = *self.entries.get(name)?;
        if now.saturating_duration_since(entry.asked) >= expiry && !mutant!("resolve_never_expires") {
            self.remove(name);
            return None;
        }
        Some(entry.found)
    }

    fn put(&mut self, name: Name, entry: Entry) {
        self.remove(&name);
        self.bytes += name.size();
        self.entries.insert(name, entry);
        while self.entries.len() > self.bounds.names || self.bytes > self.bounds.bytes {
            let Some((name, _)) = self.entries.remove_lru() else { return };
            self.bytes -= name.size();
        }
    }

    fn remove(&mut self, name: &Name) {
        if self.entries.remove(name).is_some() {
            self.bytes -= name.size();
        }
    }

    fn retain(&mut self, keep: impl Fn(&Entry) -> bool) {
        let mut bytes = 0;
        self.entries.retain(|name, entry| {
            let keeps = keep(entry);
            bytes += if keeps { name.size() } else { 0 };
            keeps
        });
        self.bytes = bytes;
    }

    fn clear(&mut self) {
        self.entries.clear();
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::super::slug::Slug;
    use super::*;

    /// The same as a list that is searched, the name that was asked for last at the end.
    #[derive(Default)]
    struct Model(Vec<(Name, Option<Found>, u64)>);

    const EXPIRY: u64 = 5;
    const TENANTS: Bounds = Bounds { names: 4, bytes: 9 };
    const NOBODY: Bounds = Bounds { names: 3, bytes: 7 };

    impl Model {
        fn get(&mut self, name: &Name, now: u64) -> Option<Option<Found>> {
            let at = self.0.iter().position(|(known, ..)| known == name)?;
            let entry = self.0.remove(at);
            (now - entry.2 < EXPIRY).then(|| {
                let found = entry.1;
                self.0.push(entry);
                found
            })
        }

        fn put(&mut self, name: &Name, found: Option<Found>, now: u64) {
            self.0.retain(|(known, ..)| known != name);
            self.0.push((name.clone(), found, now));
            for (is_tenant, bounds) in [(true, TENANTS), (false, NOBODY)] {
                while self.of(is_tenant).count() > bounds.names || self.of(is_tenant).map(Name::size).sum::<usize>() > bounds.bytes {
                    let oldest = self.0.iter().position(|(_, found, _)| found.is_some() == is_tenant).unwrap();
                    self.0.remove(oldest);
                }
            }
        }

        fn of(&self, is_tenant: bool) -> impl Iterator<Item = &Name> {
            self.0.iter().filter(move |(_, found, _)| found.is_some() == is_tenant).map(|(name, ..)| name)
        }
    }

    #[derive(Clone, Debug)]
    enum Step {
        Get(Name),
        Put(Name, Option<Found>),
        Forget(TenantId),
        Clear,
        Wait(u64),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let name = || "[abc]{1,3}".prop_map(|text| Name::Slug(text.parse::<Slug>().unwrap()));
        let tenant = || (0..3_u128).prop_map(|number| TenantId::from(Uuid::from_u128(number)));
        let found = (tenant(), any::<bool>()).prop_map(|(tenant, active)| Found { tenant, active });
        prop::collection::vec(
            prop_oneof![
                6 => name().prop_map(Step::Get),
                6 => (name(), prop::option::of(found)).prop_map(|(name, found)| Step::Put(name, found)),
                1 => tenant().prop_map(Step::Forget),
                1 => Just(Step::Clear),
                3 => (0..4_u64).prop_map(Step::Wait),
            ],
            0..60,
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn it_remembers_what_a_searched_list_does(steps in steps()) {
            let start = Instant::now();
            let mut cache = Cache::new(&Remember { expiry: Duration::from_secs(EXPIRY), tenants: TENANTS, nobody: NOBODY });
            let (mut model, mut now) = (Model::default(), 0);
            for step in steps {
                let at = start + Duration::from_secs(now);
                match step {
                    Step::Get(name) => prop_assert_eq!(cache.get(&name, at), model.get(&name, now)),
                    Step::Put(name, found) => {
                        model.put(&name, found, now);
                        cache.put(name, found, at);
                    }
                    Step::Forget(tenant) => {
                        model.0.retain(|(_, found, _)| found.is_some_and(|found| found.tenant != tenant));
                        cache.forget(|found| found == tenant);
                    }
                    Step::Clear => {
                        model.0.clear();
                        cache.clear();
                    }
                    Step::Wait(seconds) => now += seconds,
                }
                for (side, is_tenant) in [(&cache.tenants, true), (&cache.nobody, false)] {
                    prop_assert_eq!(side.entries.len(), model.of(is_tenant).count());
                    prop_assert_eq!(side.bytes, model.of(is_tenant).map(Name::size).sum::<usize>());
                    prop_assert!(side.entries.len() <= side.bounds.names && side.bytes <= side.bounds.bytes);
                }
            }
        }
    }

    #[test]
    fn an_expiry_of_zero_remembers_nothing() {
        let (name, now) = (Name::Id(TenantId::generate()), Instant::now());
        let mut cache = Cache::new(&Remember { expiry: Duration::ZERO, ..Remember::default() });
        cache.put(name.clone(), None, now);
        assert_eq!(cache.get(&name, now), None);
    }
}
