//! Who is asking, without a database: what passwords, their hashes and the counting of attempts promise.

mod attempts;
mod passwords;
