//! JSON in: a body becomes arguments, by the definition of the model.
//!
//! The reader streams. It keeps no tree, takes the fields in the order of the body, and goes on behind an error, so that a caller learns
//! of all of them at once, each with its JSON pointer. What it refuses besides values that do not fit: unknown and repeated keys, the
//! key, the tenant, and what the database or a business rule writes.
//!
//! A body that is not JSON is told from JSON that the model does not take: the first is answered with 400, the second with 422.

mod errors;
#[cfg(test)]
mod tests;
mod token;
mod value;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess};

pub use self::errors::BodyError;
use self::errors::{Echo, closed, duplicate, refuse, required, unknown};
use self::token::{Key, Take, Token, Visit};
use self::value::Value;
use super::FieldErrors;
use super::scalar::{self, Refusal};
use crate::mutants::mutant;
use crate::schema::{Arg, ColumnDef, Conventions, Managed, ModelDef};

/// Reads the body of a create: the arguments of every column of [`ModelDef::insertable`], one after the other. A field that is not there
/// has its default, or null. The fields that are read-only for the caller are refused besides those of the model.
///
/// # Errors
/// When the body is not JSON, or not a row of the model.
pub fn read_new(def: &ModelDef, conventions: &Conventions, readonly: &[&str], body: &[u8]) -> Result<Vec<Arg>, BodyError> {
    let mut reader = Reader::new(def, conventions, readonly);
    reader.read(body)?;
    let mut args = Vec::with_capacity(def.columns.len() + 1);
    for (column, slot) in def.columns.iter().zip(reader.slots).filter(|(column, _)| column.is_insertable()) {
        match slot {
            Slot::Given(given) => args.extend(given),
            Slot::Refused => {}
            Slot::Absent => match absent(column, readonly) {
                Ok(given) => args.extend(given),
                Err(refusal) => refuse(&mut reader.errors, [column.name], refusal),
            },
        }
    }
    if reader.errors.is_empty() { Ok(args) } else { Err(BodyError::Invalid(reader.errors)) }
}

/// Reads the body of a patch: the new values in the order of [`ModelDef::updatable`], `None` where the field is not there. Null is a
/// value (RFC 7396): it sets the column to null. The fields that are read-only for the caller are refused besides those of the model.
///
/// # Errors
/// When the body is not JSON, or not a patch of the model.
pub fn read_patch(def: &ModelDef, conventions: &Conventions, readonly: &[&str], body: &[u8]) -> Result<Vec<Option<Vec<Arg>>>, BodyError> {
    let mut reader = Reader::new(def, conventions, readonly);
    reader.read(body)?;
    if !reader.errors.is_empty() {
        return Err(BodyError::Invalid(reader.errors));
    }
    let slots = def.columns.iter().zip(reader.slots).filter(|(column, _)| column.is_insertable());
    Ok(slots.map(|(_, slot)| slot.given()).collect())
}

/// What a row is created with where the body says nothing.
fn absent(column: &ColumnDef, readonly: &[&str]) -> Result<Vec<Arg>, Refusal> {
    match scalar::default(column).filter(|_| !mutant!("http_no_default")) {
        Some(default) => Ok(vec![default]),
        None if column.nullable => Ok(scalar::nulls(column.kind)),
        None if column.readonly => Err(closed("readonly", "is required and cannot be given: such a row is made by a rule of the service")),
        None if readonly.contains(&column.name) => {
            Err(closed("permission", "is required and read-only for the caller: somebody else makes such a row"))
        }
        None => Err(required()),
    }
}

struct Reader<'d> {
    def: &'d ModelDef,
    tenant_column: &'static str,
    /// The fields that the caller may not set.
    readonly: &'d [&'d str],
    /// One for each column of the model.
    slots: Vec<Slot>,
    errors: FieldErrors,
}

/// What the body said of a column.
#[derive(Clone, Debug)]
enum Slot {
    Absent,
    /// It was there, and an error was recorded.
    Refused,
    Given(Vec<Arg>),
}

impl Slot {
    fn given(self) -> Option<Vec<Arg>> {
        match self {
            Self::Given(args) => Some(args),
            Self::Absent | Self::Refused => None,
        }
    }
}

impl<'d> Reader<'d> {
    fn new(def: &'d ModelDef, conventions: &Conventions, readonly: &'d [&'d str]) -> Self {
        let slots = vec![Slot::Absent; def.columns.len()];
        Self { def, tenant_column: conventions.tenant_column, readonly, slots, errors: FieldErrors::new() }
    }

    /// Reads the whole body. The text is checked first: serde_json does not look into strings that it passes over.
    fn read(&mut self, body: &[u8]) -> Result<(), BodyError> {
        let text = std::str::from_utf8(body).map_err(|_| BodyError::NotUtf8)?;
        let mut deserializer = serde_json::Deserializer::from_str(text);
        // No taker fails, so every error is serde_json's own: syntax, the end of the text, or nesting beyond 128 levels.
        let object = Visit(Root(self))
            .deserialize(&mut deserializer)
            .and_then(|object| deserializer.end().map(|()| object))
            .map_err(|error| BodyError::Syntax { line: error.line(), column: error.column() })?;
        // Without an object there are no fields that could be missing.
        if object { Ok(()) } else { Err(BodyError::Invalid(std::mem::take(&mut self.errors))) }
    }

    /// Reads the value behind a key.
    fn field<'de, A: MapAccess<'de>>(&mut self, key: FieldKey, map: &mut A) -> Result<(), A::Error> {
        let (column, slot) = match key {
            FieldKey::Tenant if mutant!("http_tenant_passed_over") => return pass_over(map),
            FieldKey::Tenant => {
                let refusal = closed("tenant", "cannot be given: the tenant is the request's");
                refuse(&mut self.errors, [self.tenant_column], refusal);
                return pass_over(map);
            }
            FieldKey::Unknown(key) => {
                unknown(&mut self.errors, None, &key);
                return pass_over(map);
            }
            FieldKey::Column(index) => match self.def.columns.get(index).zip(self.slots.get_mut(index)) {
                Some(found) => found,
                None => return pass_over(map),
            },
        };
        if let Some(refusal) = not_accepted(column, slot, self.readonly) {
            refuse(&mut self.errors, [column.name], refusal);
            *slot = Slot::Refused;
            return pass_over(map);
        }
        let value = map.next_value_seed(Visit(Value { column, errors: &mut self.errors }))?;
        *slot = value.map_or(Slot::Refused, Slot::Given);
        Ok(())
    }
}

/// Why the column is refused, whatever its value.
fn not_accepted(column: &ColumnDef, slot: &Slot, readonly: &[&str]) -> Option<Refusal> {
    if !matches!(slot, Slot::Absent) {
        return Some(duplicate());
    }
    if mutant!("http_managed_accepted") {
        return None;
    }
    if column.is_key() {
        return Some(closed("id", "cannot be given: the service makes it"));
    }
    if column.managed != Managed::No {
        return Some(closed("managed", "cannot be given: the database writes it"));
    }
    if column.readonly {
        return Some(closed("readonly", "cannot be given: only rules of the service change it"));
    }
    let closed_to_caller = readonly.contains(&column.name) && !mutant!("permission_readonly_taken");
    closed_to_caller.then(|| closed("permission", "cannot be given: it is read-only for the caller"))
}

fn pass_over<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(|_| ())
}

enum FieldKey {
    Column(usize),
    Tenant,
    Unknown(Echo),
}

/// Takes the root of the body, which must be an object, and says whether it is one.
struct Root<'r, 'd>(&'r mut Reader<'d>);

impl Take for Root<'_, '_> {
    type Value = bool;

    fn token(self, _: Token<'_>) -> bool {
        refuse(&mut self.0.errors, [], Refusal::kind("an object"));
        false
    }

    fn object<'de, A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let (def, tenant_column) = (self.0.def, self.0.tenant_column);
        let find = |key: &str| match def.columns.iter().position(|column| column.name == key) {
            Some(index) => FieldKey::Column(index),
            None if key == tenant_column => FieldKey::Tenant,
            None => FieldKey::Unknown(key.into()),
        };
        while let Some(key) = map.next_key_seed(Key(find))? {
            self.0.field(key, &mut map)?;
        }
        Ok(true)
    }
}
