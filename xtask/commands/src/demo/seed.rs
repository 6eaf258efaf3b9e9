//! The data of the demo's tenants, with progress.

use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use indicatif::{ProgressBar, ProgressStyle};
use tenantry::Tenancy;

use super::{DemoTenant, Holds, drafted};
use crate::{App, Demo, Load, output};

/// Where the data comes from.
pub(super) enum Data {
    /// The application's own loader, and its folder.
    Folder(Demo, PathBuf),
    /// The definitions of the models.
    Drafted,
}

impl Data {
    /// What the application has, from the folder that was named in place of its own.
    pub(super) fn of(app: &App, folder: Option<&Path>) -> anyhow::Result<Self> {
        let Some(demo) = app.demo else {
            if folder.is_some() {
                bail!(
                    "the demo of this application drafts its rows and reads no folder; leave --data out, or give it a loader by `App::demo`"
                );
            }
            return Ok(Self::Drafted);
        };
        let folder = folder.map_or_else(|| app.path(demo.data), Path::to_owned);
        if !folder.is_dir() {
            bail!("there is no folder {}; name one with --data", folder.display());
        }
        Ok(Self::Folder(demo, folder))
    }

    /// Loads it into the tenants that are to have some.
    pub(super) async fn load(&self, base: &str, tenancy: &Tenancy, tenants: &[DemoTenant]) -> anyhow::Result<()> {
        for tenant in tenants.iter().filter(|tenant| matches!(tenant.holds, Holds::All | Holds::Half)) {
            // indicatif draws on a terminal only.
            let bar = ProgressBar::new(0);
            if let Ok(style) = ProgressStyle::with_template("{msg:12} {bar:32} {pos}/{len} rows") {
                bar.set_style(style);
            }
            bar.set_message(tenant.slug);
            let shown = bar.clone();
            let progress = move |done, total| {
                shown.set_length(total);
                shown.set_position(done);
            };
            let half = tenant.holds == Holds::Half;
            let loaded = match self {
                Self::Drafted => drafted::load(tenancy, tenant.id, half, &progress).await,
                Self::Folder(demo, folder) => {
                    let (base, data) = (format!("{base}/api"), folder.clone());
                    let headers = vec![("host", tenant.host.clone()), ("authorization", format!("Bearer {}", tenant.token))];
                    let load = Load { base, headers, data, half, progress: Box::new(progress) };
                    (demo.load)(load).await.map_err(|error| anyhow!("{error}"))
                }
            };
            bar.finish_and_clear();
            let loaded = loaded.map_err(|error| error.context(format!("cannot load the data of {}", tenant.slug)))?;
            output::progress(format_args!("{}: {loaded}", tenant.slug));
        }
        Ok(())
    }
}
