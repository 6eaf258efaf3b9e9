//! Functions: created before the tables that use them, dropped after. One that belongs to another role is made anew where it changes: the
//! tables' owner may drop what is in its schema, and may not replace what is not its own.

use super::{Compared, Plan, Step};

pub(super) fn create(compared: &Compared<'_>, plan: &mut Plan) {
    for function in &compared.next.functions {
        match compared.previous.functions.iter().find(|old| old.name == function.name) {
            None => plan.steps.push(Step::CreateFunction(function.clone())),
            Some(old) if old != function => {
                plan.change(function.name.to_string(), "the function has another text");
                if old.owner.is_some() || old.arguments != function.arguments {
                    plan.steps.extend([Step::DropFunction(old.clone()), Step::CreateFunction(function.clone())]);
                } else {
                    plan.steps.push(Step::ReplaceFunction(function.clone()));
                }
            }
            Some(_) => {}
        }
    }
}

pub(super) fn drop(compared: &Compared<'_>, plan: &mut Plan) {
    let gone = compared.previous.functions.iter().filter(|old| !compared.next.functions.iter().any(|new| new.name == old.name));
    plan.steps.extend(gone.rev().map(|function| Step::DropFunction(function.clone())));
}
