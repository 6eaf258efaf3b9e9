//! Money: integer minor units and a currency.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};

use super::column::{fixed, read_text};
use super::{Arg, Cells, Column, Kind, ReadError};

/// An amount in minor units (cents, for most currencies) and its currency. In JSON it is `{"amount": 1999, "currency": "EUR"}`; in the
/// table it is a `bigint` and a `text`, since comparisons of `numeric` cannot use an index behind row security.
///
/// ```
/// use tenantry::{Currency, Money};
///
/// let price = Money::new(1999, "EUR".parse()?)?;
/// assert_eq!(price.amount(), 1999);
/// assert!(Money::new(i64::MAX, "EUR".parse()?).is_err());
/// # Ok::<(), tenantry::MoneyError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
pub struct Money {
    amount: i64,
    currency: Currency,
}

impl Money {
    /// The largest amount, 2^53 − 1, so that every JSON reader reads it exactly (RFC 8259, section 6). The smallest is its negative.
    pub const MAX: i64 = 9_007_199_254_740_991;

    /// An amount in minor units.
    ///
    /// # Errors
    /// When the amount is not within ±[`Money::MAX`].
    pub const fn new(amount: i64, currency: Currency) -> Result<Self, MoneyError> {
        if amount > Self::MAX || amount < -Self::MAX {
            return Err(MoneyError::Amount);
        }
        Ok(Self { amount, currency })
    }

    /// The amount in minor units.
    #[must_use]
    pub const fn amount(self) -> i64 {
        self.amount
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Parts {
            amount: i64,
            currency: String,
        }
        let parts = Parts::deserialize(deserializer)?;
        let currency = parts.currency.parse().map_err(serde::de::Error::custom)?;
        Self::new(parts.amount, currency).map_err(serde::de::Error::custom)
    }
}

/// A currency by its ISO 4217 code: three capital letters.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The code.
    #[must_use]
    pub fn code(&self) -> &str {
        // Only capital letters get in, so this is always text.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let code: [u8; 3] = text.as_bytes().try_into().map_err(|_| MoneyError::Currency)?;
        if code.iter().all(u8::is_ascii_uppercase) { Ok(Self(code)) } else { Err(MoneyError::Currency) }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// Why something is not money.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// Beyond ±(2^53 − 1) minor units.
    #[error("the amount must be within ±9007199254740991 minor units")]
    Amount,
    /// Not three capital letters.
    #[error("the currency must be an ISO 4217 code of three capital letters")]
    Currency,
}

impl Column for Money {
    const KIND: Kind = Kind::Money;
    type Value = Self;

    fn bind(&self, args: &mut Vec<Arg>) {
        args.push(Arg::I64(Some(self.amount)));
        args.push(Arg::Text(Some(self.currency.code().to_owned())));
    }

    fn bind_null(args: &mut Vec<Arg>) {
        args.push(Arg::I64(None));
        args.push(Arg::Text(None));
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, ReadError> {
        let amount = i64::from_be_bytes(fixed(cells.value()?, "bigint")?);
        let currency = read_text(cells)?.parse().map_err(|_| ReadError::Form("currency"))?;
        Self::new(amount, currency).map_err(|_| ReadError::Range("money"))
    }
}
