//! Dates and instants, with the precision and the range that PostgreSQL and JSON share.

use std::fmt;
use std::str::FromStr;

use jiff::civil;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::column::fixed;
use super::{Arg, Base, Cells, Column, ColumnDef, Kind, Managed, ReadError};

/// Days from jiff's epoch, 1970-01-01, to PostgreSQL's, 2000-01-01.
const EPOCH_DAYS: i32 = 10_957;
/// The same in microseconds.
const EPOCH_MICROS: i64 = EPOCH_DAYS as i64 * 86_400_000_000;

/// A calendar date (RFC 3339 `full-date`), year 0000 to 9999: `2026-11-24`.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Date(civil::Date);

/// An instant in UTC with microseconds (RFC 3339): `2026-11-24T08:15:30.25Z`. More digits are refused, since PostgreSQL would round them.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Timestamp(jiff::Timestamp);

/// Why a text is not a date or an instant.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// Not a date.
    #[error("must be a date such as 2026-11-24")]
    Date,
    /// Not an instant.
    #[error("must be an instant with its offset, such as 2026-11-24T08:15:30Z")]
    Timestamp,
    /// More than six digits of a second.
    #[error("must have at most six digits after the second")]
    Precision,
    /// Before year 0 or after year 9999.
    #[error("the year must be within 0000 and 9999")]
    Range,
}

impl Date {
    /// The days since 2000-01-01, PostgreSQL's form.
    #[must_use]
    pub fn pg_days(self) -> i32 {
        let epoch = civil::Date::constant(2000, 1, 1);
        epoch.until(self.0).map(|span| span.get_days()).unwrap_or_default()
    }

    /// The date of so many days since 2000-01-01.
    ///
    /// # Errors
    /// When the year is not within 0000 and 9999; also for PostgreSQL's `infinity`.
    pub fn from_pg_days(days: i32) -> Result<Self, TimeError> {
        let span = jiff::Span::new().try_days(days).map_err(|_| TimeError::Range)?;
        let date = civil::Date::constant(2000, 1, 1).checked_add(span).map_err(|_| TimeError::Range)?;
        Self::try_from(date)
    }
}

impl TryFrom<civil::Date> for Date {
    type Error = TimeError;

    fn try_from(date: civil::Date) -> Result<Self, TimeError> {
        if date.year() < 0 { Err(TimeError::Range) } else { Ok(Self(date)) }
    }
}

impl From<Date> for civil::Date {
    fn from(date: Date) -> Self {
        date.0
    }
}

impl FromStr for Date {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        if !plain {
            return Err(TimeError::Date);
        }
        text.parse::<civil::Date>().map_err(|_| TimeError::Date).and_then(Self::try_from)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Timestamp {
    /// Now, cut to microseconds.
    #[must_use]
    pub fn now() -> Self {
        let now = jiff::Timestamp::now();
        Self(jiff::Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now))
    }

    /// The microseconds since 2000-01-01T00:00:00Z, PostgreSQL's form.
    #[must_use]
    pub fn pg_micros(self) -> i64 {
        self.0.as_microsecond() - EPOCH_MICROS
    }

    /// The instant of so many microseconds since 2000-01-01T00:00:00Z.
    ///
    /// # Errors
    /// When the year is not within 0000 and 9999; also for PostgreSQL's `infinity`.
    pub fn from_pg_micros(micros: i64) -> Result<Self, TimeError> {
        let micros = micros.checked_add(EPOCH_MICROS).ok_or(TimeError::Range)?;
        let instant = jiff::Timestamp::from_microsecond(micros).map_err(|_| TimeError::Range)?;
        Self::try_from(instant)
    }
}

impl TryFrom<jiff::Timestamp> for Timestamp {
    type Error = TimeError;

    fn try_from(instant: jiff::Timestamp) -> Result<Self, TimeError> {
        if instant.subsec_nanosecond() % 1_000 != 0 {
            return Err(TimeError::Precision);
        }
        // 0000-01-01T00:00:00Z; jiff goes back to year -9999.
        if instant.as_second() < -62_167_219_200 {
            return Err(TimeError::Range);
        }
        Ok(Self(instant))
    }
}

impl From<Timestamp> for jiff::Timestamp {
    fn from(instant: Timestamp) -> Self {
        instant.0
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        // jiff also takes `2026-11-24T09:15+01:00[Europe/Berlin]` and a space for the T; RFC 3339 has no zone names.
        if text.len() > 40 || text.contains(['[', ' ']) {
            return Err(TimeError::Timestamp);
        }
        text.parse::<jiff::Timestamp>().map_err(|_| TimeError::Timestamp).and_then(Self::try_from)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Column for Date {
    const KIND: Kind = Kind::Date;
    type Value = Self;

    fn bind(&self, args: &mut Vec<Arg>) {
        args.push(Arg::Date(Some(*self)));
    }

    fn bind_null(args: &mut Vec<Arg>) {
        args.push(Arg::Date(None));
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, ReadError> {
        let days = i32::from_be_bytes(fixed(cells.value()?, "date")?);
        Self::from_pg_days(days).map_err(|_| ReadError::Range("date"))
    }
}

impl Column for Timestamp {
    const KIND: Kind = Kind::Timestamp;
    type Value = Self;

    fn bind(&self, args: &mut Vec<Arg>) {
        args.push(Arg::Timestamp(Some(*self)));
    }

    fn bind_null(args: &mut Vec<Arg>) {
        args.push(Arg::Timestamp(None));
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, ReadError> {
        let micros = i64::from_be_bytes(fixed(cells.value()?, "timestamptz")?);
        Self::from_pg_micros(micros).map_err(|_| ReadError::Range("timestamptz"))
    }
}

/// The base of most models: how often and when a row was changed. The database writes all three; a trigger moves them also when a cascade
/// or hand-written SQL changes the row.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Stamps {
    /// 1 when made, one more with each change.
    pub version: i64,
    /// When the row was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Base for Stamps {
    const COLUMNS: &'static [ColumnDef] = &[
        ColumnDef {
            doc: "How often the row was written: 1 when made, one more with each change.",
            managed: Managed::Version,
            ..ColumnDef::new("version", Kind::I64, false)
        },
        ColumnDef { doc: "When the row was made.", managed: Managed::CreatedAt, ..ColumnDef::new("created_at", Kind::Timestamp, false) },
        ColumnDef {
            doc: "When the row was last changed.",
            managed: Managed::UpdatedAt,
            ..ColumnDef::new("updated_at", Kind::Timestamp, false)
        },
    ];

    fn read(cells: &mut Cells<'_>) -> Result<Self, ReadError> {
        Ok(Self { version: i64::read(cells)?, created_at: Timestamp::read(cells)?, updated_at: Timestamp::read(cells)? })
    }

    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("version", &self.version)?;
        map.serialize_entry("created_at", &self.created_at)?;
        map.serialize_entry("updated_at", &self.updated_at)
    }
}
