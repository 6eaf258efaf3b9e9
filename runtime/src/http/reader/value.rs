//! The value of a field, by the kind of its column.

use serde::de::{IgnoredAny, MapAccess};

use super::errors::{Echo, duplicate, refuse, required, unknown};
use super::token::{Key, Take, Token, Visit};
use crate::http::FieldErrors;
use crate::http::scalar::{self, Refusal};
use crate::schema::{Arg, ColumnDef, Currency, Kind};

/// Takes the value of a column. `None` means that an error was recorded.
pub(super) struct Value<'r> {
    pub(super) column: &'static ColumnDef,
    pub(super) errors: &'r mut FieldErrors,
}

impl Take for Value<'_> {
    type Value = Option<Vec<Arg>>;

    fn token(self, token: Token<'_>) -> Option<Vec<Arg>> {
        let column = self.column;
        if token == Token::Null && column.nullable {
            return Some(scalar::nulls(column.kind));
        }
        match single(column, token) {
            Ok(arg) => Some(vec![arg]),
            Err(refusal) => {
                refuse(self.errors, [column.name], refusal);
                None
            }
        }
    }

    fn object<'de, A: MapAccess<'de>>(self, mut map: A) -> Result<Option<Vec<Arg>>, A::Error> {
        if self.column.kind == Kind::Money {
            return money(self.column.name, self.errors, map);
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(self.token(Token::Object))
    }
}

/// A value that is one argument.
fn single(column: &ColumnDef, token: Token<'_>) -> Result<Arg, Refusal> {
    match (column.kind, token) {
        (_, Token::Null) => Err(Refusal::new("null", "must not be null")),
        (Kind::Bool, Token::Bool(value)) => Ok(Arg::Bool(Some(value))),
        (Kind::I32 | Kind::I64, token) => integer(token, column.kind).and_then(|value| scalar::integer(column.kind, value)),
        (Kind::Money, _) => Err(Refusal::kind(scalar::described(Kind::Money))),
        (_, Token::Text(text)) => scalar::text(column, text),
        (kind, _) => Err(Refusal::kind(scalar::described(kind))),
    }
}

/// An integer, written as one: `1.0` and `1e3` are refused, since not every reader of JSON takes them for the same number.
fn integer(token: Token<'_>, kind: Kind) -> Result<i64, Refusal> {
    match token {
        Token::Integer(value) => Ok(value),
        Token::Large => Err(scalar::out_of_range(kind)),
        Token::Float(value) if value.abs() >= LARGE => Err(scalar::out_of_range(kind)),
        Token::Float(_) => Err(Refusal::kind("an integer, without a fraction or an exponent")),
        _ => Err(Refusal::kind(scalar::described(kind))),
    }
}

/// 2^53: no integer column holds it, whatever the notation was.
const LARGE: f64 = 9_007_199_254_740_992.0;

/// The two parts of money. Each is reported at its own place.
fn money<'de, A: MapAccess<'de>>(name: &'static str, errors: &mut FieldErrors, mut map: A) -> Result<Option<Vec<Arg>>, A::Error> {
    let (mut amount, mut currency) = (Part::default(), Part::default());
    while let Some(key) = map.next_key_seed(Key(MoneyKey::of))? {
        match key {
            MoneyKey::Amount => amount.read(&mut map, [name, "amount"], errors, |token| {
                let value = integer(token, Kind::I64)?;
                scalar::integer(Kind::I64, value).map(|_| value)
            })?,
            MoneyKey::Currency => currency.read(&mut map, [name, "currency"], errors, |token| match token {
                Token::Text(text) => scalar::currency(text),
                _ => Err(Refusal::kind("a string")),
            })?,
            MoneyKey::Unknown(key) => {
                unknown(errors, Some(name), &key);
                map.next_value::<IgnoredAny>()?;
            }
        }
    }
    let amount = amount.finish([name, "amount"], errors);
    let currency = currency.finish([name, "currency"], errors);
    Ok(amount
        .zip(currency)
        .map(|(amount, currency): (i64, Currency)| vec![Arg::I64(Some(amount)), Arg::Text(Some(currency.code().to_owned()))]))
}

enum MoneyKey {
    Amount,
    Currency,
    Unknown(Echo),
}

impl MoneyKey {
    fn of(key: &str) -> Self {
        match key {
            "amount" => Self::Amount,
            "currency" => Self::Currency,
            other => Self::Unknown(other.into()),
        }
    }
}

/// A part of money: not there yet, or there once, with what it holds unless that was refused.
struct Part<T>(Option<Option<T>>);

impl<T> Default for Part<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Part<T> {
    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        map: &mut A,
        place: [&str; 2],
        errors: &mut FieldErrors,
        convert: impl FnOnce(Token<'_>) -> Result<T, Refusal>,
    ) -> Result<(), A::Error> {
        if self.0.is_some() {
            refuse(errors, place, duplicate());
            return map.next_value::<IgnoredAny>().map(|_| ());
        }
        let value = match map.next_value_seed(Visit(Convert(convert)))? {
            Ok(value) => Some(value),
            Err(refusal) => {
                refuse(errors, place, refusal);
                None
            }
        };
        self.0 = Some(value);
        Ok(())
    }

    fn finish(self, place: [&str; 2], errors: &mut FieldErrors) -> Option<T> {
        if self.0.is_none() {
            refuse(errors, place, required());
        }
        self.0.flatten()
    }
}

/// Takes a value by a function.
struct Convert<F>(F);

impl<T, F: FnOnce(Token<'_>) -> Result<T, Refusal>> Take for Convert<F> {
    type Value = Result<T, Refusal>;

    fn token(self, token: Token<'_>) -> Self::Value {
        match token {
            Token::Null => Err(Refusal::new("null", "must not be null")),
            token => (self.0)(token),
        }
    }
}
