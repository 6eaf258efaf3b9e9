//! `cargo xtask tenant` as a process, on a database of its own: what it does, what it prints, and what it refuses.

use std::path::Path;
use std::process::{Command, Stdio};

use tenantry_app::CONVENTIONS;
use tenantry_testkit::{Postgres, Stage};

/// A migrated database, and the platform's login of it.
struct Operator {
    stage: Stage,
    _server: Postgres,
}

/// What a call printed, and whether it succeeded.
#[derive(Debug)]
struct Said {
    out: String,
    err: String,
    ok: bool,
}

impl Operator {
    fn new() -> Self {
        let server = Postgres::find().unwrap();
        let database = server.create_database("tenant").unwrap();
        let password = Stage::test_password(&server).unwrap();
        let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let stage = runtime.block_on(Stage::set(database, &CONVENTIONS, &migrations, password, &mut |_| {})).unwrap();
        Self { stage, _server: server }
    }

    fn at(arguments: &[&str], url: Option<&str>) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.arg("tenant").args(arguments).env_remove("PLATFORM_DATABASE_URL").env_remove("TENANTRY_SECRET").stdin(Stdio::null());
        command.env("USER", "ada");
        if let Some(url) = url {
            command.env("PLATFORM_DATABASE_URL", url);
        }
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said { out: text(output.stdout), err: text(output.stderr), ok: output.status.success() }
    }

    fn call(&self, arguments: &[&str]) -> Said {
        Self::at(arguments, Some(self.stage.url("platform").expose_with_password()))
    }

    /// With a reason, where it changes something.
    fn signed(&self, arguments: &[&str]) -> Said {
        let leaf = usize::from(matches!(arguments[0], "domain" | "plan"));
        let (command, rest) = arguments.split_at(leaf + 1);
        let reason = if matches!(command[leaf], "list" | "record" | "acts") { &[][..] } else { &["--reason", "ticket 4711"] };
        self.call(&[command, reason, rest].concat())
    }

    #[track_caller]
    fn does(&self, arguments: &[&str]) -> String {
        let said = self.signed(arguments);
        assert!(said.ok && said.err.is_empty(), "{arguments:?}: {said:?}");
        said.out.trim_end().to_owned()
    }

    #[track_caller]
    fn refuses(&self, arguments: &[&str], why: &str) {
        let said = self.signed(arguments);
        assert!(!said.ok && said.out.is_empty() && said.err.contains(why), "{arguments:?}: {said:?}");
    }
}

#[test]
fn a_tenant_is_made_listed_suspended_and_resumed() {
    let operator = Operator::new();
    assert!(operator.does(&["list"]).starts_with("no tenants"));
    let acme = operator.does(&["create", "acme", "--name", "Acme Ltd"]);
    let globex = operator.does(&["create", "globex"]);
    let both = format!("acme    active  -  {acme}  Acme Ltd\nglobex  active  -  {globex}  globex");
    assert_eq!(operator.does(&["list"]), both);

    assert_eq!(operator.does(&["suspend", "acme"]), "acme is suspended");
    assert_eq!(operator.does(&["suspend", &acme]), "acme is suspended");
    assert!(operator.does(&["list"]).starts_with("acme    suspended  "));
    assert_eq!(operator.does(&["resume", "acme"]), "acme is active");
    assert_eq!(operator.does(&["list"]), both);

    // A slug that reads like somebody's id names nobody else.
    operator.does(&["create", &globex, "--name", "Not Globex"]);
    assert_eq!(operator.does(&["suspend", &globex]), "globex is suspended");
    operator.does(&["resume", "globex"]);

    operator.refuses(&["create", "acme"], "there is a tenant `acme` already");
    for slug in ["", "Acme", "-acme", "a.b", "acme;drop", &"a".repeat(64)] {
        operator.refuses(&["create", "--", slug], "a slug is 1 to 63");
    }
    operator.refuses(&["create", "initech", "--name", &"n".repeat(201)], "a name at most 200 characters");
    for nobody in ["initech", "00000000-0000-0000-0000-000000000000", "ac%", "a\u{1b}[2J"] {
        operator.refuses(&["suspend", nobody], "there is no tenant");
        assert!(!operator.signed(&["suspend", nobody]).err.contains('\u{1b}'));
    }
    let listed = operator.does(&["list"]);
    assert_eq!(listed.lines().filter(|line| line.contains("  active  ")).count(), 3, "what was refused has changed nothing: {listed}");
}

#[test]
fn a_plan_is_made_changed_agreed_to_and_removed() {
    let operator = Operator::new();
    let acme = operator.does(&["create", "acme"]);
    assert!(operator.does(&["plan", "list"]).starts_with("no plans"));
    assert!(operator.does(&["plan", "create", "small", "--users", "5"]).starts_with("small is made"));
    assert_eq!(operator.does(&["plan", "list"]), "small: 5 users, any number of API keys");
    assert_eq!(operator.does(&["plan", "change", "small", "--api-keys", "0"]), "small is changed");
    assert_eq!(operator.does(&["plan", "list"]), "small: any number of users, 0 API keys");
    assert_eq!(operator.does(&["plan", "set", "acme", "small"]), "acme has the plan small");
    assert_eq!(operator.does(&["list"]), format!("acme  active  small  {acme}  acme"));
    operator.refuses(&["plan", "create", "small"], "there is a plan `small` already");
    operator.refuses(&["plan", "remove", "small"], "a tenant has the plan `small`");
    operator.refuses(&["plan", "change", "none"], "there is no plan `none`");
    operator.refuses(&["plan", "set", "acme", "none"], "there is no plan `none`");
    operator.refuses(&["plan", "set", "globex", "small"], "there is no tenant `globex`");
    operator.refuses(&["plan", "create", "new", "--users", "4000000000"], "a limit is at most 2147483647");
    operator.refuses(&["plan", "create", "new", "--users=-1"], "invalid value '-1'");
    operator.refuses(&["plan", "create", "a\u{1b}b"], "a plan's name has 1 to 64 visible characters");
    assert_eq!(operator.does(&["plan", "unset", "acme"]), "acme has no plan, and so no limits");
    assert_eq!(operator.does(&["plan", "remove", "small"]), "small is gone");
    let acts = operator.does(&["acts"]);
    assert!(acts.contains("plan.remove small: ticket 4711") && acts.contains("tenant.plan small of acme: ticket 4711"), "{acts}");
}

#[test]
fn a_domain_is_added_verified_activated_and_taken_away() {
    let operator = Operator::new();
    operator.does(&["create", "acme"]);
    operator.does(&["create", "globex"]);
    assert_eq!(operator.does(&["domain", "list", "acme"]), "");
    // Whatever its spelling, it is one domain.
    assert!(operator.does(&["domain", "add", "acme", "Shop.BÜCHER.example."]).starts_with("shop.xn--bcher-kva.example is added"));
    let host = "shop.xn--bcher-kva.example";
    assert_eq!(operator.does(&["domain", "list", "acme"]), format!("{host}: not verified, not active"));
    for (what, said) in [("verify", "is verified"), ("activate", "is active"), ("primary", "is the primary one")] {
        assert_eq!(operator.does(&["domain", what, "acme", host]), format!("{host} {said}"));
    }
    assert_eq!(operator.does(&["domain", "list", "acme"]), format!("{host}: verified, active, primary"));

    operator.refuses(&["domain", "add", "globex", host], "is a domain of a tenant already");
    operator.refuses(&["domain", "remove", "globex", host], "is no domain of globex");
    operator.refuses(&["domain", "verify", "acme", "other.example"], "is no domain of acme");
    for host in ["", "a b", "user@shop.example", "shop.example,other.example", &"a".repeat(300)] {
        operator.refuses(&["domain", "add", "acme", host], "is no host");
    }
    for address in ["127.0.0.1", "[::1]:80"] {
        operator.refuses(&["domain", "add", "acme", address], "is an address");
    }
    assert_eq!(operator.does(&["domain", "list", "globex"]), "");

    assert_eq!(operator.does(&["domain", "deactivate", "acme", host]), format!("{host} is answered no more"));
    assert_eq!(operator.does(&["domain", "remove", "acme", host]), format!("{host} is nobody's"));
    assert!(operator.does(&["domain", "add", "globex", host]).contains("is added"));
}

#[test]
fn what_changes_something_needs_a_reason_and_is_listed() {
    let operator = Operator::new();
    operator.does(&["create", "acme"]);
    for arguments in [
        &["create", "globex"][..],
        &["onboard", "globex", "--admin", "ada@globex.example"],
        &["suspend", "acme"],
        &["resume", "acme"],
        &["close", "acme"],
        &["domain", "add", "acme", "shop.example"],
        &["domain", "verify", "acme", "shop.example"],
        &["domain", "remove", "acme", "shop.example"],
    ] {
        let said = operator.call(arguments);
        assert!(!said.ok && said.err.contains("say why with --reason"), "{arguments:?}: {said:?}");
        let short = operator.call(&[arguments, &["--reason", "why"]].concat());
        assert!(!short.ok && short.err.contains("a reason has 5 to 500"), "{arguments:?}: {short:?}");
    }
    assert_eq!(operator.does(&["list"]).lines().count(), 1);
    let said = operator.call(&["suspend", "acme", "--reason", "they have asked", "--operator", "bob"]);
    assert!(said.ok, "{said:?}");
    assert_eq!(operator.does(&["close", "acme"]), "acme is closed");
    operator.refuses(&["resume", "acme"], "acme is closing");
    operator.does(&["create", "globex"]);

    let listed = operator.does(&["acts"]);
    let lines: Vec<&str> = listed.lines().map(|line| line.split_once("  ").expect("a time").1).collect();
    let due = [
        "ada: tenant.create of globex: ticket 4711",
        "ada: tenant.close of acme: ticket 4711",
        "bob: tenant.suspend of acme: they have asked",
        "ada: tenant.create of acme: ticket 4711",
    ];
    assert_eq!(lines, due);
    assert_eq!(operator.does(&["acts", "--tenant", "acme", "--limit", "2"]).lines().count(), 2);
    operator.refuses(&["acts", "--tenant", "initech"], "there is no tenant");
    assert_eq!(operator.does(&["acts", "--tenant", "00000000-0000-0000-0000-000000000000"]), "nothing was done yet");
}

#[test]
fn a_tenant_is_onboarded_with_an_invitation() {
    let operator = Operator::new();
    let onboard = ["onboard", "acme", "--admin", "Ada@Acme.example", "--reason", "contract 4711"];
    for (odd, why) in [
        (&["--role", "admin"][..], "a role is NAME=GRANTS"),
        (&["--role", "admin=everything"], "is no grant"),
        (&["--admin-role", "owner"], "must be one of the roles"),
        (&["--host", "a b"], "is no host"),
        (&["--role", "a=*", "--role", "a=*"], "a role is named twice"),
    ] {
        let said = operator.call(&[&onboard[..], odd].concat());
        assert!(!said.ok && said.err.contains(why), "{odd:?}: {said:?}");
    }
    assert!(operator.does(&["list"]).starts_with("no tenants"));
    let roles = ["--role", "admin=*", "--role", "sales=customers:*,orders:read", "--readonly", "sales=customers.credit_limit"];
    let said = operator.call(&[&onboard[..], &roles, &["--host", "Shop.acme.example"]].concat());
    assert!(said.ok && said.err.contains("ada@acme.example"), "{said:?}");
    let [id, token] = said.out.lines().collect::<Vec<_>>()[..] else { panic!("{said:?}") };
    assert!(token.starts_with(&format!("iv_{}_", id.replace('-', ""))), "{said:?}");
    assert_eq!(operator.does(&["list"]), format!("acme  active  -  {id}  acme"));
    assert_eq!(operator.does(&["domain", "list", "acme"]), "shop.acme.example: not verified, not active");

    operator.refuses(&["domain", "record", "acme", "shop.acme.example"], "TENANTRY_SECRET");
    let record = operator.does(&["domain", "record", "acme", "shop.acme.example", "--secret", "a secret of thirty-two bytes, or more"]);
    assert!(record.starts_with("_tenantry-challenge.shop.acme.example. TXT \"") && record.len() == 38 + 6 + 64 + 1, "{record}");
}

#[test]
fn another_login_is_refused_and_no_password_shown() {
    let operator = Operator::new();
    let said = Operator::at(&["list"], None);
    assert!(!said.ok && said.err.contains("--platform-url or PLATFORM_DATABASE_URL"), "{said:?}");
    for login in ["app", "migrator"] {
        let url = operator.stage.url(login);
        let said = Operator::at(&["list"], Some(url.expose_with_password()));
        assert!(!said.ok && said.err.contains(&CONVENTIONS.role("platform")), "{said:?}");
    }
    for url in
        ["", "postgres://tenantry_platform:hunter2@127.0.0.1:1/x", "postgres://tenantry_platform:hunter2@/[", "mysql://a:hunter2@b/c"]
    {
        let said = Operator::at(&["list"], Some(url));
        assert!(!said.ok && !said.err.contains("hunter2") && said.err.starts_with("error: "), "{said:?}");
    }
}
