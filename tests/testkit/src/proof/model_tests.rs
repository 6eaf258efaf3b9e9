//! The model against cases that are worked out by hand: what it gets wrong, the proof would not find.

use serde_json::{Value, json};
use tenantry::Conventions;
use tenantry::schema::{ColumnDef, Kind, Managed, ModelDef, ModelRef, OnDelete, Scope, Unique, Verbs};
use uuid::Uuid;

use super::custom::Effect;
use super::model::{Book, Outcome, Row, World};
use super::operation::Scene;
use super::value::Draw;

const PARENT: ModelRef = ModelRef { name: "Parent", table: "parents", scope: Scope::Tenant, def: || &PARENTS };
const PARENTS: ModelDef = ModelDef {
    name: "Parent",
    table: "parents",
    scope: Scope::Tenant,
    doc: "",
    columns: &[
        ColumnDef::new("id", Kind::Id(PARENT), false),
        ColumnDef { unique: true, max_len: Some(3), ..ColumnDef::new("code", Kind::Text, true) },
        ColumnDef { managed: Managed::Version, ..ColumnDef::new("version", Kind::I64, false) },
    ],
    uniques: &[],
    indexes: &[],
    routes: Verbs::NONE,
    permissions: &[],
};

/// A child of each kind: restricting, cascading, set to null. Position and parent are unique together.
const CHILDREN: [ModelDef; 3] = [child(OnDelete::Restrict), child(OnDelete::Cascade), child(OnDelete::SetNull)];

const fn columns(on_delete: OnDelete) -> &'static [ColumnDef] {
    const fn of(on_delete: OnDelete) -> [ColumnDef; 4] {
        [
            ColumnDef::new("id", Kind::Id(PARENT), false),
            ColumnDef { on_delete, ..ColumnDef::new("parent", Kind::Id(PARENT), true) },
            ColumnDef::new("position", Kind::I32, false),
            ColumnDef { managed: Managed::Version, ..ColumnDef::new("version", Kind::I64, false) },
        ]
    }
    const RESTRICT: [ColumnDef; 4] = of(OnDelete::Restrict);
    const CASCADE: [ColumnDef; 4] = of(OnDelete::Cascade);
    const SET_NULL: [ColumnDef; 4] = of(OnDelete::SetNull);
    match on_delete {
        OnDelete::Restrict => &RESTRICT,
        OnDelete::Cascade => &CASCADE,
        OnDelete::SetNull => &SET_NULL,
    }
}

const fn child(on_delete: OnDelete) -> ModelDef {
    ModelDef {
        name: "Child",
        table: "children",
        columns: columns(on_delete),
        uniques: &[Unique { columns: &["parent", "position"] }],
        ..PARENTS
    }
}

fn world(child: usize) -> World {
    World { models: vec![&PARENTS, &CHILDREN[child]], ..World::new(&[], Conventions::DEFAULT) }
}

fn row(values: Value) -> Row {
    values.as_object().cloned().unwrap_or_default().into_iter().collect()
}

/// A parent with a child, and their ids.
fn family(world: &World) -> (Book, Uuid, Uuid) {
    let (parent, child) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let mut book = Book::new(world);
    book.insert(world, 0, parent, row(json!({"code": "a"})));
    book.insert(world, 1, child, row(json!({"parent": parent, "position": 1})));
    (book, parent, child)
}

#[test]
fn a_restricting_reference_holds_its_row() {
    let world = world(0);
    let (mut book, parent, child) = family(&world);
    let before = book.clone();
    assert_eq!(book.delete(&world, 0, &[parent]), Outcome::Referenced);
    assert_eq!(book, before);
    assert_eq!(book.delete(&world, 1, &[child]), Outcome::Done);
    assert_eq!(book.delete(&world, 0, &[parent]), Outcome::Done);
    assert!(book.rows().is_empty());
}

#[test]
fn a_cascade_takes_the_child_along() {
    let world = world(1);
    let (mut book, parent, _) = family(&world);
    assert_eq!(book.delete(&world, 0, &[parent]), Outcome::Done);
    assert!(book.rows().is_empty());
}

#[test]
fn a_reference_that_is_set_to_null_moves_the_version() {
    let world = world(2);
    let (mut book, parent, child) = family(&world);
    assert_eq!(book.delete(&world, 0, &[parent]), Outcome::Done);
    let left = &book.tables[1][&child];
    assert_eq!((&left["parent"], &left["version"]), (&Value::Null, &json!(2)));
}

#[test]
fn new_rows_and_changes_are_judged() {
    let world = world(0);
    let (mut book, parent, child) = family(&world);
    let judge = |book: &Book, model, values| book.judge_new(&world, model, &row(values));
    assert_eq!(judge(&book, 0, json!({"code": "a"})), Outcome::Unique);
    assert_eq!(judge(&book, 0, json!({"code": null})), Outcome::Done, "nulls are distinct");
    assert_eq!(judge(&book, 0, json!({"code": "abcd"})), Outcome::Invalid);
    assert_eq!(judge(&book, 1, json!({"parent": Uuid::nil(), "position": 1})), Outcome::Reference);
    assert_eq!(judge(&book, 1, json!({"parent": parent, "position": 1})), Outcome::Unique);
    assert_eq!(judge(&book, 1, json!({"parent": parent, "position": 2})), Outcome::Done);
    assert_eq!(judge(&book, 1, json!({"parent": parent, "position": null})), Outcome::Invalid);
    assert_eq!(book.patch(&world, 0, parent, &row(json!({"code": "a"}))), Outcome::Done, "its own key is not taken");
    assert_eq!(book.tables[0][&parent]["version"], json!(2));
    assert_eq!(book.patch(&world, 0, parent, &Row::new()), Outcome::Done);
    assert_eq!(book.tables[0][&parent]["version"], json!(2), "an empty patch writes nothing");
    assert_eq!(book.patch(&world, 0, child, &Row::new()), Outcome::NotFound);
}

#[test]
fn drawn_rows_respect_the_rules_of_the_application() {
    let mut world = world(0);
    world.domain.add(
        "parents",
        std::sync::Arc::new(|row| {
            row.insert("code".to_owned(), json!(row["code"].as_str().map(|code| code.replace('u', "r"))));
            row["code"].is_string()
        }),
    );
    let book = Book::new(&world);
    let scene = Scene { world: &world, own: &book, others: Vec::new() };
    for seed in 0..200 {
        let code = scene.fresh(0, &mut Draw::new(seed))["code"].clone();
        assert!(code.as_str().is_some_and(|code| code.starts_with('r')), "drawn again when it is null, and mended: {code}");
    }
}

#[test]
fn an_effect_is_held_against_keys_and_references() {
    let world = world(0);
    let (mut book, parent, child) = family(&world);
    let new = Uuid::from_u128(3);
    assert_eq!(Effect::none().insert("parents", new, row(json!({"code": "b"}))).apply(&world, &mut book), Ok(()));
    assert_eq!(book.tables[0][&new], row(json!({"id": new, "code": "b", "version": 1})));
    let taken = Effect::none().patch("parents", new, row(json!({"code": "a"})));
    assert!(taken.apply(&world, &mut book).unwrap_err().contains("Unique"));
    let held = Effect::none().delete("parents", parent);
    assert!(held.apply(&world, &mut book).unwrap_err().contains("Referenced"));
    // One after the other: the child goes first.
    assert_eq!(Effect::none().delete("children", child).delete("parents", parent).apply(&world, &mut book), Ok(()));
}
