use std::future::Future as _;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tenantry::auth::{Cost, Hashing, HashingError, Password, PasswordHash, PasswordRefusal, Verdict};

/// Little work, for what is not about time.
fn quick() -> Cost {
    Cost::new(64, 1, 1).expect("a cost")
}

fn typed(text: &str) -> Password {
    Password::typed(text.to_owned()).expect("a password")
}

#[test]
fn a_password_that_is_chosen_has_eight_characters_and_one_that_is_typed_may_have_any() {
    let refused = |text: &str| Password::chosen(text.to_owned()).expect_err("refused");
    assert_eq!(refused("sevense"), PasswordRefusal::TooShort);
    assert_eq!(refused("äöüäöüä"), PasswordRefusal::TooShort, "characters count, not bytes");
    assert_eq!(refused(&"a".repeat(1_025)), PasswordRefusal::TooLong);
    // Composition triples this one.
    assert_eq!(refused(&"\u{fb2c}".repeat(300)), PasswordRefusal::TooLong);
    for text in ["eight ch", "        ", "pass\0word", "🦀🦀🦀🦀🦀🦀🦀🦀", &"a".repeat(1_024)] {
        assert!(Password::chosen(text.to_owned()).is_ok(), "{text:?}");
    }
    typed("");
}

#[tokio::test]
async fn the_right_password_is_right_however_its_letters_were_typed() {
    let hashing = Hashing::new(quick(), 1).expect("hashing");
    let stored = hashing.hash(typed("caf\u{e9} cr\u{e8}me")).await.expect("a hash");
    let same = hashing.verify(typed("cafe\u{301} cre\u{300}me"), Some(&stored)).await;
    assert_eq!(same, Ok(Verdict::Right { rehashed: None }));
    for wrong in ["cafe creme", "café crème ", "Café crème", ""] {
        assert_eq!(hashing.verify(typed(wrong), Some(&stored)).await, Ok(Verdict::Wrong), "{wrong:?}");
    }
    let again = hashing.hash(typed("caf\u{e9} cr\u{e8}me")).await.expect("a hash");
    assert_ne!(stored, again, "each has a salt of its own");
}

#[tokio::test]
async fn a_hash_of_another_cost_is_made_anew_when_its_owner_logs_in() {
    let old = Hashing::new(quick(), 1).expect("hashing").hash(typed("a password")).await.expect("a hash");
    let hashing = Hashing::new(Cost::new(128, 2, 1).expect("a cost"), 1).expect("hashing");
    assert_eq!(hashing.verify(typed("another one"), Some(&old)).await, Ok(Verdict::Wrong));
    let Ok(Verdict::Right { rehashed: Some(new) }) = hashing.verify(typed("a password"), Some(&old)).await else {
        panic!("it is not made anew")
    };
    assert!(new.expose().starts_with("$argon2id$v=19$m=128,t=2,p=1$"), "{}", new.expose());
    assert_eq!(hashing.verify(typed("a password"), Some(&new)).await, Ok(Verdict::Right { rehashed: None }));
}

/// By the quickest of each, which other work on the machine disturbs least.
fn alike(known: &[Duration], unknown: &[Duration]) -> bool {
    let [known, unknown] = [known, unknown].map(|took| took.iter().min().copied().unwrap_or_default());
    known < unknown * 3 / 2 && unknown < known * 3 / 2
}

/// The work for nobody is the work for somebody, so that time does not tell who has an account.
#[tokio::test]
async fn an_unknown_person_takes_as_long_as_a_known_one() {
    let hashing = Hashing::new(Cost::DEFAULT, 1).expect("hashing");
    let stored = hashing.hash(typed("a password")).await.expect("a hash");
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    // As often as it takes for each to have run undisturbed once.
    for round in 0..60 {
        if round > 8 && alike(&known, &unknown) {
            break;
        }
        for (stored, took) in [(Some(&stored), &mut known), (None, &mut unknown)] {
            let begin = Instant::now();
            assert_eq!(hashing.verify(typed("a guess"), stored).await, Ok(Verdict::Wrong));
            took.push(begin.elapsed());
        }
    }
    assert!(alike(&known, &unknown), "known {known:?}, unknown {unknown:?}");
    // What nobody's hash was made of opens nothing.
    assert_eq!(hashing.verify(typed(""), None).await, Ok(Verdict::Wrong));
}

#[tokio::test]
async fn what_is_stored_and_no_hash_is_told_without_being_shown() {
    let hashing = Hashing::new(quick(), 1).expect("hashing");
    let salt_and_hash = "$c29tZXNhbHRzb21lc2FsdA$WV3QqoqWdG6KX1tZ7mFk2Q3WpDTbqjS+Y4YHcDTwUTA";
    for text in [
        "",
        "plain text",
        "$argon2id$",
        &format!("$argon2i$v=19$m=64,t=1,p=1{salt_and_hash}"),
        "$argon2id$v=19$m=64,t=1,p=1",
        &"$".repeat(10_000),
        "$2b$12$LQv3c1yqBWVHxkd0LHAkCOYz6TtxMQJqhN8/LewdBPj3bp.Dm8qK2",
    ] {
        let refused = PasswordHash::stored(text).expect_err("refused");
        assert!(text.is_empty() || !format!("{refused}{refused:?}").contains(text));
    }
    // One that would take the service's memory or time.
    for cost in ["m=4194304,t=1,p=1", "m=64,t=1000000,p=1", "m=65536,t=1,p=1000"] {
        if let Ok(stored) = PasswordHash::stored(format!("$argon2id$v=19${cost}{salt_and_hash}")) {
            assert!(matches!(hashing.verify(typed("a guess"), Some(&stored)).await, Err(HashingError::Form(_))), "{cost}");
        }
    }
    for (memory, passes, lanes) in [(0, 1, 1), (7, 1, 1), (64, 0, 1), (64, 1, 0), (8, 1, 2), (u32::MAX, 1, 1), (64, u32::MAX, 1)] {
        assert!(Cost::new(memory, passes, lanes).is_err(), "{memory} {passes} {lanes}");
    }
    assert!(Hashing::new(quick(), 0).is_err());
    assert!(quick().is_weak() && !Cost::DEFAULT.is_weak());
}

#[tokio::test]
async fn no_more_are_in_work_than_were_allowed_and_no_more_wait_than_a_bound() {
    let hashing = Hashing::new(quick(), 1).expect("hashing");
    let most = std::cell::Cell::new(0);
    let all = join_all((0..40).map(|_| async {
        let ended = hashing.hash(typed("a password")).await;
        most.set(most.get().max(hashing.in_work()));
        ended
    }));
    let watch = async {
        loop {
            most.set(most.get().max(hashing.in_work()));
            tokio::task::yield_now().await;
        }
    };
    let ended = tokio::select! { ended = all => ended, () = watch => unreachable!("it does not end") };
    let busy = ended.iter().filter(|ended| **ended == Err(HashingError::Busy)).count();
    assert_eq!((busy, ended.iter().filter(|ended| ended.is_ok()).count()), (7, 33), "one works and 32 wait");
    assert_eq!(most.get(), 1);
}

#[tokio::test]
async fn work_that_nobody_waits_for_keeps_its_turn() {
    let hashing = Hashing::new(Cost::new(64 * 1024, 3, 1).expect("a cost"), 1).expect("hashing");
    {
        let work = pin!(hashing.hash(typed("a password")));
        assert!(work.poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    assert_eq!(hashing.in_work(), 1, "given up, and its memory is taken still");
    let patience = Instant::now() + Duration::from_secs(60);
    while hashing.in_work() > 0 {
        assert!(Instant::now() < patience, "the turn is never given back");
        tokio::task::yield_now().await;
    }
}

/// What the system says of the threads of hashes: how far each has stepped back.
#[cfg(target_os = "linux")]
fn priorities() -> Vec<i32> {
    let tasks = std::fs::read_dir("/proc/self/task").expect("the threads").flatten().map(|task| task.path());
    // A thread that ends meanwhile has no files any more.
    let read = |task: &std::path::Path, file: &str| std::fs::read_to_string(task.join(file)).unwrap_or_default();
    tasks.filter(|task| read(task, "comm") == "passwords\n").filter_map(|task| nice(&read(&task, "stat"))).collect()
}

/// The nineteenth field (proc_pid_stat(5)); the second is a name, in brackets.
#[cfg(target_os = "linux")]
fn nice(stat: &str) -> Option<i32> {
    stat.rsplit_once(") ")?.1.split(' ').nth(16)?.parse().ok()
}

/// More of them than other tests have, so that the system's list is theirs.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_threads_of_hashes_step_back_and_end_with_them() {
    const MANY: usize = 200;
    let own = nice(&std::fs::read_to_string("/proc/self/stat").unwrap()).expect("a priority");
    let patience = Instant::now() + Duration::from_secs(60);
    let hashing = Hashing::new(quick(), MANY).expect("hashing");
    let have_stepped_back = |all: &[i32]| all.len() >= MANY && all.iter().all(|nice| *nice == (own + 10).min(19));
    while !have_stepped_back(&priorities()) {
        assert!(Instant::now() < patience, "{:?}, where this one has {own}", priorities());
        tokio::task::yield_now().await;
    }
    hashing.clone().hash(typed("a password")).await.expect("a hash");
    drop(hashing);
    while priorities().len() >= MANY {
        assert!(Instant::now() < patience, "they do not end");
        tokio::task::yield_now().await;
    }
}

/// Hashes of several costs in turn, in the memory of one thread: those of the reference implementation's own tests among them.
#[tokio::test]
async fn what_a_hash_has_left_in_the_memory_changes_no_other() {
    const KNOWN: [&str; 3] = [
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
        "$argon2id$v=19$m=65536,t=1,p=1$c29tZXNhbHQ$9qWtwbpyPd3vm1rB1GThgPzZ3/ydHL92zKL+15XZypg",
    ];
    let hashing = Hashing::new(quick(), 1).expect("hashing");
    let mut stored = vec![hashing.hash(typed("password")).await.expect("a hash")];
    stored.extend(KNOWN.map(|known| PasswordHash::stored(known).expect("a hash")));
    for _ in 0..2 {
        for stored in &stored {
            assert!(matches!(hashing.verify(typed("password"), Some(stored)).await, Ok(Verdict::Right { .. })), "{}", stored.expose());
            assert_eq!(hashing.verify(typed("passworD"), Some(stored)).await, Ok(Verdict::Wrong));
        }
    }
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    let hashing = Hashing::new(quick(), 1).expect("hashing");
    let hash = hashing.hash(typed("correct horse")).await.expect("a hash");
    let verdict = Verdict::Right { rehashed: Some(hash.clone()) };
    let printed = format!("{:?} {hash:?} {verdict:?} {hashing:?}", typed("correct horse"));
    assert!(!printed.contains("horse") && !printed.contains("argon2id") && !printed.contains(hash.expose()), "{printed}");
}
