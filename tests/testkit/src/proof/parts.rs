//! The parts of a proof: which of them run, in which order, and how much time each may take.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::settings::Profile;

/// A part of a proof. They run in this order, and the first that is red ends the proof: what comes after it would be shown on a system of
/// which it is known that it does not hold.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Part {
    /// Tenants that do random things at the same time.
    Workload,
    /// Every attack once: the SQL matrix, the sweep over the catalogue, the classes of requests, those to the routes of people.
    Attacks,
    /// What can break is broken.
    Faults,
    /// Whether another tenant's id takes longer to be refused than one that nobody has. A difference is told and makes nothing red.
    Timing,
    /// Weakenings of the schema and of the roles, each of which must be noticed. All of them are tried, also after a survivor.
    Mutants,
}

impl Part {
    /// All of them, in the order in which they run.
    pub const ALL: [Self; 5] = [Self::Workload, Self::Attacks, Self::Faults, Self::Timing, Self::Mutants];

    /// What runs when nobody has chosen: what shows that tenants cannot reach each other. Timing takes minutes and is of use on a quiet
    /// machine alone, and mutants are about the proof itself: profiles add them.
    #[must_use]
    pub const fn of(profile: Option<Profile>) -> &'static [Self] {
        match profile {
            None | Some(Profile::Push) => &[Self::Workload, Self::Attacks, Self::Faults],
            Some(Profile::Ci) => &[Self::Workload, Self::Attacks, Self::Faults, Self::Timing],
            Some(Profile::Nightly) => &Self::ALL,
        }
    }

    /// How long the others take in that profile, on two idle cores, so that the workload leaves them the time.
    pub(super) fn budget(self, profile: Profile) -> Duration {
        Duration::from_secs(match (self, profile) {
            (Self::Attacks, Profile::Push) => 12,
            (Self::Attacks, Profile::Ci) => 20,
            (Self::Faults, Profile::Push) => 15,
            (Self::Faults, Profile::Ci) => 100,
            (Self::Timing, Profile::Ci) => 60,
            _ => 0,
        })
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Workload => "workload",
            Self::Attacks => "attacks",
            Self::Faults => "faults",
            Self::Timing => "timing",
            Self::Mutants => "mutants",
        })
    }
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
