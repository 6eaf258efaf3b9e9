//! The rules, each a folder of four files: `why.md` (a title and a reason), `rule.sql` (the query), `good.sql` and `bad.sql` (what it must
//! let pass and what it must find). The suite `tests/lint` holds every rule to its examples.
//!
//! A new rule is a new folder and its name in [`RULES`]. Its query stands below `prelude.sql` and gives `object` (what a person would call
//! it: `app.orders`, a role, a function with its arguments), `what` (one sentence without a full stop) and `remedy` (a statement, or a
//! command). It asks the catalogue only; what needs the rows themselves is given as a further column `probe`, a query of one boolean.
//!
//! All of them are one statement: the server reads the prelude once, and answers what several rules need once.

use std::fmt;

/// A rule of the linter.
pub struct Rule {
    name: &'static str,
    why: &'static str,
    sql: &'static str,
    pub(super) kind: Kind,
}

/// When a rule is asked, and how.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// Always; it is about the catalogue.
    Catalogue,
    /// Always; what the catalogue names is looked for among the rows.
    Rows,
    /// Always, but it is a fault only at level `hardened`: elsewhere nobody can mend it.
    Hardened,
    /// When the statistics are to be quiet.
    QuietStats,
}

impl Rule {
    /// The name, as `--rule` takes it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What should be so, in one line.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.why.lines().next().unwrap_or_default().trim_start_matches("# ")
    }

    /// Why it should be so, with the title of the place in PostgreSQL's manual, as a paragraph.
    #[must_use]
    pub fn why(&self) -> &'static str {
        self.why.split_once('\n').map_or("", |(_, why)| why.trim())
    }

    /// The query, as it stands in its file.
    #[must_use]
    pub const fn sql(&self) -> &'static str {
        self.sql
    }

    /// The rule of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.name == name)
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What a rule of that kind asks of the rows.
macro_rules! probe {
    (Rows) => {
        "probe::text"
    };
    ($kind:ident) => {
        "null::text"
    };
}

/// The rules from their folders, and the statement that asks them. Everything is a literal, so that the driver needs no promise that it is
/// safe.
macro_rules! rules {
    ($($name:literal: $kind:ident,)*) => {
        /// All rules, in the order in which their findings are told: fences, columns and keys, what runs with others' rights, ways out,
        /// roles, server.
        pub static RULES: &[Rule] = &[$(Rule {
            name: $name,
            why: include_str!(concat!("rules/", $name, "/why.md")),
            sql: include_str!(concat!("rules/", $name, "/rule.sql")),
            kind: Kind::$kind,
        }),*];

        /// What every rule knows, then all of their queries; the argument 18 names those that are asked.
        pub(super) const QUERY: &str = concat!(
            include_str!("prelude.sql"),
            ",\nreaching_functions as (select p.oid, p.proname from pg_proc p where ",
            include_str!("../sql/provision/reaching_functions.sql"),
            "),\ncounting_functions as (select p.oid from pg_proc p where ",
            include_str!("../sql/provision/counting_functions.sql"),
            "),\ncounting_views as (select c.oid from pg_class c where ",
            include_str!("../sql/provision/counting_views.sql"),
            ")\nselect null::text as rule, null::text as object, null::text as what, null::text as remedy, null::text as probe where false",
            $(
                "\nunion all select '", $name, "', object::text, what::text, remedy::text, ", probe!($kind), " from (\n",
                include_str!(concat!("rules/", $name, "/rule.sql")),
                ") found where '", $name, "' = any ($18)",
            )*
            "\norder by object, what, remedy, probe"
        );
    };
}

rules! {
    "row-security-enabled": Catalogue,
    "row-security-forced": Catalogue,
    "restrictive-fence": Catalogue,
    "policy-open": Catalogue,
    "policy-arm": Catalogue,
    "policy-coalesce": Catalogue,
    "policy-text": Catalogue,
    "policy-lookup": Catalogue,
    "policy-function": Catalogue,
    "policy-expression": Catalogue,
    "policy-check": Catalogue,
    "policy-role": Catalogue,
    "tenant-column": Catalogue,
    "tenant-update": Catalogue,
    "key-tenant": Catalogue,
    "index-leading": Catalogue,
    "foreign-key-tenant": Catalogue,
    "foreign-key-action": Catalogue,
    "foreign-key-dangling": Rows,
    "partition-grants": Catalogue,
    "shared-written": Catalogue,
    "table-owner": Catalogue,
    "view-rights": Catalogue,
    "materialized-view": Catalogue,
    "rewrite-rule": Catalogue,
    "definer-function": Catalogue,
    "function-search-path": Catalogue,
    "leakproof-function": Catalogue,
    "trigger-query": Catalogue,
    "publication": Catalogue,
    "foreign-data": Catalogue,
    "sequence": Catalogue,
    "role-attributes": Catalogue,
    "role-membership": Catalogue,
    "role-ownership": Catalogue,
    "role-grants": Catalogue,
    "role-create": Catalogue,
    "role-settings": Catalogue,
    "public-grants": Catalogue,
    "event-trigger": Hardened,
    "reaching-functions": Hardened,
    "statistics": QuietStats,
    "server-version": Catalogue,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn folder() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lint/rules")
    }

    #[test]
    fn each_folder_is_a_rule_and_each_rule_has_its_files() {
        let folders: BTreeSet<String> = std::fs::read_dir(folder())
            .expect("the folder of the rules")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"))
            .collect();
        let names: BTreeSet<String> = RULES.iter().map(|rule| rule.name().to_owned()).collect();
        assert_eq!(folders, names);
        assert_eq!(names.len(), RULES.len(), "two rules have one name");
        for name in names {
            for file in ["why.md", "rule.sql", "good.sql", "bad.sql"] {
                let text = std::fs::read_to_string(folder().join(&name).join(file)).unwrap_or_default();
                assert!(!text.trim().is_empty(), "{name}/{file} is missing or empty");
            }
        }
    }

    #[test]
    fn each_rule_says_why_and_where_that_stands() {
        for rule in RULES {
            assert!(rule.name().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", rule.name());
            assert!(!rule.title().is_empty() && !rule.title().ends_with('.'), "{}: the title", rule.name());
            assert!(rule.why().len() > 150, "{}: the reason", rule.name());
            let why = rule.why().replace('\n', " ");
            let places: Vec<&str> = why.split("manual, ").skip(1).collect();
            assert!(!places.is_empty() || why.contains("release notes"), "{}: no place in the manual", rule.name());
            // Chapters have another number in each version, and keep their titles.
            assert!(!places.iter().any(|place| place.starts_with(|c: char| c.is_ascii_digit())), "{}: a number", rule.name());
            assert!(std::ptr::eq(Rule::named(rule.name()).expect("is found"), rule));
        }
        assert!(Rule::named("no-such-rule").is_none());
    }
}
