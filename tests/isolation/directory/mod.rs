//! The directory under attack, as the application's role in SQL of the attacker's own: not one host, slug, name or tenant beyond the key that
//! was given can be read.
//!
//! The list of what is tried is the test. Whatever the server answers, in rows, copies and errors, is searched for what belongs to others;
//! a database that was weakened on purpose shows that the search finds it.

mod attempts;

use futures_util::StreamExt as _;
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use tenantry::{Platform, TenantId};
use tenantry_testkit::{ACT, Stage, execute, lines, said, told};
use tenantry_tests::{Bed, root, server};

/// The tenant whose slug and host the attacker was given.
const KNOWN: &str = "known";

struct Yard {
    bed: Bed,
    platform: Platform,
    known: TenantId,
    /// What belongs to others than the known tenant and the attacker.
    foreign: Vec<String>,
    /// What belongs to the known one and is no part of an answer.
    untold: Vec<String>,
}

impl Yard {
    /// The attacker is `bed.a`.
    async fn on(bed: Bed) -> Self {
        let platform = bed.platform().await;
        let known = platform.create_tenant(KNOWN, "Knowledge Untold", ACT).await.expect("a tenant");
        let hidden = platform.create_tenant("vault-of-secrets", "Vault of Secrets", ACT).await.expect("a tenant");
        for (tenant, host) in [
            (bed.a, "attacker.example"),
            (known, "known.example"),
            (known, "untold.example"),
            (hidden, "door.vault-of-secrets.example"),
            (hidden, "cellar.vault-of-secrets.example"),
        ] {
            platform.add_domain(tenant, host, ACT).await.expect("a domain");
            platform.verify_domain_by_hand(tenant, host, ACT).await.expect("is verified");
            platform.activate_domain(tenant, host, ACT).await.expect("is active");
        }
        platform.make_domain_primary(hidden, "door.vault-of-secrets.example", ACT).await.expect("is primary");
        // One that nobody may find by its host either.
        platform.add_domain(hidden, "attic.vault-of-secrets.example", ACT).await.expect("a domain");
        platform.suspend(bed.b, ACT).await.expect("is suspended");
        let mut yard = Self { bed, platform, known, foreign: Vec::new(), untold: Vec::new() };
        let mut observer = yard.bed.observer().await;
        execute(&mut observer, "analyze tenancy.tenants, tenancy.domains").await.expect("has statistics");
        let ids =
            |of: &str| format!("select id::text from tenancy.domains where tenant_id {of} '{known}' and tenant_id <> '{}'", yard.bed.a);
        let others = lines(&mut observer, &ids("<>")).await.expect("reads");
        let own = lines(&mut observer, &ids("=")).await.expect("reads");
        yard.foreign = [hidden.to_string(), yard.bed.b.to_string()].into_iter().chain(others).collect();
        yard.foreign.extend(["vault-of-secrets", "Vault of Secrets"].map(str::to_owned));
        yard.untold = own.into_iter().chain(["Knowledge Untold".to_owned(), "untold.example".to_owned()]).collect();
        yard
    }

    /// On a fresh connection, after `before`, each statement by itself: everything that the server says.
    async fn heard(&self, before: &str, script: &[String]) -> Vec<String> {
        let login = self.bed.stage.url("app").options().expect("a URL");
        let mut app = PgConnection::connect_with(&login).await.expect("the application logs in");
        let mut heard = Vec::new();
        for statement in [before.to_owned()].iter().chain(script).filter(|statement| !statement.is_empty()) {
            listen(&mut app, statement, &mut heard).await;
        }
        // A connection that was left in the middle of something says no goodbye.
        let _ = app.close_hard().await;
        heard
    }

    /// Every attempt: without a tenant, as the attacker's, and with a key that is set beforehand. What was heard and should not have been.
    async fn leaks(&self) -> (usize, Vec<String>) {
        let known = self.known.to_string();
        let begin = format!("begin; set local app.tenant_id = '{}'", self.bed.a);
        let (mut tried, mut leaks) = (0, Vec::new());
        for (before, with_key) in [
            ("", false),
            (begin.as_str(), false),
            ("set tenantry.lookup = 'slug:known'", false),
            ("set tenantry.lookup = 'host:known.example'", false),
            ("", true),
            (begin.as_str(), true),
        ] {
            let attempts = if with_key { attempts::WITH_A_KEY } else { attempts::WITHOUT_A_KEY };
            for attempt in attempts {
                tried += 1;
                let script: Vec<String> = attempt.iter().map(|statement| statement.replace("{known}", &known)).collect();
                let heard = self.heard(before, &script).await;
                let mut secrets: Vec<&String> = self.foreign.iter().chain(&self.untold).collect();
                // Who was given no key learns nothing of the known tenant either.
                if !with_key && !attempt.iter().any(|statement| statement.contains("{known}")) {
                    secrets.push(&known);
                }
                if let Some(secret) = secrets.into_iter().find(|secret| heard.iter().any(|text| text.contains(secret.as_str()))) {
                    leaks.push(format!("`{before}; {}` tells {secret}: {heard:?}", script.join("; ")));
                }
            }
        }
        (tried, leaks)
    }
}

/// Runs one statement, and keeps every text of every row, and of the error if there is one.
async fn listen(app: &mut PgConnection, statement: &str, heard: &mut Vec<String>) {
    if statement.ends_with(" to stdout") {
        match app.copy_out_raw(statement).await {
            Ok(mut stream) => {
                while let Some(Ok(chunk)) = stream.next().await {
                    heard.push(String::from_utf8_lossy(&chunk).into_owned());
                }
            }
            Err(error) => heard.extend(told(&error)),
        }
        return;
    }
    heard.extend(said(app, statement).await);
}

async fn hardened() -> Yard {
    Yard::on(Bed::new().await).await
}

async fn managed() -> Yard {
    let database = server().create_database("directory").expect("a database");
    let password = Stage::test_password(server()).expect("a password");
    let stage = Stage::managed(database, &tenantry_app::CONVENTIONS, &root().join("migrations"), password, &mut |_| {}).await;
    Yard::on(Bed::at(stage.expect("a stage")).await).await
}

#[tokio::test]
async fn nothing_beyond_the_key_can_be_read_at_the_level_of_the_suite() {
    let (tried, leaks) = hardened().await.leaks().await;
    assert!(tried > 400, "{tried} were tried");
    assert!(leaks.is_empty(), "{leaks:#?}");
}

#[tokio::test]
async fn nothing_beyond_the_key_can_be_read_at_managed() {
    let (tried, leaks) = managed().await.leaks().await;
    assert!(tried > 400, "{tried} were tried");
    assert!(leaks.is_empty(), "{leaks:#?}");
}

/// What returns nothing would pass every search: whoever has the key is answered, and the operator sees what is searched for.
#[tokio::test]
async fn the_key_that_was_given_is_answered_and_what_is_searched_for_is_there() {
    let yard = hardened().await;
    let answer = format!("({},t)", yard.known);
    for call in ["tenant_by_slug('known')", "tenant_by_host('known.example')", &format!("tenant_by_id('{}')", yard.known)] {
        assert_eq!(yard.heard("", &[format!("select f::text from tenancy.{call} f")]).await, std::slice::from_ref(&answer), "{call}");
    }
    let suspended = format!("({},f)", yard.bed.b);
    assert_eq!(yard.heard("", &["select f::text from tenancy.tenant_by_slug('b') f".to_owned()]).await, [suspended]);
    let mut observer = yard.bed.observer().await;
    let all = "select t::text || coalesce(d::text, '') from tenancy.tenants t left join tenancy.domains d on d.tenant_id = t.id";
    let all = lines(&mut observer, all).await.expect("reads").join("\n");
    for secret in yard.foreign.iter().chain(&yard.untold) {
        assert!(all.contains(secret.as_str()), "{secret} is nowhere");
    }
    yard.platform.close().await;
}

/// A key names one row of one kind in one spelling, or none.
#[tokio::test]
async fn what_is_no_key_of_anybody_finds_nobody() {
    let yard = hardened().await;
    for call in attempts::OF_NOBODY {
        let call = call.replace("{known}", &yard.known.to_string());
        let heard = yard.heard("", &[format!("select f::text from tenancy.{call} f")]).await;
        assert!(heard.is_empty(), "{call}: {heard:?}");
    }
    // Whose domain it is, is not told before it is shown to be.
    let call = "select f::text from tenancy.tenant_by_host('attic.vault-of-secrets.example') f".to_owned();
    assert!(yard.heard("", &[call]).await.is_empty());
}

/// The key is gone when the function has answered, when it has failed, and when what called it has failed.
#[tokio::test]
async fn no_key_stays_behind() {
    let yard = hardened().await;
    let setting = "select 'left: ' || coalesce(current_setting('tenantry.lookup', true), '')";
    for script in attempts::LEFT_BEHIND {
        let mut script: Vec<String> = script.iter().map(|statement| (*statement).to_owned()).collect();
        script.push(setting.to_owned());
        let heard = yard.heard("", &script).await;
        assert_eq!(heard.last().map(String::as_str), Some("left: "), "{script:?}: {heard:?}");
    }
}

/// The attempts see what gets through: a function that lists, behind a fence that asks for no key.
#[tokio::test]
async fn a_look_up_that_lists_is_noticed() {
    let yard = hardened().await;
    let mut admin = yard.bed.observer().await;
    for table in ["tenants", "domains"] {
        for policy in ["tenant_fence", "lookup_rows"] {
            let open = format!("alter policy {policy} on tenancy.{table} using (current_user in ('tenantry_lookup', 'tenantry_platform'))");
            execute(&mut admin, &open).await.expect("opens");
        }
    }
    let (_, leaks) = yard.leaks().await;
    assert!(leaks.is_empty(), "the functions keep to the key by themselves: {leaks:#?}");
    let lists = "create or replace function tenancy.tenant_by_slug(key text) returns table (tenant uuid, active boolean)
                   language sql strict rows 1 security definer set search_path = pg_catalog, pg_temp
                   as 'select t.id, true from tenancy.tenants t'";
    execute(&mut admin, lists).await.expect("replaces");
    let (_, leaks) = yard.leaks().await;
    assert!(leaks.len() > 10, "{leaks:#?}");
}

/// The fence holds by itself, whatever the functions say: the look-up role sees no row without a key, and one with it.
#[tokio::test]
async fn the_look_up_role_sees_no_row_without_a_key() {
    let yard = hardened().await;
    let mut admin = yard.bed.observer().await;
    let count = "select count(*)::text from tenancy.tenants union all select count(*)::text from tenancy.domains";
    let known = yard.known;
    for (key, seen) in [
        (String::new(), ["0", "0"]),
        ("set local tenantry.lookup = ''".to_owned(), ["0", "0"]),
        ("set local tenantry.lookup = 'known'".to_owned(), ["0", "0"]),
        ("set local tenantry.lookup = 'slug:%'".to_owned(), ["0", "0"]),
        (format!("set local tenantry.lookup = 'slug:{known}'"), ["0", "0"]),
        ("set local tenantry.lookup = 'id:known'".to_owned(), ["0", "0"]),
        // A tenant is no key.
        (format!("set local app.tenant_id = '{known}'"), ["0", "0"]),
        ("set local tenantry.lookup = 'slug:known'".to_owned(), ["1", "0"]),
        (format!("set local tenantry.lookup = 'id:{known}'"), ["1", "0"]),
        ("set local tenantry.lookup = 'host:known.example'".to_owned(), ["0", "1"]),
    ] {
        execute(&mut admin, &format!("begin; set local role tenantry_lookup; {key}")).await.expect("becomes the role");
        // It may not read whole rows, and counts without naming a column of them.
        let counted = lines(&mut admin, count).await.expect("counts");
        assert_eq!(counted, seen, "{key}");
        let whole = lines(&mut admin, "select t::text from tenancy.tenants t").await.expect_err("has columns alone");
        assert_eq!(whole.as_database_error().and_then(|error| error.code()).as_deref(), Some("42501"));
        execute(&mut admin, "rollback").await.expect("is itself again");
    }
}

/// Who listens is told that a tenant has changed, by a hash that only those can read who know its id.
#[tokio::test]
async fn who_listens_hears_of_no_tenant() {
    let yard = hardened().await;
    let options = yard.bed.stage.url("app").expose_with_password().to_owned();
    let mut listener = sqlx::postgres::PgListener::connect(&options).await.expect("listens");
    listener.listen(&tenantry_app::CONVENTIONS.changes_channel()).await.expect("listens");
    yard.platform.add_domain(yard.known, "new.untold.example", ACT).await.expect("a domain");
    yard.platform.suspend(yard.known, ACT).await.expect("is suspended");
    let id = yard.known.to_string();
    for _ in 0..2 {
        let told = tokio::time::timeout(std::time::Duration::from_secs(30), listener.recv()).await.expect("in time").expect("is told");
        let payload = told.payload();
        assert!(payload.len() == 64 && payload.bytes().all(|byte| byte.is_ascii_hexdigit()), "{payload}");
        assert!(!payload.contains(&id.replace('-', "")));
    }
}
