//! API keys.

use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use tenantry::TenantId;
use tenantry::auth::SecretHash;
use tenantry::auth::key::{ApiKey, KeyRefusal, StoredKey, judge};
use uuid::Uuid;

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000)
}

fn stored(key: &ApiKey) -> StoredKey {
    StoredKey::new(key, Uuid::now_v7(), "orders:read".parse().unwrap())
}

#[test]
fn a_key_is_what_was_shown_once_and_nothing_else() {
    let key = ApiKey::generate(TenantId::generate()).unwrap();
    let (text, kept) = (key.expose(), stored(&key));
    let presented = ApiKey::read(text.as_bytes()).unwrap();
    let admitted = judge(Some(&kept), &presented, now()).unwrap();
    assert_eq!((admitted.tenant, admitted.id, admitted.owner), (key.tenant(), key.id(), kept.owner));
    let secret = text.rsplit('_').next().unwrap();
    for shown in [format!("{key:?}"), format!("{presented:?}"), format!("{kept:?}"), format!("{admitted:?}")] {
        assert!(!shown.contains(secret) && !shown.contains("hash: ["), "{shown}");
    }
    let hex: String = kept.hash.expose().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_ne!(hex, secret, "what is stored is a hash");
}

#[test]
fn another_secret_is_as_good_as_no_key() {
    let tenant = TenantId::generate();
    let (key, other) = (ApiKey::generate(tenant).unwrap(), ApiKey::generate(tenant).unwrap());
    let kept = stored(&key);
    assert_eq!(judge(None, &key, now()), Err(KeyRefusal::Unknown));
    assert_eq!(judge(Some(&stored(&other)), &key, now()), Err(KeyRefusal::Unknown), "stored under another name");
    let text = key.expose();
    let last = if text.ends_with('0') { "1" } else { "0" };
    let changed = ApiKey::read(format!("{}{last}", &text[..text.len() - 1]).as_bytes()).unwrap();
    assert_eq!(judge(Some(&kept), &changed, now()), Err(KeyRefusal::Unknown));
    // What is compared when there is no key is nobody's: the secret of zeros, too.
    let zeros = StoredKey { hash: SecretHash::stored([0; 32]), ..kept };
    assert_eq!(judge(Some(&zeros), &key, now()), Err(KeyRefusal::Unknown));
}

/// A look-up that has forgotten the tenant finds a key of the same name.
#[test]
fn a_key_of_another_tenant_is_unknown() {
    let key = ApiKey::generate(TenantId::generate()).unwrap();
    let foreign = StoredKey { tenant: TenantId::generate(), ..stored(&key) };
    assert_eq!(judge(Some(&foreign), &key, now()), Err(KeyRefusal::Unknown));
}

#[test]
fn a_revoked_key_is_refused() {
    let key = ApiKey::generate(TenantId::generate()).unwrap();
    let mut kept = stored(&key);
    kept.revoke(now());
    kept.revoke(now() + Duration::from_secs(1));
    assert_eq!(kept.revoked, Some(now()), "the first time counts");
    assert_eq!(judge(Some(&kept), &key, now()), Err(KeyRefusal::Revoked));
    // Whoever has not the secret does not learn it.
    let guessed = ApiKey::read(format!("{}{}", &key.expose()[..69], "0".repeat(64)).as_bytes()).unwrap();
    assert_eq!((guessed.id(), judge(Some(&kept), &guessed, now())), (key.id(), Err(KeyRefusal::Unknown)));
}

#[test]
fn a_key_expires() {
    let key = ApiKey::generate(TenantId::generate()).unwrap();
    let kept = StoredKey { expires: Some(now()), ..stored(&key) };
    assert!(judge(Some(&kept), &key, now() - Duration::from_secs(1)).is_ok());
    assert_eq!(judge(Some(&kept), &key, now()), Err(KeyRefusal::Expired));
}

#[test]
fn a_use_is_written_down_once_in_a_minute() {
    let key = ApiKey::generate(TenantId::generate()).unwrap();
    let first = |used: Option<SystemTime>| judge(Some(&StoredKey { used, ..stored(&key) }), &key, now()).unwrap().is_first_use_in_a_while;
    let ago = |seconds| Some(now() - Duration::from_secs(seconds));
    assert_eq!((first(None), first(ago(59)), first(ago(60))), (true, false, true));
    assert!(!first(Some(now() + Duration::from_secs(60))), "another machine's clock is ahead");
}

#[test]
fn what_is_no_key_is_refused() {
    let text = ApiKey::generate(TenantId::generate()).unwrap().expose();
    let whole = text.as_str();
    let parts: Vec<&str> = whole.split('_').collect();
    let [kind, tenant, id, secret] = parts[..] else { panic!("four parts") };
    let longer = format!("{whole}0");
    let upper = whole.to_ascii_uppercase();
    for other in [
        "",
        "tk_",
        &whole[..whole.len() - 1],
        &longer,
        &upper,
        &format!("rt_{tenant}_{id}_{secret}"),
        &format!("{kind}_{tenant}{id}__{secret}"),
        &format!("{kind}-{tenant}-{id}-{secret}"),
        &format!("{kind}_{tenant}_{id}_{}", &secret.to_ascii_uppercase().replace(|digit: char| digit.is_ascii_digit(), "A")),
        &format!("{kind}_{tenant}_{id}_{}g", &secret[1..]),
        &format!("{kind}_{tenant}_{id}_{}é", &secret[2..]),
        &format!(" {}", &whole[1..]),
    ] {
        assert!(ApiKey::read(other.as_bytes()).is_err(), "{other}");
    }
    assert!(ApiKey::read(&[0xff; 133]).is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_no_key(bytes in proptest::collection::vec(any::<u8>(), 133)) {
        prop_assert!(ApiKey::read(&bytes).is_err());
    }

    /// Whatever is read is written the same: a key has one spelling.
    #[test]
    fn what_is_read_is_written_the_same(text in "tk_[0-9a-f]{32}_[0-9a-f]{32}_[0-9a-f]{64}") {
        let key = ApiKey::read(text.as_bytes()).unwrap();
        let written = key.expose();
        prop_assert_eq!(written.as_str(), text);
    }
}
