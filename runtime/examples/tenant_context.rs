//! The tenant transaction alone, without HTTP: how a job or a command works for a tenant.
//!
//! It runs on the reference application's database, as its role, for two tenants that exist:
//!
//! ```console
//! $ export DATABASE_URL=postgres://tenantry_app:…@127.0.0.1/…
//! $ cargo run -p tenantry --example tenant_context -- <tenant> <other tenant>
//! ```

use std::error::Error as StdError;
use std::process::ExitCode;

use tenantry::{Actor, Config, Conventions, Entry, Error, Field, Id, Stamps, Tenancy, TenantDb, TenantId, tenant_model};

/// A kind of product. The attribute adds `tenant_id`, which can be read and never written, and makes `NewCategory` and `CategoryPatch`.
#[tenant_model(table = "categories", routes = false)]
pub struct Category {
    /// The key: a uuid, and of the type of its model, so that no other model's key fits.
    pub id: Id<Category>,
    /// The name, unique within the tenant: another tenant may have one of the same name.
    #[model(unique, max_len = 100, filter, sort)]
    pub name: String,
    /// What belongs to it.
    #[model(max_len = 1000)]
    pub description: Option<String>,
    /// How often and when it was changed; the database writes it.
    #[model(flatten)]
    pub stamps: Stamps,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(seen) => {
            println!("{}", seen.join("\n"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<Vec<String>, Box<dyn StdError>> {
    let mut tenants = std::env::args().skip(1).map(|argument| argument.parse::<TenantId>());
    let (Some(Ok(tenant)), Some(Ok(other)), None) = (tenants.next(), tenants.next(), tenants.next()) else {
        return Err("name two tenants by their uuids, such as `cargo xtask demo` prints: tenant_context <tenant> <other tenant>".into());
    };
    if tenant == other {
        return Err("name two tenants that differ: the second is to see nothing of the first".into());
    }
    // Without DATABASE_URL the error says what to set. An application with several models has `tenantry::manifest!` list them.
    let tenancy = Tenancy::start(&Config::from_env()?, &[Entry::of::<Category>()], Conventions::DEFAULT).await?;
    let seen = tour(&tenancy, tenant, other).await?;
    tenancy.close().await;
    Ok(seen)
}

/// Shows what a transaction does, deletes at its end what it made, and returns what there was to see.
///
/// # Errors
/// What the database refuses, for example when one of the tenants does not exist.
pub(crate) async fn tour(tenancy: &Tenancy, tenant: TenantId, other: TenantId) -> Result<Vec<String>, Error> {
    // A handle is for one tenant and one who acts. It holds no connection: each transaction takes one from the pool.
    let mut db = tenancy.tenant(tenant, Actor::System);
    let mut seen = Vec::new();

    // One transaction: all of it is kept, or none. Repository methods return units, which run only on a transaction or a handle.
    let tea = db
        .transaction(async |tx| {
            for name in ["Tour: Tea", "Tour: Coffee", "Tour: Cocoa"] {
                tx.run(Category::repo().create(&new(name))).await?;
            }
            let page = tx.run(Category::repo().list().filter(Category::NAME.eq("Tour: Tea")).unit()).await?;
            page.items.into_iter().next().ok_or_else(Error::not_found)
        })
        .await?;
    seen.push(format!("made three categories, `{}` among them, of tenant {}", tea.name, tea.tenant_id.get()));

    seen.push(format!("in pages of two: {}", pages(&db).await?.join(" | ")));
    seen.push(format!("hand-written SQL counts {}", count(&mut db).await?));
    seen.push(savepoint(&mut db, tea.id).await?);

    // The other tenant: the key of a foreign row finds as much as a key that does not exist.
    let elsewhere = tenancy.tenant(other, Actor::System);
    let foreign = elsewhere.run(Category::repo().find(tea.id)).await;
    seen.push(format!("the other tenant finds by its key: {}", foreign.map_or_else(|error| error.to_string(), |row| row.name)));
    seen.push(format!("and lists {}", pages(&elsewhere).await?.len()));

    // A business rule that refuses: nothing of its transaction is kept.
    let refused = db
        .transaction(async |tx| {
            tx.run(Category::repo().delete(tea.id)).await?;
            Err::<(), Error>(Error::rule("tea_stays", "", "there must be tea"))
        })
        .await;
    let kept = db.run(Category::repo().find(tea.id)).await.is_ok();
    seen.push(format!("a rule refused: {}; the tea is {}", refused.is_err(), if kept { "still there" } else { "gone" }));

    let page = db.run(Category::repo().list().filter(Category::NAME.prefix("Tour: ")).unit()).await?;
    for category in page.items {
        db.run(Category::repo().delete(category.id)).await?;
    }
    Ok(seen)
}

fn new(name: &str) -> NewCategory {
    NewCategory { name: name.to_owned(), description: None }
}

/// The tour's categories, two a page, each page starting behind the last row of the one before: no gap and no repetition, however many
/// rows come and go meanwhile.
async fn pages(db: &TenantDb) -> Result<Vec<String>, Error> {
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let mut list = Category::repo().list().filter(Category::NAME.prefix("Tour: ")).sort(Category::NAME.asc()).limit(2);
        if let Some(after) = after.take() {
            list = list.after(after);
        }
        // A unit that runs alone is a transaction of its own.
        let page = db.run(list.unit()).await?;
        let names: Vec<String> = page.items.into_iter().map(|category| category.name).collect();
        if !names.is_empty() {
            pages.push(names.join(", "));
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(pages),
        }
    }
}

/// Hand-written SQL is plain sqlx on the transaction. The first argument is the tenant, or nothing is sent.
async fn count(db: &mut TenantDb) -> Result<i64, Error> {
    db.transaction(async |tx| {
        let sql = "select count(*) from app.categories where tenant_id = $1 and starts_with(name, $2)";
        Ok(sqlx::query_scalar(sql).bind(tx.tenant()).bind("Tour: ").fetch_one(tx).await?)
    })
    .await
}

/// A savepoint takes back what failed in it, and the transaction goes on.
async fn savepoint(db: &mut TenantDb, tea: Id<Category>) -> Result<String, Error> {
    db.transaction(async |tx| {
        let taken = tx
            .savepoint(async |tx| {
                let patch = CategoryPatch { name: Field::Set("Tour: Coffee".to_owned()), ..CategoryPatch::default() };
                tx.run(Category::repo().update(tea, &patch)).await
            })
            .await;
        let described = CategoryPatch { description: Field::Set(Some("Green and black".to_owned())), ..CategoryPatch::default() };
        let row = tx.run(Category::repo().update(tea, &described)).await?;
        let refused = taken.err().map_or_else(|| "nothing".to_owned(), |error| error.to_string());
        Ok(format!("a savepoint failed ({refused}), and `{}` has version {} afterwards", row.name, row.stamps.version))
    })
    .await
}
