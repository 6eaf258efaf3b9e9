//! Names that could get in the way: raw identifiers, a prelude that is shadowed, and types that come through another macro.

#![expect(dead_code, reason = "the names of this module exist to be in the way")]

use tenantry::{Id, Model, Money, tenant_model};

struct Option;
struct Result;
struct Vec;
struct String;
#[expect(non_snake_case, reason = "the name of a variant of the prelude")]
fn Ok() {}
#[expect(non_snake_case, reason = "the name of a variant of the prelude")]
fn Some() {}
#[expect(non_upper_case_globals, reason = "the name of a variant of the prelude")]
const None: () = ();
mod core {}
mod std {}
trait Model_ {}
type Column = i32;

#[tenant_model(table = "keywords", unique(r#type, r#match), index(r#type))]
struct Keywords {
    id: Id<Keywords>,
    #[model(filter)]
    r#type: ::std::string::String,
    r#match: Column,
}

macro_rules! model {
    ($name:ident, $table:literal, $ty:ty) => {
        #[tenant_model(table = $table)]
        struct $name {
            id: Id<$name>,
            #[model(filter)]
            value: $ty,
        }
    };
}

model!(Made, "made", i64);

/// A column called as an associated constant of the trait is the column, and the constant is still there.
#[tenant_model(table = "clashes")]
struct Clash {
    id: Id<Clash>,
    #[model(filter, sort)]
    name: ::std::string::String,
    #[model(filter)]
    table: bool,
    total: Money,
}

#[test]
fn raw_identifiers_lose_their_mark() {
    let names: [&str; 3] = ::std::array::from_fn(|index| Keywords::DEF.columns[index].name);
    assert_eq!(names, ["id", "type", "match"]);
    assert_eq!(Keywords::DEF.uniques[0].columns, ["type", "match"]);
    assert_eq!(Keywords::TYPE.name(), "type");
}

#[test]
fn types_come_through_macros() {
    assert_eq!((Made::DEF.table, Made::VALUE.name()), ("made", "value"));
}

#[test]
fn columns_may_be_called_as_the_constants_are() {
    assert_eq!((Clash::NAME.name(), <Clash as Model>::NAME, Clash::DEF.name), ("name", "Clash", "Clash"));
    assert_eq!((Clash::TABLE.name(), <Clash as Model>::TABLE, Clash::DEF.table), ("table", "clashes", "clashes"));
}
