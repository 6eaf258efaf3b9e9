//! `show`: everything that is generated for a model, as a person reads it: the table with its fence, the statements, the routes.

mod routes;
#[cfg(test)]
mod tests;

use anyhow::Context as _;
use tenantry::Registry;
use tenantry::schema::ModelDef;
use tenantry::schema::ir::{Schema, Table};
use tenantry::sql::{Statement, catalogue, ddl, layout};

use crate::{App, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The struct's name, or its table's: `Customer`, `customers`.
    model: String,
}

pub(crate) fn run(app: &App, args: &Args) -> anyhow::Result<()> {
    for section in sections(&app.registry()?, &args.model)? {
        output::heading(&section.title);
        output::line(format_args!("\n{}\n", section.text));
    }
    Ok(())
}

/// One kind of thing that is generated.
struct Section {
    title: String,
    text: String,
}

fn sections(registry: &Registry, name: &str) -> anyhow::Result<Vec<Section>> {
    let schema = Schema::of(registry);
    let table = find(&schema, name)?;
    let section = |title: &str, text: String| Section { title: format!("{title} of {}", table.model), text };
    let mut sections = vec![section("Table", ddl::fenced_table(table).trim_end().to_owned())];
    // The platform's own table has no model: nothing runs on it for a tenant.
    if let Some(model) = registry.models().iter().find(|model| model.name == table.model) {
        sections.push(section("Statements", statements(registry, model)));
        sections.push(section("Routes", routes::of(model)));
    }
    Ok(sections)
}

/// The table of the model with that name, in whatever form it is given.
fn find<'a>(schema: &'a Schema, name: &str) -> anyhow::Result<&'a Table> {
    let named = |table: &&Table| table.model == name || table.name.name == name || table.name.to_string() == name;
    schema.tables.iter().find(named).with_context(|| {
        let known = schema.tables.iter().flat_map(|table| [table.model.as_str(), table.name.name.as_str()]);
        let models: Vec<&str> = schema.tables.iter().map(|table| table.model.as_str()).collect();
        let hint = match nearest(name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", models.join(", ")),
        };
        format!("there is no model `{}`; {hint}", output::printable(name))
    })
}

/// The name that is nearest to what was written, if one is near.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let likeness = |known: &str| strsim::jaro_winkler(&name, &known.to_lowercase());
    let near = known.map(|known| (likeness(known), known)).filter(|(likeness, _)| *likeness > 0.8);
    near.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, known)| known)
}

/// The fixed statements, and of the lists the plainest and the fullest: all others lie between the two.
fn statements(registry: &Registry, model: &'static ModelDef) -> String {
    let (lists, mut shown): (Vec<_>, Vec<_>) =
        catalogue(model).into_iter().partition(|(_, statement)| matches!(statement, Statement::List(..)));
    let last = lists.len().saturating_sub(1);
    shown.extend(lists.into_iter().enumerate().filter(|(index, _)| *index == 0 || *index == last).map(|(_, list)| list));
    let text = |(title, statement): (String, Statement)| format!("-- {title}\n{};", layout(&statement.render(registry.conventions())));
    shown.into_iter().map(text).collect::<Vec<_>>().join("\n\n")
}
