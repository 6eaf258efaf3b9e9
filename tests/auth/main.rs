//! Who is asking, without a database: what passwords, the counting of attempts, tokens, keys and the layer that reads them promise.
#![expect(missing_debug_implementations, reason = "the code of docs/tokens.md is shown as it is, without it")]

mod attempts;
mod authenticate;
mod documented;
mod forged;
mod forging;
mod jwks;
mod keys;
mod outside;
mod passwords;
mod refresh;
mod rotation;
