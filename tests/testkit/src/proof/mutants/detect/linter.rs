//! What the linter of a live database says: the rules of `lint-db`, asked as the administrator.

use tenantry::lint::Severity;

use super::super::MutantsError;
use super::super::site::Site;
use super::{Finding, Findings};

/// All that the linter finds is one finding: the rules overlap, and which of them speak of a mutant belongs together. What is open at the
/// level of the database, or could not be looked at, is there without a mutant as well and is no fault.
pub(super) async fn look(site: &mut Site<'_>, findings: &mut Findings) -> Result<(), MutantsError> {
    let mut found = site.lint().await?;
    found.retain(|finding| finding.severity == Severity::Fault);
    if found.is_empty() {
        return Ok(());
    }
    let seen: Vec<String> = found.iter().map(|finding| format!("{}: {}: {}", finding.rule, finding.object, finding.what)).collect();
    let mut rules: Vec<&'static str> = found.iter().map(|finding| finding.rule).collect();
    rules.dedup();
    let asked: String = rules.iter().map(|rule| format!(" --rule {rule}")).collect();
    findings.found.push(Finding {
        detector: findings.detector,
        place: found.into_iter().next().map_or_else(String::new, |finding| finding.object),
        seen: seen.join("\n"),
        script: vec![format!("-- cargo xtask lint-db{asked}")],
        rules,
        only_hardened: false,
    });
    Ok(())
}
