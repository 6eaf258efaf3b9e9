//! A manifest, relative to the crate that calls the macro.

use tenantry::Conventions;

tenantry::manifest!("ui-pass/models.toml");

#[test]
fn lists_the_models_in_the_order_of_the_file() {
    let names: Vec<_> = MODELS.iter().map(|entry| entry.def().name).collect();
    assert_eq!(names, ["Employee", "Department", "Every"]);
}

#[test]
fn overrides_what_it_names_of_the_conventions() {
    let (shared, functions, views): (&[&str], &[&str], &[&str]) = (&["reference.countries"], &["crm.slug"], &["crm.open_orders"]);
    assert_eq!(CONVENTIONS, Conventions { schema: "crm", shared, functions, views, ..Conventions::DEFAULT });
}
