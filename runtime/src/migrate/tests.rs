//! What the generator prints, for reading.

use super::generate;
use crate::schema::ModelDef;
use crate::schema::ir::Schema;
use crate::testing::{CUSTOMER, DEPARTMENT, EMPLOYEE, NOTE, ORDER, schema};

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
