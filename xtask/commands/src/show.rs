//! `show`: everything that is generated for a model, as a person reads it.

use anyhow::Context as _;
use tenantry::schema::ir::{Schema, Table};
use tenantry::sql::ddl;

use crate::{App, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The struct's name, or its table's: `Customer`, `customers`.
    model: String,
}

pub(crate) fn run(app: &App, args: &Args) -> anyhow::Result<()> {
    let schema = Schema::of(&app.registry()?);
    let named = |table: &&Table| table.model == args.model || table.name.name == args.model || table.name.to_string() == args.model;
    let table = schema.tables.iter().find(named).with_context(|| {
        let known: Vec<&str> = schema.tables.iter().map(|table| table.model.as_str()).collect();
        format!("there is no model `{}`; there are {}", args.model, known.join(", "))
    })?;
    // One section for each thing that is generated: the table with its policies and grants, statements, routes.
    let sections = [("table", ddl::create_table(table))];
    for (title, text) in sections {
        output::line(format_args!("{} of {}\n\n{text}", title, table.model));
    }
    Ok(())
}
