//! The compact form of a token (RFC 7515, section 7.1): read strictly, believed in nothing until the signature is verified.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::json::{NoObject, NotOfKind, Object};
use super::keys::VerifyingKey;
use super::refusal::TokenError;
use crate::mutants::mutant;

/// The most bytes of a token. Servers bound all headers together to 8 or 16 KiB.
pub(super) const LONGEST_TOKEN: usize = 8 * 1024;
/// The most bytes of its header in JSON.
const LONGEST_HEADER: usize = 1_024;

/// A token whose header has been read.
pub(super) struct Compact<'t> {
    /// What is signed: header and claims as they were sent.
    message: &'t str,
    claims: &'t str,
    signature: &'t str,
    header: Object,
}

impl<'t> Compact<'t> {
    pub(super) fn read(token: &'t [u8]) -> Result<Self, TokenError> {
        if token.len() > LONGEST_TOKEN {
            return Err(TokenError::TooLong);
        }
        let text = std::str::from_utf8(token).map_err(|_| TokenError::Form)?;
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
            return Err(TokenError::Form);
        }
        let parts: Vec<&str> = text.splitn(6, '.').collect();
        let (header, claims, signature) = match parts.as_slice() {
            // The signature may be empty: that is what `none` looks like, and it is told so below.
            [header, claims, signature] if !header.is_empty() && !claims.is_empty() => (*header, *claims, *signature),
            [_, _, _, _, _] => return Err(TokenError::Encrypted),
            _ => return Err(TokenError::Form),
        };
        let message = text.get(..header.len() + 1 + claims.len()).ok_or(TokenError::Form)?;
        let read = decoded(header)?;
        if read.len() > LONGEST_HEADER {
            return Err(TokenError::TooLong);
        }
        let header = Object::parse(&read).map_err(|error| no_object(error, TokenError::Header))?;
        let compact = Self { message, claims, signature, header };
        compact.check_header()?;
        Ok(compact)
    }

    /// What a header may not hold, whoever has signed it.
    fn check_header(&self) -> Result<(), TokenError> {
        let has_any = |names: &[&str]| names.iter().any(|name| self.header.has(name));
        if has_any(&["enc", "zip"]) {
            return Err(TokenError::Encrypted);
        }
        if has_any(&["crit", "b64"]) && !mutant!("token_critical_ignored") {
            return Err(TokenError::Critical);
        }
        if has_any(&["jwk", "jku", "x5c", "x5u"]) && !mutant!("token_brings_key") {
            return Err(TokenError::BringsKey);
        }
        let algorithm = self.algorithm()?;
        if algorithm.eq_ignore_ascii_case("none") && !mutant!("token_unsigned") { Err(TokenError::Unsigned) } else { Ok(()) }
    }

    fn algorithm(&self) -> Result<&str, TokenError> {
        self.header.text("alg").map_err(|NotOfKind| TokenError::Header)?.ok_or(TokenError::Header)
    }

    /// The name of the key.
    pub(super) fn key(&self) -> Result<&str, TokenError> {
        self.header.text("kid").map_err(|NotOfKind| TokenError::Header)?.ok_or(TokenError::NoKey)
    }

    /// The type, without the `application/` that may stand before it (RFC 7515, section 4.1.9), in small letters.
    pub(super) fn kind(&self) -> Result<Option<String>, TokenError> {
        let kind = self.header.text("typ").map_err(|NotOfKind| TokenError::Header)?.map(str::to_ascii_lowercase);
        Ok(kind.map(|kind| kind.strip_prefix("application/").map(str::to_owned).unwrap_or(kind)))
    }

    /// The claims, once the signature is that of the key by the key's own algorithm.
    pub(super) fn verified(&self, key: &VerifyingKey) -> Result<Object, TokenError> {
        let algorithm = self.algorithm()?;
        let verified = if mutant!("token_unsigned") && algorithm.eq_ignore_ascii_case("none") {
            true
        } else if mutant!("token_algorithm_of_header") && algorithm == "HS256" {
            verified_as_secret(key, self.message, self.signature)
        } else if algorithm != key.algorithm().name() {
            return Err(TokenError::Algorithm);
        } else {
            key.verifies(self.message.as_bytes(), self.signature)
        };
        if !verified && !mutant!("token_signature_unread") {
            return Err(TokenError::Signature);
        }
        Object::parse(&decoded(self.claims)?).map_err(|error| no_object(error, TokenError::Claims))
    }
}

/// The mistake of those who believe the header: what is public becomes the secret.
fn verified_as_secret(key: &VerifyingKey, message: &str, signature: &str) -> bool {
    let public = key.key().try_get_as_bytes().ok().and_then(|bytes| jsonwebtoken::DecodingKey::from_secret(bytes).ok());
    public.is_some_and(|secret| {
        jsonwebtoken::crypto::verify(signature, message.as_bytes(), &secret, jsonwebtoken::Algorithm::HS256).unwrap_or(false)
    })
}

/// The bytes of a part. The decoder refuses padding and bits that are left over, so that a token has one spelling.
fn decoded(part: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Form)
}

const fn no_object(error: NoObject, form: TokenError) -> TokenError {
    match error {
        NoObject::Form => form,
        NoObject::Twice => TokenError::Twice,
    }
}
