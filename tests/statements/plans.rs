//! The server's word: each text is valid for the application's role, and finds its rows by an index that the tenant leads.

use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions, Connection};
use tenantry_testkit::{execute, lines};
use tenantry_tests::Bed;

use super::laws::parameters;
use super::{Case, cases};

/// A thousand rows of every table for each of two tenants: over an empty table all indexes cost the same.
const ROWS: &str = "
    create temp table n as select id as tenant_id, i, gen_random_uuid() as id from tenancy.tenants, generate_series(1, 1000) as i;
    insert into app.categories (tenant_id, id, name) select tenant_id, id, i from n;
    insert into app.suppliers (tenant_id, id, code, name) select tenant_id, id, i, i from n;
    insert into app.products (tenant_id, id, code, name, unit_price, unit_price_currency) select tenant_id, id, i, i, i, 'EUR' from n;
    insert into app.customers (tenant_id, id, code, name) select tenant_id, id, i, i from n;
    insert into app.sales_orders (tenant_id, id, number, customer, placed_on, total, total_currency)
      select tenant_id, id, i, id, date '2026-01-01' + i % 300, 0, 'EUR' from n;
    insert into app.sales_order_lines
        (tenant_id, id, sales_order, position, product, unit_price, unit_price_currency, quantity, total, total_currency)
      select tenant_id, id, id, i % 9 + 1, id, 0, 'EUR', 1, 0, 'EUR' from n;
    analyze;
";

/// The application's role, with a planner that reads a table from end to end, or sorts, only where no index serves.
async fn app(bed: &Bed) -> PgConnection {
    let options = bed.stage.url("app").options().expect("a URL");
    let mut connection = options.connect().await.expect("the application's role logs in");
    let planner = "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off";
    execute(&mut connection, planner).await.expect("the planner can be set");
    connection
}

/// The generic plan, which does not depend on the arguments.
async fn plan(connection: &mut PgConnection, case: &Case) -> String {
    let nulls = vec!["null"; parameters(&case.text).len()].join(", ");
    execute(connection, &format!("prepare statement as {}", case.text)).await.unwrap_or_else(|error| panic!("{error}: {case}"));
    let plan = lines(connection, &format!("explain (costs off) execute statement({nulls})")).await;
    execute(connection, "deallocate statement").await.expect("it was prepared");
    plan.unwrap_or_else(|error| panic!("{error}: {case}")).join("\n").replace(" AND ", " and ")
}

/// The column of a list's order before the key, and whether there is one at all: `None` for a list over several columns or with filters,
/// where the planner may choose.
fn order(case: &Case) -> Option<&str> {
    let order = case.text.split_once(" order by ")?.1.split(" limit ").next()?;
    let columns: Vec<&str> = order.split(", ").filter_map(|column| column.split(' ').next()).collect();
    match columns.as_slice() {
        _ if case.title.contains(" where ") => None,
        ["id"] => Some("id"),
        [column, "id"] => Some(column.trim_matches('"')),
        _ => None,
    }
}

/// The index that must be used, if a certain one: the primary key for a row by its key, that of the order for a sorted list.
fn index(case: &Case) -> Option<String> {
    let table = case.model.table;
    let column = if case.title.starts_with("list") { order(case)? } else { "id" };
    let unique = case.model.column(column).is_some_and(|column| column.unique);
    Some(match column {
        "id" => format!("{table}_pkey"),
        _ if unique => format!("{table}_{column}_key"),
        _ => format!("{table}_{column}_idx"),
    })
}

/// What is wrong with a plan.
fn faults(case: &Case, plan: &str) -> Vec<&'static str> {
    let mut faults = Vec::new();
    let mut must = |holds: bool, what| {
        if !holds {
            faults.push(what);
        }
    };
    let tenant = "(tenant_id = $1)";
    must(plan.contains(&format!("Index Cond: {tenant}")) || plan.contains(&format!("Index Cond: ({tenant} and (")), "the tenant leads");
    must(plan.contains("current_setting('app.tenant_id'"), "the policy is there, too");
    let name = index(case);
    must(name.as_ref().is_none_or(|name| plan.contains(&format!(" using {name} on "))), "the index is that of key or order");
    // Behind a unique column the key decides nothing, which the planner does not know: it sorts groups of one row.
    let sorts = plan.lines().any(|line| line.trim_start_matches([' ', '-', '>']) == "Sort");
    must(name.is_none() || !sorts, "an order that an index has is not sorted");
    must(!case.title.ends_with("(next page)") || plan.contains(&format!("{tenant} and (")), "a next page starts in the index");
    faults
}

#[tokio::test]
async fn every_statement_is_valid_and_finds_its_rows_by_an_index() {
    let bed = Bed::new().await;
    execute(&mut bed.observer().await, ROWS).await.expect("the tables take rows");
    let mut connection = app(&bed).await;
    let mut report = Vec::new();
    for case in cases() {
        let plan = plan(&mut connection, &case).await;
        if !case.text.starts_with("insert ") {
            report.extend(faults(&case, &plan).into_iter().map(|fault| format!("{fault}: {case}\n{plan}")));
        }
    }
    connection.close().await.expect("it closes");
    assert!(report.is_empty(), "{}", report.join("\n\n"));
}
