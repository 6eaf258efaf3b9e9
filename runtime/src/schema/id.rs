//! The key of a row, with the type of its model.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::{Arg, Cells, Column, Kind, Model, ModelDef, ModelRef, ReadError};

/// The key of a row of `T`: a uuid of version 7 (RFC 9562), made by the service. As a field of another model it is a reference, and
/// the foreign key with the tenant on both sides comes from the type alone.
pub struct Id<T> {
    uuid: Uuid,
    model: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    /// A new key.
    #[must_use]
    pub fn generate() -> Self {
        Self::from_uuid(Uuid::now_v7())
    }

    /// The key with that uuid. It may belong to no row, or to another tenant's, which look alike.
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self { uuid, model: PhantomData }
    }

    /// The uuid.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.uuid
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}

impl<T> Eq for Id<T> {}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.uuid.cmp(&other.uuid)
    }
}

impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.fmt(f)
    }
}

impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.fmt(f)
    }
}

impl<T> FromStr for Id<T> {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::from_str(text).map(Self::from_uuid)
    }
}

impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.uuid.serialize(serializer)
    }
}

/// In JSON: 36 characters with hyphens, and none of the other spellings of a uuid, so that a key has one name in every route.
impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return Uuid::deserialize(deserializer).map(Self::from_uuid);
        }
        let text = String::deserialize(deserializer)?;
        let uuid = if text.len() == 36 { Uuid::try_parse(&text).ok() } else { None };
        uuid.map(Self::from_uuid).ok_or_else(|| D::Error::custom("must be a uuid such as 01890a5d-ac96-774b-bcce-b302099a8057"))
    }
}

fn def_of<T: Model>() -> &'static ModelDef {
    T::DEF
}

impl<T: Model> Column for Id<T> {
    const KIND: Kind = Kind::Id(ModelRef { name: T::NAME, table: T::TABLE, scope: T::SCOPE, def: def_of::<T> });
    type Value = Self;

    fn bind(&self, args: &mut Vec<Arg>) {
        args.push(Arg::Uuid(Some(self.uuid)));
    }

    fn bind_null(args: &mut Vec<Arg>) {
        args.push(Arg::Uuid(None));
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, ReadError> {
        Uuid::read(cells).map(Self::from_uuid)
    }
}
