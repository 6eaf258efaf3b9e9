//! Why a token is not believed.

/// Why a token is not believed. It repeats nothing of the token. It is for the log of the service; a client is told `invalid_token`,
/// whichever of these it was.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// It has more bytes than any that is read.
    #[error("the token is too long")]
    TooLong,
    /// It is not three parts of base64url, without padding, with points between them.
    #[error("the token is not three parts of base64url")]
    Form,
    /// It has five parts, or names an encryption or a compression: a JWE.
    #[error("the token is encrypted or compressed, which none that is read is")]
    Encrypted,
    /// Its header is no JSON object, or a member of it is of the wrong kind.
    #[error("the header is not the JSON object that it should be")]
    Header,
    /// Its claims are no JSON object.
    #[error("the claims are no JSON object")]
    Claims,
    /// A member stands in an object twice, so that two readers could read two tokens.
    #[error("a member stands in the token twice")]
    Twice,
    /// It demands that an extension is understood (`crit`, `b64`), and none is.
    #[error("the header demands an extension that is not understood")]
    Critical,
    /// It brings the key that it wants to be verified by (`jwk`, `jku`, `x5c`, `x5u`).
    #[error("the header brings a key of its own")]
    BringsKey,
    /// Its algorithm is `none`.
    #[error("the token is not signed")]
    Unsigned,
    /// It names no key.
    #[error("the header names no key")]
    NoKey,
    /// It names a key that is not known, not yet or no more.
    #[error("the header names a key that is not known, or no more")]
    UnknownKey,
    /// Its algorithm is not that of the key that it names.
    #[error("the algorithm is not that of the key")]
    Algorithm,
    /// Its signature is not that of the key that it names.
    #[error("the signature is not that of the key")]
    Signature,
    /// It is another type of token, such as an ID token.
    #[error("the token is of another type")]
    Type,
    /// Another issuer has made it.
    #[error("the issuer is another one")]
    Issuer,
    /// It was made for somebody else.
    #[error("the audience is another one")]
    Audience,
    /// A claim that it must have is missing.
    #[error("the claim {0} is missing")]
    Missing(&'static str),
    /// A claim does not hold what it should.
    #[error("the claim {0} does not hold what it should")]
    Claim(&'static str),
    /// It has expired.
    #[error("the token has expired")]
    Expired,
    /// It is not valid yet.
    #[error("the token is not valid yet")]
    Early,
    /// It says that it was made in the future.
    #[error("the token was made in the future")]
    Future,
    /// It is valid for longer than any that is accepted.
    #[error("the token is valid for longer than is accepted")]
    Lifetime,
    /// The keys of the issuer cannot be had now. The client can do nothing about it: answer 503.
    #[error("the keys of the issuer cannot be had at the moment")]
    KeysUnavailable,
}
