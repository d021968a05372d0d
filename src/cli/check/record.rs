//! The embedded workbook.

use super::{Findings, NAMED, rows};
use crate::cli::{DEMO, Halt, files};
use crate::config::Config;
use crate::domain::Header;
use crate::plant::Clock;
use crate::words;
use crate::workbook::Mirror;
use crate::workbook::sqlite::FILE;

pub(super) fn record(config: &Config, findings: &mut Findings) -> Result<(), Halt> {
    if !config.data.join(FILE).exists() {
        findings.warning(words::text("check-no-book"));
        return Ok(());
    }
    let mut store = files::to_read(config)?;
    match store.integrity()?.as_slice() {
        [] => findings.good(words::text("check-whole")),
        damages => {
            for damage in damages.iter().take(NAMED) {
                findings.error(words::say("check-damaged").with("damage", damage));
            }
        }
    }
    if store.setting(DEMO)?.is_some() {
        findings.warning(words::text("check-demo"));
    }
    let sheets = store.read_all()?;
    rows::header(&Header::read(&sheets.operaciones.header), findings);
    let mirror = Mirror::new(config.zone);
    let audited = sheets.metadata.rows.len();
    mirror.load(sheets.load(config.zone, Clock::system(config.zone).now()));
    rows::plant(&mirror.view(), audited, findings);
    Ok(())
}
