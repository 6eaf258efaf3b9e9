//! API keys: for machines, until somebody revokes them.
//!
//! A key is `tk_<tenant>_<id>_<secret>`. It says in which tenant it is looked up, so that no look-up crosses tenants; what is stored is the
//! SHA-256 of its secret. What stands here knows no table: it is told what is stored, and says what follows.
//!
//! ```
//! use std::time::SystemTime;
//!
//! use tenantry::TenantId;
//! use tenantry::auth::key::{ApiKey, StoredKey, judge};
//! use uuid::Uuid;
//!
//! # fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let (tenant, owner) = (TenantId::generate(), Uuid::now_v7());
//! let key = ApiKey::generate(tenant)?;
//! let mut stored = StoredKey::new(&key, owner, "orders:read".parse()?);
//! let shown_once = key.expose();
//!
//! let presented = ApiKey::read(shown_once.as_bytes())?;
//! // Within the tenant that it names: `select … where tenant_id = $1 and id = $2`.
//! assert_eq!((presented.tenant(), presented.id()), (stored.tenant, stored.id));
//! let admitted = judge(Some(&stored), &presented, SystemTime::now())?;
//! assert!(admitted.scopes.allow("orders:read") && admitted.is_first_use_in_a_while);
//!
//! stored.revoke(SystemTime::now());
//! assert!(judge(Some(&stored), &presented, SystemTime::now()).is_err());
//! # Ok(())
//! # }
//! # example().unwrap();
//! ```

use std::fmt;
use std::time::{Duration, SystemTime};

use uuid::Uuid;
use zeroize::Zeroizing;

use super::Scopes;
use super::opaque::{Opaque, RandomnessError, Secret, SecretHash, is_of_stored};
use crate::mutants::mutant;
use crate::schema::TenantId;

/// What each key begins with, before an underscore.
pub const KIND: &str = "tk";
/// How long a use is not written down after the last that was: else every request would be a write.
const A_WHILE: Duration = Duration::from_secs(60);

/// A key with its secret, as it was generated or as a client presents it.
#[derive(Clone)]
pub struct ApiKey(Opaque<1>);

/// The text is no key. It is not repeated.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a key is tk_<tenant>_<id>_<secret>, in small hexadecimal digits")]
pub struct ApiKeyFormError;

/// What is stored of a key, in its tenant.
#[derive(Clone, Debug)]
pub struct StoredKey {
    /// Its tenant.
    pub tenant: TenantId,
    /// Its name, which may be shown.
    pub id: Uuid,
    /// Of its secret.
    pub hash: SecretHash,
    /// The user whose key it is.
    pub owner: Uuid,
    /// What it may be used for.
    pub scopes: Scopes,
    /// When it expires, if ever.
    pub expires: Option<SystemTime>,
    /// When it was revoked, if it was.
    pub revoked: Option<SystemTime>,
    /// When it was last used, to about a minute.
    pub used: Option<SystemTime>,
}

/// A key was right.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Admitted {
    /// Its tenant.
    pub tenant: TenantId,
    /// Its name.
    pub id: Uuid,
    /// The user whose key it is.
    pub owner: Uuid,
    /// What it may be used for.
    pub scopes: Scopes,
    /// Whether to write this use down.
    pub is_first_use_in_a_while: bool,
}

/// Why a key is not believed. The log may say which; a client is told none of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyRefusal {
    /// There is no such key in its tenant, or its secret is another.
    #[error("there is no such key")]
    Unknown,
    /// It was revoked.
    #[error("the key is revoked")]
    Revoked,
    /// It has expired.
    #[error("the key has expired")]
    Expired,
}

impl ApiKey {
    /// A new key of that tenant.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn generate(tenant: TenantId) -> Result<Self, RandomnessError> {
        Ok(Self(Opaque { tenant, id: Uuid::now_v7(), secrets: [Secret::random()?] }))
    }

    /// Reads what a client presents.
    ///
    /// # Errors
    /// When it is no key.
    pub fn read(text: &[u8]) -> Result<Self, ApiKeyFormError> {
        Opaque::read(KIND, text).map(Self).ok_or(ApiKeyFormError)
    }

    /// The tenant in which it is looked up. Until it is [judged](judge), whoever presents it may have written any.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.0.tenant
    }

    /// Its name within the tenant.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.0.id
    }

    /// The whole key, to be shown once, to its owner.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        self.0.text(KIND)
    }

    const fn secret(&self) -> &Secret {
        let [secret] = &self.0.secrets;
        secret
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey").field("tenant", &self.0.tenant).field("id", &self.0.id).finish_non_exhaustive()
    }
}

impl StoredKey {
    /// What is to be stored of a new key.
    #[must_use]
    pub fn new(key: &ApiKey, owner: Uuid, scopes: Scopes) -> Self {
        let hash = key.secret().hash();
        Self { tenant: key.tenant(), id: key.id(), hash, owner, scopes, expires: None, revoked: None, used: None }
    }

    /// Revokes it. The first time counts.
    pub fn revoke(&mut self, now: SystemTime) {
        self.revoked.get_or_insert(now);
    }
}

/// What follows from a presented key and what is stored under its name in its tenant. A name that is unknown takes as long as a secret that
/// is wrong, and is the same refusal; only who has the secret learns that a key was revoked.
///
/// # Errors
/// Why it is not believed.
pub fn judge(stored: Option<&StoredKey>, presented: &ApiKey, now: SystemTime) -> Result<Admitted, KeyRefusal> {
    let of_its_name =
        |stored: &&StoredKey| (stored.tenant == presented.tenant() || mutant!("key_of_any_tenant")) && stored.id == presented.id();
    let stored = stored.filter(of_its_name);
    let is_of = is_of_stored(stored.map(|stored| &stored.hash), presented.secret());
    let Some(stored) = stored.filter(|_| is_of) else { return Err(KeyRefusal::Unknown) };
    if stored.revoked.is_some() && !mutant!("key_revoked_accepted") {
        return Err(KeyRefusal::Revoked);
    }
    if stored.expires.is_some_and(|expires| expires <= now) && !mutant!("key_expired_accepted") {
        return Err(KeyRefusal::Expired);
    }
    let is_first_use_in_a_while = stored.used.is_none_or(|used| now.duration_since(used).is_ok_and(|passed| passed >= A_WHILE));
    let StoredKey { tenant, id, owner, scopes, .. } = stored.clone();
    Ok(Admitted { tenant, id, owner, scopes, is_first_use_in_a_while })
}
