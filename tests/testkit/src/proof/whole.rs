//! The whole proof: its parts, one after the other, and one report of them.

use std::time::{Duration, Instant};

use super::attacks::{Extent, Field, attacks, compared};
use super::driver::{self, Tally};
use super::mutants::chain;
use super::parts::Part;
use super::settings::{Limits, Settings};
use super::setup::Place;
use super::verdict::{Report, Subject};
use super::{Failure, Proof, progress, timing};
use crate::Postgres;

/// Runs the parts that are chosen until one is red, and writes the report.
pub(super) fn run(proof: &Proof, server: &Postgres, seed: u64, settings: &Settings) -> Result<Report, Failure> {
    let chosen = settings.parts(proof.parts.as_deref());
    if chosen.is_empty() {
        return Err(Failure::setup("no part of the proof is chosen, so nothing would be shown"));
    }
    let mut place = Place::new(proof, server)?;
    let about = place.about(server, settings.origin.as_deref())?;
    let subject =
        Subject { proof, ground: &place.ground, server: about, profile: settings.profile.filter(|_| settings.cases.is_none()), seed };
    let mut report = Report::new(subject, &chosen);
    let whole = Whole { proof, server, seed, settings, limits: settings.limits(proof.cases, &chosen) };
    let mut result = Ok(());
    for (number, part) in chosen.iter().enumerate() {
        if chosen.len() > 1 {
            progress::part(settings.machine, *part, number + 1, chosen.len());
        }
        let started = Instant::now();
        result = whole.part(*part, &mut place, &mut report);
        report.ended(*part, started.elapsed(), result.as_ref().err());
        if result.is_err() {
            break;
        }
    }
    place.leave();
    if let Some(folder) = &settings.report {
        let told = |error| Failure::setup(format!("the report cannot be written to {}: {error}", folder.display()));
        report.write(folder).map_err(told)?;
    }
    result.map(|()| report)
}

/// What the parts have in common.
struct Whole<'a> {
    proof: &'a Proof,
    server: &'a Postgres,
    seed: u64,
    settings: &'a Settings,
    limits: Limits,
}

impl Whole<'_> {
    fn part(&self, part: Part, place: &mut Place, report: &mut Report) -> Result<(), Failure> {
        match part {
            Part::Workload => self.workload(place, report),
            Part::Attacks => self.attacks(place, report),
            Part::Faults => self.faults(report),
            Part::Timing => self.timing(place, report),
            Part::Mutants => self.mutants(report),
        }
    }

    fn workload(&self, place: &mut Place, report: &mut Report) -> Result<(), Failure> {
        // The cases run on this thread, and what the application spawns on those of the runtime.
        let _listening = tracing::subscriber::set_default(place.ground.log.subscriber());
        let (tally, result) = driver::run(self.proof, &place.ground, &place.runtime, self.seed, self.limits, self.settings.machine);
        report.worked(self.proof, &place.ground, &tally);
        result.map_err(|red| Failure::red(self.seed, red)).and_then(|()| enough(self.seed, &tally, self.limits))
    }

    fn attacks(&self, place: &Place, report: &mut Report) -> Result<(), Failure> {
        let found = place.runtime.block_on(attacks(Field::of(&place.ground), Extent::Whole));
        report.attacked(&found);
        let through = found.violations_found();
        if through.is_empty() {
            return Ok(());
        }
        let fault = format!("{} of {} attacks got through", through.len(), found.attacks());
        Err(Failure::of(Part::Attacks, self.seed, through.to_vec(), fault))
    }

    fn faults(&self, report: &mut Report) -> Result<(), Failure> {
        let (chosen, time) = (self.settings.faults(), self.settings.fault_time());
        report.broken(self.proof.faults(self.server, self.seed, chosen, time)?);
        Ok(())
    }

    fn timing(&self, place: &Place, report: &mut Report) -> Result<(), Failure> {
        let compared = place.runtime.block_on(compared(Field::of(&place.ground), timing::PAIRS));
        report.timed(compared.map_err(|fault| Failure::of(Part::Timing, self.seed, Vec::new(), fault))?);
        Ok(())
    }

    fn mutants(&self, report: &mut Report) -> Result<(), Failure> {
        let ran = self.proof.clone().mutants().try_run_on(self.server);
        let found = ran.map_err(|error| Failure::of(Part::Mutants, self.seed, Vec::new(), chain(&error)))?;
        let survivors: Vec<String> = found.survivors().map(|mutant| format!("{}: {}", mutant.name, mutant.sql.join("; "))).collect();
        let tried = found.mutants.len();
        report.weakened(found);
        if survivors.is_empty() {
            return Ok(());
        }
        let fault = format!("{} of {tried} weakenings were not noticed", survivors.len());
        Err(Failure::of(Part::Mutants, self.seed, survivors, fault))
    }
}

/// Nothing was wrong; was it enough to say so?
fn enough(seed: u64, tally: &Tally, limits: Limits) -> Result<(), Failure> {
    let short = |fault| Err(Failure::of(Part::Workload, seed, Vec::new(), fault));
    if let Some(fault) = tally.counts.refused() {
        return short(fault);
    }
    let operations = tally.counts.operations();
    if operations == 0 {
        return short("no operation was tried".to_owned());
    }
    match (limits.operations, limits.time) {
        (Some(wanted), Some(time)) if operations < wanted => short(format!(
            "time was up: {operations} operations in {} s where the profile wants {wanted}; on a slower machine say how many cases you want instead",
            Duration::as_secs(&time)
        )),
        _ => Ok(()),
    }
}
