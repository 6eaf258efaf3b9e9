//! Every statement that is generated for the reference application: its text, the laws that hold for all texts, and the server's plans.

mod checked;
mod laws;
mod plans;
mod text;

use tenantry::schema::ModelDef;
use tenantry::sql::catalogue;
use tenantry_app::{CONVENTIONS, MODELS};

/// A statement of a model.
struct Case {
    model: &'static ModelDef,
    title: String,
    text: String,
}

/// The statements of all models.
fn cases() -> Vec<Case> {
    let cases: Vec<Case> = MODELS.iter().flat_map(|entry| cases_of(entry.def())).collect();
    assert!(cases.len() > 10 * MODELS.len(), "a law over nothing holds always");
    cases
}

/// The statements of a model.
fn cases_of(model: &'static ModelDef) -> Vec<Case> {
    let case = |(title, statement): (String, tenantry::sql::Statement)| Case { model, title, text: statement.render(&CONVENTIONS) };
    catalogue(model).into_iter().map(case).collect()
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}: {}", self.model.name, self.title, self.text)
    }
}
