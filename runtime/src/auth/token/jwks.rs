//! Sets of public keys (RFC 7517): our own for others, and those of outside issuers.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};

use super::json::{Json, NoObject, NotOfKind, Object};
use super::keys::{Algorithm, KeyId, VerifyingKey};
use crate::mutants::mutant;

/// The most bytes of a set.
pub(super) const LARGEST_SET: usize = 64 * 1024;
/// The most keys of a set, those that are passed over among them.
const MOST_KEYS: usize = 64;
/// The members that no public key has (RFC 7518, sections 6.2.2, 6.3.2 and 6.4).
const PRIVATE: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The public keys of an outside issuer, each with one name and one algorithm.
#[derive(Clone, Debug)]
pub struct KeySet(Vec<VerifyingKey>);

/// Why a document is no set of keys. It repeats nothing of the document.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KeySetError {
    /// More bytes, or more keys, than any issuer has.
    #[error("a set of keys has at most {} KiB and {MOST_KEYS} keys", LARGEST_SET / 1_024)]
    TooLarge,
    /// No JSON object with a list of objects, `keys`.
    #[error("a set of keys is a JSON object with a list of objects, `keys`, and these hold texts where they should")]
    Form,
    /// A member stands in an object twice.
    #[error("a member stands in the set twice")]
    Twice,
    /// Two keys have one name.
    #[error("two keys of the set have the same name")]
    SameId,
    /// It holds a private key or a secret, which whoever has read it could sign with.
    #[error("the set holds a private key or a secret: publish the public halves, and take what was published out of use")]
    Private,
    /// A key that could be used has no name, or one that is none.
    #[error("a key of the set has no name, or one that is not of 1 to 128 visible ASCII characters")]
    Id,
    /// A public key is none.
    #[error("a key of the set is no public key of Ed25519, or of RSA with 2,048 to 8,192 bits")]
    Key,
    /// Nothing that could verify a token.
    #[error("the set has no key for EdDSA with Ed25519 or for RS256")]
    Empty,
    /// The file cannot be read.
    #[error("the file of the set cannot be read")]
    File,
}

impl KeySet {
    /// The most bytes of a set.
    pub const MOST_BYTES: usize = LARGEST_SET;

    /// Reads a set. Keys of other kinds, for other algorithms or for encryption are passed over, as RFC 7517, section 5, bids; whatever
    /// else is wrong refuses the whole.
    ///
    /// A key of RSA that names no algorithm is one for RS256, and no other.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeySetError> {
        if bytes.len() > LARGEST_SET {
            return Err(KeySetError::TooLarge);
        }
        let set = Object::parse(bytes).map_err(|error| match error {
            NoObject::Form => KeySetError::Form,
            NoObject::Twice => KeySetError::Twice,
        })?;
        let Some(Json::List(list)) = set.get("keys") else { return Err(KeySetError::Form) };
        if list.len() > MOST_KEYS {
            return Err(KeySetError::TooLarge);
        }
        let mut keys: Vec<VerifyingKey> = Vec::new();
        for key in list {
            let Json::Object(key) = key else { return Err(KeySetError::Form) };
            if PRIVATE.iter().any(|name| key.has(name)) && !mutant!("jwks_private_accepted") {
                return Err(KeySetError::Private);
            }
            let Some(key) = public(key)? else { continue };
            if keys.iter().any(|known| known.id() == key.id()) && !mutant!("jwks_same_id_accepted") {
                return Err(KeySetError::SameId);
            }
            keys.push(key);
        }
        if keys.is_empty() { Err(KeySetError::Empty) } else { Ok(Self(keys)) }
    }

    /// Reads a file, when the service starts: it blocks.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and [`KeySetError::File`].
    pub fn file(path: impl AsRef<Path>) -> Result<Self, KeySetError> {
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(|_| KeySetError::File)?;
        // One byte more than is read shows that there are too many.
        file.take(LARGEST_SET as u64 + 1).read_to_end(&mut bytes).map_err(|_| KeySetError::File)?;
        Self::parse(&bytes)
    }

    /// The key of that name.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&VerifyingKey> {
        self.0.iter().find(|key| key.id().as_str() == id)
    }

    /// Each key, in the order of the document.
    pub fn iter(&self) -> impl Iterator<Item = &VerifyingKey> {
        self.0.iter()
    }
}

/// A key of the set; `None` when it is for something else.
fn public(key: &Object) -> Result<Option<VerifyingKey>, KeySetError> {
    let text = |name| key.text(name).map_err(|NotOfKind| KeySetError::Form);
    if !is_for_verifying(key)? {
        return Ok(None);
    }
    let algorithm = match (text("kty")?.ok_or(KeySetError::Form)?, text("crv")?, text("alg")?) {
        // RFC 9864 calls EdDSA with this curve `Ed25519`; its tokens name it so, too, and none of those are read yet.
        ("OKP", Some("Ed25519"), Some("EdDSA") | None) => Algorithm::EdDsa,
        ("RSA", _, Some("RS256") | None) => Algorithm::Rs256,
        _ => return Ok(None),
    };
    let id: KeyId = text("kid")?.and_then(|id| id.parse().ok()).ok_or(KeySetError::Id)?;
    let bytes = |name| text(name)?.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()).ok_or(KeySetError::Key);
    match algorithm {
        Algorithm::EdDsa => {
            let public: [u8; 32] = bytes("x")?.try_into().map_err(|_| KeySetError::Key)?;
            Ok(Some(VerifyingKey::ed25519(id, &public)))
        }
        _ => VerifyingKey::rsa(id, &bytes("n")?, &bytes("e")?).map(Some).map_err(|_| KeySetError::Key),
    }
}

/// Whether `use` and `key_ops`, where they stand, say that it verifies signatures.
fn is_for_verifying(key: &Object) -> Result<bool, KeySetError> {
    if key.text("use").map_err(|NotOfKind| KeySetError::Form)?.is_some_and(|purpose| purpose != "sig") {
        return Ok(false);
    }
    match key.get("key_ops") {
        None => Ok(true),
        Some(Json::List(list)) => Ok(list.iter().any(|one| matches!(one, Json::Text(text) if text == "verify"))),
        Some(_) => Err(KeySetError::Form),
    }
}

/// The set of these keys, without those that are secrets.
pub(super) fn published(keys: &[VerifyingKey]) -> Vec<u8> {
    let is_public = |key: &&VerifyingKey| key.algorithm() != Algorithm::Hs256 || mutant!("jwks_secret_published");
    let keys = keys.iter().filter(is_public).filter_map(|key| {
        let mut jwk = Jwk::from_decoding_key(key.key(), Some(key.algorithm().library())).ok()?;
        jwk.common.key_id = Some(key.id().to_string());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        Some(jwk)
    });
    // Texts in lists and objects always have a JSON form.
    serde_json::to_vec(&JwkSet { keys: keys.collect() }).unwrap_or_default()
}
