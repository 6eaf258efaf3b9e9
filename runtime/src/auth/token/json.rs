//! JSON whose objects have each name once. Two readers of `{"aud":"a","aud":"b"}` may see different audiences (RFC 7519, section 4, lets a
//! reader refuse it), so here it is seen by nobody.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::mutants::mutant;

/// A value, as far as tokens need it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    /// A whole number from 0 up to 2^64.
    Whole(u64),
    Text(String),
    List(Vec<Self>),
    Object(Object),
    /// Null, a boolean, a negative number, a number with a fraction.
    Other,
}

/// The members of an object, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Object(Vec<(String, Json)>);

/// Why bytes are no such object.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum NoObject {
    /// No JSON in UTF-8, or something other than an object.
    Form,
    /// A name stands in an object twice.
    Twice,
}

impl Object {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, NoObject> {
        let Ok(Json::Object(object)) = serde_json::from_slice(bytes) else { return Err(NoObject::Form) };
        if object.has_twice() && !mutant!("token_duplicates_last") { Err(NoObject::Twice) } else { Ok(object) }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Json> {
        self.0.iter().rev().find_map(|(known, value)| (known == name).then_some(value))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The text of that name; `Err` when it is something else.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, NotOfKind> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::Text(text)) => Ok(Some(text)),
            Some(_) => Err(NotOfKind),
        }
    }

    /// The whole number of that name; `Err` when it is something else.
    pub(super) fn whole(&self, name: &str) -> Result<Option<u64>, NotOfKind> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::Whole(number)) => Ok(Some(*number)),
            Some(_) => Err(NotOfKind),
        }
    }

    fn has_twice(&self) -> bool {
        let mut seen = HashSet::new();
        self.0.iter().any(|(name, value)| !seen.insert(name) || value.has_twice())
    }
}

/// A member is of another kind than it should be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct NotOfKind;

impl Json {
    fn has_twice(&self) -> bool {
        match self {
            Self::List(list) => list.iter().any(Self::has_twice),
            Self::Object(object) => object.has_twice(),
            _ => false,
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(u64::try_from(number).map_or(Json::Other, Json::Whole))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Whole(number))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut read = Vec::new();
        while let Some(value) = list.next_element()? {
            read.push(value);
        }
        Ok(Json::List(read))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Json, A::Error> {
        let mut read = Vec::new();
        while let Some(member) = object.next_entry()? {
            read.push(member);
        }
        Ok(Json::Object(Object(read)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_there_once_at_any_depth() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#, r#"{"a":{"b":1,"b":2}}"#, r#"{"a":[[{"b":1,"c":2,"b":3}]]}"#] {
            assert_eq!(Object::parse(text.as_bytes()), Err(NoObject::Twice), "{text}");
        }
        for text in
            ["", "[]", "1", "null", r#""a""#, r#"{"a":1}}"#, "{'a':1}", "\u{feff}{}", r#"{"a":01}"#, r#"{"a":"\ud800"}"#, r#"{"a":1,}"#]
        {
            assert_eq!(Object::parse(text.as_bytes()), Err(NoObject::Form), "{text}");
        }
        assert_eq!(Object::parse(b"{\"a\":\"\xff\"}"), Err(NoObject::Form));
        assert_eq!(Object::parse("[".repeat(100_000).as_bytes()), Err(NoObject::Form), "as deep as anybody likes");
        let object = Object::parse(br#"{"n":7,"s":"x","f":7.5,"m":-1,"z":null}"#).unwrap();
        assert_eq!((object.whole("n"), object.text("s")), (Ok(Some(7)), Ok(Some("x"))));
        assert_eq!((object.whole("f"), object.whole("m"), object.text("z")), (Err(NotOfKind), Err(NotOfKind), Err(NotOfKind)));
        assert_eq!((object.whole("?"), object.text("?")), (Ok(None), Ok(None)));
    }
}
