//! Statements that are checked when they are compiled. This module has the name of the macro, and the two do not meet.

use tenantry::{Error, TenantTx};

use super::manifest::sql;

const COUNT: &str = sql!("select count(*) from crm.every where tenant_id = $1");

/// A crate above the models: it has none, and the macro all the same.
mod above {
    tenantry::manifest!("ui-pass/models.toml", sql);

    pub(super) const COUNT: &str = sql!("select count(*) from crm.every where tenant_id = $1");
}

async fn plain_raw_and_with_a_comma(tx: &mut TenantTx<'_>) -> Result<(), Error> {
    let tenant = tx.tenant();
    let sql = sql!(
        r#"select e.id, "e".name
             from crm.employees as e
             join reference.countries c on c.code = $2
            where e.tenant_id = $1"#,
    );
    sqlx::query(sql).bind(tenant).bind("DE").execute(&mut *tx).await?;
    sqlx::query(sql!("delete from crm.employees where tenant_id = $1 and name = 'a\tb'")).bind(tenant).execute(&mut *tx).await?;
    sqlx::query(super::manifest::sql!("update crm.employees set name = $2 where tenant_id = $1")).bind(tenant).execute(tx).await?;
    Ok(())
}

macro_rules! through_another_macro {
    ($text:literal) => {
        sql!($text)
    };
}

#[test]
fn the_macro_is_its_text() {
    let _ = plain_raw_and_with_a_comma;
    assert_eq!(COUNT, "select count(*) from crm.every where tenant_id = $1");
    assert_eq!(COUNT, above::COUNT);
    assert_eq!(sql!(r"select E'\\' from crm.every where tenant_id = $1"), "select E'\\\\' from crm.every where tenant_id = $1");
    assert_eq!(through_another_macro!("select 1 where $1::uuid is not null"), "select 1 where $1::uuid is not null");
}
