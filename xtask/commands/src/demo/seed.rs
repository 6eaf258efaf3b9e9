//! The data of the demo's tenants, with progress.

use std::path::Path;

use anyhow::anyhow;
use indicatif::{ProgressBar, ProgressStyle};

use super::{DemoTenant, Holds};
use crate::{App, Load, output};

pub(super) async fn load(app: &App, base: &str, data: &Path, tenants: &[DemoTenant]) -> anyhow::Result<()> {
    for tenant in tenants.iter().filter(|tenant| tenant.holds != Holds::Nothing) {
        // indicatif draws on a terminal only.
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{msg:12} {bar:32} {pos}/{len} rows") {
            bar.set_style(style);
        }
        bar.set_message(tenant.slug);
        let shown = bar.clone();
        let load = Load {
            base: format!("{base}/api"),
            tenant: tenant.id,
            data: data.to_owned(),
            half: tenant.holds == Holds::Half,
            progress: Box::new(move |done, total| {
                shown.set_length(total);
                shown.set_position(done);
            }),
        };
        let loaded = (app.demo.load)(load).await;
        bar.finish_and_clear();
        let loaded = loaded.map_err(|error| anyhow!("{error}").context(format!("cannot load the data of {}", tenant.slug)))?;
        output::progress(format_args!("{}: {loaded}", tenant.slug));
    }
    Ok(())
}
