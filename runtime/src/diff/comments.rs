//! The comments of tables that stay.

use super::{Compared, Plan, Step};

pub(super) fn steps(compared: &Compared<'_>, plan: &mut Plan) {
    for (old, new) in &compared.kept {
        if old.comment != new.comment {
            plan.change(&new.model, "another documentation");
            plan.steps.push(Step::Comment { table: new.name.clone(), text: new.comment.clone() });
        }
    }
}
