//! Refresh tokens: each is good once.

use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use tenantry::TenantId;
use tenantry::auth::refresh::{Ended, Family, RefreshLimits, RefreshRefusal, RefreshToken, Step};
use uuid::Uuid;

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000)
}

fn begin() -> (Family, RefreshToken) {
    Family::begin(TenantId::generate(), Uuid::now_v7(), now()).unwrap()
}

fn step(family: &Family, token: &RefreshToken, at: SystemTime) -> Step {
    family.step(token, &RefreshLimits::DEFAULT, at).unwrap()
}

fn rotated(family: &Family, token: &RefreshToken) -> (Family, RefreshToken) {
    let Step::Rotated { family, token } = step(family, token, now()) else { panic!("it was the current one") };
    (family, token)
}

fn refusal(family: &Family, token: &RefreshToken, at: SystemTime) -> Option<RefreshRefusal> {
    if let Step::Refused(refusal) = step(family, token, at) { Some(refusal) } else { None }
}

#[test]
fn a_token_is_good_once_and_another_time_ends_the_family() {
    let (family, first) = begin();
    let (family, second) = rotated(&family, &first);
    let (family, third) = rotated(&family, &second);
    assert_eq!((family.generation, family.ended), (2, None));
    for former in [&first, &second] {
        let Step::Reused { family: ended } = step(&family, former, now()) else { panic!("it was used before") };
        assert_eq!(ended.ended, Some((Ended::Reused, now())));
        for token in [&first, &second, &third] {
            assert_eq!(refusal(&ended, token, now()), Some(RefreshRefusal::Ended), "the thief's and the owner's");
        }
    }
}

/// Who knows the tenant and the family's name, which stand in no secret, ends nobody's session.
#[test]
fn a_token_that_was_made_up_changes_nothing() {
    let (family, token) = begin();
    let text = token.expose();
    let made_up = RefreshToken::read(format!("{}{}", &text[..69], "0".repeat(128)).as_bytes()).unwrap();
    assert_eq!((made_up.tenant(), made_up.family()), (family.tenant, family.id));
    assert_eq!(refusal(&family, &made_up, now()), Some(RefreshRefusal::Unknown));
    // The right family's secret in another family, and in another tenant.
    let (other, _) = begin();
    assert_eq!(refusal(&other, &token, now()), Some(RefreshRefusal::Unknown));
    let foreign = Family { tenant: TenantId::generate(), ..family.clone() };
    assert_eq!(refusal(&foreign, &token, now()), Some(RefreshRefusal::Unknown));
    assert!(matches!(step(&family, &token, now()), Step::Rotated { .. }));
}

#[test]
fn a_family_grows_old_and_is_ended() {
    let day = Duration::from_secs(24 * 60 * 60);
    let (family, token) = begin();
    assert_eq!(refusal(&family, &token, now() + day * 14 - Duration::from_secs(1)), None);
    assert_eq!(refusal(&family, &token, now() + day * 14), Some(RefreshRefusal::Expired));
    let kept_busy = Family { rotated: now() + day * 89, ..family.clone() };
    assert_eq!(refusal(&kept_busy, &token, now() + day * 90 - Duration::from_secs(1)), None);
    assert_eq!(refusal(&kept_busy, &token, now() + day * 90), Some(RefreshRefusal::Expired));
    let mut left = family;
    left.end(Ended::Revoked, now());
    left.end(Ended::Reused, now() + day);
    assert_eq!(left.ended, Some((Ended::Revoked, now())), "the first end counts");
    assert_eq!(refusal(&left, &token, now()), Some(RefreshRefusal::Ended));
}

/// Session fixation: nothing of before a login is anything after it.
#[test]
fn each_login_has_a_family_of_its_own() {
    let (tenant, subject) = (TenantId::generate(), Uuid::now_v7());
    let (one, planted) = Family::begin(tenant, subject, now()).unwrap();
    let (other, _) = Family::begin(tenant, subject, now()).unwrap();
    assert_ne!(one.id, other.id);
    assert_eq!(refusal(&other, &planted, now()), Some(RefreshRefusal::Unknown));
}

#[test]
fn no_secret_is_shown_or_stored() {
    let (family, token) = begin();
    let text = token.expose();
    let secrets = text.rsplit('_').next().unwrap();
    for shown in [format!("{family:?}"), format!("{token:?}"), format!("{:?}", step(&family, &token, now()))] {
        assert!(!shown.contains(&secrets[..64]) && !shown.contains(&secrets[64..]) && !shown.contains("hash: ["), "{shown}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_no_token(bytes in proptest::collection::vec(any::<u8>(), 0..220)) {
        prop_assert!(RefreshToken::read(&bytes).is_err());
    }

    /// Whoever presents whichever of the tokens that there were: at most the last is taken, and after one that is not, none.
    #[test]
    fn at_most_one_token_of_a_family_is_good(presented in proptest::collection::vec(any::<prop::sample::Index>(), 1..30)) {
        let (mut family, first) = begin();
        let mut tokens = vec![first];
        for index in presented {
            let at = index.index(tokens.len());
            let is_last = at + 1 == tokens.len();
            match step(&family, &tokens[at], now()) {
                Step::Rotated { family: next, token } => {
                    prop_assert!(is_last && family.ended.is_none());
                    prop_assert_eq!(next.generation, family.generation + 1);
                    tokens.push(token);
                    family = next;
                }
                Step::Reused { family: next } => {
                    prop_assert!(!is_last && family.ended.is_none() && next.ended.is_some());
                    family = next;
                }
                Step::Refused(refusal) => {
                    prop_assert_eq!(refusal, RefreshRefusal::Ended);
                    prop_assert!(family.ended.is_some());
                }
                _ => unreachable!("there are three steps"),
            }
        }
    }
}
