//! What a person sees of the README's customer, and of a name that is none.

use tenantry::{Conventions, Entry, Id, ModelEnum, Money, Registry, Stamps, tenant_model};

use super::sections;

/// Whether a customer may order.
#[derive(Clone, Copy, Debug, Eq, ModelEnum, PartialEq)]
enum CustomerStatus {
    Active,
    OnHold,
}

/// A customer of the tenant.
#[tenant_model(table = "customers")]
struct Customer {
    id: Id<Customer>,
    #[model(unique, max_len = 32)]
    code: String,
    #[model(max_len = 200, filter, sort)]
    name: String,
    #[model(default = "active", filter)]
    status: CustomerStatus,
    #[model(readonly)]
    credit_limit: Option<Money>,
    #[model(filter, references(on_delete = "set null"))]
    parent: Option<Id<Customer>>,
    #[model(secret, max_len = 97)]
    portal_password: Option<String>,
    #[model(flatten)]
    stamps: Stamps,
}

/// Something without routes.
#[tenant_model(table = "counters", routes = false)]
struct Counter {
    id: Id<Counter>,
    value: i64,
}

fn show(name: &str) -> String {
    let registry = Registry::new(&[Entry::of::<Customer>(), Entry::of::<Counter>()], Conventions::DEFAULT).unwrap();
    match sections(&registry, name) {
        Ok(sections) => sections.iter().map(|section| format!("{}\n\n{}\n\n", section.title, section.text)).collect(),
        Err(error) => format!("error: {error}"),
    }
}

#[test]
fn a_customer() {
    insta::assert_snapshot!(show("Customer"));
}

#[test]
fn the_table_names_the_model_too() {
    assert_eq!(show("customers"), show("Customer"));
    assert_eq!(show("app.customers"), show("Customer"));
}

#[test]
fn a_model_without_routes_and_the_platforms_table() {
    assert!(show("Counter").ends_with("Routes of Counter\n\nnone: the model says `routes = false`\n\n"));
    let tenants = show("Tenant");
    assert!(tenants.starts_with("Table of Tenant\n\n") && !tenants.contains("Statements of"));
}

#[test]
fn a_misspelt_name_gets_a_suggestion_and_any_other_the_list() {
    assert_eq!(show("Custmer"), "error: there is no model `Custmer`; did you mean `Customer`?");
    assert_eq!(show("COUNTER"), "error: there is no model `COUNTER`; did you mean `Counter`?");
    assert_eq!(show("costumers"), "error: there is no model `costumers`; did you mean `customers`?");
    assert_eq!(
        show("Zzz"),
        "error: there is no model `Zzz`; there are Plan, Tenant, Domain, Identity, User, Role, UserRole, ApiKey, Login, Invitation, Act, Customer, Counter"
    );
    assert_eq!(
        show(""),
        "error: there is no model ``; there are Plan, Tenant, Domain, Identity, User, Role, UserRole, ApiKey, Login, Invitation, Act, Customer, Counter"
    );
    assert_eq!(
        show("\u{1b}[31m\n"),
        "error: there is no model `\\u{1b}[31m\\n`; there are Plan, Tenant, Domain, Identity, User, Role, UserRole, ApiKey, Login, Invitation, Act, Customer, Counter"
    );
}

#[test]
fn nothing_is_coloured_but_on_a_terminal() {
    assert!(!show("Customer").contains('\u{1b}'));
    assert_eq!(crate::output::titled("Table", false), "Table");
    assert_eq!(crate::output::titled("Table", true), "\u{1b}[1mTable\u{1b}[0m");
}
