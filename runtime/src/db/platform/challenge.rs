//! How a domain is shown to be a tenant's: its name servers answer with a text that the service alone could have told the tenant.

use std::fmt;
use std::fmt::Write as _;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::super::Error;
use super::txt::AnyTxt;
use super::{Platform, TxtError};
use crate::mutants::mutant;
use crate::schema::TenantId;

/// What the key is derived with, so that the same secret may serve other purposes.
const LABEL: &[u8] = b"tenantry domain challenge 1";
/// The label below the domain, whose record is looked for.
const PREFIX: &str = "_tenantry-challenge";
/// The most records of an answer.
const MOST_RECORDS: usize = 32;
/// The longest record, in bytes: one string of one (RFC 1035, section 3.3).
const LONGEST: usize = 255;
/// How long the name servers have.
const PATIENCE: Duration = Duration::from_secs(10);

/// Makes what a tenant publishes to show that a domain is its own: `_tenantry-challenge.<host> TXT "<64 hexadecimal digits>"`, an HMAC of tenant
/// and host. So nothing of it is stored, and what one tenant was told is worth nothing for another one, nor for another host.
///
/// ```
/// use tenantry::TenantId;
/// use tenantry::db::Challenge;
///
/// let challenge = Challenge::new(b"a secret of thirty-two bytes, or more")?;
/// let record = challenge.record(TenantId::generate(), "shop.example.com");
/// assert_eq!(record.name, "_tenantry-challenge.shop.example.com");
/// assert_eq!(record.value.len(), 64);
/// assert_eq!(format!("{challenge:?}"), "Challenge(..)");
/// # Ok::<(), tenantry::db::ShortSecretError>(())
/// ```
#[derive(Clone)]
pub struct Challenge(Hmac<Sha256>);

/// The secret is shorter than what is made with it, so that guessing it would be easier than guessing that.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the secret of the challenges must have at least {} bytes", Challenge::MIN_SECRET)]
pub struct ShortSecretError;

/// A TXT record, as a tenant publishes it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TxtRecord {
    /// The name, without a dot at its end.
    pub name: String,
    /// The text.
    pub value: String,
}

/// Why a domain is not verified.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// Nobody has said how: [`Platform::proving`].
    #[error("this service asks no name servers: verify the domain by hand, or start it with a challenge")]
    NoChallenge,
    /// The name servers do not answer with the record.
    #[error("the name servers do not answer with the record that shows whose the domain is")]
    Unproven,
    /// The answer has more than 32 records, or one of more than 255 bytes.
    #[error("the answer of the name servers has more than {MOST_RECORDS} records, or one of more than {LONGEST} bytes")]
    Excessive,
    /// They did not answer.
    #[error(transparent)]
    Unanswered(#[from] TxtError),
    /// They did not answer in time.
    #[error("the name servers have not answered within {} seconds", PATIENCE.as_secs())]
    Late,
    /// The act is not as it must be, the tenant has no such domain, or the database failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl Challenge {
    /// The shortest secret, in bytes.
    pub const MIN_SECRET: usize = 32;

    /// Challenges of that secret (`TENANTRY_SECRET`). With another one all records are others; domains that were verified stay so.
    ///
    /// # Errors
    /// When the secret is shorter than [`Challenge::MIN_SECRET`].
    pub fn new(secret: &[u8]) -> Result<Self, ShortSecretError> {
        if secret.len() < Self::MIN_SECRET {
            return Err(ShortSecretError);
        }
        let mut derived = keyed(secret)?;
        derived.update(LABEL);
        keyed(&derived.finalize().into_bytes()).map(Self)
    }

    /// What the tenant publishes.
    #[must_use]
    pub fn record(&self, tenant: TenantId, host: &str) -> TxtRecord {
        let mut code = self.0.clone();
        // A uuid has its 16 bytes, so that no two pairs give the same.
        if !mutant!("platform_challenge_of_any_tenant") {
            code.update(tenant.uuid().as_bytes());
        }
        if !mutant!("platform_challenge_of_any_host") {
            code.update(host.as_bytes());
        }
        let mut value = String::with_capacity(64);
        for byte in code.finalize().into_bytes() {
            // Writing to a string does not fail.
            let _ = write!(value, "{byte:02x}");
        }
        TxtRecord { name: format!("{PREFIX}.{host}"), value }
    }

    /// Asks for the record.
    pub(super) async fn ask(&self, lookup: &dyn AnyTxt, tenant: TenantId, host: &str) -> Result<(), VerifyError> {
        let due = self.record(tenant, host);
        let answer = tokio::time::timeout(PATIENCE, lookup.ask(&due.name)).await.map_err(|_| VerifyError::Late)??;
        judge(&due, &answer)
    }
}

/// Whether the record is among those of the answer. How long it takes does not tell how much of a wrong one is right.
fn judge(due: &TxtRecord, answer: &[String]) -> Result<(), VerifyError> {
    let is_excessive = answer.len() > MOST_RECORDS || answer.iter().any(|record| record.len() > LONGEST);
    if is_excessive && !mutant!("platform_challenge_unbounded") {
        return Err(VerifyError::Excessive);
    }
    let is_due = |record: &String| bool::from(record.as_bytes().ct_eq(due.value.as_bytes()));
    let matching = answer.iter().filter(|record| is_due(record)).count();
    if matching > 0 || mutant!("platform_challenge_unread") { Ok(()) } else { Err(VerifyError::Unproven) }
}

/// HMAC takes a key of any length, so this does not fail.
fn keyed(key: &[u8]) -> Result<Hmac<Sha256>, ShortSecretError> {
    Hmac::new_from_slice(key).map_err(|_| ShortSecretError)
}

impl Platform {
    /// What the tenant publishes to show that the host is its own; `None` when this platform [verifies](Self::verify_domain) none.
    #[must_use]
    pub fn challenge(&self, tenant: TenantId, host: &str) -> Option<TxtRecord> {
        self.proof.as_ref().map(|proof| proof.challenge.record(tenant, host))
    }
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Challenge(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"a secret of thirty-two bytes, or more";

    #[test]
    fn a_record_is_of_one_tenant_one_host_and_one_secret() {
        let (challenge, other) = (Challenge::new(SECRET).unwrap(), Challenge::new(&[7; 32]).unwrap());
        let (a, b) = (TenantId::generate(), TenantId::generate());
        let value = |challenge: &Challenge, tenant, host| challenge.record(tenant, host).value;
        let due = value(&challenge, a, "shop.example");
        assert_eq!(due, value(&Challenge::new(SECRET).unwrap(), a, "shop.example"), "nothing of it is at random");
        for another in [value(&challenge, b, "shop.example"), value(&challenge, a, "shop.exampl"), value(&other, a, "shop.example")] {
            assert_ne!(due, another);
        }
        assert!(due.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)) && due.len() == 64);
        assert_eq!(Challenge::new(&SECRET[..31]).unwrap_err(), ShortSecretError);
    }

    #[test]
    fn an_answer_is_bounded_and_has_the_record_itself() {
        let due = Challenge::new(SECRET).unwrap().record(TenantId::generate(), "shop.example");
        let with = |others: usize, other: &str| {
            let mut answer = vec![other.to_owned(); others];
            answer.push(due.value.clone());
            judge(&due, &answer)
        };
        assert_eq!((with(0, ""), with(31, "v=spf1 -all"), with(1, &"a".repeat(255))), (Ok(()), Ok(()), Ok(())));
        assert_eq!((with(32, ""), with(1, &"a".repeat(256))), (Err(VerifyError::Excessive), Err(VerifyError::Excessive)));
        for wrong in
            [vec![], vec![String::new()], vec![due.value.to_uppercase()], vec![format!(" {}", due.value)], vec![due.value[1..].to_owned()]]
        {
            assert_eq!(judge(&due, &wrong), Err(VerifyError::Unproven), "{wrong:?}");
        }
    }
}
