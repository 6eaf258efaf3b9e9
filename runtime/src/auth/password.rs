//! Passwords and their hashes, as values that are never shown.

use std::fmt;

use argon2::password_hash::phc;
use icu_normalizer::ComposingNormalizerBorrowed;
use zeroize::Zeroizing;

/// The fewest characters of a password that is chosen: what NIST SP 800-63B-4, section 3.1.1.2, asks of one that a second factor may stand beside.
const SHORTEST: usize = 8;
/// The most bytes of a password, chosen or typed. NIST asks for at least 64 characters; the bound keeps a request from being work.
const LONGEST: usize = 1_024;
/// The most bytes of a stored hash.
const LONGEST_HASH: usize = 256;

/// A password, in Unicode's composed form, so that the same keys on two machines are the same password (RFC 8265, section 4.2). Its memory is
/// overwritten when it goes.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

/// Why a text is not taken for a password. It says nothing of the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordRefusal {
    /// Fewer than 8 characters.
    #[error("a password has at least {SHORTEST} characters")]
    TooShort,
    /// More than 1,024 bytes.
    #[error("a password has at most {LONGEST} bytes")]
    TooLong,
}

impl Password {
    /// A password that somebody logs in with. One that is too short to be chosen today is compared all the same: it may be an old one, and whoever
    /// guesses is told nothing.
    ///
    /// # Errors
    /// [`PasswordRefusal::TooLong`].
    pub fn typed(text: String) -> Result<Self, PasswordRefusal> {
        let text = Zeroizing::new(text);
        if text.len() > LONGEST {
            return Err(PasswordRefusal::TooLong);
        }
        let composed = Zeroizing::new(ComposingNormalizerBorrowed::new_nfc().normalize(&text).into_owned());
        // Composition makes some texts longer, by a factor of three at most.
        if composed.len() > LONGEST { Err(PasswordRefusal::TooLong) } else { Ok(Self(composed)) }
    }

    /// A password that somebody chooses: any characters, at least 8 of them.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn chosen(text: String) -> Result<Self, PasswordRefusal> {
        let password = Self::typed(text)?;
        password.may_be_chosen()?;
        Ok(password)
    }

    /// Whether one that was typed may be chosen, too: where it shows late whether somebody has a password already.
    ///
    /// # Errors
    /// [`PasswordRefusal::TooShort`].
    pub fn may_be_chosen(&self) -> Result<(), PasswordRefusal> {
        if self.0.chars().count() < SHORTEST { Err(PasswordRefusal::TooShort) } else { Ok(()) }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// The hash of a password as it is stored: a PHC string, which names its own cost and salt. It is shown nowhere, since whoever has it can guess
/// without anybody counting.
#[derive(Clone, Eq, PartialEq)]
pub struct PasswordHash(String);

/// A stored text that is no hash by argon2id. It does not repeat the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the stored text is no hash of a password by argon2id: let its owner set a new password")]
pub struct HashFormError;

impl PasswordHash {
    /// Takes a stored text for a hash.
    ///
    /// # Errors
    /// When it is none, or of another algorithm than argon2id.
    pub fn stored(text: impl Into<String>) -> Result<Self, HashFormError> {
        let hash = Self(text.into());
        hash.parsed().map(|_| hash.clone())
    }

    /// The text that is stored.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(super) fn parsed(&self) -> Result<phc::PasswordHash, HashFormError> {
        let hash = if self.0.len() > LONGEST_HASH { None } else { phc::PasswordHash::new(&self.0).ok() };
        hash.filter(|hash| hash.algorithm == argon2::ARGON2ID_IDENT && hash.salt.is_some() && hash.hash.is_some()).ok_or(HashFormError)
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}
