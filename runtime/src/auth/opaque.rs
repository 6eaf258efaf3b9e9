//! Credentials that mean nothing by themselves: a kind, the tenant in which they are looked up, a name, and a secret of which a hash is
//! stored.

use std::fmt;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::mutants::mutant;
use crate::schema::TenantId;

/// The system has no randomness for a secret.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the system has no randomness for a secret")]
pub struct RandomnessError;

/// A secret of 32 random bytes.
#[derive(Clone)]
pub(super) struct Secret(Zeroizing<[u8; 32]>);

/// The SHA-256 of a secret, as it is stored. A secret of 32 random bytes is not guessed, so that one round of a fast hash is enough; there
/// is no salt, since no two are the same. It is shown in no `Debug`.
#[derive(Clone, Copy)]
pub struct SecretHash([u8; 32]);

impl Secret {
    pub(super) fn random() -> Result<Self, RandomnessError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|_| RandomnessError)?;
        Ok(Self(bytes))
    }

    pub(super) fn hash(&self) -> SecretHash {
        SecretHash(Sha256::digest(self.0.as_slice()).into())
    }
}

impl SecretHash {
    /// The hash as it is stored.
    #[must_use]
    pub const fn stored(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes that are stored.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The bytes as a column of text has them: 64 hexadecimal digits in small letters.
    #[must_use]
    pub fn hex(&self) -> String {
        let mut text = String::with_capacity(64);
        for byte in self.0 {
            // Writing to a string does not fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    /// The hash that a column of text has; `None` when that is no such text.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() == 64 && fill(&mut bytes, text) { Some(Self(bytes)) } else { None }
    }

    /// Of a whole text, which has 32 random bytes in it.
    pub(super) fn of_text(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// Whether it is the other one, compared in a time that does not depend on where they differ.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    /// Whether it is the secret's, compared in a time that does not depend on where they differ.
    pub(super) fn is_of(&self, secret: &Secret) -> bool {
        self.is(&secret.hash())
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(…)")
    }
}

/// `<kind>_<tenant>_<id>_<secret>`, where the secret may be several of 32 bytes. All are hexadecimal digits in small letters: a double
/// click takes the whole, a scanner finds it, and it has one spelling.
#[derive(Clone)]
pub(super) struct Opaque<const SECRETS: usize> {
    pub(super) tenant: TenantId,
    pub(super) id: Uuid,
    pub(super) secrets: [Secret; SECRETS],
}

impl<const SECRETS: usize> Opaque<SECRETS> {
    /// Reads one of that kind.
    pub(super) fn read(kind: &str, text: &[u8]) -> Option<Self> {
        // Its length is fixed: whatever is longer is not looked at.
        if text.len() != kind.len() + 3 + 2 * 32 + SECRETS * 64 {
            return None;
        }
        let text = std::str::from_utf8(text).ok()?;
        let mut parts = text.strip_prefix(kind)?.strip_prefix('_')?.split('_');
        let (tenant, id, hex) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || hex.len() != SECRETS * 64 {
            return None;
        }
        let mut secrets: [Secret; SECRETS] = std::array::from_fn(|_| Secret(Zeroizing::new([0; 32])));
        if !fill(secrets.iter_mut().flat_map(|secret| secret.0.iter_mut()), hex) {
            return None;
        }
        Some(Self { tenant: TenantId::from(uuid(tenant)?), id: uuid(id)?, secrets })
    }

    /// The text, of which the client has the only copy.
    pub(super) fn text(&self, kind: &str) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(kind.len() + 3 + 64 + SECRETS * 64));
        // Writing to a string does not fail.
        let _ = write!(text, "{kind}_{}_{}_", self.tenant.uuid().as_simple(), self.id.as_simple());
        for byte in self.secrets.iter().flat_map(|secret| secret.0.iter()) {
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}

/// A uuid of 32 small hexadecimal digits.
fn uuid(text: &str) -> Option<Uuid> {
    let is_plain = text.len() == 32 && text.bytes().all(|byte| digit(byte).is_some());
    if is_plain { Uuid::try_parse(text).ok() } else { None }
}

/// Reads small hexadecimal digits into bytes; `false` when one is none.
fn fill<'b>(bytes: impl IntoIterator<Item = &'b mut u8>, hex: &str) -> bool {
    bytes.into_iter().zip(hex.as_bytes().chunks_exact(2)).all(|(byte, two)| {
        let [high, low] = two else { return false };
        let read = digit(*high).zip(digit(*low)).map(|(high, low)| (high << 4) | low);
        read.map(|read| *byte = read).is_some()
    })
}

const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

/// What a secret is compared with when there is nothing that it could be of: it takes as long, and is never right.
pub(super) fn is_of_stored(stored: Option<&SecretHash>, secret: &Secret) -> bool {
    let is_of = stored.unwrap_or(&SecretHash([0; 32])).is_of(secret) || mutant!("key_secret_unread");
    is_of && stored.is_some()
}
