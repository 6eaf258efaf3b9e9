//! What became of the mutants.

use std::error::Error;
use std::fmt::{self, Write as _};

use serde::Serialize;

use super::detect::Notice;
use super::mutant::{Kind, Open, Unfit};

/// The verdict over every mutant. Its `Display` is for people, and ends with a line that sums up.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct MutantsReport {
    /// Those that were run, each with who noticed it.
    pub mutants: Vec<MutantReport>,
    /// Those that these models have no place for.
    pub unfit: Vec<Unfit>,
    /// What the level of the database leaves open; nothing at level `hardened`.
    pub open: Vec<Open>,
}

/// A mutant, and who noticed it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct MutantReport {
    /// Its name.
    pub name: String,
    /// What it is about.
    pub kind: Kind,
    /// What is weak.
    pub what: String,
    /// The statements that were run.
    pub sql: Vec<String>,
    /// Every detector that noticed, behaviour first; none for a survivor.
    pub caught: Vec<Caught>,
}

/// That a detector noticed.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Caught {
    /// How.
    pub by: Notice,
    /// The detector's name.
    pub detector: String,
    /// Where: a table, a statement, a role.
    pub place: String,
    /// What was seen.
    pub seen: String,
    /// The statements that lead there.
    pub script: Vec<String>,
    /// The rules of the linter that found it, when the detector is the linter.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<&'static str>,
    /// The layer that had to be removed, since it hides the mutant.
    pub without: Option<String>,
}

impl Caught {
    /// The detector, and of the linter the rules.
    fn who(&self) -> String {
        if self.rules.is_empty() { self.detector.clone() } else { format!("{} ({})", self.detector, self.rules.join(", ")) }
    }
}

impl MutantReport {
    /// The rules of the linter that find it, whoever else noticed.
    pub fn rules(&self) -> impl Iterator<Item = &'static str> {
        self.caught.iter().flat_map(|caught| caught.rules.iter().copied())
    }

    /// How it was noticed: by behaviour if that noticed it, else at start-up, else by the linter. `None` for a survivor.
    #[must_use]
    pub fn noticed(&self) -> Option<&Caught> {
        let by = |notice| self.caught.iter().find(|caught| caught.by == notice);
        by(Notice::Behaviour).or_else(|| by(Notice::StartUp)).or_else(|| by(Notice::Linter))
    }
}

impl MutantsReport {
    /// The mutants that nobody noticed.
    pub fn survivors(&self) -> impl Iterator<Item = &MutantReport> {
        self.mutants.iter().filter(|mutant| mutant.caught.is_empty())
    }

    /// How many were noticed in that way.
    #[must_use]
    pub fn noticed_by(&self, notice: Notice) -> usize {
        self.mutants.iter().filter(|mutant| mutant.noticed().is_some_and(|caught| caught.by == notice)).count()
    }

    /// The report of the mutant of that name.
    #[must_use]
    pub fn mutant(&self, name: &str) -> Option<&MutantReport> {
        self.mutants.iter().find(|mutant| mutant.name == name)
    }
}

impl fmt::Display for MutantReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(caught) = self.noticed() else {
            writeln!(f, "SURVIVES  {:<36} {} ({}): nobody noticed", self.name, self.what, self.kind)?;
            return self.sql.iter().try_for_each(|statement| writeln!(f, "    {statement};"));
        };
        writeln!(f, "{:<9} {:<36} {} ({})", caught.by.to_string(), self.name, self.what, self.kind)?;
        if let Some(layer) = &caught.without {
            writeln!(f, "    removed beside it: {layer}")?;
        }
        for statement in &caught.script {
            writeln!(f, "    {statement}{}", if statement.starts_with("--") { "" } else { ";" })?;
        }
        writeln!(f, "    => {}", caught.seen.lines().next().unwrap_or_default())?;
        let others: Vec<String> = self.caught.iter().filter(|other| other.detector != caught.detector).map(Caught::who).collect();
        write!(f, "    noticed by: {}", caught.who())?;
        if others.is_empty() { writeln!(f) } else { writeln!(f, "; also {}", others.join(", ")) }
    }
}

impl fmt::Display for MutantsReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for mutant in &self.mutants {
            mutant.fmt(f)?;
        }
        for unfit in &self.unfit {
            writeln!(f, "{:<9} {:<36} does not apply to these models: {}", "-", unfit.name, unfit.why)?;
        }
        for open in &self.open {
            writeln!(f, "{:<9} {:<36} open at this level: {}", "-", open.name, open.what)?;
        }
        writeln!(f, "Weakenings of the schema and of roles. Those of code take a build of the library itself, and are not among them.")?;
        let survivors = self.survivors().count();
        let how = if survivors == 0 { "each noticed".to_owned() } else { format!("{survivors} NOT noticed") };
        write!(
            f,
            "mutants: {} weakenings, {how} ({} by behaviour, {} at start-up, {} by the linter)",
            self.mutants.len(),
            self.noticed_by(Notice::Behaviour),
            self.noticed_by(Notice::StartUp),
            self.noticed_by(Notice::Linter)
        )
    }
}

/// An error with everything that it stands on.
pub(in super::super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutant(name: &str, by: &[Notice]) -> MutantReport {
        let caught = |by: &Notice| Caught {
            by: *by,
            detector: by.to_string(),
            place: "app.notes".to_owned(),
            seen: "A reads 2 rows of B".to_owned(),
            script: vec!["select 1".to_owned()],
            rules: if *by == Notice::Linter { vec!["policy-open", "restrictive-fence"] } else { Vec::new() },
            without: None,
        };
        let (name, what, sql) = (name.to_owned(), "something is weak".to_owned(), vec!["drop policy p on t".to_owned()]);
        MutantReport { name, kind: Kind::Schema, what, sql, caught: by.iter().map(caught).collect() }
    }

    #[test]
    fn behaviour_counts_before_what_only_reads_the_catalogue() {
        let mutants = vec![
            mutant("a", &[Notice::Linter, Notice::StartUp, Notice::Behaviour]),
            mutant("b", &[Notice::Linter, Notice::StartUp]),
            mutant("c", &[Notice::Linter]),
        ];
        let report = MutantsReport { mutants, unfit: Vec::new(), open: Vec::new() };
        let last = report.to_string().lines().last().map(str::to_owned);
        let expected = "mutants: 3 weakenings, each noticed (1 by behaviour, 1 at start-up, 1 by the linter)";
        assert_eq!(last.as_deref(), Some(expected));
        let json = serde_json::to_value(&report).expect("it is data");
        assert_eq!((&json["mutants"][0]["kind"], &json["mutants"][1]["caught"][1]["by"]), (&"schema".into(), &"start_up".into()));
    }

    #[test]
    fn a_survivor_is_told_with_what_was_done() {
        let unfit = vec![Unfit { name: "x".to_owned(), why: "no model has a unique key".to_owned() }];
        let open = vec![Open { name: "y".to_owned(), what: "a SELECT can switch the tenant".to_owned() }];
        let report = MutantsReport { mutants: vec![mutant("a", &[])], unfit, open };
        let text = report.to_string();
        assert!(text.contains("something is weak (schema): nobody noticed\n    drop policy p on t;\n"), "{text}");
        assert!(text.contains("does not apply to these models: no model has a unique key\n"), "{text}");
        assert!(text.contains("open at this level: a SELECT can switch the tenant\n"), "{text}");
        assert!(text.ends_with("mutants: 1 weakenings, 1 NOT noticed (0 by behaviour, 0 at start-up, 0 by the linter)"), "{text}");
    }
}
