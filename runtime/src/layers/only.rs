//! Headers that stand there once.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::mutants::mutant;

/// A header stands there twice.
pub(super) struct Twice;

/// The value of a header that must not stand there twice: two readers might take different ones.
pub(super) fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h HeaderValue>, Twice> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() && !mutant!("resolve_first_of_two") { Err(Twice) } else { Ok(first) }
}
