//! What the check of hand-written statements costs: `cargo bench -p tenantry --bench sqlcheck`.
//!
//! A new text at run time, and a thousand calls of `sql!` in a crate that is built as anybody would. It fails when a figure is over its
//! bound. What a known text costs, `cargo test --release -p tenantry --lib a_known_text -- --nocapture` says.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use tenantry_sqlcheck::{Conventions, check};

/// Statements as people write them, short and long.
const TEXTS: [&str; 5] = [
    "select id, name from app.customers where tenant_id = $1 and id = $2",
    "insert into app.categories (tenant_id, id, name) values ($1, $2, $3)
     on conflict (tenant_id, name) do update set description = excluded.description returning id",
    "update app.products p set units_in_stock = p.units_in_stock - l.quantity from app.sales_order_lines l
      where p.tenant_id = $1 and l.tenant_id = $1 and l.product = p.id and l.sales_order = $2 and p.units_in_stock >= l.quantity",
    "select c.name, o.number, o.placed_on, sum(l.total) over (partition by c.id order by o.placed_on) as so_far
       from app.customers c
       join app.sales_orders o on o.tenant_id = c.tenant_id and o.customer = c.id
       join app.sales_order_lines l on l.tenant_id = o.tenant_id and l.sales_order = o.id
      where c.tenant_id = $1 and o.placed_on between $2 and $3 order by c.name, o.number limit 100",
    "with recent as (
       select o.tenant_id, o.customer, max(o.placed_on) as last, count(*) as orders from app.sales_orders o
        where o.tenant_id = $1 and o.placed_on > $2 group by o.tenant_id, o.customer)
     select c.code, c.name, r.last, r.orders, top.name as product, top.total
       from app.customers c join recent r on r.customer = c.id
       left join lateral (
         select p.name, sum(l.total) as total from app.sales_order_lines l
           join app.sales_orders o on o.tenant_id = l.tenant_id and o.id = l.sales_order
           join app.products p on p.tenant_id = l.tenant_id and p.id = l.product
          where l.tenant_id = c.tenant_id and o.customer = c.id group by p.id, p.name order by total desc limit 1) top on true
      where c.tenant_id = $1 and exists (select from app.sales_orders o where o.tenant_id = c.tenant_id and o.customer = c.id)
      order by r.orders desc, c.code limit 50",
];

/// How many calls of `sql!` are built.
const CALLS: usize = 1_000;

fn main() -> ExitCode {
    let mut within = true;
    for text in TEXTS {
        let new = each(2_000, || assert!(black_box(check(black_box(text), &Conventions::DEFAULT)).is_ok()));
        // The cost grows with the text, so a long one has a bound by its length: the parser takes what it takes for each word.
        let bound = Duration::from_micros(100).max(Duration::from_nanos(333) * u32::try_from(text.len()).unwrap_or(u32::MAX));
        within &= told(&format!("a new text of {} bytes", text.len()), new, bound);
    }
    match calls() {
        Ok(cost) => within &= told(&format!("{CALLS} calls of sql!"), cost, Duration::from_secs(1)),
        Err(error) => {
            println!("{CALLS} calls of sql!: {error}");
            within = false;
        }
    }
    if within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("")
}

/// The time of one, over so many.
fn each(times: u32, mut work: impl FnMut()) -> Duration {
    work();
    let begin = Instant::now();
    (0..times).for_each(|_| work());
    begin.elapsed() / times
}

fn told(what: &str, cost: Duration, bound: Duration) -> bool {
    let within = cost < bound;
    println!("{what:<32} {cost:>12.2?}, to be under {bound:?}{}", if within { "" } else { ": TOO SLOW" });
    within
}

/// What the calls add to checking a crate of plain literals, in a debug build.
fn calls() -> Result<Duration, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let runtime = root().join("runtime");
    let manifest = format!(
        "[package]\nname = \"calls\"\nedition = \"2024\"\n[workspace]\n[dependencies]\ntenantry = {{ path = {:?} }}\n",
        runtime.display().to_string()
    );
    write(folder.path(), "Cargo.toml", &manifest)?;
    std::fs::copy(root().join("Cargo.lock"), folder.path().join("Cargo.lock")).map_err(|error| error.to_string())?;
    write(folder.path(), "models.toml", "[models]\ncrate = [\"Note\"]\n")?;
    let (mut plain, mut checked) = (Duration::MAX, Duration::MAX);
    // The first build builds the library, too.
    for turn in 0..3 {
        for (is_checked, best) in [(false, &mut plain), (true, &mut checked)] {
            write(folder.path(), "src/lib.rs", &library(is_checked, turn))?;
            *best = built(folder.path())?.min(*best);
        }
    }
    println!("  a crate of {CALLS} literals {plain:.2?}, of {CALLS} calls {checked:.2?}");
    Ok(checked.saturating_sub(plain))
}

fn library(is_checked: bool, turn: usize) -> String {
    let statement = |number: usize| {
        let text = TEXTS[number % TEXTS.len()];
        if is_checked { format!("    sql!(\"{text} -- {turn}{number}\"),\n") } else { format!("    \"{text} -- {turn}{number}\",\n") }
    };
    format!(
        "tenantry::manifest!(\"models.toml\");\n\n#[tenantry::tenant_model(table = \"notes\")]\npub struct Note {{\n    pub id: \
         tenantry::Id<Note>,\n}}\n\npub const ALL: [&str; {CALLS}] = [\n{}];\n",
        (0..CALLS).map(statement).collect::<String>()
    )
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), String> {
    let path = folder.join(name);
    path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, text)).map_err(|error| error.to_string())
}

/// How long a debug build takes.
fn built(folder: &Path) -> Result<Duration, String> {
    let begin = Instant::now();
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--quiet", "--target-dir"])
        .arg(root().join("target").join("bench"))
        .current_dir(folder)
        .env("CARGO_INCREMENTAL", "0")
        .output()
        .map_err(|error| error.to_string())?;
    let elapsed = begin.elapsed();
    if output.status.success() { Ok(elapsed) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}
