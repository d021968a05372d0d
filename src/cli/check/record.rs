//! The embedded workbook.

use super::{Findings, NAMED, rows};
use crate::cli::{DEMO, Halt, files};
use crate::config::Config;
use crate::domain::Header;
use crate::plant::Clock;
use crate::workbook::Mirror;
use crate::workbook::sqlite::FILE;

pub(super) fn record(config: &Config, findings: &mut Findings) -> Result<(), Halt> {
    if !config.data.join(FILE).exists() {
        findings.warning("todavía no hay planilla: «serve» empieza con la planta de demostración, «import» con la tuya");
        return Ok(());
    }
    let mut store = files::to_read(config)?;
    match store.integrity()?.as_slice() {
        [] => findings.good("el archivo de la planilla está íntegro"),
        damages => damages.iter().take(NAMED).for_each(|damage| findings.error(format_args!("archivo dañado: {damage}"))),
    }
    if store.setting(DEMO)?.is_some() {
        findings.warning("el contenido es la planta de demostración");
    }
    let sheets = store.read_all()?;
    rows::header(&Header::read(&sheets.operaciones.header), findings);
    let mirror = Mirror::new(config.zone);
    let audited = sheets.metadata.rows.len();
    mirror.load(sheets.load(config.zone, Clock::system(config.zone).now()));
    rows::plant(&mirror.view(), audited, findings);
    Ok(())
}
