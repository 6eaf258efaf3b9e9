//! Policies and triggers of tables that stay. Those of new tables come with them.

use super::{Compared, Plan, Refusal, Step};

pub(super) fn drop(compared: &Compared<'_>, plan: &mut Plan, refusals: &mut Vec<Refusal>) {
    for (old, new) in &compared.kept {
        if old.fence != new.fence {
            refusals.push(Refusal {
                subject: new.model.clone(),
                remedy: format!("another kind of rows in {}; make a new model with a table of its own and copy the rows by hand", new.name),
            });
        }
        for trigger in old.triggers.iter().filter(|trigger| !new.triggers.contains(trigger)) {
            plan.steps.push(Step::DropTrigger { table: old.name.clone(), name: trigger.name.clone() });
        }
        for policy in old.policies.iter().filter(|policy| !new.policies.contains(policy)) {
            plan.change(&new.model, format!("policy {} goes or changes", policy.name));
            plan.steps.push(Step::DropPolicy { table: old.name.clone(), name: policy.name.clone() });
        }
    }
}

pub(super) fn create(compared: &Compared<'_>, plan: &mut Plan) {
    for (old, new) in &compared.kept {
        for policy in new.policies.iter().filter(|policy| !old.policies.contains(policy)) {
            plan.steps.push(Step::CreatePolicy { table: new.name.clone(), policy: policy.clone() });
        }
        for trigger in new.triggers.iter().filter(|trigger| !old.triggers.contains(trigger)) {
            plan.steps.push(Step::CreateTrigger { table: new.name.clone(), trigger: trigger.clone() });
        }
    }
}
