//! What the environment chooses of a proof, so that one test function serves a push, a merge and a night.
//!
//! | variable | meaning |
//! |---|---|
//! | `TENANTRY_PROOF_PROFILE` | `push`, `ci` or `nightly`; see [`Profile`] |
//! | `TENANTRY_PROOF_CASES` | how many cases; it wins over the profile |
//! | `TENANTRY_PROOF_SEED` | the first seed; a new one by default |
//! | `TENANTRY_PROOF_SEEDS` | how many seeds, one after the other; 1 by default |
//! | `TENANTRY_PROOF_SURFACES` | such as `http,repository`; all by default |
//! | `TENANTRY_PROOF_PARTS` | such as `workload,attacks`; see [`Part`]. By default those of the proof, or else of the profile |
//! | `TENANTRY_PROOF_FAULTS` | only these faults, such as `cut,dropped`: `conflicts`, `pooler`, `panic`, `swallowed`, `savepoints`, `timeout`, `killed`, `exhausted`, `dropped`, `cut` |
//! | `TENANTRY_PROOF_OPEN` | a table to switch row security off on first |
//! | `TENANTRY_PROOF_REPORT` | a folder for `proof.json` |
//! | `TENANTRY_PROOF_ORIGIN` | where the server comes from, for the report, when whoever found it hands on its login |
//! | `TENANTRY_PROOF_OUTPUT` | `machine`: reports, failures and progress are lines on standard output |
//!
//! A value that cannot be read is a failure, not the default.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::faults::Fault;
use super::{Part, Surface};

/// How much is tried, by all [parts](Part) together. Time is looked at between cases, so a run ends a little later than it says; the workload
/// takes what the other parts leave of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Profile {
    /// What 60 seconds allow: the attacks in whole, faults for 15 seconds, others from seed to seed, and as many cases as then fit.
    Push,
    /// 100,000 operations, and a failure when they and the other parts, timing among them, take longer than 10 minutes.
    Ci,
    /// As many cases as two hours allow, and then every other part.
    Nightly,
}

impl Profile {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Push, Self::Ci, Self::Nightly];

    pub(super) const fn limits(self) -> Limits {
        let none = Limits { cases: None, operations: None, time: None };
        match self {
            Self::Push => Limits { time: Some(Duration::from_secs(60)), ..none },
            Self::Ci => Limits { operations: Some(100_000), time: Some(Duration::from_secs(600)), ..none },
            Self::Nightly => Limits { time: Some(Duration::from_secs(2 * 60 * 60)), ..none },
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Push => "push",
            Self::Ci => "ci",
            Self::Nightly => "nightly",
        })
    }
}

/// When a proof has tried enough. It ends with the case that reaches the first of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Limits {
    pub(super) cases: Option<u32>,
    /// When it is given, the time may not run out first.
    pub(super) operations: Option<u64>,
    pub(super) time: Option<Duration>,
}

/// What the variables say.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Settings {
    pub(super) profile: Option<Profile>,
    pub(super) cases: Option<u32>,
    pub(super) seed: Option<u64>,
    pub(super) seeds: u64,
    pub(super) surfaces: Option<Vec<Surface>>,
    pub(super) parts: Option<Vec<Part>>,
    pub(super) faults: Option<Vec<Fault>>,
    pub(super) open: Option<String>,
    pub(super) report: Option<PathBuf>,
    pub(super) origin: Option<String>,
    pub(super) machine: bool,
}

impl Settings {
    pub(super) fn from_env() -> Result<Self, String> {
        Self::read(&|name| std::env::var(name).ok())
    }

    fn read(get: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        Ok(Self {
            profile: named(get, "PROFILE", &Profile::ALL)?,
            cases: number(get, "CASES")?,
            seed: number(get, "SEED")?,
            seeds: number(get, "SEEDS")?.unwrap_or(1),
            surfaces: list(get, "SURFACES", &Surface::ALL)?,
            parts: list(get, "PARTS", &Part::ALL)?,
            faults: list(get, "FAULTS", &Fault::ALL)?,
            open: get("TENANTRY_PROOF_OPEN"),
            report: get("TENANTRY_PROOF_REPORT").map(PathBuf::from),
            origin: get("TENANTRY_PROOF_ORIGIN"),
            machine: match get("TENANTRY_PROOF_OUTPUT").as_deref() {
                None => false,
                Some("machine") => true,
                Some(other) => return Err(format!("TENANTRY_PROOF_OUTPUT is `machine` or not set, not `{other}`")),
            },
        })
    }

    /// The parts that run, each once and in their order: those that the environment names, or else the proof itself, or else its profile.
    pub(super) fn parts(&self, proof: Option<&[Part]>) -> Vec<Part> {
        let chosen = self.parts.as_deref().or(proof).unwrap_or_else(|| Part::of(self.profile));
        Part::ALL.into_iter().filter(|part| chosen.contains(part)).collect()
    }

    /// The faults that are brought about.
    pub(super) fn faults(&self) -> &[Fault] {
        self.faults.as_deref().unwrap_or(&Fault::ALL)
    }

    /// The limits of the workload: a number of cases that was asked for, or else the profile, or else the proof's own number of cases. Of the
    /// time of a profile the other parts that are chosen take theirs.
    pub(super) fn limits(&self, cases: u32, chosen: &[Part]) -> Limits {
        match (self.cases, self.profile) {
            (None, Some(profile)) => {
                let limits = profile.limits();
                let others: Duration = chosen.iter().map(|part| part.budget(profile)).sum();
                Limits { time: limits.time.map(|time| time.saturating_sub(others)), ..limits }
            }
            (cases_asked, _) => Limits { cases: cases_asked.or(Some(cases)), operations: None, time: None },
        }
    }

    /// How long the faults may take; none when all of them are brought about.
    pub(super) fn fault_time(&self) -> Option<Duration> {
        self.profile.filter(|profile| *profile == Profile::Push).map(|profile| Part::Faults.budget(profile))
    }
}

fn number<T: FromStr>(get: &dyn Fn(&str) -> Option<String>, name: &str) -> Result<Option<T>, String> {
    let name = format!("TENANTRY_PROOF_{name}");
    let read = |text: String| text.parse().map_err(|_| format!("{name} is a whole number, not `{text}`"));
    get(&name).map(read).transpose()
}

fn named<T: Copy + fmt::Display>(get: &dyn Fn(&str) -> Option<String>, name: &str, all: &[T]) -> Result<Option<T>, String> {
    let name = format!("TENANTRY_PROOF_{name}");
    get(&name).map(|text| one_of(&name, &text, all)).transpose()
}

fn one_of<T: Copy + fmt::Display>(name: &str, text: &str, all: &[T]) -> Result<T, String> {
    let known = || all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    all.iter().copied().find(|item| item.to_string() == text).ok_or_else(|| format!("{name} knows {}, not `{text}`", known()))
}

fn list<T: Copy + fmt::Display>(get: &dyn Fn(&str) -> Option<String>, name: &str, all: &[T]) -> Result<Option<Vec<T>>, String> {
    let name = format!("TENANTRY_PROOF_{name}");
    get(&name).map(|text| text.split(',').map(|part| one_of(&name, part, all)).collect()).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, value: &str) -> Result<Settings, String> {
        Settings::read(&|asked| (asked == format!("TENANTRY_PROOF_{name}")).then(|| value.to_owned()))
    }

    #[test]
    fn a_number_of_cases_wins_over_the_profile() {
        let both = Settings { cases: Some(3), ..read("PROFILE", "ci").unwrap() };
        assert_eq!(both.limits(64, &Part::ALL).cases, Some(3));
        assert_eq!(read("PROFILE", "ci").unwrap().limits(64, &Part::ALL).operations, Some(100_000));
        assert_eq!(Settings::default().limits(64, &Part::ALL).cases, Some(64));
    }

    #[test]
    fn the_workload_leaves_the_other_parts_their_time() {
        let push = read("PROFILE", "push").unwrap();
        let seconds = |parts: &[Part]| push.limits(64, parts).time.map(|time| time.as_secs());
        assert_eq!(seconds(&[Part::Workload]), Some(60));
        assert_eq!(seconds(&push.parts(None)), Some(33));
        assert_eq!(push.fault_time(), Some(Duration::from_secs(15)));
        assert_eq!(read("PROFILE", "ci").unwrap().fault_time(), None);
    }

    #[test]
    fn parts_are_chosen_by_the_environment_then_the_proof_then_the_profile() {
        let named = read("PARTS", "mutants,workload").unwrap();
        assert_eq!(named.parts(Some(&[Part::Faults])), [Part::Workload, Part::Mutants], "in their own order");
        assert_eq!(Settings::default().parts(Some(&[Part::Faults, Part::Faults])), [Part::Faults]);
        assert_eq!(Settings::default().parts(None), [Part::Workload, Part::Attacks, Part::Faults]);
        assert_eq!(read("PROFILE", "nightly").unwrap().parts(None), Part::ALL);
        let error = read("PARTS", "all").unwrap_err();
        assert_eq!(error, "TENANTRY_PROOF_PARTS knows workload, attacks, faults, timing, mutants, not `all`");
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_what_could() {
        assert_eq!(read("PROFILE", "fast").unwrap_err(), "TENANTRY_PROOF_PROFILE knows push, ci, nightly, not `fast`");
        assert_eq!(read("CASES", "many").unwrap_err(), "TENANTRY_PROOF_CASES is a whole number, not `many`");
        assert!(read("SURFACES", "http,ftp").unwrap_err().ends_with("not `ftp`"));
        assert!(read("FAULTS", "cut,all").unwrap_err().starts_with("TENANTRY_PROOF_FAULTS knows conflicts, pooler, "));
        assert_eq!(read("FAULTS", "cut").unwrap().faults(), [Fault::Cut]);
        assert!(read("OUTPUT", "html").is_err());
        assert_eq!(read("SURFACES", "http,repository").unwrap().surfaces, Some(vec![Surface::Http, Surface::Repository]));
    }
}
