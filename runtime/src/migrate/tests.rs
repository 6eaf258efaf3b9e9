//! What the generator prints, for reading.

use super::{check_name, generate, render_snapshot};
use crate::diff::{Direction, Step, diff};
use crate::schema::ir::Schema;
use crate::schema::{ColumnDef, Conventions, Kind, Literal, ModelDef, OnDelete, Unique};
use crate::testing::{CUSTOMER, DEPARTMENT, EMPLOYEE, NOTE, ORDER, customer, model, note, order, schema, to};

fn printed(previous: &Schema, next: &Schema) -> String {
    let generated = generate(previous, next, 1, None).expect("nothing is refused").expect("something changed");
    format!("{}\n=================\n\n{}", generated.up.1, generated.down.1)
}

fn first(models: &[&'static ModelDef]) -> String {
    printed(&Schema::default(), &schema(models))
}

#[test]
fn the_first_migration_of_a_small_model() {
    insta::assert_snapshot!(first(&[&NOTE]));
}

#[test]
fn the_first_migration_of_several_models() {
    insta::assert_snapshot!(first(&[&ORDER, &CUSTOMER, &DEPARTMENT, &EMPLOYEE]));
}

/// `NOTE` with these columns after its key.
fn notes(columns: &[ColumnDef]) -> &'static ModelDef {
    let mut all = vec![ColumnDef::new("id", to("Note", "notes", note), false)];
    all.extend(columns);
    Box::leak(Box::new(model("Note", "notes", "A note of the tenant's.", Box::leak(all.into_boxed_slice()))))
}

fn changes(before: &[&'static ModelDef], after: &[&'static ModelDef]) -> Vec<String> {
    let plan = diff(&schema(before), &schema(after), Direction::Up).expect("nothing is refused");
    plan.changes.iter().map(ToString::to_string).collect()
}

fn refused(before: &[&'static ModelDef], after: &[&'static ModelDef]) -> Vec<String> {
    let refusals = generate(&schema(before), &schema(after), 2, None).expect_err("is refused");
    refusals.iter().map(ToString::to_string).collect()
}

#[test]
fn nothing_changes_nothing() {
    let models: &[&'static ModelDef] = &[&ORDER, &CUSTOMER, &DEPARTMENT, &EMPLOYEE];
    assert_eq!(generate(&schema(models), &schema(models), 2, None), Ok(None));
    let mut turned = models.to_vec();
    turned.reverse();
    assert_eq!(generate(&schema(models), &schema(&turned), 2, None), Ok(None), "the order of the manifest is no difference");
}

#[test]
fn tables_that_go_are_named_and_their_keys_go_first() {
    insta::assert_snapshot!(printed(&schema(&[&NOTE, &ORDER, &CUSTOMER, &DEPARTMENT, &EMPLOYEE]), &schema(&[&NOTE])));
}

#[test]
fn a_key_that_changes_its_deletion_is_made_again() {
    let key = |on_delete| notes(&[ColumnDef { on_delete, ..ColumnDef::new("customer", to("Customer", "customers", customer), true) }]);
    let (before, after) = (key(OnDelete::Restrict), key(OnDelete::Cascade));
    insta::assert_snapshot!(printed(&schema(&[before, &CUSTOMER]), &schema(&[after, &CUSTOMER])));
}

#[test]
fn a_table_that_is_referred_to_goes_after_the_key() {
    let (before, after) = (notes(&[ColumnDef::new("customer", to("Customer", "customers", customer), true)]), notes(&[]));
    let plan = diff(&schema(&[before, &CUSTOMER]), &schema(&[after]), Direction::Up).expect("nothing is refused");
    let key = plan.steps.iter().position(|step| matches!(step, Step::Alter { table, .. } if table.name == "notes"));
    let table = plan.steps.iter().position(|step| matches!(step, Step::DropTable(name) if name.name == "customers"));
    assert!(key.is_some() && key < table, "{:#?}", plan.steps);
}

#[test]
fn a_key_to_a_new_table_comes_before_its_force() {
    let (before, after) = (notes(&[]), notes(&[ColumnDef::new("order", to("Order", "orders", order), true)]));
    let plan = diff(&schema(&[before, &CUSTOMER]), &schema(&[after, &CUSTOMER, &ORDER]), Direction::Up).expect("nothing is refused");
    let at = |wanted: fn(&Step) -> bool| plan.steps.iter().position(wanted);
    let lift = at(|step| matches!(step, Step::Lift(names) if names.len() == 1 && names.iter().all(|name| name.name == "notes")));
    let restore = at(|step| matches!(step, Step::Restore(_)));
    let force = at(|step| matches!(step, Step::Force(_)));
    assert!(lift.is_some() && lift < restore && restore < force, "{:#?}", plan.steps);
}

#[test]
fn what_would_lose_or_break_rows_is_refused_all_at_once() {
    let before = notes(&[ColumnDef::new("a", Kind::I32, false), ColumnDef::new("b", Kind::Text, false)]);
    let after =
        notes(&[ColumnDef::new("a", Kind::I64, false), ColumnDef::new("b", Kind::Date, false), ColumnDef::new("c", Kind::Bool, false)]);
    let refusals = refused(&[before], &[after]);
    assert_eq!(refusals.len(), 3, "{refusals:#?}");
    for (refusal, start) in refusals.iter().zip(["Note.a: its column is integer", "Note.b: its column is text", "Note.c: a new column"]) {
        assert!(refusal.starts_with(start), "{refusal}");
    }
    let renamed = Schema::of_models(&[&NOTE], &Conventions { settings: "my", ..Conventions::DEFAULT });
    let refusals = generate(&schema(&[&NOTE]), &renamed, 2, None).expect_err("is refused");
    assert!(refusals.iter().any(|refusal| refusal.subject == "[conventions]"));
}

#[test]
fn a_change_is_named_by_its_field() {
    let before = notes(&[ColumnDef::new("a", Kind::Text, true)]);
    let with = |column: ColumnDef| changes(&[before], &[notes(&[column])]);
    let a = ColumnDef::new("a", Kind::Text, true);
    assert_eq!(with(ColumnDef { nullable: false, ..a }), ["Note.a  takes no null any more"]);
    assert_eq!(with(ColumnDef { default: Some(Literal::Str("x")), ..a }), ["Note.a  default 'x'"]);
    assert_eq!(with(ColumnDef { max_len: Some(9), ..a }), ["Note.a  char_length(a) <= 9"]);
    assert_eq!(with(ColumnDef { unique: true, ..a }), ["Note.a  unique"]);
    assert_eq!(with(ColumnDef { index: true, ..a }), ["Note.a  index notes_a_idx"]);
    assert_eq!(with(ColumnDef { name: "b", ..a }), ["Note.a  goes, with what it held", "Note.b  new: text, takes null"]);
    let several = Box::leak(Box::new(ModelDef { uniques: &[Unique { columns: &["a", "id"] }], ..*before }));
    assert_eq!(changes(&[before], &[several]), ["Note.(a, id)  unique"]);
}

#[test]
fn the_way_back_says_what_it_does() {
    let integer = ColumnDef { unique: true, ..ColumnDef::new("number", Kind::I32, false) };
    let back = |before: &[&'static ModelDef], after: &[&'static ModelDef]| {
        let generated = generate(&schema(before), &schema(after), 2, None).expect("nothing is refused").expect("something changed");
        generated.down.1
    };
    let down = back(&[&NOTE], &[&NOTE, &CUSTOMER]);
    assert!(down.contains("--   Customer  drops table app.customers, with its rows\n") && !down.contains("new table"), "{down}");
    assert!(down.contains("-- Rows are lost, those of every tenant: each table goes with all that it holds.\ndrop table"), "{down}");
    let down = back(&[&NOTE, &CUSTOMER], &[&NOTE]);
    assert!(down.contains("--   Customer  table app.customers comes back, without its rows\n"), "{down}");
    // No integer can stand in for a unique one.
    let down = back(&[notes(&[integer])], &[notes(&[])]);
    assert!(down.contains("--   Note.number  comes back: integer; unique\n-- It works while no row is in app.notes: "), "{down}");
    assert!(down.contains("nothing can stand in for it: fails while app.notes has rows."), "{down}");
}

#[test]
fn hostile_texts_stay_texts() {
    let doc = "It's a note.\n*/ ; drop table app.notes; --\r\n\\";
    let words: &[&str] = &["a'b", "--", "$$", "\\"];
    let columns = [ColumnDef { default: Some(Literal::Str("'); drop table app.notes; --\n")), ..ColumnDef::new("a", Kind::Text, false) }];
    let hostile = Box::leak(Box::new(ModelDef { doc, ..*notes(&columns) }));
    let enumerated = notes(&[columns[0], ColumnDef::new("b", Kind::Enum(Box::leak(Box::new(["a'b", "--", "$$", "\\"]))), true)]);
    assert_eq!(words.len(), 4);
    insta::assert_snapshot!(printed(&schema(&[hostile]), &schema(&[enumerated])));
}

#[test]
fn many_columns_are_wrapped() {
    let columns: Vec<ColumnDef> = (0..30)
        .map(|number| ColumnDef::new(Box::leak(format!("a_rather_long_name_{number}").into_boxed_str()), Kind::Bool, true))
        .collect();
    let text = first(&[notes(&columns)]);
    let longest = text.lines().map(|line| line.chars().count()).max();
    assert!(longest <= Some(140), "a line of {longest:?} characters");
}

#[test]
fn a_snapshot_is_read_as_it_was_written() {
    let folder = std::env::temp_dir().join(format!("tenantry-snapshot-{}", std::process::id()));
    let all = schema(&[&ORDER, &CUSTOMER, &DEPARTMENT, &EMPLOYEE]);
    super::write(&folder, None, &all).expect("is written");
    let read = super::read_snapshot(&folder).expect("is read");
    std::fs::remove_dir_all(&folder).expect("is removed");
    assert_eq!(read, Some(all));
    insta::assert_snapshot!(render_snapshot(&schema(&[&NOTE])).expect("is written"));
}

#[test]
fn names_of_files_are_plain() {
    for name in ["", "a b", "../a", "a.b", "A", "ä", &"a".repeat(61)] {
        assert!(check_name(name).is_err(), "{name}");
    }
    assert!(check_name("customer_nickname_2").is_ok());
}
