//! Drafts of a model with a column of every kind.

use std::collections::HashSet;

use tenantry::schema::{Arg, Kind, Model, NewRow as _};
use tenantry::{Date, Id, ModelEnum, Money, Record, Stamps, Timestamp, tenant_model};

use super::{draft, draft_with, drafts, values};

#[derive(Clone, Copy, Debug, Eq, Hash, ModelEnum, PartialEq)]
enum Mood {
    Calm,
    Wild,
}

#[tenant_model(table = "things", unique(mood, number))]
struct Thing {
    id: Id<Thing>,
    #[model(unique, max_len = 3)]
    code: String,
    #[model(max_len = 1)]
    letter: String,
    text: String,
    note: Option<String>,
    mood: Mood,
    flag: bool,
    number: i32,
    big: i64,
    price: Money,
    budget: Option<Money>,
    day: Date,
    at: Timestamp,
    other: uuid::Uuid,
    owner: Id<Thing>,
    parent: Option<Id<Thing>>,
    #[model(flatten)]
    stamps: Stamps,
}

#[tenant_model(table = "moods")]
struct OfMoods {
    id: Id<OfMoods>,
    #[model(unique)]
    mood: Mood,
}

fn bound<M: Record>(new: &M::New) -> Vec<Arg> {
    let mut args = Vec::new();
    new.bind(&mut args);
    args
}

#[test]
fn a_draft_is_what_its_values_say() {
    for seed in [0, 1, 35, 36, 46_655, 46_656, u64::MAX] {
        let thing = draft_with::<Thing>(seed);
        assert_eq!(bound::<Thing>(&thing), values(Thing::DEF, seed).concat(), "read back as it was written");
        assert_eq!(bound::<Thing>(&thing), bound::<Thing>(&draft_with::<Thing>(seed)), "the same for the same seed");
    }
}

#[test]
fn values_keep_to_their_columns_and_are_not_all_alike() {
    let mut seen: Vec<HashSet<String>> = vec![HashSet::new(); Thing::DEF.insertable().count()];
    for seed in 0..300 {
        for ((column, args), seen) in Thing::DEF.insertable().zip(values(Thing::DEF, seed)).zip(&mut seen) {
            seen.insert(format!("{args:?}"));
            match args.as_slice() {
                args if args.iter().any(Arg::is_null) => assert!(column.nullable && args.iter().all(Arg::is_null), "{}", column.name),
                [Arg::Text(Some(text))] => {
                    assert!(!text.is_empty() && column.max_len.is_none_or(|max| text.chars().count() <= max as usize), "{text:?}");
                    assert!(!matches!(column.kind, Kind::Enum(words) if !words.contains(&text.as_str())), "{text}");
                }
                [Arg::I64(Some(amount)), Arg::Text(Some(currency))] => {
                    assert!(Money::new(*amount, currency.parse().expect("a currency")).is_ok());
                }
                [Arg::I64(Some(number))] => assert!(number.abs() <= Money::MAX),
                _ => {}
            }
        }
    }
    for (column, seen) in Thing::DEF.insertable().zip(&seen) {
        let one = column.name == "parent";
        assert_eq!(seen.len() == 1, one, "{} has {} values", column.name, seen.len());
    }
}

#[test]
fn drafts_differ_in_their_unique_keys() {
    let things = drafts::<Thing>(500);
    assert_eq!(things.iter().map(|thing| &thing.code).collect::<HashSet<_>>().len(), 500);
    assert_eq!(things.iter().map(|thing| (thing.mood, thing.number)).collect::<HashSet<_>>().len(), 500);
    assert_ne!(draft::<Thing>().code, draft::<Thing>().code, "two calls, too");
}

#[test]
fn a_key_with_few_values_gives_few_rows() {
    let moods: HashSet<Mood> = drafts::<OfMoods>(2).iter().map(|new| new.mood).collect();
    assert_eq!(moods.len(), 2);
}

#[test]
#[should_panic(expected = "a unique key of OfMoods has too few values for 3 rows")]
fn and_says_so_when_they_are_too_few() {
    let _ = drafts::<OfMoods>(3);
}
