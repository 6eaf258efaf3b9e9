//! `lint-db`: audits a live database.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use sqlx::PgConnection;
use tenantry::lint::{self, Finding, Level, Options, RULES, Rule, Severity, Target};

use crate::migrate::{block_on, checked, weak_tls_allowed};
use crate::{App, output};

/// Audits a live database: row level security, policies, keys, functions, views, roles. It reads the catalogue, and for dangling keys the
/// rows, in a transaction that is taken back; it changes nothing.
///
/// Without flags for names the database is held to the conventions of this application, to the letter. With any of --tenant-column,
/// --setting, --schema or --app-role it is taken for one that somebody else made, and told what is weak in it.
#[derive(Debug, clap::Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Exit codes: 0 nothing is wrong, 1 faults were found, 2 the database could not be audited. What is `open` at the level that the
database has, or `unchecked` because the login does not see it, is told and does not count as a fault.

Examples:
  cargo xtask lint-db                                       # ADMIN_DATABASE_URL, else DATABASE_URL
  cargo xtask lint-db --format json | jq '.findings[].object'
  cargo xtask lint-db --rule key-tenant --rule foreign-key-tenant
  cargo xtask lint-db --explain policy-arm
  cargo xtask lint-db --database-url postgres://…/crm --tenant-column org_id --setting app.org --schema public --app-role web"
)]
pub(crate) struct Args {
    /// The login to look with. A superuser's sees everything; without it: ADMIN_DATABASE_URL, else DATABASE_URL.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// How findings are printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Asks this rule only; can be given several times.
    #[arg(long = "rule", value_name = "NAME", value_parser = rule)]
    rules: Vec<&'static Rule>,
    /// Prints why a rule is one, and its query, good and bad SQL being beside it in the source; needs no database.
    #[arg(long, value_name = "RULE", value_parser = rule, conflicts_with = "list")]
    explain: Option<&'static Rule>,
    /// Prints the rules; needs no database.
    #[arg(long)]
    list: bool,
    /// The level that the database is provisioned at: what only a higher one could close is then told as open. Default: `hardened` for
    /// this application's database, none for another.
    #[arg(long, value_name = "LEVEL")]
    level: Option<Level>,
    /// Demands that statistics views and size functions are out of reach, too.
    #[arg(long)]
    quiet_stats: bool,
    /// The column that holds the tenant.
    #[arg(long, value_name = "NAME", help_heading = "Another database")]
    tenant_column: Option<String>,
    /// The setting that policies compare it with, such as app.tenant_id.
    #[arg(long, value_name = "NAME", help_heading = "Another database")]
    setting: Option<String>,
    /// A schema to look at; can be given several times. Default: all.
    #[arg(long = "schema", value_name = "NAME", help_heading = "Another database")]
    schemas: Vec<String>,
    /// The login of the service; can be given several times.
    #[arg(long = "app-role", value_name = "ROLE", help_heading = "Another database")]
    app_roles: Vec<String>,
    /// A table (schema.table) that all tenants share; can be given several times.
    #[arg(long = "shared", value_name = "TABLE")]
    shared: Vec<String>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs: {"version", "rules", "findings": [{"rule", "severity", "object", "what", "remedy"}]}.
    Json,
    /// Not in this version.
    Sarif,
}

/// The rule of that name, with the nearest one in the error.
fn rule(name: &str) -> Result<&'static Rule, String> {
    Rule::named(name).ok_or_else(|| {
        let near = RULES.iter().map(|rule| (strsim::jaro_winkler(rule.name(), name), rule.name())).max_by(|a, b| a.0.total_cmp(&b.0));
        let near = near.filter(|(likeness, _)| *likeness > 0.7).map_or(String::new(), |(_, near)| format!("; did you mean `{near}`?"));
        format!("there is no such rule{near} (`cargo xtask lint-db --list`)")
    })
}

/// Unlike the other commands this one tells "found something" (1) from "could not look" (2).
pub(crate) fn main(app: &App, args: &Args) -> ExitCode {
    match run(app, args) {
        Ok(faults) => ExitCode::from(u8::from(faults > 0)),
        Err(error) => {
            output::error(&error);
            ExitCode::from(2)
        }
    }
}

/// The number of faults.
fn run(app: &App, args: &Args) -> anyhow::Result<usize> {
    if let Some(rule) = args.explain {
        output::line(explained(rule));
        return Ok(0);
    }
    if args.list {
        output::line(listed());
        return Ok(0);
    }
    if args.format == Format::Sarif {
        bail!("SARIF comes with a later version: use --format json, whose shape `--help` tells");
    }
    let (target, options) = (target(app, args)?, options(args));
    let findings = block_on(async {
        let mut connection = connect(args).await?;
        lint::run(&mut connection, &target, &options).await.map_err(Into::into)
    })?;
    match args.format {
        Format::Json => output::line(json(&options, &findings)?),
        Format::Text | Format::Sarif => output::line(text(&findings)),
    }
    Ok(faults(&findings))
}

fn is_foreign(args: &Args) -> bool {
    args.tenant_column.is_some() || args.setting.is_some() || !args.schemas.is_empty() || !args.app_roles.is_empty()
}

/// The application's conventions; or, where one of the flags names something else, those that the flags give, and the rest as usual.
fn target(app: &App, args: &Args) -> anyhow::Result<Target> {
    let shared = args.shared.iter().cloned();
    if !is_foreign(args) {
        return Ok(Target::of(&app.conventions).with_shared(shared));
    }
    let column = args.tenant_column.as_deref().unwrap_or(app.conventions.tenant_column);
    let setting = args.setting.clone().unwrap_or_else(|| app.conventions.tenant_setting());
    let roles = if args.app_roles.is_empty() { vec![app.conventions.role("app")] } else { args.app_roles.clone() };
    Ok(Target::any(column, &setting, &args.schemas, &roles)?.with_shared(shared))
}

fn options(args: &Args) -> Options {
    let level = args.level.or_else(|| (!is_foreign(args)).then_some(Level::Hardened));
    Options { level, quiet_stats: args.quiet_stats, rules: args.rules.clone() }
}

/// The flag, else what the environment has. A malformed URL is not repeated, and another machine must prove who it is.
async fn connect(args: &Args) -> anyhow::Result<PgConnection> {
    let variables = ["ADMIN_DATABASE_URL", "DATABASE_URL"];
    let from_environment = || variables.iter().find_map(|name| Some((*name, std::env::var(name).ok().filter(|url| !url.is_empty())?)));
    let given = args.database_url.clone().map(|url| ("--database-url", url)).or_else(from_environment);
    let (name, url) = given.context("no database is named: give --database-url, or set ADMIN_DATABASE_URL or DATABASE_URL")?;
    let url = checked(name, &url, weak_tls_allowed())?;
    let login = url.options()?;
    let connecting = sqlx::ConnectOptions::connect(&login);
    let connected = tokio::time::timeout(std::time::Duration::from_secs(15), connecting);
    connected.await.with_context(|| format!("{url} did not answer within 15 seconds"))?.with_context(|| format!("cannot log in at {url}"))
}

fn faults(findings: &[Finding]) -> usize {
    findings.iter().filter(|finding| finding.severity == Severity::Fault).count()
}

/// The findings, those of a rule together.
fn text(findings: &[Finding]) -> String {
    let mut lines = Vec::new();
    let mut rule = "";
    for finding in findings {
        if finding.rule != rule {
            rule = finding.rule;
            let title = Rule::named(rule).map_or("", Rule::title);
            lines.push(output::titled(&format!("{rule}: {title}"), output::on_terminal()));
        }
        let mark = match finding.severity {
            Severity::Open => " (open at this level)",
            Severity::Unchecked => " (unchecked)",
            _ => "",
        };
        lines.push(format!("  {}{mark}: {}", inert(&finding.object), inert(&finding.what)));
        lines.push(format!("    remedy: {}", inert(&finding.remedy)));
    }
    lines.push(summary(findings));
    lines.join("\n")
}

fn summary(findings: &[Finding]) -> String {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let faults = match count(Severity::Fault) {
        0 => "no fault".to_owned(),
        1 => "1 fault".to_owned(),
        many => format!("{many} faults"),
    };
    let more = [(count(Severity::Open), "open at this level"), (count(Severity::Unchecked), "unchecked")];
    let more: String = more.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!(", {count} {what}")).collect();
    let hint = if findings.is_empty() { "" } else { "; `cargo xtask lint-db --explain RULE` says why" };
    format!("{faults}{more}{hint}")
}

/// Names come from a database that somebody else may have made: they cannot move the cursor.
fn inert(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { char.escape_default().to_string() } else { char.to_string() }).collect()
}

fn json(options: &Options, findings: &[Finding]) -> anyhow::Result<String> {
    let asked: Vec<&str> = RULES.iter().filter(|rule| lint::asks(options, rule)).map(Rule::name).collect();
    let all = serde_json::json!({ "version": 1, "rules": asked, "findings": findings });
    Ok(serde_json::to_string_pretty(&all)?)
}

fn listed() -> String {
    let width = RULES.iter().map(|rule| rule.name().len()).max().unwrap_or_default();
    let lines: Vec<String> = RULES.iter().map(|rule| format!("{:width$}  {}", rule.name(), rule.title())).collect();
    lines.join("\n")
}

fn explained(rule: &Rule) -> String {
    let title = output::titled(&format!("{}: {}", rule.name(), rule.title()), output::on_terminal());
    format!("{title}\n\n{}\n\nIt asks:\n\n{}", rule.why(), rule.sql().trim_end())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(Debug, clap::Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn parsed(words: &[&str]) -> Result<Args, String> {
        let words = std::iter::once("lint-db").chain(words.iter().copied());
        Line::try_parse_from(words).map(|line| line.args).map_err(|error| error.to_string())
    }

    #[test]
    fn a_rule_that_is_none_is_refused_with_the_nearest() {
        let error = parsed(&["--rule", "policy-arms"]).expect_err("is no rule");
        assert!(error.contains("did you mean `policy-arm`?"), "{error}");
        let error = parsed(&["--explain", "zzz"]).expect_err("is no rule");
        assert!(error.contains("there is no such rule (") && !error.contains("did you mean"), "{error}");
        let given = parsed(&["--rule", "sequence", "--rule", "publication"]).expect("are rules");
        assert_eq!(given.rules.iter().map(|rule| rule.name()).collect::<Vec<_>>(), ["sequence", "publication"]);
    }

    #[test]
    fn any_name_makes_it_another_database() {
        assert!(!is_foreign(&parsed(&["--shared", "a.b"]).expect("is fine")));
        assert_eq!(options(&parsed(&[]).expect("is fine")).level, Some(Level::Hardened));
        for words in [["--tenant-column", "org"], ["--setting", "a.b"], ["--schema", "s"], ["--app-role", "web"]] {
            let args = parsed(&words).expect("is fine");
            assert!(is_foreign(&args), "{words:?}");
            assert_eq!(options(&args).level, None);
        }
        let args = parsed(&["--schema", "s", "--level", "hardened"]).expect("is fine");
        assert_eq!(options(&args).level, Some(Level::Hardened));
    }

    #[test]
    fn a_name_cannot_move_the_cursor() {
        assert_eq!(inert("app.\u{1b}[2Jx\n"), "app.\\u{1b}[2Jx\\n");
    }

    #[test]
    fn the_rules_are_listed() {
        insta::assert_snapshot!(listed());
    }

    #[test]
    fn a_rule_is_explained() {
        insta::assert_snapshot!(explained(rule("row-security-forced").expect("is a rule")));
    }
}
