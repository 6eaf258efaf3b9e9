use std::net::IpAddr;
use std::time::{Duration, Instant};

use tenantry::auth::{AttemptLimits, Attempts, TooMany};

const HERE: &str = "203.0.113.7";

fn address(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn attempts(change: impl FnOnce(&mut AttemptLimits)) -> Attempts {
    let mut limits = AttemptLimits::DEFAULT;
    change(&mut limits);
    Attempts::new(limits).expect("limits")
}

/// Begins an attempt that fails.
fn fails(attempts: &Attempts, identity: &str, from: &str, now: Instant) -> Result<(), TooMany> {
    attempts.begin(identity, address(from), now).map(drop)
}

/// How long the identity must wait, in seconds.
fn wait(attempts: &Attempts, identity: &str, from: &str, now: Instant) -> u64 {
    fails(attempts, identity, from, now).expect_err("it must wait").seconds()
}

#[test]
fn five_are_free_and_then_each_wait_is_twice_the_last_up_to_a_minute() {
    let attempts = attempts(|_| ());
    let mut now = Instant::now();
    for _ in 0..5 {
        fails(&attempts, "ada", HERE, now).expect("free");
    }
    for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
        assert_eq!(wait(&attempts, "ada", HERE, now), seconds);
        // Asking does not make it longer.
        assert_eq!(wait(&attempts, "ada", HERE, now), seconds);
        now += Duration::from_secs(seconds) - Duration::from_millis(1);
        assert_eq!(wait(&attempts, "ada", HERE, now), 1, "a part of a second is a second");
        now += Duration::from_millis(1);
        fails(&attempts, "ada", HERE, now).expect("it has waited");
    }
    fails(&attempts, "bob", HERE, now).expect("another identity need not wait");
    now += Duration::from_secs(60 * 60);
    fails(&attempts, "ada", HERE, now).expect("all is forgotten");
}

/// A thousand that begin before the first of them has failed.
#[test]
fn what_begins_at_once_counts_at_once() {
    let attempts = attempts(|_| ());
    let now = Instant::now();
    let begun: Vec<_> =
        (0..1_000).filter_map(|host| attempts.begin("ada", address(&format!("198.51.{}.{}", host / 250, host % 250)), now).ok()).collect();
    assert_eq!(begun.len(), 5);
}

#[test]
fn an_address_is_counted_over_all_identities() {
    let attempts = attempts(|_| ());
    let now = Instant::now();
    for person in 0..50 {
        fails(&attempts, &person.to_string(), HERE, now).expect("free");
    }
    assert_eq!(wait(&attempts, "somebody else", HERE, now), 1);
    assert_eq!(wait(&attempts, "somebody else", "::ffff:203.0.113.7", now), 1, "the same address in the dress of version 6");
    fails(&attempts, "somebody else", "203.0.113.8", now).expect("another address need not wait");
    // One network of version 6, each time with another address of it.
    for host in 0..50 {
        fails(&attempts, &format!("v6 {host}"), &format!("2001:db8:1:1::{host:x}"), now).expect("free");
    }
    assert_eq!(wait(&attempts, "yet another", "2001:db8:1:1:ffff::1", now), 1);
    fails(&attempts, "yet another", "2001:db8:1:2::1", now).expect("another network need not wait");
}

/// Whoever has an account must not clear the way for guessing another's.
#[test]
fn success_frees_the_identity_and_not_its_address() {
    let attempts = attempts(|limits| limits.of_an_address = 10);
    let now = Instant::now();
    for _ in 0..4 {
        fails(&attempts, "ada", HERE, now).expect("free");
    }
    attempts.begin("ada", address(HERE), now).expect("free").succeeded();
    for _ in 0..5 {
        fails(&attempts, "ada", HERE, now).expect("free again");
    }
    fails(&attempts, "bob", HERE, now).expect("the tenth that failed");
    assert_eq!(wait(&attempts, "carol", HERE, now), 1, "what failed from here stays counted");
}

#[test]
fn what_is_counted_is_bounded() {
    let attempts = attempts(|limits| (limits.counted, limits.of_an_address) = (100, u32::MAX));
    let now = Instant::now();
    for _ in 0..5 {
        fails(&attempts, "ada", HERE, now).expect("free");
    }
    wait(&attempts, "ada", HERE, now);
    for person in 0..100 {
        fails(&attempts, &format!("{person}{}", "x".repeat(10_000)), HERE, now).expect("free");
    }
    fails(&attempts, "ada", HERE, now).expect("she was tried longest ago and has made room");
}

#[test]
fn no_clock_and_no_limit_makes_it_panic() {
    let (begin, hour) = (Instant::now(), Duration::from_secs(3_600));
    let now = begin + hour;
    let endless = attempts(|limits| {
        (limits.first, limits.longest_of_an_identity, limits.forgotten_after) = (Duration::MAX, Duration::MAX, Duration::MAX)
    });
    for _ in 0..5 {
        fails(&endless, "ada", HERE, now).expect("free");
    }
    // A clock that goes back.
    assert!(wait(&endless, "ada", HERE, begin) > 1_000_000);
    assert!(wait(&endless, "ada", HERE, now) > 1_000_000);
    let many = attempts(|limits| (limits.of_an_identity, limits.of_an_address, limits.first) = (1, u32::MAX, Duration::ZERO));
    for _ in 0..100 {
        fails(&many, "ada", HERE, now).expect("no wait is asked for");
    }
    for change in [
        |limits: &mut AttemptLimits| limits.counted = 0,
        |limits: &mut AttemptLimits| limits.of_an_identity = 0,
        |limits: &mut AttemptLimits| limits.of_an_address = 0,
    ] {
        let mut limits = AttemptLimits::DEFAULT;
        change(&mut limits);
        assert!(Attempts::new(limits).is_err());
    }
}

#[test]
fn nobody_is_named() {
    let attempts = attempts(|_| ());
    let attempt = attempts.begin("ada@example.com", address(HERE), Instant::now()).expect("free");
    let printed = format!("{attempts:?} {attempt:?}");
    assert!(!printed.contains("ada"), "{printed}");
    assert_eq!(fails_often(&attempts).to_string(), "too many attempts: wait 1 seconds");
}

fn fails_often(attempts: &Attempts) -> TooMany {
    let now = Instant::now();
    (0..10).find_map(|_| fails(attempts, "bob", HERE, now).err()).expect("it must wait")
}
