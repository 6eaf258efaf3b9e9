//! Weakened databases, on which the attacks must say that they got through; and the database as it is, on which none does.

use tenantry_testkit::Proof;
use tenantry_tests::{root, server};

/// Weakenings, each on a table of its own, and what the report must say of it.
const WEAKENINGS: &[(&str, &[&str])] = &[
    (
        "alter policy tenant_fence on app.categories with check (true);
         alter policy tenant_rows on app.categories with check (true)",
        &["INSERT, context own, naming the victim: ", "INSERT, context unset: "],
    ),
    (
        "alter table app.suppliers disable row level security",
        &["sql: SELECT, context own: ", "every relation, read: `select * from app.suppliers` => another tenant's"],
    ),
    (
        "alter policy tenant_fence on app.products using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
           or nullif(current_setting('app.tenant_id', true), '') is null);
         alter policy tenant_rows on app.products using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
           or nullif(current_setting('app.tenant_id', true), '') is null)",
        &["SELECT, context empty: ", "DELETE without WHERE, context unset: ", "read without a tenant: `select * from app.products`"],
    ),
    (
        "create unique index on app.customers (code)",
        &["INSERT … ON CONFLICT DO NOTHING, context own, naming the victim: ", "its key is answered by"],
    ),
    ("grant truncate on app.customers to tenantry_app", &["tenantry_app has truncate on \"app\".\"customers\"", "`truncate \"app\".\"customers\"`"]),
    (
        "alter policy tenant_fence on app.sales_orders using (tenant_id::text like nullif(current_setting('app.tenant_id', true), '') || '%');
         alter policy tenant_rows on app.sales_orders using (tenant_id::text like nullif(current_setting('app.tenant_id', true), '') || '%')",
        &["SELECT, context malformed: "],
    ),
    (
        "create view app.every_line as select * from app.sales_order_lines; grant select on app.every_line to tenantry_app",
        &["every relation, read: `select * from app.every_line` => another tenant's"],
    ),
    (
        "create table app.copies (line app.sales_order_lines); alter table app.copies disable row level security;
         grant select on app.copies to tenantry_app;
         create function app.copy() returns trigger language plpgsql security definer
           as 'begin insert into app.copies values (new); return new; end';
         create trigger copy after insert on app.sales_order_lines for each row execute function app.copy()",
        &["every relation, read: `select * from app.copies` => another tenant's"],
    ),
    (
        "create function app.peek(wanted uuid) returns text language sql security definer
           return (select c::text from app.customers c where id = wanted); grant execute on function app.peek to tenantry_app",
        &["every function, called: `select t::text from app.peek("],
    ),
    (
        "create function app.sink() returns void language sql security definer
           begin atomic update app.categories set description = 'x'; end; grant execute on function app.sink to tenantry_app",
        &["`select t::text from app.sink() t` => the victim's rows have changed"],
    ),
    ("create unique index on tenancy.invitations (email)", &["people: names and addresses that another tenant has: `an administrator at "]),
];

fn proof() -> Proof {
    Proof::new(tenantry_app::MODELS, tenantry_app::router).conventions(tenantry_app::CONVENTIONS).migrations(root().join("migrations"))
}

/// The whole proof tries more; this is for weakenings of the library.
#[test]
fn nothing_gets_through_to_another_tenants_people() {
    let report = proof().attacks_on(server(), "select 1").expect("a database to attack");
    assert!(report.violations_found().is_empty(), "{report}");
    let kinds: Vec<(String, u64)> = report.kinds().filter(|(kind, _)| kind.starts_with("people: ")).collect();
    assert_eq!(kinds.len(), 5, "{kinds:?}");
    assert!(kinds.iter().map(|(_, tried)| tried).sum::<u64>() > 1_000, "{kinds:?}");
}

#[test]
fn every_weakening_is_seen_by_the_attack_that_it_is_about() {
    let all: Vec<&str> = WEAKENINGS.iter().map(|(weakening, _)| *weakening).collect();
    let report = proof().attacks_on(server(), &all.join("; ")).expect("a database to attack");
    let told = report.violations_found().join("\n");
    for (weakening, dues) in WEAKENINGS {
        for due in *dues {
            assert!(told.contains(due), "{due} is not told of {weakening}:\n{told}");
        }
    }
    println!("{report}");
}
