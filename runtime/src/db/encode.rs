//! How arguments become sqlx's, and how our own types take part in hand-written SQL.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgTypeInfo, PgValueFormat, PgValueRef};
use sqlx::{Arguments, Decode, Encode, Postgres, Type};
use uuid::Uuid;

use super::Error;
use crate::schema::{Arg, Date, Id, ModelEnum, TenantId, Timestamp};

/// The OID of `date` (pg_type.dat), fixed in every PostgreSQL.
const DATE: Oid = Oid(1082);
/// The OID of `timestamptz`.
const TIMESTAMPTZ: Oid = Oid(1184);

/// The tenant as `$1`, then the arguments.
pub(crate) fn encode(tenant: TenantId, args: Vec<Arg>) -> Result<PgArguments, Error> {
    let mut out = PgArguments::default();
    out.reserve(args.len() + 1, 16 * (args.len() + 1));
    out.add(tenant.uuid()).map_err(Error::encode)?;
    for arg in args {
        match arg {
            Arg::Uuid(value) => out.add(value),
            Arg::Text(value) => out.add(value),
            Arg::Bool(value) => out.add(value),
            Arg::I32(value) => out.add(value),
            Arg::I64(value) => out.add(value),
            Arg::Date(value) => out.add(value),
            Arg::Timestamp(value) => out.add(value),
        }
        .map_err(Error::encode)?;
    }
    Ok(out)
}

impl<T> Type<Postgres> for Id<T> {
    fn type_info() -> PgTypeInfo {
        <Uuid as Type<Postgres>>::type_info()
    }
}

impl<T> Encode<'_, Postgres> for Id<T> {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        <Uuid as Encode<Postgres>>::encode_by_ref(&self.uuid(), buf)
    }
}

impl<T> Decode<'_, Postgres> for Id<T> {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        <Uuid as Decode<Postgres>>::decode(value).map(Self::from_uuid)
    }
}

impl Type<Postgres> for Date {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(DATE)
    }
}

impl Encode<'_, Postgres> for Date {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buf.extend_from_slice(&self.pg_days().to_be_bytes());
        Ok(IsNull::No)
    }
}

impl Decode<'_, Postgres> for Date {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        match value.format() {
            PgValueFormat::Binary => Ok(Self::from_pg_days(i32::from_be_bytes(value.as_bytes()?.try_into()?))?),
            PgValueFormat::Text => Ok(value.as_str()?.parse()?),
        }
    }
}

impl Type<Postgres> for Timestamp {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(TIMESTAMPTZ)
    }
}

impl Encode<'_, Postgres> for Timestamp {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buf.extend_from_slice(&self.pg_micros().to_be_bytes());
        Ok(IsNull::No)
    }
}

impl Decode<'_, Postgres> for Timestamp {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        match value.format() {
            PgValueFormat::Binary => Ok(Self::from_pg_micros(i64::from_be_bytes(value.as_bytes()?.try_into()?))?),
            // Only unprepared statements answer in text, and a tenant transaction runs none.
            PgValueFormat::Text => Err("timestamps are read in the binary format only".into()),
        }
    }
}

/// The type of an enum's column: the generated code of `ModelEnum` asks here, since a trait of sqlx's cannot be implemented for all of them.
#[must_use]
pub fn word_type() -> PgTypeInfo {
    <str as Type<Postgres>>::type_info()
}

/// Whether a column of that type can hold words: `text`, and what PostgreSQL writes like it.
#[must_use]
pub fn is_word_type(other: &PgTypeInfo) -> bool {
    <str as Type<Postgres>>::compatible(other)
}

/// Writes the word of an enum.
///
/// # Errors
/// None; the trait of sqlx wants a result.
pub fn encode_word<T: ModelEnum>(value: &T, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
    <&str as Encode<Postgres>>::encode(value.word(), buffer)
}

/// Reads the word of an enum.
///
/// # Errors
/// When it is none of its words. The message does not repeat it.
pub fn decode_word<T: ModelEnum>(value: PgValueRef<'_>) -> Result<T, BoxDynError> {
    T::from_word(<&str as Decode<Postgres>>::decode(value)?).ok_or_else(|| format!("it is none of {}", T::WORDS.join(", ")).into())
}
