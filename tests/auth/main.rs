//! Who is asking, without a database: what passwords, the counting of attempts, tokens, keys and the layer that reads them promise.

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
