//! What a session of the role is from the start, and what it can become.

use super::super::super::value::quoted as literal;
use super::super::MutantsError;
use super::super::plan::Tenant;
use super::super::site::Site;
use super::Findings;

/// A session that nobody has given a tenant yet sees nothing, and its triggers are on.
pub(super) async fn fresh(site: &mut Site<'_>, findings: &mut Findings) -> Result<(), MutantsError> {
    let plan = site.plan;
    let mut session = site.fresh().await?;
    for table in plan.tables() {
        let script = vec![format!("select t::text from {} t", table.name)];
        let rows = session.rows(&script).await.map_or(0, |rows| rows.len());
        if rows > 0 {
            findings.add(table.name.to_string(), format!("{rows} rows are read by a session that has just logged in"), script);
        }
    }
    session.sound()?;
    session.close().await;
    Ok(())
}

/// The roles that the role could become: those that it is a member of, and for good measure the strong ones that there are.
pub(super) async fn roles(site: &mut Site<'_>, findings: &mut Findings) -> Result<(), MutantsError> {
    let plan = site.plan;
    let query = format!(
        "select quote_ident(rolname) from pg_roles where rolname <> session_user \
            and (rolname like {} or rolname ~ '^pg_' or rolname = 'postgres' or pg_has_role(session_user, oid, 'member')) order by 1",
        literal(&format!("{}\\_%", plan.conventions.roles))
    );
    let listed = site.app.rows(&[query]).await;
    let roles = listed.map_err(|refusal| MutantsError::Refused { what: "list the roles", message: refusal.message })?;
    for role in roles {
        let script = vec![plan.enter(Tenant::A.id()), format!("set local role {role}")];
        match site.app.rows(&script).await {
            Err(refusal) if refusal.is_denial() => {}
            _ => findings.add(role.clone(), format!("the application becomes {role}"), script),
        }
    }
    Ok(())
}
