//! Bodies: small ones, and texts of them that no answer repeats.

use std::fmt;

use axum::extract::{FromRequest, Request};
use serde::de::{DeserializeOwned, Error, Visitor};
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::http::{Problem, read_json};

/// The most bytes of a body: a role has the longest, whose grants have 4,096.
const LIMIT: usize = 16 * 1024;

/// A body as [`Json`](crate::http::Json) reads it, of at most 16 KiB.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        read_json(request, LIMIT).await.map(Self)
    }
}

/// A password or a token. Where serde would quote a value of another type, it is told without.
pub(super) struct Hidden(Zeroizing<String>);

impl Hidden {
    /// The text, which whoever takes it keeps hidden.
    pub(super) fn into_text(mut self) -> String {
        std::mem::take(&mut *self.0)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Text)
    }
}

struct Text;

impl Text {
    fn refuse<E: Error>() -> Result<Hidden, E> {
        Err(E::custom("must be a text"))
    }
}

impl Visitor<'_> for Text {
    type Value = Hidden;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Hidden, E> {
        Ok(Hidden(Zeroizing::new(text.to_owned())))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Hidden, E> {
        Self::refuse()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Hidden, E> {
        Self::refuse()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Hidden, E> {
        Self::refuse()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Hidden, E> {
        Self::refuse()
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_refused_without_a_word_of_it() {
        let read = |json: &str| serde_json::from_str::<Hidden>(json).map(Hidden::into_text).map_err(|error| error.to_string());
        assert_eq!(read(r#""pass\u0077ord""#).unwrap(), "password");
        for json in ["4711", "-4711", "47.11", "1e999", "[4711]", r#"{"a":4711}"#, "true", "null", r#""4711\x""#] {
            let error = read(json).unwrap_err();
            assert!(!error.contains("4711") && !error.contains("47.11"), "{json}: {error}");
        }
    }
}
