//! One visitor for all of JSON: whatever stands there is handed on, and nothing is an error of serde's.
//!
//! Serde stops at the first error of a visitor. The reader wants all of them, so a value that does not fit is drained and reported by the
//! taker, and reading goes on behind it.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A JSON value, without the contents of arrays and objects.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'a> {
    Null,
    Bool(bool),
    Integer(i64),
    /// An integer beyond i64 and within u64.
    Large,
    /// With a fraction or an exponent, or an integer beyond u64.
    Float(f64),
    Text(&'a str),
    Array,
    Object,
}

/// What becomes of a value.
pub(super) trait Take: Sized {
    type Value;

    fn token(self, token: Token<'_>) -> Self::Value;

    /// An object, before it is read. Who wants none of it passes over it.
    fn object<'de, A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(self.token(Token::Object))
    }
}

/// Hands the value to a taker.
pub(super) struct Visit<T>(pub(super) T);

impl<'de, T: Take> DeserializeSeed<'de> for Visit<T> {
    type Value = T::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Take> Visitor<'de> for Visit<T> {
    type Value = T::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<T::Value, E> {
        Ok(self.0.token(Token::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<T::Value, E> {
        Ok(self.0.token(Token::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<T::Value, E> {
        Ok(self.0.token(Token::Integer(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<T::Value, E> {
        Ok(self.0.token(i64::try_from(value).map_or(Token::Large, Token::Integer)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<T::Value, E> {
        Ok(self.0.token(Token::Float(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<T::Value, E> {
        Ok(self.0.token(Token::Text(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<T::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(self.0.token(Token::Array))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T::Value, A::Error> {
        self.0.object(map)
    }
}

/// Finds a key among known ones without copying it; an unknown one is what `E` makes of it.
pub(super) struct Key<F>(pub(super) F);

impl<'de, T, F: FnOnce(&str) -> T> DeserializeSeed<'de> for Key<F> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T, F: FnOnce(&str) -> T> Visitor<'_> for Key<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<T, E> {
        Ok((self.0)(key))
    }
}
