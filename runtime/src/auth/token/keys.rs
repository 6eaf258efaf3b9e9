//! Keys, each with one name and one algorithm.

use std::fmt;
use std::str::FromStr;

use jsonwebtoken::{DecodingKey, EncodingKey};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use zeroize::Zeroizing;

use super::provider;

/// The most bytes of a key's name.
const LONGEST_ID: usize = 128;
/// The fewest bytes of a secret for HS256: those of its hash (RFC 7518, section 3.2).
const SHORTEST_SECRET: usize = 32;
/// The most bytes of a key in a file: some eight times one of RSA with 4,096 bits.
const LARGEST_FILE: usize = 32 * 1024;

/// How a token is signed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Algorithm {
    /// `EdDSA` with Ed25519 (RFC 8037): short, fast, and the default.
    EdDsa,
    /// `RS256`: RSA, PKCS#1 1.5, SHA-256, with 2,048 bits or more. It is there for those who know nothing newer.
    Rs256,
    /// `HS256`: a shared secret. Whoever verifies can also sign, so it is for one service that talks to itself.
    Hs256,
}

impl Algorithm {
    /// As `alg` names it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Rs256 => "RS256",
            Self::Hs256 => "HS256",
        }
    }

    pub(super) const fn library(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::EdDsa => jsonwebtoken::Algorithm::EdDSA,
            Self::Rs256 => jsonwebtoken::Algorithm::RS256,
            Self::Hs256 => jsonwebtoken::Algorithm::HS256,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The name of a key, the `kid` of its tokens: 1 to 128 visible ASCII characters. It is looked up in memory and nowhere else, never a path,
/// a URL or a part of a statement.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct KeyId(Box<str>);

impl KeyId {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyId {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let fits = (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Self(text.into())) } else { Err(KeyError::Id) }
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why something is no key. It repeats nothing of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The name is none.
    #[error("a key's name has 1 to {LONGEST_ID} visible ASCII characters")]
    Id,
    /// A secret that can be guessed.
    #[error("a secret for HS256 has at least {SHORTEST_SECRET} bytes")]
    ShortSecret,
    /// No private key of Ed25519 or of RSA with 2,048 bits or more.
    #[error("there is no private key of Ed25519 (PKCS#8) or RSA (2,048 bits or more), as PEM without a passphrase, or as DER")]
    Form,
    /// The system has none.
    #[error("the system has no randomness for a key")]
    Randomness,
    /// The process has another provider for jsonwebtoken than this crate's, and it failed.
    #[error("the provider of cryptography that this process has installed for jsonwebtoken cannot sign and verify with this key")]
    Provider,
}

/// A key that signs. Its private half is in no `Debug` and is overwritten when it goes.
#[derive(Clone)]
pub struct SigningKey {
    private: EncodingKey,
    public: VerifyingKey,
}

/// A key that verifies: its name, its one algorithm, and the public half, or, for HS256, the secret, which is in no `Debug` either.
#[derive(Clone)]
pub struct VerifyingKey {
    id: KeyId,
    algorithm: Algorithm,
    key: DecodingKey,
}

impl SigningKey {
    /// A new key of Ed25519 that nobody else has: for tests, and for one process whose tokens may die with it.
    ///
    /// # Errors
    /// [`KeyError::Randomness`]; [`KeyError::Provider`].
    pub fn generate(id: KeyId) -> Result<Self, KeyError> {
        let der = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| KeyError::Randomness)?;
        Self::der(id, der.as_ref())
    }

    /// The private key of a PEM file, as `openssl genpkey` writes it: Ed25519 or RSA.
    ///
    /// # Errors
    /// [`KeyError::Form`]; [`KeyError::Provider`].
    pub fn pem(id: KeyId, pem: &[u8]) -> Result<Self, KeyError> {
        if pem.len() > LARGEST_FILE {
            return Err(KeyError::Form);
        }
        // Two keys in one file could be meant as either.
        let mut keys = PrivateKeyDer::pem_slice_iter(pem);
        let (Some(Ok(key)), None) = (keys.next(), keys.next()) else { return Err(KeyError::Form) };
        Self::der(id, key.secret_der())
    }

    /// A private key as DER: PKCS#8 for Ed25519, PKCS#8 or PKCS#1 for RSA.
    ///
    /// # Errors
    /// [`KeyError::Form`]; [`KeyError::Provider`].
    pub fn der(id: KeyId, der: &[u8]) -> Result<Self, KeyError> {
        if let Ok(pair) = provider::ed25519(der) {
            let key = DecodingKey::from_ed_der(pair.public_key().as_ref());
            return Self::tried(EncodingKey::from_ed_der(der), VerifyingKey { id, algorithm: Algorithm::EdDsa, key });
        }
        let (n, e) = provider::rsa(der).and_then(|pair| provider::rsa_components(&pair)).map_err(|_| KeyError::Form)?;
        let key = DecodingKey::from_rsa_raw_components(&n, &e);
        Self::tried(EncodingKey::from_rsa_der(der), VerifyingKey { id, algorithm: Algorithm::Rs256, key })
    }

    /// A secret for HS256, of at least 32 bytes, which should come from a source of randomness and not from a person.
    ///
    /// # Errors
    /// [`KeyError::ShortSecret`]; [`KeyError::Provider`].
    pub fn secret(id: KeyId, secret: Vec<u8>) -> Result<Self, KeyError> {
        let secret = Zeroizing::new(secret);
        if secret.len() < SHORTEST_SECRET {
            return Err(KeyError::ShortSecret);
        }
        let private = EncodingKey::from_secret(&secret).map_err(|_| KeyError::ShortSecret)?;
        let key = DecodingKey::from_secret(&secret).map_err(|_| KeyError::ShortSecret)?;
        Self::tried(private, VerifyingKey { id, algorithm: Algorithm::Hs256, key })
    }

    /// The half that verifies, which stays in the ring while this key's tokens live.
    #[must_use]
    pub const fn verifying(&self) -> &VerifyingKey {
        &self.public
    }

    /// The name.
    #[must_use]
    pub const fn id(&self) -> &KeyId {
        &self.public.id
    }

    pub(super) const fn private(&self) -> &EncodingKey {
        &self.private
    }

    /// Signs something and verifies it.
    fn tried(private: EncodingKey, public: VerifyingKey) -> Result<Self, KeyError> {
        provider::provide();
        let signature = jsonwebtoken::crypto::sign(b"tried", &private, public.algorithm.library()).map_err(|_| KeyError::Provider)?;
        // Whoever computes must refuse what is wrong, too.
        let is_sound = public.verifies(b"tried", &signature) && !public.verifies(b"another", &signature);
        if is_sound { Ok(Self { private, public }) } else { Err(KeyError::Provider) }
    }
}

impl VerifyingKey {
    /// The public key of Ed25519: its 32 bytes.
    #[must_use]
    pub fn ed25519(id: KeyId, public: &[u8; 32]) -> Self {
        provider::provide();
        Self { id, algorithm: Algorithm::EdDsa, key: DecodingKey::from_ed_der(public) }
    }

    /// The public key of RSA: modulus and exponent, both without leading zeros, as big-endian bytes.
    ///
    /// # Errors
    /// [`KeyError::Form`] when the modulus has fewer than 2,048 bits or more than 8,192, or the exponent is even or 1, or has more than 32
    /// bits.
    pub fn rsa(id: KeyId, modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        let bits = bits(modulus).ok_or(KeyError::Form)?;
        let small = exponent.len() <= 4 && exponent != [1] && exponent.first().is_some_and(|first| *first != 0);
        let odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
        if !(2_048..=8_192).contains(&bits) || !small || !odd(exponent) || !odd(modulus) {
            return Err(KeyError::Form);
        }
        provider::provide();
        Ok(Self { id, algorithm: Algorithm::Rs256, key: DecodingKey::from_rsa_raw_components(modulus, exponent) })
    }

    /// The name.
    #[must_use]
    pub const fn id(&self) -> &KeyId {
        &self.id
    }

    /// The one algorithm that it verifies.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(super) const fn key(&self) -> &DecodingKey {
        &self.key
    }

    /// Whether the signature, in base64url, is this key's for the message. What the token says of its algorithm plays no part.
    pub(super) fn verifies(&self, message: &[u8], signature: &str) -> bool {
        jsonwebtoken::crypto::verify(signature, message, &self.key, self.algorithm.library()).unwrap_or(false)
    }
}

/// How many bits a number has; `None` when it begins with a zero.
fn bits(number: &[u8]) -> Option<usize> {
    let first = number.first().filter(|first| **first != 0)?;
    Some(number.len() * 8 - usize::try_from(first.leading_zeros()).ok()?)
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("id", &self.public.id).field("algorithm", &self.public.algorithm).finish_non_exhaustive()
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey").field("id", &self.id).field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}
