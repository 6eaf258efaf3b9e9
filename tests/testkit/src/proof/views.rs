//! The look from every side: what each tenant sees is what its model has.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use tenantry::TenantId;

use super::canary::Canary;
use super::case::Case;
use super::executor::{Lane, id_of};
use super::model::{Row, shown, timeless};
use super::operation::Surface;
use super::script;

impl Case<'_> {
    /// The surfaces to look through after a step. SQL without a predicate sees what row security lets through, so it looks each time; the
    /// others take turns, since each of them asks for every table of every tenant.
    pub(super) fn surfaces_after(&self, step: usize) -> Vec<Surface> {
        let (bare, others): (Vec<Surface>, Vec<Surface>) = self.ground.surfaces.iter().partition(|surface| **surface == Surface::Sql);
        let turn = step.checked_rem(others.len()).and_then(|turn| others.get(turn));
        bare.into_iter().chain(turn.copied()).collect()
    }

    fn lanes(&mut self) -> Vec<Lane<'_>> {
        let ground = self.ground;
        let (tenancy, router) = ground.service(self.pool);
        let tenants = &self.tenants;
        let lane = |(who, (connection, tenant)): (usize, (_, &TenantId))| Lane {
            canary: Canary::new(who, tenants),
            ..Lane::new(&ground.world, tenancy, router, connection, *tenant)
        };
        self.connections.app.iter_mut().zip(tenants).enumerate().map(lane).collect()
    }

    /// Each tenant's rows, through these surfaces, are those of its model, in full.
    pub(super) async fn views(&mut self, surfaces: &[Surface]) -> Result<(), String> {
        let look = async |mut lane: Lane<'_>| {
            let mut views = Vec::new();
            for surface in surfaces {
                let view = lane.view(*surface).await;
                views.push((*surface, lane.view_shared(*surface).await.and(view)));
            }
            views
        };
        let views = if self.in_turn {
            let mut views = Vec::new();
            for lane in self.lanes() {
                views.push(look(lane).await);
            }
            views
        } else {
            join_all(self.lanes().into_iter().map(look)).await
        };
        for (who, views) in views.into_iter().enumerate() {
            let mut clocks: BTreeMap<(usize, String), String> = BTreeMap::new();
            for (surface, view) in views {
                let place = |fault: String| format!("{} sees over {surface}: {fault}", script::tenant(who));
                for (model, rows) in view.map_err(place)?.into_iter().enumerate() {
                    self.same(who, (surface, model), rows, &mut clocks).map_err(place)?;
                }
            }
        }
        Ok(())
    }

    fn same(
        &self,
        who: usize,
        (surface, model): (Surface, usize),
        rows: Option<Vec<Row>>,
        clocks: &mut BTreeMap<(usize, String), String>,
    ) -> Result<(), String> {
        let def = self.ground.world.models[model];
        let Some(rows) = rows else { return Ok(()) };
        let own = &self.books[who].tables[model];
        for row in &rows {
            let id = id_of(row).unwrap_or_default();
            match own.get(&id).map(|own| surface.sees(def, own)) {
                None => return Err(format!("a row of {} that is not its own: {id}{}", def.table, self.owner(who, model, id))),
                Some(expected) if expected != timeless(def, row) => {
                    return Err(format!("{} {id} as {row:?} where it should be {expected:?}", def.table));
                }
                Some(_) => {}
            }
            // What the clock decided is the same on every surface; what is secret has been compared with the model's where it is seen.
            let whole = format!("{:?}", shown(def, row));
            if *clocks.entry((model, id.to_string())).or_insert_with(|| whole.clone()) != whole {
                return Err(format!("{} {id} otherwise than over another surface: {whole}", def.table));
            }
        }
        if rows.len() != own.len() {
            return Err(format!("{} rows of {} where it has {}", rows.len(), def.table, own.len()));
        }
        Ok(())
    }

    fn owner(&self, who: usize, model: usize, id: uuid::Uuid) -> String {
        let owner = (0..self.books.len()).find(|other| *other != who && self.books[*other].tables[model].contains_key(&id));
        owner.map(|owner| format!(" belongs to {}", script::tenant(owner))).unwrap_or_default()
    }
}
